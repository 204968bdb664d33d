"""The words of the notices: complete in both languages, and a version once used never changes."""

from __future__ import annotations

import hashlib

import pytest

from xinheng.notices import templates

USED = {
    "1": "bea43a2549046b3c6125724a949c7069d3052da30205da32ea875f05dddb44ce",
    "2": "00c1ee704c4b94590cdcd4d4f3df834cac40581f952ff6132d64ad7a2c85adfc",
}
"""SHA-256 of each version's file. A new wording is a new file with the next number; never a new digest here."""


def test_every_kind_has_words_in_both_languages_and_no_forbidden_one() -> None:
    for version, words in templates.versions().items():
        for kind in templates.KINDS:
            for language in templates.LANGUAGES:
                if int(version) < templates.SINCE.get(kind, 1):
                    assert (kind, language) not in words.words
                    continue
                told = words.words[kind, language]
                assert told.subject and told.body, (version, kind, language)
                assert not {"黑名单", "红名单", "联合惩戒", "老赖"} & {
                    word
                    for word in ("黑名单", "红名单", "联合惩戒", "老赖")
                    if word in told.subject + told.body
                }
        assert all(
            "不是法律文书的送达" in words.foot["zh"] and "not service" in words.foot["en"] for _ in [0]
        )


def test_a_version_in_use_stays_as_it_is() -> None:
    found = {
        file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in templates.FOLDER.glob("*.yaml")
    }
    assert found == USED


@pytest.mark.parametrize("kind", templates.KINDS)
def test_a_value_cannot_break_out_of_its_line_or_its_place(kind: str) -> None:
    hostile = dict.fromkeys(templates.PLACES, "甲\r\nBcc: x@y.example {link.__class__}")
    told = templates.fill(version=templates.current(), kind=kind, language="zh", places=hostile)
    assert "\r" not in told.subject + told.body and "\n" not in told.subject
    assert "class 'str'" not in told.body


def test_what_is_not_known_reads_as_a_dash() -> None:
    assert (
        "公示截止：—"
        in templates.fill(version="1", kind="recorded", language="zh", places={"item": "行政处罚"}).body
    )
