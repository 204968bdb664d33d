"""Running the real command from tests: what it answered, and the process that starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Ran:
    """What a command answered."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.out.strip().splitlines()[-1])
        return answer


class Commands:
    """The process that starts commands for the tests of this process."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        program = Path(__file__).with_name("commandserver.py")
        self.server = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, arguments: list[str], environment: dict[str, str]) -> Ran:
        assert self.server.stdin and self.server.stdout
        with tempfile.TemporaryDirectory(dir=self.workspace) as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            request = {
                "arguments": arguments, "environment": environment, "folder": os.getcwd(), "out": str(out), "err": str(err),
            }  # fmt: skip
            self.server.stdin.write(json.dumps(request) + "\n")
            self.server.stdin.flush()
            code = int(self.server.stdout.readline())
            return Ran(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def stop(self) -> None:
        assert self.server.stdin
        self.server.stdin.close()
        self.server.wait(timeout=30)
