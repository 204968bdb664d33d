"""Whom a unit may see scores, warnings and risk classes of: what it has done about them, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moments import AT
from wholecity import whole_city
from xinheng.evaluation import seeing, warning
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.register import service as register

ON = evidence.legal_day(AT)


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The small city in which every item occurs."""
    yield from whole_city(request, tmp_path, monkeypatch)


def codes_of(item: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT uscc FROM records_statement WHERE item = %s ORDER BY 1", [item])
        return [row[0] for row in cursor.fetchall()]


# ---- scores and risk classes


def held_by(*items: str) -> dict[str, set[str]]:
    """Whom each body has entries of these items about."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT authority, uscc FROM records_statement WHERE item IN ({', '.join(['%s'] * len(items))})",
            list(items),
        )
        found: dict[str, set[str]] = {}
        for body, code in cursor.fetchall():
            found.setdefault(body, set()).add(code)
    return found


def test_a_licence_alone_shows_no_score_and_an_adverse_decision_does(city: Any) -> None:
    pack = law.active()
    licensed, penal = held_by("admin-licence"), held_by(*seeing.adverse_items(pack))
    none = {body: codes - penal.get(body, set()) for body, codes in licensed.items() if body}
    assert any(none.values()) and "admin-penalty" in seeing.adverse_items(pack)
    for body, codes in none.items():
        assert seeing.seen_by(body=body, usccs=sorted(codes), on=ON) == frozenset()
    body, codes = next((one, found) for one, found in penal.items() if one)
    assert seeing.seen_by(body=body, usccs=sorted(codes), on=ON)


def test_an_open_case_of_its_own_lets_an_authority_see_and_a_closed_one_no_longer(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    [code, *_] = codes_of("admin-licence")
    body = "11340600MB00000000"
    assert seeing.seen_by(body=body, usccs=[code], on=ON) == frozenset()
    from xinheng.cases.models import Case

    values = {
        field.name: ""
        for field in Case._meta.fields
        if field.get_internal_type() in ("CharField", "TextField")
    }
    numbers = {"year": 2026, "serial": 1, "version": 1, "provisional": 0}
    days = {"opened_on": ON, "due_on": ON}
    Case.objects.create(id=1, **(values | numbers | days | {"number": "1", "uscc": code, "body": body}))
    assert seeing.seen_by(body=body, usccs=[code], on=ON) == {code}
    Case.objects.filter(id=1).update(closed_on=ON)
    assert seeing.seen_by(body=body, usccs=[code], on=ON) == frozenset()


def test_risk_classes_are_for_units_that_inspect_and_of_whom_they_acted_on(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    classed = codes_of("risk-class")
    bodies = held_by(*seeing.acting_items(law.active()))
    bodies.pop("", None)
    told = 0
    for body in bodies:
        seen = seeing.classes_of(body=body, usccs=classed, on=ON)
        assert seen == (
            seeing.acted_on(body=body, usccs=classed, on=ON) if seeing.inspects(body=body, on=ON) else set()
        )
        told += len(seen)
    assert told
    monkeypatch.setattr(seeing.checks, "sector_of_unit", lambda *, body, on: "court")
    assert not any(seeing.classes_of(body=body, usccs=classed, on=ON) for body in bodies)
    monkeypatch.setattr(seeing.checks, "sector_of_unit", lambda *, body, on: "food")
    assert seeing.inspects(body="11340600MB00000000", on=ON)
    for nobody in (None, ""):
        assert seeing.classes_of(body=nobody, usccs=classed, on=ON) == frozenset()


def test_a_unit_acts_for_the_county_its_pack_or_its_name_says(city: Any) -> None:
    pack = law.active()
    names = {code: unit.shown_name for code, unit in register.get(sorted(held_by("admin-penalty"))).items()}
    for code, name in names.items():
        county = seeing.county_of(body=code)
        assert (county in pack.counties and pack.counties[county][0] in name) or county == "", name
        assert county or not any(one[0] in name for one in pack.counties.values())
    assert seeing.county_of(body=None) == seeing.county_of(body="") == ""


# ---- warnings


def test_an_authority_is_told_of_what_it_decided_or_inspected_and_of_its_own_reasons(city: Any) -> None:
    warning.warn(at=AT)
    whole = warning.warned(on=ON, limit=200)[0]
    bodies = {reason.authority for one in whole for reason in one.reasons} - {""}
    told_less = False
    for body in bodies:
        mine = warning.warned(on=ON, body=body, limit=200)[0]
        acted = seeing.acted_on(body=body, usccs=[one.uscc for one in whole], on=ON)
        county = seeing.county_of(body=body)
        expected = [
            (one.uscc, one.rule) for one in whole
            if (one.uscc in acted or body in {reason.authority for reason in one.reasons})
            and county in ("", one.county)
        ]  # fmt: skip
        assert [(one.uscc, one.rule) for one in mine] == expected
        assert dict(warning.by_rule(on=ON, body=body)).keys() >= {one.rule for one in mine}
        told_less |= len(mine) < len(whole)
    assert told_less
    assert warning.warned(on=ON, body="") == ([], "") and warning.by_rule(on=ON, body="") == ()
    assert warning.warned(on=ON, body="11340600MB00000000") == ([], "")
    assert warning.organisations(on=ON, body="") == 0 < warning.organisations(on=ON)


def test_a_county_is_told_of_its_own_organisations_alone(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    warning.warn(at=AT)
    whole = warning.warned(on=ON, limit=200)[0]
    [body, *_] = sorted({reason.authority for one in whole for reason in one.reasons} - {""})
    own = warning.warned(on=ON, body=body, limit=200)[0]
    county = own[0].county
    monkeypatch.setattr(seeing, "county_of", lambda *, body: county)
    narrowed = warning.warned(on=ON, body=body, limit=200)[0]
    assert narrowed == [one for one in own if one.county == county]
    monkeypatch.setattr(seeing, "county_of", lambda *, body: "999999")
    assert warning.warned(on=ON, body=body) == ([], "")
