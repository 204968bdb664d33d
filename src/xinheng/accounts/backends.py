"""The step of signing in that asks for the second factor: django-axes counts its failures like wrong passwords."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import BaseBackend

from xinheng.accounts import factor
from xinheng.accounts.models import Account


class SecondFactor(BaseBackend):
    """Lets an account in whose password was right before, when its code holds now."""

    def authenticate(  # type: ignore[override]
        self, request: Any, username: str, secret_code: str, instant: datetime, at: datetime
    ) -> Account | None:
        """The account, or None for a code that is wrong, late or used."""
        row = Account.objects.filter(name=username, active=True).first()
        if row is None:
            return None
        holds = factor.use_code(
            name=username, code=secret_code, instant=instant, at=at, actor=f"desk:{username}"
        )
        return row if holds else None
