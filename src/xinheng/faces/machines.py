"""What a machine client is bound to before it is made: the sector of its unit, and matters that unit decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xinheng.checks import service as checks
from xinheng.kernel.errors import WrongUse
from xinheng.law import service as law


class MatterNotInDirectory(WrongUse):
    """A client was to be bound to a matter or sector the pack has not."""

    code = "matter-unknown"


class MatterOfAnother(WrongUse):
    """A client was to be bound to a matter its unit does not decide, or to a sector that is not its unit's."""

    code = "matter-not-yours"


def sector_for(*, body: str, matters: Sequence[str], on: date, sector: str = "") -> str:
    """The sector of a client: its unit's, as the pack has it, its predecessor had it or its name says; else as given.

    "" where nothing tells; such a client may ask for the general matters only. Raises `MatterNotInDirectory` for a matter
    or a sector the pack has not, `MatterOfAnother` for one that is another unit's.
    """
    pack = law.active()
    for code in matters:
        if law.matter(pack=pack, code=code) is None:
            raise MatterNotInDirectory(
                f"没有事项「{code}」。请在事项目录里查对代码：网站的事项目录，或 GET /api/v1/matters。"
            )
    if sector and sector not in pack.sectors:
        raise MatterNotInDirectory(f"没有行业领域「{sector}」。可以是：{'、'.join(pack.sectors)}。")
    unit = checks.unit_in_pack(body=body, on=on)
    if unit is not None and sector not in ("", unit.sector):
        raise MatterOfAnother(
            f"「{unit.name}」的行业领域是「{unit.sector}」，不是「{sector}」。不写 --sector，按单位判断。"
        )
    told = sector or checks.sector_of_unit(body=body, on=on)
    open_to = {one.code for one in law.matters_for(pack=pack, sector=told)} if told else set(matters)
    for code in matters:
        if code not in open_to:
            found = law.matter(pack=pack, code=code)
            raise MatterOfAnother(
                f"事项「{found.name if found else code}」（{code}）不由这个单位（行业领域「{told}」）办理，不能绑定。"
                f"请核对事项：xinheng law matters --sector {told}。"
            )
    return told
