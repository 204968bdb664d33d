"""Letters go out: claimed first, then sent, then the outcome. Whatever breaks in between, none goes out twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.home import alone, home
from xinheng.notices import keeping, mail, reading

PART = 100
WAITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""How long after each failed try the next one comes; after the last a letter is given up."""


@dataclass(frozen=True)
class Delivered:
    """What a round of letters did. `reached` is False where the mail server did not answer: no letter was tried then."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0
    reached: bool = True


@dataclass(frozen=True)
class _Waiting:
    id: int
    notice: int
    account: str
    language: str
    attempts: int


Row = tuple[int, str, str, int]


def deliver(*, at: datetime, actor: str = "platform", most: int = 5_000) -> Delivered:
    """Sends the letters that are due at `at`, at most `most`. Safe to run from several processes: one does it at a time.

    Each is claimed in the ledger before the server sees it. A claim without an outcome is what a crash leaves: nobody
    knows whether that letter went out, so it is given up (`unclear`), and the inbox has it anyway. Reminders about an
    entry that meanwhile ended are not sent (`over`). Raises `BadMailAddress`.
    """
    if not mail.configured():
        return Delivered(waiting=waiting())
    with alone(home().root / "notices.lock", wait=False) as mine:
        if not mine:
            return Delivered(waiting=waiting())
        told: Counter[str] = Counter(_abandon(at, actor))
        post = mail.Post(mail.server(settings.SMTP_URL))
        reached = True
        while sum(told.values()) < most and (due := _due(at)):
            if not (reached := post.reach()):
                break
            told.update(_round(due, post, at, actor))
        post.hang_up()
    return Delivered(told["sent"], told["failed"], told["given-up"], waiting(), reached)


def waiting() -> int:
    """Letters that are not done yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM notices_delivery WHERE state IN ('queued', 'failed', 'sending')")
        return int(cursor.fetchone()[0])


def due_now(*, at: datetime) -> bool:
    """Whether any letter is due: what the runner asks every round."""
    return mail.configured() and bool(_due(at, limit=1))


def _round(due: Sequence[_Waiting], post: mail.Post, at: datetime, actor: str) -> list[str]:
    notices = reading.of_ids([one.notice for one in due])
    contacts = accounts.contacts(usccs=sorted({notice.uscc for notice in notices.values() if notice.uscc}))
    ready: list[tuple[_Waiting, mail.Letter]] = []
    rows: list[Row] = []
    for one in due:
        letter, reason = _letter(one, notices.get(one.notice), contacts, at)
        if letter is None:
            rows.append((one.id, "given-up", reason, 0))
        else:
            ready.append((one, letter))
            rows.append((one.id, "sending", "", 0))
    claimed = _record(keeping.CLAIMED, rows, at=at, actor=actor)
    outcomes: list[Row] = []
    for one, letter in ready:
        if one.id in claimed:
            outcomes.append(_after(one, post.send(letter), at))
    _record(keeping.DELIVERED, outcomes, at=at, actor=actor)
    return [row[1] for row in rows if row[1] == "given-up"] + [row[1] for row in outcomes]


def _letter(
    one: _Waiting, notice: reading.Notice | None, contacts: Mapping[str, Sequence[object]], at: datetime
) -> tuple[mail.Letter | None, str]:
    """The letter as it reads now, or why it is not sent: asked again at the moment of sending."""
    if notice is None or not notice.uscc:
        return None, "gone"
    if not notice.still:
        return None, "over"
    address = next(
        (
            str(contact.email)  # type: ignore[attr-defined]
            for contact in contacts.get(notice.uscc, ())
            if contact.account == one.account  # type: ignore[attr-defined]
        ),
        "",
    )
    if not address:
        return None, "no-address"
    language = "en" if one.language.startswith("en") else "zh"
    words = reading.words(notice, language=language)
    return mail.Letter(f"{one.notice}/{one.account}", address, words.subject, words.text, language), ""


def _after(one: _Waiting, outcome: mail.Outcome, at: datetime) -> Row:
    if outcome.state != "failed":
        return one.id, outcome.state, outcome.reason, 0
    if one.attempts >= len(WAITS):
        return one.id, "given-up", outcome.reason, 0
    return one.id, "failed", outcome.reason, evidence.microseconds(at + WAITS[one.attempts])


def _abandon(at: datetime, actor: str) -> list[str]:
    """Claims nobody will finish: whoever made them held the lock we hold now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM notices_delivery WHERE state = 'sending' ORDER BY id LIMIT 10000")
        rows: list[Row] = [(row[0], "given-up", "unclear", 0) for row in cursor.fetchall()]
    _record(keeping.DELIVERED, rows, at=at, actor=actor)
    return ["given-up"] * len(rows)


def _record(kind: str, rows: Sequence[Row], *, at: datetime, actor: str) -> set[int]:
    """Writes attempts and moves their letters with them, in one event. Returns the letters it moved."""
    if not rows:
        return set()
    froms = ("queued", "failed") if kind == keeping.CLAIMED else ("sending",)
    with evidence.event(evidence.Act(kind=kind, actor=actor, at=at, purpose="发送提醒邮件")) as event:
        evidence.lock("notices")
        ids = ", ".join(str(int(row[0])) for row in rows)
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(froms))
            cursor.execute(
                f"SELECT id FROM notices_delivery WHERE id IN ({ids}) AND state IN ({marks})", list(froms)
            )
            held = {row[0] for row in cursor.fetchall()}
            moved = [row for row in rows if row[0] in held]
            keeping.write(event, "notices_attempt", moved)
            for outcome, next_at in sorted({(row[1], row[3]) for row in moved}):
                part = ", ".join(str(row[0]) for row in moved if (row[1], row[3]) == (outcome, next_at))
                tried = 1 if outcome == "sending" else 0
                cursor.execute(
                    f"UPDATE notices_delivery SET state = %s, next_at = %s, attempts = attempts + {tried}"
                    f" WHERE id IN ({part})",
                    [outcome, next_at],
                )
    return held


def _due(at: datetime, limit: int = PART) -> list[_Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, notice_id, account, language, attempts FROM notices_delivery"
            f" WHERE state IN ('queued', 'failed') AND next_at <= %s ORDER BY id LIMIT {int(limit)}",
            [evidence.microseconds(at)],
        )
        return [_Waiting(*row) for row in cursor.fetchall()]
