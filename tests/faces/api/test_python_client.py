"""The Python client and its examples, against a running server: what is documented works as it is written."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

import pytest

import checktown
from apikit import Caller, caller
from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.subscriptions import service as subscriptions

ROOT = Path(__file__).resolve().parents[3] / "clients" / "python"
sys.path.insert(0, str(ROOT / "src"))

from xinheng_client import Busy, Client, NotGenuine, Problem, Unreachable, verify_answer  # noqa: E402

MATTER = "honour-award"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def served(city: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[str, Caller, str]]:
    """The small city served on this machine, a client of one of its units, and an organisation on a list."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application

    checktown.list_some(tmp_path)
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    account = caller(("check", "check-shared", "feedback", "subscribe"))
    [entry, *_] = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="serious-list", limit=1
    )
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", account, entry.uscc
    server.shutdown()
    server.server_close()


def connected(host: str, account: Caller, **more: Any) -> Client:
    return Client(host, client_id=account.id, client_secret=account.secret, **more)


def purpose() -> str:
    return law.use_of(pack=law.active(), matter=MATTER).purposes[0].code


def environment(host: str, account: Caller, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", "NO_PROXY": "*",
        "XINHENG_HOST": host, "XINHENG_CLIENT_ID": account.id, "XINHENG_CLIENT_SECRET": account.secret, **more,
    }  # fmt: skip


def example(name: str, *words: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / f"{name}.py"), *words], env=env, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_check_comes_back_typed_and_verifies(served: tuple[str, Caller, str]) -> None:
    host, account, uscc = served
    with connected(host, account) as client:
        answer = client.check(uscc, MATTER, case_number="淮文明2026-1")
        assert (answer.uscc, answer.found) == (uscc, True)
        assert answer.entries and any(hint.must for hint in answer.hints)
        assert client.verify(answer)["case_number"] == "淮文明2026-1"
        assert client.limits[0].name == "api-checks"
        assert client.kept(answer.number)["digest"] == answer.digest
        assert client.look(uscc, MATTER).number == ""
        with pytest.raises(NotGenuine):
            verify_answer(answer.raw | {"name": "另一家公司"}, client._jwks)
        with pytest.raises(NotGenuine):
            verify_answer(answer.raw, {"keys": []})


def test_the_same_key_is_one_check_and_a_batch_is_verified_whole(served: tuple[str, Caller, str]) -> None:
    host, account, uscc = served
    with connected(host, account) as client:
        first = client.check(uscc, MATTER, key="a")
        again = client.check(uscc, MATTER, key="a")
        assert (again.number, again.repeated, first.repeated) == (first.number, True, False)
        assert client.verify(again) == client.verify(first)
        [batch] = client.check_many([uscc, "91340600000000000X"], MATTER)
        client.verify(batch)
        changed = batch.raw | {
            "answers": [batch.raw["answers"][0] | {"status": "注销"}, batch.raw["answers"][1]]
        }
        with pytest.raises(NotGenuine):
            verify_answer(changed, client._jwks)


def test_a_refusal_is_a_problem_with_its_code(served: tuple[str, Caller, str]) -> None:
    host, account, uscc = served
    with connected(host, account) as client:
        with pytest.raises(Problem) as refused:
            client.check(uscc, MATTER, scope="shared", purpose="想看看")
        assert (refused.value.status, refused.value.code) == (403, "purpose-refused")
        assert refused.value.number
        with pytest.raises(Problem) as unknown:
            client.check(uscc, "no-such-matter")
        assert unknown.value.code == "matter-unknown"
    with pytest.raises(Problem) as stranger, Client(host, client_id="c-1", client_secret="no") as client:
        client.check(uscc, MATTER)
    assert stranger.value.code == "invalid_client"


def test_a_busy_platform_is_asked_again_and_a_silent_one_given_up(
    served: tuple[str, Caller, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.api import checks as calls
    from xinheng.faces.site.limits import Allowance

    host, account, uscc = served
    monkeypatch.setattr(calls.asking, "allowance", Allowance("api-checks", 1, 3600))
    slept: list[float] = []
    with connected(host, account, sleep=slept.append) as client:
        client.check(uscc, MATTER)
        with pytest.raises(Busy):
            client.check(uscc, MATTER)
    assert slept == []
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with (
            connected(f"http://127.0.0.1:{nobody.getsockname()[1]}", account, sleep=slept.append) as client,
            pytest.raises(Unreachable),
        ):
            client.look(uscc, MATTER)
    assert len(slept) == 2


def test_the_examples_of_one_check_and_of_a_batch_run(
    served: tuple[str, Caller, str], tmp_path: Path
) -> None:
    host, account, uscc = served
    env = environment(host, account)
    told = example("one_check", uscc, MATTER, "淮文明2026-2", env=env)
    assert "核查编号 HC" in told
    assert "提示（应当）" in told
    file = tmp_path / "codes.txt"
    file.write_text(f"{uscc}\n91340600000000000X\n", encoding="utf-8")
    rows = example("batch", MATTER, str(file), env=env).splitlines()
    assert len(rows) == 3
    assert rows[1].startswith(uscc)
    # The same file again: the same evidence numbers
    assert example("batch", MATTER, str(file), env=env).splitlines() == rows


def test_the_example_of_feedback_reports_every_hint_of_kind_must(served: tuple[str, Caller, str]) -> None:
    host, account, uscc = served
    told = example("feedback", uscc, MATTER, purpose(), "淮文明〔2026〕3号", env=environment(host, account))
    assert "已反馈：HC" in told
    assert "第 1 版" in told


def test_the_example_of_a_receiver_takes_what_is_genuine_and_nothing_else(
    served: tuple[str, Caller, str],
) -> None:
    import requests

    host, account, uscc = served
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/hook"
    env = environment(host, account, XINHENG_WEBHOOK=address, XINHENG_MESSAGES="1")
    with subprocess.Popen(
        [sys.executable, str(ROOT / "examples" / "follow_changes.py"), str(port)], env=env, stdout=subprocess.PIPE, text=True
    ) as receiver:  # fmt: skip
        try:
            with connected(host, account) as client:
                made = client.subscribe(address, [uscc], MATTER)
                # A signature's age is judged by the clock of the receiver: from here on it is the present
                present = datetime.now(UTC)
                subscriptions.rotate_key(actor="test", at=present)
                evidence.write_trust_bundle(at=present)
                _reachable(port)
                assert requests.post(address, data=b"{}", timeout=5).status_code == 403
                evidence.drain(at=present)
                subscriptions.deliver(at=present)
                state = subscriptions.subscription(client=account.id, id=made["id"]).state
                assert state == "active"
                _end_entries(uscc, present)
                subscriptions.decide(at=present)
                assert subscriptions.deliver(at=present).delivered == 1
                assert [one["subject"] for one in client.events() if "answer" in one["type"]] == [uscc]
            out, _ = receiver.communicate(timeout=20)
        finally:
            receiver.kill()
    assert out.startswith("拒收")
    assert f"xinheng.answer.changed.v1 {uscc}" in out


def _reachable(port: int) -> None:
    import time

    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the receiver did not start")


def _end_entries(uscc: str, at: datetime) -> None:
    ids = [
        one.id
        for one in publication.statements(audience="public", on=evidence.legal_day(AT), uscc=uscc, item="serious-list", limit=50)
    ]  # fmt: skip
    with evidence.event(evidence.Act(kind="test.ended", actor="test", at=at, provision="测试")) as event:
        records.restand(event=event, statement_ids=ids, state="annulled")
    evidence.drain(at=at)
