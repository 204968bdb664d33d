"""Accounts and machine clients: every change is in the ledger, and nothing is kept that would let anybody in."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pyotp
import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from moments import AT
from xinheng.accounts import policy_permissions
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence

BODY = "11340600003000014F"


def _clerk(**more: Any) -> accounts.SignIn:
    given_ = {"name": "clerk", "role": "department", "body": BODY, "title": "报送岗"} | more
    return accounts.add(**given_, at=AT, actor="test")


def test_everybody_is_confined_to_a_unit_but_the_office_and_the_auditor() -> None:
    assert policy_permissions.only_body("office", "") is None
    assert policy_permissions.only_body("auditor", "") is None
    assert policy_permissions.only_body("department", BODY) == BODY
    assert policy_permissions.only_body("organisation", BODY) == BODY
    assert policy_permissions.only_body("root", "") == ""
    assert policy_permissions.only_body("reviewer", "") == "", (
        "a unit without a code sees nothing, not everything"
    )


@given(role=st.text(max_size=12), permission=st.text(max_size=20))
def test_an_unknown_role_or_permission_allows_nothing(role: str, permission: str) -> None:
    allowed = policy_permissions.allows(role, permission)
    assert allowed == (permission in policy_permissions.PERMISSIONS.get(role, ()))


def test_a_reviewer_may_not_send_and_a_department_may_not_issue() -> None:
    assert not accounts.allows("reviewer", "intake.send")
    assert not accounts.allows("department", "oversight.issue")
    assert not accounts.allows("department", "articles.approve")
    assert accounts.allows("office", "oversight.issue")


def test_an_auditor_may_read_and_do_nothing_and_an_organisation_may_only_its_own() -> None:
    reads = {name for name in accounts.PERMISSIONS["auditor"] if name.endswith(".read")}
    assert reads == accounts.PERMISSIONS["auditor"]
    assert accounts.PERMISSIONS["organisation"] == {"own.read", "own.act"}
    assert [role for role in (*accounts.ROLES, "root", "") if not accounts.may_change(role)] == [
        "auditor", "root", "",
    ]  # fmt: skip
    assert [role for role in accounts.ROLES if accounts.allows(role, "cases.decide")] == [
        "office",
        "authority",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "张三"},
        {"name": "A"},
        {"name": "11010519491231002x"},
        {"role": "root"},
        {"role": "organisation"},
        {"role": "auditor"},
        {"role": "authority", "body": ""},
        {"body": ""},
        {"body": "1134060000300001"},
        {"role": "office"},
        {"password": "short"},
        {"password": "clerk-clerk-clerk"},
        {"password": "aaaaaaaaaaaaaa"},
    ],
)
def test_an_account_that_cannot_be_is_refused(empty_home: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(accounts.BadAccount):
        _clerk(**wrong)
    assert accounts.accounts() == []


def test_a_name_is_given_once(empty_home: Any) -> None:
    _clerk()
    with pytest.raises(accounts.AccountTaken):
        _clerk()


def test_the_password_is_nowhere_in_the_home(empty_home: Any) -> None:
    made = _clerk()
    client = accounts.add_client(body=BODY, scopes=("intake",), title="", at=AT, actor="test")
    token = accounts.token(client=accounts.clients()[0], at=AT)
    connection.close()
    for file in empty_home.root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in (made.password, client.secret, token):
                assert secret.encode() not in content, file


def test_every_change_is_one_event_that_names_the_account_and_no_person(empty_home: Any) -> None:
    _clerk()
    accounts.set_password(name="clerk", at=AT, actor="test")
    accounts.disable(name="clerk", at=AT, actor="test")
    accounts.disable(name="clerk", at=AT, actor="test")
    accounts.enable(name="clerk", at=AT, actor="test")
    found = [entry for entry in evidence.events() if entry.kind.startswith("accounts.")]
    assert [entry.kind for entry in found] == [
        "accounts.added",
        "accounts.password-set",
        "accounts.disabled",
        "accounts.enabled",
    ]
    assert {entry.body["detail"]["account"] for entry in found} == {"clerk"}
    assert evidence.verify().findings == []


def test_a_row_changed_behind_the_ledger_is_found_in_every_column(empty_home: Any) -> None:
    _clerk()
    accounts.add_client(body=BODY, scopes=("intake",), title="系统", at=AT, actor="test")
    accounts.keep_request(client="c-1", key="k", data=b"x", batch="20261120-00001", at=AT)
    _fill_the_rest()
    assert evidence.verify().findings == []
    chance = random.Random(7)
    for model in apps.get_app_config("accounts").get_models():
        for field in model._meta.concrete_fields:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
                old = cursor.fetchone()[0]
                new = (not old) if "Bool" in type(field).__name__ else _flipped(old, chance)
                cursor.execute(f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s', [new])
                assert not evidence.verify().ok, (model, field.column)
                value = bool(old) if "Bool" in type(field).__name__ else old
                cursor.execute(f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s', [value])
    assert evidence.verify().findings == []


def _fill_the_rest() -> None:
    """A second factor, a confirmed address, and a reading of an organisation."""
    made = accounts.begin_factor(name="clerk", site="信衡")
    code = pyotp.TOTP(made.secret).at(AT)
    accounts.set_factor(name="clerk", sealed=made.sealed, code=code, instant=AT, at=AT, actor="test")
    asked, code = accounts.ask_contact(name="clerk", email="a@example.cn", language="en", instant=AT)
    accounts.set_contact(name="clerk", asked=asked, code=code, instant=AT, at=AT, actor="test")
    accounts.read(
        actor="desk:clerk",
        at=AT,
        what="case",
        purpose="查",
        subject={"uscc": BODY},
        role="department",
        unit=BODY,
    )
    evidence.drain(at=AT)


def _flipped(old: Any, chance: random.Random) -> Any:
    if isinstance(old, int):
        return old + 1
    if isinstance(old, date):
        return old + timedelta(days=1)
    if not old:
        return "x"
    place = chance.randrange(len(old))
    return old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]


def test_an_account_nobody_added_is_found(empty_home: Any) -> None:
    from xinheng.accounts.models import Account

    Account(name="ghost", role="office", body="", title="", password="!").save()
    assert [finding.code for finding in evidence.verify().findings] == ["account-unknown"]


def test_a_wrong_id_and_a_wrong_secret_are_refused_alike(empty_home: Any) -> None:
    made = accounts.add_client(body=BODY, scopes=("intake",), title="", at=AT, actor="test")
    said = []
    for id_, secret in ((made.id, "wrong"), ("c-nobody", made.secret)):
        with pytest.raises(accounts.TokenRefused) as caught:
            accounts.client_of_secret(id=id_, secret=secret)
        said.append((caught.value.code, caught.value.message))
    assert said[0] == said[1]
    assert accounts.client_of_secret(id=made.id, secret=made.secret).body == BODY


def test_a_token_holds_an_hour_and_not_a_second_more(empty_home: Any) -> None:
    accounts.add_client(body=BODY, scopes=("intake",), title="", at=AT, actor="test")
    token = accounts.token(client=accounts.clients()[0], at=AT)
    assert accounts.client_of_token(token=token, at=AT + timedelta(seconds=3_599)).body == BODY
    with pytest.raises(accounts.TokenRefused, match="过期"):
        accounts.client_of_token(token=token, at=AT + timedelta(seconds=3_600))


def test_a_changed_token_and_the_token_of_a_disabled_client_are_refused(empty_home: Any) -> None:
    made = accounts.add_client(body=BODY, scopes=("intake",), title="", at=AT, actor="test")
    token = accounts.token(client=accounts.clients()[0], at=AT)
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        if changed.rsplit(":", 1)[0] == token.rsplit(":", 1)[0] and place == len(token) - 1:
            continue  # the last character of base64 carries spare bits
        with pytest.raises(accounts.TokenRefused):
            accounts.client_of_token(token=changed, at=AT)
    accounts.disable_client(id=made.id, at=AT, actor="test")
    with pytest.raises(accounts.TokenRefused):
        accounts.client_of_token(token=token, at=AT)


def test_demo_sign_ins_are_made_once_and_only_in_a_sandbox(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.home import Home
    from xinheng.law import service as law

    pack = law.active()
    first = accounts.demo_accounts(pack=pack, at=AT, bodies={"scjg": BODY})
    assert {made.role for made in first} == set(accounts.STAFF_ROLES)
    assert len([made for made in first if made.role == "authority" and made.body == BODY]) == 2, "four eyes"
    assert accounts.demo_accounts(pack=pack, at=AT, bodies={"scjg": BODY}) == first
    assert len(accounts.accounts()) == len(first)
    assert len({made.password for made in first}) == len(first)
    monkeypatch.setattr(Home, "sandbox", False)
    with pytest.raises(accounts.SandboxOnly):
        accounts.demo_accounts(pack=pack, at=AT)


def test_the_command_line_adds_lists_and_ends_accounts(empty_home: Any, cli: Any) -> None:
    told = accounts.Told("https://provider.example", "agent", BODY)
    name = accounts.claim(told=told, listed=lambda _code: True, at=AT)
    added = cli("accounts", "add", "clerk", "--role", "department", "--body", BODY, "--json")
    assert added.exit == 0, added.err
    assert len(added.json["password"]) == 19
    assert cli("accounts", "add", "clerk", "--role", "office").exit == 2
    client = cli("accounts", "client", "add", "--body", BODY, "--scopes", "intake", "--json")
    assert client.json["secret"]
    assert cli("accounts", "client", "add", "--body", BODY, "--scopes", "everything").exit == 2
    assert cli("accounts", "password", "clerk", "--json").json["password"] != added.json["password"]
    assert cli("accounts", "disable", "clerk").exit == 0
    assert cli("accounts", "client", "disable", client.json["id"]).exit == 0
    told = cli("accounts", "list", "--json").json
    assert [one["active"] for one in told["accounts"] + told["clients"]] == [False, False]
    assert "password" not in str(told)
    assert cli("accounts", "add", "firm", "--role", "organisation", "--body", BODY).exit == 2
    assert [one["account"] for one in cli("accounts", "claim", "list", "--json").json["claims"]] == [name]
    assert cli("accounts", "claim", "end", name, "--reason", "单位来函").exit == 0
    assert cli("accounts", "claim", "list", "--body", BODY, "--json").json["claims"][0]["active"] is False
    assert cli("accounts", "claim", "reopen", name).exit == 0
    assert cli("accounts", "end-factor", "clerk").exit == 0
    assert cli("ledger", "verify").exit == 0
