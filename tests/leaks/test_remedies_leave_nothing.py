"""Repaired, suspended, annulled after an objection, corrected: gone from every face at once, also while every follower
stands still. An objection that was refused leaves everything as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from everyface import LATER, TODAY, faces, needles, read

from remedytown import OFFICE, at, desk, grant, open_objection, open_repair, ripe
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records

CASE = "淮北信异〔2026〕1号"


@pytest.fixture
def penalty(city: Any) -> publication.Entry:
    """A public penalty."""
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    return next(entry for entry in page if entry.severity in ("ordinary", "serious"))


@pytest.fixture
def listed(city: Any) -> publication.Entry:
    """Somebody on a list."""
    return next(
        entry
        for item in ("serious-list", "abnormal-operation")
        for entry in publication.statements(audience="public", on=TODAY, item=item, limit=1)
    )


def act(kind: str = "cases.acted") -> evidence.Act:
    return evidence.Act(kind=kind, actor="test", at=LATER)


def dispute(entry: publication.Entry, field: str = "") -> None:
    with evidence.event(act()) as event:
        records.mark(
            event=event, statement_ids=[entry.id], kind="disputed", since=TODAY, case=CASE, field=field
        )


def undispute(entry: publication.Entry) -> None:
    with evidence.event(act()) as event:
        records.unmark(event=event, statement_ids=[entry.id], kind="disputed", case=CASE, until=TODAY)


def end(entry: publication.Entry, state: str) -> None:
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[entry.id], state=state)
        records.unmark(event=event, statement_ids=[entry.id], kind="disputed", case=CASE, until=TODAY)


def followers_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinheng.reports.service.evidence.drain", lambda **_: False)


def look_for(client: Any, entry: publication.Entry, wanted: list[str], *, papers: bool = True) -> list[str]:
    """Faces on which one of the words or the way to the entry stands, other than what the visitor typed."""
    own = re.compile(rf"/(statement|objection|repair)/{entry.id}/")
    found = []
    for name, text in faces(client, entry, papers=papers).items():
        showing = any(word in text for word in wanted if word and word not in name)
        leading = own.search(text) and not own.search(name)
        if showing or leading:
            found.append(name)
    return found


@pytest.mark.parametrize("who", ["penalty", "listed"])
@pytest.mark.parametrize("state", ["repaired", "suppressed", "annulled"])
@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_what_was_ended_is_gone_from_every_face(
    client: Any,
    who: str,
    state: str,
    followers: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry: publication.Entry = request.getfixturevalue(who)
    dispute(entry)
    assert f"/objection/{entry.id}/" in read(client, f"/statement/{entry.id}/")
    end(entry, state)
    if followers == "running":
        evidence.drain(at=LATER)
    else:
        followers_stand_still(monkeypatch)
    assert look_for(client, entry, needles(entry)) == []
    for address in ("statement", "objection", "repair"):
        assert client.get(f"/{address}/{entry.id}/").status_code == 404
    answer = client.get(f"/api/v1/status?ids={entry.id}").json()
    assert answer["gone"] == [entry.id]


@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_the_old_text_of_a_corrected_entry_is_gone_and_the_new_one_stands(
    client: Any, penalty: publication.Entry, followers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = law.active().items["admin-penalty"].document_number[0]
    dispute(penalty, number)
    ready = intake.correction(statement=penalty.id, changes={number: "测试更正〔2026〕77号"}, at=LATER)
    with evidence.event(act()) as event:
        new = intake.write_correction(event=event, correction=ready)
        records.unmark(event=event, statement_ids=[penalty.id, new], kind="disputed", case=CASE, until=TODAY)
    if followers == "running":
        evidence.drain(at=LATER)
    else:
        followers_stand_still(monkeypatch)
    # No report is made of what the public log does not hold yet
    assert look_for(client, penalty, needles(penalty), papers=followers == "running") == []
    page = read(client, f"/statement/{new}/")
    assert "测试更正〔2026〕77号" in page and "已更正" in page and "mark-word disputed" not in page


def corrected(entry: publication.Entry, what: str = "content") -> int:
    """The new version of an entry whose content, or number, was corrected."""
    item = law.active().items["admin-penalty"]
    changes = {item.card.outcome: "罚款人民币壹万元整。"}
    if what == "number":
        changes = {item.document_number[0]: "测试更正〔2026〕78号"}
    ready = intake.correction(statement=entry.id, changes=changes, at=LATER)
    with evidence.event(act()) as event:
        return intake.write_correction(event=event, correction=ready)


@pytest.mark.parametrize("what", ["content", "number"])
def test_the_old_address_of_a_corrected_entry_leads_to_the_one_that_stands(
    client: Any, penalty: publication.Entry, what: str
) -> None:
    new = corrected(penalty, what)
    for lead in ("", "/en"):
        answer = client.get(f"{lead}/statement/{penalty.id}/")
        text = answer.content.decode()
        assert answer.status_code == 410 and f'href="{lead}/statement/{new}/"' in text
        assert not [value for value in penalty.values.values() if len(value) > 8 and value in text]
        assert penalty.uscc not in text
    assert "这条记录已更正" in read(client, f"/statement/{penalty.id}/")
    assert client.get(f"/statement/{new}/").status_code == 200


@pytest.mark.parametrize("what", ["content", "number"])
@pytest.mark.parametrize("state", ["repaired", "suppressed", "annulled", "erased"])
def test_the_old_address_says_nothing_once_the_corrected_entry_is_not_public(
    client: Any, penalty: publication.Entry, state: str, what: str
) -> None:
    new = corrected(penalty, what)
    if state == "erased":
        records.erase(statement_ids=[new], act=act("records.erased"))
    else:
        with evidence.event(act()) as event:
            records.restand(event=event, statement_ids=[new], state=state)
    token = re.compile(r"\d+")
    gone, never = (client.get(f"/statement/{id_}/") for id_ in (penalty.id, 1 << 40))
    assert gone.status_code == never.status_code == 404
    assert "已更正" not in gone.content.decode()
    assert token.sub("", gone.content.decode()) == token.sub("", never.content.decode())


def test_a_dispute_hides_nothing_and_is_told_wherever_the_entry_stands(
    client: Any, penalty: publication.Entry
) -> None:
    field = law.active().items["admin-penalty"].document_number[0]
    before = {name for name, text in faces(client, penalty).items() if needles(penalty)[0] in text}
    dispute(penalty, field)
    evidence.drain(at=LATER)
    after = faces(client, penalty)
    assert before <= {name for name, text in after.items() if needles(penalty)[0] in text}
    mark = f'自 <time datetime="{TODAY}"'
    for name in (f"/statement/{penalty.id}/", f"/org/{penalty.uscc}/", f"/org/{penalty.uscc}/penalties/"):
        assert "有异议" in after[name] and mark in after[name], name
    assert "Disputed" in after[f"/en/org/{penalty.uscc}/"] or "有异议" in after[f"/en/org/{penalty.uscc}/"]
    [told] = [
        one
        for one in client.get(f"/api/v1/organisations/{penalty.uscc}/statements?item=admin-penalty").json()[
            "statements"
        ]
        if one["id"] == penalty.id
    ]
    assert told["disputes"][0]["field"] == field and told["disputes"][0]["since"] == TODAY.isoformat()
    assert '"disputes": [{"field": ' in after["report"]


def test_a_refused_objection_leaves_every_page_as_before(client: Any, penalty: publication.Entry) -> None:
    addresses = [
        f"/statement/{penalty.id}/", f"/org/{penalty.uscc}/", f"/org/{penalty.uscc}/penalties/", "/double-publicity/",
        f"/search/?q={penalty.uscc}", f"/api/v1/statements/{penalty.id}",
    ]  # fmt: skip

    def now() -> dict[str, str]:
        # Only the length of the ledger is another one
        return {
            address: re.sub(r"\d[\d,]*|path\": \[.*?\]|\"[0-9a-f]{64}\"", "", read(client, address))
            for address in addresses
        }

    entry, before = publication.statement(id=penalty.id, audience="self", on=TODAY), now()
    dispute(penalty)
    assert now() != before
    undispute(penalty)
    assert now() == before
    assert publication.statement(id=penalty.id, audience="self", on=TODAY) == entry
    assert evidence.verify().ok


@pytest.mark.parametrize("outcome", ["annulled", "repaired", "refused"])
@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_a_case_decided_on_its_desk_reaches_every_face_at_once(
    client: Any, outcome: str, followers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = TODAY.isoformat()
    entry = ripe(day)[0]
    if outcome == "repaired":
        case = open_repair(entry.id, day).case
        cases.act(number=case.number, act="accept", actor=desk(case.body), at=at(day, 11))
        grant(case.number, case.body, day)
    else:
        case = open_objection(entry.id, day).case
        case = cases.act(number=case.number, act="forward", actor=OFFICE, at=at(day)).case
        act = {"annulled": "uphold-annul", "refused": "refuse"}[outcome]
        cases.act(
            number=case.number, act=act, actor=desk(case.body), at=at(day, 11), reason="与决定书一致",
            detail={"ground": "content-correct"} if act == "refuse" else {},
        )  # fmt: skip
    if followers == "running":
        evidence.drain(at=at(day, 12))
    else:
        followers_stand_still(monkeypatch)
    found = look_for(client, entry, needles(entry))
    if outcome == "refused":
        assert f"/org/{entry.uscc}/penalties/" in found
        assert "mark-word disputed" not in read(client, f"/statement/{entry.id}/")
    else:
        assert found == []
        # The number of the case is nobody's business either
        assert not [name for name, text in faces(client, entry).items() if case.number in text]
    figures = read(
        client,
        "/remedies/repairs-by-department.csv"
        if outcome == "repaired"
        else "/remedies/objections-by-department.csv",
    )
    assert any(row.split(",")[2] not in ("", "0") for row in figures.splitlines()[1:])
