"""The words of the notices: one YAML file a version. A version once used stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from xinheng.notices.errors import BadTemplates

ENTRY_KINDS = ("recorded", "corrected", "repairable-soon", "repairable", "ending-soon", "list-ending")
CASE_KINDS = ("case-step", "case-moved")
KINDS = (*ENTRY_KINDS, *CASE_KINDS)
LANGUAGES = ("zh", "en")
SINCE = {"list-ending": 2}
"""The version in which a kind of notice first has words; earlier ones made none of it."""
PLACES = {
    "item", "document", "authority", "on", "until", "statement", "link", "case", "case_kind", "state", "due", "before",
}  # fmt: skip
FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Words:
    """Subject and text of one kind in one language."""

    subject: str
    body: str


@dataclass(frozen=True)
class Templates:
    """One version of all words."""

    version: str
    words: Mapping[tuple[str, str], Words]
    foot: Mapping[str, str]


@lru_cache(maxsize=1)
def versions() -> dict[str, Templates]:
    """Every version there ever was, by its number. Raises `BadTemplates` where one is incomplete."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        made = _read(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)
        found[made.version] = made
    if not found:
        raise BadTemplates("没有任何通知用语。请检查安装。")
    return found


def current() -> str:
    """The version new notices are made with: the highest."""
    return max(versions(), key=int)


def fill(*, version: str, kind: str, language: str, places: Mapping[str, str]) -> Words:
    """The words of a kind with its places filled; whatever is not known reads as a dash. Raises `BadTemplates`."""
    try:
        chosen = versions()[version]
        words = chosen.words[kind, language if language in LANGUAGES else "zh"]
    except KeyError:
        raise BadTemplates(f"没有第 {version} 版的「{kind}」通知用语。请检查安装是否完整。") from None
    known = {name: " ".join((places.get(name) or "—").split()) for name in PLACES}
    return Words(words.subject.format_map(known), words.body.format_map(known))


def foot(*, version: str, language: str) -> str:
    """What stands under every letter: that it is a reminder and not service."""
    return versions()[version].foot[language if language in LANGUAGES else "zh"]


def _read(content: Any, name: str) -> Templates:
    words = {}
    for kind in (one for one in KINDS if int(content["version"]) >= SINCE.get(one, 1)):
        for language in LANGUAGES:
            try:
                told = content["kinds"][kind][language]
                words[kind, language] = Words(told["subject"].strip(), told["body"].strip())
            except (KeyError, TypeError):
                raise BadTemplates(f"{name} 缺少「{kind}」的「{language}」用语。") from None
            unknown = _places(words[kind, language]) - PLACES
            if unknown:
                raise BadTemplates(f"{name} 的「{kind}」用了没有的占位：{'、'.join(sorted(unknown))}。")
    return Templates(str(content["version"]), words, {key: content["foot"][key].strip() for key in LANGUAGES})


def _places(words: Words) -> set[str]:
    return {name for text in (words.subject, words.body) for _, name, _, _ in Formatter().parse(text) if name}
