"""Who may do what. Facts in, yes or no out."""

from __future__ import annotations

OFFICE, DEPARTMENT, REVIEWER, AUTHORITY, AUDITOR, ORGANISATION = (
    "office", "department", "reviewer", "authority", "auditor", "organisation",
)  # fmt: skip
ROLES = (OFFICE, DEPARTMENT, REVIEWER, AUTHORITY, AUDITOR, ORGANISATION)
# An organisation's account comes from the identity provider alone: nobody can be made one by typing a code
STAFF_ROLES = (OFFICE, DEPARTMENT, REVIEWER, AUTHORITY, AUDITOR)
SCOPES = ("intake", "link", "follow", "check", "check-shared", "subscribe", "feedback", "evaluation")

# A department acts for its own unit only; which rows that means is part of each query, not of this table. In cases the
# authority decides, a reviewer only confirms what another account proposed, a department reads; claims are taken in by
# the office alone.
PERMISSIONS: dict[str, frozenset[str]] = {
    OFFICE: frozenset(
        (
            "intake.send", "oversight.read", "oversight.issue", "articles.write", "articles.approve",
            "queue.classify", "names.read", "names.judge",
            "cases.read", "cases.decide", "cases.review", "cases.counter", "cases.reassign",
            "sync.read", "sync.act", "withdrawals.read", "notices.read", "claims.end",
            "checks.figures.read", "checks.publish", "subscriptions.read",
            "lists.read", "measures.read", "rules.audit", "checks.ask", "checks.read", "checks.approve",
            "evaluation.read", "evaluation.report.read", "evaluation.run", "evaluation.adopt",
            "evaluation.received.read", "evaluation.answer", "evaluation.warning.read")
    ),
    DEPARTMENT: frozenset(
        ("intake.send", "oversight.read", "queue.classify", "names.read", "cases.read", "sync.read",
         "checks.feedback", "checks.figures.read",
         "lists.read", "measures.read", "watch.read", "watch.write", "checks.ask", "checks.read",
         "evaluation.received.read")
    ),
    REVIEWER: frozenset(("oversight.read", "queue.classify", "cases.read", "cases.review", "sync.read",
                         "checks.figures.read",
                         "lists.read", "measures.read", "checks.ask", "checks.read")),
    AUTHORITY: frozenset(
        ("oversight.read", "queue.classify", "cases.read", "cases.decide", "sync.read", "sync.act",
         "checks.feedback", "checks.figures.read",
         "lists.read", "lists.open", "measures.read", "watch.read", "watch.write", "checks.ask", "checks.read",
         "evaluation.read", "evaluation.received.read", "evaluation.answer", "evaluation.warning.read", "evaluation.classes.read")
    ),
    AUDITOR: frozenset(
        ("oversight.read", "cases.read", "audit.read", "sync.read", "withdrawals.read", "notices.read",
         "subscriptions.read",
         "checks.figures.read",
         "lists.read", "measures.read", "checks.read", "evaluation.read", "evaluation.report.read",
         "evaluation.received.read", "evaluation.warning.read")
    ),
    ORGANISATION: frozenset(("own.read", "own.act")),
}  # fmt: skip


def allows(role: str, permission: str) -> bool:
    """Whether a role has a permission; an unknown role has none."""
    return permission in PERMISSIONS.get(role, frozenset())


def only_body(role: str, body: str) -> str | None:
    """The unit an account is confined to: None for the office and the auditor. A unit without a code sees nothing ("").

    An organisation is confined to itself.
    """
    return None if role in (OFFICE, AUDITOR) else body


def may_change(role: str) -> bool:
    """Whether a role may change anything at all: an auditor reads, and an unknown role does nothing."""
    return role in ROLES and role != AUDITOR


def reader_role(role: str) -> str:
    """As what `cases.Reader` and `cases.Actor` take an account of this role; "" for one that is unknown."""
    return role if role in ROLES else ""


def factor_required(role: str, policy: str) -> bool:
    """Whether a role must have a second factor under a policy.

    `policy` is "off" or "offered" (nobody must), "required" (office, deciding authority, auditor), or the roles themselves,
    separated by commas. An organisation is proved by its provider and never needs one here.
    """
    if role == ORGANISATION or policy in ("", "off", "offered"):
        return False
    return role in (
        (OFFICE, AUTHORITY, AUDITOR) if policy == "required" else policy.replace(" ", "").split(",")
    )


def policy_problem(policy: str) -> str:
    """What is wrong with a policy somebody set; "" when it can be read."""
    wanted = policy.replace(" ", "").split(",")
    if policy in ("", "off", "offered", "required") or all(one in STAFF_ROLES for one in wanted):
        return ""
    return f"XINHENG_SECOND_FACTOR 不能是「{policy}」:可以是 off、offered、required,或用逗号分隔的角色。"


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
