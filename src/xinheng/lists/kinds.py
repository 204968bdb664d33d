"""Kinds of list, asked of the pack: which one an entry is on, and that each has an end, a warning, exits and papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from xinheng.kernel.periods import add_months
from xinheng.law import service as law
from xinheng.lists.errors import NoEnd, UnknownList
from xinheng.lists.types import EXIT_NAMES, EXITS

SERIOUS = "serious-list"


def kind(pack: law.Pack, code: str) -> law.ListKind:
    """A kind of list by its code. Raises `UnknownList`."""
    found = pack.lists.get(code)
    if found is None:
        known = "、".join(sorted(pack.lists))
        raise UnknownList(f"没有「{code[:40]}」这一类名单。规则包里有：{known}。")
    return found


def items(pack: law.Pack) -> tuple[str, ...]:
    """The catalogue items whose rows are entries on lists."""
    return tuple(sorted({one.item or SERIOUS for one in pack.lists.values()} & set(pack.items)))


def kind_of(pack: law.Pack, item: law.Item, values: Mapping[str, str]) -> law.ListKind | None:
    """The kind an entry is on: the only one of its item, or the one its row names. None where the pack has none."""
    mine = _of_item(pack, item.code)
    named = values.get(item.card.kind, "")
    return next((one for one in mine if one.name == named), mine[0] if len(mine) == 1 else None)


@lru_cache(maxsize=256)
def _of_item(pack: law.Pack, item: str) -> tuple[law.ListKind, ...]:
    return tuple(one for one in pack.lists.values() if (one.item or SERIOUS) == item)


def missing(found: law.ListKind) -> tuple[str, ...]:
    """What a kind lacks before anything may be entered on it, in words; nothing where it is whole.

    A list whose entries are only received and end with a removal alone (defaulters, abnormal operation) has no stay
    and so no warning and no expiry: its end is the condition of removal. Nothing is ever decided here without a stay.
    """
    lacks = []
    if not found.basis:
        lacks.append("设立依据")
    ends = found.stay is not None and found.stay.period is not None
    if found.listing_case and not ends:
        lacks.append("停留期限")
    if ends and found.warning <= 0:
        lacks.append("届满提醒的日数")
    by_kind = {one.kind: one for one in found.exits}
    wanted = [one for one in EXITS if ends or found.listing_case or one != "expiry"]
    lacks += [f"「{EXIT_NAMES[name][0]}」的移出条件" for name in wanted if name not in by_kind]
    lacks += [
        f"「{EXIT_NAMES[code][0]}」移出的文书"
        for code, one in by_kind.items()
        if code != "expiry" and not one.document
    ]
    return tuple(lacks)


def whole(found: law.ListKind) -> None:
    """Raises `NoEnd` where a kind has no end, warning, exits or papers: no entry is born without them."""
    lacks = missing(found)
    if lacks:
        raise NoEnd(
            f"「{found.name}」没有写明{'、'.join(lacks)}，不能列入任何主体。请先在规则包的 lists.yaml 里补全依据。"
        )


def stay_end(found: law.ListKind, listed_on: date) -> date | None:
    """The corresponding day of the longest stay; None where the kind names none."""
    period = found.stay.period if found.stay is not None else None
    if period is None:
        return None
    if period.unit in ("months", "years"):
        return add_months(listed_on, period.count * (12 if period.unit == "years" else 1))
    return listed_on + timedelta(days=period.count)


def day(text: str) -> date | None:
    """A day as ISO text; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def warning_on(found: law.ListKind | None, until: date | None) -> date | None:
    """The first day of the warning before the stay ends."""
    if found is None or until is None or found.warning <= 0:
        return None
    return until - timedelta(days=found.warning)
