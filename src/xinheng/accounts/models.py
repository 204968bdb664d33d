"""Accounts of people who work with the platform, and of machines that send data. Users, never subjects."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from xinheng.accounts import policy_permissions


class Account(AbstractBaseUser):
    """Someone who signs in. Every change is a ledger event whose body carries the digest of the row as it then stands.

    No name of a person, no number, no address is kept: `title` is the desk (窗口、岗位), not whoever sits at it.
    """

    last_login = None

    name = models.CharField(max_length=40, unique=True)
    role = models.CharField(max_length=12, help_text="policy_permissions.ROLES")
    body = models.CharField(
        max_length=18, help_text="code of the unit or organisation; empty for office and auditor"
    )
    title = models.CharField(max_length=60)
    active = models.BooleanField(default=True)

    objects = BaseUserManager()
    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """A disabled account may not sign in, and its open sessions end with the next request."""
        return bool(self.active)

    @property
    def reader_role(self) -> str:
        """The role under which `cases` reads and acts for this account."""
        return policy_permissions.reader_role(self.role)

    @property
    def only_body(self) -> str | None:
        """The unit this account is confined to; None for the office and the auditor."""
        return policy_permissions.only_body(self.role, self.body)

    def may(self, permission: str) -> bool:
        """Whether the role has this permission (policy_permissions.PERMISSIONS)."""
        return policy_permissions.allows(self.role, permission)

    def check_password(self, raw_password: str | None) -> bool:
        """Unlike Django's own, never rewrites the stored hash: a change outside a ledger event would be a finding."""
        return check_password(raw_password, self.password)


class Client(models.Model):
    """A machine of a department. Of its secret (256 random bits) only the SHA-256 is kept.

    `sector` and `matters` narrow what it may check for: codes of matters separated by spaces, empty for all of its unit.
    """

    id = models.CharField(max_length=24, primary_key=True)
    secret = models.CharField(max_length=64)
    body = models.CharField(max_length=18)
    scopes = models.CharField(max_length=100, help_text="separated by spaces")
    title = models.CharField(max_length=60)
    active = models.BooleanField(default=True)
    sector = models.CharField(max_length=32, default="", db_default="")
    matters = models.TextField(
        default="", db_default="", help_text="codes separated by spaces; empty: all of the unit"
    )

    class Meta:
        db_table = "accounts_client"


class Request(models.Model):
    """A request a machine named by a key of its own (Idempotency-Key): what it carried and what it got.

    `id` is a digest of client and key; what a client chose as its key is not kept. `batch` is the number of what it got:
    a batch of the intake, a check, the first of a batch of checks.
    """

    id = models.CharField(max_length=64, primary_key=True)
    file = models.CharField(max_length=64, help_text="SHA-256 of the bytes sent")
    batch = models.CharField(max_length=32)

    class Meta:
        db_table = "accounts_request"


class Factor(models.Model):
    """The second factor of an account: bound by the ledger like the account itself, ended by an empty secret."""

    account = models.CharField(max_length=40, primary_key=True)
    secret = models.TextField(help_text="encrypted with a key of this home; empty: none")
    recovery = models.TextField(help_text="keyed digests of the unused recovery codes, separated by spaces")
    step = models.BigIntegerField(help_text="the last half minute a code was used in: none is used twice")


class Contact(models.Model):
    """Where notices for an account go. The address was confirmed by a code sent to it; empty: none."""

    account = models.CharField(max_length=40, primary_key=True)
    address = models.TextField(help_text="encrypted with a key of this home")
    language = models.CharField(max_length=8)


class Reading(models.Model):
    """Who looked at what is not public of an organisation. Derived: each row follows from an `accounts.read` event."""

    id = models.CharField(max_length=40, primary_key=True, help_text="event and code")
    event = models.BigIntegerField()
    uscc = models.CharField(max_length=18)
    on = models.DateField()
    role = models.CharField(max_length=12)
    unit = models.CharField(max_length=18)
    what = models.CharField(max_length=64)
    purpose = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["uscc", "event"], name="accounts_reading_of"),
            models.Index(fields=["-event", "uscc"], name="accounts_reading_new"),
        ]
