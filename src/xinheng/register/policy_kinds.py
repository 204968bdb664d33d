"""What a code says about the kind of an organisation, and the words for its status."""

from __future__ import annotations

from xinheng.kernel.text import norm_name

# GB 32100-2015: characters 1 and 2, registering department and category; N1 to N3 are rural collectives
KIND_OF_PREFIX = {
    "11": "机关",
    "12": "事业单位",
    "13": "群众团体",
    "19": "机构编制部门登记的其他机构",
    "31": "律师执业机构",
    "32": "公证处",
    "33": "基层法律服务所",
    "34": "司法鉴定机构",
    "35": "仲裁委员会",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "71": "宗教活动场所",
    "72": "宗教院校",
    "81": "基层工会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
    "N1": "农村集体经济组织",
    "N2": "农村集体经济组织",
    "N3": "农村集体经济组织",
}
INDIVIDUAL = "92"

_STATUS = {
    "存续": (
        "存续",
        "在业",
        "开业",
        "在营",
        "正常",
        "在营(开业)企业",
        "存续(在营、开业、在册)",
        "在册",
        "登记成立",
        "有效",
    ),
    "注销": ("注销", "已注销"),
    "吊销": ("吊销", "吊销未注销", "吊销,未注销", "已吊销"),
    "吊销后注销": ("吊销后注销", "吊销,已注销", "吊销已注销"),
    "撤销": ("撤销", "已撤销", "撤销登记"),
    "迁出": ("迁出", "已迁出"),
    "停业": ("停业", "歇业"),
}
_STATUS_KEY = {norm_name(word): status for status, words in _STATUS.items() for word in words}
ENDED = frozenset({"注销", "吊销", "吊销后注销", "撤销", "迁出"})


def kind_of(code: str) -> str:
    """The kind a unified code stands for, in words; "" where the code does not say (old numbers, rare
    prefixes)."""
    return KIND_OF_PREFIX.get(code[:2], "") if len(code) == 18 else ""


KINDS = tuple(dict.fromkeys(KIND_OF_PREFIX.values()))


def prefixes_of(kind: str) -> tuple[str, ...]:
    """The first two characters of codes of this kind; empty for a word that is no kind."""
    return tuple(prefix for prefix, name in KIND_OF_PREFIX.items() if name == kind)


def is_individual(code: str) -> bool:
    """True for a 个体工商户 (boundary 1: its operator's name is never displayed)."""
    return len(code) == 18 and code.startswith(INDIVIDUAL)


def status_of(text: str) -> str:
    """The usual word for a registered status; a word we do not know stays as it is."""
    return _STATUS_KEY.get(norm_name(text), text)


def is_active(status: str) -> bool:
    """True unless the register says that the organisation has ended or left; an unknown status counts as
    active."""
    return status not in ENDED
