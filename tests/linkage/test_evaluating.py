"""The evaluation: its truth is right, its sums are sums, and nothing of it depends on the order asked."""

from __future__ import annotations

import csv
import json
import random
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from xinheng.kernel.orgname import fold
from xinheng.linkage import evaluating, linking
from xinheng.linkage.evaluating_chart import chart
from xinheng.linkage.evaluating_data import Listed, Material, Stock, invented_codes, read
from xinheng.linkage.evaluating_mixes import MIXES, share_of
from xinheng.linkage.evaluating_sets import Plan, Question, questions, registered
from xinheng.linkage.evaluating_words import MIX_TITLES, title_of

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
PLACES = ("淮北市", "宿州市", "亳州市", "蚌埠市", "濉溪县", "涡阳县", "泗县", "怀远县")
BRANDS = [a + b for a in "华鑫德永恒金瑞隆安泰" for b in "源盛通达利丰茂成和祥"]
TRADES = ("商贸", "建材", "物流", "农业科技", "机械设备", "广告", "装饰工程", "食品")
FORMS = ("有限公司", "有限公司", "有限责任公司", "厂")
real = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not here")


@pytest.fixture(scope="module")
def material() -> Material:
    """A made-up province: 1,600 organisations, some of them branches, two published lines, two stocks."""
    rng, names = random.Random(1), []
    for at in range(1600):
        place, brand, trade = rng.choice(PLACES), rng.choice(BRANDS), rng.choice(TRADES)
        names.append(place + brand + trade + rng.choice(FORMS))
        if at % 12 == 0:
            names += [f"{names[-1]}{other}分公司" for other in PLACES[:3]]
    names = sorted(set(names))
    codes = invented_codes(len(names), 1, like=["91340600", "91341300", "93340621"])
    return Material(
        pl.DataFrame({"code": codes, "name": names, "province": "安徽", "city": "淮北"}),
        tuple(Listed(f"蚌埠市列名{n}号运输有限公司", "", f"7588{n:05d}", "", "list.csv") for n in range(40)),
        tuple(Stock(f"安徽某{a}电子股份有限公司", f"某{a}电子", "") for a in "甲乙丙丁戊己庚辛壬癸"),
        ("某某大学", "某某学院"),
        {"340621": "濉溪县", "340600": "淮北市"},
    )


@pytest.fixture(scope="module")
def plan(material: Material) -> Plan:
    return Plan(material, seed=4, rows=40)


@pytest.fixture(scope="module")
def held(plan: Plan) -> pl.DataFrame:
    return registered(plan, size=2_500)


@pytest.fixture(scope="module")
def asked(plan: Plan) -> list[Question]:
    return list(questions(plan))


def test_who_is_meant_is_in_the_register_and_who_is_held_back_is_not(
    plan: Plan, held: pl.DataFrame, asked: list[Question]
) -> None:
    codes, names = set(held["code"]), {fold(name) for name in held["name"]}
    assert held.height >= 2_500 and not held.select(pl.struct("code", "name").is_duplicated().any()).item()
    absent = {fold(name) for _, name in plan.absent}
    assert absent and not absent & names
    for one in asked:
        assert one.truth == "" or one.truth in codes
        if one.set.startswith("not there"):
            assert one.truth == ""


def test_the_same_seed_asks_the_same_and_another_asks_something_else(
    material: Material, asked: list[Question]
) -> None:
    assert list(questions(Plan(material, seed=4, rows=40))) == asked
    assert {one.name for one in questions(Plan(material, seed=5, rows=40))} != {one.name for one in asked}


def test_an_organisation_is_wholly_in_one_half(asked: list[Question]) -> None:
    halves: dict[str, set[bool]] = {}
    for one in asked:
        halves.setdefault(one.origin, set()).add(one.held_out)
    assert all(len(sides) == 1 for sides in halves.values())
    assert 0.3 < sum(one.held_out for one in asked) / len(asked) < 0.7


def test_made_up_codes_are_valid_and_all_different() -> None:
    from xinheng.kernel import uscc

    codes = invented_codes(5_000, 3, like=["91340600"])
    assert len(set(codes)) == 5_000 and all(uscc.is_valid(code) for code in codes)


def told(rows: list[tuple[str, str, int, list[str]]]) -> pl.DataFrame:
    """Answers as `link_frame` gives them."""
    return pl.DataFrame(
        [
            {
                "outcome": outcome, "code": code, "confidence": confidence, "reason": "",
                "candidates": [{"code": one, "name": one, "current": True, "confidence": 1} for one in best],
            }
            for outcome, code, confidence, best in rows
        ],
        schema_overrides={"candidates": pl.List(linking.CANDIDATE), "confidence": pl.Int32},
    )  # fmt: skip


def test_figures_count_what_was_answered() -> None:
    questions_ = [
        Question("scan bad", "问一", "", "A", "甲", False),
        Question("scan bad", "问二", "", "B", "乙", True),
        Question("scan bad", "问三", "", "C", "丙", False),
        Question("scan bad", "在册名称", "", "D", "丁", False),
        Question("not there: any, scan bad", "问五", "", "", "戊", False),
    ]
    answers = {
        "问一": ("linked", "A", 9_990, ["A"]), "问二": ("linked", "A", 9_950, ["A", "B"]),
        "问三": ("human", "", 7_000, ["C"]), "在册名称": ("linked", "E", 10_000, ["E"]),
        "问五": ("none", "", 0, []),
    }  # fmt: skip
    held = pl.DataFrame({"code": ["A", "B", "C", "D", "E"], "name": ["一", "二", "三", "四", "在册名称"]})
    rows = evaluating.score(questions_, lambda part: told([answers[name] for name in part["name"]]), held)
    first, second = evaluating.figures(rows)
    assert (first.rows, first.twins, first.linked, first.right, first.wrong, first.human) == (
        3,
        1,
        2,
        1,
        1,
        1,
    )
    assert (first.precision, first.recall, first.top_1, first.top_5) == (1 / 2, 1 / 3, 2 / 3, 1.0)
    # 「问二」 is as far from the one put first as from the right one: nobody could tell by the name
    assert first.tied == 1
    assert (second.rows, second.linked, second.precision, second.recall) == (1, 0, None, None)
    assert [one.rows for one in evaluating.figures(rows, half="held out")] == [1]
    scans = evaluating.mixed(rows)["scans"]
    assert scans["precision"] == pytest.approx(1 / 2) and scans["recall"] == pytest.approx(1 / 3)
    by_level = {row["threshold"]: row for row in evaluating.thresholds(rows, "scans")}
    assert by_level[5_000]["recall"] == pytest.approx(2 / 3) and by_level[9_990]["precision"] == 1.0


def test_every_set_weighs_something_and_has_a_chinese_name(asked: list[Question]) -> None:
    for name in {one.set for one in asked}:
        assert share_of(MIXES["all"], name) > 0
        title = title_of(name)
        assert not any("a" <= char <= "z" for char in title), title
    assert set(MIX_TITLES) == set(MIXES)
    known = {one.set for one in asked}
    missing = {name for mix in MIXES.values() for name in mix if "*" not in name} - known
    # What the made-up province has not: old numbers, universities out of its own list, rivals by chance
    assert all(name.startswith(("not there", "old number", "county", "province")) for name in missing), (
        missing
    )


def test_the_chart_is_an_image_that_can_be_read_aloud() -> None:
    rows = [
        {
            "threshold": float(level),
            "precision": 0.9 + level / 200_000,
            "recall": 1 - level / 20_000,
            "f1": 0.8,
        }
        for level in evaluating.THRESHOLDS
    ]
    text = chart({"intake": (rows, {**rows[-2], "threshold": 9_900.0})}, size=3_000_000)
    image = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert image.get("role") == "img" and image.get("aria-labelledby") == "title desc"
    assert "3,000,000" in (image.findtext(f"{space}title") or "")
    assert "precision" in (image.findtext(f"{space}desc") or "")
    assert "nan" not in text.casefold()


def test_an_evaluation_reads_and_changes_nothing_of_the_home_and_measures_every_set(
    material: Material,
) -> None:
    measured = evaluating.evaluate(material, rows=20, singles=5)
    by_name = {one.set: one for one in measured.sets()}
    assert by_name["as registered"].recall == 1.0 and by_name["as registered"].wrong == 0
    assert sum(one.rows + one.twins for one in by_name.values()) == measured.rows.height
    assert measured.latencies()["p99"] >= measured.latencies()["p50"] > 0
    fuzzy = evaluating.plain_fuzzy(measured, most=3)
    assert {"scan light", "scan bad", "typed medium"} <= set(fuzzy)
    assert all(one["rows"] > 0 and 0 <= one["plain"] <= 1 and 0 <= one["ours"] <= 1 for one in fuzzy.values())
    halves = [sum(one.rows for one in measured.sets(half)) for half in ("tuning", "held out", "both")]
    assert halves[0] + halves[1] == halves[2]


def folder_of(tmp_path: Path, material: Material) -> Path:
    """The material as files, as they lie in a shared folder."""
    names = {"name": "企业名称", "code": "统一社会信用代码", "province": "所在省份", "city": "地区"}
    material.register.rename(names).write_csv(tmp_path / "register_made_up.csv")
    with (tmp_path / "blacklist_made_up.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["企业名称", "工商注册号", "组织机构代码", "统一信用代码"])
        writer.writerows([one.name, one.number, one.own, one.uscc] for one in material.listed)
    return tmp_path


def test_the_command_prints_tables_and_writes_chart_and_errors(tmp_path: Path, material: Material) -> None:
    from xinheng.faces.cli.linking_evaluation import link_evaluate_command

    folder, image, errors = folder_of(tmp_path, material), tmp_path / "chart.svg", tmp_path / "errors.csv"
    arguments = [str(folder), "--rows", "10", "--chart", str(image), "--errors", str(errors)]
    shown = CliRunner().invoke(link_evaluate_command, arguments)
    assert shown.exit_code == 0, shown.output
    for word in ("准确率", "召回率", "不在册", "阈值", "怎样看"):
        assert word in shown.output
    ElementTree.parse(image)
    assert next(csv.reader(errors.open(encoding="utf-8-sig")))[0] == "error"
    answered = CliRunner().invoke(link_evaluate_command, [str(folder), "--rows", "10", "--json"])
    payload = json.loads(answered.stdout.splitlines()[-1])
    assert payload["names"] > 1_000 and {"sets", "mixes", "thresholds"} <= set(payload)


def test_a_folder_without_a_register_is_refused(tmp_path: Path) -> None:
    from xinheng.faces.cli.linking_evaluation import link_evaluate_command

    shown = CliRunner().invoke(link_evaluate_command, [str(tmp_path)])
    assert shown.exit_code == 2 and "no-register" in shown.output


@real
def test_on_a_sample_of_real_names_links_are_right() -> None:
    measured = evaluating.evaluate(read(SHARED, most=12_000), rows=40, singles=5)
    intake, lists = (evaluating.mixed(measured.rows)[mix] for mix in ("intake", "lists"))
    assert intake["precision"] >= 0.99 and intake["recall"] >= 0.7
    assert lists["precision"] >= 0.995
    assert evaluating.mixed(measured.rows)["scans"]["top_1"] >= 0.9
