"""Early warnings: organisations pointed out to inspectors, each with reasons, a basis and an end.

An aid, never a ground for anything by itself; no measure, no grade, on no public page and in no check. Rules are the pack's
(`warning.yaml`). A round looks at all organisations as sets; what it finds are candidates, and whoever reads the list is
shown only what the gate still opens on that day, a unit only organisations it has to do with (`seeing`). Individual
businesses are in no facts and in no warning.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import ibis
import polars as pl

from xinheng.evaluation import received_keeping as keeping
from xinheng.evaluation import received_sets as sets
from xinheng.evaluation import seeing
from xinheng.evaluation.received_errors import UnknownWarning
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

MAX_PAGE = 200
PART, PARTS = 50, 8
"""At least so many warnings are put to the gate together; a page looks through at most so many such parts."""
AUDIENCE = "authority"


@dataclass(frozen=True)
class WarnRound:
    """A round: for which day, at which ledger position of the facts, how many warnings, by rule. `repeated`: nothing changed since."""

    id: int
    on: date
    position: int
    warnings: int
    by_rule: tuple[tuple[str, int], ...]
    repeated: bool = False


@dataclass(frozen=True)
class Reason:
    """A statement behind a warning, as a body that shares it may see it. `due`: by when a commitment was to be fulfilled."""

    statement: int
    item: str
    names: tuple[str, str]
    title: str
    outcome: str
    authority: str
    authority_name: str
    decided_on: date | None
    until: date | None
    due: date | None


@dataclass(frozen=True)
class Warned:
    """An organisation under one rule. `facts` is how many statements fit, `reasons` the newest of them (at most 20).

    It stands from `since` to `until` at the latest. `look` says what an inspector may look at, `cited` what the rule rests on.
    """

    uscc: str
    name: str
    county: str
    rule: str
    names: tuple[str, str]
    look: tuple[str, str]
    cited: str
    since: date
    until: date
    facts: int
    reasons: tuple[Reason, ...]


def warn(*, at: datetime, actor: str = "platform") -> WarnRound:
    """Looks at all organisations on the day of `at` and leaves the list in the home, bound by one ledger event.

    The same answer under the same rules on the same day changes nothing (`repeated`). Older lists are deleted: a warning has an end.
    """
    on, pack = evidence.legal_day(at), law.active()
    snapshot = facts.open_facts(at=at)
    con = ibis.duckdb.connect()
    found = sets.warnings(
        facts=facts.relation(con, snapshot), orgs=facts.orgs_relation(con, snapshot), whats=snapshot.whats,
        rules=pack.warnings, on=on, subject_of=_subject, acting=seeing.acting_items(pack),
    )  # fmt: skip
    con.disconnect()
    codes = [rule.code for rule in pack.warnings]
    bodies = pl.element().replace_strict(
        dict(enumerate(snapshot.authorities)), default="", return_dtype=pl.String
    )
    frame = found.with_columns(
        pl.col("rule").replace_strict(dict(enumerate(codes)), return_dtype=pl.String),
        pl.col("bodies").list.eval(bodies).list.sort(),
    ).sort("uscc", "rule")
    asked = {"on": on.isoformat(), "position": snapshot.position, "pack": pack.digest}
    last, file = current(), _file()
    same_rules = last is not None and last.on == on and _pack_of(last.id) == pack.digest
    if last is not None and file is not None and same_rules and _read(file).equals(frame):
        return replace(last, repeated=True)
    return _keep(frame, asked, at, actor)


def _subject(prefix: str) -> str:
    return law.subject_of(register.kind_of(prefix.ljust(18, "0")))


def _keep(frame: pl.DataFrame, asked: dict[str, object], at: datetime, actor: str) -> WarnRound:
    folder = keeping.warnings_folder()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"new.{os.getpid()}"
    frame.write_parquet(fresh)
    counts = {str(rule): int(n) for rule, n in frame.group_by("rule").len().sort("rule").iter_rows()}
    act = evidence.Act(
        kind=keeping.WARNED, actor=actor, at=at, purpose="预警提示",
        detail={**asked, "warnings": frame.height, "by_rule": counts, "digest": keeping.digest_of(fresh)},
    )  # fmt: skip
    with evidence.event(act) as event:
        evidence.lock("evaluation.warn")
        id_ = event.id
    fresh.replace(folder / f"{id_}.parquet")
    for old in folder.glob("*.parquet"):
        if old.stem != str(id_):
            old.unlink(missing_ok=True)
    return WarnRound(
        id_,
        date.fromisoformat(str(asked["on"])),
        int(str(asked["position"])),
        frame.height,
        tuple(counts.items()),
    )


def current() -> WarnRound | None:
    """The round whose list is in the home; None before the first, and after an erasure until the next."""
    file = _file()
    if file is None:
        return None
    told = evidence.entry_of(int(file.stem)).body["detail"]
    return WarnRound(
        int(file.stem), date.fromisoformat(told["on"]), told["position"], told["warnings"],
        tuple(told["by_rule"].items()),
    )  # fmt: skip


def _pack_of(event: int) -> str:
    return str(evidence.entry_of(event).body["detail"]["pack"])


def _file() -> Path | None:
    folder = keeping.warnings_folder()
    files = sorted(folder.glob("*.parquet"), key=lambda one: int(one.stem)) if folder.is_dir() else []
    return files[-1] if files else None


@lru_cache(maxsize=2)
def _read(file: Path) -> pl.DataFrame:
    return pl.read_parquet(file)


def organisations(*, on: date, county: str = "", body: str | None = None) -> int:
    """How many organisations have a warning on a day, of one county (six digits) or of all, as the last round left it and
    as far as `body` may be told (as in `warned`). At most one query."""
    return _standing(on, body, county=county)["uscc"].n_unique()


def by_rule(*, on: date, body: str | None = None) -> tuple[tuple[str, int], ...]:
    """How many warnings of each rule stand on a day, as `organisations` counts."""
    counts = _standing(on, body).group_by("rule").len().sort("rule")
    return tuple((str(rule), int(n)) for rule, n in counts.iter_rows())


def warned(
    *, on: date, body: str | None = None, rule: str = "", county: str = "", uscc: str = "", after: str = "", limit: int = 50
) -> tuple[list[Warned], str]:  # fmt: skip
    """Warnings that stand on a day, by code and rule, and the key the list goes on after ("": at its end).

    `body` None is the office or the auditor, who are told all; an authority is told of organisations it decided against
    or inspected and those an entry of its own is a reason for, a county's unit in its county alone; "" is told nothing.
    Narrowed to a rule, a county (six digits) or one organisation. A reason that no longer stands is not shown, and a
    warning with too few left is not told. A page looks through so many warnings at most, so that it may hold few, or
    none, and still lead on. Raises `UnknownWarning` for a rule there is not or a key that cannot be read.
    """
    rules = {one.code: one for one in law.active().warnings}
    if rule and rule not in rules:
        raise UnknownWarning(f"没有「{rule[:40]}」这种预警。可选：{'、'.join(rules)}。")
    limit = max(1, min(limit, MAX_PAGE))
    frame = _after(_standing(on, body, rule=rule, county=county, uscc=uscc), after)
    found: list[Warned] = []
    for _ in range(PARTS):
        part, frame = frame.head(max(limit, PART)), frame.slice(max(limit, PART))
        found += _through_the_gate(part, rules, on, body)
        if len(found) >= limit or frame.is_empty():
            break
    # What is found beyond the page is read again with the next one: its key is that of the last one told
    if len(found) > limit:
        return found[:limit], f"{found[limit - 1].uscc}.{found[limit - 1].rule}"
    return found, f"{part['uscc'][-1]}.{part['rule'][-1]}" if frame.height else ""


def _standing(on: date, body: str | None, **narrowed: str) -> pl.DataFrame:
    """The candidates of the last round that stand on a day and that a body may be told of, by code and rule."""
    file, day = _file(), facts.day_number(on)
    if file is None or body == "":
        return pl.DataFrame(schema={**sets.WARNED, "rule": pl.String, "bodies": pl.List(pl.String)})
    wanted = [pl.col("until") >= day, pl.col("since") <= day, ~pl.col("uscc").str.starts_with("92")]
    wanted += [pl.col(column) == value for column, value in narrowed.items() if value]
    if body is not None:
        wanted.append(pl.col("bodies").list.contains(body))
        if own := seeing.county_of(body=body):
            wanted.append(pl.col("county") == own)
    return _read(file).filter(*wanted)


def _after(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    if not key:
        return frame
    code, mark, rule = key.partition(".")
    if not mark or not code.isalnum():
        raise UnknownWarning("页码标记不对：请从第一页重新查看。")
    return frame.filter((pl.col("uscc") > code) | ((pl.col("uscc") == code) & (pl.col("rule") > rule)))


def _through_the_gate(
    part: pl.DataFrame, rules: dict[str, law.WarningRule], on: date, body: str | None
) -> list[Warned]:
    entries = _entries({id_ for ids in part["statements"].to_list() for id_ in ids}, on)
    codes = part["uscc"].unique(maintain_order=True).to_list()
    names, acted = register.get(codes), seeing.acted_on(body=body, usccs=codes, on=on)
    told = []
    for row in part.iter_rows(named=True):
        rule = rules.get(row["rule"])
        live = [entries[id_] for id_ in row["statements"] if id_ in entries]
        beyond = row["facts"] - len(row["statements"])
        if rule is None or not live or len(live) + beyond < rule.at_least:
            continue
        if row["uscc"] not in acted and body not in {entry.authority for entry in live}:
            continue
        name = names[row["uscc"]].shown_name if row["uscc"] in names else row["uscc"]
        told.append(
            Warned(
                row["uscc"], name, row["county"], rule.code, (rule.name, rule.name_en), (rule.look, rule.look_en),
                rule.source.cited, facts.as_date(row["since"]), facts.as_date(row["until"]), len(live) + beyond,
                tuple(_reason(entry) for entry in live),
            )
        )  # fmt: skip
    return told


def _entries(ids: Iterable[int], on: date) -> dict[int, publication.Entry]:
    """What still counts of these statements: open to the bodies that share them, not suppressed, nobody disputes it."""
    found: dict[int, publication.Entry] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), publication.MAX_PAGE):
        part = wanted[start : start + publication.MAX_PAGE]
        found |= publication.by_ids(ids=part, audience=AUDIENCE, on=on)
    rests = {records.DISPUTED, "suppressed"}
    return {
        id_: entry for id_, entry in found.items()
        if not rests & set(entry.marks) and (entry.show_until is None or entry.show_until >= on)
    }  # fmt: skip


def _reason(entry: publication.Entry) -> Reason:
    item = law.active().items[entry.item]
    values = {"": "", **entry.values}
    return Reason(
        entry.id, entry.item, (item.name, item.name_en), values.get(item.card.title, ""),
        values.get(item.card.outcome, ""), entry.authority, values.get(item.authority_name, ""), entry.decided_on,
        entry.show_until, _due(item, values),
    )  # fmt: skip


def _due(item: law.Item, values: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(values.get(law.what_fields(item=item).due, ""))
    except ValueError:
        return None


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Cleaner of lawful erasure: a list that names an organisation of what was erased is deleted; the next round makes
    another without it."""
    file = _file()
    if file is None:
        return
    codes = {parts.uscc for parts in erased}
    if not _read(file).filter(pl.col("uscc").is_in(list(codes))).is_empty():
        _read.cache_clear()
        file.unlink(missing_ok=True)
