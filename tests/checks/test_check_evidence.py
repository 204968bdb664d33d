"""The evidence of a check: written before the answer, sealed into the ledger, shown to whom it may be shown."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection, transaction

import checktown as town
from flipped import ledger_finds
from moments import AT
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.kernel import merkle
from xinheng.kernel.leaf import event_leaf, leaf_hash_of
from xinheng.law import service as law
from xinheng.records import service as records


def _rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _count() -> int:
    return int(_rows("SELECT COUNT(*) FROM checks_check")[0][0])


def test_a_visitor_leaves_no_trace_and_gets_no_number(checked_city: Any) -> None:
    answer = town.public(town.shown()[0].uscc)
    assert (answer.number, _count()) == ("", 0)
    assert checks.verify_answer(json.loads(answer.body()), evidence.jwks()).ok


def test_an_answer_is_written_before_it_is_given_and_reads_back_whole(checked_city: Any) -> None:
    answer = town.shared(town.shown("serious-list")[0].uscc)
    kept = checks.evidence(number=answer.number, reader=town.desk())
    assert kept.payload == json.loads(answer.canonical)
    assert (kept.whole, kept.digest, kept.outcome, kept.event) == (True, answer.digest, "answered", None)
    assert checks.seal(at=AT) == 1
    assert checks.seal(at=AT) == 0
    assert checks.evidence(number=answer.number, reader=town.desk()).position == evidence.size()


def test_a_check_inside_a_transaction_is_refused(checked_city: Any) -> None:
    town.shared(town.shown()[0].uscc)
    with pytest.raises(RuntimeError), transaction.atomic():
        town.shared(town.shown()[0].uscc)


def test_evidence_is_for_its_unit_the_office_and_the_auditor(checked_city: Any) -> None:
    number = town.shared(town.shown()[0].uscc).number
    for reader in (
        town.desk(role="office", body=""),
        town.desk(role="auditor", body=""),
        town.desk(id="other"),
    ):
        assert checks.evidence(number=number, reader=reader).number == number
    for reader in (checks.PUBLIC, town.desk(body="11340600MB0000002A"), town.desk(body="")):
        with pytest.raises(checks.CheckUnknown):
            checks.evidence(number=number, reader=reader)
    with pytest.raises(checks.CheckUnknown):
        checks.evidence(number=number[:-1] + ("1" if number[-1] != "1" else "2"), reader=town.desk())


def test_what_ended_is_not_told_again_by_an_old_answer(checked_city: Any) -> None:
    entry = next(one for one in town.shown("serious-list") if town.public(one.uscc).hints)
    answer = town.shared(entry.uscc)
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="repaired", rule="")
    kept = checks.evidence(number=answer.number, reader=town.desk())
    [left] = [one for one in kept.payload["entries"] if one["statement"] == entry.id]
    assert left == {"statement": entry.id, "ended": True}
    assert not kept.whole
    assert not [one for one in kept.payload["hints"] if one["entries"] == [entry.id]]
    title = next(one.title for one in answer.entries if one.statement == entry.id)
    raw = b"".join(bytes(said) for (said,) in _rows("SELECT said FROM checks_check"))
    assert title not in json.dumps(kept.payload, ensure_ascii=False)
    assert title.encode() not in raw


def test_no_row_holds_what_a_statement_says(checked_city: Any) -> None:
    import zlib

    entry = town.shown("serious-list")[0]
    answer = town.shared(entry.uscc)
    told = [(one.title, one.document, one.law) for one in answer.entries]
    said = zlib.decompress(bytes(_rows("SELECT said FROM checks_check")[0][0])).decode()
    assert not [text for texts in told for text in texts if len(text) > 8 and text in said]


@pytest.mark.parametrize(
    ("asker", "purpose"),
    [
        (town.desk(), ""), (town.desk(), "licence-decision"), (town.desk(role="organisation"), "supplier-review"),
        (town.desk(body=""), "supplier-review"), (town.desk(kind="api", scopes=("check",)), "supplier-review"),
        (checks.PUBLIC, "supplier-review"),
    ],
)  # fmt: skip
def test_a_purpose_that_does_not_fit_is_refused_and_the_refusal_is_kept(
    city: Any, asker: Any, purpose: str
) -> None:
    with pytest.raises(checks.PurposeRefused) as refused:
        checks.check(
            uscc=town.shown()[0].uscc,
            matter=town.PROCUREMENT,
            asker=asker,
            at=AT,
            scope="shared",
            purpose=purpose,
        )
    if asker.kind == "public":
        assert (refused.value.number, _count()) == ("", 0)
        return
    kept = checks.evidence(number=refused.value.number, reader=town.desk(role="office"))
    assert (kept.outcome, kept.payload["purpose"]) == ("refused", purpose)
    assert kept.payload["refused"] == refused.value.message
    assert checks.seal(at=AT) == 1


def test_a_client_may_ask_only_for_its_matters(checked_city: Any) -> None:
    asker = town.desk(kind="api", scopes=("check", "check-shared"), matters=(town.LICENCE,))
    assert town.shared(town.shown()[0].uscc, matter=town.LICENCE, asker=asker).number
    with pytest.raises(checks.MatterNotYours):
        checks.check(uscc=town.shown()[0].uscc, matter=town.PROCUREMENT, asker=asker, at=AT)


def test_personal_numbers_in_purpose_and_case_number_are_not_kept(checked_city: Any) -> None:
    answer = town.shared(town.shown()[0].uscc, case_number="经办人 13912345678")
    assert "13912345678" not in answer.canonical.decode()
    assert "13912345678" not in str(_rows("SELECT case_number, purpose FROM checks_check"))


def test_the_organisation_sees_every_non_public_check_deferred_ones_later(checked_city: Any) -> None:
    code = town.shown()[0].uscc
    public = checks.check(uscc=code, matter=town.LICENCE, asker=town.desk(), at=AT).number
    open_one = town.shared(code, matter=town.LICENCE)
    hidden = town.shared(code)
    assert public
    assert hidden.deferred_until is not None
    seen = checks.of_subject(uscc=code, on=town.ON)
    assert [(one.number, one.unit, one.matter, one.purpose) for one in seen] == [
        (open_one.number, town.UNIT, town.LICENCE, "licence-decision")
    ]
    assert [one.number for one in checks.of_subject(uscc=code, on=hidden.deferred_until)] == [
        hidden.number,
        open_one.number,
    ]
    assert len(checks.of_subject(uscc=code, on=hidden.deferred_until - timedelta(days=1))) == 1
    assert [
        one.number for one in checks.of_subject(uscc=code, on=hidden.deferred_until, after=hidden.number)
    ] == [open_one.number]
    with pytest.raises(checks.NotDeferred):
        checks.release(number=open_one.number, actor="desk:office", at=AT)
    later = AT + timedelta(days=1)
    for _ in range(2):
        checks.release(number=hidden.number, actor="desk:office", at=later)
    assert len(checks.of_subject(uscc=code, on=town.ON)) == 1
    assert len(checks.of_subject(uscc=code, on=evidence.legal_day(later))) == 2
    checks.seal(at=later)
    assert evidence.verify().findings == []


def test_the_checks_of_a_unit_are_listed_newest_first_by_keyset(checked_city: Any) -> None:
    code = town.shown()[0].uscc
    numbers = [town.shared(code, matter=town.LICENCE).number for _ in range(3)]
    town.shared(code, asker=town.desk(body="11340600MB0000002A"), matter=town.LICENCE)
    page = checks.of_body(body=town.UNIT, on=town.ON, limit=2)
    rest = checks.of_body(body=town.UNIT, on=town.ON, after=page[-1].number)
    assert [one.number for one in (*page, *rest)] == numbers[::-1]
    assert len(checks.of_body(body="", on=town.ON)) == 4


def test_hints_that_must_be_answered_are_kept_with_a_due_day(checked_city: Any) -> None:
    entry = next(
        one for one in (*town.shown("serious-list"), *town.shown()) if any(h.strength == "must" for h in town.public(one.uscc).hints)
    )  # fmt: skip
    answer = town.shared(entry.uscc)
    must = [one for one in answer.hints if one.strength == "must"]
    rows = _rows("SELECT ordinal, measure, statement_id, due FROM checks_hint ORDER BY ordinal")
    assert [row[:3] for row in rows] == [(one.ordinal, one.measure, one.entry) for one in must]
    assert all(str(row[3]) > town.ON.isoformat() for row in rows)
    assert checks.check(uscc=entry.uscc, matter=town.PROCUREMENT, asker=town.desk(), at=AT).hints
    assert len(_rows("SELECT id FROM checks_hint")) == len(rows)


def test_a_check_can_be_proved_from_its_row_to_the_checkpoint(checked_city: Any) -> None:
    answers = [town.shared(one.uscc) for one in town.shown()[:5]]
    with pytest.raises(checks.NotSealedYet):
        checks.proof(number=answers[2].number)
    checks.seal(at=AT)
    evidence.drain(at=AT)
    told = checks.proof(number=answers[2].number)
    leaf = merkle.leaf_hash(base64.b64decode(told["leaf_data"]))
    assert base64.b64decode(told["leaf_data"])[16:48].hex() == told["digest"]
    assert answers[2].uscc not in json.dumps(told) + base64.b64decode(told["leaf_data"]).decode("latin-1")
    assert told["digest"] == sha256(answers[2].canonical).hexdigest()
    path = [base64.b64decode(node) for node in told["path"]]
    assert merkle.verify_inclusion(
        leaf=leaf, index=told["index"], size=told["count"], proof=path, root_hash=bytes.fromhex(told["root"])
    )
    opened = base64.b64decode(told["event_body"])
    assert told["root"].encode() in opened
    assert event_leaf(base64.b64decode(told["event_salt"]), opened) == base64.b64decode(told["leaf"])
    size, root = told["checkpoint"].splitlines()[1:3]
    assert merkle.verify_inclusion(
        leaf=leaf_hash_of(base64.b64decode(told["leaf"])), index=told["event_leaf"], size=int(size),
        proof=[base64.b64decode(node) for node in told["ledger_path"]], root_hash=base64.b64decode(root),
    )  # fmt: skip


def test_signatures_of_one_and_of_many_hold_and_any_change_is_seen(checked_city: Any) -> None:
    answer = town.shared(town.shown()[0].uscc)
    keys = evidence.jwks()
    shown = json.loads(answer.body())
    assert checks.verify_answer(answer.signature, keys).payload == answer.payload() | {
        "entries": shown["entries"]
    }
    assert checks.verify_answer(shown, keys).ok
    assert checks.verify_answer({**shown, "name": "别的公司"}, keys).code == "altered"
    assert checks.verify_answer({**shown, "digest": "0" * 64}, keys).code == "altered"
    assert checks.verify_answer(answer.signature, {"keys": []}).code == "unknown-key"
    body, _, signature = answer.signature.rpartition(".")
    other = town.public(town.shown()[0].uscc).signature.rpartition(".")[2]
    assert checks.verify_answer(f"{body}.{other}", keys).code == "bad-signature"
    assert signature != other
    assert checks.verify_answer("nonsense", keys).code == "malformed"
    batch = checks.check_many(
        usccs=[one.uscc for one in town.shown()[:3]], matter=town.LICENCE, asker=town.desk(), at=AT
    )
    told = checks.verify_answer(batch.signature, keys).payload
    assert told["answers"] == [[one.uscc, one.number, one.digest] for one in batch.answers]


def test_a_rotated_key_signs_the_next_answer_and_the_old_one_still_verifies(checked_city: Any) -> None:
    before = town.public(town.shown()[0].uscc)
    evidence.rotate_log_key(at=AT)
    after = town.public(town.shown()[0].uscc)
    kids = [checks.verify_answer(one.signature, evidence.jwks()) for one in (before, after)]
    assert [one.ok for one in kids] == [True, True]
    assert kids[0].kid != kids[1].kid


_WORKER = """
import sys, django
django.setup()
from moments import AT
import checktown as town
from xinheng.checks import service as checks
codes = sys.argv[2:]
numbers = []
for place in range(int(sys.argv[1])):
    if place % 5 == 4:
        numbers += [one.number for one in checks.check_many(usccs=codes, matter=town.LICENCE, asker=town.desk(), at=AT).answers]
    else:
        numbers.append(town.shared(codes[place % len(codes)], matter=town.LICENCE).number)
print(" ".join(numbers))
"""


def test_several_processes_ask_and_one_seals_while_they_do(checked_city: Any) -> None:
    """No number twice, none lost, everything sealed once, whoever was quicker."""
    codes = [*dict.fromkeys(one.uscc for one in town.shown())][:4]
    environment = dict(os.environ)
    if connection.vendor == "postgresql":
        address = os.environ["XINHENG_DATABASE_URL"]
        path, _, query = address.partition("?")
        environment["XINHENG_DATABASE_URL"] = (
            f"{path.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}" + (f"?{query}" if query else "")
        )
    environment["PYTHONPATH"] = os.pathsep.join(
        [os.path.dirname(os.path.dirname(__file__)), *filter(None, [environment.get("PYTHONPATH")])]
    )
    connection.close()
    working = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, "60", *codes], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    sealed = 0
    while any(one.poll() is None for one in working):
        sealed += checks.seal(at=AT)
    told = [one.communicate()[0].split() for one in working]
    assert [one.returncode for one in working] == [0, 0, 0]
    sealed += checks.seal(at=AT)
    numbers = [number for of in told for number in of]
    assert len(numbers) == len(set(numbers)) == _count() == sealed == 3 * (48 + 12 * len(codes))
    assert evidence.verify().findings == []


def test_a_number_left_unused_is_a_gap_and_no_finding(checked_city: Any) -> None:
    from xinheng.checks import numbers

    town.shared(town.shown()[0].uscc)
    numbers.take()
    numbers.leave()
    numbers.take()
    numbers.leave()
    town.shared(town.shown()[0].uscc)
    checks.seal(at=AT)
    assert evidence.verify().findings == []
    assert _count() == 2


def test_any_flipped_bit_of_a_check_is_found(checked_city: Any) -> None:
    """Every column of every table of the core of checks."""
    from datetime import date

    from django.apps import apps

    entry = next(
        one for one in (*town.shown("serious-list"), *town.shown()) if any(h.strength == "must" for h in town.public(one.uscc).hints)
    )  # fmt: skip
    numbers = [town.shared(entry.uscc).number for _ in range(2)]
    checks.check_many(usccs=[entry.uscc], matter=town.LICENCE, asker=town.desk(), at=AT)
    checks.release(number=numbers[0], actor="desk:office", at=AT)
    checks.seal(at=AT)
    evidence.drain(at=AT)
    assert evidence.verify().findings == []
    missed = []
    for name in ("Check", "Hint", "Block", "Counter", "Seal", "Release"):
        model = apps.get_model("checks", name)
        table, key = model._meta.db_table, model._meta.pk.column
        columns = [field.column for field in model._meta.concrete_fields]
        row = _rows(
            f'SELECT {", ".join(chr(34) + one + chr(34) for one in columns)} FROM "{table}" ORDER BY 1'
        )[-1]
        for place, column in enumerate(columns):
            old = row[place]
            if isinstance(old, bytes | memoryview):
                new: Any = bytes([bytes(old)[0] ^ 1]) + bytes(old)[1:]
            elif isinstance(old, int):
                new = old ^ 1
            elif isinstance(old, date):
                new = old + timedelta(days=1)
            elif old is None:
                new = date(2020, 1, 1)
            else:
                new = (chr(ord(old[0]) ^ 1) + old[1:]) if old else "x"
            same = row[columns.index(key)]
            _set(table, column, new, key, same)
            if not ledger_finds("checks"):
                missed.append((table, column, old, new))
            _set(table, column, old, key, new if column == key else same)
    assert missed == []
    assert evidence.verify().findings == []


def _set(table: str, column: str, value: Any, key: str, row: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [value, row])
        assert cursor.rowcount == 1


def test_a_deleted_check_is_found(checked_city: Any) -> None:
    for one in town.shown()[:3]:
        town.shared(one.uscc)
    checks.seal(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM checks_check WHERE id = (SELECT MAX(id) FROM checks_check)")
    assert "check-row" in {one.code for one in evidence.verify().findings}


def test_a_pack_only_checks_were_answered_by_is_named_by_the_entry_that_seals_them(checked_city: Any) -> None:
    own, unused = law.load("suixi"), law.load("xuancheng")
    for pack in (own, unused):
        law.remember(pack)
    number = town.shared(town.shown()[0].uscc).number
    with connection.cursor() as cursor:  # as if answered just before an upgrade, and not sealed yet
        cursor.execute("UPDATE checks_check SET pack = %s WHERE id = %s", [own.digest, checks.id_of(number)])

    def unnamed() -> list[str]:
        return [one.message for one in evidence.verify().findings if one.code == "pack-unnamed"]

    assert len(unnamed()) == 1 and unused.digest[:12] in unnamed()[0]
    assert checks.seal(at=AT) == 1
    [entry] = evidence.events(kinds=("checks.sealed",))
    assert entry.body["detail"]["packs"] == [own.digest]
    assert len(unnamed()) == 1 and unused.digest[:12] in unnamed()[0]
