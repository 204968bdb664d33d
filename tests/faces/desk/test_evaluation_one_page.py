"""One organisation before one model: who may open it, that it adds up on the page, and that the organisation never sees it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evaluation import adoption
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.explained_types import Change, Step
from xinheng.evaluation.policy_adoption import Status
from xinheng.evidence import service as evidence
from xinheng.faces.desk import evaluation_lines as lines
from xinheng.faces.desk.templatetags.xinheng_evaluation import share, signed
from xinheng.faces.site.templatetags.xinheng_site import iso
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

pytest_plugins = ("deskkit", "ownkit")
ON = date(2026, 11, 20)
QUERIES = 60


@pytest.fixture
def penalised(desk: Any) -> tuple[str, str]:
    """An active enterprise with penalties, and an authority that decided one of them, signed up as `decider`."""
    found = publication.statements(audience="authority", on=ON, item="admin-penalty", limit=500)
    known = register.get(sorted({one.uscc for one in found if one.uscc[:2] == "91"}))
    active = [one for one in found if one.uscc in known and known[one.uscc].status == "存续"]
    uscc = next(
        code for code, _ in Counter(one.uscc for one in active).most_common(20)
        if any(part.lines for part in evaluation.explain(uscc=code, model="general", on=ON).parts)
    )  # fmt: skip
    authority = next(one.authority for one in active if one.uscc == uscc)
    deciding = {
        one.authority for one in publication.statements(audience="authority", on=ON, uscc=uscc, limit=500)
    }
    another = next(one.authority for one in found if one.authority not in deciding)
    for name, body in (("decider", authority), ("stranger", another)):
        accounts.add(
            name=name, role="authority", body=body, title="承办", password="correct-horse-battery", at=AT, actor="test"
        )  # fmt: skip
    return uscc, authority


def _address(uscc: str, prefix: str = "", model: str = "general") -> str:
    return f"{prefix}/desk/evaluation/one/{model}/{uscc}/"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_office_sees_the_sum_with_few_queries_and_a_warning_that_it_is_a_trial(
    desk: Any, penalised: Any, few_queries: Any, prefix: str
) -> None:
    uscc, _ = penalised
    browser = desk.client("office")
    browser.get(_address(uscc, prefix))
    with few_queries(QUERIES):
        answer = browser.get(_address(uscc, prefix))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'class="note warn"' in text
    told = evaluation.explain(uscc=uscc, model="general", on=ON)
    for part in told.parts:
        for line in part.lines:
            assert f"/desk/why/{line.statement}" in text or f"{line.statement}" in text
    assert told.pack in text


def test_the_numbers_on_the_page_add_up(desk: Any, penalised: Any) -> None:
    text = desk.client("office").get(_address(penalised[0])).content.decode()
    body = text.split('class="dense adds"')[1].split("<tfoot>")

    base = re.search(
        r'<tbody><tr><th scope="row">[^<]*</th>.*?<td class="num">([−+\d.]+)</td><td class="opt"></td>',
        body[0],
    )
    parts = re.findall(r"<strong>([−+\d.]+)</strong>", body[0])
    score = re.search(r"<strong>([−+\d.]+)</strong>", body[1])
    assert base and score and parts
    assert _micro(base[1]) + sum(map(_micro, parts)) == _micro(score[1])


def _micro(shown: str) -> int:
    """Micro-points of a number as the page writes it."""
    sign, digits = ("-" if shown[0] == "−" else ""), shown.strip("+−")
    whole, _, part = digits.partition(".")
    return int(f"{sign}{whole}{part.ljust(6, '0')}")


def test_an_authority_sees_only_whom_it_decided_about_and_only_adopted_models(
    desk: Any, penalised: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    uscc, _ = penalised
    assert desk.client("stranger").get(_address(uscc)).status_code == 404
    off = desk.client("decider").get(_address(uscc))
    assert off.status_code == 403 and "没有采用" in off.content.decode()
    monkeypatch.setattr(adoption, "status_of", lambda **_: Status("adopted"))
    assert desk.client("decider").get(_address(uscc)).status_code == 200
    assert desk.client("stranger").get(_address(uscc)).status_code == 404


def test_the_organisation_departments_and_strangers_never_see_it(own: Any, desk: Any) -> None:
    assert own.client().get(_address(own.mine)).status_code == 403
    for name in ("clerk", "rival", "reviewer"):
        assert desk.client(name).get(_address(own.mine)).status_code == 403
    assert desk.client().get(_address(own.mine)).status_code == 302


def test_what_does_not_exist_is_not_found_and_an_individual_business_is_not_evaluated(
    desk: Any, penalised: Any
) -> None:
    office = desk.client("office")
    assert office.get(_address(penalised[0], model="no-such")).status_code == 404
    for code in ("91340600MA2NONE00X", "92340600MA2NONE00X"):
        assert office.get(_address(code)).status_code == 404
    for wrong, said in (
        ("PJ-999999", "没有编号为 PJ-999999 的评价"), ("x", "不是评价的编号"), ("1", "没有编号为 1 的评价"),
    ):  # fmt: skip
        refused = office.get(_address(penalised[0]) + f"?run={wrong}")
        assert refused.status_code == 404
        assert said in refused.content.decode()
    run = evaluation.run(model="general", on=ON, at=AT, actor="desk:office")
    answer = office.get(_address(penalised[0]) + f"?run={run.number}")
    assert f"评价 {run.number}" in answer.content.decode()
    other = office.get(_address(penalised[0], model="supervision-risk") + f"?run={run.number}")
    assert other.status_code == 400
    assert f"{run.number} 是模型「通用信用状况模型」的评价，不是「" in other.content.decode()
    assert "general" not in other.content.decode().split("<main", 1)[1]
    assert office.get(_address(penalised[0]) + "?on=2026-10-01&position=1").status_code in (200, 404)


def test_the_organisation_is_told_that_somebody_looked(desk: Any, penalised: Any) -> None:
    uscc, _ = penalised
    evidence.drain(at=AT)
    before = len(accounts.readings(uscc=uscc, limit=50))
    desk.client("office").get(_address(uscc))
    evidence.drain(at=AT)
    told = accounts.readings(uscc=uscc, limit=50)
    assert len(told) == before + 1 and told[0].what == "evaluation-one"


def test_each_line_shows_its_arithmetic_and_points_their_own_source(desk: Any, penalised: Any) -> None:
    """The rule an entry is published under is headed as such; points say where they come from, from the model's data."""
    text = desk.client("office").get(_address(penalised[0])).content.decode()
    told = evaluation.explain(uscc=penalised[0], model="general", on=ON)
    assert "怎么算" in text and '<th scope="col">依据</th>' not in text
    assert told.our_choice and text.count(told.source) == 1, "said once, at the sum"
    decayed = [line for part in told.parts for line in part.lines if line.points and 0 < line.decay < 1000]
    for line in decayed[:5]:
        assert f"{signed(line.points)} × {share(line.decay)} = {signed(line.micro)}" in text
    if any(line.rule for part in told.parts for line in part.lines):
        assert "记录的公示依据（不是分值的来源）" in text
    for veto in told.vetoes:
        for entry in veto.entries:
            assert entry.title and f">{entry.statement}</a>" not in text


def test_of_twenty_five_penalties_of_one_indicator_every_line_is_there_and_they_add_up(
    desk: Any, penalised: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the page shows at once are behind a click, none is dropped: the calculator comes out."""
    told = evaluation.explain(uscc=penalised[0], model="general", on=ON)
    place, part = next((place, part) for place, part in enumerate(told.parts) if part.lines)
    micro = [-(30 + one) * 10**6 - one for one in range(25)]
    many = tuple(
        replace(part.lines[0], statement=7_000_000 + one, micro=value) for one, value in enumerate(micro)
    )
    part = replace(part, lines=many, sum=sum(micro), capped=0, micro=sum(micro))
    told = replace(told, parts=(*told.parts[:place], part, *told.parts[place + 1 :]))
    monkeypatch.setattr(evaluation, "explain", lambda **_: told)
    assert len(many) > lines.LINES
    text = desk.client("office").get(_address(penalised[0])).content.decode()
    rows = re.findall(
        r"/desk/why/(70000\d\d)\D.*?<td class=\"num\" data-label=\"分值\">([^<]*)</td></tr>", text
    )
    assert [int(row[0]) for row in rows] == [line.statement for line in many]
    assert sum(_micro(row[1]) for row in rows) == part.sum and f"{signed(part.sum)}" in text
    assert f"还有 {25 - lines.LINES} 条</summary>" in text


def test_the_page_of_an_erased_run_says_that_its_line_is_gone(desk: Any, penalised: Any) -> None:
    uscc = penalised[0]
    office = desk.client("office")
    run = evaluation.run(model="general", on=ON, at=AT, actor="desk:office")
    before = office.get(_address(uscc) + f"?run={run.number}").content.decode()
    assert "依法删除" not in before
    told = evaluation.explain(uscc=uscc, model="general", on=ON, run=run.id)
    assert told.line == "same" and told.kept == told.score
    gone = next(line.statement for part in told.parts for line in part.lines if line.micro)
    act = evidence.Act(kind="records.erased", actor="desk:office", at=AT, provision="依法删除")
    records.erase(statement_ids=[gone], act=act)
    after = evaluation.explain(uscc=uscc, model="general", on=ON, run=run.id)
    assert (after.line, after.kept, after.erased) == ("gone", None, 1)
    assert "依法删除了 1 条记录" in office.get(_address(uscc) + f"?run={run.number}").content.decode()


def test_what_would_change_it_is_told_with_its_days_and_long_lists_folded(desk: Any, penalised: Any) -> None:
    uscc = penalised[0]
    text = desk.client("office").get(_address(uscc)).content.decode()
    for one in evaluation.changes(uscc=uscc, model="general", on=ON):
        if one.clocked:
            assert "可能不予修复" in text
        for step in one.steps:
            assert f"/desk/why/{step.statement}" in text
            if step.clocked and step.effect is not None:
                assert "办结不晚于" in text and iso(step.effect) in text
    shown = lines.changes([_change(3), _change(6)])
    assert [(len(one.steps), len(one.folded)) for one in shown] == [(3, 0), (0, 6)]


def _change(n: int) -> Change:
    step = Step("repair", 1, "x", "x", "", "", ON, ON, "", ())
    return Change("repair", (step,) * n, ON, 0, "", "", True)


@pytest.mark.parametrize(
    ("part", "line", "said"),
    [
        ({"measure": "sum"}, {"amount": 1_800_000, "bracket": 1_000_000, "points": -80, "decay": 700, "micro": -56},
         "数额 1.8 万元，在 1 万元起的一档：−80 × 70 % = −56"),
        ({"measure": "count"}, {"points": -30, "decay": 500, "micro": -15}, "每条：−30 × 50 % = −15"),
        ({"measure": "latest", "by_grade": True}, {"points": 30, "grade": "A", "carries": True, "micro": 30}, "等级 A：+30"),
        ({"measure": "latest"}, {"points": 30}, "不是最近一条，不另计分"),
        ({"measure": "months-since"}, {"months": 7, "bracket": 6, "points": -15, "carries": True, "micro": -15},
         "满 7 个月，在 6 个月起的一档：−15"),
        ({"measure": "share", "share": (17, 19)}, {"carries": True, "counted": True, "bracket": 800},
         "计入分子；17 ÷ 19 = 千分之 894（舍去尾数），在千分之 800 起的一档：0"),
        ({"measure": "share", "share": (17, 19)}, {}, "只计入分母"),
    ],
)  # fmt: skip
def test_a_clerk_can_recompute_a_line(part: dict[str, Any], line: dict[str, Any], said: str) -> None:
    given = {
        "points": 0,
        "bracket": None,
        "decay": 1000,
        "micro": 0,
        "grade": "",
        "carries": False,
        "counted": False,
    }
    given |= {"amount": 0, "months": 0, **line}
    given |= {"points": given["points"] * 10**6, "micro": given["micro"] * 10**6}
    assert (
        lines.how(SimpleNamespace(**{"by_grade": False, "share": None, **part}), SimpleNamespace(**given))
        == said
    )
