"""A typical case of a result: the organisation is named by the gate alone, and only while its entry is public."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.articles import service as articles
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.records import service as records

ON = evidence.legal_day(AT)
BODY = "市财政局核查时发现〔当事人〕列入名单，依法取消其资格。"


@pytest.fixture
def told_city(city: Any, tmp_path: Path) -> Any:
    """A city with one answered hint whose check its organisation knows of; `fed` is the answer, `hint` the hint."""
    import checktown

    checktown.list_some(tmp_path, 2)
    for one in checktown.shown("serious-list"):
        checktown.shared(one.uscc)
    hint = checks.open_feedback(body=None, on=ON, limit=1)[0]
    if hint.deferred_until:
        checks.release(number=hint.number, actor="desk:clerk", at=AT)
    fed = checks.answer(
        number=hint.number,
        hint=hint.hint,
        applied=True,
        reason="取消其资格",
        body=hint.body,
        actor="desk:clerk",
        at=AT,
    )
    return SimpleNamespace(hint=hint, fed=fed, name=articles.told(fed.id, on=ON).name)


def case_of(town: Any, body: str = BODY, title: str = "〔当事人〕失信受限", **more: Any) -> str:
    text = articles.Text(title, body, feedback=town.fed.id, **more)
    number = articles.write(kind="case", text=text, at=AT, actor="desk:office")
    articles.submit(number=number, at=AT, actor="desk:office")
    articles.approve(number=number, show_from=ON, at=AT, actor="desk:office2")
    return number


def test_the_name_stands_in_the_text_while_the_entry_is_public_and_no_longer(told_city: Any) -> None:
    number = case_of(
        told_city, title_en="〔当事人〕 refused", body_en="The finance office refused 〔当事人〕."
    )
    shown = articles.article(number=number, on=ON)
    assert (
        shown.title == f"{told_city.name}失信受限"
        and told_city.name in shown.html
        and told_city.name in shown.html_en
    )
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[told_city.hint.statement], state="repaired", rule="")
    shown = articles.article(number=number, on=ON)
    everything = repr(shown) + shown.html + shown.html_en
    assert told_city.name not in everything and told_city.hint.uscc not in everything
    assert shown.title == "某单位失信受限" and "某单位列入名单" in shown.html


def test_a_text_that_names_the_organisation_itself_is_refused(told_city: Any) -> None:
    for body in (f"经查，{told_city.name}被取消资格。", f"代码 {told_city.hint.uscc} 的单位被取消资格。"):
        with pytest.raises(articles.BadArticle, match="当事人"):
            case_of(told_city, body=body)


def test_four_eyes_hold_for_a_case_too(told_city: Any) -> None:
    text = articles.Text("失信受限", BODY, feedback=told_city.fed.id)
    number = articles.write(kind="case", text=text, at=AT, actor="desk:office")
    articles.submit(number=number, at=AT, actor="desk:office")
    with pytest.raises(articles.FourEyes):
        articles.approve(number=number, show_from=ON, at=AT, actor="desk:office")


def test_a_result_that_cannot_be_told_makes_no_case(told_city: Any) -> None:
    with pytest.raises(articles.BadArticle):
        articles.write(
            kind="notice", text=articles.Text("标题", BODY, feedback=told_city.fed.id), at=AT, actor="a"
        )
    with pytest.raises(articles.BadArticle):
        articles.write(
            kind="case", text=articles.Text("标题", BODY, feedback=told_city.fed.id + 1), at=AT, actor="a"
        )
    text = articles.Text("失信受限", BODY, feedback=told_city.fed.id)
    number = articles.write(kind="case", text=text, at=AT, actor="desk:office")
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[told_city.hint.statement], state="repaired", rule="")
    with pytest.raises(articles.BadArticle):
        articles.submit(number=number, at=AT, actor="desk:office")


def test_the_link_is_bound_by_the_ledger_and_older_versions_still_verify(told_city: Any) -> None:
    articles.write(kind="notice", text=articles.Text("停机", "周六停机。"), at=AT, actor="desk:office")
    case_of(told_city)
    checks.seal(at=AT)
    assert not evidence.verify().findings
    for old, new in ((told_city.fed.id, 0), (told_city.fed.id, told_city.fed.id ^ 1), (0, 5)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM articles_revision WHERE feedback = %s LIMIT 1", [old])
            key = cursor.fetchone()[0]
            cursor.execute("UPDATE articles_revision SET feedback = %s WHERE id = %s", [new, key])
            assert evidence.verify().findings
            cursor.execute("UPDATE articles_revision SET feedback = %s WHERE id = %s", [old, key])
    assert not evidence.verify().findings
