"""Reading what is public. Everything goes through the gate; nothing here knows more than a page of the site.

Licences come in bulk, entries to somebody's disadvantage never: a file outlives repair. Those are read one by one or by
organisation, with a status to ask again and the duty to delete.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router

from xinheng.evidence import service as evidence
from xinheng.faces.api import shapes
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.limits import spend
from xinheng.faces.clock import today
from xinheng.faces.listing import listed
from xinheng.faces.site import catalogue_rows, sheets
from xinheng.faces.site.heads import Head, head, heads
from xinheng.faces.site.limits import Allowance, visitor
from xinheng.faces.site.views.common import MAX_ID, canonical, head_of, heads_of
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.search import service as search
from xinheng.statistics import service as statistics

READ, BULK = Allowance("api-read", 240, 60), Allowance("api-bulk", 10, 60)
LICENCE, PAGE, BULK_PAGE, MOST_IDS = "admin-licence", 20, 200, 200
MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
NOT_FOUND = {404: EXPECTED[404], 422: EXPECTED[422], 429: EXPECTED[429]}

router = Router(tags=["open data"])


@router.get(
    "/organisations/{uscc}", response={200: shapes.Organisation, **NOT_FOUND}, summary="One organisation as the public sees it"
)  # fmt: skip
def organisation(request: HttpRequest, uscc: str) -> dict[str, object]:
    """By unified social credit code or old registration number. Someone with no public trace is not found."""
    _take(request)
    found = _head(uscc)
    return {
        "code": found.code, "name": found.name, "kind": found.kind, "region": found.region, "industry": found.industry,
        "status": found.status, "active": found.active, "established_on": found.established,
        "former_names": list(found.former),
        "public_entries": publication.counts(uscc=found.code, audience="public", on=today()),
        "report": reverse("report", args=[found.code]),
    }  # fmt: skip


@router.get(
    "/organisations/{uscc}/statements", response={200: shapes.Statements, **NOT_FOUND}, summary="What is public about one organisation"
)  # fmt: skip
def statements(
    request: HttpRequest,
    uscc: str,
    item: str = Query("", description="code of an item of the catalogue"),
    after: int = Query(0, ge=0, le=MAX_ID),
) -> dict[str, object]:
    """Newest arrival first, twenty at a time. What is withdrawn or has ended is not among them."""
    _take(request)
    found = _head(uscc)
    entries = publication.statements(
        audience="public", on=today(), uscc=found.code, item=item or None, after=after or None, limit=PAGE + 1
    )
    shown = entries[:PAGE]
    return {
        "statements": _entries(shown, {found.code: found}),
        "next": shown[-1].id if len(entries) > PAGE else None,
    }


@router.get(
    "/search",
    response={200: shapes.Hits, 422: EXPECTED[422], 429: EXPECTED[429]},
    summary="Find organisations",
)
def find(
    request: HttpRequest,
    q: str = Query(..., max_length=100, description="two characters of a name, or the beginning of a code"),
    after: str = Query("", max_length=100),
    kind: str = Query("", max_length=20),
    region: str = Query("", max_length=6, description="division code"),
) -> dict[str, object]:
    """By name, former name or code: exact ones first, then beginnings, then fragments."""
    _take(request)
    page = search.find(q=q, after=after or None, kind=kind or None, region=region or None)
    known = heads(register.get([hit.code for hit in page.hits]).values())
    strangers = [hit for hit in page.hits if not hit.registered]
    seen = publication.has_any(usccs=[hit.code for hit in strangers], audience="public", on=today())
    for hit in strangers:
        if hit.code in seen:
            known[hit.code] = head(register.unregistered(code=hit.code, name=hit.matched_name))
    return {
        "hits": [_hit(hit, known[hit.code]) for hit in page.hits if hit.code in known],
        "next": page.next,
        "note": page.note or "",
    }


@router.get(
    "/statements/{id}",
    response={200: shapes.Statement, **NOT_FOUND},
    summary="One public entry with its proof",
)
def statement(request: HttpRequest, id: int) -> dict[str, object]:
    """Withdrawn, ended and never existed are one answer: 404. Then delete what you kept of it."""
    _take(request)
    entry = publication.statement(id=id, audience="public", on=today()) if 0 < id <= MAX_ID else None
    if entry is None:
        raise ApiProblem(
            404, "no-such-statement", "没有这条公示中的记录。曾经取用过的，请删除。", where="path.id"
        )
    shown = _entries([entry], heads_of([entry]))[0]
    size = evidence.published_size()
    if size > entry.leaf_index:
        path = [step.hex() for step in evidence.inclusion(entry.leaf_index, size)]
        shown["proof"] = {
            "leaf": records.statements([id])[id].leaf.hex(), "leaf_index": entry.leaf_index, "position": entry.position, "log_size": size, "path": path,
            "checkpoint": reverse("checkpoint"),
        }  # fmt: skip
    return shown


@router.get(
    "/status",
    response={200: shapes.Status, 422: EXPECTED[422], 429: EXPECTED[429]},
    summary="Are these entries still public?",
)
def status(
    request: HttpRequest,
    ids: str = Query(..., max_length=4000, description="ids separated by commas, at most 200"),
) -> dict[str, object]:
    """For everyone who keeps entries: ask at least daily, and delete what is gone the same day."""
    _take(request)
    wanted = [part.strip() for part in ids.split(",") if part.strip()]
    if len(wanted) > MOST_IDS or not all(part.isascii() and part.isdigit() for part in wanted):
        raise ApiProblem(
            422, "bad-ids", f"ids 要写成用逗号分开的编号，最多 {MOST_IDS} 个。", where="query.ids"
        )
    numbers = list(dict.fromkeys(int(part) for part in wanted))
    known = publication.by_ids(ids=[n for n in numbers if n <= MAX_ID], audience="public", on=today())
    return {
        "on": today().isoformat(),
        "public": [n for n in numbers if n in known],
        "gone": [n for n in numbers if n not in known],
    }


@router.get(
    "/statistics/{table}.json", response={200: shapes.Table, **NOT_FOUND}, summary="A table of the statistics"
)
def statistics_json(
    request: HttpRequest,
    table: str,
    item: str = Query("", description="narrows tables of entries to one item"),
) -> dict[str, object]:
    """Tables: by-month, by-department, by-county, penalties-by-class, by-item, organisations-by-kind,
    organisations-by-county, organisations-by-year."""
    _take(request)
    found, moment = _sheet(table, item)
    return {
        "code": found.code, "title": found.title, "note": found.note, "cut_off": moment.cut_off.isoformat(),
        "public_on": moment.day.isoformat(), "known_at": moment.known_at,
        "columns": [{"code": code, "label": str(label)} for code, label in found.columns],
        "rows": [{"code": row.code, "label": row.label, "values": list(row.values)} for row in found.rows],
    }  # fmt: skip


@router.get(
    "/statistics/{table}.csv", response={200: str, **NOT_FOUND}, summary="The same table as a file",
    openapi_extra={"responses": {200: {"description": "CSV, UTF-8 with a mark", "content": {"text/csv": {}}}}},
)  # fmt: skip
def statistics_csv(
    request: HttpRequest,
    table: str,
    item: str = Query("", description="narrows tables of entries to one item"),
) -> HttpResponse:
    """The numbers of the table without grouping, one header row."""
    _take(request)
    found, _moment = _sheet(table, item)
    return HttpResponse(sheets.as_csv(found), content_type="text/csv; charset=utf-8")


@router.get(
    "/catalogue",
    response={200: shapes.Catalogue, 429: EXPECTED[429]},
    summary="The catalogue with all fields",
)
def catalogue(request: HttpRequest) -> dict[str, object]:
    """What is collected here: each item with its basis, owners, deadline, publicity and fields."""
    _take(request)
    pack = law.active()
    return {
        "rules": pack.digest,
        "items": [
            {**vars(row), "basis": [vars(one) for one in row.basis], "fields": catalogue_rows.fields(pack.items[row.code])}
            for row in catalogue_rows.rows(pack)
        ],
    }  # fmt: skip


@router.get(
    "/matters",
    response={200: shapes.Matters, 429: EXPECTED[429]},
    summary="Matters by department",
)
def matters(request: HttpRequest) -> dict[str, object]:
    """The directory of matters of this place, then those every place has; each with what an organisation is checked for."""
    _take(request)
    pack = law.active()
    uses = law.uses(pack=pack)
    every = (*pack.matters, *pack.general)
    return {
        "matters": [
            {**row, **_use(one, uses)} for row, one in zip(catalogue_rows.matters(pack), every, strict=True)
        ]
    }


def _use(one: law.Matter, uses: dict[str, law.Use]) -> dict[str, object]:
    found = uses.get(one.use)
    purposes = (
        [{"code": why.code, "text": why.zh, "text_en": why.en} for why in found.purposes] if found else []
    )
    return {"use": one.use if found else "", "purposes": purposes, "sectors": list(one.sectors)}


@router.get(
    "/open/licences-{month}.csv", response={200: str, **NOT_FOUND}, summary="All public licences decided in a month",
    openapi_extra={"responses": {200: {"description": "CSV, UTF-8 with a mark, streamed", "content": {"text/csv": {}}}}},
)  # fmt: skip
def licences(request: HttpRequest, month: str) -> StreamingHttpResponse:
    """`month` is YYYY-MM. Open fields only; no legal representatives. There is no such file of penalties or lists."""
    spend(visitor(request.META), BULK, request)
    if not MONTH.fullmatch(month) or LICENCE not in law.active().items:
        raise ApiProblem(404, "no-such-file", "没有这个月份的文件。月份写成 2026-10。", where="path.month")
    response = StreamingHttpResponse(_licence_file(month, today()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="licences-{month}.csv"'
    return response


def _licence_file(month: str, on: date) -> Iterator[bytes]:
    """The file in pieces: each page of candidates goes through the gate as it is written."""
    item = law.active().items[LICENCE]
    fields = [
        field for field in item.fields
        if field.scope == "public" and field.type != "person" and field.code not in (item.subject_name, item.subject_code)
    ]  # fmt: skip
    yield b"\xef\xbb\xbf" + _line(["id", "code", "name", *(field.code for field in fields), "disputed_since"])
    after: str | None = None
    while True:
        page = listed(items=(LICENCE,), on=on, month=month, after=after, limit=BULK_PAGE)
        names = heads_of(page.entries)
        for entry in page.entries:
            cells = [entry.values.get(field.code, "") for field in fields]
            disputed = min((one.since.isoformat() for one in entry.disputes), default="")
            yield _line([str(entry.id), entry.uscc, names[entry.uscc].name, *cells, disputed])
        after = page.next
        if after is None:
            return


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    # A cell a spreadsheet would take for a formula is led by a quote
    csv.writer(out, lineterminator="\r\n").writerow(
        [f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells]
    )
    return out.getvalue().encode()


def _take(request: HttpRequest) -> None:
    """One request of the allowance of this address."""
    spend(visitor(request.META), READ, request)


def _head(code: str) -> Head:
    """Raises a 404 for whom neither the register nor the gate knows."""
    return head_of(canonical(code[:32]))


def _hit(hit: search.Hit, known: Head) -> dict[str, object]:
    former = hit.matched_name if hit.is_former and hit.matched_name in known.former else ""
    return {
        "code": known.code, "name": known.name, "kind": known.kind, "region": known.region, "status": known.status,
        "former_name": former,
    }  # fmt: skip


def _entries(entries: list[publication.Entry], subjects: dict[str, Head]) -> list[dict[str, object]]:
    items = law.active().items
    bodies = sheets.full_names({entry.authority for entry in entries})
    return [
        _entry(entry, items[entry.item], subjects[entry.uscc].name, bodies[entry.authority])
        for entry in entries
        if entry.item in items
    ]


def _entry(entry: publication.Entry, item: law.Item, name: str, authority: str) -> dict[str, object]:
    # The registered name may be only a person's: the name comes from the register's own rule instead
    hidden = {item.subject_name, item.subject_code}
    return {
        "id": entry.id, "item": entry.item, "subject": {"code": entry.uscc, "name": name},
        "authority": {"code": entry.authority, "name": authority},
        "decided_on": _day(entry.decided_on), "received_on": entry.received_on.isoformat(), "adverse": item.adverse,
        "severity": entry.severity, "shown_from": _day(entry.show_from), "shown_until": _day(entry.show_until),
        "earliest_repair": _day(entry.earliest_repair), "marks": list(entry.marks),
        "disputes": [_dispute(one, item) for one in entry.disputes],
        "values": {code: value for code, value in entry.values.items() if value and code not in hidden},
        "duty": _("再使用须至少每日查询 /api/v1/status；不再公示的，当日删除。"), "proof": None,
    }  # fmt: skip


def _dispute(one: publication.Dispute, item: law.Item) -> dict[str, str]:
    field = item.by_code.get(one.field)
    return {
        "field": one.field,
        "field_name": field.name if field else "",
        "since": one.since.isoformat(),
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _sheet(table: str, item: str) -> tuple[sheets.Sheet, statistics.AsOf]:
    known = item in law.active().items
    found = sheets.sheet(table, on=today(), items=(item,) if known else ())
    moment = statistics.as_of()
    if found is None or (item and not known):
        raise ApiProblem(
            404, "no-such-table", f"没有这张表。可用：{'、'.join(sheets.SHEETS)}。", where="path.table"
        )
    if moment is None:
        raise ApiProblem(404, "not-counted-yet", "统计数还没有算出来，请过几分钟再来。", where="path.table")
    return found, moment
