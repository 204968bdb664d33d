"""The public numbers of objection and repair: by department and by month, as sets. Departments with nothing stand there
with zero: silence about a body would say nothing good or bad about it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.register import service as register

OFFICE = ""
COLUMNS = {
    "body": pl.String, "name": pl.String, "objections": pl.Int64, "decided": pl.Int64, "upheld": pl.Int64,
    "refused": pl.Int64, "upheld_share": pl.Float64, "mean_days": pl.Float64, "worst_days": pl.Int64,
    "repairs": pl.Int64, "repaired": pl.Int64, "declined": pl.Int64, "repair_mean_days": pl.Float64,
    "repair_worst_days": pl.Int64, "in_time": pl.Int64, "late": pl.Int64, "in_time_share": pl.Float64,
    "open": pl.Int64, "overdue": pl.Int64,
}  # fmt: skip
MONTHLY = {
    "month": pl.String, "objections": pl.Int64, "upheld": pl.Int64, "refused": pl.Int64, "repairs": pl.Int64,
    "repaired": pl.Int64, "declined": pl.Int64,
}  # fmt: skip


def figures(*, first: date, last: date) -> pl.DataFrame:
    """One row for each department of the place and each body that handled a case, for the days first … last.

    objections and repairs are those opened; decided, upheld, refused, repaired, declined those that came to an outcome;
    `upheld_share` = upheld ÷ (upheld + refused); handling time is in calendar days from arrival to outcome; `in_time`
    were closed without passing a day, `late` passed one before they were closed or stand past it now; shares (per cent)
    are null where nothing was decided. The office itself, which checks its own copy first, is the last row (body "").
    """
    told = cases.figures(first=first, last=last)
    objections = _of(told, "objection", {"opened": "objections", "upheld": "upheld", "refused": "refused"})
    repairs = _of(told, "repair", {"opened": "repairs", "repaired": "repaired", "declined": "declined"})
    frame = (
        _bodies(told)
        .join(objections, on="body", how="left")
        .join(repairs, on="body", how="left", suffix="_repair")
        .with_columns(pl.col(name).fill_null(0) for name in ("objections", "upheld", "refused"))
        .with_columns(pl.col(name).fill_null(0) for name in ("repairs", "repaired", "declined"))
    )
    both = {name: pl.col(name).fill_null(0) + pl.col(f"{name}_repair").fill_null(0) for name in _BOTH}
    frame = frame.with_columns(
        decided=pl.col("upheld") + pl.col("refused"),
        repair_mean_days=pl.col("mean_days_repair"),
        repair_worst_days=pl.col("worst_days_repair"),
        in_time=both["in_time"],
        late=both["late"],
        open=both["open"],
        overdue=both["overdue"],
    )
    return frame.with_columns(
        upheld_share=_share("upheld", pl.col("decided")),
        in_time_share=_share("in_time", pl.col("in_time") + pl.col("late")),
    ).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())


def monthly(*, first: date, last: date) -> pl.DataFrame:
    """The same by month, over all bodies, months without anything included."""
    told = cases.figures(first=first, last=last, by_month=True)
    frame = pl.DataFrame({"month": _months(first, last)}, schema={"month": pl.String})
    for kind, names in _MONTHLY.items():
        part = told.filter(pl.col("kind") == kind).group_by("month").agg(
            pl.col(name).sum().alias(called) for name, called in names.items()
        )  # fmt: skip
        frame = frame.join(part, on="month", how="left", maintain_order="left")
    return frame.select(
        pl.col(name).fill_null(0).cast(kind) if name in _COUNTED else name for name, kind in MONTHLY.items()
    )


_MONTHLY = {
    "objection": {"opened": "objections", "upheld": "upheld", "refused": "refused"},
    "repair": {"opened": "repairs", "repaired": "repaired", "declined": "declined"},
}
_COUNTED = frozenset(MONTHLY) - {"month"}
_BOTH = ("in_time", "late", "open", "overdue")


def _of(told: pl.DataFrame, kind: str, names: dict[str, str]) -> pl.DataFrame:
    """The rows of one kind, one for each body."""
    return told.filter(pl.col("kind") == kind).select(
        pl.col("body").fill_null(OFFICE),
        *(pl.col(name).alias(called) for name, called in names.items()),
        "mean_days", "worst_days", "in_time", "late", "open", "overdue",
    )  # fmt: skip


def _share(part: str, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then((100 * pl.col(part) / whole).round(1)).otherwise(None)


def _bodies(told: pl.DataFrame) -> pl.DataFrame:
    """Every department of the pack whose code is known, then other bodies that had cases, then the office."""
    found = {code: name for code, name in departments().items() if code}
    others = sorted(set(told["body"].drop_nulls().to_list()) - set(found) - {OFFICE})
    known = register.get(others)
    found |= {code: known[code].name if code in known else code for code in others}
    found[OFFICE] = "信用办（平台核对）"
    return pl.DataFrame(
        {"body": list(found), "name": list(found.values())}, schema={"body": pl.String, "name": pl.String}
    )


def departments() -> dict[str, str]:
    """The departments of the place by code; a code the pack does not state is the register's, where one public body
    alone carries the very name."""
    units = law.active().departments
    unknown = [one.name for one in units if not one.uscc]
    carried: dict[str, set[str]] = {}
    if unknown:
        named = register.named(unknown)
        for code, name, current in named.select("code", "name", "current").iter_rows():
            if current and code.startswith("1"):
                carried.setdefault(name, set()).add(code)
    told: dict[str, str] = {}
    for one in units:
        codes = carried.get(one.name, set())
        code = one.uscc or (next(iter(codes)) if len(codes) == 1 else "")
        if code:
            told.setdefault(code, one.name)
    return told


def _months(first: date, last: date) -> list[str]:
    """The months two days touch."""
    months, start = [], first.replace(day=1)
    while start <= last:
        months.append(f"{start:%Y-%m}")
        start = (start + timedelta(days=32)).replace(day=1)
    return months
