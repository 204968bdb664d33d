"""What every paper of a kind says: its title and first sentence, the promises of a letter, the questions of a sheet.

Plain official Chinese. Nothing here states a period or cites an article: those come with the case, each with how sure we are.
"""

from __future__ import annotations

from datetime import date

from xinheng.reports.paper_shape import KINDS, CasePaper, PaperField, PaperItem

_ABOUT = {"objection": "异议申请", "repair": "信用修复申请"}
_DECISIONS = {
    ("objection", ""): "异议处理结果告知书",
    ("repair", "repaired"): "准予信用修复决定书",
    ("repair", "refused"): "不予信用修复决定书",
    ("repair", "revoked"): "撤销信用修复决定书",
    ("repair", "suppressed"): "暂时屏蔽失信信息告知书",
    ("repair", ""): "信用修复决定书",
}
_LEADS = {
    ("acceptance", "objection"): "{who}{when}就下列信息提出的异议申请，现予受理。核查期间，该信息原样公示并注明“有异议”；异议不成立的，标注随之取消，其他内容不变。",
    ("acceptance", "repair"): "{who}{when}就下列失信信息提出的信用修复申请，经审查符合受理条件，现予受理。",
    ("acceptance", ""): "{who}{when}提出的申请，现予受理。",
    ("supplement", ""): "{who}{when}提出的{about}，材料不齐全或者不符合要求。现将需要补正的内容一次告知如下，请补齐后提交。",
    ("decline", ""): "{who}{when}提出的{about}，经审查，不予受理。理由和可以采取的办法告知如下。",
    ("transfer", "objection"): "现将下列信息的异议申请转{you}核查。请核对原始决定和报送内容，作出维持、更正或者撤销的答复并说明理由。核查期间，该信息注明“有异议”。",
    ("transfer", "repair"): "现将下列失信信息的信用修复申请转{you}办理。请依法决定是否受理并作出决定。",
    ("transfer", ""): "现将下列事项转{you}办理。",
    ("extension", ""): "{who}{when}提出的{about}，因情况复杂或者需要核实，不能在原定期限内办结，现延长办理期限。",
    ("repair-notice", ""): "下列行政处罚决定产生失信信息，将依法公示。{you}改正违法行为、履行完毕相关义务并达到最短公示期后，可以申请信用修复。现将条件、材料、途径和期限告知如下。办理信用修复不收取任何费用。",
    ("repair-notice", "not-shown"): "下列行政处罚决定产生的失信信息原则上不公示，{you}不需要为它申请信用修复。现将有关情况告知如下。",
    ("commitment", ""): "本单位就下列失信信息申请信用修复，郑重承诺：",
    ("objection-sheet", ""): "认为公示的公共信用信息有错误、遗漏、超过期限或者不应公示的，可以填写本表提出异议。提出异议不收取任何费用。",
    ("decision", "repaired"): "{who}{when}就下列失信信息提出的信用修复申请，经审查符合条件，决定准予修复：自本决定作出之日起，终止公示该信息，停止共享和使用，并依法解除相关措施。",
    ("decision", "refused"): "{who}{when}就下列失信信息提出的信用修复申请，经审查不符合条件，决定不予修复。",
    ("decision", "revoked"): "对下列失信信息作出的信用修复，因申请材料不真实或者违背承诺，决定予以撤销，该信息恢复公示。",
    ("decision", "suppressed"): "{who}{when}就下列失信信息提出的申请，因{you}处于重整计划或者和解协议执行期间，决定暂时屏蔽该信息；重整或者和解不成的，恢复公示。",
    ("decision", "upheld-corrected"): "{who}{when}就下列信息提出的异议，经核查属实，该信息已按下列内容更正，“有异议”的标注同时取消。",
    ("decision", "upheld-annulled"): "{who}{when}就下列信息提出的异议，经核查属实，该信息已撤销，不再公示、共享和使用。",
    ("decision", "refused-objection"): "{who}{when}就下列信息提出的异议，经核查不成立，该信息维持原样，“有异议”的标注同时取消。",
    ("decision", "declined"): "{who}{when}提出的{about}，经审查，不予受理。",
    ("decision", ""): "{who}{when}提出的{about}，现将办理结果告知如下。",
}  # fmt: skip
PROMISES = (
    "本次申请所提交的材料真实、合法、准确、完整；",
    "已经改正违法行为，履行完毕处罚决定和列入决定确定的义务；",
    "今后遵守法律法规，依法诚信经营，接受政府部门和社会的监督；",
    "同意将本承诺书在“信用中国”网站和本地信用网站公示；",
    "材料虚假或者违背承诺的，愿意依法承担责任，并接受撤销修复、恢复公示的处理。",
)
_QUESTIONS = ("认为有误的内容", "正确的内容", "事实和理由", "所附材料（名称和份数）")
_CONTACTS = ("联系岗位", "联系电话", "希望的答复方式")


def title_of(paper: CasePaper) -> str:
    """The title as printed; a kind the template does not know is called what its content calls it."""
    kind, case, outcome = paper["kind"], paper.get("case_kind", ""), paper.get("outcome", "")
    if paper.get("title"):
        return paper["title"]
    if kind == "decision":
        return _DECISIONS.get((case, outcome)) or _DECISIONS.get((case, ""), KINDS[kind])
    if kind == "commitment":
        return "信用修复承诺书" if case == "repair" else KINDS[kind]
    if kind == "objection-sheet":
        return "公共信用信息异议申请表"
    if kind in ("acceptance", "supplement", "decline", "transfer", "extension") and case in _ABOUT:
        return _ABOUT[case] + KINDS[kind]
    return KINDS.get(kind, "告知书")


def lead_of(paper: CasePaper) -> str:
    """The sentence a paper of this kind begins with; "" for kinds the template does not know."""
    kind, case, outcome = paper["kind"], paper.get("case_kind", ""), paper.get("outcome", "")
    if kind == "decision":
        if not outcome and "suppressed" in (paper.get("effect") or {}):
            outcome = "suppressed"
        key = "refused-objection" if (case, outcome) == ("objection", "refused") else outcome
        words = _LEADS.get((kind, key), _LEADS[(kind, "")])
    else:
        of = outcome if outcome and (kind, outcome) in _LEADS else case
        words = _LEADS.get((kind, of), _LEADS.get((kind, ""), ""))
    received = paper.get("received_on", "")
    when = f"于{_day(received)}" if received else ""
    you = "你单位"
    return words.format(
        who=you if not _other(paper) else paper["applicant"],
        when=when,
        you=you,
        about=_ABOUT.get(case, "申请"),
    )


def promises_of(paper: CasePaper) -> list[PaperItem]:
    """The promises of a commitment letter that names none of its own."""
    return [{"text": text} for text in PROMISES] if paper["kind"] == "commitment" else []


def questions_of(paper: CasePaper) -> list[PaperField]:
    """The blanks of an objection sheet that names none of its own."""
    if paper["kind"] != "objection-sheet":
        return []
    return [{"label": label, "value": ""} for label in (*_QUESTIONS, *_CONTACTS)]


def _other(paper: CasePaper) -> bool:
    """Whether the paper speaks to somebody else than the applicant."""
    return bool(paper.get("applicant")) and paper.get("applicant") != paper.get("to", "")


def _day(value: str) -> str:
    parsed = date.fromisoformat(value[:10])
    return f"{parsed.year}年{parsed.month}月{parsed.day}日"
