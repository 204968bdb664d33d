"""Files look as departments would send them, and the same arguments give the same bytes."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date
from pathlib import Path

import pytest
from synth_oracle import cells_of, rows_of

from xinheng.kernel.idnumber import looks_like_18
from xinheng.kernel.personal import redact
from xinheng.synth import Manifest, generate
from xinheng.synth.errors import SynthWrongUse
from xinheng.synth.service import read_manifest

TODAY = date(2026, 11, 20)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    made = {}
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(out=tmp_path / name, orgs=120, records=400, seed=seed, today=TODAY, departments=8)
        made[name] = digests(tmp_path / name)
    assert made["a"] == made["b"]
    assert any(name.endswith(".xlsx") for name in made["a"])
    assert made["a"]["register.csv"] != made["c"]["register.csv"]


def test_a_folder_of_ours_is_replaced_and_a_foreign_one_is_refused(tmp_path: Path) -> None:
    generate(out=tmp_path / "ours", orgs=30, records=50, seed=1, today=TODAY)
    manifest = generate(out=tmp_path / "ours", orgs=30, records=20, seed=1, today=TODAY)
    assert len(list((tmp_path / "ours" / "files").iterdir())) == len(manifest.files)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "letter.txt").write_text("keep me")
    with pytest.raises(SynthWrongUse):
        generate(out=tmp_path / "foreign", orgs=30, records=20, seed=1, today=TODAY)
    assert (tmp_path / "foreign" / "letter.txt").read_text() == "keep me"


def test_all_looks_appear(messy: tuple[Path, Manifest]) -> None:
    _, manifest = messy
    files = manifest.files
    assert {f.encoding for f in files if f.container == "csv"} == {"utf-8", "utf-8-bom", "gb18030"}
    assert {f.container for f in files} == {"csv", "xlsx"}
    assert {f.header for f in files} == {"code", "name"}
    assert {f.header_row for f in files} == {1, 2}
    assert {f.old_ids for f in files} == {True, False}
    assert len({f.date_style for f in files}) >= 6
    assert {f.columns for f in files} >= {28, 30}
    assert len({f.columns for f in files}) > 2


def test_encodings_are_what_the_manifest_says(messy: tuple[Path, Manifest]) -> None:
    folder, manifest = messy
    for entry in manifest.files:
        raw = (folder / entry.path).read_bytes()
        assert len(raw) == entry.bytes
        if entry.container == "xlsx":
            assert zipfile.is_zipfile(folder / entry.path)
            continue
        assert raw.startswith(b"\xef\xbb\xbf") == (entry.encoding == "utf-8-bom")
        if entry.encoding == "gb18030":
            with pytest.raises(UnicodeDecodeError):
                raw.decode("utf-8")


def test_some_columns_stand_in_another_order(messy: tuple[Path, Manifest]) -> None:
    folder, manifest = messy
    firsts = {cells_of(folder, e)[e.header_row - 1][0] for e in manifest.files}
    assert len(firsts) > 4


def test_files_come_in_the_order_they_were_sent(messy: tuple[Path, Manifest]) -> None:
    _, manifest = messy
    sent = [f.sent_on for f in manifest.files]
    assert sent == sorted(sent)
    assert [f.order for f in manifest.files] == list(range(1, len(sent) + 1))
    assert sent[-1] <= manifest.today
    assert sent[0] < "2024-03"


def test_personal_numbers_are_planted_in_free_text_and_the_kernel_masks_them(
    messy: tuple[Path, Manifest],
) -> None:
    folder, manifest = messy
    kinds: set[str] = set()
    for entry in manifest.files:
        for row in rows_of(folder, entry):
            for code in ("CF_SY", "BZ"):
                kinds |= redact(row.cells.get(code, ""))[1]
    assert len(kinds) >= 2


def test_identity_numbers_have_the_shape_of_one_and_belong_to_nobody_alive(
    messy: tuple[Path, Manifest],
) -> None:
    folder, manifest = messy
    numbers = [
        row.cells[field]
        for entry in manifest.files
        for row in rows_of(folder, entry)
        for field in row.cells
        if field.endswith("FR_ZJHM") and row.cells[field]
    ]
    assert len(numbers) > 50
    assert all(looks_like_18(n) for n in numbers)
    from xinheng.kernel.idnumber import check_ok

    assert all(int(n[6:10]) < 1910 for n in numbers if check_ok(n))


def test_the_manifest_can_be_read_back(messy: tuple[Path, Manifest]) -> None:
    folder, manifest = messy
    assert read_manifest(folder) == manifest


def test_impossible_sizes_are_refused(tmp_path: Path) -> None:
    for wrong in ({"orgs": 5}, {"records": -1}, {"departments": 1}, {"departments": 50}):
        arguments = {"orgs": 100, "records": 100} | wrong
        with pytest.raises(SynthWrongUse):
            generate(out=tmp_path / "x", seed=1, today=TODAY, **arguments)


def test_no_two_files_have_the_same_bytes(messy: tuple[Path, Manifest]) -> None:
    """The same bytes again are a repeated file, answered with the first receipt and not row by row."""
    folder, manifest = messy
    seen = [hashlib.sha256((folder / e.path).read_bytes()).hexdigest() for e in manifest.files]
    assert len(set(seen)) == len(seen)


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    generate(
        out=tmp_path, orgs=60, records=120, seed=1, today=TODAY, progress=lambda d, n, _: told.append((d, n))
    )
    assert told[-1] == (180, 180)
    assert [d for d, _ in told] == sorted(d for d, _ in told)
