"""A home without entries; effects that remember they ran, and no other room's handlers: this is the engine alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def ran(empty_home: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """Which effects ran, with the number of their case."""
    from casekit import BODY, OTHER_BODY, effects

    from xinheng.cases import handlers, kinds
    from xinheng.law import policy_cases
    from xinheng.law.types import Pack
    from xinheng.register import service as register

    found: list[tuple[str, str]] = []
    # Whether objections are decided by two is the office's choice; here they are
    own = Pack.setting
    monkeypatch.setattr(
        Pack, "setting", lambda pack, name, default="": "on" if name == "objection_four_eyes" else own(pack, name, default)
    )  # fmt: skip
    policy_cases._settled.cache_clear()
    kinds.forget()
    monkeypatch.setattr(register, "is_source", lambda code, pack=None: code in (BODY, OTHER_BODY))
    monkeypatch.setattr(handlers, "_effects", dict(effects(found)))
    monkeypatch.setattr(handlers, "_steps", [])
    monkeypatch.setattr(handlers, "_late", {})
    monkeypatch.setattr(handlers, "_moved", [])
    yield found
    policy_cases._settled.cache_clear()
    kinds.forget()
