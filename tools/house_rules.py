"""Rules of this house that no ready-made linter knows. Prints each breach; exit 1 when there is any.

1. No `auto_now`, and no database clock as a default: time is an argument (docs/architecture.md).
2. Every Python file stays short enough to be read in one go.
3. Lock files hold versions and hashes, never an address: anyone's registry must do.
4. Every locked package is on the page that gives its licence and reason.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "xinheng"
LONGEST = 450

HIDDEN_CLOCK = re.compile(r"\bauto_now(_add)?\b|\bdb_default\s*=\s*Now\b|\bCURRENT_(TIMESTAMP|DATE)\b")
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
ADDRESS = re.compile(r"\b(?:https?|file)://\S+|\"resolved\"")


def breaches() -> Iterator[str]:
    """Each breach as `file:line: what and what to do`."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" in file.parts:
            continue
        text = file.read_text(encoding="utf-8")
        place = file.relative_to(ROOT)
        for match in HIDDEN_CLOCK.finditer(text):
            yield f"{place}:{line_of(text, match)}: {match.group()} hides a clock; the time is an argument"
        if (length := text.count("\n")) > LONGEST:
            yield f"{place}: {length} lines; split it where it says two things (at most {LONGEST})"
    for file in (*sorted(ROOT.glob("*.lock")), ROOT / "assets" / "package-lock.json"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            # npm notes where to thank an author under "url": that is no source of packages
            if ADDRESS.search(line) and '"url"' not in line:
                yield f"{file.name}:{number}: {line.strip()} names a registry; run make locks, make assets"
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    known = {word.casefold() for word in re.findall(r"[\w.-]*\w", page)}
    for lock in sorted(ROOT.glob("*.lock")):
        for name in PACKAGE.findall(lock.read_text(encoding="utf-8")):
            if name.casefold() not in known:
                yield f"docs/dependencies.md: {name} of {lock.name} is not there; say its licence and why"


def line_of(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


if __name__ == "__main__":
    found = list(breaches())
    print("\n".join(found))
    sys.exit(1 if found else 0)
