"""Personal data in text: find it, mask it, say what kind it was; leave everything of organisations alone.

Masked: citizens' identity numbers, telephone numbers, bank cards, travel and service documents, home
addresses, vehicle plates. Left: unified social credit codes (also those that look like identity numbers), old
registration numbers, document numbers, dates, amounts, an organisation's own address, service lines (400,
95…, 12345).

The work is done on a *shadow* of the text: half width, upper case, one kind of dash and space, no invisible
characters, each character knowing where it came from. Numbers that only might be personal are decided by
their check digits, their grouping and the words before them; where both sides remain possible, a right check
digit or a word for a person masks, a word for a document spares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from . import idnumber, uscc
from .personal_suspect import SUSPECT
from .personnames import NAME_SUSPECT, is_person_name, mask_names

__all__ = [
    "KINDS",
    "MASK",
    "NAME_SUSPECT",
    "SUSPECT",
    "is_person_name",
    "looks_like_citizen_id",
    "mask_names",
    "redact",
]

MASK = "［已遮盖］"
KINDS = ("citizen_id", "phone", "bank_card", "travel_document", "home_address", "plate")
"""Every word :func:`redact` may return; stable, for counting."""

_SUSPECT = re.compile(SUSPECT)


class _Span(NamedTuple):
    start: int
    end: int
    kind: str


def redact(text: str, *, label: str = "") -> tuple[str, set[str]]:
    """``text`` with every piece of personal data replaced by :data:`MASK`, and the kinds that were found.

    ``label`` is the name of the field, if known: a field of registration or document numbers spares numbers
    that could be either. It never makes more be masked. Applying it twice changes nothing more.

    >>> redact("联系人电话138 0013 8000，罚款48000元")
    ('联系人电话［已遮盖］，罚款48000元', {'phone'})
    >>> redact("濉溪县某厂（913101206305016278）2023年10月11日")
    ('濉溪县某厂（913101206305016278）2023年10月11日', set())
    """
    if not _SUSPECT.search(text) or (len(text) == 18 and uscc.check(text).kind == "uscc"):
        return text, set()
    masked, kinds, left = text, set[str](), _unmasked(text)
    while True:  # a mask is a new boundary: what stood glued to the masked piece may be seen only now
        again, found = _redact(masked, label)
        # A mask may look like the rest of an address: what takes away nothing but masks is the end
        if not found or _unmasked(again) >= left:
            break
        masked, left = again, _unmasked(again)
        kinds |= found
    return masked, kinds


def _unmasked(text: str) -> int:
    """How many characters stand outside masks."""
    return len(text) - len(MASK) * text.count(MASK)


def looks_like_citizen_id(code: str) -> bool:
    """Whether a cell meant for an organisation's code holds a citizen's number (18 or 15 digits), cleaned
    first.

    An old registration number with the right check is not one, even where its middle happens to be a date.

    >>> looks_like_citizen_id("34062119900228 123x"), looks_like_citizen_id("913101206305016278")
    (True, False)
    """
    return uscc.check(uscc.clean(code).code).kind == "citizen_id"


# --- the shadow -----------------------------------------------------------------------------------------------

_FOLD: dict[str, str] = {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F) if chr(c) != "，"}
_FOLD |= dict.fromkeys("‐‑‒–—―−－﹣", "-") | dict.fromkeys("\r\n\x85\u2028\u2029", "\n")
_FOLD |= dict.fromkeys("\t\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " ")
_FOLD |= dict.fromkeys("×ХхΧχ", "X") | dict.fromkeys("•‧・･．", "·")
_DROP = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def _shadow(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the place in ``text``."""
    at: Sequence[int] = range(len(text))
    if _DROP.search(text):
        at = [i for i in at if not _DROP.match(text[i])]
    # upper() of one character may give two (ß): take only letters of ASCII, so that lengths agree.
    folded = (_FOLD.get(text[i], text[i]) for i in at)
    return "".join(c.upper() if c.isascii() else c for c in folded), at


def _redact(text: str, label: str = "") -> tuple[str, set[str]]:
    """:func:`redact` without the prefilter, for the test that the prefilter loses nothing."""
    shadow, at = _shadow(text)
    spared = list(_organisation_codes(shadow))
    found: list[_Span] = []
    claimed = bytearray(len(shadow))
    for rule in _RULES:
        for span in rule(shadow, label):
            piece = _beside_codes(span, spared)
            if piece is not None and 1 not in claimed[piece.start : piece.end]:
                claimed[piece.start : piece.end] = b"\x01" * (piece.end - piece.start)
                found.append(piece)
    out, end = [], 0
    for span in sorted(found):
        out += [text[end : at[span.start]], MASK]
        end = at[span.end - 1] + 1
    return "".join(out) + text[end:], {span.kind for span in found}


def _beside_codes(span: _Span, codes: list[_Span]) -> _Span | None:
    """What of ``span`` may be masked: nothing that cuts into a code; an address ends before one.

    Exactly the code itself may be: then the rule for citizens' numbers has weighed it against the code.
    """
    for code in codes:
        if span.start < code.end and code.start < span.end and span[:2] != code[:2]:
            if span.kind != "home_address" or code.start <= span.start:
                return None
            span = span._replace(end=code.start)
    return span


# --- numbers --------------------------------------------------------------------------------------------------

_SEP = "[ \n-]{0,2}"
_GROUPS = re.compile("[ \n-]+")


def _run(first: str, count: int, last: str = r"\d") -> re.Pattern[str]:
    """Exactly ``count + 2`` characters with small gaps, no digit right before or behind; overlapping."""
    return re.compile(rf"(?<!\d)(?=({first}(?:{_SEP}\d){{{count}}}{_SEP}{last})(?!\d))")


_RUN18 = _run(r"\d", 16, r"[\dX]")
_RUN15 = _run(r"\d", 13)
_RUN_CARD = [_run(r"\d", digits - 2) for digits in (19, 18, 17, 16, 15)]
_CODE18 = re.compile(rf"(?<![0-9A-Z])(?=([0-9A-Z](?:{_SEP}[0-9A-Z]){{17}})(?![0-9A-Z]))")
_PERMIT_CODE = re.compile(r"(?<![0-9A-Z])(?=([0-9A-Z]{18})\d{3}[A-Z](?![0-9A-Z]))")

# Words right before a number. Those of a person win over those of a document.
_PERSON = re.compile(r"(?:身份|证件|公民|居民|驾驶证|驾照)[^\d，。；]{0,10}$")
_DOCUMENT = re.compile(
    r"(?:注册号|登记证|登记号|注册码|注册证|执照|许可证|编号|编码|文号|案号|单号|批号|批次|备案|流水号|票号|"
    r"合同号|序列号|条码|追溯码|证书号?|档案号?|账套|文书号|字第?|[〔\[(【]\d{4}[〕\])】]第?|NO\.?)(?:号|码|是|为|[:(（ ]){0,4}$"
)
_PHONE_WORD = re.compile(
    r"(?:电话|手机|座机|传真|热线|固话|致电|拨打|来电|联系|咨询|TEL|FAX|PHONE|MOBILE)[^，。；]{0,12}$"
)
_NOT_NUMBER = re.compile(r"(?:万|亿)?(?:元|圆|%)|\.\d")

_ID18_GROUPS = {(18,), (6, 8, 4), (6, 12), (14, 4), (10, 8), (6, 6, 6), (6, 4, 4, 4), (6, 4, 8), (6, 8, 3, 1)}
_ID18_GROUPS |= {(3, 3, 4, 4, 4), (3, 3, 8, 4), (4, 4, 4, 4, 2), (4, 4, 4, 6), (17, 1), (3, 3, 3, 3, 3, 3)}
_ID15_GROUPS = {(15,), (6, 6, 3), (6, 9), (4, 4, 4, 3), (3, 3, 3, 3, 3), (12, 3)}
_MOBILE_GROUPS = {(11,), (3, 4, 4), (4, 3, 4), (3, 8), (7, 4), (3, 3, 5), (3, 2, 3, 3), (3, 4, 2, 2), (5, 6)}


def _grouping(run: str) -> tuple[int, ...]:
    return tuple(len(group) for group in _GROUPS.split(run))


def _before(shadow: str, start: int, label: str = "") -> str:
    """The words just before ``start``; the field's name stands in front of the first ones."""
    return f"{label}:{shadow[:start]}"[-24:] if label and start < 24 else shadow[max(0, start - 24) : start]


def _beside_letter(shadow: str, start: int, end: int) -> bool:
    return any(c.isascii() and c.isalpha() for c in (shadow[start - 1 : start], shadow[end : end + 1]) if c)


def _organisation_codes(shadow: str) -> Iterator[_Span]:
    """Valid unified social credit codes, unbroken or in groups, also in front of a permit's suffix (001P)."""
    for pattern in (_CODE18, _PERMIT_CODE):
        for match in pattern.finditer(shadow):
            code = _GROUPS.sub("", match[1])
            grouped = len(code) != len(match[1])
            if uscc.check(code).kind == "uscc" and (not grouped or uscc.prefix_known(code)):
                yield _Span(match.start(1), match.end(1), "")


# Named as an identity number, it is one even where another number is glued to it.
_NAMED_ID = re.compile(r"(?:身份证|公民身份)[^\d，。；]{0,10}(\d{17}[\dX])")


def _citizen_18(shadow: str, label: str) -> Iterator[_Span]:
    for match in _NAMED_ID.finditer(shadow):
        if idnumber.looks_like_18(match[1]) and (idnumber.check_ok(match[1]) or not uscc.is_valid(match[1])):
            yield _Span(*match.span(1), "citizen_id")
    for match in _RUN18.finditer(shadow):
        start, end = match.span(1)
        number = _GROUPS.sub("", match[1])
        if not idnumber.looks_like_18(number):
            continue
        sure = idnumber.check_ok(number)
        before = _before(shadow, start)
        person = _PERSON.search(before) is not None
        if uscc.check(number).kind == "uscc":
            # A valid organisation code: only a right check digit *and* a word for a person outweigh it.
            hit = sure and person
        elif sure or person:
            hit = True
        else:
            odd = _beside_letter(shadow, start, end) or _grouping(match[1]) not in _ID18_GROUPS
            hit = not odd and not _DOCUMENT.search(_before(shadow, start, label))
        if hit:
            yield _Span(start, end, "citizen_id")


def _citizen_15(shadow: str, label: str) -> Iterator[_Span]:
    for match in _RUN15.finditer(shadow):
        start, end = match.span(1)
        if not idnumber.looks_like_15(_GROUPS.sub("", match[1])) or _beside_letter(shadow, start, end):
            continue
        if _PERSON.search(_before(shadow, start)) or (
            _grouping(match[1]) in _ID15_GROUPS and not _DOCUMENT.search(_before(shadow, start, label))
        ):
            yield _Span(start, end, "citizen_id")


def _resident_permit(shadow: str, label: str) -> Iterator[_Span]:
    """Foreigners' permanent residence cards: 18 digits from 9, or three letters and twelve digits, named as
    such.

    Numbers of this form are spared as codes unless the words say what they are.
    """
    for match in re.finditer(r"永久居留[^\d，。；]{0,14}?((?:9\d{17}|[A-Z]{3}\d{12})(?!\d))", shadow):
        yield _Span(*match.span(1), "citizen_id")


def _luhn(digits: str) -> bool:
    doubled = sum(sum(divmod(2 * int(c), 10)) for c in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0


# Issuer prefixes in circulation here: UnionPay (62, 81), the old domestic ones, the international schemes.
_CARD = re.compile(
    r"(?:62|81[0-7])\d{13,17}|(?:9558|9559|60|68|69)\d{12,15}|4\d{15}|4\d{18}|5[1-5]\d{14}|5[68]\d{14,17}|"
    r"2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3[47]\d{13}"
)


_NAMED_CARD = re.compile(
    rf"(?:卡号|银行卡|信用卡|储蓄卡|借记卡)[^\d，。；]{{0,8}}?(\d(?:{_SEP}\d){{11,18}})(?!\d)"
)


def _bank_card(shadow: str, label: str) -> Iterator[_Span]:
    for match in _NAMED_CARD.finditer(shadow):
        yield _Span(*match.span(1), "bank_card")
    for pattern in _RUN_CARD:
        for match in pattern.finditer(shadow):
            start, end = match.span(1)
            number, groups = _GROUPS.sub("", match[1]), _grouping(match[1])
            if not _CARD.fullmatch(number) or not _luhn(number) or _beside_letter(shadow, start, end):
                continue
            if len(set(groups[:-1])) > 1 and groups[0] != 6:
                continue
            if _DOCUMENT.search(_before(shadow, start, label)) or uscc.old15_ok(number):
                continue
            if idnumber.looks_like_15(number):
                continue  # the next rule's
            yield _Span(start, end, "bank_card")


_MOBILE = re.compile(
    rf"(?<![\d.])(?=((?:\(?(?:\+|00)?86\)?{_SEP})?0?(1[3-9]\d(?:{_SEP}\d){{8}}))(?!\d|[A-Z]*\d))"
)
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_LOCAL = r"[2-9]\d{2,3}[ -]?\d{4}(?:[/、]\d{7,8})*"
_LANDLINE = re.compile(
    rf"(?<![\d.])(?=(\(?0{_AREA}(?P<gap>\)?{_SEP}){_LOCAL}|"
    rf"\(?(?:\+|00)86\)?{_SEP}{_AREA}{_SEP}{_LOCAL})(?!\d))"
)
_LOCAL_ONLY = re.compile(
    r"(?:电话|座机|传真|固话|TEL|FAX)(?:号码|号)?[是为:. ]{0,3}([2-8]\d{2,3}[ -]?\d{4})(?!\d)"
)


def _phone(shadow: str, label: str) -> Iterator[_Span]:
    for match in _MOBILE.finditer(shadow):
        start, end = match.span(1)
        before = _before(shadow, start)
        if _grouping(match[2]) not in _MOBILE_GROUPS or _NOT_NUMBER.match(shadow, end):
            continue
        named = _PHONE_WORD.search(before) is not None
        if named or not (_DOCUMENT.search(_before(shadow, start, label)) or _letter_before(shadow, start)):
            yield _Span(start, end, "phone")
    for match in _LANDLINE.finditer(shadow):
        start, end = match.span(1)
        named = _PHONE_WORD.search(_before(shadow, start)) is not None
        bare = match["gap"] == "" and len(match[1]) < len(shadow.strip())
        if _NOT_NUMBER.match(shadow, end) or (not named and (bare or _letter_before(shadow, start))):
            continue
        if named or not _DOCUMENT.search(_before(shadow, start, label)):
            yield _Span(start, end, "phone")
    for match in _LOCAL_ONLY.finditer(shadow):
        if not _NOT_NUMBER.match(shadow, match.end(1)):
            yield _Span(*match.span(1), "phone")


def _letter_before(shadow: str, start: int) -> bool:
    return start > 0 and shadow[start - 1].isascii() and shadow[start - 1].isalpha()


# --- documents, plates, addresses -----------------------------------------------------------------------------

_TRAVEL = re.compile(
    r"(?:护照|回乡证|台胞证|海员证|旅行证|港澳证|(?:港澳|台湾|内地|大陆|往来)[^\d，。；]{0,12}通行证|"
    r"通行证(?=[^\d，。；]{0,8}[HMTCW]\d{8})|证件(?:号码|号)?(?=[ :为是]{0,3}[A-Z]\d{7}))"
    r"(?:号码|证号|编号|件号|号)?[是为:( ]{0,3}([A-Z]{0,3}[ -]?\d{6,10}(?:\(\d\))?)(?![0-9A-Z])"
)
_TRAVEL_BEHIND = re.compile(r"(?<![0-9A-Z])([A-Z]{1,2}\d{7,8})号?(?:的)?(?:中国)?(?:护照|通行证|旅行证)")
_SERVICE = re.compile(
    r"(?:军官证|士兵证|士官证|军人证|文职干部证|警官证|人民警察证|军人身份证)(?:号码|证号|编号|号)?"
    r"[是为:( ]{0,3}([\u4e00-\u9fff]{0,4}?字?第?[A-Z]?\d{5,10})(?!\d)"
)
_PLATE = re.compile(
    r"[京津沪冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼渝] ?[A-Z][ ·-]?"
    r"(?=[A-Z]{0,2}\d|\d)(?=(?:[A-Z]*\d){3})([0-9A-Z]{4}[挂学警港澳领试超]|[0-9A-Z]{5,6})(?![0-9A-Z])"
)
_PLACE = "[省市区县旗镇乡村路街道巷弄号组户室楼栋幢屯庄]"
_ADDRESS = r"((?:[^，。；;,、()\n]|\([^()\n]{0,30}\)){2,80})"
_HOME = re.compile(
    r"(?:家庭住址|家庭地址|家住(?![宅基房院])|住址|户籍(?:所在地|地址|地)?|户口(?:所在地|地址)|现住[址地]?|"
    rf"现居住[地于]|居住地址?|暂住(?:地址|地)?|籍贯)[是为在于:( ]{{0,3}}{_ADDRESS}"
)
_MARK = r"(?:[男女](?=[，,、 ()]|性)|(?:汉|回|满|苗|壮|藏|彝|侗|瑶|白|蒙古|土家|布依|朝鲜|维吾尔)族|日出?生|身份证|公民身份)"
_HOME_AFTER_MARK = re.compile(rf"{_MARK}[^。；;\n]{{0,60}}?住(?:所地|所|于|在)?[:为是 ]{{0,2}}{_ADDRESS}")
_HOME_AFTER_NAME = re.compile(
    rf"(?:^|[^\u3400-\u9fff])([\u3400-\u9fff·]{{2,8}})[，,(] ?住(?:所地|所|于|在)?[:为是 ]{{0,2}}{_ADDRESS}"
)
_ORGANISATION = re.compile("公司|中心|[店厂社部行馆场站院所局](?:[，,(]|$)")


def _travel_document(shadow: str, label: str) -> Iterator[_Span]:
    for pattern in (_TRAVEL, _TRAVEL_BEHIND, _SERVICE):
        for match in pattern.finditer(shadow):
            yield _Span(*match.span(1), "travel_document")


def _plate(shadow: str, label: str) -> Iterator[_Span]:
    for match in _PLATE.finditer(shadow):
        if not _DOCUMENT.search(_before(shadow, match.start())):
            yield _Span(*match.span(), "plate")


def _home_address(shadow: str, label: str) -> Iterator[_Span]:
    for match in _HOME.finditer(shadow):
        if re.search(_PLACE, match[1]):
            yield _Span(*match.span(1), "home_address")
    for match in _HOME_AFTER_MARK.finditer(shadow):
        # Between the person and 住 there must be no organisation whose seat this would be.
        if re.search(_PLACE, match[1]) and not _ORGANISATION.search(shadow[match.start() : match.start(1)]):
            yield _Span(*match.span(1), "home_address")
    for match in _HOME_AFTER_NAME.finditer(shadow):
        name = re.sub("^(?:当事人|被处罚人|经营者|负责人|申请人)", "", match[1])
        if re.search(_PLACE, match[2]) and is_person_name(name):
            yield _Span(*match.span(2), "home_address")


# The first rule to claim a place keeps it: addresses swallow the numbers in them, identity numbers go before cards.
_RULES: tuple[Callable[[str, str], Iterator[_Span]], ...] = (
    _home_address,
    _citizen_18,
    _resident_permit,
    _bank_card,
    _citizen_15,
    _travel_document,
    _phone,
    _plate,
)
