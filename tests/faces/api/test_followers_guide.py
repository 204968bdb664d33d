"""The follower in docs/followers.md does what the page says, run as it stands there against a real home."""

from __future__ import annotations

import io
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.withdrawals import service as withdrawals

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "followers.md"
UNIT = "11340600000000000" + uscc.check_char("11340600000000000")


@pytest.fixture
def guide(client: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The page's program, its network replaced by the visitor of the test."""
    from xinheng.faces.clock import now

    made = accounts.add_client(body=UNIT, scopes=("follow",), title="银行", at=AT, actor="t")
    for name, value in (("SITE", "http://testserver"), ("CLIENT", made.id), ("SECRET", made.secret)):
        monkeypatch.setenv(name, value)
    ids = [
        one.id
        for one in publication.statements(
            audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=3
        )
    ]
    with evidence.event(evidence.Act(kind="test", actor="t", at=now(), provision="测")) as event:
        records.restand(event=event, statement_ids=ids, state="repaired")
    evidence.drain(at=now())
    evidence.write_trust_bundle(at=now())

    def urlopen(asked: urllib.request.Request) -> Any:
        answer = client.generic(
            asked.get_method(), asked.full_url.removeprefix("http://testserver"), asked.data or b"",
            content_type=asked.get_header("Content-type"), headers={"Authorization": asked.get_header("Authorization") or ""},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content.decode()
        return io.BytesIO(answer.content)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    scope: dict[str, Any] = {"__name__": "guide"}
    exec(compile(code, str(GUIDE), "exec"), scope)
    return {"follow": scope["follow"], "opened": scope["opened"], "ids": ids, "client": made.id}


def test_it_deletes_what_left_use_and_acknowledges_it_once(guide: dict[str, Any]) -> None:
    from xinheng.faces.clock import now

    deleted: list[tuple[int, str]] = []
    guide["follow"](lambda statement, kind: deleted.append((statement, kind)))
    assert deleted == [(one, "repaired") for one in sorted(guide["ids"])]
    assert withdrawals.follower(client=guide["client"], at=now()).behind == 0
    guide["follow"](lambda statement, kind: deleted.append((statement, kind)))
    assert len(deleted) == 3


def test_it_refuses_a_notice_that_was_changed_or_signed_by_another(guide: dict[str, Any]) -> None:
    from xinheng.faces.clock import now

    [notice, *_] = withdrawals.feed(client=guide["client"], after=None, limit=9, at=now()).notices
    [key] = evidence.trust_bundle(at=now())["log_keys"]
    import base64

    public = base64.b64decode(key["public"])
    keys = {(key["name"], bytes.fromhex(key["key_id"])): public}
    assert guide["opened"](notice.note, keys)[5] == str(notice.statement)
    with pytest.raises(InvalidSignature):
        guide["opened"](notice.note.replace(str(notice.statement), str(notice.statement + 1)), keys)
    with pytest.raises(ValueError, match="no key"):
        guide["opened"](notice.note, {})
    assert json.dumps(notice.note)
