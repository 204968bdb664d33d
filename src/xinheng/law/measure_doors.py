"""What the door answers about lists, measures, uses of a check and a department's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xinheng.law import policy_measures, policy_rules, policy_uses
from xinheng.law.measure_types import EntryFacts, Hint, Measure, MeasureAnswer, RuleFinding, Use
from xinheng.law.types import ListKind, Matter, Pack


def matters_for(*, pack: Pack, sector: str = "", department: str = "") -> tuple[Matter, ...]:
    """The matters a department decides (by sector, or by `department`: code, unified code or name), then the general
    ones open to its sector. Without a sector: all of the place."""
    return policy_uses.matters_for(pack, sector, department)


def subject_of(kind: str) -> str:
    """The pack's code for a kind of organisation (as in `ListKind.subjects`, `Measure.subjects`), given as the register's
    word or as the code itself; "other" for any other."""
    return policy_uses.subject_of(kind)


def measures(*, pack: Pack, on: date) -> dict[str, Measure]:
    """The measures in force on a day, each with its grounds in force that day, adopted or not, by code."""
    return policy_measures.measures(pack, on)


def list_kinds(*, pack: Pack, on: date | None = None) -> dict[str, ListKind]:
    """Every kind of list in force on a day, by code; without a day every kind the pack has."""
    return {code: kind for code, kind in pack.lists.items() if on is None or on in kind.source.in_force}


def uses(*, pack: Pack) -> dict[str, Use]:
    """Every use of a check, by code."""
    return policy_uses.uses(pack)


def use_of(*, pack: Pack, matter: str) -> Use:
    """What an organisation is looked up for in a matter. Raises `UnknownCode`."""
    return policy_uses.use_of(pack, matter)


def counts(*, pack: Pack, use: Use, entry: EntryFacts) -> bool:
    """Whether an entry counts for a use: what was repaired, has ended or rests does not; what is disputed does."""
    return policy_uses.counts(pack, use, entry)


def hints(
    *,
    pack: Pack,
    use: Use,
    matter: str,
    sector: str,
    subject_kind: str,
    entries: tuple[EntryFacts, ...],
    on: date,
) -> tuple[Hint, ...]:
    """The measures and incentives the entries give a ground for in a matter, before a department of `sector`: only those
    that may be applied on the day. `subject_kind` is the register's word or the pack's code. Pure, and quick."""
    return policy_measures.hints(pack, use, matter, sector, subject_kind, entries, on)


def may_apply(
    *,
    pack: Pack,
    measure: str,
    sector: str,
    use: Use,
    matter: str,
    subject_kind: str,
    entries: tuple[EntryFacts, ...],
    on: date,
    department: str = "",
) -> MeasureAnswer:
    """Whether a department may take a measure on these entries: provision, scope, 应当 or 可以, until when; or why not
    (`REFUSALS`). A measure outside the list is answered `no-basis`. `department` (code, unified code or name) gives the
    sector where none is named. Never raises: what the law does not say is no."""
    if not sector and department:
        units = [one for one in pack.departments if department in (one.code, one.uscc, one.name)]
        sector = units[0].sector if units else ""
    return policy_measures.may_apply(pack, measure, sector, use, matter, subject_kind, entries, on)


def purpose_refusal(*, pack: Pack, use: Use, purpose: str, role: str, sector: str, matter: str = "") -> str:
    """Why a purpose does not fit the role, the use or the matter; "" where it does. `purpose` is a code or its text."""
    return policy_uses.purpose_refusal(pack, use, purpose, role, sector, matter)


def rules_audit(*, pack: Pack, text: str | Sequence[str], on: date) -> tuple[RuleFinding, ...]:
    """A department's own rules (a text of paragraphs, or rows of a table) laid against the list: one finding for each
    line that names a measure: not in the list, heavier than it, on persons, without a basis in force, or fitting."""
    return policy_rules.rules_audit(pack, text, on)


def rules_rows(*, name: str, content: bytes) -> tuple[str, ...]:
    """The lines of a rules document (TXT, MD, CSV) for `rules_audit`. Raises `RulesUnreadable`."""
    return policy_rules.rules_rows(name, content)
