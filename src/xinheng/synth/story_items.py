"""The other half of the stories: what items beside licences and penalties say of the same organisations.

Told with whatever items the pack has; a scene whose item is missing is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .habits import habit_of
from .itemrows import OPEN, only_digits
from .place import Department, Place
from .spec import FieldSpec, ItemSpec
from .story import Firm, StoryFile, working

__all__ = ["item_scenes"]


@dataclass(frozen=True, slots=True)
class _Scene:
    """One entry: about whom, how many days ago; ``again``: days ago it came back with its exit or outcome. ``sector``: told
    by a department of it or not at all; ``outcome``: what came of it."""

    item: str
    firm: str
    days: int
    what: str = ""
    again: int = 0
    sector: str = ""
    outcome: str = ""


_SCENES = (
    _Scene("registration-event", "renamed", 230),
    _Scene("tax-grade-a", "minor", 206),
    _Scene("commitment", "minor", 400, again=120),
    _Scene("honour", "cooperative", 260),
    _Scene("abnormal-operation", "renamed", 170, again=60),
    _Scene("serious-list", "serious", 150),
    _Scene("inspection-result", "shop", 90),
    _Scene("qualification", "corrected", 500),
    _Scene("government-contract", "corrected", 320),
    _Scene("judgment-defaulter", "bureau", 130, "支付工程款862000元及逾期利息"),
    _Scene("sector-result", "serious", 140, sector="ecology", outcome="诚信"),
    _Scene("sector-result", "serious", 110, sector="development-reform", outcome="D"),
    _Scene("risk-class", "serious", 45, sector="market-regulation", outcome="D"),
)


def item_scenes(
    place: Place,
    firms: Mapping[str, Firm],
    specs: Mapping[str, ItemSpec],
    departments: Sequence[Department],
    today: date,
) -> list[StoryFile]:
    """The files of these scenes, from the department that owns each item (the data bureau where none does)."""
    told: list[StoryFile] = [*_agencies(place, specs, departments, today)]
    for number, scene in enumerate(_SCENES, 1):
        spec = specs.get(scene.item)
        if spec is None:
            continue
        sectors = (scene.sector,) if scene.sector else habit_of(spec.code).owners or spec.owners
        own = [d for s in sectors for d in departments if d.kind.sector == s and d.district < 0]
        if scene.sector and not own:
            continue
        teller = (own or departments[:1])[0]
        day = working(today - timedelta(days=scene.days))
        first = _Row(place, firms[scene.firm], teller, day, number, scene.what, scene.outcome)
        told.append(
            StoryFile(
                working(day + timedelta(days=3)),
                teller.kind.slug,
                spec.code,
                (first.of(spec),),
                ("accepted",),
            )
        )
        if scene.again:
            back = working(today - timedelta(days=scene.again))
            later = first.of(spec, ended=back - timedelta(days=2))
            told.append(StoryFile(back, teller.kind.slug, spec.code, (later,), ("updated",)))
    return told


def _agencies(
    place: Place, specs: Mapping[str, ItemSpec], departments: Sequence[Department], today: date
) -> list[StoryFile]:
    """The list of the place's own departments, as the staffing office keeps it."""
    spec = specs.get("agency-register")
    teller = next((d for d in departments if d.kind.sector == "staffing"), None)
    if spec is None or teller is None:
        return []
    own = [d for d in departments if d.district < 0]
    rows = tuple(
        _Row(place, _as_firm(d), teller, date(2019, 3, 1), number, "").of(spec)
        for number, d in enumerate(own, 1)
    )
    return [
        StoryFile(
            working(today - timedelta(days=420)), teller.kind.slug, spec.code, rows, ("accepted",) * len(rows)
        )
    ]


def _as_firm(unit: Department) -> Firm:
    kind = "事业单位" if unit.code.startswith("12") else "机关"
    return Firm(unit.kind.slug, unit.code, unit.name, "", kind, unit.region, "", "2019-03-01", "", "")


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    firm: Firm
    teller: Department
    day: date
    number: int
    what: str
    outcome: str = ""

    def of(self, spec: ItemSpec, ended: date | None = None) -> dict[str, str]:
        """The row's values by field code; ``ended`` for the row that comes back."""
        return {f.code: self._value(spec, f, ended) for f in spec.details}

    def _value(self, spec: ItemSpec, field: FieldSpec, ended: date | None) -> str:
        code, firm, unit = field.code, self.firm, self.teller
        roles = {
            spec.subject_name: firm.name, spec.subject_code: firm.code, spec.authority: unit.code,
            spec.authority_name: unit.name, spec.source_code: unit.code, spec.source_name: unit.name,
        }  # fmt: skip
        if field.type == "date":
            return self._date(spec, field, ended)
        if code in roles:
            return next(iter(field.of_sector.get(unit.kind.sector, ())), roles[code])
        if code == spec.exit_why and not ended:
            return ""
        if code == spec.document_number:
            pattern = next((s for s in field.samples if "{serial}" in s), unit.short + "〔{year}〕{serial}号")
            return self._filled(pattern, self.day.year)
        if code == spec.what and self.what:
            return self.what
        if code == spec.outcome and self.outcome:
            return self.outcome
        if spec.events is not None and code in (spec.events.event, spec.events.former):
            return self._event(spec, field)
        if field.type == "enum":
            return self._choice(spec, field, ended)
        if field.type == "money":
            return "86.2"
        if field.type == "person":
            return firm.legal
        wanted = field.required or code == spec.exit_why or (code in spec.shown and field.needed_if is None)
        if field.type == "drop" or field.blank or not wanted:
            return ""
        if spec.events is not None and code == spec.what and not field.samples:
            return self.firm.name
        year = self.day.year - (1 if code in spec.key else 0)
        return unit.code if field.type == "code" else self._filled((field.samples or (field.name,))[0], year)

    def _date(self, spec: ItemSpec, field: FieldSpec, ended: date | None) -> str:
        first = (spec.decided_on, spec.starts)
        day: date | None = self.day if field.required or field.code in first else None
        if field.code == spec.exit_on:
            day = ended
        elif (field.code == spec.ends or field.later) and field.code not in first:
            day = self.day + timedelta(days=364 if habit_of(spec.code).yearly else 3 * 365)
        return f"{day:%Y/%m/%d}" if day else ""

    def _choice(self, spec: ItemSpec, field: FieldSpec, ended: date | None) -> str:
        if self.firm.kind in field.choices:
            return self.firm.kind
        if any("个体工商户" in c for c in field.choices):
            shop = self.firm.code.startswith("92")
            return next(c for c in field.choices if ("个体工商户" in c) == shop)
        if spec.events is not None and "名称" in field.choices:
            return "名称"
        closed = spec.closing.get(field.code, "")
        if closed and ended:
            return closed
        if field.code == spec.outcome and (word := next((c for c in field.choices if c in OPEN), "")):
            return field.choices[0] if ended else word
        own = [
            c
            for c in (*field.of_sector.get(self.teller.kind.sector, ()), *field.samples)
            if c in field.choices
        ]
        return next((c for c in (*own, *field.choices) if c != closed), "")

    def _event(self, spec: ItemSpec, field: FieldSpec) -> str:
        """A renaming where there was one; else the first of the examples, which changes nothing."""
        events = spec.events
        if events is None or field.code != events.event:
            return self.firm.former
        if self.firm.former and events.renames:
            return events.renames[0]
        return next((c for c in (*field.samples, *field.choices) if c in field.choices), "")

    def _filled(self, text: str, year: int) -> str:
        # Not in the department's own sequence: a number of its own would leave a gap in it
        serial = f"{900_000 + self.number}" if only_digits(text) else f"演{self.number}"
        values = {"place": self.place.name, "year": str(year), "serial": serial, "county": self.place.name}
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text
