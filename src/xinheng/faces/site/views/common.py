"""What several pages share: whose page it is, and which day is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from xinheng.evidence import service as evidence
from xinheng.faces.clock import today
from xinheng.faces.site.cards import Card, Law, cards
from xinheng.faces.site.heads import Head, head, heads
from xinheng.kernel import uscc as codes
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

PAGE = 20
MAX_ID = 2**63 - 1


def head_of(code: str) -> Head:
    """The head of this organisation's page. Someone known only from a published statement has a page too.

    Raises `Http404` when neither the register nor the gate knows the code: a withheld statement makes no page.
    """
    found = register.get([code]).get(code)
    if found is not None:
        return head(found)
    entries = publication.statements(audience="public", on=today(), uscc=code, limit=1)
    if not entries:
        raise Http404
    item = law.active().items[entries[0].item]
    return head(register.unregistered(code=code, name=entries[0].values[item.subject_name]))


def heads_of(entries: Iterable[publication.Entry]) -> dict[str, Head]:
    """The heads for a list over many organisations, in one reading of the register."""
    entries = list(entries)
    found = heads(register.get(sorted({entry.uscc for entry in entries})).values())
    for entry in entries:
        if entry.uscc not in found:
            name = entry.values[law.active().items[entry.item].subject_name]
            found[entry.uscc] = head(register.unregistered(code=entry.uscc, name=name))
    return found


def shown_cards(
    entries: Iterable[publication.Entry], *, on: date, with_heads: Mapping[str, Head] | None = None
) -> list[Card]:
    """Cards with the provision each one rests on and the working of its dates."""
    ours = Law(items=law.active().items, provision=_rule, reasons=_reasons)
    return cards(entries, on=on, heads=with_heads, law=ours)


def _rule(rule: str) -> law.Cited | None:
    """What the entry's rule says; None where the pack in use no longer knows it."""
    try:
        return law.provision(rule)
    except law.UnknownProvision:
        return None


def _reasons(entry: publication.Entry) -> tuple[str, ...]:
    """Why an adverse entry is shown as long as it is, in the words of the law room."""
    item = law.active().items[entry.item]
    if entry.decided_on is None:
        return ()
    found = law.window(
        pack=law.active(), item=item, severity=entry.severity, decided_on=entry.decided_on,
        received_on=entry.received_on, rule=entry.rule,
        ends=law.ends_of(pack=law.active(), item=item, values=entry.values),
    )  # fmt: skip
    return tuple(found.reasons)


def canonical(code: str) -> str:
    """The code as the register writes it: without spaces, in capitals."""
    return codes.clean(code).code or code


@dataclass(frozen=True)
class AsOf:
    """A look back: `valid_on` is the day asked about, `known_on` the day whose knowledge answers."""

    valid_on: date
    known_on: date
    is_now: bool
    position: int | None
    problem: str

    @property
    def query(self) -> str:
        """The address part that keeps the look back; empty for today."""
        if self.is_now:
            return ""
        return urlencode({"valid_on": self.valid_on.isoformat(), "known_on": self.known_on.isoformat()})


def as_of(request: HttpRequest) -> AsOf:
    """The days asked for in the address. A day that cannot be is answered with today and said."""
    now = today()
    problems: list[str] = []
    known_on = _day(request.GET.get("known_on", ""), now, problems)
    valid_on = _day(request.GET.get("valid_on", ""), now, problems)
    is_now = known_on == now and valid_on == now
    # Today's knowledge needs no position: it is simply what stands
    position = evidence.position_on(known_on) if known_on < now else None
    return AsOf(valid_on, known_on, is_now, position, problems[0] if problems else "")


def _day(text: str, now: date, problems: list[str]) -> date:
    if not text:
        return now
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems.append(_("日期要写成 2026-11-20 这样。"))
        return now
    if day > now:
        problems.append(_("这一天还没有到，先按今天显示。"))
        return now
    return day


def keyset(request: HttpRequest) -> int | None:
    """The id after which a list goes on; anything that is no such id starts from the top."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= MAX_ID else None
