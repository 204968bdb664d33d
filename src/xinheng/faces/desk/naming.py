"""What the pages for doubtful names draw: two names character by character, marks of parts, bars of what waits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.kernel.orgname import fold

PARTS = {
    "region": gettext_lazy("行政区划"), "brand": gettext_lazy("字号（商号）"), "trade": gettext_lazy("行业"),
    "form": gettext_lazy("组织形式"), "branch": gettext_lazy("分支机构"), "code": gettext_lazy("代码"),
    "name": gettext_lazy("整个名称"),
}  # fmt: skip
# How a part meets its counterpart: sign, words, and the tone it is shown in
LEVELS = {
    "same": ("=", gettext_lazy("相同"), "for"), "alike": ("≈", gettext_lazy("字样相近"), "for"),
    "near": ("≈", gettext_lazy("相近"), "for"), "partly": ("≈", gettext_lazy("部分相同"), "even"),
    "missing": ("○", gettext_lazy("所报没有写"), "even"), "extra": ("○", gettext_lazy("登记名称没有"), "even"),
    "different": ("×", gettext_lazy("不同"), "against"), "none": ("○", gettext_lazy("没有可比的"), "even"),
}  # fmt: skip
STRONG = 8_000  # thousandths of a bit: 256 to 1


@dataclass(frozen=True)
class Piece:
    """Neighbouring characters that both sides have, or that only this side has."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Line:
    """One part of two names side by side."""

    key: str
    label: Any
    said: list[Piece]
    held: list[Piece]
    sign: str
    word: Any
    tone: str
    weight: str
    sentence: str

    @property
    def only_said(self) -> str:
        """Characters only the asked name has."""
        return "".join(piece.text for piece in self.said if piece.differs)

    @property
    def only_held(self) -> str:
        """Characters only the registered name has."""
        return "".join(piece.text for piece in self.held if piece.differs)


@dataclass(frozen=True)
class Bar:
    """A bar of the small chart of what waits."""

    label: str
    count: int
    y: int
    width: str


def pieces(said: str, held: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts cut where they differ. Ways of writing one character (full width, traditional) do not differ."""
    if not said or not held:
        return [Piece(said, False)] if said else [], [Piece(held, False)] if held else []
    one, other = [fold(char) or char for char in said], [fold(char) or char for char in held]
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if b > a:
            left.append(Piece(said[a:b], kind != "equal"))
        if d > c:
            right.append(Piece(held[c:d], kind != "equal"))
    return left, right


def lines(parts: Iterable[Any]) -> list[Line]:
    """The parts of a pair in the order of a name, each with its mark in a sign and in words."""
    order = {key: place for place, key in enumerate(PARTS)}
    made = []
    for part in sorted(parts, key=lambda part: order.get(part.part, len(order))):
        said, held = pieces(part.said, part.held)
        sign, word, tone = LEVELS.get(part.level, LEVELS["none"])
        if tone != "against" and part.points < 0:
            tone = "against"
        made.append(
            Line(
                part.part, PARTS.get(part.part, part.part), said, held, sign, word, tone, weight(part.points), part.sentence,
            )
        )  # fmt: skip
    return made


def weight(points: int) -> str:
    """How much a part says, in words; `points` are thousandths of a bit."""
    if abs(points) < 500:
        return _("不说明问题")
    if points > 0:
        return _("有力支持") if points >= STRONG else _("支持")
    return _("有力反对") if points <= -STRONG else _("反对")


def sure(confidence: int) -> dict[str, Any]:
    """Confidence as a figure, a width of a bar and a sentence."""
    share = min(max(confidence, 0), 10_000)
    words = (
        _("名称很像；为什么还要核对，见这一行说的。") if share >= 9_000
        else _("平台认为比较像，请看不同的地方。") if share >= 5_000
        else _("平台认为不大像，列出来供核对。")
    )  # fmt: skip
    return {"text": f"{share // 10 / 10:.1f}%", "width": f"{share / 100:.1f}", "words": words}


def ages(counts: Sequence[tuple[int | None, int]]) -> list[Bar]:
    """How long rows have waited, as bars from zero."""
    most = max([count for _bound, count in counts] + [1])
    labels, below = [], -1
    for bound, _count in counts:
        if bound == 0:
            labels.append(_("今天"))
        elif bound is None:
            labels.append(_("超过 %(n)s 天") % {"n": below})
        else:
            labels.append(_("%(a)s—%(b)s 天") % {"a": below + 1, "b": bound})
        below = bound if bound is not None else below
    return [
        Bar(label, count, 22 * place, f"{200 * count / most:.1f}")
        for place, (label, (_bound, count)) in enumerate(zip(labels, counts, strict=True))
    ]
