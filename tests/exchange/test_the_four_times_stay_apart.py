"""What goes up goes once, what is answered is kept, and decided, received, sent and accepted stay apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.exchange import service as exchange
from xinheng.records import service as records

ITEM = "admin-penalty"
LATER = AT + timedelta(days=2)


def all_outgoing() -> list[int]:
    return exchange.outgoing(item=ITEM)["statement_id"].to_list()


def tell(rows: list[tuple[int, str, str]], **more: Any) -> exchange.Answers:
    frame = pl.DataFrame(rows, schema={"编号": pl.Int64, "结果": pl.String, "原因": pl.String}, orient="row")
    return exchange.answered(frame=frame, at=LATER, actor="tests", **more)


def test_a_statement_goes_up_once_for_each_destination(city: Any) -> None:
    ids = all_outgoing()
    assert len(ids) > 50
    assert exchange.sent(statement_ids=ids, at=AT, actor="tests") == exchange.Sending(len(ids), 0)
    assert all_outgoing() == []
    before = evidence.size()
    assert exchange.sent(statement_ids=ids, at=AT, actor="tests") == exchange.Sending(0, len(ids))
    assert evidence.size() == before
    assert exchange.outgoing(item=ITEM, destination="credit-china").height == len(ids)


def test_the_four_times_are_told_apart(city: Any) -> None:
    first, second, third = all_outgoing()[:3]
    exchange.sent(statement_ids=[first, second], at=AT + timedelta(days=1), actor="tests")
    tell([(first, "入库", ""), (second, "退回", "1001 主体信息不匹配")])
    times = exchange.times(statement_ids=[first, second, third])
    stored = records.statements([first])[first]
    assert times[first].decided == stored.decided_on
    assert times[first].received == evidence.legal_day(AT)
    assert times[first].sent == evidence.legal_day(AT + timedelta(days=1))
    assert times[first].accepted == evidence.legal_day(LATER)
    assert (times[second].accepted, times[second].answer) == (None, "rejected")
    assert (times[third].sent, times[third].answer) == (None, "")
    (back,) = exchange.rejected()
    assert (back.statement_id, back.reason) == (second, "1001 主体信息不匹配")


def test_an_answer_told_twice_is_recorded_once_and_a_new_one_counts(city: Any) -> None:
    (one,) = all_outgoing()[:1]
    exchange.sent(statement_ids=[one], at=AT, actor="tests")
    assert tell([(one, "退回", "x")]).new == 1
    again = tell([(one, "退回", "x")])
    assert (again.new, again.known) == (0, 1)
    assert tell([(one, "入库", "")]).new == 1
    assert exchange.times(statement_ids=[one])[one].answer == "accepted"
    assert exchange.rejected() == []


def test_an_answer_about_something_never_sent_is_counted_and_not_kept(city: Any) -> None:
    assert tell([(12345, "入库", "")]).unknown == 1
    assert exchange.times(statement_ids=[12345]) == {}


def test_what_was_withdrawn_never_goes_out(city: Any) -> None:
    one = all_outgoing()[0]
    with evidence.event(evidence.Act(kind="records.annulled", actor="tests", at=AT)) as event:
        records.restand(event=event, statement_ids=[one], state="annulled")
    assert one not in all_outgoing()


@pytest.mark.parametrize("text", ["编号,结果\nx,入库\n", "编号,结果\n1,也许\n", "结果\n入库\n", "\xff"])
def test_an_unreadable_file_of_answers_records_nothing(text: str, city: Any, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(text.encode("latin-1") if text == "\xff" else text.encode())
    before = evidence.size()
    with pytest.raises(exchange.AnswersUnreadable):
        exchange.answered(path=file, at=AT, actor="tests")
    assert evidence.size() == before


def test_numbers_of_persons_in_a_reason_are_masked(city: Any) -> None:
    (one,) = all_outgoing()[:1]
    exchange.sent(statement_ids=[one], at=AT, actor="tests")
    tell([(one, "退回", "联系电话13800138000，请核对")])
    assert "13800138000" not in exchange.rejected()[0].reason


def test_an_unknown_platform_is_refused(city: Any) -> None:
    with pytest.raises(exchange.UnknownDestination):
        exchange.outgoing(item=ITEM, destination="gsxt")


def test_the_simulated_platform_answers_the_same_way_every_time_and_only_after_a_day(city: Any) -> None:
    sending, answers = exchange.simulate(item=ITEM, at=AT)
    assert sending.rows > 50 and answers.rows == 0
    sending, answers = exchange.simulate(item=ITEM, at=LATER)
    assert (sending.rows, answers.rejected + answers.accepted) == (0, answers.rows)
    assert answers.rows > 50
    assert exchange.simulate(item=ITEM, at=LATER)[1].rows == 0


def test_the_commands_send_read_and_say_what_came_back(
    city: Any, cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-21")
    listed = tmp_path / "up.csv"
    sent = cli("exchange", "send", "--item", ITEM, "-o", listed, "--json")
    assert sent.exit == 0 and sent.json["rows"] > 50
    ids = pl.read_csv(listed)["编号"].to_list()
    answers = tmp_path / "back.csv"
    answers.write_text("编号,结果,原因\n" + f"{ids[0]},入库,\n{ids[1]},退回,1002\n")
    told = cli("exchange", "answer", answers, "--json")
    assert (told.exit, told.json["accepted"], told.json["rejected"]) == (1, 1, 1)
    verified = cli("ledger", "verify", "--json")
    assert verified.exit == 0, verified.out
