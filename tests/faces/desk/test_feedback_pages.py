"""Feedback on the desk: what waits and how old it is, one answer for many, figures that open their rows, results told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from moments import AT

pytest_plugins = ("deskkit",)


@pytest.fixture
def fedtown(desk: Any, tmp_path: Any) -> Any:
    """The small city; the clerk's unit checked a few listed organisations and was given hints of kind 应当."""
    import checktown
    from xinheng.checks import service as checks

    checktown.list_some(tmp_path)
    asker = checktown.desk(body=desk.mine)
    desk.numbers = []
    for code in sorted({one.uscc for one in checktown.shown("serious-list")}):
        answer = checktown.shared(code, asker=asker)
        if checks.hints_of(number=answer.number, body=None, on=checktown.ON):
            desk.numbers.append(answer.number)
    desk.waiting = checks.open_feedback(body=desk.mine, on=checktown.ON, limit=500)
    assert len(desk.numbers) > 1 and len(desk.waiting) >= len(desk.numbers)
    return desk


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def given(*lines: Any, **more: str) -> dict[str, Any]:
    return {
        "hint": [f"{one.number}.{one.hint}" for one in lines],
        "applied": "yes",
        "reason": "取消其投标资格",
        **more,
    }


def answered(town: Any, *lines: Any, **more: str) -> Any:
    return town.client("clerk").post("/desk/feedback/answer/", given(*lines, **more))


def test_what_waits_stands_on_the_units_desk_and_on_its_first_page(fedtown: Any) -> None:
    clerk = fedtown.client("clerk")
    page = text(clerk.get("/desk/feedback/"))
    assert all(f'value="{one.number}.{one.hint}"' in page for one in fedtown.waiting)
    assert "剩 10 个工作日" in page and "不是法律规定" in page
    start = text(clerk.get("/desk/"))
    assert re.search(rf'待反馈的措施提示</dt><dd><a href="/desk/feedback/">{len(fedtown.waiting)}</a>', start)
    assert "待反馈的措施提示" not in text(fedtown.client("rival").get("/desk/"))
    assert fedtown.waiting[0].number not in text(fedtown.client("rival").get("/desk/feedback/"))


def test_unanswered_hints_age_where_everybody_in_charge_sees_them(
    fedtown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_TODAY", "2026-12-15")
    page = text(fedtown.client("clerk").get("/desk/feedback/"))
    assert "逾期 7 个工作日" in page and 'class="is-late"' in page
    office = text(fedtown.client("office").get("/desk/feedback/"))
    assert f"?body={fedtown.mine}" in office and f">{len(fedtown.waiting)}</td>" in office
    first = text(fedtown.client("office").get("/desk/"))
    assert re.search(
        rf'待反馈的措施提示</dt><dd class="over"><a href="/desk/feedback/">{len(fedtown.waiting)}</a>', first
    )


def test_many_hints_are_answered_by_one_form_and_leave_the_desk(fedtown: Any) -> None:
    two = fedtown.waiting[:2]
    done = answered(fedtown, *two, document="采购〔2026〕8号")
    assert (done.status_code, done["Location"]) == (302, "/desk/feedback/?done=2")
    assert answered(fedtown, *two, document="采购〔2026〕8号").status_code == 302  # sent twice is said once
    page = text(fedtown.client("clerk").get("/desk/feedback/"))
    assert not [one for one in two if f'value="{one.number}.{one.hint}"' in page]
    of_check = text(fedtown.client("clerk").get(f"/desk/feedback/{two[0].number}/"))
    assert "✓ 已采取" in of_check and "采购〔2026〕8号" in of_check and "更正反馈" in of_check


def test_a_correction_is_made_on_the_page_of_its_check(fedtown: Any) -> None:
    one = fedtown.waiting[0]
    answered(fedtown, one)
    clerk, url = fedtown.client("clerk"), f"/desk/feedback/{one.number}/"
    assert clerk.post(url, given(one, applied="no", reason="")).status_code == 400
    assert clerk.post(url, given(one, applied="no", reason="复核后本项目不适用")).status_code == 302
    page = text(clerk.get(url))
    assert "— 未采取" in page and "第 2 次反馈" in page


@pytest.mark.parametrize(
    "form",
    [{}, {"applied": "yes"}, {"hint": "x", "applied": "yes"}, {"hint": "HC1.99999999", "applied": "no"}],
)
def test_a_form_without_sense_is_answered_not_broken(form: dict[str, str], fedtown: Any) -> None:
    answer = fedtown.client("clerk").post("/desk/feedback/answer/", form)
    assert answer.status_code == 400


def test_only_the_unit_that_asked_reads_and_answers(fedtown: Any) -> None:
    one = fedtown.waiting[0]
    rival = fedtown.client("rival")
    assert rival.get(f"/desk/feedback/{one.number}/").status_code == 403
    assert rival.post("/desk/feedback/answer/", given(one)).status_code == 400
    assert fedtown.client("office").post("/desk/feedback/answer/", given(one)).status_code == 403
    assert fedtown.client("reviewer").post("/desk/feedback/answer/", given(one)).status_code == 403
    from xinheng.checks import service as checks

    assert checks.hints_of(number=one.number, body=None, on=one.asked_on)[0].feedback is None


def test_every_figure_of_the_month_opens_the_rows_it_counts(fedtown: Any) -> None:
    answered(fedtown, fedtown.waiting[0])
    for name in ("clerk", "office"):
        page = text(fedtown.client(name).get("/desk/check-figures/?month=2026-11"))
        links = re.findall(
            r'href="(/desk/check-figures/rows/\?month=2026-11&body=\w+&figure=\w+)">([\d,]+)</a>',
            page.replace("&amp;", "&"),
        )
        assert len(links) >= 9
        for link, figure in links:
            rows = text(fedtown.client(name).get(link))
            assert min(int(figure.replace(",", "")), 50) == rows.count('<tr><th scope="row" class="cut">'), (
                link
            )
    assert 'data-chart="time"' in page and "看数字" in page


def test_a_unit_counts_its_own_and_no_other(fedtown: Any) -> None:
    page = text(fedtown.client("rival").get("/desk/check-figures/?month=2026-11"))
    assert fedtown.mine not in page
    rows = text(
        fedtown.client("rival").get(
            f"/desk/check-figures/rows/?month=2026-11&body={fedtown.mine}&figure=hints"
        )
    )
    assert fedtown.waiting[0].number not in rows


@pytest.mark.parametrize(
    "path",
    [
        "/desk/check-figures/?month=2026-11&format=csv", "/desk/check-figures/rows/?month=2026-11&figure=hints&format=csv",
        "/desk/check-figures/checks-by-month.csv", "/desk/feedback/?format=csv",
    ],
)  # fmt: skip
def test_tables_are_files_too(path: str, fedtown: Any) -> None:
    answer = fedtown.client("clerk").get(path)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer.content.count(b"\r\n") >= 2


@pytest.mark.parametrize(
    "path",
    [
        "/desk/check-figures/?month=x", "/desk/check-figures/?month=9999-99", "/desk/check-figures/rows/?figure=hints&body=x&after=x",
        "/desk/feedback/?after=x", "/desk/feedback/?after=2026-01-01.x.y&body=zz",
    ],
)  # fmt: skip
def test_addresses_typed_by_hand_break_nothing(path: str, fedtown: Any) -> None:
    assert fedtown.client("office").get(path).status_code == 200


def test_the_office_tells_a_result_and_takes_it_back(fedtown: Any) -> None:
    from xinheng.checks import service as checks

    one = fedtown.waiting[0]
    answered(fedtown, one)
    if one.deferred_until:
        checks.release(number=one.number, actor="desk:clerk", at=AT)
    fed = checks.hints_of(number=one.number, body=None, on=one.asked_on)[0].feedback
    office = fedtown.client("office")
    page = text(office.get("/desk/check-results/"))
    assert 'value="publish"' in page and f"/desk/articles/new/?feedback={fed.id}" in page
    assert office.post("/desk/check-results/", {"act": "publish", "feedback": str(fed.id)}).status_code == 302
    assert "公布中" in text(office.get("/desk/check-results/"))
    assert f"/statement/{one.statement}/" in text(fedtown.client().get("/checks/results/"))
    assert (
        office.post(
            "/desk/check-results/", {"act": "withdraw", "feedback": str(fed.id), "reason": ""}
        ).status_code
        == 400
    )
    taken = {"act": "withdraw", "feedback": str(fed.id), "reason": "所依据的记录有变化"}
    assert office.post("/desk/check-results/", taken).status_code == 302
    assert f"/statement/{one.statement}/" not in text(fedtown.client().get("/checks/results/"))
    assert fedtown.client("clerk").get("/desk/check-results/").status_code == 403


def test_pages_take_few_queries(fedtown: Any, few_queries: Any) -> None:
    clerk = fedtown.client("clerk")
    for path, most in (
        ("/desk/feedback/", 30), ("/desk/check-figures/?month=2026-11", 45), (f"/desk/feedback/{fedtown.numbers[0]}/", 30),
        ("/desk/check-figures/rows/?month=2026-11&figure=hints", 30),
    ):  # fmt: skip
        clerk.get(path)
        with few_queries(most):
            assert clerk.get(path).status_code == 200


def test_a_hint_that_rests_on_nothing_any_more_waits_for_nobody_and_says_so(fedtown: Any) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.records import service as records

    one = fedtown.waiting[0]
    with evidence.event(evidence.Act(kind="test.revoked", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[one.statement], state="annulled", rule="")
    clerk = fedtown.client("clerk")
    assert one.number not in text(clerk.get("/desk/feedback/"))
    page = text(clerk.get(f"/desk/feedback/{one.number}/"))
    assert "所依据的记录已经不再计入，不用反馈。" in page
    assert f'name="hint" value="{one.number}.{one.hint}"' not in page


def test_a_heap_with_nothing_in_it_has_no_mark(fedtown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ("/desk/feedback/", "/desk/check-figures/?month=2026-11")
    shape = '<span class="shape over" aria-hidden="true">▲</span>'
    assert not [path for path in paths if shape in text(fedtown.client("clerk").get(path))]
    monkeypatch.setenv("XINHENG_TODAY", "2026-12-15")
    assert not [path for path in paths if shape not in text(fedtown.client("clerk").get(path))]


def test_a_matter_has_its_english_name_on_english_pages(fedtown: Any) -> None:
    from xinheng.law import service as law

    one = fedtown.waiting[0]
    english = law.matter(pack=law.active(), code=one.matter).name_en
    paths = (
        "feedback/", f"feedback/{one.number}/", "check-figures/rows/?month=2026-11&figure=hints",
    )  # fmt: skip
    for path in paths:
        page = text(fedtown.client("clerk").get(f"/en/desk/{path}"))
        assert english in page and one.matter_name not in page, path
