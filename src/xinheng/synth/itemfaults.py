"""Rows of any catalogue item made wrong: one fault a row, and dates in each file's style."""

from __future__ import annotations

import polars as pl

from .codes import flip_check
from .dates import SERIAL, WITH_TIME, DateTable
from .dirt import WIDE_CHARS
from .draw import below, pick
from .faults import FaultCycle, fault_number, is_fault
from .organisations import Population
from .people import identity_numbers, mobile_numbers
from .place import Department, unregistered_of
from .rows import RowBase
from .spec import ItemSpec
from .words import person_table

__all__ = ["ItemFaults", "chosen_field"]

_OTHER_STYLES = (3, 4, 5, WITH_TIME)
_PERSONS = ("natural_person", "person_without_code")


class ItemFaults(RowBase):
    """What spoils right rows of one item, by the column ``_fault``."""

    def __init__(
        self, *, spec: ItemSpec, population: Population, departments: list[Department], cycle: FaultCycle, seed: int,
        today: int,
    ) -> None:  # fmt: skip
        super().__init__(
            code=spec.code, population=population, departments=departments, cycle=cycle, seed=seed
        )
        self.spec, self.today = spec, today
        self._dates_table = DateTable()
        self._people = pl.Series(person_table())
        place = population.place
        self._ids, self._mobiles = identity_numbers(place.districts[0][0], seed), mobile_numbers(seed)
        bureaus = unregistered_of(place)
        self._bureaus = {spec.authority_name: pl.Series([n for n, _ in bureaus]),
                         spec.authority: pl.Series([c for _, c in bureaus])}  # fmt: skip

    def _draw_from(self, table: pl.Series, purpose: str) -> pl.Expr:
        return pick(table, below(pl.col("u"), self._key(purpose), len(table)))

    def _styled(self, frame: pl.DataFrame, styles: dict[int, int]) -> pl.DataFrame:
        """Dates as text, each file in its style."""
        first = min(styles)
        table = pl.Series([styles.get(f, 0) for f in range(first, max(styles) + 1)], dtype=pl.UInt8)
        other = self._draw_from(pl.Series(_OTHER_STYLES, dtype=pl.UInt8), "style")
        style = (
            pl.when(is_fault("date_style")).then(other).when(is_fault("date_serial")).then(pl.lit(SERIAL, dtype=pl.UInt8))
            .otherwise(pick(table, pl.col("_file") - first))
        )  # fmt: skip
        frame = frame.with_columns(style.alias("style"))
        made = []
        for code in self.spec.dates:
            day = pl.col(code)
            if code == self.spec.decided_on:
                day = pl.when(is_fault("date_future")).then(self.today + 300).otherwise(day)
            text = self._dates_table.text(day, pl.col("style")).fill_null("")
            if code == self.spec.decided_on:
                never = pl.concat_str("year", pl.lit("-02-30"))
                text = pl.when(is_fault("date_1900")).then(pl.lit("1900-01-01")).when(is_fault("date_impossible")).then(never).otherwise(text)  # fmt: skip
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
                    pl.when(is_fault("authority_unknown")).then(which).otherwise(made.get(code, pl.col(code)))
                )
        if spec.subject_kind:
            kind = pl.col(spec.subject_kind)
            made[spec.subject_kind] = (
                pl.when(is_fault("natural_person")).then(pl.lit("自然人")).otherwise(kind)
            )
        if spec.free_text:
            text = made.get(spec.free_text, pl.col(spec.free_text))
            made[spec.free_text] = (
                pl.when(is_fault("id_in_text")).then(text + "经办人身份证号码" + self._draw_from(self._ids, "id") + "。")
                .when(is_fault("phone_in_text")).then(text + "联系电话：" + self._draw_from(self._mobiles, "mobile") + "。")
                .otherwise(text)
            )  # fmt: skip
        chosen = self._chosen
        if chosen:
            made[chosen] = (
                pl.when(is_fault("choice_unknown"))
                .then(pl.lit("不在列"))
                .otherwise(made.get(chosen, pl.col(chosen)))
            )
        frame = frame.with_columns(*(e.alias(c) for c, e in made.items()))
        extra = (
            pl.when(is_fault("too_many_cells"))
            .then(2)
            .when(is_fault("blank_cells_behind"))
            .then(1)
            .otherwise(0)
        )
        which = below(pl.col("u"), self._key("missing"), max(1, len(spec.required)))
        return frame.with_columns(
            extra.alias("_extra"),
            *(pl.when(is_fault("missing_required") & (which == i)).then(pl.lit("")).otherwise(pl.col(c)).alias(c)
              for i, c in enumerate(spec.required)),
        )  # fmt: skip

    @property
    def _chosen(self) -> str:
        """The column a word of which is spoiled: the first with choices that is not the subject's kind."""
        return chosen_field(self.spec)

    def _dirty_code(self) -> pl.Expr:
        c = pl.col(self.spec.subject_code)
        return (
            pl.when(is_fault("code_lower")).then(c.str.to_lowercase())
            .when(is_fault("code_spaces")).then(pl.concat_str(c.str.head(2), pl.lit(" "), c.str.slice(2, 6), pl.lit(" "), c.str.slice(8)))
            .when(is_fault("code_tail")).then(c + "(1-1)")
            .when(is_fault("code_fullwidth")).then(c.str.replace_many(WIDE_CHARS))
            .when(is_fault("check_digit")).then(flip_check(c))
            .when(is_fault("code_masked")).then(pl.concat_str(c.str.head(8), pl.lit("****"), c.str.slice(12)))
            .when(is_fault(*_PERSONS)).then(pl.lit("")).otherwise(c)
        )  # fmt: skip

    def _dirty_name(self) -> pl.Expr:
        n = pl.col(self.spec.subject_name)
        spaced = pl.concat_str(pl.lit(" "), n.str.head(4), pl.lit("　"), n.str.slice(4), pl.lit("  "))
        person = self._draw_from(self._people, "person")
        return (
            pl.when(is_fault("name_spaces")).then(spaced).when(is_fault(*_PERSONS)).then(person).otherwise(n)
        )


def chosen_field(spec: ItemSpec) -> str:
    """The column whose word the fault ``choice_unknown`` spoils; "" where no rule would mind."""
    return next((f.code for f in spec.details if f.choices and f.code != spec.subject_kind), "")
