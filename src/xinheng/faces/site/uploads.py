"""Uploaded reports stay in memory: nothing a visitor sends is ever written to a disk."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

LARGEST = 12 * 1024 * 1024


class CappedMemoryHandler(MemoryFileUploadHandler):
    """Keeps a file in memory up to `largest` bytes and stops reading the request at the first byte over it.

    Django's own handler steps aside for a large body, which would silently lose the file; this one says so in
    `request.META["XINHENG_UPLOAD_TOO_LARGE"]`.
    """

    largest = LARGEST

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.activated = True
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._received += len(raw_data)
        if self._received > self.largest:
            if self.request is not None:
                self.request.META["XINHENG_UPLOAD_TOO_LARGE"] = True
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)
