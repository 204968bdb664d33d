"""What the pages of the quality mirror draw: rows of the matrix, small charts as geometry, cells of a table. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xinheng.law import service as law
from xinheng.oversight import service as oversight

WIDTH, HEIGHT, STEP = 132, 48, 11


@dataclass(frozen=True)
class Rate:
    """A rate as printed, and whether it is below the city's."""

    text: str
    below: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of a small chart: its place, its size, the month and the figure it stands for."""

    x: int
    y: str
    height: str
    label: str
    text: str
    last: bool


@dataclass(frozen=True)
class Chart:
    """A small chart: bars from zero, the newest one labelled; `top` is what the full height means."""

    key: str
    bars: list[Bar]
    top: str
    newest: str
    width: int


def rate(share: Fraction | None, of_all: Fraction | None) -> Rate:
    """A unit's rate beside the rate of all."""
    return Rate(oversight.percent(share), share is not None and of_all is not None and share < of_all)


def matrix(
    lines: Sequence[oversight.UnitLine],
    months: Mapping[str, Mapping[str, oversight.Figures]],
    wanted: Sequence[str],
) -> dict[str, Any]:
    """The matrix of units and items: columns are the items that occur, in the order of the catalogue; units that sent
    nothing stand apart, because nothing can be said of them but that."""
    whole = oversight.total(lines)
    items = law.active().items
    present = {code for line in lines for code in line.items if line.items[code].due}
    columns = [items[code] for code in sorted(present, key=lambda code: _order(items, code)) if code in items]
    rows = [_row(line, whole, columns, months.get(line.unit.body, {}), wanted) for line in lines]
    return {
        "columns": columns,
        "rows": [row for row in rows if row["figures"].due],
        "nil": [row for row in rows if not row["figures"].due and row["figures"].nil],
        "silent": [row for row in rows if not row["figures"].due and not row["figures"].nil],
        "whole": whole,
        "timeliness": oversight.percent(whole.timeliness),
        "conformity": oversight.percent(whole.conformity),
        "reporting": oversight.percent(whole.reporting),
    }


def _order(items: Mapping[str, law.Item], code: str) -> tuple[int, str]:
    return (list(items).index(code) if code in items else len(items), code)


def _row(
    line: oversight.UnitLine,
    whole: oversight.Figures,
    columns: Sequence[law.Item],
    months: Mapping[str, oversight.Figures],
    wanted: Sequence[str],
) -> dict[str, Any]:
    one = line.figures
    return {
        "unit": line.unit,
        "figures": one,
        "last": line.last,
        "timeliness": rate(one.timeliness, whole.timeliness),
        "conformity": rate(one.conformity, whole.conformity),
        "cells": [_cell(line, item, whole) for item in columns],
        "trend": sparkline(months, wanted),
    }


def _cell(line: oversight.UnitLine, item: law.Item, whole: oversight.Figures) -> dict[str, Any] | None:
    found = line.items.get(item.code)
    if found is None or not found.due:
        return None
    return {
        "item": item,
        "figures": found,
        "timeliness": rate(found.timeliness, whole.timeliness),
        "conformity": rate(found.conformity, whole.conformity),
    }


def sparkline(months: Mapping[str, oversight.Figures], wanted: Sequence[str]) -> dict[str, Any]:
    """Timeliness by month as a line in a box of 72 × 20, zero at the foot, and the same in words."""
    shares = [(month, months[month].timeliness if month in months else None) for month in wanted]
    step = 68 / max(1, len(wanted) - 1)
    points = [
        (f"{2 + place * step:.1f}", f"{18 - 16 * float(share):.1f}")
        for place, (_, share) in enumerate(shares)
        if share is not None
    ]
    return {
        "line": " ".join(f"{x},{y}" for x, y in points) if len(points) > 1 else "",
        "dot": points[-1] if points else None,
        "words": [(month, oversight.percent(share)) for month, share in shares],
    }


def charts(trend: Sequence[tuple[oversight.Span, oversight.Figures]]) -> list[Chart]:
    """Three small charts over the same months: decisions reported, timeliness, conformity."""
    most = max([one.reported for _, one in trend] + [1])
    values: dict[str, list[tuple[Fraction | None, str]]] = {
        "reported": [(Fraction(one.reported, most), f"{one.reported:,}") for _, one in trend],
        "timeliness": [(one.timeliness, oversight.percent(one.timeliness)) for _, one in trend],
        "conformity": [(one.conformity, oversight.percent(one.conformity)) for _, one in trend],
    }
    tops = {"reported": f"{most:,}", "timeliness": "100%", "conformity": "100%"}
    labels = [span.code for span, _ in trend]
    return [
        Chart(key, _bars(told, labels), tops[key], told[-1][1] if told else "", STEP * len(told))
        for key, told in values.items()
    ]


def _bars(told: Sequence[tuple[Fraction | None, str]], labels: Sequence[str]) -> list[Bar]:
    bars = []
    for place, ((share, text), label) in enumerate(zip(told, labels, strict=True)):
        high = 0.0 if share is None else float(share) * HEIGHT
        bars.append(
            Bar(STEP * place, f"{HEIGHT - high:.1f}", f"{high:.1f}", label, text, place == len(told) - 1)
        )
    return bars


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV a spreadsheet opens as it is: UTF-8 with its mark, no cell taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(list(heads))
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return (
        f"'{text}" if text[:1] in ("=", "@", "\t", "\r") or (text[:1] in "+-" and not _number(text)) else text
    )


def _number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()
