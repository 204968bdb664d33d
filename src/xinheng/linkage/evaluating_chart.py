"""The threshold chart as an SVG: precision above, recall and F1 below, one column a mix. Pure text in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

__all__ = ["chart"]

INK, SOFT, LINE, PAPER = "#17212b", "#4a5560", "#d9d5ca", "#fbfaf6"
PRECISION, RECALL, F1, AIM = "#1f5f5b", "#47627d", "#9a6a12", "#a8322a"
SANS = "'Noto Sans SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif"
WIDTH, LEFT, GAP, COLUMN = 1180, 78, 74, 484
TOP, UPPER, BETWEEN, LOWER = 118, 190, 52, 210
# Precision is read in its last points; a scale from 0 would hide what matters
PRECISION_FROM = 0.95

Row = Mapping[str, float]


def chart(
    columns: Mapping[str, tuple[Sequence[Row], Row]], *, size: int, aim: float = 0.995, title: str = "",
) -> str:  # fmt: skip
    """The chart. A column is the name of a mix, its rows by threshold, and where the policy itself stands."""
    title = title or f"Precision, recall and F1 by confidence, {size:,} names in the register"
    height = TOP + UPPER + BETWEEN + LOWER + 96
    said = "; ".join(_said(name, rows, policy) for name, (rows, policy) in columns.items())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(said)}.</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _text(LEFT, 40, title, size=18, weight=600),
        *_legend(),
    ]
    for number, (name, (rows, policy)) in enumerate(columns.items()):
        parts += _column(LEFT + number * (COLUMN + GAP), name, rows, policy, aim)
    parts += [
        _text(
            LEFT, height - 18, "confidence from which the best candidate is linked (%) →", size=13, fill=SOFT
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _said(name: str, rows: Sequence[Row], policy: Row) -> str:
    ends = [rows[0], rows[-1]]
    ways = ", ".join(
        f"linking from {row['threshold'] / 100:g} % gives precision {row['precision']:.2%} and recall {row['recall']:.1%}"
        for row in ends
    )
    return (
        f"Mix {name}: {ways}; the policy itself stands at precision {policy['precision']:.2%}"
        f" and recall {policy['recall']:.1%}"
    )


def _legend() -> list[str]:
    out, x = [], LEFT
    for text, colour, dash in (("precision", PRECISION, ""), ("recall", RECALL, "7 4"), ("F1", F1, "2 4")):
        out.append(_line([(x, 68), (x + 34, 68)], colour, dash))
        out.append(_mark(x + 17, 68, text, colour))
        out.append(_text(x + 42, 73, text))
        x += 132
    out.append(f'<circle cx="{x + 14}" cy="68" r="7" fill="none" stroke="{INK}" stroke-width="2"/>')
    out.append(_text(x + 28, 73, "where the policy stands (automatic acceptance)"))
    out.append(_line([(x + 372, 68), (x + 406, 68)], AIM, "9 3 2 3"))
    out.append(_text(x + 414, 73, "aim: 99.5 %"))
    return out


def _column(left: float, name: str, rows: Sequence[Row], policy: Row, aim: float) -> list[str]:
    xs = [left + COLUMN * (at + 0.5) / len(rows) for at in range(len(rows))]
    here = _place([row["threshold"] for row in rows], xs, policy["threshold"])
    out = [_text(left, TOP - 14, f"mix: {name}", size=15, weight=600)]

    def upper(value: float) -> float:
        return TOP + UPPER * (1 - (max(value, PRECISION_FROM) - PRECISION_FROM) / (1 - PRECISION_FROM))

    base = TOP + UPPER + BETWEEN

    def lower(value: float) -> float:
        return base + LOWER * (1 - value)

    for tick in (0.95, 0.96, 0.97, 0.98, 0.99, 1.0):
        out += _grid(left, upper(tick), f"{tick:.0%}")
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        out += _grid(left, lower(tick), f"{tick:.0%}")
    out.append(_line([(left, upper(aim)), (left + COLUMN, upper(aim))], AIM, "9 3 2 3"))
    for key, colour, dash, scale in (
        ("precision", PRECISION, "", upper), ("recall", RECALL, "7 4", lower), ("f1", F1, "2 4", lower),
    ):  # fmt: skip
        out.append(_line([(x, scale(row[key])) for x, row in zip(xs, rows, strict=True)], colour, dash))
        for x, row in zip(xs, rows, strict=True):
            tip = f"{key} {row[key]:.2%} from {row['threshold'] / 100:g} %"
            out.append(f"<g><title>{tip}</title>{_mark(x, scale(row[key]), key, colour)}</g>")
    for key, scale in (("precision", upper), ("recall", lower)):
        y = scale(policy[key])
        out.append(
            f'<circle cx="{here:.1f}" cy="{y:.1f}" r="9" fill="none" stroke="{INK}" stroke-width="2"/>'
        )
        down = 5 if key == "precision" else 20
        out.append(_text(here + 15, y + down, f"{policy[key]:.2%}", weight=600, halo=True))
    for x, row in zip(xs, rows, strict=True):
        out.append(
            _text(x, base + LOWER + 22, f"{row['threshold'] / 100:g}", size=12, anchor="middle", fill=SOFT)
        )
    return out


def _place(levels: Sequence[float], xs: Sequence[float], value: float) -> float:
    """Where a threshold stands between the ticks."""
    for at in range(1, len(levels)):
        if value <= levels[at]:
            share = (value - levels[at - 1]) / (levels[at] - levels[at - 1])
            return xs[at - 1] + max(share, 0.0) * (xs[at] - xs[at - 1])
    return xs[-1]


def _grid(left: float, y: float, label: str) -> list[str]:
    return [
        f'<path d="M{left:.1f} {y:.1f}H{left + COLUMN:.1f}" stroke="{LINE}" stroke-width="1"/>',
        _text(left - 8, y + 4, label, size=12, anchor="end", fill=SOFT),
    ]


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str) -> str:
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _mark(x: float, y: float, key: str, colour: str) -> str:
    """A shape a series of its own: colour alone never tells."""
    if key == "precision":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if key == "recall":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}L{x + 4.5:.1f} {y + 4:.1f}H{x - 4.5:.1f}z" fill="{colour}"/>'


def _text(
    x: float, y: float, text: str, *, size: float = 13, weight: int = 400, anchor: str = "start", fill: str = INK,
    halo: bool = False,
) -> str:  # fmt: skip
    around = f' stroke="{PAPER}" stroke-width="5" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{fill}"{around} font-family="{SANS}">{escape(text)}</text>'
    )
