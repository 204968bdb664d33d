"""An entry of a list that left, by whichever end, is on no face at once, also while every follower stands still. What a
unit watches is on no face at any time."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from everyface import faces, read

import listtown as town
from listtown import TODAY
from remedytown import at
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.faces.site.limits import buckets
from xinheng.lists import service as lists
from xinheng.publication import service as publication
from xinheng.records import service as records

LIST_FACES = (
    "/lists/kinds/",
    "/lists/numbers/",
    "/measures/",
    "/en/lists/kinds/",
    "/api/v1/lists",
    f"/api/v1/lists/{town.KIND}",
)
MATTER = "honour-award"
ENDS = ("removal", "correction", "revocation", "expiry", "repair", "withdrawn by its source")


def every(client: Any, entry: publication.Entry, day: date, *, papers: bool) -> dict[str, str]:
    """Every public face that could show the entry, the lists' own and a check's answer among them."""
    buckets.clear()
    found = faces(client, entry, at=at(day, 18), papers=papers)
    buckets.clear()
    found |= {address: read(client, address) for address in LIST_FACES}
    answer = checks.check(uscc=entry.uscc, matter=MATTER, asker=checks.PUBLIC, at=at(day, 18), record=False)
    found["check"] = json.dumps(answer.payload(), ensure_ascii=False)
    return found


def showing(client: Any, entry: publication.Entry, day: date, *, papers: bool = True) -> list[str]:
    """The faces on which its number or the way to it stands."""
    words = [entry.values["YZ_WSH"]]
    own = re.compile(rf"/(statement|objection|repair)/{entry.id}/")
    return [
        name for name, text in every(client, entry, day, papers=papers).items()
        if any(word in text for word in words if word not in name) or (own.search(text) and not own.search(name))
    ]  # fmt: skip


def leave(end: str, number: str, statement: int, day: date) -> date:
    """The entry leaves; the day from which it is gone."""
    if end == "removal":
        early = records.open_standing([statement])["repair_from"][0] or day
        town.two(number, "remove", early, reason="已经改正，履行完毕")
        return max(early, day)
    if end == "correction":
        town.two(number, "correct", day, reason="列入的主体有误")
    elif end == "revocation":
        town.two(number, "revoke", day, reason="复议撤销", detail={"ruling": "皖复决〔2026〕5号"})
    elif end == "repair":
        with evidence.event(evidence.Act(kind="cases.acted", actor="test", at=at(day, 16))) as event:
            records.restand(event=event, statement_ids=[statement], state="repaired")
    elif end == "expiry":
        until = records.open_standing([statement])["show_until"][0]
        return until + timedelta(days=1)
    return day


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_an_entry_that_left_its_list_is_on_no_face(
    client: Any, end: str, followers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = town.firm()
    if end == "withdrawn by its source":
        town.received(town.row(code))
        number, day = "", TODAY
        statement = lists.of_usccs(usccs=[code], on=TODAY)[code][0].statement
    else:
        number, statement, day = town.listed(uscc=code)
        town.caught_up(day)
    monkeypatch.setenv("XINHENG_TODAY", day.isoformat())
    entry = publication.statement(id=statement, audience="public", on=day)
    assert entry is not None
    before = showing(client, entry, day)
    assert {
        f"/statement/{statement}/",
        f"/org/{code}/lists/",
        f"/lists/{entry.item}/?",
        "report",
        "check",
    } <= set(before)
    with monkeypatch.context() as still:
        if followers == "stopped":
            still.setattr("xinheng.evidence.service.drain", lambda **_: False)
            still.setattr("xinheng.reports.service.evidence.drain", lambda **_: False)
            still.setattr(town, "caught_up", lambda _: None)
        if end == "withdrawn by its source":
            gone = day + timedelta(days=1)
            town.received(town.row(code, YZ_YCRQ=str(gone), YZ_YCYY="移出", YZ_YCJG="示例局"), gone)
        else:
            gone = leave(end, number, statement, day)
        still.setenv("XINHENG_TODAY", gone.isoformat())
        if followers == "running":
            evidence.drain(at=at(gone, 17))
        # No report is made of what the public log does not hold yet
        assert showing(client, entry, gone, papers=followers == "running") == []
        assert lists.of_usccs(usccs=[code], on=gone) == {}
        assert statement not in {one.statement for one in lists.entries(on=gone, limit=200)[0]}
        assert statement not in {one.statement for one in lists.leaving_soon(on=gone, within_days=400)[0]}
        assert client.get(f"/statement/{statement}/").status_code in (404, 410)


def test_a_proceeding_is_on_no_face_before_it_is_published(client: Any) -> None:
    code = town.firm()
    number = town.opened(uscc=code).case.number
    town.noticed(number)
    day = town.after_defence(number)
    town.act(number, "defence-over", day)
    paper = town.decided(number, day).document
    town.caught_up(day)
    entry = publication.statements(audience="public", on=day, uscc=code, limit=1)[0]
    words = [number, paper, town.FACTS[:12], "淮市监罚〔2026〕77号"]
    for name, text in every(client, entry, day, papers=True).items():
        assert not [word for word in words if word and word in text], name


def test_what_a_unit_watches_is_on_no_face_and_in_no_check(client: Any) -> None:
    code, reason = town.firm(), "半年内三次被处罚需要留意"
    entry = publication.statements(audience="public", on=TODAY, uscc=code, limit=1)[0]

    def plain(texts: dict[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"[0-9a-f]{8,}|\d[\d,:.]*|[A-Za-z0-9_-]{40,}", "", text)
            for name, text in texts.items()
        }

    before = plain(every(client, entry, TODAY, papers=False))
    lists.watch(
        body=town.regulator(), uscc=code, reason=reason, basis="本局风险提示规则", until=TODAY + timedelta(days=90),
        actor="desk:one", at=at(TODAY, 17),
    )  # fmt: skip
    evidence.drain(at=at(TODAY, 18))
    after = every(client, entry, TODAY, papers=True)
    for name, text in after.items():
        assert reason not in text and "风险提示规则" not in text and "lists.watched" not in text, name
    assert plain(after)["check"] == before["check"]
