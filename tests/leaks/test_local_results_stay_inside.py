"""Local scores and grades, models that are off, warnings and contradictions are on no public face, in no file, in no report."""

from __future__ import annotations

from typing import Any

import everyface
import pytest
from everyface import TODAY, faces, read

from judgedkit import ADOPTED, OFF, based
from moments import AT
from xinheng.evaluation import mutual, publishing, telling, warning
from xinheng.evaluation import service as evaluation
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.reports import service as reports

pytest_plugins = ("judgedkit",)
MORE = (
    "/models/", "/en/models/", "/en/indices/", "/indices/?by=sector&area=C", "/indices/index-by-county.csv",
    "/map/?metric=index-penalties", "/api/v1/evaluation/published", "/api/v1/indices?by=county", "/api/v1/openapi.json",
)  # fmt: skip


def _visitor() -> Any:
    from django.test import Client

    return Client()


def _worst() -> tuple[Any, publication.Entry]:
    """The organisation that stands worst under the adopted model, and a penalty of it."""
    run = evaluation.latest(model=ADOPTED)
    assert run is not None
    lines = sorted(evaluation.page(run=run.id, limit=500).results, key=lambda one: one.score)
    for line in lines:
        found = publication.statements(
            audience="public", on=TODAY, uscc=line.uscc, item="admin-penalty", limit=1
        )
        if found and not telling.points(line.score).endswith("0"):
            return line, found[0]
    raise AssertionError("nobody with a penalty and a score of an odd number")


def _secrets() -> list[str]:
    """Names nobody outside may read: of models that are not published, and of their grades."""
    pack = law.active()
    found = list(law.models(pack=pack).values())
    names = [name for one in found for name in (one.name, one.name_en)]
    return names + [grade.name for one in found for grade in one.grades]


def _everywhere(entry: publication.Entry) -> dict[str, str]:
    visitor = _visitor()
    shown = faces(visitor, entry)
    shown |= {address: read(visitor, address) for address in MORE}
    shown.pop("item")
    return shown


def test_no_public_face_names_a_local_model_its_grades_or_a_score(judged: Any) -> None:
    line, entry = _worst()
    shown = _everywhere(entry)
    micro, points = str(line.score), telling.points(line.score)
    for word in (*_secrets(), f">{points}<", f'"{points}"', micro if line.score else points):
        assert not [address for address, text in shown.items() if word in text], word
    for address in (
        f"/desk/evaluation/one/{ADOPTED}/{entry.uscc}/",
        "/desk/evaluation/",
        "/desk/early-warning/",
    ):
        assert _visitor().get(address).status_code == 302


def test_a_published_model_shows_itself_and_still_nobodys_grade(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, entry = _worst()
    models = law.models(pack=law.active())
    monkeypatch.setattr(publishing, "shown", lambda on: (based(),))
    shown = _everywhere(entry)
    own = {address: text for address, text in shown.items() if entry.uscc in text}
    assert len(own) > 10
    grades = [grade.name for grade in models[ADOPTED].grades]
    assert not [address for address, text in own.items() if any(grade in text for grade in grades)]
    assert models[ADOPTED].name in shown["/models/"], "else the test would prove nothing"
    assert not [address for address, text in shown.items() if models[OFF].name in text]
    assert str(line.score) not in shown["/api/v1/evaluation/published"]


def test_no_report_of_any_audience_holds_a_local_model_or_its_grade(judged: Any) -> None:
    _line, entry = _worst()
    for audience in ("public", "self", "authority"):
        pdf = reports.issue(uscc=entry.uscc, audience=audience, at=AT, actor="test").pdf
        text = everyface._text(pdf)
        assert not [word for word in _secrets() if word in text], audience


def test_no_public_face_tells_of_a_warning_or_of_a_contradiction(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutual.check_mutual(at=AT)
    warning.warn(at=AT)
    [finding] = mutual.mutual_findings(on=TODAY)[0]
    reasons = [reason for one in warning.warned(on=TODAY, limit=200)[0] for reason in one.reasons]
    entry = next(found for reason in reasons if (found := _public(reason)))
    words = [word for one in law.active().warnings for word in (one.name, one.name_en)]
    words += [word for one in law.active().mutual for word in (one.name, one.says)]
    monkeypatch.setattr(everyface, "needles", lambda one: [one.uscc])
    shown = faces(client, entry)
    for code in (entry.uscc, finding.uscc):
        shown |= {
            address: read(client, address)
            for address in (f"/org/{code}/results/", f"/en/org/{code}/results/")
        }
    shown.pop("item")
    assert finding.first.authority_name in shown[f"/org/{finding.uscc}/results/"], (
        "the result itself is public"
    )
    for word in filter(None, words):
        assert not [address for address, text in shown.items() if word in text], word


def _public(reason: warning.Reason) -> publication.Entry | None:
    return publication.statement(id=reason.statement, audience="public", on=TODAY)
