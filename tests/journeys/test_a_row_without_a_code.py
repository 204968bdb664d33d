"""A department sends a row without a code: to a person, to the organisation, back again, and there for good."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.intake.examples import example_row
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

TODAY = evidence.legal_day(AT)
NUMBER = "虚构罚字〔2026〕第990077号"


def code(number: int) -> str:
    first = f"91340600MA8{number:06d}"
    return first + uscc.check_char(first)


ONE, OTHER = code(1), code(2)


def later(minutes: int) -> Any:
    return AT + timedelta(minutes=minutes)


@pytest.fixture
def two_alike(city: Any, tmp_path: Path) -> Any:
    path = tmp_path / "two.csv"
    path.write_text(
        f"统一社会信用代码,主体名称\n{ONE},淮北市鑫禾源商贸有限公司\n{OTHER},濉溪县鑫禾源商贸有限公司\n",
        encoding="utf-8",
    )
    register.load(path=path, at=later(1), actor="test")
    return city


def sent(name: str, written: str = "") -> intake.Receipt:
    """A penalty of the city again, about this name, as its department would send it."""
    entry = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)[0]
    batch, row, _ = records.statements([entry.id])[entry.id].source
    cells = intake.kept_row(batch=batch, row=row) or {}
    cells |= {
        "CF_XDR_MC": name, "CF_XDR_SHXYM": written, "CF_XDR_ZZJG": "", "CF_XDR_GSZC": "", "CF_XDR_SWDJ": "",
        "CF_XDR_SYDW": "", "CF_XDR_SHZZ": "", "CF_XDR_LB": "法人及非法人组织", "CF_WSH": NUMBER,
    }  # fmt: skip
    return intake_of(cells, "admin-penalty", intake.batches(number=batch)[0].source)


def shown(client: Any, of: str) -> bool:
    evidence.drain(at=later(30))
    return NUMBER in client.get(f"/org/{of}/penalties/").content.decode()


def test_a_doubtful_row_goes_the_whole_way_and_back(client: Any, two_alike: Any) -> None:
    first = sent("鑫禾源商贸有限公司")
    assert first.quarantined == 1 and [one["code"] for one in first.problems] == ["name-doubtful"]
    (row,) = [one for one in linkage.pending(limit=1_000) if one.batch == first.batch]
    assert {one.code for one in row.candidates} == {ONE, OTHER}
    assert not shown(client, ONE) and not shown(client, OTHER)

    done = linkage.judge(pending=row.id, code=ONE, verdict="same", why="核对营业执照", actor="a", at=later(3))
    (taken,) = intake.take_up(pending=done.take_up, at=later(4), actor="a")
    assert taken.accepted == 1 and shown(client, ONE)
    assert not intake.problem_rows(batch=first.batch)

    (link,) = linkage.links(batch=taken.batch)
    linkage.undo(links=[link.id], why="看错了行", actor="b", at=later(5))
    assert not shown(client, ONE)
    assert sent("鑫禾源商贸有限公司").batch == first.batch
    assert not shown(client, ONE)

    done = linkage.judge(
        pending=row.id, code=OTHER, verdict="same", why="是濉溪的那家", actor="a", at=later(6)
    )
    (again,) = intake.take_up(pending=done.take_up, at=later(7), actor="a")
    assert again.accepted == 1 and again.batch != taken.batch
    assert shown(client, OTHER) and not shown(client, ONE)
    assert evidence.verify().findings == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("淮北市鑫禾源商贸有限公司", ""),
        ("淮北市鑫禾源商贸有限公司", ONE[:-1] + ("1" if ONE[-1] != "1" else "2")),
        ("淮北市鑫禾源商贸有限公司", f"{ONE[8:16]}-{ONE[16]}"),
        ("淮北市鑫禾源商贸有限公司", ONE[:8] + "****" + ONE[12:]),
    ],
    ids=["empty", "one wrong", "organisation code", "masked"],
)
def test_a_certain_row_is_linked_at_once(client: Any, two_alike: Any, name: str, written: str) -> None:
    receipt = sent(name, written)
    assert receipt.accepted == 1 and ONE in receipt.links[0]["note"]
    assert shown(client, ONE)


def test_no_door_links_a_judgment_defaulter_without_a_code(two_alike: Any) -> None:
    """However sure the comparison is of the name."""
    name = "淮北市鑫禾源商贸有限公司"
    item = law.active().items["judgment-defaulter"]
    source = intake.batches(limit=1)[0].source
    cells = {
        **example_row(item),
        item.subject_name: name, item.subject_code: "", item.authority: source, item.source_code: source,
    }  # fmt: skip
    evidence.drain(at=later(1))
    assert linkage.link_one(name=name).code == ONE
    receipt = intake_of(cells, item.code, source)
    assert receipt.rejected == 1 and "name-unknown" not in {one["code"] for one in receipt.problems}
    assert intake_of(cells | {item.subject_code: ONE}, item.code, source).accepted == 1
    assert not linkage.links(item=item.code)
    assert not [one for one in linkage.pending(limit=1_000) if one.item == item.code]


def intake_of(cells: dict[str, str], item: str, source: str) -> intake.Receipt:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    with intake.lent_path(out.getvalue().encode()) as path:
        return intake.run(path=path, item=item, source=source, at=later(2), actor="test", mapping={})
