"""The public numbers of checks: every department, charts with their tables, nothing about any organisation."""

from __future__ import annotations

from typing import Any

import pytest

from moments import AT


@pytest.fixture
def numbered(client: Any, tmp_path: Any) -> Any:
    """A visitor of a city in which yesterday a department checked, was given hints and answered one."""
    from datetime import timedelta

    import checktown
    from xinheng.checks import service as checks

    checktown.list_some(tmp_path)
    yesterday = AT - timedelta(days=1)
    for code in sorted({one.uscc for one in checktown.shown("serious-list")}):
        checktown.shared(code, at=yesterday)
    client.codes = {one.uscc for one in checktown.shown("serious-list")}
    one = checks.open_feedback(body=None, on=checktown.ON, limit=1)[0]
    checks.answer(
        number=one.number,
        hint=one.hint,
        applied=True,
        reason="取消其投标资格",
        body=one.body,
        actor="d",
        at=AT,
    )
    checks.seal(at=AT)
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_numbers_are_there_as_charts_tables_and_files(numbered: Any) -> None:
    page = text(numbered.get("/checks/"))
    for table in ("checks-by-month", "checks-by-department", "feedback-by-department"):
        assert f'id="n-{table}"' in page and f"/checks/{table}.csv" in page
        file = numbered.get(f"/checks/{table}.csv")
        assert file.status_code == 200 and file.content.startswith(b"\xef\xbb\xbf")
    assert "2026-11,2026-11" in numbered.get("/checks/checks-by-month.csv").content.decode()
    assert numbered.get("/checks/none.csv").status_code == 404
    assert "由该部门依法决定" in page


def test_numbers_name_no_organisation_and_count_no_day_that_is_not_over(numbered: Any) -> None:
    from xinheng.checks import service as checks
    from xinheng.faces.site import check_sheets

    page = text(numbered.get("/checks/"))
    assert not [code for code in numbered.codes if code in page]
    before = numbered.get("/checks/checks-by-month.csv").content
    import checktown

    checktown.shared(sorted(numbered.codes)[0])
    checks.seal(at=AT)
    assert numbered.get("/checks/checks-by-month.csv").content == before
    assert check_sheets.of_body(body=None, on=checktown.ON).rows[-1].values[3] == 1 + int(
        before.split(b"\r\n")[-2].split(b",")[5]
    )


def test_the_page_speaks_english_and_says_what_is_not_there(numbered: Any) -> None:
    page = text(numbered.get("/en/checks/"))
    assert "Checks and feedback" in page
    assert "还没有公布的结果。" in text(numbered.get("/checks/results/"))


def test_the_page_takes_few_queries(numbered: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    numbered.get("/checks/")
    with CaptureQueriesContext(connection) as captured:
        numbered.get("/checks/")
    assert len(captured) <= 14
