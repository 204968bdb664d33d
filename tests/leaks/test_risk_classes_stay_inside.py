"""A supervisory risk class is on no public face, in no file for machines, in no report, and not in the organisation's own
workspace."""

from __future__ import annotations

from typing import Any

import everyface
import pytest
from django.db import connection
from everyface import TODAY, faces

from moments import AT
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.reports import service as reports


def _classed() -> publication.Entry:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_statement WHERE item = 'risk-class' ORDER BY id LIMIT 1")
        [id_] = cursor.fetchone()
    found = publication.statement(id=id_, audience="authority", on=TODAY)
    assert found is not None
    return found


def test_no_public_face_shows_a_risk_class(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _classed()
    batch = entry.values["FX_PC"]
    assert len(batch) > 6
    # It has no document number to search for: its batch is looked for, and asked for by the code
    monkeypatch.setattr(everyface, "needles", lambda one: [one.uscc])
    shown = faces(client, entry)
    shown.pop("item")
    assert not [address for address, text in shown.items() if batch in text]
    assert client.get(f"/statement/{entry.id}/").status_code == 404
    assert client.get(f"/api/v1/statements/{entry.id}").status_code == 404


def test_the_organisation_itself_and_no_paper_show_its_class(client: Any) -> None:
    entry = _classed()
    own = publication.statements(audience="self", on=TODAY, uscc=entry.uscc, limit=500)
    assert own and "risk-class" not in {one.item for one in own}
    for audience in ("self", "authority"):
        pdf = reports.issue(uscc=entry.uscc, audience=audience, at=AT, actor="test").pdf
        assert entry.values["FX_PC"] not in everyface._text(pdf)


def test_no_check_and_no_measure_may_take_a_risk_class() -> None:
    pack = law.load("huaibei")
    inside = {item.code for item in pack.items.values() if item.internal}
    assert inside == {"risk-class"}
    assert not [use.code for use in pack.uses.values() if inside & {one.item for one in use.counts}]
    grounds = [ground for measure in pack.measures.values() for ground in measure.grounds]
    assert not [one for one in grounds if inside & {item for item, _ in one.items}]
