"""Which addresses may be called, which never, and how long to wait: pure."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.subscriptions.policy_addresses import address_allowed, networks, url_problem
from xinheng.subscriptions.policy_retries import LONGEST, WAITS, after

AT = datetime(2026, 11, 20, tzinfo=UTC)
PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::", "fe80::1%eth0", "192.0.2.1", "198.18.0.1", "240.0.0.1", "not an address",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_called(address: str) -> None:
    assert not address_allowed(address, allowed=(), sandbox=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_public_addresses_are_called(address: str) -> None:
    assert address_allowed(address, allowed=(), sandbox=False)


def test_the_operator_may_name_networks_but_never_the_one_that_hands_out_credentials() -> None:
    named = networks("10.20.0.0/16, 169.254.0.0/16 fc00::/7")
    assert address_allowed("10.20.3.4", allowed=named, sandbox=False)
    assert address_allowed("fc00::1", allowed=named, sandbox=False)
    assert not address_allowed("10.21.3.4", allowed=named, sandbox=False)
    assert not address_allowed("169.254.169.254", allowed=named, sandbox=True)


def test_a_sandbox_calls_itself_and_nothing_else_that_is_private() -> None:
    assert address_allowed("127.0.0.1", allowed=(), sandbox=True)
    assert address_allowed("::1", allowed=(), sandbox=True)
    for address in ("10.0.0.1", "192.168.0.1", "169.254.169.254", "fe80::1", "::ffff:10.0.0.1"):
        assert not address_allowed(address, allowed=(), sandbox=True)


@given(st.ip_addresses())
def test_what_is_not_global_is_never_called(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address_allowed(str(address), allowed=(), sandbox=False):
        assert address.is_global and not address.is_link_local and not address.is_multicast


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://", "https://user@example.com/", "https://user:p@example.com/", "https://e.com/#a",
        "https://example.com:22/", "https://example.com:99999/", "ftp://example.com/", "https://exa mple.com/",
        "https://例子.cn/", "javascript:alert(1)", "//example.com/", "https://[::1", "https://e.com/\n", "https:\\\\e.com",
        "https://e.com/" + "a" * 500, "",
    ],
)  # fmt: skip
def test_addresses_that_are_refused_as_written(url: str) -> None:
    assert url_problem(url, sandbox=False)


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://example.com:8443/a?b=c", "https://[2400:3200::1]/x"]
)
def test_addresses_that_are_taken(url: str) -> None:
    assert url_problem(url, sandbox=False) == ""


@given(st.integers(0, 50), st.sampled_from([0, 200, 404, 500, 503]), st.integers(-5, 10**9))
def test_pauses_grow_are_never_longer_than_a_day_and_end(tried: int, status: int, asked: int) -> None:
    found = after(tried=tried, at=AT, status=status, asked=asked)
    if tried >= len(WAITS):
        assert (found.outcome, found.at) == ("given-up", None)
        return
    assert found.outcome == "failed" and found.at is not None
    assert WAITS[tried] <= found.at - AT <= LONGEST
    assert list(WAITS) == sorted(WAITS) and sum(WAITS, timedelta()) < timedelta(days=2)


def test_410_is_the_last_word() -> None:
    assert after(tried=0, at=AT, status=410).outcome == "given-up"
