"""Writing: every act is one ledger event that binds the article's row and, where one is written, the version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from xinheng.articles import telling
from xinheng.articles.checking import Text, must_be_impersonal, must_be_sound
from xinheng.articles.errors import BadArticle, NoSuchArticle, WrongStep
from xinheng.articles.models import Article, Revision
from xinheng.articles.policy_steps import State, after
from xinheng.evidence import service as evidence

WRITTEN, SUBMITTED, SENT_BACK = "articles.written", "articles.submitted", "articles.sent-back"
APPROVED, WITHDRAWN = "articles.approved", "articles.withdrawn"
KINDS = (WRITTEN, SUBMITTED, SENT_BACK, APPROVED, WITHDRAWN)
LONGEST_REASON = 200


def write(*, kind: str, text: Text, at: datetime, actor: str, number: str = "") -> str:
    """Keeps a version as the draft; without a number it begins an article. Returns the number.

    The same text again is no new version. Raises `BadArticle`, `NoSuchArticle`, `WrongStep`.
    """
    on = evidence.legal_day(at)
    must_be_sound(kind, text)
    telling.must_be_told_well(text, on=on)
    if number:
        old = _revision(number, _get(number).latest)
        if _text_of(old) == text:
            return number
    with evidence.event(evidence.Act(kind=WRITTEN, actor=actor, at=at)) as event:
        evidence.lock("articles")
        row = _get(number) if number else _new(kind, at)
        if row.kind != kind:
            raise BadArticle("文章的类别定下后不再改变：请另写一篇。")
        _move(row, "write", actor)
        revision = Revision(
            id=event.row_id(0), article=row.number, ordinal=row.latest, author=actor, feedback=text.feedback,
            title=text.title, summary=text.summary, body=text.body, title_en=text.title_en, body_en=text.body_en,
        )  # fmt: skip
        revision.save(force_insert=True)
        event.detail["revision"] = row.latest
        event.detail["revision_digest"] = digest_of(revision)
        event.count(1)
        _bind(row, event, insert=row.latest == 1)
    return row.number


def submit(*, number: str, at: datetime, actor: str) -> None:
    """Hands the draft to another person. Raises `PersonalDataInside` with the places, `WrongStep`."""
    row = _get(number)
    text = _text_of(_revision(number, row.latest))
    must_be_impersonal(text)
    telling.must_be_told_well(text, on=evidence.legal_day(at))
    with _act(SUBMITTED, number, "submit", actor, at):
        pass


def send_back(*, number: str, reason: str, at: datetime, actor: str) -> None:
    """Makes what was submitted a draft again, saying why. Raises `WrongStep`, `BadArticle` without a reason."""
    with _act(SENT_BACK, number, "send_back", actor, at, {"reason": _reason(reason)}):
        pass


def approve(*, number: str, show_from: date, at: datetime, actor: str) -> None:
    """Shows what was submitted, from a day on (today at the earliest). Raises `FourEyes`, `WrongStep`, `BadArticle`.

    Where another version is public already, the new one takes its place at once and the first day stays.
    """
    on = evidence.legal_day(at)
    if show_from < on:
        raise BadArticle(f"公布日期不能早于今天（{on}），填的是 {show_from}。")
    with _act(APPROVED, number, "approve", actor, at) as (row, event):
        was_public = event.detail["was_shown"] and row.shown_from is not None and row.shown_from <= on
        if was_public and show_from != on:
            raise BadArticle("这篇文章正在公布，新的一稿批准后当天替换，不能另定日期。")
        row.revised_on = on if was_public else None
        row.shown_from = row.shown_from if was_public else show_from
        row.withdrawn_on = None
        event.detail["show_from"] = str(row.shown_from)


def withdraw(*, number: str, reason: str, at: datetime, actor: str) -> None:
    """Takes an article from every face at once; its versions stay. Raises `WrongStep`, `BadArticle` without a reason."""
    with _act(WITHDRAWN, number, "withdraw", actor, at, {"reason": _reason(reason)}) as (row, _):
        row.withdrawn_on = evidence.legal_day(at)


@contextmanager
def _act(
    kind: str, number: str, act: str, actor: str, at: datetime, detail: Mapping[str, Any] | None = None
) -> Iterator[tuple[Article, evidence.OpenEvent]]:
    """One act on the latest version: the row moved on as the policy says, bound when the block ends."""
    _get(number)
    with evidence.event(evidence.Act(kind=kind, actor=actor, at=at, detail=detail or {})) as event:
        evidence.lock("articles")
        row = _get(number)
        event.detail["was_shown"] = row.shown
        event.detail["revision"] = row.latest
        _move(row, act, actor)
        yield row, event
        _bind(row, event)


def _move(row: Article, act: str, actor: str) -> None:
    state = after(State(row.step, row.latest, row.author, row.submitter, row.shown), act, actor=actor)
    row.step, row.latest, row.author, row.submitter, row.shown = (
        state.step, state.latest, state.author, state.submitter, state.shown,
    )  # fmt: skip


def _bind(row: Article, event: evidence.OpenEvent, *, insert: bool = False) -> None:
    event.count(1)
    row.save(force_insert=insert, force_update=not insert)
    event.detail["article"] = row.number
    event.detail["article_digest"] = digest_of(row)


def _new(kind: str, at: datetime) -> Article:
    """Numbers run by year without gaps: the number is drawn in the transaction that uses it."""
    year = f"{evidence.legal_day(at):%Y}"
    last = Article.objects.filter(number__startswith=f"{year}-").order_by("-number").first()
    following = int(last.number[5:]) + 1 if last else 1
    if following > 9999:
        raise WrongStep("一年最多 9999 篇。")
    return Article(number=f"{year}-{following:04d}", kind=kind, step="settled", latest=0, shown=0)


def _get(number: str) -> Article:
    row = Article.objects.filter(number=number).first()
    if row is None:
        raise NoSuchArticle(f"没有编号为「{number[:20]}」的文章。")
    return row


def _revision(number: str, ordinal: int) -> Revision:
    return Revision.objects.get(article=number, ordinal=ordinal)


def _text_of(row: Revision) -> Text:
    return Text(row.title, row.body, row.summary, row.title_en, row.body_en, row.feedback)


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise BadArticle(f"请写明理由（最多 {LONGEST_REASON} 字）。")
    from xinheng.kernel import personal

    return personal.redact(reason)[0]


def digest_of(row: Model) -> str:
    """SHA-256 over every column in table order: what a ledger event binds. A version without a feedback is bound as it was
    before there could be one."""
    cells = [(field.attname, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return evidence.rows_digest([[value for name, value in cells if name != "feedback" or value]])
