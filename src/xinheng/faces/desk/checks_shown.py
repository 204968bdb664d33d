"""A recorded check as a page shows it: in the language of the reader, nothing that the evidence does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xinheng.checks import service as checks
from xinheng.checks.sheet import answer_of
from xinheng.faces.clock import today
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.site.words import in_chinese, named
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law

STRENGTHS = {"must": gettext_lazy("应当"), "may": gettext_lazy("可以")}
SCOPES = {"public": gettext_lazy("只看公开信息"), "shared": gettext_lazy("公开和共享信息")}


@dataclass(frozen=True)
class Matters:
    """The matters an account may check for: its unit's own, then those every unit may have."""

    own: tuple[Any, ...]
    general: tuple[Any, ...]

    @property
    def all(self) -> tuple[Any, ...]:
        return (*self.own, *self.general)


def asker_of(account: Any) -> checks.Asker:
    """As whom an account of the desk asks."""
    return checks.Asker("desk", f"desk:{account.name}", account.role, account.body, sector_of(account.body))


def sector_of(body: str) -> str:
    """The sector of a unit: as the pack has it, else by the words of its name; "" where unknown."""
    return _unit(body)[0]


def _unit(body: str) -> tuple[str, str]:
    """Sector of a unit, and what the pack calls it by (code or name; "" where it names no such unit)."""
    if not body:
        return "", ""
    pack = law.active()
    name = unit_names([body]).get(body, body)
    for one in pack.departments:
        if one.uscc == body or (one.name == name and not one.uscc):
            return one.sector, one.uscc or one.name
    for one in pack.departments:
        if one.name == name:
            return one.sector, one.name
    return law.sector_of(pack=pack, authority=body, authority_name=name, basis=""), ""


def matters_of(account: Any) -> Matters:
    """What this account may choose: its unit's own matters, then the general ones; without a unit only those."""
    pack = law.active()
    sector, unit = _unit(account.body)
    if not sector and not unit:
        return Matters((), pack.general)
    own = law.matters_for(pack=pack, department=unit, sector=sector) if unit or sector else ()
    return Matters(
        tuple(one for one in own if one.department), tuple(one for one in own if not one.department)
    )


def purposes_of(matters: Matters) -> list[tuple[Any, tuple[Any, ...]]]:
    """Each use among these matters with the purposes that fit it, in the order of the pack."""
    pack = law.active()
    wanted = {one.use for one in matters.all}
    return [
        (use, use.purposes) for code, use in law.uses(pack=pack).items() if code in wanted and use.purposes
    ]


def purpose_words(matter: str, purpose: str) -> str:
    """A purpose as chosen, in the language of the page; a text stays what it was."""
    try:
        purposes = law.use_of(pack=law.active(), matter=matter).purposes
    except XinhengError:
        purposes = ()
    found = next((one for one in purposes if one.code == purpose), None)
    if found is None:  # of another use: it did not fit, and was refused
        every = (one for use in law.uses(pack=law.active()).values() for one in use.purposes)
        found = next((one for one in every if one.code == purpose), None)
    if found is None:
        return purpose
    return str(found.zh if in_chinese() else found.en or found.zh)


def matter_words(code: str, name: str = "") -> str:
    """The name of a matter in the language of the page."""
    found = law.matter(pack=law.active(), code=code)
    return str(named(found)) if found is not None else name or code


def shown(kept: checks.Evidence, *, unit: str) -> dict[str, Any]:
    """Everything the answer page says of a check that was answered."""
    told = answer_of(kept)
    adverse = [one for one in told.entries if one.side == "adverse"]
    hints = [hint_of(one) for one in told.hints]
    return {
        "kept": kept,
        "told": told,
        "asked_by": unit,
        "lead": lead(told),
        "tone": "over" if adverse or told.unchecked else "good",
        "stale": told.valid_until is not None and told.valid_until < today(),
        "matter": matter_words(told.matter, told.matter_name),
        "purpose": purpose_words(told.matter, told.purpose),
        "scope": SCOPES.get(told.scope, told.scope),
        "adverse": adverse,
        "positive": [one for one in told.entries if one.side != "adverse"],
        "hints": hints,
        "must": sum(one["strength"] == "must" for one in hints),
        "incentives": [hint_of(one) for one in told.incentives],
        "forbids": [told_of(one) for one in told.forbids],
        "notes": [told_of(one) for one in told.notes],
        "why_valid": told.why_valid if in_chinese() else told.data.get("why_valid_en") or told.why_valid,
    }


def lead(told: checks.Answer) -> str:
    """The answer in one sentence."""
    adverse = [one for one in told.entries if one.side == "adverse"]
    if told.unchecked:
        return str(told.why_valid if in_chinese() else told.data["why_valid_en"])
    if not adverse:
        return _("没有计入本事项的失信信息。")
    disputed = sum("disputed" in one.marks for one in adverse)
    said = ngettext("有 %(n)s 条失信信息计入本事项。", "有 %(n)s 条失信信息计入本事项。", len(adverse)) % {
        "n": len(adverse)
    }
    if disputed:
        said += " " + _("其中 %(n)s 条有异议、尚未办结：对这些不提示措施。") % {"n": disputed}
    return said


def hint_of(one: checks.CheckHint) -> dict[str, Any]:
    """A hint with its words in the language of the page."""
    zh = in_chinese()
    return {
        "ordinal": one.ordinal,
        "name": one.name if zh else one.name_en or one.name,
        "strength": one.strength,
        "word": STRENGTHS.get(one.strength, ""),
        "citation": one.citation,
        "provision": one.provision,
        "pending": one.pending or one.confidence != "verified",
        "scope": one.scope if zh else one.scope_en or one.scope,
        "says": one.says if zh else one.says_en or one.says,
        "until": one.until,
        "entries": one.entries,
    }


def told_of(one: checks.Told) -> dict[str, Any]:
    """A sentence of the answer in the language of the page, with its provision."""
    says = one.says if in_chinese() else one.says_en or one.says
    return {
        "says": says,
        "citation": one.citation,
        "pending": bool(one.citation) and one.confidence != "verified",
    }


def link(name: str, *args: Any) -> str:
    """The address of a page another room of pages may or may not have; "" where it does not."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
