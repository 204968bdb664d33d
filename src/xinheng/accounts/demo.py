"""Sign-ins for a demonstration, one for every role; the organisation comes in through the simulated provider."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from xinheng.accounts.errors import SandboxOnly
from xinheng.accounts.keeping import ALPHABET, SignIn, add, exists
from xinheng.accounts.policy_permissions import (
    AUDITOR,
    AUTHORITY,
    DEPARTMENT,
    OFFICE,
    ORGANISATION,
    REVIEWER,
)
from xinheng.home import home
from xinheng.kernel import uscc
from xinheng.law import service as law

WORDS = {"scjg": "市场监督", "jtys": "交通运输"}
# Name, role, which bureau, title: two of the office for four eyes, two of the bureau that decides for the same reason
STAFF = (
    ("office", OFFICE, "", "信用办审核岗"),
    ("office2", OFFICE, "", "信用办签发岗"),
    ("scjg", DEPARTMENT, "scjg", "法规科报送岗"),
    ("scjg-review", REVIEWER, "scjg", "法规科复核岗"),
    ("scjg-decide", AUTHORITY, "scjg", "信用修复承办岗"),
    ("scjg-decide2", AUTHORITY, "scjg", "信用修复审批岗"),
    ("jtys", DEPARTMENT, "jtys", "行政审批科报送岗"),
    ("jtys-decide", AUTHORITY, "jtys", "信用修复承办岗"),
    ("auditor", AUDITOR, "", "审计岗"),
)


def demo_accounts(
    *,
    pack: law.Pack,
    at: datetime,
    bodies: Mapping[str, str] | None = None,
    organisation: str = "",
) -> list[SignIn]:
    """Makes the demonstration sign-ins and returns them with their passwords; doing it again changes nothing.

    `bodies` gives the units of the bureaus (scjg, jtys) where the city's own codes are not those of the pack. A bureau
    without a code gets no sign-in. Passwords follow from the secret of this home: nobody who does not hold it can
    guess them. `organisation` is the code of one to try the organisation's workspace with: its line has no password,
    for its account is made by signing in through the simulated provider. Raises `SandboxOnly` outside a sandbox.
    """
    if not home().sandbox:
        raise SandboxOnly("演示账户只能建在沙盒里。正式环境请用 xinheng accounts add。")
    units = {name: (bodies or {}).get(name) or _body(pack, name) for name in WORDS} | {"": ""}
    made = []
    for name, role, bureau, title in STAFF:
        body = units[bureau]
        if bureau and not body:
            continue
        password = _password(name)
        if not exists(name):
            add(name=name, role=role, body=body, title=title, password=password, at=at, actor="platform")
        made.append(SignIn(name, password, role, body, title))
    if organisation:
        made.append(
            SignIn("", "", ORGANISATION, organisation, f"企业经办:登录页选「企业登录」,代码 {organisation}")
        )
    return made


def _body(pack: law.Pack, name: str) -> str:
    """The unit of the pack whose name says that it is this bureau, where its code is known."""
    for department in pack.departments:
        if WORDS[name] in department.name and uscc.is_valid(department.uscc):
            return department.uscc
    return ""


def _password(name: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo sign-in {name}".encode(), hashlib.sha256).digest()
    letters = [ALPHABET[byte % len(ALPHABET)] for byte in digest[:12]]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))
