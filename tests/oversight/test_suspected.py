"""疑似未报: missing numbers are found, asked about, and closed by their arrival; lists of other faces are compared."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from mirror_rows import BUREAU, OTHER, SHOP, SUBJECT, at, penalty

from xinheng.evidence import service as evidence
from xinheng.oversight import docnumbers, policy_gaps, store
from xinheng.oversight import service as oversight
from xinheng.oversight.models import Finding, Step

LATER = at("2026-12-31")


def texts(**of: Any) -> list[str]:
    return [one.text for one in oversight.suspected(**of).findings]


def test_a_missing_number_is_found_once_and_closes_when_it_comes(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(2), penalty(5), penalty(6), penalty(7), penalty(8))
    found = oversight.look(at=LATER, actor="t")
    assert (found.opened, found.closed) == (1, 0)
    assert oversight.look(at=LATER, actor="t").opened == 0
    (one,) = oversight.suspected(body=BUREAU).findings
    assert (one.text, one.size, one.state) == ("淮市监罚〔2026〕3—4号", 2, "open")
    assert (one.lower_on, one.upper_on) == (date(2026, 11, 19), date(2026, 11, 19))
    send(penalty(3), on="2026-12-31")
    assert oversight.look(at=LATER, actor="t").closed == 0
    send(penalty("淮市监罚字[2026]第0004号"), on="2026-12-31")
    assert oversight.look(at=LATER, actor="t").closed == 1
    assert oversight.finding(number=one.number).state == "reported"
    assert [step.state for step in oversight.history(number=one.number)] == ["open", "reported"]


def test_nothing_is_asked_while_the_decision_may_still_come_in_time(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(3), penalty(4))
    assert oversight.look(at=at("2026-11-30"), actor="t").opened == 0
    assert oversight.look(at=at("2026-12-01"), actor="t").opened == 1


def test_rows_about_persons_that_were_refused_explain_as_many_numbers(send: Callable[..., Any]) -> None:
    person = {"CF_XDR_LB": "自然人", "CF_XDR_MC": "张三丰", "CF_XDR_SHXYM": ""}
    send(penalty(1), penalty(2, **person), penalty(3), penalty(4), penalty(5))
    assert oversight.look(at=LATER, actor="t").opened == 0
    (sequence,) = oversight.sequences(body=BUREAU)
    assert (sequence["missing"], sequence["persons"], sequence["verdict"]) == (1, 1, "persons")


def test_a_returned_row_is_not_unreported(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(2, CF_WFXW=""), penalty(3))
    assert oversight.look(at=LATER, actor="t").opened == 0


def test_only_a_confirmed_omission_is_due(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(3), penalty(4), penalty(5))
    oversight.look(at=at("2026-12-10"), actor="t")
    (one,) = oversight.suspected(body=BUREAU).findings
    december = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}
    line = oversight.between(**december)[0].figures
    assert (line.due, line.omitted, line.suspected) == (0, 0, 1)
    oversight.resolve(
        numbers=[one.number], to="confirmed", reason="来函承认", at=at("2026-12-15"), actor="office"
    )
    line = oversight.between(**december)[0].figures
    assert (line.due, line.omitted, line.suspected, line.reporting) == (1, 1, 0, 0)
    # It is an omission of December, not of every month after it
    assert oversight.between(date(2027, 1, 1), date(2027, 1, 31)) == []


def test_steps_need_their_reason_and_nobody_says_by_hand_that_a_number_came(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(3), penalty(4), penalty(5))
    oversight.look(at=LATER, actor="t")
    (one,) = oversight.suspected().findings
    for to, reason in (("explained", " "), ("reported", "来了"), ("closed", "x")):
        with pytest.raises(oversight.StepRefused):
            oversight.resolve(numbers=[one.number], to=to, reason=reason, at=LATER, actor="t")
    with pytest.raises(oversight.NoSuchFinding):
        oversight.resolve(
            numbers=[one.number], to="explained", reason="作废", at=LATER, actor="t", body=OTHER
        )
    assert Step.objects.filter(of=one.number).count() == 1
    done = oversight.resolve(
        numbers=[one.number], to="explained", reason="该号作废", at=LATER, actor="t", body=BUREAU
    )
    assert (done[0].state, done[0].reason) == ("explained", "该号作废")
    assert texts(state="open") == []


def test_a_list_goes_on_where_it_stopped(send: Callable[..., Any]) -> None:
    send(*(penalty(number) for number in range(1, 60) if number % 6))
    oversight.look(at=LATER, actor="t")
    found, after = [], None
    while True:
        page = oversight.suspected(after=after, limit=2)
        found += [one.number for one in page.findings]
        after = page.next
        if after is None:
            break
    assert len(found) == len(set(found)) == 9
    assert found == sorted(found, reverse=True)


def test_numbers_the_town_kept_back_are_among_the_missing(town: Any, town_files: Any) -> None:
    """The generator says which decisions were never sent: each lies in a gap; and nothing is asked that is no gap."""
    with (town_files.folder / "truth" / "unreported.csv").open(encoding="utf-8", newline="") as handle:
        kept_back = {(row["source"], *docnumbers.parse(row["docno"])) for row in csv.DictReader(handle)}  # type: ignore[misc]
    assert kept_back, "the town kept nothing back: the test would prove nothing"
    missing = {
        (row["authority"], row["prefix"], row["year"], number): row["upper_on"]
        for row in policy_gaps.gaps(store.runs()).iter_rows(named=True)
        for number in range(row["first"], row["last"] + 1)
    }
    assert kept_back <= set(missing)
    oversight.look(at=at("2026-11-20"), actor="t")
    asked = {
        (one.body, one.prefix, one.year, number)
        for one in Finding.objects.all()
        for number in range(one.first, one.last + 1)
    }
    assert asked <= set(missing)
    told = {(one["authority"], one["prefix"], one["year"]): one for one in oversight.sequences()}
    for one in kept_back:
        sequence = told[one[:3]]
        # It is asked about, or refused rows of that year may explain what is missing, or it may still come in time
        explained = sequence["verdict"] != "asks" or missing[one] >= date(2026, 11, 9)
        assert one in asked or explained, sequence


def listed(
    tmp_path: Path,
    *rows: tuple[str, ...],
    heads: tuple[str, ...] = ("文号", "相对人", "决定日期", "罚款金额(万元)"),
) -> Path:
    path = tmp_path / "list.csv"
    with path.open("w", encoding="gb18030", newline="") as handle:
        csv.writer(handle).writerows([("某局行政处罚公示",), heads, *rows])
    return path


def compared(path: Path) -> oversight.Compared:
    return oversight.compare(
        path, face="部门网站", item="admin-penalty", body=BUREAU, at=LATER, actor="office"
    )


def test_a_list_from_elsewhere_shows_what_is_missing_here_there_and_what_differs(
    send: Callable[..., Any], tmp_path: Path
) -> None:
    name = "淮北市甲乙丙商贸有限公司"
    send(penalty(1), penalty(2), penalty(3), penalty(4), penalty(5, CF_JDRQ="2026/11/18"))
    path = listed(
        tmp_path,
        ("淮市监罚（2026）1号", name, "2026-11-19", "0.2"),
        ("淮市监罚〔2026〕2号", name, "2026/11/18", "0.2"),
        ("淮市监罚〔2026〕3号", name, "2026年11月19日", "0.3"),
        ("淮市监罚〔2026〕9号", name, "2026-11-19", ""),
        ("", name, "2026-11-19", ""),
        ("淮市监罚〔2026〕8号", "张三丰", "2026-11-19", "0.1"),
    )
    found = compared(path)
    assert (found.rows, found.both, found.elsewhere, found.differs, found.here_only) == (4, 3, 1, 2, 2)
    assert (found.personal, found.unusable) == (1, 1)
    by_kind = {one.kind: one for one in oversight.suspected(body=BUREAU).findings}
    assert by_kind["elsewhere"].text == "淮市监罚〔2026〕9号"
    details = [one.detail for one in oversight.suspected(kind="differs").findings]
    assert {"decided": ["2026-11-18", "2026-11-19"]} in details
    assert {"amount": ["0.3", "0.2"]} in details
    # Asked again, the same list tells nothing new
    assert compared(path).known == 5
    assert Finding.objects.count() == 5
    assert not any("张三丰" in str(value) for row in Finding.objects.values_list() for value in row)
    send(penalty(9), on="2026-12-31")
    assert oversight.look(at=LATER, actor="t").closed == 1


def test_a_difference_is_no_omission(send: Callable[..., Any], tmp_path: Path) -> None:
    send(penalty(1))
    compared(listed(tmp_path, ("淮市监罚〔2026〕1号", "", "2026-11-18", "")))
    (one,) = oversight.suspected(kind="differs").findings
    with pytest.raises(oversight.StepRefused):
        oversight.resolve(numbers=[one.number], to="confirmed", reason="x", at=LATER, actor="t")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 \n", b"a,b\n1,2\n", b"\xff\xfe\x00\x01" * 50])
def test_what_is_no_list_is_refused_in_words(
    send: Callable[..., Any], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(oversight.ListUnreadable):
        compared(path)
    assert not evidence.events(kinds=["oversight.compared"])


def test_a_shop_is_no_person_when_it_has_its_code(send: Callable[..., Any], tmp_path: Path) -> None:
    heads = ("文号", "当事人", "统一社会信用代码")
    found = compared(listed(tmp_path, ("罚〔2026〕1号", "张三丰", SHOP), ("罚〔2026〕2号", "张三丰", ""), ("罚〔2026〕3号", "某公司", SUBJECT), heads=heads))  # fmt: skip
    assert (found.rows, found.personal) == (2, 1)
