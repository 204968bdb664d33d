"""What holds of measures and uses whatever the facts: hints are few, undisputed, in force; purposes fit or are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.law import service as law
from xinheng.law.policy_uses import decides

ON = date(2026, 11, 21)
PACK = law.load("huaibei")
ALL = PACK.with_adopted(frozenset(one.id for one in law.adoptable(pack=PACK)))
MATTERS = tuple(
    one.code for one in law.matters_for(pack=PACK) if law.use_of(pack=PACK, matter=one.code).counts
)
days = st.none() | st.dates(date(2024, 1, 1), date(2030, 1, 1))


@st.composite
def facts(draw: st.DrawFn) -> law.EntryFacts:
    item = draw(st.sampled_from(sorted(PACK.items)))
    return law.EntryFacts(
        draw(st.integers(1, 99)), item,
        draw(st.sampled_from(sorted(PACK.lists))) if item == "serious-list" else "",
        draw(st.sampled_from(("", "minor", "ordinary", "serious", "undetermined"))) if item == "admin-penalty" else "",
        draw(st.sampled_from(("held", "held", "repaired", "ended", "suppressed"))),
        draw(st.booleans()), draw(days), draw(days),
    )  # fmt: skip


asks = st.fixed_dictionaries(
    {
        "matter": st.sampled_from(MATTERS),
        "sector": st.sampled_from(sorted(PACK.sectors)),
        "subject_kind": st.sampled_from(("企业", "个体工商户", "社会团体", "机关", "律师执业机构", "")),
        "entries": st.lists(facts(), max_size=4).map(tuple),
        "on": st.dates(date(2015, 1, 1), date(2028, 1, 1)),
    }
)


def hints(pack: law.Pack, ask: dict[str, object]) -> tuple[law.Hint, ...]:
    use = law.use_of(pack=pack, matter=str(ask["matter"]))
    return law.hints(pack=pack, use=use, **ask)  # type: ignore[arg-type]


@given(asks)
def test_a_hint_rests_on_an_entry_that_stands_undisputed_and_on_a_provision_in_force(
    ask: dict[str, object],
) -> None:
    entries = {}
    for one in ask["entries"]:  # type: ignore[attr-defined]
        entries.setdefault(one.ref, []).append(one)
    for hint in hints(ALL, ask):
        standing = [
            one
            for one in entries[hint.entry]
            if one.state == "held" and not one.disputed and (one.until is None or one.until >= ask["on"])
        ]
        assert standing
        ground = next(g for m in ALL.measures.values() for g in m.grounds if g.code == hint.ground)
        assert ask["on"] in ground.in_force
        assert hint.until is None or hint.until >= ask["on"]  # type: ignore[operator]
        assert hint.citation and hint.refused == ""


@given(asks)
def test_hints_and_the_single_question_agree_for_every_measure(ask: dict[str, object]) -> None:
    """A hint says what the unit that decides the matter may do; another unit that asks for itself is refused."""
    use = law.use_of(pack=ALL, matter=str(ask["matter"]))
    found = hints(ALL, ask) if decides(ALL, str(ask["matter"]), str(ask["sector"])) else ()
    for code in ALL.measures:
        told = law.may_apply(pack=ALL, measure=code, use=use, **ask)  # type: ignore[arg-type]
        assert sorted(told.hints, key=repr) == sorted((h for h in found if h.measure == code), key=repr)
        assert told.allowed == bool(told.hints) == (told.refusal == "")


@given(asks)
def test_an_office_that_adopted_nothing_never_gets_a_hint_more(ask: dict[str, object]) -> None:
    strict = hints(PACK, ask)
    assert not any(hint.pending for hint in strict)
    assert set(strict) <= set(hints(ALL, ask))


@given(asks)
def test_an_entry_that_is_disputed_or_repaired_takes_its_adverse_hints_with_it(
    ask: dict[str, object],
) -> None:
    entries: tuple[law.EntryFacts, ...] = ask["entries"]  # type: ignore[assignment]
    for change in ({"disputed": True}, {"state": "repaired"}, {"state": "ended"}):
        none = {**ask, "entries": tuple(replace(one, **change) for one in entries)}  # type: ignore[arg-type]
        assert not [hint for hint in hints(ALL, none) if hint.side == "adverse"]


@given(facts(), st.sampled_from(MATTERS))
def test_only_what_stands_counts_and_a_dispute_does_not_take_it_out(
    entry: law.EntryFacts, matter: str
) -> None:
    use = law.use_of(pack=PACK, matter=matter)
    told = law.counts(pack=PACK, use=use, entry=entry)
    assert told == law.counts(pack=PACK, use=use, entry=replace(entry, disputed=not entry.disputed))
    if told:
        assert entry.state == "held"
        assert entry.item in {row.item for row in use.counts}


def test_minor_penalties_count_for_nothing() -> None:
    entry = law.EntryFacts(1, "admin-penalty", "", "minor", "held", False, None)
    assert not [
        use.code for use in law.uses(pack=PACK).values() if law.counts(pack=PACK, use=use, entry=entry)
    ]


def test_a_penalty_counts_by_its_class_and_only_where_the_use_says() -> None:
    def counted(severity: str) -> set[str]:
        entry = law.EntryFacts(1, "admin-penalty", "", severity, "held", False, None)
        return {
            use.code for use in law.uses(pack=PACK).values() if law.counts(pack=PACK, use=use, entry=entry)
        }

    assert counted("ordinary") == {"approval", "procurement", "honour", "supervision", "enforcement"}
    assert counted("serious") == counted("ordinary") | {"bidding", "subsidy", "benefit", "financing"}


@pytest.mark.parametrize(
    ("matter", "use"),
    [
        ("food-business-licence", "approval"),
        ("food-penalty", "enforcement"),
        ("market-inspection", "supervision"),
        ("procurement-contract", "procurement"),
        ("approval-commitment", "benefit"),
        ("bid-evaluation", "bidding"),
        ("subsidy-grant", "subsidy"),
        ("honour-award", "honour"),
        ("policy-benefit", "benefit"),
        ("inspection-plan", "supervision"),
        ("financing-review", "financing"),
    ],
)
def test_every_matter_has_a_use(matter: str, use: str) -> None:
    assert law.use_of(pack=PACK, matter=matter).code == use


@pytest.mark.parametrize("code", ["huaibei", "huaian", "huantai", "suixi", "xuancheng"])
def test_every_matter_of_every_place_has_a_use_and_general_ones_are_everywhere(code: str) -> None:
    pack = law.load(code)
    assert {one.use for one in (*pack.matters, *pack.general)} <= set(law.uses(pack=pack))
    assert {one.code for one in pack.general} == {one.code for one in PACK.general}
    assert all(not one.department for one in pack.general)


def test_an_unknown_matter_is_refused_with_the_way_to_the_directory() -> None:
    with pytest.raises(law.UnknownCode, match="xinheng law matters"):
        law.use_of(pack=PACK, matter="nothing")


def test_only_bidding_procurement_and_inspections_are_told_of_later() -> None:
    deferred = {use.code for use in law.uses(pack=PACK).values() if use.deferred}
    assert deferred == {"procurement", "bidding", "supervision"}


def test_bidding_forbids_reports_as_a_condition_and_local_grades_as_a_bonus() -> None:
    for matter in ("bid-evaluation", "procurement-award"):
        forbids = law.use_of(pack=PACK, matter=matter).forbids
        assert {one.code for one in forbids} == {"report-as-condition", "local-grade-as-bonus"}
        assert all(one.citation and one.zh and one.en for one in forbids)


def purpose(
    matter: str, asked: str, role: str = "department", sector: str = "finance", named: bool = True
) -> str:
    use = law.use_of(pack=PACK, matter=matter)
    return law.purpose_refusal(
        pack=PACK, use=use, purpose=asked, role=role, sector=sector, matter=matter if named else ""
    )


def test_a_purpose_that_does_not_fit_is_called_by_its_name() -> None:
    told = purpose("bid-evaluation", "honour-review")
    assert "用途「评优评先、表彰审核」" in told and "honour-review" not in told


def test_a_purpose_that_fits_is_taken_by_code_or_by_its_words() -> None:
    assert purpose("subsidy-grant", "fund-grant") == ""
    assert purpose("subsidy-grant", "审核财政性资金、项目申报") == ""
    assert purpose("food-business-licence", "licence-decision", sector="food") == ""


@pytest.mark.parametrize(
    ("matter", "asked", "role", "sector", "says"),
    [
        ("subsidy-grant", "licence-decision", "department", "finance", "从这些用途里选择"),
        ("subsidy-grant", "", "department", "finance", "从这些用途里选择"),
        ("subsidy-grant", "随便看看", "department", "finance", "从这些用途里选择"),
        ("subsidy-grant", "fund-grant", "organisation", "finance", "账号角色"),
        ("subsidy-grant", "fund-grant", "", "finance", "账号角色"),
        ("subsidy-grant", "fund-grant", "auditor", "finance", "账号角色"),
        ("food-business-licence", "licence-decision", "department", "finance", "不由这一行业"),
        ("financing-review", "financing-review", "department", "health", "不由这一行业"),
    ],
)
def test_a_purpose_that_does_not_fit_role_or_matter_is_refused(
    matter: str, asked: str, role: str, sector: str, says: str
) -> None:
    assert says in purpose(matter, asked, role, sector)


def test_departments_find_their_matters_and_the_general_ones() -> None:
    own = {one.code for one in law.matters_for(pack=PACK, sector="market-regulation")}
    assert {"food-business-licence", "honour-award"} <= own
    assert "financing-review" not in own and "tax-penalty" not in own
    assert "financing-review" in {one.code for one in law.matters_for(pack=PACK, sector="finance")}


def test_measures_and_lists_are_dated() -> None:
    assert "entry-restriction" not in law.measures(pack=PACK, on=date(2019, 1, 1))
    assert "key-supervision" in law.measures(pack=PACK, on=ON)
    early = law.list_kinds(pack=PACK, on=date(2016, 1, 1))
    assert "judgment-defaulter" in early and "market-serious" not in early
    assert set(law.list_kinds(pack=PACK)) == set(PACK.lists)


def test_every_kind_of_list_ends_warns_and_says_how_it_is_left() -> None:
    for kind in law.list_kinds(pack=PACK).values():
        exits = {one.kind for one in kind.exits}
        assert {"removal", "correction", "revocation"} <= exits, kind.code
        assert kind.triggers and all(one.source.citation for one in kind.triggers), kind.code
        assert all(one.document for one in kind.exits if one.kind != "expiry"), kind.code
        if kind.item == "serious-list":
            assert kind.stay and "expiry" in exits and kind.warning == 60, kind.code
        else:
            assert not kind.listing_case, kind.code


def test_the_measures_of_the_list_are_those_on_organisations_only() -> None:
    rows = {one.number for one in PACK.measures.values() if one.side == "adverse"}
    assert rows == {1, 6, 7, 8, 9, 10, 11}
    for measure in PACK.measures.values():
        said = measure.name + "".join(ground.scope_text for ground in measure.grounds)
        assert not any(word in said for word in ("任职", "消费", "出境", "升学", "法定代表人", "个人"))


def test_answers_to_many_checks_are_quick() -> None:
    """Bounds gross slowness only; `bench/checks.py` measures."""
    from time import perf_counter

    use = law.use_of(pack=PACK, matter="subsidy-grant")
    entries = (
        law.EntryFacts(1, "serious-list", "wage-arrears", "", "held", False, date(2027, 1, 1)),
        law.EntryFacts(2, "tax-grade-a", "", "", "held", False, date(2027, 1, 1)),
    )
    asked = {
        "matter": "subsidy-grant",
        "sector": "finance",
        "subject_kind": "企业",
        "entries": entries,
        "on": ON,
    }
    hints(PACK, asked)
    begun = perf_counter()
    for _ in range(2_000):
        law.hints(pack=PACK, use=use, **asked)  # type: ignore[arg-type]
    assert perf_counter() - begun < 2.0
