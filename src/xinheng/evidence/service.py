"""The door of the ledger: append, read, follow, prove, verify."""

from __future__ import annotations

from xinheng.evidence.adoption import register_packs
from xinheng.evidence.append import (
    MAX_ROWS,
    SHANGHAI,
    Act,
    OpenEvent,
    event,
    event_of,
    instant_of,
    legal_day,
    lock,
    microseconds,
    row_range,
    row_ranges,
)
from xinheng.evidence.binding import plain, rows_by_event, unbound, unbound_tables, write_bound
from xinheng.evidence.bulk import frame_digest, insert_frame, insert_rows, rows_digest, then
from xinheng.evidence.following import drain, lag, register_follower, reset
from xinheng.evidence.keys import create_log_key, origin, rotate_log_key, sign_note, write_secret
from xinheng.evidence.quickread import quick_rows
from xinheng.evidence.quicksign import quick_jws
from xinheng.evidence.reading import (
    Entry,
    database_integrity,
    events,
    first_row_since,
    kinds,
    known_events_sql,
    last_day,
    latest,
    not_before_the_ledger,
    opening,
    position_on,
    register_leaf_source,
    size,
    spans,
)
from xinheng.evidence.reading import event as entry_of
from xinheng.evidence.tiles import checkpoint, consistency, inclusion, published_size
from xinheng.evidence.trust import jwks, register_trust_part, sign_jws, trust_bundle, write_trust_bundle
from xinheng.evidence.verification import Finding, VerifyResult, register_verification, verify

__all__ = [
    "MAX_ROWS",
    "SHANGHAI",
    "Act",
    "Entry",
    "Finding",
    "OpenEvent",
    "VerifyResult",
    "checkpoint",
    "consistency",
    "create_log_key",
    "database_integrity",
    "drain",
    "entry_of",
    "event",
    "event_of",
    "events",
    "first_row_since",
    "frame_digest",
    "inclusion",
    "insert_frame",
    "insert_rows",
    "instant_of",
    "jwks",
    "kinds",
    "known_events_sql",
    "lag",
    "last_day",
    "latest",
    "legal_day",
    "lock",
    "microseconds",
    "not_before_the_ledger",
    "opening",
    "origin",
    "plain",
    "position_on",
    "published_size",
    "quick_jws",
    "quick_rows",
    "register_follower",
    "register_leaf_source",
    "register_packs",
    "register_trust_part",
    "register_verification",
    "reset",
    "rotate_log_key",
    "row_range",
    "row_ranges",
    "rows_by_event",
    "rows_digest",
    "sign_jws",
    "sign_note",
    "size",
    "spans",
    "then",
    "trust_bundle",
    "unbound",
    "unbound_tables",
    "verify",
    "write_bound",
    "write_secret",
    "write_trust_bundle",
]
