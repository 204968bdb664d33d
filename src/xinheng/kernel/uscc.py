"""The unified social credit code (GB 32100-2015) and the numbers that stand in its place.

Eighteen characters: registering department (1), kind (1), region (6), organisation code (9, GB 11714), check
(1). The check is over 31 characters without I, O, S, V, Z: C18 = (31 − Σ Ci·3^(i−1) mod 31) mod 31.

What is *not* a reason to reject: the first letter (A, N and Y are in use), the region (development zones have
numbers of their own that no division list knows), the check of the organisation code inside.

A few codes were genuinely issued with a wrong check character and are printed so on real licences (about one
in four thousand of a large public sample; one city's registers end hundreds of them in Y). They are
``invalid`` here, as the standard says; an office that has seen the licence decides about such a row, not this
module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from . import idnumber
from .errors import WrongUse
from .text import half_width, strip_invisible

__all__ = [
    "ALPHABET",
    "PLACEHOLDER",
    "WEIGHTS",
    "Cleaned",
    "Kind",
    "Verdict",
    "check",
    "check_char",
    "clean",
    "entity_kind",
    "group",
    "is_valid",
    "old15_ok",
    "org_code_ok",
    "prefix_known",
]

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
PLACEHOLDER = "0" * 17 + "X"
"""Written where an individual business has no code yet; it fails the check by design."""

Kind = Literal["uscc", "placeholder", "old15", "old13", "citizen_id", "invalid", "empty"]

_UNUSED = {
    "O": "字母 O，可能是数字 0",
    "I": "字母 I，可能是数字 1",
    "Z": "字母 Z，可能是数字 2",
    "S": "字母 S，可能是数字 5",
    "V": "字母 V，可能是字母 U",
}
_VALUE = {c: i for i, c in enumerate(ALPHABET)}
_SHAPE = re.compile(f"[{ALPHABET}]{{18}}")
_ORG_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Department and kind pairs seen in the registries' lists; used only to weigh evidence, never to reject.
_PREFIXES = frozenset(
    {
        "11",
        "12",
        "13",
        "19",
        "21",
        "29",
        "31",
        "32",
        "33",
        "34",
        "35",
        "39",
        "41",
        "49",
        "51",
        "52",
        "53",
        "54",
    }
    | {"55", "59", "61", "62", "69", "71", "72", "79", "81", "89", "91", "92", "93"}
    | {"A1", "A9", "G1", "J1", "N1", "N2", "N3", "N9", "Y1"}
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A code as it should be stored, and what had to be cleaned away (short Chinese phrases)."""

    code: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a cleaned code is. ``reason`` is Chinese, says what to do, and never quotes the value."""

    kind: Kind
    reason: str = ""


_LONGEST = 200  # a longer cell is no code with dirt around it
_CLEAN = re.compile("[0-9A-Z]{13,18}")
_TAIL = re.compile(r"\(\d{1,3}[-/]\d{1,3}\)$")
_LABEL = re.compile(r"^(?:统一)?(?:社会)?(?:信用代码|注册号|代码)(?:\(注册号\)|/注册号)?:")
_PUNCTUATION = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_BLANKS = frozenset(
    ["", "无", "暂无", "没有", "空", "-", "--", "/", "\\", "—", "NULL", "NONE", "N/A", "NA", "NAN", "0"]
)
_DASHES = re.compile(r"[-‐‑‒–—―−_·.•]")


def clean(raw: str) -> Cleaned:
    """Take away what copying and printing add to a code; never guess at a character.

    Full width, lower case, spaces, line breaks, invisible characters, a ``(1-1)`` copy mark, a label or
    apostrophe in front, Excel's ``.0`` behind, hyphens between groups. A blank word such as 无 becomes the
    empty text.

    >>> clean(" 91340600ma2nu\\n0000x（1-1）").notes
    ('去除空格或换行', '小写转大写', '去除副本序号')
    """
    if _CLEAN.fullmatch(raw) or len(raw) > _LONGEST:
        return Cleaned(raw)
    notes: list[str] = []
    code, before = raw, None
    while code != before:  # what one step takes away may uncover work for another; each step only shortens
        before = code
        code = _clean_once(code, notes)
    if code in _BLANKS:
        return Cleaned("", (*notes, "按未填写处理") if raw else ())
    return Cleaned(code, tuple(dict.fromkeys(notes)))


def _clean_once(code: str, notes: list[str]) -> str:
    code = _step(code, strip_invisible(code), "去除不可见字符", notes)
    code = _step(code, half_width(code), "全角转半角", notes)
    code = code.translate(_PUNCTUATION)  # no note: only what the next steps take away holds any
    code = _step(code, re.sub(r"\s+", "", code), "去除空格或换行", notes)
    code = _step(code, re.sub("^['`‘’]+", "", code), "去除前导撇号", notes)
    code = _step(code, code.upper(), "小写转大写", notes)
    code = _step(code, _LABEL.sub("", code), "去除代码前的文字", notes)
    code = _step(code, _TAIL.sub("", code), "去除副本序号", notes)
    if re.fullmatch(r"\d{13,18}\.0+", code):
        code = _step(code, code.split(".")[0], "去除表格软件添加的小数", notes)
    joined = _DASHES.sub("", code)
    if len(joined) in (13, 15, 18) and joined.isascii() and joined.isalnum():
        code = _step(code, joined, "去除连接号", notes)
    return code


def _step(before: str, after: str, note: str, notes: list[str]) -> str:
    if before != after:
        notes.append(note)
    return after


def check_char(first17: str) -> str:
    """The check character for the first 17 characters. Raises :class:`WrongUse` when one is not in the
    alphabet.

    >>> check_char("91340600MA2N00000")
    'F'
    """
    if len(first17) != 17 or any(c not in _VALUE for c in first17):
        raise WrongUse("前 17 位中有统一社会信用代码不用的字符。", code="uscc.chars")
    return ALPHABET[-sum(_VALUE[c] * w for c, w in zip(first17, WEIGHTS, strict=True)) % 31]


def is_valid(code: str) -> bool:
    """Whether ``code`` (cleaned) has 18 characters of the alphabet and the right check character."""
    return _SHAPE.fullmatch(code) is not None and check_char(code[:17]) == code[17]


def org_code_ok(code9: str) -> bool:
    """Whether nine characters are an organisation code with the right check (GB 11714, mod 11; no hyphen).

    >>> org_code_ok("134972577")
    True
    """
    if not _ORG_SHAPE.fullmatch(code9):
        return False
    total = sum(int(c, 36) * w for c, w in zip(code9, _ORG_WEIGHTS, strict=False))
    return "0X987654321"[total % 11] == code9[8]


def old15_ok(number: str) -> bool:
    """Whether 15 digits are an old business registration number (GS 15-2006; ISO 7064 MOD 11,10).

    >>> old15_ok("320404000009558"), old15_ok("320404000009559")
    (True, False)
    """
    if len(number) != 15 or not (number.isascii() and number.isdigit()):
        return False
    product = 10
    for digit in number[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(number[14])) % 10 == 1


def prefix_known(code: str) -> bool:
    """Whether department and kind (two characters) are in the registries' lists; evidence, not a rule."""
    return code[:2] in _PREFIXES


def entity_kind(code: str) -> str:
    """Department and kind, the first two characters (``"92"`` = individual business), or empty."""
    return code[:2] if len(code) == 18 else ""


def group(code: str) -> str:
    """The code in groups for the eye: ``91 340600 MA2N00000 F``. Other lengths come back unchanged.

    >>> group("91340600MA2N00000F")
    '91 340600 MA2N00000 F'
    """
    return f"{code[:2]} {code[2:8]} {code[8:17]} {code[17]}" if len(code) == 18 else code


def check(code: str) -> Verdict:
    """What a *cleaned* code is, with a reason a clerk understands when it is not simply a valid code.

    A number that is a valid code and a citizen's number at once counts as a code, unless everything speaks
    for the person: existing region, birth date and identity check right, while department and kind, region
    or the inner organisation code are not those of an organisation. (One citizen's number in 31 passes the
    code check by chance.)
    """
    if not code:
        return Verdict("empty", "未填写统一社会信用代码")
    if code == PLACEHOLDER:
        return Verdict("placeholder", "这是占位代码，请补报该主体的统一社会信用代码")
    if len(code) == 18:
        return _check18(code)
    if old15_ok(code):
        return Verdict("old15", "这是 15 位旧注册号，请尽量补报统一社会信用代码")
    if re.fullmatch(r"[1-8]\d{5}N[AB]\d{6}[\dX]", code):
        return Verdict("old15", "这是农民专业合作社旧注册号，请尽量补报统一社会信用代码")
    if idnumber.looks_like_15(code):
        return Verdict("citizen_id", "疑似居民身份证号码，本系统不受理")
    if re.fullmatch(r"\d{13}", code) and code[:2] in idnumber.PROVINCES:
        return Verdict("old13", "这是 13 位旧注册号，请尽量补报统一社会信用代码")
    return Verdict("invalid", _why_invalid(code))


def _check18(code: str) -> Verdict:
    citizen = idnumber.looks_like_18(code)
    if is_valid(code) and not (citizen and _person_outweighs(code)):
        return Verdict("uscc")
    if citizen:
        return Verdict("citizen_id", "疑似居民身份证号码，本系统不受理")
    return Verdict("invalid", _why_invalid(code))


def _person_outweighs(code: str) -> bool:
    person = idnumber.check_ok(code) and idnumber.region_exists(code[:4])
    organisation = prefix_known(code) and idnumber.region_exists(code[2:6]) and org_code_ok(code[8:17])
    return person and not organisation


def _why_invalid(code: str) -> str:
    if "*" in code:
        return "代码已被遮盖，请报送完整的统一社会信用代码"
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", code):
        return "代码被表格软件改成了科学计数，请把该列设为文本后重报"
    if re.fullmatch(r"\d{16,18}", code) and code.endswith("000") and not is_valid(code):
        return "代码末位可能被表格软件改成了 0，请把该列设为文本后重报"
    if len(code) != 18:
        if len(code) in (9, 10) and org_code_ok(code.replace("-", "")):
            return "这是组织机构代码，请报送 18 位统一社会信用代码"
        if re.fullmatch(r"\d{15}", code):
            return "15 位旧注册号的校验位不符，请与营业执照核对"
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位"
    for place, char in enumerate(code, 1):
        if char not in _VALUE:
            # The character is named only when it is one of the five unused letters, never otherwise.
            what = _UNUSED.get(char, "不允许的字符")
            return f"统一社会信用代码第 {place} 位是{what}，请与证照核对"
    return "统一社会信用代码的校验位不符，可能抄错一位，请与证照核对"
