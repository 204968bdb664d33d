"""Amounts of money as whole numbers of fen (0.01 yuan); never a float.

The double-publicity standard writes fines in 万元 with at most six decimals, N(18,6). One fen is 0.000001
万元, so every allowed amount is a whole number of fen, and every whole number of fen can be written back
exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .errors import WrongUse
from .text import strip_invisible

__all__ = [
    "FEN_PER_WAN",
    "FEN_PER_YUAN",
    "MoneyError",
    "format_wan",
    "format_yuan",
    "parse_amounts",
    "parse_wan",
]

FEN_PER_YUAN = 100
FEN_PER_WAN = 10_000 * FEN_PER_YUAN
_MOST_PIECES = 8
_LONGEST = 30  # characters of a number that can still be an amount
_MOST = 10**12 * FEN_PER_WAN  # N(18,6): twelve digits before the point; below 2**63 fen

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGITS = {c: i for digits in ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖") for i, c in enumerate(digits)}
_DIGITS |= dict.fromkeys("○", 0) | dict.fromkeys("幺弌壱", 1) | dict.fromkeys("两兩弍貳", 2)
_DIGITS |= dict.fromkeys("参參叄", 3) | dict.fromkeys("陸", 6)
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}

_HAN_DIGIT = "".join(_DIGITS)
# One piece of an amount: a number and the steps behind it (3 万, 五千). Pieces that follow each other make a sum.
# Possessive, so that a long run of digits is read once: a cell may hold anything.
_PIECE = re.compile(
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}})++(?:\.\d++)?|\d++(?:\.\d++)?"
    rf"|[{_HAN_DIGIT}十拾百佰千仟]++(?:点[{_HAN_DIGIT}]++)?) ?(?P<steps>[万萬亿億千仟百佰]{{0,2}})"
)
_YUAN = re.compile(
    rf"余?(?:元|圆)(?![件素月旦老首])整?(?:零?(?P<jiao>\d|[{_HAN_DIGIT}])角)?(?:零?(?P<fen>\d|[{_HAN_DIGIT}])分)?"
)
# 万 or 亿 may stand without 元 behind a word for a fine and before the end of a clause.
_FINE = re.compile(r"(?:罚款|罚金|没收|违法所得|金额|合计|共计)[^\d，。；、]{0,12}$")
_CLAUSE_END = re.compile(r"[，。；、,;)）\s整]|$")
_SAME_AGAIN = re.compile(r"[\s(（\[【]*(?:大写|小写|人民币|RMB|¥|￥|即|计|整|元|[:：=])*[\s(（\[【]*")


class MoneyError(WrongUse):
    """An amount that cannot be read or is not allowed; the message never quotes the cell."""

    code = "money"


def parse_wan(raw: str | int | float | Decimal) -> int:
    """The amount in a cell whose column is in 万元, as fen.

    A unit written in the cell wins over the column: ``2000元`` is 0.2 万元. Thousands commas, full width, a
    currency sign and Chinese capitals are read. Raises :class:`MoneyError` with code ``money.blank``,
    ``money.format``, ``money.negative``, ``money.decimals`` (finer than a fen) or ``money.size``. A
    spreadsheet's binary noise (0.30000000000000004) is not counted as decimals.

    >>> parse_wan("14.10"), parse_wan("2000元"), parse_wan("肆万捌仟元"), parse_wan(0.000001)
    (14100000, 200000, 4800000, 1)
    """
    text = _plain(str(raw)).upper().strip("¥ ").removeprefix("RMB").removeprefix("人民币").strip(":¥ ")
    if text in ("", "无", "-", "--", "/", "—", "NAN", "NULL", "NONE"):
        raise MoneyError("未填写金额", code="money.blank")
    number, scale = text, FEN_PER_WAN
    if (unit := re.fullmatch(r"(.+?) ?(万元|万|元|亿元)整?", text)) and _is_number(unit[1]):
        number = unit[1]
        scale = {"元": FEN_PER_YUAN, "亿元": FEN_PER_WAN * 10_000}.get(unit[2], FEN_PER_WAN)
    if _is_number(number):
        return _exact(Decimal(number.replace(",", "")), scale)
    amounts = parse_amounts(text) if re.fullmatch(r"[^，。；、,;]*[元圆角分整]", text) else []
    if len(amounts) != 1:
        raise MoneyError("金额写法无法识别，请以万元为单位填写数字，如 0.2", code="money.format")
    return amounts[0]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", strip_invisible(text))).strip().lstrip("'")


def _is_number(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None or _GROUPED.fullmatch(text) is not None


def _exact(value: Decimal, scale: int) -> int:
    if value < 0:
        raise MoneyError("金额不能为负数", code="money.negative")
    if value >= _MOST:
        raise MoneyError("金额过大，请核对单位是否为万元", code="money.size")
    fen = value * scale
    nearest = fen.to_integral_value(ROUND_HALF_UP)
    # A float prints 15 to 17 significant digits; noise beyond them is the spreadsheet's, not the clerk's.
    noisy = len(value.as_tuple().digits) >= 15 and abs(fen - nearest) < Decimal("0.001")
    if fen != nearest and not noisy:
        raise MoneyError("金额小数位过多：以万元为单位时最多 6 位小数", code="money.decimals")
    if nearest >= _MOST:
        raise MoneyError("金额过大，请核对单位是否为万元", code="money.size")
    return int(nearest)


def parse_amounts(text: str) -> list[int]:
    """Every amount of money in free text, in order, as fen; finer parts are rounded half up to a fen.

    Reads digits with 元, 万元, 亿元, mixed forms (3万5千元), Chinese numerals and capitals, 角 and 分. The
    same amount repeated in brackets or in capitals right behind (贰万元（20000元）) counts once. List
    numbers, dates and document numbers carry no unit and are not amounts. It does not know what an amount is
    *for*: a range of a statute counts as two.

    >>> parse_amounts("罚款14.10万元，按日连续处罚126.90万元。")
    [14100000, 126900000]
    >>> parse_amounts("罚款人民币肆万捌仟元整（¥48,000.00元）")
    [4800000]
    """
    plain = _plain(text)
    found: list[int] = []
    end = 0
    for start, stop, fen in _amounts(plain):
        again = found and found[-1] == fen and _SAME_AGAIN.fullmatch(plain[end:start])
        # Two equal fines stand apart by words or punctuation; a bracket or nothing means it is said again.
        if not (again and start > end):
            found.append(fen)
        end = stop
    return found


def _amounts(plain: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and fen of each amount: runs of pieces with a unit behind the last one."""
    run: list[re.Match[str]] = []
    for piece in _PIECE.finditer(plain):
        joined = run and run[-1]["steps"] and plain[run[-1].end() : piece.start()] in ("", " ")
        run = [*run, piece] if joined and len(run) < _MOST_PIECES else [piece]
        unit = _YUAN.match(plain, piece.end())
        start, stop = run[0].start(), piece.end()
        if unit is not None:
            stop = unit.end()
        elif not _bare_fine(plain, piece, start):
            continue
        if any(len(p["number"]) > _LONGEST for p in run):
            continue
        yuan = sum((_term(p) for p in run), Decimal(0))
        fen = yuan * FEN_PER_YUAN + (10 * _digit(unit["jiao"]) + _digit(unit["fen"]) if unit else 0)
        if fen < _MOST:
            yield start, stop, int(fen.to_integral_value(ROUND_HALF_UP))
        run = []


def _bare_fine(plain: str, piece: re.Match[str], start: int) -> bool:
    large = piece["steps"][-1:] in _LARGE if piece["steps"] else False
    return bool(
        large and _CLAUSE_END.match(plain, piece.end()) and _FINE.search(plain[max(0, start - 18) : start])
    )


def _digit(text: str | None) -> int:
    return 0 if not text else int(text) if text.isdecimal() else _DIGITS[text]


def _term(piece: re.Match[str]) -> Decimal:
    number, steps = piece["number"], piece["steps"]
    value = Decimal(number.replace(",", "")) if number[0].isdecimal() else _han(number)
    for step in steps:
        value *= _LARGE.get(step) or _SMALL[step]
    return value


def _han(text: str) -> Decimal:
    """A Chinese number below ten thousand, or digits read one by one (二〇二六), with an optional 点 part."""
    whole, _, fraction = text.partition("点")
    if not any(c in _SMALL for c in whole):
        value = int("".join(str(_DIGITS[c]) for c in whole))
    else:
        value, digit = 0, None
        for c in whole:
            if c in _SMALL:
                value, digit = value + (1 if digit is None else digit) * _SMALL[c], None
            elif _DIGITS[c]:
                digit = _DIGITS[c]
        value += digit or 0
    return Decimal(f"{value}.{''.join(str(_DIGITS[c]) for c in fraction) or 0}")


def format_wan(fen: int) -> str:
    """The amount in 万元 without a unit and without trailing zeros; exact inverse of :func:`parse_wan`.

    >>> format_wan(14_100_000), format_wan(1), format_wan(0)
    ('14.1', '0.000001', '0')
    """
    if fen < 0:
        raise MoneyError("金额不能为负数", code="money.negative")
    whole, rest = divmod(fen, FEN_PER_WAN)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def format_yuan(fen: int) -> str:
    """The amount in 元 with thousands commas and two decimals, without a unit, for reading.

    >>> format_yuan(14_100_000)
    '141,000.00'
    """
    if fen < 0:
        raise MoneyError("金额不能为负数", code="money.negative")
    return f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02d}"
