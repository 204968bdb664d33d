"""One slice of rows, one transaction: what is on file decides whether a row is new, repeated, changed or superseded.

The slices follow from the file alone: the rows of a chunk by key and, under one key, in the order of the file; inside a
slice *rounds*, so that one transaction never holds two versions of the same decision. A resumed run meets the same
slices in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import batches, kept
from xinheng.intake.faults import OK, PERSONAL, QUARANTINED, REJECTED
from xinheng.intake.linkwords import AUTOMATIC, JUDGED
from xinheng.intake.models import Batch
from xinheng.intake.shaping import with_headers
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.records import service as records

# A new row writes two rows (statement and standing), a changed one two more (closing a standing, opening the
# superseded one). A slice of nothing but changes stays below the 20,000 rows of a transaction; of new rows, two do
SLICE = 4_900
TAKEN_BACK = ("linkage.undone", "linkage.reversed")
ACCEPTED, UPDATED, DUPLICATE = "accepted", "updated", "duplicate"
WRITTEN = [
    "item", "uscc", "authority", "decided_on", "key", "digest", "public", "shared", "restricted",
    "severity", "show_from", "show_until", "repair_from", "rule",
]  # fmt: skip


def units(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of a chunk's rows, and their rounds. `_writable` marks rows that have a key at all, by the file alone.

    Within a slice, a row opens a further round when an earlier row of the slice has its key and something else was
    said in between; equal neighbours stay together. (The key holds the subject's code: it alone tells decisions apart.)
    """
    # Neighbours by key: a slice then touches few pages of the index, and each page is written once a chunk
    rows = rows.sort("uscc", "key", "_row", nulls_last=True)
    for start in range(0, rows.height, SLICE):
        part = rows.slice(start, SLICE)
        if _one_round(part):
            yield part
            continue
        keyed = part.select("key", "digest", "_writable").with_row_index("at").filter("_writable")
        changes = keyed.select(
            "at",
            (pl.col("digest") != pl.col("digest").shift(1)).over("key").fill_null(False)
            .cast(pl.Int32).cum_sum().over("key").alias("round"),
        )  # fmt: skip
        rounds = pl.zeros(part.height, dtype=pl.Int32, eager=True).scatter(changes["at"], changes["round"])
        for round_ in range(int(rounds.max() or 0) + 1):  # type: ignore[arg-type]
            yield part.filter(rounds == round_)


def joined(one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame | None:
    """Two slices as one transaction, where no decision stands in both with different words; else None.

    Fewer commits write the same index pages fewer times. The numbering of slices is not touched by it.
    """
    both = pl.concat([one, two])
    return both if _one_round(both) else None


def _one_round(part: pl.DataFrame) -> bool:
    keyed = part.select("key", "digest", "_writable").filter("_writable")
    return keyed["key"].n_unique() == keyed.select("key", "digest").n_unique()


class TooManyChanges(Exception):
    """Two slices together would exceed the rows of a transaction: they are written one by one."""


@dataclass
class Answered:
    """Rows of a unit with their final `_outcome`; `_problems` told by what is on file are added."""

    rows: pl.DataFrame
    changed: list[int]


def write_slices(
    rows: pl.DataFrame, *, batch: Batch, first: int, after: int, item: law.Item, event: evidence.OpenEvent
) -> None:
    """Answers the rows of slices `first` … `after` - 1, writes what is new and the kept part, moves the batch on.

    `rows` has `_row`, `_outcome`, `_problems`, `_notes`, the shaped columns and the kept cells (`kept:<field>`).
    Raises `TooManyChanges` before it writes anything.
    """
    evidence.lock("records.keys")
    batches.must_be_here(batch, first)
    answered = _answer(rows)
    new = answered.rows.filter(pl.col("_outcome").is_in([ACCEPTED, UPDATED]))
    if event.rows + 2 * new.height + 2 * len(answered.changed) + 1 > evidence.MAX_ROWS:
        raise TooManyChanges
    counts = batches.as_counts(answered.rows["_outcome"].value_counts().iter_rows())
    counts.update(new["timeliness"].value_counts().iter_rows())
    copy = _kept(answered.rows, item)
    # Left by a run that was killed before it committed them; no other run can be here now
    kept.drop_after(batch.number, first)
    # The kept part is in place before the commit (a commit never speaks of a part that is not there) and is written
    # while the database takes the rows
    with ThreadPoolExecutor(max_workers=1) as beside:
        part = beside.submit(kept.write_part, batch.number, first, copy)
        records.restand(event=event, statement_ids=answered.changed, state="superseded")
        shaped = with_headers(new, item=item, batch=batch.number, received_on=batch.received_on)
        records.write(event=event, frame=shaped.with_columns(pl.lit(item.code).alias("item")).select(WRITTEN))
        records.inherit(event=event, statement_ids=answered.changed)
        _tell_linkage(answered.rows, batch, item, event)
        batches.add(batch, counts)
        batch.done_slices = after
        batches.bind(batch, event)
        event.detail["slices"] = [first, after]
        event.detail["counts"] = {name: count for name, count in counts.items() if count}
        part.result()


def _tell_linkage(rows: pl.DataFrame, batch: Batch, item: law.Item, event: evidence.OpenEvent) -> None:
    """Which rows came in under the code they were linked to, and which wait for a person: in the rows' own event."""
    if "_how" not in rows.columns:
        return
    told = rows.select(
        pl.lit(batch.number).alias("batch"), pl.col("_row").alias("row"), pl.lit(item.code).alias("item"),
        pl.lit(batch.source).alias("source"), pl.col("_asked_name").alias("name"), pl.col("_asked_code").alias("code"),
        pl.col("_asked_code").alias("asked_code"), "uscc", pl.col("_how").alias("how"),
        pl.col("_confidence").alias("confidence"), pl.col("_reason").alias("reason"),
        pl.col("_candidates").alias("candidates"), "_outcome",
    )  # fmt: skip
    taken = told.filter(
        pl.col("_outcome").is_in([ACCEPTED, UPDATED]) & pl.col("how").is_in([AUTOMATIC, JUDGED])
    )
    if taken.height:
        keys = [linkage.asked_key(name, code) for name, code in taken.select("name", "code").iter_rows()]
        taken = taken.with_columns(pl.Series("key", keys, dtype=pl.String))
        linkage.record(
            event=event,
            links=taken.select("batch", "row", "item", "source", "name", "asked_code", "uscc", "key", "how", "confidence", "reason"),
        )  # fmt: skip
    doubtful = told.filter((pl.col("_outcome") == QUARANTINED) & (pl.col("how") == "human")).sort("row")
    if doubtful.height:
        linkage.propose(
            event=event,
            rows=doubtful.select("batch", "row", "item", "source", "name", "code", "candidates", "reason"),
        )


def _kept(rows: pl.DataFrame, item: law.Item) -> pl.DataFrame:
    """The kept copy: rows about persons are absent altogether, rows of erased decisions come without content."""
    gone = records.is_erased(rows.select("uscc", "key"))
    names = [one.code for one in item.fields if one.scope != "drop"]
    cells = [pl.col(f"kept:{name}").alias(name) for name in names]
    if gone.any():
        rows = rows.with_columns(gone.alias("gone"))
        cells = [
            pl.when("gone").then(pl.lit("")).otherwise(cell).alias(name)
            for name, cell in zip(names, cells, strict=True)
        ]
    return rows.filter(pl.col("_outcome") != PERSONAL).select(*kept.HEAD, *cells)


def _answer(rows: pl.DataFrame) -> Answered:
    """Outcomes by what is on file for the rows nothing stands against so far."""
    open_ = (
        rows.select("_outcome", "uscc", "key", "digest").with_row_index("at").filter(pl.col("_outcome") == OK)
    )
    first = open_["key"].is_first_distinct()
    leads = open_.filter(first)
    found = _without_undone(records.find(leads.select("uscc", "key")), rows)
    erased = records.is_erased(leads)
    if found.is_empty() and not erased.any():
        outcomes = pl.Series([DUPLICATE, ACCEPTED]).gather(first.cast(pl.UInt32))
        return Answered(_with_outcomes(rows, open_["at"], outcomes), [])
    verdicts = _verdicts(leads, found).with_columns(
        pl.when(erased).then(pl.lit(REJECTED)).otherwise("outcome").alias("outcome"),
        pl.when(erased).then(pl.lit("erased-row")).otherwise("reason").alias("reason"),
    )
    judged = open_.select("at", "key", first.alias("first")).join(
        verdicts.select("key", "outcome", "reason", "other", "held_id"),
        on="key",
        how="left",
        maintain_order="left",
    )
    # Further rows that say the same in this file repeat the first one; what keeps that one out keeps them out too
    again = ~pl.col("first") & pl.col("outcome").is_in([ACCEPTED, UPDATED])
    judged = judged.with_columns(pl.when(again).then(pl.lit(DUPLICATE)).otherwise("outcome").alias("outcome"))
    rows = _with_outcomes(rows, judged["at"], judged["outcome"])
    told = _told(judged.filter(pl.col("reason") != ""))
    if told.height:
        more = (
            rows.select("_problems")
            .with_row_index("at")
            .join(told, on="at", how="left", maintain_order="left")
        )
        rows = rows.with_columns(
            more.select(
                pl.when(pl.col("told").is_null()).then("_problems").otherwise(pl.concat_list("_problems", "told"))
            ).to_series().alias("_problems")
        )  # fmt: skip
    return Answered(rows, verdicts.filter(pl.col("outcome") == UPDATED)["held_id"].to_list())


def _without_undone(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What is on file, less statements that were annulled only because a link was undone, where a person has judged
    since that the row does belong there."""
    annulled = found.filter(pl.col("state") == "annulled")
    if annulled.is_empty() or "_how" not in rows.columns:
        return found
    judged = rows.filter(pl.col("_how") == JUDGED).select("uscc", "key").unique()
    ids = annulled.join(judged, on=["uscc", "key"], how="semi")["statement_id"].to_list()
    standing = records.open_standing(ids) if ids else None
    if standing is None:
        return found
    undone = [
        statement
        for statement, row in standing.select("statement_id", "id").iter_rows()
        if evidence.entry_of(evidence.event_of(row)).kind in TAKEN_BACK
    ]
    return found.filter(~pl.col("statement_id").is_in(undone))


def _with_outcomes(rows: pl.DataFrame, at: pl.Series, outcomes: pl.Series) -> pl.DataFrame:
    return rows.with_columns(rows["_outcome"].clone().scatter(at, outcomes).alias("_outcome"))


def _verdicts(leads: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """For each key: outcome, reason, the statement it is measured against (`other`) and the one that stands.

    What was repaired, or is suspended, still stands on file: a row that says the same repeats it, and one that says
    something else waits for a person. Neither brings it back into publication.
    """
    held = (
        found.filter(pl.col("state") == "held")
        .sort("statement_id")
        .unique("key", keep="last")
        .select("key", pl.col("digest").alias("held_digest"), pl.col("statement_id").alias("held_id"))
    )
    old = found.filter(pl.col("state") != "held")
    annulled = (
        old.filter(pl.col("state") == "annulled")
        .group_by("key")
        .agg(pl.col("statement_id").max().alias("annulled_id"))
    )
    ended = (
        found.filter(pl.col("state").is_in(["repaired", "suppressed"]))
        .sort("statement_id")
        .unique("key", keep="last")
        .select(
            "key",
            pl.col("digest").alias("ended_digest"),
            pl.col("statement_id").alias("ended_id"),
            pl.col("state").alias("ended_as"),
        )
    )
    repeated = (
        old.filter(~pl.col("state").is_in(["repaired", "suppressed"]))
        .join(leads.select("key", "digest"), on=["key", "digest"], how="semi")
        .group_by("key")
        .agg(pl.col("statement_id").max().alias("old_id"))
    )
    rows = leads
    for facts in (held, annulled, ended, repeated):
        rows = rows.join(facts, on="key", how="left", maintain_order="left")
    stands = pl.col("held_id").is_not_null()
    ended_now = ~stands & pl.col("ended_id").is_not_null()
    same = (pl.col("held_digest") == pl.col("digest")).fill_null(False)
    same = same | (ended_now & (pl.col("ended_digest") == pl.col("digest")).fill_null(False))
    superseded = pl.col("old_id").is_not_null() & ~same
    repaired = ended_now & ~same & ~superseded
    withdrawn = ~stands & pl.col("annulled_id").is_not_null() & ~superseded & ~ended_now
    return rows.with_columns(
        pl.when(same).then(pl.lit(DUPLICATE))
        .when(superseded | withdrawn | repaired).then(pl.lit(QUARANTINED))
        .when(stands).then(pl.lit(UPDATED))
        .otherwise(pl.lit(ACCEPTED)).alias("outcome"),
        pl.when(superseded).then(pl.lit("superseded-version"))
        .when(withdrawn).then(pl.lit("annulled-decision"))
        .when(repaired).then(pl.col("ended_as") + "-decision")
        .otherwise(pl.lit("")).alias("reason"),
        pl.when(superseded).then("old_id").when(withdrawn).then("annulled_id").when(repaired).then("ended_id")
        .otherwise(pl.lit(None, dtype=pl.Int64)).alias("other"),
    )  # fmt: skip


_REASONS = {
    "superseded-version": (
        "内容与已被更新取代的旧版本相同({place}),未入库",
        "如新版本有误需要恢复原内容,请以更正后的新文本报送并在备注中说明;误发旧文件的不需要处理。",
    ),
    "annulled-decision": (
        "该决定的记录已被撤销({place}),未入库",
        "决定确实有效的,请联系信用主管部门核实后处理。",
    ),
    "repaired-decision": (
        "该决定已完成信用修复，内容与在册记录不同（{place}），未入库",
        "重复报送旧文件的不需要处理；决定内容确有变更的，请联系信用主管部门核实后处理。",
    ),
    "suppressed-decision": (
        "该决定正在暂停公示期间，内容与在册记录不同（{place}），未入库",
        "重复报送旧文件的不需要处理；决定内容确有变更的，请联系信用主管部门核实后处理。",
    ),
    "erased-row": ("该记录已依法删除,不再接收", "不需要处理;有异议的请联系信用主管部门。"),
}  # fmt: skip


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """Problems of rows kept out by what is on file: `at` and a list of one problem."""
    ids = [other for other in rows["other"].unique().to_list() if other is not None]
    places = {
        statement_id: "批次 {} 第 {} 行,{} 收到".format(*parts.source)
        for statement_id, parts in records.statements(ids).items()
    }
    told = []
    for at, reason, other in rows.select("at", "reason", "other").iter_rows():
        message, remedy = _REASONS[reason]
        place = places.get(other, "以前的批次")
        told.append(
            (at, [{"field": "", "code": reason, "message": message.format(place=place), "remedy": remedy}])
        )
    return pl.DataFrame(told, schema={"at": pl.UInt32, "told": pl.List(kept.PROBLEM)}, orient="row")
