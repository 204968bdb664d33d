"""The kinds of lists and the measures as the packs hold them, in the language of the page: for pages and files.

Every row says its provision and how sure we are of it. What is unverified is never shown as law.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.faces.site.templatetags.xinheng_site import period
from xinheng.faces.site.words import SEVERITIES, in_chinese, named, term
from xinheng.law import service as law

STRENGTHS = {"must": gettext_lazy("应当"), "may": gettext_lazy("可以"), "": gettext_lazy("由其自主决定")}
GROUPS = {
    1: (gettext_lazy("依法减损权益或者增加义务的"), gettext_lazy("只有法律、法规或者党中央、国务院政策文件写明的才能采取。")),
    2: (gettext_lazy("管理措施"), gettext_lazy("不减损权益、不增加义务，由各部门在日常管理中采取。")),
    3: (gettext_lazy("由市场主体自行决定的"), gettext_lazy("银行、征信机构等自己判断，平台和部门不能要求。")),
    0: (gettext_lazy("守信激励"), gettext_lazy("对守信主体的便利，同样要有依据。")),
}  # fmt: skip
EXITS = {
    "removal": gettext_lazy("提前移出"), "correction": gettext_lazy("更正"), "revocation": gettext_lazy("撤销列入决定"),
    "expiry": gettext_lazy("届满移出"),
}  # fmt: skip


# In a pack: every kind of serious list
EVERY_LIST = "*"
COURT = "court"
SUBJECTS = {
    "enterprise": gettext_lazy("企业"), "individual": gettext_lazy("个体工商户"), "cooperative": gettext_lazy("农民专业合作社"),
    "collective": gettext_lazy("农村集体经济组织"), "social": gettext_lazy("社会组织"), "institution": gettext_lazy("事业单位"),
    "government": gettext_lazy("机关"), "other": gettext_lazy("其他组织"),
}  # fmt: skip


@dataclass(frozen=True)
class Rests:
    """A provision as a reader sees it. `sure`: the text itself was checked; `works`: it has effect here."""

    text: str
    sure: bool
    works: bool
    ours: bool = False
    in_force: str = ""


@dataclass(frozen=True)
class GroundRow:
    """One provision by which a measure may be taken."""

    rests: Rests
    strength: str
    must: bool
    on: tuple[str, ...]
    by: tuple[str, ...]
    scope: str
    until: str
    least: str


@dataclass(frozen=True)
class MeasureRow:
    """A measure with its grounds."""

    code: str
    name: str
    number: int
    group: int
    incentive: bool
    subjects: tuple[str, ...]
    local: str
    note: str
    grounds: tuple[GroundRow, ...]


@dataclass(frozen=True)
class ExitRow:
    """A way off a list."""

    kind: str
    word: str
    says: str
    document: str
    rests: Rests


@dataclass(frozen=True)
class KindRow:
    """A kind of list with everything a reader must know before anybody is put on it."""

    code: str
    name: str
    keeper: str
    kept_by: str
    basis: tuple[Rests, ...]
    triggers: tuple[tuple[str, Rests], ...]
    stay: str
    stay_rests: Rests | None
    early: str
    early_rests: Rests | None
    warning: int
    exits: tuple[ExitRow, ...]
    case: bool
    subjects: tuple[str, ...]


def rests(source: law.Source, pack: law.Pack) -> Rests:
    """Where a value comes from and whether it has effect here."""
    since = source.in_force.first.isoformat()
    until = source.in_force.last
    return Rests(
        source.cited or _("见上级清单"), source.confidence == "verified", pack.effective(source), source.our_choice,
        f"{since} — {until.isoformat() if until else ''}",
    )  # fmt: skip


def measures(pack: law.Pack, on: date) -> list[tuple[int, str, str, list[MeasureRow]]]:
    """The measures in force by class of the list: class, title, what it means, rows in the order of the list."""
    rows = [_measure(one, pack, on) for one in law.measures(pack=pack, on=on).values()]
    found = []
    for group, (title, says) in GROUPS.items():
        mine = sorted(
            (row for row in rows if row.group == group), key=lambda row: (row.number or 99, row.code)
        )
        if mine:
            found.append((group, str(title), str(says), mine))
    return found


def kinds(pack: law.Pack, on: date) -> list[KindRow]:
    """The kinds of lists in force, in the order of the pack."""
    return [_kind(one, pack) for one in law.list_kinds(pack=pack, on=on).values()]


def kind(pack: law.Pack, on: date, code: str) -> KindRow | None:
    """One of them; None for none of this code."""
    found = law.list_kinds(pack=pack, on=on).get(code)
    return _kind(found, pack) if found else None


def measures_table(pack: law.Pack, on: date) -> list[list[str]]:
    """One line for each ground, the head first."""
    head = [
        _("代码"), _("措施"), _("类别"), _("应当或者可以"), _("针对的信息"), _("谁可以采取"), _("适用范围"), _("到什么时候"),
        _("依据"), _("核实程度"), _("施行"),
    ]  # fmt: skip
    body = [
        [
            row.code, row.name, title, ground.strength, _("、").join(ground.on), _("、").join(ground.by) or _("办理该事项的各部门"),
            ground.scope, ground.until, ground.rests.text, sure(ground.rests), ground.rests.in_force,
        ]
        for _group, title, _says, found in measures(pack, on)
        for row in found
        for ground in row.grounds
    ]  # fmt: skip
    return [head, *body]


def kinds_table(pack: law.Pack, on: date) -> list[list[str]]:
    """One line for each kind of list, the head first."""
    head = [
        _("代码"), _("名单"), _("列入机关"), _("设立依据"), _("列入情形"), _("最长期限"), _("可以申请提前移出"), _("届满前提醒，天"), _("退出方式"),
        _("核实程度"),
    ]  # fmt: skip
    body = [
        [
            row.code, row.name, row.keeper, _join(one.text for one in row.basis), _join(says for says, _rests in row.triggers),
            row.stay, row.early, str(row.warning or ""), _join(one.word for one in row.exits),
            sure(*row.basis),
        ]
        for row in kinds(pack, on)
    ]  # fmt: skip
    return [head, *body]


def sure(*found: Rests) -> str:
    """How sure we are of all of them, in a word."""
    return _("已核对原文") if found and all(one.sure for one in found) else _("待核实")


def sector(pack: law.Pack, code: str) -> str:
    """The name of a sector in the language of the page."""
    return named(pack.sectors[code]) if code in pack.sectors else code


def _measure(one: law.Measure, pack: law.Pack, on: date) -> MeasureRow:
    parent = pack.measures.get(one.parent) if one.parent else None
    return MeasureRow(
        code=one.code, name=named(one), number=one.number, group=one.group, incentive=one.side == "incentive",
        subjects=tuple(str(SUBJECTS.get(kind, kind)) for kind in one.subjects), local=named(parent) if parent else "", note=one.note,
        grounds=tuple(_ground(ground, pack) for ground in one.grounds if on in ground.in_force),
    )  # fmt: skip


def _ground(one: law.Ground, pack: law.Pack) -> GroundRow:
    on = [named(pack.lists[code]) for code in one.lists if code in pack.lists]
    if EVERY_LIST in one.lists:
        on.insert(0, _("各种严重失信主体名单"))
    for code, severities in one.items:
        item = named(pack.items[code]) if code in pack.items else code
        classes = _("、").join(term(SEVERITIES[level]) for level in severities)
        on.append(
            f"{item}（{classes}）" if classes and in_chinese() else f"{item} ({classes})" if classes else item
        )
    return GroundRow(
        rests=rests(one.source, pack), strength=str(STRENGTHS[one.strength]), must=one.strength == "must", on=tuple(on),
        by=tuple(sector(pack, code) for code in one.by),
        scope=one.scope_text if in_chinese() else one.scope_text_en or one.scope_text,
        until=_("该信息有效期间") if one.until == "entry" else _("自作出之日起 %(period)s") % {"period": period(one.until)},
        least=term(SEVERITIES[one.proportion]) if one.proportion else "",
    )  # fmt: skip


def _kind(one: law.ListKind, pack: law.Pack) -> KindRow:
    works, keeper = rests(one.source, pack), sector(pack, one.authority)
    return KindRow(
        code=one.code, name=named(one), keeper=keeper,
        kept_by=(_("由%(keeper)s认定") if one.authority == COURT else _("由%(keeper)s部门认定")) % {"keeper": keeper},
        basis=tuple(Rests(str(cited), cited.instrument.confidence == "verified" and works.sure, works.works) for cited in one.basis),
        triggers=tuple((said(row), rests(row.source, pack)) for row in one.triggers),
        stay=period(one.stay.period) if one.stay else "", stay_rests=rests(one.stay.source, pack) if one.stay else None,
        early=period(one.early.period) if one.early else "",
        early_rests=rests(one.early.source, pack) if one.early else None, warning=one.warning,
        exits=tuple(_exit(row, pack) for row in one.exits), case=one.listing_case,
        subjects=tuple(str(SUBJECTS.get(kind, kind)) for kind in one.subjects),
    )  # fmt: skip


def _exit(one: Any, pack: law.Pack) -> ExitRow:
    document = one.document if in_chinese() else one.document_en or one.document
    return ExitRow(one.kind, str(EXITS.get(one.kind, one.kind)), said(one), document, rests(one.source, pack))


def said(thing: Any) -> str:
    """A sentence a pack gives as `zh` and `en`."""
    return str(thing.zh if in_chinese() else thing.en or thing.zh)


def _join(texts: Iterable[str]) -> str:
    found: Sequence[str] = [text for text in texts if text]
    return "；".join(found)
