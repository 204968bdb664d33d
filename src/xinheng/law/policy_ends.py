"""What an entry itself says about its end: when it left its list, its own last day, the kind of list it is on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from xinheng.kernel.periods import Period, add_months
from xinheng.law.types import PENDING_MARK, Field, Item, ListKind, Pack, PublicationClass, Stay, Until


@dataclass(frozen=True, slots=True)
class Ends:
    """`exit_on` the day an entry left its list, `ends` its own last day (None: open or unknown), `kind` its kind of
    list as written."""

    exit_on: date | None = None
    ends: date | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """A last day of being shown, why, and the id of the value it rests on ("" for the rule itself)."""

    last: date
    says: str
    provision: str = ""


def fields_for(pack: Pack, item: Item) -> dict[Until, str]:
    """Which fields the end of an entry depends on under any version of the item's publication rule."""
    wanted = {
        word
        for version in pack.publication.get(item.publication, ())
        for found in version.classes.values()
        for word in found.until
    }
    fields: dict[Until, str] = {
        "exit_on": item.card.exit_on, "ends": item.card.ends or item.valid_to, "stay": list_field(item),
    }  # fmt: skip
    return {word: code for word, code in fields.items() if word in wanted and code}


def list_field(item: Item) -> str:
    """The field that says which kind of list an entry is on; "" for items that are no list."""
    return next((field.code for field in item.fields if field.choices_from == "lists"), "")


def ends_of(pack: Pack, item: Item, values: Mapping[str, str]) -> Ends:
    """What clean values (dates ISO) say about the end. A day that cannot be read counts as absent."""
    fields = fields_for(pack, item)
    return Ends(
        exit_on=_day(item, fields.get("exit_on", ""), values),
        ends=_day(item, fields.get("ends", ""), values),
        kind=values.get(fields.get("stay", ""), ""),
    )


def _day(item: Item, code: str, values: Mapping[str, str]) -> date | None:
    field: Field | None = item.by_code.get(code)
    try:
        day = date.fromisoformat(values.get(code, ""))
    except ValueError:
        return None
    return None if field is None or day == field.long_term else day


def end_of(period: Period | None, decided_on: date) -> date | None:
    """The corresponding day of a period in months or years (or days); None for no period."""
    if period is None:
        return None
    if period.unit in ("months", "years"):
        return add_months(decided_on, period.count * (12 if period.unit == "years" else 1))
    return decided_on + timedelta(days=period.count)


def earliest(
    pack: Pack, chosen: PublicationClass, ends: Ends, decided_on: date, tokens: tuple[str, ...]
) -> End | None:
    """The end that comes first of those the class names; None without one.

    With `tokens`, the ids kept when it was decided, a stay counts exactly where it counted then.
    """
    found: list[End] = []
    if "exit_on" in chosen.until and ends.exit_on:
        last = ends.exit_on - timedelta(days=1)
        found.append(End(last, f"移出日期 {ends.exit_on.isoformat()}，自移出之日起不再公示"))
    if "ends" in chosen.until and ends.ends:
        found.append(End(ends.ends, f"有效期至 {ends.ends.isoformat()}，期满停止公示"))
    stay = _stay(pack, ends.kind) if "stay" in chosen.until else None
    if stay and (stay[1].source.id in tokens if tokens else pack.effective(stay[1].source)):
        last = end_of(stay[1].period, decided_on) or date.max
        says = f"「{stay[0].name}」最长至 {last.isoformat()}（{stay[1].source.cited}）"
        found.append(End(last, says, stay[1].source.id))
    longest = end_of(chosen.longest, decided_on)
    if longest:
        found.append(End(longest, f"最长公示至 {longest.isoformat()}"))
    return min(found, key=lambda end: end.last, default=None)


@dataclass(frozen=True, slots=True)
class Early:
    """From when an early exit may be asked for (None: a rule that is not adopted), why, and the id it rests on."""

    first: date | None
    says: str
    provision: str


def early_exit(
    pack: Pack, chosen: PublicationClass, kind: str, decided_on: date, tokens: tuple[str, ...]
) -> Early | None:
    """When an early exit from a kind of list may be asked for: the day after the period from the day of listing.

    None where the pack says nothing for that day. With `tokens`, the ids kept when it was decided, it counts where it counted then.
    """
    found = next((one for one in pack.lists.values() if one.name == kind), None)
    if found is None or found.early is None or "stay" not in chosen.until:
        return None
    source = found.early.source
    end = end_of(found.early.period, decided_on)
    if decided_on not in source.in_force or end is None:
        return None
    mark = f"，{PENDING_MARK}" if source.confidence == "unverified" else ""
    first = end + timedelta(days=1)
    if not (source.id in tokens if tokens else pack.effective(source)):
        if pack.effective(source):
            return None
        says = f"「{found.name}」所见资料为 {first.isoformat()} 起可以申请提前移出（{source.cited}{mark}，本办公室尚未采用）"
        return Early(None, says, "")
    says = f"「{found.name}」自列入之日起算，{first.isoformat()} 起可以申请提前移出（{source.cited}{mark}）"
    return Early(first, says, source.id)


@lru_cache(maxsize=512)
def _stay(pack: Pack, kind: str) -> tuple[ListKind, Stay] | None:
    found = next((one for one in pack.lists.values() if one.name == kind), None)
    return (found, found.stay) if found and found.stay else None
