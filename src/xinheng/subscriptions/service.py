"""The door of the subscriptions room: who wants to hear of what; messages with ids only, signed, delivered, replayed.

    subscription = subscribe(client=…, url=…, kinds=("answer.changed",), usccs=…, matter=…, actor=…, at=…)
    confirm(client=…, id=subscription.id, challenge=…, actor=…, at=…)
    decide(at=…); deliver(at=…)        # the runner, every round
    sweep(at=…)                        # once a day: what changed by the passing of time alone

A message says "look again" and nothing else; what is true now is asked of `checks` and of the gate.
"""

from __future__ import annotations

from xinheng.subscriptions.cloudevents import payload, source
from xinheng.subscriptions.delivering import deliver, due_now
from xinheng.subscriptions.errors import (
    BadAddress,
    BadSubscription,
    ChallengeWrong,
    NoSuchSubscription,
    NotActive,
)
from xinheng.subscriptions.following import decide, follow, sweep
from xinheng.subscriptions.keys import jwks, rotate_key
from xinheng.subscriptions.reading import codes, feed, subscription, subscriptions, troubles
from xinheng.subscriptions.subscribing import challenge_again, confirm, end, replay, subscribe
from xinheng.subscriptions.types import (
    KINDS,
    MAX_CODES,
    MAX_PAGE,
    MAX_SUBSCRIPTIONS,
    SCOPE,
    STATES,
    Decided,
    Delivered,
    Message,
    Page,
    Subscription,
    Trouble,
)

__all__ = [
    "KINDS", "MAX_CODES", "MAX_PAGE", "MAX_SUBSCRIPTIONS", "SCOPE", "STATES", "BadAddress", "BadSubscription",
    "ChallengeWrong", "Decided", "Delivered", "Message", "NoSuchSubscription", "NotActive", "Page", "Subscription",
    "Trouble", "challenge_again", "codes", "confirm", "decide", "deliver", "due_now", "end", "feed", "follow", "jwks",
    "payload", "replay", "rotate_key", "source", "subscribe", "subscription", "subscriptions", "sweep", "troubles",
]  # fmt: skip
