"""Idempotency-Key on POST: the same key with the same body is the same request, not a second one."""

from __future__ import annotations

from typing import Any

from xinheng.accounts import service as accounts
from xinheng.faces.api.errors import ApiProblem
from xinheng.faces.clock import now


def parameter(description: str) -> dict[str, Any]:
    """The header as the description of an operation tells it."""
    return {
        "parameters": [
            {
                "name": "Idempotency-Key", "in": "header", "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
                "description": description,
            }
        ]
    }  # fmt: skip


def key_of(request: Any) -> str:
    """The key of a request, apart from the same key on another operation; "" without one. Raises a 422 problem."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return ""
    if len(key) > 100 or not key.isascii() or not key.isprintable() or " " in key:
        raise ApiProblem(
            422,
            "bad-key",
            "Idempotency-Key 应为 1 至 100 个可见的 ASCII 字符。",
            where="header.Idempotency-Key",
        )
    return f"{request.path} {key}"


def known(request: Any, key: str) -> str:
    """What this key got before; "" when nothing. Raises `KeyReused` for another body."""
    return accounts.batch_of_request(client=request.auth.id, key=key, data=request.body)


def keep(request: Any, key: str, number: str) -> str:
    """Keeps what this key got; returns the one kept: the first, where two came at once."""
    return accounts.keep_request(client=request.auth.id, key=key, data=request.body, batch=number, at=now())
