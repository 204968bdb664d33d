"""What the room refuses, and what to do about it."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NoSuchSubscription(WrongUse):
    """The client has no subscription under this number; another client's is no different."""

    code = "no-such-subscription"


class BadAddress(WrongUse):
    """A webhook address that will never be called: not https, with a password, or inside a private network."""

    code = "webhook-address-refused"


class BadSubscription(WrongUse):
    """A subscription that asks for nothing, for too much, or for what does not exist."""

    code = "subscription-wrong"


class ChallengeWrong(Refused):
    """The challenge sent back is not the one that went to the address."""

    code = "challenge-wrong"


class NotActive(Refused):
    """The subscription is not confirmed, was stopped or ended: nothing can be sent again until it is confirmed."""

    code = "subscription-not-active"
