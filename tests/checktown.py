"""What tests of checks share: who asks for what, about whom in the small city."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from moments import AT
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.publication import service as publication
from xinheng.register import service as register

ON = evidence.legal_day(AT)
PROCUREMENT, LICENCE = "procurement-award", "food-business-licence"


def desk(**more: Any) -> checks.Asker:
    """A clerk of the market regulator."""
    told = {
        "kind": "desk",
        "id": "clerk",
        "role": "department",
        "body": UNIT,
        "sector": "market-regulation",
        **more,
    }
    return checks.Asker(**told)


UNIT = "11340600MB0000001A"
PURPOSE = {PROCUREMENT: "supplier-review", LICENCE: "licence-decision"}


def public(code: str, matter: str = PROCUREMENT, at: Any = AT) -> checks.Answer:
    """What any visitor is answered."""
    return checks.check(uscc=code, matter=matter, asker=checks.PUBLIC, at=at)


def shared(
    code: str, matter: str = PROCUREMENT, at: Any = AT, asker: Any = None, **more: Any
) -> checks.Answer:
    """A clerk's check for a purpose that fits."""
    return checks.check(
        uscc=code, matter=matter, asker=asker or desk(), at=at, scope="shared", purpose=PURPOSE[matter],
        case_number=more.pop("case_number", "测〔2026〕1号"), **more,
    )  # fmt: skip


def shown(
    item: str = "admin-penalty", on: date = ON, severity: str = "", **more: Any
) -> list[publication.Entry]:
    """Entries the public sees, newest first."""
    found = publication.statements(audience="public", on=on, item=item, limit=500, **more)
    return [one for one in found if not severity or one.severity == severity]


def list_some(folder: Path, count: int = 6) -> None:
    """Puts a few organisations that have penalties on a list, through the real intake."""
    codes = [*dict.fromkeys(one.uscc for one in shown() if one.uscc.startswith("91"))][:count]
    named = register.get(codes)
    source = shown()[0].authority
    columns = ("主体名称", "统一社会信用代码", "名单类别", "列入决定文书号", "列入日期", "列入原因", "列入机关", "列入机关统一社会信用代码",
               "数据来源单位", "数据来源单位统一社会信用代码")  # fmt: skip
    file = folder / "listed.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for place, code in enumerate(codes):
            kind = ("政府采购严重违法失信行为记录", "重大税收违法失信主体", "安全生产严重失信")[place % 3]
            writer.writerow(
                [named[code].name, code, kind, f"测严列字〔2026〕{place + 1}号", "2026-03-02", "在虚构的采购活动中提供虚假材料",
                 "虚构市财政局", source, "虚构市财政局", source]
            )  # fmt: skip
    receipt = intake.run(path=file, item="serious-list", source=source, at=AT, actor="test")
    assert receipt.accepted == count, [one.code for one in receipt.problems]
