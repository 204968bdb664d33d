"""Who works on a case: the account as the cases room knows it, and what its role lets it do there."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from xinheng.cases import service as cases


def reader(request: Any) -> cases.Reader:
    """As whom this account reads cases; the room joins it into every query."""
    return cases.Reader(role=request.account.role, body=request.account.body)


def worker(request: Any) -> cases.Actor:
    """As whom this account acts on a case."""
    account = request.account
    return cases.Actor(account=f"desk:{account.name}", role=account.role, body=account.body)


def may_take(request: Any, found: cases.Case, step: Any) -> bool:
    """Whether this account has the right to a step the engine would let it take: to confirm what another account
    proposed, or to decide."""
    account, waiting = request.account, found.waiting_step
    if waiting is not None and waiting.act == step.code and account.may("cases.review"):
        return True
    return bool(account.may("cases.decide"))


def possible(request: Any, found: cases.Case) -> list[Any]:
    """The steps of a case this account may take now."""
    return [step for step in found.possible(worker(request)) if may_take(request, found, step)]


def told_to(found: cases.Case) -> dict[str, str]:
    """Whom a reading of a case is shown to: its organisation; nobody while a listing has not been notified to it."""
    untold = found.kind == "listing" and "notify" not in found.done
    return {"about": found.uscc} if untold else {"uscc": found.uscc}


def token() -> str:
    """A new name for one act: the form carries it, and sent twice it is one act."""
    return secrets.token_urlsafe(12)


def given_token(request: Any) -> str:
    """The name the form gave its act, as short as one of ours; "" where it has none."""
    return str(request.POST.get("token", ""))[:40]


def as_day(text: str) -> date | None:
    """A day from a form; None for nothing or for what is no day."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
