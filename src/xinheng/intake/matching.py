"""What only the register can tell: whether the agency is known, and whether name and code belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from xinheng.intake.columns import name_keys
from xinheng.intake.faults import Fault, fault_of
from xinheng.register import service as register

if TYPE_CHECKING:
    from xinheng.law import service as law

KINDS = ("registered_unit", "subject_matches_register", "former_name_registered")


class Registered:
    """What the register says about the codes met so far in this run: each code is asked about once.

    Holds one small row per code met and per name of it, however long the file is.
    """

    def __init__(self, ask: Callable[[Iterable[str]], pl.DataFrame] = register.names_frame) -> None:
        self._ask = ask
        self._asked: set[str] = set()
        self._known: set[str] = set()
        self._names = pl.DataFrame(schema={"code": pl.String, "norm": pl.String})

    def known(self, codes: pl.Series) -> pl.Series:
        """Those of these codes that are registered, each once."""
        distinct = codes.unique()
        new = [code for code in distinct.to_list() if code not in self._asked]
        if new:
            found = self._ask(new).select("code", "norm").unique()
            self._asked.update(new)
            self._known.update(found["code"].to_list())
            self._names = pl.concat([self._names, found])
        return distinct.filter(
            pl.Series([code in self._known for code in distinct.to_list()], dtype=pl.Boolean)
        )

    def carries(self, rows: pl.DataFrame) -> pl.Series:
        """For rows of (code, norm): whether the code carries or carried that name. Ask `known` about them before."""
        marked = self._names.with_columns(pl.lit(True).alias("carries"))
        return rows.join(marked, on=["code", "norm"], how="left", maintain_order="left")["carries"].fill_null(
            False
        )


def against_register(
    values: pl.DataFrame,
    valid: dict[str, pl.Series],
    *,
    item: law.Item,
    rules: Iterable[law.Rule],
    registered: Registered,
    texts: dict[str, pl.Series] | None = None,
) -> Iterator[Fault]:
    """Faults of the rules that ask the register.

    `values` has the code columns and `_name_key` (norm_name of the subject's name); `valid` says per code field where
    the code is a valid one: an invalid code was told already; `texts` are the cells of the other fields.
    """
    for rule in rules:
        if rule.kind == "registered_unit":
            for code in rule.fields:
                missing = valid[code] & ~values[code].is_in(
                    registered.known(values[code].filter(valid[code])).implode()
                )
                if missing.any():
                    yield fault_of(rule, item, code, missing)
        elif rule.kind == "subject_matches_register":
            yield from _subject(rule, values, valid, item, registered)
        elif rule.kind == "former_name_registered" and texts is not None:
            yield from _former(rule, values, valid, item, registered, texts)


def _subject(
    rule: law.Rule, values: pl.DataFrame, valid: dict[str, pl.Series], item: law.Item, registered: Registered
) -> Iterator[Fault]:
    code = rule.params["code"]
    sure = valid[code]
    known = values[code].is_in(registered.known(values[code].filter(sure)).implode())
    # The register keeps keys of at most 200 characters
    carries = registered.carries(
        values.select(pl.col(code).alias("code"), pl.col("_name_key").str.slice(0, 200).alias("norm"))
    )
    for verdict, where in (("mismatch", sure & known & ~carries), ("unknown", sure & ~known)):
        if where.any():
            yield fault_of(rule, item, rule.fields[0], where, verdict=verdict)


def _former(
    rule: law.Rule,
    values: pl.DataFrame,
    valid: dict[str, pl.Series],
    item: law.Item,
    registered: Registered,
    texts: dict[str, pl.Series],
) -> Iterator[Fault]:
    """A renaming must tell a name that the code carries or carried: a code alone may be somebody else's."""
    code = rule.params["code"]
    asked = texts[rule.params["if_field"]].is_in(list(rule.params["contains"])) & valid[code]
    registered.known(values[code].filter(asked))
    for field in rule.fields:
        names = name_keys(texts[field]).str.slice(0, 200)
        carries = registered.carries(values.select(pl.col(code).alias("code"), names.alias("norm")))
        where = asked & (texts[field] != "") & ~carries
        if where.any():
            yield fault_of(rule, item, field, where)
