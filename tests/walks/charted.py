"""The chart of the walks: every address of the site and the desk, what guards it, and which ids fill it.

An address that is not charted fails `test_every_address_is_charted`: whoever adds a page says here whose it is.
"""

from __future__ import annotations

from typing import Any

# Pages anybody may open without signing in
PUBLIC = frozenset(
    [
        "trust-bundle",
        "status-list",
        "template",
        "checkpoint",
        "robots",
        "home",
        "search",
        "org",
        "report",
        "report-file",
        "org-tab",
        "statement",
        "publicity",
        "lists",
        "lists-item",
        "developers",
        "widget-docs",
        "list-kinds",
        "list-kinds-csv",
        "list-numbers",
        "list-numbers-csv",
        "measures",
        "measures-csv",
        "commitments",
        "honours",
        "verify",
        "verify-number",
        "law",
        "about",
        "log",
        "guide-objection",
        "guide-repair",
        "object",
        "object-sheet",
        "repair",
        "repair-letter",
        "statistics",
        "statistics-csv",
        "remedies-numbers",
        "remedies-csv",
        "withdrawals-numbers",
        "checks-numbers",
        "checks-results",
        "checks-csv",
        "map",
        "indices",
        "evaluation-published",
        "indices-csv",
        "catalogue",
        "catalogue-csv",
        "catalogue-matters",
        "catalogue-matters-csv",
        "catalogue-item",
        "articles",
        "articles-feed",
        "article",
        "open-data",
        "api-docs",
        "sources",
    ]
)
# Nameless ones: probes for operators and the public log
NAMELESS = frozenset(("healthz", "metrics", "^log/(?P<path>tile/[0-9a-zx/.]+)$"))
# The ways into the desk
SIGNING = frozenset(
    [
        "desk-sign-in",
        "desk-second-factor",
        "desk-sign-in-organisation",
        "desk-sign-in-return",
        "desk-sign-out",
        "desk-simulated-provider",
    ]
)
# Guards that cannot be seen from outside because uploads are taken in before the form's token is looked at
HIDDEN = {
    "desk-intake": "intake.send",
    "desk-case-act": "cases.read",
    "desk-counter": "cases.counter",
    "desk-listing": "lists.open",
    "desk-rules-audit": "rules.audit",
    "desk-own-object": "own.act",
    "desk-own-case-act": "own.act",
    "desk-sync-compare": "sync.act",
    "desk-check-batch": "checks.ask",
    "desk-check-requests": "checks.ask",
}
# Everybody who signed in, staff or not told apart by what they see
EVERY_STAFF = frozenset(("desk-start", "desk-why", "desk-why-which"))


def _case(town: Any) -> dict[str, Any]:
    return {"number": town.case}


def _file(town: Any) -> dict[str, Any]:
    return {"number": town.case, "attachment": town.attachment}


def _paper(town: Any) -> dict[str, Any]:
    return {"number": town.paper}


def _batch(town: Any) -> dict[str, Any]:
    return {"number": town.batch}


def _statement(town: Any) -> dict[str, Any]:
    return {"statement": town.statement}


def _id(town: Any) -> dict[str, Any]:
    return {"id": town.statement}


def _firm(town: Any) -> dict[str, Any]:
    return {"uscc": town.a}


def _org(town: Any) -> dict[str, Any]:
    return {"code": town.a}


def _none(_town: Any) -> dict[str, Any]:
    return {"number": "none-1"}


# Where an id is not of `a` or `x`, there is none in this town: the page must say that it does not exist
FILLED = {
    "status-list": lambda town: {"number": 1}, "template": lambda town: {"item": "admin-penalty"},
    "org": _org, "report": _org, "report-file": _org,
    "org-tab": lambda town: {"code": town.a, "slug": "penalties"}, "statement": _id,
    "lists-item": lambda town: {"item": "none"}, "list-numbers-csv": lambda town: {"table": "listed-by-kind"},
    "verify-number": _none, "law": lambda town: {"id": "none"},
    "object": _statement, "object-sheet": _statement, "repair": _statement, "repair-letter": _statement,
    "statistics-csv": lambda town: {"table": "months"}, "remedies-csv": lambda town: {"table": "departments"},
    "checks-csv": lambda town: {"table": "checks-by-month"}, "desk-check-feedback": _none,
    "desk-check-figures-csv": lambda town: {"table": "checks-by-month"},
    "indices-csv": lambda town: {"table": "index-months"}, "desk-indices-csv": lambda town: {"table": "index-months"},
    "catalogue-item": lambda town: {"item": "admin-penalty"}, "article": _none,
    "desk-batch": _batch, "desk-batch-progress": _batch, "desk-mend": _batch, "desk-errors-file": _batch,
    "desk-receipt-file": _batch, "desk-classify": _statement, "desk-why": _statement,
    "desk-name": lambda town: {"pending": 1}, "desk-name-link": lambda town: {"link": 1},
    "desk-mirror-item": lambda town: {"source": town.x, "item": "admin-penalty"}, "desk-finding": _none,
    "desk-bulletin": _none, "desk-bulletin-publish": _none, "desk-bulletin-pdf": _none, "desk-bulletin-xlsx": _none,
    "desk-order": _none, "desk-order-pdf": _none, "desk-order-proceed": _none, "desk-article": _none,
    "desk-article-edit": _none, "desk-article-act": _none, "desk-claim-end": lambda town: {"name": town.agent},
    "desk-case": _case, "desk-case-act": _case, "desk-case-take-back": _case, "desk-case-reassign": _case,
    "desk-case-paper": _paper, "desk-case-served": _paper, "desk-case-attachment": _file,
    "desk-counter-receipt": _case, "desk-repair-notice-paper": lambda town: {"number": town.repair_notice},
    "desk-own-entry": _statement, "desk-own-object": _statement, "desk-own-repair": _statement,
    "desk-own-letter": _statement, "desk-own-unsynced": _statement, "desk-own-case": _case,
    "desk-own-case-act": _case, "desk-own-attachment": _file, "desk-own-paper": _paper,
    "desk-own-cases-of": _firm, "desk-own-notice": lambda town: {"notice": town.notice},
    "desk-own-inbox-of": _firm, "desk-own-readings-of": _firm, "desk-own-sync-of": _firm, "desk-own-start": _firm,
    "desk-own-file-of": _firm, "desk-own-checks-of": _firm, "desk-own-checkup-of": _firm,
    "desk-checkup-csv": lambda town: {"table": "checkup-months"},
    "desk-evaluation-adopt": lambda town: {"model": "none"}, "desk-evaluation-act": lambda town: {"model": "none"},
    "desk-evaluation-report-new": lambda town: {"model": "none"}, "desk-evaluation-report": lambda town: {"report": 1},
    "desk-evaluation-weight": lambda town: {"model": "none", "indicator": "none"},
    "desk-evaluation-report-csv": lambda town: {"table": "grades"}, "desk-evaluation-run": lambda town: {"run": 1},
    "desk-evaluation-group": lambda town: {"run": 1}, "desk-evaluation-run-csv": lambda town: {"table": "grades"},
    "desk-evaluation-compare-csv": lambda town: {"table": "moves"},
    "desk-evaluation-one": lambda town: {"model": "general", "uscc": town.a},
    "desk-check-answer": _none, "desk-check-sheet": _none, "desk-check-sheet-pdf": _none, "desk-check-json": _none,
    "desk-check-release": _none, "desk-check-batch-answer": _none, "desk-check-batch-sheets": _none,
    "desk-check-batch-csv": _none, "desk-check-batch-xlsx": _none, "desk-check-request": _none,
    "desk-check-request-letter": _none, "desk-check-request-act": lambda town: {"number": "none-1", "step": "approve"},
}  # fmt: skip
# Of what is filled, what belongs to `a` alone, and what to `x` (and `a`): nobody else gets it
OF_FIRM = frozenset(name for name in FILLED if name.startswith("desk-own-"))
OF_UNIT = frozenset(
    [
        "desk-batch",
        "desk-batch-progress",
        "desk-mend",
        "desk-errors-file",
        "desk-receipt-file",
        "desk-mirror-item",
        "desk-case",
        "desk-case-act",
        "desk-case-take-back",
        "desk-case-paper",
        "desk-case-served",
        "desk-case-attachment",
        "desk-counter-receipt",
        "desk-evaluation-one",
        "desk-repair-notice-paper",
    ]
)
# An entry of the whole town's public record: any department may ask why it stands as it does
OPEN_ENTRY = frozenset(("desk-why", "desk-classify"))
# Operations of the API: what a token must be good for; "" needs none
OPERATIONS = {
    "GET /api/v1/organisations/{uscc}": "", "GET /api/v1/organisations/{uscc}/statements": "",
    "GET /api/v1/search": "", "GET /api/v1/statements/{id}": "", "GET /api/v1/status": "",
    "GET /api/v1/statistics/{table}.json": "", "GET /api/v1/statistics/{table}.csv": "",
    "GET /api/v1/catalogue": "", "GET /api/v1/matters": "", "GET /api/v1/open/licences-{month}.csv": "",
    "POST /api/v1/token": "",
    "POST /api/v1/batches": "intake", "GET /api/v1/batches": "intake", "GET /api/v1/batches/{number}": "intake",
    "GET /api/v1/batches/{number}/errors.xlsx": "intake", "POST /api/v1/nil-returns": "intake",
    "POST /api/v1/uploads": "intake", "PATCH /api/v1/uploads/{handle}": "intake",
    "HEAD /api/v1/uploads/{handle}": "intake", "POST /api/v1/uploads/{handle}/close": "intake",
    "POST /api/v1/links": "link",
    "GET /api/v1/checks": "", "POST /api/v1/checks": "check", "POST /api/v1/checks/batch": "check",
    "GET /api/v1/checks/{number}": "check", "GET /api/v1/checks/{number}/proof": "",
    "POST /api/v1/checks/{number}/feedback": "feedback",
    "GET /api/v1/measures": "", "POST /api/v1/measures/may": "check-shared",
    "GET /api/v1/evaluation/models": "evaluation", "GET /api/v1/evaluation/runs": "evaluation",
    "GET /api/v1/evaluation/{model}/results": "evaluation", "GET /api/v1/evaluation/published": "",
    "GET /api/v1/indices": "",
    "GET /api/v1/lists": "", "GET /api/v1/lists/{kind}": "",
    "GET /api/v1/withdrawals": "follow", "POST /api/v1/withdrawals/acknowledge": "follow",
    "GET /api/v1/withdrawals/arrivals": "",
    "POST /api/v1/subscriptions": "subscribe", "GET /api/v1/subscriptions": "subscribe",
    "GET /api/v1/subscriptions/{id}": "subscribe", "DELETE /api/v1/subscriptions/{id}": "subscribe",
    "GET /api/v1/subscriptions/{id}/codes": "subscribe", "POST /api/v1/subscriptions/{id}/confirm": "subscribe",
    "POST /api/v1/subscriptions/{id}/challenge": "subscribe", "GET /api/v1/events": "subscribe",
    "POST /api/v1/events/replay": "subscribe",
}  # fmt: skip
