"""People judge doubtful rows: same, different, unsure, alone or two without seeing each other. One act, one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel import personal
from xinheng.linkage import binding
from xinheng.linkage.binding import OPINION, REVIEW, VERDICT, marks
from xinheng.linkage.errors import AlreadyJudged, BadJudgement, JudgedBefore
from xinheng.linkage.policy_review import (
    DIFFERENT,
    NOBODY,
    SAME,
    UNSURE,
    WORDS,
    Answer,
    answer_of,
    settled,
    step,
)
from xinheng.linkage.queue import PendingRow, alike, pending_row
from xinheng.register import service as register

JUDGED, REVIEW_SET = "linkage.judged", "linkage.review-set"
LONGEST_WHY = 200
LOCK = "linkage"


@dataclass(frozen=True)
class Judged:
    """What a judgement did: where the row is now, whether it was only said again, and which rows may now be taken in."""

    pending: int
    state: str
    repeated: bool
    take_up: tuple[int, ...] = ()


@dataclass(frozen=True)
class Word:
    """A standing word of a person on one organisation."""

    id: int
    actor: str
    code: str
    verdict: str


class _Again(Exception):
    """Said already by this person: nothing is written."""


def judge(*, pending: int, code: str, verdict: str, why: str = "", actor: str, at: datetime) -> Judged:
    """One person's word on one organisation for a doubtful row. One ledger event; the same again writes nothing.

    "same" answers every waiting row that asks the same, "different" is remembered for good, "unsure" leaves the row
    where it is. In a double review nothing stands before two agree or a third has spoken. Raises `NoSuchPending`,
    `BadJudgement`, `AlreadyJudged` where somebody was faster, `JudgedBefore` for a second word in a double review.
    """
    if verdict not in WORDS:
        raise BadJudgement("请选择：同一主体、不是同一主体，或者说不准。")
    row = pending_row(pending)
    if not code or (code not in {one.code for one in row.candidates} and not register.registered([code])):
        raise BadJudgement("名录里没有这个统一社会信用代码。请核对后再试。")
    return _say(pending, {code: verdict}, why, actor, at)


def judge_none(*, pending: int, why: str = "", actor: str, at: datetime) -> Judged:
    """None of the candidates: each is judged different, and the row leaves the queue. Raises as `judge` does."""
    row = pending_row(pending)
    codes = [one.code for one in row.candidates] or [NOBODY]
    return _say(pending, dict.fromkeys(codes, DIFFERENT), why, actor, at)


def double_review() -> bool:
    """Whether two people judge each doubtful name without seeing each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT blind FROM linkage_review ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return bool(row and row[0])


def set_double_review(*, double: bool, actor: str, at: datetime) -> None:
    """Turns blind double review on or off, as an act of the ledger. As it is already: nothing happens."""
    if double == double_review():
        return
    with evidence.event(evidence.Act(kind=REVIEW_SET, actor=actor, at=at)) as event:
        event.count(1)
        binding.insert(event, REVIEW, [{"blind": double}])


def reason(why: str, *, required: bool = False) -> str:
    """A reason as it is kept: one line, without personal data. Raises `BadJudgement`."""
    why = " ".join(why.split())
    if len(why) > LONGEST_WHY or (required and not why):
        raise BadJudgement(
            f"请写明理由（最多 {LONGEST_WHY} 字）。" if required else f"理由最多 {LONGEST_WHY} 字。"
        )
    return personal.redact(why)[0]


def words(key: str) -> list[Word]:
    """Standing words on rows that ask with this key, in the order they were said."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, o.actor, o.code, o.verdict FROM linkage_opinion o JOIN linkage_pending p ON p.id = o.pending"
            " WHERE p.key = %s AND p.key <> '' AND o.closed_by IS NULL ORDER BY o.id",
            [key],
        )
        return [Word(*row) for row in cursor.fetchall()]


def standing(key: str) -> dict[str, tuple[int, str]]:
    """What stands for a key: organisation → (number of the verdict, verdict)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, id, verdict FROM linkage_verdict WHERE key = %s AND key <> '' AND closed_by IS NULL",
            [key],
        )
        return {code: (id_, verdict) for code, id_, verdict in cursor.fetchall()}


def has_answered(row: PendingRow, actor: str) -> bool:
    """Whether this person has said all there is to say about an open row: in a double review that is final."""
    stands = standing(row.key)
    codes = [one.code for one in row.candidates if stands.get(one.code, (0, ""))[1] != DIFFERENT]
    return answer_of(_by_person(row.key).get(actor, {}), codes) is not None


def _say(pending: int, said: Mapping[str, str], why: str, actor: str, at: datetime) -> Judged:
    why = reason(why)
    try:
        with evidence.event(evidence.Act(kind=JUDGED, actor=actor, at=at)) as event:
            evidence.lock(LOCK)
            row = pending_row(pending)
            _must_be_free(row, said, actor)
            say = _blind if double_review() else _alone
            states = say(event, row, said, why, actor)
            binding.move(event, states)
            event.count(len(states))
    except _Again:
        return Judged(pending, pending_row(pending).state, True)
    done = tuple(id_ for id_, state in states.items() if state == SAME)
    return Judged(pending, states.get(pending, row.state), False, done)


def _must_be_free(row: PendingRow, said: Mapping[str, str], actor: str) -> None:
    own = {word.code: word.verdict for word in words(row.key) if word.actor == actor}
    if own and all(own.get(code) == verdict for code, verdict in said.items()):
        raise _Again
    if not row.open:
        raise AlreadyJudged(
            "这条名称已经判定，您这次的选择没有记录。需要改的话，请先在经过里撤回原来的判定。"
        )


def _alone(
    event: evidence.OpenEvent, row: PendingRow, said: Mapping[str, str], why: str, actor: str
) -> dict[int, str]:
    """One person decides: each word stands at once, in place of an "unsure" on the same organisation."""
    stands = standing(row.key)
    fresh = {code: word for code, word in said.items() if stands.get(code, (0, ""))[1] != word}
    decided = {code: word for code, (_, word) in stands.items() if word != UNSURE}
    if any(code in decided for code in fresh):
        raise AlreadyJudged(
            "这个主体已经判定，您这次的选择没有记录。需要改的话，请先在经过里撤回原来的判定。"
        )
    if SAME in fresh.values() and SAME in decided.values():
        raise AlreadyJudged("这个名称已经判为另一个主体。需要改的话，请先撤回那一次判定。")
    states = _answered(row, {**decided, **fresh})
    if not fresh and not states:
        raise AlreadyJudged(
            "这个主体已经判定，您这次的选择没有记录。需要改的话，请先在经过里撤回原来的判定。"
        )
    _write_words(event, row, fresh or said, why, actor)
    _write_verdicts(event, row, fresh, stands)
    return states


def _answered(row: PendingRow, stands: Mapping[str, str]) -> dict[int, str]:
    """Open rows that ask the same and are answered by what stands."""
    group = [one for one in alike(row.key) if one.open]
    if SAME in stands.values():
        return {one.id: SAME for one in group}
    no = {code for code, word in stands.items() if word == DIFFERENT}
    return {
        one.id: "none"
        for one in group
        if NOBODY in no or (one.candidates and {each.code for each in one.candidates} <= no)
    }


def _blind(
    event: evidence.OpenEvent, row: PendingRow, said: Mapping[str, str], why: str, actor: str
) -> dict[int, str]:
    """Two judge without seeing each other: nothing stands before their answers to the whole row agree."""
    stands = standing(row.key)
    codes = [one.code for one in row.candidates if stands.get(one.code, (0, ""))[1] != DIFFERENT]
    said = {code: word for code, word in said.items() if stands.get(code, (0, ""))[1] != word}
    if said and SAME in {word for _, word in stands.values()}:
        raise AlreadyJudged("这个名称已经判为另一个主体。需要改的话，请先撤回那一次判定。")
    own = _by_person(row.key).get(actor, {})
    if not said and (states := _answered(row, {code: word for code, (_, word) in stands.items()})):
        return states
    if not said:
        raise AlreadyJudged(
            "这个主体已经判定，您这次的选择没有记录。需要改的话，请先在经过里撤回原来的判定。"
        )
    if answer_of(own, codes) is not None or any(own.get(code, word) != word for code, word in said.items()):
        raise JudgedBefore("这条名称您已经判过。双人复核时同一个人不能判两次，请等另一位同事。")
    _write_words(event, row, {code: word for code, word in said.items() if code not in own}, why, actor)
    answers = [answer for person in _by_person(row.key).values() if (answer := answer_of(person, codes))]
    group = [one.id for one in alike(row.key) if one.open]
    done = settled(answers)
    if done is None:
        return dict.fromkeys(group, step(len(answers)))
    _write_verdicts(event, row, _as_verdicts(done, codes), stands)
    return dict.fromkeys(group, SAME if done.kind == SAME else "none")


def _by_person(key: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for word in words(key):
        found.setdefault(word.actor, {})[word.code] = word.verdict
    return found


def _as_verdicts(answer: Answer, codes: Sequence[str]) -> dict[str, str]:
    if answer.kind == SAME:
        return {answer.code: SAME}
    return dict.fromkeys(codes or [NOBODY], DIFFERENT)


def _write_words(
    event: evidence.OpenEvent, row: PendingRow, said: Mapping[str, str], why: str, actor: str
) -> None:
    event.count(len(said))
    binding.insert(
        event,
        OPINION,
        [
            {"pending": row.id, "actor": actor, "verdict": word, "code": code, "why": why}
            for code, word in said.items()
        ],
    )


def _write_verdicts(
    event: evidence.OpenEvent, row: PendingRow, said: Mapping[str, str], stands: Mapping[str, tuple[int, str]]
) -> None:
    binding.close(event, VERDICT, [stands[code][0] for code in said if code in stands])
    event.count(2 * len(said))
    binding.insert(
        event,
        VERDICT,
        [{"pending": row.id, "verdict": word, "key": row.key, "code": code} for code, word in said.items()],
    )


def take_back_words(event: evidence.OpenEvent, key: str, gone: set[int]) -> None:
    """Closes the words on organisations of a key for which nothing stands once the verdicts `gone` are closed."""
    left = {code for code, (id_, _) in standing(key).items() if id_ not in gone}
    closed = [word.id for word in words(key) if word.code not in left]
    event.count(len(closed))
    binding.close(event, OPINION, closed)


def verdict_row(id: int) -> tuple[str, str, str] | None:
    """Key, organisation and word of a standing verdict."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, code, verdict FROM linkage_verdict WHERE id IN ({marks([id])}) AND closed_by IS NULL",
            [id],
        )
        row = cursor.fetchone()
    return None if row is None else (str(row[0]), str(row[1]), str(row[2]))
