"""Document keys and signatures, judged by two implementations that are not ours."""

from __future__ import annotations

import io
import re
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ISSUED, case, document_key

from xinheng.reports import cms, pdffile, render, signing


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    sample = case(licences=0, penalties=1)
    return render.render(sample.report, sample.proof)


@pytest.fixture(scope="module")
def signed(unsigned: bytes) -> bytes:
    return signing.sign(unsigned, *document_key(), ISSUED)


def test_pdfsig_says_the_signature_is_valid_and_covers_the_whole_file(signed: bytes, tmp_path: Path) -> None:
    if not shutil.which("pdfsig"):
        pytest.skip(
            "pdfsig is not installed (apt-get install poppler-utils): the signature was NOT checked by it"
        )
    file = tmp_path / "report.pdf"
    file.write_bytes(signed)
    said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "淮北市公共信用信息中心" in said
    assert said.count("Signature #") == 1


def test_pyhanko_validates_it_as_one_revision_that_covers_the_entire_file(signed: bytes) -> None:
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    trusted = list(load_certs_from_pemder_data(document_key().pem.encode()))
    reader = PdfFileReader(io.BytesIO(signed))
    status = validate_pdf_signature(
        reader.embedded_signatures[0], ValidationContext(trust_roots=trusted, moment=ISSUED)
    )
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert reader.xrefs.total_revisions == 1
    assert reader.embedded_signatures[0].self_reported_timestamp == ISSUED


def test_there_is_one_revision_and_no_room_left_in_the_gap(signed: bytes) -> None:
    assert signed.count(b"%%EOF") == signed.count(b"startxref") == 1
    assert b"/Prev" not in signed[-600:]
    gap = re.search(rb"/Contents<([0-9a-f]+)>", signed)
    assert gap and not gap.group(1).endswith(b"0" * 64)


def test_signing_moves_nothing_but_what_it_must(unsigned: bytes, signed: bytes) -> None:
    before, after = pdffile.read(unsigned), pdffile.read(signed)
    changed = [number for number in before.offsets if before.object(number) != after.object(number)]
    assert sorted(changed) == sorted([before.root, before.first_page()])
    assert len(after.offsets) == len(before.offsets) + 2


def test_the_same_arguments_give_the_same_bytes(unsigned: bytes, signed: bytes) -> None:
    assert signing.sign(unsigned, *document_key(), ISSUED) == signed


def test_a_signed_file_is_not_signed_again(signed: bytes) -> None:
    with pytest.raises(signing.SigningFailed) as refused:
        signing.sign(signed, *document_key(), ISSUED)
    assert refused.value.code == "report.signing"


@pytest.mark.parametrize("file", [b"", b"%PDF-1.7\n", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"])
def test_a_file_of_another_shape_is_not_signed(file: bytes) -> None:
    with pytest.raises(signing.SigningFailed):
        signing.sign(file, *document_key(), ISSUED)


def test_a_key_file_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "document-1"
    made = signing.create_key(path, name="某市", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    with pytest.raises(signing.SigningFailed) as refused:
        signing.create_key(path, name="某市", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert refused.value.code == "report.key-exists"
    assert path.read_bytes() == content
    again = signing.load_key(path)
    assert (again.pem, again.fingerprint) == (made.pem, made.fingerprint)
    assert again.private.key_size == 3072


def test_a_damaged_or_missing_key_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "document-1"
    signing.create_key(path, name="某市", at=datetime(2026, 1, 1, tzinfo=UTC))
    path.write_bytes(path.read_bytes()[:900])
    for place in (path, tmp_path / "none"):
        with pytest.raises(signing.SigningFailed, match="请检查 keys 目录"):
            signing.load_key(place)


def test_a_key_with_the_certificate_of_another_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "document-1"
    signing.create_key(path, name="某市", at=datetime(2026, 1, 1, tzinfo=UTC))
    secret = path.read_text().split("-----BEGIN CERTIFICATE")[0]
    path.write_text(secret + document_key().pem)
    with pytest.raises(signing.SigningFailed, match="不成对"):
        signing.load_key(path)


def test_a_long_name_of_an_office_still_gives_a_certificate() -> None:
    made = signing.make_key(name="很长的机关名称" * 20, at=datetime(2026, 1, 1, tzinfo=UTC))
    names = made.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert names[0].value == ("很长的机关名称" * 4)[:21]


@given(st.binary(max_size=70_000))
def test_der_lengths_are_the_shortest(content: bytes) -> None:
    element = cms.tlv(0x04, content)
    head = len(element) - len(content)
    assert element[head:] == content
    assert (
        head == 2
        if len(content) < 128
        else head == 3
        if len(content) < 256
        else head == (4 if len(content) < 65536 else 5)
    )


def test_the_cms_object_is_der_as_another_library_writes_it() -> None:
    from asn1crypto import cms as other

    key, certificate = document_key()
    from cryptography.hazmat.primitives.serialization import Encoding

    ours = cms.signed_data(certificate.public_bytes(Encoding.DER), bytes(32), bytes(key.key_size // 8))
    parsed = other.ContentInfo.load(ours, strict=True)
    signer = parsed["content"]["signer_infos"][0]
    assert signer["signature_algorithm"]["algorithm"].native == "sha256_rsa"
    # By number: the library knows the third by name only once another package has told it
    assert [one["type"].dotted for one in signer["signed_attrs"]] == [
        "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47",
    ]  # fmt: skip
    assert parsed.native
    assert parsed.dump(force=True) == ours
