"""The ways into the desk, in a browser's terms: password, second factor, provider; fixation, redirects, replay."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.test import override_settings
from django.utils import timezone
from walkkit import PASSWORD

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.home import Home

sys.path.insert(0, str(Path(__file__).parents[1] / "accounts"))
import oidcserver

pytest_plugins = ("walkkit",)
START = "/desk/sign-in/organisation/"


def _sign_in(browser: Any, name: str = "office", password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/desk/sign-in/", {"username": name, "password": password, **more})


def _enrol(name: str = "office") -> tuple[pyotp.TOTP, list[str]]:
    made = accounts.begin_factor(name=name, site="信衡")
    totp = pyotp.TOTP(made.secret)
    now = timezone.now()
    codes = accounts.set_factor(
        name=name,
        sealed=made.sealed,
        code=totp.at(now - timedelta(seconds=30)),
        instant=now,
        at=AT,
        actor="test",
    )
    return totp, codes


def _code(totp: pyotp.TOTP) -> str:
    return totp.at(timezone.now())


def _through(browser: Any, code: str, agent: str = "1", start: str = START) -> Any:
    """All the way through the simulated provider, as a visitor would go it; the answer to the way back."""
    away = browser.get(start)
    assert away.status_code == 302, away.content.decode()
    page = browser.get(away["Location"])
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    fields.pop("csrfmiddlewaretoken", None)
    back = browser.post("/desk/simulated-provider/", {**fields, "uscc": code, "agent": agent})
    return browser.get(back["Location"]) if back.status_code == 302 else back


# --- the second factor


def test_a_right_password_alone_lets_nobody_in_who_has_a_second_factor(walktown: Any) -> None:
    totp, _codes = _enrol()
    browser = walktown.client()
    answer = _sign_in(browser, next="/desk/orders/")
    assert answer["Location"] == "/desk/sign-in/code/"
    assert browser.get("/desk/orders/").status_code == 302, "half way is not in"
    assert browser.post("/desk/sign-in/code/", {"code": "000000"}).status_code == 400
    assert browser.get("/desk/orders/").status_code == 302
    answer = browser.post("/desk/sign-in/code/", {"code": _code(totp)})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/orders/")
    assert browser.get("/desk/orders/").status_code == 200


def test_a_code_somebody_read_over_the_shoulder_is_used_up(walktown: Any) -> None:
    totp, codes = _enrol()
    first, second = walktown.client(), walktown.client()
    code = _code(totp)
    for browser in (first, second):
        _sign_in(browser)
    assert first.post("/desk/sign-in/code/", {"code": code}).status_code == 302
    assert second.post("/desk/sign-in/code/", {"code": code}).status_code == 400
    assert second.post("/desk/sign-in/code/", {"code": codes[3]}).status_code == 302
    third = walktown.client()
    _sign_in(third)
    assert third.post("/desk/sign-in/code/", {"code": codes[3]}).status_code == 400


def test_wrong_codes_lock_the_account_like_wrong_passwords_and_the_password_does_not_reset_them(
    walktown: Any,
) -> None:
    totp, _codes = _enrol()
    answers = []
    for _try in range(5):
        browser = walktown.client()
        _sign_in(browser)
        answers.append(browser.post("/desk/sign-in/code/", {"code": "000000"}).status_code)
    assert answers == [400, 400, 400, 400, 429]
    browser = walktown.client()
    assert _sign_in(browser).status_code == 429
    assert browser.post("/desk/sign-in/code/", {"code": _code(totp)}).status_code == 302
    assert browser.get("/desk/orders/").status_code == 302, "locked: not even the right code"
    assert [one.body["detail"] for one in evidence.events(kinds=["accounts.locked"])] == [
        {"account": "office"}
    ]


def test_the_second_step_needs_the_first_one(walktown: Any) -> None:
    totp, _codes = _enrol()
    browser = walktown.client()
    assert browser.get("/desk/sign-in/code/")["Location"] == "/desk/sign-in/"
    assert browser.post("/desk/sign-in/code/", {"code": _code(totp)})["Location"] == "/desk/sign-in/"
    _sign_in(browser)
    accounts.set_password(name="office", at=AT, actor="test", password="another-password-now")
    browser.post("/desk/sign-in/code/", {"code": _code(totp)})
    assert browser.get("/desk/orders/").status_code == 302, (
        "the password of the first step is no longer the password"
    )


@override_settings(SECOND_FACTOR="required")
def test_where_it_is_required_nothing_opens_before_it_is_set_up(walktown: Any) -> None:
    browser, before = walktown.client(), evidence.size()
    _sign_in(browser)
    for at in ("/desk/", "/desk/orders/", "/desk/cases/"):
        assert browser.get(at)["Location"] == "/desk/account/second-factor/", at
    assert browser.post("/desk/articles/new/", {"title": "x"})["Location"] == "/desk/account/second-factor/"
    assert evidence.size() == before
    page = browser.get("/desk/account/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    assert "viewBox" in page, "a picture that is cut off cannot be scanned"
    assert "<svg" in page and "style=" not in page, "the policy of the site lets no style inside a page"
    answer = browser.post(
        "/desk/account/second-factor/", {"code": _code(pyotp.TOTP(secret[1].replace(" ", "")))}
    )
    codes = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", answer.content.decode())
    assert len(codes) == 10
    assert browser.get("/desk/orders/").status_code == 200
    for at in ("/desk/account/", "/desk/account/second-factor/"):
        assert codes[0] not in browser.get(at, follow=True).content.decode(), "told once"
    assert walktown.client("x-clerk").get("/desk/batches/").status_code == 200, "not of a clerk"


def test_ending_it_asks_for_the_password(walktown: Any) -> None:
    totp, _codes = _enrol()
    browser = walktown.client()
    _sign_in(browser)
    browser.post("/desk/sign-in/code/", {"code": _code(totp)})
    assert browser.post("/desk/account/second-factor/end/", {"password": "x"}).status_code == 400
    assert accounts.has_factor("office")
    assert browser.post("/desk/account/second-factor/end/", {"password": PASSWORD}).status_code == 200
    assert not accounts.has_factor("office")


def test_the_account_page_changes_a_password_and_other_sessions_end(walktown: Any) -> None:
    mine, elsewhere = walktown.client("office"), walktown.client("office")
    new = {"password": PASSWORD, "new": "a-quite-different-one", "again": "a-quite-different-one"}
    for wrong in ({"password": "x"}, {"again": "y"}, {"new": "short", "again": "short"}):
        assert mine.post("/desk/account/password/", new | wrong).status_code == 400
    assert mine.post("/desk/account/password/", new).status_code == 200
    assert mine.get("/desk/orders/").status_code == 200
    assert elsewhere.get("/desk/orders/").status_code == 302
    assert _sign_in(walktown.client()).status_code == 400
    assert _sign_in(walktown.client(), password="a-quite-different-one").status_code == 302


# --- the identity provider


def test_an_organisation_comes_in_through_the_provider_and_sees_itself(walktown: Any) -> None:
    browser = walktown.client()
    assert "企业登录" in browser.get("/desk/sign-in/").content.decode()
    answer = _through(browser, walktown.a)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert browser.get("/desk/", follow=True).redirect_chain[-1][0] == f"/desk/own/{walktown.a}/"
    names = [one.account for one in accounts.claims(body=walktown.a)]
    assert len(names) == 2, "a second agent beside the first one"
    _through(walktown.client(), walktown.a, agent="2")
    assert len(accounts.claims(body=walktown.a)) == 3
    assert [one for one in evidence.verify().findings if one.code.startswith("account")] == []


def test_typing_a_code_is_no_claim(walktown: Any) -> None:
    """Neither into the sign-in form, nor into the address of the workspace, nor into the way back."""
    before = [one.account for one in accounts.claims()]
    for typed in (walktown.a, walktown.agent):
        answer = _sign_in(walktown.client(), typed, walktown.a)
        assert answer.status_code == 400
    nobody, rival = walktown.client(), walktown.client(walktown.agent_b)
    for at in (f"/desk/own/{walktown.a}/", f"/desk/sign-in/?uscc={walktown.a}", f"{START}?uscc={walktown.a}"):
        nobody.get(at)
    assert "/desk/sign-in/" in nobody.get(f"/desk/own/{walktown.a}/")["Location"]
    assert rival.get(f"/desk/own/{walktown.a}/").status_code in (403, 404)
    assert rival.post(
        f"/desk/own/object/{walktown.statement}/", {"uscc": walktown.a, "reason": "x"}
    ).status_code in (
        403,
        404,
    )
    forged = {"code": walktown.a, "uscc": walktown.a, "state": "x"}
    assert nobody.get("/desk/sign-in/return/", forged).status_code == 403
    assert [one.account for one in accounts.claims()] == before


def test_a_way_back_is_good_once_and_in_the_browser_that_began_it(walktown: Any) -> None:
    browser, thief = walktown.client(), walktown.client()
    away = urlsplit(browser.get(START)["Location"])
    asked = {name: values[0] for name, values in parse_qs(away.query).items()}
    back = browser.post("/desk/simulated-provider/", asked | {"uscc": walktown.a})["Location"]
    assert thief.get(back).status_code == 403, "a way back sent to another browser signs nobody in there"
    assert thief.get("/desk/account/").status_code == 302
    assert browser.get(back).status_code == 302
    assert browser.get("/desk/account/").status_code == 200
    browser.post("/desk/sign-out/")
    assert browser.get(back).status_code == 403, "a second time"


def test_an_ended_agent_stays_outside(walktown: Any) -> None:
    browser = walktown.client()
    _through(browser, walktown.a)
    name = browser.session["_auth_user_id"]
    from xinheng.accounts.models import Account

    account = Account.objects.get(pk=name).name
    office = walktown.client("office")
    assert office.post(f"/desk/claims/{account}/end/", {"reason": ""}).status_code == 400
    assert office.post(f"/desk/claims/{account}/end/", {"reason": "单位来函"}).status_code == 302
    assert browser.get("/desk/account/").status_code == 302
    answer = _through(browser, walktown.a)
    assert answer.status_code == 403 and "终止" in answer.content.decode()


def test_a_code_the_register_does_not_know_is_refused(walktown: Any) -> None:
    before = accounts.claims()
    answer = _through(walktown.client(), "91340600MA2MU3AR2C")
    assert answer.status_code == 400
    assert accounts.claims() == before


def test_the_simulated_provider_says_loudly_what_it_is_and_is_nowhere_else(
    walktown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = walktown.client()
    assert "不是真的身份认证" in browser.get("/desk/simulated-provider/").content.decode()
    assert browser.post("/desk/simulated-provider/", {"uscc": walktown.a}).status_code == 403, (
        "not begun here"
    )
    monkeypatch.delenv("XINHENG_TODAY")
    monkeypatch.setattr(Home, "sandbox", False)
    assert browser.get("/desk/simulated-provider/").status_code == 404
    assert browser.post("/desk/simulated-provider/", {"uscc": walktown.a}).status_code == 404
    assert browser.get(START).status_code == 403
    assert "这里还没有接入身份提供方" in browser.get("/desk/sign-in/").content.decode()


# --- sessions


@pytest.fixture
def planted(walktown: Any) -> Iterator[tuple[Any, str]]:
    """A browser whose session somebody else chose."""
    browser = walktown.client()
    browser.get(START)
    browser.session["planted"] = "x"
    yield browser, browser.cookies["xinheng"].value


def test_a_session_somebody_planted_is_not_the_one_that_is_signed_in(
    walktown: Any, planted: tuple[Any, str]
) -> None:
    browser, old = planted
    _sign_in(browser)
    assert browser.cookies["xinheng"].value != old
    assert "planted" not in browser.session and "provider" not in browser.session
    thief = walktown.client()
    thief.cookies["xinheng"] = old
    assert thief.get("/desk/account/").status_code == 302


def test_nor_is_it_on_the_way_through_the_provider(walktown: Any, planted: tuple[Any, str]) -> None:
    browser, old = planted
    _through(browser, walktown.a)
    assert browser.cookies["xinheng"].value != old
    thief = walktown.client()
    thief.cookies["xinheng"] = old
    assert thief.get("/desk/account/").status_code == 302


def test_signing_in_through_the_provider_ends_whoever_was_signed_in(walktown: Any) -> None:
    browser = walktown.client("office")
    _through(browser, walktown.a)
    assert browser.get("/desk/orders/").status_code == 403
    assert browser.get(f"/desk/own/{walktown.a}/").status_code == 200


@pytest.mark.parametrize(
    "bad", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_no_way_in_leads_to_another_site(walktown: Any, bad: str) -> None:
    totp, _codes = _enrol()
    browser = walktown.client()
    _sign_in(browser, next=bad)
    assert browser.post("/desk/sign-in/code/", {"code": _code(totp)})["Location"] == "/desk/"
    assert _sign_in(walktown.client(), "x-clerk", next=bad)["Location"] == "/desk/"
    from urllib.parse import quote

    answer = _through(walktown.client(), walktown.a, start=f"{START}?next={quote(bad)}")
    assert answer["Location"] == "/desk/"
    assert walktown.client("office").get(f"/desk/sign-in/?next={quote(bad)}")["Location"] == "/desk/"


def test_the_way_on_is_kept_through_the_provider(walktown: Any) -> None:
    answer = _through(
        walktown.client(), walktown.a, start=f"{START}?next=%2Fdesk%2Fown%2Fobject%2F{walktown.statement}%2F"
    )
    assert answer["Location"] == f"/desk/own/object/{walktown.statement}/"


def test_where_mail_goes_is_confirmed_by_a_code_and_shown_to_its_owner_only(walktown: Any) -> None:
    browser = walktown.client(walktown.agent)
    page = browser.post("/desk/account/e-mail/", {"email": "a@example.cn", "language": "en"}).content.decode()
    code = re.search(r"验证码直接显示：(\d{6})", page)
    assert code is not None, "a sandbox without a mail server shows it"
    wrong = "000000" if code[1] != "000000" else "111111"
    assert browser.post("/desk/account/e-mail/confirm/", {"code": wrong}).status_code == 400
    assert accounts.contacts(usccs=[walktown.a]) == {}
    assert browser.post("/desk/account/e-mail/confirm/", {"code": code[1]}).status_code == 200
    assert [one.email for one in accounts.contacts(usccs=[walktown.a])[walktown.a]] == ["a@example.cn"]
    assert "a@example.cn" in browser.get("/desk/account/").content.decode()
    for name in (walktown.agent_b, "office", "auditor"):
        assert "a@example.cn" not in walktown.client(name).get("/desk/account/").content.decode()
    browser.post("/desk/account/e-mail/end/")
    assert accounts.contacts(usccs=[walktown.a]) == {}


def test_a_code_is_never_shown_outside_a_sandbox(walktown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = walktown.client(walktown.agent)
    monkeypatch.delenv("XINHENG_TODAY")
    monkeypatch.setattr(Home, "sandbox", False)
    answer = browser.post("/desk/account/e-mail/", {"email": "a@example.cn", "language": "en"})
    assert answer.status_code == 503
    assert not re.search(r"\b\d{6}\b", re.sub(r"<[^>]*>", "", answer.content.decode()))
    assert browser.post("/desk/account/e-mail/confirm/", {"code": "000000"}).status_code == 400


def test_a_provider_over_the_network_is_asked_and_believed_only_in_what_it_signs(walktown: Any) -> None:
    """The whole way with a provider of its own address, keys and clock, as a deployment has it."""
    stamp = int(timezone.now().timestamp())
    with oidcserver.running() as server:
        server.claims = {
            "sub": "agent-9",
            "uscc": walktown.b,
            "iat": stamp,
            "exp": stamp + 300,
            "name": "欧阳测试",
        }
        given = {
            "OIDC_ISSUER": server.issuer,
            "OIDC_CLIENT": oidcserver.CLIENT,
            "OIDC_SECRET": oidcserver.SECRET,
        }
        with override_settings(**given, OIDC_NAME="皖事通", PUBLIC_URL="https://credit.example.cn"):
            browser = walktown.client()
            assert "用皖事通登录" in browser.get("/desk/sign-in/").content.decode()
            away = browser.get(f"/en{START}")["Location"]
            assert away.startswith(f"{server.issuer}/authorize?")
            back = server.visit(away)
            assert server.asked["redirect_uri"] == "https://credit.example.cn/desk/sign-in/return/"
            assert browser.get("/desk/sign-in/return/", back).status_code == 302
            assert browser.get(f"/desk/own/{walktown.b}/").status_code == 200
            assert browser.get(f"/desk/own/{walktown.a}/").status_code in (403, 404)
            other = walktown.client()
            server.bend = lambda claims: claims.update(aud="somebody else")
            assert (
                other.get("/desk/sign-in/return/", server.visit(other.get(START)["Location"])).status_code
                == 403
            )
            assert other.get("/desk/account/").status_code == 302
            assert "欧阳测试" not in str(list(evidence.events())[-3:])
