"""Notices of what left use by API: for clients with the scope, numbers only, acknowledged once, and content never."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.kernel.note import open_note
from xinheng.publication import service as publication
from xinheng.records import service as records

UNIT = "11340600000000000" + uscc.check_char("11340600000000000")
FEED, ACK = "/api/v1/withdrawals", "/api/v1/withdrawals/acknowledge"
Ask = Callable[..., Any]


def token(scope: str) -> str:
    from xinheng.faces.clock import now

    made = accounts.add_client(body=UNIT, scopes=(scope,), title="某银行", at=AT, actor="test")
    return accounts.token(client=accounts.client_of_secret(id=made.id, secret=made.secret), at=now())


@pytest.fixture
def ask(client: Any) -> Ask:
    """Asks as a client with a token."""

    def asked(method: str, address: str, told: str = "", body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {told}"} if told else {}
        data = json.dumps(body).encode() if body is not None else b""
        return client.generic(method, address, data, content_type="application/json", headers=headers)

    return asked


def annul(count: int = 3) -> list[int]:
    from xinheng.faces.clock import now

    found = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=count
    )
    ids = [entry.id for entry in found]
    with evidence.event(evidence.Act(kind="test", actor="t", at=now(), provision="测")) as event:
        records.restand(event=event, statement_ids=ids, state="annulled")
    evidence.drain(at=now())
    return ids


def counted(ask: Ask) -> dict[str, Any]:
    """The newest withdrawal as everyone sees it."""
    answer = ask("GET", f"{FEED}/arrivals")
    assert answer.status_code == 200
    newest: dict[str, Any] = answer.json()["arrivals"][0]
    return newest


def test_a_follower_is_told_acknowledges_and_everybody_can_see_the_count(ask: Ask) -> None:
    mine, other = token("follow"), token("follow")
    ids = annul()
    page = ask("GET", FEED, mine).json()
    assert [one["statement"] for one in page["notices"]] == sorted(ids) and page["next"] is None
    from xinheng.evidence.keys import log_verifiers

    for one in page["notices"]:
        assert set(one) == {"seq", "statement", "kind", "at", "note"}
        assert open_note(one["note"], log_verifiers())[0].split("\n")[5] == str(one["statement"])
    newest = counted(ask)
    assert (newest["seq"], newest["followers"], newest["told"], newest["acknowledged"]) == (
        page["last"],
        2,
        1,
        0,
    )
    done = ask("POST", ACK, mine, {"through": page["last"]})
    assert done.json() == {"through": page["last"], "new": 3, "behind": 0}
    assert ask("POST", ACK, mine, {"through": page["last"]}).json()["new"] == 0
    assert counted(ask)["acknowledged"] == 1
    assert ask("GET", FEED, mine).json()["notices"] == []
    assert len(ask("GET", FEED, other).json()["notices"]) == 3


def test_an_id_in_a_notice_opens_nothing(ask: Ask) -> None:
    told = token("follow")
    ids = annul()
    assert ask("GET", FEED, told).json()["notices"]
    for one in ids:
        assert ask("GET", f"/api/v1/statements/{one}", told).status_code == 404
    assert ask("GET", "/api/v1/status?ids=" + ",".join(map(str, ids))).json()["gone"] == ids


def test_the_future_cannot_be_acknowledged(ask: Ask) -> None:
    told = token("follow")
    annul()
    last = ask("GET", f"{FEED}?limit=2", told).json()["last"]
    for through in (last, last + 1, 2**62):
        refused = ask("POST", ACK, told, {"through": through})
        assert (refused.status_code, refused.json()["code"]) == (409, "not-told-yet")


def test_pages_follow_one_another(ask: Ask) -> None:
    told = token("follow")
    ids = annul(5)
    first = ask("GET", f"{FEED}?limit=2", told).json()
    second = ask("GET", f"{FEED}?limit=9&after={first['next']}", told).json()
    assert [one["statement"] for one in first["notices"] + second["notices"]] == sorted(ids)
    assert second["next"] is None and second["told"] == second["last"]


@pytest.mark.parametrize(("scope", "status"), [("", 401), ("intake", 403), ("link", 403)])
def test_only_clients_with_the_scope_are_told(scope: str, status: int, ask: Ask) -> None:
    told = token(scope) if scope else ""
    assert ask("GET", FEED, told).status_code == status
    assert ask("POST", ACK, told, {"through": 0}).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"through": -1},
        {"through": "x"},
        {"through": None},
        {"through": 2**63},
        {"through": 1, "all": True},
        [],
    ],
)
def test_a_body_of_another_form_is_refused(body: Any, ask: Ask) -> None:
    assert ask("POST", ACK, token("follow"), body).status_code == 422


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=501", f"after={2**63}"])
def test_a_query_of_another_form_is_refused(query: str, ask: Ask) -> None:
    assert ask("GET", f"{FEED}?{query}", token("follow")).status_code == 422


def test_the_public_counts_name_no_entry_and_no_follower(ask: Ask, client: Any) -> None:
    token("follow")
    ids = annul(3)
    first = ask("GET", f"{FEED}/arrivals?limit=2").json()
    second = ask("GET", f"{FEED}/arrivals?limit=100&before={first['next']}").json()
    told = first["arrivals"] + second["arrivals"]
    assert [one["seq"] for one in told] == list(range(told[0]["seq"], 0, -1)) and second["next"] is None
    assert all(set(one) == {"seq", "at", "followers", "told", "acknowledged"} for one in told)
    page = client.get("/withdrawals/").content.decode()
    assert "已通知 0 个数据使用方，0 个已确认" in page
    for text in (json.dumps(told), page):
        assert not any(str(one) in text for one in ids) and "某银行" not in text and UNIT not in text


def test_the_status_list_is_served_whole_with_a_mark_for_caches(client: Any) -> None:
    from xinheng.reports import service as reports
    from xinheng.reports import statuslist

    code = publication.statements(audience="public", on=evidence.legal_day(AT), limit=1)[0].uscc
    reports.issue(uscc=code, audience="public", at=AT, actor="test")
    answer = client.get("/status/0")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vc+jwt")
    assert answer["Cache-Control"] == f"public, max-age={int(statuslist.TTL.total_seconds())}"
    assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
    known = [(key["kid"], statuslist._unb64(key["x"]), lambda at: True) for key in evidence.jwks()["keys"]]
    assert statuslist.opened(answer.content.decode(), keys=known, origin=evidence.origin()).number == 0
    again = client.get("/status/0", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for missing in ("/status/1", "/status/99999999999999999999", "/status/-1", "/status/x"):
        assert client.get(missing).status_code == 404
    assert client.post("/status/0").status_code == 405


def test_the_verify_page_says_how_the_report_of_a_number_stands_and_when(client: Any) -> None:
    from xinheng.reports import service as reports

    code = publication.statements(audience="public", on=evidence.legal_day(AT), limit=1)[0].uscc
    issued = reports.issue(uscc=code, audience="public", at=AT, actor="test")
    page = client.get(f"/verify/{issued.number}").content.decode()
    assert "有效：出具以后所依据的信息没有变化" in page and "截至 2026-11-20" in page
    assert code not in page
    reports.withdraw(number=issued.number, act=evidence.Act(kind="report.withdrawn", actor="t", at=AT))
    assert "已撤回：请不要再使用" in client.get(f"/verify/{issued.number}").content.decode()
    assert "没有出具过这个编号的报告" in client.get("/verify/20200101000000000001").content.decode()


def test_the_command_tells_who_is_behind_and_rebuilds(ask: Ask, cli: Callable[..., Any]) -> None:
    from xinheng.withdrawals import service as withdrawals

    token("follow")
    annul()
    last = withdrawals.last()
    env = {"XINHENG_TODAY": "2026-11-23"}
    told = cli("withdrawals", "--json", env=env).json
    assert (told["last"], told["late"]) == (last, 1)
    [follower] = told["followers"]
    assert (follower["title"], follower["behind"], follower["late"]) == ("某银行", 3, True)
    assert cli("withdrawals", "--rebuild", "--json", env=env).json["rebuilt"] == last
    assert "逾期 某银行" in cli("withdrawals", env=env).out
