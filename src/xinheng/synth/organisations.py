"""The city's organisations, each computed from its number: code, names, kind, district, life.

Numbers 0 … n−1 are the population. Departments and the firms of the story come on top and are written first in the
register. The older 85 % existed before the first decision of the city; the younger ones follow in order of birth.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from .codes import CodeMaker
from .draw import affine, below, mix, pick, salt
from .place import Place
from .slots import SLOTS, STYLES, Slot, slots_of
from .words import SECTORS, brand_table, former_brand_table, person_table, village_table

__all__ = ["REGISTER_COLUMNS", "Population", "day_number"]

REGISTER_COLUMNS = (
    "统一社会信用代码", "主体名称", "曾用名", "主体类型", "行政区划", "行业", "成立日期", "登记状态", "旧注册号",
)  # fmt: skip
HISTORY_DAYS = 1300
"""Decisions reach back less than this; older organisations are older than it."""

_YOUNG_FROM = 0.85
_MA_SINCE = date(2015, 10, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


class Population:
    """``count`` organisations of a place under a seed. Nothing is stored per organisation."""

    def __init__(self, *, place: Place, count: int, seed: int, today: date) -> None:
        self.place, self.count, self.seed, self.today = place, count, seed, today
        self.slots = slots_of(place, seed)
        self.old_count = max(1, int(count * _YOUNG_FROM))
        self._tables()

    def _key(self, purpose: str) -> int:
        return salt(self.seed, f"organisation/{purpose}")

    def _tables(self) -> None:
        slots = self.slots
        prefixes = sorted({s.prefix for s in slots})
        sectors = list(SECTORS)
        self.codes = CodeMaker(
            seed=self.seed, prefixes=prefixes, regions=[c for c, _ in self.place.districts]
        )
        brands = brand_table(max(4000, self.count // 8))
        villages = village_table(max(1500, self.count // 100))
        self._brands, self._villages = pl.Series(brands), pl.Series(villages)
        self._former, self._people = pl.Series(former_brand_table()), pl.Series(person_table())
        self._brand_of = affine(self.seed, "brand", len(brands))
        self._village_of = affine(self.seed, "village", len(villages))
        trades = [w for n in sectors for words in (SECTORS[n].companies, SECTORS[n].shops or SECTORS[n].companies)
                  for w in words]  # fmt: skip
        self._trades = pl.Series(trades)

        def column(value: Callable[[Slot], object], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
            return pl.Series([value(s) for s in slots], dtype=kind)

        self.slot_table = pl.DataFrame({
            "prefix": column(lambda s: prefixes.index(s.prefix), pl.UInt32),
            "kind": column(lambda s: s.kind, pl.String),
            "trade_at": column(lambda s: (sectors.index(s.sector) * 2 + s.shop) * 10, pl.UInt32),
            "industry": column(lambda s: SECTORS[s.sector].industry, pl.String),
            "style": column(lambda s: s.style, pl.UInt8),
            "suffix": column(lambda s: s.suffix, pl.String),
            "district": column(lambda s: s.district, pl.UInt32),
            "status": column(lambda s: s.status, pl.String),
            "renamed": column(lambda s: s.renamed, pl.UInt8),
            "earliest": column(lambda s: day_number(date(s.earliest, 1, 1)), pl.Int32),
            "shop": column(lambda s: s.shop, pl.Boolean),
        })  # fmt: skip

    @property
    def cycles(self) -> int:
        """How many times all slots are filled with organisations older than the first decision (at least once)."""
        return max(1, self.old_count // SLOTS)

    # -- finding ---------------------------------------------------------------------------------------------

    def numbers_where(self, test: Callable[[Slot], bool]) -> list[int]:
        """The slots that satisfy ``test`` and exist in a city of this size (old enough to have a history)."""
        limit = min(SLOTS, self.old_count)
        return [i for i, s in enumerate(self.slots[:limit]) if test(s)]

    def draw_numbers(self, slots: pl.Series, draws: pl.Series, decided: pl.Series) -> pl.Series:
        """For each slot an organisation in it, some often, some seldom; it existed on day ``decided``."""
        cycles = max(1, -(-self.count // SLOTS))
        frame = pl.DataFrame({"slot": slots.cast(pl.UInt64), "draw": draws, "decided": decided})
        # Step by step: nested expressions would be worked out again at every mention.
        frame = frame.with_columns(
            ((mix(pl.col("draw"), self._key("draw")) // (1 << 34)) / (1 << 30)).alias("u")
        )
        cycle = (pl.col("u") * pl.col("u") * cycles).floor().cast(pl.UInt64)
        frame = frame.with_columns((cycle * SLOTS + pl.col("slot")).alias("wanted"))
        frame = frame.with_columns(self.born(pl.col("wanted")).alias("born"))
        exists = (pl.col("wanted") < self.count) & (pl.col("born") < pl.col("decided"))
        return frame.select(pl.when(exists).then("wanted").otherwise("slot").alias("n"))["n"]

    def born(self, number: pl.Expr) -> pl.Expr:
        """The day of establishment, as days since 1970."""
        edge = day_number(self.today) - HISTORY_DAYS
        start = day_number(date(1992, 1, 1))
        u = (mix(number, self._key("born")) // (1 << 34)).cast(pl.Float64) / (1 << 30)
        old = edge - (u * u * (edge - start)).floor().cast(pl.Int32) - 1
        earliest = pick(self.slot_table["earliest"], number % SLOTS)
        late = earliest + below(number, self._key("late"), 700).cast(pl.Int32)
        old = pl.when(old < earliest).then(pl.min_horizontal(late, pl.lit(edge - 1))).otherwise(old)
        young_count = max(1, self.count - self.old_count)
        position = (number.cast(pl.Int64) - self.old_count) * (HISTORY_DAYS - 10) // young_count
        young = (edge + position).cast(pl.Int32)
        return pl.when(number < self.old_count).then(old.cast(pl.Int32)).otherwise(young)

    def youngest_at(self, day: pl.Expr) -> pl.Expr:
        """One past the number of the last organisation born by a day of the history (all older ones before it)."""
        edge = day_number(self.today) - HISTORY_DAYS
        young = (day - edge).cast(pl.Int64) * max(0, self.count - self.old_count) // (HISTORY_DAYS - 10)
        return (self.old_count + young).clip(self.old_count, self.count)

    # -- describing ------------------------------------------------------------------------------------------

    def describe(self, numbers: pl.Series) -> pl.DataFrame:
        """code, name, former ('' or one name), formers (';'-joined), kind, district, legal … of organisations."""
        n = pl.col("n")
        frame = pl.DataFrame({"n": numbers.cast(pl.UInt64)}).with_columns(
            *self.slot_table[(numbers % SLOTS).cast(pl.UInt32)].get_columns(), self.born(n).alias("born"),
        )  # fmt: skip
        frame = frame.with_columns(
            (pl.col("born") < day_number(_MA_SINCE)).alias("old"),
            pick(self._people, below(n, self._key("legal"), len(self._people))).alias("legal"),
            pick(self._people, below(n, self._key("owner"), len(self._people))).alias("owner"),
            self._region_text().alias("region_text"),
            self._trade().alias("trade"),
            pl.when(pl.col("style") == STYLES.index("village"))
            .then(pick(self._villages, self._village_of(n)))
            .otherwise(pick(self._brands, self._brand_of(n))).alias("brand"),
        )  # fmt: skip
        frame = frame.with_columns(
            self.codes.columns(n, pl.col("prefix"), pl.col("district"), pl.col("old")).alias("code"),
            self._name(pl.col("brand")).alias("name"), *self._former_names(),
        )  # fmt: skip
        formers = pl.concat_str(
            pl.col("former"), pl.when(pl.col("former_2") != "").then(";" + pl.col("former_2")).otherwise(pl.lit("")),
        )  # fmt: skip
        return frame.with_columns(formers.alias("formers"))

    def _region_text(self) -> pl.Expr:
        """What stands before the brand: the city for most companies, the district for shops and villages."""
        place = self.place
        full = pl.Series([place.full(d) for d in range(len(place.districts))])
        short = pl.Series([d for _, d in place.districts])
        draw = below(pl.col("n"), self._key("region"), 100)
        of_district = pl.when(draw % 2 == 0).then(pick(full, pl.col("district"))).otherwise(
            pick(short, pl.col("district")))  # fmt: skip
        of_city = pl.when(draw < 75).then(pl.lit(place.name)).otherwise(pl.lit(place.short))
        local = (pl.col("style") == STYLES.index("village")) | pl.col("shop") | (draw >= 88)
        return pl.when(local).then(of_district).otherwise(of_city)

    def _trade(self) -> pl.Expr:
        """One of the sector's ten words; consecutive uses of a brand get different ones."""
        n, size = pl.col("n"), len(self._brands)
        uses = (n // size + below(self._brand_of(n), self._key("trade"), 10)) % 10
        return pick(self._trades, pl.col("trade_at") + uses)

    def _name(self, brand: pl.Expr) -> pl.Expr:
        region, trade, suffix = pl.col("region_text"), pl.col("trade"), pl.col("suffix")
        style, owner = pl.col("style"), pl.col("owner")
        return (
            pl.when(style == STYLES.index("person")).then(owner)
            .when(style == STYLES.index("person_shop")).then(region + owner + trade)
            .when(style == STYLES.index("bracket")).then(brand + "（" + region + "）" + trade + suffix)
            .otherwise(region + brand + trade + suffix)
        )  # fmt: skip

    def _former_names(self) -> list[pl.Expr]:
        """Up to two earlier names: another brand, which nobody bears today."""
        out = []
        for i, name in ((1, "former"), (2, "former_2")):
            brand = pick(self._former, below(pl.col("n"), self._key(name), len(self._former)))
            value = pl.when(pl.col("renamed") >= i).then(self._name(brand)).otherwise(pl.lit(""))
            out.append(value.alias(name))
        return out

    def register_rows(self, start: int, stop: int) -> pl.DataFrame:
        """The register's columns for organisations ``start`` … ``stop − 1``, ready to write."""
        frame = self.describe(pl.int_range(start, stop, dtype=pl.UInt64, eager=True))
        n, regions = pl.col("n"), pl.Series([c for c, _ in self.place.districts])
        has_old = pl.col("old") & pl.col("prefix").is_in(self._market_prefixes())
        old = self.codes.old_number(n, pl.col("district"))
        kept = below(n, self._key("kept-number"), 10) < 6
        return frame.select(
            pl.col("code").alias("统一社会信用代码"), pl.col("name").alias("主体名称"),
            pl.col("formers").alias("曾用名"), pl.col("kind").alias("主体类型"),
            pick(regions, pl.col("district")).alias("行政区划"), pl.col("industry").alias("行业"),
            pl.from_epoch("born", time_unit="d").dt.to_string("%Y-%m-%d").alias("成立日期"),
            pl.col("status").alias("登记状态"),
            pl.when(has_old & kept).then(old).otherwise(pl.lit("")).alias("旧注册号"),
        )  # fmt: skip

    def _market_prefixes(self) -> list[int]:
        prefixes = sorted({s.prefix for s in self.slots})
        return [i for i, p in enumerate(prefixes) if p in ("91", "92", "93")]

    def before(self, day: date, days: int) -> int:
        """The day number ``days`` before ``day``."""
        return day_number(day - timedelta(days=days))
