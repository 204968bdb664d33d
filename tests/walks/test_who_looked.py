"""Who looked, and what was done: told to the firm that was looked at, and to the auditor, without content."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from walkkit import REASON

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence

pytest_plugins = ("walkkit",)


def test_what_an_authority_opens_of_a_firm_the_firm_reads_on_its_own_page(walktown: Any) -> None:
    walktown.client("x-decide").get(reverse("desk-case", kwargs={"number": walktown.case}))
    evidence.drain(at=AT)
    [told] = [one for one in accounts.readings(uscc=walktown.a) if one.role == "authority"]
    assert (told.unit, bool(told.purpose)) == (walktown.x, True)
    page = walktown.client("auditor").get("/desk/audit/readings/", {"uscc": walktown.a}).content.decode()
    assert told.purpose in page and "x-decide" not in page


def test_the_auditor_finds_acts_by_kind_unit_and_day(walktown: Any) -> None:
    browser = walktown.client("auditor")
    page = browser.get("/desk/audit/", {"kind": "cases.opened"}).content.decode()
    assert page.count('<tr><th scope="row"') == 1
    assert REASON not in page, "what was written in a case is not in the list of acts"
    mine = browser.get("/desk/audit/", {"body": walktown.x}).content.decode()
    assert "x-clerk" in mine and "y-clerk" not in mine
    assert "没有符合条件的行为" in browser.get("/desk/audit/", {"day": "2020-01-01"}).content.decode()
    seen, at = [], "/desk/audit/"
    for _page in range(30):
        body = browser.get(at).content.decode()
        seen += re.findall(r'<th scope="row" class="num">([\d,]+)</th>', body)
        more = re.search(r'href="(\?before=[^"]+)"', body)
        if more is None:
            break
        at = "/desk/audit/" + more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) >= 100, "pages join without gap or repeat"
