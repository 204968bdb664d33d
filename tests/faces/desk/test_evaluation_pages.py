"""The desk's pages of local models: run, compare, adopt with four eyes, publish only with a basis, the report; who sees what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from deskcases import plain

from moments import AT

pytest_plugins = ("deskkit",)
LATER = AT + timedelta(hours=1)
FORBIDDEN = ("黑名单", "红名单", "老赖", "联合惩戒")
BASE = "/desk/evaluation/"


@pytest.fixture
def modeldesk(desk: Any) -> Any:
    """The small city's desk with an auditor and a deciding authority: the unit of the clerk."""
    from xinheng.accounts import service as accounts

    for name, role, body in (("auditor", "auditor", ""), ("decider", "authority", desk.mine)):
        accounts.add(
            name=name, role=role, body=body, title="测试岗", password="correct-horse-battery", at=AT, actor="test"
        )  # fmt: skip
    return desk


@pytest.fixture
def short_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without their computation, where a test is about what rests on one."""
    from xinheng.evaluation import fairness

    body = {"position": 1, "organisations": 300, "monotone": {"tried": 5, "improved": []}}
    monkeypatch.setattr(fairness, "report", lambda *, model, on, at, most=0: body)


def _act(browser: Any, act: str, model: str = "general", **more: str) -> Any:
    from xinheng.law import service as law

    digest = law.model(pack=law.active(), code=model).digest
    return browser.post(f"{BASE}models/{model}/act/", {"act": act, "digest": digest} | more)


def _run(on: str = "2026-11-20", model: str = "general", at: Any = LATER) -> Any:
    from datetime import date

    from xinheng.evaluation import service as evaluation

    return evaluation.run(model=model, on=date.fromisoformat(on), at=at, actor="test")


def _adopt(desk: Any) -> None:
    from xinheng.evaluation import fairness
    from xinheng.law import service as law

    model = law.model(pack=law.active(), code="general")
    fairness.make_report(model=model, on=AT.date(), at=LATER, actor="test")
    assert _act(desk.client("office"), "propose", reason="内部参考").status_code == 302
    assert _act(desk.client("office2"), "adopt").status_code == 302


@pytest.mark.parametrize(
    ("name", "status"),
    [("clerk", 403), ("reviewer", 403), ("decider", 200), ("office", 200), ("auditor", 200)],
)
def test_the_models_are_for_the_office_the_auditor_and_deciding_authorities(
    modeldesk: Any, name: str, status: int
) -> None:
    answer = modeldesk.client(name).get(BASE)
    assert answer.status_code == status
    text = plain(answer.content.decode())
    for word in FORBIDDEN:
        assert word not in text
    if name == "decider":
        assert "信用办没有采用本地评价模型" in text, "what is off is the office's own affair"
    elif status == 200:
        assert "不向主体显示分数和等级" in text
        assert "国家统一组织" in text


def test_a_model_is_adopted_by_two_accounts_on_its_page(modeldesk: Any, short_report: None) -> None:
    office, other = modeldesk.client("office"), modeldesk.client("office2")
    page = office.get(f"{BASE}models/general/")
    assert page.status_code == 200
    assert "没有报告不能提出采用" in page.content.decode()
    assert "还没有报告" in _act(office, "propose", reason="参考").content.decode()
    assert office.post(f"{BASE}models/general/report/").status_code == 302
    assert _act(office, "propose", reason="分级监管的内部参考").status_code == 302
    again = _act(office, "adopt")
    assert again.status_code == 403
    assert "不能由同一个账户确认" in again.content.decode()
    assert "等另一位同事" in office.get(f"{BASE}models/general/").content.decode()
    shown = other.get(f"{BASE}models/general/").content.decode()
    assert "分级监管的内部参考" in shown
    assert "看过报告，确认采用" in shown
    assert _act(other, "adopt").status_code == 302
    assert "已采用，内部使用" in other.get(BASE).content.decode()
    assert "已采用，内部使用" in modeldesk.client("decider").get(BASE).content.decode()


def test_an_act_on_content_that_changed_since_the_page_was_opened_is_not_done(
    modeldesk: Any, short_report: None
) -> None:
    from xinheng.evaluation import adoption

    office = modeldesk.client("office")
    office.post(f"{BASE}models/general/report/")
    answer = office.post(
        f"{BASE}models/general/act/", {"act": "propose", "reason": "参考", "digest": "0" * 64}
    )
    assert answer.status_code == 400
    assert "换了内容" in answer.content.decode()
    assert adoption.history(code="general") == []


def test_a_model_without_a_basis_is_not_published_and_the_page_says_why(
    modeldesk: Any, short_report: None
) -> None:
    _adopt(modeldesk)
    office = modeldesk.client("office")
    assert "没有写公布依据" in office.get(f"{BASE}models/general/").content.decode()
    answer = _act(office, "propose-publication", reason="公开")
    assert answer.status_code == 403
    assert "没有写公布依据" in answer.content.decode()


@pytest.mark.parametrize("name", ["auditor", "decider", "clerk"])
def test_only_the_office_acts_runs_and_reports(modeldesk: Any, name: str) -> None:
    from xinheng.evaluation import adoption
    from xinheng.evaluation import service as evaluation

    browser = modeldesk.client(name)
    assert _act(browser, "propose", reason="x").status_code == 403
    assert browser.post(f"{BASE}models/general/report/").status_code == 403
    assert browser.post(f"{BASE}run/", {"model": "general"}).status_code == 403
    assert adoption.history(code="general") == []
    assert list(evaluation.runs()) == []


def test_the_office_runs_a_model_and_what_is_off_is_a_trial(modeldesk: Any) -> None:
    office = modeldesk.client("office")
    answer = office.post(f"{BASE}run/", {"model": "general", "on": "2026-11-20"})
    assert answer.status_code == 302
    shown = office.get(answer["Location"])
    text = plain(shown.content.decode())
    assert shown.status_code == 200
    for word in ("试算", "只有信用办看", "账本位置", "不能单独作为不利决定的依据", "各等级的主体数"):
        assert word in text, word
    assert modeldesk.client("decider").get(answer["Location"]).status_code == 403
    listed = office.get(f"{BASE}runs/").content.decode()
    assert "试算" in listed
    [csv] = re.findall(r'href="([^"]*run-tables[^"]*)"', shown.content.decode())
    assert "主体" in office.get(csv.replace("&amp;", "&")).content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("form", "why", "status"),
    [
        ({"model": "general", "on": "tomorrow"}, "日期要写成", 400),
        ({"model": "general", "on": "2027-01-01"}, "还没有到", 403),
        ({"model": "general", "on": "1900-01-01"}, "1980-01-01 以前的日子", 403),
        ({"model": "general", "scope": "999999"}, "没有代码为「999999」的县区", 400),
        ({"model": "none"}, "没有评价模型", 400),
    ],
)
def test_a_run_nobody_can_make_says_what_is_wrong(
    modeldesk: Any, form: dict[str, str], why: str, status: int
) -> None:
    answer = modeldesk.client("office").post(f"{BASE}run/", form)
    assert answer.status_code == status
    assert why in answer.content.decode()


def test_an_authority_sees_of_an_adopted_model_only_those_it_decided_about(
    modeldesk: Any, short_report: None
) -> None:
    from xinheng.evaluation import seeing
    from xinheng.evaluation import service as evaluation

    _adopt(modeldesk)
    run = _run()
    assert not run.trial
    lines = evaluation.page(run=run.id, limit=500).results
    mine = seeing.seen_by(body=modeldesk.mine, usccs=[one.uscc for one in lines], on=AT.date())
    others = [one.uscc for one in lines if one.uscc not in mine]
    assert mine
    assert others, "else the test would prove nothing"
    browser = modeldesk.client("decider")
    text = browser.get(f"{BASE}runs/{run.id}/").content.decode()
    shown = set(_codes(text))
    assert shown
    assert shown <= mine
    for uscc in others[:3]:
        found = browser.get(f"{BASE}runs/{run.id}/", {"uscc": uscc}).content.decode()
        assert "没有这样的主体" in found
    assert "各等级的主体数" not in text, "the distribution is the office's"
    for path in ("runs/", "compare/", "models/general/", f"runs/{run.id}/group/?by=county&group=340602"):
        assert browser.get(f"{BASE}{path}").status_code == 403, path


def test_results_lead_on_by_key_and_by_grade(modeldesk: Any) -> None:
    from xinheng.evaluation import service as evaluation

    run = _run()
    office = modeldesk.client("office")
    seen: list[str] = []
    address = f"{BASE}runs/{run.id}/"
    for _page in range(20):
        text = office.get(address).content.decode()
        seen += _codes(text)
        following = re.search(r'href="(\?[^"]*after=[^"]*)"[^>]*>后面的', text)
        if not following:
            break
        address = f"{BASE}runs/{run.id}/{following[1].replace('&amp;', '&')}"
    every = [one.uscc for one in evaluation.page(run=run.id, limit=1_000).results]
    assert seen == every
    grade = next(code for code, n in run.distribution.items() if n)
    text = office.get(f"{BASE}runs/{run.id}/?grade={grade}").content.decode()
    assert len(_codes(text)) == min(50, run.distribution[grade])


def _codes(text: str) -> list[str]:
    return re.findall(r"/evaluation/one/general/([0-9A-Z]{18})/", text)


def test_two_days_each_as_known_then_are_compared_and_every_number_opens_its_organisations(
    modeldesk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.evaluation import fairness_rows

    first, second = _run(), _run("2028-02-20", at=AT + timedelta(days=457))
    monkeypatch.setenv("XINHENG_TODAY", "2028-02-20")
    told = fairness_rows.drift(fairness_rows.pair(first=first.id, second=second.id))
    assert (told["sort"], told["comparable"]) == ("days", True)
    office = modeldesk.client("office")
    base = {"first": first.id, "second": second.id}
    text = plain(office.get(f"{BASE}compare/", base).content.decode())
    for word in ("变好", "变差", "等级的去向", "同一个版本的两天，各按当天所知"):
        assert word in text, word
    swapped = office.get(f"{BASE}compare/", {"first": second.id, "second": first.id}).content.decode()
    assert plain(swapped).split("变好")[1:] == text.split("变好")[1:], "the earlier day is the earlier one"
    for way in ("better", "worse", "points"):
        answer = office.get(f"{BASE}compare/", base | {"way": way})
        assert answer.status_code == 200
        n = told["points_changed"] if way == "points" else told[way]
        rows = re.findall(
            r'<th scope="row" class="cut"><a href="[^"]*/([0-9A-Z]{18})/?"', answer.content.decode()
        )
        assert len(rows) == min(50, n), way
    assert told["points_changed"] > 0, "else the test would prove nothing"
    assert office.get(f"{BASE}compare/", base | {"way": "99-99"}).status_code == 404
    assert office.get(f"{BASE}compare/", base | {"way": "x"}).status_code == 404
    csv = office.get(f"{BASE}compare-tables/moves.csv", base)
    assert f",{told['better']}" in csv.content.decode("utf-8-sig").replace("\r", "")


def test_an_earlier_day_judged_by_what_is_known_today_is_not_said_to_have_got_worse(modeldesk: Any) -> None:
    from xinheng.evaluation import fairness_rows

    first, second = _run("2026-08-01"), _run()
    told = fairness_rows.drift(fairness_rows.pair(first=first.id, second=second.id))
    assert (told["sort"], told["comparable"]) == ("hindsight", False)
    assert not {"better", "worse", "same"} & set(told)
    assert sum(map(sum, told["cells"])) > 0
    office, base = modeldesk.client("office"), {"first": first.id, "second": second.id}
    text = office.get(f"{BASE}compare/", base).content.decode()
    shown = plain(text)
    assert "只看去向，不说变好变差" in shown
    assert re.search(r"2026-08-01\s*◆\s*2026-11-20", shown), "the day, and by what was known when"
    for word in ("<dt>变好</dt>", "<dt>变差</dt>", "way=worse", "way=better", "n-moves"):
        assert word not in text, word
    for way in ("better", "worse"):
        assert office.get(f"{BASE}compare/", base | {"way": way}).status_code == 404
    assert office.get(f"{BASE}compare-tables/moves.csv", base).status_code == 404
    assert office.get(f"{BASE}compare/", base | {"way": "points"}).status_code == 200


def test_the_same_day_known_otherwise_is_a_matter_of_knowledge(modeldesk: Any) -> None:
    from dataclasses import replace

    from xinheng.evaluation import fairness_rows
    from xinheng.evidence import service as evidence

    first = _run()
    modeldesk.client("office").get(BASE)
    second = _run()
    pair = fairness_rows.pair(first=first.id, second=second.id)
    assert fairness_rows.drift(pair)["sort"] == "again", "only readings and runs lie between"
    earlier = evidence.events(limit=40)[20].position
    known = replace(pair.runs[0], position=earlier)
    told = fairness_rows.drift(replace(pair, runs=(known, second)))
    assert (told["sort"], told["comparable"]) == ("knowledge", False)
    other = replace(known, model_digest="0" * 64)
    assert fairness_rows.drift(replace(pair, runs=(other, second)))["sort"] == "mixed"
    same = replace(other, position=first.position)
    assert fairness_rows.drift(replace(pair, runs=(same, second)))["sort"] == "versions"


def test_the_report_of_a_model_shows_every_table_with_its_chart_and_what_is_behind(modeldesk: Any) -> None:
    from xinheng.evaluation import fairness

    _run()
    office = modeldesk.client("office")
    answer = office.post(f"{BASE}models/general/report/")
    assert answer.status_code == 302
    shown = office.get(answer["Location"])
    text = shown.content.decode()
    assert shown.status_code == 200
    for code in (
        "grades",
        "points",
        "by-county",
        "by-sector",
        "by-age",
        "by-kind",
        "by-file",
        "weights",
        "churn",
        "backtest",
    ):
        assert f'data-of="n-{code}"' in text, code
        table = office.get(
            f"{BASE}report-tables/{code}.csv", {"report": answer["Location"].rstrip("/").split("/")[-1]}
        )
        assert table.status_code == 200, code
    for word in ("单调", "没有规模信息", "模型不知道什么", "相关不是因果"):
        assert word in text, word
    body = fairness.report_of(report=int(answer["Location"].rstrip("/").split("/")[-1])).body
    county = max(body["spread"]["county"], key=lambda one: one["organisations"])
    behind = office.get(
        re.search(r'href="([^"]*/group/)\?by=county', text)[1],
        {"by": "county", "group": county["group"]},  # type: ignore[index]
    )
    assert len(_codes(behind.content.decode())) == min(50, county["organisations"])
    assert modeldesk.client("auditor").get(answer["Location"]).status_code == 200
    assert modeldesk.client("decider").get(answer["Location"]).status_code == 403
    code = body["weights"][0]["indicator"]
    for way in ("up", "down"):
        weight = office.get(f"{BASE}models/general/weights/{code}/", {"way": way})
        assert weight.status_code == 200


def test_the_pages_take_few_queries(modeldesk: Any, few_queries: Any) -> None:
    run, other = _run("2026-10-20"), _run()
    office = modeldesk.client("office")
    group = f"{BASE}runs/{other.id}/group/?by=county&group=340602"
    office.get(BASE)
    # The facts catch up with the ledger before they are counted: that is theirs, not the page's
    office.get(group)
    pages = {
        group: 34, BASE: 22, f"{BASE}models/general/": 22, f"{BASE}runs/": 18, f"{BASE}runs/{other.id}/": 22,
        f"{BASE}compare/?first={run.id}&second={other.id}&way=points": 24,
    }  # fmt: skip
    for address, allowed in pages.items():
        with few_queries(allowed):
            assert office.get(address).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["", "models/general/", "runs/", "compare/", "models/food-drug/", "models/nothing/", "reports/1/", "runs/1/", "runs/1/group/?by=county"],
)  # fmt: skip
def test_every_page_answers_in_both_tongues_and_no_page_fails(modeldesk: Any, path: str) -> None:
    office = modeldesk.client("office")
    for tongue in ("", "/en"):
        answer = office.get(f"{tongue}{BASE}{path}")
        missing = path in ("models/nothing/", "models/food-drug/") or path.endswith("/1/") or "/1/" in path
        assert answer.status_code == (404 if missing else 200) or (missing and answer.status_code == 400)


def test_the_page_of_a_model_shows_what_a_grade_needs_besides_points(
    modeldesk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.desk.views import evaluation_models
    from xinheng.law import service as law

    plan = law.load("huantai").models["food-drug"][0]
    monkeypatch.setattr(evaluation_models, "_model", lambda code: plan)
    text = plain(modeldesk.client("office").get(f"{BASE}models/food-drug/").content.decode())
    for word in ("只供模拟", "不能采用", "示范守信 还要求", "个月以内没有"):
        assert word in text, word
