"""Repair (信用修复): asked for at the counter or pushed by 信用中国, decided by the authority that made the decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.remedies import arriving, entries, policy_repair
from xinheng.remedies.entries import Entry
from xinheng.remedies.errors import (
    EntryEnded,
    MaterialMissing,
    NotRepairable,
    NotYours,
    RulingUnreadable,
    TooEarly,
    WrongWindow,
)

KIND = "repair"
TAKES = ("counter", "exchange")
_REFUSALS = {
    "entry-ended": EntryEnded, "not-repairable": NotRepairable, "repair-too-early": TooEarly,
    "repair-barred": TooEarly,
}  # fmt: skip


def apply_repair(
    *,
    statement: int,
    actor: cases.Actor,
    at: datetime,
    channel: str,
    outside: str = "",
    reason: str = "",
    commitment: bool = False,
    reorganisation: str = "",
    materials: Sequence[str] = (),
    attachments: Sequence[cases.Upload] = (),
    received_on: date | None = None,
    outside_day: date | None = None,
    token: str = "",
) -> cases.Done:
    """Opens a repair case on the desk of the authority that decided, or of the one that took its duties over.

    Comes from the counter or from 信用中国 (with its number in `outside`); from nowhere else, because there is one
    window. `reorganisation` names the court's ruling: then it may be asked for before the minimum period is over, and until
    then only a suppression for a time can be given. `outside_day` is what the window says about when it was asked; no
    clock runs from it. Raises `NoSuchEntry`, `NotYours`, `WrongWindow`, `NotRepairable`, `TooEarly` (names the first
    day), `EntryEnded`, `MaterialMissing` (no commitment), `RulingUnreadable`, `ReceivedWrong`, `AlreadyOpen`.
    """
    entry = entries.entry(statement)
    on = received_on = arriving.arrived(received_on, at)
    if actor.role == "organisation" and actor.body != entry.parts.uscc:
        raise NotYours("这条记录不是贵单位的记录，不能替其他主体申请修复。请核对记录编号。")
    path = entry.path(on)
    check_window(channel, path)
    ruling = ruling_of(reorganisation, on) if reorganisation.strip() else ""
    check(entry, path, on, reorganisation=bool(ruling))
    if not commitment:
        raise MaterialMissing(
            "没有信用承诺书。请先签署并公开信用承诺书（修复指引页面备有文本），再提出申请。"
        )
    to = entries.routed(entry.parts.authority, entry.authority_name, on)
    detail: dict[str, Any] = {
        "commitment": True, "materials": list(materials), "route": to.why, "moved": to.moved, "sector": entry.sector,
        "path": path.provision, "first_day": entry.standing.repair_from and entry.standing.repair_from.isoformat(),
    }  # fmt: skip
    if ruling:
        detail |= {"reorganisation": ruling, "ruling": ruling}
    if outside_day is not None:
        detail["outside_day"] = outside_day.isoformat()
    return cases.open(
        kind=KIND, actor=actor, at=at, uscc=entry.parts.uscc, statement=statement, item=entry.item.code,
        authority=entry.parts.authority, body=to.body, channel=channel, outside=outside, reason=reason,
        detail=detail, attachments=attachments, token=token, received_on=received_on, sector=entry.sector,
    )  # fmt: skip


def ruling_of(text: str, on: date) -> str:
    """The case number of a court's ruling as it is kept. Raises `RulingUnreadable`, which says how it is written."""
    if number := policy_repair.ruling_number(text, on):
        return number
    raise RulingUnreadable(
        f"「{text.strip()[:40]}」不像人民法院破产案件的案号。请照裁定书抄写，如（2026）皖06破3号、"
        "（2026）皖0621破申5号之一；没有裁定书的，按普通的修复申请办理。"
    )


def check(entry: Entry, path: law.RepairPath, on: date, *, reorganisation: bool = False) -> None:
    """Raises what stands against asking for repair of an entry on a day."""
    may = policy_repair.may_apply(entry.facts(path, on=on), on, reorganisation=reorganisation)
    if may.ok:
        return
    says = may.reasons[0]
    if may.code == "repair-too-early":
        says = f"{says}（决定日期 {entry.parts.decided_on}）。请在该日以后再申请；期限的推算见修复指引"
    raise _REFUSALS[may.code](f"现在不能受理修复申请：{says}。")


def check_window(channel: str, path: law.RepairPath) -> None:
    """Raises `WrongWindow` where an application comes by a way that is not open for the entry, naming the right one."""
    names = "、".join(window.name for window in path.windows) or "作出决定的单位"
    codes = {window.code for window in path.windows}
    if channel not in TAKES:
        raise WrongWindow(f"本平台不在线受理修复申请：请到{names}提出。平台为您备好清单和承诺书。")
    if path.repairable and channel == "exchange" and "credit-china" not in codes:
        raise WrongWindow(f"这类记录不经信用中国修复：请到{names}提出。")
