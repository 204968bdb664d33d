"""Pages of runs: the newest one, an earlier day by whose knowledge, who ran it; and that everybody keeps to their own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from deskcases import plain
from django.urls import reverse
from django.utils.translation import override

from judgedkit import ADOPTED, OFF, ON
from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evaluation import seeing
from xinheng.evaluation import service as evaluation
from xinheng.evidence import service as evidence
from xinheng.faces.desk.views import evaluation_compare, evaluation_models, evaluation_one, evaluation_runs
from xinheng.publication import service as publication

pytest_plugins = ("deskkit", "judgedkit")
PASSWORD = "correct-horse-battery"
OFFICE_ALONE = {
    "desk-evaluation-runs", "desk-evaluation-run-new", "desk-evaluation-group", "desk-evaluation-run-csv",
    "desk-evaluation-compare", "desk-evaluation-compare-csv", "desk-evaluation-adopt", "desk-evaluation-act",
    "desk-evaluation-report-new", "desk-evaluation-weight", "desk-evaluation-report", "desk-evaluation-report-csv",
}  # fmt: skip
SHARED = {"desk-evaluation", "desk-evaluation-run", "desk-evaluation-one"}


@pytest.fixture
def signed(judged: Any) -> Any:
    """Signs in somebody of the judged city: (role, body) → a browser."""
    from django.test import Client

    from xinheng.accounts.models import Account

    def enter(role: str, body: str = "") -> Client:
        name = f"{role}-{body[-4:].lower()}".strip("-")
        if not accounts.exists(name):
            accounts.add(
                name=name, role=role, body=body, title=f"{role}岗", password=PASSWORD, at=AT, actor="test"
            )
        browser = Client()
        browser.force_login(
            Account.objects.get(name=name), backend="django.contrib.auth.backends.ModelBackend"
        )
        return browser

    return enter


def _run(**given: Any) -> evaluation.Run:
    return evaluation.run(**{"model": ADOPTED, "on": ON, "at": AT, "actor": "desk:office", **given})


def _newest() -> evaluation.Run:
    found = evaluation.latest(model=ADOPTED)
    assert found is not None
    return found


def test_a_later_run_of_an_earlier_day_is_not_what_the_models_page_calls_the_last(signed: Any) -> None:
    office = signed("office")
    earlier = ON - timedelta(days=100)
    assert _run(on=earlier).trial
    text = plain(office.get(reverse("desk-evaluation")).content.decode())
    assert ON.isoformat() in text
    assert earlier.isoformat() not in text
    row = re.search(r"抽查参考分组.*?(?=</tr>|$)", text) or re.search(f"{OFF}.*", text)
    assert row is not None and "试算" in text, "a model that was only tried has a trial, called so"


def test_an_earlier_day_says_on_every_page_by_what_it_was_judged(signed: Any) -> None:
    office = signed("office")
    day = ON - timedelta(days=100)
    kept = _run(on=day)
    known = f"按 {ON} 所知"
    page = plain(office.get(reverse("desk-evaluation-run", args=[kept.id])).content.decode())
    assert page.count(known) >= 2 and "不是当天看到的样子" in page
    for name in ("desk-evaluation-runs", "desk-evaluation-compare"):
        assert known in plain(office.get(reverse(name)).content.decode()), name
    today = office.get(reverse("desk-evaluation-run", args=[_newest().id])).content.decode()
    assert "所知" not in today
    uscc = evaluation.page(run=kept.id, limit=1).results[0].uscc
    one = reverse("desk-evaluation-one", args=[ADOPTED, uscc])
    assert "按今天所知" in plain(office.get(one, {"on": day.isoformat()}).content.decode())
    assert "按今天所知" in plain(office.get(one, {"run": kept.number}).content.decode())
    for asked in (
        {},
        {"on": ON.isoformat()},
        {"run": _newest().number},
        {"on": day.isoformat(), "position": "9"},
    ):
        assert "所知</p>" not in office.get(one, asked).content.decode().replace(" ", "")[:20000], asked


def test_a_trial_says_on_each_page_the_reason_it_has_and_no_other(signed: Any) -> None:
    """A run of a day before the model was in force is no run of a model that nobody adopted, and the other way round."""
    office = signed("office")
    day = ON - timedelta(days=50)
    outside, off = _run(on=day), _run(model=OFF)
    unadopted, not_then = "运行时模型没有采用。", f"{day} 不在模型的有效期内：{ON} 起有效。"
    for kept, model, said, other in (
        (outside, ADOPTED, not_then, unadopted),
        (off, OFF, unadopted, "不在模型的有效期内"),
    ):
        uscc = evaluation.page(run=kept.id, limit=1).results[0].uscc
        one = reverse("desk-evaluation-one", args=[model, uscc]) + f"?run={kept.number}"
        for address in (reverse("desk-evaluation-run", args=[kept.id]), one):
            text = plain(office.get(address).content.decode())
            assert said in text and other not in text, address
    uscc = evaluation.page(run=outside.id, limit=1).results[0].uscc
    asked = reverse("desk-evaluation-one", args=[ADOPTED, uscc])
    assert not_then in plain(office.get(asked, {"on": day.isoformat()}).content.decode())
    assert "试算" not in office.get(asked).content.decode()
    listed = plain(office.get(reverse("desk-evaluation-runs")).content.decode())
    assert f"{outside.number} 试算 那天不在有效期" in listed and f"{off.number} 试算 没有采用" in listed
    compared = plain(
        office.get(
            reverse("desk-evaluation-compare"), {"first": outside.id, "second": _newest().id}
        ).content.decode()
    )
    assert f"{outside.number} 试算 那天不在有效期" in compared
    with override("zh-hans"):  # an English page leaves its language behind
        english = office.get(f"/en{reverse('desk-evaluation-run', args=[outside.id])}")
    assert english.status_code == 200


def test_an_authority_is_given_no_trial_by_asking_for_an_earlier_day(signed: Any) -> None:
    body, _ = _deciders(_newest())
    mine = seeing.seen_by(
        body=body, usccs=[one.uscc for one in evaluation.page(run=_newest().id, limit=1_000).results], on=ON
    )
    browser, own = signed("authority", body), reverse("desk-evaluation-one", args=[ADOPTED, min(mine)])
    assert browser.get(own).status_code == 200
    early = browser.get(own, {"on": (ON - timedelta(days=50)).isoformat()})
    assert early.status_code == 403 and "那天的结果只是试算" in early.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"on": "xx"}, "日期要写成"),
        ({"on": "2026-99-99"}, "日期要写成"),
        ({"on": "9999-01-01"}, f"可以查 1980-01-01 到 {ON} 的日子，写的是 9999-01-01"),
        ({"on": (ON + timedelta(days=1)).isoformat()}, "可以查 1980-01-01 到"),
        ({"on": "0001-01-01"}, "可以查 1980-01-01 到"),
        ({"position": "9" * 30}, "账本位置是 1 到"),
        ({"position": "999999999"}, "写的是「999999999」"),
        ({"position": "0"}, "账本位置是 1 到"),
        ({"position": "x"}, "写的是「x」"),
    ],
)
def test_a_day_or_a_position_there_is_not_is_answered_as_such(
    signed: Any, asked: dict[str, str], said: str
) -> None:
    uscc = evaluation.page(run=_newest().id, limit=1).results[0].uscc
    answer = signed("office").get(reverse("desk-evaluation-one", args=[ADOPTED, uscc]), asked)
    assert answer.status_code == 400
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"uscc": "abc"}, "统一社会信用代码不对"), ({"grade": "zz"}, "没有「zz」这个等级")],
)
def test_a_run_lists_nobody_for_a_code_or_a_grade_there_is_not(
    signed: Any, asked: dict[str, str], said: str
) -> None:
    office, run = signed("office"), _newest()
    answer = office.get(reverse("desk-evaluation-run", args=[run.id]), asked)
    text = answer.content.decode()
    assert answer.status_code == 400 and said in text
    assert "/evaluation/one/" not in text and "没有这样的主体" not in text
    found = evaluation.page(run=run.id, limit=1).results[0]
    right = office.get(reverse("desk-evaluation-run", args=[run.id]), {"uscc": found.uscc})
    assert right.status_code == 200 and right.content.decode().count("/evaluation/one/") == 1
    by = reverse("desk-evaluation-group", args=[run.id])
    assert office.get(by, {"by": "county", "group": "340621", "grade": "zz"}).status_code == 404


def test_an_empty_form_asks_about_today_and_the_last_position_is_one(signed: Any) -> None:
    uscc = evaluation.page(run=_newest().id, limit=1).results[0].uscc
    one, office = reverse("desk-evaluation-one", args=[ADOPTED, uscc]), signed("office")
    empty = office.get(one, {"on": "", "position": ""})
    assert empty.status_code == 200 and "怎样会变" in empty.content.decode()
    assert office.get(one, {"position": str(evidence.size())}).status_code == 200


def test_an_explanation_of_an_earlier_day_leads_to_what_was_known_then(
    signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = signed("office")
    uscc = evaluation.page(run=_newest().id, limit=1).results[0].uscc
    monkeypatch.setenv("XINHENG_TODAY", (ON + timedelta(days=9)).isoformat())
    one = reverse("desk-evaluation-one", args=[ADOPTED, uscc])
    text = office.get(one, {"on": ON.isoformat()}).content.decode()
    [link] = re.findall(r'<a href="(\?on=[^"]*position=\d+)">', text)
    then = office.get(one + link.replace("&amp;", "&"))
    assert then.status_code == 200
    assert "按今天所知" not in then.content.decode()


def test_the_form_makes_a_run_by_what_was_known_that_day(
    signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = signed("office")
    monkeypatch.setenv("XINHENG_TODAY", (ON + timedelta(days=9)).isoformat())
    form = {"model": ADOPTED, "on": ON.isoformat(), "scope": "340621"}
    for known, day in (("then", ON), ("now", ON + timedelta(days=9))):
        assert office.post(reverse("desk-evaluation-run-new"), form | {"known": known}).status_code == 302
        assert evaluation.runs(limit=1)[0].known_on == day
    refused = office.post(reverse("desk-evaluation-run-new"), form | {"scope": "999999", "known": "then"})
    assert refused.status_code == 400
    assert "濉溪县 340621" in refused.content.decode()
    assert re.search(r'value="then" selected', refused.content.decode())


def test_who_ran_is_told_by_post_and_not_by_the_codes_of_the_ledger(signed: Any) -> None:
    office = signed("office")
    _run(actor="desk:office")
    _run(actor="cli:root")
    text = plain(office.get(reverse("desk-evaluation-runs")).content.decode())
    assert "office岗（office）" in text and "命令行（root）" in text
    adopted = plain(office.get(reverse("desk-evaluation-adopt", args=[ADOPTED])).content.decode())
    report = next(
        iter(re.findall(r"/evaluation/reports/\d+/", office.get(reverse("desk-evaluation")).content.decode()))
    )
    reported = plain(office.get(f"/desk{report}").content.decode())
    for shown in (text, adopted, reported):
        assert "desk:" not in shown and "cli:" not in shown


def test_every_page_of_runs_and_models_is_the_offices_or_held_to_the_own_organisations(signed: Any) -> None:
    """No page was added that nobody thought of; what is the office's is refused to whoever decides or sends."""
    views = (evaluation_runs, evaluation_models, evaluation_compare, evaluation_one)
    patterns = {one.name: one for view in views for one in view.urlpatterns}
    assert set(patterns) == OFFICE_ALONE | SHARED
    run = _newest()
    body, county_body = _deciders(run)
    given = {
        "run": run.id,
        "model": ADOPTED,
        "report": 1,
        "indicator": "x",
        "table": "grades",
        "uscc": "9" * 18,
    }
    for role, unit in (
        ("authority", body),
        ("authority", county_body),
        ("department", body),
        ("reviewer", body),
    ):
        browser = signed(role, unit)
        for name, pattern in patterns.items():
            wants = {key: given[key] for key in pattern.pattern.converters}
            address = reverse(name, kwargs=wants)
            if name in OFFICE_ALONE:
                answers = {
                    browser.get(address).status_code,
                    browser.post(address, {"model": ADOPTED}).status_code,
                }
                assert answers <= {403, 405}, (role, name)
            elif role != "authority":
                assert browser.get(address).status_code == 403, (role, name)


def test_a_unit_sees_its_own_organisations_in_a_run_and_on_their_pages_and_no_other(signed: Any) -> None:
    run = _newest()
    lines = [one.uscc for one in evaluation.page(run=run.id, limit=1_000).results]
    for body in _deciders(run):
        mine = seeing.seen_by(body=body, usccs=lines, on=ON)
        others = sorted(set(lines) - mine)
        assert mine and others, "else the test would prove nothing"
        browser = signed("authority", body)
        text = browser.get(reverse("desk-evaluation-run", args=[run.id])).content.decode()
        shown = set(re.findall(rf"/evaluation/one/{ADOPTED}/([0-9A-Z]{{18}})/", text))
        assert shown and shown <= mine
        for uscc in others[:3]:
            assert browser.get(reverse("desk-evaluation-one", args=[ADOPTED, uscc])).status_code == 404
            found = browser.get(
                reverse("desk-evaluation-run", args=[run.id]), {"uscc": uscc}
            ).content.decode()
            assert f"/one/{ADOPTED}/{uscc}/" not in found
        own = reverse("desk-evaluation-one", args=[ADOPTED, min(mine)])
        page = browser.get(own, {"run": run.number, "position": "1"})
        assert page.status_code == 200
        assert "账本第 1 笔" not in plain(page.content.decode()), (
            "only the office and the auditor look back by position"
        )
    trial = _run(on=ON - timedelta(days=50))
    assert signed("authority", body).get(reverse("desk-evaluation-run", args=[trial.id])).status_code == 403


def _deciders(run: evaluation.Run) -> tuple[str, str]:
    """A unit of the city and one of a county that decided against somebody in the run, neither against everybody."""
    lines = [one.uscc for one in evaluation.page(run=run.id, limit=1_000).results]
    bodies = sorted(
        {one.authority for one in publication.statements(audience="authority", on=ON, limit=2_000)}
    )
    able = [body for body in bodies if 0 < len(seeing.seen_by(body=body, usccs=lines, on=ON)) < len(lines)]
    county = [body for body in able if seeing.county_of(body=body)]
    city = [body for body in able if body not in county]
    assert able
    return (city or able)[0], (county or able)[-1]
