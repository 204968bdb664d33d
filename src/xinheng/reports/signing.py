"""Document keys and the signature of a report: PAdES-B-B, RSA-3072, SHA-256, one revision.

The signature is written into the file before its cross-reference table, not as a later revision, and certifies that
no change is allowed afterwards (DocMDP level 1). The private key stays in one file with mode 0600.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from xinheng.kernel.errors import InternalFailure
from xinheng.reports import cms, pdffile

BITS = 3072
YEARS = 10
_UNFILLED = b"[0 0000000000 0000000000 0000000000]"
_FIELD = "Signature1"
REASON = "签发公共信用信息报告"


class SigningFailed(InternalFailure):
    """A report could not be signed: the key file or the PDF is not what it should be."""

    code = "report.signing"


class DocumentKey(NamedTuple):
    """A private key with its self-signed certificate."""

    private: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate alone, for the trust bundle."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def make_key(*, name: str, at: datetime, years: int = YEARS) -> DocumentKey:
    """A new key and a certificate for `name` (the issuing office), valid from `at`. Takes up to a second.

    No extended key usage: NSS, and so poppler, does not know the one for documents and calls the certificate corrupt.
    """
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    # X.520 allows 64; the library counts bytes of UTF-8
    fitting = name.encode()[:64].decode(errors="ignore")
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, fitting),
            x509.NameAttribute(NameOID.COMMON_NAME, fitting),
        ]
    )
    start = at.astimezone(UTC).replace(microsecond=0)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=366 * years))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    return DocumentKey(private, certificate)


def create_key(path: Path, *, name: str, at: datetime) -> DocumentKey:
    """Makes a key and writes it with its certificate to a new file that only its owner may read.

    Raises `SigningFailed` (code `report.key-exists`) if there is a file: a key is never overwritten.
    """
    key = make_key(name=name, at=at)
    secret = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningFailed(
            f"密钥文件 {path.name} 已经存在，没有改动它。", code="report.key-exists"
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(secret + key.pem.encode())
        file.flush()
        os.fsync(file.fileno())
    return key


def load_key(path: Path) -> DocumentKey:
    """Reads a file written by `create_key`. Raises `SigningFailed` when it is missing, damaged or not a pair."""
    try:
        content = path.read_bytes()
        private = serialization.load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificate(content)
    except (OSError, ValueError, TypeError):
        raise SigningFailed(f"签发密钥 {path.name} 读不出来，请检查 keys 目录或从备份恢复。") from None
    if not isinstance(private, rsa.RSAPrivateKey) or certificate.public_key() != private.public_key():
        raise SigningFailed(f"签发密钥 {path.name} 与其证书不成对，请从备份恢复。")
    return DocumentKey(private, certificate)


def sign(
    pdf: bytes, key: rsa.RSAPrivateKey, certificate: x509.Certificate, at: datetime, *, reason: str = REASON
) -> bytes:
    """The signed file. `at` is the claimed time of signing; `pdf` must come from `render` and be unsigned.

    The same arguments give the same bytes. Raises `SigningFailed` for a file of another shape.
    """
    der = certificate.public_bytes(serialization.Encoding.DER)
    size = len(cms.signed_data(der, bytes(32), bytes(key.key_size // 8)))
    try:
        prepared = _with_field(pdffile.read(pdf), certificate, at, size, reason)
    except pdffile.UnknownShape as found:
        raise SigningFailed(f"报告文件的结构不是预期的样子（{found}），没有签名。") from None
    place = prepared.rindex(_UNFILLED)
    start = place + len(_UNFILLED) + len(b"/Contents")
    end = start + 2 * size + 2
    span = b"[0 %d %d %d]" % (start, end, len(prepared) - end)
    before = prepared[:place] + span.ljust(len(_UNFILLED)) + b"/Contents"
    after = prepared[end:]
    digest = sha256(before + after).digest()
    signature = key.sign(cms.message(der, digest), padding.PKCS1v15(), hashes.SHA256())
    return before + b"<" + cms.signed_data(der, digest, signature).hex().encode() + b">" + after


def _with_field(
    file: pdffile.PdfFile, certificate: x509.Certificate, at: datetime, size: int, reason: str
) -> bytes:
    """The file with an unfilled signature: two new objects, first page and catalogue pointing at them."""
    root, page_number = file.object(file.root), file.first_page()
    page = file.object(page_number)
    if b"/AcroForm" in root or b"/Annots" in page or b"/Perms" in root:
        raise pdffile.UnknownShape("already signed or annotated")
    field, value = len(file.offsets) + 1, len(file.offsets) + 2
    widget = (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/TU<%s>/V %d 0 R/P %d 0 R/F 132/Rect[-9999 -9999 -9999 -9999]>>"
        % (_FIELD.encode(), _utf16("出具单位的电子签名"), value, page_number)
    )
    dictionary = (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%s)/Name<%s>/Reason<%s>"
        b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
        b"/ByteRange%s/Contents<%s>>>"
        % (
            at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode(),
            _utf16(_common_name(certificate)),
            _utf16(reason),
            _UNFILLED,
            b"0" * (2 * size),
        )
    )
    form = b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>>>" % (field, value)
    replaced = {file.root: root[:-2] + form, page_number: page[:-2] + b"/Annots[%d 0 R]>>" % field}
    return pdffile.rebuild(file, replaced=replaced, added=[widget, dictionary])


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _utf16(text: str) -> bytes:
    """A PDF text string as upper-case hex with its byte-order mark."""
    return b"FEFF" + text.encode("utf-16-be").hex().upper().encode()
