"""Checking a check sheet offline: the signature over every byte of the file, then the signed answer inside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinheng.checks.verification import Verified, verify_answer
from xinheng.reports import pdffile
from xinheng.reports.envelope import Altered, Certificate, UnknownKey, read_certificate, signer_of

ANSWER_FILE = "answer.json"
MOST = 8 * 1024 * 1024


def is_sheet(pdf: bytes) -> bool:
    """Whether this file claims to be a check sheet; says nothing about who made it."""
    return pdf.startswith(b"%PDF-") and ANSWER_FILE.encode() in pdf


def verify_sheet(pdf: bytes, trust: Mapping[str, Any]) -> Verified:
    """Whether a sheet is, byte for byte, what the platform signed, and the answer inside it genuine. Never raises."""
    try:
        signer_of(bytes(pdf), _certificates(trust))
        inside = pdffile.read(bytes(pdf)).attachment(ANSWER_FILE, limit=MOST)
    except UnknownKey as found:
        return Verified(False, "unknown-key", str(found), {})
    except (Altered, ValueError, KeyError) as found:
        return Verified(False, "altered", str(found) or "核查单被改动过。", {})
    except pdffile.UnknownShape:
        return Verified(False, "altered", "签名有效，但文件里没有核查答复。", {})
    jwks = trust.get("jwks")
    return verify_answer(inside, jwks if isinstance(jwks, Mapping) else {"keys": []})


def _certificates(trust: Mapping[str, Any]) -> list[Certificate]:
    found = []
    listed = trust.get("certificates")
    for one in listed if isinstance(listed, list) else []:
        try:
            certificate = read_certificate(one["pem"].encode())
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        if certificate:
            found.append(certificate)
    return found
