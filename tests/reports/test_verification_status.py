"""Whether a genuine report still stands, from a list carried in the bundle or fetched apart; every doubt says unknown and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from report_samples import ORIGIN, Case, case, document_key, file_of, key_id, status_list_jwt

from xinheng.reports import statuslist
from xinheng.reports.verification import verify

# The sample was issued at 09:30:12 in Shanghai, status index 5
SINCE = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def small() -> Case:
    return case(licences=0, penalties=1)


@pytest.fixture(scope="module")
def file(small: Case) -> bytes:
    return file_of(small)


def listed(
    small: Case, states: dict[int, int], *, at: datetime = SINCE, number: int = 0, **change: Any
) -> str:
    told = statuslist.credential(
        number, states, at=at, issuer=statuslist.issuer_of(ORIGIN), address="https://credit.example.gov.cn"
    )
    kid = f"{ORIGIN}#{key_id(ORIGIN, small.log_key.public_key().public_bytes_raw()).hex()}"
    return status_list_jwt(small.log_key, told | change, {"kid": kid})


def carrying(small: Case, *lists: Any) -> Any:
    return {**small.bundle(document_key()), "status_lists": list(lists)}


@pytest.mark.parametrize(
    ("value", "status"), [*enumerate(("current", "disputed", "superseded", "withdrawn"))]
)
def test_a_carried_list_says_how_a_report_stands(value: int, status: str, file: bytes, small: Case) -> None:
    seen = verify(file, carrying(small, listed(small, {5: value, 4: 3, 6: 3})), at=SINCE)
    assert (seen.result, seen.status, seen.status_as_of) == ("valid", status, "2026-11-20T10:00:00+08:00")
    assert seen.as_dict()["as_of"] == seen.status_as_of and seen.reasons


def test_of_several_lists_the_newest_counts_wherever_it_came_from(file: bytes, small: Case) -> None:
    older, newer = listed(small, {}), listed(small, {5: 3}, at=SINCE + timedelta(hours=1))
    assert verify(file, carrying(small, older), lists=[newer]).status == "withdrawn"
    assert verify(file, carrying(small, newer, older)).status == "withdrawn"
    assert verify(file, carrying(small), lists=[older]).status == "current"


def test_a_list_may_be_relied_on_for_its_term_and_not_after(file: bytes, small: Case) -> None:
    trust = carrying(small, listed(small, {}))
    until = SINCE + statuslist.VALID
    assert verify(file, trust, at=until).status == "current"
    late = verify(file, trust, at=until + timedelta(seconds=1))
    assert (late.result, late.status, late.status_as_of) == ("valid", "unknown", "")
    assert "过期" in late.reasons[0] and "2026-12-20" in late.reasons[0]
    assert (
        verify(file, trust, lists=[listed(small, {}, at=until)], at=until + timedelta(days=1)).status
        == "current"
    )


@pytest.mark.parametrize(
    ("bend", "why"),
    [
        (lambda small, text: [], "没有这份报告的状态列表"),
        (lambda small, text: [listed(small, {}, number=1)], "没有这份报告的状态列表"),
        (lambda small, text: [text[:-9] + "AAAAAAAAA"], "改动"),
        (lambda small, text: ["rubbish"], "不是签名文本"),
        (lambda small, text: [7, None, {}], "不是签名文本"),
        (lambda small, text: [listed(small, {}, issuer="https://other.example/log")], "另一个平台"),
        (lambda small, text: [listed(small, {}, at=SINCE - timedelta(hours=2))], "比这份报告还早"),
        (lambda small, text: [listed(case(seed=8), {})], "不在信任包"),
        (lambda small, text: "none", "没有这份报告的状态列表"),
    ],
)
def test_a_list_that_cannot_be_relied_on_gives_unknown_and_says_why(
    bend: Callable[..., Any], why: str, file: bytes, small: Case
) -> None:
    trust = {**carrying(small), "status_lists": bend(small, listed(small, {}))}
    seen = verify(file, trust, at=SINCE)
    assert (seen.result, seen.status) == ("valid", "unknown")
    assert why in seen.reasons[0]


def test_a_key_retired_before_the_list_does_not_vouch_for_it(file: bytes, small: Case) -> None:
    trust = carrying(small, listed(small, {}, at=SINCE + timedelta(days=2)))
    trust["log_keys"][0]["retired_at"] = "2026-11-21T00:00:00+08:00"
    assert verify(file, trust).status == "unknown"


def test_a_damaged_list_beside_a_good_one_does_no_harm(file: bytes, small: Case) -> None:
    assert verify(file, carrying(small, "x.y.z", listed(small, {5: 1}), 5)).status == "disputed"


def test_the_command_reads_a_list_from_a_file_or_a_folder(
    file: bytes, small: Case, tmp_path: Path, cli: Callable[..., Any]
) -> None:
    report, trust, lists = tmp_path / "r.pdf", tmp_path / "trust.json", tmp_path / "lists"
    report.write_bytes(file)
    trust.write_text(json.dumps(carrying(small)))
    lists.mkdir()
    (lists / "0").write_text(listed(small, {5: 3}) + "\n")
    (lists / "notes.txt").write_bytes(b"\xff\x00 not a list")
    env = {"XINHENG_TODAY": "2026-11-20", "XINHENG_HOME": str(tmp_path / "nowhere")}
    asked = ("verify", report, "--trust", trust)
    assert cli(*asked, "--json", env=env).json["status"] == "unknown"
    for place in (lists, lists / "0"):
        seen = cli(*asked, "--status", place, "--json", env=env)
        assert (seen.exit, seen.json["result"], seen.json["status"]) == (0, "valid", "withdrawn")
        assert seen.json["as_of"] == "2026-11-20T10:00:00+08:00"
    assert "已被撤回" in cli(*asked, "--status", lists, env=env).out
    late = cli(*asked, "--status", lists, "--json", env={**env, "XINHENG_TODAY": "2027-02-01"})
    assert (late.exit, late.json["status"]) == (0, "unknown") and "过期" in late.json["reasons"][0]
    assert cli(*asked, "--status", tmp_path / "none", "--json", env=env).exit == 2
    report.write_bytes(file + b" ")
    assert cli(*asked, "--status", lists, "--json", env=env).exit == 1
