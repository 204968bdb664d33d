"""Collects the texts to translate and compiles the translations, with Babel: GNU gettext is not needed.

Run by `make messages`. Sources are Chinese; `faces/site/locale/en/LC_MESSAGES/django.po` is edited by people,
its compiled `.mo` is committed beside it. Exit 1 when an English text is missing, and each is named.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "xinheng"
LOCALES = SOURCE / "faces" / "site" / "locale"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LANGUAGES = ("en",)
#: Header fields that say nothing here, or change with every run
EMPTY_HEADERS = tuple(
    f'"{name}:'
    for name in (
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)


def main(arguments: list[str]) -> int:
    """Updates every catalogue from the sources with its compiled form; `--check` only compares."""
    settings.configure(USE_I18N=True)
    check = arguments == ["--check"]
    template = collect()
    wrong = 0
    for language in LANGUAGES:
        folder = LOCALES / language / "LC_MESSAGES"
        catalogue = merged(folder / "django.po", template, language=language)
        for name, content in (("django.po", as_po(catalogue)), ("django.mo", as_mo(catalogue))):
            file = folder / name
            if check and (not file.is_file() or file.read_bytes() != content):
                print(f"{file.relative_to(ROOT)} is behind the sources: run make messages")
                wrong += 1
            elif not check:
                folder.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        untranslated = [message.id for message in catalogue if message.id and not all_strings(message.string)]
        for text in untranslated:
            print(f"{language}: not translated: {text}")
        wrong += len(untranslated)
        print(f"{language}: {len(catalogue)} texts, {len(untranslated)} without a translation")
    return 1 if wrong else 0


def all_strings(string: str | tuple[str, ...] | None) -> bool:
    """Whether a translation is there, in every plural form."""
    return all(string) if isinstance(string, tuple) else bool(string)


def collect() -> Catalog:
    """Every marked text of the Python sources and templates, with the files it comes from (no line numbers:
    they would change the catalogue with every edit)."""
    template = Catalog(charset="utf-8")
    for file, method, text in sources():
        place = file.relative_to(ROOT).as_posix()
        for _, message, comments, context in extract(method, io.BytesIO(text.encode()), keywords=KEYWORDS):
            template.add(message, locations=[(place, None)], auto_comments=comments, context=context)
    return template


def sources() -> Iterator[tuple[Path, str, str]]:
    """Python files as they are; templates rewritten by Django into calls that Babel's extractor reads."""
    for file in sorted(SOURCE.rglob("*")):
        if file.suffix == ".py" and "migrations" not in file.parts:
            yield file, "python", file.read_text(encoding="utf-8")
        elif file.suffix in {".html", ".txt", ".svg", ".xml"} and "templates" in file.parts:
            rewritten = templatize(file.read_text(encoding="utf-8"), origin=str(file))
            # Django leaves each call where its tag stood: Python's tokenizer would stumble over the indents
            yield file, "python", "\n".join(line.strip() for line in rewritten.splitlines())


def merged(file: Path, template: Catalog, *, language: str) -> Catalog:
    """The texts found now with the translations of the file; texts no longer used are dropped."""
    catalogue = Catalog(locale=language)
    if file.is_file():
        with file.open("rb") as stream:
            catalogue = read_po(stream, locale=language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = (
        "# Xinheng: texts of the site. Written by `make messages`; people fill in msgstr."
    )
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True)
    lines = buffer.getvalue().decode().splitlines()
    return ("\n".join(line for line in lines if not line.startswith(EMPTY_HEADERS)) + "\n").encode()


def as_mo(catalogue: Catalog) -> bytes:
    """The compiled form of what the .po says: the same .po gives the same bytes on any day."""
    plain = read_po(io.BytesIO(as_po(catalogue)), locale=catalogue.locale)
    plain.creation_date = plain.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    buffer = io.BytesIO()
    write_mo(buffer, plain)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
