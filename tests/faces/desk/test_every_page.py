"""Every address of the desk, walked: as nobody, as another department, in the wrong role, without the form's token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import URLPattern

pytest_plugins = ("deskkit",)

OPEN = {
    "desk-sign-in", "desk-sign-out", "desk-second-factor", "desk-sign-in-organisation", "desk-sign-in-return",
    "desk-simulated-provider",
}  # fmt: skip


def _patterns() -> list[URLPattern]:
    from xinheng.faces.desk.urls import urlpatterns

    return urlpatterns


def _names() -> list[str]:
    return sorted({str(pattern.name) for pattern in _patterns()} - OPEN)


def _permission(pattern: URLPattern) -> str | None:
    """What the guard of a view asks for; None when it has no guard."""
    view: Any = pattern.callback
    seen = set()
    while view is not None and id(view) not in seen:
        seen.add(id(view))
        if hasattr(view, "permission"):
            return str(view.permission)
        view = getattr(view, "__wrapped__", None)
    return None


def _filled(pattern: URLPattern) -> str:
    """An address of this pattern with something in each place."""
    route = str(pattern.pattern)
    values = {
        "int": "1",
        "slug": "20261120-00001",
        "str": "x",
        "code": "11340600003000014F",
        "rule": "x",
        "path": "x",
    }
    return "/desk/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: values.get(found[1] or "str", "x"), route)


def test_every_address_sends_nobody_to_the_sign_in_page(desk: Any) -> None:
    browser = desk.client()
    for pattern in _patterns():
        if pattern.name in OPEN:
            continue
        address = _filled(pattern)
        for language in ("", "/en"):
            for ask in (browser.get, browser.post):
                answer = ask(language + address)
                assert answer.status_code in (302, 405), (address, answer.status_code)
                if answer.status_code == 302:
                    assert "/desk/sign-in/" in answer["Location"], (address, answer["Location"])


def test_every_address_that_asks_for_a_permission_refuses_whoever_lacks_it(desk: Any) -> None:
    from xinheng.accounts import service as accounts

    roles = {"clerk": "department", "reviewer": "reviewer", "office": "office"}
    browsers = {name: desk.client(name) for name in roles}
    tried = 0
    for pattern in _patterns():
        permission = _permission(pattern)
        for name, role in roles.items():
            if permission and not accounts.allows(role, permission):
                tried += 1
                answers = [browsers[name].get(_filled(pattern)), browsers[name].post(_filled(pattern))]
                codes = {answer.status_code for answer in answers}
                assert codes <= {403, 405}, (pattern.name, name, codes)
                assert 403 in codes, (pattern.name, name)
    assert tried > 5


def test_every_form_is_refused_without_its_token(desk: Any) -> None:
    browser = desk.client("office", enforce_csrf_checks=True)
    for pattern in _patterns():
        answer = browser.post(_filled(pattern), {"anything": "x"})
        assert answer.status_code in (403, 405), (pattern.name, answer.status_code)


def test_no_page_of_another_unit_can_be_told_from_one_that_does_not_exist(desk: Any) -> None:
    from xinheng.intake import service as intake

    foreign = intake.batches(source=desk.other, limit=1)[0].number
    own = intake.batches(source=desk.mine, limit=1)[0].number
    clerk = desk.client("clerk")
    for tail in ("", "progress.json", "errors.xlsx", "receipt.xlsx"):
        nothing = clerk.get(f"/desk/batches/20990101-00001/{tail}")
        theirs = clerk.get(f"/desk/batches/{foreign}/{tail}")
        assert (nothing.status_code, theirs.status_code) == (404, 404), tail
        strip = re.compile(rb"20990101-00001|" + foreign.encode() + rb"|csrfmiddlewaretoken[^>]*")
        assert strip.sub(b"", nothing.content) == strip.sub(b"", theirs.content)
        assert clerk.get(f"/desk/batches/{own}/{tail}").status_code == 200, tail
    assert clerk.post(f"/desk/batches/{foreign}/mend/", {"batch": foreign}).status_code == 404
    listed = clerk.get("/desk/batches/").content.decode()
    assert foreign not in listed
    assert foreign in desk.client("office").get("/desk/batches/").content.decode()


def test_what_is_not_public_is_read_with_a_purpose_in_the_ledger(desk: Any) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.intake import service as intake

    batch = next(
        one
        for one in intake.batches(source=desk.mine, limit=50)
        if one.counts["rejected"] + one.counts["quarantined"]
    )
    desk.client("clerk").get(f"/desk/batches/{batch.number}/")
    told = list(evidence.events(kinds=["accounts.read"]))
    assert [entry.body["actor"] for entry in told] == ["desk:clerk"]
    assert told[0].body["purpose"]
    assert told[0].body["detail"] == {
        "what": "rows-to-mend", "batch": batch.number, "source": desk.mine, "role": "department", "unit": desk.mine,
    }  # fmt: skip


@pytest.mark.parametrize(
    "address", ["/desk/", "/desk/intake/", "/desk/batches/", "/desk/nil-return/", "/desk/queue/"]
)
@pytest.mark.parametrize("name", ["clerk", "office"])
def test_a_page_asks_the_database_a_handful_of_times(
    desk: Any, few_queries: Any, name: str, address: str
) -> None:
    browser = desk.client(name)
    browser.get(address)
    with few_queries(45):
        assert browser.get(address).status_code == 200
