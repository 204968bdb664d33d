"""Two bits for each report, as the W3C Bitstring Status List v1.0 has them; and the lists of earlier releases."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ORIGIN, status_list, status_list_jwt

from xinheng.reports import statuslist

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = [("k#01", PUBLIC, lambda moment: True)]


def signed(told: dict[str, Any], **header: Any) -> str:
    return status_list_jwt(KEY, told, {"kid": "k#01", **header})


def credential(states: dict[int, int], number: int = 0) -> dict[str, Any]:
    return statuslist.credential(
        number, states, at=AT, issuer=statuslist.issuer_of(ORIGIN), address="https://x.example"
    )


@given(st.dictionaries(st.integers(0, statuslist.ENTRIES - 1), st.integers(0, 3), max_size=40))
def test_what_is_written_is_read(states: dict[int, int]) -> None:
    packed = statuslist.bits(statuslist.encode(states))
    assert {index: statuslist.value_at(packed, index) for index in states} == states
    assert statuslist.value_at(packed, statuslist.ENTRIES - 1) == states.get(statuslist.ENTRIES - 1, 0)


def test_the_first_entry_is_the_left_most_bits_of_a_gzipped_string_of_the_least_length() -> None:
    encoded = statuslist.encode({0: 2, 1: 1, 3: 3, 4: 1})
    assert encoded[0] == "u" and "=" not in encoded and not set("+/") & set(encoded)
    raw = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert raw[:3] == bytes([0b10_01_00_11, 0b01_00_00_00, 0])
    assert len(raw) * 8 // 2 == 131_072


def test_the_list_of_the_recommendation_itself_is_understood() -> None:
    """The example in section 2.2 of the Recommendation: 16 KiB of zeros. With two bits an entry it is too short."""
    zeros = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    with pytest.raises(statuslist.Unusable, match="不完整"):
        statuslist.bits(zeros)
    assert gzip.decompress(base64.urlsafe_b64decode(zeros[1:] + "==")) == bytes(16 * 1024)


def test_the_credential_has_every_member_the_recommendation_asks_of_a_list_of_messages() -> None:
    told = credential({5: 3}, number=2)
    assert told["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert told["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert (told["id"], told["issuer"]) == ("https://x.example/status/2", f"https://{ORIGIN}")
    assert (told["validFrom"], told["validUntil"]) == ("2026-11-20T02:00:00Z", "2026-12-20T02:00:00Z")
    subject = told["credentialSubject"]
    assert {name: subject[name] for name in ("id", "type", "statusPurpose", "statusSize", "ttl")} == {
        "id": "https://x.example/status/2#list", "type": "BitstringStatusList", "statusPurpose": "message",
        "statusSize": 2, "ttl": 300_000,
    }  # fmt: skip
    assert [(one["status"], one["message"]) for one in subject["statusMessages"]] == [
        ("0x0", "current"), ("0x1", "disputed"), ("0x2", "superseded"), ("0x3", "withdrawn"),
    ]  # fmt: skip


def test_an_entry_points_to_its_list_and_place_and_says_what_the_values_mean() -> None:
    assert statuslist.place(131_071) == (0, 131_071) and statuslist.place(131_072) == (1, 0)
    entry = statuslist.entry(131_080, address="https://x.example")
    assert entry["type"] == "BitstringStatusListEntry" and entry["statusListIndex"] == "8"
    assert entry["statusListCredential"] == "https://x.example/status/1" != entry["id"]
    assert len(entry["statusMessage"]) == 2 ** entry["statusSize"]


def test_a_signed_list_is_opened_by_the_key_that_signed_it() -> None:
    listed = statuslist.opened(signed(credential({7: 1})), keys=KEYS, origin=ORIGIN)
    assert (listed.number, statuslist.value_at(listed.packed, 7)) == (0, 1)
    assert (listed.since, listed.until) == (AT, AT + timedelta(days=30))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issuer": "https://other"}, "另一个平台"),
        ({"id": "https://x.example/status/x"}, "不合规范"),
        ({"type": ["VerifiableCredential"]}, "不合规范"),
        ({"validFrom": "2026-11-20T10:00:00"}, "不合规范"),
        ({"validUntil": None}, "不合规范"),
        ({"credentialSubject": {}}, "不合规范"),
    ],
)
def test_a_signed_text_that_is_not_a_list_of_this_log_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(statuslist.Unusable, match=said):
        statuslist.opened(signed(credential({}) | change), keys=KEYS, origin=ORIGIN)


def test_a_list_with_other_meanings_for_its_values_is_refused() -> None:
    told = credential({})
    told["credentialSubject"]["statusMessages"].reverse()
    with pytest.raises(statuslist.Unusable, match="不合规范"):
        statuslist.opened(signed(told), keys=KEYS, origin=ORIGIN)


def test_a_list_signed_when_the_key_was_not_in_use_is_refused() -> None:
    keys = [("k#01", PUBLIC, lambda moment: moment < AT)]
    with pytest.raises(statuslist.Unusable, match="使用期"):
        statuslist.opened(signed(credential({})), keys=keys, origin=ORIGIN)


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "k#02"}, {"typ": "JWT"}, {"kid": None}]
)
def test_a_header_that_is_not_ours_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(statuslist.Unusable):
        statuslist.opened(signed(credential({}), **header), keys=KEYS, origin=ORIGIN)


def test_no_character_of_a_signed_list_can_change() -> None:
    text = signed(credential({7: 1}))
    for at in range(len(text)):
        for other in ("A", "B", "-", "."):
            if text[at] == other:
                continue
            with pytest.raises(statuslist.Unusable):
                statuslist.opened(text[:at] + other + text[at + 1 :], keys=KEYS, origin=ORIGIN)


@given(st.one_of(st.text(max_size=60), st.none(), st.integers(), st.just("e30.e30.e30"), st.just("bnVsbA..")))
def test_anything_may_be_offered_as_a_list(text: Any) -> None:
    with pytest.raises(statuslist.Unusable):
        statuslist.opened(text, keys=KEYS, origin=ORIGIN)


@pytest.mark.parametrize("size", [0, 100, 16 * 1024, 3 * 1024 * 1024])
def test_a_list_of_another_length_says_nothing(size: int) -> None:
    text = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(size))).rstrip(b"=").decode()
    with pytest.raises(statuslist.Unusable):
        statuslist.bits(text)


@pytest.mark.parametrize("states", [{0: 4}, {0: -1}, {-1: 0}, {statuslist.ENTRIES: 0}])
def test_a_status_that_does_not_exist_is_not_written(states: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        statuslist.encode(states)


def test_a_hundred_thousand_reports_of_which_a_tenth_changed_fit_in_thirty_kilobytes() -> None:
    states = dict.fromkeys(range(0, 100_000, 10), 2)
    assert len(json.dumps(credential(states))) < 30_000


# ---- the form of 0.1 to 0.3


@given(st.lists(st.integers(0, 2)))
def test_a_list_of_an_earlier_release_is_still_read(states: list[int]) -> None:
    body = status_list(KEY, states)["list"]
    words = ("current", "superseded", "withdrawn")
    assert [statuslist.look_up(body, i) for i in range(len(states))] == [words[one] for one in states]
    assert statuslist.look_up(body, len(states) + 3) == statuslist.look_up(body, -1) == "unknown"


@pytest.mark.parametrize(
    "body",
    ["", "!", "AAAA", base64.b64encode(zlib.compress(b"x" * 100)[:-5]).decode(),
     base64.b64encode(zlib.compress(bytes(40 * 1024 * 1024))).decode()],
)  # fmt: skip
def test_an_earlier_list_that_is_damaged_or_far_too_large_says_unknown(body: str) -> None:
    assert statuslist.look_up(body, 0) == "unknown"
