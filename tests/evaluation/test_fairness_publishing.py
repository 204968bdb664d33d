"""A model is published only with a basis of rank, in force, verified or adopted, by two accounts, and not by a county."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import fairkit as kit
import pytest

from moments import AT
from xinheng.evaluation import adoption, fairness, publishing
from xinheng.evaluation.adoption_errors import NoBasisToPublish, OneAccountTwice
from xinheng.evidence import service as evidence
from xinheng.law import service as law

LATER = AT + timedelta(hours=1)


def _adopted(model: law.EvaluationModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law, "check_model", lambda model, pack: ())
    monkeypatch.setattr(fairness, "report", lambda *, model, on, at, most=0: {"position": 1} | kit.ENOUGH)
    fairness.make_report(model=model, on=kit.ON, at=LATER, actor="desk:li")
    adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    adoption.confirm(model=model, actor="desk:wang", at=LATER)


def test_no_shipped_model_has_a_basis_to_be_published(empty_home: Any) -> None:
    pack = law.active()
    found = law.models(pack=pack)
    assert found
    for model in found.values():
        assert publishing.basis_problem(model=model, on=kit.ON), model.code


@pytest.mark.parametrize(
    ("basis", "why"),
    [
        (None, "没有写公布依据"),
        (kit.cited("standard"), "不能作为公布的依据"),
        (kit.cited("central_policy"), "不能作为公布的依据"),
        (kit.cited("local_document"), "不能作为公布的依据"),
        (kit.cited(last=date(2025, 12, 31)), "不是现行有效的规定"),
        (kit.cited(in_force=law.InForce(date(2027, 1, 1))), "不是现行有效的规定"),
        (kit.cited(confidence="unverified"), "待核实"),
        (kit.cited(confidence="likely"), "待核实"),
        (kit.cited(our_choice=True), "没有引用条文"),
        (kit.source(), "没有引用条文"),
    ],
)
def test_publication_is_refused_with_its_reason(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch, basis: law.Source | None, why: str
) -> None:
    model = kit.model(publication=basis)
    assert why in publishing.basis_problem(model=model, on=kit.ON)
    _adopted(model, monkeypatch)
    with pytest.raises(NoBasisToPublish, match=why):
        publishing.propose_publication(model=model, reason="公开", actor="desk:li", at=LATER)
    assert adoption.status_of(code=model.code, digest=model.digest).state == "adopted"


def test_an_unverified_basis_carries_publication_once_the_office_adopted_it(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = kit.model(publication=kit.cited(confidence="unverified", id="local-basis"))
    pack = law.active()
    monkeypatch.setattr(law, "active", lambda: pack.with_adopted(frozenset()))
    assert "待核实" in publishing.basis_problem(model=model, on=kit.ON)
    monkeypatch.setattr(law, "active", lambda: pack.with_adopted(frozenset({"local-basis"})))
    assert publishing.basis_problem(model=model, on=kit.ON) == ""


def test_a_county_publishes_nothing(empty_home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    county = replace(law.active(), level="county")
    monkeypatch.setattr(law, "active", lambda: county)
    assert "县级不公布" in publishing.basis_problem(model=kit.model(publication=kit.cited()), on=kit.ON)


def test_a_simulation_is_never_published(empty_home: Any) -> None:
    model = kit.model(publication=kit.cited(), simulation=True)
    assert "只供模拟" in publishing.basis_problem(model=model, on=kit.ON)


def test_with_a_basis_two_accounts_publish_and_one_takes_it_back(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = kit.model(publication=kit.cited(id="some-basis"))
    monkeypatch.setattr(law, "models", lambda *, pack, on=None: {model.code: model})
    _adopted(model, monkeypatch)
    assert publishing.shown(on=kit.ON) == ()
    publishing.propose_publication(model=model, reason="向社会说明", actor="desk:li", at=LATER)
    with pytest.raises(OneAccountTwice):
        publishing.publish(model=model, actor="desk:li", at=LATER)
    assert publishing.shown(on=kit.ON) == ()
    publishing.publish(model=model, actor="desk:wang", at=LATER)
    status = adoption.status_of(code=model.code, digest=model.digest)
    assert (status.published, status.basis) == (True, "some-basis")
    assert publishing.shown(on=kit.ON) == (model,)
    publishing.unpublish(model=model, reason="内容要改", actor="desk:li", at=LATER)
    assert publishing.shown(on=kit.ON) == ()
    assert adoption.status_of(code=model.code, digest=model.digest).state == "adopted"
    assert evidence.verify().findings == []


def test_a_published_model_whose_basis_ended_is_shown_no_more(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = date(2026, 12, 31)
    model = kit.model(publication=kit.cited(last=last))
    monkeypatch.setattr(law, "models", lambda *, pack, on=None: {model.code: model})
    _adopted(model, monkeypatch)
    publishing.propose_publication(model=model, reason="向社会说明", actor="desk:li", at=LATER)
    publishing.publish(model=model, actor="desk:wang", at=LATER)
    assert publishing.shown(on=last) == (model,)
    assert publishing.shown(on=last + timedelta(days=1)) == ()
