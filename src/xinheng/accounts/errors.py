"""What the accounts room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class AccountTaken(WrongUse):
    """An account of that name exists."""

    code = "account-taken"


class NoSuchAccount(WrongUse):
    """No account or client of that name."""

    code = "no-such-account"


class BadAccount(WrongUse):
    """A name, role, unit, scope or password that cannot be."""

    code = "bad-account"


class SandboxOnly(Refused):
    """Demonstration sign-ins are made in sandboxes only."""

    code = "sandbox-only"


class TokenRefused(Refused):
    """A client id, secret or token that does not hold (any more)."""

    code = "token-refused"


class KeyReused(WrongUse):
    """An idempotency key that already stands for another file."""

    code = "key-reused"
