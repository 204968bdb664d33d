"""Running a piece of work in a process of its own and asking the operating system what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """Seconds as the work itself counted them (imports excluded), and the peak memory of its process."""

    seconds: float
    peak_mb: float
    answer: dict[str, Any]


def run(
    module: str, *arguments: str, python: str = sys.executable, env: dict[str, str] | None = None
) -> Cost:
    """Runs `python -m module arguments`; its last line must be JSON with `seconds`. Raises when it fails."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [python, "-m", module, *arguments],
            stdout=out,
            env={**os.environ, **(env or {})},
            cwd=Path(__file__).parent.parent,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        lines = out.read().strip().splitlines()
    if process.returncode not in (0, 1) or not lines:
        raise RuntimeError(f"{module} {' '.join(arguments)} ended with {process.returncode}")
    answer = json.loads(lines[-1])
    return Cost(answer["seconds"], usage.ru_maxrss / 1024, answer)
