"""The simulators of the evaluation: repeatable, graded, and independent of what the matching knows."""

from __future__ import annotations

import random

import pytest

from xinheng.kernel import likeness
from xinheng.kernel.orgname import fold
from xinheng.linkage import damage

NAMES = (
    "淮北市鑫源商贸有限公司",
    "濉溪县刘桥镇明林种植专业合作社",
    "中国某某银行股份有限公司淮北相山支行",
    "安徽华业机电设备制造有限责任公司",
)
CODE = "91340600MA2NHBCD0X"


@pytest.mark.parametrize("change", [damage.scan, damage.scan_by_table, damage.typed])
@pytest.mark.parametrize("grade", damage.GRADES)
def test_a_damaged_name_differs_and_comes_again_for_the_same_seed(change, grade) -> None:
    for name in NAMES:
        for seed in range(40):
            damaged = change(name, grade, random.Random(seed))
            assert damaged != name and len(damaged) >= 2
            assert damaged == change(name, grade, random.Random(seed))


def test_a_worse_grade_has_more_errors_and_never_more_than_half_of_the_name() -> None:
    for length in range(2, 40):
        counts = [damage.errors_for("字" * length, grade) for grade in damage.GRADES]
        assert counts == sorted(counts) and counts[0] >= 1 and counts[-1] <= max(1, length // 2)
    assert [damage.errors_for("字" * 12, grade) for grade in damage.GRADES][:2] == [1, 2]
    assert damage.errors_for("字" * 12, "bad") >= 3


def test_the_independent_scan_does_not_use_what_the_matching_knows() -> None:
    """Of what it misreads, the matching's table calls only a part alike."""
    rng = random.Random(1)
    chars = "".join(NAMES) * 40
    read = [(char, damage.misread(char, rng)) for char in chars]
    known = sum(likeness.alike(char, seen) == likeness.LOOKS for char, seen in read) / len(read)
    assert 0.02 < known < 0.5


def test_a_mistyped_character_is_read_alike() -> None:
    rng = random.Random(2)
    for char in "淮北市商贸有限公司":
        assert set(likeness.syllables(damage._by_sound(char, rng))) & set(likeness.syllables(char))


def test_traditional_characters_and_another_hand_are_the_same_name() -> None:
    for name in NAMES:
        assert damage.traditional(name) != name
        assert fold(damage.traditional(name)) == fold(name)
        for seed in range(60):
            assert fold(damage.rewritten(name, random.Random(seed))) == fold(name)


def test_every_damage_of_a_code_changes_it_and_keeps_what_it_says() -> None:
    for kind, change in damage.CODE_DAMAGE.items():
        made = {change(CODE, random.Random(seed)) for seed in range(20)}
        assert CODE not in made, kind
    assert damage.org_part(CODE, random.Random(1)).replace("-", "") == CODE[8:17]
    assert damage.CODE_DAMAGE["lower case"](CODE, random.Random(1)).upper() == CODE
