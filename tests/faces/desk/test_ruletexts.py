"""Reading a department's rules document: what comes in, line by line, and what is refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.desk import ruletexts

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _docx(body: str, *, name: str = "word/document.xml", head: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(
            name,
            f'<?xml version="1.0"?>{head}<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>',
        )
    return out.getvalue()


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_text_is_read_line_by_line_with_the_numbers_of_the_file() -> None:
    content = "第一章 总则\n\n第五条 限制市场准入\n".encode()
    assert ruletexts.lines("办法.txt", content) == ["第一章 总则", "", "第五条 限制市场准入"]


def test_a_text_from_an_old_system_is_read_as_well() -> None:
    assert ruletexts.lines("办法.txt", "取消评优资格".encode("gb18030")) == ["取消评优资格"]


def test_rows_of_a_table_become_lines_with_their_cells_apart() -> None:
    content = '措施,依据\r\n"限制融资,从严授信",《办法》第三条\r\n'.encode()
    assert ruletexts.lines("清单.csv", content) == ["措施 | 依据", "限制融资,从严授信 | 《办法》第三条"]


def test_a_word_document_gives_its_paragraphs_and_the_rows_of_its_tables_in_order() -> None:
    table = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>限制</w:t></w:r><w:r><w:t>准入</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>三年</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    content = _docx(_paragraph("一、总则") + table + _paragraph("二、附则"))
    assert ruletexts.lines("办法.docx", content) == ["一、总则", "限制准入 | 三年", "二、附则"]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 torn",
        _docx("", name="word/other.xml"),
        _docx("<w:p>"),
        _docx("", head='<!DOCTYPE a [<!ENTITY b "c">]>'),
        b"%PDF-1.7\x00\x01",
        b"\xff\xfe\xff\xff" * 4,
    ],
)
def test_what_is_no_readable_document_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(ruletexts.RulesUnreadable, match="请"):
        ruletexts.lines("文件.docx", content)


def test_what_is_too_large_is_refused_before_it_is_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ruletexts.RulesUnreadable, match="2 MB"):
        ruletexts.lines("大.txt", b"a" * (ruletexts.LARGEST + 1))
    monkeypatch.setattr(ruletexts, "UNFOLDED", 1_000)
    with pytest.raises(ruletexts.RulesUnreadable, match="展开"):
        ruletexts.lines("大.docx", _docx(_paragraph("多" * 2_000)))


def test_numbers_of_persons_are_masked_before_anything_is_shown() -> None:
    [line] = ruletexts.lines("办法.txt", "联系人身份证号 34060219900101123X，电话13812345678".encode())
    assert "34060219900101123X" not in line
    assert "13812345678" not in line


@given(st.lists(st.text(max_size=60), max_size=40))
def test_as_many_lines_come_out_as_the_text_has(texts: list[Any]) -> None:
    content = "\n".join(texts).encode("utf-8", "ignore")
    if b"\x00" in content or content[:4] == b"PK\x03\x04":
        return
    assert len(ruletexts.lines("a.txt", content)) == len(content.decode("utf-8-sig").splitlines())
