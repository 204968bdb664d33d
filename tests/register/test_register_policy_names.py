from __future__ import annotations

import pytest

from xinheng.register.policy_names import NameCell, Order, Row, order_of, split_list, split_names


@pytest.mark.parametrize(
    ("cell", "name", "others", "formers"),
    [
        ("濉溪县甲乙有限公司", "濉溪县甲乙有限公司", (), ()),
        ("第一名称：甲粮管所 第二名称：乙粮油公司", "甲粮管所", ("乙粮油公司",), ()),
        ("第一名称:甲粮管所;第二名称:乙粮油公司", "甲粮管所", ("乙粮油公司",), ()),
        ("甲粮管所第二名称乙粮油公司", "甲粮管所", ("乙粮油公司",), ()),
        ("甲粮管所(第二名称:乙粮油公司)", "甲粮管所", ("乙粮油公司",), ()),
        ("甲粮管所 乙粮油公司(第二名称)", "甲粮管所", ("乙粮油公司",), ()),
        ("甲有限公司 (原名:乙公司)", "甲有限公司", (), ("乙公司",)),
        ("甲设备厂（原名称：乙机械厂）", "甲设备厂", (), ("乙机械厂",)),
        ("甲（中国）有限公司(第二名称:乙(集团)公司)", "甲（中国）有限公司", ("乙(集团)公司",), ()),
        ("第一名称:甲;第二名称:乙;第三名称:丙", "甲", ("乙", "丙"), ()),
        ("太原名仕酒店有限公司", "太原名仕酒店有限公司", (), ()),
        ("第二名称:", "第二名称", (), ()),
    ],
)
def test_a_cell_with_several_names_is_split(
    cell: str, name: str, others: tuple[str, ...], formers: tuple[str, ...]
) -> None:
    assert split_names(cell) == NameCell(name, others, formers)


def test_a_list_of_former_names_is_split_once_each() -> None:
    assert split_list(" 甲厂；乙厂;（甲）厂;甲厂 |丙厂\n丁厂") == ("甲厂", "乙厂", "（甲）厂", "丙厂", "丁厂")
    assert split_list("") == ()


def test_the_newer_row_is_the_one_that_names_the_other_as_former() -> None:
    rows = [Row(2, "新厂", ("旧厂",)), Row(3, "旧厂")]
    assert order_of(rows).order == (3, 2)
    assert order_of([Row(2, "丙", ("乙", "甲")), Row(3, "甲"), Row(4, "乙", ("甲",))]).order == (3, 4, 2)


def test_days_of_change_tell_the_order() -> None:
    rows = [Row(2, "新厂", changed_on="2024-05-01"), Row(3, "旧厂", changed_on="2020-01-01")]
    assert order_of(rows).order == (3, 2)


def test_with_the_same_founding_day_the_files_own_order_counts() -> None:
    rows = [Row(2, "旧厂", established_on="2001-01-01"), Row(3, "新厂", established_on="2001-01-01")]
    assert order_of(rows).order == (2, 3)


def test_otherwise_two_names_contradict_each_other() -> None:
    for rows in (
        [Row(2, "甲厂"), Row(3, "乙厂")],
        [Row(2, "甲厂", established_on="2001-01-01"), Row(3, "乙厂", established_on="2011-01-01")],
        [Row(2, "甲厂", established_on="2001-01-01"), Row(3, "乙厂")],
        [Row(2, "甲厂", changed_on="2024-05-01"), Row(3, "乙厂", changed_on="2024-05-01")],
    ):
        assert order_of(rows) == Order()
