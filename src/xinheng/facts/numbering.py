"""Small numbers for what facts stand for: organisations, tuples, authorities. A number once given keeps its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from xinheng.facts import schema, subjects
from xinheng.facts.shaping import RAW
from xinheng.law import service as law

Key = tuple[str, str, str, str, str, str]


@dataclass
class Numbers:
    """The numbers given so far. `orgs` has the columns of `schema.ORGS`; new ones are added at its end. `nobody` are codes
    that are not counted though they look as if: individual businesses known by an old number."""

    pack: law.Pack
    orgs: pl.DataFrame = field(default_factory=schema.empty_orgs)
    whats: list[law.What] = field(default_factory=list)
    authorities: list[str] = field(default_factory=list)
    nobody: frozenset[str] = frozenset()
    _raw: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known: dict[Key, int] = {_key(what): what.id for what in self.whats}
        self._bodies = {code: place for place, code in enumerate(self.authorities)}
        self._next = int(self.orgs["org"].max()) + 1 if self.orgs.height else 0  # type: ignore[arg-type]

    def add_orgs(self, found: pl.DataFrame) -> None:
        """Adds organisations (columns of `subjects.SUBJECT`) not numbered yet, and takes over what changed of others."""
        fresh, known = found, found.clear()
        if self.orgs.height:
            fresh = found.join(self.orgs.select("uscc"), on="uscc", how="anti", maintain_order="left")
            known = found.join(self.orgs.select("uscc", "org"), on="uscc", how="inner")
        if known.height:
            rest = self.orgs.join(known.select("org"), on="org", how="anti", maintain_order="left")
            self.orgs = pl.concat([rest, known.select(self.orgs.columns)]).sort("org")
        if fresh.height:
            numbers = pl.int_range(self._next, self._next + fresh.height, dtype=pl.Int32, eager=True).alias(
                "org"
            )
            self._next += fresh.height
            self.orgs = pl.concat([self.orgs, fresh.with_columns(numbers).select(self.orgs.columns)])

    def number(self, shaped: pl.DataFrame, disputed: list[int]) -> pl.DataFrame:
        """Shaped statements as facts, `primary` still open. Statements about nobody counted here are left out."""
        strangers = shaped.join(self.orgs.select("uscc"), on="uscc", how="anti")["uscc"]
        if strangers.len():
            strangers = strangers.filter(~strangers.is_in(list(self.nobody)))
            self.add_orgs(subjects.unregistered(strangers, self.pack))
        numbered = shaped.join(self.orgs.select("uscc", "org"), on="uscc", how="inner", maintain_order="left")
        numbered = numbered.join(self._whats_of(numbered), on=list(RAW), how="left", maintain_order="left")
        return numbered.with_columns(
            self._authorities_of(numbered), pl.col("statement").is_in(disputed).alias("disputed"),
            pl.lit(True).alias("primary"),
        ).select(pl.col(name).cast(kind) for name, kind in schema.FACTS.items())  # fmt: skip

    def _whats_of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The number of each distinct raw tuple; the law is asked once for each."""
        distinct = frame.select(RAW).unique()
        numbers = [self._what(*row) for row in distinct.iter_rows()]
        return distinct.with_columns(pl.Series("what", numbers, dtype=pl.Int16))

    def _what(self, item: str, kind: str, outcome: str, severity: str, sector: str) -> int:
        raw = (item, kind, outcome, severity, sector)
        if raw not in self._raw:
            known = self.pack.items.get(item)
            one = law.What(0, item, severity=severity)
            if known is not None:
                one = law.what_of(
                    pack=self.pack, item=known, kind=kind, outcome=outcome, severity=severity, sector=sector
                )
            if _key(one) not in self._known:
                self._known[_key(one)] = len(self.whats)
                self.whats.append(replace(one, id=len(self.whats)))
            self._raw[raw] = self._known[_key(one)]
        return self._raw[raw]

    def _authorities_of(self, frame: pl.DataFrame) -> pl.Expr:
        for code in frame["authority_code"].unique().sort().to_list():
            if code and code not in self._bodies:
                self._bodies[code] = len(self.authorities)
                self.authorities.append(code)
        numbers = self._bodies or {"": schema.UNKNOWN}
        return (
            pl.col("authority_code")
            .replace_strict(numbers, default=schema.UNKNOWN, return_dtype=pl.Int32)
            .alias("authority")
        )


def _key(what: law.What) -> Key:
    return what.item, what.sub, what.grade, what.severity, what.side, what.sector
