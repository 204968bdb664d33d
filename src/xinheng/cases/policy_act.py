"""Who may do what in a case, and what a step needs. Pure: a kind, how the case stands and an actor in, an answer out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinheng.cases.errors import Needed, NotPossible, NotYours

NO_DAY = date(9999, 12, 31)
"""Stands for "no day" where rows are ordered by their day."""
OPEN, TAKE_BACK, REASSIGN = "open", "take-back", "reassign"
OWN = {OPEN: ("立案", "Opened"), TAKE_BACK: ("撤回待复核", "Taken back"), REASSIGN: ("移交", "Reassigned")}
DEPARTMENT_ROLES = ("department", "reviewer", "authority")
ROLES = ("organisation", *DEPARTMENT_ROLES, "office", "auditor", "platform", "exchange")
MACHINES = ("platform", "exchange")
MOST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `role`: organisation | department | reviewer | authority | office | auditor | platform | exchange;
    `body` is empty for the office, the platform and the exchange."""

    account: str
    role: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides who may act on a case now."""

    state: str
    uscc: str
    body: str
    done: frozenset[str]
    waiting: str = ""
    waiting_by: str = ""
    waiting_body: str = ""
    final: bool = False
    barred: tuple[tuple[str, str], ...] = ()


def parts_of(actor: Actor, case: Standing) -> frozenset[str]:
    """The parts this actor plays in a case: subject, authority, office, exchange, platform; none for an auditor.

    The authority is the deciding desk of the body that handles the case; its reviewer is so only while a step of that
    body waits to be confirmed, and whoever delivers data for the body never.
    """
    if actor.role == "organisation":
        return frozenset({"subject"} if actor.body and actor.body == case.uscc else ())
    if actor.role in DEPARTMENT_ROLES:
        own = bool(actor.body) and actor.body == case.body
        waits = bool(case.waiting) and case.waiting_body == actor.body
        decides = actor.role == "authority" or (actor.role == "reviewer" and waits)
        return frozenset({"authority"} if own and decides else ())
    return frozenset({actor.role} if actor.role in ("office", *MACHINES) else ())


def possible(kind: Any, case: Standing, actor: Actor) -> tuple[Any, ...]:
    """The steps an actor may take now, in the order of the kind."""
    return tuple(step for step in kind.steps if _refusal(step, case, actor) is None)


def check(kind: Any, case: Standing, actor: Actor, act: str) -> Any:
    """The step of a code, if this actor may take it now. Raises `NotPossible`, `NotYours`."""
    step = next((one for one in kind.steps if one.code == act), None)
    if step is None:
        raise NotPossible(f"「{kind.name}」没有「{act[:40]}」这一步。请从案件页面上选择下一步。")
    refusal = _refusal(step, case, actor)
    if refusal is not None:
        raise refusal
    return step


def refusal(kind: Any, case: Standing, actor: Actor, act: str) -> NotPossible | NotYours | None:
    """Why this actor may not take a step now; None where it may."""
    try:
        check(kind, case, actor, act)
    except (NotPossible, NotYours) as error:
        return error
    return None


def needs_second(step: Any, actor: Actor) -> bool:
    """Whether a step of this actor waits for a second account: a machine has none, and repeats what people decided."""
    return bool(step.four_eyes) and actor.role not in MACHINES


def _refusal(step: Any, case: Standing, actor: Actor) -> NotPossible | NotYours | None:
    if case.state not in step.from_:
        return NotPossible(f"案件现在的状态不能「{step.name}」。请刷新页面，看看此间办了什么。")
    if why := dict(case.barred).get(step.code):
        return NotPossible(why)
    if step.once and step.code in case.done:
        return NotPossible(f"「{step.name}」每案只能办一次，本案已经办过。")
    parts = parts_of(actor, case)
    if not parts & set(step.who):
        return NotYours(_whose(step, case, actor))
    if case.waiting and parts != {"subject"}:
        if case.waiting != step.code:
            return NotPossible("本案有一步正等待第二人复核：请先复核，或者由提出人撤回。")
        if actor.account == case.waiting_by:
            return NotYours(f"「{step.name}」要由同一单位的另一个账号复核，提出人不能复核自己。")
        if actor.body != case.waiting_body:
            return NotYours(f"「{step.name}」要由提出人所在单位的另一个账号复核。")
    return None


def _whose(step: Any, case: Standing, actor: Actor) -> str:
    if "authority" in step.who and actor.role in DEPARTMENT_ROLES and actor.body == case.body:
        if actor.role == "reviewer":
            return (
                f"「{step.name}」由本单位承办岗提出；复核岗只复核承办岗已经提出的一步。请由承办岗登录后办理。"
            )
        return f"「{step.name}」由本单位承办岗办理，报送岗只能查看。请由承办岗登录后办理。"
    if "authority" in step.who:
        return f"「{step.name}」由办理本案的单位的承办岗办理。请由该单位登录后办理。"
    return f"「{step.name}」不由您办理：请由负责本案的一方登录后办理。"


def check_opening(step: Any, actor: Actor, *, uscc: str, body: str) -> None:
    """Raises `NotYours` where this actor may not open such a case."""
    parts = parts_of(actor, Standing("", uscc, body, frozenset()))
    if not parts & set(step.who):
        raise NotYours(f"「{step.name}」不由您提出：请由本主体、受理单位或者信用窗口登录后办理。")


def check_needs(step: Any, *, reason: str, detail: Mapping[str, Any], attachments: Sequence[object]) -> None:
    """Raises `Needed` naming the first thing a step needs and did not get."""
    told = {
        "reason": (bool(reason.strip()), "请写明理由"),
        "changes": (bool(detail.get("changes")), "请写明更正的栏目和更正后的内容"),
        "attachment": (bool(attachments), "请附上材料"),
        "supplements": (bool(detail.get("supplements")), "请一次列明需要补正的全部内容"),
        "served": (
            bool((detail.get("served") or {}).get("on")) and bool((detail.get("served") or {}).get("manner")),
            "请填写送达日期和送达方式",
        ),
        "commitment": (bool(detail.get("commitment")), "请填写承诺的内容"),
        "ruling": (bool(detail.get("ruling")), "请写明裁定书或者撤销决定的文号"),
    }
    for need in step.needs:
        given, ask = told[need]
        if not given:
            raise Needed(f"「{step.name}」还缺一项：{ask}。")
    if len(reason) > MOST_WORDS:
        raise Needed(f"理由最长 {MOST_WORDS} 字，这里有 {len(reason)} 字：较长的说明请作为附件提交。")
