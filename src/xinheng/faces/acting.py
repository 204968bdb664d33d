"""What those who act are called on a page: the ledger knows accounts, a reader knows posts."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from xinheng.accounts import service as accounts


def spoken(actors: Iterable[str]) -> dict[str, str]:
    """Each actor of the ledger in words: the post of an account with its name (two of one post stay two), the command
    line, the platform. One query."""
    posts = {one.name: one.title for one in accounts.accounts()}
    return {actor: _words(actor, posts) for actor in actors}


def _words(actor: str, posts: dict[str, str]) -> str:
    kind, _colon, name = actor.partition(":")
    if kind == "desk":
        return f"{posts[name]}（{name}）" if posts.get(name) else name
    if kind == "cli":
        return _("命令行（%(name)s）") % {"name": name} if name else _("命令行")
    return _("平台") if kind == "platform" else actor


__all__ = ["spoken"]
