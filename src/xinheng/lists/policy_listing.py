"""Who may put whom on which kind of list, and when a step is too early. Pure: the pack and facts in, a sentence out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from xinheng.kernel.text import norm_docno
from xinheng.law import service as law

AUTHORITY = "authority"
MOST_DOCUMENTS = 20


def power_refusal(
    *, pack: law.Pack, kind: law.ListKind, role: str, sectors: Collection[str], region: str, on: date
) -> str:
    """Why this unit may not decide a listing of a kind on a day; "" where it may.

    `sectors` is the unit's sector and those it is part of; `region` its division code. A county's unit may only where
    the kind says so: a list is set nationally, and power over it is not presumed.
    """
    if role != AUTHORITY:
        return "名单由有认定权的机关认定，信用主管部门和平台不列入任何主体。请由认定机关的承办岗办理。"
    if on not in kind.source.in_force:
        return f"「{kind.name}」在 {on.isoformat()} 没有施行的依据，不能列入。请核对日期和依据。"
    if not pack.effective(kind.source):
        return f"「{kind.name}」的依据待核实，本办公室尚未采用，不能列入。请先核实并采用依据。"
    if not kind.listing_case:
        return f"「{kind.name}」由来源机关自行认定，本平台只接收、不办理列入。请由来源机关报送。"
    if not kind.authority or kind.authority not in sectors:
        name = pack.sectors[kind.authority].name if kind.authority in pack.sectors else kind.authority
        return f"「{kind.name}」由{name or '法定'}部门认定，本单位没有这项权限。请移送有权机关。"
    if is_county(region) and not getattr(kind, "county", False):
        return f"「{kind.name}」没有授权县（市、区）一级认定，本单位不能列入。请报送上一级主管部门。"
    return ""


def is_county(region: str) -> bool:
    """Whether a division code is a county's: its last two digits are not 00."""
    return len(region) == 6 and region[:6].isdigit() and not region.endswith("00")


def documents(given: Iterable[str]) -> tuple[str, ...]:
    """Document numbers in their comparable spelling, each once, in order."""
    return tuple(sorted({norm_docno(one) for one in given if one and one.strip()}))


def same_fact(mine: Collection[str], others: Collection[str], *, trigger: str = "", other: str = "") -> bool:
    """Whether two listings rest on the same fact: they share a document, or name the same conduct without one."""
    if mine and others:
        return bool(set(mine) & set(others))
    return bool(trigger) and trigger == other


def defence_refusal(*, due_on: date | None, on: date) -> str:
    """Why the defence is not over yet; "" where it is. The last day belongs to the organisation."""
    if due_on is None:
        return (
            "陈述申辩的期限没有算出（规则包没有施行的期限或者日历不全），期满以前不能往下办。请先补全规则包。"
        )
    if on <= due_on:
        return f"陈述申辩的期限到 {due_on.isoformat()} 为止，期满以前不能往下办。请在期满的次日以后办理。"
    return ""


def removal_refusal(*, early_on: date | None, on: date) -> str:
    """Why an entry cannot be removed early yet; "" where it can. Without a known first day nothing is presumed."""
    if early_on is not None and on < early_on:
        return (
            f"{early_on.isoformat()} 起才可以提前移出，今天不能作出移出决定。列入有误的，请办更正或者撤销。"
        )
    return ""


def end_refusal(*, name: str, until: date | None, longest: date | None, on: date) -> str:
    """Why a decision of a day may not write an end; "" where it may. The kind's stay is the longest there is, and the
    end is written once: nothing later extends it."""
    if until is None or longest is None:
        return "停留期限的届满日要写成 2027-11-20 的样子；不写的，按该类名单的最长期限。请核对。"
    if until <= on:
        return f"停留期限到 {until.isoformat()} 为止，不晚于作出决定之日 {on.isoformat()}。请填写以后的日期，或者不予列入。"
    if until > longest:
        return (
            f"「{name}」今天列入的最长停留到 {longest.isoformat()}，决定写到 {until.isoformat()}，超过了。"
            "请改为不晚于这一天。"
        )
    return ""


def expiry_refusal(*, until: date | None, on: date) -> str:
    """Why a stay has not ended yet; "" where it has."""
    if until is None or on <= until:
        days = until.isoformat() if until else "认定机关移出之日"
        return f"停留期限到 {days} 为止，还没有期满，不能按期满移出。"
    return ""
