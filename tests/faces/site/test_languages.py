"""Chinese first and English complete: every text of ours is translated, every Chinese content says that it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import translation
from sitekit import HAN, Texts

import xinheng.faces.site as site
from xinheng.faces.site import words

pytest_plugins = ("sitekit",)

CATALOGUE = Path(site.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"


def catalogue() -> Any:
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="en")


def test_every_page_is_english_under_en_and_marks_what_stays_chinese(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        page = client.get(f"/en{address}").content.decode()
        assert '<html lang="en">' in page, name
        strange = [text for language, text in Texts(page).found if language == "en" and HAN.search(text)]
        assert not strange, f"{name}: {strange}"


def test_chinese_pages_have_no_prefix_and_need_no_cookie_or_header(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        page = client.get(address, headers={"accept-language": "en"}).content.decode()
        assert '<html lang="zh-Hans">' in page, name


def test_each_page_leads_to_itself_in_the_other_language(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        if name == "not found":
            continue
        there = re.search(r'class="tongue" href="([^"]+)"', client.get(address).content.decode())
        assert there is not None, name
        english = there.group(1).replace("&amp;", "&")
        assert english.startswith("/en/"), name
        back = re.search(r'class="tongue" href="([^"]+)"', client.get(english).content.decode())
        assert back is not None, name
        assert client.get(back.group(1).replace("&amp;", "&")).status_code == 200
        assert not back.group(1).startswith("/en/"), name


def test_no_translation_is_empty_and_placeholders_survive() -> None:
    for message in catalogue():
        if not message.id:
            continue
        originals = (message.id,) if isinstance(message.id, str) else message.id
        texts = (message.string,) if isinstance(message.string, str) else message.string
        assert all(texts), message.id
        wanted = set(re.findall(r"%\(\w+\)s", originals[0]))
        for text in texts:
            assert set(re.findall(r"%\(\w+\)s", text)) == wanted, message.id
            plain = re.sub(r'<span lang="zh-Hans">.*?</span>', "", text)
            assert not HAN.search(plain), message.id


def test_the_compiled_translations_are_those_on_file() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as source:
        compiled = read_mo(source)
    assert by_id(compiled) == by_id(catalogue())


def by_id(catalogue: Any) -> dict[Any, Any]:
    def same(text: Any) -> Any:
        return tuple(text) if isinstance(text, (list, tuple)) else text

    return {same(message.id): same(message.string) for message in catalogue if message.id}


@pytest.mark.parametrize(
    ("chinese", "english"),
    [("存续", "Active"), ("个体工商户", "Individual business"), ("濉溪县", "Suixi County"), ("罚款", "Fine")],
)
def test_short_words_of_register_and_law_are_translated(city: Any, chinese: str, english: str) -> None:
    with translation.override("en"):
        assert words.term(chinese) == english
        assert words.term("某个没有译文的词") == "某个没有译文的词"
    with translation.override("zh-hans"):
        assert words.term(chinese) == chinese


def test_every_kind_and_status_of_the_register_has_an_english_word() -> None:
    from xinheng.register.policy_kinds import _STATUS, KIND_OF_PREFIX

    with translation.override("en"):
        for word in (*KIND_OF_PREFIX.values(), *_STATUS):
            assert not HAN.search(words.gettext(word)), word
