"""The truth beside the files agrees with the rules, read independently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from synth_oracle import Oracle, rows_of

from xinheng.synth import FileEntry, Manifest, generate
from xinheng.synth.faults import FAULTS, OUTCOMES
from xinheng.synth.plan import ROLES
from xinheng.synth.schema import ITEMS

Truth = Callable[[Path, FileEntry], list[dict[str, str]]]


def disagreements(folder: Path, manifest: Manifest, truth: Truth) -> list[tuple[str, int, str, str, str]]:
    oracle = Oracle.of(folder / manifest.register, date.fromisoformat(manifest.today))
    found = []
    for entry in manifest.files:
        expected = truth(folder, entry)
        rows = list(rows_of(folder, entry))
        assert [int(e["row"]) for e in expected] == [r.number for r in rows], entry.path
        for row, e in zip(rows, expected, strict=True):
            answer = oracle.answer(ITEMS[entry.item], row)
            if answer != e["outcome"]:
                found.append((entry.path, row.number, e["reason"], e["outcome"], answer))
    return found


def test_every_row_of_a_messy_city_is_answered_as_the_truth_says(
    messy: tuple[Path, Manifest], truth: Truth
) -> None:
    assert disagreements(*messy, truth) == []


def test_every_row_of_a_single_clean_file_is_answered_as_the_truth_says(
    single: tuple[Path, Manifest], truth: Truth
) -> None:
    assert disagreements(*single, truth) == []


@pytest.mark.parametrize(("orgs", "records", "seed"), [(20, 90, 1), (60, 300, 2), (1_500, 3_000, 3)])
def test_other_sizes_and_seeds_are_true_as_well(
    tmp_path: Path, truth: Truth, orgs: int, records: int, seed: int
) -> None:
    manifest = generate(out=tmp_path, orgs=orgs, records=records, seed=seed, today=date(2025, 2, 28))
    assert manifest.rows == records
    assert disagreements(tmp_path, manifest, truth) == []


def test_counts_add_up_from_rows_to_files_to_the_whole(messy: tuple[Path, Manifest], truth: Truth) -> None:
    folder, manifest = messy
    totals: Counter[str] = Counter()
    for entry in manifest.files:
        counted = Counter(row["outcome"] for row in truth(folder, entry))
        assert {o: counted[o] for o in OUTCOMES} == entry.expected
        assert sum(entry.expected.values()) == entry.rows
        totals += counted
    assert {o: totals[o] for o in OUTCOMES} == manifest.totals
    assert sum(manifest.totals.values()) == manifest.rows == 1_000


def test_every_kind_of_dirt_is_there(messy: tuple[Path, Manifest]) -> None:
    _, manifest = messy
    sound = {"plain", "sent_twice_here", "sent_twice_later", "corrected_later", "corrected_then_resent"}
    wanted = {f.tag for f in FAULTS if f.penalties or f.licences} - sound | set(ROLES[1:])
    assert wanted - set(manifest.reasons) == set()


def test_shares_of_faults_are_exact_in_a_whole_cycle() -> None:
    for item in ITEMS:
        assert sum(f.share(item) for f in FAULTS) < 140, "more than a third of rows would be dirty"


def test_nothing_of_a_person_stands_in_the_truth(messy: tuple[Path, Manifest], truth: Truth) -> None:
    folder, manifest = messy
    persons = [r for e in manifest.files for r in truth(folder, e) if r["outcome"] == "refused_personal"]
    assert persons
    assert all(r["uscc"] == r["docno"] == r["decided_on"] == "" for r in persons)


def test_late_reports_are_marked_and_are_a_minority(messy: tuple[Path, Manifest], truth: Truth) -> None:
    folder, manifest = messy
    late = on_time = 0
    for entry in manifest.files:
        for row in truth(folder, entry):
            if row["outcome"] != "accepted" or entry.story or row["reason"]:
                continue
            days = (date.fromisoformat(entry.sent_on) - date.fromisoformat(row["decided_on"])).days
            assert days >= 21 if row["late"] == "1" else 0 < days <= 8
            late, on_time = late + (row["late"] == "1"), on_time + (row["late"] == "0")
    assert 0 < late < on_time / 2
