"""Characters that look or sound alike: the well-known ones are there, and the two keys keep their promises."""

from __future__ import annotations

import csv
import doctest
import gzip
import io
import time
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import likeness
from xinheng.kernel.likeness import LOOKS, OTHER, SAME, SOUNDS, alike

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
TABLE = resources.files("xinheng.kernel").joinpath("data/likeness.csv").read_text(encoding="utf-8")
CHARS = [line.split(",")[0] for line in TABLE.splitlines() if not line.startswith(("#", "char,"))]

WELL_KNOWN = (
    "未末 己已巳 日曰 日目 土士 人入 入八 天夭 天无 千干于 大太犬 市布 晨辰 淮准 旺汪 徐涂 佳住 环坏 泰秦 汉汊 徽微 荣菜 茶荼 朱未 "
    "木本 贝见 冶治 鸟乌 今令 免兔 师帅 侯候 壮状 戊戌戍 杨扬 恒桓 宇字 力刀 田由甲申 王玉 瑞端 祥详 科料 技枝 设没 贸贺 货贷 持特 "
    "亳毫 享亨 睛晴 清情 新断 问间闻 润涧 农衣 社杜 运远 补朴 0O 1I 2Z 5S 8B"
)
SPOKEN_ALIKE = "源园 鑫新 宏洪 盛胜 怀淮 辰陈 林宁 建健 商伤 城程 中钟 行航"
UNLIKE = "淮江 安徽 公司 鑫旺 商建 A淮 甲A 龘一"

han = st.sampled_from(CHARS)
names = st.text(alphabet=st.sampled_from([*CHARS, *"AB12()·龘"]), max_size=30)


@pytest.mark.parametrize("group", WELL_KNOWN.split())
def test_characters_known_to_be_confused_look_alike(group: str) -> None:
    for at, one in enumerate(group):
        for other in group[at + 1 :]:
            assert alike(one, other) == LOOKS, f"{one} {other}"


@pytest.mark.parametrize("pair", SPOKEN_ALIKE.split())
def test_characters_typed_with_the_same_letters_sound_alike(pair: str) -> None:
    assert alike(*pair) == SOUNDS


@pytest.mark.parametrize("pair", UNLIKE.split())
def test_characters_that_have_nothing_in_common_are_neither(pair: str) -> None:
    assert alike(*pair) == OTHER


@given(han, han)
def test_likeness_is_the_same_from_either_side(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert likeness.look_grade(one, other) == likeness.look_grade(other, one)
    assert alike(one, one) == SAME and likeness.look_grade(one, one) == 0


@given(han)
def test_every_character_offered_for_another_is_alike_and_never_itself(char: str) -> None:
    shapes, sounds = likeness.looks_like(char), likeness.sounds_like(char)
    assert len(set(shapes)) == len(shapes) <= 40
    assert char not in shapes and char not in sounds
    assert all(alike(char, other) == LOOKS for other in shapes)
    assert all(alike(char, other) in (LOOKS, SOUNDS) for other in sounds)
    grades = [likeness.look_grade(char, other) for other in shapes]
    assert grades == sorted(grades) and set(grades) <= {1, 2, 3}


def test_a_class_is_small_and_knows_itself() -> None:
    members: dict[str, list[str]] = {}
    for char in CHARS:
        members.setdefault(likeness.shape_class(char), []).append(char)
    assert max(map(len, members.values())) <= 8
    assert all(likeness.shape_class(char) == char for char in members)


@given(names)
def test_the_keys_keep_the_length_and_a_second_time_change_nothing(name: str) -> None:
    for key in (likeness.shape_key, likeness.sound_key):
        assert len(key(name)) == len(name)
        assert key(key(name)) == key(name)
    kept = [char for char in name if char in "AB12()·龘"]
    assert [char for char in likeness.sound_key(name) if char in "AB12()·龘"] == kept


def test_the_keys_join_what_scans_and_typists_confuse_and_part_other_names() -> None:
    assert likeness.shape_key("淮北末来") == likeness.shape_key("准北未来")
    assert likeness.shape_key("淮北未来") != likeness.shape_key("淮南未来")
    assert likeness.sound_key("金源商贸") == likeness.sound_key("京缘桑茂")
    assert likeness.sound_key("金源商贸") != likeness.sound_key("金源建材")


@pytest.mark.parametrize("text", ["", "ab", "淮北", "\ud800", "龘", "\U0002a6d6"])
def test_no_text_makes_it_raise(text: str) -> None:
    likeness.shape_key(text), likeness.sound_key(text), likeness.shape_class(text)
    assert alike(text, "淮") == OTHER and alike("淮", text) == OTHER
    assert likeness.looks_like("淮北") == () and likeness.sounds_like("ab") == ()


def test_the_examples_in_the_docstrings_are_true() -> None:
    failed, tried = doctest.testmod(likeness)
    assert tried > 0 and failed == 0


def test_the_keys_are_fast_enough_for_millions_of_names() -> None:
    name = "淮北市濉溪县鑫源商贸有限公司"
    for key in (likeness.shape_key, likeness.sound_key):
        key(name)
        best = min(_seconds(lambda key=key: [key(name) for _ in range(2000)]) for _ in range(5))
        assert best / 2000 < 20e-6  # about one microsecond where nothing else runs


def _seconds(work) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def test_the_characters_of_real_registers_have_looks_and_readings() -> None:
    path = SHARED / "register_jiangsu.csv.gz"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    rows = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8-sig")))
    text = "".join(row["企业名称"] for row in rows)
    chinese = [char for char in text if "\u4e00" <= char <= "\u9fff"]
    read = sum(bool(likeness.syllables(char)) for char in chinese)
    assert read / len(chinese) > 0.9999
