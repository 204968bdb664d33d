"""What registration events tell the register, as versions like any other: a renaming, a status, a body not yet known.

The rules are those of a register file (`loading`): events only decide which row of such a file they stand for.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.kernel.text import norm_name
from xinheng.register import loading, store
from xinheng.register.cleaning import SEPARATOR
from xinheng.register.loading import LoadResult
from xinheng.register.policy_kinds import is_active

COLUMNS = (
    "code", "name", "former", "on", "renames", "registers", "status", "established_on", "kind", "region", "industry",
    "newest",
)  # fmt: skip
"""Text, but for the two flags: `on` the day of the event, `newest` the day of the latest event known of the code."""


def learn(*, events: pl.DataFrame, at: datetime, actor: str, provision: str, pack: str) -> LoadResult:
    """Takes events into the register, at most one a code (`COLUMNS`). Safe to repeat: what is known changes nothing.

    A renaming gives the new name from its day and keeps the old one searchable; one older than the name in force only
    adds former names. A status is taken as told, but an older event does not revive what has ended since. Only events
    that `register` an organisation add one that is not there.
    """
    held = store.entries("code", events["code"].to_list()).select(
        "code", pl.col("name").alias("held"), "since", pl.col("status").alias("was")
    )
    both = events.join(held, on="code", how="left", maintain_order="left")
    rows = [row for one in both.iter_rows(named=True) if (row := _row(one)) is not None]
    frame = pl.DataFrame(rows, schema=_RAW, orient="row").with_row_index("row", offset=1)
    frame = frame.with_columns(
        pl.col("row").cast(pl.Int64), pl.lit("").alias("short"), pl.lit(False).alias("misshapen")
    )
    digest = hashlib.sha256(evidence.frame_digest(frame).encode()).hexdigest()
    return loading.take(frame=frame, digest=digest, at=at, actor=actor, provision=provision, pack=pack)


_RAW = dict.fromkeys(
    ("code", "name", "former", "kind", "region", "area", "industry", "established_on", "status", "old_number",
     "changed_on"), pl.String,
)  # fmt: skip


def _row(one: dict[str, object]) -> tuple[str, ...] | None:
    """The row of a register file this event stands for; None where it tells the register nothing."""
    text = {name: str(value or "") for name, value in one.items()}
    if one["held"] is None:
        if not one["registers"]:
            return None
        return _told(
            text, name=text["name"], former=text["former"], changed=text["on"] if one["renames"] else ""
        )
    if not one["renames"]:
        return _told(text, name=text["held"], former="", changed="")
    if text["since"] > text["on"] and norm_name(text["name"]) != norm_name(text["held"]):
        earlier = SEPARATOR.join(filter(None, (text["former"], text["name"])))
        return _told(text, name=text["held"], former=earlier, changed="")
    return _told(text, name=text["name"], former=text["former"], changed=text["on"])


def _told(text: dict[str, str], *, name: str, former: str, changed: str) -> tuple[str, ...]:
    status = text["status"]
    if text["was"] and not is_active(text["was"]) and is_active(status) and text["on"] < text["newest"]:
        status = ""
    return (
        text["code"], name, former, text["kind"], text["region"], "", text["industry"], text["established_on"],
        status, "", changed,
    )  # fmt: skip
