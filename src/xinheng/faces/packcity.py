"""What a pack says of its place and its items, as the synthetic city needs it: plain values, no law."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from xinheng.kernel import uscc
from xinheng.kernel.errors import WrongUse
from xinheng.law import service as law
from xinheng.synth import service as synth


def place_of(pack: law.Pack) -> synth.Place:
    """The place of a pack: its districts and departments. A county is its own district.

    Raises `WrongUse` for a national or provincial pack: departments and organisations are those of a city or county.
    """
    if pack.level not in ("city", "county"):
        raise WrongUse(
            f"「{pack.name}」不是一个市或者县,造不出它的部门和主体。请换一个地方包,如 huaibei。",
            code="pack-no-place",
        )
    districts = tuple((code, name) for code, (name, _) in pack.counties.items()) or (
        (pack.region, pack.name),
    )
    units = tuple(
        synth.Unit(d.name, d.short, d.sector, d.uscc if uscc.is_valid(d.uscc) else "")
        for d in pack.departments
    )
    return synth.Place(name=pack.name, code=pack.region, districts=districts, units=units)


def items_of(pack: law.Pack) -> tuple[synth.ItemSpec, ...]:
    """Every item of a pack as the generator needs it, in the pack's order."""
    return tuple(_spec(pack, item) for item in pack.items.values())


def _spec(pack: law.Pack, item: law.Item) -> synth.ItemSpec:
    rules = list(item.rules)
    blank = {f for r in rules if r.kind == "blank" for f in r.fields}
    card, feed = item.card, item.feed
    if_contains = [r for r in rules if r.kind == "required_if_contains"]
    needed = {f: (r.params["if_field"], tuple(r.params["contains"])) for r in if_contains for f in r.fields}
    decided = (item.decided_on, card.starts, item.valid_from)
    later = {r.params["than"] for r in rules if r.kind == "date_not_after" and set(r.fields) & set(decided)}
    details = tuple(
        synth.FieldSpec(
            f.code, f.name, f.type, f.required, f.choices, f.samples, f.code in blank, f.code in later,
            needed.get(f.code) if f.code != card.exit_on else None, _of_sector(pack, item, f),
        )
        for f in item.fields
    )  # fmt: skip
    closing = {
        field: word for code, (field, words) in needed.items() for word in words
        if code == card.exit_on and word in item.by_code[field].choices
    }  # fmt: skip
    events = None
    if feed is not None and feed.event:
        events = synth.Events(feed.event, feed.former, feed.renames, dict(feed.statuses))
    return synth.ItemSpec(
        code=item.code, name=item.name, details=details, key=item.key, subject_name=item.subject_name,
        subject_code=item.subject_code, subject_kind=item.subject_kind, decided_on=item.decided_on,
        authority=item.authority, authority_name=item.authority_name, source_code=item.source_code,
        source_name=item.source_name, document_number=item.document_number[0] if item.document_number else "",
        starts=card.starts or item.valid_from, ends=card.ends or item.valid_to, exit_on=card.exit_on,
        exit_why=card.exit_why, outcome=card.outcome,
        what=card.what, shown=tuple(getattr(card, f.name) for f in dataclasses.fields(card)), free_text=item.free_text[-1] if item.free_text else "", title=card.title, closing=closing,
        owners=item.owners, prefixes=_prefixes(item), events=events, answers=_answers(item),
    )  # fmt: skip


def _of_sector(pack: law.Pack, item: law.Item, field: law.Field) -> dict[str, tuple[str, ...]]:
    """For an item about lists: the kind of list, its conduct and its basis by the sector whose authorities decide on it (the first
    kind of each sector, so that all agree). For evaluations: which one a sector sends, its grades, and whose it is where another body made it."""
    found: dict[str, tuple[str, ...]] = {}
    if any(f.choices_from == "lists" for f in item.fields):
        for kind in (one for one in pack.lists.values() if one.item == item.code):
            if field.choices_from == "lists":
                found.setdefault(kind.authority, (kind.name,))
            elif field.code == item.card.what and kind.triggers:
                found.setdefault(kind.authority, (kind.triggers[0].zh,))
            elif field.code == item.card.law and kind.basis:
                found.setdefault(kind.authority, (str(kind.basis[0]),))
    for result in (one for one in pack.results.values() if one.item == item.code and one.written):
        if field.code == item.card.kind:
            found.setdefault(result.sector, (result.written,))
        elif field.code == item.card.outcome:
            found.setdefault(result.sector, _spread(result.scale))
        elif result.authority and field.code in (item.authority, item.authority_name):
            # Returned by a body elsewhere, whose code nobody here has verified
            found.setdefault(result.sector, (result.authority if field.code == item.authority_name else "",))
    return found


_SPREAD = (5, 9, 4, 2, 1)
"""Of some twenty results, how many are in each step, the best first: most are neither good nor bad."""


def _spread(scale: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(words[0] for words, times in zip(scale, _SPREAD, strict=False) for _ in range(times))


def _prefixes(item: law.Item) -> tuple[str, ...]:
    """The first two characters a subject's code may have, where a rule of the item says so without a category."""
    rules = [r for r in item.rules if r.kind == "code_starts" and item.subject_code in r.fields]
    return tuple(rules[0].params.get("prefixes", ())) if rules else ()


def _answers(item: law.Item) -> dict[str, str]:
    """What the rules of an item make of each kind of fault the generator can put into a row."""
    found: dict[str, str] = {"too_many_cells": "rejected"}

    def answer(tags: tuple[str, ...], rule: law.Rule, verdict: str = "") -> None:
        outcome = rule.outcomes.get(verdict, rule.outcome)
        if outcome != "note":
            found.update(dict.fromkeys(tags, outcome))

    for rule in item.rules:
        concerns = set(rule.fields)
        if rule.kind == "uscc" and item.subject_code in concerns:
            answer(("check_digit", "code_masked"), rule, "invalid")
            if item.links_by_name:
                # The name of such a row is right: it leads to the organisation
                found.update(check_digit="accepted", code_masked="accepted")
        elif rule.kind == "registered_unit" and item.authority in concerns:
            answer(("authority_unknown",), rule)
        elif rule.kind == "subject_matches_register" and item.subject_name in concerns:
            answer(("name_of_another",), rule, "mismatch")
        elif rule.kind == "date" and item.decided_on in concerns:
            answer(("date_1900", "date_impossible"), rule)
        elif rule.kind == "date_not_after" and item.decided_on in concerns and rule.params["than"] == "today":
            answer(("date_future",), rule)
        elif rule.kind == "required" and rule.id == "F01":
            answer(("missing_required",), rule)
        elif rule.kind == "person_row":
            answer(("person_without_code",), rule)
        elif (
            rule.kind == "forbidden_value"
            and "自然人" in rule.params["values"]
            and item.subject_kind in concerns
        ):
            answer(("natural_person",), rule)
        elif rule.kind in ("choice", "choices_multi") and item.subject_kind not in concerns:
            answer(("choice_unknown",), rule)
    return found
