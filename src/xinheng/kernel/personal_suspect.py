"""The prefilter of :mod:`xinheng.kernel.personal`: one regular expression for a million rows at a time.

It holds for Python's ``re`` and for Rust's ``regex`` (so for Polars too): no look-around, no escapes that
mean different things there, characters written as themselves. It matches every text that ``redact`` would
change, and seldom a text with only dates, amounts and document numbers. Each piece names the rule it stands
in front of.
"""

from __future__ import annotations

__all__ = ["SUSPECT"]

_D = "[0-9０-９]"
_NOT_D = "[^0-9０-９]"
_GAP = "[ \\t\\r\\n\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\\-‐‑‒–—―−－﹣]{0,2}"
_MORE = f"(?:{_GAP}{_D})"
_START = f"(?:^|{_NOT_D})"
_COMMA = "[，,（(]"


def _wide(word: str) -> str:
    """A word of ASCII letters and digits in either width and case."""
    return "".join(f"[{c}{c.lower()}{chr(ord(c) + 0xFEE0)}{chr(ord(c.lower()) + 0xFEE0)}]" for c in word)


_PIECES = (
    # Anything invisible may hide inside a number; such texts are few.
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]",
    # Identity numbers and bank cards: fifteen digits or more, with small gaps.
    f"{_START}{_D}{_MORE}{{14}}",
    # Bank cards by word, from twelve digits.
    f"(?:卡号|银行卡|信用卡|储蓄卡|借记卡){_NOT_D}{{0,8}}{_D}",
    # Mobiles, also behind 86 or 0.
    f"{_START}(?:[0０]{{2}})?(?:[8８][6６][)）]?{_GAP})?[0０]?[1１][3-9３-９]{_D}{_MORE}{{8}}",
    # Landlines with an area code, or behind a country code, or a local number behind a word.
    f"{_START}[0０](?:[1１][0０]|[2２]{_D}|[3-9３-９]{_D}{{2}})[)）]?{_GAP}[2-9２-９]{_MORE}{{6}}",
    f"(?:[+＋]|[0０]{{2}})[8８][6６][)）]?{_GAP}{_D}",
    f"(?:电话|座机|传真|固话|{_wide('TEL')}|{_wide('FAX')})[号码是为:： .．\u3000·]{{0,6}}{_D}",
    # Documents named as such.
    f"(?:护照|回乡证|台胞证|海员证|旅行证|港澳证|通行证|永久居留|证件){_NOT_D}{{0,24}}{_D}",
    f"{_D}{{3}}号?的?(?:中国)?(?:护照|通行证|旅行证)",
    f"(?:军官证|士兵证|士官证|军人证|文职干部证|警官证|警察证|军人身份证){_NOT_D}{{0,20}}{_D}",
    # Vehicle plates.
    "[京津沪冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼渝][ \u3000\xa0]?[A-Za-zＡ-Ｚａ-ｚ][^，。；]?"
    "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ×ХхΧχ]{4}",
    # Home addresses.
    "家庭住址|家庭地址|家住|住址|户籍|户口|现住|现居住|居住地|暂住|籍贯",
    "(?:[男女族生]|身份证|公民身份)[^。；;]{0,80}住",
    f"[\u3400-\u9fff·]{_COMMA}[ \u3000\xa0]?住",
)

SUSPECT = "|".join(_PIECES)
"""No text outside of it is changed by ``redact``."""
