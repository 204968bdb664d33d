"""The words on the pages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from report_samples import case

from xinheng.reports import marks, view


def built(**changes: Any) -> dict[str, Any]:
    sample = case()
    sample.report.update(changes)  # type: ignore[typeddict-item]
    return view.build(sample.report, sample.proof)


def block(pages: dict[str, Any], title: str) -> dict[str, Any]:
    return next(one for one in pages["blocks"] if one["title"] == title)


def test_the_parts_stand_in_the_national_order() -> None:
    assert [f"{one['no']} {one['title']}" for one in built()["blocks"]] == [
        "一 基础信息", "二 行政管理", "三 诚实守信", "四 严重失信", "五 经营异常", "六 信用承诺", "七 信用评价",
        "八 司法判决", "九 其他", "十 信用状况提升建议", "十一 公共信用信息地方补充内容",
    ]  # fmt: skip


def test_an_empty_section_says_none_found_and_an_uncollected_one_says_so() -> None:
    pages = built()
    assert block(pages, "诚实守信")["note"] == "查询期内无相关信息"
    assert block(pages, "严重失信")["note"] == "本平台暂未归集"
    assert [one["count"] for one in pages["summary"]] == ["3", "0", "", "", "", "", "", ""]


def test_a_section_the_report_leaves_out_counts_as_not_collected() -> None:
    sample = case()
    sample.report["sections"] = sample.report["sections"][:1]
    pages = view.build(sample.report, sample.proof)
    assert block(pages, "诚实守信")["note"] == "本平台暂未归集"


def test_items_of_a_section_that_are_not_collected_are_named() -> None:
    assert block(built(), "行政管理")["remarks"] == ["行政强制、监督检查：本平台暂未归集，不能据此认为没有。"]


def test_entries_left_out_are_counted_and_said() -> None:
    sample = case()
    sample.report["sections"][0]["omitted"] = 1200
    pages = view.build(sample.report, sample.proof)
    assert pages["summary"][0]["count"] == "1,203"
    assert block(pages, "行政管理")["remarks"][0] == "另有 1,200 条因数量过多未列入本报告，可按事项另行查询。"


def test_every_field_is_named_with_its_value_or_as_blank() -> None:
    sample = case()
    for entry, shown in zip(
        sample.report["sections"][0]["entries"],
        [card for group in block(built(), "行政管理")["groups"] for card in group["entries"]],
        strict=True,
    ):
        printed = {cell["label"] for row in shown["rows"] for cell in row}
        for field in entry["fields"]:
            assert field["label"] in printed if field["value"] else f"{field['label']} — —" in shown["blank"]


def test_fields_keep_their_order_whatever_their_length() -> None:
    fields: Any = [{"code": str(i), "label": f"甲{i}", "value": "字" * (i * 7 % 40)} for i in range(1, 30)]
    rows = view._rows(fields)
    assert [cell["label"] for row in rows for cell in row] == [field["label"] for field in fields]
    assert all(1 <= len(row) <= 2 for row in rows)


@pytest.mark.parametrize(
    ("value", "printed"),
    [("2026-11-20", "2026年11月20日"), ("2099-12-31", "长期"), ("", "— —"), ("2026-13-40", "2026-13-40")],
)
def test_dates_and_blanks_are_printed_in_chinese(value: str, printed: str) -> None:
    assert view._cell({"code": "A", "label": "甲", "value": value, "type": "date"})["value"] == printed


def test_the_advice_gives_dates_of_each_adverse_entry_and_ends_with_the_standing_sentence() -> None:
    lines = block(built(), "信用状况提升建议")["lines"]
    assert len(lines) == 3
    assert re.search(r"自2026年\d+月\d+日起可向作出决定的机关申请信用修复；公示至", lines[0])
    assert lines[-1] == "建议秉持诚信理念，合法有序开展经营活动。"


def test_many_adverse_entries_do_not_make_endless_advice() -> None:
    sample = case(licences=0, penalties=40)
    lines = block(view.build(sample.report, sample.proof), "信用状况提升建议")["lines"]
    assert len(lines) == 22
    assert "其余 20 条" in lines[20]


def test_the_day_of_the_report_stands_at_its_place_on_the_life_line() -> None:
    entry = case().report["sections"][0]["entries"][1]
    entry.update(
        decided_on="2026-01-01",
        shown_from="2026-01-01",
        earliest_repair="2026-04-01",
        shown_until="2026-12-31",
    )  # type: ignore[call-arg]
    before, middle, after = (
        view._life_line(entry, day) for day in ("2025-12-01", "2026-02-15", "2027-06-01")
    )
    assert before and middle and after
    assert (before["today"], after["today"], after["left"]) == (0.0, 1.0, "公示期已满")
    assert middle["today"] == pytest.approx((1 + 45 / 90) / 3)
    last = view._life_line(entry, "2026-12-31")
    assert last and last["left"] == "今日公示截止"


def test_a_licence_has_no_life_line() -> None:
    assert view._life_line(case().report["sections"][0]["entries"][0], "2026-11-20") is None


def test_a_provision_nobody_has_confirmed_is_marked() -> None:
    groups = block(built(), "行政管理")["groups"]
    assert [card["confirmed"] for card in groups[1]["entries"]] == [False, True]


@pytest.mark.parametrize(
    ("url", "held"),
    [
        ("https://a.cn/verify", "https://a.cn/verify/N1"),
        ("https://a.cn/verify/", "https://a.cn/verify/N1"),
        ("https://a.cn/v?n=N1", "https://a.cn/v?n=N1"),
        ("", "xinheng:N1"),
        ("/verify/", "xinheng:N1"),
    ],
)
def test_the_qr_code_holds_the_number_in_an_address_a_phone_can_open(url: str, held: str) -> None:
    sample = case()
    sample.report.update(number="N1", verify_url=url)
    assert view.qr_text(sample.report) == held


def test_no_word_of_a_score_or_a_black_list_is_ours() -> None:
    text = json.dumps(built(), ensure_ascii=False)
    assert not re.search("评分为|得分|黑名单|红名单|老赖", text)


def test_two_reports_carry_different_seals_and_the_same_one_the_same() -> None:
    assert marks.seal_svg("1", "a") == marks.seal_svg("1", "a")
    assert len({marks.seal_svg("1", "a"), marks.seal_svg("2", "a"), marks.seal_svg("1", "b")}) == 3
