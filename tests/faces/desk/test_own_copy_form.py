"""The desk's form for the platform's own copy: locked to what the source sent."""

from __future__ import annotations

from typing import Any

import pytest
from deskcases import address, hidden, plain

pytest_plugins = ("deskkit", "deskcases")
SENT = "罚款人民币一万元。"


def _act(browser: Any, number: str, **more: str) -> Any:
    form = hidden(browser.get(address(number, "act/?step=correct-own-copy")).content.decode())
    return browser.post(address(number, "act/"), form | {"reason": "抄录有误"} | more)


def _ours_is_wrong(monkeypatch: pytest.MonkeyPatch, statement: int) -> None:
    from xinheng.intake import service as intake
    from xinheng.remedies import entries

    batch, row, _ = entries.entry(statement).parts.source
    kept = intake.kept_row(batch=batch, row=row) or {}
    monkeypatch.setattr(intake, "kept_row", lambda **_: {**kept, "CF_NR": SENT})


def test_where_the_copy_agrees_the_form_says_to_forward_and_does_nothing(casetown: Any) -> None:
    number, browser = casetown.objection(forwarded=False), casetown.client("office")
    text = browser.get(address(number, "act/?step=correct-own-copy")).content.decode()
    assert "转来源单位核实" in plain(text)
    assert 'name="change-' not in text
    answer = _act(browser, number, stage="do", **{"change-CF_NR_FK": "0.01", "was-CF_NR_FK": "1"})
    assert answer.status_code == 400
    assert casetown.case(number).state == "received"


def test_what_a_form_says_does_not_matter_the_source_is_copied(
    casetown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.remedies import entries

    number, browser = casetown.objection(forwarded=False), casetown.client("office")
    statement = casetown.case(number).statement
    _ours_is_wrong(monkeypatch, statement)
    text = browser.get(address(number, "act/?step=correct-own-copy")).content.decode()
    assert SENT in text
    assert 'name="change-' not in text
    look = _act(browser, number, **{"change-CF_NR": "不予处罚。", "was-CF_NR": ""})
    assert look.status_code == 200
    assert "不予处罚" not in look.content.decode()
    done = browser.post(
        address(number, "act/"), hidden(look.content.decode()) | {"change-CF_WFXW": "没有违法"}
    )
    assert done.status_code == 302
    from xinheng.records import service as records

    after = entries.entry(records.standing_versions([statement])[statement])
    assert (after.values["CF_NR"], after.values["CF_WFXW"]) == (
        SENT,
        entries.entry(statement).values["CF_WFXW"],
    )
