"""Writes the lock files: exact versions with the hashes of every file of each, for all platforms.

Run by `make locks`. No address of a registry is written: whoever installs uses the one configured there.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
HEADER = "# {what}\n# Written by `make locks` from pyproject.toml; not edited by hand.\n"
OPTIONS = "--quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header"

#: lock file, what it is for, where its roots are named
LOCKS = (
    ("requirements-setup.lock", "The installer itself.", ["--group", "setup"]),
    ("requirements.lock", "What a running Xinheng needs.", ["pyproject.toml"]),
    # The test environment is the running one plus tools: one version of whatever both hold
    (
        "requirements-dev.lock",
        "The above, and what tests and checks need.",
        ["pyproject.toml", "--group", "dev", "--constraints", "requirements.lock"],
    ),
    (
        "requirements-bench.lock",
        "Peers in benchmarks; they have their own environment.",
        ["--group", "bench"],
    ),
)


def main() -> int:
    """Resolves every lock; keeps the versions already locked unless called with `--upgrade`."""
    for name, what, roots in LOCKS:
        command = [
            str(UV),
            "pip",
            "compile",
            *OPTIONS.split(),
            "--python-version",
            "3.11",
            "--output-file",
            name,
        ]
        command += [*roots, *sys.argv[1:]]
        subprocess.run(command, cwd=ROOT, check=True)
        lock = ROOT / name
        body = "".join(line for line in lock.read_text().splitlines(keepends=True) if line[:2] != "# ")
        if found := re.search(r"\b(https?|file)://\S+", body):
            raise SystemExit(f"{name} names an address: {found.group()}")
        lock.write_text(HEADER.format(what=what) + body)
        print(f"{name}: {len(re.findall(r'^[A-Za-z0-9]', body, flags=re.M))} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
