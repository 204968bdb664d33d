"""Who may send what: items of the catalogue in force, and sources that are public bodies."""

from __future__ import annotations

from xinheng.intake.errors import ItemUnknown, SourceRefused
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.register import service as register


def item_of(pack: law.Pack, code: str) -> law.Item:
    """The item of the catalogue. Raises `ItemUnknown`."""
    if code not in pack.items:
        raise ItemUnknown(f"目录里没有「{code}」。可用的有:{'、'.join(sorted(pack.items))}。")
    return pack.items[code]


def source_of(pack: law.Pack, code: str) -> str:
    """Boundary 2: only a registered public body, or one the pack names, may report. Raises `SourceRefused`."""
    cleaned = uscc.clean(code).code
    if not uscc.is_valid(cleaned) or not register.is_source(cleaned, pack):
        raise SourceRefused(
            "来源单位不能报送:须是登记库中统一社会信用代码以 1 开头的单位,或规则包列明的单位。请核对 --from 的代码。"
        )
    return cleaned
