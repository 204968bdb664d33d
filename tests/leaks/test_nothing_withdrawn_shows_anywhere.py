"""A statement that stops being public is looked for on every face, also while every follower stands still."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from everyface import faces, needles

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.reports import service as reports

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def penalty(city: Any) -> publication.Entry:
    """A public penalty whose document number stands nowhere else."""
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    return next(entry for entry in page if entry.severity == "ordinary" or entry.severity == "serious")


def annul(entry: publication.Entry) -> None:
    with evidence.event(evidence.Act(kind="test.annulled", actor="test", at=LATER)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="annulled")


def test_a_public_penalty_is_seen_before_it_is_withdrawn(client: Any, penalty: publication.Entry) -> None:
    texts = faces(client, penalty)
    showing = {name for name, text in texts.items() if any(needle in text for needle in needles(penalty))}
    assert {f"/statement/{penalty.id}/", "report"} <= showing


@pytest.fixture
def listed(city: Any) -> publication.Entry:
    """Somebody on a list."""
    return next(
        entry
        for item in ("serious-list", "judgment-defaulter", "abnormal-operation")
        for entry in publication.statements(audience="public", on=TODAY, item=item, limit=1)
    )


@pytest.fixture
def promise(city: Any) -> publication.Entry:
    """A commitment that is published."""
    return publication.statements(audience="public", on=TODAY, item="commitment", limit=1)[0]


@pytest.mark.parametrize("who", ["listed", "promise"])
@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_an_entry_of_a_list_is_gone_from_every_face_once_it_is_annulled(
    client: Any, who: str, followers: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry: publication.Entry = request.getfixturevalue(who)
    mark = f"/statement/{entry.id}/"
    before = {name for name, shown in faces(client, entry).items() if mark in shown}
    section = law.active().items[entry.item].section
    assert {f"/org/{entry.uscc}/{section}/"} <= before
    base = "/commitments/" if who == "promise" else f"/lists/{entry.item}/"
    assert any(name.startswith(base) for name in before)
    annul(entry)
    if followers == "running":
        evidence.drain(at=LATER)
    else:
        monkeypatch.setattr("xinheng.reports.service.evidence.drain", lambda **_: False)
    for name, shown in faces(client, entry).items():
        # The page that is no more still leads to itself in the other language
        assert name == mark or mark not in shown, name
        assert not any(needle in shown for needle in needles(entry) if needle and needle not in name), name


@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_an_annulled_penalty_is_gone_from_every_face(
    client: Any, penalty: publication.Entry, followers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    annul(penalty)
    if followers == "running":
        evidence.drain(at=LATER)
    else:
        monkeypatch.setattr("xinheng.reports.service.evidence.drain", lambda **_: False)
    for name, text in faces(client, penalty).items():
        for needle in needles(penalty):
            # A search page repeats the words of the visitor; it must not find anything by them
            if name.startswith("/search/?q=" + needle):
                continue
            assert needle not in text, name


def test_a_penalty_past_its_last_day_is_gone_from_every_face(
    client: Any, penalty: publication.Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert penalty.show_until is not None
    after = penalty.show_until + timedelta(days=1)
    monkeypatch.setenv("XINHENG_TODAY", after.isoformat())
    for name, text in faces(client, penalty, at=AT + (after - TODAY)).items():
        if not name.startswith("/search/?q="):
            assert not any(needle in text for needle in needles(penalty)), name


def test_a_minor_penalty_never_shows_though_it_is_kept(client: Any) -> None:
    own = publication.statements(audience="self", on=TODAY, item="admin-penalty", limit=500)
    minor = next(entry for entry in own if entry.severity == "minor")
    for name, text in faces(client, minor).items():
        if not name.startswith("/search/?q="):
            assert not any(needle in text for needle in needles(minor)), name


def test_erasure_leaves_no_byte_behind_in_the_home_and_every_proof_valid(
    city: Any, penalty: publication.Entry, cli: Callable[..., Any]
) -> None:
    report = city.root.parent / "before.pdf"
    report.write_bytes(reports.issue(uscc=penalty.uscc, audience="public", at=AT, actor="test").pdf)
    stored = records.statements([penalty.id])[penalty.id]
    words = [
        value for value in penalty.values.values() if len(value) > 8 and _only_here(value, penalty, city.root)
    ]
    assert words
    found_before = [word for word in words if _grep(city.root, word)]
    act = evidence.Act(
        kind="records.erased", actor="test", at=LATER, provision="个人信息保护法47", purpose="测试"
    )
    assert records.erase(statement_ids=[penalty.id], act=act) == 1
    evidence.drain(at=LATER)
    evidence.write_trust_bundle(at=LATER)
    assert [word for word in words if _grep(city.root, word)] == []
    assert not _grep_bytes(city.root, stored.salts[:32])
    assert evidence.verify().ok
    verified = reports.verify(report.read_bytes(), json.loads(city.trust.read_text()))
    assert verified.result == "valid"
    assert verified.status in {"superseded", "withdrawn"}
    assert found_before


def test_a_resent_erased_row_is_refused(city: Any, penalty: publication.Entry) -> None:
    import polars as pl

    with_key = pl.DataFrame(_identity(penalty.id), schema={"uscc": pl.String, "key": pl.Int64}, orient="row")
    assert records.is_erased(with_key).to_list() == [False]
    act = evidence.Act(
        kind="records.erased", actor="test", at=LATER, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[penalty.id], act=act)
    assert records.is_erased(with_key).to_list() == [True]


def _identity(statement_id: int) -> list[tuple[str, int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc, key FROM records_statement WHERE id = %s", [statement_id])
        return cursor.fetchall()


def _only_here(value: str, entry: publication.Entry, root: Path) -> bool:
    """A value nothing else holds, neither a statement nor a row that was kept: a shared phrase would rightly stay."""
    import polars as pl
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, public, restricted FROM records_statement")
        holders = [row[0] for row in cursor.fetchall() if value.encode() in bytes(row[1]) + bytes(row[2])]
    kept = [
        row for file in root.rglob("*.parquet") for row in pl.read_parquet(file).iter_rows() if value in row
    ]
    return holders == [entry.id] and len(kept) <= 1


def _grep(folder: Path, text: str) -> list[str]:
    found = subprocess.run(
        ["grep", "-rlaF", "--", text, str(folder)], capture_output=True, text=True, check=False
    )
    return found.stdout.split() + _in_parquet(folder, text)


def _in_parquet(folder: Path, text: str) -> list[str]:
    """Compressed columns hide words from grep, so kept parts are opened."""
    import polars as pl

    return [str(file) for file in folder.rglob("*.parquet") if text in pl.read_parquet(file).write_json()]


def _grep_bytes(folder: Path, needle: bytes) -> list[str]:
    return [str(file) for file in folder.rglob("*") if file.is_file() and needle in file.read_bytes()]
