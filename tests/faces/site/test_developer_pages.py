"""Pages for developers: in both languages, with limits and snippets that are the real ones."""

from __future__ import annotations

import re
from typing import Any

import pytest

from xinheng.faces.api.limits import CHECKS
from xinheng.law import service as law


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_of_machine_clients_states_the_limits_in_force(client: Any, prefix: str) -> None:
    page = client.get(f"{prefix}/developers/").content.decode()
    assert f'<td class="num">{CHECKS.count}</td>' in page
    assert "/open-data/api/" in page
    for scope in ("check", "check-shared", "feedback", "subscribe"):
        assert f">{scope}<" in page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_snippet_names_a_matter_that_can_be_checked_and_a_script_that_is_served(
    client: Any, prefix: str
) -> None:
    page = client.get(f"{prefix}/developers/widget/").content.decode()
    matter = re.search(r"data-matter=&quot;([a-z-]+)&quot;", page)
    assert matter
    assert law.use_of(pack=law.active(), matter=matter[1]).purposes
    script = re.search(r"script src=&quot;http://testserver(/[^&]+)&quot;", page)
    assert script
    served = client.get(script[1])
    assert served.status_code == 200
    assert "javascript" in served["Content-Type"]
    # A page of another origin has to be allowed to load it
    assert served.headers.get("Cross-Origin-Resource-Policy", "cross-origin") == "cross-origin"
