"""The two items' columns as departments know them (2018 double-publicity standard: 28 and 30 fields)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ITEMS", "LICENCE", "OLD_ID", "PENALTY", "Item"]

OLD_ID = "FR_SFZH"
"""The earlier revision's column for the legal representative's number; later FR_ZJLX and FR_ZJHM."""


@dataclass(frozen=True, slots=True)
class Item:
    """One catalogue item. ``fields`` are (code, Chinese name) in the order of the standard."""

    code: str
    prefix: str
    word: str
    fields: tuple[tuple[str, str], ...]
    dates: tuple[str, ...]
    required: tuple[str, ...]  # those a department may forget, one at a time

    def field(self, name: str) -> str:
        """The code of a field both items have, e.g. ``XDR_MC``."""
        return f"{self.prefix}_{name}"

    @property
    def codes(self) -> tuple[str, ...]:
        """Field codes in the order of the standard."""
        return tuple(code for code, _ in self.fields)

    @property
    def authority(self) -> tuple[str, str]:
        """Columns with the deciding authority's name and code."""
        return ("CF_CFJG", "CF_CFJGDM") if self.prefix == "CF" else ("XK_XKJG", "XK_XKJGDM")

    @property
    def source(self) -> tuple[str, str]:
        """Columns with the sending unit's name and code; the two items name them differently."""
        return ("CF_SJLY", "CF_SJLYDM") if self.prefix == "CF" else ("XK_LYDW", "XK_LYDWDM")

    @property
    def amounts(self) -> tuple[str, ...]:
        """Columns that hold money."""
        return ("CF_NR_FK", "CF_NR_WFFF") if self.prefix == "CF" else ()

    @property
    def optional_numbers(self) -> tuple[str, ...]:
        """The five further numbers of the counterparty; some departments leave the columns out."""
        return tuple(self.field(f"XDR_{x}") for x in ("GSZC", "ZZJG", "SWDJ", "SYDW", "SHZZ"))


_COUNTERPARTY = (
    ("XDR_MC", "行政相对人名称"), ("XDR_LB", "行政相对人类别"),
    ("XDR_SHXYM", "行政相对人代码_1（统一社会信用代码）"), ("XDR_GSZC", "行政相对人代码_2（工商注册号）"),
    ("XDR_ZZJG", "行政相对人代码_3（组织机构代码）"), ("XDR_SWDJ", "行政相对人代码_4（税务登记号）"),
    ("XDR_SYDW", "行政相对人代码_5（事业单位证书号）"), ("XDR_SHZZ", "行政相对人代码_6（社会组织登记证号）"),
    ("FRDB", "法定代表人"), ("FR_ZJLX", "法定代表人证件类型"), ("FR_ZJHM", "法定代表人证件号码"),
    ("XDR_ZJLX", "证件类型"), ("XDR_ZJHM", "证件号码"),
)  # fmt: skip


def _fields(prefix: str, *rest: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    both = (*_COUNTERPARTY, *rest)
    return (*((f"{prefix}_{code}", name) for code, name in both), ("BZ", "备注"))


LICENCE = Item(
    "admin-licence", "XK", "行政许可",
    _fields(
        "XK", ("XKWS", "行政许可决定文书名称"), ("WSH", "行政许可决定文书号"), ("XKLB", "许可类别"),
        ("XKZS", "许可证书名称"), ("XKBH", "许可编号"), ("NR", "许可内容"), ("JDRQ", "许可决定日期"),
        ("YXQZ", "有效期自"), ("YXQZI", "有效期至"), ("XKJG", "许可机关"), ("XKJGDM", "许可机关统一社会信用代码"),
        ("ZT", "当前状态"), ("LYDW", "数据来源单位"), ("LYDWDM", "数据来源单位统一社会信用代码"),
    ),
    ("XK_JDRQ", "XK_YXQZ", "XK_YXQZI"),
    ("XK_WSH", "XK_XKLB", "XK_NR", "XK_JDRQ", "XK_XDR_MC", "XK_XDR_SHXYM", "XK_XKJG", "XK_YXQZI"),
)  # fmt: skip
PENALTY = Item(
    "admin-penalty", "CF", "行政处罚",
    _fields(
        "CF", ("WSH", "行政处罚决定书文号"), ("WFXW", "违法行为类型"), ("SY", "违法事实"), ("YJ", "处罚依据"),
        ("CFLB", "处罚类别"), ("NR", "处罚内容"), ("NR_FK", "罚款金额（万元）"),
        ("NR_WFFF", "没收违法所得、没收非法财物的金额（万元）"), ("NR_ZKDX", "暂扣或吊销证照名称及编号"),
        ("JDRQ", "处罚决定日期"), ("YXQ", "处罚有效期"), ("GSJZQ", "公示截止期"), ("CFJG", "处罚机关"),
        ("CFJGDM", "处罚机关统一社会信用代码"), ("SJLY", "数据来源单位"), ("SJLYDM", "数据来源单位统一社会信用代码"),
    ),
    ("CF_JDRQ", "CF_YXQ", "CF_GSJZQ"),
    ("CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB", "CF_NR", "CF_JDRQ", "CF_XDR_MC", "CF_XDR_SHXYM", "CF_CFJG"),
)  # fmt: skip
ITEMS: dict[str, Item] = {i.code: i for i in (PENALTY, LICENCE)}
