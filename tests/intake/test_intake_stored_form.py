"""What is stored of a row, and how it will stand, is what the scalar definitions of records and law say."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_rows import AGENCY, SHOP, SUBJECT, TODAY, Row, chunk_of, licence, penalty

from xinheng.intake.preparing import Preparer
from xinheng.intake.shaping import with_headers
from xinheng.kernel.money import format_wan
from xinheng.law import service as law
from xinheng.records import service as records


def prepared(item: law.Item, pack: law.Pack, rows: list[Row], received_on: date = TODAY) -> pl.DataFrame:
    return Preparer(item=item, pack=pack, received_on=received_on).prepare(chunk_of(item, rows)).rows


def parts(item: law.Item, pack: law.Pack, rows: list[Row]) -> list[dict[str, object]]:
    frame = with_headers(prepared(item, pack, rows), item=item, batch="20261120-00001", received_on=TODAY)
    return frame.to_dicts()


def test_a_stored_row_reads_back_as_its_clean_values(pack: law.Pack, item: law.Item) -> None:
    (row,) = parts(
        item, pack, [penalty(CF_JDRQ="46338", CF_NR_FK="2000元", CF_CFLB="罚款、警告", CF_FR_ZJHM="x")]
    )
    values = records.decode(item, row["public"], row["shared"], row["restricted"])  # type: ignore[arg-type]
    assert values["CF_JDRQ"] == "2026-11-12"
    assert values["CF_NR_FK"] == "0.2"
    assert values["CF_CFLB"] == "罚款;警告"
    assert values["CF_FRDB"] == "钱多多"
    assert not set(item.scopes["drop"]) & set(values)
    assert set(values) == {one.code for one in item.fields} - set(item.scopes["drop"])
    head = row["shared"].decode().split("\x1f")[:4]  # type: ignore[attr-defined]
    assert head == ["1", "20261120-00001", "2", "2026-11-20"]


def test_the_representative_is_only_in_the_restricted_part(pack: law.Pack, item: law.Item) -> None:
    (row,) = parts(item, pack, [penalty(CF_SY="现场负责人孙大圣在场。")])
    text = {part: row[part].decode() for part in ("public", "shared", "restricted")}  # type: ignore[attr-defined]
    assert "钱多多" in text["restricted"]
    assert "钱多多" not in text["public"] + text["shared"]
    assert "孙大圣" not in "".join(text.values())
    assert "孙某某" in text["public"]


_text = st.text(st.sampled_from("甲乙丙一二三 （）〔〕[]0１Aa,;\n"), max_size=10)
_row = st.fixed_dictionaries(
    {},
    optional={
        "CF_XDR_MC": _text, "CF_WSH": _text, "CF_SY": _text, "BZ": _text, "CF_FRDB": _text,
        "CF_JDRQ": st.dates(date(2015, 1, 1), date(2027, 1, 1)).map(lambda d: f"{d:%Y/%m/%d}"),
        "CF_XDR_SHXYM": st.sampled_from([SUBJECT, SHOP, SUBJECT.lower()]),
        "CF_CFJGDM": st.sampled_from([AGENCY, SUBJECT]),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(_row, min_size=1, max_size=6))
def test_key_and_digest_are_what_records_derive_from_the_parts(
    pack: law.Pack, item: law.Item, changes: list[Row]
) -> None:
    for row in parts(item, pack, [penalty(**change) for change in changes]):
        public, shared, restricted = (row[part] for part in ("public", "shared", "restricted"))
        values = records.decode(item, public, shared, restricted)  # type: ignore[arg-type]
        assert row["key"] == records.key_of(item, values)
        assert row["digest"] == records.digest_of(public, shared, restricted)  # type: ignore[arg-type]
        assert row["authority"] == values[item.authority]
        assert values[item.decided_on] == str(row["decided_on"])


def test_another_spelling_of_the_document_number_is_the_same_decision_saying_the_same(
    pack: law.Pack, item: law.Item
) -> None:
    one, two = prepared(item, pack, [penalty(), penalty(CF_WSH="淮市监罚[2026]1号")]).to_dicts()
    assert one["key"] == two["key"]
    assert one["digest"] != two["digest"]


_penalties = st.fixed_dictionaries(
    {
        "CF_CFLB": st.sampled_from(
            ["警告", "罚款", "警告;罚款", "没收违法所得", "暂扣或者吊销许可证", "吊销许可证件", "其他-约谈", "责令停产停业;罚款", "通报批评", ""]
        ),
        "CF_NR_FK": st.sampled_from(["", "0", "0.0001", "0.3", "0.300001", "1", "9.99", "10", "200", "x"]),
        "CF_NR_WFFF": st.sampled_from(["", "0", "0.5"]),
        "CF_YJ": st.sampled_from(["食品安全法第三十四条", "消防法第六十条", "安全生产法", "广告法", "药品管理法"]),
        "CF_CFJG": st.sampled_from(["淮北市市场监督管理局", "淮北市应急管理局", "淮北市某某局", "淮北市生态环境局"]),
        "CF_NR": st.sampled_from(["暂扣许可证三个月", "吊销许可证", "适用简易程序，罚款", "不适用简易程序", "罚款"]),
        "BZ": st.sampled_from(["", "当场处罚"]),
        "CF_JDRQ": st.sampled_from(["2019-06-30", "2019-07-01", "2021-07-14", "2021-07-15", "2023-04-30", "2023-05-01",
                                    "2025-12-31", "2026-03-31", "2026-04-01", "2026-11-20"]),
    }
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(_penalties, min_size=1, max_size=12), st.sampled_from([TODAY, date(2026, 4, 1)]))
def test_class_and_window_of_many_are_the_laws_answers_for_each(
    pack: law.Pack, item: law.Item, changes: list[Row], received_on: date
) -> None:
    rows = prepared(item, pack, [penalty(**change) for change in changes], received_on)
    stored = with_headers(rows, item=item, batch="b", received_on=received_on)
    for row in stored.to_dicts():
        values = records.decode(item, row["public"], row["shared"], row["restricted"])
        decision = law.severity(pack=pack, item=item, facts=law.facts_of(pack=pack, item=item, values=values))
        window = law.window(
            pack=pack, item=item, severity=decision, decided_on=row["decided_on"], received_on=received_on
        )
        assert row["severity"] == decision.severity
        assert (row["show_from"], row["show_until"]) == (
            (window.show_from, window.show_until) if window.show else (None, None)
        )
        assert (row["repair_from"], row["rule"]) == (window.earliest_repair, window.provision)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_amounts_between_two_thresholds_are_classed_alike_whatever_their_fen(
    pack: law.Pack, item: law.Item, amounts: list[int]
) -> None:
    changes = [{"CF_NR_FK": format_wan(fen), "CF_CFJG": "淮北市市场监督管理局"} for fen in amounts]
    rows = prepared(item, pack, [penalty(**change) for change in changes])
    for fen, severity in zip(amounts, rows["severity"], strict=True):
        facts = law.Facts(("罚款",), False, fen, None, "food", date(2026, 11, 12))
        assert severity == law.severity(pack=pack, item=item, facts=facts).severity


def test_licences_have_no_class_and_are_shown_from_receipt(pack: law.Pack, licences: law.Item) -> None:
    (row,) = prepared(licences, pack, [licence()]).to_dicts()
    assert (row["severity"], row["show_from"]) == ("", TODAY)


def test_seven_working_days_are_in_time_the_eighth_is_late(pack: law.Pack, item: law.Item) -> None:
    """2026-11-20 is a Friday; the seventh working day after 2026-11-11 is the 20th."""
    days = [
        date(2026, 11, 11),
        date(2026, 11, 10),
        date(2026, 11, 20),
        TODAY - timedelta(days=400),
        date(1990, 1, 1),
    ]
    rows = prepared(
        item, pack, [penalty(CF_JDRQ=f"{day}", CF_YXQ="") for day in days] + [penalty(CF_JDRQ="")]
    )
    assert rows["timeliness"].to_list()[:4] == ["on_time", "late", "on_time", "late"]
    assert rows["timeliness"].to_list()[4:] == ["undated", "undated"]


def test_where_the_calendar_ends_lateness_is_left_open(pack: law.Pack, item: law.Item) -> None:
    rows = prepared(item, pack, [penalty(CF_JDRQ="2026-12-29", CF_YXQ="")], date(2026, 12, 30))
    assert rows["timeliness"].to_list() == ["undated"]
