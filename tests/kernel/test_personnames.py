"""Names of persons: seen in a cell, hidden in a text."""

from __future__ import annotations

import csv
import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.personnames import NAME_SUSPECT, is_person_name, mask_names

NAMES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["张", "李", "欧阳", "于", "高", "司马", "安"]),
        st.sampled_from(["三", "小明", "志强", "敏", "国庆", "建军"]),
    ),
)


@pytest.mark.parametrize(
    "name", ["张三", "李小明", "欧阳修", "欧阳修文", "张李志强", "买买提·艾力", "迪丽努尔·买买提", "张 三", "张某某", "张某", "李**",
             "张三（男）", "刘军", "王轩", "司马光"],
)  # fmt: skip
def test_a_persons_name_is_seen(name: str) -> None:
    assert is_person_name(name)


@pytest.mark.parametrize(
    "name", ["张三饭店", "李记面馆", "王府井百货", "濉溪县某厂", "高庄村", "张记店", "马家沟社", "安徽省委", "水利局", "黄山市", "李四超市",
             "周黑鸭专卖店", "欧阳", "张", "", "ABC", "张三家庭农场", "好日子", "中国·某某公司", "张三与李四"],
)  # fmt: skip
def test_an_organisations_name_is_not_a_persons(name: str) -> None:
    assert not is_person_name(name)


@given(NAMES)
def test_any_surname_with_one_or_two_characters_is_a_person(name: str) -> None:
    assert is_person_name(name)
    assert not is_person_name(name + "饭店")
    assert not is_person_name(name + "有限公司")


@given(
    NAMES,
    st.sampled_from(
        ["员工", "司机", "死者", "现场负责人", "法定代表人：", "投诉人", "委托代理人", "姓名：", "询问了"]
    ),
)
def test_a_name_beside_a_word_for_a_person_is_hidden_wherever_it_stands(name: str, word: str) -> None:
    masked = mask_names(f"经查，{word}{name}，在现场。{name}承认事实。")
    assert name not in masked
    surname = name[:2] if name[:2] in ("欧阳", "司马") else name[0]
    hidden = surname + "某" * min(2, len(name) - len(surname))
    assert masked == f"经查，{word}{hidden}，在现场。{hidden}承认事实。"
    assert mask_names(masked) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("张三（法定代表人）承认", "张某（法定代表人）承认"),
        ("经询问王五系当事人员工，", "经询问王某系当事人员工，"),
        ("张三丰，男，汉族", "张某某，男，汉族"),
        ("死者李四（男，45岁）", "死者李某（男，45岁）"),
        ("经营者买买提·艾力未取得许可", "经营者买某某未取得许可"),
        ("询问了当事人张三，其承认", "询问了当事人张某，其承认"),
        ("司机李四驾驶运输车辆", "司机李某驾驶运输车辆"),
        ("店主张三在店内销售", "店主张某在店内销售"),
    ],
)
def test_names_are_hidden_in_the_usual_sentences(text: str, masked: str) -> None:
    assert mask_names(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "当事人张三丰商行于2023年", "当事人濉溪县某某店销售不合格产品", "当事人王记粮油店经营者安全意识淡薄", "员工于当日离职",
        "负责人向执法人员出示", "消费者王女士投诉", "消费者李先生", "患者家属", "驾驶员马上停车", "法定代表人张某某", "员工3人",
        "经营者应当在十五日内", "负责人高度重视", "罚款48000元", "对负责人：", "", "股东黄山某某有限公司", "举报人称",
    ],
)  # fmt: skip
def test_words_that_only_look_like_names_stay(text: str) -> None:
    assert mask_names(text) == text


@given(st.text(st.sampled_from("员工负责人张三李四，。（）男女身份证在于当事人店公司·：系"), max_size=30))
def test_a_text_that_changes_matches_the_prefilter_and_only_grows_shorter_names(text: str) -> None:
    masked = mask_names(text)
    if masked != text:
        assert re.search(NAME_SUSPECT, text)
        assert "某" in masked


def test_hardly_any_registered_organisation_reads_as_a_person(shared_data: Path) -> None:
    data = gzip.decompress((shared_data / "register_shandong.csv.gz").read_bytes()).decode("utf-8-sig")
    names = [row["企业名称"] for row in csv.DictReader(io.StringIO(data))]
    wrong = [name for name in names if is_person_name(name)]
    assert len(names) > 100_000
    assert len(wrong) <= len(names) // 10_000
