"""Rows of any catalogue item, made from its description alone: right ones first, then those with a fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import polars as pl

from .amounts import draw_yuan, in_wan
from .codes import flip_check
from .dates import SERIAL, WITH_TIME, DateTable
from .dirt import WIDE_CHARS
from .draw import affine, below, pick
from .events import Registrations
from .faults import FAULTS, FaultCycle, fault_number
from .habits import habit_of
from .organisations import Population
from .people import identity_numbers, mobile_numbers
from .place import Department, unregistered_of
from .plan import CORRECTION, FIRST, REPEAT, REPEAT_LATER, ROLES
from .rows import Block, RowBase
from .slots import SLOTS, STYLES
from .spec import FieldSpec, ItemSpec
from .words import person_table

__all__ = ["OPEN", "ItemMaker", "chosen_field", "only_digits", "pool_size"]

_ROLE_OUTCOME = {REPEAT: "duplicate", REPEAT_LATER: "duplicate", CORRECTION: "updated"}
_OTHER_STYLES = (3, 4, 5, WITH_TIME)
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


class ItemMaker(RowBase):
    """Makes the rows of one item. Columns begin with the item's fields; those with ``_`` are for us."""

    def __init__(
        self, *, spec: ItemSpec, population: Population, departments: list[Department], cycle: FaultCycle, seed: int,
        today: int,
    ) -> None:  # fmt: skip
        super().__init__(
            code=spec.code, population=population, departments=departments, cycle=cycle, seed=seed
        )
        self.spec, self.habit, self.today = spec, habit_of(spec.code), today
        self._subjects = pl.Series(_slots(population, spec), dtype=pl.UInt64)
        self._order = affine(seed, f"{spec.code}/subjects", pool_size(population, spec))
        self._registrations = None
        if spec.events is not None:
            self._registrations = Registrations(
                spec=spec, events=spec.events, population=population, slots=self._subjects.to_list()
            )
        self._dates_table = DateTable()
        rng = Random(f"{seed}/{spec.code}/amounts")
        self._amounts = pl.Series([in_wan(draw_yuan(rng, 1_000, 8_000_000)) for _ in range(_AMOUNTS)])
        self._people = pl.Series(person_table())
        place = population.place
        self._ids, self._mobiles = identity_numbers(place.districts[0][0], seed), mobile_numbers(seed)
        bureaus = unregistered_of(place)
        self._bureaus = {spec.authority_name: pl.Series([n for n, _ in bureaus]),
                         spec.authority: pl.Series([c for _, c in bureaus])}  # fmt: skip

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
            return roles[code]
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

    def _draw_from(self, table: pl.Series, purpose: str) -> pl.Expr:
        return pick(table, below(pl.col("u"), self._key(purpose), len(table)))

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
        for sector, own in field.of_sector.items():
            units = [d.number for d in self.departments if d.kind.sector == sector]
            text = pl.when(pl.col("dept").is_in(units)).then(pl.lit(own[0])).otherwise(text)
        if field.code == self.spec.free_text:
            text = pl.when(pl.col("v") == 1).then(text + "（以本次报送为准）").otherwise(text)
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

    # -- faults ----------------------------------------------------------------------------------------------

    def _styled(self, frame: pl.DataFrame, styles: dict[int, int]) -> pl.DataFrame:
        """Dates as text, each file in its style."""
        first = min(styles)
        table = pl.Series([styles.get(f, 0) for f in range(first, max(styles) + 1)], dtype=pl.UInt8)
        other = self._draw_from(pl.Series(_OTHER_STYLES, dtype=pl.UInt8), "style")
        style = (
            pl.when(_is("date_style")).then(other).when(_is("date_serial")).then(pl.lit(SERIAL, dtype=pl.UInt8))
            .otherwise(pick(table, pl.col("_file") - first))
        )  # fmt: skip
        frame = frame.with_columns(style.alias("style"))
        made = []
        for code in self.spec.dates:
            day = pl.col(code)
            if code == self.spec.decided_on:
                day = pl.when(_is("date_future")).then(self.today + 300).otherwise(day)
            text = self._dates_table.text(day, pl.col("style")).fill_null("")
            if code == self.spec.decided_on:
                never = pl.concat_str("year", pl.lit("-02-30"))
                text = pl.when(_is("date_1900")).then(pl.lit("1900-01-01")).when(_is("date_impossible")).then(never).otherwise(text)  # fmt: skip
            made.append(text.alias(code))
        return frame.with_columns(made)

    def _faulty(self, frame: pl.DataFrame) -> pl.DataFrame:
        spec = self.spec
        wrong = (frame["_fault"] == fault_number("name_of_another")).arg_true()
        if len(wrong):
            names = self.others_name(frame["_org"].gather(wrong), frame["u"].gather(wrong))
            frame = frame.with_columns(
                frame[spec.subject_name].scatter(wrong, names).alias(spec.subject_name)
            )
        made = {spec.subject_code: self._dirty_code(), spec.subject_name: self._dirty_name()}
        for code, table in self._bureaus.items():
            if code:
                which = self._draw_from(table, "bureau")
                made[code] = (
                    pl.when(_is("authority_unknown")).then(which).otherwise(made.get(code, pl.col(code)))
                )
        if spec.subject_kind:
            kind = pl.col(spec.subject_kind)
            made[spec.subject_kind] = pl.when(_is("natural_person")).then(pl.lit("自然人")).otherwise(kind)
        if spec.free_text:
            text = made.get(spec.free_text, pl.col(spec.free_text))
            made[spec.free_text] = (
                pl.when(_is("id_in_text")).then(text + "经办人身份证号码" + self._draw_from(self._ids, "id") + "。")
                .when(_is("phone_in_text")).then(text + "联系电话：" + self._draw_from(self._mobiles, "mobile") + "。")
                .otherwise(text)
            )  # fmt: skip
        chosen = self._chosen
        if chosen:
            made[chosen] = (
                pl.when(_is("choice_unknown"))
                .then(pl.lit("不在列"))
                .otherwise(made.get(chosen, pl.col(chosen)))
            )
        frame = frame.with_columns(*(e.alias(c) for c, e in made.items()))
        extra = pl.when(_is("too_many_cells")).then(2).when(_is("blank_cells_behind")).then(1).otherwise(0)
        which = below(pl.col("u"), self._key("missing"), max(1, len(spec.required)))
        return frame.with_columns(
            extra.alias("_extra"),
            *(pl.when(_is("missing_required") & (which == i)).then(pl.lit("")).otherwise(pl.col(c)).alias(c)
              for i, c in enumerate(spec.required)),
        )  # fmt: skip

    @property
    def _chosen(self) -> str:
        """The column a word of which is spoiled: the first with choices that is not the subject's kind."""
        return chosen_field(self.spec)

    def _dirty_code(self) -> pl.Expr:
        c = pl.col(self.spec.subject_code)
        return (
            pl.when(_is("code_lower")).then(c.str.to_lowercase())
            .when(_is("code_spaces")).then(pl.concat_str(c.str.head(2), pl.lit(" "), c.str.slice(2, 6), pl.lit(" "), c.str.slice(8)))
            .when(_is("code_tail")).then(c + "(1-1)")
            .when(_is("code_fullwidth")).then(c.str.replace_many(WIDE_CHARS))
            .when(_is("check_digit")).then(flip_check(c))
            .when(_is("code_masked")).then(pl.concat_str(c.str.head(8), pl.lit("****"), c.str.slice(12)))
            .when(_is_person()).then(pl.lit("")).otherwise(c)
        )  # fmt: skip

    def _dirty_name(self) -> pl.Expr:
        n = pl.col(self.spec.subject_name)
        spaced = pl.concat_str(pl.lit(" "), n.str.head(4), pl.lit("　"), n.str.slice(4), pl.lit("  "))
        person = self._draw_from(self._people, "person")
        return pl.when(_is("name_spaces")).then(spaced).when(_is_person()).then(person).otherwise(n)


def only_digits(pattern: str) -> bool:
    """Whether a number is made of digits alone; its serial then has six places."""
    return re.sub(r"\{(year|serial)\}", "", pattern).isdigit()


def chosen_field(spec: ItemSpec) -> str:
    """The column whose word the fault ``choice_unknown`` spoils; "" where no rule would mind."""
    return next((f.code for f in spec.details if f.choices and f.code != spec.subject_kind), "")


def _weighted(choices: Sequence[str], *, even: bool) -> list[str]:
    """The choices as a deck: all alike, or the first ones far more often."""
    return [c for i, c in enumerate(choices) for _ in range(1 if even else max(1, 12 // (i + 1) ** 2))]


def _is(tag: str) -> pl.Expr:
    return pl.col("_fault") == fault_number(tag)


def _is_person() -> pl.Expr:
    return _is("natural_person") | _is("person_without_code")
