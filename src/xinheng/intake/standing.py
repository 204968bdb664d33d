"""How each row will stand: its class and the days it is shown, and whether it was sent in time.

The law room decides, one distinct set of facts at a time; columns only find out which sets there are.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from xinheng.law import service as law

if TYPE_CHECKING:
    from collections.abc import Sequence

ON_TIME, LATE, UNDATED = "on_time", "late", "undated"
_STANDS = {
    "severity": pl.String, "show_from": pl.Date, "show_until": pl.Date, "repair_from": pl.Date, "rule": pl.String,
}  # fmt: skip
_FACTS = ["categories", "simple", "content", "fine", "confiscated", "sector"]


class Stands:
    """How rows of one item will stand if received on one day. Remembers what the law answered, chunk after chunk.

    What is remembered grows with the distinct answers (classes times decision days, and the entries' own ends where
    the item has them), not with the rows.
    """

    def __init__(self, *, pack: law.Pack, item: law.Item, received_on: date) -> None:
        self._pack, self._item, self._received_on = pack, item, received_on
        self._decisions: list[law.SeverityDecision] = []
        self._places: dict[tuple[object, ...], int] = {}
        self._windows: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._ends = law.ends_fields(pack=pack, item=item)

    def of(self, values: pl.DataFrame, fen: dict[str, pl.Series], days: pl.Series) -> pl.DataFrame:
        """severity, show_from, show_until, repair_from, rule for every row; without a decision day nothing is shown.

        `values` are stored values (text), `fen` the amounts of the money fields, `days` the decision days.
        """
        facts = (
            _facts(values, fen, self._pack, self._item)
            if self._item.severity_from
            else _no_facts(values.height)
        )
        regimes = {
            day: law.regime_day(pack=self._pack, decided_on=day)
            for day in days.drop_nulls().unique().to_list()
        }
        facts = facts.with_columns(
            days.alias("decided_on"),
            days.replace_strict(regimes, default=None, return_dtype=pl.Date).alias("regime"),
        )
        cases = facts.select(*_FACTS, "regime").unique().filter(pl.col("regime").is_not_null())
        places = [self._place(row) for row in cases.iter_rows(named=True)]
        cases = cases.with_columns(pl.Series("case", places, dtype=pl.Int64))
        ends = [values[code].alias(f"end:{code}") for code in self._ends]
        numbered = (
            facts.join(cases, on=[*_FACTS, "regime"], how="left", maintain_order="left", nulls_equal=True)
            .select("case", "decided_on")
            .with_columns(ends)
        )
        told = numbered.columns
        distinct = numbered.unique().drop_nulls()
        table = pl.DataFrame(
            [(*one, *self._window(*one)) for one in distinct.iter_rows()],
            schema={**distinct.schema, **_STANDS},
            orient="row",
        )
        return (
            numbered.join(table, on=told, how="left", maintain_order="left")
            .select(*_STANDS)
            .with_columns(pl.col("severity", "rule").fill_null(""))
        )

    def _place(self, row: dict[str, object]) -> int:
        """The number of the decision these facts lead to. Decisions that differ only in their words are one."""
        decision = law.severity(pack=self._pack, item=self._item, facts=_typed(self._item, row))
        same = (decision.severity, decision.version, decision.provision, decision.sector, decision.later)
        if same not in self._places:
            self._places[same] = len(self._decisions)
            self._decisions.append(decision)
        return self._places[same]

    def _window(self, case: int, decided_on: date, *ends: str) -> tuple[object, ...]:
        known = self._windows.get((case, decided_on, *ends))
        if known is None:
            decision = self._decisions[case]
            values = dict(zip(self._ends, ends, strict=True))
            window = law.window(
                pack=self._pack, item=self._item, severity=decision, decided_on=decided_on,
                received_on=self._received_on,
                ends=law.ends_of(pack=self._pack, item=self._item, values=values),
            )  # fmt: skip
            shown = (window.show_from, window.show_until) if window.show else (None, None)
            known = (decision.severity, *shown, window.earliest_repair, window.provision)
            self._windows[(case, decided_on, *ends)] = known
        return known


def _no_facts(height: int) -> pl.DataFrame:
    empty: dict[str, Any] = {
        "categories": "",
        "simple": False,
        "content": "",
        "fine": None,
        "confiscated": None,
        "sector": "",
    }
    schema = {
        "categories": pl.String,
        "simple": pl.Boolean,
        "content": pl.String,
        "fine": pl.Int64,
        "confiscated": pl.Int64,
        "sector": pl.String,
    }
    return pl.select(
        pl.repeat(value, height, dtype=schema[name]).alias(name) for name, value in empty.items()
    )


def _facts(values: pl.DataFrame, fen: dict[str, pl.Series], pack: law.Pack, item: law.Item) -> pl.DataFrame:
    """The facts of `law.facts_of`, coarsened to what can change a decision: amounts to the foot of their stretch,
    the content to whether it speaks of suspension or revocation where the category leaves that open."""
    how = item.severity_from
    assert how is not None
    texts = [pl.col(code) for code in how.simple_fields]
    simple = pl.any_horizontal(
        text.str.contains(how.simple_words)
        & (~text.str.contains(how.simple_except) if how.simple_except else True)
        for text in texts
    )
    open_ = pl.col(how.categories).str.contains("暂扣或", literal=True)
    suspended, revoked = (
        pl.any_horizontal(text.str.contains(word, literal=True) for text in texts)
        for word in ("暂扣", "吊销")
    )
    content = (
        pl.when(open_ & suspended & ~revoked).then(pl.lit("暂扣"))
        .when(open_ & revoked & ~suspended).then(pl.lit("吊销"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    sector = _sectors(values, pack, item, how.basis)
    return values.select(
        pl.col(how.categories).alias("categories"), simple.alias("simple"), content.alias("content")
    ).with_columns(
        _stretch(fen[how.fine], pack, sector).alias("fine"),
        fen[how.confiscated].clip(0, 1).alias("confiscated"),
        sector.alias("sector"),
    )


def _stretch(amounts: pl.Series, pack: law.Pack, sectors: pl.Series) -> pl.Series:
    """Each amount as the foot of its stretch between break points (of all sectors present: finer does no harm)."""
    points = {0}
    for sector in sectors.unique().to_list():
        points.update(law.fine_breakpoints(pack=pack, sector=sector))
    feet = pl.Series("foot", sorted(points), dtype=pl.Int64)
    place = feet.search_sorted(amounts.fill_null(0), side="right") - 1
    return feet.gather(place).set(amounts.is_null(), None)


def _sectors(values: pl.DataFrame, pack: law.Pack, item: law.Item, basis: str) -> pl.Series:
    """`law.sector_of`: the legal basis tells first; authorities are few and asked about one by one."""
    pairs = values.select(item.authority, item.authority_name).unique()
    told = [
        law.sector_of(pack=pack, authority=code, authority_name=name, basis="")
        for code, name in pairs.iter_rows()
    ]
    by_authority = values.select(item.authority, item.authority_name).join(
        pairs.with_columns(pl.Series("sector", told, dtype=pl.String)), on=[item.authority, item.authority_name],
        how="left", maintain_order="left",
    )["sector"]  # fmt: skip
    rules = [
        (code, list(words))
        for code, where, words in law.sector_rules(pack=pack)
        if where == "basis" and words
    ]
    if not rules:
        return by_authority
    chain = pl.lit(None, dtype=pl.String)
    for code, words in reversed(rules):
        chain = pl.when(pl.col(basis).str.contains_any(words)).then(pl.lit(code)).otherwise(chain)
    return values.select(chain.alias("sector")).to_series().fill_null(by_authority)


def _typed(item: law.Item, row: dict[str, object]) -> law.Facts:
    how = item.severity_from
    categories: Sequence[str] = ()
    if how is not None:
        written = str(row["categories"])
        categories = law.split_choices(field=item.by_code[how.categories], text=written)
        if row["content"]:
            plain = "吊销许可证件" if row["content"] == "吊销" else "暂扣许可证件"
            categories = tuple(dict.fromkeys(plain if "暂扣或" in name else name for name in categories))
    return law.Facts(
        categories=tuple(categories),
        simple_procedure=bool(row["simple"]),
        fine_fen=row["fine"],  # type: ignore[arg-type]
        confiscated_fen=row["confiscated"],  # type: ignore[arg-type]
        sector=str(row["sector"]),
        decided_on=row["regime"],  # type: ignore[arg-type]
    )


def timeliness(days: pl.Series, *, pack: law.Pack, item: law.Item, received_on: date) -> pl.Series:
    """on_time, late or undated per row: received within the period of the item's timeliness provision or after it.

    Undated where there is no decision day, no provision in force that day, or no calendar that far.
    """
    known = days.drop_nulls().unique().to_list()
    if not item.timeliness or not known:
        return pl.Series("timeliness", [UNDATED]).new_from_index(0, len(days))
    try:
        due = law.due_table(pack=pack, provision=item.timeliness, starts=known)
    except (law.NotAdopted, law.UnknownProvision):
        return pl.Series("timeliness", [UNDATED]).new_from_index(0, len(days))
    answers = {
        day: UNDATED if last is None else ON_TIME if received_on <= last else LATE
        for day, last in due.items()
    }
    return days.replace_strict(answers, default=UNDATED, return_dtype=pl.String).alias("timeliness")
