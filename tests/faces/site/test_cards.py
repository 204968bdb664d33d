"""The card shows an entry by its item's own `card` and nothing else: every item of the pack can be shown with it."""

from __future__ import annotations

import inspect
from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from sitekit import HAN, Texts

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces.site import cards
from xinheng.law import service as law
from xinheng.publication import service as publication

pytest_plugins = ("sitekit",)

TODAY = evidence.legal_day(AT)
ITEMS = sorted(law.load("huaibei").items)


def sample(field: law.Field) -> str:
    if field.type == "date":
        return "2026-03-02"
    if field.type == "enum":
        return field.choices[0] if field.choices else "其他-说明"
    if field.type == "code":
        return "91340600MA2N0XXXX1"
    if field.type == "money":
        return "0.2"
    return f"{field.name}之内容"


def entry_of(item: law.Item, **changed: Any) -> publication.Entry:
    values = {field.code: sample(field) for field in item.fields if field.scope == "public"}
    values |= changed.pop("values", {})
    told: dict[str, Any] = {
        "id": 7, "item": item.code, "uscc": "91340600MA2N0XXXX1", "authority": "11340600MB1234567X",
        "decided_on": date(2026, 3, 2), "values": values, "severity": "", "show_from": date(2026, 3, 5),
        "show_until": None, "earliest_repair": None, "rule": "", "received_on": date(2026, 3, 5), "event_id": 1,
        "leaf_index": 6, "position": 9, "known_since": AT,
    }  # fmt: skip
    return publication.Entry(**(told | changed))


def shown(entry: publication.Entry, *, item: law.Item) -> cards.Card:
    told = cards.Law(items={item.code: item}, provision=lambda _rule: None, reasons=lambda _entry: ("因为",))
    return cards.card(entry, on=TODAY, head=None, law=told)


def drawn(card: cards.Card, language: str = "zh-hans") -> str:
    with translation.override(language):
        return render_to_string("site/parts/card.html", {"card": card, "with_way": True, "today": TODAY})


@pytest.mark.parametrize("code", ITEMS)
def test_every_item_of_the_pack_can_be_shown(city: Any, code: str) -> None:
    item = law.active().items[code]
    card = shown(entry_of(item), item=item)
    page = drawn(card)
    assert card.title
    assert card.title in page
    assert item.name in page
    assert item.adverse == ('class="life"' in page)
    for line in card.lines:
        assert line.field.name in page


@pytest.mark.parametrize("code", ITEMS)
def test_every_item_is_spoken_of_in_english_around_its_chinese_values(city: Any, code: str) -> None:
    item = law.active().items[code]
    for until in (None, TODAY, TODAY + timedelta(days=9)):
        page = drawn(shown(entry_of(item, show_until=until), item=item), "en")
        around = [
            text for language, text in Texts(f'<html lang="en">{page}</html>').found if language == "en"
        ]
        assert not [text for text in around if HAN.search(text)]


@pytest.mark.parametrize("code", ITEMS)
def test_an_adverse_entry_always_shows_its_way_out(city: Any, code: str) -> None:
    item = law.active().items[code]
    if not item.adverse:
        assert 'class="life"' not in drawn(shown(entry_of(item), item=item)), "it weighs on nobody"
        return
    ends, stays = TODAY + timedelta(days=40), {item.card.exit_on: ""}
    entry = entry_of(item, show_until=ends, earliest_repair=ends, severity="ordinary", values=stays)
    with_end = drawn(shown(entry, item=item))
    assert "还有 40 天" in with_end
    assert ends.isoformat() in with_end
    without = drawn(shown(entry_of(item, values=stays), item=item))
    assert "移出之日停止公示" in without or "终止的日期由作出决定的机关确定" in without
    for page in (with_end, without):
        assert "提出异议" in page
        assert "/repair/" in page
        assert "日期怎么算的" in page


def test_an_entry_that_left_its_list_says_when_and_is_no_longer_counted_down(city: Any) -> None:
    item = law.active().items["abnormal-operation"]
    left = shown(entry_of(item, values={item.card.exit_on: "2026-11-01"}), item=item)
    page = drawn(left)
    assert "已移出" in page
    assert "列入中" not in page
    assert left.life is not None
    assert left.life.lines[0].points[-1].on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("ends", "state"), [("2099-12-31", "open"), ("2026-11-20", "valid"), ("2026-11-19", "over")]
)
def test_validity_is_told_by_the_last_day_it_holds(city: Any, ends: str, state: str) -> None:
    item = law.active().items["admin-licence"]
    assert shown(entry_of(item, values={item.card.ends: ends}), item=item).valid_state == state


def test_the_working_counts_calendar_days_after_the_decision_in_their_order(city: Any) -> None:
    item = law.active().items["admin-penalty"]
    decided = date(2026, 3, 2)
    card = shown(
        entry_of(item, show_until=date(2027, 3, 2), earliest_repair=date(2026, 6, 3), severity="ordinary"),
        item=item,
    )
    assert card.working is not None
    assert [step.kind for step in card.working.steps] == ["decided", "repair", "today", "until"]
    assert all(step.days == (step.on - decided).days for step in card.working.steps)


def test_a_listed_entrys_working_says_the_same_end_as_the_entry(city: Any) -> None:
    from xinheng.faces.site.views.common import shown_cards

    entries = publication.statements(audience="public", on=TODAY, item="serious-list", limit=50)
    ending = [card for card in shown_cards(entries, on=TODAY) if card.until is not None]
    assert ending
    for card in ending:
        assert card.working is not None
        assert any(card.until.isoformat() in reason for reason in card.working.reasons), card.working.reasons


def test_no_item_is_known_by_name_to_the_cards() -> None:
    source = inspect.getsource(cards)
    assert not [code for code in ITEMS if f'"{code}"' in source]
