"""Under which key two questions are the same question."""

from __future__ import annotations

import hashlib

from xinheng.kernel.codehints import read_code
from xinheng.kernel.orgname import fold

LONGEST = 200


def asked_key(name: str, code: str = "") -> str:
    """The folded name and the cleaned code, joined by "|"; "" for a name without a letter or a figure.

    What was judged for a key holds for every row that asks with it. Cells longer than any name keep their beginning
    and a digest, so that the database can index them.
    """
    folded = fold(name)
    if not any(map(str.isalnum, folded)):
        return ""
    if len(folded) > LONGEST:
        folded = f"{folded[:LONGEST]}#{hashlib.sha256(folded.encode()).hexdigest()[:32]}"
    return f"{folded}|{read_code(code).value[:40] if code else ''}"
