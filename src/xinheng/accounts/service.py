"""The door of the accounts room: who signs in, which machine sends, who read what that is not public."""

from __future__ import annotations

from xinheng.accounts.auditing import locked_out, read
from xinheng.accounts.clients import (
    TOKEN_SECONDS,
    ApiClient,
    ClientSecret,
    add_client,
    client_of_secret,
    client_of_token,
    clients,
    disable_client,
    token,
)
from xinheng.accounts.demo import demo_accounts
from xinheng.accounts.errors import (
    AccountTaken,
    BadAccount,
    KeyReused,
    NoSuchAccount,
    SandboxOnly,
    TokenRefused,
)
from xinheng.accounts.keeping import (
    AccountSummary,
    SignIn,
    accounts,
    add,
    disable,
    enable,
    exists,
    set_password,
    unlock,
)
from xinheng.accounts.policy_permissions import PERMISSIONS, ROLES, SCOPES, allows
from xinheng.accounts.requests import batch_of_request, keep_request

__all__ = [
    "PERMISSIONS",
    "ROLES",
    "SCOPES",
    "TOKEN_SECONDS",
    "AccountSummary",
    "AccountTaken",
    "ApiClient",
    "BadAccount",
    "ClientSecret",
    "KeyReused",
    "NoSuchAccount",
    "SandboxOnly",
    "SignIn",
    "TokenRefused",
    "accounts",
    "add",
    "add_client",
    "allows",
    "batch_of_request",
    "client_of_secret",
    "client_of_token",
    "clients",
    "demo_accounts",
    "disable",
    "disable_client",
    "enable",
    "exists",
    "keep_request",
    "locked_out",
    "read",
    "set_password",
    "token",
    "unlock",
]
