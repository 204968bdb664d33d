"""What a batch tells the register, before it is closed: renamings, statuses, public bodies, successions.

Read from the kept copy, so an interrupted run tells all of it in the end, and telling it twice changes nothing
(docs/decisions/0010-registration-events-feed-the-register.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from xinheng.intake import columns, kept
from xinheng.intake.cells import canonical_choice
from xinheng.records import service as records
from xinheng.register import service as register

if TYPE_CHECKING:
    from xinheng.law import service as law

TAKEN = ("accepted", "updated")


def tell_register(*, batch: str, item: law.Item, pack: str, at: datetime, actor: str) -> None:
    """Tells the register what the accepted rows of a batch say, in the order of their days. For items with a feed."""
    feed = item.feed
    if feed is None:
        return
    events = _events(batch, item, feed)
    if events.is_empty():
        return
    # One event a code at a time: the second of a file stands on what the first one left
    for turn in _turns(events):
        register.learn(events=turn, at=at, actor=actor, provision=item.code, pack=pack)
    pairs = (
        events.filter(pl.col("successor") != "").select("code", "successor", "on").unique(maintain_order=True)
    )
    register.succeed(
        pairs=[(old, new, date.fromisoformat(day)) for old, new, day in pairs.iter_rows()],
        at=at, actor=actor, provision=item.code, pack=pack,
    )  # fmt: skip


def _events(batch: str, item: law.Item, feed: law.RegisterFeed) -> pl.DataFrame:
    """The accepted rows as `register.learn` takes them, oldest first, with `successor` beside."""
    fields = {
        "code": feed.code, "name": feed.name, "former": feed.former, "on": feed.on, "event": feed.event,
        "kind": feed.kind, "region": feed.region, "industry": feed.industry, "successor": feed.successor,
    }  # fmt: skip
    wanted = [code for code in dict.fromkeys(fields.values()) if code]
    parts = [
        part.filter(pl.col("_outcome").is_in(TAKEN))
        for part in kept.read(batch, columns=["_row", "_outcome", *wanted])
    ]
    lead: list[pl.Expr] = [pl.col("_row")]
    lead += [
        (pl.col(code) if code else pl.lit("")).fill_null("").alias(name) for name, code in fields.items()
    ]
    rows = pl.concat(parts).select(lead).filter(pl.col("code") != "")
    rows = rows.with_columns(
        columns.clean_codes(rows["code"]).values.alias("code"),
        columns.clean_codes(rows["successor"]).values.alias("successor"),
        columns.dates(rows["on"]).values.dt.to_string("%Y-%m-%d").fill_null("").alias("on"),
        columns.on_distinct(
            rows["event"],
            lambda cell: canonical_choice(item.by_code[feed.event], cell),
            where=rows["event"] != "",
        ).values.alias("event"),
    )
    newest = records.newest(item=item.code, usccs=rows["code"].unique().to_list())
    event = pl.col("event")
    return rows.with_columns(
        event.is_in(list(feed.renames)).alias("renames"),
        event.is_in(list(feed.registers)).alias("registers"),
        event.replace_strict(dict(feed.statuses), default="", return_dtype=pl.String).alias("status"),
        pl.when(event.is_in(list(feed.founds))).then("on").otherwise(pl.lit("")).alias("established_on"),
        pl.when(event.is_in(list(feed.renames))).then("former").otherwise(pl.lit("")).alias("former"),
        pl.col("code").replace_strict(newest, default="", return_dtype=pl.String).alias("newest"),
    ).sort("on", "_row")


def _turns(events: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """First every code's first event, then every code's second …"""
    numbered = events.with_columns(pl.int_range(pl.len()).over("code").alias("turn"))
    for turn in range(int(numbered["turn"].max() or 0) + 1):  # type: ignore[arg-type]
        yield numbered.filter(pl.col("turn") == turn).drop("turn")
