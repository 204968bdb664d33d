"""Early warnings: organisations pointed out to inspectors, each with reasons, a basis and an end.

An aid, never a ground for anything by itself; no measure, no grade, on no public page and in no check. Rules are the pack's
(`warning.yaml`). A round looks at all organisations as sets; what it finds are candidates, and whoever reads the list is
shown only what the gate still opens on that day. Individual businesses are in no facts and in no warning.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import ibis
import polars as pl

from xinheng.evaluation import received_keeping as keeping
from xinheng.evaluation import received_sets as sets
from xinheng.evaluation.received_errors import UnknownWarning
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

MAX_PAGE = 200
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
    """A statement behind a warning, as a body that shares it may see it."""

    statement: int
    item: str
    names: tuple[str, str]
    title: str
    outcome: str
    authority: str
    authority_name: str
    decided_on: date | None
    until: date | None


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
        rules=pack.warnings, on=on, subject_of=_subject,
    )  # fmt: skip
    con.disconnect()
    codes = [rule.code for rule in pack.warnings]
    frame = found.with_columns(
        pl.col("rule").replace_strict(dict(enumerate(codes)), return_dtype=pl.String)
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


def warned(
    *, on: date, rule: str = "", county: str = "", uscc: str = "", after: str = "", limit: int = 50
) -> tuple[list[Warned], str]:
    """Warnings that stand on a day, by code and rule, and the key the list goes on after ("": at its end).

    Narrowed to a rule, a county (six digits) or one organisation. A reason that no longer stands is not shown, and a
    warning with too few left is not told. Raises `UnknownWarning` for a rule there is not or a key that cannot be read.
    """
    rules = {one.code: one for one in law.active().warnings}
    if rule and rule not in rules:
        raise UnknownWarning(f"没有「{rule[:40]}」这种预警。可选：{'、'.join(rules)}。")
    file, limit = _file(), max(1, min(limit, MAX_PAGE))
    if file is None:
        return [], ""
    day = sets.day_number(on)
    frame = _read(file).filter(
        pl.col("until") >= day, pl.col("since") <= day, ~pl.col("uscc").str.starts_with("92")
    )
    for column, value in (("rule", rule), ("county", county), ("uscc", uscc)):
        if value:
            frame = frame.filter(pl.col(column) == value)
    if after:
        code, mark, of_rule = after.partition(".")
        if not mark or not code.isalnum():
            raise UnknownWarning("页码标记不对：请从第一页重新查看。")
        later = (pl.col("uscc") > code) | ((pl.col("uscc") == code) & (pl.col("rule") > of_rule))
        frame = frame.filter(later)
    found: list[Warned] = []
    while frame.height:
        part, frame = frame.head(limit - len(found)), frame.slice(limit - len(found))
        found += _through_the_gate(part, rules, on)
        if len(found) == limit and frame.height:
            return found, f"{part['uscc'][-1]}.{part['rule'][-1]}"
    return found, ""


def _through_the_gate(part: pl.DataFrame, rules: dict[str, law.WarningRule], on: date) -> list[Warned]:
    entries = _entries({id_ for ids in part["statements"].to_list() for id_ in ids}, on)
    names = register.get(part["uscc"].unique().to_list())
    told = []
    for row in part.iter_rows(named=True):
        rule = rules.get(row["rule"])
        live = [entries[id_] for id_ in row["statements"] if id_ in entries]
        beyond = row["facts"] - len(row["statements"])
        if rule is None or not live or len(live) + beyond < rule.at_least:
            continue
        name = names[row["uscc"]].shown_name if row["uscc"] in names else row["uscc"]
        told.append(
            Warned(
                row["uscc"], name, row["county"], rule.code, (rule.name, rule.name_en), (rule.look, rule.look_en),
                rule.source.cited, sets.as_date(row["since"]), sets.as_date(row["until"]), len(live) + beyond,
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
        entry.show_until,
    )  # fmt: skip


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
