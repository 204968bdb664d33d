"""Numbers of checks: from the database, in blocks, used in order by one thread.

A block is taken in a transaction of its own; a number is never given twice. What a process had not used when it ended is
a gap for ever, and `checks_block` shows it: blocks follow each other without one, and only the last numbers of a block
can be unused. Within a block numbers are committed in order, so all of them up to the greatest that is visible are there:
that is what sealing relies on. A thread that met an error leaves the rest of its block unused, because it cannot know
whether its last row was committed.
"""

from __future__ import annotations

import os
import re
import threading

from django.db import connection, transaction

from xinheng.checks.errors import CheckUnknown

# A command asks once and ends; a server's process soon takes a thousand at a time
_SIZES = (1, 8, 64, 512, 1_000)
_SHAPE = re.compile(r"HC(\d{10,17})(\d{2})")
_mine = threading.local()


def number_of(id: int) -> str:
    """The number as written: HC, ten digits or more, and two check digits (ISO 7064, modulo 97)."""
    return f"HC{id:010d}{98 - id * 100 % 97:02d}" if id else ""


def id_of(number: str) -> int:
    """The id in a number. Raises `CheckUnknown` for what is no number, also one mistyped in a digit."""
    found = _SHAPE.fullmatch(number.strip().upper())
    if found is None or 98 - int(found[1]) * 100 % 97 != int(found[2]):
        raise CheckUnknown(
            f"「{number[:24]}」不是核查编号：应为 HC 加十位以上数字和两位校验码。请核对后再输。"
        )
    return int(found[1])


def take() -> int:
    """The next number of this thread. Raises RuntimeError inside a transaction: evidence has to be durable by itself."""
    place = (os.getpid(), str(connection.settings_dict["NAME"]))
    if getattr(_mine, "place", None) != place:
        _mine.place, _mine.next, _mine.end, _mine.taken = place, 0, 0, 0
    if _mine.next >= _mine.end:
        size = _SIZES[min(_mine.taken, len(_SIZES) - 1)]
        _mine.next = take_block(size)
        _mine.end, _mine.taken = _mine.next + size, _mine.taken + 1
    number: int = _mine.next
    _mine.next += 1
    return number


def leave() -> None:
    """Leaves the rest of this thread's block unused: after an error nobody knows what was committed."""
    _mine.place = None


def take_block(size: int) -> int:
    """The first number of a new block of `size`, for the caller alone."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("INSERT INTO checks_counter (id, next) VALUES (1, 1) ON CONFLICT (id) DO NOTHING")
        cursor.execute("UPDATE checks_counter SET next = next + %s WHERE id = 1 RETURNING next", [size])
        first = int(cursor.fetchone()[0]) - size
        cursor.execute(
            "INSERT INTO checks_block (first, size, sealed) VALUES (%s, %s, %s)", [first, size, first - 1]
        )
    return first
