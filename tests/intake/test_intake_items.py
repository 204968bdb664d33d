"""Every item of the catalogue goes the same way: its own sample row is accepted, a person's row is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.db import connection
from intake_rows import AGENCY, AT, CITIZEN, SHOP, SUBJECT, Row, code

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.intake.examples import about_bodies, example_row
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.records.writing import STANDING, standing_frame
from xinheng.register import service as register
from xinheng.reports import content, view
from xinheng.reports import service as reports

ITEMS = tuple(sorted(law.load("national").items))
TODAY, LATER = AT.date(), AT + timedelta(hours=1)
NAME = "淮北市甲乙丙商贸有限公司"
BODY = code("12", 7)


def sample(item: law.Item, **changes: str) -> Row:
    """The item's sample row about the company (or body) of these tests, sent by their agency."""
    body = about_bodies(item)
    ours = {
        item.subject_name: "淮北市示例事务中心" if body else NAME,
        item.subject_code: BODY if body else SUBJECT,
        item.authority: AGENCY,
        item.source_code: AGENCY,
    }
    return {name: value for name, value in {**example_row(item), **ours, **changes}.items() if name}


def outcome(receipt: Any) -> dict[str, int]:
    return {name: getattr(receipt, name) for name in intake.OUTCOMES if getattr(receipt, name)}


@pytest.mark.parametrize("which", ITEMS)
def test_a_clean_sample_row_is_accepted_and_reads_back_as_sent(
    take: Callable[..., Any], pack: law.Pack, which: str
) -> None:
    item = pack.items[which]
    sent = sample(item)
    receipt = take(sent, of=item)
    assert outcome(receipt) == {"accepted": 1}, receipt.problems
    # What is for supervision only is not read back by the organisation it is about
    audience = "authority" if item.internal else "self"
    [entry] = publication.statements(audience=audience, on=TODAY, item=which)
    stored = {name: value.replace("-", "/") for name, value in entry.values.items()}
    for name, value in sent.items():
        if item.by_code[name].scope != "drop":
            assert stored[name].replace("（", "(").replace("）", ")") == value.replace("-", "/").replace(
                "（", "("
            ).replace("）", ")"), name


@pytest.mark.parametrize("which", ITEMS)
def test_a_persons_row_is_refused_and_only_counted(
    take: Callable[..., Any], everything_in: Callable[..., Any], pack: law.Pack, which: str
) -> None:
    item = pack.items[which]
    person = sample(item, **{item.subject_name: "王小明", item.subject_code: ""})
    citizen = sample(item, **{item.subject_name: "李建国", item.subject_code: CITIZEN})
    assert outcome(take(person, citizen, of=item)) == {"refused_personal": 2}
    assert records.newest(item=which, usccs=[SUBJECT, ""]) == {}
    for path, text in everything_in():
        assert CITIZEN not in text and "王小明" not in text and "李建国" not in text, path


@pytest.mark.parametrize("which", ITEMS)
def test_the_template_has_every_column_that_is_kept_with_an_example(pack: law.Pack, which: str) -> None:
    from xinheng.intake import template

    item = pack.items[which]
    book = openpyxl.load_workbook(io.BytesIO(template.build(item)))
    heads = [str(cell.value).removesuffix(" *") for cell in book["填报"][1]]
    assert heads == [field.name for field in item.fields if field.scope != "drop"]
    told = {row[1].value: row[3].value or "" for row in book["填写说明"].iter_rows(min_row=2) if row[1].value}
    for field in item.fields:
        if field.required and field.scope != "drop":
            assert told[field.code], field.name
            assert "{" not in told[field.code]


LEAVING = tuple(code for code in ITEMS if law.load("national").items[code].card.exit_on)


@pytest.mark.parametrize("which", ["sector-result", "risk-class"])
def test_an_evaluation_of_an_individual_business_is_not_taken_in(
    take: Callable[..., Any], pack: law.Pack, which: str
) -> None:
    item = pack.items[which]
    receipt = take(sample(item, **{item.subject_code: SHOP, item.subject_name: "相山区老张面馆"}), of=item)
    assert outcome(receipt) == {"rejected": 1}
    assert any("个体工商户" in problem["message"] for problem in receipt.problems)
    assert publication.statements(audience="authority", on=TODAY, item=which) == []


@pytest.mark.parametrize("which", LEAVING)
def test_an_entry_that_left_its_list_leaves_the_public_face_and_is_kept(
    take: Callable[..., Any], pack: law.Pack, which: str
) -> None:
    item = pack.items[which]
    take(sample(item), of=item)
    [before] = publication.statements(audience="public", on=TODAY, item=which)
    left = {item.card.exit_on: "2026/11/18", item.card.exit_why: "已履行义务"}
    assert outcome(take(sample(item, **left), of=item, at=LATER)) == {"updated": 1}
    assert publication.statements(audience="public", on=TODAY, item=which) == []
    [own] = publication.statements(audience="self", on=TODAY, item=which)
    assert own.values[item.card.exit_on] == "2026-11-18"
    [told] = publication.explain(ids=[own.id], audience="public", on=TODAY)
    assert not told.visible and any("移出日期 2026-11-18" in reason for reason in told.reasons)
    [old] = publication.explain(ids=[before.id], audience="public", on=TODAY)
    assert old.reasons == ("已被同一决定的更正内容取代",)


def test_what_was_decided_row_by_row_and_as_a_set_is_the_same(
    take: Callable[..., Any], pack: law.Pack
) -> None:
    """Every item, with entries that left, that end and that run: the rebuilt standing is the stored one."""
    for which in ITEMS:
        item = pack.items[which]
        rows = [sample(item), *_others(item)]
        take(*rows, of=item, name=f"{which}.csv")
    assert records.rebuild_standing().equals(_standing())
    assert evidence.verify().findings == []


def _others(item: law.Item) -> list[Row]:
    """The sample as other decisions: with an end of its own behind, ahead, and long open; and one that left."""
    number = next((code for code in item.document_number if item.by_code[code].required), "")
    ends, exit_on = item.card.ends or item.valid_to, item.card.exit_on
    days = {ends: ("2026/11/12", "2027/03/31", "2099/12/31"), exit_on: ("2026/11/19",)}
    found = []
    for field, values in days.items():
        for value in values if field and number else ():
            found.append(sample(item, **{number: f"虚示〔2026〕{len(found) + 2}号", field: value}))
    return found


def _standing() -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(STANDING)} FROM records_standing ORDER BY id")
        return standing_frame(cursor.fetchall())


def test_every_item_stands_in_the_report_in_its_place(take: Callable[..., Any], pack: law.Pack) -> None:
    for which in ITEMS:
        if which != "agency-register":
            heavy = (
                {"CF_CFLB": "吊销许可证件", "CF_NR_ZKDX": "食品经营许可证"}
                if which == "admin-penalty"
                else {}
            )
            row = sample(pack.items[which], **heavy)
            assert outcome(take(row, of=pack.items[which], name=f"{which}.csv")) == {"accepted": 1}
    evidence.drain(at=AT)
    issued = reports.issue(uscc=SUBJECT, audience="public", at=AT, actor="tests")
    found = reports.verify(issued.pdf, evidence.trust_bundle(at=AT))
    assert found.result == "valid", found
    entries = publication.statements(audience="public", on=TODAY, uscc=SUBJECT)
    told = content.report(
        number="1", serial=1, audience="public", organisation=register.get([SUBJECT])[SUBJECT], entries=entries, at=AT,
        valid_on=TODAY, known_on=TODAY, position=1, sandbox=True, certificate="", public_url="",
    )  # fmt: skip
    placed = {entry["item"]: part["code"] for part in told["sections"] for entry in part["entries"]}
    assert placed.keys() == set(ITEMS) - {"agency-register", "admin-compulsion", "risk-class"}
    assert (placed["serious-list"], placed["abnormal-operation"]) == ("serious", "abnormal")
    assert (placed["judgment-defaulter"], placed["commitment"]) == ("judgments", "commitments")
    pages = view.build(told, content.proof(entries, "public"))
    administration = next(one for one in pages["blocks"] if one["title"] == "行政管理")
    assert "行政强制：归集而不对外公示，不能据此认为没有。" in administration["remarks"]
    serious = next(one for one in pages["blocks"] if one["title"] == "严重失信")
    assert serious["groups"][0]["entries"][0]["line"]["stops"][0]["word"] == "列入"


def test_an_empty_section_says_none_found(take: Callable[..., Any], pack: law.Pack) -> None:
    take(sample(pack.items["honour"]), of=pack.items["honour"])
    entries = publication.statements(audience="public", on=TODAY, uscc=SUBJECT)
    told = content.report(
        number="1", serial=1, audience="public", organisation=register.get([SUBJECT])[SUBJECT], entries=entries, at=AT,
        valid_on=TODAY, known_on=TODAY, position=1, sandbox=True, certificate="", public_url="",
    )  # fmt: skip
    for one in told["sections"]:
        shown = view._section(one, TODAY.isoformat())
        assert shown["state"] == ("entries" if one["code"] == "honours" else "none")
        assert shown["note"] == "查询期内无相关信息"


# -- what is special about single items ----------------------------------------------------------------------------


def problems(take: Callable[..., Any], item: law.Item, row: Row) -> tuple[dict[str, int], set[str]]:
    receipt = take(row, of=item)
    return outcome(receipt), {problem["code"] for problem in receipt.problems}


def test_a_defaulter_without_a_code_is_not_taken_and_never_linked_by_name(
    take: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["judgment-defaulter"]
    assert problems(take, item, sample(item, SX_SHXYM=""))[0] == {"rejected": 1}


def test_a_government_body_is_a_defaulter_like_any_other_and_the_responsible_person_is_dropped(
    take: Callable[..., Any], everything_in: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["judgment-defaulter"]
    row = sample(item, SX_SHXYM=AGENCY, SX_ZTMC="淮北市某某局", SX_ZRR="赵钱孙", SX_FDDBR="周吴郑")
    assert outcome(take(row, of=item)) == {"accepted": 1}
    [entry] = publication.statements(audience="public", on=TODAY, item=item.code)
    assert entry.uscc == AGENCY
    for path, text in everything_in():
        assert "赵钱孙" not in text and "周吴郑" not in text, path


def test_a_defaulter_that_fulfilled_must_say_when_it_left_the_list(
    take: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["judgment-defaulter"]
    assert problems(take, item, sample(item, SX_LXQK="履行完毕")) == ({"rejected": 1}, {"S01"})


def test_a_list_that_no_law_made_is_not_taken(take: Callable[..., Any], pack: law.Pack) -> None:
    item = pack.items["serious-list"]
    assert problems(take, item, sample(item, YZ_LB="某县失信黑名单")) == ({"rejected": 1}, {"V09"})


@pytest.mark.parametrize(
    ("which", "field", "value"),
    [
        ("qualification", "ZZ_MC", "二级注册建造师"), ("honour", "RY_CH", "市劳动模范"),
        ("admin-reward", "JL_SXMC", "举报奖励"), ("admin-confirmation", "QR_SXMC", "工伤认定"),
        ("registration-event", "DJ_SX", "其他-法定代表人变更"),
    ],
)  # fmt: skip
def test_a_row_about_a_person_in_a_companys_clothes_is_refused(
    take: Callable[..., Any], pack: law.Pack, which: str, field: str, value: str
) -> None:
    item = pack.items[which]
    assert outcome(take(sample(item, **{field: value}), of=item)) == {"refused_personal": 1}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1", "未发现问题"), ("01", "未发现问题"), ("E", "发现问题经责令已改正"), ("A;B", "发现问题待后续处理;未按规定公示应当公示的信息"),
        ("09", "发现问题待后续处理"), ("9", "注销"), ("13", "未按规定公示应当公示的信息"),
        ("6、C", "通过登记的住所(经营场所)无法联系;公示信息隐瞒真实情况弄虚作假"), ("F", "未发现开展本次抽查涉及的经营活动"),
    ],
)  # fmt: skip
def test_both_ways_to_code_an_inspection_result_are_read(
    take: Callable[..., Any], pack: law.Pack, written: str, kept: str
) -> None:
    item = pack.items["inspection-result"]
    assert outcome(take(sample(item, JC_JCJG=written), of=item)) == {"accepted": 1}
    [entry] = publication.statements(audience="public", on=TODAY, item=item.code)
    assert entry.values["JC_JCJG"] == kept


def test_a_code_that_means_two_things_is_sent_back(take: Callable[..., Any], pack: law.Pack) -> None:
    item = pack.items["inspection-result"]
    assert problems(take, item, sample(item, JC_JCJG="10")) == ({"rejected": 1}, {"V09"})


def test_a_local_score_is_not_taken_as_a_result(take: Callable[..., Any], pack: law.Pack) -> None:
    item = pack.items["sector-result"]
    row = sample(item, PJ_LB="其他-淮北企业信用分", PJ_DJ="其他-850")
    assert problems(take, item, row) == ({"rejected": 1}, {"P01"})


def test_an_overloading_plate_is_dropped(
    take: Callable[..., Any], everything_in: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["serious-list"]
    row = sample(item, YZ_LB="严重违法超限超载运输当事人", YZ_CPH="皖F12345")
    assert outcome(take(row, of=item)) == {"accepted": 1}
    assert all("F12345" not in text for _, text in everything_in())


def test_a_received_list_may_come_from_an_authority_elsewhere_or_unnamed_by_code(
    take: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["serious-list"]
    elsewhere = sample(item, YZ_JGDM=code("11", 9, "110000"), YZ_WSH="京列〔2026〕1号")
    unnamed = sample(item, YZ_JGDM="", YZ_WSH="京列〔2026〕2号")
    assert outcome(take(elsewhere, unnamed, of=item)) == {"accepted": 2}


def test_a_commitment_number_of_another_form_is_taken_with_a_note(
    take: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["commitment"]
    receipt = take(sample(item, CN_BM="承诺2026-1"), of=item)
    assert outcome(receipt) == {"accepted": 1}
    assert any("20 位" in str(note) for note in receipt.as_dict().get("notes", [])) or receipt.accepted


def test_a_breach_is_for_authorities_and_needs_a_finding(take: Callable[..., Any], pack: law.Pack) -> None:
    item = pack.items["government-contract"]
    assert problems(take, item, sample(item, HT_ZT="违约")) == ({"rejected": 1}, {"H01"})
    row = sample(item, HT_ZT="违约", HT_WYQX="逾期交付", HT_RDYJ="（2026）某仲裁字1号裁决书", HT_BH="合同2号")
    assert outcome(take(row, of=item)) == {"accepted": 1}
    [entry] = publication.statements(audience="public", on=TODAY, item=item.code)
    assert "HT_ZT" not in entry.values and "逾期交付" not in str(entry.values)


def test_erasing_a_decision_without_a_number_clears_its_repeats_and_nothing_else(
    take: Callable[..., Any], everything_in: Callable[..., Any], pack: law.Pack
) -> None:
    item = pack.items["honour"]
    gone = {"RY_CH": "诚信经营示范店", "RY_WH": "", "RY_SY": "连续三年守约"}
    kept_ = {"RY_CH": "文明诚信窗口", "RY_WH": "", "RY_SY": "服务周到热情"}
    take(sample(item, **gone), sample(item, **kept_), of=item)
    take(sample(item, **gone, RY_BZ="又报一次"), of=item, at=LATER, name="again.csv")
    held = publication.statements(audience="self", on=TODAY, item=item.code)
    wanted = [entry.id for entry in held if entry.values["RY_CH"] == "诚信经营示范店"]
    act = evidence.Act(kind="records.erased", actor="tests", at=LATER, provision="个人信息保护法47")
    records.erase(statement_ids=wanted, act=act)
    copies = "".join(text for path, text in everything_in() if path.endswith(".parquet"))
    assert "文明诚信窗口" in copies
    assert "诚信经营示范店" not in copies and "连续三年守约" not in copies
