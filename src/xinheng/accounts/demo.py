"""Sign-ins for a demonstration: two persons of the office (for four eyes) and a clerk of two bureaus."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from xinheng.accounts.errors import SandboxOnly
from xinheng.accounts.keeping import ALPHABET, SignIn, add, exists
from xinheng.home import home
from xinheng.kernel import uscc
from xinheng.law import service as law

BUREAUS = {"scjg": "法规科报送岗", "jtys": "行政审批科报送岗"}
WORDS = {"scjg": "市场监督", "jtys": "交通运输"}


def demo_accounts(*, pack: law.Pack, at: datetime, bodies: Mapping[str, str] | None = None) -> list[SignIn]:
    """Makes the demonstration sign-ins and returns them with their passwords; doing it again changes nothing.

    `bodies` gives the units of the clerks (scjg, jtys) where the city's own codes are not those of the pack. A bureau
    without a code gets no sign-in. Passwords follow from the secret of this home: nobody who does not hold it can
    guess them. Raises `SandboxOnly` outside a sandbox.
    """
    if not home().sandbox:
        raise SandboxOnly("演示账户只能建在沙盒里。正式环境请用 xinheng accounts add。")
    wanted = [("office", "office", "", "信用办审核岗"), ("office2", "office", "", "信用办签发岗")]
    for name, title in BUREAUS.items():
        body = (bodies or {}).get(name) or _body(pack, name)
        if body:
            wanted.append((name, "department", body, title))
    made = []
    for name, role, body, title in wanted:
        password = _password(name)
        if not exists(name):
            add(name=name, role=role, body=body, title=title, password=password, at=at, actor="platform")
        made.append(SignIn(name, password, role, body, title))
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
