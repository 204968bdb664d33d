"""Whether a file is, byte for byte, what a document key signed.

Cheap checks come first and nothing is decompressed or parsed before the signature holds, so hostile files cost no more
than one pass of SHA-256. Generic validators skip bits they do not need; here every byte of the file is either hashed
or equal to the one value it can have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from xinheng.reports import cms

MAX_FILE = 64 * 1024 * 1024
MISMATCH = "签名与文件内容不符，文件在签发后被改动。"
_MAX_GAP = 64 * 1024
_RANGE = re.compile(rb"/ByteRange\[0 ([1-9]\d{0,9}) ([1-9]\d{0,9}) ([1-9]\d{0,9})\] *(/Contents)<")


class Altered(Exception):
    """The file is not what was signed; the text says in Chinese what is wrong."""


class UnknownKey(Exception):
    """The file is whole under a certificate that the trust bundle does not hold."""


@dataclass(frozen=True)
class Certificate:
    """A certificate with its RSA key, read once."""

    der: bytes
    key: rsa.RSAPublicKey = field(compare=False)

    @property
    def fingerprint(self) -> str:
        return sha256(self.der).hexdigest()


def signer_of(pdf: bytes, trusted: Iterable[Certificate]) -> Certificate:
    """The trusted certificate under which every byte of `pdf` is signed.

    Raises `Altered`, or `UnknownKey` when the file is whole under its own, unknown certificate.
    """
    contents, digest = _split(pdf)
    for certificate in trusted:
        if _opens_with(contents, certificate, digest):
            if not _verifies(contents, certificate, digest):
                raise Altered(MISMATCH)
            return certificate
    own = _embedded(contents)
    if own and _opens_with(contents, own, digest) and _verifies(contents, own, digest):
        raise UnknownKey("文件自身完整，但签发证书不在信任包中，请核对信任包是否为最新。")
    raise Altered(MISMATCH)


def _split(pdf: bytes) -> tuple[bytes, bytes]:
    """The CMS bytes in the gap, and the digest of everything around it. Raises `Altered`."""
    if len(pdf) > MAX_FILE:
        raise Altered("文件过大，不是本平台签发的报告。")
    if not pdf.startswith(b"%PDF-1.7\n"):
        raise Altered("不是本平台签发的 PDF 报告。")
    found = _RANGE.match(pdf, max(0, pdf.rfind(b"/ByteRange[")))
    if not found:
        raise Altered("文件中没有本平台的签名。")
    start, end, rest = (int(found.group(i)) for i in (1, 2, 3))
    if start != found.end(4) or not start < end <= len(pdf) or end - start > _MAX_GAP:
        raise Altered("签名的位置不对，文件被改动。")
    if end + rest != len(pdf):
        raise Altered("签名没有覆盖整个文件：文件在签发后被追加或截断。")
    gap = pdf[start:end]
    try:
        contents = bytes.fromhex(gap[1:-1].decode("ascii"))
    except (UnicodeDecodeError, ValueError):
        raise Altered("签名的编码不规范，文件被改动。") from None
    # fromhex also takes capitals and spaces: only the one spelling counts
    if gap != b"<" + contents.hex().encode() + b">":
        raise Altered("签名的编码不规范，文件被改动。")
    hashed = sha256(memoryview(pdf)[:start])
    hashed.update(memoryview(pdf)[end:])
    digest = hashed.digest()
    # Not the proof yet, only the quick way out for nearly every altered file
    if digest not in contents:
        raise Altered(MISMATCH)
    return contents, digest


def _opens_with(contents: bytes, certificate: Certificate, digest: bytes) -> bool:
    """Whether all but the signature value is what this certificate and this digest demand."""
    size = certificate.key.key_size // 8
    expected = cms.signed_data(certificate.der, digest, bytes(size))
    return len(contents) == len(expected) and contents[:-size] == expected[:-size]


def _verifies(contents: bytes, certificate: Certificate, digest: bytes) -> bool:
    size = certificate.key.key_size // 8
    signed = cms.message(certificate.der, digest)
    try:
        certificate.key.verify(contents[-size:], signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def read_certificate(encoded: bytes) -> Certificate | None:
    """A certificate from PEM or DER, or None when it is damaged or has no RSA key of 2048 to 8192 bits."""
    try:
        if encoded.startswith(b"-----"):
            certificate = x509.load_pem_x509_certificate(encoded)
        else:
            certificate = x509.load_der_x509_certificate(encoded)
        key = certificate.public_key()
        certificate.issuer.public_bytes()
    except Exception:
        # A certificate out of a hostile file: the parser has many kinds of complaint, and all mean the same
        return None
    if not isinstance(key, rsa.RSAPublicKey) or not 2048 <= key.key_size <= 8192 or key.key_size % 8:
        return None
    return Certificate(certificate.public_bytes(serialization.Encoding.DER), key)


def _embedded(contents: bytes) -> Certificate | None:
    """The certificate inside a CMS object of our form, which nothing vouches for yet."""
    at = 0
    # ContentInfo, its content, SignedData: step in; OID, version, digests, content type: step over
    for tag, inside in ((0x30, True), (0x06, False), (0xA0, True), (0x30, True), (0x02, False), (0x31, False),
                        (0x30, False), (0xA0, True)):  # fmt: skip
        element = _element(contents, at)
        if not element or contents[at] != tag:
            return None
        at = element[0] if inside else element[1]
    element = _element(contents, at)
    if not element or contents[at] != 0x30:
        return None
    certificate = contents[at : element[1]]
    # The signed attributes name the certificate by its hash: without it there is nothing worth parsing
    return read_certificate(certificate) if sha256(certificate).digest() in contents else None


def _element(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the content of the DER element at `at` starts and ends."""
    if at + 2 > len(data):
        return None
    size, body = data[at + 1], at + 2
    if size >= 0x80:
        count = size & 0x7F
        if not 1 <= count <= 3 or body + count > len(data):
            return None
        size, body = int.from_bytes(data[body : body + count], "big"), body + count
    return (body, body + size) if body + size <= len(data) else None
