"""A cell may hold anything: nothing that reads cells may take a time out of proportion to their length."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from xinheng.kernel import dates, money, personal, text, uscc

LENGTH = 30_000  # about the longest cell a spreadsheet can hold
UNITS = ["9", "1", "138", "13800138000 ", "6222021234567890128，", "34062119900228123X、", "0561-3022222/", "+86", "壹", "十", "3万", "3万 ",
         "1,234", "1.", "1 ", "- ", "皖F1", "皖F12345", "护照", "住址", "男，", "男，住", "张三，住", "（", "(", "身份证", "员工", "员工张三",
         "张三丰（", "买·", "负责人（", "A", "91340600MA2N00000F", "\u200b", "\u3000", " ", "\n", "罚款", "元", "20", "2026-", "(1-1)", "代码：",
         "'", "统一社会信用代码:", "公司", "ﬀ", "〔2023〕", "通行证", "永久居留"]  # fmt: skip


def quietly(function: Callable[[str], object]) -> Callable[[str], None]:
    def run(cell: str) -> None:
        with contextlib.suppress(money.MoneyError):
            function(cell)

    return run


READERS: list[Callable[[str], object]] = [
    personal.redact, personal._redact, personal.mask_names, personal.is_person_name, personal.looks_like_citizen_id,
    money.parse_amounts, quietly(money.parse_wan), dates.parse_date, uscc.clean, uscc.check, text.normalise_cell,
    lambda cell: text.normalise_cell(cell, short=False), text.norm_name, text.norm_docno,
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_cell_of_one_thing_repeated_is_read_in_time(unit: str) -> None:
    cell = unit * (LENGTH // len(unit))
    for reader in READERS:
        start = time.process_time()
        reader(cell)
        reader(cell + "元。X")
        assert time.process_time() - start < 5
