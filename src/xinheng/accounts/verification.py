"""What `ledger verify` recomputes of this room: each row against the digest its last event bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError

from xinheng.accounts import claims, contacts, factor, readings, requests
from xinheng.accounts.keeping import digest_of, rows_of
from xinheng.accounts.models import Account, Client, Contact, Factor, Request
from xinheng.evidence import service as evidence

ACCOUNT_KINDS = (
    "accounts.added", "accounts.disabled", "accounts.enabled", "accounts.password-set", "accounts.unlocked",
    claims.CLAIMED, claims.ENDED,
)  # fmt: skip
CLIENT_KINDS = ("accounts.client-added", "accounts.client-disabled")


def findings() -> Iterator[evidence.Finding]:
    """Accounts and clients that are not what the ledger last bound, and those only one of the two knows."""
    yield from _compared(Account, "name", ACCOUNT_KINDS, "account", "账户")
    yield from _compared(Client, "id", CLIENT_KINDS, "client", "接口账户")
    yield from _compared(Request, "id", (requests.KIND,), "request", "请求")
    yield from _compared(Factor, "account", factor.KINDS, "factor", "第二重验证")
    yield from _compared(Contact, "account", contacts.KINDS, "contact", "通知地址")
    yield from readings.findings()


def _compared(
    model: type[Any], key: str, kinds: tuple[str, ...], called: str, word: str
) -> Iterator[evidence.Finding]:
    last = {
        entry.body["detail"][called]: (entry.id, entry.body["detail"]["digest"])
        for entry in evidence.events(kinds=kinds)
    }
    try:
        rows = {str(getattr(row, key)): digest_of(row) for row in rows_of(model)}
    except (DatabaseError, ValueError, TypeError):
        yield evidence.Finding(f"{called}-unreadable", f"{word}表里有读不出的值")
        return
    for name, digest in rows.items():
        if name not in last:
            yield evidence.Finding(f"{called}-unknown", f"{word} {name} 不在账本中")
        elif digest != last[name][1]:
            yield evidence.Finding(f"{called}-changed", f"{word} {name} 与账本第 {last[name][0]} 笔所记不符")
    for name in sorted(set(last) - set(rows)):
        yield evidence.Finding(f"{called}-missing", f"账本中的{word} {name} 不见了")
