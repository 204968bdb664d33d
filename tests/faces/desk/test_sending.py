"""A clerk sends a file, reads the receipt, mends rows; the office looks after classes. Through the pages, as they do."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest

pytest_plugins = ("deskkit",)

NUMBER = re.compile(r"/desk/batches/([\w-]+)/")


def rows_of(desk: Any, rows: int = 6) -> tuple[list[str], list[dict[str, str]]]:
    """Headers of the penalty item and some clean rows of the clerk's unit, taken from a batch it sent."""
    from xinheng.intake import service as intake
    from xinheng.law import service as law

    item = law.active().items["admin-penalty"]
    headers = [field.code for field in item.fields]
    found = []
    for batch in intake.batches(source=desk.mine, item="admin-penalty", limit=20):
        bad = {row.row for row in intake.problem_rows(batch=batch.number, limit=500)}
        for row in range(2, 12):
            cells = intake.kept_row(batch=batch.number, row=row)
            if cells and row not in bad:
                found.append({code: cells.get(code, "") for code in headers})
    for serial, row in enumerate(found):
        row["CF_WSH"] = f"测试罚〔2026〕{serial + 1}号"
        row["CF_JDRQ"] = "2026-11-18"
    return headers, found[:rows]


def as_csv(headers: list[str], rows: list[dict[str, str]], **renamed: str) -> bytes:
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([renamed.get(header, header) for header in headers])
    writer.writerows([[row[header] for header in headers] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def send(browser: Any, data: bytes, name: str = "test.csv", **form: str) -> Any:
    file = io.BytesIO(data)
    file.name = name
    return browser.post("/desk/intake/", {"item": "admin-penalty", "file": file, **form})


def finished(browser: Any, answer: Any) -> Any:
    """The receipt page, once the rows are answered."""
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    address = answer["Location"]
    number = NUMBER.search(address)[1]  # type: ignore[index]
    until = time.monotonic() + 30
    while browser.get(f"/desk/batches/{number}/progress.json").json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)
    return number, browser.get(address)


def test_a_file_is_sent_and_every_row_is_answered(desk: Any) -> None:
    clerk = desk.client("clerk")
    headers, rows = rows_of(desk)
    number, page = finished(clerk, send(clerk, as_csv(headers, rows)))
    text = page.content.decode()
    assert page.status_code == 200
    assert f"共 {len(rows)} 行，每行都有答复" in text
    assert number in clerk.get("/desk/batches/").content.decode()
    again, _page = finished(clerk, send(clerk, as_csv(headers, rows)))
    assert again == number, "a double click, or the same file again, is one batch"


def test_the_six_parts_of_the_bar_sum_and_are_told_in_words(desk: Any) -> None:
    from xinheng.intake import service as intake

    batch = next(
        one
        for one in intake.batches(source=desk.mine, limit=50)
        if one.counts["rejected"] and one.counts["refused_personal"]
    )
    text = desk.client("clerk").get(f"/desk/batches/{batch.number}/").content.decode()
    bar = text[text.index('<svg class="bar"') :]
    widths = [float(found) for found in re.findall(r'width="([\d.]+)%"', bar[: bar.index("</svg>\n<dl")])]
    assert abs(sum(widths) - 100) < 0.01
    said = re.search(r'role="img" aria-label="([^"]+)"', text)
    assert said is not None
    assert f"退回 {batch.counts['rejected']}" in said[1]
    assert sum(int(n) for n in re.findall(r"(\d+)", said[1])) == batch.rows
    assert f"{batch.counts['refused_personal']} 行自然人信息不受理、未保存" in text


def test_a_department_sends_only_in_its_own_name_whatever_the_form_says(desk: Any) -> None:
    from xinheng.intake import service as intake

    clerk = desk.client("clerk")
    headers, rows = rows_of(desk)
    number, _page = finished(clerk, send(clerk, as_csv(headers, rows), source=desk.other))
    assert intake.receipt_of(batch=number).source == desk.mine


def test_the_office_sends_for_the_unit_it_names(desk: Any) -> None:
    from xinheng.intake import service as intake

    office = desk.client("office")
    headers, rows = rows_of(desk)
    assert send(office, as_csv(headers, rows)).status_code == 400
    assert send(office, as_csv(headers, rows), source="11000000000000000X").status_code == 400
    number, _page = finished(office, send(office, as_csv(headers, rows), source=desk.other))
    assert intake.receipt_of(batch=number).source == desk.other


def test_columns_not_recognised_are_asked_about_and_remembered(desk: Any) -> None:
    from xinheng.intake import service as intake

    clerk = desk.client("clerk")
    headers, rows = rows_of(desk, 3)
    data = as_csv(headers, rows, CF_WSH="本局编号")
    page = send(clerk, data)
    text = page.content.decode()
    assert page.status_code == 200
    assert "这些列不认识" in text
    assert "本局编号" in text
    handle = re.search(r'name="handle" value="([^"]+)"', text)[1]  # type: ignore[index]
    column = re.search(r'name="(column-\d+)" aria-labelledby', text)[1]  # type: ignore[index]
    form = {"handle": handle, column: "CF_WSH", "remember": "1"}
    assert desk.client("rival").post("/desk/intake/columns/", form).status_code == 404, (
        "held for the clerk alone"
    )
    number, _page = finished(clerk, clerk.post("/desk/intake/columns/", form))
    assert intake.receipt_of(batch=number).accepted == 3
    assert clerk.post("/desk/intake/columns/", form).status_code == 404, (
        "the file is let go once it is taken in"
    )
    rows[0]["CF_WSH"] = "测试罚〔2026〕99号"
    number, page = finished(clerk, send(clerk, as_csv(headers, rows, CF_WSH="本局编号")))
    assert "按上次记住的对应关系" in page.content.decode()


@pytest.mark.parametrize("content", [b"%PDF-1.7 this is no table", b"\x89PNG\r\n\x1a\n", b"", b"a,b\n1,2\n"])
def test_what_is_no_table_is_refused_in_words(desk: Any, content: bytes) -> None:
    clerk = desk.client("clerk")
    answer = send(clerk, content)
    if answer.status_code == 200:
        assert "必填的列还没有对上" in answer.content.decode()
    else:
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()


def test_a_file_that_is_too_large_is_told_so(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.faces.desk.uploads import SubmissionHandler

    monkeypatch.setattr(SubmissionHandler, "largest", 100_000)
    answer = send(desk.client("clerk"), b"x" * 300_000)
    assert answer.status_code == 413
    assert "50 MB" in answer.content.decode()


def test_nothing_sent_reaches_the_disk_as_it_was(desk: Any, city: Any) -> None:
    clerk = desk.client("clerk")
    headers, rows = rows_of(desk, 3)
    for row in rows:
        row["CF_SY"] = row.get("CF_SY", "") + " 经查 11010519491231002X 陈述属实"
    send(clerk, as_csv(headers, rows, CF_WSH="本局编号"))
    finished(clerk, send(clerk, as_csv(headers, rows)))
    for file in city.root.rglob("*"):
        if file.is_file():
            assert b"11010519491231002" not in file.read_bytes(), file


def test_a_row_is_mended_in_place_as_a_batch_that_names_the_first(desk: Any) -> None:
    from xinheng.intake import service as intake

    clerk = desk.client("clerk")
    headers, rows = rows_of(desk, 3)
    rows[1]["CF_JDRQ"] = "2026-02-30"
    number, page = finished(clerk, send(clerk, as_csv(headers, rows)))
    text = page.content.decode()
    field = re.search(r'name="(c-\d+-CF_JDRQ)" value="2026-02-30"', text)
    assert field is not None, "the faulty cell can be filled in"
    row = field[1].split("-")[1]
    assert text.count('class="mend-row"') == 1
    form = {"batch": number, f"was-{row}-CF_JDRQ": "2026-02-30", field[1]: "2026-11-17"}
    first = clerk.post(f"/desk/batches/{number}/mend/", form)
    assert first.status_code == 302
    mended, page = finished(clerk, first)
    assert mended != number
    assert number in page.content.decode(), "it says which batch it mends"
    assert intake.receipt_of(batch=mended).accepted == 1
    second = clerk.post(f"/desk/batches/{number}/mend/", form)
    assert NUMBER.search(second["Location"])[1] == mended, "a double click is one act"  # type: ignore[index]


def test_a_form_of_another_tab_changes_nothing(desk: Any) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.intake import service as intake

    one, two = [batch.number for batch in intake.batches(source=desk.mine, limit=2)]
    before = evidence.size()
    answer = desk.client("clerk").post(f"/desk/batches/{one}/mend/", {"batch": two, "c-2-CF_WSH": "x"})
    assert answer.status_code == 409
    assert evidence.size() == before


def test_the_sheet_of_rows_to_mend_can_be_sent_back_as_it_is(desk: Any) -> None:
    from openpyxl import load_workbook

    from xinheng.intake import service as intake

    clerk = desk.client("clerk")
    headers, rows = rows_of(desk, 4)
    rows[2]["CF_JDRQ"] = "2026-02-30"
    number, _page = finished(clerk, send(clerk, as_csv(headers, rows)))
    answer = clerk.get(f"/desk/batches/{number}/errors.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    mended = 0
    for line in book.active.iter_rows():
        for cell in line:
            if cell.value == "2026-02-30":
                cell.value, mended = "2026-11-17", mended + 1
    assert mended == 1
    out = io.BytesIO()
    book.save(out)
    back, _page = finished(clerk, send(clerk, out.getvalue(), name="改错表.xlsx"))
    assert intake.receipt_of(batch=back).accepted == 1


def test_a_nil_return_is_given_once_and_repeats_its_number(desk: Any) -> None:
    clerk = desk.client("clerk")
    form = {"item": "admin-penalty", "period": "2026-08"}
    said = [clerk.post("/desk/nil-return/", form) for _ in range(2)]
    numbers = {
        re.search(r"编号 ([\w-]+)", answer.content.decode())[1]
        for answer in said
        if answer.status_code == 200
    }  # type: ignore[index]
    if said[0].status_code == 409:
        pytest.fail(said[0].content.decode()[-2000:])
    assert len(numbers) == 1
    assert clerk.post("/desk/nil-return/", {"item": "admin-penalty", "period": "1999-01"}).status_code == 400


def test_a_class_is_confirmed_after_its_effect_was_shown(desk: Any) -> None:
    from xinheng.records import service as records

    waiting = records.undetermined(limit=500)
    assert waiting, "the city has no penalty whose class waits"
    one = waiting[0]
    office = desk.client("office")
    address = f"/desk/queue/{one.id}/"
    text = office.get(address).content.decode()
    assert "只归集，不公示。" in text, "what minor would mean is said beforehand"
    assert re.search(r"公示 <time[^>]*>\S+</time> 至", text), "and what serious would mean"
    form = {"statement": str(one.id), "severity": "serious"}
    assert office.post(address, form).status_code == 400, "the office needs the authority's letter"
    form["letter"] = "市监函〔2026〕3号"
    preview = office.post(address, form)
    assert preview.status_code == 200
    assert "再看一遍再记录" in preview.content.decode()
    assert one.id in {row.id for row in records.undetermined(limit=500)}, "the preview changes nothing"
    wrong_tab = office.post(address, form | {"statement": str(one.id + 1), "step": "confirm"})
    assert wrong_tab.status_code == 409
    done = [office.post(address, form | {"step": "confirm"}) for _ in range(2)]
    assert [answer.status_code for answer in done] == [302, 302]
    assert one.id not in {row.id for row in records.undetermined(limit=500)}
    from xinheng.evidence import service as evidence

    assert len(list(evidence.events(kinds=["records.classified"]))) == 1, "a double click is one act"


def test_a_unit_does_not_find_the_waiting_penalty_of_another(desk: Any) -> None:
    from xinheng.records import service as records

    for one in records.undetermined(limit=500):
        expected = 200 if one.authority == desk.mine else 404
        assert desk.client("clerk").get(f"/desk/queue/{one.id}/").status_code == expected


def test_a_published_line_is_traced_back_to_its_row_by_its_unit_and_the_office_only(desk: Any) -> None:
    from datetime import date

    from xinheng.publication import service as publication
    from xinheng.records import service as records

    entry = publication.statements(
        audience="public", on=date(2026, 11, 20), authority=desk.mine, item="admin-penalty", limit=1
    )[0]
    batch, row, _day = records.statements([entry.id])[entry.id].source
    for name, code in (("clerk", 200), ("office", 200), ("rival", 404), ("reviewer", 200)):
        answer = desk.client(name).get(f"/desk/why/{entry.id}/")
        assert answer.status_code == code, name
        if code == 200:
            text = answer.content.decode()
            assert batch in text
            assert f"第 {row} 行" in text
    clerk = desk.client("clerk")
    for typed in (str(entry.id), f"https://credit.example/statement/{entry.id}/"):
        assert clerk.get("/desk/why/", {"statement": typed})["Location"] == f"/desk/why/{entry.id}/"


def test_no_name_of_a_person_is_on_the_page_that_traces_a_line(desk: Any) -> None:
    from datetime import date

    from xinheng.intake import service as intake
    from xinheng.law import service as law
    from xinheng.publication import service as publication
    from xinheng.records import service as records

    item = law.active().items["admin-penalty"]
    persons = [field.code for field in item.fields if field.type == "person"]
    looked = 0
    for entry in publication.statements(
        audience="authority", on=date(2026, 11, 20), authority=desk.mine, item="admin-penalty", limit=8
    ):
        batch, row, _day = records.statements([entry.id])[entry.id].source
        cells = intake.kept_row(batch=batch, row=row) or {}
        names = [cells[code] for code in persons if cells.get(code)]
        text = desk.client("clerk").get(f"/desk/why/{entry.id}/").content.decode()
        for name in names:
            looked += 1
            assert f">{name}<" not in text
    assert looked
