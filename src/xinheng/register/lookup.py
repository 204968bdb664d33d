"""Reading the register: organisations by code and old number, names by code and by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel.text import norm_name
from xinheng.law import service as law
from xinheng.register import store
from xinheng.register.cleaning import SEPARATOR
from xinheng.register.policy_display import display_name, name_is_personal
from xinheng.register.policy_kinds import is_active, is_individual, kind_of
from xinheng.register.regions import region_name, region_of
from xinheng.register.spells import KEY_LENGTH


@dataclass(frozen=True)
class NameSpell:
    """One name an organisation carries or carried; a day (YYYY-MM-DD) is "" where it is not known."""

    name: str
    current: bool
    since: str
    until: str


@dataclass(frozen=True)
class Organisation:
    """What is registered now. Days are YYYY-MM-DD, "" where not known.

    `name` is the registered one: show `shown_name`. `former_names` and `names` may be shown: where an
    individual business was registered under nothing but a person's name, that name is not among them. `since`
    is the day from which the present name is known to be carried, "" where it is the first one known.
    """

    code: str
    name: str
    kind: str = ""
    region: str = ""
    region_name: str = ""
    industry: str = ""
    established_on: str = ""
    status: str = ""
    old_number: str = ""
    since: str = ""
    other_names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    names: tuple[NameSpell, ...] = ()

    @property
    def active(self) -> bool:
        """Whether the register does not say that it ended or left."""
        return is_active(self.status)

    @property
    def is_individual(self) -> bool:
        """个体工商户: no evaluation, no risk class, operator never named."""
        return is_individual(self.code)

    @property
    def shown_name(self) -> str:
        """The name for a page."""
        return display_name(code=self.code, name=self.name, region=self.region)


def get(codes: Iterable[str]) -> dict[str, Organisation]:
    """Organisations by code, or by the old number of one that has a unified code by now; unknown ones are
    absent.

    Two queries however many codes, a third where some were not found as codes.
    """
    wanted = list(dict.fromkeys(code for code in codes if code))
    found = {row["code"]: row for row in store.entry_rows("code", wanted)}
    asked = {code: code for code in found}
    missing = [code for code in wanted if code not in asked]
    if missing:
        for row in store.entry_rows("old_number", missing):
            asked[row["old_number"]] = row["code"]
            found[row["code"]] = row
    spells = _spells(list(found))
    made = {code: _organisation(row, spells.get(code, ())) for code, row in found.items()}
    return {code: made[asked[code]] for code in wanted if code in asked}


def unregistered(*, code: str, name: str) -> Organisation:
    """An organisation known only by what was said about it: its code tells kind and region."""
    region = region_of(region="", area="", own=code[2:8] if len(code) == 18 else code[:6])
    return Organisation(code, name, kind=kind_of(code), region=region, region_name=region_name(region))


def _spells(codes: Sequence[str]) -> dict[str, tuple[NameSpell, ...]]:
    """Names for a page, by code: current ones first, then the latest given up."""
    found: dict[str, list[NameSpell]] = {}
    for code, name, current, since, until in store.name_rows(codes):
        if not name_is_personal(code, name):
            found.setdefault(code, []).append(NameSpell(name, bool(current), since, until))
    for spells in found.values():
        spells.sort(key=lambda spell: spell.until, reverse=True)
        spells.sort(key=lambda spell: not spell.current)
    return {code: tuple(spells) for code, spells in found.items()}


def _organisation(row: dict[str, Any], spells: tuple[NameSpell, ...]) -> Organisation:
    same = ("code", "name", "kind", "region", "industry", "established_on", "status", "old_number", "since")
    former = [name for name in _list(row["former_names"]) if not name_is_personal(row["code"], name)]
    return Organisation(
        **{column: row[column] for column in same}, region_name=region_name(row["region"]),
        other_names=_list(row["other_names"]), former_names=tuple(former), names=spells,
    )  # fmt: skip


def searchable(codes: Iterable[str]) -> pl.DataFrame:
    """Names as they may be shown and found, of codes that stand in the register: id, code, name, current,
    active, region.

    An individual business registered under nothing but a person's name appears under its display name; former
    names of that sort do not appear at all.
    """
    wanted = list(codes)
    open_now = store.entries("code", wanted).select("code", "region", "status")
    names = store.names("code", wanted).join(open_now, on="code", maintain_order="left")
    rows = []
    for id_, code, name, current, region, status in names.select(
        "id", "code", "name", "current", "region", "status"
    ).iter_rows():
        personal = name_is_personal(code, name)
        if personal and not current:
            continue
        shown = display_name(code=code, name=name, region=region) if personal else name
        rows.append((id_, code, shown, bool(current), is_active(status), region))
    schema = {
        "id": pl.Int64,
        "code": pl.String,
        "name": pl.String,
        "current": pl.Boolean,
        "active": pl.Boolean,
        "region": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def names_frame(codes: Iterable[str]) -> pl.DataFrame:
    """Names of these codes: code, name, norm, current (bool). For matching, never for a page."""
    found = store.names("code", codes)
    return found.select("code", "name", "norm", pl.col("current").cast(pl.Boolean))


def named(names: Iterable[str]) -> pl.DataFrame:
    """Who carries or carried one of these names, by key: code, name, norm, current (bool). For matching only."""
    found = store.names("norm", {norm_name(name)[:KEY_LENGTH] for name in names})
    return found.select("code", "name", "norm", pl.col("current").cast(pl.Boolean))


def names_for_matching(codes: Iterable[str] | None = None) -> pl.DataFrame:
    """What an organisation may be recognised by, of these codes or of all: code, name, current (bool), old_number.

    A name that is nothing but a person's is not among them: it is no evidence. For matching, never for a page.
    """
    found = store.names_with_numbers(codes)
    individuals = found.filter(pl.col("code").str.starts_with("92")).select("code", "name").unique()
    personal = [name for code, name in individuals.iter_rows() if name_is_personal(code, name)]
    return found.filter(~(pl.col("code").str.starts_with("92") & pl.col("name").is_in(personal)))


def registered(codes: Iterable[str]) -> set[str]:
    """Those of these codes that stand in the register now."""
    return set(store.entries("code", codes)["code"])


def is_source(code: str, pack: law.Pack | None = None) -> bool:
    """Whether this may be the source of a file: a registered body whose code starts with 1, or one the pack names."""
    if pack is not None and code and code in {department.uscc for department in pack.departments}:
        return True
    return code.startswith("1") and bool(registered([code]))


def codes_of_events(event_ids: Sequence[int]) -> set[str]:
    """Codes whose entries were written or closed in these events: what a follower has to look at again."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for span in evidence.row_ranges(event_ids):
            cursor.execute(
                "SELECT code, old_number FROM register_entry WHERE id >= %s AND id < %s", list(span)
            )
            for code, old_number in cursor.fetchall():
                found.update((code, old_number) if old_number else (code,))
    return found


def codes_after(code: str, *, limit: int) -> list[str]:
    """The next codes in the register, in the database's order: a way to walk all of it in parts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM register_entry WHERE closed_by IS NULL AND code > %s ORDER BY code LIMIT %s",
            [code, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(SEPARATOR)))
