"""Where notices go, and who looked at whom: confirmed, encrypted, and told to the one who was looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence

CODE, UNIT = "91340600MA2MU3AR2C", "11340600003000014F"
MAIL = "xinyong@example.com.cn"


def _agent(subject: str = "agent-1", code: str = CODE) -> str:
    told = accounts.Told("https://provider.example", subject, code)
    return accounts.claim(told=told, listed=lambda _code: True, at=AT)


def _confirmed(name: str, email: str = MAIL, language: str = "zh-hans") -> None:
    asked, code = accounts.ask_contact(name=name, email=email, language=language, instant=AT)
    accounts.set_contact(name=name, asked=asked, code=code, instant=AT, at=AT, actor="test")


def test_an_address_counts_once_its_code_came_back(empty_home: Any) -> None:
    name = _agent()
    asked, code = accounts.ask_contact(name=name, email=f" {MAIL} ", language="en", instant=AT)
    wrong = "000000" if code != "000000" else "111111"
    for held, typed, instant in (
        (asked, wrong, AT),
        (asked, code, AT + timedelta(minutes=15)),
        (replace(asked, tries=5), code, AT),
    ):
        with pytest.raises(accounts.WrongCode):
            accounts.set_contact(name=name, asked=held, code=typed, instant=instant, at=AT, actor="test")
    assert accounts.contacts(usccs=[CODE]) == {}
    accounts.set_contact(name=name, asked=asked, code=code, instant=AT, at=AT, actor="test")
    assert accounts.contacts(usccs=[CODE, UNIT]) == {CODE: [accounts.Contact(name, MAIL, "en")]}
    with pytest.raises(accounts.WrongCode):
        accounts.set_contact(name=_agent("agent-2"), asked=asked, code=code, instant=AT, at=AT, actor="test")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a",
        "a@b",
        "a b@example.cn",
        "a@example.cn\nBcc: x@y.cn",
        "甲@例子.中国",
        f"{'a' * 120}@b.cn",
        "@b.cn",
    ],
)
def test_what_is_no_address_is_refused(empty_home: Any, wrong: str) -> None:
    with pytest.raises(accounts.BadAddress):
        accounts.ask_contact(name="x", email=wrong, language="en", instant=AT)


def test_an_address_is_encrypted_and_gone_when_it_is_ended(empty_home: Any) -> None:
    name = _agent()
    _confirmed(name)
    connection.close()
    for file in empty_home.root.rglob("*"):
        if file.is_file():
            assert MAIL.encode() not in file.read_bytes(), file
    accounts.end_contact(name=name, at=AT, actor="test")
    accounts.end_contact(name=name, at=AT, actor="test")
    assert accounts.contact(name=name) is None
    assert accounts.contacts(usccs=[CODE]) == {}
    assert len(evidence.events(kinds=["accounts.contact-ended"])) == 1
    assert evidence.verify().findings == []


def test_an_ended_agent_is_written_to_no_more(empty_home: Any) -> None:
    for number in (1, 2):
        _confirmed(_agent(f"agent-{number}"), f"a{number}@example.cn")
    accounts.end_claim(name=_agent("agent-1"), reason="更换", at=AT, actor="desk:office")
    assert [one.email for one in accounts.contacts(usccs=[CODE])[CODE]] == ["a2@example.cn"]


def _read(**more: Any) -> None:
    given: dict[str, Any] = {
        "actor": "desk:clerk",
        "what": "case",
        "purpose": "办理异议",
        "subject": {"uscc": CODE},
    }
    accounts.read(**(given | {"role": "department", "unit": UNIT} | more), at=AT)


def test_an_organisation_learns_who_looked_and_why_and_not_who_sat_there(empty_home: Any) -> None:
    _read()
    _read(subject={"usccs": [CODE, UNIT], "rows": 2}, what="claims", role="office", unit="")
    _read(subject={"rows": 3}, what="doubtful-names")
    _read(role="organisation", unit=CODE, what="own-file")
    evidence.drain(at=AT)
    found = accounts.readings(uscc=CODE)
    assert [(one.role, one.unit, one.what, one.purpose) for one in found] == [
        ("office", "", "claims", "办理异议"),
        ("department", UNIT, "case", "办理异议"),
    ]
    assert "clerk" not in str(found)
    assert accounts.readings(uscc=CODE, after=found[0].id, limit=1) == found[1:]
    assert [one.what for one in accounts.readings(uscc=UNIT)] == ["claims"]


def test_readings_of_earlier_releases_are_told_by_the_account(empty_home: Any) -> None:
    accounts.add(name="clerk", role="department", body=UNIT, title="", at=AT, actor="test")
    client = accounts.add_client(body=UNIT, scopes=("intake",), title="", at=AT, actor="test")
    accounts.read(actor="desk:clerk", at=AT, what="case", purpose="查", subject={"uscc": CODE})
    accounts.read(actor=f"api:{client.id}", at=AT, what="links", purpose="查", subject={"uscc": CODE})
    evidence.drain(at=AT)
    assert [(one.role, one.unit) for one in accounts.readings(uscc=CODE)] == [
        ("client", UNIT),
        ("department", UNIT),
    ]


def test_pages_of_readings_join_without_gap_or_repeat(empty_home: Any) -> None:
    for number in range(7):
        _read(subject={"usccs": [CODE, UNIT]}, what=f"w{number}")
    evidence.drain(at=AT)
    whole = accounts.all_readings(limit=99)
    assert len(whole) == 14
    pages, last = [], None
    while part := accounts.all_readings(after=last, limit=3):
        pages += part
        last = (part[-1].id, part[-1].uscc)
    assert pages == whole
    assert accounts.all_readings(on=evidence.legal_day(AT) - timedelta(days=1)) == []
    assert len(accounts.all_readings(unit=UNIT, limit=99)) == 14


def test_readings_can_be_rebuilt_from_the_ledger(empty_home: Any) -> None:
    _read()
    evidence.drain(at=AT)
    before = accounts.readings(uscc=CODE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_reading SET purpose = 'x'")
    assert [one.code for one in evidence.verify().findings] == ["reading-differs", "reading-differs"]
    accounts.rebuild(at=AT)
    assert accounts.readings(uscc=CODE) == before
    assert evidence.verify().findings == []
