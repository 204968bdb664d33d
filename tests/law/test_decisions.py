"""What holds for every penalty: the class, the window, and the shortcuts the set form takes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.periods import add_months
from xinheng.law import service as law

BASE = law.load("huaibei")
PACK = BASE.with_adopted(frozenset(one.id for one in law.adoptable(pack=BASE)))
ITEM = PACK.items["admin-penalty"]
WEIGHT = {"undetermined": 0, "minor": 1, "ordinary": 2, "serious": 3}
KINDS = sorted(
    {text for kind in PACK.kinds.values() for text in kind.written} | {"其他-责令限期拆除", "乱写的"}
)

days = st.dates(date(2019, 7, 1), date(2030, 12, 31))
amounts = st.one_of(
    st.none(), st.integers(0, 30_000_000), st.sampled_from([299_999, 300_000, 300_001, 9_999_999])
)
sectors = st.sampled_from(["", "nowhere", *PACK.sectors])
facts = st.builds(
    law.Facts,
    categories=st.lists(st.sampled_from(KINDS), max_size=4, unique=True).map(tuple),
    simple_procedure=st.booleans(),
    fine_fen=amounts,
    confiscated_fen=amounts,
    sector=sectors,
    decided_on=days,
)


def decide(one: law.Facts) -> law.SeverityDecision:
    return law.severity(pack=PACK, item=ITEM, facts=one)


def shown(one: law.Facts, received: date | None = None) -> law.Window:
    return law.window(
        pack=PACK,
        item=ITEM,
        severity=decide(one),
        decided_on=one.decided_on,
        received_on=received or one.decided_on,
    )


@given(facts)
def test_what_is_undetermined_or_minor_is_not_shown_and_what_is_shown_has_an_end(one):
    window = shown(one)
    if decide(one).severity in ("undetermined", "minor"):
        assert not window.show
    assert (window.show_until is not None) == window.show == (window.show_from is not None)


@given(facts)
def test_nothing_is_shown_longer_than_three_years_and_repair_comes_before_the_end(one):
    window = shown(one)
    if window.show:
        assert one.decided_on <= window.show_until <= add_months(one.decided_on, 36)
        assert window.earliest_repair <= window.show_until + timedelta(days=1)


@given(facts, st.sampled_from(["吊销许可证件", "限制从业", "责令停产停业"]))
def test_a_serious_kind_beside_others_makes_it_serious_under_the_rules_of_2026(one, kind):
    from dataclasses import replace

    decided = max(one.decided_on, date(2026, 4, 1))
    heavier = replace(one, categories=(*one.categories, kind), decided_on=decided)
    assert decide(heavier).severity == "serious"


@given(facts)
def test_the_current_rules_shorten_an_earlier_decision_and_never_lengthen_it(one):
    from dataclasses import replace

    settings = dict(PACK.settings)
    settings["transition"] = replace(settings["transition"], value="decision_day")
    plain = replace(PACK, settings=settings)
    before = law.window(
        pack=plain,
        item=ITEM,
        severity=decide(one),
        decided_on=one.decided_on,
        received_on=one.decided_on,
    )
    after = shown(one)
    assert after.show == before.show
    if after.show:
        assert after.show_until <= before.show_until
        assert after.earliest_repair <= before.earliest_repair


@given(facts)
def test_a_rule_ends_nothing_before_it_is_in_force(one):
    window = shown(one)
    eve = date(2026, 3, 31)
    if window.show and decide(one).version == "NDRC-58" and "NDRC-36" in window.provision:
        assert window.show_until >= min(eve, add_months(one.decided_on, 36))


@given(facts)
def test_the_class_is_the_same_on_the_first_day_of_its_stretch(one):
    from dataclasses import replace

    first = law.regime_day(pack=PACK, decided_on=one.decided_on)
    assert first <= one.decided_on
    assert decide(one) == decide(replace(one, decided_on=first))


@given(facts)
def test_two_fines_between_neighbouring_breakpoints_get_the_same_class(one):
    from dataclasses import replace

    if one.fine_fen:
        points = law.fine_breakpoints(pack=PACK, sector=one.sector)
        stretch = max(point for point in points if point <= one.fine_fen)
        other = decide(replace(one, fine_fen=stretch))
        assert (other.severity, other.provision, [late[:2] for late in other.later]) == (
            decide(one).severity,
            decide(one).provision,
            [late[:2] for late in decide(one).later],
        )


@given(facts, st.integers(0, 900))
def test_the_kept_rule_gives_the_window_again(one, delay):
    received = one.decided_on + timedelta(days=delay)
    first = shown(one, received)
    again = law.window(
        pack=PACK,
        item=ITEM,
        severity=decide(one).severity,
        decided_on=one.decided_on,
        received_on=received,
        rule=first.provision,
    )
    assert (again.show, again.show_from, again.show_until) == (first.show, first.show_from, first.show_until)
    assert again.earliest_repair == first.earliest_repair


@given(facts)
def test_without_adoption_a_penalty_is_never_put_into_a_heavier_class(one):
    strict = law.severity(pack=BASE, item=ITEM, facts=one).severity
    assert WEIGHT[strict] <= WEIGHT[decide(one).severity]


def test_without_adoption_an_unverified_class_leaves_the_penalty_undetermined():
    one = law.Facts(("责令停产停业",), False, None, None, "ecology", date(2026, 6, 1))
    strict = law.severity(pack=BASE, item=ITEM, facts=one)
    assert (strict.severity, decide(one).severity) == ("undetermined", "serious")
    assert any("未采用" in reason for reason in strict.reasons)


def test_without_adoption_the_sector_has_no_threshold():
    one = law.Facts(("罚款",), False, 50_000_000, None, "market-regulation", date(2026, 6, 1))
    assert law.severity(pack=BASE, item=ITEM, facts=one).severity == "undetermined"
    adopted = BASE.with_adopted(frozenset({"fine-threshold.market-regulation"}))
    assert law.severity(pack=adopted, item=ITEM, facts=one).severity == "ordinary"


def test_without_adoption_the_shorter_rule_is_followed_because_it_only_protects():
    one = law.Facts(("没收违法所得",), False, None, 100, "ecology", date(2026, 3, 31))
    decision = law.severity(pack=BASE, item=ITEM, facts=one)
    window = law.window(
        pack=BASE, item=ITEM, severity=decision, decided_on=one.decided_on, received_on=one.decided_on
    )
    assert window.show_until == date(2027, 3, 31)


def test_a_class_confirmed_by_the_authority_gives_its_periods():
    decided = date(2026, 5, 10)
    for name, until, repair in (
        ("minor", None, None),
        ("ordinary", date(2027, 5, 10), date(2026, 8, 11)),
        ("serious", date(2029, 5, 10), date(2027, 5, 11)),
        ("undetermined", None, None),
    ):
        window = law.window(pack=PACK, item=ITEM, severity=name, decided_on=decided, received_on=decided)
        assert (window.show_until, window.earliest_repair) == (until, repair)
        assert window.show == (until is not None)


def test_a_class_confirmed_for_an_older_decision_takes_the_shorter_of_both_rules():
    decided = date(2026, 3, 1)
    ordinary = law.window(pack=PACK, item=ITEM, severity="ordinary", decided_on=decided, received_on=decided)
    serious = law.window(pack=PACK, item=ITEM, severity="serious", decided_on=decided, received_on=decided)
    assert (ordinary.show_until, serious.show_until) == (date(2027, 3, 1), date(2029, 3, 1))


def test_a_licence_is_shown_from_receipt_without_an_end():
    item = PACK.items["admin-licence"]
    facts = law.Facts((), False, None, None, "", date(2026, 5, 10))
    decision = law.severity(pack=PACK, item=item, facts=facts)
    assert decision.severity == ""
    window = law.window(
        pack=PACK, item=item, severity=decision, decided_on=date(2026, 5, 10), received_on=date(2026, 5, 12)
    )
    assert window.show and window.show_until is None and window.earliest_repair is None
    assert window.show_from == date(2026, 5, 12)


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("罚款", ("罚款",)),
        ("警告;罚款", ("警告", "罚款")),
        ("警告；罚款；警告", ("警告", "罚款")),
        ("罚款、没收违法所得，停产停业", ("罚款", "没收违法所得", "责令停产停业")),
        ("罚款、其他-限期拆除、恢复原状；警告", ("罚款", "其他-限期拆除、恢复原状", "警告")),
        (" 吊销营业执照 ", ("吊销许可证件",)),
        ("", ()),
    ],
)
def test_kinds_of_penalty_are_split_as_people_write_them(cell, values):
    assert law.split_choices(field=ITEM.by_code["CF_CFLB"], text=cell) == values


@pytest.mark.parametrize(
    ("values", "simple"),
    [
        ({"BZ": "适用简易程序"}, True),
        ({"CF_NR": "当场处罚，罚款 200 元"}, True),
        ({"CF_WSH": "淮市监简易程序〔2026〕1号"}, True),
        ({"BZ": "不适用简易程序"}, False),
        ({"CF_NR": "罚款 5000 元"}, False),
        ({"CF_SY": "店员当场处罚了偷窃者"}, False),
        ({}, False),
    ],
)
def test_simple_procedure_is_told_by_the_words_and_fields_the_item_names(values, simple):
    assert law.is_simple_procedure(item=ITEM, values=values) == simple


def test_the_facts_of_a_row_come_from_its_fields():
    values = {
        "CF_CFLB": "暂扣或者吊销许可证;罚款",
        "CF_NR": "吊销食品经营许可证，罚款人民币伍万元",
        "CF_NR_FK": "5",
        "CF_NR_WFFF": "",
        "CF_YJ": "《中华人民共和国食品安全法》第一百二十四条",
        "CF_CFJG": "淮北市市场监督管理局",
        "CF_JDRQ": "2026-05-10",
    }
    one = law.facts_of(pack=PACK, item=ITEM, values=values)
    assert one == law.Facts(("吊销许可证件", "罚款"), False, 5_000_000, None, "food", date(2026, 5, 10))
    assert decide(one).severity == "serious"


def test_the_reasons_name_the_rule_the_amounts_and_the_end():
    one = law.Facts(("罚款",), False, 20_000_000, None, "market-regulation", date(2026, 5, 10))
    told = "\n".join(shown(one).reasons)
    for part in (
        "国家发展改革委令第36号",
        "200,000 元",
        "100,000 元（待核实）",
        "「一般」",
        "公示至 2027-05-10",
    ):
        assert part in told
