"""The status lists: for every report ever issued, two bits that say whether it still stands.

A list is a W3C Bitstring Status List v1.0: a `BitstringStatusListCredential` with the purpose `message` and two bits an
entry, secured as a compact JWS of type `vc+jwt` (EdDSA) by a key of the log. List `n` holds the reports with serials
`n·131072 … n·131072 + 131071`; the first entry is the left-most bits. A list is fetched whole, cached and mirrored by anyone,
and carried in the trust bundle, so asking about one report tells nobody which.

Reports of 0.1 to 0.3 came with a list of another form (`look_up`, `message`): it is read, no longer written.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from xinheng.reports.pdffile import UnknownShape, inflate
from xinheng.reports.shape import StatusEntry

Status = Literal["current", "disputed", "superseded", "withdrawn", "unknown"]
# The value of the two bits is the place in this order
MESSAGES: tuple[Status, ...] = ("current", "disputed", "superseded", "withdrawn")
CURRENT, DISPUTED, SUPERSEDED, WITHDRAWN = range(4)
ENTRIES = 131_072
SIZE = 2
TTL = timedelta(minutes=5)
# How long a carried list may be relied on: a withdrawal must reach also who never asks again
VALID = timedelta(days=30)
CONTEXT = "https://www.w3.org/ns/credentials/v2"
TYPE = "vc+jwt"
ALGORITHMS = ["EdDSA", "Ed25519"]

Keys = Sequence[tuple[str, bytes, Callable[[datetime], bool]]]

_STATES: tuple[Status, ...] = ("current", "superseded", "withdrawn", "unknown")
# 64 million reports in a list of the earlier form
_LIMIT = 16 * 1024 * 1024
_BYTES = ENTRIES * SIZE // 8
_MOST_TEXT = 1024 * 1024


class Unusable(Exception):
    """A list that says nothing: the message (Chinese) says why."""


def place(serial: int) -> tuple[int, int]:
    """The list a report is in, and its index there."""
    return divmod(serial, ENTRIES)


def encode(states: Mapping[int, int]) -> str:
    """`encodedList`: multibase base64url of the gzipped bits. `states` gives 0 … 3 by index; one left out counts as 0.

    The same states give the same text. Raises `ValueError` for a value or an index that does not exist.
    """
    packed = bytearray(_BYTES)
    for index, state in states.items():
        if not (0 <= state <= 3 and 0 <= index < ENTRIES):
            raise ValueError("a status is 0 to 3 at an index of the list")
        packed[index >> 2] |= state << 6 - 2 * (index & 3)
    return "u" + _b64(gzip.compress(bytes(packed), 9, mtime=0))


def bits(encoded: str) -> bytes:
    """The bits of an `encodedList`. Raises `Unusable` for anything else than a whole list of the least length or more."""
    if not isinstance(encoded, str) or not encoded.startswith("u") or len(encoded) > _MOST_TEXT:
        raise Unusable("状态列表的编码不对")
    engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        packed = engine.decompress(_unb64(encoded[1:]), 64 * _BYTES)
    except (zlib.error, ValueError):
        raise Unusable("状态列表解不开") from None
    if not engine.eof or engine.unused_data or len(packed) * 8 < ENTRIES * SIZE:
        raise Unusable("状态列表不完整")
    return packed


def value_at(packed: bytes, index: int) -> int:
    """The two bits at `index`. Raises `Unusable` beyond the list."""
    if not 0 <= index < len(packed) * 4:
        raise Unusable("状态列表里没有这份报告的位置")
    return packed[index >> 2] >> 6 - 2 * (index & 3) & 3


def credential(
    number: int, states: Mapping[int, int], *, at: datetime, issuer: str, address: str
) -> dict[str, Any]:
    """The unsigned list credential. `address` is where lists are published, without a slash at its end."""
    start = at.astimezone(UTC).replace(microsecond=0)
    id = f"{address}/status/{number}"
    return {
        "@context": [CONTEXT],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _instant(start),
        "validUntil": _instant(start + VALID),
        "credentialSubject": {
            "id": f"{id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "message",
            "statusSize": SIZE,
            # The Recommendation writes the plural here and the singular in an entry
            "statusMessages": messages(),
            "statusMessage": messages(),
            "encodedList": encode(states),
            "ttl": int(TTL.total_seconds() * 1000),
        },
    }


def entry(serial: int, *, address: str) -> StatusEntry:
    """What a report says about where its status is found (`BitstringStatusListEntry`)."""
    number, index = place(serial)
    return {
        "id": f"{address}/status/{number}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "message",
        "statusListIndex": str(index),
        "statusListCredential": f"{address}/status/{number}",
        "statusSize": SIZE,
        "statusMessage": messages(),
    }


def messages() -> list[dict[str, str]]:
    """The four values and their words, for programs."""
    return [{"status": f"{value:#x}", "message": str(word)} for value, word in enumerate(MESSAGES)]


def issuer_of(origin: str) -> str:
    """The issuer of the lists of a log."""
    return f"https://{origin}"


@dataclass(frozen=True)
class Listed:
    """One list that was opened: signed, whole and about these reports."""

    number: int
    since: datetime
    until: datetime
    packed: bytes


def opened(text: str, *, keys: Keys, origin: str) -> Listed:
    """The list in a compact JWS. `keys`: kid, raw public key, and whether it signed at an instant.

    Raises `Unusable`, saying why, unless a key of the log signed exactly this text when it was in use and everything in it
    has its form. Says nothing about whether the list has expired.
    """
    payload = _signed(text, keys)
    try:
        told = json.loads(payload)
        since, until = (_moment(told[name]) for name in ("validFrom", "validUntil"))
        subject, kinds = told["credentialSubject"], told["type"]
        name, _, number = told["id"].rpartition("/status/")
        fits = (
            "BitstringStatusListCredential" in kinds and subject["type"] == "BitstringStatusList"
            and subject["statusPurpose"] == "message" and subject["statusSize"] == SIZE
            and subject["statusMessages"] == messages() and name and number.isascii() and number.isdigit()
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise Unusable("状态列表的内容不合规范") from None
    if not fits:
        raise Unusable("状态列表的内容不合规范")
    if told.get("issuer") != issuer_of(origin):
        raise Unusable("状态列表来自另一个平台")
    if not any(kid == _kid(text) and used(since) for kid, _key, used in keys):
        raise Unusable("状态列表不是在密钥使用期内签的")
    return Listed(int(number), since, until, bits(subject.get("encodedList", "")))


def kid_of(name: str, key_id: str) -> str:
    """How a key of the log is named in a signed list."""
    return f"{name}#{key_id}"


def _signed(text: str, keys: Keys) -> bytes:
    if not isinstance(text, str) or len(text) > _MOST_TEXT or text.count(".") != 2:
        raise Unusable("状态列表不是签名文本")
    kid = _kid(text)
    found = next((key for name, key, _used in keys if name == kid), None)
    if found is None:
        raise Unusable("签状态列表的密钥不在信任包里")
    public = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _b64(found)})
    try:
        if any(_b64(_unb64(part)) != part for part in text.split(".")):
            raise Unusable("状态列表被改动过")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            read = jws.deserialize_compact(text.encode(), public, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Unusable("状态列表被改动过,签名不成立") from None
    if read.headers().get("typ") != TYPE:
        raise Unusable("状态列表不是签名文本")
    return bytes(read.payload)


def _kid(text: str) -> str:
    try:
        return str(json.loads(_unb64(text.split(".", 1)[0]))["kid"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Unusable("状态列表不是签名文本") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return moment


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


# ---- the form of 0.1 to 0.3


def message(origin: str, as_of: str, body: str) -> str:
    """The text of the note that signs a list of the earlier form."""
    return f"xinheng-status-v1\n{origin}\n{as_of}\n{sha256(body.encode()).hexdigest()}\n"


def look_up(body: str, index: int) -> Status:
    """The status at `index` of a list of the earlier form; `unknown` beyond it and for one that cannot be read."""
    try:
        packed = inflate(base64.b64decode(body, validate=True), limit=_LIMIT)
    except (binascii.Error, UnknownShape, ValueError):
        return "unknown"
    if not 0 <= index < 4 * len(packed):
        return "unknown"
    return _STATES[packed[index // 4] >> (index % 4 * 2) & 3]
