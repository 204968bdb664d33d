"""A report on a shipped model over the small city: computed, kept, bound, and read again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import fairkit as kit
import pytest
from django.db import connection

from moments import AT
from xinheng.evaluation import adoption, fairness, fairness_input, fairness_rows
from xinheng.evaluation.adoption_errors import (
    NoReason,
    NotAdoptable,
    NotThisStep,
    OneAccountTwice,
    TooLargeForAPage,
)
from xinheng.evaluation.errors import NotYet
from xinheng.evidence import service as evidence
from xinheng.law import service as law

ON = date(2026, 11, 20)
LATER = AT + timedelta(hours=1)


def general() -> law.EvaluationModel:
    return law.model(pack=law.active(), code="general")


def test_a_report_counts_every_subject_once_in_every_table_and_finds_the_model_monotone(city: Any) -> None:
    model = general()
    body = fairness.report(model=model, on=ON, at=LATER)
    assert body["organisations"] > 0
    assert sum(body["whole"]["grades"]) == body["organisations"]
    assert sum(n for _, _, n in body["histogram"]) == body["organisations"]
    for groups in body["spread"].values():
        assert sum(one["organisations"] for one in groups) == body["organisations"]
    assert {one["indicator"] for one in body["weights"]} == set(model.by_code)
    assert body["monotone"]["tried"] > 0
    assert body["monotone"]["improved"] == []
    told = body["backtest"]
    assert sum(n for n, _ in told["grades"]) == told["organisations"]
    assert sum(hit for _, hit in told["grades"]) == told["with_event"]
    assert 0 <= told["rank_won"] <= told["rank_all"]
    assert told["basis"] == "by-decision-date", "this city began a day ago: it knew nothing a year ago"
    for one in body["churn"]:
        assert sum(map(sum, one["cells"])) == one["better"] + one["worse"] + one["same"]


def test_an_earlier_day_the_platform_knew_is_reached_as_it_was_known(city: Any) -> None:
    """Two months on, a month back is within what the ledger knows: the facts are those of then, equal to today's here."""
    model, later = general(), date(2027, 1, 20)
    with fairness_input.opened(model, on=later, at=LATER) as held:
        with fairness_input.opened_then(model, held, day=date(2026, 12, 20)) as then:
            assert then.basis == "as-known"
            assert then.orgs["uscc"].sort().to_list() == held.orgs["uscc"].sort().to_list()
            then_scores = then.named(then.evaluate(model, on=date(2026, 12, 20))[0]).select("uscc", "score")
            now_scores = held.named(held.evaluate(model, on=date(2026, 12, 20))[0]).select("uscc", "score")
            assert then_scores.sort("uscc").equals(now_scores.sort("uscc"))
        with fairness_input.opened_then(model, held, day=date(2026, 1, 20)) as before:
            assert before.basis == "by-decision-date"
            assert before.orgs.height <= held.orgs.height


def test_drift_is_what_the_change_of_version_alone_does(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    model = general()
    assert fairness.previous(model) is None
    # The older version knew no vetoes and counted from a point less
    older = replace(model, version="0", digest="0" * 64, vetoes=(), base=model.base - 1_000_000)
    monkeypatch.setattr(fairness, "previous", lambda model: older)
    told = fairness.report(model=model, on=ON, at=LATER)["drift"]
    assert (told["version"], told["comparable"]) == ("0", True)
    assert told["better"] + told["worse"] + told["same"] == told["points_changed"] > 0
    assert told["only_before"] == told["only_after"] == 0
    monkeypatch.setattr(fairness, "previous", lambda model: replace(older, grades=model.grades[1:]))
    assert fairness.report(model=model, on=ON, at=LATER)["drift"]["comparable"] is False


def test_the_version_before_is_the_one_run_last_with_other_content(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    model = general()
    digest = law.remember(law.active())
    told = [
        SimpleNamespace(model_digest=model.digest, pack_digest=digest, version=model.version),
        SimpleNamespace(model_digest="0" * 64, pack_digest=digest, version=model.version),
    ]
    monkeypatch.setattr(fairness.runs, "runs", lambda *, model, limit: told)
    found = fairness.previous(model)
    assert found is not None
    assert found.code == "general"


def small(monkeypatch: pytest.MonkeyPatch, **given: Any) -> law.EvaluationModel:
    """A tiny model laid over the pack of this home: what it takes to adopt one without a minute of report."""
    model = kit.model(**given)
    monkeypatch.setattr(law, "check_model", lambda model, pack: ())
    return model


def reported(model: law.EvaluationModel) -> int:
    """A report on a model, short: the acts on a model ask only that there is one of this content."""
    return fairness.make_report(model=model, on=ON, at=LATER, actor="desk:li").id


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without their computation."""
    monkeypatch.setattr(
        fairness,
        "report",
        lambda *, model, on, at, most=0: {"position": 7, "model": model.code, "grades": [], **kit.ENOUGH},
    )


def test_a_kept_report_is_read_as_it_was_made_and_bound_by_the_ledger(empty_home: Any, quick: None) -> None:
    model = general()
    kept = fairness.report_of(report=reported(model))
    assert (kept.model, kept.digest, kept.position, kept.by) == ("general", model.digest, 7, "desk:li")
    assert kept.body == {"position": 7, "model": "general", "grades": [], **kit.ENOUGH}
    assert fairness.newest(models=[model]) == {"general": kept.id}
    assert fairness.reports(model="general") == [(kept.id, model.version, ON, model.digest)]
    assert evidence.verify().findings == []


def test_a_model_is_adopted_by_two_accounts_with_a_report_and_is_off_before(
    empty_home: Any, quick: None
) -> None:
    model = general()
    assert not adoption.status_of(code=model.code, digest=model.digest).usable
    with pytest.raises(NotAdoptable, match="还没有报告"):
        adoption.propose(model=model, reason="内部分级监管参考", actor="desk:li", at=LATER)
    report = reported(model)
    with pytest.raises(NotThisStep):
        adoption.confirm(model=model, actor="desk:wang", at=LATER)
    with pytest.raises(NoReason):
        adoption.propose(model=model, reason=" ", actor="desk:li", at=LATER)
    adoption.propose(model=model, reason="内部分级监管参考", actor="desk:li", at=LATER)
    with pytest.raises(OneAccountTwice):
        adoption.confirm(model=model, actor="desk:li", at=LATER)
    assert not adoption.status_of(code=model.code, digest=model.digest).usable
    adoption.confirm(model=model, actor="desk:wang", at=LATER)
    status = adoption.status_of(code=model.code, digest=model.digest)
    assert (status.state, status.report, status.adopted_by) == ("adopted", report, "desk:wang")
    assert adoption.statuses(models=[model])["general"] == status
    assert [one.done.act for one in adoption.history(code="general")] == ["adopt", "propose"]
    assert evidence.verify().findings == []


def test_a_model_whose_content_changed_is_off_again(empty_home: Any, quick: None) -> None:
    from dataclasses import replace

    model = general()
    reported(model)
    adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    adoption.confirm(model=model, actor="desk:wang", at=LATER)
    other = replace(model, digest="0" * 64)
    assert adoption.status_of(code=model.code, digest=model.digest).usable
    assert not adoption.statuses(models=[other])["general"].usable
    with pytest.raises(NotAdoptable, match="还没有报告"):
        adoption.propose(model=other, reason="参考", actor="desk:li", at=LATER)


def test_a_report_on_an_empty_home_or_of_a_day_long_past_carries_no_adoption(empty_home: Any) -> None:
    model = general()
    kept = fairness.make_report(model=model, on=ON, at=LATER, actor="desk:li")
    assert (kept.body["organisations"], kept.body["monotone"]["tried"]) == (0, 0)
    with pytest.raises(NotAdoptable, match="只有 0 个主体"):
        adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    with pytest.raises(NotYet):
        fairness.report(model=model, on=ON + timedelta(days=9), at=LATER)


def test_a_report_that_aged_or_whose_pack_changed_carries_neither_proposal_nor_confirmation(
    empty_home: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    model = general()
    fairness.make_report(model=model, on=date(1990, 1, 1), at=LATER, actor="desk:li")
    with pytest.raises(NotAdoptable, match="1990-01-01"):
        adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    reported(model)
    month = LATER + timedelta(days=31)
    with pytest.raises(NotAdoptable, match="超过 30 天"):
        adoption.propose(model=model, reason="参考", actor="desk:li", at=month)
    adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    with pytest.raises(NotAdoptable, match="超过 30 天"):
        adoption.confirm(model=model, actor="desk:wang", at=month)
    pack = law.active()
    monkeypatch.setattr(law, "active", lambda: replace(pack, digest="0" * 64))
    with pytest.raises(NotAdoptable, match="别的规则包"):
        adoption.confirm(model=model, actor="desk:wang", at=LATER)


def test_withdrawing_needs_one_account_and_a_reason(empty_home: Any, quick: None) -> None:
    model = general()
    reported(model)
    adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    adoption.confirm(model=model, actor="desk:wang", at=LATER)
    with pytest.raises(NoReason):
        adoption.withdraw(model=model, reason="", actor="desk:wang", at=LATER)
    adoption.withdraw(model=model, reason="国家统一评价", actor="desk:wang", at=LATER)
    assert adoption.status_of(code=model.code, digest=model.digest).state == "off"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"simulation": True}, "只供模拟"),
        ({"source": "ended"}, "有效期"),
    ],
)
def test_a_simulation_and_an_ended_model_cannot_be_adopted(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], why: str
) -> None:
    if "source" in given:
        given = {"source": kit.source(in_force=law.InForce(date(2020, 1, 1), date(2025, 12, 31)))}
    model = small(monkeypatch, **given)
    with pytest.raises(NotAdoptable, match=why):
        adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)


def test_a_model_the_checker_refuses_cannot_be_adopted(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    model = general()
    reported(model)
    adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    wrong = law.Finding("error", "double-count", "somewhere", "一项决定计入两项指标")
    monkeypatch.setattr(law, "check_model", lambda model, pack: (wrong,))
    with pytest.raises(NotAdoptable, match="一项决定计入两项指标"):
        adoption.confirm(model=model, actor="desk:wang", at=LATER)


def test_a_report_on_more_statements_than_a_page_can_bear_sends_to_the_command(city: Any) -> None:
    with pytest.raises(TooLargeForAPage, match="xinheng evaluate report general"):
        fairness.report(model=general(), on=ON, at=LATER, most=1)


def test_the_organisations_behind_a_weight_are_as_many_as_the_report_says(city: Any) -> None:
    model = general()
    body = fairness.report(model=model, on=ON, at=LATER)
    said = {one["indicator"]: one for one in body["weights"]}
    code = body["weights"][0]["indicator"]
    for way in ("up", "down"):
        found = fairness_rows.moved_by_weight(
            model=model, indicator=code, way=way, on=ON, at=LATER, limit=1_000
        )
        assert len(found) == said[code][f"{way}_better"] + said[code][f"{way}_worse"]
        assert [one.uscc for one in found] == sorted(one.uscc for one in found)
        assert all(one.grade != one.grade_after for one in found)


FLIPPED = {
    "evaluation_adoption": {"model": "x", "version": "x", "digest": "x", "act": "adopt", "reason": "x", "basis": "x",
                            "report_id": 1, "by": "x", "done_on": "2020-01-01"},
    "evaluation_report": {"model": "x", "version": "x", "digest": "x", "made_on": "2020-01-01", "position": 1, "body": "{}",
                          "by": "x"},
}  # fmt: skip


def test_a_changed_cell_is_found_in_every_column_of_acts_and_reports(empty_home: Any, quick: None) -> None:
    from xinheng.evaluation import adoption_keeping

    model = general()
    reported(model)
    adoption.propose(model=model, reason="参考", actor="desk:li", at=LATER)
    assert evidence.verify().findings == []
    for table, cells in FLIPPED.items():
        assert set(cells) | {"id"} == set(adoption_keeping.BOUND[table])
        for column, new in cells.items():
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT "{column}" FROM {table}')
                [[old]] = cursor.fetchall()
                cursor.execute(f'UPDATE {table} SET "{column}" = %s', [new])
                assert list(adoption_keeping.findings()), (table, column)
                cursor.execute(f'UPDATE {table} SET "{column}" = %s', [old])
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id + 32768")
            assert list(adoption_keeping.findings()), table
            cursor.execute(f"UPDATE {table} SET id = id - 32768")
    assert not evidence.verify().findings


def test_the_command_keeps_a_report_and_tells_it(
    city: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    from click.testing import CliRunner

    from xinheng.faces.cli import evaluation_report

    body = {
        "position": 7, "model": "general", "version": "1", "on": "2026-11-20", "organisations": 3, "statements": 9,
        "grades": [["A", "甲", "A"]], "whole": {"grades": [3]}, "monotone": {"tried": 5, "improved": []},
        "weights": [{"indicator": "p", "up_better": 0, "up_worse": 2, "down_better": 1, "down_worse": 0}],
        "churn": [{"from": "2026-10-20", "better": 1, "worse": 0, "same": 2}],
        "backtest": {"from": "2025-11-20", "until": "2026-11-20", "rank_won": 3, "rank_all": 4},
    }  # fmt: skip
    monkeypatch.setattr(fairness, "report", lambda *, model, on, at, most=0: body)
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    ran = CliRunner().invoke(evaluation_report.report, ["general", "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.output.strip().splitlines()[-1])
    assert fairness.report_of(report=told["report"]).body == body
    said = CliRunner().invoke(evaluation_report.report, ["general", "--on", "2026-11-20"]).output
    for words in ("甲 3", "没有一次变好", "p　加一成 2 家等级会变，减一成 1 家", "75.0 %"):
        assert words in said, words
