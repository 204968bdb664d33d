"""Reading: what the public sees on a day, and what the desk works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.articles import markdown, telling
from xinheng.articles.checking import Text
from xinheng.articles.errors import NoSuchArticle
from xinheng.articles.keeping import KINDS
from xinheng.articles.models import Article, Revision
from xinheng.articles.policy_steps import State
from xinheng.evidence import service as evidence

MOST = 100


@dataclass(frozen=True)
class Published:
    """An article as the public reads it. `key` goes into `after` for what comes next; days are Shanghai days.

    `title_en` and `body_en` are "" where the office wrote no English text: say so, do not translate. `told` is the result
    a typical case tells of, as the gate lets the public see it today: its texts name the organisation only while its
    entry is public.
    """

    number: str
    kind: str
    title: str
    summary: str
    body: str
    title_en: str
    body_en: str
    shown_from: date
    revised_on: date | None
    told: telling.Told | None = None

    @property
    def key(self) -> str:
        return f"{self.shown_from.isoformat()}.{self.number}"

    @property
    def html(self) -> str:
        """The Chinese text, clean."""
        return markdown.render(self.body)

    @property
    def html_en(self) -> str:
        """The English text, clean; "" where there is none."""
        return markdown.render(self.body_en)


@dataclass(frozen=True)
class Version:
    """One version as written."""

    ordinal: int
    text: Text
    author: str
    written_at: datetime


@dataclass(frozen=True)
class Work:
    """An article as the desk sees it."""

    number: str
    kind: str
    title: str
    state: State
    shown_from: date | None
    revised_on: date | None
    withdrawn_on: date | None


@dataclass(frozen=True)
class Step:
    """Something that happened to an article."""

    kind: str
    actor: str
    at: datetime
    revision: int
    reason: str


def published(
    *, on: date, limit: int = 20, kind: str | None = None, after: str | None = None
) -> list[Published]:
    """What is public on a day, the newest first, at most `limit` (≤ 100) after the `key` of one already seen."""
    rows = Article.objects.filter(shown__gt=0, shown_from__lte=on).order_by("-shown_from", "-number")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if after is not None and (place := _opened(after)):
        day, number = place
        rows = rows.filter(shown_from__lte=day).exclude(shown_from=day, number__gte=number)
    found = list(rows[: min(limit, MOST)])
    return _published(found, on)


def article(*, number: str, on: date) -> Published | None:
    """One article as public on a day; None for withdrawn, not yet public and never written alike."""
    row = Article.objects.filter(number=number, shown__gt=0, shown_from__lte=on).first()
    return _published([row], on)[0] if row is not None else None


def works(*, after: str | None = None, limit: int = 50) -> list[Work]:
    """All articles for the desk, the newest number first, `after` a number."""
    rows = Article.objects.order_by("-number")
    if after:
        rows = rows.filter(number__lt=after)
    found = list(rows[:limit])
    titles = _revisions([(row.number, row.latest) for row in found])
    return [_work(row, titles[row.number, row.latest].title) for row in found]


def work(*, number: str) -> Work:
    """One article for the desk. Raises `NoSuchArticle`."""
    row = Article.objects.filter(number=number).first()
    if row is None:
        raise NoSuchArticle(f"没有编号为「{number[:20]}」的文章。")
    return _work(row, Revision.objects.get(article=number, ordinal=row.latest).title)


def versions(*, number: str) -> list[Version]:
    """Every version of an article, the newest first."""
    rows = list(Revision.objects.filter(article=number).order_by("-ordinal"))
    spans = evidence.spans([evidence.event_of(row.id) for row in rows])
    return [Version(row.ordinal, _text(row), row.author, spans[evidence.event_of(row.id)][2]) for row in rows]


def history(*, number: str) -> list[Step]:
    """What happened to an article, the newest first, read from the ledger."""
    return [
        Step(
            entry.kind.removeprefix("articles."), str(entry.body["actor"]), entry.at,
            int(entry.body["detail"]["revision"]), str(entry.body["detail"].get("reason", "")),
        )
        for entry in reversed(evidence.events(kinds=KINDS))
        if entry.body["detail"]["article"] == number
    ]  # fmt: skip


def _published(rows: Sequence[Article], on: date) -> list[Published]:
    texts = _revisions([(row.number, row.shown) for row in rows])
    found = []
    for row in rows:
        text = texts[row.number, row.shown]
        told = telling.told(text.feedback, on=on) if text.feedback else None
        words = text.title, text.summary, text.body, text.title_en, text.body_en
        if text.feedback:
            words = telling.all_named(words, told)
        found.append(
            Published(row.number, row.kind, *words, row.shown_from or date.max, row.revised_on, told)
        )
    return found


def _revisions(wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Revision]:
    pairs = set(wanted)
    rows = Revision.objects.filter(
        article__in={number for number, _ in pairs}, ordinal__in={ordinal for _, ordinal in pairs}
    )
    return {(row.article, row.ordinal): row for row in rows if (row.article, row.ordinal) in pairs}


def _work(row: Article, title: str) -> Work:
    state = State(row.step, row.latest, row.author, row.submitter, row.shown)
    return Work(row.number, row.kind, title, state, row.shown_from, row.revised_on, row.withdrawn_on)


def _text(row: Revision) -> Text:
    return Text(row.title, row.body, row.summary, row.title_en, row.body_en, row.feedback)


def _opened(after: str) -> tuple[date, str] | None:
    day, _, number = after.partition(".")
    try:
        return date.fromisoformat(day), number
    except ValueError:
        return None
