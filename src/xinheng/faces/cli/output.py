"""How commands speak: people on the terminal, or one JSON object on the last line of stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from xinheng.kernel.errors import XinhengError

ATTENTION = 1


def answer(payload: dict[str, Any], *, as_json: bool, text: str | None = None, code: int = 0) -> None:
    """Prints the answer and ends the command with `code`."""
    if as_json:
        click.echo(json.dumps(payload, ensure_ascii=False, default=str))
    elif text is not None:
        click.echo(text)
    sys.exit(code)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Turns failures into their exit code and one sentence; a traceback never reaches the terminal.

    A traceback could quote a row of a file. `XINHENG_DEBUG=1` is for developers with synthetic data.
    """

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except XinhengError as error:
            _fail(error.code, str(error), error.exit, bool(kwargs.get("as_json")))
        except (click.ClickException, click.exceptions.Exit, SystemExit, KeyboardInterrupt):
            raise
        except Exception as error:
            import os

            if os.environ.get("XINHENG_DEBUG") == "1":
                raise
            place = _place(error)
            message = f"内部错误({type(error).__name__} 于 {place})。数据没有写入一半;请把这一行连同版本号发给维护者。"
            _fail("internal", message, 4, bool(kwargs.get("as_json")))

    return run


def _fail(code: str, message: str, exit_code: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": code, "message": message}, ensure_ascii=False))
    click.echo(f"{message} [{code}]", err=True)
    sys.exit(exit_code)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("xinheng"):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


json_option = click.option(
    "--json", "as_json", is_flag=True, help="最后一行输出一个 JSON 对象,除此之外不输出。"
)
