"""The second factor: a code holds once, in its half minute, for the account whose secret it is."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from moments import AT
from xinheng.accounts import factor, keyring, policy_permissions
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.home import Home

BODY = "11340600003000014F"


def _enrolled(name: str = "clerk") -> tuple[pyotp.TOTP, list[str]]:
    accounts.add(name=name, role="department", body=BODY, title="报送岗", at=AT, actor="test")
    made = accounts.begin_factor(name=name, site="信衡")
    totp = pyotp.TOTP(made.secret)
    codes = accounts.set_factor(
        name=name, sealed=made.sealed, code=totp.at(AT), instant=AT, at=AT, actor="test"
    )
    return totp, codes


def _use(code: str, seconds: int, name: str = "clerk") -> bool:
    instant = AT + timedelta(seconds=seconds)
    return factor.use_code(name=name, code=code, instant=instant, at=AT, actor="test")


def test_a_code_holds_once_and_the_one_that_set_it_up_is_used_already(empty_home: Any) -> None:
    totp, _codes = _enrolled()
    assert not _use(totp.at(AT), 0), "the code that proved the set-up was shown once already"
    code = totp.at(AT + timedelta(seconds=60))
    assert not _use("000000" if code != "000000" else "111111", 60)
    assert _use(code, 60)
    assert not _use(code, 60)
    assert not _use(totp.at(AT + timedelta(seconds=30)), 60), "older than one that was used"
    assert evidence.verify().findings == []


def test_a_code_is_too_old_after_a_minute(empty_home: Any) -> None:
    totp, _codes = _enrolled()
    late = totp.at(AT + timedelta(seconds=300))
    assert not _use(late, 300 + 61)
    assert not _use(late, 300 - 61)
    assert _use(late, 300 + 30)


def test_a_recovery_code_holds_once_written_as_anybody_would(empty_home: Any) -> None:
    _totp, codes = _enrolled()
    assert len(set(codes)) == 10
    assert _use(f" {codes[0].upper().replace('-', ' ')} ", 0)
    assert not _use(codes[0], 0)
    assert accounts.recovery_left("clerk") == 9
    fresh = accounts.renew_recovery(name="clerk", at=AT, actor="test")
    assert not _use(codes[1], 0), "the earlier ones end"
    assert _use(fresh[1], 0)


def test_a_code_of_another_account_does_not_hold(empty_home: Any) -> None:
    totp, codes = _enrolled()
    _enrolled("rival")
    assert not _use(totp.at(AT + timedelta(seconds=60)), 60, "rival")
    assert not _use(codes[0], 60, "rival")
    assert not _use("123456", 60, "nobody")


def test_two_requests_with_one_code_let_one_in(empty_home: Any) -> None:
    totp, _codes = _enrolled()
    code, let_in, start = totp.at(AT + timedelta(seconds=90)), [], threading.Barrier(4)

    def knock() -> None:
        start.wait()
        try:
            let_in.append(_use(code, 90))
        finally:
            connection.close()

    connection.close()
    threads = [threading.Thread(target=knock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in) == [False, False, False, True]


def test_neither_secret_nor_recovery_codes_stand_in_the_database(empty_home: Any) -> None:
    totp, codes = _enrolled()
    connection.close()
    for file in empty_home.root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in (totp.secret, *codes, *(code.replace("-", "") for code in codes)):
                assert secret.encode() not in content, file


def test_a_secret_of_another_home_does_not_open(empty_home: Any) -> None:
    _enrolled()
    sealed = accounts.begin_factor(name="clerk", site="信衡").sealed
    (empty_home.keys / keyring.FILE).unlink()
    with pytest.raises(accounts.Unsealed):
        keyring.unseal(sealed)


def test_the_key_is_readable_by_its_owner_only_and_made_once(empty_home: Any) -> None:
    assert not (empty_home.keys / keyring.FILE).exists(), "homes of earlier releases have none"
    first = keyring.digest("a", "b")
    assert (empty_home.keys / keyring.FILE).stat().st_mode & 0o777 == 0o600
    assert keyring.digest("a", "b") == first
    assert {keyring.digest("b", "b"), keyring.digest("a", "", "b"), keyring.digest("a", "b", "")} & {
        first
    } == set()
    assert [file for file in empty_home.keys.iterdir() if file.name.startswith(".")] == []


def test_a_wrong_first_code_keeps_nothing(empty_home: Any) -> None:
    accounts.add(name="clerk", role="department", body=BODY, title="", at=AT, actor="test")
    made = accounts.begin_factor(name="clerk", site="信衡")
    wrong = "000000" if pyotp.TOTP(made.secret).at(AT) != "000000" else "111111"
    for code in (wrong, "", "12345", "１２３４５６", "abcdef"):
        with pytest.raises(accounts.WrongCode):
            accounts.set_factor(name="clerk", sealed=made.sealed, code=code, instant=AT, at=AT, actor="test")
    assert not accounts.has_factor("clerk")
    with pytest.raises(accounts.WrongCode):
        accounts.renew_recovery(name="clerk", at=AT, actor="test")


def test_an_ended_factor_lets_nobody_in_and_verifies(empty_home: Any) -> None:
    totp, codes = _enrolled()
    accounts.end_factor(name="clerk", at=AT, actor="office")
    accounts.end_factor(name="clerk", at=AT, actor="office")
    assert not accounts.has_factor("clerk")
    assert not _use(totp.at(AT + timedelta(seconds=60)), 60)
    assert not _use(codes[0], 60)
    kinds = [entry.kind for entry in evidence.events() if entry.kind.startswith("accounts.")]
    assert kinds == ["accounts.added", "accounts.factor-set", "accounts.factor-ended"]
    assert evidence.verify().findings == []


@given(role=st.sampled_from(accounts.ROLES), named=st.sets(st.sampled_from(accounts.STAFF_ROLES)))
def test_a_policy_names_who_must_have_one_and_never_an_organisation(role: str, named: set[str]) -> None:
    policy = ", ".join(sorted(named))
    assert policy_permissions.policy_problem(policy) == ""
    assert accounts.factor_required(role, policy) == (role in named)
    assert accounts.factor_required(role, "required") == (role in {"office", "authority", "auditor"})
    assert not any(accounts.factor_required(role, off) for off in ("", "off", "offered"))


@pytest.mark.parametrize("wrong", ["on", "true", "office;auditor", "organisation", "office,root"])
def test_a_policy_that_cannot_be_read_is_refused(wrong: str) -> None:
    assert policy_permissions.policy_problem(wrong)


def test_simulated_sign_in_is_refused_outside_a_sandbox(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = accounts.simulated(page="http://testserver/x")
    begun = accounts.begin(provider=provider, redirect="http://testserver/r", instant=AT)
    monkeypatch.setattr(Home, "sandbox", False)
    with pytest.raises(accounts.SandboxOnly):
        accounts.simulated(page="http://testserver/x")
    with pytest.raises(accounts.SandboxOnly):
        accounts.choose(asked={}, code=BODY, agent="1", redirect="http://testserver/r")
    given_ = {"state": begun.kept["state"], "code": "x"}
    with pytest.raises(accounts.SandboxOnly):
        accounts.finish(provider=provider, kept=begun.kept, given=given_, instant=AT)
