"""The trust bundle: the one public file that lets anyone, offline, check what this home signed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from xinheng.evidence import keys
from xinheng.home import home

Part = Callable[[datetime], Any]
_parts: dict[str, Part] = {}


def register_trust_part(name: str, part: Part) -> None:
    """A room that signs or revokes things adds its part of the bundle."""
    _parts[name] = part


def trust_bundle(*, at: datetime) -> dict[str, Any]:
    """Log keys (retired ones too), document certificates and the status list, as of `at`."""
    bundle: dict[str, Any] = {"version": 1, "origin": keys.origin(), "log_keys": keys.public_log_keys()}
    for name, part in _parts.items():
        bundle[name] = part(at)
    return bundle


def write_trust_bundle(*, at: datetime) -> Path:
    """Writes the bundle to its place in the home, whole or not at all; returns the path."""
    place = home().trust
    fresh = place.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(json.dumps(trust_bundle(at=at), ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(place)
    return place
