"""The cases a lawyer reads (cases/*.yaml), each as a test under its own name."""

from __future__ import annotations

from datetime import date

import pytest
from lawcases import cases

from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def fen(yuan: float | None) -> int | None:
    return None if yuan is None else round(yuan * 100)


@pytest.mark.parametrize("case", cases("windows"))
def test_a_penalty_is_classed_and_shown_as_the_case_says(case, pack, penalty):
    decided = day(case["decided_on"])
    facts = law.Facts(
        categories=tuple(case["categories"]),
        simple_procedure=case.get("simple", False),
        fine_fen=fen(case.get("fine_yuan")),
        confiscated_fen=fen(case.get("confiscated_yuan")),
        sector=case["sector"],
        decided_on=decided,
    )
    decision = law.severity(pack=pack, item=penalty, facts=facts)
    received = day(case.get("received_on")) or decided
    window = law.window(pack=pack, item=penalty, severity=decision, decided_on=decided, received_on=received)
    assert decision.severity == case["severity"]
    assert decision.version == case.get("version", "NDRC-36")
    assert window.show == case["show"]
    assert window.show_until == day(case.get("until"))
    assert window.earliest_repair == day(case.get("repair"))
    assert window.show_from == (received if case["show"] else None)
    assert decision.reasons and len(window.provision) <= 96


@pytest.mark.parametrize("case", cases("clocks"))
def test_a_period_ends_as_the_case_says(case, pack):
    start = day(case["from"])
    if "refuses" in case:
        with pytest.raises(XinhengError) as refusal:
            law.due(pack=pack, provision=case["provision"], start=start)
        assert refusal.value.code == case["refuses"]
        assert refusal.value.exit == (2 if case["refuses"] == "unknown-provision" else 3)
        if "shown" in case:
            shown = law.due_shown(pack=pack, provision=case["provision"], start=start)
            assert (shown.due, shown.provisional, bool(shown.unannounced)) == (day(case["shown"]), True, True)
        return
    answer = law.due(pack=pack, provision=case["provision"], start=start)
    assert answer.due == day(case["due"])
    assert answer.provisional == case.get("provisional", False)
    assert law.due_table(pack=pack, provision=case["provision"], starts=[start]) == {start: answer.due}
    assert law.due_shown(pack=pack, provision=case["provision"], start=start) == answer
    ask = {"pack": pack, "provision": case["provision"], "starts": [start]}
    assert law.due_shown_table(**ask) == {start: (answer.due, answer.provisional)}


@pytest.mark.parametrize("case", cases("sectors"))
def test_a_sector_is_told_as_the_case_says(case, pack):
    found = law.sector_of(pack=pack, authority="", authority_name=case["authority"], basis=case["basis"])
    assert found == case["sector"]
