"""Which column of a file is which attribute. Anything not listed here is not taken (addresses, capital,
persons)."""

from __future__ import annotations

from collections.abc import Sequence

from xinheng.kernel.text import norm_name

ALIASES: dict[str, tuple[str, ...]] = {
    "code": (
        "统一社会信用代码",
        "统一信用代码",
        "社会信用代码",
        "信用代码",
        "统一社会信用代码/注册号",
        "uscc",
    ),
    "name": (
        "主体名称",
        "企业名称",
        "市场主体名称",
        "单位名称",
        "机构名称",
        "组织名称",
        "企业(机构)名称",
        "名称",
    ),
    "former": ("曾用名", "曾用名称", "曾用名(;)", "原名称", "原名"),
    "short": (
        "简称",
        "证券简称",
        "股票简称",
        "A股简称",
        "企业简称",
        "公司简称",
        "单位简称",
        "机构简称",
        "简称(;)",
    ),
    "kind": ("主体类型", "企业类型", "市场主体类型", "机构类型", "类型"),
    "region": ("行政区划", "行政区划代码", "所属区划", "区划代码"),
    "area": ("地区", "所在地区", "所在城市"),
    "industry": ("行业", "行业代码", "所属行业", "行业门类", "国民经济行业"),
    "established_on": ("成立日期", "注册日期", "设立日期", "登记日期"),
    "status": ("登记状态", "企业状态", "经营状态", "状态"),
    "old_number": ("旧注册号", "原注册号", "注册号", "工商注册号"),
    "changed_on": ("名称变更日期", "变更日期"),
}
REQUIRED = ("code", "name")
_KEYS = {norm_name(alias): column for column, aliases in ALIASES.items() for alias in aliases}


def recognise(header: Sequence[str]) -> dict[str, int]:
    """Attribute → position in the header row. The first of several columns that fit wins, in the order of
    `ALIASES`."""
    found: dict[str, tuple[int, int]] = {}
    for position, cell in enumerate(header):
        key = norm_name(cell).strip("*")
        column = _KEYS.get(key)
        if column is None:
            continue
        rank = [norm_name(alias) for alias in ALIASES[column]].index(key)
        if column not in found or rank < found[column][0]:
            found[column] = (rank, position)
    return {column: position for column, (_, position) in found.items()}


def is_header(cells: Sequence[str]) -> bool:
    """True for the row that names the columns (it may stand under a title row)."""
    found = recognise(cells)
    return all(column in found for column in REQUIRED)
