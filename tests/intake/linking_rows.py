"""Rows without a code for the tests of linking, and a stand-in for the comparison. Everything here is invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
from intake_rows import AGENCY, AT, SUBJECT, code, penalty

from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.linkage import service as linkage

NAME = "淮北市甲乙丙商贸有限公司"
OTHER, TWIN = code("91", 7), code("91", 8)
CANDIDATE = {"code": SUBJECT, "name": NAME, "current": True, "confidence": 9_970}


class Linker:
    """Stands in for the comparison: answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[str, str, list[dict[str, Any]]]] = {}
        self.asked: list[tuple[str, str]] = []

    def links(self, name: str, to: str = SUBJECT, held: str = NAME) -> None:
        self.answers[name] = ("linked", to, [CANDIDATE | {"code": to, "name": held}])

    def doubts(self, name: str, *candidates: dict[str, Any]) -> None:
        self.answers[name] = ("human", "", list(candidates) or [CANDIDATE | {"confidence": 6_100}])

    def __call__(self, frame: pl.DataFrame, *, name: str, code: str, **_: Any) -> pl.DataFrame:
        asked = list(frame.select(name, code).iter_rows())
        self.asked += asked
        rows = []
        for called, number in asked:
            outcome, to, candidates = self.answers.get(called, ("none", "", []))
            stands = linkage.verdicts([linkage.asked_key(called, number)])
            same = stands.filter(pl.col("verdict") == "same")["code"].to_list()
            no = stands.filter(pl.col("verdict") == "different")["code"].to_list()
            candidates = [one for one in candidates if one["code"] not in no]
            if same:
                outcome, to = "linked", same[0]
            elif to in no:
                outcome, to = "none", ""
            rows.append(
                (outcome, to, 9_970 if to else 0, "字号相同;登记库里很少见。", bool(same), candidates)
            )
        return pl.DataFrame(rows, schema=linkage.ANSWER, orient="row")


def counts(receipt: Any) -> dict[str, int]:
    return {name: getattr(receipt, name) for name in intake.OUTCOMES if getattr(receipt, name)}


def codes(receipt: Any) -> list[tuple[int, str]]:
    return [(problem["row"], problem["code"]) for problem in receipt.problems]


def held(uscc: str = SUBJECT) -> list[int]:
    from xinheng.records.models import Standing, Statement

    open_ = Standing.objects.filter(closed_by__isnull=True, state="held").values_list(
        "statement_id", flat=True
    )
    return list(Statement.objects.filter(uscc=uscc, id__in=list(open_)).values_list("id", flat=True))


def damaged(number: int = 1, **changes: str) -> dict[str, str]:
    return penalty(**{"CF_XDR_SHXYM": "", "CF_WSH": f"号{number}", **changes})


def judge(pending: int, to: str = SUBJECT, verdict: str = "same", days: int = 0) -> Any:
    return linkage.judge(
        pending=pending,
        code=to,
        verdict=verdict,
        why="核对了营业执照",
        actor="office",
        at=AT + timedelta(days=days),
    )


def defaulter(item: law.Item) -> dict[str, str]:
    samples = {one.code: (one.choices or one.samples or ("",))[0] for one in item.fields}
    filled = {"{place}": "淮北市", "{county}": "濉溪县", "{year}": "2026", "{serial}": "1"}
    row = {name: _filled(text, filled) for name, text in samples.items()}
    return row | {
        "SX_FBRQ": "2026/11/12", "SX_LARQ": "", "SX_YCRQ": "", "SX_YCYY": "", "SX_LXQK": "全部未履行",
        item.authority: AGENCY, item.source_code: AGENCY,
    }  # fmt: skip


def _filled(text: str, values: dict[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
