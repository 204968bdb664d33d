"""What the papers of a listing say, beside what the engine knows: facts, provision, stay, exits, rights. Pure texts."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.lists import kinds
from xinheng.lists.types import EXIT_NAMES


def prior_notice(case: cases.CaseFacts, kind: law.ListKind, facts: str, on: date) -> dict[str, Any]:
    """拟列入告知书: facts, reasons, provision, what it would bring, and the right to be heard."""
    until = kinds.stay_end(kind, on)
    return {
        "entry": _entry(case, kind),
        "paragraphs": [
            f"经查，{_sentence(facts)}",
            f"上述情形符合「{kind.name}」的列入情形，依据{_basis(case, kind)}，我单位拟将你单位列入该名单。",
            f"列入以后，自列入决定作出之日起最长停留至期满（如今天决定，至 {_iso(until)}），期间依法公示；"
            "有关部门可以依法依规采取与之相关的措施，由各该部门依法决定。",
            "你单位有权陈述和申辩，不会因为陈述申辩而加重；期限届满以前不作出列入决定。逾期没有提出的，视为没有意见。",
        ],
        "law": _law(kind),
    }  # fmt: skip


def decision(
    case: cases.CaseFacts, kind: law.ListKind, facts: str, on: date, until: date | None
) -> dict[str, Any]:
    """列入决定书: with its end, the first day of the warning, every exit and the paper each one needs."""
    warning = kinds.warning_on(kind, until)
    return {
        "case_kind": "listing",
        "entry": _entry(case, kind),
        "lead": f"关于你单位列入「{kind.name}」一案，我单位已经核查终结，现作出如下决定。",
        "paragraphs": [
            f"经查，{_sentence(facts)}",
            f"依据{_basis(case, kind)}，决定自 {on.isoformat()} 起将你单位列入「{kind.name}」"
            f"{f'，停留期限到 {until.isoformat()} 为止，以后不延长' if until else ''}。",
        ],
        "items_title": "移出的条件和文书",
        "items": [{"text": f"{EXIT_NAMES[one.kind][0]}：{one.zh}{f'（{one.document}）' if one.document else ''}"}
                  for one in kind.exits],
        "dates": [
            {"label": "停留期限届满（期满自动移出，不用申请）", "date": _iso(until)},
            *([{"label": "届满提醒起始日", "date": _iso(warning)}] if warning else []),
        ],
        "law": _law(kind),
    }  # fmt: skip


def repair_notice(
    case: cases.CaseFacts,
    kind: law.ListKind,
    facts: str,
    decided: cases.Document,
    on: date,
    until: date | None,
) -> dict[str, Any]:
    """信用修复告知书: what ends the entry, from when, where to go, with what."""
    pack = law.active()
    item = kind.item or kinds.SERIOUS
    early = _early(pack, kind, item, decided.made_on)
    path = law.repair_path(pack=pack, item=item, authority=case.body, sector=case.sector, on=on)
    wanted = [*(one.zh for one in path.conditions), *(one.zh for one in path.materials)]
    dates = [
        {"label": "公示截止日（期满自动停止公示）", "date": _iso(until)},
        *(
            [{"label": "最早可以申请提前移出之日", "date": _iso(early)}]
            if early and not (until and early > until)
            else []
        ),
    ]
    return {
        "case_kind": "repair",
        "entry": [{"label": "决定文书号", "value": decided.number}, *_entry(case, kind)],
        "paragraphs": [f"你单位于 {decided.made_on.isoformat()} 被列入「{kind.name}」。"],
        "items": [{"text": text} for text in wanted],
        "dates": dates,
        "law": [{"citation": path.provision, "confidence": path.confidence}],
        "windows": [f"{one.name}：{one.how}" for one in path.windows],
        "outcome": "",
        "remedies": [],
    }  # fmt: skip


def leaving(case: cases.CaseFacts, kind: law.ListKind, exit_: str, step: cases.StepFacts) -> dict[str, Any]:
    """移出决定书: which exit, and what it means."""
    means = {
        "removal": "自今日起移出名单，停止公示、共享和使用，依据它采取的措施应当解除。",
        "correction": "列入有误，予以更正并移出，视为没有列入；各处的公示一并撤下。",
        "revocation": "列入决定已被撤销，自始没有效力；各处的公示一并撤下。",
    }  # fmt: skip
    found = kind.exit(exit_)
    ruling = str(step.detail.get("ruling", ""))
    return {
        "case_kind": "listing",
        "title": f"{EXIT_NAMES[exit_][0]}严重失信主体名单决定书",
        "entry": [*_entry(case, kind), *([{"label": "撤销的文书", "value": ruling}] if ruling else [])],
        "paragraphs": [means[exit_]],
        **({"law": [_cited(found.source)]} if found is not None else {}),
    }  # fmt: skip


def body_name(code: str) -> str:
    """A unit's name by the pack, or its code."""
    known = law.department(pack=law.active(), uscc=code)
    return known.name if known is not None else code


def _entry(case: cases.CaseFacts, kind: law.ListKind) -> list[dict[str, str]]:
    papers = "、".join(str(one) for one in case.detail.get("documents") or ())
    return [{"label": "名单种类", "value": kind.name}, {"label": "证明事实的文书", "value": papers}]


def _basis(case: cases.CaseFacts, kind: law.ListKind) -> str:
    return str(case.detail.get("basis", "")) or "；".join(str(one) for one in kind.basis) or kind.source.cited


def _law(kind: law.ListKind) -> list[dict[str, str]]:
    return [_cited(kind.source)]


def _cited(source: law.Source) -> dict[str, str]:
    return {"citation": source.cited, "confidence": str(source.confidence)}


def _early(pack: law.Pack, kind: law.ListKind, item: str, decided_on: date) -> date | None:
    shape = pack.items[item]
    ends = law.ends_of(pack=pack, item=shape, values={shape.card.kind: kind.name})
    return law.window(
        pack=pack, item=shape, severity="", decided_on=decided_on, received_on=decided_on, ends=ends
    ).earliest_repair


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith("。") else f"{text}。"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
