"""Limits on what costs us work: so many at once, more earned with time, memory bounded, said in the headers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.site import limits
from xinheng.faces.site.limits import Allowance, Buckets

THREE = Allowance("test", 3, 60)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_pass_at_once_and_the_next_waits() -> None:
    buckets = Buckets(Clock())
    assert [buckets.take("a", THREE)[0] for _ in range(4)] == [True, True, True, False]


def test_time_earns_one_more() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    for _ in range(4):
        allowed, left, wait = buckets.take("a", THREE)
    assert (allowed, left, wait) == (False, 0, 20)
    clock.now += 20
    assert buckets.take("a", THREE)[0]
    assert not buckets.take("a", THREE)[0]


def test_one_address_does_not_use_up_anothers_allowance() -> None:
    buckets = Buckets(Clock())
    for _ in range(5):
        buckets.take("a", THREE)
    assert buckets.take("b", THREE)[0]
    assert buckets.take("a", Allowance("other", 3, 60))[0]


@given(st.lists(st.floats(0, 30), max_size=60))
def test_never_more_pass_than_the_allowance_and_what_time_earned(pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += buckets.take("a", THREE)[0]
    assert passed <= 3 + sum(pauses) / 20 + 1e-6


def test_memory_stays_bounded_and_the_longest_unused_goes_first() -> None:
    buckets = Buckets(Clock(), kept=10)
    for number in range(100):
        buckets.take(str(number), THREE)
    for _ in range(3):
        buckets.take("99", THREE)
    assert not buckets.take("99", THREE)[0]
    assert len(buckets._levels) <= 10


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "buckets", Buckets(Clock()))


def test_a_visitor_who_searches_too_often_is_told_when_to_come_back(client: Any, fresh: None) -> None:
    answers = [client.get("/search/", {"q": "淮北"}) for _ in range(limits.SEARCH.count + 1)]
    assert answers[0].status_code == 200
    assert answers[0]["RateLimit"].startswith('"search";r=')
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    assert "请求太频繁了" in answers[-1].content.decode()


def test_opening_the_verification_page_costs_nothing(client: Any, fresh: None) -> None:
    answers = [client.get("/verify/") for _ in range(limits.VERIFY.count + 1)]
    assert {answer.status_code for answer in answers} == {200}


def test_behind_our_proxy_the_visitor_counts_and_not_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.9"}
    assert limits.visitor(meta) == "10.0.0.1"
    monkeypatch.setenv("XINHENG_PROXIES", "1")
    assert limits.visitor(meta) == "203.0.113.9"
    assert limits.visitor({"REMOTE_ADDR": "10.0.0.1"}) == "10.0.0.1"


def test_one_subscriber_of_ipv6_is_one_visitor() -> None:
    assert limits.visitor({"REMOTE_ADDR": "2001:db8::1"}) == limits.visitor({"REMOTE_ADDR": "2001:db8::ffff"})
    assert limits.visitor({"REMOTE_ADDR": "2001:db8::1"}) != limits.visitor(
        {"REMOTE_ADDR": "2001:db8:0:1::1"}
    )
