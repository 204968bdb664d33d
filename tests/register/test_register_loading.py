from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.register import loading
from xinheng.register import service as register

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FULL = [
    "统一社会信用代码",
    "主体名称",
    "曾用名",
    "成立日期",
    "登记状态",
    "旧注册号",
    "行业",
    "行政区划",
    "名称变更日期",
]
Load = Callable[..., Any]
Code = Callable[..., str]


def counts(result: Any) -> tuple[int, ...]:
    return result.added, result.changed, result.unchanged, result.quarantined, result.refused


def full(*cells: str) -> list[str]:
    return [*cells, *[""] * (len(FULL) - len(cells))]


def names(code: str) -> dict[str, tuple[bool, str, str]]:
    return {
        spell.name: (spell.current, spell.since, spell.until) for spell in register.get([code])[code].names
    }


def sound() -> bool:
    return list(register.findings()) == []


def test_every_row_gets_exactly_one_outcome(load: Load, make_code: Code) -> None:
    rows = [
        [make_code(1), "濉溪县甲乙有限公司"],
        [make_code(1), "濉溪县甲乙有限公司"],
        ["00000000000000000X", "丙丁面馆"],
        ["", "张建国"],
        ["340600000012345x", "戊己公司"],
        [make_code(2), ""],
    ]
    result = load(rows)
    assert counts(result) == (1, 0, 1, 3, 1)
    assert result.rows == sum(counts(result)) == 6
    assert [problem.row for problem in result.problems] == [4, 5, 6, 7]


def test_loading_again_changes_nothing_and_writes_no_event(load: Load, make_code: Code) -> None:
    rows = [[make_code(number), f"濉溪县第{number}有限公司"] for number in range(50)]
    first = load(rows)
    size = evidence.size()
    again = load(rows, day=3)
    assert (first.added, again.unchanged, again.events) == (50, 50, 0)
    assert evidence.size() == size
    # The same in another order and another encoding of brackets and width
    assert load([[code, name.replace("第", "第 ")] for code, name in reversed(rows)], day=3).events == 0
    assert sound()


def test_a_killed_load_is_completed_by_running_it_again(
    load: Load, make_code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BUDGET", 40)
    rows = [[make_code(number), f"濉溪县第{number}有限公司"] for number in range(100)]
    written = loading._write

    def dies(event: Any, versions: Any, job: Any) -> None:
        written(event, versions, job)
        if event.detail["part"] == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        load(rows)
    monkeypatch.setattr(loading, "_write", written)
    assert sound()
    result = load(rows)
    assert counts(result) == (60, 0, 40, 0, 0)
    assert register.registered(row[0] for row in rows) == {row[0] for row in rows}
    assert sound()


def test_no_event_writes_more_than_it_may(
    load: Load, make_code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BUDGET", 60)
    seen: list[int] = []
    counted = evidence.OpenEvent.count

    def count(self: Any, rows: int) -> None:
        counted(self, rows)
        seen.append(self.rows)

    monkeypatch.setattr(evidence.OpenEvent, "count", count)
    rows = [
        full(make_code(number), f"甲{number}有限公司", ";".join(f"旧{number}{k}" for k in range(number % 7)))
        for number in range(80)
    ]
    load(rows, header=FULL)
    load([full(row[0], f"乙{row[1]}", row[2]) for row in rows], header=FULL, day=1)
    assert max(seen) <= 60
    assert sound()


def test_a_new_name_closes_the_old_entry_and_the_former_name_stays_with_its_day(
    load: Load, make_code: Code
) -> None:
    code = make_code(7)
    load([[code, "濉溪县甲乙机械厂"]])
    result = load([[code, "濉溪县甲乙机械有限公司"]], day=2)
    assert (result.changed, result.renamed) == (1, 1)
    held = register.get([code])[code]
    assert (held.name, held.former_names, held.since) == (
        "濉溪县甲乙机械有限公司",
        ("濉溪县甲乙机械厂",),
        "2026-11-22",
    )
    assert names(code) == {
        "濉溪县甲乙机械有限公司": (True, "2026-11-22", ""),
        "濉溪县甲乙机械厂": (False, "", "2026-11-22"),
    }
    assert register.named(["濉溪县甲乙机械厂"]).select("code", "current").rows() == [(code, False)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, closed_by IS NULL FROM register_entry WHERE code = %s ORDER BY id", [code]
        )
        assert [(name, bool(opened)) for name, opened in cursor.fetchall()] == [
            ("濉溪县甲乙机械厂", False), ("濉溪县甲乙机械有限公司", True),
        ]  # fmt: skip
    # And back again: one row a name, whatever the way there
    load([[code, "濉溪县甲乙机械厂"]], day=5)
    assert names(code) == {
        "濉溪县甲乙机械厂": (True, "2026-11-25", ""),
        "濉溪县甲乙机械有限公司": (False, "2026-11-22", "2026-11-25"),
    }
    assert sound()


def test_a_day_of_change_told_by_the_file_is_kept(load: Load, make_code: Code) -> None:
    code = make_code(7)
    load([[code, "甲机械厂"]])
    load(
        [[code, "乙机械厂", "2025年6月30日"]], header=["统一社会信用代码", "主体名称", "名称变更日期"], day=1
    )
    assert names(code)["乙机械厂"] == (True, "2025-06-30", "")
    assert names(code)["甲机械厂"] == (False, "", "2025-06-30")


def test_another_writing_of_the_same_name_is_no_change(load: Load, make_code: Code) -> None:
    code = make_code(7)
    load([[code, "濉溪县（ABC）有限公司"]])
    assert load([[code, "濉溪县(ａbc) 有限公司"]], day=1).events == 0
    assert register.get([code])[code].name == "濉溪县（ABC）有限公司"


def test_an_empty_cell_never_erases(load: Load, make_code: Code) -> None:
    code = make_code(7)
    row = [code, "甲机械厂", "旧厂", "2001-02-03", "存续", "340600000012345", "C34", "340621", ""]
    load([row], header=FULL)
    assert load([[code, "甲机械厂"]], day=1).events == 0
    assert load([full(code, "甲机械厂")], header=FULL, day=1).events == 0
    assert load([full(code, "甲机械厂", "", "", "注销")], header=FULL, day=1).changed == 1
    held = register.get([code])[code]
    assert (held.status, held.industry, held.established_on, held.region_name, held.former_names, held.active) == (
        "注销", "C34", "2001-02-03", "濉溪县", ("旧厂",), False,
    )  # fmt: skip


def test_one_code_with_two_names_is_quarantined_unless_the_rows_tell_a_renaming(
    load: Load, make_code: Code
) -> None:
    a, b, c = make_code(1), make_code(2), make_code(3)
    result = load(
        [
            full(a, "甲厂", "", "2001-01-01"), full(a, "甲有限公司", "", "2001-01-01"),
            full(b, "乙有限公司", "乙厂"), full(b, "乙厂"),
            full(c, "丙厂", "", "2001-01-01"), full(c, "丁厂", "", "2011-01-01"),
        ],
        header=FULL,
    )  # fmt: skip
    assert counts(result) == (2, 0, 2, 2, 0)
    assert [(problem.row, problem.code) for problem in result.problems] == [
        (6, "one-code-two-names"), (7, "one-code-two-names"),
    ]  # fmt: skip
    assert "6、7" in result.problems[0].message
    held = register.get([a, b, c])
    assert (held[a].name, held[a].former_names) == ("甲有限公司", ("甲厂",))
    assert (held[b].name, held[b].former_names) == ("乙有限公司", ("乙厂",))
    assert c not in held


def test_another_name_with_another_founding_day_is_somebody_elses_code(load: Load, make_code: Code) -> None:
    code = make_code(1)
    load([full(code, "甲厂", "", "2001-01-01")], header=FULL)
    result = load([full(code, "乙厂", "", "2015-05-05")], header=FULL, day=1)
    assert (result.quarantined, result.problems[0].code) == (1, "one-code-two-names")
    assert register.get([code])[code].name == "甲厂"
    # Where the row tells the old name it is a renaming, and the founding day a correction
    assert load([full(code, "乙厂", "甲厂", "2015-05-05")], header=FULL, day=1).renamed == 1


def test_several_names_in_one_cell_are_all_found(load: Load, make_code: Code) -> None:
    code = make_code(1)
    load([[code, "第一名称：江乙粮管所 第二名称：江乙粮油公司"]])
    assert {name for name, (current, _, _) in names(code).items() if current} == {
        "江乙粮管所",
        "江乙粮油公司",
    }


def test_an_old_number_gives_way_to_the_unified_code(load: Load, make_code: Code) -> None:
    old, code = "320404000009558", make_code(1)
    load([[old, "甲塑料厂"]])
    assert register.get([old])[old].code == old
    load([full(code, "甲塑料有限公司", "", "", "", old)], header=FULL, day=1)
    assert register.get([old])[old].code == code
    assert register.registered([old, code]) == {code}
    # A file that still knows only the old number changes nothing
    result = load([[old, "甲塑料厂"]], day=2)
    assert (result.unchanged, result.events) == (1, 0)
    assert sound()
    both = make_code(2)
    result = load(
        [["3209231100626", "丙厂"], full(both, "丙厂", "", "", "", "3209231100626")[:6]],
        header=FULL[:6],
        day=2,
    )
    assert counts(result) == (1, 0, 1, 0, 0)
    assert register.get(["3209231100626"])["3209231100626"].code == both
    assert sound()


def test_a_confirmed_code_is_taken_recorded_and_stays_taken(load: Load, make_code: Code) -> None:
    code = make_code(1)
    wrong = code[:17] + ("Y" if code[17] != "Y" else "X")
    assert load([[wrong, "甲厂"]]).quarantined == 1
    assert load([[wrong, "甲厂"]], confirmed=[wrong]).added == 1
    assert evidence.events(kinds=["register.loaded"])[-1].body["detail"]["confirmed"] == [wrong]
    assert load([[wrong, "乙厂"]], day=1).renamed == 1
    assert sound()


def test_persons_leave_no_trace(load: Load, make_code: Code, empty_home: Any) -> None:
    number = "340621199002281234"
    result = load(
        [
            [number, "诸葛小明"],
            ["", "司马大海"],
            [make_code(1), "甲乙有限公司13805612345"],
            [number, "甲乙丙丁有限公司"],
            [make_code(2), "戊己有限公司"],
        ]
    )
    assert (result.refused, result.quarantined, result.added) == (2, 2, 1)
    evidence.drain(at=AT)
    connection.close()
    told = str(result.as_dict()) + result.as_text()
    kept = [path.read_bytes() for path in Path(empty_home.root).rglob("*") if path.is_file()]
    for secret in (number, "诸葛小明", "司马大海", "13805612345"):
        assert secret not in told
        assert not any(secret.encode() in content for content in kept)


def test_valid_codes_that_look_like_a_citizens_number_are_taken(load: Load, shared_data: Path) -> None:
    result = register.load(path=shared_data / "uscc_looking_like_id_numbers.csv", at=AT, actor="tests")
    assert (result.rows, result.added, result.refused, result.quarantined) == (64, 64, 0, 0)


def test_a_whole_province_is_loaded_in_seconds(empty_home: Any, shared_data: Path) -> None:
    result = register.load(path=shared_data / "register_jiangsu.csv.gz", at=AT, actor="tests")
    assert result.rows == 148_281
    assert result.added > 148_000
    assert result.quarantined < 100
    # Seconds on an idle machine; this bound only catches a row-wise path
    assert result.seconds < 60
    assert sound()


@pytest.mark.parametrize("seed", range(6))
def test_names_kept_up_load_by_load_are_those_derived_from_all_entries(
    load: Load, make_code: Code, seed: int
) -> None:
    chance = random.Random(seed)
    codes = [make_code(number) for number in range(6)] + ["320404000009558", "3209231100626"]
    for day in range(7):
        rows = []
        for code in chance.sample(codes, chance.randint(1, 6)):
            former = ";".join(chance.sample("甲乙丙丁", chance.randint(0, 2)))
            name = f"{chance.choice('甲乙丙丁')}{chance.choice(['', '（第二名称：' + chance.choice('戊己') + '）'])}"
            old = chance.choice(["", "", "320404000009558", "3209231100626"]) if len(code) == 18 else ""
            rows.append(full(code, name, former, "", chance.choice(["", "存续", "注销"]), old))
        load(rows, header=FULL, day=day)
        assert sound()
    before = _table("register_name")
    register.rebuild_names()
    assert _table("register_name") == before


def _table(name: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY id")
        return list(cursor.fetchall())


def test_an_earlier_day_than_the_ledger_is_refused(load: Load, make_code: Code) -> None:
    load([[make_code(1), "甲厂"]], day=3)
    with pytest.raises(evidence_errors().EarlierThanLedger):
        load([[make_code(2), "乙厂"]], day=1)
    assert register.registered([make_code(2)]) == set()


def evidence_errors() -> Any:
    from xinheng.evidence import errors

    return errors


def test_the_answer_can_be_read_by_people_and_programs(load: Load, make_code: Code) -> None:
    result = load([[make_code(1), "甲厂"], ["", "乙厂"]])
    told = result.as_dict()
    assert (told["rows"], told["added"], told["quarantined"], told["refused_personal"]) == (2, 1, 1, 0)
    assert told["problems"] == [
        {"row": 3, "field": "code", "code": "code-missing", "message": "未填写统一社会信用代码"}
    ]
    assert "第 3 行" in result.as_text()


def test_a_short_name_is_a_name_in_force_and_finds_its_organisation(load: Load, make_code: Code) -> None:
    header = ["统一社会信用代码", "主体名称", "证券简称", "曾用名"]
    load([[make_code(1), "虚构县甲乙酿造股份有限公司", "甲 乙酿酒Ａ", "甲乙酒厂"]], header=header)
    held = register.get([make_code(1)])[make_code(1)]
    assert (held.name, held.other_names) == ("虚构县甲乙酿造股份有限公司", ("甲乙酿酒A",))
    assert {name: told[0] for name, told in names(make_code(1)).items()} == {
        "虚构县甲乙酿造股份有限公司": True,
        "甲乙酿酒A": True,
        "甲乙酒厂": False,
    }
    assert register.named(["甲乙酿酒Ａ"])["code"].to_list() == [make_code(1)]
    assert sound()


def test_a_short_name_that_was_given_up_stays_searchable_and_a_file_without_the_column_changes_nothing(
    load: Load, make_code: Code
) -> None:
    header = ["统一社会信用代码", "主体名称", "简称"]
    load([[make_code(1), "虚构县甲乙有限公司", "甲乙"]], header=header)
    assert counts(load([[make_code(1), "虚构县甲乙有限公司"]], day=1)) == (0, 0, 1, 0, 0)
    load([[make_code(1), "虚构县甲乙有限公司", "甲乙控股"]], header=header, day=2)
    assert {name: told[0] for name, told in names(make_code(1)).items()} == {
        "虚构县甲乙有限公司": True,
        "甲乙控股": True,
        "甲乙": False,
    }
    assert sound()


def test_a_short_name_of_one_character_or_the_name_itself_is_no_further_name(
    load: Load, make_code: Code
) -> None:
    header = ["统一社会信用代码", "主体名称", "简称"]
    load([[make_code(1), "虚构县甲乙有限公司", "皖"], [make_code(2), "丙丁中心", "丙丁中心"]], header=header)
    held = register.get([make_code(1), make_code(2)])
    assert [one.other_names for one in held.values()] == [(), ()]
