"""Runs the real command in a new process for each request, without importing every package anew for each.

Started once by tests/conftest.py. It imports the packages of others and nothing of Xinheng, then forks: what a child
reads of its environment, its home and its settings is read in the child, as in a process started by a shell.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import sys
import threading
import traceback

PACKAGES = (
    "numpy", "polars", "pyarrow", "duckdb", "numba", "ibis", "ibis.backends.duckdb", "requests", "yaml", "nh3", "orjson",
    "typst", "xlsxwriter", "fastexcel", "segno", "rapidfuzz", "cloudevents", "markdown_it", "pyotp", "joserfc.jwt",
    "http_message_signatures", "authlib.oidc.core", "click", "pydantic", "openpyxl", "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.x509", "django.db.models", "django.contrib.auth.hashers",
    "django.core.management", "django.core.handlers.wsgi", "django.db.backends.sqlite3.base", "django.db.backends.postgresql.base",
    "django.db.migrations.executor", "django.template.backends.django", "django.test",
)  # fmt: skip


def serve() -> None:
    """Answers each line of JSON with the exit code of the command it asks for."""
    for name in PACKAGES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
            _leave(_ran())
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)  # the packages taken apart would only print what they leak


def _become(request: dict[str, object]) -> None:
    """Takes over the environment, the folder and the streams of the process that was asked for."""
    environment = request["environment"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(request["folder"]))
    for stream, name in ((1, "out"), (2, "err")):
        file = os.open(str(request[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, stream)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    arguments = request["arguments"]
    assert isinstance(arguments, list)
    sys.argv = ["xinheng", *arguments]
    sys.path[0] = ""  # as `python -m` has it, so that a test's own modules are not found


def _ran() -> int:
    """The exit code of the command, by the rules of Python."""
    try:
        runpy.run_module("xinheng.faces.cli.main", run_name="__main__", alter_sys=True)
    except SystemExit as left:
        if left.code is None or isinstance(left.code, int):
            return left.code or 0
        print(left.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _leave(code: int) -> None:
    """Waits for threads, does what was left for the end, and goes without taking thousands of modules apart first."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
