"""From statements to facts: each column form says what the scalar policy says, and one decision counts once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import factkit
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.facts import schema, shaping, subjects
from xinheng.facts import service as facts
from xinheng.facts.sectors import sectors
from xinheng.kernel.money import format_wan
from xinheng.kernel.text import norm_docno
from xinheng.kernel.uscc import check_char
from xinheng.law import service as law
from xinheng.records import service as records

PACK = law.load("huaibei")
SECTOR_WORDS = [word for _, _, words in law.sector_rules(pack=PACK) for word in words]


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=20))
def test_money_as_stored_comes_back_as_the_fen_it_was(amounts: list[int]) -> None:
    frame = pl.DataFrame({"amount": [format_wan(fen) for fen in amounts]})
    assert frame.select(shaping._fen().alias("fen"))["fen"].to_list() == amounts


def test_no_amount_is_zero_fen() -> None:
    frame = pl.DataFrame({"amount": ["", "不详"]})
    assert frame.select(shaping._fen().alias("fen"))["fen"].to_list() == [0, 0]


@given(
    st.lists(
        st.text(alphabet="濉市监罚字〔〕[]（）()【】2023第１２号 -—ab·", max_size=16), min_size=1, max_size=20
    )
)
def test_document_numbers_compare_as_the_kernel_compares_them(texts: list[str]) -> None:
    assert shaping._comparable(pl.Series("document", texts)).to_list() == [norm_docno(text) for text in texts]


@given(
    st.lists(
        st.tuples(st.sampled_from([*SECTOR_WORDS, "", "某法"]), st.sampled_from([*SECTOR_WORDS, "某局"]),
                  st.sampled_from(["", "A", *(one.uscc for one in PACK.departments)])),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_the_sector_of_a_column_is_the_sector_of_each_row(rows: list[tuple[str, str, str]]) -> None:
    frame = pl.DataFrame(
        rows, schema={"basis": pl.String, "name": pl.String, "authority": pl.String}, orient="row"
    )
    assert sectors(frame, PACK).to_list() == [
        law.sector_of(pack=PACK, authority=authority, authority_name=name, basis=basis)
        for basis, name, authority in rows
    ]


_fact = st.fixed_dictionaries(
    {"org": st.just(1), "what": st.just(0), "decided": st.integers(19_000, 20_000), "decision": st.integers(1, 4),
     "state": st.integers(0, 3), "until": st.integers(20_000, 20_005), "disputed": st.booleans()}
)  # fmt: skip


@given(st.lists(_fact, min_size=1, max_size=12), st.randoms())
def test_of_a_decision_one_fact_is_primary_whatever_order_they_come_in(
    rows: list[dict[str, Any]], chance: Any
) -> None:
    table = schema.facts_of(rows)
    settled = shaping.settled(table).sort("statement")
    again = shaping.settled(table.sample(fraction=1, shuffle=True, seed=chance.randint(0, 9_999))).sort(
        "statement"
    )
    assert settled.equals(again)
    for (_,), of in settled.partition_by("decision", as_dict=True).items():
        assert of["primary"].sum() == 1
        first = of.filter("primary").row(0, named=True)
        if schema.REPAIRED in of["state"].to_list():
            assert first["state"] == schema.REPAIRED
        own = table.filter(pl.col("statement").is_in(of["statement"].implode()))["disputed"].any()
        assert of["disputed"].to_list() == [own] * of.height


def test_makers_of_small_tables_give_month_and_day_of_the_decision() -> None:
    day = date(2024, 2, 29)
    table = schema.facts_of([{"org": 0, "what": 0, "decided": (day - date(1970, 1, 1)).days}])
    assert (table["ym"][0], table["day"][0]) == (2024 * 12 + 1, 29)
    assert schema.orgs_of([{"uscc": "A"}, {"uscc": "B", "kind": "93"}])["kind"].to_list() == ["91", "93"]


def test_the_same_penalty_sent_again_with_another_day_or_writing_counts_once(city: Any) -> None:
    like = factkit.ids()[0]
    one = factkit.send(like, document="濉测罚字〔2026〕77号")[0]
    day = records.statements([one])[one].decided_on
    assert day is not None
    two = factkit.send(like, document="濉测罚字[2026]７７号", decided_on=day - timedelta(days=2))[0]
    other = factkit.send(like, document="濉测罚字〔2026〕78号")[0]
    uscc = records.statements([one])[one].uscc

    def counted() -> set[int]:
        held = facts.of_one(uscc=uscc).facts.filter(
            (pl.col("state") == schema.HELD) & pl.col("primary") & ~pl.col("disputed")
        )
        return set(held["statement"]) & {one, two, other}

    assert len(counted() & {one, two}) == 1 and other in counted()
    factkit.dispute([two])
    assert counted() == {other}
    factkit.decide([two])
    assert len(counted()) == 2
    factkit.restand([one], "repaired")
    assert counted() == {other}


def test_what_is_never_shown_counts_and_what_came_in_after_its_days_does_not() -> None:
    penalty, compulsion = PACK.items["admin-penalty"], PACK.items["admin-compulsion"]
    frame = pl.DataFrame(
        {"show_from": [None, None, date(2025, 1, 1)], "show_until": [None, None, date(2026, 1, 1)],
         "severity": ["ordinary", "minor", "ordinary"], "valid_to": ["", "", ""]},
        schema={"show_from": pl.Date, "show_until": pl.Date, "severity": pl.String, "valid_to": pl.String},
    )  # fmt: skip
    last = (date(2026, 1, 1) - date(1970, 1, 1)).days
    assert frame.select(shaping._until(PACK, penalty).alias("u"))["u"].to_list() == [
        schema.OVER,
        schema.NEVER,
        last,
    ]
    assert frame.select(shaping._until(PACK, compulsion).alias("u"))["u"].to_list() == [
        schema.NEVER,
        schema.NEVER,
        last,
    ]


def test_industries_and_counties_are_letters_and_codes_or_nothing() -> None:
    known = pl.DataFrame(
        [("91340621MA2TRAN09X", "", "有限责任公司", "340621", "C14 食品制造业", "2020-03-09", "存续"),
         ("91340600MA2TRAN08X", "", "有限责任公司", "", "制造业", "", "注销"),
         ("91110000MA2TRAN07X", "", "有限责任公司", "110000", "别的", "2020", "存续"),
         ("92340621MA2TRAN06X", "", "个体工商户", "340621", "F", "", "存续"),
         ("340621600012345", "", "个体工商户", "340621", "F", "", "存续")],
        schema=dict.fromkeys(("code", "old_number", "kind", "region", "industry", "established_on", "status"), pl.String),
        orient="row",
    )  # fmt: skip
    told = subjects.registered(known, PACK).rows_by_key("uscc", named=True, unique=True)
    assert set(told) == {"91340621MA2TRAN09X", "91340600MA2TRAN08X", "91110000MA2TRAN07X"}
    first, second, third = told.values()
    assert (first["industry"], first["county"], first["established_ym"], first["active"]) == (
        "C",
        "340621",
        24242,
        True,
    )
    assert (second["industry"], second["region"], second["active"]) == ("C", "340600", False)
    assert (third["industry"], third["county"], third["established_ym"]) == ("", "", schema.UNKNOWN)
    assert subjects.nobody(known) == {"340621600012345"}


def test_a_new_evaluation_model_changes_no_fact_and_another_kind_of_list_does() -> None:
    from dataclasses import replace

    known = shaping.depends_on(PACK)
    assert shaping.depends_on(replace(PACK, digest="another", site="another")) == known
    assert shaping.depends_on(replace(PACK, lists={})) != known


def test_what_was_said_under_an_old_number_moves_to_the_code_that_took_its_place(city: Any) -> None:
    from xinheng.register import service as register

    first = "91340600MA2RHFUQ3"
    old, new = "340600000098765", first + check_char(first)
    said = factkit.send(factkit.ids()[0], document="旧字〔2026〕1号", uscc=old)[0]
    snapshot = facts.open_facts(at=AT)
    assert old in set(pl.read_parquet(snapshot.orgs)["uscc"])
    event = pl.DataFrame(
        [{"code": new, "name": "旧号换码示例有限公司", "former": "", "on": "2026-11-01", "renames": False, "registers": True,
          "status": "存续", "established_on": "", "kind": "", "region": "340600", "industry": "", "newest": "2026-11-01"}]
    )  # fmt: skip
    register.learn(events=event, at=AT, actor="test", provision="测试", pack="")
    from django.db import connection

    with connection.cursor() as cursor:
        # No event of ours gives an old number: a register file does
        cursor.execute(
            "UPDATE register_entry SET old_number = %s WHERE code = %s AND closed_by IS NULL", [old, new]
        )
    snapshot = facts.open_facts(at=AT)
    codes = set(pl.read_parquet(snapshot.orgs)["uscc"])
    assert new in codes and old not in codes
    assert (
        said
        in set(facts.of_one(uscc=new).facts["statement"])
        == set(facts.of_one(uscc=old).facts["statement"])
    )
    kept = factkit.sums()
    facts.rebuild(at=AT)
    assert factkit.sums() == kept


@pytest.mark.parametrize("name", ["show", "rebuild"])
def test_the_commands_tell_what_is_kept(name: str, city: Any) -> None:
    from click.testing import CliRunner

    from xinheng.faces.cli.facts import facts_command

    facts.open_facts(at=AT)
    ran = CliRunner().invoke(facts_command, [name, "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.output.strip().splitlines()[-1])
    told = told["facts"] if name == "show" else told
    assert told["position"] == evidence.size() and told["statements"] > 100
