"""Makes the environment: `.venv` with the locked versions, and the command `.venv/bin/xinheng`.

Run by `make setup` with any Python 3.11 or newer and its standard library; nothing else is presumed. Every
step leaves a stamp with the digest of what it was made from: a second run with nothing changed takes no time.

    setup.py run      what a running Xinheng needs
    setup.py dev      that, and what tests and checks need
    setup.py bench    the peers of the benchmarks, in `.venv-bench`
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import system

ROOT = Path(__file__).resolve().parent.parent
SETUP_LOCK = ROOT / "requirements-setup.lock"
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "bench": ROOT / "requirements-bench.lock",
}
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Brings the environment of the kind asked for up to its lock. 0 done, 2 the machine lacks something."""
    kind = arguments[0] if arguments else "run"
    if kind not in LOCKS:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        print(f"Xinheng needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    venv = ROOT / (".venv-bench" if kind == "bench" else ".venv")
    try:
        if not is_usable(venv):
            make_venv(venv)
        sync(venv, lock=LOCKS[kind], kind=kind)
        if kind != "bench":
            install_project(venv)
    except system.Missing as missing:
        print(f"\n{missing}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as failed:
        print(f"\nThis step failed: {' '.join(map(str, failed.cmd))}", file=sys.stderr)
        print(
            "Nothing half-made is kept as done: mend the cause and run the same command again.",
            file=sys.stderr,
        )
        return 4
    return 0


def is_usable(venv: Path) -> bool:
    """Whether the environment's own Python still starts (its base may be gone) and is new enough."""
    python = venv / "bin" / "python"
    if not python.exists():
        return False
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([python, "-c", test], capture_output=True).returncode == 0


def make_venv(venv: Path) -> None:
    """Makes an empty environment that can install packages; on Debian this may need `python3-venv` first."""
    if venv.exists():
        shutil.rmtree(venv)
    system.say(f"Making {venv.name} with Python {sys.version.split()[0]}")
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if has_module("ensurepip"):
        run([sys.executable, "-m", "venv", venv])
    elif uv := shutil.which("uv"):
        run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, venv])
    elif system.install([package], why="Debian keeps a part of Python's venv in a package of its own"):
        run([sys.executable, "-m", "venv", venv])
    elif has_module("pip"):
        run([sys.executable, "-m", "venv", "--without-pip", venv])
        python = venv / "bin" / "python"
        run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--require-hashes", "-r",
             SETUP_LOCK])  # fmt: skip
    else:
        raise system.Missing(
            f"This Python can make no environment: its part 'ensurepip' is missing, and so are pip and uv.\n"
            f"Run this once, then the same make command again:\n    sudo apt-get install {package}"
        )


def sync(venv: Path, *, lock: Path, kind: str) -> None:
    """Installs exactly the lock's versions, refusing any file whose hash is not in it."""
    wanted = digest(lock, SETUP_LOCK)
    covered = ["dev", "run"] if kind == "run" else [kind]
    if any(stamp(venv, one) == digest(LOCKS[one], SETUP_LOCK) for one in covered):
        return
    python = venv / "bin" / "python"
    system.say(f"Installing what {lock.name} names")
    if not uv_sync(venv, lock=lock):
        ensure_pip(venv)
        pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
        run([*pip, "-r", lock, "-r", SETUP_LOCK])
    write_stamp(venv, kind, wanted)


def uv_sync(venv: Path, *, lock: Path) -> bool:
    """The same by uv, several times quicker; False where uv is not to be had or cannot reach a registry."""
    uv = shutil.which("uv") or str(venv / "bin" / "uv")
    python = venv / "bin" / "python"
    if not Path(uv).exists():
        if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode != 0:
            return False
        pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
        run([*pip, "-r", SETUP_LOCK])
    command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes", "--python", python]
    done = subprocess.run([*command, "-r", lock, "-r", SETUP_LOCK], env=uv_environment(python))
    if done.returncode != 0:
        system.say("uv did not manage it; trying the same with pip")
    return done.returncode == 0


def uv_environment(python: Path) -> dict[str, str]:
    """uv does not read pip's settings: a mirror set for pip is handed on, so that one setting is enough."""
    environment = dict(os.environ)
    if not any(name in environment for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE")):
        ask = [python, "-m", "pip", "config", "get", "global.index-url"]
        asked = subprocess.run(ask, capture_output=True, text=True).stdout.strip()
        if mirror := environment.get("PIP_INDEX_URL") or asked:
            environment["UV_DEFAULT_INDEX"] = mirror
    return environment


def install_project(venv: Path) -> None:
    """Puts the command `xinheng` and the source tree into the environment, without dependencies."""
    wanted = digest(ROOT / "pyproject.toml")
    if stamp(venv, "project") == wanted and (venv / "bin" / "xinheng").exists():
        return
    system.say("Installing the command xinheng")
    python = venv / "bin" / "python"
    uv = shutil.which("uv") or str(venv / "bin" / "uv")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT]
    if Path(uv).exists():
        run([uv, "pip", "install", "--python", python, *options])
    else:
        run([python, "-m", "pip", "install", "--disable-pip-version-check", *options])
    write_stamp(venv, "project", wanted)


def ensure_pip(venv: Path) -> None:
    """An environment made by uv may lack pip; Python's own copy of it is put in."""
    python = venv / "bin" / "python"
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        run([python, "-m", "ensurepip", "--upgrade"])


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True)


def digest(*files: Path) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def stamp(venv: Path, name: str) -> str:
    file = venv / f".made-{name}"
    return file.read_text() if file.is_file() else ""


def write_stamp(venv: Path, name: str, value: str) -> None:
    (venv / f".made-{name}").write_text(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
