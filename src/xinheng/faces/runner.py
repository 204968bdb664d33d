"""The one background process of `serve`: follows the ledger, publishes checkpoints, looks into the drop folder, counts."""

from __future__ import annotations

import logging
import os
import signal
import time

PAUSE = 2.0
log = logging.getLogger("xinheng.runner")


def main() -> None:
    """Drains the followers every two seconds until told to stop; a failed round is logged and tried again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    import django

    django.setup()
    from django.db import close_old_connections

    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.intake import service as intake
    from xinheng.linkage import service as linkage
    from xinheng.statistics import service as statistics

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    parent = os.getppid()
    while not stopped and os.getppid() == parent:
        try:
            close_old_connections()
            if evidence.published_size() != evidence.size() or any(evidence.lag().values()):
                evidence.drain(at=now(), wait=False)
                evidence.write_trust_bundle(at=now())
            linkage.refresh_index()
            for answer in intake.collect_drops(at=now(), actor="runner"):
                log.info("drop folder: %s %s", answer.outcome, answer.batch or answer.reason)
            statistics.refresh(at=now())
        except Exception as error:
            log.warning("runner round failed: %s", type(error).__name__)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
