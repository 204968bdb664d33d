"""Every address, walked by everybody who has no business there: refused, nothing shown, nothing done."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from charted import EVERY_STAFF, FILLED, HIDDEN, NAMELESS, OF_FIRM, OF_UNIT, PUBLIC, SIGNING
from django.urls import URLPattern
from walkpaths import address, patterns, permission_of

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence

pytest_plugins = ("walkkit",)
KNOWN = {permission for all_of in accounts.PERMISSIONS.values() for permission in all_of}


def _named(prefix: str = "") -> dict[str, URLPattern]:
    """All addresses but those of the API, by name."""
    found = {}
    for route, pattern in patterns():
        if not route.startswith("api/v1/") and pattern.name and pattern.name.startswith(prefix):
            found[pattern.name] = pattern
    return found


def _guard(name: str, pattern: URLPattern) -> str:
    permission, personal = permission_of(pattern)
    return "personal" if personal else HIDDEN.get(name, permission or "")


def _guarded() -> dict[str, str]:
    """The pages behind the sign-in, each with the permission it asks for."""
    return {name: _guard(name, one) for name, one in _named("desk-").items() if name not in SIGNING}


def _ledger() -> list[str]:
    """What was done, readings apart."""
    return [entry.kind for entry in evidence.events() if entry.kind != "accounts.read"]


def _body(answer: Any) -> str:
    """What an answer says, in text and in its links: a number that is broken by marks of the page is one number."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    whole = content.decode(errors="replace")
    return unquote(whole) + re.sub(r"<[^>]*>", "", whole) + unquote(answer.get("Location", ""))


def _leaked(walktown: Any, name: str, body: str) -> list[str]:
    """What stands on a page that should not; what the asker put into the address himself is no secret to him."""
    asked = {str(value) for value in FILLED[name](walktown).values()} if name in FILLED else set()
    return [word for word, text in walktown.markers.items() if text in body and text not in asked]


def _both(browser: Any, at: str, asks: tuple[str, ...] = ("get", "post")) -> list[Any]:
    """GET and POST; each answer is judged by whoever asked."""
    from xinheng.faces.site.limits import buckets

    buckets.clear()
    form = {"reason": "x", "act": "refuse", "to": "closed", "token": "t"}
    return [browser.get(at) if ask == "get" else browser.post(at, form) for ask in asks]


def test_every_address_is_charted() -> None:
    """A new page fails here until `charted.py` says who may open it and whose ids fill it."""
    for route, pattern in patterns():
        name = pattern.name or ""
        if route.startswith("api/v1/"):
            continue
        if not name:
            assert route in NAMELESS, route
        elif name.startswith("desk-") and name not in SIGNING:
            permission, personal = permission_of(pattern)
            seen = personal or permission in KNOWN or name in EVERY_STAFF
            assert seen != (name in HIDDEN), f"{name}: its guard is not known"
            assert HIDDEN.get(name, "own.read") in KNOWN
        else:
            assert name in PUBLIC | SIGNING, f"{name}: is it open to everybody?"
        assert ("<" in route) == (name in FILLED) or not name, f"{name}: with which ids?"
    assert set(_named()) >= set(FILLED) | set(HIDDEN) | PUBLIC | SIGNING, (
        "the chart names pages that are gone"
    )


def test_whoever_it_belongs_to_sees_it(walktown: Any) -> None:
    """The walks below look for these words: here they must be found, or the walks would prove nothing."""
    for name, at, word in (
        (walktown.agent, address("desk-own-case", FILLED["desk-own-case"], walktown), "reason"),
        ("x-decide", address("desk-case", FILLED["desk-case"], walktown), "reason"),
        ("x-decide", address("desk-cases", None, walktown), "case"),
        ("office", address("desk-case", FILLED["desk-case"], walktown), "file"),
        ("auditor", address("desk-case", FILLED["desk-case"], walktown), "paper"),
    ):
        answer = walktown.client(name).get(at)
        assert answer.status_code == 200, (name, at)
        assert walktown.markers[word] in _body(answer), (name, at, word)


def test_nobody_is_sent_to_the_sign_in_page_and_nothing_is_done(walktown: Any) -> None:
    browser, before = walktown.client(), evidence.size()
    for name in _guarded():
        for language in ("", "/en"):
            for answer in _both(browser, language + address(name, FILLED.get(name), walktown)):
                assert answer.status_code in (302, 405), (name, answer.status_code)
                if answer.status_code == 302:
                    assert "/desk/sign-in/" in answer["Location"], (name, answer["Location"])
    assert evidence.size() == before


def test_a_machine_that_asks_for_json_is_told_to_sign_in(walktown: Any) -> None:
    at = address("desk-case", FILLED["desk-case"], walktown)
    answer = walktown.client().get(at, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in")


@pytest.mark.parametrize("who", ["", "agent_b", "y-decide"])
def test_no_public_page_shows_what_is_between_a_firm_and_its_authority(walktown: Any, who: str) -> None:
    browser = walktown.client(getattr(walktown, who, who))
    for name in sorted(PUBLIC):
        for answer in _both(browser, address(name, FILLED.get(name), walktown)):
            body = _body(answer)
            assert not _leaked(walktown, name, body), name


def test_another_firm_gets_nothing_of_this_one(walktown: Any) -> None:
    """Its own workspace only: pages of staff are refused, pages of the other firm do not exist."""
    browser, before = walktown.client(walktown.agent_b), _ledger()
    for name, permission in _guarded().items():
        for answer in _both(browser, address(name, FILLED.get(name), walktown)):
            told = (name, answer.status_code)
            body = _body(answer).replace(answer.wsgi_request.path, "")
            assert not _leaked(walktown, name, body), told
            assert walktown.a not in body or name in OF_FIRM, told
            if permission == "personal":
                continue
            if name in EVERY_STAFF:
                assert answer.status_code in (302, 405), told
            elif not permission.startswith("own."):
                assert answer.status_code in (403, 405), told
            elif name in OF_FIRM:
                assert answer.status_code in (403, 404, 405), told
    assert _ledger() == before


@pytest.mark.parametrize("who", ["clerk", "review", "decide"])
def test_another_department_gets_nothing_of_this_one(walktown: Any, who: str) -> None:
    browser, before = walktown.client(f"y-{who}"), _ledger()
    role = {"clerk": "department", "review": "reviewer", "decide": "authority"}[who]
    for name, permission in _guarded().items():
        for answer in _both(browser, address(name, FILLED.get(name), walktown)):
            told = (name, answer.status_code)
            body = _body(answer).replace(answer.wsgi_request.path, "")
            assert not _leaked(walktown, name, body), told
            assert walktown.batch not in body or name in OF_UNIT, told
            if permission and permission != "personal" and not accounts.allows(role, permission):
                assert answer.status_code in (403, 405), told
            elif name in OF_UNIT:
                assert answer.status_code in (400, 403, 404, 405), told
    assert _ledger() == before


def test_what_is_another_departments_cannot_be_told_from_what_does_not_exist(walktown: Any) -> None:
    browser = walktown.client("y-decide")
    for name in ("desk-case", "desk-case-paper"):
        there = browser.get(address(name, FILLED[name], walktown))
        absent = browser.get(address(name, lambda _town: {"number": "无此〔2026〕9号"}, walktown))
        assert (there.status_code, absent.status_code) == (404, 404), name


def test_an_expired_session_does_nothing(walktown: Any) -> None:
    """Whatever was under way: the form of a session that ended is not carried out, by whomever it was sent."""
    from django.contrib.sessions.models import Session

    names = ("office", "x-decide", walktown.agent)
    browsers = {name: walktown.client(name) for name in names}
    Session.objects.all().delete()
    before = evidence.size()
    for name in _guarded():
        for who, browser in browsers.items():
            for answer in _both(browser, address(name, FILLED.get(name), walktown)):
                assert answer.status_code in (302, 405), (name, who, answer.status_code)
                if answer.status_code == 302:
                    assert "/desk/sign-in/" in answer["Location"], (name, who)
    assert evidence.size() == before


def test_an_expired_form_does_not_come_back_as_the_way_on(walktown: Any) -> None:
    at = address("desk-case-act", FILLED["desk-case-act"], walktown)
    assert walktown.client().post(at, {"act": "refuse"})["Location"] == "/desk/sign-in/"


def test_an_auditor_reads_and_changes_nothing_and_every_page_is_written_down(walktown: Any) -> None:
    browser, before, seen = walktown.client("auditor"), _ledger(), 0
    for name, permission in _guarded().items():
        if permission == "personal":
            continue
        readings = len(evidence.events(kinds=["accounts.read"]))
        shown, sent = _both(browser, address(name, FILLED.get(name), walktown))
        assert sent.status_code in (403, 405), (name, sent.status_code)
        told = evidence.events(kinds=["accounts.read"])[readings:]
        if shown.status_code == 200:
            seen += 1
            assert [one.body["purpose"] for one in told if one.body["detail"]["what"] == f"page:{name}"] == [
                "审计监督"
            ]
            assert {one.body["detail"]["role"] for one in told} == {"auditor"}
    assert seen >= 10
    assert _ledger() == before


def test_a_role_without_the_permission_is_refused_everywhere(walktown: Any) -> None:
    roles = {
        "x-clerk": "department", "x-review": "reviewer", "x-decide": "authority", "office": "office",
        "auditor": "auditor", walktown.agent: "organisation",
    }  # fmt: skip
    tried, before = 0, _ledger()
    for name, permission in _guarded().items():
        for who, role in roles.items():
            if not permission or permission == "personal" or accounts.allows(role, permission):
                continue
            tried += 1
            codes = {
                answer.status_code
                for answer in _both(walktown.client(who), address(name, FILLED.get(name), walktown))
            }
            assert codes <= {403, 405} and 403 in codes, (name, who, codes)
    assert tried > 100
    assert _ledger() == before


def test_no_form_works_without_its_token(walktown: Any) -> None:
    browsers = {
        "own.": walktown.client(walktown.agent, enforce_csrf_checks=True),
        "": walktown.client("office", enforce_csrf_checks=True),
    }
    before = _ledger()
    for name, permission in _guarded().items():
        browser = browsers["own." if permission.startswith("own.") else ""]
        answer = _both(browser, address(name, FILLED.get(name), walktown), asks=("post",))[0]
        assert answer.status_code in (403, 405), (name, answer.status_code)
    assert _ledger() == before


def test_an_account_that_is_disabled_is_out_with_its_next_click(walktown: Any) -> None:
    from moments import AT

    browser = walktown.client(walktown.agent)
    at = address("desk-own-case", FILLED["desk-own-case"], walktown)
    assert browser.get(at).status_code == 200
    accounts.end_claim(name=walktown.agent, reason="单位来函", at=AT, actor="desk:office")
    assert browser.get(at).status_code == 302
