"""The one background process of `serve`: follows the ledger, publishes checkpoints, looks into the drop folder, counts,
and does once in a legal day what is due once a day."""

from __future__ import annotations

import logging
import os
import signal
import time
from datetime import date, datetime, timedelta

PAUSE = 2.0
LETTERS = 100
CARDS = 5_000
MESSAGES, DELIVERING = 500, 6.0
"""Webhooks of one round: a slow receiver must not keep the runner from its other work."""
AGAIN = timedelta(minutes=10)
"""How long after a daily round in which something failed it is tried again."""
log = logging.getLogger("xinheng.runner")


class Daily:
    """Does the daily round once in a legal day, and once more after every restart: doing it twice changes nothing."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.tried: datetime | None = None

    def round(self, at: datetime) -> bool:
        """Whether the round was run now. One in which a part failed is tried again ten minutes later."""
        from xinheng.evidence import service as evidence
        from xinheng.faces.nightly import nightly

        on = evidence.legal_day(at)
        if self.day == on or (self.tried is not None and at < self.tried + AGAIN and self.day is None):
            return False
        self.tried, self.day = at, None
        told = nightly(at)
        if told.ok:
            self.day = on
        return True


def main() -> None:
    """Drains the followers every two seconds until told to stop; a failed round is logged and tried again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    import django

    django.setup()
    from django.db import close_old_connections

    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.intake import service as intake
    from xinheng.linkage import service as linkage
    from xinheng.notices import service as notices
    from xinheng.publication import service as publication
    from xinheng.statistics import service as statistics
    from xinheng.subscriptions import service as subscriptions

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    parent = os.getppid()
    daily = Daily()
    while not stopped and os.getppid() == parent:
        try:
            close_old_connections()
            checks.seal(at=now())
            if evidence.published_size() != evidence.size() or any(evidence.lag().values()):
                evidence.drain(at=now(), wait=False)
                evidence.write_trust_bundle(at=now())
            publication.make_cards(most=CARDS)
            linkage.refresh_index()
            for answer in intake.collect_drops(at=now(), actor="runner"):
                log.info("drop folder: %s %s", answer.outcome, answer.batch or answer.reason)
            statistics.refresh(at=now())
            daily.round(now())
            if notices.due_now(at=now()):
                notices.deliver(at=now(), most=LETTERS)
            subscriptions.decide(at=now())
            if subscriptions.due_now(at=now()):
                subscriptions.deliver(at=now(), most=MESSAGES, seconds=DELIVERING)
        except Exception as error:
            log.warning("runner round failed: %s", type(error).__name__)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
