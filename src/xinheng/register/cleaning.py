"""From the cells of a file to clean values. Pure: a frame goes in, a frame comes out.

Column expressions do the many; the kernel's scalar functions see only the distinct values that a cheap test
lets through, and the tests hold that both ways give the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

import polars as pl

from xinheng.kernel import idnumber, personal, uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.text import CELL_SUSPECT, norm_name, normalise_cell
from xinheng.register.policy_kinds import KIND_OF_PREFIX, status_of
from xinheng.register.policy_names import NAME_HINT, distinct, split_list, split_names
from xinheng.register.regions import region_of

SEPARATOR = ";"
ATTRIBUTES = ("kind", "region", "area", "industry", "status")
# Superset of what the kernel takes for a citizen's number: everything that matches is shown to the kernel
_PERHAPS_PERSON = r"^[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]$"
_SHAPE = f"^[{uscc.ALPHABET}]{{18}}$"

Notes = Counter[str]


def clean(raw: pl.DataFrame, *, confirmed: Collection[str] = (), notes: Notes) -> pl.DataFrame:
    """Cleans the rows of `reading.read`; counts what was done in `notes` (per row).

    `confirmed` are codes the office takes although their check character fails. Result columns: row,
    misshapen, code, verdict (a kind of `kernel.uscc.check`, or "confirmed"), reason, person (no valid code
    and a person's name), masked (a personal number stands in a name), name, others, formers (joined by ";"),
    kind_given, kind, region_given, region, industry, established_on, status, old_number, changed_on.
    """
    frame = _codes(raw, notes, frozenset(confirmed))
    frame = _names(frame, notes)
    frame = _attributes(frame, notes)
    return _derived(frame)


def by_distinct(
    column: pl.Series, change: Callable[[str], tuple[str, Iterable[str]]], *, where: str, notes: Notes
) -> pl.Series:
    """Applies a scalar cleaning to the distinct values that match `where`, and counts its notes per row."""
    answers: dict[str, str] = {}
    for value, count in column.filter(column.str.contains(where)).value_counts().iter_rows():
        answer, told = change(value)
        if answer != value:
            answers[value] = answer
        for note in told:
            notes[note] += count
    return column.replace(list(answers), list(answers.values())) if answers else column


def valid_code(code: pl.Expr) -> pl.Expr:
    """`kernel.uscc.is_valid` as a column expression."""
    values = [
        code.str.slice(place, 1).replace_strict(
            list(uscc.ALPHABET), list(range(31)), default=None, return_dtype=pl.Int32
        )
        for place in range(18)
    ]
    total = pl.sum_horizontal(value * weight for value, weight in zip(values, uscc.WEIGHTS, strict=False))
    return code.str.contains(_SHAPE) & (((31 - total % 31) % 31) == values[17]).fill_null(False)


def _codes(frame: pl.DataFrame, notes: Notes, confirmed: frozenset[str]) -> pl.DataFrame:
    """Cleaned codes, what each is and why; `doubtful` are those whose name must also be looked at."""
    odd = f"[^{uscc.ALPHABET}]"
    frame = frame.with_columns(
        by_distinct(frame["code"], _clean_code, where=odd, notes=notes),
        by_distinct(frame["old_number"], _clean_old_number, where=".", notes=notes),
    )
    code = pl.col("code")
    # An organisation that has only its old number is kept under it
    frame = frame.with_columns(pl.when(code == "").then("old_number").otherwise(code).alias("code"))
    frame = frame.with_columns(
        pl.when(pl.col("old_number") == code).then(pl.lit("")).otherwise("old_number").alias("old_number")
    )
    frame = frame.with_columns((valid_code(code) & ~code.str.contains(_PERHAPS_PERSON)).alias("sure"))
    kinds: dict[str, str] = {}
    reasons: dict[str, str] = {}
    doubtful: list[str] = []
    for value in frame.filter(~pl.col("sure"))["code"].unique().to_list():
        verdict = uscc.check(value)
        taken = verdict.kind == "invalid" and len(value) == 18 and value in confirmed
        kinds[value], reasons[value] = ("confirmed" if taken else verdict.kind), verdict.reason
        if verdict.kind != "uscc" or idnumber.looks_like_18(value):
            doubtful.append(value)
    return frame.with_columns(
        _answer("sure", "uscc", kinds).alias("verdict"),
        _answer("sure", "", reasons).alias("reason"),
        code.is_in(doubtful).alias("doubtful"),
    ).drop("sure")


def _answer(known: str, value: str, otherwise: dict[str, str]) -> pl.Expr:
    rest = (
        pl.col("code").replace_strict(otherwise, default="", return_dtype=pl.String)
        if otherwise
        else pl.lit(value)
    )
    return pl.when(known).then(pl.lit(value)).otherwise(rest)


def _clean_code(value: str) -> tuple[str, tuple[str, ...]]:
    done = uscc.clean(value)
    return done.code, done.notes


def _clean_old_number(value: str) -> tuple[str, tuple[str, ...]]:
    """An old number keeps its digits; a citizen's number in its place is dropped."""
    done = uscc.clean(value)
    if len(done.code) > 32 or uscc.check(done.code).kind == "citizen_id":
        return "", ("旧注册号不可用，未采用",)
    return done.code, done.notes


def _names(frame: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """name, others, formers from the cells of the name, 简称 and 曾用名; then person and masked."""
    cells = {
        value: split_names(value)
        for value in frame["name"].filter(frame["name"].str.contains(NAME_HINT)).unique().to_list()
    }
    declared, short = (
        {value: split_list(value) for value in frame[column].unique().to_list() if value}
        for column in ("former", "short")
    )
    single = (
        frame["name"].replace(list(cells), [cell.name for cell in cells.values()]) if cells else frame["name"]
    )
    single = by_distinct(single, normalise_cell, where=CELL_SUSPECT, notes=notes).alias("single")
    others, formers = [""] * frame.height, [""] * frame.height
    touched = (
        frame.select("name", "former", "short")
        .with_columns(single)
        .with_row_index("at")
        .filter(pl.col("name").is_in(list(cells)) | (pl.col("former") != "") | (pl.col("short") != ""))
    )
    for at, name, former, brief, first in touched.iter_rows():
        cell = cells.get(name)
        # A short name is a name in force like a second one; one character is nobody's name
        called = [one for one in short.get(brief, ()) if len(norm_name(one)) > 1]
        more = distinct([*(cell.others if cell else ()), *called], besides=[first])
        told = (cell.formers if cell else ()) + declared.get(former, ())
        notes["一格多名，已拆分"] += bool(cell and (cell.others or cell.formers))
        others[at] = joined(more)
        formers[at] = joined(distinct(told, besides=[first, *more]))
    # ";" separates names wherever several are kept together, so no name may contain it
    frame = frame.drop("name", "former", "short").with_columns(
        single.str.replace_all(SEPARATOR, "；", literal=True).alias("name"),
        pl.Series("others", others, dtype=pl.String),
        pl.Series("formers", formers, dtype=pl.String),
    )
    return _personal(frame)


def joined(names: Iterable[str]) -> str:
    """Several names as one text."""
    return SEPARATOR.join(name.replace(SEPARATOR, "；") for name in names)


def _personal(frame: pl.DataFrame) -> pl.DataFrame:
    unsure = frame.filter("doubtful")["name"].unique().to_list()
    persons = [name for name in unsure if personal.is_person_name(name)]
    names = frame.select("name", pl.concat_str("name", "others", "formers", separator="\n").alias("all"))
    suspects = names.filter(pl.col("all").str.contains(personal.SUSPECT))["all"].unique().to_list()
    masked = [text for text in suspects if personal.redact(text)[1]]
    return frame.with_columns(
        (pl.col("doubtful") & pl.col("name").is_in(persons)).alias("person"),
        names["all"].is_in(masked).alias("masked"),
    ).drop("doubtful")


def _attributes(frame: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """The other attributes, tidied; a cell with a personal number in it is not taken."""
    for name in (*ATTRIBUTES, "established_on", "changed_on"):
        frame = frame.with_columns(by_distinct(frame[name], normalise_cell, where=CELL_SUSPECT, notes=notes))
    for name in ("established_on", "changed_on"):
        frame = frame.with_columns(by_distinct(frame[name], _date, where=".", notes=notes))
    for name in ATTRIBUTES:
        frame = frame.with_columns(
            by_distinct(frame[name], _without_number, where=personal.SUSPECT, notes=notes)
        )
    return frame.with_columns(
        by_distinct(frame["status"], lambda value: (status_of(value), ()), where=".", notes=notes),
    ).with_columns(
        pl.col("kind").str.slice(0, 64),
        pl.col("industry").str.slice(0, 100),
        pl.col("status").str.slice(0, 32),
    )


def _date(value: str) -> tuple[str, tuple[str, ...]]:
    day, told = parse_date(value)
    return (day.isoformat(), tuple(told)) if day else ("", ("日期读不出，按空处理",))


def _without_number(value: str) -> tuple[str, tuple[str, ...]]:
    return ("", ("含个人号码的单元格未采用",)) if personal.redact(value)[1] else (value, ())


def _derived(frame: pl.DataFrame) -> pl.DataFrame:
    """Beside what the row says (`*_given`), what its code implies where it says nothing."""
    unified = pl.col("code").str.len_chars() == 18
    own = pl.when(unified).then(pl.col("code").str.slice(2, 6)).otherwise(pl.col("code").str.slice(0, 6))
    prefix = pl.when(unified).then(pl.col("code").str.slice(0, 2)).otherwise(pl.lit(""))
    keys = frame.select("region", "area", own.alias("own")).unique()
    regions = keys.with_columns(
        pl.Series(
            "found",
            [region_of(region=region, area=area, own=digits) for region, area, digits in keys.iter_rows()],
            dtype=pl.String,
        )
    )
    return (
        frame.with_columns(
            (pl.col("kind") != "").alias("kind_given"),
            pl.when(pl.col("kind") != "")
            .then("kind")
            .otherwise(prefix.replace_strict(KIND_OF_PREFIX, default="", return_dtype=pl.String))
            .alias("kind"),
            own.alias("own"),
        )
        .join(regions, on=["region", "area", "own"], how="left", maintain_order="left")
        .with_columns((pl.col("region") != "").alias("region_given"), pl.col("found").alias("region"))
        .drop("found", "own", "area")
    )
