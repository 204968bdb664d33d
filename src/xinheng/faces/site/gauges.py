"""The 1 % line: distinct listed enterprises out of the existing ones, as a figure that is exact and a bar that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

WHOLE = 100
LINE = 10_000  # a hundredth, in millionths
LEAST_SCALE = 20_000


@dataclass(frozen=True)
class Gauge:
    """What the bar shows: `width` and `line` in hundredths of it; `spoken` says the whole of it."""

    listed: int
    existing: int
    percent: str
    over: bool
    width: float
    line: float
    scale: str
    spoken: str

    @property
    def roomy(self) -> bool:
        """Whether the line stands far enough from zero for both to have a label."""
        return self.line > 12


def gauge(*, listed: int, existing: int, per_million: int, percent: str, over: bool) -> Gauge:
    """The gauge of a ratio the room of lists computed: the bar is never longer than its track."""
    steps = -(-max(per_million * 5 // 4, LEAST_SCALE) // LINE)
    scale = steps * LINE
    words = _("占比 %(percent)s，线在 1 %%") % {"percent": f"{percent} %"}
    return Gauge(
        listed, existing, f"{percent} %", over, round(min(per_million / scale, 1) * WHOLE, 2),
        round(LINE / scale * WHOLE, 2), f"{steps} %", words,
    )  # fmt: skip


def of_ratio(ratio: object) -> Gauge:
    """The gauge of `lists.Ratio`."""
    given = {name: getattr(ratio, name) for name in ("listed", "existing", "per_million", "percent", "over")}
    return gauge(**given)
