"""What is due once a day: every part, whatever became of the others; once a legal day, and again after a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces import nightly
from xinheng.faces.runner import AGAIN, Daily

NAMES = [
    "checks.seal", "cases.reroute", "cases.sweep", "sync.sweep", "lists.sweep", "subscriptions.sweep",
    "notices.collect", "notices.deliver", "checks.figures", "evaluation.indices", "evaluation.mutual", "evaluation.warnings",
    "publication.cards",
]  # fmt: skip


def test_a_round_does_every_part_and_leaves_what_it_did(city: Any) -> None:
    told = nightly.nightly(AT)
    assert [part.name for part in told.parts] == NAMES and told.ok, told
    kept = nightly.last()
    assert kept == told and nightly.done_on() == evidence.legal_day(AT)


def test_twice_is_once(city: Any) -> None:
    nightly.nightly(AT)
    size = evidence.size()
    again = nightly.nightly(AT + timedelta(hours=2))
    assert again.ok and evidence.size() == size


@pytest.mark.parametrize("broken", range(len(NAMES)))
def test_a_part_that_fails_does_not_stop_the_others_and_quotes_nothing(
    city: Any, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    def fail(at: Any) -> Any:
        raise RuntimeError("淮北市某某公司 91340600MA2N000000")

    parts = list(nightly._PARTS)
    parts[broken] = (parts[broken][0], fail)
    monkeypatch.setattr(nightly, "_PARTS", parts)
    told = nightly.nightly(AT)
    assert [part.ok for part in told.parts] == [place != broken for place in range(len(NAMES))]
    assert told.parts[broken].error == "RuntimeError" and nightly.done_on() is None
    assert "某某公司" not in (city.root / "nightly.json").read_text()


def test_the_doctor_tells_of_a_failed_and_of_a_missing_round(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces import health

    on = evidence.legal_day(AT)
    assert health._nightly(on)[0], "a home that never ran one is new, not ill"
    nightly.nightly(AT)
    assert health._nightly(on) == (True, f"例行工作最近一次在 {on}")
    assert not health._nightly(on + timedelta(days=2))[0]
    monkeypatch.setattr(nightly, "_PARTS", [("notices.collect", lambda at: 1 / 0)])
    nightly.nightly(AT)
    ok, words = health._nightly(on)
    assert not ok and "notices.collect(ZeroDivisionError)" in words


def test_the_runner_does_it_once_a_day_and_after_a_restart(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Any] = []
    monkeypatch.setattr(nightly, "_PARTS", [("one", lambda at: runs.append(at))])
    daily = Daily()
    for hours in (0, 1, 5):
        daily.round(AT + timedelta(hours=hours))
    assert len(runs) == 1
    daily.round(AT + timedelta(days=1))
    assert len(runs) == 2
    Daily().round(AT + timedelta(days=1))
    assert len(runs) == 3


def test_the_runner_tries_a_failed_round_again_but_not_at_once(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Any] = []

    def fail_first(at: Any) -> None:
        runs.append(at)
        if len(runs) == 1:
            raise OSError

    monkeypatch.setattr(nightly, "_PARTS", [("one", fail_first)])
    daily = Daily()
    assert daily.round(AT) and not daily.round(AT + timedelta(seconds=2))
    assert daily.round(AT + AGAIN) and not daily.round(AT + AGAIN + AGAIN)
    assert len(runs) == 2


def test_midnight_in_shanghai_begins_the_next_round(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Any] = []
    monkeypatch.setattr(nightly, "_PARTS", [("one", lambda at: runs.append(at))])
    daily = Daily()
    daily.round(AT.replace(hour=15, minute=59))
    daily.round(AT.replace(hour=16, minute=0))
    assert len(runs) == 2


def test_the_command_says_what_was_done(city: Any, cli: Any) -> None:
    ran = cli("nightly", "--json", env={"XINHENG_TODAY": "2026-11-20"})
    assert ran.exit == 0, ran.err
    assert [part["name"] for part in ran.json["parts"]] == NAMES and ran.json["day"] == "2026-11-20"
    assert ran.json["parts"][NAMES.index("notices.collect")]["told"]["made"]["recorded"] > 0
    words = cli("nightly", env={"XINHENG_TODAY": "2026-11-20"})
    assert "生成提醒" in words.out and words.exit == 0
