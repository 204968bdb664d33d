"""What the reports room owes the ledger: recomputing its rows, withdrawing reports, the certificates of the bundle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.records import service as records
from xinheng.reports import keys
from xinheng.reports.models import Report


def findings() -> Iterator[evidence.Finding]:
    """Report rows that do not follow from the ledger."""
    from xinheng.reports.service import COLUMNS

    told = {}
    withdrawn: dict[str, int] = {}
    for entry in evidence.events(kinds=["report.issued", "report.withdrawn"]):
        detail = entry.body["detail"]
        if entry.kind == "report.issued":
            told[entry.id << 15] = detail["row"]
        else:
            for number in detail["withdrawn"]:
                withdrawn.setdefault(number, entry.id)
    seen = set()
    for row in Report.objects.order_by("id").values_list(*COLUMNS, "withdrawn_by"):
        seen.add(row[0])
        if told.get(row[0]) != evidence.rows_digest([row[:-1]]):
            yield evidence.Finding("report-row", f"报告 {row[2]} 的登记与账本不符")
        if row[-1] != withdrawn.get(row[2]):
            yield evidence.Finding("report-withdrawn", f"报告 {row[2]} 的撤回标记与账本不符")
    for missing in sorted(set(told) - seen):
        yield evidence.Finding("report-missing", f"账本记有一份报告({missing}),登记里没有")


def withdraw_reports_on(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Reports on organisations some of whose content was erased no longer stand: the status list says withdrawn."""
    touched = Report.objects.filter(uscc__in={parts.uscc for parts in erased}, withdrawn_by=None)
    numbers = list(touched.order_by("number").values_list("number", flat=True))
    if numbers:
        withdraw(numbers=numbers, act=replace(act, kind="report.withdrawn", detail={}))


def withdraw(*, numbers: Sequence[str], act: evidence.Act) -> None:
    """Marks reports as withdrawn in one ledger entry; ones withdrawn before are left alone."""
    for start in range(0, len(numbers), 10_000):
        with evidence.event(act) as event:
            part = list(numbers[start : start + 10_000])
            event.detail["withdrawn"] = part
            event.count(len(part))
            Report.objects.filter(number__in=part, withdrawn_by=None).update(withdrawn_by=event.id)


def certificates(at: datetime) -> list[dict[str, Any]]:
    """The certificates of the trust bundle."""
    return keys.certificates()
