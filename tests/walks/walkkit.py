"""What the walks share: a walktown in which two firms and two departments have something the other must not see.

`a` is the firm of the case, `x` the department that decided on it; `b` and `y` are the others. A plugin, loaded by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from moments import AT

PASSWORD = "correct-horse-battery"
REASON = "河东路口第七号仓库的面积写错了"
FILE = "仓库平面图七七.pdf"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
BACKEND = "django.contrib.auth.backends.ModelBackend"
ISSUER = "https://provider.example"


@dataclass(frozen=True)
class Town:
    """Who is who, and what belongs to `a` and `x`."""

    a: str
    b: str
    x: str
    y: str
    statement: int
    other: int
    case: str
    attachment: int
    paper: str
    batch: str
    notice: int
    repair_notice: str
    agent: str
    agent_b: str

    @property
    def markers(self) -> dict[str, str]:
        """What nobody but `a`, `x`, the office and the auditor may read anywhere."""
        return {"reason": REASON, "file": FILE, "case": self.case, "paper": self.paper}

    def client(self, name: str = "", **options: Any) -> Any:
        """A browser, signed in under a name: x-clerk, y-decide, office, auditor, or an agent's account."""
        from django.test import Client

        from xinheng.accounts.models import Account

        browser = Client(**options)
        if name:
            browser.force_login(Account.objects.get(name=name), backend=BACKEND)
        return browser


@pytest.fixture
def walktown(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """The walktown, made once in a run and copied for each test, on its own day."""
    homes = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[1] / "conftest.py"))
    assert homes is not None
    template = homes.build("walks", lambda: _fill(homes.workspace()))
    from xinheng.faces.site.limits import buckets

    monkeypatch.setenv("XINHENG_TODAY", AT.date().isoformat())
    buckets.clear()
    for _home in homes.copied(template, tmp_path, monkeypatch):
        yield template.told


def _fill(folder: Path) -> Town:
    from xinheng.accounts import service as accounts
    from xinheng.cases import service as cases
    from xinheng.evidence import service as evidence
    from xinheng.faces.city import build_city
    from xinheng.notices import service as notices
    from xinheng.remedies import service as remedies

    build_city(orgs=300, records=1_200, seed=7, at=AT, folder=folder / "walk-files")
    mine, other = _two_firms()
    a, b, y = mine.uscc, other.uscc, other.authority
    agents = [_agent(code, number) for number, code in enumerate((a, b))]
    opened = remedies.object(
        statement=mine.id, reason=REASON, actor=cases.Actor(f"desk:{agents[0]}", "organisation", a), at=AT,
        channel="workspace", attachments=[cases.Upload(FILE, PDF)],
    ).case  # fmt: skip
    x = opened.body
    assert x not in ("", y)
    for letter, body in (("x", x), ("y", y)):
        for role, name in (("department", "clerk"), ("reviewer", "review"), ("authority", "decide")):
            accounts.add(
                name=f"{letter}-{name}",
                role=role,
                body=body,
                title="岗",
                password=PASSWORD,
                at=AT,
                actor="test",
            )
    for name, role in (("office", "office"), ("auditor", "auditor")):
        accounts.add(name=name, role=role, body="", title="岗", password=PASSWORD, at=AT, actor="test")
    office = cases.Actor("desk:office", "office")
    cases.act(number=opened.number, act="forward", actor=office, at=AT)
    everything = cases.Reader("office")
    [attachment] = cases.attachments(number=opened.number, reader=everything)
    paper = cases.documents(number=opened.number, reader=everything)[0]
    made = remedies.repair_notice(
        authority=x, document="测罚〔2026〕7号", subject="某公司", uscc=a, decided_on=AT.date(), at=AT, actor="desk:x-decide",
        fine="1000", categories="罚款", basis="《安全生产法》第九十九条", facts="测试",
    )  # fmt: skip
    notices.collect(at=AT)
    evidence.drain(at=AT)
    return Town(
        a=a, b=b, x=x, y=y, statement=mine.id, other=other.id, case=opened.number, attachment=attachment.id,
        paper=paper.number, batch=_batch(x), notice=notices.inbox(uscc=a)[0].id, repair_notice=made.number,
        agent=agents[0], agent_b=agents[1],
    )  # fmt: skip


def _two_firms() -> tuple[Any, Any]:
    """Two penalties of different firms by different departments that send for themselves."""
    from xinheng.intake import service as intake
    from xinheng.publication import service as publication

    senders = {batch.source for batch in intake.batches(item="admin-penalty", limit=500)}
    found = publication.statements(audience="public", on=AT.date(), item="admin-penalty", limit=500)
    mine = next(one for one in found if one.authority in senders)
    away = (one for one in found if one.authority in senders and one.authority != mine.authority)
    return mine, next(one for one in away if one.uscc != mine.uscc)


def _batch(source: str) -> str:
    from xinheng.intake import service as intake

    found = intake.batches(source=source, limit=50)
    return next(
        (one.number for one in found if one.counts["rejected"] + one.counts["quarantined"]), found[0].number
    )


def _agent(code: str, number: int) -> str:
    from xinheng.accounts import service as accounts

    told = accounts.Told(ISSUER, f"agent-{number}", code)
    return accounts.claim(told=told, listed=lambda _code: True, at=AT)
