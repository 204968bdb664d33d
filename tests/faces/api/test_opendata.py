"""Reading by API: the same gate as the pages, no person anywhere, adverse entries never in bulk, examples that are true."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces.api import shapes
from xinheng.faces.api.app import api
from xinheng.faces.api.chinese import CHINESE
from xinheng.kernel.leaf import leaf_hash_of
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.statistics import service as statistics

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def get(client: Any, address: str, status: int = 200) -> Any:
    answer = client.get("/api/v1" + address)
    assert answer.status_code == status, answer.content[:300]
    return json.loads(answer.content)


def file(client: Any, address: str) -> list[list[str]]:
    body = b"".join(client.get("/api/v1" + address).streaming_content)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body[3:].decode())))


@pytest.fixture
def penalty(city: Any) -> publication.Entry:
    return publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=1)[0]


def test_a_statement_by_api_is_what_the_gate_shows_without_the_subjects_written_name(
    client: Any, penalty: publication.Entry
) -> None:
    told = get(client, f"/statements/{penalty.id}")
    item = law.active().items[penalty.item]
    assert told["values"] == {
        code: value
        for code, value in penalty.values.items()
        if value and code not in (item.subject_name, item.subject_code)
    }
    assert told["shown_until"] == (penalty.show_until.isoformat() if penalty.show_until else "")
    assert told["earliest_repair"]
    assert told["adverse"] is True
    assert "status" in told["duty"]
    assert shapes.Statement.model_validate(told)


def test_the_proof_of_a_statement_verifies_against_the_published_log(
    client: Any, penalty: publication.Entry
) -> None:
    proof = get(client, f"/statements/{penalty.id}")["proof"]
    checkpoint = client.get(proof["checkpoint"]).content.decode().split("\n")
    assert int(checkpoint[1]) == proof["log_size"]
    import base64

    root = base64.b64decode(checkpoint[2])
    leaf = bytes.fromhex(proof["leaf"])
    assert leaf == records.statements([penalty.id])[penalty.id].leaf
    path = [bytes.fromhex(step) for step in proof["path"]]
    assert _root(leaf_hash_of(leaf), proof["leaf_index"], proof["log_size"], path) == root


def _root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2, written again: a second opinion on the path."""
    import hashlib

    node, last, found = index, size - 1, leaf
    for step in path:
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        node, last = node >> 1, last >> 1
    assert last == 0
    return found


def test_everything_about_one_organisation_is_found_page_by_page(client: Any) -> None:
    counts: dict[str, int] = {}
    for entry in publication.statements(audience="public", on=TODAY, limit=500):
        counts[entry.uscc] = counts.get(entry.uscc, 0) + 1
    code = max(counts, key=lambda one: counts[one])
    expected = [
        entry.id for entry in publication.statements(audience="public", on=TODAY, uscc=code, limit=500)
    ]
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = get(client, f"/organisations/{code}/statements?after={after}")
        found += [one["id"] for one in page["statements"]]
        after = page["next"]
    assert found == expected
    assert sum(get(client, f"/organisations/{code}")["public_entries"].values()) == len(expected)
    only = get(client, f"/organisations/{code}/statements?item=admin-penalty")["statements"]
    assert {one["item"] for one in only} <= {"admin-penalty"}


def test_an_unknown_code_and_somebody_only_withheld_are_both_not_found(client: Any) -> None:
    assert get(client, "/organisations/91340600MA2N00000X", 404)["code"] == "not-found"
    assert get(client, "/statements/7", 404)["code"] == "no-such-statement"
    assert get(client, f"/statements/{2**70}", 404)["code"] == "no-such-statement"


def test_search_finds_what_the_page_finds_and_names_nobody(client: Any, penalty: publication.Entry) -> None:
    hit = get(client, f"/search?q={penalty.uscc}")["hits"][0]
    assert hit["code"] == penalty.uscc
    individual = next(
        one
        for one in register.get(register.codes_after("92", limit=500)).values()
        if one.shown_name != one.name
    )
    shown = get(client, f"/search?q={individual.code}")
    assert individual.name not in json.dumps(shown, ensure_ascii=False)
    assert individual.name not in json.dumps(
        get(client, f"/organisations/{individual.code}"), ensure_ascii=False
    )
    assert get(client, "/search?q=a")["note"] or get(client, "/search?q=a")["hits"] == []


def test_an_ended_entry_leaves_the_api_with_its_day(
    client: Any, penalty: publication.Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get(client, f"/status?ids={penalty.id}")["public"] == [penalty.id]
    assert penalty.show_until is not None
    monkeypatch.setenv("XINHENG_TODAY", (penalty.show_until + timedelta(days=1)).isoformat())
    get(client, f"/statements/{penalty.id}", 404)
    told = get(client, f"/status?ids={penalty.id},{penalty.id + 1_000_000}")
    assert told["public"] == []
    assert told["gone"] == [penalty.id, penalty.id + 1_000_000]


def test_withdrawn_entries_leave_api_and_file_while_the_followers_stand_still(
    client: Any, penalty: publication.Entry
) -> None:
    licence = publication.statements(audience="public", on=TODAY, item="admin-licence", limit=1)[0]
    month = f"{licence.decided_on:%Y-%m}"
    assert str(licence.id) in {row[0] for row in file(client, f"/open/licences-{month}.csv")}
    with evidence.event(evidence.Act(kind="test.annulled", actor="test", at=LATER)) as event:
        records.restand(event=event, statement_ids=sorted([licence.id, penalty.id]), state="annulled")
    get(client, f"/statements/{penalty.id}", 404)
    told = get(client, f"/organisations/{penalty.uscc}/statements") if register.get([penalty.uscc]) else {}
    assert penalty.id not in [one["id"] for one in told.get("statements", [])]
    assert get(client, f"/status?ids={penalty.id}")["gone"] == [penalty.id]
    assert str(licence.id) not in {row[0] for row in file(client, f"/open/licences-{month}.csv")}


def test_the_file_of_a_month_holds_every_public_licence_of_it_and_no_person(client: Any) -> None:
    entries: list[publication.Entry] = []
    while True:
        page = publication.statements(
            audience="public",
            on=TODAY,
            item="admin-licence",
            limit=500,
            after=entries[-1].id if entries else None,
        )
        entries += page
        if len(page) < 500:
            break
    item = law.active().items["admin-licence"]
    persons = {field.name for field in item.fields if field.type == "person"} | {
        field.code for field in item.fields if field.type == "person" or field.scope != "public"
    }
    for month in sorted({f"{entry.decided_on:%Y-%m}" for entry in entries})[-3:]:
        head, *rows = file(client, f"/open/licences-{month}.csv")
        assert not persons & set(head)
        assert item.subject_name not in head
        assert {int(row[0]) for row in rows} == {
            entry.id for entry in entries if f"{entry.decided_on:%Y-%m}" == month
        }
        known = register.get({row[1] for row in rows})
        for row in rows:
            if row[1] in known:
                assert row[2] == known[row[1]].shown_name


def test_there_is_no_file_of_anything_adverse(client: Any) -> None:
    for item in law.active().items:
        assert client.get(f"/api/v1/open/{item}-2026-10.csv").status_code == 404
    assert client.get("/api/v1/open/penalties-2026-10.csv").status_code == 404
    for month in ("2026-13", "1999-01", "2026-1", "x"):
        assert client.get(f"/api/v1/open/licences-{month}.csv").status_code == 404


def test_bad_questions_are_answered_in_the_one_form(client: Any) -> None:
    for address, code in (
        ("/status?ids=x", "bad-ids"), ("/status", "invalid-request"), ("/search", "invalid-request"),
        (f"/status?ids={','.join(str(n) for n in range(201))}", "bad-ids"),
        ("/organisations/91340600MA2N00000X/statements?after=-1", "invalid-request"),
    ):  # fmt: skip
        told = get(client, address, 422)
        assert set(told) == {"type", "title", "status", "detail", "code", "message", "where", "what_to_do"}
        assert told["code"] == code
    assert get(client, "/statistics/nope.json", 404)["code"] == "no-such-table"
    assert get(client, "/statistics/by-month.json", 404)["code"] == "not-counted-yet"


def test_one_address_is_slowed_down_and_told_for_how_long(client: Any) -> None:
    for _ in range(10):
        client.get("/api/v1/open/licences-2026-10.csv")
    answer = client.get("/api/v1/open/licences-2026-10.csv")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_nothing_read_may_be_kept_on_the_way(client: Any, penalty: publication.Entry) -> None:
    answer = client.get(f"/api/v1/statements/{penalty.id}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


# -- the description ---------------------------------------------------------------------------------------------------


def test_the_page_shows_every_call_with_a_whole_example_in_both_languages(client: Any) -> None:
    statistics.refresh(at=AT)
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    for prefix in ("", "/en"):
        page = client.get(f"{prefix}/open-data/api/").content.decode()
        for path, methods in schema["paths"].items():
            assert path in page
            for told in methods.values():
                title = told["summary"] if prefix else CHINESE[told["summary"]]
                assert title.replace("'", "&#x27;") in page
    assert json.loads(client.get("/api/v1/openapi.json").content)["openapi"].startswith("3.")


def test_everything_the_description_says_is_said_in_chinese_too() -> None:
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    missing = set()
    for methods in schema["paths"].values():
        for told in methods.values():
            texts = [told["summary"], told.get("description", ""), *told["tags"]]
            texts += [
                one.get("description") or one["schema"].get("description", "")
                for one in told.get("parameters", [])
            ]
            missing |= {text for text in texts if text and text not in CHINESE}
    assert missing == set()


def test_every_example_has_the_shape_of_a_true_answer(client: Any) -> None:
    from xinheng.faces.api.describing import calls

    own = {
        "organisation": shapes.Organisation, "statements": shapes.Statements, "find": shapes.Hits, "statement": shapes.Statement,
        "status": shapes.Status, "statistics_json": shapes.Table, "catalogue": shapes.Catalogue, "matters": shapes.Matters,
    }  # fmt: skip
    seen = set()
    for call in calls(chinese=False, host="https://example.org"):
        name = call.key.rsplit("opendata_", 1)[-1]
        if name in own:
            own[name].model_validate(json.loads(call.answer))
            assert "null" not in call.answer or name != "organisation"
            seen.add(name)
    assert seen == set(own)
