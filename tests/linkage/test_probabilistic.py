"""The probabilistic model by Splink: what it learns, what it says, and that both engines say the same."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import polars as pl
import pytest

from xinheng.kernel.errors import WrongUse
from xinheng.linkage.probabilistic import COLUMNS, PARTS, prepare, score, settings, train

PLACES = ("淮北市", "濉溪县", "徐州市", "宿州市", "合肥市")
SIGNS = "鑫源中兴华泰恒达盛丰国安瑞祥嘉福永顺金龙宏宇天成"
TRADES = ("商贸", "建筑工程", "信息科技", "房地产开发", "餐饮管理", "物流")
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
Town = tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]


def town(size: int, *, seed: int) -> Town:
    """Register, rows asked about, and which organisation each of these is: half with a wrong character."""
    rng = random.Random(seed)
    rows = []
    for _ in range(size):
        brand = "".join(rng.choice(SIGNS) for _ in range(rng.choice((2, 2, 3, 4))))
        code = "913406" + "".join(rng.choice(LETTERS) for _ in range(12))
        rows.append((code, rng.choice(PLACES) + brand + rng.choice(TRADES) + rng.choice(FORMS)))
    asked, truth = [], {}
    for number, (code, name) in enumerate(rng.sample(rows, size // 2)):
        if rng.random() < 0.5:
            at = rng.randrange(len(name) - 4)
            name = name[:at] + rng.choice(SIGNS) + name[at + 1 :]
        asked.append((f"q{number}", name, code if rng.random() < 0.3 else None))
        truth[f"q{number}"] = code
    register = pl.DataFrame(rows, schema=["code", "name"], orient="row")
    return register, pl.DataFrame(asked, schema=["id", "name", "hint"], orient="row"), truth


@pytest.fixture(scope="module")
def prepared() -> Town:
    register, asked, truth = town(1200, seed=5)
    return prepare(register, key="code", code="code"), prepare(asked, key="id", code="hint"), truth


@pytest.fixture(scope="module")
def model(prepared: Town) -> dict[str, Any]:
    register, asked, _ = prepared
    return train(asked, register, pairs=2e5)


def best(answers: pl.DataFrame) -> dict[str, str]:
    return dict(answers.group_by("asked", maintain_order=True).first().select("asked", "code").iter_rows())


def test_both_engines_give_the_same_pairs_and_the_same_weights(
    prepared: Town, model: dict[str, Any], spark: Any
) -> None:
    register, asked, _ = prepared
    here = score(asked, register, model, least=0.01)
    # A register on a cluster is a frame of Spark's own
    theirs = spark.createDataFrame(register.to_arrow())
    there = score(asked, theirs, model, engine="spark", least=0.01)
    assert here.select("asked", "code").equals(there.select("asked", "code"))
    assert here.height > 300
    for column in ("weight", "probability"):
        assert (here[column] - there[column]).abs().max() < 1e-9
    steps = pl.col("waterfall").list.eval(pl.element().struct.field("level"))
    assert here.select(steps).equals(there.select(steps))


def test_most_names_find_their_organisation_and_few_another(prepared: Town, model: dict[str, Any]) -> None:
    register, asked, truth = prepared
    found = best(score(asked, register, model, least=0.9))
    right = sum(truth[key] == code for key, code in found.items())
    assert right / len(found) > 0.97
    assert right / len(truth) > 0.6


def test_the_waterfall_adds_up_to_the_weight_and_names_every_part(
    prepared: Town, model: dict[str, Any]
) -> None:
    register, asked, _ = prepared
    answers = score(asked, register, model)
    steps = answers["waterfall"][0].to_list()
    assert [step["part"] for step in steps] == ["prior", *PARTS]
    sums = answers["waterfall"].list.eval(pl.element().struct.field("weight")).list.sum()
    assert (sums - answers["weight"]).abs().max() < 1e-9
    assert (1 / (1 + 2.0 ** -answers["weight"]) - answers["probability"]).abs().max() < 1e-9


def test_a_model_is_json_without_any_name_or_code_in_it(prepared: Town, model: dict[str, Any]) -> None:
    register, asked, _ = prepared
    text = json.dumps(model, ensure_ascii=False)
    assert not set(text) & set(SIGNS)
    assert score(asked, register, text).equals(score(asked, register, model))


def test_the_same_input_gives_the_same_model(prepared: Town, model: dict[str, Any]) -> None:
    register, asked, _ = prepared
    again = train(asked, register, pairs=2e5)
    for part, levels in again["parts"].items():
        for label, told in levels.items():
            assert told == pytest.approx(model["parts"][part][label], rel=1e-9)


def test_without_codes_or_verdicts_it_learns_from_the_names_alone(prepared: Town) -> None:
    register, asked, truth = prepared
    bare = asked.with_columns(own=pl.lit(None, dtype=pl.String))
    learned = train(bare, register, pairs=2e5)
    assert learned["labels"] == 0
    found = best(score(bare, register, learned, least=0.9))
    assert sum(truth[key] == code for key, code in found.items()) / len(found) > 0.95


def test_verdicts_of_people_are_labels(prepared: Town) -> None:
    register, asked, truth = prepared
    bare = asked.with_columns(own=pl.lit(None, dtype=pl.String))
    verdicts = pl.DataFrame({"asked": list(truth), "code": list(truth.values())})
    learned = train(bare, register, labels=verdicts, pairs=2e5)
    assert learned["labels"] == len(truth)
    same, chance = learned["parts"]["brand"]["same"]
    assert same > 0.5 > 0.05 > chance


def test_a_rare_brand_says_more_than_a_common_one(model: dict[str, Any]) -> None:
    names = [f"淮北市鑫源{trade}{form}" for trade in TRADES for form in FORMS] + ["淮北市瑞祥商贸有限公司"]
    register = prepare(
        pl.DataFrame({"code": [f"R{at}" for at in range(len(names))], "name": names}), key="code"
    )
    asked = prepare(
        pl.DataFrame({"id": ["common", "rare"], "name": ["鑫源商贸有限公司", "瑞祥商贸有限公司"]}), key="id"
    )
    steps = {
        row["asked"]: row["waterfall"][1]["weight"]
        for row in score(asked, register, model, least=0).to_dicts()
        if row["waterfall"][1]["level"] == "same"
    }
    assert steps["rare"] > steps["common"] + 3


def test_one_wrong_character_is_counted_as_a_character_and_not_as_its_bytes(model: dict[str, Any]) -> None:
    register = prepare(pl.DataFrame({"code": ["R"], "name": ["淮北市安达信商贸有限公司"]}), key="code")
    asked = prepare(pl.DataFrame({"id": ["q"], "name": ["淮北市安达康商贸有限公司"]}), key="id")
    pairs = pl.DataFrame({"asked": ["0"], "row": ["0"]})
    told = score(asked, register, model, least=0, pairs=pairs)["waterfall"][0].to_list()
    assert {step["part"]: step["level"] for step in told}["brand"] == "one character"


def test_only_given_candidates_are_scored(prepared: Town, model: dict[str, Any]) -> None:
    register, asked, _ = prepared
    pairs = pl.DataFrame({"asked": ["0", "1"], "row": ["7", "8"]})
    answers = score(asked, register, model, least=0, pairs=pairs)
    assert answers.height == 2
    assert set(answers["asked"]) == set(asked["key"][:2])


def test_a_name_that_folds_to_nothing_matches_nothing(prepared: Town, model: dict[str, Any]) -> None:
    register, _, _ = prepared
    asked = pl.DataFrame({"id": ["a", "b", "c"], "name": ["", "（）", None], "hint": [None, "", "***"]})
    nothing = prepare(asked, key="id", code="hint")
    assert nothing.height == 0
    assert score(nothing, register, model).height == 0


def test_nothing_about_a_person_has_a_place_in_the_comparison() -> None:
    frame = pl.DataFrame({"id": ["a"], "name": ["淮北市鑫源商贸有限公司"], "法定代表人": ["某某"]})
    prepared = prepare(frame, key="id")
    assert tuple(prepared.columns) == COLUMNS
    assert "某某" not in str(prepared.to_dicts())
    assert all("person" not in rule for rule in settings()["blocking_rules_to_generate_predictions"])


def test_a_model_of_another_making_is_refused_with_what_to_do(prepared: Town) -> None:
    register, asked, _ = prepared
    with pytest.raises(WrongUse, match="重新训练"):
        score(asked, register, {"format": 0})


def test_the_register_grows_and_the_prior_falls(prepared: Town, model: dict[str, Any]) -> None:
    register, asked, _ = prepared
    small = score(asked, register.head(600), model, least=0)["waterfall"][0][0]["weight"]
    large = score(asked, register, model, least=0)["waterfall"][0][0]["weight"]
    assert small - large == pytest.approx(1, abs=0.01)


def test_a_branch_is_told_from_its_parent_and_from_another_branch(model: dict[str, Any]) -> None:
    names = {
        "parent": "淮北市鑫源商贸有限公司",
        "here": "淮北市鑫源商贸有限公司濉溪分公司",
        "there": "淮北市鑫源商贸有限公司宿州分公司",
    }
    register = prepare(pl.DataFrame({"code": list(names), "name": list(names.values())}), key="code")
    asked = prepare(pl.DataFrame({"id": list(names), "name": list(names.values())}), key="id")
    assert best(score(asked, register, model, least=0)) == {key: key for key in names}


def test_a_former_name_finds_the_organisation_once(model: dict[str, Any]) -> None:
    rows = {
        "code": ["R", "R", "S"],
        "name": ["淮北市鑫源商贸有限公司", "淮北市天成物流有限公司", "徐州市国安物流有限公司"],
    }
    register = prepare(pl.DataFrame(rows), key="code")
    asked = prepare(pl.DataFrame({"id": ["q"], "name": ["淮北天成物流有限公司"]}), key="id")
    answers = score(asked, register, model, least=0)
    assert answers["code"].to_list().count("R") == 1
    assert answers["code"][0] == "R"


def test_without_spark_it_says_what_to_install(
    prepared: Town, model: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    register, asked, _ = prepared
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(WrongUse, match=r"xinheng\[spark\]"):
        score(asked, register, model, engine="spark")
