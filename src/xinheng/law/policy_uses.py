"""What an organisation is looked up for: the use of a matter, what counts for it, which purpose fits. Pure.

Asked a thousand times a second: what depends on the pack alone is kept by the pack.
"""

from __future__ import annotations

from functools import lru_cache

from xinheng.law.errors import UnknownCode
from xinheng.law.measure_types import EntryFacts, Use
from xinheng.law.policy_cases import sector_chain
from xinheng.law.types import Matter, Pack

SUBJECT_OF_KIND = {
    "企业": "enterprise", "个体工商户": "individual", "农民专业合作社": "cooperative",
    "农村集体经济组织": "collective", "社会团体": "social", "民办非企业单位": "social", "基金会": "social",
    "群众团体": "social", "事业单位": "institution", "机关": "government",
}  # fmt: skip
"""The register's words for kinds of organisation, as a pack's codes; any other kind is "other"."""


def subject_of(kind: str) -> str:
    """The pack's code for a kind of organisation, given as the register's word or as the code itself."""
    return SUBJECT_OF_KIND.get(kind, kind if kind in SUBJECT_OF_KIND.values() else "other")


@lru_cache(maxsize=16)
def _by_code(pack: Pack) -> dict[str, Matter]:
    found: dict[str, Matter] = {}
    for one in (*pack.matters, *pack.general):
        found.setdefault(one.code, one)
    return found


def matter(pack: Pack, code: str) -> Matter | None:
    """A matter of the place, or a general one, by code."""
    return _by_code(pack).get(code)


def matters_for(pack: Pack, sector: str, department: str = "") -> tuple[Matter, ...]:
    """The matters a department of a sector decides, then the general ones open to it. Without a sector: all."""
    chain = set(sector_chain(pack, sector))
    units = {unit.code for unit in pack.departments if not sector or unit.sector in chain}
    if department:
        units = {unit.code for unit in pack.departments if department in (unit.code, unit.uscc, unit.name)}
    own = tuple(one for one in pack.matters if one.department in units)
    return (*own, *(one for one in pack.general if not sector or not one.sectors or chain & set(one.sectors)))


def uses(pack: Pack) -> dict[str, Use]:
    """Every use of the pack, by code."""
    return dict(pack.uses)


def use_of(pack: Pack, code: str) -> Use:
    """The use of a matter. Raises `UnknownCode` for a matter the pack has not, or whose use it does not say."""
    found = matter(pack, code)
    if found is None:
        raise UnknownCode(
            f"没有事项「{code}」。请在事项目录里查对代码：xinheng law matters，或者网站的事项目录。"
        )
    if found.use not in pack.uses:
        raise UnknownCode(f"事项「{found.name}」没有写明核查用途。请在规则包的 matters.yaml 补上 use。")
    return pack.uses[found.use]


@lru_cache(maxsize=16)
def _list_codes(pack: Pack) -> dict[str, str]:
    return {kind.name: kind.code for kind in pack.lists.values()}


def list_code(pack: Pack, written: str) -> str:
    """The code of a kind of list, given by code or by name as stored; an unknown one is itself."""
    return _list_codes(pack).get(written, written)


@lru_cache(maxsize=8192)
def _counts(pack: Pack, use: str, item: str, list_kind: str, severity: str) -> bool:
    written = list_code(pack, list_kind)
    return any(
        row.item == item
        and (not row.lists or written in row.lists)
        and (not row.severities or severity in row.severities)
        for row in pack.uses[use].counts
    )


def counts(pack: Pack, use: Use, entry: EntryFacts) -> bool:
    """Whether an entry counts for a use. What was repaired, ended or rests does not; what is disputed does, marked."""
    return entry.state == "held" and _counts(pack, use.code, entry.item, entry.list_kind, entry.severity)


def purpose_refusal(pack: Pack, use: Use, purpose: str, role: str, sector: str, matter_code: str = "") -> str:
    """Why this role of this sector may not ask for this purpose; "" where it may."""
    if role not in use.audience_roles:
        return f"「{use.name}」的核查不对这一账号角色（{role or '未登录'}）开放非公开信息。公开信息不需要写明用途。"
    if use.purpose(purpose) is None:
        fitting = "、".join(one.zh for one in use.purposes) or "（无）"
        return f"用途「{_purpose_name(pack, purpose) or '（空）'}」与「{use.name}」的事项不符。请从这些用途里选择：{fitting}。"
    chain = set(sector_chain(pack, sector))
    if use.sectors and not chain & set(use.sectors):
        return f"「{use.name}」不由这一行业（{_sector(pack, sector)}）的部门办理，不能以此查询非公开信息。请核对事项。"
    found = matter(pack, matter_code) if matter_code else None
    if found is not None and not _decides(pack, found, chain):
        return f"事项「{found.name}」不由这一行业（{_sector(pack, sector)}）的部门办理，不能以此查询非公开信息。请核对事项。"
    return ""


def decides(pack: Pack, matter_code: str, sector: str) -> bool:
    """Whether a matter is decided by units of a sector: its own department is of it, or the matter is open to it. A matter
    the pack has not is nobody's here."""
    found = matter(pack, matter_code)
    return found is not None and _decides(pack, found, set(sector_chain(pack, sector)))


def _decides(pack: Pack, found: Matter, chain: set[str]) -> bool:
    if not found.department:
        return not found.sectors or bool(chain & set(found.sectors))
    unit = next((one for one in pack.departments if one.code == found.department), None)
    return unit is None or unit.sector in chain


def _purpose_name(pack: Pack, asked: str) -> str:
    """A purpose of any use by its name; another word as it was written."""
    found = (one for use in pack.uses.values() if (one := use.purpose(asked)) is not None)
    return next((one.zh for one in found), asked)


def _sector(pack: Pack, code: str) -> str:
    return pack.sectors[code].name if code in pack.sectors else code or "未写明"
