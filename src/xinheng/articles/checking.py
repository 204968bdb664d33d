"""May this text be kept, and may it be submitted?"""

from __future__ import annotations

from dataclasses import dataclass

from xinheng.articles import markdown
from xinheng.articles.errors import BadArticle, PersonalDataInside
from xinheng.kernel import personal

KINDS = ("policy", "notice", "case")
LONGEST = 60_000
_LENGTHS = {"title": 120, "summary": 300, "title_en": 240, "body": LONGEST, "body_en": LONGEST}
_WORDS = {
    "citizen_id": "身份证号码", "phone": "电话号码", "bank_card": "银行卡号", "travel_document": "证件号码",
    "home_address": "住址", "plate": "车牌号",
}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """What an author writes. Title and body are Chinese; the English pair is optional and comes together.

    A typical case may tell of one feedback on a hint (its id): then it names its organisation only by 〔当事人〕.
    """

    title: str
    body: str
    summary: str = ""
    title_en: str = ""
    body_en: str = ""
    feedback: int = 0


@dataclass(frozen=True)
class Concern:
    """Personal data in a text: where, and of which sort. The value itself is never repeated."""

    part: str
    line: int
    sort: str


def must_be_sound(kind: str, text: Text) -> None:
    """Raises `BadArticle` for a text that may not even be kept as a draft."""
    if kind not in KINDS:
        raise BadArticle(f"没有「{kind}」这类文章；可用：{'、'.join(KINDS)}。")
    if text.feedback and kind != "case":
        raise BadArticle("只有典型案例可以关联一条反馈结果。")
    if not text.title.strip() or not text.body.strip():
        raise BadArticle("标题和正文都要写。")
    if bool(text.title_en.strip()) != bool(text.body_en.strip()):
        raise BadArticle("英文标题和英文正文要么都写，要么都不写。")
    for name, most in _LENGTHS.items():
        if len(getattr(text, name)) > most:
            raise BadArticle(f"「{name}」最多 {most} 个字，现在有 {len(getattr(text, name))} 个。")
    for body in (text.body, text.body_en):
        if found := markdown.problems(body):
            said = "；".join(f"第 {p.line} 行「{p.piece}」：{p.remedy}" for p in found[:5])
            raise BadArticle(f"正文里有不能公布的写法。{said}")


def concerns(text: Text) -> list[Concern]:
    """Every line that holds personal data, by the same rule that masks what departments send."""
    found = []
    for part in _LENGTHS:
        lines = getattr(text, part).splitlines()
        found += [
            Concern(part, number, _WORDS.get(sort, sort))
            for number, line in enumerate(lines, start=1)
            for sort in sorted(personal.redact(line)[1])
        ]
        seen = {concern.sort for concern in found if concern.part == part}
        # A number broken over two lines is seen only in the whole
        whole = {_WORDS.get(sort, sort) for sort in personal.redact(getattr(text, part))[1]}
        found += [Concern(part, 0, sort) for sort in sorted(whole - seen)]
    return found


def must_be_impersonal(text: Text) -> None:
    """Raises `PersonalDataInside` with the places of all personal data in a text."""
    if found := concerns(text):
        places = "；".join(
            f"{_PARTS[c.part]}第 {c.line} 行有{c.sort}" if c.line else f"{_PARTS[c.part]}里有{c.sort}"
            for c in found
        )
        raise PersonalDataInside(
            f"不能提交：{places}。请删去；要留联系方式的，写单位名称或 12345 一类的服务热线。"
        )


_PARTS = {"title": "标题", "summary": "摘要", "body": "正文", "title_en": "英文标题", "body_en": "英文正文"}
