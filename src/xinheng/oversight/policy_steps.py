"""Where a finding, an order or a bulletin stands, and which step may follow. Pure."""

from __future__ import annotations

from xinheng.oversight.errors import StepRefused

OPEN, EXPLAINED, REPORTED, CONFIRMED = "open", "explained", "reported", "confirmed"
ISSUED, ANSWERED, CLOSED = "issued", "answered", "closed"
INTERNAL, PUBLIC = "internal", "public"

# What may follow, and whether somebody must say why
FINDING = {
    OPEN: {EXPLAINED: True, CONFIRMED: True, REPORTED: False},
    EXPLAINED: {OPEN: True, CONFIRMED: True, REPORTED: False},
    CONFIRMED: {OPEN: True, REPORTED: False},
    REPORTED: {},
}
ORDER = {ISSUED: {ANSWERED: True, CLOSED: True}, ANSWERED: {ISSUED: True, CLOSED: True}, CLOSED: {}}
BULLETIN = {INTERNAL: {PUBLIC: False}, PUBLIC: {INTERNAL: True}}
NAMES = {
    OPEN: "待说明", EXPLAINED: "已说明", REPORTED: "已补报", CONFIRMED: "确认漏报", ISSUED: "已发出", ANSWERED: "已答复",
    CLOSED: "已办结", INTERNAL: "内部", PUBLIC: "已公开",
}  # fmt: skip
LONGEST_REASON = 400


def step(machine: dict[str, dict[str, bool]], *, of: str, now: str, to: str, reason: str) -> str:
    """The reason as kept, when the step may be taken. Raises `StepRefused`."""
    follows = machine.get(now, {})
    if to not in follows:
        could = "、".join(NAMES[one] for one in follows) or "没有下一步"
        raise StepRefused(
            f"{of} 现在是「{NAMES.get(now, now)}」，不能改为「{NAMES.get(to, to)}」。可以改为：{could}。"
        )
    said = " ".join(reason.split())
    if follows[to] and not said:
        raise StepRefused(f"{of} 改为「{NAMES[to]}」须写明理由。请补写后再提交。")
    if len(said) > LONGEST_REASON:
        raise StepRefused(f"{of} 的理由有 {len(said)} 字，最多 {LONGEST_REASON} 字。请写短一些，材料另附。")
    return said
