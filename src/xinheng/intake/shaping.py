"""Rows as stored: three byte strings of values in schema order, and the two numbers that recognise a row again.

The same definitions as `records.derivation`, for many rows at once (property-tested equal).
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from xinheng.intake.columns import docno_keys
from xinheng.kernel.values import SEPARATOR

if TYPE_CHECKING:
    from xinheng.law import service as law

GROUP = "\x1d"
PARTS = ("public", "shared", "restricted")


def bodies(values: pl.DataFrame, item: law.Item) -> pl.DataFrame:
    """`public`, `shared`, `restricted` as text without headers, with `key` and `digest` (Int64) beside them.

    `values` has every stored field of the item as text, "" where absent. A scope without fields has no body.
    """
    texts = {
        scope: pl.concat_str(list(item.scopes[scope]), separator=SEPARATOR)
        if item.scopes[scope]
        else pl.lit(None, dtype=pl.String)
        for scope in PARTS
    }
    frame = values.select(**texts)
    content = frame.select(pl.concat_str([pl.col(scope).fill_null("") for scope in PARTS], separator=GROUP))
    return frame.with_columns(
        _short_hashes(key_text(values, item)).alias("key"), _short_hashes(content.to_series()).alias("digest")
    )


def key_text(values: pl.DataFrame, item: law.Item) -> pl.Series:
    """What the key is the hash of: item and key values, the document number in its comparable spelling."""
    spelled = [
        docno_keys(values[code]) if code in item.document_number else values[code] for code in item.key
    ]
    return (
        pl.DataFrame({str(at): one for at, one in enumerate(spelled)})
        .select(
            pl.concat_str(
                [pl.lit(item.code), *(pl.col(str(at)) for at in range(len(spelled)))], separator=SEPARATOR
            )
        )
        .to_series()
    )


def _short_hashes(texts: pl.Series) -> pl.Series:
    """The first 8 bytes of SHA-256 of each text, as a signed integer."""
    # One Python call a row is the price of a standard hash; everything around it stays in columns
    digests = [sha256(content).digest()[:8] for content in texts.cast(pl.Binary).to_list()]
    return pl.Series(digests, dtype=pl.Binary).bin.reinterpret(dtype=pl.Int64, endianness="big")


def with_headers(frame: pl.DataFrame, *, item: law.Item, batch: str, received_on: date) -> pl.DataFrame:
    """The parts as bytes, headers in front. `frame` has `uscc`, `_row` and the three bodies."""
    lead = {
        "public": [pl.lit("1"), pl.lit(item.code), pl.lit(item.version), pl.col("uscc")],
        "shared": [
            pl.lit("1"),
            pl.lit(batch),
            pl.col("_row").cast(pl.String),
            pl.lit(received_on.isoformat()),
        ],
        "restricted": [pl.lit("1")],
    }
    return frame.with_columns(
        pl.concat_str([*head, *([pl.col(part)] if item.scopes[part] else [])], separator=SEPARATOR)
        .cast(pl.Binary)
        .alias(part)
        for part, head in lead.items()
    )
