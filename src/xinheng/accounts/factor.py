"""The second factor: codes of an authenticator (RFC 6238), and recovery codes for the day the telephone is lost.

The secret is encrypted with a key of this home; of recovery codes only keyed digests are kept. No code works twice.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp

from xinheng.accounts.errors import NoSuchAccount, WrongCode
from xinheng.accounts.keeping import ALPHABET, digest_of, exists
from xinheng.accounts.keyring import digest, seal, unseal
from xinheng.accounts.models import Factor
from xinheng.accounts.policy_permissions import factor_required
from xinheng.evidence import service as evidence

SET, USED, ENDED, RENEWED = (
    "accounts.factor-set", "accounts.factor-used", "accounts.factor-ended", "accounts.recovery-renewed",
)  # fmt: skip
KINDS = (SET, USED, ENDED, RENEWED)
PERIOD, DRIFT, CODES = 30, 1, 10
__all__ = [
    "Enrolment",
    "begin_factor",
    "end_factor",
    "factor_required",
    "has_factor",
    "recovery_left",
    "set_factor",
]


@dataclass(frozen=True)
class Enrolment:
    """A new secret, shown to its owner once: as text, and as the address an authenticator scans."""

    secret: str
    address: str
    sealed: str


def begin_factor(*, name: str, site: str) -> Enrolment:
    """A fresh secret for an account. Nothing is kept yet: `sealed` goes into the session until a code proves it."""
    secret = pyotp.random_base32()
    return _enrolment(secret, name, site)


def shown_again(*, sealed: str, name: str, site: str) -> Enrolment:
    """The enrolment whose sealed secret the session holds. Raises `Unsealed`."""
    return _enrolment(unseal(sealed), name, site)


def set_factor(
    *, name: str, sealed: str, code: str, instant: datetime, at: datetime, actor: str
) -> list[str]:
    """Keeps a second factor whose first code was shown; returns the recovery codes, told once.

    Raises `WrongCode`, `NoSuchAccount`, `Unsealed`.
    """
    step = _step_of(unseal(sealed), code, instant, after=-1)
    if step is None:
        raise WrongCode("验证码不对。请看一下手机上的时间是否准确,再输入现在显示的 6 位数字。")
    codes = _codes()
    with _event(SET, name, at, actor) as event:
        row = _row(name)
        row.secret, row.recovery, row.step = sealed, _digests(name, codes), step
        row.save()
        event.detail["digest"] = digest_of(row)
    return codes


def renew_recovery(*, name: str, at: datetime, actor: str) -> list[str]:
    """Ten new recovery codes; the earlier ones end. Raises `WrongCode` where there is no second factor."""
    codes = _codes()
    with _event(RENEWED, name, at, actor) as event:
        row = _row(name)
        if not row.secret:
            raise WrongCode("这个账户还没有第二重验证。")
        row.recovery = _digests(name, codes)
        row.save()
        event.detail["digest"] = digest_of(row)
    return codes


def end_factor(*, name: str, at: datetime, actor: str) -> None:
    """Ends the second factor of an account (a lost telephone, or by its owner). Ending twice is once."""
    if not has_factor(name):
        return
    with _event(ENDED, name, at, actor) as event:
        row = _row(name)
        row.secret, row.recovery = "", ""
        row.save()
        event.detail["digest"] = digest_of(row)


def has_factor(name: str) -> bool:
    """Whether an account has a second factor."""
    return Factor.objects.filter(account=name).exclude(secret="").exists()


def recovery_left(name: str) -> int:
    """How many recovery codes are unused."""
    row = Factor.objects.filter(account=name).first()
    return len(row.recovery.split()) if row else 0


def use_code(*, name: str, code: str, instant: datetime, at: datetime, actor: str) -> bool:
    """Whether the code holds now; it is used up by asking. False for a wrong, an old and a repeated one alike.

    Two requests with one code: the row is read again inside the event that uses it up, so one of them fails.
    """
    code = "".join(code.split()).lower()
    row = Factor.objects.filter(account=name).exclude(secret="").first()
    if row is None or not _used(row, code, instant):
        return False
    try:
        with _event(USED, name, at, actor) as event:
            row = _row(name)
            if not row.secret or not _used(row, code, instant):
                raise WrongCode("验证码已经用过。")
            row.save()
            event.detail["digest"] = digest_of(row)
    except WrongCode:
        return False
    return True


def _used(row: Factor, code: str, instant: datetime) -> bool:
    """Marks the code as used on the row, when it holds."""
    step = _step_of(unseal(row.secret), code, instant, after=row.step)
    if step is not None:
        row.step = step
        return True
    known, wanted = row.recovery.split(), digest("recovery", row.account, code.replace("-", ""))
    found = [one for one in known if hmac.compare_digest(one, wanted)]
    if found:
        row.recovery = " ".join(one for one in known if one not in found)
    return bool(found)


def _step_of(secret: str, code: str, instant: datetime, *, after: int) -> int | None:
    """The half minute whose code this is: now, the one before or the one after, and later than the last one used."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    present, made = int(instant.timestamp()) // PERIOD, pyotp.TOTP(secret, interval=PERIOD)
    held = [
        step
        for step in range(present - DRIFT, present + DRIFT + 1)
        if hmac.compare_digest(made.generate_otp(step), code) and step > after
    ]
    return held[0] if held else None


def _event(kind: str, name: str, at: datetime, actor: str):  # type: ignore[no-untyped-def]
    if not exists(name):
        raise NoSuchAccount(f"没有用户名「{name}」。")
    return evidence.event(evidence.Act(kind=kind, actor=actor, at=at, detail={"factor": name}))


def _row(name: str) -> Factor:
    """The row under lock: acts on one account's factor come one after the other."""
    evidence.lock(f"accounts.factor.{name}")
    return Factor.objects.filter(account=name).first() or Factor(
        account=name, secret="", recovery="", step=-1
    )


def _enrolment(secret: str, name: str, site: str) -> Enrolment:
    address = pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=name, issuer_name=site)
    return Enrolment(secret, address, seal(secret))


def _codes() -> list[str]:
    letters = ["".join(secrets.choice(ALPHABET) for _letter in range(10)) for _code in range(CODES)]
    return [f"{one[:5]}-{one[5:]}" for one in letters]


def _digests(name: str, codes: list[str]) -> str:
    return " ".join(digest("recovery", name, code.replace("-", "")) for code in codes)
