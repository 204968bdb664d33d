"""Which measures an entry gives a ground for, and whether a department may take one. Pure: hints, never decisions.

A ground has effect when it is in force, verified or likely or adopted, names the use and the matter, and lets the
department's sector; the entry must stand, undisputed, and be of the class the ground needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from xinheng.law.measure_types import EntryFacts, Ground, Hint, Measure, MeasureAnswer, Refusal, Use
from xinheng.law.policy_cases import sector_chain
from xinheng.law.policy_ends import end_of
from xinheng.law.policy_uses import decides, list_code, matter, subject_of
from xinheng.law.types import Pack

RANK = {"": 0, "open": 0, "undetermined": 0, "minor": 1, "ordinary": 2, "serious": 3}
STRENGTH_SAYS = {"must": ("应当", "shall"), "may": ("可以", "may")}
ALL_LISTS, SERIOUS = "*", "serious-list"
FURTHEST: tuple[Refusal, ...] = (
    "no-basis", "not-this-department", "out-of-proportion", "entry-ended", "entry-repaired", "entry-disputed",
)  # fmt: skip
"""Of several refusals the one that came nearest to a yes is told."""


def measures(pack: Pack, on: date) -> dict[str, Measure]:
    """The measures in force on a day, each with its grounds in force that day, adopted or not."""
    return dict(_in_force(pack, on))


@lru_cache(maxsize=64)
def _in_force(pack: Pack, on: date) -> dict[str, Measure]:
    found = {}
    for measure in pack.measures.values():
        grounds = tuple(one for one in measure.grounds if on in one.source.in_force)
        if on in measure.source.in_force and grounds:
            found[measure.code] = replace(measure, grounds=grounds)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A measure with one ground of it, and what is always said of the two. Kept, and compared by identity."""

    measure: Measure
    ground: Ground
    cited: str
    pending: bool


def _line(measure: Measure, ground: Ground) -> Line:
    return Line(measure, ground, ground.source.cited, ground.source.confidence == "unverified")


@lru_cache(maxsize=4096)
def _open(pack: Pack, use: str, matter_code: str, sector: str, subject: str, on: date) -> tuple[Line, ...]:
    """What may be taken at all in this use and matter, by this sector, against this kind of organisation, that day."""
    return tuple(
        _line(measure, ground)
        for measure in _in_force(pack, on).values()
        if subject in measure.subjects
        for ground in measure.grounds
        if has_effect(pack, measure, ground)
        and _of_use(ground, use, matter_code)
        and _by(pack, ground, sector)
    )


def has_effect(pack: Pack, measure: Measure, ground: Ground) -> bool:
    """Whether a ground is law here: cited, not a choice of ours, and verified, likely or adopted. The checker refuses others;
    this holds for a pack kept from before it, too."""
    return all(
        source.citation is not None and not source.our_choice and pack.effective(source)
        for source in (measure.source, ground.source)
    )


def _of_use(ground: Ground, use: str, matter_code: str) -> bool:
    return use in ground.uses and (not ground.matters or matter_code in ground.matters)


def _by(pack: Pack, ground: Ground, sector: str) -> bool:
    return not ground.by or bool(set(sector_chain(pack, sector)) & set(ground.by))


def _touches(pack: Pack, ground: Ground, item: str, list_kind: str, severity: str) -> bool:
    kind = pack.lists.get(list_code(pack, list_kind)) if list_kind else None
    if kind is not None and (
        kind.code in ground.lists or (ALL_LISTS in ground.lists and kind.item == SERIOUS)
    ):
        return True
    return any(item == code and (not classes or severity in classes) for code, classes in ground.items)


def _in_proportion(pack: Pack, ground: Ground, list_kind: str, severity: str) -> bool:
    """A listing is of the serious class by law; a penalty has the class it was put into."""
    return list_code(pack, list_kind) in pack.lists or RANK.get(severity, 0) >= RANK[ground.proportion]


@lru_cache(maxsize=16384)
def _fitting(
    pack: Pack, use: str, matter_code: str, sector: str, subject: str, on: date,
    item: str, list_kind: str, severity: str,
) -> tuple[Line, ...]:  # fmt: skip
    return tuple(
        line
        for line in _open(pack, use, matter_code, sector, subject, on)
        if _touches(pack, line.ground, item, list_kind, severity)
        and _in_proportion(pack, line.ground, list_kind, severity)
    )


def _standing(entry: EntryFacts, on: date) -> Refusal:
    """Why the entry itself carries no measure on a day; "" where it does."""
    if entry.state == "ended" or (entry.until is not None and entry.until < on):
        return "entry-ended"
    if entry.state in ("repaired", "suppressed"):
        return "entry-repaired"
    return "entry-disputed" if entry.disputed else ""


def _until(ground: Ground, entry: EntryFacts) -> date | None:
    """As long as the entry counts, or to the end of the ground's own period where that is sooner."""
    if ground.until == "entry" or entry.since is None:
        return entry.until
    end = end_of(ground.until, entry.since)
    return min(one for one in (entry.until, end) if one is not None)


def hints(
    pack: Pack,
    use: Use,
    matter_code: str,
    sector: str,
    subject_kind: str,
    entries: tuple[EntryFacts, ...],
    on: date,
) -> tuple[Hint, ...]:
    """The measures the entries give a ground for, adverse ones first as the pack has them: only those allowed."""
    if not entries:
        return ()
    subject = subject_of(subject_kind)
    found: list[Hint] = []
    for entry in entries:
        if _standing(entry, on):
            continue
        for line in _fitting(
            pack, use.code, matter_code, sector, subject, on, entry.item, entry.list_kind, entry.severity
        ):
            until = _until(line.ground, entry)
            if (until is None or until >= on) and not _spoilt(pack, line.ground, entries, on):
                found.append(_hint(line, entry.ref, until, "", _says(line, until)))
    return tuple(found)


def _spoilt(pack: Pack, ground: Ground, entries: tuple[EntryFacts, ...], on: date) -> bool:
    """Whether an entry that counts keeps this incentive from being given."""
    return bool(ground.unless) and any(
        one.item in ground.unless and _standing(one, on) in ("", "entry-disputed") for one in entries
    )


def _hint(line: Line, ref: int, until: date | None, refused: Refusal, says: tuple[str, str]) -> Hint:
    measure, ground = line.measure, line.ground
    return Hint(
        measure.code, measure.name, measure.name_en, measure.side, ground.strength, ground.code, line.cited,
        ground.source.confidence, line.pending, ref, ground.scope_text, ground.scope_text_en, until, refused, *says,
    )  # fmt: skip


def _saying(line: Line, until: date | None) -> tuple[str, str]:
    measure, ground = line.measure, line.ground
    verb, verb_en = STRENGTH_SAYS[ground.strength]
    mark, mark_en = ("（待核实）", " (to be verified)") if line.pending else ("", "")
    end = f"，至 {until.isoformat()}" if until else "，至该条信息停止使用为止"
    end_en = f", until {until.isoformat()}" if until else ", until the entry is no longer used"
    zh = f"依据{line.cited}，{verb}{measure.name}{mark}：{ground.scope_text}{end}。由该部门依法决定。"
    en = (
        f"By {line.cited} the department {verb_en} apply “{measure.name_en}”{mark_en}: "
        f"{ground.scope_text_en}{end_en}. A hint: the department decides."
    )
    return zh, en


_says = lru_cache(maxsize=16384)(_saying)


WHY: dict[Refusal, tuple[str, str]] = {
    "no-basis": (
        "没有现行有效的依据：这一措施不在清单上，或者不适用于这一事项、这类主体、这条信息，不得采取。",
        "No basis in force for this measure in this matter, on this kind of organisation or on these entries.",
    ),
    "not-this-department": (
        "依据没有授权这一行业的部门采取这一措施，请由有权的部门决定。",
        "The provision does not let departments of this sector take this measure.",
    ),
    "out-of-proportion": (
        "与失信程度不相当：依据要求更重的失信程度，不得采取。",
        "Out of proportion: the provision needs a graver class than this entry has.",
    ),
    "entry-ended": (
        "该条信息已经移出或者期限届满，不再作为依据。",
        "The entry has left its list or its period has ended; it is no ground any more.",
    ),
    "entry-repaired": (
        "该条信息已经修复（或者重整期间暂停），依据它的措施应当解除，不得再采取。",
        "The entry was repaired (or rests during reorganisation): measures resting on it are lifted.",
    ),
    "entry-disputed": (
        "该条信息正在异议办理中，办结以前不据此采取措施。",
        "The entry is under objection: no measure rests on it until that is decided.",
    ),
}
NOT_ADOPTED = (
    "依据待核实，本办公室尚未采用（待采用），没有效力，不得采取。",
    "The provision is unverified and not adopted by this office: it has no effect.",
)
SPOILT = (
    "还有计入的失信信息，在其移出、修复或者更正以前不给予这一激励。",
    "An adverse entry counts: while it does, this incentive is not given.",
)
NOT_LISTED = (
    "这一措施不在失信惩戒措施清单和守信激励清单上，没有依据，不得采取。",
    "This measure is not in the list: there is no basis for it.",
)


def may_apply(
    pack: Pack,
    measure: str,
    sector: str,
    use: Use,
    matter_code: str,
    subject_kind: str,
    entries: tuple[EntryFacts, ...],
    on: date,
) -> MeasureAnswer:
    """Whether a department of a sector may take a measure in a matter on these entries; every entry is answered."""
    found = _in_force(pack, on).get(measure)
    if found is None:
        listed = pack.measures.get(measure)
        return _refused(listed, measure, "no-basis", (), WHY["no-basis"] if listed else NOT_LISTED)
    live = [one for one in found.grounds if has_effect(pack, found, one)]
    if not live:
        return _refused(found, measure, "no-basis", (), NOT_ADOPTED)
    if subject_of(subject_kind) not in found.subjects:
        return _refused(found, measure, "no-basis", (), WHY["no-basis"])
    allowed: list[Hint] = []
    denied: list[Hint] = []
    for entry in entries:
        answers = []
        for ground in live:
            if _touches(pack, ground, entry.item, entry.list_kind, entry.severity):
                why = _refusal(pack, ground, use, matter_code, sector, entry, entries, on)
                line, until = _line(found, ground), _until(ground, entry)
                kept = why == "no-basis" and _of_use(ground, use.code, matter_code)
                said = SPOILT if kept else WHY[why] if why else _saying(line, until)
                answers.append(_hint(line, entry.ref, until, why, said))
        yes = [one for one in answers if not one.refused]
        allowed += yes
        if answers and not yes:
            denied.append(max(answers, key=lambda one: FURTHEST.index(one.refused)))
    if allowed:
        return _allowed(found, tuple(allowed), tuple(denied))
    furthest: Refusal = max((one.refused for one in denied), key=FURTHEST.index, default="no-basis")
    unadopted = [one for one in found.grounds if one not in live]
    waiting = furthest == "no-basis" and any(
        _touches(pack, ground, one.item, one.list_kind, one.severity)
        and _of_use(ground, use.code, matter_code)
        for ground in unadopted
        for one in entries
    )
    says = WHY[furthest]
    if furthest == "no-basis":
        kept = any(_of_use(one, use.code, matter_code) and _spoilt(pack, one, entries, on) for one in live)
        says = SPOILT if kept else NOT_ADOPTED if waiting else says
    return _refused(found, measure, furthest, tuple(denied), says)


def _refusal(
    pack: Pack,
    ground: Ground,
    use: Use,
    matter_code: str,
    sector: str,
    entry: EntryFacts,
    entries: tuple[EntryFacts, ...],
    on: date,
) -> Refusal:
    if not _of_use(ground, use.code, matter_code) or _spoilt(pack, ground, entries, on):
        return "no-basis"
    if not _by(pack, ground, sector) or not decides(pack, matter_code, sector):
        return "not-this-department"
    if not _in_proportion(pack, ground, entry.list_kind, entry.severity):
        return "out-of-proportion"
    standing = _standing(entry, on)
    until = _until(ground, entry)
    return standing or ("entry-ended" if until is not None and until < on else "")


def _allowed(measure: Measure, found: tuple[Hint, ...], denied: tuple[Hint, ...]) -> MeasureAnswer:
    """`must` where one provision says so; until the last day any of them reaches, None where one is open."""
    strength = "must" if any(one.strength == "must" for one in found) else "may"
    ends = [one.until for one in found]
    until = None if None in ends else max(one for one in ends if one is not None)
    verb, verb_en = STRENGTH_SAYS[strength]
    citations = tuple(dict.fromkeys(one.citation for one in found))
    end = f"至 {until.isoformat()}" if until else "至有关信息停止使用为止"
    end_en = f"until {until.isoformat()}" if until else "until the entries are no longer used"
    says = f"{verb}{measure.name}，{end}，依据{'；'.join(citations)}。这是提示，由该部门依法决定。"
    says_en = f"The department {verb_en} apply “{measure.name_en}”, {end_en}, by {'; '.join(citations)}. A hint: the department decides."
    return MeasureAnswer(
        measure.code, measure.name, measure.name_en, True, strength, "", found, denied, says, says_en,  # type: ignore[arg-type]
        citations, until, any(one.pending for one in found),
    )  # fmt: skip


def _refused(
    measure: Measure | None, asked: str, why: Refusal, denied: tuple[Hint, ...], says: tuple[str, str]
) -> MeasureAnswer:
    name, name_en = (measure.name, measure.name_en) if measure else (asked, asked)
    lead, lead_en = f"不能{name}：", f"“{name_en}” may not be applied: "
    if measure is None or measure.side == "incentive":
        lead = f"不能{'采取' if measure is None else '给予'}「{name}」："
    citations = tuple(dict.fromkeys(one.citation for one in denied))
    return MeasureAnswer(
        asked, name, name_en, False, "", why, (), denied, lead + says[0], lead_en + says[1], citations, None, False
    )  # fmt: skip


def known_matter(pack: Pack, code: str) -> bool:
    """Whether the matters directory has this matter."""
    return matter(pack, code) is not None
