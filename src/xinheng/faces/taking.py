"""Files that came over the web, handed to the intake: never written to a disk, and taken in while nobody waits.

The intake reads files by path. Bytes of a request are lent a path that leads to memory only (an anonymous file of the
kernel), so that nothing unredacted touches a disk. Taking in runs in a thread of the web worker: the sender may close
the page. If the worker dies half-way the same file, sent again, goes on where it stopped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.kernel.errors import XinhengError

WAIT = 20.0  # seconds until a batch must have its number
log = logging.getLogger("xinheng.taking")


class _Run:
    """One intake in a thread of its own."""

    def __init__(self, data: bytes, **arguments: object) -> None:
        self.number = ""
        self.error: XinhengError | None = None
        self.done = threading.Event()
        self._data, self._arguments = data, arguments
        self._thread = threading.Thread(target=self._work, name="intake-of-a-form", daemon=False)

    def begin(self) -> None:
        self._thread.start()

    def _work(self) -> None:
        try:
            with intake.lent_path(self._data) as path:
                receipt = intake.run(path=path, **self._arguments)  # type: ignore[arg-type]
            self.number = receipt.batch
        except XinhengError as error:
            self.error = error
        except Exception as error:
            # Only its kind: the text may quote a row
            log.error("intake failed: %s", type(error).__name__)
            self.error = intake.RowsWithheld("受理中断,已入库的行不受影响。请把同一文件再发一次,会接着处理。")
        finally:
            self.done.set()
            self._follow()
            connection.close()

    def _follow(self) -> None:
        """Lets the followers catch up at once; where the runner is at it already, or one of them fails, it will."""
        try:
            evidence.drain(at=self._arguments["at"], wait=False)  # type: ignore[arg-type]
        except Exception as error:
            log.warning("followers wait for the runner: %s", type(error).__name__)


def start(
    *,
    data: bytes,
    item: str,
    source: str,
    at: datetime,
    actor: str,
    mapping: Mapping[str, str] | None = None,
) -> str:
    """Begins to take a file in and returns the number of its batch, at the latest when it is done.

    Raises what the intake refuses at once: an unreadable file, a source that may not report.
    """
    known = {batch.number for batch in intake.batches(source=source, item=item, limit=200)}
    extra = {} if mapping is None else {"mapping": dict(mapping)}
    run = _Run(data, item=item, source=source, at=at, actor=actor, **extra)
    run.begin()
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        if run.done.wait(0.05):
            break
        opened = [
            batch.number
            for batch in intake.batches(source=source, item=item, limit=200)
            if batch.number not in known
        ]
        if opened:
            return opened[0]
    if run.error is not None:
        raise run.error
    if not run.number:
        raise intake.RowsWithheld("平台正忙,还没有开始受理。请过一会儿把同一文件再发一次。")
    return run.number


def look(*, data: bytes, item: str, source: str) -> intake.Look:
    """What a file's columns are, without taking anything in."""
    with intake.lent_path(data) as path:
        return intake.look(path=path, item=item, source=source)
