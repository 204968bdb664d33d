from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.records import service as records
from xinheng.search import following, store
from xinheng.search import service as search
from xinheng.search.ranking import words

Load = Callable[..., Any]
Code = Callable[..., str]
Tell = Callable[..., int]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def found(q: str) -> list[str]:
    return [hit.name for hit in search.find(q=q).hits]


def sound() -> bool:
    return list(search.findings()) == []


def test_nothing_is_found_before_the_follower_has_seen_it(load: Load, make_code: Code) -> None:
    load([[make_code(1), "甲乙丙厂"]], drain=False)
    assert found("甲乙") == []
    assert sound()
    evidence.drain(at=AT)
    assert found("甲乙") == ["甲乙丙厂"]
    assert sound()


def test_seeing_an_event_twice_changes_nothing(load: Load, make_code: Code) -> None:
    load([[make_code(1), "甲乙丙厂"]])
    load([[make_code(1), "丁戊己厂"]], day=1)
    before = store.walk(after=-1, limit=100)
    following.follow(evidence.events(), AT)
    evidence.reset("search")
    evidence.drain(at=datetime(2026, 11, 22, tzinfo=UTC))
    assert store.walk(after=-1, limit=100) == before
    assert sound()


def test_a_renaming_moves_the_old_name_behind(load: Load, make_code: Code) -> None:
    load([[make_code(1), "甲乙丙厂"]])
    load([[make_code(1), "丁戊己厂"]], day=1)
    (hit,) = search.find(q="甲乙").hits
    assert (hit.name, hit.is_former) == ("丁戊己厂", True)
    assert found("丁戊") == ["丁戊己厂"]
    assert sound()


def test_somebody_only_spoken_of_is_a_candidate_until_registered(
    load: Load, tell: Tell, make_code: Code
) -> None:
    code = make_code(1)
    tell(code, "甲乙丙有限公司")
    tell(code, "甲乙丙（安徽）有限公司", number="2")
    (hit,) = search.find(q="甲乙丙").hits
    assert (hit.name, hit.registered, hit.kind) == ("甲乙丙有限公司", False, "企业")
    assert found("安徽有限") == ["甲乙丙（安徽）有限公司"]
    assert found(code) == ["甲乙丙有限公司"]
    assert sound()
    load([[code, "丁戊己有限公司"]], day=1)
    assert found("甲乙") == []
    assert found("丁戊") == ["丁戊己有限公司"]
    tell(code, "甲乙丙有限公司", number="3", day=1)
    assert found("甲乙") == []
    assert sound()


def test_an_owner_only_spoken_of_is_not_to_be_found_by_name(tell: Tell, make_code: Code) -> None:
    code = make_code(1, "92340621")
    tell(code, "张建国")
    assert found("张建国") == []
    assert found(f"濉溪县个体工商户{code[-4:]}") == [f"濉溪县个体工商户{code[-4:]}"]


def test_lawful_erasure_leaves_nothing_in_the_index(tell: Tell, make_code: Code, empty_home: Any) -> None:
    code, other = make_code(1), make_code(2)
    statement = tell(code, "甲乙丙鑫淼公司")
    tell(other, "丁戊己公司", number="2")
    assert found("鑫淼")
    act = evidence.Act(kind="records.erased", actor="tests", at=AT, provision="test")
    assert records.erase(statement_ids=[statement], act=act) == 1
    assert found("鑫淼") == []
    assert found("丁戊") == ["丁戊己公司"]
    connection.close()
    token = f"{ord('鑫'):06x}{ord('淼'):06x}".encode()
    for path in Path(empty_home.root).rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert "鑫淼".encode() not in content and token not in content, path
    evidence.drain(at=AT)
    assert sound()


def test_an_erasure_whose_cleaning_was_interrupted_is_finished_by_the_follower(
    tell: Tell, make_code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = tell(make_code(1), "甲乙丙鑫淼公司")
    monkeypatch.setattr("xinheng.records.erasure._cleaners", {})
    records.erase(
        statement_ids=[statement],
        act=evidence.Act(kind="records.erased", actor="tests", at=AT, provision="test"),
    )
    assert found("鑫淼")
    evidence.drain(at=AT)
    assert found("鑫淼") == []


def test_the_index_can_be_made_anew(load: Load, tell: Tell, make_code: Code) -> None:
    load([[make_code(n), f"甲乙{n}厂", f"丙丁{n}厂"] for n in range(30)])
    tell(make_code(99), "甲乙丙有限公司")
    before = store.walk(after=-1, limit=100)
    assert len(before) == 61
    assert search.rebuild() == 61
    assert store.walk(after=-1, limit=100) == before
    assert sound()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_document WHERE id % 3 = 0".replace("%", "%%"), [])
    assert not sound()
    search.rebuild()
    assert sound() and store.walk(after=-1, limit=100) == before


def test_damage_to_the_index_is_found(load: Load, make_code: Code) -> None:
    load([[make_code(n), f"甲乙{n}厂"] for n in range(5)])
    assert sound()
    with connection.cursor() as cursor:
        for change, back in (
            ("name = name || 'x'", "name = SUBSTR(name, 1, LENGTH(name) - 1)"),
            ("key = key || 'x'", "key = SUBSTR(key, 1, LENGTH(key) - 1)"),
            ("id = id + 1000000", "id = id - 1000000"),
        ):
            cursor.execute("SELECT MAX(id) FROM search_document")
            last = cursor.fetchone()[0]
            cursor.execute(f"UPDATE search_document SET {change} WHERE id = %s", [last])
            assert not sound(), change
            cursor.execute("SELECT MAX(id) FROM search_document")
            cursor.execute(f"UPDATE search_document SET {back} WHERE id = %s", [cursor.fetchone()[0]])
            assert sound(), back
        if connection.vendor == "sqlite":
            row = store.walk(after=-1, limit=1)[0]
            cursor.execute(
                "INSERT INTO search_gram(search_gram, rowid, grams) VALUES ('delete', %s, %s)",
                [row[0], words(row[3])],
            )
            cursor.execute("INSERT INTO search_gram(rowid, grams) VALUES (%s, %s)", [row[0], words("丙丁厂")])
        else:
            cursor.execute(
                "UPDATE search_document SET grams[2] = grams[2] + 1 WHERE id = (SELECT MIN(id) FROM search_document)"
            )
        assert not sound()
