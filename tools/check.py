"""Runs every check and every test, then says in plain words what ran, what was skipped and why.

    check.py lint             style, types, layers, house rules
    check.py test             lint, then the tests on SQLite, in a browser, and again on PostgreSQL
    check.py test --strict    the same; a skip that hides a database or the browser counts as a failure (CI)

The last line is `N passed, N failed, N skipped`; each lint counts as one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import system

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
RESULTS = ROOT / ".build" / "tests"
STRICT_TYPES = ("xinheng.kernel", "xinheng.law")

LINTS = (
    ("style", [BIN / "ruff", "check", "--quiet", "--output-format=concise", "."]),
    ("types, strict in kernel and law", [BIN / "mypy", "--strict", *(f"-p{name}" for name in STRICT_TYPES)]),
    ("types", [BIN / "mypy", "-p", "xinheng"]),
    ("layers of the rooms", [BIN / "lint-imports"]),
    ("translations", [BIN / "python", ROOT / "tools" / "messages.py", "--check"]),
    ("house rules", [BIN / "python", ROOT / "tools" / "house_rules.py"]),
)

#: Every skip that a deciding run accepts: inputs handed out beside the repository, and what one database has not
ACCEPTED_SKIPS = (
    "../shared/data is not here",
    "PostgreSQL refuses bytes that are no text",
    "a kept home is a SQLite file",
)


@dataclass
class Result:
    """What one run of a checker or of pytest came to."""

    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    skipped: Counter[str] = field(default_factory=Counter)
    must_run: bool = False

    @property
    def ran_nothing(self) -> bool:
        return self.passed + self.failed == 0


def main(arguments: list[str]) -> int:
    """0 when everything that had to pass passed, 1 otherwise, 2 for wrong use."""
    strict = "--strict" in arguments or os.environ.get("CI") == "true"
    what = [argument for argument in arguments if argument != "--strict"]
    if what not in (["lint"], ["test"]):
        print(__doc__, file=sys.stderr)
        return 2
    results = [lint(name, command) for name, command in LINTS]
    if what == ["test"]:
        RESULTS.mkdir(parents=True, exist_ok=True)
        workers = ["-n", str(min(4, max(2, os.cpu_count() or 2)))]
        results += [
            # Tests that share something costly are marked as a group and stay together
            tests("tests, SQLite", ["-m", "not browser", "--dist", "loadgroup", *workers]),
            # A file's tests share one served city: they stay together
            tests("tests, browser", ["-m", "browser", "--dist", "loadfile", *workers]),
            # tests/conftest.py keeps only what touches a database
            tests(
                "tests, PostgreSQL", ["-m", "not browser", "--db=postgres", "--dist", "loadgroup", *workers]
            ),
        ]
    return summary(results, strict=strict)


def lint(name: str, command: list[str | Path]) -> Result:
    """One checker: it passes or fails as a whole."""
    system.say(f"checking {name}")
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        sys.stdout.flush()
    good = done.returncode == 0
    return Result(name, passed=int(good), failed=int(not good), seconds=time.monotonic() - started)


def tests(name: str, options: list[str]) -> Result:
    """One run of pytest, read back from its own record so that nothing is counted by eye."""
    system.say(f"running {name}")
    record = RESULTS / (name.replace(", ", "-").replace(" ", "-").lower() + ".xml")
    record.unlink(missing_ok=True)
    started = time.monotonic()
    environment = dict(os.environ)
    if found := system.browser():
        environment["XINHENG_CHROMIUM"] = found
    command = [
        BIN / "python",
        "-m",
        "pytest",
        "-q",
        "--durations=5",
        "--strict-markers",
        f"--junitxml={record}",
    ]
    with tempfile.TemporaryDirectory(
        prefix="xinheng-run-", dir=in_memory(), ignore_cleanup_errors=True
    ) as place:
        environment["TMPDIR"] = place
        done = subprocess.run([*command, *options], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    result = read(name, record)
    result.seconds = time.monotonic() - started
    result.must_run = True
    # 5 means nothing was selected and is told apart below; a crash or a collection error counts as a failure
    if done.returncode not in {0, 5} and result.failed == 0:
        result.failed = 1
    return result


def in_memory() -> Path | None:
    """Where thousands of homes are made and thrown away: in memory where the machine offers enough of it."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        return None
    return memory if shutil.disk_usage(memory).free >= 4 * 2**30 else None


def read(name: str, record: Path) -> Result:
    """Counts and skip reasons out of a JUnit record; an empty result when pytest wrote none."""
    result = Result(name)
    if not record.is_file():
        return result
    for case in ElementTree.parse(record).iter("testcase"):
        if (skip := case.find("skipped")) is not None:
            result.skipped[(skip.get("message") or "no reason given").strip()] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        else:
            result.passed += 1
    return result


def summary(results: list[Result], *, strict: bool) -> int:
    """Prints the table, every reason for a skip, and the closing line."""
    print()
    for result in results:
        skipped = sum(result.skipped.values())
        counts = f"{result.passed} passed, {result.failed} failed" + (
            f", {skipped} skipped" if skipped else ""
        )
        print(f"{result.name:34}{counts:38}{result.seconds:7.1f} s")
    reasons = sum((result.skipped for result in results), Counter())
    if reasons:
        print("\nSkipped, and so not checked on this machine:")
        for reason, number in reasons.most_common():
            print(f"  {number:4} × {reason}")
    failed = sum(result.failed for result in results)
    for complaint in complaints(results) if strict else []:
        print(f"Must run here, and did not: {complaint}")
        failed += 1
    passed = sum(result.passed for result in results)
    print(f"\n{passed} passed, {failed} failed, {sum(reasons.values())} skipped", flush=True)
    return 1 if failed else 0


def complaints(results: list[Result]) -> list[str]:
    """What a deciding run may not leave out: a whole kind of tests, or a program some of them need."""
    found = [f"{result.name}: no test ran" for result in results if result.must_run and result.ran_nothing]
    for result in results:
        for reason in result.skipped:
            if not any(accepted in reason for accepted in ACCEPTED_SKIPS):
                found.append(f"{result.name}: {reason}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
