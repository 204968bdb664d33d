"""From a plan to rows: every record of a range computed from its number, with what is expected of each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from .draw import below, pick, salt
from .faults import FAULTS, FaultCycle, fault_number
from .licences import Licences
from .organisations import Population
from .penalties import VARIANTS, Penalties
from .place import Department
from .plan import CORRECTION, FIRST, REPEAT, REPEAT_LATER, ROLES, SUPERSEDED, Batch, Range
from .slots import STYLES, Slot, Test
from .streams import HISTORY

__all__ = ["Block", "RowBase", "RowMaker", "impossible_faults"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file: ranges small enough for memory."""

    batch: Batch
    ranges: tuple[Range, ...]


_SHOWN_BY = {  # which role shows which kinds of record
    REPEAT: ("sent_twice_here",),
    REPEAT_LATER: ("sent_twice_later",),
    CORRECTION: ("corrected_later", "corrected_then_resent"),
    SUPERSEDED: ("corrected_then_resent",),
}
_ROLE_OUTCOME = {
    REPEAT: "duplicate",
    REPEAT_LATER: "duplicate",
    CORRECTION: "updated",
    SUPERSEDED: "quarantined",
}
# Kinds that need an organisation of a certain sort.
_SPECIAL: dict[str, Test] = {
    "name_former": lambda s: s.renamed > 0,
    "named_like_person": lambda s: s.style == STYLES.index("person"),
    "name_brackets": lambda s: s.style == STYLES.index("bracket"),
    "placeholder_code": lambda s: s.shop and s.style == STYLES.index("plain"),
    "missing_required": lambda s: s.prefix == "91",
}
_NEEDS_FINE = ("amount_fullwidth", "amount_in_yuan", "fine_missing")


class RowBase:
    """What rows of every item share: which records a file holds, when they were decided, their numbers."""

    def __init__(
        self, *, code: str, population: Population, departments: list[Department], cycle: FaultCycle, seed: int,
        spread: bool = False,
    ) -> None:  # fmt: skip
        self.code, self.population, self.departments = code, population, departments
        self.cycle, self.seed, self.spread = cycle, seed, spread
        self._others = pl.Series(population.numbers_where(_plain_company) or [0], dtype=pl.UInt64)
        deciding = [d for d in departments if d.weight(code) > 0]
        deck = [d.number for d in deciding for _ in range(max(1, round(d.weight(code) * 8)))]
        self._deciding_deck = pl.Series(deck, dtype=pl.UInt32)
        self._sloppy = pl.Series([d.sloppy(seed) and not spread for d in departments])

    def _key(self, purpose: str) -> int:
        return salt(self.seed, f"{self.code}/{purpose}")

    def _records(self, blocks: Sequence[Block]) -> pl.DataFrame:
        table = pl.DataFrame(
            [(b.batch.order, b.batch.department.number, b.batch.sent, r.role, r.start, r.stop, r.sent,
              r.numbers_from, r.skip) for b in blocks for r in b.ranges if r.stop > r.start],
            orient="row",
            schema={"_file": pl.UInt32, "dept": pl.UInt32, "_sent": pl.Int32, "_role": pl.UInt8, "start": pl.UInt64,
                    "stop": pl.UInt64, "first_sent": pl.Int32, "numbers_from": pl.Int64, "skip": pl.Int64},
        )  # fmt: skip
        u = pl.col("u")
        frame = table.with_columns(pl.int_ranges("start", "stop", dtype=pl.UInt64).alias("u")).explode("u")
        frame = frame.with_columns(self.cycle.kind(u, pick(self._sloppy, pl.col("dept"))).alias("_fault"))
        shown = pl.col("_role") == FIRST
        for role, tags in _SHOWN_BY.items():
            kinds = [fault_number(t) for t in tags]
            shown |= (pl.col("_role") == role) & pl.col("_fault").is_in(kinds)
        place = (u - pl.col("start")).cast(pl.Int64) * 2
        behind = place + 2 * below(u, self._key("behind"), 20).cast(pl.Int64) + 7
        size = (pl.col("stop") - pl.col("start")).cast(pl.Int64)
        anywhere = below(u, self._key("anywhere") + 1, size).cast(pl.Int64) * 2 + 1
        order = (
            pl.when(pl.col("_role") == FIRST).then(place).when(pl.col("_role") == REPEAT).then(behind)
            .otherwise(anywhere)
        )  # fmt: skip
        frame = frame.filter(shown).with_columns(
            order.alias("order"), (pl.col("_role") == CORRECTION).cast(pl.UInt32).alias("v"))  # fmt: skip
        return frame.sort("_file", "order", "_role", "u").drop("order", "stop")

    def _dates(self, frame: pl.DataFrame) -> pl.DataFrame:
        u = pl.col("u")
        if self.spread:  # one big file: decisions of all departments over three years
            late, delay = pl.lit(False), 1 + below(u, self._key("delay"), HISTORY).cast(pl.Int32)
            number = u.cast(pl.Int64) + 1
            dept = pick(self._deciding_deck, below(u, self._key("deciding"), len(self._deciding_deck)))
            frame = frame.with_columns(dept.alias("dept"), number.alias("number"))
        else:
            share = pl.Series([d.late_share(self.seed) for d in self.departments], dtype=pl.UInt32)
            late = below(u, self._key("late"), 1000) < pick(share, pl.col("dept"))
            delay = (21 + below(u, self._key("delay"), 100)).cast(pl.Int32)
            # Numbers run by year: what is decided in one year is sent in the same
            late = late & (_year(pl.col("first_sent") - delay - 2) == _year(pl.col("first_sent")))
            delay = pl.when(late).then(delay).otherwise(1 + below(u, self._key("delay"), 6)).cast(pl.Int32)
        day = pl.col("first_sent") - delay
        weekday = (day + 3) % 7
        decided = day - pl.when(weekday >= 5).then(weekday - 4).otherwise(0)
        frame = frame.with_columns(decided.cast(pl.Int32).alias("decided"), late.alias("late"))
        frame = frame.with_columns(_year(pl.col("decided")).alias("year"))
        if self.spread:
            return frame
        place = pl.col("numbers_from") + (u - pl.col("start")).cast(pl.Int64)
        left_out = pl.when(pl.col("skip") > 0).then((place - 1) // pl.col("skip")).otherwise(0)
        return frame.with_columns((place + left_out).alias("number"))

    def others_name(self, numbers: pl.Series, draws: pl.Series) -> pl.Series:
        """For each organisation the name of another one (a company)."""
        size = len(self._others)
        frame = pl.DataFrame({"n": numbers, "u": draws})
        at = below(pl.col("u"), self._key("other"), size)
        first, second = pick(self._others, at), pick(self._others, (at + 1) % size)
        other = pl.when(first == pl.col("n")).then(second).otherwise(first)
        return self.population.describe(frame.select(other.alias("other"))["other"])["name"]


class RowMaker(RowBase):
    """Makes the rows of licences or penalties. Columns begin with the item's fields; those with ``_`` are for us."""

    def __init__(
        self, *, item: Penalties | Licences, population: Population, departments: list[Department],
        cycle: FaultCycle, seed: int, spread: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(code=item.schema.code, population=population, departments=departments, cycle=cycle,
                         seed=seed, spread=spread)  # fmt: skip
        self.item, self.schema = item, item.schema
        self._cases_of_departments()
        self._pools()

    # -- tables ----------------------------------------------------------------------------------------------

    def _cases_of_departments(self) -> None:
        """For each department a deck of 256 kinds of conduct or permit, as often as their weight says."""
        decks: list[int] = []
        for department in self.departments:
            own = [(i, w) for i, (kind, w) in enumerate(self.item.weights) if kind == department.kind.slug]
            own = own or [(0, 1.0)]
            whole = sum(w for _, w in own)
            deck = [i for i, w in own for _ in range(max(1, round(256 * w / whole)))]
            decks += [deck[k % len(deck)] for k in range(256)]
        self._decks = pl.Series(decks, dtype=pl.UInt64)

    def _pools(self) -> None:
        """Lists of slots one after the other: by kind of conduct and district, then the special ones."""
        districts = len(self.population.place.districts)
        slots: list[int] = []
        starts: list[int] = []
        sizes: list[int] = []

        def add(test: Test, *fallbacks: Test) -> None:
            for attempt in (test, *fallbacks, lambda s: s.prefix in ("91", "92")):
                if found := self.population.numbers_where(attempt):
                    break
            starts.append(len(slots))
            sizes.append(len(found))
            slots.extend(found)

        for sectors in self.item.sectors:
            fits = _in_sectors(sectors)
            add(fits)
            for d in range(districts):
                add(_in_district(fits, d), fits)
        self._special_from = len(starts)
        for test in _SPECIAL.values():
            add(test)
        self._slots = pl.Series(slots, dtype=pl.UInt64)
        self._starts = pl.Series(starts, dtype=pl.UInt64)
        self._sizes = pl.Series(sizes, dtype=pl.UInt64)

    # -- rows ------------------------------------------------------------------------------------------------

    def rows(self, blocks: Sequence[Block]) -> pl.DataFrame:
        """The rows of the blocks, file by file in the order of the file; no dirt applied yet."""
        frame = self._records(blocks)
        frame = self._dates(frame)
        frame = self._choices(frame)
        described = self.population.describe(frame["_org"]).select(
            "code", "name", "former", "legal", "prefix", "shop", "old", "district"
        )
        frame = frame.hstack(described)
        frame = self._parties(frame)
        return self._expect(self.item.columns(frame))

    def _choices(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Which case, and which organisation it falls on."""
        u, dept = pl.col("u"), pl.col("dept").cast(pl.UInt64)
        choice = pick(self._decks, dept * 256 + below(u, self._key("choice"), 256))
        case = choice
        if isinstance(self.item, Penalties):
            variant = (below(u, self._key("variant"), VARIANTS) + 5 * pl.col("v")) % VARIANTS
            free = choice * VARIANTS + variant
            needs = pl.col("_fault").is_in([fault_number(t) for t in _NEEDS_FINE])
            case = (
                pl.when(needs)
                .then(self.item.forced_fine(free, below(u, self._key("fined"), 1 << 20)))
                .otherwise(free)
            )
        districts = pl.Series([d.district + 1 for d in self.departments], dtype=pl.UInt64)
        count = len(self.population.place.districts) + 1
        pool = choice * count + pick(districts, pl.col("dept"))
        for i, tag in enumerate(_SPECIAL):
            pool = pl.when(pl.col("_fault") == fault_number(tag)).then(self._special_from + i).otherwise(pool)
        frame = frame.with_columns(case.cast(pl.UInt32).alias("case"), pool.cast(pl.UInt32).alias("pool"))
        frame = frame.with_columns(self._slot(pl.col("pool"), "slot").alias("slot"))
        numbers = self.population.draw_numbers(frame["slot"], frame["u"], frame["decided"])
        return frame.with_columns(numbers.alias("_org"))

    def _slot(self, pool: pl.Expr, purpose: str) -> pl.Expr:
        size = pick(self._sizes, pool)
        return pick(self._slots, pick(self._starts, pool) + below(pl.col("u"), self._key(purpose), size))

    def _parties(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Counterparty, authority, source and document number, all of them right."""
        prefix = self.schema.prefix
        codes = pl.Series([d.code for d in self.departments])
        names = pl.Series([d.name for d in self.departments])
        shorts = pl.Series([d.short for d in self.departments])
        word = "罚" if prefix == "CF" else "许"
        number = pl.concat_str(
            pick(shorts, pl.col("dept")), pl.lit(f"{word}〔"), "year", pl.lit("〕"), "number", pl.lit("号"))  # fmt: skip
        # One big file is gathered by the data bureau, the first department.
        sender = pl.col("dept") if not self.spread else pl.col("dept") * 0
        (name_field, code_field), (source_name, source_code) = self.schema.authority, self.schema.source
        two = pl.col("code").str.head(2)
        old = self.population.codes.old_number(pl.col("_org"), pl.col("district"))
        market = two.is_in(["91", "92", "93"]) & pl.col("old")
        own = pl.col("code").str.slice(8, 9)
        blank = pl.lit("")
        fields = {
            "XDR_MC": pl.col("name"),
            "XDR_LB": pl.when(two == "92").then(pl.lit("个体工商户")).otherwise(pl.lit("法人及非法人组织")),
            "XDR_SHXYM": pl.col("code"),
            "XDR_GSZC": pl.when(market & (below(pl.col("u"), self._key("gszc"), 4) == 0))
            .then(old)
            .otherwise(blank),
            "XDR_ZZJG": pl.when(below(pl.col("_org"), self._key("zzjg"), 3) == 0).then(own).otherwise(blank),
            "XDR_SWDJ": blank,
            "XDR_SYDW": pl.when(two == "12").then(pl.lit("1") + own).otherwise(blank),
            "XDR_SHZZ": pl.when(two.is_in(["51", "52", "53"])).then(pl.col("code")).otherwise(blank),
            "FRDB": pl.when(pl.col("legal") != "").then(pl.col("legal")).otherwise(blank),
            "WSH": number,
        }
        return frame.with_columns(
            *(e.alias(f"{prefix}_{c}") for c, e in fields.items()),
            *(blank.alias(f"{prefix}_{c}") for c in ("FR_ZJLX", "FR_ZJHM", "XDR_ZJLX", "XDR_ZJHM")),
            pl.col("decided").alias(f"{prefix}_JDRQ"),
            pick(names, pl.col("dept")).alias(name_field), pick(codes, pl.col("dept")).alias(code_field),
            pick(names, sender).alias(source_name), pick(codes, sender).alias(source_code),
            pick(names, pl.col("dept")).alias("authority_mark"),
            pl.when(pl.col("v") == 1).then(pl.lit("经复核更正，以本次报送的内容为准")).otherwise(blank).alias("BZ"),
        )  # fmt: skip

    def _expect(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the rules make of each row, in file order and after the register is loaded."""
        outcomes = pl.Series([f.outcome for f in FAULTS])
        tags = pl.Series(
            [f.tag if not f.tag.startswith(("plain", "sent_", "corrected_")) else "" for f in FAULTS]
        )
        outcome, reason = pick(outcomes, pl.col("_fault")), pick(tags, pl.col("_fault"))
        for role, value in _ROLE_OUTCOME.items():
            here = pl.col("_role") == role
            outcome = pl.when(here).then(pl.lit(value)).otherwise(outcome)
            reason = pl.when(here).then(pl.lit(ROLES[role])).otherwise(reason)
        fine = pl.col("CF_NR_FK") if self.schema.prefix == "CF" else pl.lit("")
        return frame.with_columns(
            outcome.alias("_outcome"), reason.alias("_reason"), fine.alias("_fine"),
            pl.col(self.schema.field("WSH")).alias("_docno"), pl.col("code").alias("_code"),
            pl.from_epoch("decided", time_unit="d").dt.to_string("%Y-%m-%d").alias("_decided"),
            (pl.col("late") & (pl.col("_role") == FIRST)).alias("_late"),
        )  # fmt: skip


def _year(day: pl.Expr) -> pl.Expr:
    return pl.from_epoch(day, time_unit="d").dt.year()


def _plain_company(slot: Slot) -> bool:
    return slot.prefix == "91" and slot.style == STYLES.index("plain")


def impossible_faults(population: Population) -> set[str]:
    """Kinds of fault that need an organisation this (very small) city does not have."""
    absent = {tag for tag, test in _SPECIAL.items() if not population.numbers_where(test)}
    if len(population.numbers_where(_plain_company)) < 2:
        absent.add("name_of_another")
    return absent


def _in_sectors(sectors: Iterable[str]) -> Test:
    wanted = frozenset(sectors)
    return lambda s: (
        s.sector in wanted and s.prefix in ("91", "92", "93", "52") and s.style != STYLES.index("person")
    )


def _in_district(fits: Test, district: int) -> Test:
    return lambda s: fits(s) and s.district == district
