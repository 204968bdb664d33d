"""Objections and repairs of the demonstration: every stage, over the four weeks before its day.

A small script of acts, each on a day counted back in working days. Acts carry tokens, so playing it again does nothing
twice. Which entry plays which part follows from the entries there are: the oldest that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from xinheng.accounts import service as accounts
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.remedies import entries, notices, objecting, repairing, simulating
from xinheng.remedies.errors import OnlySimulated

OFFICE = cases.Actor("desk:office", "office")
MARKET, TRANSPORT, OTHER = "market-regulation", "transport", ""
RULING = "（2026）皖06破3号"
HERO_PARTS = ("one-day", "disputed")
FEW = (3, 6)
_LOOK = 500
_SPAN = timedelta(days=1_000)


@dataclass
class Part:
    """One entry of the cast, and the case about it once there is one."""

    statement: int
    uscc: str
    document: str
    body: str
    number: str = ""


@dataclass
class DemoPlay:
    """The story as far as it was played. `ends` is the demonstration's day; `bodies` the units by sector whose desks the
    demonstration's sign-ins sit at; `leave` organisations with stories of their own."""

    ends: date
    bodies: Mapping[str, str] = field(default_factory=dict)
    leave: frozenset[str] = frozenset()
    cast: dict[str, Part] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    played: int = 0
    hero: str = ""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def until(self, day: date, at: datetime | None = None) -> None:
        """Plays what falls on days up to `day`, each act on its own day, or on the ledger's last where that has passed.

        `at` is the latest instant an act may have. An act whose entry is not there, or that the law refuses, is left
        out and told in `refused`: a small city has a shorter story.
        """
        back = self._back()
        while self.played < len(SCRIPT) and back[SCRIPT[self.played][0]] <= day:
            days, act = SCRIPT[self.played]
            self.played += 1
            self.at = _instant(max(back[days], evidence.last_day() or back[days]))
            if at is not None:
                self.at = min(self.at, at)
            try:
                act(self)
            except XinhengError as error:
                self.refused.append((str(days), error.code))

    @property
    def cases(self) -> dict[str, str]:
        """The cases by the name of their part."""
        return {name: part.number for name, part in self.cast.items() if part.number}

    @property
    def organisation(self) -> str:
        """The organisation to try the workspace with: a few adverse entries, one disputed, one that can be repaired."""
        return self.hero or (self.cast["disputed"].uscc if "disputed" in self.cast else "")

    @property
    def on(self) -> date:
        """The day of the act being played."""
        return evidence.legal_day(self.at)

    def _back(self) -> list[date]:
        """The demonstration's day and the working days before it, newest first."""
        calendar, days, day = law.active().calendar, [self.ends], self.ends
        while len(days) <= SCRIPT[0][0]:
            day -= timedelta(days=1)
            if calendar.is_working(day):
                days.append(day)
        return days

    def part(self, name: str, sector: str = OTHER, *, ripe: bool = False, early: bool = False) -> Part:
        """Who plays `name`: the oldest free entry that fits."""
        if name not in self.cast:
            self.cast[name] = self._next(name, sector, ripe, early)
        return self.cast[name]

    def _next(self, name: str, sector: str, ripe: bool, early: bool) -> Part:
        free = self._free(sector)
        if name in HERO_PARTS:
            self.hero = self.hero or self._hero(free)
            free.sort(key=lambda one: one.uscc != self.hero)
        for one in free:
            first = one.earliest_repair
            assert first is not None
            if (ripe and first > self.on) or (early and first <= self.on + timedelta(days=30)):
                continue
            entry = entries.entry(one.id)
            if not entry.document or (sector != TRANSPORT and (entry.sector == MARKET) != (sector == MARKET)):
                continue
            to = entries.routed(entry.parts.authority, entry.authority_name, self.on)
            return Part(one.id, one.uscc, entry.document, to.body)
        raise OnlySimulated(f"这里没有适合「{name}」的记录。")

    def _hero(self, free: list[publication.Entry]) -> str:
        """The first organisation with a few adverse entries, several of them free, one ripe for repair by now."""
        adverse = {code for code, item in law.active().items.items() if item.adverse}
        mine: dict[str, list[publication.Entry]] = {}
        for one in [*free, *self._free(TRANSPORT)]:
            if all(one.id != other.id for other in mine.setdefault(one.uscc, [])):
                mine[one.uscc].append(one)
        bodies = set(self.bodies.values())
        found = []
        for code, entries_ in mine.items():
            ripe = any(one.earliest_repair and one.earliest_repair <= self.on for one in entries_)
            if code.startswith("92") or not 2 <= len(entries_) <= FEW[1] or not ripe:
                continue
            counted = publication.counts(uscc=code, audience="self", on=self.on)
            if FEW[0] <= sum(number for item, number in counted.items() if item in adverse) <= FEW[1]:
                at_desks = len({one.authority for one in entries_} & bodies)
                found.append((-at_desks, entries_[0].id, code))
        return min(found)[2] if found else ""

    def _free(self, sector: str) -> list[publication.Entry]:
        """Penalties shown that day which no case touches; those of the desks with sign-ins first."""
        found = publication.statements(
            audience="public", on=self.on, item="admin-penalty", limit=_LOOK,
            decided_from=self.on - _SPAN,
        )  # fmt: skip
        mine = self.bodies.get(sector, "")
        if mine:
            own = publication.statements(
                audience="public", on=self.on, item="admin-penalty", authority=mine, limit=_LOOK
            )
            found = [*(one for one in found if one.authority != mine), *own]
        busy = cases.of_statements(ids=[one.id for one in found], open_only=False)
        taken = {part.statement for part in self.cast.values()} | set(busy)
        left = [
            one for one in found
            if one.id not in taken and one.uscc not in self.leave and one.earliest_repair and "corrected" not in one.marks
        ]  # fmt: skip
        return sorted(left, key=lambda one: (one.authority != mine, one.id))


def demo_cases(*, at: datetime, bodies: Mapping[str, str] | None = None) -> dict[str, str]:
    """Plays the whole story into the home there is, and answers the cases by the name of their part.

    Acts of days the ledger has passed fall on its last day. Sandboxes only (`OnlySimulated`).
    """
    if not home().sandbox:
        raise OnlySimulated("演示案件只能建在沙盒里。")
    today = evidence.legal_day(at)
    play = DemoPlay(ends=today, bodies=bodies or {})
    play.until(today, at)
    return play.cases


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(14), tzinfo=evidence.SHANGHAI).astimezone(UTC)


def _object(play: DemoPlay, name: str, reason: str, sector: str = OTHER, field_: str = "") -> None:
    part = play.part(name, sector)
    done = objecting.object_to(
        statement=part.statement, field=field_, reason=reason, actor=OFFICE, at=play.at, channel="counter",
        token=f"demo:{name}",
    )  # fmt: skip
    _seat(part, done.case)


def _push(play: DemoPlay, name: str, ruling: str = "", early: bool = False) -> None:
    """An application that comes from 信用中国."""
    part = play.part(name, ripe=not ruling and not early, early=early)
    outside = f"XYZG{play.ends:%Y%m}-{name}"
    row = {
        "外部编号": outside, "统一社会信用代码": part.uscc, "文书号": part.document, "信用承诺": "是",
        "推送日期": play.on.isoformat(), "重整裁定": ruling, "材料": "缴款凭证;整改报告",
    }  # fmt: skip
    simulating.push(rows=[row], at=play.at, actor="simulated-credit-china")
    case = cases.by_outside(kind="repair", outside=outside)
    if case is not None:
        _seat(part, case)


def _counter(play: DemoPlay, name: str) -> None:
    """An application handed in at the counter, about a market regulator's penalty."""
    part = play.part(name, MARKET, ripe=True)
    done = repairing.apply_repair(
        statement=part.statement, actor=OFFICE, at=play.at, channel="counter", commitment=True,
        materials=("缴款凭证",), token=f"demo:{name}",
    )  # fmt: skip
    _seat(part, done.case)


def _seat(part: Part, case: cases.Case) -> None:
    part.number, part.body, part.uscc = case.number, case.body, case.uscc
    part.statement = case.statement or part.statement


def _act(play: DemoPlay, name: str, act: str, reason: str = "", **detail: Any) -> None:
    """A step of the case; where two must act, both do."""
    part = play.part(name)
    case = cases.case(number=part.number, reader=cases.Reader("platform"))
    for who in ("decide", "decide2"):
        office = "office" in case.shape.by_step[act].who
        actor = OFFICE if office else cases.Actor(f"desk:{who}", "authority", case.body)
        done = cases.act(
            number=part.number, act=act, actor=actor,
            at=play.at, reason=reason, detail=detail, token=f"demo:{name}:{act}:{who}",
        )  # fmt: skip
        _noted(play, actor, case)
        if not done.waiting:
            return


def _noted(play: DemoPlay, actor: cases.Actor, case: cases.Case) -> None:
    """Whoever acts on a case has read it: the organisation is told who looked, and why."""
    accounts.read(
        actor=actor.account, at=play.at, what="case", purpose="办理异议和修复", role=actor.role, unit=actor.body,
        subject={"uscc": case.uscc, "case": case.number},
    )  # fmt: skip


def _correct(play: DemoPlay, name: str) -> None:
    """The source finds the objection right and says what the decision really says."""
    entry = entries.entry(play.part(name).statement)
    outcome = entry.item.card.outcome
    said = f"{entry.values[outcome].rstrip('。')}（按决定书原件更正）"
    _act(play, name, "uphold-correct", "经核对决定书原件，报送内容有误", changes={outcome: said})


def _notice(play: DemoPlay, name: str) -> None:
    """A repair notice served with its decision; the other penalties have none on record: a quality finding."""
    part = play.part(name)
    entry = entries.entry(part.statement)
    made = notices.repair_notice(
        authority=entry.parts.authority, document=part.document, subject=entry.values[entry.item.subject_name],
        uscc=part.uscc, decided_on=entry.parts.decided_on or play.on, duties="缴纳罚款，完成整改",
        token=f"demo:{name}", at=play.at, actor="desk:decide",
    )  # fmt: skip
    if made.served_on is None:
        notices.served(number=made.number, on=play.on, manner="direct", actor="desk:decide", at=play.at)


def _sweep(play: DemoPlay) -> None:
    cases.sweep(at=play.at)


def _results(play: DemoPlay) -> None:
    """What was decided early is told to 信用中国, which confirms it."""
    told = simulating.results(at=play.at)
    pairs = list(told.select("外部编号", "结果").iter_rows())
    simulating.acknowledged(numbers=pairs, at=play.at, actor="simulated-credit-china")


_Do = Callable[[DemoPlay], None]
SCRIPT: tuple[tuple[int, _Do], ...] = (
    (20, partial(_push, name="revoked")),
    (19, partial(_act, name="revoked", act="accept")),
    (16, partial(_act, name="revoked", act="grant", reason="义务已经履行")),
    (
        14,
        partial(
            _object, name="silent", sector=TRANSPORT, reason="处罚决定已经被复议机关变更，网上还是原来的内容"
        ),
    ),
    (14, partial(_object, name="refused", reason="认为处罚过重")),
    (13, partial(_act, name="silent", act="forward")),
    (13, partial(_act, name="refused", act="forward")),
    (13, partial(_object, name="corrected", field_="CF_NR", reason="处罚内容与决定书不一致")),
    (13, partial(_push, name="repaired")),
    (12, partial(_act, name="corrected", act="forward")),
    (12, partial(_object, name="annulled", reason="该决定已被人民法院判决撤销")),
    (12, partial(_push, name="not-repaired")),
    (11, partial(_act, name="annulled", act="forward")),
    (11, partial(_act, name="repaired", act="accept")),
    (10, partial(_act, name="not-repaired", act="accept")),
    (10, partial(_push, name="reorganised", ruling=RULING)),
    (
        9,
        partial(
            _act,
            name="refused",
            act="refuse",
            reason="所争的是决定本身，决定未被变更",
            ground="decision-stands",
        ),
    ),
    (9, partial(_act, name="reorganised", act="accept")),
    (8, partial(_correct, name="corrected")),
    (8, partial(_counter, name="one-day")),
    (7, partial(_act, name="repaired", act="grant", reason="义务已经履行，违法行为已经改正")),
    (7, partial(_act, name="annulled", act="uphold-annul", reason="判决已经生效")),
    (6, partial(_act, name="one-day", act="accept")),
    (6, partial(_act, name="revoked", act="revoke", reason="缴款凭证系伪造", ground="false-material")),
    (5, partial(_act, name="not-repaired", act="refuse", reason="罚款尚未缴清", ground="duties-not-done")),
    (
        5,
        partial(
            _act, name="reorganised", act="suppress-temporarily", reason="法院已批准重整计划", ruling=RULING
        ),
    ),
    (5, partial(_push, name="supplement")),
    (5, _sweep),
    (
        4,
        partial(
            _act, name="supplement", act="request-supplement", supplements=["整改验收材料", "罚款缴款凭证"]
        ),
    ),
    (4, _results),
    (4, partial(_notice, name="one-day")),
    (3, partial(_object, name="with-source", sector=MARKET, reason="违法事实写错了经营地址")),
    (2, partial(_act, name="with-source", act="forward")),
    (
        2,
        partial(
            _object, name="disputed", sector=TRANSPORT, field_="CF_NR", reason="处罚内容里的数额与决定书不符"
        ),
    ),
    (2, partial(_counter, name="received")),
    (1, partial(_push, name="too-early", early=True)),
    (0, _sweep),
)
