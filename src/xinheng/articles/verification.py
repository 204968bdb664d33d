"""What `ledger verify` recomputes of this room: every article and every version against the last word of the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from xinheng.articles.keeping import KINDS, digest_of
from xinheng.articles.models import Article, Revision
from xinheng.evidence import service as evidence


def findings() -> Iterator[evidence.Finding]:
    """Rows that are not what the ledger last bound, and rows only one of the two knows."""
    last: dict[str, tuple[int, str]] = {}
    written: dict[int, str] = {}
    for entry in evidence.events(kinds=KINDS):
        detail = entry.body["detail"]
        last[detail["article"]] = (entry.id, detail["article_digest"])
        if "revision_digest" in detail:
            written[entry.first_row] = detail["revision_digest"]
    yield from _articles(last)
    yield from _versions(written)


def _articles(last: dict[str, tuple[int, str]]) -> Iterator[evidence.Finding]:
    try:
        rows = {row.number: digest_of(row) for row in Article.objects.all()}
    except (ValueError, TypeError):
        yield evidence.Finding("article-unreadable", "文章表里有读不出的值")
        return
    for number in sorted(rows.keys() | last.keys()):
        if number not in last:
            yield evidence.Finding("article-unknown", f"文章 {number[:20]} 不在账本中")
        elif number not in rows:
            yield evidence.Finding("article-missing", f"账本中的文章 {number} 不见了")
        elif rows[number] != last[number][1]:
            yield evidence.Finding("article-changed", f"文章 {number} 与账本第 {last[number][0]} 笔所记不符")


def _versions(written: dict[int, str]) -> Iterator[evidence.Finding]:
    rows = {row.id: digest_of(row) for row in Revision.objects.all()}
    for id_ in sorted(rows.keys() | written.keys()):
        if id_ not in written:
            yield evidence.Finding("revision-unknown", f"文章的一稿（{id_}）不在账本中")
        elif id_ not in rows:
            yield evidence.Finding("revision-missing", f"账本中文章的一稿（{id_}）不见了")
        elif rows[id_] != written[id_]:
            yield evidence.Finding("revision-changed", f"文章的一稿（{id_}）与账本所记摘要不符")
