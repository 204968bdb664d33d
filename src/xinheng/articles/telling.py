"""A typical case that tells of one feedback on a hint: its words name the organisation by 〔当事人〕, and the gate says on
each reading whether a name may stand there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.articles.checking import Text
from xinheng.articles.errors import BadArticle
from xinheng.checks import service as checks
from xinheng.register import service as register

PARTY = "〔当事人〕"
UNNAMED, UNNAMED_EN = "某单位", "the organisation"


@dataclass(frozen=True)
class Told:
    """The result behind a typical case. `uscc`, `name` and `statement` are empty once its entry is not public."""

    feedback: int
    measure_name: str
    measure_name_en: str
    matter_name: str
    body: str
    applied: bool
    answered_on: date
    uscc: str
    name: str
    statement: int


def told(feedback: int, *, on: date) -> Told | None:
    """The result as the public may read it on a day; None where the answer was corrected since, or is deferred."""
    found = checks.result(feedback=feedback, on=on)
    if found is None:
        return None
    return Told(
        found.feedback, found.measure_name, found.measure_name_en, found.matter_name, found.body, found.applied,
        found.answered_on, found.uscc, found.name, found.statement,
    )  # fmt: skip


def named(text: str, of: Told | None, *, english: bool = False, markdown: bool = False) -> str:
    """The text with the organisation's name, or with the word for one that is not named."""
    name = of.name if of else ""
    if not name:
        return text.replace(PARTY, UNNAMED_EN if english else UNNAMED)
    return text.replace(PARTY, _plain(name) if markdown else name)


def all_named(words: tuple[str, str, str, str, str], of: Told | None) -> tuple[str, str, str, str, str]:
    """Title, summary, text, English title and English text, each with `named`."""
    title, summary, body, title_en, body_en = words
    return (
        named(title, of), named(summary, of), named(body, of, markdown=True), named(title_en, of, english=True),
        named(body_en, of, english=True, markdown=True),
    )  # fmt: skip


def must_be_told_well(text: Text, *, on: date) -> None:
    """Raises `BadArticle` where a case tells of a result that may not be told, or names the organisation itself: a name
    in the text would stay when the entry ends."""
    if not text.feedback:
        return
    found = told(text.feedback, on=on)
    if found is None or not found.uscc:
        raise BadArticle(
            "关联的反馈结果现在不能公布（没有反馈、已更正、暂缓告知或者所依据的记录不公示）。请换一条，或者不关联。"
        )
    words = "\n".join((text.title, text.summary, text.body, text.title_en, text.body_en))
    known = register.get([found.uscc]).get(found.uscc)
    names = {found.name, found.uscc, *((known.name,) if known else ())}
    if any(name and name in words for name in names):
        raise BadArticle(
            f"正文里写了当事人的名称或代码。请改写成「{PARTY}」：公示期内平台自动显示名称，期满后不再显示。"
        )


def _plain(name: str) -> str:
    """A name that no Markdown takes for markup."""
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>#|" else mark for mark in name)
