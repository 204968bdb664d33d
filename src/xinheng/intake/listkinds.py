"""A row of a list that names a body which does not decide on that kind: told to whoever sent it, never refused.

A list is received as its source keeps it; who decides on a kind is the pack's to say, and a body the pack does not know
by its code or name is presumed nothing about.
"""

from __future__ import annotations

import polars as pl

from xinheng.intake.cells import Cells
from xinheng.intake.faults import Fault
from xinheng.law import service as law

CODE = "list-authority"


def notes(cells: Cells, *, item: law.Item, pack: law.Pack) -> list[Fault]:
    """The note on each row whose authority is of another sector than the kind's; asked once for each pair."""
    listed = next((one.code for one in item.fields if one.choices_from == "lists"), "")
    if not listed or not item.authority:
        return []
    names = cells.values[item.authority_name] if item.authority_name else cells.values[item.authority]
    rows = pl.DataFrame(
        {"kind": cells.values[listed], "code": cells.values[item.authority], "name": names}
    ).with_row_index("at")
    found = []
    for (kind, code, name), part in rows.group_by("kind", "code", "name", maintain_order=True):
        if message := unfit(pack=pack, kind=str(kind), authority=str(code), name=str(name)):
            where = rows["at"].is_in(part["at"].implode())
            remedy = "请核对名单类别和列入机关；以决定书为准。"
            found.append(Fault(where, item.authority, CODE, "note", message + "；" + remedy, remedy))
    return found


def unfit(*, pack: law.Pack, kind: str, authority: str, name: str) -> str:
    """Why a body does not decide on a kind of list, in words; "" where it does, or where either is not known."""
    found = next((one for one in pack.lists.values() if one.name == kind), None)
    if found is None or not found.authority:
        return ""
    known = law.department(pack=pack, uscc=authority)
    sector = known.sector if known is not None else ""
    sector = sector or law.sector_of(pack=pack, authority=authority, authority_name=name, basis="")
    chain: list[str] = []
    while sector and sector not in chain:
        chain.append(sector)
        sector = pack.sectors[sector].part_of if sector in pack.sectors else ""
    if not chain or found.authority in chain:
        return ""
    owner = pack.sectors[found.authority].name if found.authority in pack.sectors else found.authority
    return f"「{found.name}」由{owner}部门认定，所报列入机关是{pack.sectors[chain[0]].name if chain[0] in pack.sectors else chain[0]}部门"
