"""A row of a list whose authority does not decide on that kind is told so and taken in; nothing is presumed of a body
nobody knows."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from xinheng.intake.listkinds import unfit
from xinheng.intake.preparing import Preparer
from xinheng.intake.reading import BROKEN, ROW, Chunk
from xinheng.law import service as law

PACK = law.load("huaibei")
ITEM = PACK.items["serious-list"]
DAY = date(2026, 11, 20)


def of(sector: str) -> law.Department:
    return next(one for one in PACK.departments if one.sector == sector)


def told(kind: str, sector: str) -> tuple[str, list[str]]:
    """How a row of a kind by a department of a sector is answered: its outcome and its notes."""
    unit = of(sector)
    code = unit.uscc or "11340600MB0000000X"
    given = {
        ITEM.subject_name: "淮北示例建材有限公司", ITEM.subject_code: "91340600MA2MX00J5U", ITEM.card.kind: PACK.lists[kind].name,
        ITEM.document_number[0]: "示〔2026〕1号", ITEM.decided_on: "2026-05-06", ITEM.card.what: "情节严重",
        ITEM.authority: code, ITEM.authority_name: unit.name, ITEM.source_name: unit.name, ITEM.source_code: code,
    }  # fmt: skip
    row = {one.code: [given.get(one.code, "")] for one in ITEM.fields}
    chunk = Chunk(0, pl.DataFrame({ROW: [2], BROKEN: [""], **row}))
    found = Preparer(item=ITEM, pack=PACK, received_on=DAY).prepare(chunk)
    mine = [fault for fault in found.faults if fault.code == "list-authority" and fault.where[0]]
    assert all(fault.outcome == "note" for fault in mine)
    return mine[0].outcome if mine else "", [fault.message for fault in mine]


@pytest.mark.parametrize("kind", ["tax-serious", "wage-arrears", "work-safety-serious"])
def test_a_kind_of_another_sector_is_a_note_and_no_refusal(kind: str) -> None:
    outcome, notes = told(kind, "market-regulation")
    assert outcome == "note"
    assert PACK.lists[kind].name in notes[0]
    assert notes[0].endswith("。")


def test_the_kinds_own_authority_is_not_noted() -> None:
    assert told("market-serious", "market-regulation") == ("", [])


@pytest.mark.parametrize("code", sorted(PACK.lists))
def test_nothing_is_said_of_a_body_or_a_kind_nobody_knows(code: str) -> None:
    kind = PACK.lists[code]
    assert unfit(pack=PACK, kind=kind.name, authority="", name="某某") == ""
    assert unfit(pack=PACK, kind="没有这种名单", authority="", name="市场监督管理局") == ""
    for unit in PACK.departments:
        said = unfit(pack=PACK, kind=kind.name, authority=unit.uscc, name=unit.name)
        if unit.sector == kind.authority:
            assert said == "", unit.name
