"""Names of organisations: one key for the writings of a name, its parts, and cells that hold several names."""

from xinheng.kernel.orgname.cells import NameCell, split_cell
from xinheng.kernel.orgname.folding import fold
from xinheng.kernel.orgname.parsing import OrgName, parse

__all__ = ["NameCell", "OrgName", "fold", "parse", "split_cell"]
