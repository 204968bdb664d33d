"""Which rule applies on a day, and why: for a provision, an item, a class of penalty, a field, a setting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from xinheng.kernel.periods import Period
from xinheng.law.errors import UnknownCode, UnknownProvision
from xinheng.law.policy_severity import NAMES
from xinheng.law.sources import sources
from xinheng.law.types import PENDING_MARK, Field, Item, ListKind, Pack, PublicationClass, RuleVersion, Source

UNITS = {"working_days": "个工作日", "calendar_days": "日", "months": "个月", "years": "年"}
UNTIL_NAMES = {
    "exit_on": "移出之日起停止公示",
    "ends": "有效期满停止公示",
    "stay": "在该种名单的最长停留期限届满后停止公示",
}
CONFIDENCE_NAMES = {
    "verified": "已核对原文",
    "likely": "普遍知悉，未重读原文",
    "unverified": PENDING_MARK,
}


@dataclass(frozen=True, slots=True)
class Basis:
    """A rule version with its standing: in force from..to, citation, confidence, adoption."""

    id: str
    title: str
    says: str
    citation: str
    in_force_from: date
    in_force_to: date | None
    confidence: str
    adopted: bool
    effective: bool
    our_choice: bool
    note: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "says": self.says,
            "citation": self.citation,
            "in_force": {
                "from": self.in_force_from.isoformat(),
                "to": self.in_force_to.isoformat() if self.in_force_to else None,
            },
            "confidence": self.confidence,
            "adopted": self.adopted,
            "effective": self.effective,
            "our_choice": self.our_choice,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """What applies to `code` on `on`: the basis in force, why, and what the neighbouring versions say."""

    code: str
    kind: str
    title: str
    on: date
    applies: Basis | None
    reasons: tuple[str, ...]
    details: tuple[str, ...]
    earlier: Basis | None
    later: Basis | None
    pack: str
    digest: str

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        bases = {"applies": self.applies, "earlier": self.earlier, "later": self.later}
        return {
            "code": self.code,
            "kind": self.kind,
            "title": self.title,
            "on": self.on.isoformat(),
            **{name: basis.as_dict() if basis else None for name, basis in bases.items()},
            "reasons": list(self.reasons),
            "details": list(self.details),
            "pack": self.pack,
            "digest": self.digest,
        }

    def as_text(self) -> str:
        """As a clerk reads it."""
        lines = [f"{self.title}（{self.code}）在 {self.on.isoformat()}"]
        lines += [f"适用：{self.applies.says}"] if self.applies else ["没有适用的规定：无依据，不得作为"]
        lines += [f"  {line}" for line in (*self.reasons, *self.details)]
        if self.later:
            lines.append(
                f"自 {self.later.in_force_from.isoformat()} 起：{self.later.says}（{self.later.citation}）"
            )
        if self.earlier:
            end = self.earlier.in_force_to
            until = f"至 {end.isoformat()}" if end else "此前"
            lines.append(f"{until}：{self.earlier.says}（{self.earlier.citation}）")
        return "\n".join([*lines, f"规则包 {self.pack}，内容摘要 {self.digest}"])


def say_period(period: Period | None) -> str:
    """A period in Chinese."""
    return f"{period.count} {UNITS[period.unit]}" if period else "无"


def basis(pack: Pack, source: Source, title: str, says: str) -> Basis:
    """A source with its standing in this pack."""
    return Basis(
        id=source.id,
        title=title,
        says=says,
        citation=source.cited,
        in_force_from=source.in_force.first,
        in_force_to=source.in_force.last,
        confidence=source.confidence,
        adopted=source.id in pack.adopted,
        effective=pack.effective(source),
        our_choice=source.our_choice,
        note=source.note,
    )


def explain(pack: Pack, code: str, on: date) -> Explanation:
    """The answer for an item code, a provision id, a class (minor/ordinary/serious), a field, a setting, or any id
    of a value. Raises `UnknownCode`."""
    if code in pack.provisions:
        return _provision(pack, code, on)
    if code in pack.items:
        return _item(pack, pack.items[code], on)
    if code in ("minor", "ordinary", "serious"):
        return _class(pack, code, on)
    for item in pack.items.values():
        if code in item.by_code:
            return _field(pack, item, item.by_code[code], on)
    for setting in pack.settings.values():
        if code in (setting.name, setting.source.id):
            says = f"{setting.what}（取值 {setting.value}）"
            found = [basis(pack, setting.source, setting.title, says)]
            return answer(pack, code, "setting", setting.title, on, found)
    found = [basis(pack, source, title, title) for title, source in sources(pack) if source.id == code]
    if not found:
        raise UnknownCode(
            f"没有「{code}」这一项。可以查目录项（{'、'.join(pack.items)}）、字段代码、"
            f"期限（{'、'.join(sorted(pack.provisions))}）、失信程度（minor、ordinary、serious）、"
            "事项代码、部门代码和已撤并机关的名称。"
        )
    return answer(pack, code, "value", found[0].title, on, found[:1])


def answer(
    pack: Pack, code: str, kind: str, title: str, on: date, found: list[Basis], details: tuple[str, ...] = ()
) -> Explanation:
    """Picks what is in force on the day and its neighbours, and says why."""
    applies = next((b for b in found if _covers(b, on)), None)
    earlier = [b for b in found if b.in_force_to and b.in_force_to < on]
    later = [b for b in found if b.in_force_from > on]
    return Explanation(
        code=code,
        kind=kind,
        title=title,
        on=on,
        applies=applies,
        reasons=tuple(_why(applies)) if applies else (),
        details=details,
        earlier=max(earlier, key=lambda b: b.in_force_from, default=None),
        later=min(later, key=lambda b: b.in_force_from, default=None),
        pack=pack.code,
        digest=pack.digest,
    )


def _covers(basis: Basis, on: date) -> bool:
    return basis.in_force_from <= on and (basis.in_force_to is None or on <= basis.in_force_to)


def _why(found: Basis) -> Iterator[str]:
    until = found.in_force_to.isoformat() if found.in_force_to else "今"
    yield f"施行期间：{found.in_force_from.isoformat()} 至 {until}"
    yield f"依据：{found.citation}"
    state = CONFIDENCE_NAMES[found.confidence]
    if found.confidence == "unverified":
        state += (
            "，已采用" if found.adopted else ("，未采用但照此执行" if found.effective else "，未采用，不生效")
        )
    yield f"核实情况：{state}"
    if found.note:
        yield f"说明：{found.note}"


def _provision(pack: Pack, code: str, on: date) -> Explanation:
    versions = pack.provisions[code]
    found = [
        basis(pack, p.source, p.name, f"{p.what}（{say_period(p.period)}，自{p.starts}起）") for p in versions
    ]
    first = "当日不计入" if versions[-1].period.first_day == "next_day" else "当日计入"
    end = "遇节假日顺延" if versions[-1].period.end == "next_working_day" else "遇节假日不顺延"
    details = (f"起算{first}，{end}；日历载入至 {pack.calendar.last.isoformat()}",)
    return answer(pack, code, "provision", versions[-1].name, on, found, details)


def _item(pack: Pack, item: Item, on: date) -> Explanation:
    """An item: its basis, deadline and publication periods under the version of the day."""
    details = [f"归集依据：{'；'.join(str(citation) for citation in item.basis)}"]
    if item.timeliness:
        due = pack.provision(item.timeliness, on)
        details.append(f"报送期限：{due.what}（{due.source.cited}）" if due else "报送期限：当日没有规定")
    for version in pack.publication.get(item.publication, ()):
        if on in version.source.in_force or version.source.in_force.first > on:
            lead = "当日的公示规则" if on in version.source.in_force else "以后的公示规则"
            details.append(f"{lead}：{version.name}（{version.source.in_force}，{version.source.cited}）")
            details += [f"  {line}" for line in describe(pack, version)]
    if any("stay" in c.until for v in pack.publication.get(item.publication, ()) for c in v.classes.values()):
        details += [f"  {line}" for line in stays(pack, item.code)]
    if item.adverse and "transition" in pack.settings:
        details.append(
            f"过渡：{pack.settings['transition'].what}（{pack.settings['transition'].source.cited}）"
        )
    says = f"{item.name}，{len(item.fields)} 个字段，版本 {item.version}"
    found = [basis(pack, item.source, item.name, says)]
    return answer(pack, item.code, "item", item.name, on, found, tuple(details))


def describe(pack: Pack, version: RuleVersion) -> Iterator[str]:
    """A version's classes with their periods and what puts an entry into them."""
    for found in version.classes.values():
        yield _class_line(pack, version, found)
    if version.classed and not version.otherwise:
        yield "都不符合的：待认定（认定前不公示）"


def stays(pack: Pack, item: str) -> Iterator[str]:
    """The kinds of list of an item with the longest stay on each, and where the period comes from."""
    for kind in (one for one in pack.lists.values() if one.item == item):
        if kind.stay:
            yield f"{kind.name}：最长 {say_period(kind.stay.period)}（{kind.stay.source.cited}）{_early(kind)}"
        else:
            yield f"{kind.name}：至来源移出为止{_early(kind)}"


def _early(kind: ListKind) -> str:
    if kind.early is None:
        return ""
    source = kind.early.source
    mark = f"，{PENDING_MARK}" if source.confidence == "unverified" else ""
    return f"；列入满 {say_period(kind.early.period)}可以申请提前移出（{source.cited}{mark}）"


def _class_line(pack: Pack, version: RuleVersion, found: PublicationClass) -> str:
    parts = ["公示" if found.shown else "原则上不公示"]
    if found.shortest:
        parts.append(f"最短 {say_period(found.shortest)}")
    if found.shortest_in_sectors:
        names = "、".join(pack.sectors[code].name for code in sorted(found.sectors))
        parts.append(f"{names}最短 {say_period(found.shortest_in_sectors)}")
    if found.longest:
        parts.append(f"最长 {say_period(found.longest)}")
    parts += [UNTIL_NAMES[word] for word in found.until]
    triggers = [t for t in version.triggers if t.class_code == found.code]
    if version.otherwise and version.otherwise.class_code == found.code:
        triggers.append(version.otherwise)
    marks = [
        t.says + (f"（{PENDING_MARK}）" if t.source.confidence == "unverified" else "") for t in triggers
    ]
    said = f"：{'；'.join(marks)}" if marks else ""
    return f"{found.name}（{'，'.join(parts)}）{said}"


def _class(pack: Pack, code: str, on: date) -> Explanation:
    """A class of penalty under the version in force on the day; a version without it says so."""
    found: list[Basis] = []
    for versions in pack.publication.values():
        for version in versions:
            if version.classed:
                known = version.classes.get(code)
                says = _class_line(pack, version, known) if known else "这一版本没有这一类"
                found.append(basis(pack, version.source, version.name, says))
    counted = ("期限自决定文书作出之日起算；最后公示日为对应日，遇节假日不顺延",)
    return answer(pack, code, "severity", NAMES[code], on, found, counted)


def _field(pack: Pack, item: Item, field: Field, on: date) -> Explanation:
    scopes = {"public": "公开", "shared": "政务共享", "restricted": "仅本单位页面和报告", "drop": "不保存"}
    details = [f"所属目录项：{item.name}", f"公开范围：{scopes[field.scope]}"]
    details.append(f"表头写法：{'、'.join(field.headers)}")
    if field.choices:
        details.append(
            f"可填：{'、'.join(field.choices)}{'，其他写成「其他-具体类别」' if field.other_prefix else ''}"
        )
    for rule in item.rules:
        if field.code in rule.fields:
            state = "" if pack.effective(rule.source) else "（未采用，不生效）"
            limit = f" {rule.params['limit']}" if "limit" in rule.params else ""
            details.append(f"规则 {rule.id}：{rule.message.replace('{limit}', limit.strip())}{state}")
    says = f"{field.name}，{'必填' if field.required else '选填'}"
    found = [basis(pack, item.source, field.name, says)]
    return answer(pack, field.code, "field", field.name, on, found, tuple(details))


@dataclass(frozen=True, slots=True)
class Cited:
    """What a page shows for a rule id kept with an entry: text, citation, days in force, confidence, adoption."""

    id: str
    citation: str
    text: str
    text_en: str
    in_force_from: date
    in_force_to: date | None
    confidence: str
    adopted: bool
    our_choice: bool
    level: str


def cited(pack: Pack, rule: str) -> Cited:
    """The provision a kept rule id names. Several parts joined by ":" (an earlier rule shortened by a later one)
    are all cited. Raises `UnknownProvision`."""
    known = _texts(pack)
    parts = [known[token] for token in rule.split(":") if token in known]
    if not parts:
        raise UnknownProvision(f"没有「{rule}」这条规定。用 xinheng law check 查看规则包里的规定。")
    source = parts[0][0]
    order = ("verified", "likely", "unverified")
    return Cited(
        id=rule,
        citation="；".join(dict.fromkeys(part[0].cited for part in parts)),
        text="；".join(dict.fromkeys(part[1] for part in parts)),
        text_en="; ".join(dict.fromkeys(part[2] for part in parts)),
        in_force_from=source.in_force.first,
        in_force_to=source.in_force.last,
        confidence=max((part[0].confidence for part in parts), key=order.index),
        adopted=all(p[0].confidence != "unverified" or p[0].id in pack.adopted for p in parts),
        our_choice=source.our_choice,
        level=pack.name if source.where.startswith(f"{pack.code}/") else source.where.partition("/")[0],
    )


@lru_cache(maxsize=8)
def _texts(pack: Pack) -> dict[str, tuple[Source, str, str]]:
    """Every id with its source and what it says in two languages. The current version of a provision wins."""
    found: dict[str, tuple[Source, str, str]] = {
        source.id: (source, title, "") for title, source in sources(pack)
    }
    for versions in pack.provisions.values():
        for p in versions:
            found[p.id] = (p.source, p.what, p.what_en)
    for rules in pack.publication.values():
        for version in rules:
            text = "；".join(describe(pack, version))
            found[version.source.id] = (version.source, text, version.name_en)
            for trigger in (*version.triggers, *([version.otherwise] if version.otherwise else [])):
                known = version.classes[trigger.class_code]
                said = (
                    f"{trigger.says}：{_class_line(pack, version, known).partition('）：')[0].rstrip('）')}）"
                )
                found[trigger.id] = (trigger.source, said, f"{trigger.says_en}: {known.name_en}")
    for kind in pack.lists.values():
        if kind.stay:
            said = f"{kind.name}最长 {say_period(kind.stay.period)}，自列入之日起算"
            found[kind.stay.source.id] = (kind.stay.source, said, f"{kind.name_en}: longest stay")
        if kind.early:
            said = f"{kind.name}列入满 {say_period(kind.early.period)}可以申请提前移出，自列入之日起算"
            found[kind.early.source.id] = (kind.early.source, said, f"{kind.name_en}: early exit")
    for setting in pack.settings.values():
        found[setting.source.id] = (setting.source, setting.what, setting.what_en)
    return found
