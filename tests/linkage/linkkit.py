"""What the tests of judging share: a home with a few organisations, doubtful rows, statements that came through links."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.records import service as records
from xinheng.register import service as register

BATCH, ITEM = "20261120-09001", "admin-penalty"
NAMES = (
    "淮北市中兴商贸有限公司",
    "淮北中兴商贸有限责任公司",
    "濉溪县中兴商行（个人独资）",
    "淮北市市场监督管理局",
)


def made_code(lead: str, n: int) -> str:
    """A valid code of nobody, the n-th of its kind."""
    body = f"MA2TEA{n:02d}"
    first = f"{lead}340600{body}"
    whole = f"{first}{_org_check(body)}"
    return whole + uscc.check_char(whole)


def _org_check(body: str) -> str:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    left = 11 - sum(alphabet.index(c) * w for c, w in zip(body, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(left, str(left))


CODES = tuple(made_code("11" if "局" in name else "91", n) for n, name in enumerate(NAMES))
BODY = CODES[3]


@dataclass
class Room:
    """Organisations to be asked about, and ways to ask."""

    orgs: list[register.Organisation]
    rows: int = 0

    def candidates(self, *picked: int) -> list[dict[str, Any]]:
        return [
            {"code": self.orgs[n].code, "name": self.orgs[n].name, "current": True, "confidence": 9_000 - n}
            for n in picked
        ]

    def propose(self, name: str, *picked: int, code: str = "", source: str = BODY, item: str = ITEM) -> int:
        """One doubtful row; its number, or 0 where it was not asked about."""
        self.rows += 1
        row = {
            "batch": BATCH, "row": self.rows, "item": item, "source": source, "name": name, "code": code,
            "candidates": self.candidates(*picked), "reason": "两家都像。",
        }  # fmt: skip
        with evidence.event(evidence.Act(kind="linkage.proposed", actor="test", at=AT)) as event:
            linkage.propose(event=event, rows=frame([row]))
        found = [one for one in linkage.alike(linkage.asked_key(name, code)) if one.row == self.rows]
        return found[0].id if found else 0

    def link(
        self, name: str, n: int, *, how: str = "automatic", batch: str = BATCH, code: str = "", row: int = 0
    ) -> tuple[int, int]:
        """A row linked to an organisation together with its statement: (link, statement)."""
        self.rows += 1
        row = row or self.rows
        links = pl.DataFrame(
            [{
                "batch": batch, "row": row, "item": ITEM, "source": BODY, "name": name, "asked_code": code,
                "uscc": self.orgs[n].code, "key": linkage.asked_key(name, code), "how": how, "confidence": 9_950,
                "reason": "字号和地区都相同。",
            }]
        )  # fmt: skip
        with evidence.event(evidence.Act(kind="test.rows", actor="test", at=AT)) as event:
            statement = event.row_id(event.leaves)
            records.write(event=event, frame=statement_frame(self.orgs[n], batch, row))
            linkage.record(event=event, links=links)
        return linkage.links(limit=1)[0].id, statement


def frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    kind = pl.Struct({"code": pl.String, "name": pl.String, "current": pl.Boolean, "confidence": pl.Int64})
    return pl.DataFrame(list(rows), schema_overrides={"candidates": pl.List(kind)})


def statement_frame(org: register.Organisation, batch: str, row: int) -> pl.DataFrame:
    """A penalty against this organisation that came in this row."""
    item = law.active().items[ITEM]
    values = {
        item.subject_code: org.code, item.subject_name: org.name, item.authority: BODY, item.decided_on: "2026-11-18",
        item.document_number[0]: f"淮市监罚〔2026〕{row}号",
    }  # fmt: skip
    heads = {
        "public": ["1", ITEM, item.version, org.code],
        "shared": ["1", batch, str(row), "2026-11-20"],
        "restricted": ["1"],
    }
    parts = {
        scope: "\x1f".join(
            [*head, *(values.get(f.code, "") for f in item.fields if f.scope == scope)]
        ).encode()
        for scope, head in heads.items()
    }
    told = records.derived(parts["public"], parts["shared"], parts["restricted"])
    days = dict.fromkeys(("show_from", "show_until", "repair_from"))
    return pl.DataFrame(
        [{**told, **parts, **days, "severity": "undetermined", "rule": ""}],
        schema_overrides=dict.fromkeys(days, pl.Date),
    ).with_columns(pl.col("decided_on").str.to_date("%Y-%m-%d"))


def state_of(statement: int) -> str:
    return str(records.open_standing([statement])["state"][0])


def opened(monkeypatch: pytest.MonkeyPatch) -> Room:
    """Fills the home of this process. The comparison itself answers nothing here: its own tests see to it."""
    _fill()
    quiet(monkeypatch)
    known = register.get(CODES)
    return Room([known[code] for code in CODES])


def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No comparison, and no room above that knows where a row stood before."""
    from xinheng.linkage import links

    class Nothing:
        candidates: tuple[Any, ...] = ()

    monkeypatch.setattr(links, "_origins", [])
    monkeypatch.setattr(linkage, "link_one", lambda **_: Nothing)


def _fill() -> None:
    assert all(uscc.is_valid(code) for code in CODES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.csv"
        lines = [f"{code},{name},2019-05-01,存续" for code, name in zip(CODES, NAMES, strict=True)]
        file.write_text(
            "\n".join(["统一社会信用代码,主体名称,成立日期,登记状态", *lines]) + "\n", encoding="utf-8"
        )
        register.load(path=file, at=AT, actor="test")
    evidence.drain(at=AT)
