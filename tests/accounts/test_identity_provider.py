"""An organisation's account comes from a token of the provider that names its code, verified in every claim."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.accounts import provider as protocol
from xinheng.accounts import service as accounts
from xinheng.accounts.models import Account
from xinheng.evidence import service as evidence

sys.path.insert(0, str(Path(__file__).parent))
import oidcserver

CODE, OTHER = "91340600MA2MU3AR2C", "11340600003000014F"
BACK = "https://credit.example.cn/desk/sign-in/return/"
STAMP = int(AT.timestamp())


@pytest.fixture
def server() -> Iterator[oidcserver.OidcServer]:
    protocol.forget()
    with oidcserver.running() as found:
        found.claims = {"sub": "agent-1", "uscc": CODE, "iat": STAMP, "exp": STAMP + 300}
        yield found


def _provider(server: oidcserver.OidcServer, **more: Any) -> accounts.Provider:
    return accounts.Provider(server.issuer, oidcserver.CLIENT, oidcserver.SECRET, **more)


def _told(server: oidcserver.OidcServer, **more: Any) -> accounts.Told:
    provider = _provider(server, **more)
    begun = accounts.begin(provider=provider, redirect=BACK, instant=AT)
    return accounts.finish(provider=provider, kept=begun.kept, given=server.visit(begun.url), instant=AT)


def test_the_code_flow_tells_issuer_subject_and_code_and_asks_for_no_name(server: Any) -> None:
    assert _told(server) == accounts.Told(server.issuer, "agent-1", CODE)
    assert server.asked["scope"] == "openid"
    assert server.asked["code_challenge_method"] == "S256"
    assert len(server.asked["state"]) >= 32 and len(server.asked["nonce"]) >= 32
    assert server.asked["redirect_uri"] == BACK


def test_the_code_may_stand_inside_another_claim(server: Any) -> None:
    server.claims |= {"org": {"code": OTHER}}
    assert _told(server, claim="org.code").code == OTHER
    assert _told(server, claim="org.name").code == ""
    assert _told(server, claim="sub.x").code == ""


BENT = {
    "another issuer": {"iss": "https://other.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody"},
    "no audience": {"aud": None},
    "several audiences without azp": {"aud": [oidcserver.CLIENT, "somebody"]},
    "made out to another party": {"azp": "somebody"},
    "another sign-in's nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "expired": {"exp": STAMP - 61},
    "no end": {"exp": None},
    "not yet": {"nbf": STAMP + 120},
    "from tomorrow": {"iat": STAMP + 86_400},
    "no subject": {"sub": None},
    "an end that is no number": {"exp": "never"},
}


@pytest.mark.parametrize("bent", BENT.values(), ids=BENT)
def test_a_token_that_is_wrong_in_one_claim_is_refused(server: Any, bent: dict[str, Any]) -> None:
    def bend(claims: dict[str, Any]) -> None:
        claims.update(bent)
        for name in [name for name, value in claims.items() if value is None]:
            del claims[name]

    assert _told(server).subject == "agent-1"
    server.bend = bend
    with pytest.raises(accounts.ProviderRefused):
        _told(server)


def test_a_token_signed_by_somebody_else_is_refused(server: Any) -> None:
    for alg, key in oidcserver.other_keys().items():
        server.signs_with, server.alg = key, alg
        with pytest.raises(accounts.ProviderRefused):
            _told(server)
    server.alg = "none"
    with pytest.raises(accounts.ProviderRefused):
        _told(server)


def test_new_keys_of_the_provider_are_asked_for_when_they_are_needed(server: Any) -> None:
    _told(server)
    server.key = oidcserver.other_keys()["RS256"]
    assert _told(server).subject == "agent-1"
    server.paths.clear()
    _told(server)
    assert server.paths == [], "what is known is not asked for again"


WAYS_BACK = {
    "another state": {"state": "x"},
    "no state": {"state": ""},
    "another issuer": {"iss": "https://other.example"},
    "an error": {"error": "access_denied"},
    "no code": {"code": ""},
    "a code nobody gave": {"code": "guessed"},
}


@pytest.mark.parametrize("bent", WAYS_BACK.values(), ids=WAYS_BACK)
def test_a_way_back_that_is_not_the_one_begun_is_refused(server: Any, bent: dict[str, str]) -> None:
    provider = _provider(server)
    begun = accounts.begin(provider=provider, redirect=BACK, instant=AT)
    given = server.visit(begun.url) | bent
    if bent == {"code": "guessed"}:
        server.used.add("guessed")
    with pytest.raises(accounts.ProviderRefused):
        accounts.finish(provider=provider, kept=begun.kept, given=given, instant=AT)


def test_a_way_back_is_of_the_session_that_began_it_and_in_time(server: Any) -> None:
    provider = _provider(server)
    mine = accounts.begin(provider=provider, redirect=BACK, instant=AT)
    theirs = accounts.begin(provider=provider, redirect=BACK, instant=AT)
    given = server.visit(mine.url)
    for kept, at in (
        ({}, AT),
        (theirs.kept, AT),
        (mine.kept | {"verifier": theirs.kept["verifier"]}, AT),
        (mine.kept, AT + timedelta(seconds=600)),
        (mine.kept | {"issuer": "https://other.example"}, AT),
    ):
        with pytest.raises(accounts.ProviderRefused):
            accounts.finish(provider=provider, kept=kept, given=given, instant=at)
    assert accounts.finish(provider=provider, kept=mine.kept, given=given, instant=AT).code == CODE
    with pytest.raises(accounts.ProviderRefused):
        accounts.finish(provider=provider, kept=mine.kept, given=given, instant=AT)


def test_a_provider_that_says_it_is_another_or_is_not_there_is_refused(server: Any) -> None:
    server.told = {"issuer": "https://other.example"}
    with pytest.raises(accounts.NoProvider):
        _told(server)
    server.told = {"token_endpoint": "http://other.example/token"}
    with pytest.raises(accounts.NoProvider):
        _told(server)
    for issuer in ("http://credit.example.cn", "http://127.0.0.1:9"):
        with pytest.raises(accounts.NoProvider):
            accounts.begin(provider=accounts.Provider(issuer, "x"), redirect=BACK, instant=AT)


def _claim(subject: str = "agent-1", code: str = CODE, listed: bool = True) -> str:
    told = accounts.Told("https://provider.example", subject, code)
    return accounts.claim(told=told, listed=lambda _code: listed, at=AT)


def test_several_agents_of_one_organisation_and_one_agent_of_two(empty_home: Any) -> None:
    first, second = _claim("agent-1"), _claim("agent-2")
    elsewhere = _claim("agent-1", OTHER)
    assert len({first, second, elsewhere}) == 3
    assert _claim("agent-1") == first
    assert [one.account for one in accounts.claims(body=CODE)] == sorted([first, second])
    assert [entry.kind for entry in evidence.events(kinds=["accounts.claimed"])] == ["accounts.claimed"] * 3
    assert evidence.verify().findings == []


@pytest.mark.parametrize("code", ["", "91340600MA2MU3AR20", "11010519491231002X", "某公司"])
def test_a_code_that_cannot_be_or_is_not_in_the_register_is_no_claim(empty_home: Any, code: str) -> None:
    with pytest.raises(accounts.ClaimRefused) as caught:
        _claim(code=code)
    assert not code or code not in caught.value.message
    with pytest.raises(accounts.ClaimRefused, match="主体登记中没有"):
        _claim(listed=False)
    assert accounts.claims() == []


def test_nobody_can_type_a_code_and_be_the_organisation(empty_home: Any) -> None:
    with pytest.raises(accounts.BadAccount, match="身份提供方"):
        accounts.add(name="firm", role="organisation", body=CODE, title="", at=AT, actor="test")
    name = _claim()
    with pytest.raises(accounts.BadAccount, match="没有密码"):
        accounts.set_password(name=name, password="a-long-enough-one", at=AT, actor="test")
    row = Account.objects.get(name=name)
    assert not row.has_usable_password()
    assert not any(row.check_password(typed) for typed in ("", CODE, row.password))


def test_an_ended_claim_stays_ended_until_the_office_reopens_it(empty_home: Any) -> None:
    name = _claim()
    with pytest.raises(accounts.BadAccount):
        accounts.end_claim(name=name, reason=" ", at=AT, actor="desk:office")
    reason = "单位来函更换经办人，电话13800138000"
    accounts.end_claim(name=name, reason=reason, at=AT, actor="desk:office")
    accounts.end_claim(name=name, reason=reason, at=AT, actor="desk:office")
    with pytest.raises(accounts.ClaimRefused, match="终止"):
        _claim()
    _claim("agent-2")
    [told] = evidence.events(kinds=["accounts.claim-ended"])
    assert "13800138000" not in str(told.body)
    accounts.reopen_claim(name=name, at=AT, actor="desk:office")
    assert _claim() == name
    assert evidence.verify().findings == []
    accounts.add(name="clerk", role="department", body=OTHER, title="", at=AT, actor="test")
    for act in (accounts.end_claim, accounts.reopen_claim):
        more = {"reason": "x"} if act is accounts.end_claim else {}
        with pytest.raises(accounts.BadAccount):
            act(name="clerk", at=AT, actor="desk:office", **more)


def test_nothing_the_provider_said_of_a_person_is_in_the_home(empty_home: Any, server: Any) -> None:
    person = {"name": "欧阳测试", "phone_number": "13912345678", "id_number": "11010519491231002X"}
    server.claims |= person | {"sub": "11010519491231002X"}
    accounts.claim(told=_told(server), listed=lambda _code: True, at=AT)
    connection.close()
    for file in empty_home.root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for value in person.values():
                assert value.encode() not in content, file


def test_an_agents_name_cannot_be_tried_out_without_the_key_of_the_home(empty_home: Any) -> None:
    name = _claim()
    (empty_home.keys / "accounts.key").unlink()
    assert accounts.agent_name(accounts.Told("https://provider.example", "agent-1", CODE), CODE) != name
