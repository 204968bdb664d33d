"""The figures of a report on frames made by hand: groups, weights, movements, the back-test's ranking."""

from __future__ import annotations

from datetime import date
from typing import Any

import fairkit as kit
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import fairness_monotone, fairness_spread, fairness_time, fairness_weights
from xinheng.facts import counting, schema


def test_a_group_counts_its_grades_and_quartiles_and_what_nobody_registered_is_called_unknown() -> None:
    rows = [{"county": "340602", "established_ym": 2020 * 12}, {"county": "340602"}, {"county": ""}]
    orgs = schema.orgs_of([dict(row) for row in rows]).with_columns(pl.Series("held", [0, 3, 40]))
    scored = fairness_spread.grouped(orgs, on=kit.ON).join(
        kit.scores([(0, 100, 0), (1, 80, 1), (2, 10, 2)]).drop("uscc"), on="org"
    )
    found = fairness_spread.spread(scored, grades=3)
    county = {one["group"]: one for one in found["county"]}
    assert county["340602"]["grades"] == [1, 1, 0]
    assert county["340602"]["points"] == [80 * kit.POINT] * 4 + [100 * kit.POINT]
    assert county["unknown"]["grades"] == [0, 0, 1]
    assert {one["group"] for one in found["size"]} == {"unknown"}
    assert {one["group"] for one in found["age"]} == {"5-10", "unknown"}
    assert {one["group"] for one in found["file"]} == {"0", "1-5", "21+"}


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 150), st.integers(0, 2)), min_size=1, max_size=60)
)
def test_every_dimension_counts_every_organisation_once(rows: list[tuple[int, int, int]]) -> None:
    orgs = schema.orgs_of([{"county": f"34060{county}"} for county, _, _ in rows]).with_columns(
        pl.lit(1).alias("held")
    )
    scored = fairness_spread.grouped(orgs, on=kit.ON).join(
        kit.scores([(place, points, grade) for place, (_, points, grade) in enumerate(rows)]).drop("uscc"),
        on="org",
    )
    whole = fairness_spread.whole(scored, grades=3)
    for groups in fairness_spread.spread(scored, grades=3).values():
        assert sum(one["organisations"] for one in groups) == len(rows)
        for place in range(3):
            assert sum(one["grades"][place] for one in groups) == whole["grades"][place]
    assert sum(n for _, _, n in fairness_spread.histogram(scored)) == len(rows)


def test_small_groups_take_no_part_in_a_comparison() -> None:
    groups = {
        "county": [
            {"group": "a", "organisations": 100, "grades": [90, 10]}, {"group": "b", "organisations": 50, "grades": [20, 30]},
            {"group": "c", "organisations": 2, "grades": [0, 2]}, {"group": "unknown", "organisations": 90, "grades": [0, 90]},
        ],
        "sector": [{"group": "a", "organisations": 100, "grades": [90, 10]}],
    }  # fmt: skip
    assert fairness_spread.gaps(groups) == {
        "county": {
            "best": "a", "best_share": 100, "worst": "b", "worst_share": 600, "gap": 500, "groups": 2,
        }
    }  # fmt: skip


def _evaluated(model: object, penalties: list[int], honours: list[int], listed: list[bool]) -> pl.DataFrame:
    """What the engine gives for so many facts of each kind, worked out by hand."""
    rows = []
    by_code = model.by_code  # type: ignore[attr-defined]
    for place, (bad, good, on_list) in enumerate(zip(penalties, honours, listed, strict=True)):
        minus = max(bad * by_code["penalties"].weight, -by_code["penalties"].cap)
        plus = min(good * by_code["honours"].weight, by_code["honours"].cap)
        score = model.base + minus + plus  # type: ignore[attr-defined]
        by_score = 0 if score >= 95 * kit.POINT else 1 if score >= 75 * kit.POINT else 2
        ceiling = 2 if on_list else 0
        rows.append((place, score, max(by_score, ceiling), ceiling, minus, plus))
    return pl.DataFrame(
        rows, schema=["org", "score", "grade", "ceiling", "i_penalties", "i_honours"], orient="row"
    )


def test_a_weight_that_decides_grades_is_found_and_one_that_decides_none_is_not() -> None:
    model = kit.model()
    # 100; 90 (95 less 5 without the honours); 80; on a list, so C whatever the points
    given = ([0, 1, 2, 9], [0, 1, 0, 2], [False, False, False, True])
    frames = [_evaluated(one, *given) for one in fairness_weights.variants(model)]
    assert frames[0]["grade"].to_list() == [0, 0, 1, 2]
    found = {one["indicator"]: one for one in fairness_weights.sensitivity(model, *frames)}
    nothing = {"up_better": 0, "up_worse": 0, "down_better": 0, "down_worse": 0}
    assert found["penalties"] == nothing | {"indicator": "penalties", "up_worse": 1, "reached": 3}
    assert found["honours"] == nothing | {"indicator": "honours", "down_worse": 1, "reached": 2}


def test_the_weight_most_depends_on_comes_first() -> None:
    # 95 each: three honours stay at their cap of 10 with a tenth less, a penalty a tenth heavier costs the grade
    model = kit.model(base=95 * kit.POINT)
    given = ([1, 1], [3, 3], [False, False])
    frames = [_evaluated(one, *given) for one in fairness_weights.variants(model)]
    told = fairness_weights.sensitivity(model, *frames)
    assert [one["indicator"] for one in told] == ["penalties", "honours"]
    assert [one["up_worse"] + one["down_worse"] for one in told] == [2, 0]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_the_sums_of_three_evaluations_say_what_each_changed_model_would(
    rows: list[tuple[int, int, bool]],
) -> None:
    """The short way (three evaluations) equals evaluating a model with that one weight changed."""
    model = kit.model()
    given = [list(column) for column in zip(*rows, strict=True)]
    asis, up, down = (_evaluated(one, *given) for one in fairness_weights.variants(model))
    wide = fairness_weights.joined(asis, up, down, ["penalties", "honours"])
    for code, way, percent in (("penalties", "up", 110), ("penalties", "down", 90), ("honours", "up", 110)):
        alone = kit.model(
            indicators=tuple(
                fairness_weights.scaled(kit.model(indicators=(one,)), percent).indicators[0]
                if one.code == code
                else one
                for one in model.indicators
            )
        )
        told = wide.select(fairness_weights.changed(model, code, way).alias("grade"))["grade"].to_list()
        assert told == _evaluated(alone, *given)["grade"].to_list()


def test_scaling_rounds_toward_zero_on_both_sides_and_leaves_caps() -> None:
    model = kit.model()
    odd = kit.model(
        indicators=tuple(kit.replace(one, weight=-7 if one.weight < 0 else 7) for one in model.indicators)
    )
    scaled = fairness_weights.scaled(odd, 90)
    assert [one.weight for one in scaled.indicators] == [-6, 6]
    assert [one.cap for one in scaled.indicators] == [one.cap for one in model.indicators]


def test_movements_between_two_days_are_counted_and_can_be_listed() -> None:
    before = kit.scores([(1, 100, 0), (2, 80, 1), (3, 60, 2), (4, 80, 1)])
    after = kit.scores([(1, 80, 1), (2, 100, 0), (3, 61, 2), (5, 90, 1)])
    told = fairness_time.matrix(before, after, grades=3)
    assert told["cells"] == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert (told["better"], told["worse"], told["same"], told["points_changed"]) == (1, 1, 1, 3)
    assert (told["only_before"], told["only_after"]) == (1, 1)
    assert fairness_time.moved(before, after, way="worse", key="org")["org"].to_list() == [1]
    assert fairness_time.moved(before, after, way="1-0", key="org")["org"].to_list() == [2]
    assert fairness_time.moved(before, after, way="points", key="org")["org"].to_list() == [1, 2, 3]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=40))
def test_the_ranking_counts_every_pair_once_and_ties_by_half(rows: list[tuple[int, bool]]) -> None:
    marked = pl.DataFrame(
        {"score": [score for score, _ in rows], "hit": [int(hit) for _, hit in rows]},
        schema={"score": pl.Int64, "hit": pl.Int32},
    )
    bad = [score for score, hit in rows if hit]
    good = [score for score, hit in rows if not hit]
    won = sum(2 if low < high else 1 if low == high else 0 for low in bad for high in good)
    assert fairness_time.ranked(marked) == (won, 2 * len(bad) * len(good))


def test_a_later_serious_decision_counts_though_repaired_since_and_an_annulled_one_does_not() -> None:
    day = counting.day_number(date(2026, 6, 1))
    facts = schema.facts_of(
        [
            {"org": 0, "what": 1, "decided": day, "state": schema.REPAIRED}, {"org": 1, "what": 1, "decided": day, "state": schema.ENDED},
            {"org": 2, "what": 2, "decided": day}, {"org": 3, "what": 1, "decided": day - 400},
            {"org": 4, "what": 1, "decided": day, "primary": False}, {"org": 0, "what": 1, "decided": day - 1},
        ]
    )  # fmt: skip
    found = fairness_time.events(facts, [1], after=day - 365, until=day)
    assert found["org"].to_list() == [0]


def _wrong(adverse_gives: pl.Expr) -> Any:
    """An engine in which an adverse fact gives what is said, another 5."""

    def evaluate(some: pl.DataFrame, many: pl.DataFrame) -> pl.DataFrame:
        points = pl.when(pl.col("what") == 2).then(adverse_gives).otherwise(5).cast(pl.Int64)
        sums = some.group_by("org").agg(points.sum().alias("score"))
        return (
            many.select("org")
            .join(sums, on="org", how="left")
            .with_columns(pl.col("score").fill_null(0), pl.lit(0).alias("grade"))
        )

    return evaluate


TODAY = counting.day_number(kit.ON)
OLD, LARGE = pl.col("decided") < TODAY - 900, pl.col("amount") > fairness_monotone.AMOUNT


@pytest.mark.parametrize(
    ("adverse_gives", "improved"),
    [
        (pl.lit(-10), []),
        (pl.lit(7), [2]),
        # What helps only when it is old, or only when it is large, or both, is found as well
        (pl.when(OLD).then(3).otherwise(-10), [2]),
        (pl.when(LARGE).then(3).otherwise(-10), [2]),
        (pl.when(OLD & LARGE).then(3).otherwise(-10), [2]),
        (pl.when(pl.col("amount") == 99_999).then(1).otherwise(-10), [2]),
    ],
)
def test_a_model_that_rewards_an_adverse_fact_of_some_day_or_amount_is_found_out(
    adverse_gives: pl.Expr, improved: list[int]
) -> None:
    whats = [kit.What(1, "honour", side="positive"), kit.What(2, "admin-penalty", side="adverse")]
    orgs = schema.orgs_of([{"uscc": str(place)} for place in range(40)])
    facts = schema.facts_of(
        [{"org": 0, "what": 1, "decided": TODAY}, {"org": 1, "what": 2, "decided": TODAY, "amount": 5}]
    )
    evaluate = _wrong(adverse_gives)
    told = fairness_monotone.monotone(
        evaluate(facts, orgs), facts, orgs, whats, on=kit.ON, evaluate=evaluate, amounts=(0, 99_999, 100_000, 10**9)
    )  # fmt: skip
    assert told == {
        "organisations": 40, "kinds": 1, "draws": 3, "amounts": 4, "tried": 120, "improved": improved,
    }  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**40))
def test_what_is_added_lies_within_five_years_and_differs_in_day_and_amount(seed: int) -> None:
    orgs = schema.orgs_of([{"uscc": str(place)} for place in range(60)])
    chosen = pl.DataFrame({"org": range(60), "score": [0] * 60}, schema_overrides={"org": pl.Int32})
    amounts = (0, 99_999, 100_000, 10**9)
    given_ = (chosen, schema.facts_of([]), orgs, [4, 6, 4, 6])
    made, many = fairness_monotone.tried(*given_, on=kit.ON, amounts=amounts, seed=seed)
    assert many.height == 60 * 5 and made.height == 60 * 4
    assert made["decided"].max() == TODAY
    assert TODAY - fairness_monotone.BACK <= made["decided"].min() < TODAY - 1_500
    assert set(made["amount"]) == set(amounts)
    assert made["day"].n_unique() > 20
    # Month and day are those of the day decided on
    again = pl.date(made["ym"] // 12, made["ym"] % 12 + 1, made["day"])
    told = made.select((again - pl.lit(date(1970, 1, 1))).dt.total_days().cast(pl.Int32).alias("decided"))
    assert told["decided"].to_list() == made["decided"].to_list()
    assert fairness_monotone.tried(*given_, on=kit.ON, amounts=amounts, seed=seed)[0].equals(made), (
        "repeatable"
    )


def test_where_there_is_nothing_to_try_nothing_was_tried() -> None:
    orgs, facts = schema.orgs_of([{"uscc": "x"}]), schema.facts_of([])
    evaluate = _wrong(pl.lit(-10))
    told = fairness_monotone.monotone(
        evaluate(facts, orgs),
        facts,
        orgs,
        [kit.What(1, "honour", side="positive")],
        on=kit.ON,
        evaluate=evaluate,
    )
    assert (told["tried"], told["kinds"], told["improved"]) == (0, 0, [])


def test_the_amounts_tried_lie_on_both_sides_of_every_step_of_a_model() -> None:
    [penalties, honours] = kit.model().indicators
    by_fine = kit.replace(penalties, measure="sum", brackets=((0, -1), (100_000, -5), (5_000_000, -9)))
    found = fairness_monotone.amounts_of(kit.model(indicators=(by_fine, honours)))
    assert {0, 99_999, 100_000, 4_999_999, 5_000_000, 50_000_000} <= set(found)
    assert found == tuple(sorted(set(found)))
