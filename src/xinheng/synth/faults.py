"""What goes wrong in departments' rows: every kind, how often, and what the rules make of it.

A record's kind follows from its number in its item modulo 400, so the shares are exact for every size from about a
thousand records up, and each row has at most one kind: the expected answer is never in doubt. The outcomes are the
rules of the double-publicity standard and the boundaries: one place to change them.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from .draw import affine

__all__ = [
    "CLEAN_SHARES",
    "CYCLE",
    "FAULTS",
    "ITEM_SHARES",
    "OUTCOMES",
    "Fault",
    "FaultCycle",
    "fault_number",
    "is_fault",
]

CYCLE = 400
OUTCOMES = ("accepted", "updated", "duplicate", "rejected", "quarantined", "refused_personal")


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind: share in 400 among penalties and among licences, answer, and a word on what was done to the row."""

    tag: str
    penalties: int
    licences: int
    outcome: str
    what: str

    def share(self, item: str) -> int:
        """Records of this kind among 400 of an item."""
        return self.penalties if item == "admin-penalty" else self.licences


_A, _R, _Q, _P = "accepted", "rejected", "quarantined", "refused_personal"
FAULTS: tuple[Fault, ...] = (
    Fault("plain", 0, 0, _A, "nothing; takes what the others leave"),
    # sound rows that come again: the later row gets duplicate, updated or quarantined
    Fault("sent_twice_here", 4, 4, _A, "the same row again some rows further down"),
    Fault("sent_twice_later", 4, 4, _A, "the same row again in the department's next file"),
    Fault("corrected_later", 5, 5, _A, "same key with changed content in the next file"),
    Fault("corrected_then_resent", 3, 3, _A, "corrected in the next file, the first version sent again in the one after"),
    # harmless dirt
    Fault("code_lower", 5, 5, _A, "lower-case letters in the code"),
    Fault("code_spaces", 4, 4, _A, "spaces inside the code"),
    Fault("code_newline", 3, 3, _A, "a line break inside the code"),
    Fault("code_tail", 3, 3, _A, "(1-1) behind the code, in either bracket width"),
    Fault("code_fullwidth", 2, 2, _A, "full-width digits and letters in the code"),
    Fault("name_spaces", 4, 4, _A, "stray spaces around and inside the name"),
    Fault("name_brackets", 2, 2, _A, "half-width brackets in a name registered with full-width ones"),
    Fault("name_former", 4, 4, _A, "a former name of the organisation"),
    Fault("named_like_person", 2, 2, _A, "an individual business whose registered name is only a person's"),
    Fault("date_style", 8, 8, _A, "2026.11.2, 2026年11月2日, 20261102, 2026-11-02 00:00:00 beside the file's own style"),
    Fault("date_serial", 4, 4, _A, "Excel's serial number instead of the date"),
    Fault("date_fullwidth", 2, 2, _A, "full-width digits in dates"),
    Fault("docno_brackets", 8, 8, _A, "other brackets in the document number: [] () 【】 ﹝﹞"),
    Fault("amount_fullwidth", 2, 0, _A, "full-width digits in the fine"),
    Fault("amount_in_yuan", 3, 0, _A, "the fine in yuan where 万元 is asked for (accepted; a note above 10,000)"),
    Fault("end_1900", 4, 0, _A, "1900-01-01 as end of publication, which is computed anyway"),
    Fault("id_in_text", 3, 3, _A, "an identity number inside free text (to be masked)"),
    Fault("phone_in_text", 3, 3, _A, "a mobile number inside free text (to be masked)"),
    Fault("person_in_text", 3, 3, _A, "a third person's name inside free text"),
    Fault("both_punished", 2, 0, _A, "the decision also fines a responsible person, in the text"),
    Fault("blank_cells_behind", 2, 2, _A, "empty cells behind the last column"),
    # quarantined
    Fault("placeholder_code", 3, 3, _Q, "00000000000000000X for an individual business"),
    Fault("name_of_another", 3, 3, _Q, "the name belongs to another organisation than the code"),
    Fault("authority_unknown", 2, 2, _Q, "the deciding authority is in no register (its code is valid)"),
    # accepted under the code the name leads to
    Fault("check_digit", 3, 3, _A, "wrong check character in the code; the name is right, so it is linked"),
    Fault("code_masked", 1, 1, _A, "**** inside the code; the name is right, so it is linked"),
    # rejected
    Fault("missing_required", 5, 5, _R, "a required value is missing, each field in turn"),
    Fault("date_1900", 1, 1, _R, "1900-01-01 as date of the decision"),
    Fault("date_future", 1, 1, _R, "date of the decision a year ahead"),
    Fault("date_order", 1, 1, _R, "the end lies before the beginning"),
    Fault("date_impossible", 1, 1, _R, "a day that does not exist, such as 2026-02-30"),
    Fault("other_without_detail", 2, 2, _R, "其他 without saying what"),
    Fault("kind_mismatch", 1, 1, _R, "category and code contradict each other (92 and 法人及非法人组织)"),
    Fault("fine_missing", 2, 0, _R, "罚款 without an amount"),
    Fault("too_many_cells", 2, 2, _R, "a row with more cells than the header"),
    Fault("person_fields_filled", 1, 1, _R, "a person's document type given for an organisation"),
    Fault("choice_unknown", 0, 0, _R, "a word that is not among the choices (items beside the two)"),
    # persons
    Fault("natural_person", 4, 4, _P, "category 自然人, a person's name and number"),
    Fault("person_without_code", 3, 3, _P, "a person's name without a code, under another category"),
    Fault("professional_licence", 0, 3, _P, "a licence to practise, held by a person"),
)  # fmt: skip

LINKED = ("check_digit", "code_masked")
"""Kinds whose organisation is found by its name, where rows of the item may be linked at all."""

CLEAN_SHARES = {
    "check_digit": 2, "missing_required": 1, "placeholder_code": 1, "name_of_another": 1, "natural_person": 1,
    "sent_twice_here": 2,
}  # fmt: skip
"""In clean files (for measuring) 8 in 400 records: 2 %."""

ITEM_SHARES = {
    "sent_twice_here": 4, "sent_twice_later": 4, "code_lower": 4, "code_spaces": 4, "code_tail": 3, "code_fullwidth": 2,
    "name_spaces": 4, "date_style": 8, "date_serial": 4, "id_in_text": 3, "phone_in_text": 3, "blank_cells_behind": 2,
    "name_of_another": 3, "authority_unknown": 2, "check_digit": 3, "code_masked": 1, "missing_required": 4,
    "date_1900": 1, "date_future": 1, "date_impossible": 1, "choice_unknown": 2, "too_many_cells": 2,
    "natural_person": 3, "person_without_code": 3,
}  # fmt: skip
"""Records of each kind among 400 of any other item, where its rules have an answer to it."""

_SLOPPY = {_R: 3, _Q: 3}
_NUMBERS = {f.tag: i for i, f in enumerate(FAULTS)}


def fault_number(tag: str) -> int:
    """The number of a kind, as stored in columns."""
    return _NUMBERS[tag]


def is_fault(*tags: str) -> pl.Expr:
    """The rows with a fault of one of these kinds."""
    numbers = [fault_number(tag) for tag in tags]
    return pl.col("_fault") == numbers[0] if len(numbers) == 1 else pl.col("_fault").is_in(numbers)


class FaultCycle:
    """Which kind record ``number`` of an item is, and how many of a kind lie in a range of numbers.

    A sloppy department has three times as many rows that are rejected or quarantined, and twice as many that come
    again; otherwise its cycle is the others'.
    """

    def __init__(
        self, *, seed: int, item: str, clean: bool, without: Collection[str] = (),
        shares: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        """``without``: kinds that a very small city cannot show, because it has no such organisation. ``shares``:
        those of an item beside the two of the double publicity."""
        if shares is None:
            shares = {f.tag: (CLEAN_SHARES.get(f.tag, 0) if clean else f.share(item)) for f in FAULTS[1:]}
        shares = {tag: share for tag, share in shares.items() if tag not in without}
        self._place = affine(seed, f"{item}/faults", CYCLE)
        more = {tag: share * _times(tag) for tag, share in shares.items()}
        self._tags = tuple(
            self._dealt(each, f"{seed}/{item}/faults") for each in (shares, shares if clean else more)
        )
        self._kinds = pl.Series([_NUMBERS[t] for tags in self._tags for t in tags], dtype=pl.UInt8)

    def _dealt(self, shares: Mapping[str, int], purpose: str) -> list[str]:
        cycle = [tag for tag, share in shares.items() for _ in range(share)]
        cycle += ["plain"] * (CYCLE - len(cycle))
        random.Random(purpose).shuffle(cycle)
        return [cycle[self._place.of(i)] for i in range(CYCLE)]

    def kind(self, number: pl.Expr, sloppy: pl.Expr | None = None) -> pl.Expr:
        """The kind's number for each record number; ``sloppy`` says of which cycle."""
        at = number % CYCLE
        if sloppy is not None:
            at = at + sloppy.cast(pl.UInt64) * CYCLE
        return pl.lit(self._kinds).gather(at)

    def count(self, tags: Iterable[str], start: int, stop: int, *, sloppy: bool = False) -> int:
        """How many records of these kinds lie in ``start`` … ``stop − 1``."""
        wanted, own = set(tags), self._tags[sloppy]
        whole, rest = divmod(stop - start, CYCLE)
        found = sum(t in wanted for t in own) * whole
        return found + sum(own[(start + i) % CYCLE] in wanted for i in range(rest))


def _times(tag: str) -> int:
    """How many times as often a sloppy department sends such a row."""
    if tag in LINKED:
        return _SLOPPY[_R]
    return 2 if tag.startswith("sent_twice") else _SLOPPY.get(FAULTS[_NUMBERS[tag]].outcome, 1)
