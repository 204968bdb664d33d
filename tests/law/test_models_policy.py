"""What a fact is to a model, which model is in force, and that one more adverse fact never helps."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelscalar import Plain, outcome
from xinheng.law import service as law
from xinheng.law.findings import Report
from xinheng.law.policy_models import PENALTY_ORDER, grades_of, side_of, subs_of
from xinheng.law.reading import Node

ON = date(2026, 11, 21)
SHIPPED = {"general": "national", "supervision-risk": "national", "food-drug": "huantai", "farm": "suixi"}


def of(pack: law.Pack, code: str, **texts: str) -> law.What:
    return law.what_of(pack=pack, item=pack.items[code], **texts)


def test_a_list_goes_by_its_code(pack: law.Pack) -> None:
    told = of(pack, "serious-list", kind="重大税收违法案件当事人名单")
    assert (told.sub, told.side) == ("tax-serious", "adverse")
    assert of(pack, "serious-list", kind="没有依据的名单").sub == "其他"


@pytest.mark.parametrize(
    ("text", "sub"),
    [
        ("罚款", "fine"), ("警告;罚款", "fine"), ("罚款；吊销营业执照", "licence-revoked"), ("其他-通报批评", "criticism"),
        ("其他-责令限期拆除", "其他"), ("", ""),
    ],
)  # fmt: skip
def test_a_penalty_goes_by_its_heaviest_kind(pack: law.Pack, text: str, sub: str) -> None:
    assert of(pack, "admin-penalty", kind=text, severity="ordinary").sub == sub


def test_every_kind_of_penalty_has_its_place_in_the_order(pack: law.Pack) -> None:
    assert set(PENALTY_ORDER) == set(pack.kinds)


def test_a_commitment_goes_by_how_it_stands(pack: law.Pack) -> None:
    sides = {
        text: of(pack, "commitment", outcome=text).side
        for text in ("全部履行", "部分履行", "未履行", "未到期")
    }
    assert sides == {"全部履行": "positive", "部分履行": "neutral", "未履行": "adverse", "未到期": "neutral"}


def test_of_several_findings_the_adverse_one_tells(pack: law.Pack) -> None:
    told = of(pack, "inspection-result", outcome="未发现问题;8")
    assert (told.grade, told.side) == ("不配合检查情节严重", "adverse")


def test_no_free_text_gets_into_a_fact(pack: law.Pack) -> None:
    """Items whose kind is free text have no kind; free choices become one value."""
    assert of(pack, "admin-confirmation", kind="张三家的确认书").sub == ""
    assert of(pack, "sector-result", kind="其他-某某评价", outcome="其他-某级").sub == "其他"
    for item in pack.items.values():
        known = {*subs_of(pack, item), *grades_of(item)}
        fields = law.what_fields(item=item)
        told = law.what_of(pack=pack, item=item, kind="某某某", outcome="某某某", severity="", sector="某某")
        assert {told.sub, told.grade} <= known and told.sector == ""
        assert all(
            not code or item.by_code[code].scope in ("public", "shared")
            for code in (fields.kind, fields.outcome)
        )


def test_only_penalties_and_licences_carry_a_sector(pack: law.Pack) -> None:
    assert of(pack, "admin-penalty", kind="罚款", sector="food").sector == "food"
    assert of(pack, "admin-licence", sector="drugs").sector == "drugs"
    assert of(pack, "honour", sector="food").sector == ""


def test_a_filter_wants_every_part_it_gives(pack: law.Pack) -> None:
    wanted = law.Filter((law.Clause(("admin-penalty",), severities=("serious",), sectors=("food",)),))
    assert law.matches(wanted, of(pack, "admin-penalty", severity="serious", sector="food"))
    assert not law.matches(wanted, of(pack, "admin-penalty", severity="serious", sector="drugs"))
    assert not law.matches(wanted, of(pack, "admin-penalty", severity="ordinary", sector="food"))
    assert not law.matches(wanted, of(pack, "serious-list", severity="serious", sector="food"))


def test_a_model_is_found_by_the_day_it_is_in_force() -> None:
    pack = law.load("huantai")
    assert set(law.models(pack=pack)) == {"general", "supervision-risk", "food-drug"}
    assert set(law.models(pack=pack, on=date(2018, 5, 1))) == {"food-drug"}
    assert set(law.models(pack=pack, on=ON)) == {"general", "supervision-risk"}
    with pytest.raises(law.UnknownCode, match="food-drug"):
        law.model(pack=pack, code="food-drug", on=ON)
    with pytest.raises(law.UnknownCode, match="nothing"):
        law.model(pack=pack, code="nothing")


def test_shipped_models_are_sound_and_no_law_of_ours() -> None:
    for code, place in SHIPPED.items():
        pack = law.load(place)
        model = law.model(pack=pack, code=code)
        assert law.check_model(model, pack) == ()
        assert "individual" not in model.subjects
        assert model.publication is None
        assert model.simulation == (code == "food-drug")
        assert all(one.name and one.name_en and one.source.cited for one in model.indicators)
        text = law.model_text(pack=pack, model=model)
        assert model.name in text and all(
            word not in text for word in ("黑名单", "红名单", "联合惩戒", "老赖")
        )
        told = law.model_dict(pack=pack, model=model)
        assert [one["code"] for one in told["indicators"]] == [one.code for one in model.indicators]  # type: ignore[attr-defined]


def test_the_digest_names_the_model_alone() -> None:
    """The same model in two packs is the same model: an adoption holds in both."""
    two = [law.model(pack=law.load(place), code="general") for place in ("national", "suixi")]
    assert two[0] == two[1]
    assert len({law.model(pack=law.load(place), code=code).digest for code, place in SHIPPED.items()}) == 4


def test_a_model_of_an_older_pack_is_read_again_from_what_was_kept(empty_home: object) -> None:
    pack = law.load("suixi")
    law.remember(pack)
    found = law.model_at(digest=pack.digest, code="farm")
    assert found == law.model(pack=pack, code="farm")
    assert law.model_at(digest=pack.digest, code="farm", version="2026.1") == found
    with pytest.raises(law.UnknownCode, match="2025"):
        law.model_at(digest=pack.digest, code="farm", version="2025.1")
    with pytest.raises(law.UnknownDigest):
        law.model_at(digest="0" * 64, code="farm")


@cache
def whats(place: str) -> tuple[law.What, ...]:
    """Every kind of fact a place can have, sectors and classes thinned to those models ask about."""
    pack = law.load(place)
    found = []
    for item in pack.items.values():
        classes = ("minor", "ordinary", "serious") if item.severity_from else ("",)
        sectors = ("food", "agriculture", "") if law.what_fields(item=item).sector else ("",)
        for sub in subs_of(pack, item):
            for grade in grades_of(item):
                side = side_of(item, sub, grade)
                found += [
                    law.What(0, item.code, sub, grade, severity, side, sector)
                    for severity in classes
                    for sector in sectors
                ]
    return tuple(found)


@cache
def told_apart(code: str) -> tuple[tuple[law.What, ...], tuple[law.What, ...]]:
    """The kinds of fact a model asks about, and the adverse ones among them."""
    pack = law.load(SHIPPED[code])
    model = law.model(pack=pack, code=code)
    filters = [one.filter for one in (*model.indicators, *model.vetoes)]
    filters += [model.ladder.breaks] if model.ladder else []
    asked = tuple(one for one in whats(SHIPPED[code]) if any(law.matches(f, one) for f in filters))
    return asked, tuple(one for one in asked if one.side == "adverse")


@st.composite
def standing(draw: st.DrawFn, code: str) -> tuple[list[Plain], Plain]:
    """Facts of an organisation, and one adverse fact more."""
    asked, adverse = told_apart(code)
    days = st.integers(0, 1300).map(lambda back: ON - timedelta(days=back))
    amounts = st.sampled_from([0, 999_999, 1_000_000, 10_000_000, 10**12])
    numbers = st.integers(1, 10**6)
    fact = st.builds(Plain, st.sampled_from(asked), days, amounts, numbers)
    more = st.builds(Plain, st.sampled_from(adverse), days, amounts, numbers)
    return draw(st.lists(fact, max_size=12)), draw(more)


@pytest.mark.parametrize("code", SHIPPED)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_one_more_adverse_fact_never_improves_score_or_grade(code: str, data: st.DataObject) -> None:
    model = law.model(pack=law.load(SHIPPED[code]), code=code)
    facts, more = data.draw(standing(code))
    founded = date(2010, 1, 1)
    before, after = outcome(model, facts, ON, founded), outcome(model, [*facts, more], ON, founded)
    assert after.score <= before.score
    assert model.grade_index(after.grade) >= model.grade_index(before.grade)
    assert set(before.vetoes) <= set(after.vetoes)


@pytest.mark.parametrize("code", SHIPPED)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_fact_counts_in_one_indicator_at_most(code: str, data: st.DataObject) -> None:
    model = law.model(pack=law.load(SHIPPED[code]), code=code)
    one = data.draw(st.sampled_from(told_apart(code)[0]))
    assert sum(law.matches(indicator.filter, one) for indicator in model.indicators) <= 1


def test_a_filter_of_any_is_not_mixed_with_other_keys() -> None:
    from xinheng.law.build_models import read_filter

    report = Report()
    read_filter(Node({"items": ["honour"], "any": [{"items": ["honour"]}]}, "x", "", report))
    assert [one.code for one in report.findings] == ["form"]


def test_the_command_models_shows_them_as_the_packs_have_them() -> None:
    import json

    from click.testing import CliRunner

    from xinheng.faces.cli.main import cli

    text = CliRunner().invoke(cli, ["law", "models", "food-drug", "--pack", "huantai"]).output
    assert "已到期，只能模拟" in text and "示范守信还要：36 个月以内没有行政处罚" in text
    told = json.loads(CliRunner().invoke(cli, ["law", "models", "--pack", "suixi", "--json"]).output)
    assert [one["code"] for one in told["models"]] == ["general", "supervision-risk", "farm"]
    assert told["digest"] == law.load("suixi").digest
    assert told["models"][0]["indicators"][14]["says_en"].endswith(
        "decay 0+: 1000‰, 6+: 800‰, 12+: 500‰; capped at 50"
    )
    past = CliRunner().invoke(cli, ["law", "models", "--pack", "suixi", "--on", "2020-01-01"])
    assert past.exit_code == 0 and past.output.strip() == "没有评价模型"
    wrong = CliRunner().invoke(cli, ["law", "models", "nothing", "--pack", "suixi"])
    assert wrong.exit_code == 2 and "没有评价模型「nothing」" in wrong.output
