"""The eighteen national items: complete, placed, owned, and closed against persons by their own form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from xinheng.law import service as law

ITEMS = {
    "registration-event": "registration", "agency-register": "registration", "admin-licence": "licences",
    "admin-confirmation": "licences", "admin-penalty": "penalties", "admin-compulsion": "penalties",
    "serious-list": "lists", "judgment-defaulter": "lists", "abnormal-operation": "lists", "commitment": "commitments",
    "tax-grade-a": "results", "sector-result": "results", "inspection-result": "results", "honour": "honours",
    "qualification": "honours", "admin-reward": "honours", "government-contract": "other", "risk-class": "results",
}  # fmt: skip
DAY, RECEIVED = date(2024, 3, 1), date(2024, 3, 8)


def test_the_catalogue_holds_exactly_these_items_each_in_its_section(strict: law.Pack) -> None:
    assert {code: item.section for code, item in strict.items.items()} == ITEMS


@pytest.mark.parametrize("code", ITEMS)
def test_an_item_is_owned_placed_and_shown_by_its_card(strict: law.Pack, code: str) -> None:
    item = strict.items[code]
    assert item.owners and set(item.owners) <= set(strict.sectors)
    same = [one.order for one in strict.items.values() if one.section == item.section]
    assert len(same) == len(set(same)), "two items stand at one place of a section"
    assert item.card.who and (item.card.title or item.card.what)
    assert item.card.kind or code in ("admin-licence", "risk-class")
    assert all(field.name and field.name_en for field in item.fields)
    assert item.basis and item.source.citation


@pytest.mark.parametrize("code", ITEMS)
def test_no_item_can_hold_a_persons_number_or_show_a_persons_name(strict: law.Pack, code: str) -> None:
    item = strict.items[code]
    for field in item.fields:
        assert field.type != "person" or field.scope == "restricted"
        if any(word in field.name for word in ("证件", "身份证", "车牌", "电话", "责任人", "检查人员")):
            assert field.scope == "drop", field.name
    refused = [
        rule for rule in item.rules if rule.outcome == "refused_personal" and rule.kind == "person_row"
    ]
    assert any(item.subject_name in rule.fields for rule in refused)


@pytest.mark.parametrize("code", sorted(set(ITEMS) - {"admin-licence", "admin-penalty"}))
def test_codes_and_headers_belong_to_one_item_only(strict: law.Pack, code: str) -> None:
    own = {field.code for field in strict.items[code].fields}
    for other, item in strict.items.items():
        assert other == code or not own & {field.code for field in item.fields}


def test_every_kind_of_list_has_a_basis_that_may_create_one_and_says_how_long(strict: law.Pack) -> None:
    ranks = {"law", "administrative_regulation", "central_policy", "departmental_rule"}
    assert len(strict.lists) >= 20
    for kind in strict.lists.values():
        assert {citation.instrument.rank for citation in kind.basis} & ranks, kind.name
        assert kind.authority in strict.sectors
    own = [kind for kind in strict.lists.values() if kind.item == "serious-list"]
    for kind in own:
        assert kind.stay and kind.stay.source.our_choice and kind.stay.source.protective, kind.name
    item = strict.items["serious-list"]
    assert item.by_code["YZ_LB"].choices == tuple(kind.name for kind in own)
    assert {kind.item for kind in strict.lists.values()} == {
        "serious-list", "judgment-defaulter", "abnormal-operation",
    }  # fmt: skip


def window(pack: law.Pack, code: str, received: date = RECEIVED, rule: str = "", **values: str) -> Any:
    item = pack.items[code]
    ends = law.ends_of(pack=pack, item=item, values=values)
    return law.window(
        pack=pack, item=item, severity="", decided_on=DAY, received_on=received, rule=rule, ends=ends
    )


def test_an_entry_is_shown_until_the_eve_of_its_exit(strict: law.Pack) -> None:
    assert window(strict, "abnormal-operation").show_until is None
    left = window(strict, "abnormal-operation", YC_YCRQ="2024-09-01")
    assert (left.show, left.show_until) == (True, date(2024, 8, 31))
    gone = window(strict, "abnormal-operation", received=date(2024, 9, 1), YC_YCRQ="2024-09-01")
    assert not gone.show and any("移出日期 2024-09-01" in reason for reason in gone.reasons)


def test_an_entry_on_a_list_ends_with_the_stay_of_its_kind_or_earlier(strict: law.Pack) -> None:
    three = window(strict, "serious-list", YZ_LB="市场监督管理严重违法失信")
    assert three.show_until == date(2027, 3, 1)
    assert window(strict, "serious-list", YZ_LB="统计严重失信企业").show_until == date(2025, 3, 1)
    early = window(strict, "serious-list", YZ_LB="市场监督管理严重违法失信", YZ_YCRQ="2025-05-05")
    assert early.show_until == date(2025, 5, 4)


def test_a_stay_counts_for_a_kept_rule_exactly_where_it_counted_then(strict: law.Pack) -> None:
    kind = {"YZ_LB": "市场监督管理严重违法失信"}
    then = window(strict, "serious-list", **kind)
    assert then.provision == "list-publication.2016:market-serious.stay"
    assert then.earliest_repair is None
    assert window(strict, "serious-list", rule=then.provision, **kind) == then
    without = window(strict, "serious-list", rule="list-publication.2016", **kind)
    assert without.show_until is None


def test_an_early_exit_may_be_asked_for_the_day_after_its_period_on_the_list(
    strict: law.Pack, pack: law.Pack
) -> None:
    market = window(pack, "serious-list", YZ_LB="市场监督管理严重违法失信")
    assert market.earliest_repair == date(2025, 3, 2)
    assert market.provision.endswith(":market-serious.early") and len(market.provision) <= 96
    assert "总局令第44号" in market.reasons[-1] and "待核实" in market.reasons[-1]
    wages = window(pack, "serious-list", YZ_LB="拖欠农民工工资失信联合惩戒对象")
    assert wages.earliest_repair == date(2024, 9, 2)
    # Likely, not unverified: it holds before an office adopts anything
    assert window(strict, "serious-list", YZ_LB="统计严重失信企业").earliest_repair == date(2024, 9, 2)
    # What the pack does not say is not supposed
    assert window(pack, "serious-list", YZ_LB="消防安全领域严重失信").earliest_repair is None
    # Received late, it still runs from the listing
    late = window(pack, "serious-list", received=date(2025, 1, 1), YZ_LB="市场监督管理严重违法失信")
    assert late.earliest_repair == market.earliest_repair


def test_an_unadopted_early_exit_binds_nobody_and_is_told(strict: law.Pack) -> None:
    told = window(strict, "serious-list", YZ_LB="市场监督管理严重违法失信")
    assert told.earliest_repair is None
    assert "尚未采用" in told.reasons[-1] and "market-serious.early" not in told.provision


def test_an_early_exit_counts_for_a_kept_rule_exactly_where_it_counted_then(pack: law.Pack) -> None:
    kind = {"YZ_LB": "市场监督管理严重违法失信"}
    then = window(pack, "serious-list", **kind)
    assert window(pack, "serious-list", rule=then.provision, **kind) == then
    before = window(pack, "serious-list", rule="list-publication.2016:market-serious.stay", **kind)
    assert (before.earliest_repair, before.show_until) == (None, then.show_until)


def test_who_has_left_a_list_before_has_no_early_exit_to_ask_for(pack: law.Pack) -> None:
    left = window(pack, "serious-list", YZ_LB="市场监督管理严重违法失信", YZ_YCRQ="2024-12-01")
    assert left.earliest_repair is None


def test_what_has_its_own_last_day_is_shown_to_it_and_without_one_stays(strict: law.Pack) -> None:
    assert window(strict, "honour", RY_YXQZ="2026-12-31").show_until == date(2026, 12, 31)
    assert window(strict, "honour", RY_YXQZ="2099-12-31").show_until is None
    assert window(strict, "honour").show_until is None
    assert not window(strict, "honour", RY_YXQZ="2024-03-07").show


def test_compulsion_is_collected_and_not_shown(strict: law.Pack) -> None:
    hidden = window(strict, "admin-compulsion")
    assert not hidden.show and "不是法律规定" in hidden.reasons[0]


def test_explaining_an_item_says_when_it_ends(strict: law.Pack) -> None:
    said = law.explain(pack=strict, code="serious-list", on=date(2026, 11, 20)).as_text()
    assert "移出之日起停止公示" in said and "市场监督管理严重违法失信：最长 3 年" in said
    assert "列入满 1 年可以申请提前移出" in said
    cited = law.explain(pack=strict, code="market-serious.early", on=date(2026, 11, 20)).as_text()
    assert "提前移出" in cited and "待核实" in cited


def test_penalties_and_licences_end_as_before(strict: law.Pack) -> None:
    assert law.ends_fields(pack=strict, item=strict.items["admin-penalty"]) == ()
    assert law.ends_fields(pack=strict, item=strict.items["admin-licence"]) == ()
