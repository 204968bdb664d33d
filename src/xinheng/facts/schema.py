"""The columns of facts, exactly: what every engine reads, and empty tables of it.

A fact is one statement as narrow integers, with no text of it. What can be asked of a statement's content is folded into
`what`, the id of a distinct tuple (item, kind, grade, class, side); what can be asked of its standing are integers beside it.
Days are days since 1970-01-01; money is fen.
"""

from __future__ import annotations

import polars as pl

VERSION = 2
NEVER = 2_147_483_647
"""A day that does not come: no end of counting, no earliest repair."""
OVER = 0
"""An `until` that is always past: the entry came in when its days were over already."""
UNKNOWN = -1
"""An unknown month of founding, an unknown size, no authority."""
HELD, REPAIRED, ENDED, SUPPRESSED = 0, 1, 2, 3
STATES = {
    "held": HELD, "repaired": REPAIRED, "superseded": ENDED, "annulled": ENDED, "suppressed": SUPPRESSED,
}  # fmt: skip

ORGS: dict[str, type[pl.DataType]] = {
    "org": pl.Int32,             # dense from 0, never given to another code while the facts stand
    "uscc": pl.String,
    "kind": pl.String,           # first two characters of the code: 91, 93, N1, 51 …; "" for an old number
    "region": pl.String,         # division code as registered, "" where none is known
    "county": pl.String,         # its first six digits
    "industry": pl.String,       # first letter of the industry, "" where not known
    "established_ym": pl.Int32,  # year * 12 + month - 1; UNKNOWN
    "active": pl.Boolean,        # not deregistered, revoked or moved away
    "size_band": pl.Int8,        # UNKNOWN: no register here tells the size
}  # fmt: skip
FACTS: dict[str, type[pl.DataType]] = {
    "statement": pl.Int64,
    "org": pl.Int32,
    "what": pl.Int16,
    "ym": pl.Int32,              # of the decision: year * 12 + month - 1
    "day": pl.Int8,              # of the decision: day of the month
    "decided": pl.Int32,
    "until": pl.Int32,           # the last day it counts; NEVER, OVER
    "repair_from": pl.Int32,     # the first day repair may be asked for; NEVER
    "due": pl.Int32,             # the last day a commitment is to be fulfilled; NEVER where none is told
    "amount": pl.Int64,          # the fine, or the one sum of money of its item; 0
    "authority": pl.Int32,       # place in authorities.json; UNKNOWN
    "decision": pl.Int64,        # equal for the same decision of the same organisation
    "primary": pl.Boolean,       # one fact of a decision, the one that stands
    "state": pl.Int8,            # HELD, REPAIRED, ENDED (replaced or annulled), SUPPRESSED
    "disputed": pl.Boolean,      # an objection nobody has decided
    "known": pl.Int64,           # ledger position of the entry that took it in
}  # fmt: skip
GONE: dict[str, type[pl.DataType]] = {"statement": pl.Int64}


def empty_orgs() -> pl.DataFrame:
    """No organisation, in the columns of organisations."""
    return pl.DataFrame(schema=ORGS)


def empty_facts() -> pl.DataFrame:
    """No fact, in the columns of facts."""
    return pl.DataFrame(schema=FACTS)


def orgs_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Organisations from rows that name only what matters: the rest as for an active enterprise nothing is known of."""
    usual = {
        "uscc": "", "kind": "91", "region": "", "county": "", "industry": "", "established_ym": UNKNOWN, "active": True,
        "size_band": UNKNOWN,
    }  # fmt: skip
    return pl.DataFrame([{"org": place, **usual, **row} for place, row in enumerate(rows)], schema=ORGS)


def facts_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Facts from rows that name only what matters: `org`, `what`, `decided` (days); the rest as for a held fact.

    `ym` and `day` follow from `decided` where not given; every row is a decision of its own.
    """
    usual = {
        "until": NEVER, "repair_from": NEVER, "due": NEVER, "amount": 0, "authority": UNKNOWN, "primary": True, "state": HELD,
        "disputed": False, "known": 0, "ym": None, "day": None,
    }  # fmt: skip
    full = [{"statement": place + 1, "decision": place + 1, **usual, **row} for place, row in enumerate(rows)]
    day = pl.col("decided").cast(pl.Date)
    return pl.DataFrame(full, schema=FACTS).with_columns(
        pl.coalesce("ym", month_of(day)).alias("ym"), pl.coalesce("day", day.dt.day()).alias("day")
    )


def month_of(day: pl.Expr) -> pl.Expr:
    """A date's month as one number: year * 12 + month - 1."""
    return (day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1).cast(pl.Int32)
