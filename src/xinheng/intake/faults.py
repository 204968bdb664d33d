"""A fault: where a rule is broken, in the rule's words, and what becomes of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from xinheng.law import service as law

OK, REJECTED, QUARANTINED, PERSONAL = "", "rejected", "quarantined", "refused_personal"
# Verdicts that tell and do not decide, unless the rule says otherwise
_ONLY_NOTES = ("note_over", "unknown")


@dataclass(frozen=True)
class Fault:
    """Where a rule is broken, by rows; `detail` adds the reason per row ("" for none); `verdict` is the rule's own word
    for it, where it has several."""

    where: pl.Series
    field: str
    code: str
    outcome: str
    message: str
    remedy: str
    detail: pl.Series | None = None
    verdict: str = ""

    def of(self, rows: pl.Series) -> Fault:
        """The same fault among some rows only."""
        detail = None if self.detail is None else self.detail.filter(rows)
        return replace(self, where=self.where.filter(rows), detail=detail)


def fault_of(
    rule: law.Rule,
    item: law.Item,
    field: str,
    where: pl.Series,
    *,
    other: str = "",
    verdict: str = "",
    limit: object = "",
    detail: pl.Series | None = None,
) -> Fault:
    """A fault in the words of its rule, narrowed by a verdict where the rule has several."""
    default = "note" if verdict in _ONLY_NOTES else rule.outcome
    outcome = rule.outcomes.get(verdict, default)
    message = rule.messages.get(verdict, rule.message)
    fields = item.by_code
    for mark, text in (
        ("{field}", fields[field].name),
        ("{other}", fields[other].name if other in fields else other),
        ("{limit}", str(limit)),
        ("{choices}", "、".join(fields[field].choices)),
    ):
        message = message.replace(mark, text)
    return Fault(where, field, rule.id, outcome, message, rule.remedy, detail, verdict)


def without_key(where: pl.Series, item: law.Item) -> Fault:
    """Rows that cannot be told from others: no valid code, or no decision day."""
    names = "、".join(item.by_code[code].name for code in item.key)
    return Fault(
        where, item.subject_code, "no-key", REJECTED, f"缺少识别该决定的内容({names})", "请补齐后重新报送。"
    )
