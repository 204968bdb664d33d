"""A department's rules document laid against the list of measures: findings on the page and as a file, nothing kept."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from deskcases import plain
from django.core.files.uploadedfile import SimpleUploadedFile
from tonguekit import stray

pytest_plugins = ("deskkit", "deskcases")
RULES = """第一条 为规范管理，制定本细则。
第二条 对列入严重失信主体名单的企业，限制参加政府采购活动。
第三条 限制其法定代表人乘坐飞机、高铁，限制子女就读高收费学校。
第四条 一处失信，处处受制，终身禁止进入本行业。
第五条 列入严重失信主体名单的，取消评先评优资格。
第六条 失信企业不得申请财政补贴。
"""


def _sent(browser: Any, **told: Any) -> Any:
    return browser.post("/desk/rules-audit/", {"title": "某局失信管理细则"} | told)


def _ledger() -> int:
    from xinheng.evidence import service as evidence

    return int(evidence.size())


def test_extra_measures_and_measures_on_persons_are_findings_and_listed_ones_are_not(casetown: Any) -> None:
    answer = _sent(casetown.client("office"), text=RULES)
    text = plain(answer.content.decode())
    assert answer.status_code == 200
    assert "针对个人，不能由此采取" in text
    assert "清单以外" in text
    assert "清单以内" in text
    assert text.index("第三条") < text.index("第四条") < text.index("第五条"), "the gravest first"
    found = answer.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert "第一条" not in found, "what is no measure is no finding"
    assert "某局失信管理细则" in text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("细则.txt", RULES.encode()),
        ("细则.txt", RULES.encode("gb18030")),
        ("细则.md", ("# 细则\n\n" + RULES).encode("utf-8-sig")),
        ("细则.csv", ("序号,内容\r\n1,取消评先评优资格\r\n2,终身禁止进入本行业").encode()),
    ],
)
def test_a_file_is_read_as_well_as_a_pasted_text(casetown: Any, name: str, content: bytes) -> None:
    answer = _sent(casetown.client("office"), title="", document=SimpleUploadedFile(name, content))
    text = plain(answer.content.decode())
    assert answer.status_code == 200
    assert name in text, "a document without a title goes by its file name"
    assert "清单以外" in text


def test_the_findings_are_exported_in_the_order_of_the_document(casetown: Any) -> None:
    answer = _sent(casetown.client("office"), text=RULES, export="csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["行", "原文"]
    lines = [int(row[0]) for row in rows[1:]]
    assert lines == sorted(lines)
    assert {row[3] for row in rows[1:]} >= {"清单以外", "清单以内", "待人工核对"}


def test_a_cell_of_the_export_is_no_formula(casetown: Any) -> None:
    answer = _sent(casetown.client("office"), text="=cmd|'/c calc'!A1 限制参加政府采购", export="csv")
    for row in list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]:
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_document_is_kept_nowhere_and_numbers_of_persons_are_masked_on_the_page(casetown: Any) -> None:
    before = _ledger()
    answer = _sent(casetown.client("office"), text="取消评优资格，联系人34060219900101123X，电话13812345678")
    text = answer.content.decode()
    assert "34060219900101123X" not in text
    assert "13812345678" not in text
    assert _ledger() == before


@pytest.mark.parametrize(
    "told",
    [
        {}, {"text": "   "}, {"document": SimpleUploadedFile("x.pdf", b"%PDF-1.7\x00\x01")},
        {"document": SimpleUploadedFile("x.docx", b"PK\x03\x04 torn")},
        {"document": SimpleUploadedFile("x.txt", b"a" * (2 * 1024 * 1024 + 1))},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_what_to_do(casetown: Any, told: dict[str, Any]) -> None:
    answer = _sent(casetown.client("office"), **told)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_a_document_without_measures_says_so(casetown: Any) -> None:
    answer = _sent(casetown.client("office"), text="第一条 为规范档案管理，制定本办法。")
    assert answer.status_code == 200
    assert "没有读到惩戒措施" in answer.content.decode()


@pytest.mark.parametrize("name", ["clerk", "reviewer", "authority", "auditor"])
def test_only_the_office_lays_rules_against_the_list(casetown: Any, name: str) -> None:
    browser = casetown.client(name)
    assert browser.get("/desk/rules-audit/").status_code == 403
    assert _sent(browser, text=RULES).status_code == 403


def test_a_form_without_its_token_is_refused(casetown: Any) -> None:
    browser = casetown.desk.client("office", enforce_csrf_checks=True)
    assert _sent(browser, text=RULES).status_code == 403


def test_the_findings_ask_the_database_next_to_nothing(casetown: Any, few_queries: Any) -> None:
    browser = casetown.client("office")
    _sent(browser, text=RULES)
    with few_queries(15):
        assert _sent(browser, text=RULES * 50).status_code == 200


def test_in_english_the_findings_are_english_and_the_text_says_that_it_is_chinese(casetown: Any) -> None:
    page = casetown.client("office").post("/en/desk/rules-audit/", {"text": RULES}).content.decode()
    assert "Outside of the list" in page
    # The text of the document is carried along in a field of the form
    shown = page.split("<textarea")[0] + page.split("</textarea>")[1]
    assert not stray(shown), stray(shown)[:12]
