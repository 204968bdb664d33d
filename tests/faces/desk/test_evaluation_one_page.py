"""One organisation before one model: who may open it, that it adds up on the page, and that the organisation never sees it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evaluation import adoption
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.policy_adoption import Status
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.register import service as register

pytest_plugins = ("deskkit", "ownkit")
ON = date(2026, 11, 20)
QUERIES = 60


@pytest.fixture
def penalised(desk: Any) -> tuple[str, str]:
    """An active enterprise with penalties, and an authority that decided one of them, signed up as `decider`."""
    found = publication.statements(audience="authority", on=ON, item="admin-penalty", limit=500)
    known = register.get(sorted({one.uscc for one in found if one.uscc[:2] == "91"}))
    active = [one for one in found if one.uscc in known and known[one.uscc].status == "存续"]
    uscc = next(
        code for code, _ in Counter(one.uscc for one in active).most_common(20)
        if any(part.lines for part in evaluation.explain(uscc=code, model="general", on=ON).parts)
    )  # fmt: skip
    authority = next(one.authority for one in active if one.uscc == uscc)
    deciding = {
        one.authority for one in publication.statements(audience="authority", on=ON, uscc=uscc, limit=500)
    }
    another = next(one.authority for one in found if one.authority not in deciding)
    for name, body in (("decider", authority), ("stranger", another)):
        accounts.add(
            name=name, role="authority", body=body, title="承办", password="correct-horse-battery", at=AT, actor="test"
        )  # fmt: skip
    return uscc, authority


def _address(uscc: str, prefix: str = "", model: str = "general") -> str:
    return f"{prefix}/desk/evaluation/one/{model}/{uscc}/"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_office_sees_the_sum_with_few_queries_and_a_warning_that_it_is_a_trial(
    desk: Any, penalised: Any, few_queries: Any, prefix: str
) -> None:
    uscc, _ = penalised
    browser = desk.client("office")
    browser.get(_address(uscc, prefix))
    with few_queries(QUERIES):
        answer = browser.get(_address(uscc, prefix))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'class="note warn"' in text
    told = evaluation.explain(uscc=uscc, model="general", on=ON)
    for part in told.parts:
        for line in part.lines:
            assert f"/desk/why/{line.statement}" in text or f"{line.statement}" in text
    assert told.pack in text


def test_the_numbers_on_the_page_add_up(desk: Any, penalised: Any) -> None:
    text = desk.client("office").get(_address(penalised[0])).content.decode()
    body = text.split('class="dense adds"')[1].split("<tfoot>")

    def micro(shown: str) -> int:
        sign, digits = ("-" if shown[0] == "−" else ""), shown.strip("+−")
        whole, _, part = digits.partition(".")
        return int(f"{sign}{whole}{part.ljust(6, '0')}")

    base = re.search(
        r'<tbody><tr><th scope="row">[^<]*</th>.*?<td class="num">([−+\d.]+)</td><td class="opt"></td>',
        body[0],
    )
    parts = re.findall(r"<strong>([−+\d.]+)</strong>", body[0])
    score = re.search(r"<strong>([−+\d.]+)</strong>", body[1])
    assert base and score and parts
    assert micro(base[1]) + sum(map(micro, parts)) == micro(score[1])


def test_an_authority_sees_only_whom_it_decided_about_and_only_adopted_models(
    desk: Any, penalised: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    uscc, _ = penalised
    assert desk.client("stranger").get(_address(uscc)).status_code == 404
    off = desk.client("decider").get(_address(uscc))
    assert off.status_code == 403 and "没有采用" in off.content.decode()
    monkeypatch.setattr(adoption, "status_of", lambda **_: Status("adopted"))
    assert desk.client("decider").get(_address(uscc)).status_code == 200
    assert desk.client("stranger").get(_address(uscc)).status_code == 404


def test_the_organisation_departments_and_strangers_never_see_it(own: Any, desk: Any) -> None:
    assert own.client().get(_address(own.mine)).status_code == 403
    for name in ("clerk", "rival", "reviewer"):
        assert desk.client(name).get(_address(own.mine)).status_code == 403
    assert desk.client().get(_address(own.mine)).status_code == 302


def test_what_does_not_exist_is_not_found_and_an_individual_business_is_not_evaluated(
    desk: Any, penalised: Any
) -> None:
    office = desk.client("office")
    assert office.get(_address(penalised[0], model="no-such")).status_code == 404
    for code in ("91340600MA2NONE00X", "92340600MA2NONE00X"):
        assert office.get(_address(code)).status_code == 404
    for wrong in ("PJ-999999", "x", "1"):
        assert office.get(_address(penalised[0]) + f"?run={wrong}").status_code == 404
    run = evaluation.run(model="general", on=ON, at=AT, actor="desk:office")
    answer = office.get(_address(penalised[0]) + f"?run={run.number}")
    assert f"评价 {run.number}" in answer.content.decode()
    assert (
        office.get(_address(penalised[0], model="supervision-risk") + f"?run={run.number}").status_code == 404
    )
    assert office.get(_address(penalised[0]) + "?on=2026-99-99&position=x").status_code == 200
    assert office.get(_address(penalised[0]) + "?on=2026-10-01&position=1").status_code in (200, 404)


def test_the_organisation_is_told_that_somebody_looked(desk: Any, penalised: Any) -> None:
    uscc, _ = penalised
    evidence.drain(at=AT)
    before = len(accounts.readings(uscc=uscc, limit=50))
    desk.client("office").get(_address(uscc))
    evidence.drain(at=AT)
    told = accounts.readings(uscc=uscc, limit=50)
    assert len(told) == before + 1 and told[0].what == "evaluation-one"
