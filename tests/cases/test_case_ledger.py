"""`ledger verify` finds a flipped bit in every column of every table of the room, and erasure breaks no proof."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from casekit import ALL, BODY, CLERK, EXCHANGE, OFFICE, PNG, SECOND, apply_for_repair, at, object_to
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from moments import AT
from xinheng.cases import attachments, erasing, verification
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence

TABLES = sorted(model._meta.db_table for model in apps.get_app_config("cases").get_models()) or [
    f"cases_{name}" for name in ("attachment", "case", "clock", "document", "overdue", "service", "step", "working")
]  # fmt: skip


def fill() -> str:
    """Something in every table: a refused objection, a repair asked for supplements, one that is late."""
    number = object_to(attachments=[cases.Upload("现场.png", PNG)], token="a").case.number
    sent = cases.act(number=number, act="forward", actor=OFFICE, at=at())
    cases.serve(document=str(sent.document), on=AT.date(), manner="系统流转", actor=OFFICE, at=at())
    cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="一致")
    cases.act(number=number, act="refuse", actor=SECOND, at=at())
    repair = apply_for_repair().case.number
    late = apply_for_repair(outside="XF-2").case.number
    cases.act(
        number=repair, act="request-supplement", actor=CLERK, at=at(), detail={"supplements": ["缴款凭证"]}
    )
    upload = [cases.Upload("凭证.png", PNG + b"1")]
    cases.act(number=repair, act="supplement", actor=EXCHANGE, at=at(1), attachments=upload)
    cases.act(number=repair, act="accept", actor=CLERK, at=at(2), token="b")
    cases.act(number=late, act="decline", actor=CLERK, at=at(2), reason="未满最短公示期")
    cases.sweep(at=at(20))
    cases.reassign(number=late, to="113406000039999998", reason="职权划转", actor=OFFICE, at=at(20))
    return number


@pytest.mark.parametrize("table", TABLES)
def test_a_flipped_bit_is_found_in_every_column_of_the_room(table: str, ran: Any) -> None:
    model = next(one for one in apps.get_app_config("cases").get_models() if one._meta.db_table == table)
    fill()
    assert evidence.verify().findings == []
    chance = random.Random(table)
    key = str(model._meta.pk.column)  # type: ignore[union-attr]
    columns = [str(field.column) for field in model._meta.concrete_fields]
    rows = _query(f'SELECT {", ".join(columns)} FROM "{table}"')
    assert rows, f"{table} is empty: the test would prove nothing"
    missed = []
    for place, column in enumerate(columns):
        row = chance.choice(rows)
        old, id_ = row[place], row[columns.index(key)]
        new = _flipped(old, chance, "Date" in type(model._meta.get_field(column)).__name__)
        if not _set(table, column, new, key, id_):
            continue  # the database itself refused the value
        if not list(verification.findings()):
            missed.append((column, old, new))
        _set(table, column, old, key, new if column == key else id_)
    assert missed == []
    assert list(verification.findings()) == []


def test_a_row_too_many_and_a_row_too_few_are_found(ran: Any) -> None:
    fill()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_step WHERE id = (SELECT MAX(id) FROM cases_step)")
    assert {"cases-gone", "cases-moved"} & {finding.code for finding in verification.findings()}


def test_a_changed_or_lost_file_is_found(ran: Any) -> None:
    number = fill()
    [kept] = cases.attachments(number=number, reader=ALL)
    path = attachments.path_of(kept.sha256)
    path.write_bytes(PNG[:-1] + b"x")
    assert {finding.code for finding in verification.findings()} == {"cases-file"}
    with pytest.raises(cases.NoSuchDocument):
        cases.attachment(number=number, id=kept.id, reader=ALL)
    path.unlink()
    assert {finding.code for finding in verification.findings()} == {"cases-file"}


def test_erasure_takes_words_names_and_files_and_breaks_no_proof(ran: Any) -> None:
    class Erased:
        id = 4711

    number = object_to(
        statement=4711, reason="要清除的话", attachments=[cases.Upload("要清除.png", PNG)]
    ).case.number
    other = object_to(
        statement=4712, reason="留下的话", attachments=[cases.Upload("留下.png", PNG)]
    ).case.number
    own = object_to(statement=4711, attachments=[cases.Upload("独有.png", PNG + b"2")]).case.number
    digest = cases.attachments(number=own, reader=ALL)[0].sha256
    act = evidence.Act(kind="records.erased", actor="test", at=at(), provision="个人信息保护法47")
    erasing.clear([Erased()], act)  # type: ignore[list-item]
    case = cases.case(number=number, reader=ALL)
    assert (case.uscc, case.reason, case.field) == ("", "", "") and case.state == "received"
    assert cases.case(number=other, reader=ALL).reason == "留下的话"
    with pytest.raises(cases.NoSuchCase):
        cases.case(number=number, reader=cases.Reader("organisation", "91340600MA2N0000XX"))
    [gone] = cases.attachments(number=number, reader=ALL)
    assert gone.gone and not attachments.path_of(digest).exists()
    assert (
        cases.attachment(number=other, id=cases.attachments(number=other, reader=ALL)[0].id, reader=ALL)[1]
        == PNG
    )
    assert evidence.verify().findings == []
    for table in TABLES:
        assert "要清除" not in str(_query(f"SELECT * FROM {table}"))


def test_every_event_names_its_case_and_its_pack_and_no_words(ran: Any) -> None:
    fill()
    for entry in evidence.events():
        if entry.kind.startswith("cases."):
            assert "一致" not in str(entry.body) and BODY[:4] and "凭证" not in str(entry.body)
            if entry.kind in ("cases.opened", "cases.acted"):
                assert entry.body["pack"] and entry.body["detail"]["case"] and entry.body["detail"]["act"]


def _flipped(old: Any, chance: random.Random, day: bool) -> Any:
    if old is None:
        return date(2020, 1, 1) if day else 1
    if isinstance(old, int):
        return old ^ 1
    if isinstance(old, date):
        return old - timedelta(days=1 << chance.randrange(5))
    if not old:
        return "x"
    place = chance.randrange(len(old))
    return old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]


def _set(table: str, column: str, value: Any, key: str, row: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [value, row])
            return cursor.rowcount == 1
    except DatabaseError:
        return False


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
