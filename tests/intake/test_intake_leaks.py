"""Boundary 1, tried from outside: numbers and persons put everywhere a file has room, and looked for everywhere."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from intake_rows import AGENCY, AT, SOUND, cells_of, csv_bytes, licence, penalty

from xinheng.intake import service as intake
from xinheng.law import service as law

Take = Callable[..., Any]
# Distinct spellings of numbers, each recognisable by a stretch of digits that nothing else has
NUMBERS = {
    "citizen": "340621199003071239", "citizen15": "340621900307461", "mobile": "13856147531", "landline": "0561-3886421",
    "card": "6222020200012345678", "passport": "护照号E86420975", "plate": "皖F8J642", "home": "家住相山区幸福里小区7栋2单元",
}  # fmt: skip
NEEDLES = {
    "citizen": "19900307", "citizen15": "900307461", "mobile": "13856147531", "landline": "3886421", "card": "202000123456",
    "passport": "86420975", "plate": "F8J642", "home": "幸福里",
}  # fmt: skip
FREE = ["CF_WFXW", "CF_SY", "CF_YJ", "CF_NR", "CF_NR_ZKDX", "BZ"]


def luhn(number: str) -> str:
    """The same card number with a right last digit, so that it is taken for one."""
    for last in "0123456789":
        digits = [int(c) for c in number[:-1] + last]
        doubled = [2 * d - 9 * (d > 4) if at % 2 else d for at, d in enumerate(reversed(digits))]
        if sum(doubled) % 10 == 0:
            return number[:-1] + last
    raise AssertionError


NUMBERS["card"] = luhn(NUMBERS["card"])


def leaked(texts: list[tuple[str, str]], needles: list[str]) -> list[tuple[str, str]]:
    return [(place, needle) for place, text in texts for needle in needles if needle in text]


def said(kind: str) -> str:
    """The number in the words it would stand in."""
    return {"citizen15": f"身份证号{NUMBERS[kind]}", "landline": f"电话{NUMBERS[kind]}"}.get(
        kind, NUMBERS[kind]
    )


def test_numbers_in_free_text_reach_nothing_durable(
    take: Take,
    everything_in: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    rows = [
        penalty(CF_WSH=f"号{at}-{kind}", **{code: f"前文{said(kind)}后文"}, CF_JDRQ=day)
        for at, code in enumerate(FREE)
        for kind in NUMBERS
        for day in ("2026/11/12", "坏日期")
    ]
    receipt = take(*rows)
    assert receipt.accepted == receipt.rejected == len(rows) // 2
    _nothing_anywhere(receipt, everything_in, tmp_path, caplog, capfd, list(NEEDLES.values()))
    masked = {note["note"] for note in receipt.notes if note["note"].startswith("已遮盖")}
    assert len(masked) == 6


def _nothing_anywhere(
    receipt: Any, everything_in: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str], needles: list[str],
) -> None:  # fmt: skip
    book = tmp_path / "receipt.xlsx"
    intake.receipt_xlsx(batch=receipt.batch, path=book)
    told = capfd.readouterr()
    texts = [
        *everything_in(), ("receipt", str(receipt.as_dict())), ("text", receipt.as_text()), ("workbook", _workbook_text(book)),
        ("log", caplog.text), ("stdout", told.out), ("stderr", told.err),
    ]  # fmt: skip
    assert leaked(texts, needles) == []


def _workbook_text(path: Path) -> str:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return " ".join(archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist())


@pytest.mark.parametrize("kind", ["citizen", "citizen15", "mobile", "landline", "card", "plate"])
def test_a_number_in_any_column_at_all_reaches_nothing_durable(
    take: Take, item: law.Item, everything_in: Any, tmp_path: Path, kind: str,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """One row a column, the number alone in its cell; whatever becomes of the row."""
    rows = [penalty(**{"CF_WSH": f"号{at}", one.code: NUMBERS[kind]}) for at, one in enumerate(item.fields)]
    receipt = take(*rows)
    _nothing_anywhere(receipt, everything_in, tmp_path, caplog, capfd, [NEEDLES[kind]])
    assert receipt.rows == len(rows)


@pytest.mark.parametrize(
    "spelling",
    [
        "３４０６２１１９９００３０７１２３９", "340621 19900307 1239", "340621\u200b19900307123x", "340621-19900307-1239", "34062119900307\n1239",
        " 340621199003071239(1-1)",
    ],
)  # fmt: skip
def test_disguised_numbers_are_found(take: Take, everything_in: Any, spelling: str) -> None:
    take(
        penalty(CF_SY=f"张先生的号码{spelling}在卷"),
        penalty(CF_WSH="b", BZ=spelling),
        penalty(CF_WSH="c", CF_XDR_SHXYM=spelling),
    )
    plain = [(place, "".join(c for c in text if c.isalnum())) for place, text in everything_in()]
    wide = "１９９００３０７"
    assert leaked(plain, ["199003071239", wide]) == []


def test_unknown_columns_never_reach_storage(take: Take, everything_in: Any) -> None:
    heads = [*SOUND, "联系人", "联系人备注"]
    raw = cells_of([heads, [*SOUND.values(), "秘密联系人", "不可保存的内容"]]).encode()
    assert take(raw=raw).accepted == 1
    assert leaked(list(everything_in()), ["秘密联系人", "不可保存"]) == []


def test_a_row_out_of_step_keeps_no_cell(take: Take, everything_in: Any) -> None:
    """With one cell too many every value may stand in the wrong column: a person's document number in a public one."""
    body = csv_bytes(
        [penalty(CF_FR_ZJHM="E86420975", BZ="备注")], law.active().items["admin-penalty"]
    ).decode()
    head, row = body.split("\r\n")[:2]
    receipt = take(raw=f"{head}\n多,{row}\n".encode())
    assert (receipt.rejected, receipt.problems[0]["code"]) == (1, "too-many-cells")
    assert leaked(list(everything_in()), ["86420975", "钱多多"]) == []


def test_persons_rows_are_only_counted(
    take: Take,
    everything_in: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    licences: law.Item,
) -> None:
    rows = [
        licence(XK_XDR_MC="孙悟空空", XK_XDR_LB="自然人", XK_XDR_SHXYM="", XK_NR="孙悟空空的私事"),
        licence(
            XK_XDR_MC="孙悟空",
            XK_XDR_LB="法人及非法人组织",
            XK_XDR_SHXYM="",
            XK_NR="猴王的私事",
            XK_JDRQ="坏日期",
        ),
        licence(XK_XKZS="护士执业证书", XK_NR="孙护士的私事"),
        licence(),
    ]
    receipt = take(*rows, of=licences)
    assert (receipt.refused_personal, receipt.accepted) == (3, 1)
    assert receipt.timeliness == {"on_time": 1, "late": 0, "undated": 0}
    assert receipt.problems == ()
    _nothing_anywhere(receipt, everything_in, tmp_path, caplog, capfd, ["孙悟空", "私事", "猴王", "护士"])


def test_an_operators_name_is_no_part_of_what_may_be_published(take: Take) -> None:
    from django.db import connection

    take(penalty(CF_SY="经营者钱多多当场承认，员工孙小小作证。"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT public, shared, restricted FROM records_statement")
        public, shared, restricted = (bytes(cell).decode() for cell in cursor.fetchone())
    assert "钱多多" not in public + shared and "孙小小" not in public + shared + restricted
    assert "钱某某" in public and "钱多多" in restricted


@pytest.mark.parametrize("where", ["cells", "judging", "shaping", "writing", "receipt"])
def test_no_error_or_traceback_quotes_a_row(
    take: Take, monkeypatch: pytest.MonkeyPatch, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever step breaks, with the row's content in its error: what comes out names the step, never the content."""
    from xinheng.intake import preparing, receipt, shaping
    from xinheng.records import service as records

    secret, person = NUMBERS["citizen"], "孙悟" + "空"
    row = penalty(CF_XDR_MC=f"{person}有限公司")

    def broken(*args: Any, **how: Any) -> Any:
        raise ValueError(f"bad value {secret} of {person} in {args!r}{how!r}")

    place, name = {
        "cells": (preparing, "clean"), "judging": (preparing.judging, "judge"), "shaping": (shaping, "key_text"),
        "writing": (records, "write"), "receipt": (receipt, "compose"),
    }[where]  # fmt: skip
    monkeypatch.setattr(place, name, broken)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(intake.RowsWithheld) as caught:
        take(row)
    shown = (
        "".join(traceback.format_exception(caught.value))
        + caplog.text
        + str(_everything_behind(caught.value))
    )
    assert secret not in shown and person not in shown
    assert caught.value.exit == 4


def _everything_behind(error: BaseException | None) -> list[str]:
    """Messages of all errors hanging on this one, suppressed or not: an error reporter walks them."""
    if error is None:
        return []
    return [str(error), *_everything_behind(error.__context__), *_everything_behind(error.__cause__)]


def test_nothing_is_written_outside_the_home(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No temporary file: whatever is opened for writing during an intake lies in the home."""
    opened: list[str] = []
    watching = [True]

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if (
            watching[0]
            and event == "open"
            and isinstance(args[0], str)
            and args[1] is not None
            and set(args[1]) & set("wax+")
        ):
            opened.append(args[0])

    sys.addaudithook(hook)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    try:
        receipt = take(*(penalty(CF_WSH=f"{n}") for n in range(50)))
    finally:
        watching[0] = False
    assert receipt.accepted == 50
    home = str(tmp_path / "home")
    assert [name for name in opened if not name.startswith(home) and name != str(tmp_path / "in.csv")] == []
    assert list(folder.iterdir()) == []


def test_a_workbook_hides_nothing_either(
    registered: Any, everything_in: Any, tmp_path: Path, item: law.Item
) -> None:
    """Numbers typed as numbers lose their last digits in a spreadsheet; what is left of them must not stay."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        hidden = book.add_worksheet("私密")
        hidden.hide()
        hidden.write(0, 0, "隐藏表里的秘密")
        for column, (name, cell) in enumerate({**penalty(), "BZ": ""}.items()):
            sheet.write(0, column, name)
            sheet.write(1, column, cell)
            sheet.write(
                2, column, 340621199003071234 if name == "BZ" else 13856147531 if name == "CF_SY" else cell
            )
    path = tmp_path / "in.xlsx"
    path.write_bytes(out.getvalue())
    intake.run(path=path, item=item.code, source=AGENCY, at=AT, actor="tests")
    assert leaked(list(everything_in()), ["19900307", "13856147531", "隐藏表"]) == []
