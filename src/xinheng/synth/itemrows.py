"""Rows of any catalogue item, made from its description alone: right ones first, then those with a fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import polars as pl

from .amounts import draw_yuan, in_wan
from .draw import affine, below, pick
from .events import Registrations
from .faults import FAULTS, FaultCycle
from .habits import habit_of
from .itemfaults import ItemFaults
from .organisations import Population
from .place import Department
from .plan import CORRECTION, FIRST, REPEAT, REPEAT_LATER, ROLES
from .rows import Block
from .slots import SLOTS, STYLES
from .spec import FieldSpec, ItemSpec

__all__ = ["OPEN", "ItemMaker", "only_digits", "pool_size"]

_ROLE_OUTCOME = {REPEAT: "duplicate", REPEAT_LATER: "duplicate", CORRECTION: "updated"}
_AMOUNTS = 64
OPEN = ("未到期", "履行中", "办理中")
"""Outcomes that are still open."""
_OPEN_DAYS, _PENDING_FROM = 300, 50
"""Of 400: an item that comes back this often is first sent with its outcome open."""


def _slots(population: Population, spec: ItemSpec) -> list[int]:
    """The slots an item's subjects stand in; without those whose name is only a person's."""
    wanted = tuple(spec.prefixes or habit_of(spec.code).subjects)
    gone = () if spec.exit_on or spec.events else ("注销", "迁出")
    return population.numbers_where(
        lambda s: s.prefix.startswith(wanted) and s.style != STYLES.index("person") and s.status not in gone
    ) or population.numbers_where(lambda s: s.prefix in ("91", "92"))


def pool_size(population: Population, spec: ItemSpec) -> int:
    """How many organisations of the place can be subjects of an item."""
    return len(_slots(population, spec)) * population.cycles


class ItemMaker(ItemFaults):
    """Makes the rows of one item. Columns begin with the item's fields; those with ``_`` are for us."""

    def __init__(
        self, *, spec: ItemSpec, population: Population, departments: list[Department], cycle: FaultCycle, seed: int,
        today: int,
    ) -> None:  # fmt: skip
        super().__init__(
            spec=spec, population=population, departments=departments, cycle=cycle, seed=seed, today=today
        )
        self.habit = habit_of(spec.code)
        self._subjects = pl.Series(_slots(population, spec), dtype=pl.UInt64)
        self._order = affine(seed, f"{spec.code}/subjects", pool_size(population, spec))
        self._registrations = None
        if spec.events is not None:
            self._registrations = Registrations(
                spec=spec, events=spec.events, population=population, slots=self._subjects.to_list()
            )
        rng = Random(f"{seed}/{spec.code}/amounts")
        self._amounts = pl.Series([in_wan(draw_yuan(rng, 1_000, 8_000_000)) for _ in range(_AMOUNTS)])

    def rows(self, blocks: Sequence[Block], styles: dict[int, int]) -> pl.DataFrame:
        """The rows of the blocks, file by file in the order of the file, as text. ``styles``: date style by file."""
        frame = self._dates(self._records(blocks))
        frame = self._subject(frame)
        described = self.population.describe(frame["_org"])
        frame = frame.hstack(
            described.select("code", "name", "former", "legal", "prefix", "district", "born")
        )
        frame = self._expect(self._fields(frame))
        return self._faulty(self._styled(frame, styles))

    def _subject(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Whom a record is about. Each subject once before any comes again; of yearly items the same ones each year."""
        if self._registrations is not None:
            draw = below(pl.col("u"), self._key("event"), 1 << 20)
            return self._registrations.choose(frame, self._subjects, self._order, draw)
        position = pl.col("u") - pl.col("start") if self.habit.yearly else pl.col("u")
        at = self._order(position % self._order.size)
        org = pick(self._subjects, at % len(self._subjects)) + at // len(self._subjects) * SLOTS
        return frame.with_columns(org.alias("_org"))

    # -- right rows ------------------------------------------------------------------------------------------

    def _fields(self, frame: pl.DataFrame) -> pl.DataFrame:
        number = pl.col("number").cast(pl.String)
        frame = frame.with_columns(number.alias("serial"), self._county().alias("county"))
        if self.habit.yearly:
            frame = frame.with_columns(pl.lit(False).alias("late"))
        frame = frame.with_columns(self._value(f).alias(f.code) for f in self.spec.details)
        return frame.with_columns(
            pl.when(pl.any_horizontal(pl.col(f.needed_if[0]).str.contains(w, literal=True) for w in f.needed_if[1]))
            .then(pl.col(f.code)).otherwise(pl.lit("")).alias(f.code)
            for f in self.spec.details
            if f.needed_if is not None and not f.required and f.type != "date"
        )  # fmt: skip

    def _county(self) -> pl.Expr:
        return pick(pl.Series([n for _, n in self.population.place.districts]), pl.col("district"))

    def _department(self, what: str) -> pl.Expr:
        return pick(pl.Series([getattr(d, what) for d in self.departments]), pl.col("dept"))

    def _value(self, field: FieldSpec) -> pl.Expr:
        """The value of a field in a right row: text, but dates as day numbers (null where empty)."""
        spec, code = self.spec, field.code
        roles = {
            spec.subject_name: pl.col("name"), spec.subject_code: pl.col("code"),
            spec.authority: self._department("code"), spec.authority_name: self._department("name"),
            spec.source_code: self._department("code"), spec.source_name: self._department("name"),
        }  # fmt: skip
        if field.type == "date":
            return self._day(field).cast(pl.Int32)
        if code in roles:
            return self._of_sector(field, roles[code])
        if code == spec.exit_why:
            return pl.when(pl.col("v") == 1).then(self._text(field)).otherwise(pl.lit(""))
        if spec.events is not None and code in (spec.events.event, spec.events.former):
            former = pl.when(self._renamed).then(pl.col("former")).otherwise(pl.lit(""))
            return pl.col("event") if code == spec.events.event else former
        if spec.events is not None and code == spec.what and field.type == "text" and not field.samples:
            return pl.when(self._renamed).then(pl.col("name")).otherwise("准予" + pl.col("event") + "登记")
        if field.blank or field.type == "drop":
            return pl.lit("")
        if code == spec.document_number:
            return self._document(field)
        if field.type == "enum":
            return self._choice(field)
        if field.type == "money":
            return self._draw_from(self._amounts, code)
        if field.type == "person":
            return pl.col("legal")
        if field.type == "code":
            return self._department("code") if field.required or field.needed_if else pl.lit("")
        return self._text(field)

    def _day(self, field: FieldSpec) -> pl.Expr:
        decided, code, spec = pl.col("decided"), field.code, self.spec
        if code == spec.exit_on:
            # The file that brings the end was sent after it
            end = pl.max_horizontal(decided + 1, pl.col("_sent") - 2)
            return pl.when(pl.col("v") == 1).then(end).otherwise(None)
        if (code == spec.ends or field.later) and code not in (spec.starts, spec.decided_on):
            years = 1 if self.habit.yearly else 1 + below(pl.col("u"), self._key(code), 5).cast(pl.Int32)
            return decided + 365 * years - 1
        if code in (spec.decided_on, spec.starts) or field.required:
            return decided
        return pl.when(below(pl.col("u"), self._key(code), 2) == 0).then(decided).otherwise(None)

    def _choice(self, field: FieldSpec) -> pl.Expr:
        closed = self.spec.closing.get(field.code, "")
        usual = [c for c in field.samples if c in field.choices] or [
            c for c in field.choices if not c.startswith("其他")
        ]
        usual = [c for c in usual or field.choices if c != closed]
        if not usual:
            return self._text(field)
        if any("个体工商户" in c for c in field.choices):
            return self._by_kind(field.choices)
        drawn = self._draw_from(pl.Series(_weighted(usual, even=bool(field.samples))), field.code)
        for sector, own in field.of_sector.items():
            units = [d.number for d in self.departments if d.kind.sector == sector]
            of_own = self._draw_from(pl.Series([c for c in own if c in field.choices] or usual), field.code)
            drawn = pl.when(pl.col("dept").is_in(units)).then(of_own).otherwise(drawn)
        if self.spec.events is not None and {"名称", "状态"} <= set(field.choices):
            other = self._draw_from(
                pl.Series([c for c in usual if c not in ("名称", "状态")] or usual), field.code
            )
            changed = pl.col("event").is_in(list(self.spec.events.statuses))
            drawn = (
                pl.when(self._renamed)
                .then(pl.lit("名称"))
                .when(changed)
                .then(pl.lit("状态"))
                .otherwise(other)
            )
        if closed:
            drawn = pl.when(pl.col("v") == 1).then(pl.lit(closed)).otherwise(drawn)
        open_word = next((c for c in field.choices if c in OPEN), "")
        if field.code == self.spec.outcome and open_word:
            ends = [c for c in field.choices if c != open_word]
            ended = self._draw_from(pl.Series(_weighted(ends, even=False)), field.code)
            still = pl.lit(self.habit.comes_back >= _PENDING_FROM) | (
                pl.col("decided") > self.today - _OPEN_DAYS
            )
            first = pl.when(still).then(pl.lit(open_word)).otherwise(drawn)
            drawn = pl.when(pl.col("v") == 1).then(ended).otherwise(first)
        return drawn

    @property
    def _renamed(self) -> pl.Expr:
        return pl.col("event").is_in(self.spec.events.renames if self.spec.events else ())

    @staticmethod
    def _by_kind(choices: Sequence[str]) -> pl.Expr:
        """A word that depends on what the subject is: individual business, social organisation, anything else."""
        rest = next(
            (c for c in choices if not any(w in c for w in ("个体工商户", "社会组织", "自然人"))), choices[0]
        )
        social = next((c for c in choices if "社会组织" in c), rest)
        shop = next(c for c in choices if "个体工商户" in c)
        two = pl.col("code").str.head(2)
        return (
            pl.when(two == "92").then(pl.lit(shop)).when(two.is_in(["51", "52", "53"])).then(pl.lit(social))
            .otherwise(pl.lit(rest))
        )  # fmt: skip

    def _text(self, field: FieldSpec) -> pl.Expr:
        if not field.samples:
            named = field.required or field.needed_if is not None
            text = pl.concat_str(pl.lit(field.name), pl.col("serial")) if named else pl.lit("")
        elif any("示例局" in s for s in field.samples):
            text = self._draw_from(
                pl.Series([d.name for d in self.departments if d.district < 0]), field.code
            )
        else:
            text = self._filled(self._draw_from(pl.Series(field.samples), field.code), field)
        text = self._of_sector(field, text)
        if field.code == self.spec.free_text:
            text = pl.when(pl.col("v") == 1).then(text + "（以本次报送为准）").otherwise(text)
        return text

    def _of_sector(self, field: FieldSpec, text: pl.Expr) -> pl.Expr:
        """The text, or what departments of a sector write there instead."""
        for sector, own in field.of_sector.items():
            units = [d.number for d in self.departments if d.kind.sector == sector]
            text = pl.when(pl.col("dept").is_in(units)).then(pl.lit(own[0])).otherwise(text)
        return text

    def _filled(self, text: pl.Expr, field: FieldSpec) -> pl.Expr:
        """A sample with its placeholders filled in."""
        year = pl.col("year") - (
            1 if field.code in self.spec.key and field.code != self.spec.document_number else 0
        )
        place = self.population.place.name
        values = {"{place}": pl.lit(place), "{year}": year.cast(pl.String), "{serial}": pl.col("serial"),
                  "{county}": pl.col("county")}  # fmt: skip
        for mark, value in values.items():
            if any(mark in s for s in field.samples):
                text = text.str.replace_all(mark, value, literal=True)
        return text

    def _document(self, field: FieldSpec) -> pl.Expr:
        """A number of its own for every record of a department in a year."""
        patterns = [s for s in field.samples if "{serial}" in s]
        if patterns:
            text = pl.concat_str(pl.lit(patterns[0]), pl.col("serial").str.head(0))
            if only_digits(patterns[0]):
                text = text.str.replace_all("{serial}", pl.col("serial").str.zfill(6), literal=True)
            own = pl.Series([self._seat(d) for d in self.departments])
            text = text.str.replace_all("{county}", pick(own, pl.col("dept")), literal=True)
            return self._filled(text, field)
        mark = self.spec.name.removeprefix("行政")[:1]
        return pl.concat_str(
            self._department("short"), pl.lit(f"{mark}〔"), "year", pl.lit("〕"), "serial", pl.lit("号")
        )

    def _seat(self, department: Department) -> str:
        """The place a department stands for, as its document numbers say."""
        place = self.population.place
        return place.name if department.district < 0 else place.districts[department.district][1]

    def _expect(self, frame: pl.DataFrame) -> pl.DataFrame:
        outcomes = pl.Series([self.spec.answers.get(f.tag, f.outcome) for f in FAULTS])
        plain = ("plain", "sent_", "corrected_")
        tags = pl.Series(["" if f.tag.startswith(plain) else f.tag for f in FAULTS])
        outcome, reason = pick(outcomes, pl.col("_fault")), pick(tags, pl.col("_fault"))
        for role, value in _ROLE_OUTCOME.items():
            here = pl.col("_role") == role
            outcome = pl.when(here).then(pl.lit(value)).otherwise(outcome)
            reason = pl.when(here).then(pl.lit(ROLES[role])).otherwise(reason)
        number = pl.col(self.spec.document_number) if self.spec.document_number else pl.lit("")
        return frame.with_columns(
            outcome.alias("_outcome"), reason.alias("_reason"), pl.lit("").alias("_fine"), number.alias("_docno"),
            pl.col("code").alias("_code"),
            pl.from_epoch("decided", time_unit="d").dt.to_string("%Y-%m-%d").alias("_decided"),
            (pl.col("late") & (pl.col("_role") == FIRST)).alias("_late"),
        )  # fmt: skip


def only_digits(pattern: str) -> bool:
    """Whether a number is made of digits alone; its serial then has six places."""
    return re.sub(r"\{(year|serial)\}", "", pattern).isdigit()


def _weighted(choices: Sequence[str], *, even: bool) -> list[str]:
    """The choices as a deck: all alike, or the first ones far more often."""
    return [c for i, c in enumerate(choices) for _ in range(1 if even else max(1, 12 // (i + 1) ** 2))]
