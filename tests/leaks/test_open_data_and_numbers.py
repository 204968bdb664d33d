"""What stops being public leaves the open data, the files and, with the next count, the numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.statistics import service as statistics

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def faces(client: Any, entry: publication.Entry) -> dict[str, str]:
    """Every place of the open data where this entry could stand."""
    month = f"{entry.decided_on:%Y-%m}"
    addresses = [
        f"/api/v1/statements/{entry.id}", f"/api/v1/organisations/{entry.uscc}", f"/api/v1/organisations/{entry.uscc}/statements",
        f"/api/v1/organisations/{entry.uscc}/statements?item={entry.item}", f"/api/v1/search?q={entry.uscc}",
        f"/api/v1/open/licences-{month}.csv", "/api/v1/catalogue", "/open-data/", "/open-data/api/", "/statistics/", "/sources/",
        "/map/", "/articles/", "/articles/notices.atom",
    ]  # fmt: skip
    texts = {}
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        texts[address] = body.decode(errors="replace")
    return texts


@pytest.mark.parametrize("item", ["admin-penalty", "admin-licence", "serious-list", "judgment-defaulter"])
@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_an_annulled_entry_is_gone_from_the_open_data(client: Any, item: str, followers: str) -> None:
    statistics.refresh(at=AT)
    found = publication.statements(audience="public", on=TODAY, item=item, limit=1)
    if not found:
        pytest.skip(f"the small city has no public {item}")
    entry = found[0]
    needles = [
        f'"id": {entry.id}',
        f"\n{entry.id},",
        *(entry.values[c] for c in law.active().items[item].document_number),
    ]
    needles = [needle for needle in needles if needle.strip()]
    before = faces(client, entry)
    assert any(needle in text for text in before.values() for needle in needles)
    number = dict(statistics.series(by=("item",)))[item]
    with evidence.event(evidence.Act(kind="test.annulled", actor="test", at=LATER)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="annulled")
    if followers == "running":
        evidence.drain(at=LATER)
        statistics.refresh(at=LATER)
        assert dict(statistics.series(by=("item",))).get(item, 0) == number - 1
    for address, text in faces(client, entry).items():
        for needle in needles:
            assert needle not in text, address


def test_adverse_entries_never_stand_in_a_bulk_file(client: Any) -> None:
    adverse = [
        entry
        for item in law.active().items.values()
        if item.adverse
        for entry in publication.statements(audience="public", on=TODAY, item=item.code, limit=20)
    ]
    assert adverse
    months = {f"{entry.decided_on:%Y-%m}" for entry in adverse if entry.decided_on}
    for month in sorted(months)[:6]:
        body = b"".join(client.get(f"/api/v1/open/licences-{month}.csv").streaming_content).decode()
        for entry in adverse:
            assert f"\n{entry.id}," not in body
