"""The door of the articles room: policies, notices and typical cases, written by one and approved by another."""

from __future__ import annotations

from xinheng.articles.checking import KINDS, Concern, Text, concerns
from xinheng.articles.demo import demo_articles
from xinheng.articles.differences import Line, differences
from xinheng.articles.errors import BadArticle, FourEyes, NoSuchArticle, PersonalDataInside, WrongStep
from xinheng.articles.keeping import approve, send_back, submit, withdraw, write
from xinheng.articles.markdown import problems, render
from xinheng.articles.policy_steps import State, allowed
from xinheng.articles.reading import (
    Published,
    Step,
    Version,
    Work,
    article,
    history,
    published,
    versions,
    work,
    works,
)
from xinheng.articles.telling import PARTY, Told, told

__all__ = [
    "KINDS",
    "PARTY",
    "BadArticle",
    "Concern",
    "FourEyes",
    "Line",
    "NoSuchArticle",
    "PersonalDataInside",
    "Published",
    "State",
    "Step",
    "Text",
    "Told",
    "Version",
    "Work",
    "WrongStep",
    "allowed",
    "approve",
    "article",
    "concerns",
    "demo_articles",
    "differences",
    "history",
    "problems",
    "published",
    "render",
    "send_back",
    "submit",
    "told",
    "versions",
    "withdraw",
    "work",
    "works",
    "write",
]
