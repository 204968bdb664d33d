"""Facts as a follower keeps them: whatever happens, they are what all statements made anew would give."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import factkit
import ibis
import polars as pl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.facts import building, checking, following, schema, store
from xinheng.facts import service as facts
from xinheng.records import service as records
from xinheng.register import service as register


def _table(snapshot: facts.Facts) -> pl.DataFrame:
    con = ibis.duckdb.connect()
    return con.to_polars(facts.relation(con, snapshot)).sort("statement")


def _rebuilt() -> tuple[int, int, int, int]:
    kept = factkit.sums()
    facts.rebuild(at=AT)
    assert factkit.sums() == kept
    return kept


def test_a_fact_is_a_statement_about_an_organisation_as_integers_without_text(city: Any) -> None:
    snapshot = facts.open_facts(at=AT)
    table = _table(snapshot)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
            " AND t.closed_by IS NULL WHERE s.uscc <> '' AND SUBSTR(s.uscc, 1, 2) <> '92'"
        )
        assert table.height == snapshot.statements == cursor.fetchone()[0] > 100
    assert dict(table.schema) == {
        name: kind() if isinstance(kind, type) else kind for name, kind in schema.FACTS.items()
    }
    assert not {pl.String, pl.Binary, pl.Float64, pl.Float32} & {type(kind) for kind in table.schema.dtypes()}


def test_individual_businesses_are_in_no_file_of_facts(city: Any) -> None:
    snapshot = facts.open_facts(at=AT)
    orgs = pl.read_parquet(snapshot.orgs[0])
    assert orgs.height and not orgs["uscc"].str.starts_with("92").any()
    assert orgs["org"].to_list() == list(range(orgs.height))
    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc FROM records_statement WHERE SUBSTR(uscc, 1, 2) = '92' LIMIT 1")
        individual = cursor.fetchone()[0]
    one = facts.of_one(uscc=individual)
    assert one.orgs.is_empty() and one.facts.is_empty()


def test_facts_nobody_asked_for_are_not_made_by_the_follower(city: Any) -> None:
    factkit.restand(factkit.ids()[:1], "annulled")
    evidence.drain(at=AT)
    assert not (store.folder() / store.STATE).exists()
    facts.open_facts(at=AT)
    factkit.restand(factkit.ids()[1:2], "annulled")
    evidence.drain(at=AT)
    state = store.read(store.folder())
    assert state is not None and state.position == evidence.size()


def test_what_is_written_later_is_added_beside_the_base_and_equals_a_rebuild(city: Any) -> None:
    before = facts.open_facts(at=AT)
    like = factkit.ids()[0]
    new = factkit.send(like, document="测罚字〔2026〕", count=30)
    factkit.restand(factkit.ids()[1:4], "repaired")
    factkit.dispute(new[:2])
    after = facts.open_facts(at=AT)
    assert after.facts == before.facts and after.deltas and after.position == evidence.size()
    assert after.statements == before.statements + 30
    table = _table(after)
    assert set(table.filter("disputed")["statement"]) == set(new[:2])
    assert table.filter(pl.col("state") == schema.REPAIRED).height == 3
    _rebuilt()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("send", "twice", "stranger", "restand", "dispute", "decide", "erase", "ended")),
        st.randoms(use_true_random=False),
        st.booleans(),
    ),
    min_size=4,
    max_size=10,
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_course_of_acts_leaves_what_all_statements_made_anew_would_give(city: Any, acts: Any) -> None:
    with pytest.MonkeyPatch.context() as small:
        small.setattr(following, "SMALL", 40)
        small.setattr(building, "FILE", 150)
        facts.rebuild(at=AT)
        state = store.read(store.folder())
        assert state is not None and len(state.base) > 1
        for kind, chance, look in acts:
            _act(kind, chance)
            if look:
                facts.open_facts(at=AT)
        facts.open_facts(at=AT)
        assert list(checking.findings()) == []
        _rebuilt()


def _act(kind: str, chance: random.Random) -> None:
    some = chance.sample(factkit.ids(chance.choice(("admin-penalty", "admin-licence"))), 3)
    mark = chance.randrange(10**6)
    if kind == "send":
        factkit.send(some[0], document=f"新字〔2026〕{mark}-", count=chance.randint(1, 30))
    elif kind == "twice":
        day = records.statements(some[:1])[some[0]].decided_on
        assert day is not None
        factkit.send(some[0], decided_on=day - timedelta(days=1 + mark % 12))
    elif kind == "stranger":
        factkit.send(some[0], document=f"外字〔2026〕{mark}号", uscc=f"91340600MA2ST{mark % 4}AN9X")
    elif kind == "restand":
        factkit.restand(some, chance.choice(("held", "repaired", "annulled", "superseded", "suppressed")))
    elif kind == "dispute":
        factkit.dispute(some, case=f"YY{mark % 2}")
    elif kind == "decide":
        factkit.decide(some, case=f"YY{mark % 2}")
    elif kind == "erase":
        records.erase(statement_ids=some[:1], act=factkit.act("records.erased"))
    else:
        _end(records.statements(some[:1])[some[0]].uscc)


def _end(code: str) -> None:
    """An organisation is deregistered."""
    name = register.get([code])[code].name
    event = pl.DataFrame(
        [{"code": code, "name": name, "former": "", "on": "2026-11-01", "renames": False, "registers": False,
          "status": "注销", "established_on": "", "kind": "", "region": "", "industry": "", "newest": "2026-11-01"}]
    )  # fmt: skip
    register.learn(events=event, at=AT, actor="test", provision="测试", pack="")


def test_an_organisation_that_changes_in_the_register_changes_in_the_facts_and_keeps_its_number(
    city: Any,
) -> None:
    orgs = pl.read_parquet(facts.open_facts(at=AT).orgs[0])
    one = orgs.filter(pl.col("active") & (pl.col("kind") == "91")).row(0, named=True)
    _end(one["uscc"])
    after = pl.read_parquet(facts.open_facts(at=AT).orgs[0]).filter(pl.col("uscc") == one["uscc"])
    assert after.row(0, named=True) == {**one, "active": False}
    _rebuilt()


def test_a_snapshot_once_opened_reads_the_same_after_others_refreshed(city: Any) -> None:
    before = facts.open_facts(at=AT)
    first = _table(before)
    for number in range(4):
        factkit.send(factkit.ids()[0], document=f"再字〔2026〕{number}号")
        facts.open_facts(at=AT)
    assert _table(before).equals(first)


def test_another_law_makes_the_facts_anew(city: Any) -> None:
    before = facts.open_facts(at=AT)
    state = store.read(store.folder())
    assert state is not None
    store.publish(store.folder(), replace(state, pack="of another day"))
    after = facts.open_facts(at=AT)
    assert after.facts != before.facts
    kept = store.read(store.folder())
    assert kept is not None and kept.pack != "of another day"


def test_a_large_delta_becomes_part_of_the_base(city: Any, monkeypatch: Any) -> None:
    facts.open_facts(at=AT)
    monkeypatch.setattr(following, "SMALL", 10)
    factkit.send(factkit.ids()[0], document="合字〔2026〕", count=60)
    after = facts.open_facts(at=AT)
    assert not after.deltas and not after.gone
    assert pl.read_parquet(after.facts)["org"].is_sorted()
    _rebuilt()


def test_erasure_reaches_base_delta_and_every_older_file(city: Any) -> None:
    facts.open_facts(at=AT)
    in_base = factkit.ids()[0]
    in_delta = factkit.send(in_base, document="删字〔2026〕1号")[0]
    facts.open_facts(at=AT)
    with facts.as_known(position=evidence.size()) as then:
        records.erase(statement_ids=[in_base, in_delta], act=factkit.act("records.erased"))
        assert not then.facts[0].exists()
    files = list(store.folder().rglob("*.parquet"))
    assert files
    for file in files:
        frame = pl.read_parquet(file)
        assert "statement" not in frame.columns or not {in_base, in_delta} & set(frame["statement"])
    evidence.drain(at=AT)
    assert list(checking.findings()) == []
    _rebuilt()


def test_an_erasure_interrupted_before_it_reached_the_facts_is_made_good_by_the_next_look(
    city: Any, monkeypatch: Any
) -> None:
    from xinheng.records import erasure

    facts.open_facts(at=AT)
    lost = factkit.ids()[0]
    facts.open_facts(at=AT)
    with monkeypatch.context() as crash:
        crash.delitem(erasure._cleaners, "facts")
        records.erase(statement_ids=[lost], act=factkit.act("records.erased"))
    evidence.drain(at=AT)
    for file in store.folder().rglob("*.parquet"):
        frame = pl.read_parquet(file)
        assert "statement" not in frame.columns or lost not in set(frame["statement"])
    _rebuilt()


def test_an_organisation_only_known_by_what_was_erased_leaves_the_table(city: Any) -> None:
    stranger = "91340600MA2STRAN9X"
    said = factkit.send(factkit.ids()[0], document="外字〔2026〕1号", uscc=stranger)
    orgs = pl.read_parquet(facts.open_facts(at=AT).orgs[0])
    assert orgs.filter(pl.col("uscc") == stranger)["active"].to_list() == [True]
    records.erase(statement_ids=said, act=factkit.act("records.erased"))
    assert stranger not in set(pl.read_parquet(facts.open_facts(at=AT).orgs[0])["uscc"])
    assert not any(stranger.encode() in file.read_bytes() for file in store.folder().rglob("*.parquet"))


def test_entries_that_touch_no_statement_cost_a_few_questions_and_no_file(city: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    before = facts.open_facts(at=AT)
    for number in range(20):
        with evidence.event(factkit.act("accounts.read")) as event:
            event.detail["page"] = number
    with CaptureQueriesContext(connection) as asked:
        after = facts.open_facts(at=AT)
    assert len(asked) <= 12
    assert (after.facts, after.orgs, after.deltas) == (before.facts, before.orgs, before.deltas)
    assert after.position == evidence.size() > before.position
    with CaptureQueriesContext(connection) as asked:
        facts.open_facts(at=AT)
    assert len(asked) <= 3


def test_spark_reads_the_same_facts_from_base_and_delta(city: Any, spark: Any) -> None:
    facts.open_facts(at=AT)
    factkit.send(factkit.ids()[0], document="火字〔2026〕", count=3)
    factkit.restand(factkit.ids()[1:3], "repaired")
    snapshot = facts.open_facts(at=AT)
    con = ibis.pyspark.connect(spark)
    rows = con.to_polars(facts.relation(con, snapshot)).sort("statement")
    assert rows.rows() == _table(snapshot).rows()
    orgs = con.to_polars(facts.orgs_relation(con, snapshot)).sort("org")
    assert orgs.rows() == pl.read_parquet(snapshot.orgs).sort("org").rows()
