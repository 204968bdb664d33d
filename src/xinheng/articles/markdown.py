"""Markdown to HTML that may stand on a public page: no raw HTML, links to http(s) or within the site, own images.

Twice safe: what is not allowed is refused when it is written, and the result is cleaned when it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "s", "code", "pre",
    "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
IMAGES = "/static/"


@dataclass(frozen=True)
class Problem:
    """What is not allowed in a text: in which line (0: the text as a whole), which piece, and what to do."""

    line: int
    piece: str
    remedy: str


def _parser(*, html: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"])
    # Links are judged by our own rule, which names what it refuses; the parser would only drop them
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_reading, _checking = _parser(html=False), _parser(html=True)


@lru_cache(maxsize=256)
def render(text: str) -> str:
    """The text as HTML. The highest heading an author used becomes level 2 (the page's title is 1), the next 3, and so on."""
    tokens = _reading.parse(text)
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(6, levels.index(token.tag) + 2)}"
    html = _reading.renderer.render(tokens, _reading.options, {})
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"}, attribute_filter=_kept,
        link_rel="noopener noreferrer",
    )  # fmt: skip


def problems(text: str) -> list[Problem]:
    """What keeps a text from being kept, in the order of its lines. Empty when all is well."""
    return list(_problems(_checking.parse(text), 0))


def _problems(tokens: list[Token], line: int) -> Iterator[Problem]:
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type in ("html_block", "html_inline"):
            yield Problem(line, token.content.strip()[:40], "请改用 Markdown 写法，正文不接受 HTML。")
        elif token.type == "link_open" and not _may_link(str(token.attrGet("href") or "")):
            yield Problem(line, str(token.attrGet("href"))[:60], "链接只能是 http(s) 地址或本站地址。")
        elif token.type == "image" and not _may_show(str(token.attrGet("src") or "")):
            yield Problem(line, str(token.attrGet("src"))[:60], f"图片只能用本站的（{IMAGES} 开头）。")
        if token.children:
            yield from _problems(token.children, line)


def _may_link(url: str) -> bool:
    if "\\" in url or url.startswith("//"):
        return False
    try:
        return urlsplit(url).scheme in ("", "http", "https")
    except ValueError:
        return False


def _may_show(url: str) -> bool:
    return url.startswith(IMAGES) and ".." not in url and "\\" not in url


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """The last word at showing: an address that breaks the rule loses its attribute."""
    if attribute == "href" and not _may_link(value):
        return None
    if attribute == "src" and not _may_show(value):
        return None
    return value
