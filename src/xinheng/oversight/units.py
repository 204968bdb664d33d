"""Which units stand in the mirror: everyone the pack names, and everyone who sent something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinheng.law import service as law
from xinheng.register import service as register


@dataclass(frozen=True)
class Unit:
    """A department. `body` is its unified code, "" where neither pack nor register knows it; `key` names it anyway."""

    body: str
    name: str
    name_en: str
    short: str
    key: str

    @property
    def known(self) -> bool:
        """Whether deliveries of it could be recognised at all."""
        return bool(self.body)


def units(*, pack: law.Pack, sources: Iterable[str]) -> list[Unit]:
    """The departments of the pack in its order, then other senders by code. Nobody stands there twice.

    A department whose code the pack does not state is found in the register by its full name, if exactly one public
    body carries it.
    """
    found = [_of_pack(one, code) for one, code in _codes(pack).items()]
    known = {unit.body for unit in found if unit.body}
    others = sorted(set(sources) - known)
    registered = register.get(others)
    for body in others:
        name = registered[body].name if body in registered else body
        found.append(Unit(body, name, "", name, body))
    return found


def names(bodies: Iterable[str]) -> dict[str, str]:
    """Names of units by code, from the register, else from the pack, else the code itself."""
    wanted = sorted(set(bodies))
    registered = register.get(wanted)
    named = {one.uscc: one.name for one in law.active().departments if one.uscc}
    return {body: registered[body].name if body in registered else named.get(body, body) for body in wanted}


def _codes(pack: law.Pack) -> dict[law.Department, str]:
    unknown = [one.name for one in pack.departments if not one.uscc]
    carried = register.named(unknown) if unknown else None
    by_name: dict[str, set[str]] = {}
    if carried is not None:
        for code, name, current in carried.select("code", "name", "current").iter_rows():
            if current and code.startswith("1"):
                by_name.setdefault(name, set()).add(code)
    answer = {}
    for one in pack.departments:
        codes = by_name.get(one.name, set())
        answer[one] = one.uscc or (next(iter(codes)) if len(codes) == 1 else "")
    return answer


def _of_pack(one: law.Department, body: str) -> Unit:
    return Unit(
        body, one.name, one.name_en, one.short or one.name, body or getattr(one, "code", "") or one.name
    )
