"""What tests share that flip a stored bit and ask whether the ledger finds it."""

from __future__ import annotations

from unittest.mock import patch

from xinheng.evidence import service as evidence
from xinheng.evidence import verification


def ledger_finds(room: str) -> bool:
    """Whether `ledger verify` finds anything. It asks what it always asks, the room first and up to the first finding.

    The order of the rooms changes nothing about whether something is found; it saves reading all the others each time.
    """
    hooks = verification._hooks
    ahead = {name: hook for name, hook in hooks.items() if name.replace(".", "-").split("-")[0] == room}
    with patch.object(verification, "_hooks", {**ahead, **hooks}):
        return not evidence.verify(limit=1).ok
