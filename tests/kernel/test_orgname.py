"""The key and the parts of organisations' names."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xinheng.kernel.orgname import OrgName, fold, parse, split_cell
from xinheng.kernel.orgname.places import PLACES

WORDS = [
    "安徽省", "淮北市", "濉溪", "濉溪县", "鼓楼区", "百善镇", "道口村", "中国", "经济开发区", "鑫源", "中兴", "口子",
    "第三", "电子", "商贸", "房地产开发", "环保", "家纺", "有限公司", "有限责任公司", "股份有限公司", "集团", "公司", "专业合作社",
    "供销合作社", "店", "厂", "医院", "第一中学", "人民政府", "公安局", "工会委员会", "分公司", "支行", "门店", "项目部",
    "办事处", "（集团）", "（淮北）", "(普通合伙)", "（有限合伙）", "（1-1）", "(", ")", "第一名称：", "第二名称：",
]  # fmt: skip
texts = st.text() | st.lists(st.sampled_from(WORDS), max_size=7).map("".join)


@given(texts)
@example("\u1100 \u1161")
@example("A\u3000\u0301")
@example("ŉﬃẞ")
@example("·-·")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_no_text_makes_the_parser_stumble_and_no_character_is_lost_or_made_up(text: str) -> None:
    name = parse(text)
    parts = name.region + name.brand + name.trade + name.form + name.branch + name.aside
    noise = "()-株有0123456789"
    assert sorted(c for c in parts if c not in noise) == sorted(c for c in name.text if c not in noise)


@given(texts)
def test_form_and_branch_end_the_text_and_what_stands_before_them_keeps_its_order(text: str) -> None:
    name = parse(text)
    if "(" not in name.text:
        assert name.text.endswith(name.form + name.branch)
        joined = name.region + name.brand + name.trade + name.form + name.branch
        assert joined == name.text or name.aside or not name.text.startswith(name.region + name.brand)


@given(texts)
def test_a_name_without_anything_in_it_has_only_empty_parts(text: str) -> None:
    if not fold(text):
        assert parse(text) == OrgName("")


@given(texts)
def test_parsing_looks_at_the_key_alone(text: str) -> None:
    assert parse(fold(text)) == parse(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("濉溪县（ＡＢｃ） 有限公司", "濉溪县(ABC)有限公司"),
        ("濉谿縣發達貿易有限公司", "濉溪县发达贸易有限公司"),
        ("乾坤乾洗店", "乾坤干洗店"),
        ("餅乾廠", "饼干厂"),
        ("群峰", "羣峯"),
        ("某某\u200b有限\n公司\ufeff。", "某某有限公司"),
        ("艾．尔•公司", "艾·尔·公司"),
        ("〔淮北〕《读者》“杂志”社", "(淮北)读者杂志社"),
        ("⻓⻔⻋⻢", "长门车马"),
        ("某某傢俱俱乐部", "某某家具俱乐部"),
        ("后勤、裡外、台灣", "後勤、里外、臺湾"),
    ],
)
def test_writings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("character", "乾昇堃喆淼犇钜著浜溪鑫")
def test_characters_that_stand_for_themselves_in_names_stay(character: str) -> None:
    assert fold(f"{character}元") == f"{character}元"


def parts(name: str) -> tuple[str, ...]:
    found = parse(name)
    return found.region, found.brand, found.trade, found.form, found.branch


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("安徽省淮北市濉溪县鑫源商贸有限公司", ("安徽省淮北市濉溪县", "鑫源", "商贸", "有限公司", "")),
        ("中兴（淮北）商贸有限公司", ("淮北", "中兴", "商贸", "有限公司", "")),
        ("某佳管道支架技术上海有限公司", ("上海", "某佳", "管道支架技术", "有限公司", "")),
        ("鑫能能源石家庄公司", ("石家庄", "鑫能", "能源", "公司", "")),
        ("淮北塑胶跑道工程有限公司", ("淮北", "", "塑胶跑道工程", "有限公司", "")),
        ("濉溪县百善镇鑫源超市", ("濉溪县百善镇", "鑫源", "", "超市", "")),
        ("濉溪鑫源养殖专业合作社", ("濉溪", "鑫源", "养殖", "专业合作社", "")),
        ("安徽鑫源建设（集团）股份有限公司", ("安徽", "鑫源", "建设", "(集团)股份有限公司", "")),
        (
            "天成会计师事务所（特殊普通合伙）安徽分所",
            ("", "天成", "", "会计师事务所(特殊普通合伙)", "安徽分所"),
        ),
        ("中国农业银行股份有限公司濉溪支行", ("中国", "农业", "银行", "股份有限公司", "濉溪支行")),
        ("鑫信控股邯郸分公司", ("", "鑫信", "控股", "", "邯郸分公司")),
        ("濉溪县百善供销合作社第三门市部", ("濉溪县", "百善", "", "供销合作社", "第三门市部")),
        ("淮北鑫源商贸有限公司工会委员会", ("淮北", "鑫源", "商贸", "有限公司", "工会委员会")),
        ("濉溪县百善镇道口村村民委员会", ("濉溪县百善镇", "道口村", "", "村民委员会", "")),
        ("濉溪县人力资源和社会保障局", ("濉溪县", "", "人力资源和社会保障", "局", "")),
        ("淮北市第二人民医院", ("淮北市", "第二", "", "人民医院", "")),
        ("紫絮飘菱图书店", ("", "紫絮飘菱", "图书", "店", "")),
        ("张家港保税区鑫源贸易有限公司", ("张家港保税区", "鑫源", "贸易", "有限公司", "")),
        ("苏州工业园区长风机械有限公司", ("苏州工业园区", "长风", "机械", "有限公司", "")),
        ("第一名称：鑫源粮油公司 第二名称：鑫源粮站", ("", "鑫源", "粮油", "公司", "")),
        ("淮北鑫源商贸有艰公司", ("淮北", "鑫源", "商贸", "有艰公司", "")),
        ("国家税务总局濉溪县税务局", ("濉溪县", "税务总局", "", "税务局", "")),
    ],
)
def test_a_name_falls_into_its_parts(name: str, wanted: tuple[str, ...]) -> None:
    assert parts(name) == wanted


@pytest.mark.parametrize(
    ("name", "region", "brand"),
    [
        ("永兴建材有限公司", "", "永兴"),
        ("东方鑫源实业有限公司", "", "东方鑫源"),
        ("天台山酒业有限公司", "", "天台山"),
        ("天台鑫源酒业有限公司", "天台", "鑫源"),
        ("北京朝阳科技有限公司", "北京", "朝阳"),
        ("武汉三明电镀有限公司", "武汉", "三明"),
        ("南京鼓楼医院", "南京鼓楼", ""),
        ("景德镇鑫源陶瓷有限公司", "景德镇", "鑫源"),
        ("合肥市场策划有限公司", "合肥", ""),
        ("易县山村小龙调味品坊", "易县", "山村小龙"),
    ],
)
def test_a_short_name_of_a_place_may_be_a_brand(name: str, region: str, brand: str) -> None:
    assert (parse(name).region, parse(name).brand) == (region, brand)


@pytest.mark.parametrize(
    ("name", "division", "may_be"),
    [
        ("安徽省淮北市濉溪县某厂", "340621", ("340621",)),
        ("淮北濉溪鑫源商贸有限公司", "340621", ("340621",)),
        ("铜山县鑫源商贸有限公司", "320312", ("320312",)),
        ("上海市卢湾区鑫源商贸有限公司", "310101", ("310101",)),
        ("大厂回族自治县鑫源商贸有限公司", "131028", ("131028",)),
        ("延边鑫源商贸有限公司", "222400", ("222400",)),
        ("南京市鼓楼区鑫源商贸有限公司", "320106", ("320106",)),
        ("西安鑫源商贸有限公司", "610100", ("610100",)),
        ("中国鑫源商贸有限公司", "", ()),
    ],
)
def test_a_region_is_todays_division_whatever_it_was_called(
    name: str, division: str, may_be: tuple[str, ...]
) -> None:
    assert (parse(name).division, parse(name).divisions) == (division, may_be)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("淮兆市鑫源商贸有限公司", ("淮兆市", "鑫源", "商贸", "有限公司", "")),
        ("淮北巾濉溪县鑫源商贸有限公司", ("淮北巾濉溪县", "鑫源", "商贸", "有限公司", "")),
        ("淮北鑫源房地户开发有限公司", ("淮北", "鑫源", "房地户开发", "有限公司", "")),
        ("淮北鑫源机戒有限公司", ("淮北", "鑫源", "机戒", "有限公司", "")),
        ("濉溪鑫源养殖专业合怍社", ("濉溪", "鑫源", "养殖", "专业合怍社", "")),
        ("淮北鑫源商贸有限责仼公司", ("淮北", "鑫源", "商贸", "有限责仼公司", "")),
    ],
)
def test_a_character_misread_in_one_part_leaves_the_others_whole(name: str, wanted: tuple[str, ...]) -> None:
    assert parts(name) == wanted


def test_a_region_of_several_places_names_them_all() -> None:
    found = parse("鼓楼区鑫源商贸有限公司")
    assert found.division == ""
    assert {"320106", "350102", "320302", "410204"} <= set(found.divisions)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("濉溪县鑫源商贸有限公司", "company"),
        ("安徽鑫源股份有限公司", "company-limited-by-shares"),
        ("淮北众诚企业管理合伙企业（有限合伙）", "partnership"),
        ("濉溪鑫源机械厂（个人独资）", "sole"),
        ("濉溪鑫源养殖专业合作社", "cooperative"),
        ("濉溪县鑫源超市", "individual"),
        ("濉溪县第一中学", "school"),
        ("淮北市人民医院", "hospital"),
        ("濉溪县文化馆", "institution"),
        ("濉溪县慈善协会", "association"),
        ("安徽省慈善基金会", "foundation"),
        ("淮北市阳光社会工作服务中心", "private-nonprofit"),
        ("濉溪县人民政府", "government"),
        ("濉溪县濉溪镇人民政府", "government"),
        ("中共濉溪县委组织部", "party"),
        ("濉溪县总工会", "union"),
        ("淮北市中级人民法院", "court"),
        ("濉溪县百善镇道口村村民委员会", "village"),
    ],
)
def test_the_form_tells_the_class(name: str, kind: str) -> None:
    assert parse(name).form_class == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("鑫源商贸有限公司濉溪分公司", "branch"),
        ("中国工商银行淮北支行", "sub-branch"),
        ("鑫源大药房有限公司第三门店", "shop"),
        ("中铁某局集团有限公司濉溪项目经理部", "project"),
        ("某某株式会社上海代表处", "office"),
        ("某某有限公司工会委员会", "union"),
        ("淮北市公安局烈山分局", "branch"),
        ("鑫源商贸有限公司", ""),
    ],
)
def test_what_stands_behind_the_parent_is_a_branch(name: str, kind: str) -> None:
    assert parse(name).branch_kind == kind


def test_a_branch_has_the_parts_of_its_parent() -> None:
    parent, branch = parse("中兴（淮北）商贸有限公司"), parse("中兴（淮北）商贸有限公司濉溪分公司")
    assert (parent.region, parent.brand, parent.trade, parent.form) == (
        branch.region, branch.brand, branch.trade, branch.form,
    )  # fmt: skip


def test_a_second_place_in_brackets_is_kept_aside() -> None:
    found = parse("北京鑫源（上海）科技有限公司")
    assert (found.region, found.division, found.brand, found.aside) == ("北京", "110000", "鑫源", "上海")


def test_every_division_is_found_by_its_own_name() -> None:
    for word, place in PLACES.items():
        if place.full and place.codes and len(word) > 2:
            found = parse(f"{word}人民政府")
            assert found.region.startswith(word[:2]), word


def test_a_cell_with_two_names_gives_both() -> None:
    cell = split_cell("鑫源实业公司（第一名称）鑫源纺织厂（第二名称）")
    assert (cell.name, cell.others) == ("鑫源实业公司", ("鑫源纺织厂",))


@pytest.mark.parametrize("module", ["cells", "folding", "parsing"])
def test_the_examples_of_the_modules_are_true(module: str) -> None:
    failed, tried = doctest.testmod(import_module(f"xinheng.kernel.orgname.{module}"))
    assert tried > 0
    assert failed == 0
