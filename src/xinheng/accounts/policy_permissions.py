"""Who may do what. Facts in, yes or no out."""

from __future__ import annotations

OFFICE, DEPARTMENT, REVIEWER = "office", "department", "reviewer"
ROLES = (OFFICE, DEPARTMENT, REVIEWER)
SCOPES = ("intake", "link")

# A department acts for its own unit only; which rows that means is part of each query, not of this table.
PERMISSIONS: dict[str, frozenset[str]] = {
    OFFICE: frozenset(
        (
            "intake.send", "oversight.read", "oversight.issue", "articles.write", "articles.approve",
            "queue.classify", "names.read", "names.judge",
        )
    ),
    DEPARTMENT: frozenset(("intake.send", "oversight.read", "queue.classify", "names.read")),
    REVIEWER: frozenset(("oversight.read", "queue.classify")),
}  # fmt: skip


def allows(role: str, permission: str) -> bool:
    """Whether a role has a permission; an unknown role has none."""
    return permission in PERMISSIONS.get(role, frozenset())


def only_body(role: str, body: str) -> str | None:
    """The unit an account is confined to: None for the office alone. A unit without a code sees nothing ("")."""
    return None if role == OFFICE else body


def password_problem(name: str, password: str) -> str:
    """What is wrong with a password somebody chose; "" when it will do.

    Length counts, not funny characters; the name of the account in it gives it away.
    """
    if len(password) < 10:
        return "密码至少 10 位。可以用几个不相干的词连起来,好记也难猜。"
    if name.lower() in password.lower():
        return "密码里不要带用户名。"
    if len(set(password)) < 5:
        return "密码里重复的字符太多,请换一个。"
    return ""
