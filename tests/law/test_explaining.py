"""What `law explain` tells a clerk: the rule of the day, why, and its neighbours."""

from __future__ import annotations

import json
from datetime import date

import pytest

from xinheng.law import explaining
from xinheng.law import service as law

TODAY = date(2026, 11, 20)


def test_the_rules_change_over_on_the_first_of_april(pack):
    before = law.explain(pack=pack, code="serious", on=date(2026, 3, 31))
    after = law.explain(pack=pack, code="serious", on=date(2026, 4, 1))
    assert "令第58号" in before.applies.citation and "没有这一类" in before.applies.says
    assert before.later.in_force_from == date(2026, 4, 1)
    assert "令第36号" in after.applies.citation and "最长 3 年" in after.applies.says
    assert after.earlier.in_force_to == date(2026, 3, 31)


def test_an_item_is_explained_with_its_basis_its_deadline_and_its_periods(pack):
    text = law.explain(pack=pack, code="admin-penalty", on=TODAY).as_text()
    for part in ("行政处罚法", "七个工作日", "最短 1 年，最长 3 年", "待认定", "立法法", pack.digest):
        assert part in text


def test_a_field_is_explained_with_its_rules_and_its_scope(pack):
    told = law.explain(pack=pack, code="CF_FR_ZJHM", on=TODAY)
    assert told.kind == "field" and any("不保存" in line for line in told.details)


def test_a_choice_of_ours_says_that_it_is_not_law(pack):
    for code in ("objection-platform", "transition"):
        told = law.explain(pack=pack, code=code, on=TODAY)
        assert told.applies.our_choice and "不是法律规定" in told.as_text()


def test_an_unadopted_provision_is_explained_as_without_effect(strict):
    told = law.explain(pack=strict, code="objection-platform", on=TODAY)
    assert not told.applies.effective and "未采用，不生效" in told.as_text()


def test_where_nothing_is_in_force_the_explanation_says_no_basis(pack):
    told = law.explain(pack=pack, code="repair-acceptance", on=date(2026, 3, 31))
    assert told.applies is None and "无依据" in told.as_text()
    assert told.later.in_force_from == date(2026, 4, 1)


def test_an_unknown_code_is_refused_with_what_can_be_asked(pack):
    with pytest.raises(law.UnknownCode) as refusal:
        law.explain(pack=pack, code="nothing", on=TODAY)
    assert "admin-penalty" in refusal.value.message and refusal.value.exit == 2


def test_everything_adoptable_can_be_explained(pack):
    for one in law.adoptable(pack=pack):
        told = law.explain(pack=pack, code=one.id, on=TODAY)
        basis = told.applies or told.earlier
        assert basis is not None and basis.confidence == "unverified"


@pytest.mark.parametrize("code", ["admin-licence", "double-publicity", "minor", "BZ", "NDRC-36.small-fine"])
def test_an_explanation_can_be_given_as_data(pack, code):
    told = law.explain(pack=pack, code=code, on=TODAY).as_dict()
    assert json.loads(json.dumps(told))["on"] == "2026-11-20"
    assert told["applies"]["in_force"]["from"]


def test_a_kept_rule_is_cited_with_both_instruments_when_a_later_one_shortened_it(pack):
    cited = explaining.cited(pack, "NDRC-58.other:food:NDRC-36.larger-fine")
    assert "令第58号" in cited.citation and "令第36号" in cited.citation
    assert cited.in_force_from == date(2023, 5, 1) and cited.text_en


def test_a_rule_nobody_knows_is_not_cited(pack):
    with pytest.raises(law.UnknownProvision):
        explaining.cited(pack, "no-such-rule")
