"""Reading a list of what a place shows: in memory only, nothing of it is kept. Rows about persons are counted and dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from xinheng.intake import grids
from xinheng.kernel import personal, uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.text import norm_docno, normalise_cell
from xinheng.sync.errors import ListUnreadable

MAX_ROWS = 500_000
HEADER_WITHIN = 20
HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": ("统一社会信用代码", "信用代码", "代码", "行政相对人代码_1(统一社会信用代码)"),
    "doc": ("文书号", "文号", "决定书文号", "决定文书号", "处罚决定书文号", "行政处罚决定书文号", "许可决定文书号",
            "行政许可决定文书号"),
    "status": ("状态", "公示状态", "当前状态"),
    "decided": ("决定日期", "处罚决定日期", "许可决定日期", "作出决定日期", "列入日期"),
    "until": ("公示截止日期", "公示截止期", "公示至"),
}  # fmt: skip
SHOWN = frozenset(("", "公示中", "有效", "公示", "正常", "已公示", "有异议", "异议", "1"))
ENDED = frozenset(
    ("已修复", "修复", "已撤销", "撤销", "已终止", "终止", "停止公示", "已停止公示", "已下架", "期满", "已移出", "无效", "2", "0")
)  # fmt: skip
SCHEMA = {
    "uscc": pl.String, "doc": pl.String, "shown_there": pl.Boolean, "decided_there": pl.Date, "until_there": pl.Date,
}  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A list as read: one row for each organisation and document number, and how many rows were of no use."""

    frame: pl.DataFrame
    rows: int
    personal: int
    unusable: int


def read(raw: bytes) -> Listed:
    """A CSV (UTF-8 or GB18030) or XLSX as it was sent. Raises `ListUnreadable`, naming what is missing."""
    workbook = raw[:4] == b"PK\x03\x04"
    grid = (grids.workbook_rows if workbook else grids.csv_rows)(raw, refuse=ListUnreadable)
    for at, cells in enumerate(grid[:HEADER_WITHIN]):
        places = grids.columns(cells, HEADERS)
        if {"code", "doc"} <= set(places):
            return _listed(grid[at + 1 :], places)
    raise ListUnreadable(
        f"前 {HEADER_WITHIN} 行里没有「统一社会信用代码」和「文书号」两列。请保留表头；列名还可以是：{'、'.join(HEADERS['doc'][1:4])}。"
    )


def _listed(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> Listed:
    if len(rows) > MAX_ROWS:
        raise ListUnreadable(f"名单有 {len(rows):,} 行，一次最多 {MAX_ROWS:,} 行。请按信息类别或年度分开。")
    made, persons, unusable, count = [], 0, 0, 0
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        told = {
            name: normalise_cell(cells[place])[0] if place < len(cells) else ""
            for name, place in places.items()
        }
        code = uscc.clean(told["code"]).code
        if uscc.check(code).kind == "citizen_id":
            persons += 1
            continue
        doc = norm_docno(personal.redact(told["doc"], label="文号")[0])
        status = told.get("status", "")
        if not doc or not code or status not in SHOWN | ENDED:
            unusable += 1
            continue
        made.append(
            (code, doc, status in SHOWN, parse_date(told.get("decided", "")).value,
             parse_date(told.get("until", "")).value)
        )  # fmt: skip
    frame = pl.DataFrame(made, schema=SCHEMA, orient="row")
    # A decision listed twice is shown if either row says so
    frame = frame.sort("shown_there", descending=True, maintain_order=True)
    return Listed(frame.unique(["uscc", "doc"], keep="first", maintain_order=True), count, persons, unusable)
