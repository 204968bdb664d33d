"""The last word on a chunk's rows before they are written: what the register says, and to whom a name led.

A chunk in which every row names its organisation by a valid code passes straight through. In the others rows that were
linked are prepared a second time with the code they were linked to, beside the rest of the chunk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from xinheng.intake import batches, judging, kept, linking
from xinheng.intake.faults import OK, QUARANTINED, REJECTED, Fault, without_key
from xinheng.intake.linkwords import AUTOMATIC, DOUBTFUL, UNKNOWN, WORDS, linked_note
from xinheng.intake.matching import Registered, against_register
from xinheng.intake.models import Batch
from xinheng.intake.preparing import Prepared, Preparer
from xinheng.law import service as law

# What a row carries to where it is written: how it was linked ("human": it goes before a person)
LINK: dict[str, Any] = {
    "_how": pl.String, "_asked_name": pl.String, "_asked_code": pl.String, "_confidence": pl.Int64,
    "_reason": pl.String, "_candidates": linking.CANDIDATES,
}  # fmt: skip
_ABOUT_CODES = ("uscc_prefix_matches", "org_code_matches", "code_starts", "code_starts_not")


@dataclass(frozen=True)
class Answerer:
    """Answers the chunks of one batch. `begun` slices were written by an earlier run of it."""

    batch: Batch
    item: law.Item
    rules: tuple[law.Rule, ...]
    registered: Registered
    again: Preparer
    begun: int = 0

    def __call__(self, prepared: Prepared, first: int) -> pl.DataFrame:
        """The chunk's rows with outcome, problems, notes and kept cells; `_writable` by the file and the remembered
        links alone. `first` is the number of the chunk's first slice."""
        faults = self._faults(prepared)
        wished = linking.wishes(prepared, faults, self.item)
        remembered = self._remembered(prepared.index, first)
        if wished is None and remembered.is_empty():
            if first >= self.begun:
                self._remember(prepared.index, first, remembered)
            return self._concluded(prepared, faults)
        wished = wished or linking.Wishes(prepared.cells.never(), prepared.cells.never())
        told = linking.answers(prepared, wished, item=self.item, rules=self.rules, registered=self.registered)
        told = self._settled(told, prepared, remembered, first)
        return self._with_links(prepared, faults, told)

    def _faults(self, prepared: Prepared) -> list[Fault]:
        cells, codes = prepared.cells, [one.code for one in self.item.fields if one.type == "code"]
        values = pl.DataFrame({code: cells.values[code] for code in codes}).with_columns(
            prepared.rows["_name_key"]
        )
        asked = against_register(
            values, self._valid(prepared), item=self.item, rules=self.rules, registered=self.registered,
            texts=cells.values,
        )  # fmt: skip
        return [*prepared.faults, *asked]

    def _valid(self, prepared: Prepared) -> dict[str, pl.Series]:
        kinds = prepared.cells.kinds
        return {one.code: kinds[one.code] == "uscc" for one in self.item.fields if one.type == "code"}

    def _remembered(self, index: int, first: int) -> pl.DataFrame:
        """The links under which a chunk was begun before: its slices were cut by them."""
        return kept.links(self.batch.number, index) if first < self.begun else kept.no_links()

    def _remember(self, index: int, first: int, links: pl.DataFrame) -> None:
        if links.is_empty() and not kept.has_links(self.batch.number, index):
            return
        # Another run of the same file may be further on, by what it remembered itself
        batches.must_be_here(self.batch, first)
        kept.keep_links(self.batch.number, index, links)

    def _settled(
        self, told: pl.DataFrame, prepared: Prepared, remembered: pl.DataFrame, first: int
    ) -> pl.DataFrame:
        """Answers with `uscc`, the code a row goes on with, and `outcome`.

        The first answer is remembered before anything of the chunk is written, so that a run that broke off meets the
        same slices. What is answered otherwise by then is not linked: it waits for a person, under the remembered code.
        """
        places = pl.DataFrame({"_row": prepared.cells.rows}).with_row_index("at")
        if first >= self.begun:
            linked = told.filter(pl.col("uscc") != "").join(places, on="at")
            self._remember(prepared.index, first, linked.select("_row", pl.col("uscc").alias("code")))
            return told
        before = places.join(remembered, on="_row").select("at", pl.col("code").alias("begun_as"))
        whole = told.join(before, on="at", how="full", coalesce=True).sort("at").with_columns(
            pl.col("begun_as").fill_null(""), pl.col("uscc").fill_null(""), pl.col("other").fill_null(False),
            pl.col("name", "code", "reason").fill_null(""), pl.col("outcome").fill_null(linking.HUMAN),
            pl.col("how").fill_null(AUTOMATIC), pl.col("confidence").fill_null(0), pl.col("candidates").fill_null([]),
        )  # fmt: skip
        changed = pl.col("uscc") != pl.col("begun_as")
        return whole.with_columns(
            pl.when(changed).then(pl.lit(linking.HUMAN)).otherwise("outcome").alias("outcome"),
            pl.col("begun_as").alias("uscc"),
        ).drop("begun_as")

    def _with_links(self, prepared: Prepared, faults: list[Fault], told: pl.DataFrame) -> pl.DataFrame:
        moved = _mask(told.filter(pl.col("uscc") != ""), prepared.cells.height)
        whole = replace(prepared, faults=faults)
        rest = whole.where(~moved)
        parts = [self._rest(rest, _renumbered(told, ~moved))]
        if moved.any():
            parts.append(self._linked(whole, moved, told.filter(pl.col("uscc") != "")))
        return pl.concat(parts)

    def _rest(self, prepared: Prepared, told: pl.DataFrame) -> pl.DataFrame:
        """Rows that keep the code they came with: as they are, waiting for a person, or not found by name either."""
        height, code = prepared.cells.height, self.item.subject_code
        doubtful = told.filter(pl.col("outcome") == linking.HUMAN)
        without = _mask(doubtful.filter(~pl.col("other")), height)
        stand_in = prepared.cells.kinds[code] == "placeholder"

        def about_code(fault: Fault) -> bool:
            return fault.field == code and fault.outcome in (QUARANTINED, REJECTED)

        faults = [
            replace(fault, where=fault.where & ~(without & ~stand_in)) if about_code(fault) else fault
            for fault in prepared.faults
        ]
        missing = reduce(or_, (f.where for f in prepared.faults if about_code(f)), prepared.cells.never())
        unknown = _mask(told.filter((pl.col("outcome") == linking.NONE) & ~pl.col("other")), height)
        faults += self._words(DOUBTFUL, without) + self._words(UNKNOWN, unknown & missing)
        return self._concluded(prepared, faults, _asking(doubtful, height, "human"))

    def _linked(self, prepared: Prepared, moved: pl.Series, told: pl.DataFrame) -> pl.DataFrame:
        """Rows prepared again with the code they were linked to. The name need not be one the code carries: that is why
        somebody was asked; but what else the row says of its organisation must not speak against it."""
        linked = self.again.again(prepared, moved, told["uscc"].alias(self.item.subject_code))
        faults = [
            fault for fault in self._faults(linked) if fault.verdict not in (linking.MISMATCH, "unknown")
        ]
        about = {rule.id for rule in self.rules if rule.kind in _ABOUT_CODES}
        against = reduce(or_, (f.where for f in faults if f.code in about), linked.cells.never())
        sure = told["outcome"] == linking.LINKED
        stays = sure & ~(against & (told["how"] == AUTOMATIC))
        faults = [replace(f, where=f.where & stays) if f.code in about else f for f in faults]
        faults += self._words(DOUBTFUL, ~stays)
        linked.cells.note(self.item.subject_code, _notes(told, stays))
        at = pl.int_range(told.height, dtype=pl.UInt32, eager=True)
        asking = _asking(told.with_columns(at.alias("at")), told.height)
        how = pl.Series("_how", ["human"]).new_from_index(0, told.height)
        return self._concluded(
            linked, faults, asking.with_columns(told["how"].zip_with(stays, how).alias("_how"))
        )

    def _words(self, code: str, where: pl.Series) -> list[Fault]:
        message, remedy = WORDS[code]
        return (
            [Fault(where, self.item.subject_code, code, QUARANTINED, message, remedy)] if where.any() else []
        )

    def _concluded(
        self, prepared: Prepared, faults: list[Fault], asking: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        cells, item = prepared.cells, self.item
        judgement = judging.conclude(cells, faults, item)
        writable = self._valid(prepared)[item.subject_code] & prepared.rows["decided_on"].is_not_null()
        if (stuck := (judgement.outcome == OK) & ~writable).any():
            # No rule of the pack in force minds, yet without code and day there is no decision to speak of
            judgement = judging.conclude(cells, [*faults, without_key(stuck, item)], item)
        rows = prepared.rows.with_columns(
            judgement.outcome,
            judgement.problems,
            judgement.notes,
            writable.alias("_writable"),
            *(cells.kept[one.code].alias(f"kept:{one.code}") for one in item.fields if one.scope != "drop"),
        )
        return rows if asking is None else pl.concat([rows, asking], how="horizontal")


def _mask(told: pl.DataFrame, height: int) -> pl.Series:
    never = pl.Series("where", [False]).new_from_index(0, height)
    return never.scatter(told["at"], True) if told.height else never


def _renumbered(told: pl.DataFrame, stays: pl.Series) -> pl.DataFrame:
    """Answers by their places among the rows that stay."""
    places = stays.arg_true().rename("old").to_frame().with_row_index("new")
    return (
        told.join(places, left_on="at", right_on="old", maintain_order="left").with_columns(
            pl.col("new").alias("at")
        )
    ).drop("new")


def _asking(told: pl.DataFrame, height: int, how: str = "") -> pl.DataFrame:
    """The columns of `LINK` for every row of a part of a chunk; null where nothing was asked."""
    every = pl.DataFrame({"at": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    asked = told.select(
        pl.col("at").cast(pl.UInt32), pl.lit(how).alias("_how"), pl.col("name").alias("_asked_name"),
        pl.col("code").alias("_asked_code"), pl.col("confidence").alias("_confidence"),
        pl.col("reason").alias("_reason"), pl.col("candidates").alias("_candidates"),
    )  # fmt: skip
    return every.join(asked, on="at", how="left", maintain_order="left").select(
        pl.col(name).cast(kind) for name, kind in LINK.items()
    )


def _notes(told: pl.DataFrame, stays: pl.Series) -> pl.Series:
    """What the receipt says of each linked row, asked once for each distinct link."""
    written: dict[tuple[str, str, str, int, str], str] = {}
    notes: list[str | None] = []
    columns = ("uscc", "how", "reason", "confidence", "candidates")
    for (code, how, reason, confidence, candidates), links in zip(
        told.select(columns).iter_rows(), stays.to_list(), strict=True
    ):
        if not links:
            notes.append(None)
            continue
        name = next((one["name"] for one in candidates if one["code"] == code), "")
        asked = (code, name, how, confidence, reason)
        if asked not in written:
            written[asked] = linked_note(code=code, name=name, how=how, confidence=confidence, reason=reason)
        notes.append(written[asked])
    return pl.Series("note", notes, dtype=pl.String)
