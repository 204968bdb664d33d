"""What a report says and how each line is proven: the two JSON documents inside it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from xinheng.evidence import service as evidence
from xinheng.kernel.leaf import commit_part
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.publication.policy_visibility import PARTS
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.reports import shape

MAX_ENTRIES = 400  # laying out more takes seconds; what is left out is counted and said
# The catalogue's categories (domain facts 3.1) under the sections of the national report
SECTION_OF_CATEGORY = {
    "行政管理信息": "administration",
    "诚实守信相关荣誉信息": "honours",
    "严重失信主体名单信息": "serious",
    "经营（活动）异常名录（状态）信息": "abnormal",
    "信用承诺及其履行情况信息": "commitments",
    "信用评价结果信息": "evaluation",
    "司法裁判及执行信息": "judgments",
}


def entries_of(
    *, uscc: str, audience: str, on: date, valid_on: date, known_at: int | None
) -> list[publication.Entry]:
    """Everything this audience may see about one organisation, newest first, page by page through the gate.

    The report lists the first `MAX_ENTRIES` and counts the rest. What is for supervision only goes on no paper at all.
    """
    internal = {code for code, item in law.active().items.items() if item.internal}
    found: list[publication.Entry] = []
    after: int | None = None
    while page := publication.statements(
        audience=audience, on=on, valid_on=valid_on, known_at=known_at, uscc=uscc, after=after,
        limit=publication.MAX_PAGE,
    ):  # fmt: skip
        found += [entry for entry in page if entry.item not in internal]
        if len(page) < publication.MAX_PAGE:
            break
        after = page[-1].id
    return found


def report(
    *,
    number: str,
    serial: int,
    audience: shape.Audience,
    organisation: register.Organisation,
    entries: Sequence[publication.Entry],
    at: datetime,
    valid_on: date,
    known_on: date,
    position: int,
    sandbox: bool,
    certificate: str,
    public_url: str,
) -> shape.Report:
    """`report.json`: the national layout, filled only with what the gate let through."""
    pack = law.active()
    return {
        "format": shape.FORMAT,
        "layout": shape.LAYOUT,
        "number": number,
        "audience": audience,
        "issued_at": at.astimezone(evidence.SHANGHAI).isoformat(timespec="seconds"),
        "valid_on": valid_on.isoformat(),
        "known_on": known_on.isoformat(),
        "position": position,
        "origin": evidence.origin(),
        "pack": {"code": pack.code, "name": pack.name, "digest": pack.digest},
        "issuer": pack.setting("issuer", f"{pack.name}公共信用信息平台"),
        "organisation": _organisation(organisation),
        "sections": _sections(
            pack, entries[:MAX_ENTRIES], len(entries) - MAX_ENTRIES, audience, organisation.code
        ),
        "status_index": serial,
        "verify_url": f"{public_url.rstrip('/')}/verify/{number}" if public_url else "/verify/",
        "sandbox": sandbox,
        "certificate": certificate,
    }


def proof(entries: Sequence[publication.Entry], audience: str) -> shape.Proof:
    """`proof.json`: opens the parts this audience sees and places each leaf under today's checkpoint."""
    stored = records.statements([entry.id for entry in entries])
    size = evidence.published_size()
    schemas: dict[tuple[str, str], shape.PartSchema] = {}
    statements: list[shape.ProvenStatement] = []
    shares = "shared" in PARTS[audience]
    for entry in entries:
        parts = stored[entry.id]
        item = records.item_of(parts.item, parts.item_version)
        schemas.setdefault((item.code, item.version), _schema(item, shares))
        salts = [parts.salts[start : start + 32] for start in (0, 32, 64)]
        proven: shape.ProvenStatement = {
            "id": entry.id,
            "leaf_index": entry.leaf_index,
            "public": _b64(parts.public),
            "salt0": _b64(salts[0]),
            "c1": _b64(commit_part(1, salts[1], parts.shared)),
            "c2": _b64(commit_part(2, salts[2], parts.restricted)),
            "path": [_b64(node) for node in evidence.inclusion(entry.leaf_index, size)],
        }
        if shares:
            proven["shared"] = _b64(parts.shared)
            proven["salt1"] = _b64(salts[1])
        statements.append(proven)
    return {
        "origin": evidence.origin(),
        "checkpoint": evidence.checkpoint(),
        "size": size,
        "schemas": list(schemas.values()),
        "statements": statements,
    }


def _schema(item: law.Item, shares: bool) -> shape.PartSchema:
    schema: shape.PartSchema = {
        "item": item.code,
        "version": item.version,
        "public": [field.code for field in item.fields if field.scope == "public"],
    }
    if shares:
        schema["shared"] = [field.code for field in item.fields if field.scope == "shared"]
    return schema


def _concerns(item: law.Item, code: str) -> bool:
    """Whether an item speaks of organisations with such a code: one about public bodies says nothing of a firm."""
    starts = [rule for rule in item.rules if rule.kind == "code_starts" and item.subject_code in rule.fields]
    return all(code.startswith(tuple(rule.params["prefixes"])) for rule in starts)


def _item_note(pack: law.Pack, item: law.Item, audience: str) -> shape.ItemNote:
    """An item that no rule opens to the public is said to be withheld: its silence must not read as "none"."""
    note: shape.ItemNote = {"code": item.code, "name": item.name, "collected": True}
    versions = pack.publication.get(item.publication, ())
    if audience == "public" and not any(one.shown for v in versions for one in v.classes.values()):
        note["withheld"] = True
    return note


def _sections(
    pack: law.Pack, entries: Sequence[publication.Entry], omitted: int, audience: str, uscc: str
) -> list[shape.Section]:
    concerned = [item for item in pack.items.values() if not item.internal and _concerns(item, uscc)]
    items = sorted(concerned, key=lambda item: (law.SECTIONS.index(item.section), item.order))
    section_of = {code: SECTION_OF_CATEGORY.get(item.category, "other") for code, item in pack.items.items()}
    return [
        {
            "code": code,
            "title": title,
            "collected": code in section_of.values(),
            "entries": [_entry(entry) for entry in entries if section_of[entry.item] == code],
            "items": [_item_note(pack, item, audience) for item in items if section_of[item.code] == code],
            **({"omitted": omitted} if omitted > 0 and code == "administration" else {}),  # type: ignore[typeddict-item]
        }
        for code, title in shape.SECTIONS.items()
    ]


_TYPES: dict[str, Literal["text", "date", "code", "enum", "money"]] = {
    "date": "date", "code": "code", "enum": "enum", "money": "money",
}  # fmt: skip


def _entry(entry: publication.Entry) -> shape.Entry:
    item = law.active().items[entry.item]
    # The legal representative is for the page the law names; a report of this version leaves it out
    fields: list[shape.FieldValue] = [
        {
            "code": field.code,
            "label": field.name,
            "value": entry.values[field.code],
            "type": _TYPES.get(field.type, "text"),
        }
        for field in _in_card_order(item)
        if field.code in entry.values and field.scope != "restricted"
    ]
    provision = law.provision(entry.rule) if entry.rule else None
    return {
        "id": entry.id,
        "item": entry.item,
        "item_name": item.name,
        "title": _title(item, entry.values),
        "adverse": item.adverse,
        "listed": item.section == "lists",
        "fields": fields,
        "severity": entry.severity,  # type: ignore[typeddict-item]
        "shown_from": _day(entry.show_from),
        "shown_until": _day(entry.show_until),
        "earliest_repair": _day(entry.earliest_repair),
        "marks": list(entry.marks),
        "disputes": [
            {
                "field": one.field,
                "label": item.by_code[one.field].name if one.field in item.by_code else "",
                "since": one.since.isoformat(),
            }
            for one in entry.disputes
        ],
        "decided_on": _day(entry.decided_on),
        "rule": {
            "id": entry.rule,
            "citation": provision.citation if provision else "",
            "confidence": provision.confidence if provision else "",
        },
    }


def _title(item: law.Item, values: Mapping[str, str]) -> str:
    """What heads the entry: its title, else what it is about, else its kind, else the item's name."""
    parts = (item.card.title, item.card.what, item.card.kind)
    return next((values[part] for part in parts if values.get(part)), item.name)


def _in_card_order(item: law.Item) -> list[law.Field]:
    """The fields of the card first, as it lays them out; the others follow in the order of the standard."""
    card = item.card
    leading = (
        card.kind, card.title, card.what, card.outcome, card.document, item.decided_on, card.who, card.law,
        card.starts, card.ends, card.exit_on, card.exit_why,
    )  # fmt: skip
    first = [item.by_code[code] for code in dict.fromkeys(leading) if code]
    return [*first, *(field for field in item.fields if field not in first)]


def _organisation(found: register.Organisation) -> shape.Organisation:
    return {
        "code": found.code,
        "name": register.display_name(code=found.code, name=found.name, region=found.region),
        "former_names": list(found.former_names),
        "kind": found.kind,
        "region": found.region_name or found.region,
        "industry": found.industry,
        "established_on": found.established_on,
        "status": found.status,
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
