"""Checks of a city that does not exist: what its desks asked before they decided, on the days they asked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from xinheng.checks import requests as batch_requests
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.publication import service as publication

DAYS, ROUNDS, EACH = 60, 14, 4
ITEMS = ("serious-list", "admin-penalty", "judgment-defaulter", "tax-grade-a", "honour")
# Matter, scope, purpose: in turn, so that every kind of check is there
TURNS = (
    ("procurement-award", "shared", "supplier-review"),
    ("subsidy-grant", "shared", "fund-grant"),
    ("honour-award", "shared", "honour-review"),
    ("inspection-plan", "shared", "inspection-plan"),
    ("policy-benefit", "public", ""),
    ("bid-evaluation", "shared", "bidder-review"),
)
# What a scanner would have made; the letter of a fictional unit has one line
LETTER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F<</Type/Font/Subtype/Type1"
    b"/BaseFont/Helvetica>>>>>>/Contents 4 0 R>>endobj\n4 0 obj<</Length 66>>stream\n"
    b"BT /F 14 Tf 72 760 Td (Demonstration: a stamped request letter) Tj ET\n  \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass
class CheckPlay:
    """The checks as far as they were asked. `ends` is the demonstration's day; `units` the codes of the units whose
    desks ask, by sector; `refused` what the law or a right refused."""

    ends: date
    units: Mapping[str, str]
    asked: int = 0
    rounds: int = 0
    last: date | None = None
    refused: list[str] = field(default_factory=list)

    def on(self, at: datetime) -> None:
        """A few checks of this day, once for each day of the last two months, until there are enough."""
        day = evidence.legal_day(at)
        if (
            day == self.last
            or day < self.ends - timedelta(days=DAYS)
            or self.rounds >= ROUNDS
            or not self.units
        ):
            return
        self.last, self.rounds = day, self.rounds + 1
        wanted = [
            one.uscc
            for item in ITEMS
            for one in publication.statements(audience="public", on=day, item=item, limit=EACH)
        ]
        units = sorted(self.units.items())
        for place, code in enumerate(dict.fromkeys(wanted)):
            sector, body = units[place % len(units)]
            matter, scope, purpose = TURNS[(self.rounds + place) % len(TURNS)]
            self._ask(
                code, matter, scope, purpose, _asker(sector, body), at, f"演办〔2026〕{self.asked + 1:03d}号"
            )

    def _ask(
        self, code: str, matter: str, scope: Any, purpose: str, asker: checks.Asker, at: datetime, case: str
    ) -> str:
        self.asked += 1
        try:
            return str(
                checks.check(
                    uscc=code,
                    matter=matter,
                    asker=asker,
                    at=at,
                    scope=scope,
                    purpose=purpose,
                    case_number=case,
                ).number
            )
        except XinhengError as error:
            self.refused.append(error.code)
            return ""

    def today(self, *, firms: Mapping[str, str], organisation: str, at: datetime) -> dict[str, str]:
        """The checks the ten-minute story tells of, a batch, and two requests under a letter; the numbers by their part."""
        if not self.units:
            return {}
        (sector, body), (other, buyer) = sorted(self.units.items())[0], sorted(self.units.items())[-1]
        desk, buying = _asker(sector, body), _asker(other, buyer)
        told = {
            "procurement": self._ask(
                firms.get("serious", organisation),
                "procurement-award",
                "shared",
                "supplier-review",
                buying,
                at,
                "采〔2026〕演001号",
            ),
            "deferred": self._ask(
                organisation, "bid-evaluation", "shared", "bidder-review", buying, at, "招〔2026〕演002号"
            ),
            "seen": self._ask(
                organisation, "subsidy-grant", "shared", "fund-grant", desk, at, "补〔2026〕演003号"
            ),
            "public": self._ask(organisation, "policy-benefit", "public", "", desk, at, ""),
        }
        # Out of curiosity is no purpose: refused, and the refusal is on record
        self._ask(organisation, "honour-award", "shared", "bidder-review", desk, at, "")
        told |= self._batches(desk, buying, at)
        checks.seal(at=at)
        return {name: number for name, number in told.items() if number}

    def _batches(self, desk: checks.Asker, buying: checks.Asker, at: datetime) -> dict[str, str]:
        on = evidence.legal_day(at)
        codes = tuple(
            dict.fromkeys(
                one.uscc
                for item in ("admin-licence", "admin-penalty", "serious-list")
                for one in publication.statements(audience="public", on=on, item=item, limit=20)
            )
        )
        if not codes:
            return {}
        batch = checks.check_many(
            usccs=codes, matter="honour-award", asker=desk, at=at, scope="shared", purpose="honour-review",
            case_number="评〔2026〕演004号",
        )  # fmt: skip
        told = {"batch": batch.number}
        for asker, letter, name in (
            (buying, "淮交函〔2026〕演8号", "done"),
            (desk, "淮市监函〔2026〕演15号", "waiting"),
        ):
            made = batch_requests.ask(
                body=asker.body, role=asker.role, matter="subsidy-grant", sifted=batch_requests.sift(codes[:20]), scope="shared",
                purpose="fund-grant", case_number="", letter=letter, scan=LETTER, actor=asker.id, at=at,
            )  # fmt: skip
            told[name] = made.number
            if name == "done":
                batch_requests.approve(number=made.number, actor="desk:office", at=at)
                batch_requests.run(number=made.number, sector=asker.sector, actor="desk:office", at=at)
        return told


def _asker(sector: str, body: str) -> checks.Asker:
    """The desk of a unit: the account the demonstration signs in with."""
    name = {"market-regulation": "scjg-decide", "transport": "jtys-decide"}.get(sector, sector)
    return checks.Asker("desk", f"desk:{name}", "authority", body, sector)
