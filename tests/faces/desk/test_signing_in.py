"""Signing in, out, and being locked out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from xinheng.evidence import service as evidence

pytest_plugins = ("deskkit",)


def _try(browser: Any, name: str, password: str, **more: str) -> Any:
    return browser.post("/desk/sign-in/", {"username": name, "password": password, **more})


def test_nobody_is_sent_to_the_sign_in_page_and_comes_back_where_he_wanted(desk: Any) -> None:
    from deskkit import PASSWORD

    browser = desk.client()
    answer = browser.get("/desk/?a=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/sign-in/?next=%2Fdesk%2F%3Fa%3D1"
    assert "登录工作台" in browser.get(answer["Location"]).content.decode()
    answer = _try(browser, "clerk", PASSWORD, next="/desk/?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?a=1")
    assert browser.get("/desk/").status_code == 200


def test_the_way_back_never_leads_to_another_site(desk: Any) -> None:
    from deskkit import PASSWORD

    for bad in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = _try(desk.client(), "clerk", PASSWORD, next=bad)
        assert answer["Location"] == "/desk/", bad


def test_the_session_cookie_is_out_of_reach_of_scripts_and_ends_after_eight_hours(desk: Any) -> None:
    from deskkit import PASSWORD

    browser = desk.client()
    cookie = _try(browser, "clerk", PASSWORD).cookies["xinheng"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert browser.session.get_expiry_age() == 8 * 3600


def test_five_wrong_passwords_lock_the_account_and_say_for_how_long(desk: Any) -> None:
    from deskkit import PASSWORD

    for _ in range(4):
        assert _try(desk.client(), "clerk", "wrong-password").status_code == 400
    locked = _try(desk.client(), "clerk", "wrong-password")
    assert locked.status_code == 429
    minutes = re.search(r"(\d+) 分钟后可以再试", locked.content.decode())
    assert minutes is not None
    assert 1 <= int(minutes.group(1)) <= 15
    right = _try(desk.client(), "clerk", PASSWORD)
    assert right.status_code == 429, "the right password must not open a locked account"
    assert _try(desk.client(), "rival", PASSWORD).status_code == 302, "others are not locked with it"
    told = list(evidence.events(kinds=["accounts.locked"]))
    assert [entry.body["detail"] for entry in told] == [{"account": "clerk"}]


def test_what_somebody_types_as_a_name_is_not_written_down(desk: Any) -> None:
    from axes.models import AccessAttempt

    browser = desk.client()
    for _ in range(5):
        answer = _try(browser, "11010519491231002X", "whatever-it-is")
    assert answer.status_code == 429
    kept = str(list(AccessAttempt.objects.values()))
    assert "11010519491231002" not in kept
    assert "whatever" not in kept
    assert "127.0.0.1" not in kept
    assert not list(evidence.events(kinds=["accounts.locked"]))


def test_an_unlocked_account_opens_again(desk: Any) -> None:
    from deskkit import PASSWORD

    from moments import AT
    from xinheng.accounts import service as accounts

    for _ in range(5):
        _try(desk.client(), "clerk", "wrong-password")
    accounts.unlock(name="clerk", at=AT, actor="test")
    assert _try(desk.client(), "clerk", PASSWORD).status_code == 302
    assert [one for one in evidence.verify().findings if one.code.startswith("account")] == []


def test_a_disabled_account_is_out_with_its_next_click(desk: Any) -> None:
    from moments import AT
    from xinheng.accounts import service as accounts

    browser = desk.client("clerk")
    assert browser.get("/desk/").status_code == 200
    accounts.disable(name="clerk", at=AT, actor="test")
    assert browser.get("/desk/").status_code == 302


def test_a_new_password_ends_open_sessions(desk: Any) -> None:
    from moments import AT
    from xinheng.accounts import service as accounts

    browser = desk.client("clerk")
    assert browser.get("/desk/").status_code == 200
    accounts.set_password(name="clerk", at=AT, actor="test")
    assert browser.get("/desk/").status_code == 302


def test_signing_out_needs_a_form_and_ends_the_session(desk: Any) -> None:
    browser = desk.client("clerk")
    assert browser.get("/desk/sign-out/").status_code == 405
    assert browser.post("/desk/sign-out/").status_code == 302
    assert browser.get("/desk/").status_code == 302


@pytest.mark.parametrize("address", ["/desk/sign-in/", "/desk/sign-out/"])
def test_a_form_without_its_token_is_refused(desk: Any, address: str) -> None:
    browser = desk.client("clerk", enforce_csrf_checks=True)
    assert browser.post(address, {"username": "clerk", "password": "x"}).status_code == 403
