"""What the room hands out. Numbers, codes and kinds: nothing here holds content of an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ANSWER, RECORDED, ENDED = "answer.changed", "entry.recorded", "entry.ended"
CONFIRM = "subscription.confirm"
KINDS = {
    ANSWER: "某组织就某事项的核查答复变了", RECORDED: "某组织有新的公示记录", ENDED: "某组织有公示记录停止使用",
}  # fmt: skip
PENDING, ACTIVE, STOPPED, OVER = "pending", "active", "stopped", "ended"
STATES = {PENDING: "待确认", ACTIVE: "生效", STOPPED: "已停送", OVER: "已终止"}
SCOPE = "subscribe"
SHARED = "check-shared"
MAX_CODES = 10_000
MAX_SUBSCRIPTIONS = 20
MAX_PAGE = 500


@dataclass(frozen=True)
class Subscription:
    """Who wants to hear of what. `waiting` messages are not delivered yet, `given_up` were tried as often as allowed.

    `state` is pending (the address has not proved that it listens), active, stopped (given up; confirm again), ended.
    `reason` says why it is in this state, `host` is the only part of the address shown to others than its client.
    """

    id: int
    client: str
    body: str
    url: str
    kinds: tuple[str, ...]
    matter: str
    scope: str
    purpose: str
    codes: int
    state: str
    reason: str
    since: datetime
    next_at: datetime | None
    waiting: int
    given_up: int
    last_delivered: datetime | None

    @property
    def host(self) -> str:
        from urllib.parse import urlsplit

        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Message:
    """One message of a client: look again at `uscc`. `seq` runs without gaps for each client."""

    id: int
    client: str
    seq: int
    subscription: int
    kind: str
    uscc: str
    matter: str
    position: int
    at: datetime
    state: str
    attempts: int


@dataclass(frozen=True)
class Page:
    """Messages in order; `next` is the `after` of the following page, None at the end; `last` the newest there is."""

    messages: tuple[Message, ...]
    next: int | None
    last: int


@dataclass(frozen=True)
class Delivered:
    """What a round of deliveries did."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Decided:
    """What a look at candidates, or at everything, found: messages recorded, and codes looked at."""

    recorded: int = 0
    looked_at: int = 0


@dataclass(frozen=True)
class Trouble:
    """A delivery that failed or was given up, for the office: a code for why, never what the receiver said."""

    subscription: int
    client: str
    seq: int
    kind: str
    outcome: str
    reason: str
    at: datetime
    next_at: datetime | None
