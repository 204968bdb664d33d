"""The way of an article: written, submitted, approved by somebody else, shown, withdrawn. Facts in, next state out.

    draft ── submit ──▶ submitted ── approve (another person) ──▶ settled
      ▲                     │                                        │
      └───── send back ─────┘            write (a new version) ──────┘

What is shown changes by two acts only: `approve` shows the version submitted, `withdraw` shows none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from xinheng.articles.errors import FourEyes, WrongStep

DRAFT, SUBMITTED, SETTLED = "draft", "submitted", "settled"
ACTS = ("write", "submit", "send_back", "approve", "withdraw")


@dataclass(frozen=True)
class State:
    """Where an article is: the step of its latest version, who wrote and submitted that, and which one is shown."""

    step: str = SETTLED
    latest: int = 0
    author: str = ""
    submitter: str = ""
    shown: int = 0


def after(state: State, act: str, *, actor: str) -> State:
    """The state after `actor` did `act`. Raises `WrongStep`, and `FourEyes` where one person would do both."""
    if act == "write":
        if state.step == SUBMITTED:
            raise WrongStep("这一稿已提交，等候审核。要改的话，请先退回。")
        return replace(state, step=DRAFT, latest=state.latest + 1, author=actor, submitter="")
    if act == "submit":
        _must_be(state, DRAFT, "只有草稿可以提交。")
        return replace(state, step=SUBMITTED, submitter=actor)
    if act == "send_back":
        _must_be(state, SUBMITTED, "只有已提交的稿子可以退回。")
        return replace(state, step=DRAFT, submitter="")
    if act == "approve":
        _must_be(state, SUBMITTED, "只有已提交的稿子可以审核。")
        if actor in (state.author, state.submitter):
            raise FourEyes("自己写的或自己提交的稿子不能自己批准：请另一位同事审核。")
        return replace(state, step=SETTLED, shown=state.latest)
    if act == "withdraw":
        if not state.shown:
            raise WrongStep("这篇文章现在没有公布，不需要撤下。")
        return replace(state, shown=0)
    raise WrongStep(f"没有「{act}」这一步。")


def allowed(state: State, *, actor: str) -> tuple[str, ...]:
    """The acts this person could do now: what buttons a page offers."""
    return tuple(act for act in ACTS if _possible(state, act, actor))


def _possible(state: State, act: str, actor: str) -> bool:
    try:
        after(state, act, actor=actor)
    except (WrongStep, FourEyes):
        return False
    return True


def _must_be(state: State, step: str, why: str) -> None:
    if state.step != step:
        raise WrongStep(why)
