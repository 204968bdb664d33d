"""Boundary 1 as sets: redaction of whole columns, third persons' names, and nothing of either left in an error.

The kernel decides; a cheap expression only chooses which distinct cells it is asked about.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from xinheng.intake.columns import on_distinct
from xinheng.intake.errors import RowsWithheld
from xinheng.kernel import personal, uscc
from xinheng.kernel.errors import XinhengError

T = TypeVar("T")
_BARE = re.compile(r"[\d\sXxＸｘ\-－]+")
MASK = personal.MASK
SUSPECT = personal.SUSPECT
REFUSAL = "自然人信息不受理、未保存"
KIND_NAMES = {
    "citizen_id": "居民身份证件号码", "phone": "电话号码", "bank_card": "银行卡号", "travel_document": "护照等证件号码",
    "home_address": "住址", "plate": "车牌号",
}  # fmt: skip


@dataclass(frozen=True)
class Redacted:
    """`values` without personal data, `hidden` where something was taken out, `notes` naming its kind, never itself."""

    values: pl.Series
    hidden: pl.Series
    notes: pl.Series | None


def redact(cells: pl.Series, *, label: str, suspect: pl.Series) -> Redacted:
    """`kernel.personal.redact` of the cells in `suspect`, which must cover every cell that matches `SUSPECT` and is
    to be looked at. `label` is the field's name, as context."""
    never = pl.Series("hidden", [False]).new_from_index(0, len(cells))
    if not suspect.any():
        return Redacted(cells, never, None)
    answers = on_distinct(cells, lambda cell: _redact(cell, label), where=suspect)
    hidden = never if answers.notes is None else answers.notes.is_not_null()
    return Redacted(answers.values, hidden, answers.notes)


def _redact(cell: str, label: str) -> tuple[str, tuple[str, ...]]:
    if _BARE.fullmatch(cell):
        # A whole column of old registration numbers would all be suspects; the right check tells them from persons'
        if label.endswith("注册号") and uscc.old15_ok(cell.strip()):
            return cell, ()
        # The field's name excuses a number inside other words; a number alone must be one that no person has
        label = ""
    text, kinds = personal.redact(cell, label=label)
    return text, tuple(f"已遮盖{KIND_NAMES[kind]}" for kind in sorted(kinds))


def mask_names(cells: pl.Series) -> pl.Series:
    """`kernel.personal.mask_names` of a column: the text as it may be published."""
    return on_distinct(
        cells, lambda cell: (personal.mask_names(cell), ()), where=cells.str.contains(personal.NAME_SUSPECT)
    ).values


def person_names(names: pl.Series, where: pl.Series) -> pl.Series:
    """Where in `where` the name is shaped like a person's (what was masked in it does not count)."""
    if not where.any():
        return where
    distinct = names.filter(where).unique().to_list()
    persons = [name for name in distinct if personal.is_person_name(name.replace(MASK, "").strip())]
    return where & names.is_in(persons)


def guarded(step: str, work: Callable[[], T]) -> T:
    """Does `work` and lets no foreign error out of it: text and traceback of one may quote row values.

    `step` says where it broke. Our own errors pass: they never quote a cell.
    """
    try:
        return work()
    except XinhengError:
        raise
    except Exception as error:
        kind = f"{type(error).__name__}, {_place(error)}"
    # Raised after the handler, so that no context with frames full of rows hangs on to it
    raise RowsWithheld(
        f"处理在「{step}」一步出错({kind})。为不泄露行内容,不附原始错误;同一文件可以重新运行,从中断处继续。"
    )


def _place(error: BaseException) -> str:
    """The innermost line of ours the error passed: enough to find it, and no content."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "xinheng" in frame.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
