"""What an item tells the register: the `feed` block of its file."""

from __future__ import annotations

from collections.abc import Mapping

from xinheng.law.reading import Node
from xinheng.law.types import Field, RegisterFeed

NEEDED = ("code", "name", "on", "event")
FIELDS = (*NEEDED, "former", "region", "kind", "industry", "successor")


def read_feed(node: Node, known: Mapping[str, Field]) -> RegisterFeed | None:
    """`feed: {code:, name:, on:, event:, …}`; None where the item tells the register nothing."""
    if not node.has("feed"):
        node.seen.add("feed")
        return None
    feed = node.node("feed")
    fields = {name: feed.one_of(name, known) for name in FIELDS if name in NEEDED or feed.has(name)}
    found = RegisterFeed(
        **fields,
        renames=feed.texts("renames"),
        founds=feed.texts("founds"),
        registers=feed.texts("registers"),
        statuses=feed.pairs("statuses"),
    )
    event = known.get(found.event)
    for word in (*found.renames, *found.founds, *found.registers, *found.statuses):
        if event is not None and word not in event.choices:
            feed.wrong("event", f"「{word}」不是「{event.name}」的取值")
    feed.done()
    return found
