"""Signed notes and checkpoints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.errors import XinhengError
from xinheng.kernel.note import (
    Checkpoint,
    NoteError,
    Signer,
    Verifier,
    checkpoint_text,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    sign_checkpoint,
    sign_note,
)

SIGNER = Signer("xinheng.example/huaibei", bytes(range(32)))
OTHER = Signer("witness.example/w1", bytes(32))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1).map(
    lambda t: t + "\n"
)
CHECKPOINTS = st.builds(
    Checkpoint, st.just("xinheng.example/huaibei"), st.integers(0, 2**62), st.binary(min_size=32, max_size=32)
)

# The example of the specification (c2sp.org/signed-note).
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOB"
    "H3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def test_the_example_of_the_specification_opens() -> None:
    verifier = Verifier.from_vkey(VKEY)
    assert verifier.vkey == VKEY
    assert open_note(NOTE, [verifier]) == ("This is an example message.\n", ("example.com/foo",))


@given(TEXT)
def test_what_was_signed_opens_to_the_same_text(text: str) -> None:
    note = sign_note(text, [SIGNER, OTHER])
    assert open_note(note, [SIGNER.verifier, OTHER.verifier]) == (text, (SIGNER.name, OTHER.name))
    assert open_note(note, [OTHER.verifier]) == (text, (OTHER.name,))


@given(CHECKPOINTS, st.data())
def test_any_changed_character_breaks_a_note_signed_by_one_key(
    checkpoint: Checkpoint, data: st.DataObject
) -> None:
    note = sign_checkpoint(checkpoint, [SIGNER])
    place = data.draw(st.integers(0, len(note) - 1))
    char = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != note[place]))
    for broken in (note[:place] + char + note[place + 1 :], note[:place] + note[place + 1 :], note + char):
        with pytest.raises(NoteError):
            open_checkpoint(broken, [SIGNER.verifier])


@given(CHECKPOINTS)
def test_a_checkpoint_comes_back(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint(checkpoint_text(checkpoint)) == checkpoint
    note = sign_checkpoint(checkpoint, [SIGNER])
    assert open_checkpoint(note, [SIGNER.verifier], origin=checkpoint.origin) == checkpoint
    with pytest.raises(NoteError) as caught:
        open_checkpoint(note, [SIGNER.verifier], origin="other.example/log")
    assert caught.value.code == "note.origin"


def test_a_signature_of_a_known_key_must_hold_even_beside_a_good_one() -> None:
    note = sign_note("text\n", [SIGNER, OTHER])
    swapped = note.replace("text", "tent")
    with pytest.raises(NoteError) as caught:
        open_note(swapped, [SIGNER.verifier])
    assert caught.value.code == "note.signature"
    good_line = sign_note("text\n", [SIGNER]).split("\n\n")[1]
    bad_line = sign_note("other\n", [OTHER]).split("\n\n")[1]
    mixed = "text\n\n" + good_line + bad_line
    assert open_note(mixed, [SIGNER.verifier])[1] == (SIGNER.name,)  # the other key is not known
    with pytest.raises(NoteError):
        open_note(mixed, [SIGNER.verifier, OTHER.verifier])


def test_a_key_of_the_same_name_is_another_key() -> None:
    impostor = Signer(SIGNER.name, bytes([7]) * 32)
    with pytest.raises(NoteError) as caught:
        open_note(sign_note("text\n", [impostor]), [SIGNER.verifier])
    assert caught.value.code == "note.unknown"


@pytest.mark.parametrize(
    "note",
    ["", "text\n", "text\n\n", "\n\n— a b\n", "text\n\n— a b", "text\n\nno signature\n", "text\n\n— name !!!!\n", "te\tt\n\n— a AAAAAAA=\n",
     "text\n\n— example.com/foo AAAA\n", "text\n\n" + "— a AAAAAAAAAA==\n" * 101, "\ud800\n\n— a AAAAAAAAAAA=\n"],
)  # fmt: skip
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        open_note(note, [SIGNER.verifier])


@pytest.mark.parametrize("text", ["", "\n", "no newline", "tab\there\n", "\ud800\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, [SIGNER])
    with pytest.raises(NoteError):
        sign_note("fine\n", [])


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "a\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
     "a\n1\nAAAA\n", "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n",
     "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", "a\n１\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "vkey", ["", "a+b", VKEY.replace("530d903a", "530d903b"), VKEY[:-4] + "AAAA", "a b+530d903a+AAAA"]
)
def test_a_wrong_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        Verifier.from_vkey(vkey)


def test_wrong_names_keys_and_checkpoints_are_refused() -> None:
    for call in (
        lambda: Signer("with space", bytes(32)),
        lambda: Signer("with+plus", bytes(32)),
        lambda: Signer("", bytes(32)),
        lambda: Signer("name", bytes(31)),
        lambda: Verifier("name", bytes(33)),
        lambda: checkpoint_text(Checkpoint("", 1, bytes(32))),
        lambda: checkpoint_text(Checkpoint("a\nb", 1, bytes(32))),
        lambda: checkpoint_text(Checkpoint("a", -1, bytes(32))),
        lambda: checkpoint_text(Checkpoint("a", 1, bytes(31))),
    ):
        with pytest.raises(XinhengError):
            call()


def test_a_signing_key_does_not_show_itself() -> None:
    assert SIGNER.private_key.hex() not in repr(SIGNER)
    assert repr(SIGNER.private_key) not in f"{SIGNER!r} {SIGNER}"
