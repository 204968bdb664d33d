"""A list of texts as bytes: what a part of a statement is, and therefore what its commitment covers.

The form is as plain as it can be, so that anyone can recompute it with a few lines in any language: the
values in schema order, joined by one U+001F (information separator one), in UTF-8. An absent value is the
empty text.
"""

from __future__ import annotations

from collections.abc import Sequence

from .errors import WrongUse

__all__ = ["SEPARATOR", "pack_values", "unpack_values"]

SEPARATOR = "\x1f"


def pack_values(values: Sequence[str]) -> bytes:
    """Join ``values`` into one byte string; exact inverse of :func:`unpack_values`.

    Raises :class:`WrongUse` for an empty list (it could not be told from one absent value), for a value
    holding the separator, and for text that UTF-8 cannot hold (a lone surrogate from a damaged file).

    >>> pack_values(["1", "", "罚款"])
    b'1\\x1f\\x1f\\xe7\\xbd\\x9a\\xe6\\xac\\xbe'
    """
    if not values:
        raise WrongUse("一组值至少要有一个。", code="values.empty")
    text = SEPARATOR.join(values)
    if text.count(SEPARATOR) != len(values) - 1:
        raise WrongUse("值中含有控制字符 U+001F，请删除后重报。", code="values.separator")
    try:
        return text.encode()
    except UnicodeEncodeError:
        # "from None": the original error carries the whole text, which may hold what must not be logged.
        raise WrongUse("值中含有无法编码的字符，请检查文件编码。", code="values.encoding") from None


def unpack_values(part: bytes) -> list[str]:
    """The values packed into ``part``. Raises :class:`WrongUse` when the bytes are not UTF-8.

    >>> unpack_values(b"1\\x1f\\x1fA")
    ['1', '', 'A']
    """
    try:
        return part.decode().split(SEPARATOR)
    except UnicodeDecodeError:
        raise WrongUse("存储的内容不是有效的 UTF-8，可能已损坏。", code="values.encoding") from None
