"""Chinese first and English complete: every text of ours is translated, every Chinese content says that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.urls import URLResolver, get_resolver, reverse
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


def patterns(found: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every named address of the public site: name and pattern. The desk and the API have pages of their own."""
    for one in get_resolver().url_patterns if found is None else found:
        if isinstance(one, URLResolver):
            if str(one.pattern) not in ("desk/", "api/v1/"):
                yield from patterns(one.url_patterns, prefix)
        elif one.name:
            yield one.name, one


# Files and programs' answers: no page to read
NO_PAGES = {
    "robots", "trust-bundle", "template", "checkpoint", "report-file", "statistics-csv", "catalogue-csv",
    "catalogue-matters-csv", "articles-feed", "remedies-csv", "status-list", "list-numbers-csv", "list-kinds-csv", "measures-csv",
    "checks-csv", "indices-csv",
}  # fmt: skip


def arguments(name: str, seen: Any, number: str) -> list[dict[str, Any]]:
    """What to put into the address of this page; an address nobody knows a value for fails the test."""
    from xinheng.faces.site.sections import SECTIONS, items_of
    from xinheng.law import service as law

    code = seen.penalty.uscc
    return {
        "org": [{"code": code}, {"code": seen.listed.uscc}, {"code": seen.masked.code}],
        "org-tab": [{"code": who, "slug": slug} for who in (code, seen.listed.uscc) for slug in SECTIONS],
        "report": [{"code": code}],
        "statement": [{"id": one.id} for one in (seen.penalty, seen.licence, seen.listed, seen.promise)],
        "verify-number": [{"number": "XH-2026"}],
        **{
            name: [{"statement": one.id} for one in (seen.penalty, seen.listed)]
            for name in ("object", "object-sheet", "repair")
        },
        "repair-letter": [{"statement": seen.penalty.id}],
        "law": [{"id": seen.penalty.rule}],
        "lists-item": [{"item": item.code} for item in items_of("lists")],
        "catalogue-item": [{"item": code} for code in law.active().items],
        "article": [{"number": number}] if number else [],
    }.get(name, [{}])


def test_no_public_address_has_an_untranslated_string(client: Any, seen: Any) -> None:
    from xinheng.articles import service as articles
    from xinheng.faces.clock import now, today

    articles.demo_articles(at=now())
    found = articles.published(on=today(), limit=1)
    number = found[0].number if found else ""
    problems, visited = {}, 0
    with translation.override("en"):
        addresses = {
            reverse(name, kwargs=given)
            for name, _ in patterns()
            if name not in NO_PAGES
            for given in arguments(name, seen, number)
        }
    for address in sorted(addresses):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert answer["Content-Type"].startswith("text/html"), f"{address}: not a page? add it to NO_PAGES"
        page = answer.content.decode()
        assert '<html lang="en">' in page, address
        if strange := [text for language, text in Texts(page).found if language == "en" and HAN.search(text)]:
            problems[address] = strange[:8]
        visited += 1
    assert not problems, problems
    assert visited > 40


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

    return {(same(message.id), message.context): same(message.string) for message in catalogue if message.id}


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
