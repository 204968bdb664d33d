"""Programs of the operating system that set-up and tests need: found, or installed where that is allowed.

Standard library only: this runs before any environment exists.

    system.py test-programs    installs a browser and pdfsig where they are missing and that is allowed
    system.py bench-programs   the same for what one peer of the benchmarks is compiled with
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Missing(Exception):
    """The machine lacks something only its administrator can add; the text says what to type."""


def say(text: str) -> None:
    """One line to the person who waits; on stderr, so that stdout stays an answer."""
    print(f"· {text}", file=sys.stderr, flush=True)


@cache
def apt() -> tuple[str, ...] | None:
    """How packages may be installed here without asking anyone, or None: root, or sudo without a password."""
    program = shutil.which("apt-get")
    if program is None:
        return None
    if os.geteuid() == 0:
        return (program,)
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return (sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive", program)
    return None


def install(packages: list[str], *, why: str) -> bool:
    """Installs Debian packages if that is possible here; says what it does and why. False if it was not."""
    command = apt()
    if command is None:
        return False
    say(f"Installing {' '.join(packages)} with apt-get ({why})")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    options = ["install", "--yes", "--quiet", "--no-install-recommends", *packages]
    # A fresh machine has no package lists, and old lists name files that are gone: fetched after a failure
    for last, before in ((False, []), (True, ["update", "--quiet"])):
        if before:
            apt_runs([*command, *before], environment, tell=False)
        if apt_runs([*command, *options], environment, tell=last):
            return True
    return False


def apt_runs(command: list[str], environment: dict[str, str], *, tell: bool) -> bool:
    """Runs apt-get without questions; of its lines the last complaint is shown, if wanted."""
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0 and tell:
        say("apt-get: " + (done.stderr.strip().splitlines() or ["failed"])[-1])
    return done.returncode == 0


def browser() -> str | None:
    """A Chromium that starts: Ubuntu's package of that name is only a pointer to another store."""
    for name in (os.environ.get("XINHENG_CHROMIUM", ""), *BROWSERS):
        found = shutil.which(name) if name else None
        if found and starts([found, "--version"]):
            return found
    return None


def pdfsig() -> str | None:
    """Poppler's signature checker: the second opinion on our reports' signatures."""
    return shutil.which("pdfsig")


def browser_driver() -> str | None:
    """The program inside the package playwright that steers the browser; a bare Debian lacks a library of its."""
    found = [str(file) for file in ROOT.glob(".venv/lib/python*/site-packages/playwright/driver/node")]
    return found[0] if found and starts([found[0], "--version"]) else None


def compiles_icu() -> bool:
    """Whether PyICU, which has no wheels, can be built: nomenklatura, a peer of the benchmarks, needs it."""
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    return headers.is_file() and bool(shutil.which("c++")) and starts(["pkg-config", "--exists", "icu-i18n"])


def starts(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Installs what the tests use beyond Python. Never fails: a test without its program skips, loudly."""
    if arguments == ["bench-programs"]:
        packages = ["libicu-dev", "pkg-config", "g++", "python3-dev"]
        if not compiles_icu() and not (install(packages, why="a peer is compiled") and compiles_icu()):
            say(f"A peer of the benchmarks needs this: sudo apt-get install {' '.join(packages)}")
        return 0
    if arguments != ["test-programs"]:
        print(__doc__, file=sys.stderr)
        return 2
    for package, found in (("chromium", browser), ("poppler-utils", pdfsig), ("libatomic1", browser_driver)):
        if found() is None and not (offered(package) and install([package], why="tests use it") and found()):
            say(f"{package} is not here and could not be installed: the tests that need it are skipped and")
            say(f"named at the end. To run them: sudo apt-get install {package}")
            if package == "chromium":
                say("(or set XINHENG_CHROMIUM to the path of any Chromium or Chrome)")
    return 0


def offered(package: str) -> bool:
    """Ubuntu's `chromium` fetches a snap, which many machines cannot start: it is not tried."""
    release = Path("/etc/os-release")
    return package != "chromium" or "ID=ubuntu" not in (release.read_text() if release.is_file() else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
