"""A department's own rules laid against the list of measures: what is extra, heavier, on persons, or without a basis (F5).

Pure. It reads words, not meaning: a finding is where a person must look, and says which provision to look at. `ok` is
said only where the facts a sentence names have a ground in force for the measure and nothing goes beyond it; where the
words do not tell the facts, the finding is `unsure`. What it finds nothing to say about is not thereby lawful.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xinheng.kernel.personal import redact
from xinheng.law.errors import RulesUnreadable
from xinheng.law.measure_types import Ground, Measure, RuleFinding, RuleKind
from xinheng.law.policy_measures import ALL_LISTS, has_effect, measures
from xinheng.law.policy_rule_facts import (
    ANY_CLASS,
    FOREVER,
    STRICT,
    WHOLE,
    WIDER,
    Named,
    carries,
    facts_named,
    in_uses,
    months,
    penalty_rank,
    word_pattern,
    years,
)
from xinheng.law.types import Pack

LIMIT = 2_000_000
"""The largest rules document that is read, in bytes."""
SHOWN = 300
LONGEST = 36
"""Months an entry counts at most where no kind of list with a longer stay is named."""
PERSONS = (
    ("限制任职", r"(?:不得|限制|禁止)[^，。；]{0,12}(?:任职|担任|任用|录用|招录|提拔)"),
    ("限制消费", r"限制(?:高)?消费|(?:不得|限制|禁止)[^，。；]{0,8}(?:乘坐|购买)[^，。；]{0,6}(?:飞机|高铁|动车|不动产|房产)"),
    ("限制出境", r"(?:不得|限制|禁止|阻止)[^，。；]{0,6}出境"),
    ("限制升学", r"(?:不得|限制|禁止|取消)[^，。；]{0,14}(?:升学|入学|复学|就读|子女)"),
)  # fmt: skip
PERSON = re.compile(
    r"法定代表人|法人代表|负责人|股东|董事|监事|高管|高级管理人员|实际控制人|从业人员|责任人|失信人员|个人|本人|家属|配偶|子女|身份证"
)
BAR = re.compile(
    r"取消|限制|禁止|不予|不得|不准|暂停|停止|停办|撤销|扣减|扣除|扣分|拒绝|上浮|提高[^，。；]{0,6}(?:保证金|费率|价格|税率|频次)"
    r"|加收|曝光|一票否决|黑名单|从严|降低[^，。；]{0,6}等级|列为重点|纳入重点|纳入征信|推送征信|联合惩戒|加大[^，。；]{0,6}频次"
    r"|冻结|查封|扣押|断水|断电|断供|停水|停电|清退|驱逐|约谈|停业整顿|注销|公示照片|张贴"
)
CREDIT = re.compile(
    r"失信|信用|名单|不良(?:行为|记录)|被执行人|黑榜|评级|信用等级|守信|处罚|经营异常|拖欠|欠税|承诺"
)
OWN_LIST = re.compile(
    r"黑榜|黑名单|红黑榜|灰名单|失信榜|曝光台|重点关注名单|(?:列入|纳入|建立|设立|公布)[^，。；]{0,6}(?:本市|本县|本区|本局|本镇|我市|我县|我区|我局|自行)[^，。；]{0,10}(?:名单|名录|榜)"
)
CONDITION = re.compile(r"(?:的|者|后|时|起|期间|情形之一|企业|单位|主体|公司|组织)$")
"""How a clause ends that says when, or about whom: no measure of its own."""
BARE = re.compile(
    r"^(?:且|并|均|也)?(?:(?:永久|终身|终生|长期|[^，]{0,6}年(?:以?内)?)\s*)?(?:不得|禁止|不准)(?:再次?)?(?:参加|参与|申请|申报|享受|办理|恢复)?$"
)
"""A clause that only goes on with the measure before it: how long, that it may not."""
TENDER = re.compile(r"投标|招标|评标|采购|供应商|磋商")
BONUS = re.compile(r"加\s*\d{0,3}(?:\.\d+)?\s*分|加分|评分项|得分")
REPORT = re.compile(
    r"(?:提交|提供|出具|附|具备|持有)[^，。；]{0,16}信用(?:评级)?报告|信用报告[^，。；]{0,10}(?:作为|资格|条件)"
)


def rules_rows(name: str, content: bytes) -> tuple[str, ...]:
    """The lines of a rules document by its file name: TXT and MD by line, CSV by row (cells joined). UTF-8 or GB 18030.

    Raises `RulesUnreadable`: another kind of file, too large, or not text."""
    kind = name.lower().rpartition(".")[2]
    if kind not in ("txt", "md", "csv"):
        raise RulesUnreadable(f"「{name}」不是可以对照的格式。请另存为 TXT、MD 或者 CSV 再上传。")
    if len(content) > LIMIT:
        raise RulesUnreadable(f"「{name}」有 {len(content)} 字节，超过 {LIMIT} 字节。请分成几份上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RulesUnreadable(f"「{name}」不是文字（UTF-8 或者 GB 18030）。请另存为文本再上传。")
    if "\x00" in text:
        raise RulesUnreadable(f"「{name}」不是文字。请另存为文本再上传。")
    if kind == "csv":
        try:
            return tuple(
                "，".join(cell.strip() for cell in row if cell.strip())
                for row in csv.reader(io.StringIO(text))
            )
        except csv.Error:
            raise RulesUnreadable(f"「{name}」不是完好的 CSV。请用表格软件另存一次再上传。") from None
    return tuple(text.splitlines())


def rules_audit(pack: Pack, text: str | Sequence[str], on: date) -> tuple[RuleFinding, ...]:
    """One finding for each measure a sentence of the rules names, in order; numbers and the like are masked."""
    lines = text.splitlines() if isinstance(text, str) else list(text)
    found: list[RuleFinding] = []
    for at, line in enumerate(lines, 1):
        for sentence in re.split(r"[。；;！!?？\n]", line):
            found += _sentence(pack, at, sentence.strip(), on)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Part:
    """A clause of a sentence that names measures, with the clauses that only go on with it."""

    text: str
    measures: tuple[Measure, ...]


def _sentence(pack: Pack, line: int, text: str, on: date) -> Iterator[RuleFinding]:
    if not text:
        return
    shown = redact(text)[0][:SHOWN]
    if told := _tender(pack, line, text, shown):
        yield told
        return
    clauses = [one.strip() for one in re.split(r"[，,、]", text) if one.strip()]
    if not CREDIT.search(text) and not any(_named(pack, one, on) for one in clauses):
        clauses = [one for one in clauses if _person(one)]
    person = next((name for one in clauses if (name := _person(one))), "")
    if person:
        yield _finding(
            line, shown, "", "on-persons", "", f"「{person}」是对人的措施，不属于本系统的清单；法律另有规定的由有权机关依法作出，本文件不得自行规定",
            "A measure on persons: not in this list, and not for a department's own rules",
        )  # fmt: skip
    lead, parts, own, extra = _parts(pack, [one for one in clauses if not _person(one)], on)
    for part in parts:
        for measure in part.measures:
            yield _against(pack, line, shown, lead, part.text, measure)
    if own:
        yield _finding(
            line, shown, "", "not-in-list", "",
            f"「{own}」不是国家规定的名单；地方和部门不得自行设立失信名单，只有地方性法规可以",
            "A list of its own: lists are set by law or central policy, locally by a local regulation alone",
        )  # fmt: skip
    elif extra and not person:
        yield _finding(
            line, shown, "", "not-in-list", "",
            f"「{redact(extra)[0][:60]}」不在失信惩戒措施清单上；没有法律、法规或者党中央、国务院政策文件依据的，应当清理",
            "Not in the list of measures: to be removed unless a law, regulation or central policy says so",
        )  # fmt: skip


def _person(clause: str) -> str:
    """The measure on persons a clause names; "" where it names none."""
    name = next((name for name, pattern in PERSONS if re.search(pattern, clause)), "")
    return name or ("对个人的限制" if PERSON.search(clause) and BAR.search(clause) else "")


def _named(pack: Pack, clause: str, on: date) -> tuple[Measure, ...]:
    found = [
        one
        for one in measures(pack, on).values()
        if any(word_pattern(word).search(clause) for word in (one.name, *one.words))
    ]
    return tuple([one for one in found if one.side == "adverse"] or found)


def _parts(pack: Pack, clauses: Sequence[str], on: date) -> tuple[str, list[Part], str, str]:
    """What is said before the first measure, each clause with its measures, a list of its own, and a measure of none."""
    lead: list[str] = []
    parts: list[Part] = []
    own = extra = ""
    for clause in clauses:
        if found := _named(pack, clause, on):
            parts.append(Part(clause, found))
            continue
        if OWN_LIST.search(clause):
            own = own or redact(clause)[0][:60]
        elif BAR.search(clause) and not CONDITION.search(clause) and not (parts and BARE.search(clause)):
            extra = extra or clause
        if parts:
            parts[-1] = Part(f"{parts[-1].text}，{clause}", parts[-1].measures)
        else:
            lead.append(clause)
    return "，".join(lead), parts, own, extra


def _against(pack: Pack, line: int, shown: str, lead: str, own: str, measure: Measure) -> RuleFinding:
    """One measure a sentence names, against the grounds in force that the facts it names have."""
    text = f"{lead}，{own}"
    live = [one for one in measure.grounds if has_effect(pack, measure, one)]
    facing = in_uses(live, own)
    facts = facts_named(pack, own)
    if facts.nothing:
        facts = facts_named(pack, lead)
    fitting = [one for one in facing if _carried(one, facts)]
    cited = "；".join(dict.fromkeys(one.source.cited for one in fitting or facing or live))
    lacking = (
        _lacking(facts, facing) if live else [("没有现行有效的依据（待采用）", "nothing here is in force")]
    )
    graver = _heavier(pack, text, fitting or facing or live, facts) if measure.side == "adverse" else []
    name, name_en = measure.name, measure.name_en
    if lacking:
        why, why_en = _joined([*lacking, *graver])
        return _finding(
            line, shown, measure.code, "no-basis", cited, f"「{name}」没有现行有效的依据：{why}",
            f"“{name_en}” has no basis in force here: {why_en}",
        )  # fmt: skip
    if graver:
        why, why_en = _joined(graver)
        return _finding(
            line, shown, measure.code, "heavier", cited, f"比「{name}」的依据重：{why}",
            f"Heavier than the basis of “{name_en}”: {why_en}",
        )  # fmt: skip
    if facts.nothing:
        return _finding(
            line, shown, measure.code, "unsure", cited,
            f"「{name}」在清单上，但凭字句看不出这里对谁、凭哪些信息采取；请人工核对：写明名单或者信息的种类，并与依据逐一对照",
            f"“{name_en}” is in the list, but the words do not say on which facts: to be judged by a person",
        )  # fmt: skip
    scope = "；".join(dict.fromkeys(one.scope_text for one in fitting))
    may = "；依据是“可以”，逐件裁量" if all(one.strength == "may" for one in fitting) else ""
    return _finding(
        line, shown, measure.code, "ok", cited,
        f"与「{name}」的依据相符{may}；请写明依据，并不超出它的范围（{scope}）；由部门依法决定",
        f"Agrees with a basis of “{name_en}”: cite the provision and keep to its scope; the department decides",
    )  # fmt: skip


def _joined(reasons: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return "；".join(zh for zh, _ in reasons), "; ".join(en for _, en in reasons)


def _carried(ground: Ground, facts: Named) -> bool:
    """Whether a ground rests on any of the facts named; on none named, any may be meant."""
    if facts.nothing:
        return True
    least = penalty_rank(ground)
    return (
        any(carries(ground, kind) for kind in facts.kinds)
        or (facts.every and ALL_LISTS in ground.lists)
        or (facts.penalty >= 0 and least is not None)
        or any(item in facts.items for item, _ in ground.items)
    )


def _lacking(facts: Named, grounds: Sequence[Ground]) -> list[tuple[str, str]]:
    """The facts named that no ground rests on, each with why."""
    found = [
        (f"对{kind.name}没有依据", f"none for “{kind.name_en}”")
        for kind in facts.kinds
        if not any(carries(one, kind) for one in grounds)
    ]
    if facts.every and not any(one.lists for one in grounds):
        found.append(("对严重失信主体名单没有依据", "none for the lists"))
    if facts.penalty >= 0 and all(penalty_rank(one) is None for one in grounds):
        found.append(("不能凭行政处罚采取", "none for a penalty"))
    found += [(f"不能凭{name}采取", "none for the facts named") for name in facts.outside]
    if facts.over:
        found.append(("已经修复、移出、期满的信息不再是依据", "what was repaired or has ended is no ground"))
    return found


def _heavier(pack: Pack, text: str, grounds: Sequence[Ground], facts: Named) -> list[tuple[str, str]]:
    """How a sentence goes beyond the grounds it could rest on."""
    found: list[tuple[str, str]] = []
    if facts.every and grounds and not any(ALL_LISTS in one.lists for one in grounds):
        found.append(("写了全部名单，依据只到其中几种名单", "every list where the basis names some"))
    if not _in_class(text, grounds, facts):
        found.append(("不分失信程度，轻微和一般的也包括在内", "any class of offence, minor ones too"))
    if FOREVER.search(text):
        found.append(("没有期限，依据只到有关信息停止使用为止", "without an end"))
    limit = max((months(pack, one, facts.kinds) for one in grounds), default=LONGEST)
    if not facts.kinds:
        limit = min(limit, LONGEST)
    if (longest := years(text)) * 12 > limit:
        most = f"{limit} 个月" if limit % 12 else f"{limit // 12}年"
        found.append(
            (f"写了{longest}年，依据最长{most}", f"{longest} years where the basis gives {limit} months")
        )
    if WIDER.search(text):
        found.append(("延及没有列入的主体", "organisations that are on no list"))
    if WHOLE.search(text):
        found.append(("不分事项，依据只到写明的事项", "every matter, where the basis names some"))
    if STRICT.search(text) and all(one.strength == "may" for one in grounds):
        found.append(("写了应当、一律，依据只是可以", "“shall” where the basis says “may”"))
    return found


def _in_class(text: str, grounds: Sequence[Ground], facts: Named) -> bool:
    """Whether the class of offence a sentence takes in is one its grounds rest on."""
    needed = [least for one in grounds if (least := penalty_rank(one)) is not None]
    if facts.penalty >= 0 and needed:
        return facts.penalty >= min(needed)
    return not (facts.slight or ANY_CLASS.search(text))


def _tender(pack: Pack, line: int, text: str, shown: str) -> RuleFinding | None:
    """A report as a condition, a local grade as bonus: forbidden in procurement and bidding."""
    if not TENDER.search(text):
        return None
    wanted = "report-as-condition" if REPORT.search(text) else ""
    if not wanted and BONUS.search(text) and re.search(r"信用(?:等级|评价|评级|分|积分)|[ABC]+级", text):
        wanted = "local-grade-as-bonus"
    use = pack.uses.get("procurement" if "采购" in text or "供应商" in text else "bidding")
    rule = next((one for one in use.forbids if one.code == wanted), None) if use and wanted else None
    if rule is None:
        return None
    return _finding(line, shown, "", "no-basis", rule.citation, rule.zh, rule.en)


def _finding(
    line: int, text: str, measure: str, kind: RuleKind, citation: str, says: str, says_en: str
) -> RuleFinding:
    return RuleFinding(
        line, text, measure, kind, citation, f"{says.rstrip('。')}。", f"{says_en.rstrip('.')}."
    )
