"""Every public face that could show an entry, as text: what the tests of this folder look through."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces.site.sections import SECTIONS
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.reports import service as reports

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def needles(entry: publication.Entry) -> list[str]:
    """The document number: it stands nowhere else."""
    item = law.active().items[entry.item]
    return [entry.values[code] for code in item.document_number]


def faces(
    client: Any, entry: publication.Entry, *, at: datetime = LATER, papers: bool = True
) -> dict[str, str]:
    """Every public face that could show this statement, as text."""
    code = entry.uscc
    addresses = [
        "/", "/en/", f"/org/{code}/", f"/en/org/{code}/", f"/org/{code}/?known_on={TODAY}",
        f"/org/{code}/?valid_on={TODAY}", f"/statement/{entry.id}/", "/double-publicity/",
        f"/double-publicity/?item={entry.item}", f"/double-publicity/?authority={entry.authority}",
        f"/search/?q={code}", f"/search/?q={needles(entry)[0]}", "/sitemap.xml", "/robots.txt", "/about/",
        "/healthz", "/metrics", "/trust.json", "/log/checkpoint",
    ]  # fmt: skip
    addresses += rights_faces(entry) + data_faces(entry)
    item = law.active().items[entry.item]
    addresses += [f"/org/{code}/{section}/" for section in SECTIONS]
    addresses += [
        f"/org/{code}/{item.section}/?item={item.code}",
        f"/org/{code}/{item.section}/?known_on={TODAY}",
    ]
    addresses += list_faces(entry, item)
    name = next(iter(register.get([code]).values())).shown_name
    addresses += [f"/search/?q={name[:4]}", f"/search/?q={code}&state=active", f"/search/?q={code}&kind=企业"]
    texts = {address: read(client, address) for address in addresses}
    texts["item"] = item.code
    if not papers:
        return texts
    pdf = reports.issue(uscc=code, audience="public", at=at, actor="test").pdf
    texts["report"] = _text(pdf)
    past = reports.issue(
        uscc=code, audience="public", at=at, actor="test", known_on=TODAY, valid_on=TODAY
    ).pdf
    texts["report as known"] = _text(past)
    return texts


def read(client: Any, address: str) -> str:
    """A page or a streamed file, as text."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace")


def rights_faces(entry: publication.Entry) -> list[str]:
    """Pages about what can be done against the entry, and the numbers of what was done."""
    found = []
    for lead in ("", "/en"):
        found += [
            f"{lead}/objection/{entry.id}/", f"{lead}/objection/{entry.id}/sheet/", f"{lead}/repair/{entry.id}/",
            f"{lead}/repair/{entry.id}/letter/", f"{lead}/guide/objection/?statement={entry.id}",
            f"{lead}/guide/repair/?statement={entry.id}", f"{lead}/remedies/",
        ]  # fmt: skip
    return found + [
        f"/remedies/{code}.csv"
        for code in ("objections-by-department", "repairs-by-department", "remedies-by-month")
    ]


def data_faces(entry: publication.Entry) -> list[str]:
    """What programs read."""
    month = f"{entry.decided_on:%Y-%m}"
    return [
        f"/api/v1/statements/{entry.id}", f"/api/v1/organisations/{entry.uscc}",
        f"/api/v1/organisations/{entry.uscc}/statements", f"/api/v1/organisations/{entry.uscc}/statements?item={entry.item}",
        f"/api/v1/search?q={entry.uscc}", f"/api/v1/open/licences-{month}.csv", "/api/v1/statistics/by-month.json",
        "/api/v1/catalogue", "/articles/notices.atom", "/statistics/", "/map/", "/sources/", "/status/1.json",
        "/indices/", "/models/", "/api/v1/indices", "/api/v1/evaluation/published",
    ]  # fmt: skip


def list_faces(entry: publication.Entry, item: law.Item) -> list[str]:
    """Every list the statement could stand in, whole and narrowed down to it in each way there is."""
    month = f"{entry.decided_on:%Y-%m}"
    ways = [
        "",
        f"month={month}",
        f"authority={entry.authority}",
        f"month={month}&authority={entry.authority}",
    ]
    kind = entry.values.get(item.card.kind, "").split(";")[0]
    found = []
    for base in ("/double-publicity/", "/commitments/", "/honours/", "/lists/", f"/lists/{item.code}/"):
        for way in ways:
            query = "&".join(filter(None, (f"item={item.code}", f"kind={kind}" if kind else "", way)))
            found += [f"{base}?{way}", f"{base}?{query}", f"/en{base}?{query}"]
    return found


def _text(pdf: bytes) -> str:
    """Everything inside a report: its attachments and its pages' text."""
    from xinheng.reports import pdffile
    from xinheng.reports.shape import PROOF_FILE, REPORT_FILE

    file = pdffile.read(pdf)
    report, proof = (
        json.loads(file.attachment(name, limit=10_000_000)) for name in (REPORT_FILE, PROOF_FILE)
    )
    opened = [base64.b64decode(one["public"]).decode() for one in proof["statements"]]
    return json.dumps([report, proof, opened], ensure_ascii=False)
