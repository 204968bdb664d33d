"""Every measure of the list, asked by example: when it may be taken, and each way in which it may not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from xinheng.law import service as law
from xinheng.law.policy_uses import decides

FOLDER = Path(__file__).parent / "measures"
ON = "2026-11-21"
UNTIL = "2027-06-30"


def load(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)


FILES = {path.stem: load(path) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [
    pytest.param(code, case, id=f"{code}: {case['name']}")
    for code, data in FILES.items()
    for case in data["cases"]
]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def facts(at: int, entry: dict[str, str]) -> law.EntryFacts:
    return law.EntryFacts(
        at, entry["item"], entry.get("list", ""), entry.get("severity", ""), entry.get("state", "held"),  # type: ignore[arg-type]
        entry.get("disputed") == "true", day(entry.get("until", UNTIL)), day(entry.get("since", "")),
    )  # fmt: skip


def ask(pack: law.Pack, code: str, case: dict[str, Any]) -> dict[str, Any]:
    entries = tuple(facts(at, one) for at, one in enumerate(case["entries"], 1))
    return {
        "pack": pack, "sector": case["sector"], "use": law.use_of(pack=pack, matter=case["matter"]),
        "matter": case["matter"], "subject_kind": case.get("subject", "企业"), "entries": entries,
        "on": day(case.get("on", ON)),
    }  # fmt: skip


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_measure_is_answered_as_the_law_has_it(
    pack: law.Pack, strict: law.Pack, code: str, case: dict[str, Any]
) -> None:
    asked = ask(strict if case.get("adopted") == "false" else pack, code, case)
    told = law.may_apply(measure=code, **asked)
    assert told.allowed == (case["answer"] == "allow"), told.says
    assert told.refusal == case.get("refusal", "")
    assert told.strength == case.get("strength", "")
    if "until" in case:
        assert told.until == day(case["until"])
    assert case.get("says", "") in told.says
    if told.allowed:
        assert told.citations
        assert "由该部门依法决定" in told.says
        assert all(hint.refused == "" and hint.citation for hint in told.hints)
    else:
        assert not told.hints


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_check_hints_exactly_at_what_may_be_applied(
    pack: law.Pack, strict: law.Pack, code: str, case: dict[str, Any]
) -> None:
    asked = ask(strict if case.get("adopted") == "false" else pack, code, case)
    hinted = tuple(one for one in law.hints(**asked) if one.measure == code)
    if not decides(pack, case["matter"], case["sector"]):
        # A hint says what the unit that decides the matter may do; another that asks for itself is refused
        hinted = ()
    assert hinted == law.may_apply(measure=code, **asked).hints


def test_every_measure_has_cases_of_yes_and_of_every_no_it_can_meet(pack: law.Pack) -> None:
    assert set(FILES) == set(pack.measures)
    told: set[str | None] = set()
    for code, measure in pack.measures.items():
        assert FILES[code]["measure"] == code
        answers = {case["answer"] for case in FILES[code]["cases"]}
        refusals = {case.get("refusal") for case in FILES[code]["cases"]}
        told |= refusals
        assert answers == {"allow", "refuse"}, code
        assert {"no-basis", "entry-ended"} <= refusals, code
        if measure.side == "adverse":
            assert {"entry-disputed", "entry-repaired"} <= refusals, code
        if any(ground.proportion for ground in measure.grounds):
            assert "out-of-proportion" in refusals, code
    assert set(law.REFUSALS) <= told


def test_every_ground_of_every_measure_gives_at_least_one_yes(pack: law.Pack) -> None:
    given = {
        hint.ground
        for code, data in FILES.items()
        for case in data["cases"]
        for hint in law.may_apply(measure=code, **ask(pack, code, case)).hints
    }
    assert given == {ground.code for measure in pack.measures.values() for ground in measure.grounds}
