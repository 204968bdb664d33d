"""Lawful erasure: the content goes, the commitments stay, every proof holds, a resend is recognised."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.kernel.leaf import commit_part
from xinheng.records import reading, writing
from xinheng.records.errors import NoSuchStatement

# Rooms that keep copies of a statement's content clear them here, in the same transaction (files) or right after it
Cleaner = Callable[[Sequence[reading.Parts], evidence.Act], None]
_cleaners: dict[str, Cleaner] = {}


def register_cleaner(room: str, cleaner: Cleaner) -> None:
    """A room that keeps content outside the statement says how it is cleared."""
    _cleaners[room] = cleaner


def erase(*, statement_ids: Sequence[int], act: evidence.Act) -> int:
    """Erases the content of these statements everywhere in the home; returns how many. Cannot be undone.

    `act.provision` names the legal ground. The leaf and the three commitments stay, so every proof ever given still
    verifies; the salts are destroyed, so the commitments say nothing. Raises `NoSuchStatement`.
    """
    found = reading.statements(list(statement_ids))
    done = _already(list(found))
    missing = sorted(set(statement_ids) - set(found))
    if missing:
        raise NoSuchStatement(f"没有这些记录:{missing[:5]}。请核对记录编号。")
    todo = [parts for statement_id, parts in sorted(found.items()) if statement_id not in done]
    if not todo:
        return 0
    told: dict[str, str] = {}
    marking = _marking_key()
    with evidence.event(act) as event:
        writing.restand(event=event, statement_ids=[parts.id for parts in todo], state="erased", rule="")
        for parts in todo:
            commitments = b"".join(
                commit_part(index, parts.salts[32 * index : 32 * index + 32], part)
                for index, part in enumerate((parts.public, parts.shared, parts.restricted))
            )
            mark = _mark(marking, *_identity(parts.id))
            told[str(parts.id)] = hashlib.sha256(commitments + mark).hexdigest()
            evidence.insert_rows(
                "records_erasure", ["statement_id", "commitments", "mark"], [(parts.id, commitments, mark)]
            )
            _clear(parts.id)
        event.detail["erased"] = told
        event.count(2 * len(todo))
    for cleaner in _cleaners.values():
        cleaner(todo, act)
    scrub()
    return len(todo)


def is_erased(frame: pl.DataFrame) -> pl.Series:
    """For rows (uscc, key): true where that decision was erased here before. Cheap while nothing ever was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark FROM records_erasure")
        marks = {bytes(row[0]) for row in cursor.fetchall()}
    if not marks:
        return pl.Series("erased", [False] * frame.height, dtype=pl.Boolean)
    marking = _marking_key()
    rows = zip(frame["uscc"].to_list(), frame["key"].to_list(), strict=True)
    return pl.Series("erased", [_mark(marking, uscc, key) in marks for uscc, key in rows], dtype=pl.Boolean)


def scrub() -> None:
    """Leaves no erased byte behind in the database's own files."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # secure_delete zeroes freed cells; the write-ahead log still holds the old pages until it is cut
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM FULL records_statement")


def _identity(statement_id: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc, key FROM records_statement WHERE id = %s", [statement_id])
        uscc, key = cursor.fetchone()
        return uscc, key


def _clear(statement_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_statement SET uscc = '', authority = '', decided_on = NULL, key = 0, digest = 0,"
            " public = %s, shared = %s, restricted = %s, salts = %s WHERE id = %s",
            [b"", b"", b"", b"", statement_id],
        )


def _already(ids: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_id FROM records_erasure")
        return {row[0] for row in cursor.fetchall()} & set(ids)


def _mark(key_bytes: bytes, uscc: str, key: int) -> bytes:
    """A keyed mark: without the home's key it cannot be guessed back to an organisation."""
    return hmac.new(key_bytes, f"{uscc}|{key}".encode(), hashlib.sha256).digest()


def _marking_key() -> bytes:
    file = home().keys / "erasure.key"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(32))
        file.chmod(0o600)
    return bytes.fromhex(file.read_text().strip())
