"""The tokens keep the contrast the law on accessibility asks for, and the style sheets use nothing but tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import xinheng.faces.site as site

STYLES = Path(site.__file__).parent / "static" / "site"
SHEETS = ("base.css", "cards.css", "lists.css", "pages.css")
TOKENS = dict(
    re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", (STYLES / "tokens.css").read_text(encoding="utf-8"))
)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "name", ["ink", "ink-soft", "seal", "seal-deep", "pine", "pine-deep", "ochre", "slate"]
)
def test_every_colour_of_text_reads_on_paper(name: str) -> None:
    assert contrast(TOKENS[name], TOKENS["paper"]) >= 4.5


@pytest.mark.parametrize("name", ["ink", "ink-soft", "pine", "pine-deep", "ochre-deep"])
def test_the_colours_of_the_foot_read_on_deep_paper(name: str) -> None:
    assert contrast(TOKENS[name], TOKENS["paper-deep"]) >= 4.5


@pytest.mark.parametrize("name", ["seal", "seal-deep", "pine", "pine-deep"])
def test_white_reads_on_every_button(name: str) -> None:
    assert contrast("#ffffff", TOKENS[name]) >= 4.5


def test_the_edges_of_fields_are_seen() -> None:
    assert contrast(TOKENS["line-strong"], "#ffffff") >= 3
    assert contrast(TOKENS["line-strong"], TOKENS["paper"]) >= 3


def test_only_the_tokens_name_colours() -> None:
    for sheet in SHEETS:
        found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", (STYLES / sheet).read_text(encoding="utf-8")))
        assert found <= {"#fff"}, f"{sheet}: {found}"


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"--([a-z0-9-]+):", (STYLES / "tokens.css").read_text(encoding="utf-8")))
    for sheet in SHEETS:
        used = set(re.findall(r"var\(--([a-z0-9-]+)\)", (STYLES / sheet).read_text(encoding="utf-8")))
        assert used <= known, f"{sheet}: {used - known}"
