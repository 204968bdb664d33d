"""The dirt itself: right rows made wrong in the ways of :mod:`.faults`, one way per row."""

from __future__ import annotations

import polars as pl

from xinheng.kernel.uscc import PLACEHOLDER

from .codes import flip_check
from .dates import SERIAL, WIDE, WITH_TIME, DateTable
from .draw import below, pick, salt
from .faults import fault_number, is_fault
from .people import identity_numbers, mobile_numbers
from .place import Place, unregistered_of
from .rows import RowMaker
from .schema import Item
from .words import person_table

__all__ = ["WIDE_CHARS", "Dirt"]

WIDE_CHARS = {chr(c): chr(c + 0xFEE0) for c in (*range(0x30, 0x3A), *range(0x41, 0x5B))} | {".": "．"}
_BRACKETS = (("[", "]"), ("(", ")"), ("【", "】"), ("﹝", "﹞"))
_PROFESSIONS = (("医师执业注册决定书", "医师执业证书"), ("护士执业注册决定书", "护士执业证书"),
                ("教师资格认定决定书", "教师资格证书"), ("道路运输从业资格考核决定书", "道路运输从业资格证"))  # fmt: skip
_OTHER_STYLES = (3, 4, 5, WITH_TIME)
_ID_FILLED = 15
"""Of a hundred rows, how many fill in the legal representative's identity number (dropped on intake)."""


class Dirt:
    """Applies faults to the rows of one item and writes dates in each file's style."""

    def __init__(
        self, *, item: Item, place: Place, seed: int, today: int, maker: RowMaker, clean: bool
    ) -> None:
        self.item, self.place, self.seed, self.today = item, place, seed, today
        self.maker, self.clean = maker, clean
        self._dates = DateTable()
        self._people = pl.Series(person_table())
        self._ids = identity_numbers(place.districts[0][0], seed)
        self._mobiles = mobile_numbers(seed)
        bureaus = unregistered_of(place)
        self._bureau_names = pl.Series([n for n, _ in bureaus])
        self._bureau_codes = pl.Series([c for _, c in bureaus])

    def _draw(self, purpose: str, limit: int) -> pl.Expr:
        return below(pl.col("u"), salt(self.seed, f"{self.item.code}/dirt/{purpose}"), limit)

    def _from(self, table: pl.Series, purpose: str) -> pl.Expr:
        return pick(table, self._draw(purpose, len(table)))

    def apply(self, frame: pl.DataFrame, date_styles: dict[int, int]) -> pl.DataFrame:
        """All item fields as text, dirty where the row's fault says so. ``date_styles``: style of each file.

        Only first appearances are dirty; rows that come again are of sound kinds. ``_extra`` is 0, or 1 for empty
        and 2 for filled cells behind the last column.
        """
        frame = self._other_names(frame)
        first = min(date_styles)
        styles = pl.Series(
            [date_styles.get(f, 0) for f in range(first, max(date_styles) + 1)], dtype=pl.UInt8
        )
        frame = frame.with_columns(pick(styles, pl.col("_file") - first).alias("style"))
        frame = frame.with_columns(*self._day_edits())
        frame = frame.with_columns(*self._date_texts())
        return frame.with_columns(
            *self._code_and_name(), *self._kind_and_person(), *self._decision(), *self._amounts(), *self._texts(),
            *self._authority(),
            pl.when(is_fault("too_many_cells")).then(2).when(is_fault("blank_cells_behind")).then(1).otherwise(0).alias("_extra"),
        ).with_columns(*self._missing())  # fmt: skip

    def _other_names(self, frame: pl.DataFrame) -> pl.DataFrame:
        wrong = frame["_fault"] == fault_number("name_of_another")
        at = wrong.arg_true()
        names = self.maker.others_name(frame["_org"].gather(at), frame["u"].gather(at))
        column = self.item.field("XDR_MC")
        return frame.with_columns(frame[column].scatter(at, names).alias(column)) if len(at) else frame

    # -- dates -----------------------------------------------------------------------------------------------

    def _day_edits(self) -> list[pl.Expr]:
        decided = self.item.field("JDRQ")
        edits = [pl.when(is_fault("date_future")).then(self.today + 300 + self._draw("future", 90).cast(pl.Int32))
                 .otherwise(pl.col(decided)).cast(pl.Int32).alias(decided)]  # fmt: skip
        end, start = ("CF_YXQ", "CF_JDRQ") if self.item.prefix == "CF" else ("XK_YXQZI", "XK_YXQZ")
        early = pl.col(start) - 30
        edits.append(
            pl.when(is_fault("date_order")).then(early).otherwise(pl.col(end)).cast(pl.Int32).alias(end)
        )
        return edits

    def _date_texts(self) -> list[pl.Expr]:
        other = pick(pl.Series(_OTHER_STYLES, dtype=pl.UInt8), self._draw("style", len(_OTHER_STYLES)))
        style = (
            pl.when(is_fault("date_style")).then(other).when(is_fault("date_serial")).then(pl.lit(SERIAL, dtype=pl.UInt8))
            .when(is_fault("date_fullwidth")).then(pl.lit(WIDE, dtype=pl.UInt8)).otherwise(pl.col("style"))
        )  # fmt: skip
        out = []
        for column in self.item.dates:
            text = self._dates.text(pl.col(column), style)
            if column == self.item.field("JDRQ"):
                artefact = (
                    pl.when(self._draw("artefact", 2) == 0)
                    .then(pl.lit("1900-01-01"))
                    .otherwise(pl.lit("1900/1/1"))
                )
                never = pl.concat_str("year", pl.lit("-02-30"))
                text = (
                    pl.when(is_fault("date_1900"))
                    .then(artefact)
                    .when(is_fault("date_impossible"))
                    .then(never)
                    .otherwise(text)
                )
            elif column == "CF_GSJZQ":
                text = pl.when(is_fault("end_1900")).then(pl.lit("1900-01-01")).otherwise(text)
            out.append(text.alias(column))
        return out

    # -- who -------------------------------------------------------------------------------------------------

    def _code_and_name(self) -> list[pl.Expr]:
        name, code = self.item.field("XDR_MC"), self.item.field("XDR_SHXYM")
        c, n = pl.col(code), pl.col(name)
        tail = pl.when(self._draw("tail", 2) == 0).then(pl.lit("(1-1)")).otherwise(pl.lit("（1-1）"))
        codes = (
            pl.when(is_fault("code_lower")).then(c.str.to_lowercase())
            .when(is_fault("code_spaces")).then(
                pl.concat_str(c.str.head(2), pl.lit(" "), c.str.slice(2, 6), pl.lit(" "), c.str.slice(8), pl.lit(" ")))
            .when(is_fault("code_newline")).then(pl.concat_str(c.str.head(9), pl.lit("\n"), c.str.slice(9)))
            .when(is_fault("code_tail")).then(c + tail)
            .when(is_fault("code_fullwidth")).then(c.str.replace_many(WIDE_CHARS))
            .when(is_fault("check_digit")).then(flip_check(c))
            .when(is_fault("code_masked")).then(pl.concat_str(c.str.head(8), pl.lit("****"), c.str.slice(12)))
            .when(is_fault("placeholder_code")).then(pl.lit(PLACEHOLDER))
            .when(is_fault("natural_person", "person_without_code", "professional_licence")).then(pl.lit("")).otherwise(c)
        )  # fmt: skip
        narrow = n.str.replace_many({"（": "(", "）": ")"})
        names = (
            pl.when(is_fault("name_spaces")).then(
                pl.concat_str(pl.lit(" "), n.str.head(4), pl.lit("　"), n.str.slice(4), pl.lit("  ")))
            .when(is_fault("name_brackets")).then(narrow)
            .when(is_fault("name_former")).then(pl.col("former"))
            .when(is_fault("natural_person", "person_without_code", "professional_licence")).then(self._from(self._people, "person")).otherwise(n)
        )  # fmt: skip
        return [codes.alias(code), names.alias(name)]

    def _kind_and_person(self) -> list[pl.Expr]:
        """Category, representative and the two pairs of document columns."""
        f = self.item.field
        kind, shop = pl.col(f("XDR_LB")), pl.lit("个体工商户")
        other = pl.when(kind == "个体工商户").then(pl.lit("法人及非法人组织")).otherwise(shop)
        either = pl.when(self._draw("either", 2) == 0).then(shop).otherwise(pl.lit("法人及非法人组织"))
        kinds = (
            pl.when(is_fault("kind_mismatch")).then(other).when(is_fault("natural_person")).then(pl.lit("自然人"))
            .when(is_fault("person_without_code") | is_fault("professional_licence")).then(either).otherwise(kind)
        )  # fmt: skip
        person, blank = is_fault("natural_person", "person_without_code", "professional_licence"), pl.lit("")
        gives = (self._draw("gives-id", 100) < (0 if self.clean else _ID_FILLED)) & ~person
        own = is_fault("natural_person") | is_fault("person_fields_filled")
        word = pl.lit("身份证")
        keep = {
            f("FRDB"): pl.when(person).then(blank).otherwise(pl.col(f("FRDB"))),
            f("FR_ZJLX"): pl.when(gives).then(word).otherwise(blank),
            f("FR_ZJHM"): pl.when(gives).then(self._from(self._ids, "legal-id")).otherwise(blank),
            f("XDR_ZJLX"): pl.when(own).then(word).otherwise(blank),
            f("XDR_ZJHM"): pl.when(own).then(self._from(self._ids, "own-id")).otherwise(blank),
        }
        unknown = person | is_fault("placeholder_code")  # who has no code yet has no part of one either
        numbers = [
            pl.when(unknown).then(blank).otherwise(pl.col(c)).alias(c) for c in self.item.optional_numbers
        ]
        return [kinds.alias(f("XDR_LB")), *(e.alias(c) for c, e in keep.items()), *numbers]

    # -- what ------------------------------------------------------------------------------------------------

    def _decision(self) -> list[pl.Expr]:
        number = pl.col(self.item.field("WSH"))
        left, right = (pl.Series([b[i] for b in _BRACKETS]) for i in (0, 1))
        which = self._draw("brackets", len(_BRACKETS))
        year = pl.col("year").cast(pl.String)
        other = pl.concat_str(
            number.str.extract(r"^([^〔]*)〔"), pick(left, which), year, pick(right, which),
            number.str.extract(r"〕(.*)$"),
        )  # fmt: skip
        out = [
            pl.when(is_fault("docno_brackets")).then(other).otherwise(number).alias(self.item.field("WSH"))
        ]
        kinds = "CF_CFLB" if self.item.prefix == "CF" else "XK_XKLB"
        out.append(
            pl.when(is_fault("other_without_detail"))
            .then(pl.lit("其他"))
            .otherwise(pl.col(kinds))
            .alias(kinds)
        )
        if self.item.prefix == "XK":
            which = self._draw("profession", len(_PROFESSIONS))
            for i, column in enumerate(("XK_XKWS", "XK_XKZS")):
                title = pick(pl.Series([p[i] for p in _PROFESSIONS]), which)
                out.append(
                    pl.when(is_fault("professional_licence"))
                    .then(title)
                    .otherwise(pl.col(column))
                    .alias(column)
                )
        return out

    def _amounts(self) -> list[pl.Expr]:
        if self.item.prefix != "CF":
            return []
        fine = pl.col("CF_NR_FK")
        return [
            pl.when(is_fault("amount_fullwidth")).then(fine.str.replace_many(WIDE_CHARS))
            .when(is_fault("amount_in_yuan")).then(pl.col("fine_yuan"))
            .when(is_fault("fine_missing")).then(pl.lit("")).otherwise(fine).alias("CF_NR_FK")
        ]  # fmt: skip

    def _texts(self) -> list[pl.Expr]:
        """Personal data in free text: facts of a penalty, remarks of a licence."""
        column = "CF_SY" if self.item.prefix == "CF" else "BZ"
        text, name = pl.col(column), self._from(self._people, "third")
        identity, mobile = self._from(self._ids, "text-id"), self._from(self._mobiles, "text-mobile")
        out = [
            pl.when(is_fault("id_in_text")).then(pl.concat_str(text, pl.lit("经办人身份证号码"), identity, pl.lit("。")))
            .when(is_fault("phone_in_text")).then(pl.concat_str(text, pl.lit("联系电话："), mobile, pl.lit("。")))
            .when(is_fault("person_in_text")).then(pl.concat_str(text, pl.lit("现场负责人"), name, pl.lit("在笔录上签字确认。")))
            .otherwise(text).alias(column)
        ]  # fmt: skip
        if self.item.prefix == "CF":
            also = pl.concat_str(
                "CF_NR", pl.lit("另对直接负责的主管人员"), name, pl.lit("罚款人民币2000元。")
            )
            out.append(
                pl.when(is_fault("both_punished")).then(also).otherwise(pl.col("CF_NR")).alias("CF_NR")
            )
        return out

    def _authority(self) -> list[pl.Expr]:
        which = self._draw("bureau", len(self._bureau_codes))
        tables = (self._bureau_names, self._bureau_codes)
        return [
            pl.when(is_fault("authority_unknown"))
            .then(pick(table, which))
            .otherwise(pl.col(column))
            .alias(column)
            for table, column in zip(tables, self.item.authority, strict=True)
        ]

    def _missing(self) -> list[pl.Expr]:
        which = self._draw("missing", len(self.item.required))
        gone = {c: is_fault("missing_required") & (which == i) for i, c in enumerate(self.item.required)}
        edits = [pl.when(here).then(pl.lit("")).otherwise(pl.col(c)).alias(c) for c, here in gone.items()]
        # Without its code alone a row is linked by its name
        if (code := self.item.field("XDR_SHXYM")) in gone:
            edits.append(
                pl.when(gone[code]).then(pl.lit("accepted")).otherwise(pl.col("_outcome")).alias("_outcome")
            )
        return edits
