"""信用体检: its own and nobody else's; facts, dates and next steps in both languages; no score and no local grade."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from xinheng.evaluation import service as evaluation
from xinheng.evaluation.received import Received
from xinheng.law import service as law

pytest_plugins = ("deskkit", "ownkit")
ON = date(2026, 11, 20)
QUERIES = 25


def _page(browser: Any, own: Any, prefix: str = "") -> str:
    answer = browser.get(f"{prefix}/desk/own/{own.mine}/checkup/")
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.content.decode())


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_checkup_opens_in_both_languages_with_chart_table_and_few_queries(
    own: Any, few_queries: Any, prefix: str
) -> None:
    browser = own.client()
    _page(browser, own, prefix)
    with few_queries(QUERIES):
        text = _page(browser, own, prefix)
    assert 'data-of="n-checkup-months"' in text, "the chart is drawn from the table under it"
    assert 'id="n-checkup-months"' in text
    for entry in own.entries:
        assert f'{prefix}/desk/own/repair/{entry.id}/"' in text, "every entry has its next step"


def test_the_checkup_of_one_organisation_does_not_exist_for_another_nor_for_staff(
    own: Any, desk: Any
) -> None:
    address = reverse("desk-own-checkup-of", args=[own.mine])
    assert own.client("other").get(address).status_code == 404
    for name in ("clerk", "reviewer", "office"):
        assert desk.client(name).get(address).status_code == 403
    lead = own.client("other").get(reverse("desk-own-checkup"))
    assert lead.status_code == 302 and own.other in lead["Location"]
    assert desk.client().get(address).status_code == 302, "nobody: signs in first"


def test_the_page_names_no_model_no_grade_of_one_and_no_points(own: Any) -> None:
    for prefix in ("", "/en"):
        text = re.sub(
            r"<[^>]+>", " ", _page(own.client(), own, prefix).split('id="main"')[1].split("</main>")[0]
        )
        for model in law.models(pack=law.active()).values():
            assert model.name not in text and model.code not in text
            assert not [grade.name for grade in model.grades if len(grade.name) > 1 and grade.name in text]
        assert not re.search(r"\d+\s*分(?!钟)|得分|评分|信用分|\bscore\b|\bpoints?\b", text, re.IGNORECASE), (
            text
        )


def test_what_can_be_done_now_stands_first_and_long_lists_are_folded(
    own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from xinheng.evaluation import policy_checkup
    from xinheng.faces.desk.views import checkup as view

    found = evaluation.checkup(uscc=own.mine, on=ON)
    repair = next(one for one in found.steps if one.kind == "repair-now")
    promise = replace(repair, kind="fulfil", must=True, on=date(2027, 2, 28))
    steps = (*[repair] * 9, *[promise] * 5)
    assert not policy_checkup.later(repair, ON) and policy_checkup.later(promise, ON)
    monkeypatch.setattr(view.evaluation, "checkup", lambda **_: replace(found, steps=steps))
    text = _page(own.client(), own)
    _head, _, rest = text.partition('id="steps-title"')
    now, _, later = rest.partition("以后的 5 件")
    assert now.count('<li class="next') == 9 and "以前" not in re.sub(r"<[^>]+>", "", now.split("<ol")[1])
    assert now.partition('<details class="fold">')[0].count('<li class="next') == view.OPEN
    assert later.split("</details></section>")[0].count("2027年2月28日</time>以前") == 5
    assert text.count("next first") <= 1 and "还有 6 件现在可以办的" in now


def test_the_numbers_are_those_of_the_file_and_the_csv_has_the_months_of_the_chart(own: Any) -> None:
    found = evaluation.checkup(uscc=own.mine, on=ON)
    shown = [one for one in found.facets if one.item == "admin-penalty"]
    assert shown[0].public >= len(own.entries) > 0
    assert {one.id for one in own.entries} <= {
        one.statement for one in found.endings if one.kind == "publication"
    }
    assert found.months[0].standing == found.adverse_public
    answer = own.client().get(reverse("desk-checkup-csv", args=["checkup-months"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1:] == [[one.label, one.label, str(one.standing), str(one.repaired)] for one in found.months]
    assert own.client().get(reverse("desk-checkup-csv", args=["other"])).status_code == 404


def test_an_organisation_of_which_nothing_is_on_file_is_told_so(own: Any) -> None:
    found = evaluation.checkup(uscc="91340600MA2NEVER0X", on=ON)
    assert (found.facets, found.endings, found.steps, found.adverse_public) == ((), (), (), 0)
    assert [one.kind for one in found.missing] == ["no-result"]
    assert [(one.standing, one.repaired) for one in found.months] == [(0, 0)]


def test_received_results_are_shown_with_authority_period_and_end_and_only_the_newest(
    own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.evaluation import checkup

    def told(grade: str, *, newest: bool) -> Received:
        return Received(
            statement=1, uscc=own.mine, kind="ecology", names=("环境信用评价", "Environmental standing"), grade=grade,
            step=0, steps=4, national=False, internal=False, authority="", authority_name="虚构市生态环境局", sector="ecology",
            period="2025年度", decided_on=date(2026, 3, 1), until=date(2027, 3, 31), over=False, newest=newest, disputed=False,
            corrected=False,
        )  # fmt: skip

    asked: list[dict[str, Any]] = []

    def received(**given: Any) -> dict[str, tuple[Received, ...]]:
        asked.append(given)
        return {own.mine: (told("绿牌", newest=True), told("黑牌", newest=False))}

    monkeypatch.setattr(checkup, "received", received)
    text = _page(own.client(), own)
    for words in ("环境信用评价", "绿牌", "虚构市生态环境局", "2025年度", "2027-03-31"):
        assert words in text
    assert "黑牌" not in text and "没有收到国家" not in text
    assert asked[0]["audience"] == "self", "what is for supervision alone never comes back for it"
