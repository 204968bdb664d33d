"""A second opinion on departments' rows, written from the rules and not from the generator.

Row by row and slow on purpose: it reads the files back as a spreadsheet would show them, cleans cells with the kernel
and answers each row. The generator's truth must agree with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import openpyxl

from xinheng.kernel import uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.money import parse_wan
from xinheng.kernel.personnames import is_person_name
from xinheng.kernel.text import norm_docno, norm_name, normalise_cell
from xinheng.synth import FileEntry
from xinheng.synth.schema import ITEMS, Item

PROFESSIONAL = ("执业证", "资格证")


@dataclass
class Row:
    """One data row: its number in the spreadsheet, cells by field code, cells behind the last column."""

    number: int
    cells: dict[str, str]
    behind: list[str]


def cells_of(folder: Path, entry: FileEntry) -> list[list[str]]:
    """All rows of a file, header and title included, as text."""
    path = folder / entry.path
    if entry.container == "xlsx":
        sheet = openpyxl.load_workbook(path).active
        return [[_shown(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    encoding = {"utf-8-bom": "utf-8-sig"}.get(entry.encoding, entry.encoding)
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)


def rows_of(folder: Path, entry: FileEntry) -> Iterator[Row]:
    """The data rows; columns are found by their header, blank rows are left out."""
    item = ITEMS[entry.item]
    names = {name: code for code, name in item.fields} | {code: code for code in item.codes}
    names |= {item.field("FR_SFZH"): item.field("FR_ZJHM"), "法定代表人身份证号": item.field("FR_ZJHM")}
    rows = cells_of(folder, entry)
    header = [names[cell] for cell in rows[entry.header_row - 1] if cell]
    assert len(header) == len(set(header)) == entry.columns
    for number, cells in enumerate(rows[entry.header_row :], entry.header_row + 1):
        if any(cells):
            width = len(header)
            yield Row(number, dict(zip(header, cells, strict=False)), cells[width:])


@dataclass
class Oracle:
    """Answers rows in the order they come, after the register."""

    names: dict[str, set[str]]
    today: date
    held: dict[tuple[str, ...], list[tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, register: Path, today: date) -> Oracle:
        with register.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        names = {
            r["统一社会信用代码"]: {norm_name(n) for n in (r["主体名称"], *r["曾用名"].split(";")) if n}
            for r in rows
        }
        return cls(names, today)

    def answer(self, item: Item, row: Row) -> str:
        """The outcome of one row; an accepted one is remembered."""
        f = item.field
        get = {code: normalise_cell(row.cells.get(code, ""))[0] for code in item.codes}
        code = uscc.clean(row.cells.get(f("XDR_SHXYM"), "")).code
        if self._is_person(item, get, code):
            return "refused_personal"
        verdict = uscc.check(code).kind
        holders = self._holders(get[f("XDR_MC")]) if verdict not in ("uscc", "placeholder") else set()
        if len(holders) == 1:
            # One organisation alone carries or carried this name: the row is linked to it
            (code,), verdict = holders, "uscc"
            get[f("XDR_SHXYM")] = code
        if any(cell.strip() for cell in row.behind) or self._breaks_standard(item, get, code, verdict):
            return "rejected"
        if verdict == "placeholder" or norm_name(get[f("XDR_MC")]) not in self.names[code]:
            return "quarantined"
        if any(get[c] not in self.names for c in (item.authority[1], item.source[1])):
            return "quarantined"
        return self._remember(item, get, code)

    def _holders(self, name: str) -> set[str]:
        return {code for code, names in self.names.items() if norm_name(name) in names} if name else set()

    def _is_person(self, item: Item, get: dict[str, str], code: str) -> bool:
        if get[item.field("XDR_LB")] == "自然人" or (not code and is_person_name(get[item.field("XDR_MC")])):
            return True
        titles = get.get("XK_XKWS", "") + get.get("XK_XKZS", "")
        return not code and any(word in titles for word in PROFESSIONAL)

    def _breaks_standard(self, item: Item, get: dict[str, str], code: str, verdict: str) -> bool:
        f = item.field
        required = {f("XDR_LB"), f("FRDB"), *item.required, *item.authority, *item.source}
        if any(not get[c] for c in required) or verdict not in ("uscc", "placeholder"):
            return True
        if (get[f("XDR_LB")] == "个体工商户") != (code.startswith("92") or verdict == "placeholder"):
            return True
        if get[f("XDR_ZJLX")] or get[f("XDR_ZJHM")] or (get[f("XDR_ZZJG")] not in ("", code[8:17])):
            return True
        kinds = get["CF_CFLB" if item.prefix == "CF" else "XK_XKLB"].split(";")
        if "其他" in kinds or ("罚款" in kinds and not get["CF_NR_FK"]):
            return True
        return self._wrong_dates(item, get)

    def _wrong_dates(self, item: Item, get: dict[str, str]) -> bool:
        decided = parse_date(get[item.field("JDRQ")]).value
        start, end = (
            (decided, "CF_YXQ") if item.prefix == "CF" else (parse_date(get["XK_YXQZ"]).value, "XK_YXQZI")
        )
        last = parse_date(get[end]).value
        if decided is None or start is None or last is None or decided > self.today:
            return True
        return last < start or last < decided

    def _remember(self, item: Item, get: dict[str, str], code: str) -> str:
        f = item.field
        key = (code, norm_docno(get[f("WSH")]), get[item.authority[1]], str(parse_date(get[f("JDRQ")]).value))
        versions = self.held.setdefault(key, [])
        content = self._content(item, get)
        if content in versions:
            return "duplicate" if versions[-1] == content else "quarantined"
        versions.append(content)
        return "accepted" if len(versions) == 1 else "updated"

    @staticmethod
    def _content(item: Item, get: dict[str, str]) -> tuple[str, ...]:
        """What is compared: dates and amounts by value, the rest as cleaned; dropped columns left out."""
        out = []
        for code in item.codes:
            if code in item.dates:
                out.append(str(parse_date(get[code]).value))
            elif code in ("CF_NR_FK", "CF_NR_WFFF") and get[code]:
                out.append(str(parse_wan(get[code])))
            elif not code.endswith(("ZJLX", "ZJHM")):
                out.append(get[code])
        return tuple(out)
