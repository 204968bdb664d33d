"""Pages of the indices: public numbers without a rank, the desk's index with its rows, and who may open what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.accounts.models import Account
from xinheng.evaluation import indices
from xinheng.evidence import service as evidence
from xinheng.faces.site import index_sheets
from xinheng.intake import service as intake

pytest_plugins = ("judgedkit",)
FORBIDDEN = ("黑名单", "红名单", "老赖", "联合惩戒")
PAGES = (
    "/indices/",
    "/indices/?by=county&area=340621",
    "/indices/?by=sector&area=C",
    "/map/?metric=index-penalties",
)


def _signed_in(role: str) -> Any:
    body = "" if role in ("office", "auditor") else intake.batches(item="admin-penalty", limit=1)[0].source
    accounts.add(
        name=f"a-{role}",
        role=role,
        body=body,
        title="测试岗",
        password="correct-horse-battery",
        at=AT,
        actor="test",
    )
    browser = Client()
    browser.force_login(
        Account.objects.get(name=f"a-{role}"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


def _rows(page: str, table: str) -> list[list[str]]:
    """The body of a table by its id: names and numbers as a reader sees them."""
    body = re.search(rf'id="n-{table}".*?<tbody>(.*?)</tbody>', page, re.S)
    assert body, table
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.S)
    ]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("tongue", ["", "/en"])
def test_public_pages_show_public_parts_in_the_order_of_codes(judged: Any, address: str, tongue: str) -> None:
    from xinheng.statistics import service as statistics

    statistics.refresh(at=AT)
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get(f"{tongue}{address}")
    assert answer.status_code == 200
    assert len(asked) <= 10
    page = answer.content.decode()
    assert not [word for word in FORBIDDEN if word in page]
    assert "desk-indices" not in page
    if "map" not in address:
        names = [row[0] for row in _rows(page, "index-by-county")]
        if not tongue:
            assert names == [name for _code, name in index_sheets.areas("county")]


def test_the_table_the_file_the_map_and_the_api_say_the_same(judged: Any) -> None:
    from xinheng.statistics import service as statistics

    statistics.refresh(at=AT)
    browser = Client()
    page = browser.get("/indices/").content.decode()
    sheet = _rows(page, "index-by-county")
    lines = browser.get("/indices/index-by-county.csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == [row[0] for row in sheet]
    told = browser.get("/api/v1/indices?by=county").json()
    column = [one["code"] for one in told["parts"]].index("penalties")
    by_name = {one["name"]: one["micro"] for one in told["values"] if one["part"] == "penalties"}
    shown = {row[0]: row[column + 1] for row in sheet}
    assert any(number != "—" for number in shown.values())
    drawn = browser.get("/map/?metric=index-penalties").content.decode()
    for name, number in shown.items():
        value = index_sheets.value(by_name.get(name, -1))
        assert number == ("—" if value is None else f"{value:,.1f}")
        assert re.search(rf">{name}</th><td class=\"num\">{re.escape(number)}<", drawn)


def test_before_the_first_count_the_page_says_so_and_the_map_has_no_such_layer(client: Any) -> None:
    assert "还没有数" in client.get("/indices/").content.decode()
    assert "index-penalties" not in client.get("/map/").content.decode()
    assert client.get("/indices/none.csv").status_code == 404


def test_an_area_too_small_to_count_says_so_and_the_others_stay(judged: Any) -> None:
    page = Client().get("/indices/?by=sector&area=T").content.decode()
    assert "主体太少" in page
    assert "制造业" in page


def test_the_office_sees_the_index_its_parts_and_the_rows_behind_each_value(judged: Any) -> None:
    office = _signed_in("office")
    first = office.get("/desk/indices/")
    assert first.status_code == 200
    page = first.content.decode()
    assert "不排名" in page
    assert "本系统的选择" in page
    value = next(one for one in indices.indices(by="place") if one.part == "penalties")
    assert f"{value.n:,} / {value.base:,}" in page
    rows = office.get("/desk/indices/rows/?by=place&area=&part=penalties&month=2026-11").content.decode()
    assert len(re.findall(r"<tr><th scope=\"row\"", rows)) == min(value.n, 50)
    events = [one.body["detail"] for one in evidence.events(kinds=("accounts.read",))]
    looked = next(one for one in events if one["what"] == "evaluation-index-rows")
    assert looked["usccs"], "each organisation can see that its entry was looked at"
    assert office.get("/desk/indices/index-months.csv").status_code == 200
    assert office.get("/desk/indices/none.csv").status_code == 404


@pytest.mark.parametrize("address", ["/desk/indices/", "/desk/indices/?by=sector&area=C"])
def test_the_desks_page_takes_as_many_queries_for_any_area(judged: Any, address: str) -> None:
    office = _signed_in("office")
    office.get("/desk/indices/")
    with CaptureQueriesContext(connection) as asked:
        office.get(address)
    assert len(asked) <= 18


def test_an_authority_sees_the_index_but_not_whose_entries_it_counts(judged: Any) -> None:
    authority = _signed_in("authority")
    page = authority.get("/desk/indices/")
    assert page.status_code == 200
    assert "/desk/indices/rows/" not in page.content.decode()
    answer = authority.get("/desk/indices/rows/?by=place&area=&part=penalties&month=2026-11")
    assert answer.status_code == 404
    auditor = _signed_in("auditor")
    assert auditor.get("/desk/indices/rows/?by=place&area=&part=penalties&month=2026-11").status_code == 200


@pytest.mark.parametrize("role", ["department", "reviewer"])
def test_who_has_no_part_in_it_is_refused(judged: Any, role: str) -> None:
    assert _signed_in(role).get("/desk/indices/").status_code == 403


def test_a_closed_month_stays_on_the_page_beside_the_running_one(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = _signed_in("office")
    monkeypatch.setenv("XINHENG_TODAY", "2026-12-02")
    indices.sweep(at=datetime(2026, 12, 2, 2, tzinfo=UTC))
    trend = index_sheets.months(by="place", area="", on=date(2026, 12, 2), public=False)
    assert [row.label for row in trend.rows] == ["2026-11", "2026-12（未满）"]
    page = office.get("/desk/indices/?month=2026-11").content.decode()
    assert 'aria-current="true">2026-11<' in page


def test_a_published_model_shows_rules_and_totals_and_nobodys_number(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from judgedkit import ADOPTED, based
    from xinheng.evaluation import publishing
    from xinheng.evaluation import service as evaluation

    assert "没有公布的评价模型" in Client().get("/models/").content.decode()
    model = based()
    monkeypatch.setattr(publishing, "shown", lambda on: (model,))
    page = Client().get("/models/").content.decode()
    run = evaluation.latest(model=ADOPTED)
    assert run is not None
    assert "几乎都在同一个等级" in page and "家数，约" not in page, "nearly all have one grade: no counts"
    shown = evaluation.page(run=run.id, limit=500).results
    assert shown
    assert not [one for one in shown if one.uscc in page]
    counts = dict(zip([grade.code for grade in model.grades], (47, 33, 25, 3), strict=True))
    monkeypatch.setattr(publishing.runs, "latest", lambda **_: replace(run, distribution=counts))
    page = Client().get("/models/").content.decode()
    totals = publishing.totals(model)
    assert (
        totals is not None and any(cell.n for cell in totals.cells) and any(cell.few for cell in totals.cells)
    )
    assert not [n for n in counts.values() if f">{n}<" in page], "what is told is cut down to tens"
    for cell in totals.cells:
        assert f">{cell.n}<" in page if cell.n else ">少于 10<" in page or ">不单列<" in page
