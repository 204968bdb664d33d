"""Rows whose code is no valid one find their organisation by name, or wait for a person, before they are judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from intake_rows import AGENCY, SHOP, SUBJECT, code, licence, penalty
from linking_rows import NAME, OTHER, Linker, codes, counts, damaged, defaulter, held, judge
from openpyxl import load_workbook

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.kernel.uscc import PLACEHOLDER
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.records import service as records

Take = Callable[..., Any]


BROKEN_CODES = {
    "empty": "",
    "an old registration number": "340600000012342",
    "the organisation code only": SUBJECT[8:16] + "-" + SUBJECT[16],
    "masked": SUBJECT[:6] + "******" + SUBJECT[12:],
    "one wrong character": SUBJECT[:-1] + ("1" if SUBJECT[-1] != "1" else "2"),
}


@pytest.mark.parametrize("cell", BROKEN_CODES.values(), ids=BROKEN_CODES.keys())
def test_a_linked_row_goes_on_with_the_code_and_keeps_its_cells(
    take: Take, linker: Linker, cell: str
) -> None:
    linker.links(NAME)
    receipt = take(damaged(CF_XDR_SHXYM=cell))
    assert counts(receipt) == {"accepted": 1}
    (statement,) = held()
    parts = records.statements([statement])[statement]
    values = records.decode(law.active().items["admin-penalty"], parts.public, parts.shared, parts.restricted)
    assert values["CF_XDR_SHXYM"] == SUBJECT and values["CF_XDR_MC"] == NAME
    assert intake.kept_row(batch=receipt.batch, row=2)["CF_XDR_SHXYM"] == cell  # type: ignore[index]
    (link,) = linkage.links()
    assert (link.batch, link.row, link.uscc, link.how, link.confidence) == (
        receipt.batch, 2, SUBJECT, "automatic", 9_970,
    )  # fmt: skip
    assert evidence.event_of(link.id) == evidence.event_of(statement)
    assert evidence.verify().findings == []


def test_the_receipt_says_to_whom_on_what_ground_and_how_sure(
    take: Take, linker: Linker, tmp_path: Path
) -> None:
    linker.links(NAME)
    receipt = take(damaged(1), damaged(2), penalty(CF_WSH="号3"))
    (first, second) = receipt.links
    assert first["row"] == 2 and second["row"] == 3
    assert first["note"] == f"按名称关联到 {SUBJECT} {NAME},可信度 99.70%,依据:字号相同；登记库里很少见。"
    assert {
        "field": "CF_XDR_SHXYM",
        "note": "按名称关联到登记库中的组织",
        "rows": 2,
    }.items() <= receipt.notes[0].items()
    assert first["note"] in receipt.as_text()
    assert intake.receipt_of(batch=receipt.batch).links == receipt.links
    intake.receipt_xlsx(batch=receipt.batch, path=tmp_path / "r.xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx")["按名称关联的行"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [2, 3]


def test_a_stored_receipt_names_no_organisation_a_row_was_linked_to(take: Take, linker: Linker) -> None:
    """Erasure reaches kept copies, not receipts."""
    from xinheng.intake.models import Batch

    linker.links("甲乙丙商贸")
    receipt = take(damaged(CF_XDR_MC="甲乙丙商贸"))
    assert counts(receipt) == {"accepted": 1}
    assert SUBJECT not in Batch.objects.get(number=receipt.batch).receipt


def test_a_doubtful_row_waits_for_a_person(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    receipt = take(damaged(CF_XDR_MC="甲乙丙商贸"), penalty(CF_WSH="号2"))
    assert counts(receipt) == {"accepted": 1, "quarantined": 1}
    assert codes(receipt) == [(2, "name-doubtful")]
    (row,) = linkage.pending()
    assert (row.batch, row.row, row.item, row.source, row.name) == (
        receipt.batch, 2, "admin-penalty", AGENCY, "甲乙丙商贸",
    )  # fmt: skip
    assert [one.code for one in row.candidates] == [SUBJECT]
    assert evidence.verify().findings == []


def test_a_row_with_another_fault_is_not_put_before_a_person(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    receipt = take(damaged(CF_XDR_MC="甲乙丙商贸", CF_JDRQ="2026-02-30"))
    assert counts(receipt) == {"rejected": 1}
    assert not linkage.pending()


def test_a_name_nobody_carries_is_rejected_as_before_and_told(take: Take, linker: Linker) -> None:
    receipt = take(
        damaged(CF_XDR_MC="淮北市查无此家商贸有限公司"), damaged(2, CF_XDR_SHXYM=SUBJECT[:-1] + "1")
    )
    assert counts(receipt) == {"rejected": 2}
    assert (2, "name-unknown") in codes(receipt) and (3, "name-unknown") in codes(receipt)
    assert not linkage.pending() and not linkage.links()


def test_a_valid_code_asks_nothing(take: Take, linker: Linker) -> None:
    take(penalty(), penalty(CF_WSH="号2", CF_XDR_SHXYM=OTHER, CF_XDR_MC="外地某某有限公司"))
    assert linker.asked == []


def test_every_question_is_asked_once_a_chunk(take: Take, linker: Linker) -> None:
    linker.links(NAME)
    take(*(damaged(n) for n in range(50)))
    assert linker.asked == [(NAME, "")]


def test_the_organisation_code_beside_is_asked_where_the_code_is_empty(take: Take, linker: Linker) -> None:
    linker.links(NAME)
    receipt = take(damaged(CF_XDR_ZZJG=SUBJECT[8:17]))
    assert linker.asked == [(NAME, SUBJECT[8:17])]
    assert counts(receipt) == {"accepted": 1}


@pytest.mark.parametrize("name", ["张三", "欧阳修文", "张某某"])
@pytest.mark.parametrize("cell", ["", PLACEHOLDER, SUBJECT[:-1] + "1", "340621199003071239"])
def test_who_is_called_like_a_person_never_reaches_the_comparison(
    take: Take, linker: Linker, everything_in: Any, name: str, cell: str
) -> None:
    receipt = take(damaged(CF_XDR_MC=name, CF_XDR_SHXYM=cell))
    assert counts(receipt) == {"refused_personal": 1}
    assert linker.asked == []
    assert not any(name in text for _, text in everything_in())


def test_a_placeholder_is_never_filled_in_without_a_person(
    take: Take, linker: Linker, neighbours: Any
) -> None:
    shop = {"code": SHOP, "name": "相山区老张面馆", "current": True, "confidence": 9_999}
    linker.answers["相山区老张面馆"] = ("linked", SHOP, [shop])
    linker.links("丁戊己商贸", OTHER, "淮北市丁戊己商贸有限公司")
    kind = {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": PLACEHOLDER}
    receipt = take(damaged(1, CF_XDR_MC="相山区老张面馆", **kind), damaged(2, CF_XDR_MC="丁戊己商贸", **kind))
    assert counts(receipt) == {"quarantined": 2}
    assert not linkage.links()
    # An individual business is not proposed for a placeholder, an organisation may be
    assert [(row.row, [one.code for one in row.candidates]) for row in linkage.pending()] == [(3, [OTHER])]


def test_an_individual_business_called_by_a_persons_name_is_no_candidate(take: Take, linker: Linker) -> None:
    person = {"code": SHOP, "name": "张三", "current": True, "confidence": 5_000}
    linker.doubts("张三百货店", person)
    receipt = take(damaged(CF_XDR_MC="张三百货店"))
    assert counts(receipt) == {"rejected": 1}
    assert not linkage.pending()


def test_a_valid_code_under_anothers_name_goes_before_a_person_with_both(
    take: Take, linker: Linker, neighbours: Any
) -> None:
    linker.links("淮北市丁戊己商贸有限公司", OTHER, "淮北市丁戊己商贸有限公司")
    receipt = take(penalty(CF_XDR_MC="淮北市丁戊己商贸有限公司"))
    assert counts(receipt) == {"quarantined": 1} and codes(receipt) == [(2, "V13")]
    (row,) = linkage.pending()
    assert [(one.code, one.name) for one in row.candidates] == [
        (SUBJECT, NAME), (OTHER, "淮北市丁戊己商贸有限公司"),
    ]  # fmt: skip
    assert row.code == SUBJECT


def test_what_else_the_row_says_may_speak_against_a_link(take: Take, linker: Linker, neighbours: Any) -> None:
    """Another organisation code beside, or the category of an individual business."""
    linker.links(NAME)
    receipt = take(damaged(1, CF_XDR_ZZJG=OTHER[8:17]), damaged(2, CF_XDR_LB="个体工商户"))
    assert counts(receipt) == {"quarantined": 2}
    assert codes(receipt) == [(2, "name-doubtful"), (3, "name-doubtful")]
    assert not receipt.links and not linkage.links() and len(linkage.pending()) == 2


def test_only_a_registered_organisation_with_a_valid_code_is_linked_to(take: Take, linker: Linker) -> None:
    linker.links("只有旧号的厂", "340600000012342", "只有旧号的厂")
    linker.links("刚刚注销的厂", code("91", 99), "刚刚注销的厂")
    receipt = take(damaged(1, CF_XDR_MC="只有旧号的厂"), damaged(2, CF_XDR_MC="刚刚注销的厂"))
    assert counts(receipt) == {"rejected": 1, "quarantined": 1}
    assert not linkage.links()


@pytest.mark.parametrize("cell", ["", "340600000012342", SUBJECT[:-1] + "1"])
def test_judgment_defaulters_without_a_valid_code_are_linked_by_no_door(
    take: Take, linker: Linker, pack: law.Pack, cell: str
) -> None:
    item = pack.items["judgment-defaulter"]
    row = defaulter(item) | {item.subject_code: cell, item.subject_name: NAME}
    linker.links(NAME)
    receipt = take(row, of=item)
    assert counts(receipt) == {"rejected": 1}
    # Even a person's word does not: nothing of the item is proposed, and what was judged elsewhere does not count
    take(damaged(CF_XDR_SHXYM=cell, CF_XDR_LB="个体工商户"))
    (pending,) = linkage.pending()
    judge(pending.id)
    assert counts(take(row | {"SX_AH": "（2026）皖06执9号"}, of=item)) == {"rejected": 1}
    assert not any(link.item == item.code for link in linkage.links())
    assert set(linker.asked) <= {(NAME, cell)}


def test_a_defaulter_under_anothers_name_is_not_put_before_a_person(
    take: Take, linker: Linker, pack: law.Pack, neighbours: Any
) -> None:
    item = pack.items["judgment-defaulter"]
    linker.links("淮北市丁戊己商贸有限公司", OTHER)
    row = defaulter(item) | {item.subject_code: SUBJECT, item.subject_name: "淮北市丁戊己商贸有限公司"}
    assert counts(take(row, of=item)) == {"quarantined": 1}
    assert not linkage.pending() and not linker.asked


def test_items_that_say_why_are_never_linked(pack: law.Pack) -> None:
    never = {code for code, item in pack.items.items() if not item.links_by_name}
    assert never == {"judgment-defaulter", "registration-event", "agency-register", "risk-class"}
    for code_ in never:
        source = pack.items[code_].linking.source
        assert source is not None and source.protective and source.because


def test_a_linked_row_and_its_twin_with_the_code_are_one_decision(take: Take, linker: Linker) -> None:
    linker.links(NAME)
    receipt = take(penalty(CF_WSH="号1"), damaged(1), damaged(1, CF_NR="罚款三千元。"))
    assert counts(receipt) == {"accepted": 1, "duplicate": 1, "updated": 1}
    assert len(held()) == 1
    # Only the row that came in under its link has one
    assert [link.row for link in linkage.links()] == [4]


def test_other_rooms_count_a_linked_row_under_the_code_it_was_linked_to(
    take: Take, linker: Linker, pack: law.Pack
) -> None:
    from xinheng.intake.kept_relations import answered_rows, closed_batches

    linker.links(NAME)
    take(damaged(1), penalty(CF_WSH="号2"))
    rows = answered_rows(batches=closed_batches(), pack=pack)
    assert rows["code"].to_list() == [SUBJECT, SUBJECT]


def test_licences_are_linked_like_penalties(take: Take, linker: Linker, licences: law.Item) -> None:
    linker.links(NAME)
    assert counts(take(licence(XK_XDR_SHXYM=""), of=licences)) == {"accepted": 1}


def test_the_comparison_itself_links_a_small_register(take: Take, neighbours: Any) -> None:
    """No stand-in: the index of the register, names as departments write them."""
    receipt = take(
        damaged(1, CF_XDR_MC="淮北市丁戊己商贸有限公司"),
        damaged(2, CF_XDR_MC="淮北市丁戊己商贸有限公司 ", CF_XDR_SHXYM=OTHER[:9] + "****" + OTHER[13:]),
        damaged(3, CF_XDR_MC="上海天涯海角航运股份有限公司"),
    )
    assert [link.uscc for link in linkage.links()] == [OTHER, OTHER]
    assert receipt.accepted == 2 and (4, "name-unknown") in codes(receipt)
    assert evidence.verify().findings == []


def test_receipts_are_plain_json(take: Take, linker: Linker) -> None:
    linker.links(NAME)
    body = take(damaged()).as_dict()
    assert json.loads(json.dumps(body, ensure_ascii=False)) == body
    assert [set(link) for link in body["links"]] == [{"row", "field", "note"}]
