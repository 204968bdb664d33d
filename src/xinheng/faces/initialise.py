"""Making a home: folders, keys, tables, the first ledger entry."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.core.management import call_command

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.reports import service as reports


def initialise(*, pack: str, sandbox: bool, at: datetime, today: date | None = None) -> None:
    """Creates the home of this process for a pack. Refuses an existing home and a pack that fails its check.

    `today` fixes the day a sandbox lives on (a demonstration's); without it the day is the clock's.
    """
    place = home()
    loaded = law.load(pack)
    region = loaded.region
    fixed = today.isoformat() if today and sandbox else ""
    place.create(pack=pack, sandbox=sandbox, origin=f"xinheng/{region}/{secrets.token_hex(4)}", today=fixed)
    secret = place.keys / "django.key"
    secret.write_text(secrets.token_urlsafe(48))
    secret.chmod(0o600)
    evidence.create_log_key(at=at)
    reports.create_document_key(at=at)
    call_command("migrate", verbosity=0, interactive=False)
    law.remember(loaded)
    act = evidence.Act(
        kind="home.opened",
        actor="operator",
        at=at,
        pack=loaded.digest,
        detail={"pack": pack, "sandbox": sandbox, "origin": evidence.origin()},
    )
    with evidence.event(act):
        pass
    evidence.drain(at=at)
    evidence.write_trust_bundle(at=at)
