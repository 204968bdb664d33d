"""Names against a small index: what is linked, what waits for a human, what meets nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linktown import code
from xinheng.kernel.codehints import read_code
from xinheng.linkage import index as indexing
from xinheng.linkage.index import Index
from xinheng.linkage.linking import HUMAN, LINKED, NONE, NOTHING, PERSON, link_frame, link_one

FOOD, FOOD_SHOP = code(1, "91340621"), code(2, "91340621")
BUILDER, WINERY, SISTER_A, SISTER_B = code(3), code(4), code(5), code(6)
OLD_NUMBER = next(
    number for last in range(10) if read_code(number := f"34062100001234{last}").kind == "old-number"
)
ROWS = [
    (FOOD, "濉溪县澜岫食品有限公司", True, OLD_NUMBER),
    (FOOD, "濉溪县岚秀食品厂", False, ""),
    (FOOD_SHOP, "濉溪县澜岫食品有限公司濉溪第三门店", True, ""),
    (BUILDER, "淮北市栖梧沅建筑工程有限公司", True, ""),
    (WINERY, "安徽砚溪酿酒股份有限公司", True, ""),
    (SISTER_A, "淮北瑞川商贸有限公司", True, ""),
    (SISTER_B, "宿州瑞川商贸有限公司", True, ""),
]
NAMES = [name for _, name, _, _ in ROWS]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    others = [
        (code(100 + 100 * at + place, "91340100"), f"合肥{one}{two}{trade}有限公司", True, "")
        for at, trade in enumerate(("商贸", "建筑工程", "食品", "物流", "科技"))
        for place, (one, two) in enumerate((a, b) for a in "恒宏金瑞嘉天" for b in "远泰诺丰禾成盛顺")
    ]
    rows = pl.DataFrame([*ROWS, *others], schema=["code", "name", "current", "old_number"], orient="row")
    return indexing.of_rows(Path(tmp_path_factory.mktemp("names")) / "index", rows)


@pytest.mark.parametrize(
    "asked",
    [
        "濉溪县澜岫食品有限公司",
        "濉溪县澜岫食品有限責任公司",
        "濉溪縣瀾岫食品有限公司",
        " 濉溪县 澜岫\n食品有限公司",
        "濉溪县（澜岫）食品有限公司",
        "濉溪县岚秀食品厂",
    ],
)
def test_writings_of_a_name_and_its_former_name_are_linked(index: Index, asked: str) -> None:
    answer = link_one(name=asked, index=index)
    assert (answer.outcome, answer.code) == (LINKED, FOOD)
    assert answer.reason


def test_one_wrong_character_in_a_long_brand_is_linked_and_the_sentence_says_so(index: Index) -> None:
    answer = link_one(name="淮北市栖悟沅建筑工程有限公司", index=index)
    assert answer.candidates[0].code == BUILDER
    brand = next(part for part in answer.candidates[0].parts if part.part == "brand")
    assert brand.level == "alike" and "1 字" in brand.sentence and brand.points < 21_000


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("亳州瑞川商贸有限公司", "the same brand in another region"),
        ("淮北瑞州商贸有限公司", "a brand of two characters, one of them another"),
        ("濉溪县澜岫食品有限公司濉溪第四门店", "a sister of a branch"),
        ("安徽砚溪酿酒股份有限公司淮北分公司", "a branch of a registered parent"),
        ("瑞川商贸有限公司", "no region, and two of that name"),
        ("淮北瑞川建材有限公司", "another trade"),
    ],
)
def test_what_may_be_another_organisation_is_never_linked_by_itself(
    index: Index, asked: str, why: str
) -> None:
    answer = link_one(name=asked, index=index)
    assert answer.outcome in (HUMAN, NONE) and answer.code == "", why
    assert link_one(name=asked, index=index).candidates, "a human is shown who it may be"


def test_two_of_one_name_are_left_to_a_human(index: Index, tmp_path: Path) -> None:
    twins = pl.DataFrame(
        [(code(1), "淮北澜岫食品有限公司", True, ""), (code(2), "淮北澜岫食品有限公司", True, "")],
        schema=["code", "name", "current", "old_number"], orient="row",
    )  # fmt: skip
    answer = link_one(name="淮北澜岫食品有限公司", index=indexing.of_rows(tmp_path / "twins", twins))
    assert answer.outcome == HUMAN
    assert {one.code for one in answer.candidates} == {code(1), code(2)}


@pytest.mark.parametrize("asked", ["", " ", "（）", "。、", "\n\t", "***"])
def test_a_name_that_folds_to_nothing_meets_nothing(index: Index, asked: str) -> None:
    answer = link_one(name=asked, index=index)
    assert (answer.outcome, answer.candidates, answer.reason) == (NONE, (), NOTHING)


def test_the_name_of_a_person_is_no_evidence(index: Index) -> None:
    answer = link_one(name="张建国", index=index)
    assert (answer.outcome, answer.candidates, answer.reason) == (NONE, (), PERSON)


@pytest.mark.parametrize(
    ("asked_code", "level"),
    [
        (FOOD, "same"),
        (FOOD.lower() + "(1-1)", "same"),
        (FOOD[:5] + " " + FOOD[5:12] + "\n" + FOOD[12:], "same"),
        (FOOD[8:17], "same"),
        (FOOD[:10] + "****" + FOOD[14:], "alike"),
        (FOOD[:16] + ("1" if FOOD[16] != "1" else "2") + FOOD[17], "alike"),
        (OLD_NUMBER, "same"),
    ],
)
def test_a_code_is_evidence_however_damaged_it_is(index: Index, asked_code: str, level: str) -> None:
    answer = link_one(name="濉溪县澜岫食品", code=asked_code, index=index)
    assert (answer.outcome, answer.code) == (LINKED, FOOD)
    told = next(part for part in answer.candidates[0].parts if part.part == "code")
    assert told.level == level


def test_an_exact_code_beats_the_name(index: Index) -> None:
    answer = link_one(name="完全不同的名称", code=FOOD, index=index)
    assert (answer.outcome, answer.code) == (LINKED, FOOD)


def test_another_valid_code_is_evidence_against_an_equal_name(index: Index) -> None:
    answer = link_one(name="濉溪县澜岫食品有限公司", code=code(99_999, "91340621"), index=index)
    assert answer.outcome != LINKED
    assert any(part.level == "different" for part in answer.candidates[0].parts if part.part == "code")


def test_the_answers_to_many_are_the_answers_to_each(index: Index) -> None:
    asked = [*NAMES, "亳州瑞川商贸有限公司", "濉溪澜岫食品", "淮北市栖悟沅建筑工程有限公司", "", "张建国"]
    many = link_frame(pl.DataFrame({"name": asked}), index=index)
    for name, row in zip(asked, many.iter_rows(named=True), strict=True):
        one = link_one(name=name, index=index)
        assert (row["outcome"], row["code"], row["confidence"], row["reason"]) == (
            one.outcome, one.code, one.confidence, one.reason,
        )  # fmt: skip
        assert [each["code"] for each in row["candidates"]] == [each.code for each in one.candidates]


def test_questions_keep_their_order_and_equal_ones_have_equal_answers(index: Index) -> None:
    asked = [NAMES[3], NAMES[0], NAMES[3], None, NAMES[4]]
    many = link_frame(pl.DataFrame({"name": asked}, schema={"name": pl.String}), index=index)
    assert many["code"].to_list() == [BUILDER, FOOD, BUILDER, "", WINERY]


def test_the_points_of_the_parts_are_the_points_of_the_whole(index: Index) -> None:
    from xinheng.linkage.compare import Facts
    from xinheng.linkage.engine import Asked, answers
    from xinheng.linkage.policy_link import weigh

    found = answers(index, Asked.of(["濉溪澜岫食品公司"]))
    weighed = weigh(*Facts(*found.facts[0].tolist()))
    parts = (
        weighed.code,
        weighed.region,
        weighed.brand,
        weighed.trade,
        weighed.form,
        weighed.branch,
        weighed.name,
    )
    assert sum(parts) == weighed.total == found.points[0]


def test_points_by_distinct_facts_are_those_of_each_pair(index: Index) -> None:
    from xinheng.linkage.engine import Asked, answers
    from xinheng.linkage.policy_link import weigh

    damaged = [
        name[:at] + letter + name[at + 1 :]
        for name in NAMES
        for at in range(len(name))
        for letter in "口日土王"
    ]
    found = answers(index, Asked.of([*NAMES, *damaged, "澜岫食品", "合肥恒泰", "瑞川"]))
    assert len(found.points) > 200, "so many that they are told apart before they are weighed"
    assert [weigh(*row).total for row in found.facts.tolist()] == found.points.tolist()


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=80), asked_code=st.text(max_size=24))
def test_no_text_is_too_strange_to_ask(index: Index, text: str, asked_code: str) -> None:
    answer = link_one(name=text, code=asked_code, index=index)
    assert answer.outcome in (LINKED, HUMAN, NONE)
    assert sum(one.confidence for one in answer.candidates) <= 10_000
    assert (answer.code != "") == (answer.outcome == LINKED)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_name_with_one_lost_character_still_finds_its_organisation_first_or_among_the_first(
    index: Index, data: st.DataObject
) -> None:
    held, name, _, _ = data.draw(st.sampled_from(ROWS))
    at = data.draw(st.integers(0, len(name) - 1))
    answer = link_one(name=name[:at] + name[at + 1 :], index=index)
    assert held in [one.code for one in answer.candidates]
    assert answer.outcome != LINKED or answer.code == held or name[:at] + name[at + 1 :] in NAMES
