"""A synthetic city: a register and departments' files of any size, with the truth beside them. See README.md."""

from __future__ import annotations

from .manifest import FileEntry, Manifest
from .place import Place
from .service import generate

__all__ = ["FileEntry", "Manifest", "Place", "generate"]
