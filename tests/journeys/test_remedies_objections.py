"""Two objections from beginning to end, ending on what everybody sees: a wrong penalty is corrected, a department is
silent."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from remedytown import ALL, OFFICE, at, desk, end_of_journey, open_objection, open_repair, ripe, sees, shown
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.faces.site.sheets import short_names
from xinheng.oversight import service as oversight
from xinheng.remedies import service as remedies

TODAY = "2026-11-20"
MARK = "有异议 · 自 2026-11-20 起"


def page(client: Any, statement: int) -> str:
    """The page as read: without its tags."""
    return re.sub(r"<[^>]+>", "", client.get(f"/statement/{statement}/").content.decode())


def api(client: Any, statement: int) -> str:
    """What a program is told."""
    return json.dumps(client.get(f"/api/v1/statements/{statement}").json(), ensure_ascii=False)


def test_a_wrong_penalty_is_disputed_for_all_to_see_and_corrected(
    client: Any, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ripe(TODAY)[0]
    other = next(one for one in shown(TODAY) if one.id != entry.id)
    today = {"XINHENG_TODAY": TODAY}

    # At the counter: exactly that field is marked, the content stays
    opened = cli(
        "case", "open", "objection", "--statement", str(entry.id), "--field", "CF_NR", "--reason",
        "处罚内容与决定书不一致", "--json", env=today,
    )  # fmt: skip
    assert opened.exit == 0, opened.err
    number = opened.json["number"]
    assert MARK in page(client, entry.id)
    assert MARK not in page(client, other.id)
    seen = sees("public", entry.id, TODAY)
    assert seen is not None
    assert [(one.field, one.since) for one in seen.disputes] == [("CF_NR", date(2026, 11, 20))]
    assert seen.values == entry.values
    assert "disputed" in api(client, entry.id)

    # A second objection to the same is not a second case
    again = cli(
        "case", "open", "objection", "--statement", str(entry.id), "--field", "CF_NR", "--reason", "再说一次", "--json",
        env=today,
    )  # fmt: skip
    assert (again.exit, again.json["error"]) == (3, "case-open-already")

    # The copy agrees with what the source sent, so the source is asked, by its own clock
    assert remedies.own_copy(statement=entry.id).same
    sent = cli("case", "act", number, "forward", "--json", env=today)
    assert sent.exit == 0, sent.err
    assert (sent.json["state"], sent.json["clock"]) == ("with-source", "objection-source")
    assert sent.json["due_on"] == "2026-12-01"

    # Upheld: the right content takes its place as a new fact
    right = f"{entry.values['CF_NR']}（更正）"
    done = cli(
        "case", "act", number, "uphold-correct", "--reason", "报送有误", "--change", f"CF_NR={right}", "--json",
        env={"XINHENG_TODAY": "2026-11-24"},
    )  # fmt: skip
    assert done.exit == 0, done.err
    assert done.json["outcome"] == "upheld"
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-24")
    steps = cases.steps(number=number, reader=ALL)
    new = steps[-1].detail["effect"]["statement"]
    assert sees("public", entry.id, "2026-11-24") is None
    corrected = sees("public", new, "2026-11-24")
    assert corrected is not None
    assert corrected.values["CF_NR"] == right
    assert "corrected" in corrected.marks
    assert corrected.disputes == ()
    assert corrected.severity == entry.severity
    assert "更正" in page(client, new)
    assert MARK not in page(client, new)
    assert right in api(client, new)
    end_of_journey("2026-11-24")


def test_a_silent_department_is_named_and_the_mark_stays(
    client: Any, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ripe(TODAY)[0]
    done = open_objection(entry.id, TODAY)
    number = done.case.number
    done = cases.act(number=number, act="forward", actor=OFFICE, at=at(TODAY))
    body = done.case.body
    assert done.case.due_on == date(2026, 12, 1)

    # On the last day nothing happens; the day after it is late, however late that is noticed, and only once
    assert cases.sweep(at=at("2026-12-01")).overdue == 0
    late = cli("case", "sweep", "--json", env={"XINHENG_TODAY": "2026-12-04"})
    assert (late.exit, late.json["overdue"], late.json["by_body"]) == (1, 1, {body: 1})
    again = cli("case", "sweep", "--json", env={"XINHENG_TODAY": "2026-12-07"})
    assert (again.exit, again.json["overdue"]) == (0, 0)
    case = cases.case(number=number, reader=ALL)
    assert case.overdue == date(2026, 12, 2)

    [order] = oversight.orders(body=body)[0]
    assert oversight.cases_of(order.number) == [number]
    assert order.content["parts"][0]["count"] == 1
    assert order.issued_on == date(2026, 12, 4)
    assert oversight.order_pdf(content=order.content).startswith(b"%PDF")
    assert oversight.late_bodies(first=date(2026, 11, 1), last=date(2026, 12, 31)) == {body: 1}

    # Nothing is hidden, and no provision lets anybody hide it
    monkeypatch.setenv("XINHENG_TODAY", "2026-12-07")
    seen = sees("public", entry.id, "2026-12-07")
    assert seen is not None
    assert [one.since for one in seen.disputes] == [date(2026, 11, 20)]
    assert MARK in page(client, entry.id)
    with pytest.raises((cases.NotPossible, remedies.NoProvisionAdopted)):
        cases.act(number=number, act="suspend", actor=OFFICE, at=at("2026-12-07"), reason="来源未答复")
    figures = (
        remedies.figures(first=date(2026, 11, 1), last=date(2026, 12, 7)).filter(body=body).to_dicts()[0]
    )
    assert (figures["objections"], figures["overdue"], figures["decided"]) == (1, 1, 0)
    numbers = client.get("/remedies/")
    assert numbers.status_code == 200
    assert short_names([body])[body] in numbers.content.decode()

    # The answer comes late: refused. The mark ends and nothing else changes
    closed = cases.act(
        number=number, act="refuse", actor=desk(body), at=at("2026-12-08"), reason="与决定书一致",
        detail={"ground": "content-correct"},
    )  # fmt: skip
    after = sees("public", entry.id, "2026-12-08")
    assert after is not None
    assert after.disputes == ()
    assert (after.values, after.show_until, after.severity) == (
        entry.values,
        entry.show_until,
        entry.severity,
    )
    # What goes against the decision itself has its days from the decision, not from this result
    steps = {one.provision: one.last_day for one in remedies.next_steps(
        kind="objection", state=closed.case.state, on=date(2026, 12, 8)
    ) if one.last_day}  # fmt: skip
    assert steps["administrative-review"] >= date(2027, 2, 6)
    assert steps["litigation"] >= date(2027, 6, 8)
    assert oversight.orders(body=body)[0][0].state == "issued"
    end_of_journey("2026-12-08")


def test_two_objections_and_a_repair_late_on_one_day_are_one_order(city: Any) -> None:
    found = ripe(TODAY)
    body = next(one.authority for one in found if sum(one.authority == two.authority for two in found) >= 3)
    same = [one for one in found if one.authority == body][:3]
    for one in same[:2]:
        done = open_objection(one.id, TODAY)
        cases.act(number=done.case.number, act="forward", actor=OFFICE, at=at(TODAY))
    repair = open_repair(same[2].id, TODAY)
    accepted = cases.act(number=repair.case.number, act="accept", actor=desk(repair.case.body), at=at(TODAY))
    assert accepted.case.due_on == date(2026, 12, 1)
    assert cases.sweep(at=at("2026-12-03")).overdue == 3
    [order] = oversight.orders(body=repair.case.body)[0]
    assert {part["kind"]: part["count"] for part in order.content["parts"]} == {"objection": 2, "repair": 1}
    assert len(oversight.cases_of(order.number)) == 3
    assert evidence.verify().findings == []
