"""Finding the header row under title rows, and matching its cells to the item's fields in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinheng.intake.errors import FileRefused
from xinheng.kernel import personal

if TYPE_CHECKING:
    from xinheng.law import service as law

SEARCH_ROWS = 30
# Columns of a receipt or an error sheet that comes back: they tell of the rows and are no data
OWN_COLUMNS = frozenset(("", "行号", "处理结果", "原因", "怎么办"))
_LEAST = 3
_MARKS = re.compile(r"[\s_*＊:：\"'“”]+")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_OPTIONAL = re.compile(r"\((?:必填|选填|可选|必填项|条件必填)\)")
_TOKEN = re.compile(r"[A-Z]{2}(?:_[A-Z0-9]+)+")


@dataclass(frozen=True)
class Header:
    """Where the header is and what stands in each column.

    `row` counts from 1 as a spreadsheet shows it; `rows` is 2 when codes and names stand one under the other;
    `columns` has a field code per position, "" for a column that is not part of the item.
    """

    row: int
    rows: int
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    cells: tuple[str, ...] = ()
    mapped: bool = False


def find_header(
    rows: Sequence[Sequence[str]],
    item: law.Item,
    mapping: Mapping[str, str] | None = None,
    *,
    lenient: bool = False,
) -> Header:
    """The best header among the first 30 rows: the one most of whose cells name fields of the item.

    `mapping` says for some headers (masked, as `mask_header` gives them) which field they are, "" for none.
    Raises `FileRefused` with header-not-found, or duplicate-columns naming the columns that mean the same field;
    `lenient` takes the first row with two cells for a header nobody recognises, for a clerk to say what it means.
    """
    known = _Vocabulary(item, mapping or {})
    best, best_row = 0, -1
    for index, cells in enumerate(rows[:SEARCH_ROWS]):
        matched = len({code for code in known.match_all(cells) if code})
        if matched > best:
            best, best_row = matched, index
    few = best < min(_LEAST, len(item.fields))
    if few and lenient:
        best_row = next((at for at, cells in enumerate(rows[:SEARCH_ROWS]) if _filled(cells) > 1), -1)
        few = best_row < 0
    if few:
        raise FileRefused(
            f"前 {SEARCH_ROWS} 行里没有找到「{item.name}」的表头。请使用模板,或让表头写字段代码或中文名称"
            f"(例如 {'、'.join(field.name for field in item.fields[:3])})。",
            code="header-not-found",
        )
    cells = _until_last(rows[best_row])
    columns = known.match_all(cells)
    if not lenient:
        _refuse_duplicates(cells, columns, item)
    following = known.match_all(rows[best_row + 1]) if best_row + 1 < len(rows) else ()
    repeated = bool(following) and _same_again(columns, following)
    present = set(columns)
    return Header(
        row=best_row + 1,
        rows=2 if repeated else 1,
        columns=tuple(columns),
        unknown=tuple(
            _shown(cells[i], i) for i, code in enumerate(columns) if not code and not known.is_ours(cells[i])
        ),
        absent=tuple(field.code for field in item.fields if field.required and field.code not in present),
        cells=tuple(cells),
        mapped=any(known.is_mapped(cell) for cell in cells),
    )


def mask_header(cell: str) -> str:
    """A header as it may be shown and kept: on one line, short, masked (a data row may be mistaken for a header)."""
    return personal.mask_names(personal.redact(" ".join(cell.split())[:80])[0])


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


class _Vocabulary:
    """What the columns of one item may be called: code, name, aliases, and the name without its aside in brackets."""

    def __init__(self, item: law.Item, mapping: Mapping[str, str]) -> None:
        self._said = {plain(header): code for header, code in mapping.items()}
        self._names: dict[str, str] = {}
        loose: dict[str, set[str]] = {}
        for field in item.fields:
            for text in field.headers:
                self._names.setdefault(plain(text), field.code)
                loose.setdefault(_bare(text), set()).add(field.code)
        self._ignored = {plain(text) for text in item.ignored_headers}
        for text, codes in loose.items():
            if text and len(codes) == 1:
                self._names.setdefault(text, next(iter(codes)))

    def is_mapped(self, cell: str) -> bool:
        return bool(self._said) and bool(cell.strip()) and plain(mask_header(cell)) in self._said

    def is_ours(self, cell: str) -> bool:
        """Blank, or a column that receipts and error sheets add themselves."""
        return plain(cell) in OWN_COLUMNS

    def match(self, cell: str) -> str:
        text = plain(cell)
        if self._said and text and (said := self._said.get(plain(mask_header(cell)))) is not None:
            return said
        if not text or len(text) > 80 or text in self._ignored:
            return ""
        if found := self._names.get(text) or self._names.get(_OPTIONAL.sub("", text)):
            return found
        # "处罚决定书文号(CF_WSH)" and "CF_WSH 文号": a field code standing inside the cell
        named = _TOKEN.findall(unicodedata.normalize("NFKC", cell).upper())
        tokens = {self._names.get(plain(token), "") for token in named} - {""}
        return tokens.pop() if len(tokens) == 1 else ""

    def match_all(self, cells: Iterable[str]) -> list[str]:
        return [self.match(cell) for cell in cells]


def plain(text: str) -> str:
    """A header cell as it is compared: full-width folded, no spaces, underscores, stars or quotes, upper case."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).upper()


def _bare(text: str) -> str:
    return plain(_ASIDE.sub("", unicodedata.normalize("NFKC", text)))


def _same_again(columns: Sequence[str], following: Sequence[str]) -> bool:
    named = [(one, two) for one, two in zip(columns, following, strict=False) if two]
    return len(named) >= _LEAST and all(one == two for one, two in named)


def _until_last(cells: Sequence[str]) -> Sequence[str]:
    """The header without blank cells behind its last name: what stands there belongs to no column."""
    width = max(index + 1 for index, cell in enumerate(cells) if cell.strip())
    return cells[:width]


def _refuse_duplicates(cells: Sequence[str], columns: Sequence[str], item: law.Item) -> None:
    """Two columns for one field: which one is meant is not ours to guess. Fields that are dropped anyway may repeat."""
    dropped = {field.code for field in item.fields if field.scope == "drop"}
    places: dict[str, list[int]] = {}
    for index, code in enumerate(columns):
        if code and code not in dropped:
            places.setdefault(code, []).append(index)
    twice = {code: where for code, where in places.items() if len(where) > 1}
    if not twice:
        return
    named = ";".join(
        f"{'、'.join(_shown(cells[i], i) for i in where)} 都是「{code}」" for code, where in twice.items()
    )
    raise FileRefused(f"有重复的列:{named}。请只留一列后重新报送。", code="duplicate-columns")


def letter(index: int) -> str:
    """The spreadsheet's name of column `index` (from 0): A, B, … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _shown(cell: str, index: int) -> str:
    """A header cell fit to be named in a note: short, on one line, masked (a data row mistaken for a header may be here)."""
    text = " ".join(cell.split())[:30]
    return f"{letter(index)} 列「{personal.mask_names(personal.redact(text)[0])}」"
