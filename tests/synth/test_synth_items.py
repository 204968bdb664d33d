"""Any catalogue item is written from its description alone, and what it says agrees with the register."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from synth_oracle import cells_of

from xinheng.kernel import uscc
from xinheng.synth import FileEntry, Manifest, generate
from xinheng.synth.faults import CYCLE, ITEM_SHARES
from xinheng.synth.habits import habit_of
from xinheng.synth.service import Events, FieldSpec, ItemSpec, Place, Unit

TODAY = date(2026, 11, 20)
UNITS = tuple(
    Unit(f"衡水县{name}", name, sector)
    for name, sector in (
        ("市场监督管理局", "market-regulation"), ("税务局", "tax"), ("园林处", "gardens"), ("交通运输局", "transport"),
    )
)  # fmt: skip
COUNTY = Place(name="衡水县", code="340699", districts=(("340699", "衡水县"),), units=UNITS)


def spec(code: str, *fields: FieldSpec, **more: Any) -> ItemSpec:
    """An item with the fields every item has, and these."""
    usual = (
        FieldSpec("NAME", "名称", required=True), FieldSpec("CODE", "代码", "code", required=True),
        FieldSpec("DAY", "日期", "date", required=True), FieldSpec("BY", "机关", required=True),
        FieldSpec("BYCODE", "机关代码", "code", required=True), FieldSpec("NOTE", "备注"),
    )  # fmt: skip
    told: dict[str, Any] = {
        "key": ("CODE", "NO"), "document_number": "NO", "answers": {"check_digit": "rejected"}, "free_text": "NOTE",
        "owners": ("market-regulation",),
    }  # fmt: skip
    return ItemSpec(
        code=code, name=f"{code}表", details=(*usual, *fields), subject_name="NAME", subject_code="CODE", decided_on="DAY",
        authority="BYCODE", authority_name="BY", **(told | more),
    )  # fmt: skip


NUMBER = FieldSpec("NO", "文号", samples=("{county}异字〔{year}〕{serial}号",))
ENDING = spec(
    "abnormal-operation", NUMBER, FieldSpec("OUT", "移出日期", "date"), FieldSpec("WHY", "移出原因", samples=("已补报",)),
    exit_on="OUT", exit_why="WHY",
)  # fmt: skip
YEARLY = spec("tax-grade-a", FieldSpec("YEAR", "年度", required=True, samples=("{year}",)), key=("CODE", "YEAR"),
              document_number="", owners=("tax",))  # fmt: skip
EVENTS = spec(
    "registration-event", NUMBER, FieldSpec("WHAT", "事项", "enum", True, ("设立", "名称变更", "其他变更", "注销")),
    FieldSpec("OLD", "原名称"), key=("CODE", "NO"),
    events=Events("WHAT", "OLD", ("名称变更",), {"设立": "存续", "注销": "注销"}),
)  # fmt: skip
NEW = spec("tree-adoption", NUMBER, FieldSpec("TREE", "树种", "enum", True, ("银杏", "香樟"), ("香樟",)),
           owners=("gardens",), answers={"choice_unknown": "rejected", "check_digit": "rejected"})  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    out = tmp_path_factory.mktemp("county") / "place"
    items = (ENDING, YEARLY, EVENTS, NEW)
    return out, generate(out=out, orgs=800, records=2_500, seed=4, today=TODAY, place=COUNTY, items=items)


def rows_of(folder: Path, entry: FileEntry) -> Iterator[dict[str, str]]:
    """The rows of a file by field code, with what is expected of each as `_outcome`."""
    lines = cells_of(folder, entry)
    names = {f.name: f.code for s in (ENDING, YEARLY, EVENTS, NEW) if s.code == entry.item for f in s.details}
    header = [names.get(cell, cell) for cell in lines[entry.header_row - 1]]
    with (folder / entry.truth).open(encoding="utf-8", newline="") as handle:
        for cells, told in zip(
            (x for x in lines[entry.header_row :] if any(x)), csv.DictReader(handle), strict=True
        ):
            yield {**dict(zip(header, cells, strict=False)), "_outcome": told["outcome"], "_code": told["uscc"],
                   "_docno": told["docno"], "_reason": told["reason"]}  # fmt: skip


def every(county: tuple[Path, Manifest], item: str) -> list[dict[str, str]]:
    folder, manifest = county
    return [row for entry in manifest.files if entry.item == item for row in rows_of(folder, entry)]


def test_the_rows_are_exactly_as_many_as_asked_for(county: tuple[Path, Manifest]) -> None:
    _, manifest = county
    assert sum(f.rows for f in manifest.files) == manifest.rows == 2_500


def test_an_item_nobody_wrote_code_for_is_sent_by_the_department_that_owns_it(
    county: tuple[Path, Manifest],
) -> None:
    _, manifest = county
    assert {f.department for f in manifest.files if f.item == "tree-adoption"} == {"衡水县园林处"}
    rows = every(county, "tree-adoption")
    assert {r["TREE"] for r in rows if r["_outcome"] == "accepted"} == {"香樟"}
    sent = sum(f.rows for f in manifest.files if f.item == "tree-adoption")
    assert sent == pytest.approx(2_500 * habit_of("tree-adoption").share / 1000, abs=2)


def test_an_entry_that_ended_comes_again_with_its_end_under_the_same_key(
    county: tuple[Path, Manifest],
) -> None:
    rows = every(county, "abnormal-operation")
    ended = [r for r in rows if r["_outcome"] == "updated"]
    first = {(r["_code"], r["_docno"]) for r in rows if r["_outcome"] == "accepted"}
    assert ended
    assert all(r["OUT"] and r["WHY"] for r in ended)
    assert not any(r["OUT"] or r["WHY"] for r in rows if r["_outcome"] == "accepted")
    assert all((r["_code"], r["_docno"]) in first for r in ended)


def test_a_yearly_result_names_each_subject_once_a_year_and_mostly_the_same_ones(
    county: tuple[Path, Manifest],
) -> None:
    rows = [r for r in every(county, "tax-grade-a") if r["_outcome"] == "accepted" and r["YEAR"]]
    assert max(Counter((r["_code"], r["YEAR"]) for r in rows).values()) == 1
    years = defaultdict(set)
    for row in rows:
        years[row["_code"]].add(row["YEAR"])
    assert {y for ys in years.values() for y in ys} <= {"2023", "2024", "2025"}


def test_registrations_tell_what_the_register_says(county: tuple[Path, Manifest]) -> None:
    folder, manifest = county
    with (folder / manifest.register).open(encoding="utf-8", newline="") as handle:
        known = {r["统一社会信用代码"]: r for r in csv.DictReader(handle)}
    rows = [
        r for r in every(county, "registration-event") if r["_outcome"] == "accepted" and not r["_reason"]
    ]
    by_event = defaultdict(list)
    for row in rows:
        by_event[row["WHAT"]].append(row)
    assert set(by_event) == {"设立", "名称变更", "其他变更", "注销"}
    assert all(r["OLD"] in known[r["_code"]]["曾用名"].split(";") for r in by_event["名称变更"])
    assert all(known[r["_code"]]["登记状态"] == "注销" for r in by_event["注销"])
    founded = [(r["DAY"], known[r["_code"]]["成立日期"]) for r in by_event["设立"]]
    days = {"/": "%Y/%m/%d", "-": "%Y-%m-%d"}
    plain = [(d, e) for d, e in founded if len(d) == 10 and d[4] in days]
    assert plain
    assert all(d.replace("/", "-") == e for d, e in plain)


def test_a_county_is_its_own_district_and_has_the_departments_it_names(county: tuple[Path, Manifest]) -> None:
    folder, manifest = county
    names = {d["name"] for d in manifest.departments}
    assert {u.name for u in UNITS} <= names
    assert not any("衡水县衡水县" in name for name in names)
    assert all(uscc.is_valid(d["code"]) for d in manifest.departments)
    with (folder / manifest.register).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {r["行政区划"] for r in rows} == {"340699"}
    assert not any("衡水县衡水县" in r["主体名称"] for r in rows)
    assert all(r["行业"][0].isalpha() and r["行业"][1:3].isdigit() for r in rows)


def test_numbers_that_were_never_sent_are_told_and_stand_in_no_file(tmp_path: Path) -> None:
    manifest = generate(out=tmp_path, orgs=400, records=6_000, seed=2, today=TODAY)
    with (tmp_path / "truth" / "unreported.csv").open(encoding="utf-8", newline="") as handle:
        silent = [(r["source"], r["docno"]) for r in csv.DictReader(handle)]
    assert len(silent) == manifest.unreported > 5
    sent = set()
    for entry in manifest.files:
        with (tmp_path / entry.truth).open(encoding="utf-8", newline="") as handle:
            sent |= {(entry.source, r["docno"]) for r in csv.DictReader(handle)}
    assert not set(silent) & sent
    holed = {source for source, _ in silent}
    assert 0 < len(holed) < len({f.source for f in manifest.files}) / 2, "most departments leave nothing out"


def test_without_an_omission_the_numbers_of_a_year_have_no_gap(tmp_path: Path) -> None:
    manifest = generate(out=tmp_path, orgs=400, records=3_000, seed=2, today=TODAY)
    with (tmp_path / "truth" / "unreported.csv").open(encoding="utf-8", newline="") as handle:
        silent = {r["docno"] for r in csv.DictReader(handle)}
    numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for entry in manifest.files:
        with (tmp_path / entry.truth).open(encoding="utf-8", newline="") as handle:
            told = [r["docno"] for r in csv.DictReader(handle) if r["outcome"] != "refused_personal"]
        for docno in (d for d in told if d and "演" not in d):
            head, _, tail = docno.rpartition("〕")
            numbers[(entry.source, head)].add(int(tail.removesuffix("号")))
    for head, ordinal in (
        (d.rpartition("〕")[0], int(d.rpartition("〕")[2].removesuffix("号"))) for d in silent
    ):
        for (_, known), found in numbers.items():
            if known == head:
                found.add(ordinal)
    missing = {key: set(range(1, max(found) + 1)) - found for key, found in numbers.items()}
    # What is refused because it is about a person stands in no truth: a few numbers, never a stretch
    assert all(len(gone) <= 0.15 * max(numbers[key]) + 1 for key, gone in missing.items())


def test_the_clerks_file_has_five_thousand_rows_and_twelve_persons(tmp_path: Path) -> None:
    manifest = generate(out=tmp_path, orgs=200, records=300, seed=9, today=TODAY, clerk_rows=5_000)
    told = manifest.clerk
    assert told["rows"] == sum(told["expected"].values()) == 5_000
    assert told["expected"]["refused_personal"] == 12
    assert told["path"] not in {f.path for f in manifest.files}
    assert (
        (tmp_path / told["path"]).read_bytes()[:200].decode("gb18030", errors="ignore").startswith("信衡市")
    )


def test_sloppy_departments_send_more_rows_that_are_wrong(tmp_path: Path) -> None:
    manifest = generate(out=tmp_path, orgs=600, records=12_000, seed=4, today=TODAY)
    from xinheng.synth.place import departments_of

    sloppy = {d.code for d in departments_of(Place()) if d.sloppy(4)}
    wrong, rows = Counter[bool](), Counter[bool]()
    for entry in manifest.files:
        kind = entry.source in sloppy
        rows[kind] += entry.rows
        wrong[kind] += entry.expected["rejected"] + entry.expected["quarantined"]
    assert rows[True] > 300
    assert wrong[True] / rows[True] > 2 * wrong[False] / rows[False]


def test_the_readme_states_how_much_of_each_item_there_is() -> None:
    readme = files("xinheng.synth").joinpath("README.md").read_text(encoding="utf-8")
    for item in (
        "registration-event",
        "tax-grade-a",
        "judgment-defaulter",
        "commitment",
        "abnormal-operation",
    ):
        habit = habit_of(item)
        yearly = " (yearly)" if habit.yearly else ""
        subjects = ", ".join(habit.subjects)
        assert f"| `{item}` | {habit.share} | {subjects} | {habit.comes_back}{yearly} |" in readme
    for tag, share in ITEM_SHARES.items():
        assert f"`{tag}` {share * 100 / CYCLE:g}" in readme
