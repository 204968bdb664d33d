"""The clean single file for measuring: one source, about 600 bytes a row, a few bad rows."""

from __future__ import annotations

from pathlib import Path

from synth_oracle import rows_of

from xinheng.synth import Manifest


def test_it_is_one_plain_file_of_penalties_from_the_data_bureau(single: tuple[Path, Manifest]) -> None:
    _, manifest = single
    (entry,) = manifest.files
    assert (entry.item, entry.container, entry.encoding, entry.header) == (
        "admin-penalty",
        "csv",
        "utf-8",
        "code",
    )
    assert entry.columns == 30
    assert entry.rows == manifest.rows == 2_000
    assert entry.source == manifest.departments[0]["code"]


def test_rows_are_as_long_as_real_ones(single: tuple[Path, Manifest]) -> None:
    _, manifest = single
    assert 500 < manifest.files[0].bytes / 2_000 < 750


def test_between_one_and_three_percent_are_not_accepted(single: tuple[Path, Manifest]) -> None:
    _, manifest = single
    assert 0.01 <= 1 - manifest.totals["accepted"] / manifest.rows <= 0.03
    assert all(manifest.totals[o] for o in ("duplicate", "rejected", "quarantined", "refused_personal"))
    assert manifest.totals["updated"] == 0


def test_decisions_come_from_many_authorities_over_three_years(single: tuple[Path, Manifest]) -> None:
    folder, manifest = single
    rows = list(rows_of(folder, manifest.files[0]))
    assert len({r.cells["CF_CFJGDM"] for r in rows}) > 15
    years = {r.cells["CF_JDRQ"][:4] for r in rows}
    assert {"2024", "2025", "2026"} <= years
    assert max(r.cells["CF_JDRQ"] for r in rows) < "2026/11/20"


def test_kinds_of_penalty_are_mixed_and_their_amounts_agree_with_the_words(
    single: tuple[Path, Manifest],
) -> None:
    from xinheng.kernel.money import parse_amounts, parse_wan

    folder, manifest = single
    kinds: set[str] = set()
    for row in rows_of(folder, manifest.files[0]):
        cells = row.cells
        kinds |= set(cells["CF_CFLB"].split(";"))
        if cells["CF_NR_FK"] and cells["CF_NR"]:
            assert parse_wan(cells["CF_NR_FK"]) in parse_amounts(cells["CF_NR"]), cells["CF_NR"]
    assert kinds >= {
        "警告",
        "罚款",
        "没收违法所得",
        "没收非法财物",
        "责令停产停业",
        "吊销许可证件",
        "暂扣许可证件",
        "暂扣或者吊销执照",
    }
