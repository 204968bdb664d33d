"""The one CMS form a report's signature may have (RFC 5652, PAdES-B-B of ETSI EN 319 142-1), in DER.

The form leaves no freedom: from certificate, document digest and signature value follows every byte. The verifier
rebuilds it and compares, so a bit nobody reads (an unsigned attribute, a longer length, padding) cannot be changed
either. RSA with PKCS #1 v1.5 has one signature value for a message, so that value cannot be exchanged for a twin.
"""

from __future__ import annotations

from hashlib import sha256

from cryptography import x509

_SEQUENCE, _SET, _OCTETS, _INTEGER = 0x30, 0x31, 0x04, 0x02


def tlv(tag: int, *content: bytes) -> bytes:
    """One DER element: tag, shortest length, content."""
    body = b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    encoded = bytearray([40 * first + second])
    for arc in rest:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        encoded += bytes(reversed(groups))
    return tlv(0x06, bytes(encoded))


_DATA = _oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SHA256 = tlv(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
_RSA_SHA256 = tlv(_SEQUENCE, _oid("1.2.840.113549.1.1.11"), b"\x05\x00")
_VERSION_1 = tlv(_INTEGER, b"\x01")


def signed_attributes(certificate: bytes, digest: bytes) -> bytes:
    """Content of the signed attributes: content type, message digest and the signing certificate's hash.

    `certificate` is DER. No signing time: PAdES keeps it in the PDF's signature dictionary.
    """
    reference = tlv(_SEQUENCE, tlv(_SEQUENCE, tlv(_SEQUENCE, tlv(_OCTETS, sha256(certificate).digest()))))
    attributes = [
        tlv(_SEQUENCE, _CONTENT_TYPE, tlv(_SET, _DATA)),
        tlv(_SEQUENCE, _MESSAGE_DIGEST, tlv(_SET, tlv(_OCTETS, digest))),
        tlv(_SEQUENCE, _SIGNING_CERTIFICATE_V2, tlv(_SET, reference)),
    ]
    # DER: the members of a SET OF stand in the order of their encodings
    return b"".join(sorted(attributes))


def message(certificate: bytes, digest: bytes) -> bytes:
    """What the key signs: the signed attributes as a SET."""
    return tlv(_SET, signed_attributes(certificate, digest))


def signed_data(certificate: bytes, digest: bytes, signature: bytes) -> bytes:
    """The whole CMS object: detached, one certificate, one signer, no unsigned attributes."""
    issued = x509.load_der_x509_certificate(certificate)
    serial = issued.serial_number
    signer = tlv(
        _SEQUENCE,
        _VERSION_1,
        tlv(
            _SEQUENCE,
            issued.issuer.public_bytes(),
            tlv(_INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big")),
        ),
        _SHA256,
        tlv(0xA0, signed_attributes(certificate, digest)),
        _RSA_SHA256,
        tlv(_OCTETS, signature),
    )
    content = tlv(
        _SEQUENCE,
        _VERSION_1,
        tlv(_SET, _SHA256),
        tlv(_SEQUENCE, _DATA),
        tlv(0xA0, certificate),
        tlv(_SET, signer),
    )
    return tlv(_SEQUENCE, _SIGNED_DATA, tlv(0xA0, content))
