"""Names of bodies and subjects, and numbers of cases and papers."""

from __future__ import annotations

from typing import Any

from xinheng.cases.binding import query
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.register import service as register

OFFICE = "office"


def office_name(pack: law.Pack) -> str:
    """The platform's office as it signs."""
    return pack.setting("issuer", f"{pack.name}公共信用信息平台")


def body_name(pack: law.Pack, body: str) -> str:
    """The full name of a body; the office for ""."""
    if not body:
        return office_name(pack)
    known = law.department(pack=pack, uscc=body)
    if known is not None:
        return known.name
    registered = register.get([body]).get(body)
    return registered.shown_name if registered else body


def body_sign(pack: law.Pack, body: str) -> str:
    """How a body is written in numbers: its short name."""
    if not body:
        return pack.name
    known = law.department(pack=pack, uscc=body)
    return (known.short or known.name) if known is not None else body_name(pack, body)


def subject_name(uscc: str) -> str:
    """An organisation's name as it may be shown, its code where the register does not know it."""
    known = register.get([uscc]).get(uscc)
    return known.shown_name if known else uscc


def case_number(*, pack: law.Pack, kind: Any, body: str, year: int) -> tuple[int, str]:
    """The next serial of a body's series of a kind in a year, and the number written out. Drawn inside the
    transaction that uses it: what is rolled back leaves no gap."""
    return _next(
        "cases_case", "numbered_by", pack, body, kind.code, year, kind.numbering.pattern, kind.numbering.sign
    )


def document_number(*, pack: law.Pack, paper: Any, body: str, year: int) -> tuple[int, str]:
    """The same for a paper: one series per body, kind of paper and year."""
    return _next("cases_document", "body", pack, body, paper.code, year, paper.pattern, "")


def _next(
    table: str, column: str, pack: law.Pack, body: str, kind: str, year: int, pattern: str, sign: str
) -> tuple[int, str]:
    evidence.lock(f"{table}.{body}.{kind}.{year}")
    [(last,)] = query(
        f"SELECT COALESCE(MAX(serial), 0) FROM {table} WHERE {column} = %s AND kind = %s AND year = %s",
        [body, kind, year],
    )
    serial = int(last) + 1
    number = pattern.format(body=body_sign(pack, body), sign=sign, year=year, serial=serial)
    if query(f"SELECT 1 FROM {table} WHERE number = %s", [number]):
        # Two bodies of one short name: the code keeps their numbers apart
        number = pattern.format(body=body or OFFICE, sign=sign, year=year, serial=serial)
    return serial, number
