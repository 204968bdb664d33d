"""The day the tests live in. A module of its own: several `conftest.py` share one name, so none can be imported."""

from __future__ import annotations

from datetime import UTC, datetime

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
