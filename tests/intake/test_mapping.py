"""What the columns of a source's files mean: given once, remembered, forgotten, bound by the ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from intake_rows import AGENCY, AT, CITIZEN, csv_bytes, penalty

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.intake import writing
from xinheng.intake.models import Batch, ColumnMapping
from xinheng.law import service as law

ITEM = "admin-penalty"
Take = Callable[..., Any]


def renamed(item: law.Item, number: int, **names: str) -> bytes:
    text = csv_bytes([penalty(CF_WSH=f"淮市监罚〔2026〕{number}号")], item).decode()
    head, rest = text.split("\n", 1)
    for old, new in names.items():
        head = head.replace(old, new)
    return f"{head}\n{rest}".encode()


def remember(**mapping: str) -> None:
    intake.remember_mapping(source=AGENCY, item=ITEM, mapping=mapping, at=AT, actor="tests")


@pytest.fixture
def run(registered: Any, tmp_path: Path) -> Any:
    def taken(content: bytes, mapping: dict[str, str] | None) -> Any:
        path = tmp_path / "in.csv"
        path.write_bytes(content)
        return intake.run(path=path, item=ITEM, source=AGENCY, at=AT, actor="tests", mapping=mapping)

    return taken


def test_what_is_said_goes_before_what_a_name_says(run: Any, item: law.Item) -> None:
    """The column named 备注 holds the number, the column with the number's name is left out."""
    text = csv_bytes([penalty(CF_WSH="旧号", BZ="淮市监罚〔2026〕7号")], item)
    receipt = run(text, {"BZ": "CF_WSH", "CF_WSH": ""})
    assert receipt.accepted == 1
    kept = intake.kept_row(batch=receipt.batch, row=2)
    assert kept is not None and kept["CF_WSH"] == "淮市监罚〔2026〕7号"
    assert "按给定的列对应读取" in receipt.file_notes


def test_a_remembered_mapping_speaks_only_for_the_columns_it_names(run: Any, item: law.Item) -> None:
    remember(本局编号="CF_WSH")
    receipt = run(renamed(item, 1, CF_WSH="本局编号"), None)
    assert receipt.accepted == 1 and "按记住的列对应读取" in receipt.file_notes
    plain = run(renamed(item, 2), None)
    assert plain.accepted == 1
    assert not [note for note in plain.file_notes if "列对应" in note]


def test_spelling_of_a_header_does_not_matter(run: Any, item: law.Item) -> None:
    remember(本局编号="CF_WSH")
    assert run(renamed(item, 1, CF_WSH="本局 编号*"), None).accepted == 1


def test_a_mapping_of_another_source_or_item_is_not_used(run: Any, item: law.Item) -> None:
    intake.remember_mapping(
        source=AGENCY, item="admin-licence", mapping={"本局编号": "XK_WSH"}, at=AT, actor="tests"
    )
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {}
    assert run(renamed(item, 1, CF_WSH="本局编号"), None).accepted == 0


def test_the_same_again_writes_nothing_and_the_next_closes_the_one_before(registered: Any) -> None:
    remember(甲="CF_WSH")
    before = evidence.size()
    remember(甲="CF_WSH")
    assert evidence.size() == before
    remember(乙="CF_WSH", 丙="")
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {"乙": "CF_WSH", "丙": ""}
    assert sorted(row.closed_by is None for row in ColumnMapping.objects.all()) == [False, True]
    assert intake.mapping_of(source=AGENCY.lower() + " ", item=ITEM) == {"乙": "CF_WSH", "丙": ""}
    remember()
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {}
    assert evidence.verify().findings == []


@pytest.mark.parametrize(
    ("mapping", "refused"),
    [
        ({"甲": "NOWHERE"}, "mapping-unknown-field"),
        ({"甲": "CF_WSH", "乙": "CF_WSH"}, "mapping-twice"),
        ({f"列{n}": "" for n in range(201)}, "mapping-too-large"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_happens(
    run: Any, item: law.Item, mapping: dict[str, str], refused: str
) -> None:
    before = evidence.size()
    with pytest.raises(intake.FileRefused) as given:
        run(renamed(item, 1), mapping)
    with pytest.raises(intake.FileRefused) as kept:
        intake.remember_mapping(source=AGENCY, item=ITEM, mapping=mapping, at=AT, actor="tests")
    assert {given.value.code, kept.value.code} == {refused}
    assert evidence.size() == before


def test_who_may_not_report_has_nothing_remembered(registered: Any) -> None:
    with pytest.raises(intake.SourceRefused):
        intake.remember_mapping(source="nobody", item=ITEM, mapping={"甲": ""}, at=AT, actor="tests")
    with pytest.raises(intake.ItemUnknown):
        intake.remember_mapping(source=AGENCY, item="nowhere", mapping={"甲": ""}, at=AT, actor="tests")
    assert not ColumnMapping.objects.exists()


def test_a_header_is_masked_before_it_is_kept_and_still_found(
    run: Any, item: law.Item, everything_in: Any
) -> None:
    header = f"编号{CITIZEN}"
    remember(**{header: "CF_WSH"})
    assert run(renamed(item, 1, CF_WSH=header), None).accepted == 1
    assert not [place for place, text in everything_in() if CITIZEN in text]


def test_a_field_the_item_has_no_longer_is_asked_about_again(run: Any, item: law.Item) -> None:
    remember(本局编号="CF_WSH", 备用="")
    ColumnMapping.objects.update(mapping='{"本局编号": "CF_GONE"}')
    receipt = run(renamed(item, 1, CF_WSH="本局编号"), None)
    assert receipt.accepted == 0
    assert [note for note in receipt.file_notes if "本局编号" in note], "it says that the column was not read"


def test_an_interrupted_batch_goes_on_with_the_columns_it_began_with(
    run: Any, item: law.Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = renamed(item, 1, CF_WSH="本局编号")
    with monkeypatch.context() as broken:
        broken.setattr(writing, "write_slices", _fail)
        with pytest.raises(intake.RowsWithheld):
            run(data, {"本局编号": "CF_WSH"})
    assert Batch.objects.get().state == "open"
    receipt = run(data, {"本局编号": ""})
    assert (receipt.accepted, receipt.rejected) == (1, 0)
    assert evidence.verify().findings == []


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("power cut")


@pytest.mark.parametrize(
    ("column", "value"),
    [("id", 7), ("source", "x"), ("item", "x"), ("mapping", "{}"), ("closed_by", 1)],
)
@pytest.mark.parametrize("closed", [True, False])
def test_the_ledger_finds_a_change_in_any_column(
    registered: Any, column: str, value: Any, closed: bool
) -> None:
    remember(甲="CF_WSH")
    remember(乙="CF_WSH")
    row = ColumnMapping.objects.get(closed_by__isnull=not closed)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE intake_columnmapping SET {column} = %s WHERE id = %s", [value, row.id])
    assert evidence.verify().findings != []


def test_the_ledger_misses_a_mapping_that_is_gone(registered: Any) -> None:
    remember(甲="CF_WSH")
    ColumnMapping.objects.all().delete()
    assert [finding.code for finding in evidence.verify().findings] == ["mapping-missing"]


def test_the_command_line_says_columns_and_remembers_them_when_asked(
    registered: Any, tmp_path: Path, item: law.Item
) -> None:
    from click.testing import CliRunner

    from xinheng.faces.cli.data import intake_command

    path = tmp_path / "in.csv"
    path.write_bytes(renamed(item, 1, CF_WSH="本局=编号"))
    asked = [str(path), "--item", ITEM, "--from", AGENCY, "--json"]
    told = CliRunner().invoke(
        intake_command, [*asked, "--map", "本局=编号=CF_WSH", "--map", "BZ=", "--remember"]
    )
    assert '"accepted": 1' in told.output, told.output
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {"本局=编号": "CF_WSH", "BZ": ""}
    assert CliRunner().invoke(intake_command, [*asked, "--map", "CF_WSH"]).exit_code == 2
