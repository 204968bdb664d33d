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


class Unsealed(Refused):
    """Something that was encrypted with another key than this home's."""

    code = "unsealed"


class NoProvider(Refused):
    """No identity provider is set, or it does not answer."""

    code = "no-provider"


class ProviderRefused(Refused):
    """What the identity provider sent back does not hold."""

    code = "provider-refused"


class ClaimRefused(Refused):
    """A token that names no organisation of the register, or a claim that the office ended."""

    code = "claim-refused"


class WrongCode(Refused):
    """A code of the second factor, or of an e-mail, that does not hold."""

    code = "wrong-code"


class BadAddress(WrongUse):
    """An e-mail address or language that cannot be."""

    code = "bad-address"
