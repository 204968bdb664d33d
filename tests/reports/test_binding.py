"""An issuer that lies: every file here is signed by the trusted key, and its content disagrees with the log."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from report_samples import Case, b64, case, checkpoint, document_key, file_of

from xinheng.reports.verification import Verification, verify


def lie(change: Callable[[Case], object], **options: Any) -> Verification:
    sample = case(licences=1, penalties=1, **options)
    trust = sample.bundle(document_key())
    assert verify(file_of(sample), trust).valid
    change(sample)
    return verify(file_of(sample), trust)


def entry(sample: Case, at: int = 1) -> Any:
    return sample.report["sections"][0]["entries"][at]


def statement(sample: Case, at: int = 1) -> Any:
    return sample.proof["statements"][at]


LIES: dict[str, Callable[[Case], Any]] = {
    "a milder fine": lambda s: entry(s)["fields"][10].update(value="0.48"),
    "a blank where something is proven": lambda s: entry(s)["fields"][10].update(value=""),
    "a field nobody proved": lambda s: entry(s)["fields"].append({"code": "XX", "label": "甲", "value": "乙"}),
    "a withheld field that says something": lambda s: entry(s)["fields"][6].update(value="无", withheld=True),
    "an entry without proof": lambda s: s.proof["statements"].pop(),
    "the proof of another entry": lambda s: entry(s).update(id=statement(s, 0)["id"]),
    "another organisation": lambda s: s.report["organisation"].update(code="91340600MA2N0ABCY2"),
    "a changed part": lambda s: statement(s).update(public=b64(base64.b64decode(statement(s)["public"]) + b"x")),
    "another salt": lambda s: statement(s).update(salt0=b64(bytes(32))),
    "another commitment": lambda s: statement(s).update(c2=b64(bytes(32))),
    "another place": lambda s: statement(s).update(leaf_index=statement(s)["leaf_index"] ^ 1),
    "a negative place": lambda s: statement(s).update(leaf_index=-1),
    "a shorter path": lambda s: statement(s)["path"].pop(),
    "a longer path": lambda s: statement(s)["path"].append(b64(bytes(32))),
    "a place not yet known": lambda s: s.report.update(position=statement(s)["leaf_index"]),
    "a position after the checkpoint": lambda s: s.report.update(position=s.proof["size"] + 1),
    "a checkpoint of a stranger": lambda s: s.proof.update(
        checkpoint=checkpoint(Ed25519PrivateKey.generate(), s.proof["size"], bytes(32))
    ),
    "another root": lambda s: s.proof.update(checkpoint=checkpoint(s.log_key, s.proof["size"], bytes(32))),
    "another log": lambda s: s.report.update(origin="other.example/log"),
    "another size": lambda s: s.proof.update(size=s.proof["size"] + 1),
    "a schema in another order": lambda s: s.proof["schemas"][1]["public"].reverse(),
    "a schema that is too short": lambda s: s.proof["schemas"][1]["public"].pop(),
    "no schema": lambda s: s.proof["schemas"].clear(),
    "a certificate that did not sign": lambda s: s.report.update(certificate="00" * 32),
    "an entry in the supplement without proof": lambda s: s.report.update(
        supplement={"code": "local", "title": "补充", "collected": True, "entries": [{**entry(s), "id": 5}]}
    ),
    "a path of nonsense": lambda s: statement(s).update(path=["!"]),
    "a place that is no number": lambda s: statement(s).update(leaf_index="7"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_signed_report_that_does_not_agree_with_the_log_is_not_valid(name: str) -> None:
    seen = lie(LIES[name])
    assert seen.result == "altered"
    assert seen.reasons and seen.number == ""


def test_showing_less_than_what_is_proven_is_honest() -> None:
    sample = case(licences=1, penalties=1)
    del entry(sample)["fields"][6]
    entry(sample)["fields"][5].update(value="［不予公示］", withheld=True)
    assert verify(file_of(sample), sample.bundle(document_key())).valid


def test_a_shared_part_may_be_opened_and_must_then_fit() -> None:
    sample = case(licences=0, penalties=1, audience="self")
    opened = statement(sample, 0)
    sample.proof["schemas"][1]["shared"] = []
    for shared, salt in sample.shared[:1]:
        opened.update(shared=b64(shared), salt1=b64(salt))
    trust = sample.bundle(document_key())
    assert verify(file_of(sample), trust).valid
    opened["shared"] = b64(b"1\x1f3\x1f18\x1f2026-05-06")
    assert "共享内容" in verify(file_of(sample), trust).reasons[0]
