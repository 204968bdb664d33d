"""Subscriptions by API: for clients with the scope, their own only; problems have codes; the cursor reads what went out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.subscriptions import service as subscriptions

UNIT = "11340600000000000" + uscc.check_char("11340600000000000")
LIST = "/api/v1/subscriptions"
Ask = Callable[..., Any]


@pytest.fixture
def subscriber_ask(client: Any) -> Callable[..., Ask]:
    """Asks as a client of its own."""

    def made(*scopes: str) -> Ask:
        from xinheng.faces.clock import now

        secret = accounts.add_client(body=UNIT, scopes=scopes, title="审批系统", at=AT, actor="test")
        held = accounts.token(client=accounts.client_of_secret(id=secret.id, secret=secret.secret), at=now())

        def asked(method: str, address: str, body: Any = None, key: str = "") -> Any:
            data = json.dumps(body).encode() if body is not None else b""
            return client.generic(
                method, address, data, content_type="application/json",
                headers={"Authorization": f"Bearer {held}"} | ({"Idempotency-Key": key} if key else {}),
            )  # fmt: skip

        return asked

    return made


@pytest.fixture
def echoing_hook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address that answers challenges, and what it got."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append(event)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(event["data"].get("challenge", "").encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", got
    server.shutdown()
    server.server_close()


def counting() -> publication.Entry:
    found = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=500
    )
    return next(one for one in found if one.severity in ("ordinary", "serious"))


def wanted(entry: publication.Entry, url: str) -> dict[str, Any]:
    return {
        "url": url,
        "kinds": ["answer.changed", "entry.ended"],
        "codes": [entry.uscc],
        "matter": "honour-award",
    }


def test_the_way_of_a_subscription(
    subscriber_ask: Callable[..., Ask], echoing_hook: tuple[str, list[dict[str, Any]]]
) -> None:
    from xinheng.faces.clock import now

    ask, entry = subscriber_ask("subscribe", "check"), counting()
    url, got = echoing_hook
    made = ask("POST", LIST, wanted(entry, url))
    assert made.status_code == 201, made.content
    id, told = made.json()["id"], made.json()
    assert (told["state"], told["codes"], told["waiting"]) == ("pending", 1, 1)
    subscriptions.deliver(at=now())
    assert ask("GET", f"{LIST}/{id}").json()["state"] == "active"
    assert ask("GET", f"{LIST}/{id}/codes").json() == {"codes": [entry.uscc], "next": None}
    with evidence.event(evidence.Act(kind="test", actor="t", at=now(), provision="测")) as event:
        records.restand(event=event, statement_ids=[entry.id], state="annulled")
    evidence.drain(at=now())
    subscriptions.decide(at=now())
    subscriptions.deliver(at=now())
    read = ask("GET", "/api/v1/events?after=1").json()
    assert [one["type"] for one in read["events"]] == ["xinheng.answer.changed.v1", "xinheng.entry.ended.v1"]
    # What the cursor gives is what was posted, to the letter
    assert read["events"] == got[1:] and read["last"] == 3
    assert ask("POST", "/api/v1/events/replay", {"subscription": id, "after": 1}).json() == {"queued": 2}
    subscriptions.deliver(at=now())
    assert got[1:3] == got[3:]
    assert ask("DELETE", f"{LIST}/{id}").json()["state"] == "ended"
    assert (
        ask("POST", "/api/v1/events/replay", {"subscription": id}).json()["code"] == "subscription-not-active"
    )
    assert [one["state"] for one in ask("GET", LIST).json()["subscriptions"]] == ["ended"]


def test_the_challenge_can_be_sent_back_by_hand(subscriber_ask: Callable[..., Ask]) -> None:
    ask, entry = subscriber_ask("subscribe", "check"), counting()
    id = ask("POST", LIST, wanted(entry, "https://hooks.example.com/x")).json()["id"]
    wrong = ask("POST", f"{LIST}/{id}/confirm", {"challenge": "0"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["where"]) == (
        403,
        "challenge-wrong",
        "body.challenge",
    )
    from xinheng.subscriptions import reading, subscribing

    [line] = reading.lines("id = %s", [id])
    for _ in range(2):
        told = ask("POST", f"{LIST}/{id}/confirm", {"challenge": subscribing.challenge_of(line)})
        assert told.status_code == 200 and told.json()["state"] == "active" and told.json()["waiting"] == 0
    # The cursor tells that a challenge went out, not which
    assert subscribing.challenge_of(line) not in ask("GET", "/api/v1/events").content.decode()


@pytest.mark.parametrize(
    ("change", "status", "code", "where"),
    [
        ({"url": "http://10.0.0.1/x#a"}, 422, "webhook-address-refused", "body.url"),
        ({"url": "http://169.254.169.254/x"}, 422, "webhook-address-refused", "body.url"),
        ({"url": "https://[::ffff:10.0.0.1]/x"}, 422, "webhook-address-refused", "body.url"),
        ({"matter": "no-such-matter"}, 422, "matter-unknown", "body.matter"),
        ({"codes": ["1"]}, 422, "subscription-wrong", ""),
        ({"kinds": ["all"]}, 422, None, None),
        ({"scope": "shared", "kinds": ["answer.changed"]}, 403, "scope-missing", "body.scope"),
        ({"surprise": 1}, 422, None, None),
    ],
)  # fmt: skip
def test_problems_have_a_code_and_say_where(
    subscriber_ask: Callable[..., Ask],
    change: dict[str, Any],
    status: int,
    code: str | None,
    where: str | None,
) -> None:
    answer = subscriber_ask("subscribe")("POST", LIST, wanted(counting(), "https://example.com/x") | change)
    assert answer.status_code == status and answer["Content-Type"].startswith("application/problem+json")
    told = answer.json()
    assert {"code", "message", "where", "what_to_do"} <= set(told)
    if code is not None:
        assert (told["code"], told["where"]) == (code, where)


def test_scope_and_ownership(subscriber_ask: Callable[..., Ask], client: Any) -> None:
    mine, other, without = subscriber_ask("subscribe"), subscriber_ask("subscribe"), subscriber_ask("check")
    id = mine("POST", LIST, wanted(counting(), "https://example.com/x")).json()["id"]
    for method, address, body in (
        ("GET", f"{LIST}/{id}", None), ("GET", f"{LIST}/{id}/codes", None), ("DELETE", f"{LIST}/{id}", None),
        ("POST", f"{LIST}/{id}/confirm", {"challenge": "x"}), ("POST", f"{LIST}/{id}/challenge", None),
        ("POST", "/api/v1/events/replay", {"subscription": id}),
    ):  # fmt: skip
        assert other(method, address, body).json()["code"] == "no-such-subscription", address
        assert other(method, address, body).status_code == 404
        assert without(method, address, body).json()["code"] == "scope-missing"
        assert client.generic(method, address).status_code == 401
    assert other("GET", "/api/v1/events").json()["events"] == []
    assert other("GET", LIST).json()["subscriptions"] == []
    assert mine("GET", f"{LIST}/{10**30}").status_code in (404, 422)
    assert mine("GET", f"{LIST}/{id}/codes?after=%00").status_code == 422


def test_many_codes_are_taken_in_one_request(subscriber_ask: Callable[..., Ask]) -> None:
    from xinheng.register import service as register

    codes, last = [], ""
    while part := register.codes_after(last, limit=500):
        codes += part
        last = part[-1]
    ask = subscriber_ask("subscribe")
    answer = ask("POST", LIST, wanted(counting(), "https://example.com/x") | {"codes": codes})
    assert answer.status_code == 201 and answer.json()["codes"] == len(codes) >= 300
    page = ask("GET", f"{LIST}/{answer.json()['id']}/codes?limit=200").json()
    assert len(page["codes"]) == 200 and page["next"] == page["codes"][-1]


def test_the_same_key_makes_one_subscription(subscriber_ask: Callable[..., Ask]) -> None:
    ask, wish = subscriber_ask("subscribe"), wanted(counting(), "https://example.com/x")
    first, again = ask("POST", LIST, wish, key="k-1"), ask("POST", LIST, wish, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() | {"repeated": True}
    assert [one["id"] for one in ask("GET", LIST).json()["subscriptions"]] == [first.json()["id"]]
    other = ask("POST", LIST, wish | {"kinds": ["entry.ended"]}, key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert ask("POST", LIST, wish, key="a b").json()["code"] == "bad-key"


def test_the_key_of_a_webhook_is_published_before_anything_is_signed_with_it(
    subscriber_ask: Callable[..., Ask], client: Any
) -> None:
    from xinheng.faces.clock import now
    from xinheng.home import home
    from xinheng.subscriptions import keys

    wish = wanted(counting(), "https://example.com/x")
    assert subscriber_ask("subscribe")("POST", LIST, wish).status_code == 201
    published = {one["kid"] for one in client.get("/trust.json").json()["webhook_keys"]["keys"]}
    assert keys.signer(at=now())[0] in published
    # Another process put the bundle of before in its place
    home().trust.write_text("{}", encoding="utf-8")
    keys.publish(at=now())
    assert keys.signer(at=now())[0] in home().trust.read_text(encoding="utf-8")
