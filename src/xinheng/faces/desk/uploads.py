"""What a form may bring: files stay in memory, and a body that is too large is told so."""

from __future__ import annotations

from xinheng.faces.site.uploads import CappedMemoryHandler

LARGEST = 50 * 1024 * 1024


class SubmissionHandler(CappedMemoryHandler):
    """Keeps a submitted table in memory up to `LARGEST` bytes; one byte more and reading stops."""

    largest = LARGEST
