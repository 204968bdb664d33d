"""What a pack may say about cases: states that lead somewhere, periods and papers that exist, a next remedy for every
outcome against the party; and a lower pack that takes nothing away and lengthens nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinheng.law.build_levels import Content
from xinheng.law.case_types import AGAINST, CaseKind, CaseState
from xinheng.law.checker import longer
from xinheng.law.findings import Report
from xinheng.law.types import Pack, Provision, Source

LOCAL_RANKS = frozenset(
    {"law", "administrative_regulation", "departmental_rule", "local_regulation", "local_rule"}
)
NUMBERS = ("notice-repairable", "notice-ending")


def check_cases(pack: Pack, report: Report) -> None:
    """Every kind of case of the merged pack, the repair table, and the settings cases ask for."""
    for versions in pack.cases.values():
        for kind in versions:
            _check_states(kind, pack, report)
            _check_steps(kind, pack, report)
            _check_ways(kind, report)
    _check_paths(pack, report)
    for name in NUMBERS:
        setting = pack.settings.get(name)
        if setting and not (setting.value.isdigit() and 0 < int(setting.value) <= 365):
            _error(
                report,
                "form",
                setting.source,
                f"{name}.value",
                "应为 1 至 365 的天数",
                '请写成 "30" 的样子。',
            )
    suspension = pack.settings.get("objection_suspension")
    if suspension and suspension.value == "adopted":
        cited = suspension.source.citation
        if cited is None or cited.instrument.rank not in LOCAL_RANKS or suspension.source.our_choice:
            _error(
                report, "basis-too-low", suspension.source, "objection_suspension",
                "异议期间暂停公示须有地方性法规、规章以上的依据", "请写明 citation；没有的写 value: none。",
            )  # fmt: skip


def _error(report: Report, code: str, source: Source, place: str, message: str, remedy: str) -> None:
    report.error(code, f"{source.where}：{place}", message, remedy)


def _check_states(kind: CaseKind, pack: Pack, report: Report) -> None:
    for state in kind.states.values():
        place = f"states[{state.code}]"
        for clock in (state.clock, *state.clock_by_sector.values()):
            if clock and clock not in pack.provisions:
                _error(
                    report,
                    "unknown",
                    kind.source,
                    f"{place}.clock",
                    f"没有期限「{clock}」",
                    "请核对 provisions。",
                )
        for sector in set(state.clock_by_sector) - set(pack.sectors):
            _error(
                report,
                "unknown",
                kind.source,
                f"{place}.clock_by_sector",
                f"没有行业「{sector}」",
                "请核对。",
            )
        for remedy in state.remedies:
            if remedy.provision and remedy.provision not in pack.provisions:
                _error(
                    report, "unknown", kind.source, f"remedies[{remedy.code}]",
                    f"没有期限「{remedy.provision}」", "请核对 provisions。",
                )  # fmt: skip
        if state.final and not state.outcome:
            _error(
                report,
                "outcome-missing",
                kind.source,
                place,
                f"「{state.name}」是终局，没有写结果",
                "请写 outcome。",
            )
        if not state.final and state.outcome:
            _error(
                report,
                "outcome-early",
                kind.source,
                place,
                f"「{state.name}」不是终局，不能写结果",
                "请删去 outcome。",
            )
        if state.outcome in AGAINST and not state.remedies:
            _error(
                report, "remedy-missing", kind.source, place,
                f"「{state.name}」对当事人不利，没有写明救济途径", "请写 remedies：复议、诉讼等。",
            )  # fmt: skip


def _check_steps(kind: CaseKind, pack: Pack, report: Report) -> None:
    seen: set[str] = set()
    for step in kind.steps:
        place = f"steps[{step.code}]"
        if step.code in seen:
            _error(report, "twice", kind.source, place, f"步骤「{step.code}」写了两次", "请换一个代码。")
        seen.add(step.code)
        if step.document and step.document not in kind.papers:
            _error(
                report, "unknown", kind.source, place, f"没有文书「{step.document}」", "请在 papers 里写明。"
            )
        if step.extends and step.extends not in pack.provisions:
            _error(
                report, "unknown", kind.source, place, f"没有期限「{step.extends}」", "请核对 provisions。"
            )
        if step.extends and not step.once:
            _error(report, "endless", kind.source, place, "延长期限只能一次", "请写 once: true。")
        for setting in (step.setting, step.four_eyes_setting):
            if setting and setting not in pack.settings:
                _error(
                    report, "unknown", kind.source, place, f"没有设置「{setting}」", "请核对 settings.yaml。"
                )
        for item in set(step.never_items) - set(pack.items):
            _error(report, "unknown", kind.source, place, f"没有目录项「{item}」", "请核对代码。")
        for sector in set(step.never_sectors) - set(pack.sectors):
            _error(report, "unknown", kind.source, place, f"没有行业「{sector}」", "请核对代码。")
        if not step.from_ and step.to != kind.initial:
            _error(report, "form", kind.source, place, "开始的步骤应进入 initial", "请核对 to。")


def _check_ways(kind: CaseKind, report: Report) -> None:
    """Every state can be reached; out of every state that is not final a way leads to a final one."""
    reached = {kind.initial}
    ends = {code for code, state in kind.states.items() if state.final}
    for _ in kind.states:
        reached |= {step.to for step in kind.steps if set(step.from_) & reached}
        ends |= {code for step in kind.steps if step.to in ends for code in step.from_}
    for code, state in kind.states.items():
        place = f"states[{code}]"
        if code not in reached:
            _error(
                report,
                "unreachable",
                kind.source,
                place,
                f"没有步骤能到「{state.name}」",
                "请补上步骤，或者删去。",
            )
        turn = [step for step in kind.steps_from(code) if state.desk in step.who]
        if not state.final and state.desk != "none" and not turn:
            _error(
                report,
                "idle-desk",
                kind.source,
                place,
                f"「{state.name}」轮到的一方没有可做的步骤",
                "请核对 desk 和 who。",
            )
        if code not in ends:
            _error(
                report,
                "no-way-out",
                kind.source,
                place,
                f"「{state.name}」没有出路",
                "请补上走向终局的步骤。",
            )


def _check_paths(pack: Pack, report: Report) -> None:
    for path in pack.repair.paths:
        place = f"paths[{path.id}]"
        for item in set(path.items) - set(pack.items) - {"*"}:
            _error(report, "unknown", path.source, place, f"没有目录项「{item}」", "请核对代码。")
        for sector in set(path.sectors) - set(pack.sectors):
            _error(report, "unknown", path.source, place, f"没有行业「{sector}」", "请核对代码。")
        for window in set(path.windows) - set(pack.repair.windows):
            _error(report, "unknown", path.source, place, f"没有窗口「{window}」", "请在 windows 里写明。")
        if not path.windows:
            _error(report, "window-missing", path.source, place, "没有写向哪里申请", "请写 windows。")
        if not path.repairable and not all(path.why_not):
            _error(report, "why-missing", path.source, place, "不可修复的要写明理由和出路", "请写 why_not。")


def check_case_levels(levels: Sequence[Content], report: Report) -> None:
    """A level that writes a kind of case again, against the kind above it."""
    above: dict[str, list[CaseKind]] = {}
    provisions: dict[str, list[Provision]] = {}
    for at, level in enumerate(levels):
        for one in level.provisions:
            provisions.setdefault(one.id, []).append(one)
        for kind in level.cases:
            for parent in above.get(kind.code, []):
                _compare(kind, parent, provisions, report)
        for kind in level.cases:
            above.setdefault(kind.code, []).append(kind)
        if at and level.repair.paths:
            source = level.repair.paths[0].source
            _heavier(report, source, "paths", "地方包不得改写修复的途径和条件，只可以写本地的窗口")


def _heavier(report: Report, source: Source, place: str, message: str) -> None:
    remedy = "下级只能相同或者更有利于当事人，请改回上级的规定。"
    _error(report, "heavier-than-above", source, place, message, remedy)


def _compare(
    kind: CaseKind, parent: CaseKind, provisions: Mapping[str, list[Provision]], report: Report
) -> None:
    source = kind.source
    for code, theirs in parent.states.items():
        mine = kind.states.get(code)
        if mine is None:
            _heavier(report, source, f"states[{code}]", f"少了上级的「{theirs.name}」")
            continue
        _compare_state(mine, theirs, provisions, source, report)
    for step in parent.steps:
        own = kind.by_step.get(step.code)
        if own is None:
            _heavier(report, source, f"steps[{step.code}]", f"少了上级的「{step.name}」")
            continue
        place = f"steps[{step.code}]"
        if "subject" in step.who and "subject" not in own.who:
            _heavier(report, source, place, f"「{step.name}」上级许可当事人自己做")
        if "subject" in step.who and set(own.needs) - set(step.needs):
            _heavier(report, source, place, f"「{step.name}」比上级多要了材料")
        if set(step.from_) - set(own.from_) and "subject" in step.who:
            _heavier(report, source, place, f"「{step.name}」比上级少了可以提出的时候")
        if (own.to, own.effect) != (step.to, step.effect):
            _heavier(report, source, place, f"「{step.name}」的结果与上级不同")
        if (step.once and not own.once) or set(step.never_items) - set(own.never_items):
            _heavier(report, source, place, f"「{step.name}」放宽了上级的限制")


def _compare_state(
    mine: CaseState,
    theirs: CaseState,
    provisions: Mapping[str, list[Provision]],
    source: Source,
    report: Report,
) -> None:
    place = f"states[{mine.code}]"
    if (mine.final, mine.outcome) != (theirs.final, theirs.outcome):
        _heavier(report, source, place, f"「{theirs.name}」的结果与上级不同")
    if gone := {one.code for one in theirs.remedies} - {one.code for one in mine.remedies}:
        _heavier(report, source, place, f"「{theirs.name}」少了救济途径 {'、'.join(sorted(gone))}")
    sectors = {"", *mine.clock_by_sector, *theirs.clock_by_sector}
    for sector in sorted(sectors):
        own = mine.clock_by_sector.get(sector, mine.clock)
        upper = theirs.clock_by_sector.get(sector, theirs.clock)
        if upper and not own:
            _heavier(report, source, place, f"「{theirs.name}」少了上级的期限")
        for one in provisions.get(own, []) if own != upper else []:
            if any(longer(one.period, other.period) for other in provisions.get(upper, [])):
                _heavier(report, source, f"{place}.clock", f"「{theirs.name}」的期限比上级长")
                break
