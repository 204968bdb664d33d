"""Verifying reports: every flipped bit, every lie inside, every kind of rubbish."""

from __future__ import annotations

import copy
import io
import json
import random
import socket
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_samples import ISSUED, Case, b64, case, document_key, file_of

from xinheng.reports import marks, pdffile, render, signing
from xinheng.reports.verification import verify

CHUNKS = 4


@pytest.fixture(scope="module")
def small() -> Case:
    return case(licences=0, penalties=1)


@pytest.fixture(scope="module")
def file(small: Case) -> bytes:
    return file_of(small)


@pytest.fixture(scope="module")
def trust(small: Case) -> Any:
    return small.bundle(document_key(), status=[0, 1, 2, 0, 0, 0])


def gap_of(file: bytes) -> tuple[int, int]:
    start = file.rindex(b"/Contents<") + len(b"/Contents")
    return start, file.index(b">", start) + 1


# ---- a genuine file


def test_a_report_as_issued_is_valid_and_says_what_it_is(file: bytes, trust: Any, small: Case) -> None:
    seen = verify(file, trust)
    assert (seen.result, seen.status, seen.number) == ("valid", "current", small.report["number"])
    assert seen.organisation == {
        "code": small.report["organisation"]["code"],
        "name": small.report["organisation"]["name"],
    }
    assert (seen.issued_at, seen.entries, seen.position) == (
        "2026-11-20T09:30:12+08:00",
        1,
        small.proof["size"],
    )
    assert seen.certificate == document_key().fingerprint
    assert marks.seal_svg(seen.number, seen.root).encode()
    assert json.loads(json.dumps(seen.as_dict()))["uscc"] == seen.organisation["code"]
    assert seen.organisation["name"] in seen.as_text()


def test_the_bundle_may_come_from_a_file(file: bytes, trust: Any) -> None:
    assert verify(file, json.loads(json.dumps(trust))).valid


def test_a_report_with_many_entries_is_valid() -> None:
    sample = case(licences=20, penalties=5)
    assert verify(file_of(sample), sample.bundle(document_key())).valid


def test_a_name_that_looks_like_a_signature_does_not_confuse_the_reader() -> None:
    decoy = "/ByteRange[0 1 2 3]/Contents<00> /SubFilter/ETSI.CAdES.detached trailer %%EOF startxref"
    sample = case(licences=0, penalties=1, name=f"淮北{decoy}公司")
    assert verify(file_of(sample), sample.bundle(document_key())).valid


def test_verifying_needs_no_network(file: bytes, trust: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the verifier opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert verify(file, trust).valid


def test_verifying_needs_no_database_and_no_typesetter() -> None:
    code = (
        "import sys, xinheng.reports.verification\n"
        "bad = {'django', 'sqlite3', 'typst', 'pyhanko'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ---- a changed file


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_byte_of_a_report_matters(chunk: int, file: bytes, trust: Any) -> None:
    dice, passed = random.Random(chunk), []
    changed = bytearray(file)
    for at in range(chunk, len(file), CHUNKS):
        changed[at] ^= 1 << dice.randrange(8)
        if verify(bytes(changed), trust).result == "valid":
            passed.append(at)
        changed[at] = file[at]
    assert not passed
    assert verify(bytes(changed), trust).valid


def test_every_bit_of_the_signature_and_of_what_stands_around_it_matters(file: bytes, trust: Any) -> None:
    start, end = gap_of(file)
    places = [
        *range(file.rindex(b"/Type/Sig"), start + 400),
        *range(end - 900, end + 40),
        *range(len(file) - 200, len(file)),
    ]
    changed = bytearray(file)
    results = set()
    for at in places:
        for bit in range(8):
            changed[at] = file[at] ^ 1 << bit
            results.add(verify(bytes(changed), trust).result)
        changed[at] = file[at]
    assert results == {"altered"}


def test_a_capital_letter_in_the_signature_is_a_change(file: bytes, trust: Any) -> None:
    start, end = gap_of(file)
    letters = [at for at in range(start, end) if file[at] in b"abcdef"]
    assert len(letters) > 500
    for at in letters:
        assert verify(file[:at] + file[at : at + 1].upper() + file[at + 1 :], trust).result == "altered"


@pytest.mark.parametrize("tail", [b"\n", b" ", b"\x00", b"%%EOF\n", b"%comment\n"])
def test_appending_anything_is_a_change(tail: bytes, file: bytes, trust: Any) -> None:
    assert verify(file + tail, trust).result == "altered"
    assert verify(tail + file, trust).result == "altered"


def test_an_incremental_update_is_a_change(file: bytes, trust: Any) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    updated = io.BytesIO(file)
    writer = IncrementalPdfFileWriter(updated)
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    writer.write_in_place()
    assert updated.getvalue().startswith(file)
    assert verify(updated.getvalue(), trust).result == "altered"


def test_a_second_signature_is_a_change(file: bytes, trust: Any) -> None:
    start, end = gap_of(file)
    assert verify(file + file[start - 400 : end + 600], trust).result == "altered"


def test_a_truncated_file_is_a_change(file: bytes, trust: Any) -> None:
    for length in [*range(200), *range(200, len(file), 997), *range(len(file) - 200, len(file))]:
        assert verify(file[:length], trust).result == "altered"


def test_a_signature_of_the_same_key_over_another_file_does_not_fit(file: bytes, trust: Any) -> None:
    other = file_of(case(licences=0, penalties=1, seed=9))
    (start, end), (a, b) = gap_of(file), gap_of(other)
    assert end - start == b - a
    assert verify(file[:start] + other[a:b] + file[end:], trust).result == "altered"


def test_a_signature_value_outside_its_range_does_not_pass(file: bytes, trust: Any) -> None:
    _, end = gap_of(file)
    value = int(file[end - 769 : end - 1], 16) + document_key().private.public_key().public_numbers().n
    if value < 1 << 3072:
        assert verify(file[: end - 769] + b"%0768x" % value + file[end - 1 :], trust).result == "altered"
    assert verify(file[: end - 769] + b"f" * 768 + file[end - 1 :], trust).result == "altered"


# ---- whose key


def test_a_whole_file_of_a_key_that_is_not_trusted_says_so_and_nothing_of_its_content(
    file: bytes, small: Case
) -> None:
    seen = verify(file, small.bundle())
    assert (seen.result, seen.number, seen.organisation, seen.status) == ("unknown_key", "", {}, "unknown")
    assert not seen.valid


def test_a_changed_file_of_an_unknown_key_is_changed_not_unknown(file: bytes, small: Case) -> None:
    changed = bytearray(file)
    changed[len(file) // 2] ^= 1
    assert verify(bytes(changed), small.bundle()).result == "altered"


def test_an_old_key_still_verifies_what_it_signed_before_it_was_retired(
    file: bytes, small: Case, trust: Any
) -> None:
    kept = copy.deepcopy(trust)
    kept["certificates"][0]["retired_at"] = kept["log_keys"][0]["retired_at"] = "2026-12-01T00:00:00+08:00"
    assert verify(file, kept).valid
    kept["certificates"][0]["retired_at"] = "2026-11-20T09:30:11+08:00"
    assert verify(file, kept).result == "unknown_key"
    early = copy.deepcopy(trust)
    early["certificates"][0]["valid_from"] = "2026-11-20T09:30:13+08:00"
    assert verify(file, early).result == "unknown_key"


def test_a_key_made_within_the_same_second_as_the_report_is_in_time(file: bytes, trust: Any) -> None:
    fresh = copy.deepcopy(trust)
    fresh["certificates"][0]["valid_from"] = "2026-11-20T01:30:12.900000+00:00"
    assert verify(file, fresh).valid


def test_a_log_key_retired_before_the_report_does_not_vouch_for_it(file: bytes, trust: Any) -> None:
    kept = copy.deepcopy(trust)
    kept["log_keys"][0]["retired_at"] = "2026-11-01T00:00:00+08:00"
    seen = verify(file, kept)
    assert seen.result == "altered"
    assert "日志公钥" in seen.reasons[0]


# ---- does it still stand


@pytest.mark.parametrize(("value", "status"), [(0, "current"), (1, "superseded"), (2, "withdrawn")])
def test_the_status_list_says_whether_a_report_still_stands(
    value: int, status: str, file: bytes, small: Case
) -> None:
    seen = verify(file, small.bundle(document_key(), status=[0, 0, 0, 0, 0, value]))
    assert (seen.result, seen.status, seen.status_as_of) == ("valid", status, "2026-11-20T10:00:00+08:00")


@pytest.mark.parametrize(
    "change",
    [
        lambda trust: trust.pop("status"),
        lambda trust: trust["status"].update(as_of="2026-11-21T10:00:00+08:00"),
        lambda trust: trust["status"].update(signature="— x AAAA\n"),
        lambda trust: trust["status"].update(list=b64(zlib.compress(bytes(9)))),
        lambda trust: trust["status"].update(list=7),
        lambda trust: trust["log_keys"][0].update(retired_at="2026-11-20T09:59:00+08:00"),
        lambda trust: trust.update(status="none"),
    ],
)
def test_a_status_nobody_vouches_for_is_unknown(
    change: Callable[[Any], Any], file: bytes, trust: Any
) -> None:
    bent = copy.deepcopy(trust)
    change(bent)
    seen = verify(file, bent)
    assert (seen.result, seen.status) == ("valid", "unknown")


def test_a_report_newer_than_the_list_has_an_unknown_status(file: bytes, small: Case) -> None:
    assert verify(file, small.bundle(document_key(), status=[0])).status == "unknown"


# ---- rubbish


@pytest.mark.parametrize(
    "rubbish", [b"", b"%PDF-1.7\n", b"hello", b"\x00" * 1000, b"PK\x03\x04", b"/ByteRange[0 1 2 3]"]
)
def test_what_is_not_a_report_is_answered_with_a_reason(rubbish: bytes, trust: Any) -> None:
    seen = verify(rubbish, trust)
    assert seen.result == "altered"
    assert seen.reasons[0]


def test_a_hundred_megabytes_of_zeros_cost_nothing(trust: Any) -> None:
    zeros = bytes(100 * 1024 * 1024)
    tracemalloc.start()
    started = time.monotonic()
    seen = verify(zeros, trust)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen.result == "altered"
    assert time.monotonic() - started < 1
    assert peak < 1_000_000


def _with_attachments(pdf: bytes, report: Any, proof: Any) -> bytes:
    """The file with other attachments, signed by the trusted key."""
    file = pdffile.read(pdf)
    names = [n for n in file.offsets if b"/Type/EmbeddedFile" in file.object(n)[:200]]
    replaced = {}
    for number, content in zip(names, (report, proof), strict=True):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        packed = zlib.compress(raw, 9)
        replaced[number] = (
            b"<</Length %d/Type/EmbeddedFile/Filter/FlateDecode/Subtype/application#2Fjson>>\nstream\n%s\nendstream"
            % (len(packed), packed)
        )
    return signing.sign(pdffile.rebuild(file, replaced=replaced, added=[]), *document_key(), ISSUED)


@pytest.mark.parametrize(
    "content",
    [
        b" " * (80 * 1024 * 1024),
        b"[" * 200_000,
        b"\xff\xfe",
        b"{}",
        b"[]",
        b"null",
        b'{"issued_at": 7}',
        b'{"issued_at": "2026-11-20T09:30:12+08:00", "origin": {}, "position": []}',
    ],
)
def test_even_a_trusted_signer_cannot_make_the_verifier_fall_over(
    content: bytes, small: Case, trust: Any
) -> None:
    bomb = _with_attachments(render.render(small.report, small.proof), content, small.proof)
    started = time.monotonic()
    assert verify(bomb, trust).result == "altered"
    assert (
        verify(
            _with_attachments(render.render(small.report, small.proof), small.report, content), trust
        ).result
        == "altered"
    )
    assert time.monotonic() - started < 10


def test_attachments_rewritten_by_the_test_itself_are_otherwise_fine(small: Case, trust: Any) -> None:
    again = _with_attachments(render.render(small.report, small.proof), small.report, small.proof)
    assert verify(again, trust).valid


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "certificates": json_values
            | st.lists(st.fixed_dictionaries({"pem": json_values, "valid_from": json_values})),
            "log_keys": json_values
            | st.lists(st.fixed_dictionaries({"name": json_values, "public": json_values})),
            "status": json_values,
        },
    )
    | json_values
)
def test_a_trust_bundle_of_any_shape_gives_an_answer_that_is_never_valid(file: bytes, bundle: Any) -> None:
    assert verify(file, bundle).result in ("altered", "unknown_key")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.data())
def test_a_file_cut_and_glued_anyhow_is_never_valid_and_never_raises(
    file: bytes, trust: Any, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(file)), min_size=2, max_size=2)))
    middle = data.draw(st.binary(max_size=64))
    glued = file[: cuts[0]] + middle + file[cuts[1] :]
    if glued != file:
        assert verify(glued, trust).result == "altered"


def test_reports_before_the_platform_existed_are_not_read_as_valid(small: Case, trust: Any) -> None:
    sample = case(licences=0, penalties=1)
    sample.report["issued_at"] = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    assert verify(file_of(sample), trust).result == "unknown_key"
