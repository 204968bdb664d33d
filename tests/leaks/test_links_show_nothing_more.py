"""A row that came without its code: what a link shows, and that nothing of it stays when the link is undone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)
NUMBER = "虚构罚字〔2026〕第990099号"
Send = Callable[..., intake.Receipt]


@pytest.fixture
def penalty(city: Any) -> publication.Entry:
    """A public penalty on a company whose name nobody else carries."""
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    return next(one for one in page if one.uscc.startswith("91") and linked(one).outcome == linkage.LINKED)


def linked(entry: publication.Entry) -> linkage.Answer:
    return linkage.link_one(name=entry.values["CF_XDR_MC"])


@pytest.fixture
def send(penalty: publication.Entry) -> Send:
    """The row of the penalty again, with other cells, as a file of its own."""
    batch, number, _ = records.statements([penalty.id])[penalty.id].source
    cells = intake.kept_row(batch=batch, row=number) or {}
    source = intake.batches(number=batch)[0].source

    def sent(**changes: str) -> intake.Receipt:
        row = {**cells, "CF_WSH": NUMBER, **changes}
        out = io.StringIO()
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row)
        with intake.lent_path(out.getvalue().encode()) as path:
            return intake.run(
                path=path, item="admin-penalty", source=source, at=LATER, actor="test", mapping={}
            )

    return sent


def faces(client: Any, code: str) -> dict[str, str]:
    addresses = [
        f"/org/{code}/", f"/org/{code}/penalties/", f"/en/org/{code}/", "/double-publicity/", f"/search/?q={code}",
        f"/api/v1/organisations/{code}/statements", "/lists/",
    ]  # fmt: skip
    return {address: client.get(address).content.decode(errors="replace") for address in addresses}


@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_an_undone_link_leaves_every_face_and_does_not_come_back(
    client: Any, penalty: publication.Entry, send: Send, followers: str
) -> None:
    receipt = send(CF_XDR_SHXYM="")
    evidence.drain(at=LATER)
    (link,) = linkage.links(batch=receipt.batch)
    assert link.uscc == penalty.uscc
    assert any(NUMBER in text for text in faces(client, penalty.uscc).values())
    linkage.undo(links=[link.id], why="不是同一家", actor="office", at=LATER)
    if followers == "running":
        evidence.drain(at=LATER)
    for name, text in faces(client, penalty.uscc).items():
        assert NUMBER not in text, name
    assert send(CF_XDR_SHXYM="", CF_NR="罚款。").accepted == 0
    evidence.drain(at=LATER)
    for name, text in faces(client, penalty.uscc).items():
        assert NUMBER not in text, name


def test_a_link_tells_the_sender_only_what_the_register_shows_everybody(
    penalty: publication.Entry, send: Send, tmp_path: Any
) -> None:
    receipt = send(CF_XDR_SHXYM="")
    (note,) = [link["note"] for link in receipt.links]
    item = law.active().items["admin-penalty"]
    stored = records.statements([penalty.id])[penalty.id]
    values = records.decode(item, stored.public, stored.shared, stored.restricted)
    hidden = [
        values[code] for code in (*item.scopes["restricted"], *item.scopes["shared"]) if len(values[code]) > 1
    ]
    assert hidden and not any(value in note for value in hidden if value not in penalty.values.values())
    assert register.get([penalty.uscc])[penalty.uscc].shown_name in note


def test_nobody_called_only_by_a_name_of_a_person_is_told_or_proposed(
    city: Any, send: Send, tmp_path: Any
) -> None:
    """An individual business registered under a person's name, and a row with its code damaged under another name."""
    person, shop = "欧阳修文", _shop()
    path = tmp_path / "register.csv"
    path.write_text(f"统一社会信用代码,主体名称\n{shop},{person}\n", encoding="utf-8")
    register.load(path=path, at=LATER, actor="test")
    wrong = shop[:-1] + ("1" if shop[-1] != "1" else "2")
    receipt = send(CF_XDR_SHXYM=wrong, CF_XDR_MC="修文小吃店", CF_XDR_LB="个体工商户", CF_XDR_ZZJG="")
    assert receipt.accepted == 0
    told = json.dumps(receipt.as_dict(), ensure_ascii=False)
    told += json.dumps(
        [(row.reason, [one.name for one in row.candidates]) for row in linkage.pending()], ensure_ascii=False
    )
    told += "".join(
        pl.read_parquet(part).write_json() for part in (city.root / "kept" / receipt.batch).glob("*")
    )
    assert person not in told


def _shop() -> str:
    from xinheng.kernel import uscc

    first = "92340600MA9999999"
    return first + uscc.check_char(first)
