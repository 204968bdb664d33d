"""Repairs from beginning to end, ending on what public, organisation and programs see: on the first possible day, refused,
in reorganisation, on a false promise, over New Year, after a merger of authorities."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from remedytown import (
    ALL,
    EXCHANGE,
    at,
    desk,
    end_of_journey,
    grant,
    open_repair,
    ripe,
    sees,
    shown,
)  # fmt: skip
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.remedies import entries
from xinheng.remedies import service as remedies

TODAY = "2026-11-20"
NOTICE = Path(__file__).parents[1] / "law" / "notices" / "2027-rehearsal.yaml"
CSV = "外部编号,统一社会信用代码,文书号,信用承诺,推送日期,申请事由\n"


def pushed(folder: Path, name: str, entry: publication.Entry, outside: str, day: str) -> Path:
    """A file as 信用中国 would push it."""
    document = entries.entry(entry.id).document
    path = folder / name
    path.write_text(f"{CSV}{outside},{entry.uscc},{document},是,{day},已履行完毕\n", encoding="utf-8")
    return path


def refused(number: str, body: str, day: date | str, act: str, error: type[XinhengError], **more: Any) -> str:
    """What two people of a body are told who may not take a step; their proposal is taken back."""
    with pytest.raises(error) as found:
        grant(number, body, day, act, **more)
    cases.take_back(number=number, actor=desk(body, "one"), at=at(day, 16))
    return found.value.message


def gone(client: Any, statement: int) -> bool:
    """Whether neither the page nor the interface shows it."""
    page, api = client.get(f"/statement/{statement}/"), client.get(f"/api/v1/statements/{statement}")
    return page.status_code in (404, 410) and api.status_code in (404, 410)


def test_a_penalty_is_repaired_on_the_first_possible_day(
    client: Any, cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = min(
        (one for one in shown(TODAY) if one.earliest_repair > date(2026, 11, 21)),
        key=lambda one: (one.earliest_repair, one.id),
    )
    first = entry.earliest_repair
    eve = first - timedelta(days=1)
    # From day one the page says when
    told = remedies.checklist(statement=entry.id, on=date(2026, 11, 20), audience="public")
    assert (told.earliest, told.possible, told.now) == (first, True, False)
    assert first.isoformat() in client.get(f"/repair/{entry.id}/").content.decode()

    # A day too early: turned back with the day, and no case
    early = pushed(tmp_path, "early.csv", entry, "XYZG-1", eve.isoformat())
    back = cli("case", "push", early, "--json", env={"XINHENG_TODAY": eve.isoformat()})
    assert (back.exit, back.json["opened"]) == (1, [])
    assert back.json["refused"][0]["error"] == "repair-too-early"
    assert first.isoformat() in back.json["refused"][0]["message"]

    # On the day: a case on the authority's desk, with the outside number; pushed again it is the same
    on_time = pushed(tmp_path, "on-time.csv", entry, "XYZG-2", first.isoformat())
    environment = {"XINHENG_TODAY": first.isoformat()}
    came = cli("case", "push", on_time, "--json", env=environment)
    assert came.exit == 0, came.err
    [number] = came.json["opened"]
    assert cli("case", "push", on_time, "--json", env=environment).json["repeated"] == 1
    case = cases.by_outside(kind="repair", outside="XYZG-2")
    assert case is not None
    assert (case.number, case.body, case.state) == (number, entry.authority, "received")
    assert remedies.checklist(statement=entry.id, on=first).case == number

    # Accepted, then granted by two; one alone grants nothing
    cases.act(number=number, act="accept", actor=desk(case.body), at=at(first, 11))
    one = cli("case", "act", number, "grant", "--account", "desk:one", "--json", env=environment)
    assert (one.exit, one.json["waiting"]) == (1, True)
    assert sees("public", entry.id, first) is not None
    two = cli("case", "act", number, "grant", "--account", "desk:two", "--json", env=environment)
    assert (two.exit, two.json["outcome"]) == (0, "repaired")

    monkeypatch.setenv("XINHENG_TODAY", first.isoformat())
    assert sees("public", entry.id, first) is None
    assert gone(client, entry.id)
    assert sees("authority", entry.id, first) is None
    mine = sees("self", entry.id, first)
    assert mine is not None
    assert "repaired" in mine.marks

    # The result goes back once, and is confirmed once
    out = tmp_path / "results.csv"
    results = cli("case", "results", "-o", out, "--json", env=environment)
    lines = {one["外部编号"]: one["结果"] for one in results.json["results"]}
    assert lines == {"XYZG-1": "turned-back", "XYZG-2": "repaired"}
    confirmed = cli("case", "results", "--acknowledge", out, "--json", env=environment)
    assert (confirmed.json["acknowledged"], confirmed.json["results"]) == (2, [])
    end_of_journey(first)


def test_a_refused_repair_names_its_next_remedy(client: Any) -> None:
    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, TODAY)
    number, body = done.case.number, done.case.body
    cases.act(number=number, act="request-supplement", actor=desk(body), at=at(TODAY),
              detail={"supplements": ["缴款凭证", "整改报告"]})  # fmt: skip
    asked = cases.case(number=number, reader=ALL)
    assert (asked.state, asked.due_on) == ("supplementing", None)
    pdf = cases.Upload("缴款凭证.pdf", b"%PDF-1.4\n%%EOF\n")
    back = cases.act(number=number, act="supplement", actor=EXCHANGE, at=at("2026-11-23"), attachments=[pdf])
    assert back.case.due_on == date(2026, 11, 26)
    with pytest.raises(cases.NotPossible):
        cases.act(number=number, act="request-supplement", actor=desk(body), at=at("2026-11-23"),
                  detail={"supplements": ["再来一份"]})  # fmt: skip
    cases.act(number=number, act="accept", actor=desk(body), at=at("2026-11-24"))
    refused = grant(
        number, body, "2026-11-25", "refuse", reason="罚款尚未缴清", detail={"ground": "duties-not-done"}
    )
    assert (refused.case.outcome, refused.document is not None) == ("refused", True)

    # Nothing changed on the entry, and every way on is named with its last day
    assert sees("public", entry.id, "2026-11-25").values == entry.values  # type: ignore[union-attr]
    after = {
        one.provision: one
        for one in remedies.next_steps(kind="repair", state="refused", on=date(2026, 11, 25))
    }
    assert after["administrative-review"].last_day >= date(2027, 1, 24)
    assert after["litigation"].last_day >= date(2027, 5, 25)
    # Asking again is possible, and is a new case
    again = open_repair(entry.id, "2026-11-26", outside="XYZG-again")
    assert not again.repeated
    assert again.case.number != number
    end_of_journey("2026-11-26")


def test_a_firm_in_reorganisation_is_suppressed_for_a_time_and_shown_again_if_the_plan_fails(
    client: Any,
) -> None:
    early = sorted(
        (one for one in shown(TODAY) if one.earliest_repair > date(2027, 2, 1)),
        key=lambda one: (one.earliest_repair, one.id),
    )
    plan, failed = [one for one in early if entries.entry(one.id).sector != "market-regulation"][:2]
    numbers = {}
    for entry in (plan, failed):
        with pytest.raises(remedies.TooEarly):
            open_repair(entry.id, TODAY)
        done = open_repair(entry.id, TODAY, reorganisation="[2026] 皖06破3号")
        assert done.case.detail["ruling"] == "（2026）皖06破3号"
        cases.act(number=done.case.number, act="accept", actor=desk(done.case.body), at=at(TODAY))
        told = refused(done.case.number, done.case.body, TODAY, "grant", remedies.TooEarly)
        assert entry.earliest_repair.isoformat() in told
        refused(
            done.case.number, done.case.body, TODAY, "suppress-temporarily", remedies.RulingUnreadable, reason="已批准",
            detail={"ruling": "法院说可以"},
        )  # fmt: skip
        numbers[entry.id] = (done.case.number, done.case.body)
    for entry in (plan, failed):
        grant(
            *numbers[entry.id], "2026-11-23", "suppress-temporarily", reason="法院已批准重整计划",
            detail={"ruling": "（2026）皖06破3号"},
        )  # fmt: skip
        assert sees("public", entry.id, "2026-11-23") is None
        seen = sees("authority", entry.id, "2026-11-23")
        assert seen is not None
        assert "suppressed" in seen.marks
    number, body = numbers[failed.id]
    grant(number, body, "2026-11-24", "lift-suppression", reason="重整计划终止执行")
    again = sees("public", failed.id, "2026-11-24")
    assert again is not None
    assert (again.show_until, again.earliest_repair) == (failed.show_until, failed.earliest_repair)
    assert again.marks == ()
    number, body = numbers[plan.id]
    # Carried out before the minimum period is over: the suppression goes on, nothing ends for good
    first = plan.earliest_repair
    for day in ("2026-11-25", first - timedelta(days=1)):
        told = refused(
            number, body, day, "complete-reorganisation", remedies.TooEarly, reason="重整计划执行完毕"
        )
        assert first.isoformat() in told
        assert "继续暂停公示" in told
        assert cases.case(number=number, reader=ALL).state == "suppressed-temporarily"
        assert sees("public", plan.id, day) is None
        assert "suppressed" in sees("authority", plan.id, day).marks  # type: ignore[union-attr]
    grant(number, body, first, "complete-reorganisation", reason="重整计划执行完毕")
    assert sees("public", plan.id, first) is None
    assert sees("authority", plan.id, first) is None
    assert sees("self", plan.id, first).marks == ("repaired",)  # type: ignore[union-attr]
    end_of_journey(first)


def test_a_false_promise_brings_the_entry_back_with_its_own_days(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, TODAY)
    number, body = done.case.number, done.case.body
    cases.act(number=number, act="accept", actor=desk(body), at=at(TODAY))
    grant(number, body, "2026-11-23")
    assert sees("public", entry.id, "2026-11-23") is None
    revoked = grant(
        number, body, "2026-12-01", "revoke", reason="缴款凭证系伪造", detail={"ground": "false-material"}
    )
    assert revoked.case.state == "revoked"
    monkeypatch.setenv("XINHENG_TODAY", "2026-12-01")
    back = sees("public", entry.id, "2026-12-01")
    assert back is not None
    assert (back.show_from, back.show_until) == (entry.show_from, entry.show_until)
    assert client.get(f"/statement/{entry.id}/").status_code == 200
    # In a sandbox the three-year provision counts as adopted: it is on file, and a new application comes too early
    mine = sees("self", entry.id, "2026-12-01")
    assert mine is not None
    assert "false-material" in mine.marks
    assert back.earliest_repair == entry.earliest_repair, "the minimum period is what it was"
    with pytest.raises(remedies.TooEarly, match="不适用承诺"):
        open_repair(entry.id, "2026-12-02", outside="XYZG-more")
    # The end comes all the same, at midnight
    assert back.show_until is not None
    assert sees("public", entry.id, back.show_until) is not None
    assert sees("public", entry.id, back.show_until + timedelta(days=1)) is None
    end_of_journey("2026-12-01")


def test_new_year_2027_without_a_notice_is_provisional_and_moves_when_it_comes(client: Any) -> None:
    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, "2026-12-24")
    number, body = done.case.number, done.case.body
    accepted = cases.act(number=number, act="accept", actor=desk(body), at=at("2026-12-24"))
    assert accepted.case.provisional
    guessed = accepted.case.due_on
    assert guessed == date(
        2027, 1, 5
    )  # 25, 28–31 December, 4 and 5 January: 1 January alone is sure to be off
    # Past a provisional day nobody is late
    law.load_notice(path=NOTICE, actor="operator", at=at("2026-12-25"))
    told = cases.recompute(at=at("2026-12-25"), actor="operator", notice="演练〔2026〕1号")
    assert told.moved >= 1
    moved = cases.case(number=number, reader=ALL)
    assert not moved.provisional
    assert moved.due_on == date(2027, 1, 4)  # Sunday 27 December is made up
    clocks = [one for one in cases.clocks(number=number, reader=ALL) if one.provision == "repair-decision"]
    assert [one.due_on for one in clocks] == [guessed, date(2027, 1, 4)]
    assert clocks[1].moved_from == clocks[0].id
    assert any("演练" in one["notice"] for one in clocks[1].working)
    assert cases.recompute(at=at("2026-12-25"), actor="operator").moved == 0
    grant(number, body, "2026-12-28")
    assert sees("public", entry.id, "2026-12-28") is None
    end_of_journey("2026-12-28")


def test_an_authority_merged_in_between_hands_its_cases_to_its_successor(client: Any) -> None:
    found = ripe(TODAY)
    body = next(one.authority for one in found if sum(one.authority == two.authority for two in found) >= 2)
    first, second = [one for one in found if one.authority == body][:2]
    heir = next(one.authority for one in found if one.authority != body)
    running = open_repair(first.id, TODAY)
    assert running.case.body == body
    due_on = running.case.due_on
    register.succeed(
        pairs=[(body, heir, date(2026, 11, 23))], at=at("2026-11-23"), actor="operator", provision="agency-register",
        pack=law.remember(law.active()),
    )  # fmt: skip
    assert remedies.reroute(at=at("2026-11-23")) == [(running.case.number, body, heir)]
    assert remedies.reroute(at=at("2026-11-23")) == []
    moved = cases.case(number=running.case.number, reader=ALL)
    assert (moved.body, moved.authority, moved.due_on) == (heir, body, due_on)
    with pytest.raises(cases.NotYours):
        cases.act(number=moved.number, act="accept", actor=desk(body), at=at("2026-11-23"))
    cases.act(number=moved.number, act="accept", actor=desk(heir), at=at("2026-11-23"))
    grant(moved.number, heir, "2026-11-24")
    assert sees("public", first.id, "2026-11-24") is None
    # A new case about an old decision goes to the successor at once, and says why
    later = open_repair(second.id, "2026-11-24")
    assert (later.case.body, later.case.authority) == (heir, body)
    assert later.case.detail["moved"] is True
    assert any(
        item.code == "authority"
        for item in remedies.checklist(statement=second.id, on=date(2026, 11, 24)).items
    )
    assert evidence.verify().findings == []
    end_of_journey("2026-11-24")
