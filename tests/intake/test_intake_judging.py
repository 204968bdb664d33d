"""Each rule of the two items, row by row: what breaks it, what becomes of the row, and what the clerk reads."""

from __future__ import annotations

import pytest
from intake_rows import CITIZEN, PHONE, SHOP, SUBJECT, Row, judged, licence, penalty

from xinheng.intake.rule_kinds import CHECKS, ELSEWHERE
from xinheng.kernel import uscc
from xinheng.law import service as law

WRONG_CHECK = SUBJECT[:-1] + ("0" if SUBJECT[-1] != "0" else "1")
OLD15 = "340600000001240"


def test_every_rule_kind_of_the_law_has_a_place_here() -> None:
    assert set(CHECKS) | set(ELSEWHERE) == set(law.KINDS)


def test_a_sound_row_has_nothing_against_it(pack: law.Pack, item: law.Item, licences: law.Item) -> None:
    assert judged(item, pack, penalty()) == [("", [], [])]
    assert judged(licences, pack, licence()) == [("", [], [])]


REJECTED: list[tuple[Row, str, str]] = [
    (penalty(CF_XDR_MC=""), "CF_XDR_MC", "F01"),
    (penalty(CF_FRDB=" "), "CF_FRDB", "F01"),
    (penalty(CF_SY="　\n "), "CF_SY", "F01"),
    (penalty(CF_JDRQ=""), "CF_JDRQ", "F01"),
    (penalty(CF_XDR_SHXYM=""), "CF_XDR_SHXYM", "F01"),
    (penalty(CF_XDR_SHXYM="无"), "CF_XDR_SHXYM", "F01"),
    (penalty(BZ="长" * 513), "BZ", "F02"),
    (penalty(CF_XDR_LB="公司"), "CF_XDR_LB", "V01"),
    (penalty(CF_XDR_SHXYM=WRONG_CHECK), "CF_XDR_SHXYM", "V02"),
    (penalty(CF_XDR_SHXYM=SUBJECT[:8] + "****" + SUBJECT[12:]), "CF_XDR_SHXYM", "V02"),
    (penalty(CF_XDR_SHXYM=SUBJECT[:17]), "CF_XDR_SHXYM", "V02"),
    (penalty(CF_XDR_SHXYM=OLD15), "CF_XDR_SHXYM", "V02"),
    (penalty(CF_XDR_ZJLX="身份证"), "CF_XDR_ZJLX", "V03"),
    (penalty(CF_XDR_ZJHM=CITIZEN), "CF_XDR_ZJHM", "V03"),
    (penalty(CF_XDR_LB="个体工商户"), "CF_XDR_SHXYM", "V04"),
    (penalty(CF_XDR_SHXYM=SHOP), "CF_XDR_SHXYM", "V04"),
    (penalty(CF_XDR_ZZJG="MA0000002"), "CF_XDR_ZZJG", "V05"),
    (penalty(CF_XDR_MC="淮北市\x00甲公司"), "CF_XDR_MC", "V06"),
    (penalty(CF_CFJG="锟斤拷锟斤拷"), "CF_CFJG", "V06"),
    (penalty(CF_WSH="淮罚\ufffd号"), "CF_WSH", "V06"),
    (penalty(CF_JDRQ="2026/11/21"), "CF_JDRQ", "V07"),
    (penalty(CF_YXQ="2026/11/11"), "CF_JDRQ", "V07"),
    (penalty(CF_JDRQ="2026-02-30"), "CF_JDRQ", "V08"),
    (penalty(CF_JDRQ="1900-01-01"), "CF_JDRQ", "V08"),
    (penalty(CF_JDRQ="1948/12/31"), "CF_JDRQ", "V08"),
    (penalty(CF_YXQ="下个月"), "CF_YXQ", "V08"),
    (penalty(CF_CFLB="罚款;关门"), "CF_CFLB", "V09"),
    (penalty(CF_CFLB="其他"), "CF_CFLB", "V09"),
    (penalty(CF_CFLB="罚款;其他-"), "CF_CFLB", "V09"),
    (penalty(CF_NR_FK="-1"), "CF_NR_FK", "V10"),
    (penalty(CF_NR_FK="0.0000001"), "CF_NR_FK", "V10"),
    (penalty(CF_NR_FK="两千"), "CF_NR_FK", "V10"),
    (penalty(CF_NR_FK=""), "CF_NR_FK", "V10"),
    (penalty(CF_CFLB="没收非法财物"), "CF_NR_WFFF", "V10"),
    (penalty(CF_CFLB="吊销许可证件"), "CF_NR_ZKDX", "V10"),
    (penalty(CF_CFJGDM="123"), "CF_CFJGDM", "V11"),
    (penalty(CF_SJLYDM=CITIZEN), "CF_SJLYDM", "V11"),
    (penalty(CF_WSH=f"当事人身份证{CITIZEN}"), "CF_WSH", "personal-number"),
    (penalty(CF_XDR_MC=f"某某商贸有限公司 电话{PHONE}"), "CF_XDR_MC", "personal-number"),
    (licence(XK_XKLB="其它"), "XK_XKLB", "V09"),
    (licence(XK_XKLB="批准"), "XK_XKLB", "V09"),
    (licence(XK_ZT="3"), "XK_ZT", "V15"),
    (licence(XK_YXQZ="2032/1/1"), "XK_YXQZ", "V07"),
    (licence(XK_YXQZI="2026/1/1"), "XK_JDRQ", "V07"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "field", "rule"), REJECTED)
def test_a_row_that_breaks_a_rule_is_turned_back_with_reason_and_remedy(
    pack: law.Pack, row: Row, field: str, rule: str
) -> None:
    item = pack.items["admin-penalty" if "CF_WSH" in row else "admin-licence"]
    ((outcome, problems, _),) = judged(item, pack, row)
    assert outcome == "rejected"
    assert (field, rule) in [(problem["field"], problem["code"]) for problem in problems]
    for problem in problems:
        assert problem["message"] and problem["remedy"]
        assert "{" not in problem["message"]
        assert item.by_code[problem["field"]].name in problem["message"]


SOUND: list[Row] = [
    penalty(CF_XDR_SHXYM=SUBJECT.lower()),
    penalty(CF_XDR_SHXYM=f" {SUBJECT[:2]} {SUBJECT[2:8]}\n{SUBJECT[8:]}（1-1）"),
    penalty(CF_XDR_SHXYM="".join(chr(ord(c) + 0xFEE0) for c in SUBJECT)),
    penalty(CF_XDR_SHXYM=f'="{SUBJECT}"', CF_JDRQ='="2026/11/12"'),
    penalty(CF_XDR_ZZJG=SUBJECT[8:16] + "-" + SUBJECT[16]),
    penalty(CF_XDR_LB="法人"),
    penalty(CF_XDR_LB="个体户", CF_XDR_SHXYM=SHOP),
    penalty(CF_JDRQ="46338"),
    penalty(CF_JDRQ="２０２６年１１月１２日"),
    penalty(CF_JDRQ="20261112", CF_YXQ="长期"),
    penalty(CF_JDRQ="2026-11-20"),
    penalty(CF_CFLB="警告", CF_NR_FK=""),
    penalty(CF_CFLB="警告、罚款"),
    penalty(CF_CFLB="其它：责令改正", CF_NR_FK=""),
    penalty(CF_NR_FK="２０００元"),
    penalty(CF_NR_FK="肆万捌仟元"),
    penalty(CF_GSJZQ="1900-01-01"),
    penalty(CF_GSJZQ="2020-01-01"),
    penalty(CF_FR_ZJLX="身份证", CF_FR_ZJHM=CITIZEN),
    penalty(CF_YXQ=""),
    penalty(CF_SY=f"联系人电话{PHONE}，身份证{CITIZEN}"),
    licence(XK_YXQZ="2001/1/1"),
    licence(XK_YXQZI="2099/12/31"),
    licence(XK_XKLB="其他-备案"),
    licence(XK_ZT="有效"),
]  # fmt: skip


@pytest.mark.parametrize("row", SOUND)
def test_harmless_dirt_is_cleaned_and_turns_no_row_back(pack: law.Pack, row: Row) -> None:
    item = pack.items["admin-penalty" if "CF_WSH" in row else "admin-licence"]
    ((outcome, problems, _),) = judged(item, pack, row)
    assert (outcome, problems) == ("", [])


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (penalty(CF_XDR_SHXYM=SUBJECT.lower()), "CF_XDR_SHXYM", "小写转大写"),
        (penalty(CF_JDRQ="46338"), "CF_JDRQ", "日期序号"),
        (penalty(CF_XDR_MC=" 淮北市甲乙丙　商贸有限公司"), "CF_XDR_MC", "多余空格"),
        (penalty(CF_SY=f"电话{PHONE}"), "CF_SY", "已遮盖电话号码"),
        (penalty(CF_FR_ZJHM=CITIZEN), "CF_FR_ZJHM", "未保存"),
        (penalty(CF_CFLB="警告、罚款"), "CF_CFLB", "标准写法"),
        (penalty(CF_GSJZQ="1900-01-01"), "CF_GSJZQ", "未采用"),
        (penalty(CF_NR_FK="20000"), "CF_NR_FK", "一亿元"),
        (penalty(CF_YXQ=""), "CF_YXQ", "没有填写"),
    ],
)
def test_what_was_done_to_a_cell_is_noted(
    pack: law.Pack, item: law.Item, row: Row, field: str, words: str
) -> None:
    ((_, _, notes),) = judged(item, pack, row)
    assert any(note["field"] == field and words in note["note"] for note in notes), notes


@pytest.mark.parametrize(
    "row",
    [
        penalty(CF_XDR_LB="自然人", CF_XDR_SHXYM="", CF_XDR_MC="钱多多"),
        penalty(CF_XDR_LB="自然人"),
        penalty(CF_XDR_LB="公民"),
        penalty(CF_XDR_MC="钱多多", CF_XDR_SHXYM=""),
        penalty(CF_XDR_MC="钱多多", CF_XDR_LB="个体工商户", CF_XDR_SHXYM=uscc.PLACEHOLDER),
        penalty(CF_XDR_MC="钱多多(身份证340621)", CF_XDR_SHXYM="123"),
        penalty(CF_XDR_MC="欧阳多多", CF_XDR_SHXYM=CITIZEN),
        penalty(CF_XDR_SHXYM=CITIZEN),
        penalty(CF_XDR_SHXYM=" 340621 19900307 123x "),
        penalty(CF_XDR_MC=f"钱多多 {PHONE}", CF_XDR_SHXYM="", CF_WSH=""),
        licence(XK_XDR_MC="钱多多", XK_XDR_SHXYM="", XK_XKZS="医师执业证书"),
        licence(XK_XKZS="道路运输从业资格证"),
    ],
)
def test_a_row_about_a_person_is_refused_whatever_its_category_says(pack: law.Pack, row: Row) -> None:
    item = pack.items["admin-penalty" if "CF_WSH" in row else "admin-licence"]
    assert judged(item, pack, row)[0][0] == "refused_personal"


@pytest.mark.parametrize(
    "row",
    [
        penalty(CF_XDR_MC="钱多多", CF_XDR_LB="个体工商户", CF_XDR_SHXYM=SHOP),
        licence(XK_XKZS="律师事务所执业许可证"),
        licence(XK_XKZS="医疗机构执业许可证"),
    ],
)
def test_an_organisation_is_not_refused_for_looking_a_little_like_a_person(pack: law.Pack, row: Row) -> None:
    item = pack.items["admin-penalty" if "CF_WSH" in row else "admin-licence"]
    assert judged(item, pack, row)[0][0] == ""


def test_a_placeholder_code_waits_for_the_real_one(pack: law.Pack, item: law.Item) -> None:
    row = penalty(CF_XDR_MC="相山区老张面馆", CF_XDR_LB="个体工商户", CF_XDR_SHXYM=uscc.PLACEHOLDER)
    assert judged(item, pack, row)[0][0] == "quarantined"


def test_detention_does_not_fit_an_organisation(pack: law.Pack, item: law.Item) -> None:
    assert judged(item, pack, penalty(CF_CFLB="罚款;行政拘留"))[0][0] == "quarantined"


def test_the_gravest_outcome_wins_and_every_fault_is_told(pack: law.Pack, item: law.Item) -> None:
    row = penalty(CF_CFLB="行政拘留;关门", CF_JDRQ="", CF_CFJG="")
    ((outcome, problems, _),) = judged(item, pack, row)
    assert outcome == "rejected"
    assert [problem["field"] for problem in problems] == ["CF_JDRQ", "CF_CFJG", "CF_CFLB", "CF_CFLB"]
    person = penalty(CF_XDR_LB="自然人", CF_JDRQ="")
    assert judged(item, pack, person)[0][0] == "refused_personal"


def test_one_bad_row_leaves_its_neighbours_alone(pack: law.Pack, item: law.Item) -> None:
    rows = [penalty(), penalty(CF_JDRQ="x"), penalty(), penalty(CF_XDR_LB="自然人"), penalty()]
    assert [outcome for outcome, _, _ in judged(item, pack, *rows)] == [
        "",
        "rejected",
        "",
        "refused_personal",
        "",
    ]


def test_dates_and_choices_are_quoted_back_but_names_codes_and_masked_cells_are_not(
    pack: law.Pack, item: law.Item
) -> None:
    rows = (
        penalty(CF_JDRQ="2026-13-40"), penalty(CF_CFLB="关门"), penalty(CF_XDR_SHXYM="SECRET123"),
        penalty(CF_JDRQ=f"电话{PHONE}"), penalty(CF_XDR_MC="\x01私下的名字公司"),
    )  # fmt: skip
    texts = [
        " ".join(problem["message"] for problem in problems) for _, problems, _ in judged(item, pack, *rows)
    ]
    assert "2026-13-40" in texts[0] and "关门" in texts[1]
    assert (
        "SECRET" not in texts[2]
        and PHONE not in texts[3]
        and "填的是" not in texts[3]
        and "私下" not in texts[4]
    )


def test_unverified_rules_that_nobody_adopted_have_no_effect(item: law.Item) -> None:
    strict = law.load("huaibei")
    ((outcome, _, _),) = judged(item, strict, penalty(BZ="长" * 600))
    assert outcome == ""


def test_codes_that_look_like_identity_numbers_are_left_alone(pack: law.Pack, item: law.Item) -> None:
    """A valid organisation code whose digits read as a region and a birth date."""
    looking = next(
        candidate + uscc.check_char(candidate)
        for n in range(1_000)
        for candidate in [f"91310119900307{n:03d}"]
        if uscc.check(candidate + uscc.check_char(candidate)).kind == "uscc"
    )
    ((outcome, problems, notes),) = judged(item, pack, penalty(CF_XDR_SHXYM=looking))
    assert (outcome, problems, notes) == ("", [], [])
