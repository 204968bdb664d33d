"""The names of test sets and mixes in Chinese, for the command."""

from __future__ import annotations

__all__ = ["MIX_TITLES", "title_of"]

MIX_TITLES = {"intake": "日常报送", "scans": "扫描件", "lists": "公示名单", "all": "全部测试集"}

_WHOLE = {
    "as registered": "照登记名称",
    "another hand": "另一种写法(全半角、括号、空格)",
    "traditional": "繁体字",
    "region dropped": "缺行政区划",
    "mark of the place": "多写或少写市、县",
    "province added": "前加省名",
    "county for city": "以县代市",
    "form dropped": "缺组织形式",
    "form swapped": "有限公司与有限责任公司互换",
    "trade dropped": "缺行业",
    "brackets moved": "区划移入括号",
    "former name": "曾用名",
    "former name, scan light": "曾用名,扫描轻",
    "stock short name": "证券简称问全称",
    "full name of a short one": "全称问证券简称",
    "old number, scan medium": "旧注册号,扫描中",
    "list, name only": "公示名单,只有名称",
    "list, code as given": "公示名单,代码照录",
    "list, code damaged": "公示名单,代码有误",
    "list, scan medium, code damaged": "公示名单,扫描中且代码有误",
    "list, scan medium": "公示名单,扫描中",
}
_KINDS = {"scan by table": "扫描(按字形表)", "scan": "扫描", "typed": "输入"}
_GRADES = {"light": "轻", "medium": "中", "bad": "重"}
_CODES = {
    "masked": "遮盖", "one wrong": "错一位", "swapped": "相邻两位颠倒", "organisation part": "只有组织机构代码",
    "one missing": "缺一位", "lower case": "小写", "copy number behind": "后有副本号", "broken": "中间断开",
    "letters for digits": "字母当数字",
}  # fmt: skip
_ABSENT = {
    "any": "任一单位", "near one": "有近似单位", "same brand, other region": "同字号异地", "same brand, other trade": "同字号异业",
    "one character apart": "字号差一字", "same but form": "只差组织形式", "branch, parent is there": "问分支,有总机构",
    "branch, sister is there": "问分支,有兄弟分支", "parent, branch is there": "问总机构,有分支", "region invented": "换了区划",
    "university": "高校", "nothing said": "没有内容", "stock short name": "证券简称", "list": "公示名单",
}  # fmt: skip


def title_of(name: str) -> str:
    """A set's name in Chinese; the name itself where there is none."""
    if name in _WHOLE:
        return _WHOLE[name]
    if name.startswith("not there: "):
        rest = name.removeprefix("not there: ")
        head = max(
            (key for key in _ABSENT if rest == key or rest.startswith(f"{key}, ")), key=len, default=""
        )
        return "不在册:" + _ABSENT.get(head, head) + _tail(rest[len(head) :])
    if name.startswith("code "):
        kind, _, rest = name.removeprefix("code ").partition(", ")
        return "代码" + _CODES.get(kind, kind) + (_tail(f", {rest}") if rest else "")
    return _tail(name).removeprefix(",")


def _tail(text: str) -> str:
    text = text.removeprefix(", ")
    if not text:
        return ""
    said = {"name only": "只有名称", "code as given": "代码照录"}.get(text)
    for kind, word in _KINDS.items():
        grade = text.removeprefix(f"{kind} ")
        if said is None and grade in _GRADES:
            said = word + _GRADES[grade]
    return f",{said or text}"
