"""The desk's page of withdrawals: who is late stands first, where each arrived, for those who oversee, without content."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.withdrawals import service as withdrawals

pytest_plugins = ("deskkit",)
PAGE = "/desk/withdrawals/"


def annul(count: int) -> list[publication.Entry]:
    found = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=count
    )
    with evidence.event(evidence.Act(kind="test", actor="t", at=AT, provision="测")) as event:
        records.restand(event=event, statement_ids=[one.id for one in found], state="annulled")
    evidence.drain(at=AT)
    return found


def test_the_late_follower_stands_first_and_each_withdrawal_says_where_it_arrived(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = accounts.add_client(body=desk.mine, scopes=("follow",), title="慢的银行", at=AT, actor="t").id
    quick = accounts.add_client(body=desk.other, scopes=("follow",), title="快的银行", at=AT, actor="t").id
    found = annul(3)
    last = withdrawals.feed(client=quick, after=None, limit=9, at=AT).last
    withdrawals.acknowledge(client=quick, through=last, at=AT)
    withdrawals.feed(client=slow, after=None, limit=2, at=AT)
    monkeypatch.setenv("XINHENG_TODAY", (AT + timedelta(days=3)).date().isoformat())
    text = desk.client("office").get(PAGE).content.decode()
    assert 0 < text.index("慢的银行") < text.index("快的银行")
    assert "逾期" in text and "已全部确认" in text
    assert "已通知 2 / 2 个数据使用方，1 个已确认" in text and "已通知 1 / 2 个数据使用方，1 个已确认" in text
    for entry in found:
        assert str(entry.id) in text and entry.uscc not in text
        assert all(value not in text for value in entry.values.values() if len(value) > 8)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_an_empty_page_teaches(prefix: str, desk: Any) -> None:
    text = desk.client("office").get(prefix + PAGE).content.decode()
    assert ("还没有数据使用方" if not prefix else "No data users yet") in text
    assert (
        not any("\u4e00" <= sign <= "\u9fff" for sign in text.split("<main")[1].split("</main")[0])
        or not prefix
    )


@pytest.mark.parametrize(("name", "status"), [("clerk", 403), ("reviewer", 403), ("", 302)])
def test_only_those_who_oversee_see_it(name: str, status: int, desk: Any) -> None:
    assert desk.client(name).get(PAGE).status_code == status


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1"])
def test_any_address_of_a_page_is_answered(before: str, desk: Any) -> None:
    annul(2)
    assert desk.client("office").get(f"{PAGE}?before={before}").status_code == 200


def test_the_page_asks_no_more_of_the_database_for_many_withdrawals(desk: Any, few_queries: Any) -> None:
    accounts.add_client(body=desk.mine, scopes=("follow",), title="银行", at=AT, actor="t")
    annul(60)
    browser = desk.client("office")
    with few_queries(24):
        assert "更早的" in browser.get(PAGE).content.decode()
