"""A message as a CloudEvent 1.0 (structured JSON). It says where to look again, never what is to be seen there."""

from __future__ import annotations

from typing import Any

from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from xinheng.evidence import service as evidence
from xinheng.subscriptions.types import CONFIRM, Message

TYPE = "xinheng.{kind}.v1"
MEDIA_TYPE = "application/cloudevents+json"


def source() -> str:
    """Where messages come from: this home's log, by name."""
    return f"urn:xinheng:{evidence.origin()}"


def event(message: Message, *, challenge: str = "") -> CloudEvent:
    """The message as an event. The same message gives the same event each time it is sent; `challenge` is only in the
    one that asks for confirmation."""
    data: dict[str, Any] = {"subscription": message.subscription, "position": message.position}
    if message.kind == CONFIRM:
        subject = f"subscription/{message.subscription}"
        if challenge:
            data["challenge"] = challenge
    else:
        subject = message.uscc
        if message.matter:
            data["matter"] = message.matter
    return CloudEvent(
        {
            "id": f"{message.client}-{message.seq}", "source": source(), "specversion": "1.0",
            "type": TYPE.format(kind=message.kind), "subject": subject, "time": message.at,
            "datacontenttype": "application/json", "sequence": f"{message.seq:019d}",
        },
        data,
    )  # fmt: skip


def payload(message: Message, *, challenge: str = "") -> bytes:
    """The event as it goes over the wire: UTF-8 JSON."""
    return to_structured(event(message, challenge=challenge), JSONFormat()).body
