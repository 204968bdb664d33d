"""`xinheng case`: what the commands answer, on the last line and by their exit."""

from __future__ import annotations

from typing import Any

from remedytown import at, open_objection, open_repair, ripe

TODAY = {"XINHENG_TODAY": "2026-11-20"}


def test_show_due_and_figures_speak_json_and_the_exit_says_whether_to_look(city: Any, cli: Any) -> None:
    one, two = ripe("2026-11-20")[:2]
    objection = open_objection(one.id, "2026-11-20").case.number
    repair = open_repair(two.id, "2026-11-20").case.number
    shown = cli("case", "show", objection, "--json", env=TODAY)
    assert shown.exit == 0, shown.err
    assert (shown.json["state"], shown.json["days_left"]) == ("received", 3)
    assert shown.json["clocks"][0]["working"][-1]["date"] == "2026-11-25"
    assert [step["act"] for step in shown.json["steps"]] == ["object"]
    due = cli("case", "due", "--kind", "repair", "--json", env=TODAY)
    assert (due.exit, [line["number"] for line in due.json["cases"]]) == (0, [repair])
    late = cli("case", "due", "--json", env={"XINHENG_TODAY": "2026-12-10"})
    assert (late.exit, late.json["counters"]["overdue"]) == (1, 2)
    figures = cli("case", "figures", "--first", "2026-11-01", "--json", env=TODAY)
    assert sum(row["objections"] for row in figures.json["departments"]) == 1


def test_what_cannot_be_is_refused_in_words_with_its_code(city: Any, cli: Any) -> None:
    entry = ripe("2026-11-20")[0]
    number = open_repair(entry.id, "2026-11-20").case.number
    cases = {
        ("case", "show", "没有这个案件"): (2, "no-such-case"),
        ("case", "act", number, "grant"): (3, "case-step-not-possible"),
        ("case", "act", number, "decline"): (2, "case-needs"),
        ("case", "act", number, "accept", "--change", "CF_NR"): (2, "bad-change"),
        ("case", "due", "--until", "2026/11/20"): (2, "bad-date"),
        ("case", "open", "repair", "--statement", str(entry.id)): (2, "material-missing"),
        ("case", "open", "repair", "--statement", "1", "--commitment"): (2, "no-such-entry"),
    }
    for words, (code, error) in cases.items():
        told = cli(*words, "--json", env=TODAY)
        assert (told.exit, told.json["error"]) == (code, error), (words, told.out)
        assert told.json["message"]


def test_a_case_seen_in_an_older_version_is_not_acted_on(city: Any, cli: Any) -> None:
    from remedytown import desk
    from xinheng.cases import service as cases

    entry = ripe("2026-11-20")[0]
    case = open_repair(entry.id, "2026-11-20").case
    cases.act(number=case.number, act="accept", actor=desk(case.body), at=at("2026-11-20"))
    told = cli(
        "case",
        "act",
        case.number,
        "decline",
        "--reason",
        "x",
        "--version",
        str(case.version),
        "--json",
        env=TODAY,
    )
    assert (told.exit, told.json["error"]) == (3, "case-moved-on")
