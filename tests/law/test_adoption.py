"""Adoption: an unverified provision has no effect before, and in a sandbox everything counts as adopted."""

from __future__ import annotations

import json
from datetime import date

import pytest

from xinheng.law import current
from xinheng.law import service as law


@pytest.fixture
def home_with(tmp_path, monkeypatch):
    """A home of Huaibei whose office adopted these ids; None means a sandbox."""

    def make(adopted):
        (tmp_path / "home.json").write_text(json.dumps({"pack": "huaibei", "sandbox": adopted is None}))
        monkeypatch.setenv("XINHENG_HOME", str(tmp_path))
        monkeypatch.setattr(current, "_adoption_source", current._adoption_source)
        law.set_adoption_source(lambda: adopted)
        return law.active()

    return make


def test_an_unadopted_clock_is_refused_and_says_how_to_adopt_it(home_with):
    pack = home_with(frozenset())
    with pytest.raises(law.NotAdopted) as refusal:
        law.due(pack=pack, provision="objection-platform", start=date(2026, 11, 20))
    assert refusal.value.exit == 3 and "xinheng law adopt objection-platform" in refusal.value.message


def test_an_adopted_clock_runs(home_with):
    pack = home_with(frozenset({"objection-platform"}))
    answer = law.due(pack=pack, provision="objection-platform", start=date(2026, 11, 20))
    assert answer.due == date(2026, 11, 25)
    assert law.adopted() == {"objection-platform"}


def test_a_likely_provision_has_effect_without_adoption(home_with):
    answer = law.due(pack=home_with(frozenset()), provision="repair-acceptance", start=date(2026, 11, 20))
    assert answer.due == date(2026, 11, 25)


def test_in_a_sandbox_everything_counts_as_adopted(home_with):
    pack = home_with(None)
    assert all(one.adopted for one in law.adoptable(pack=pack))
    assert law.due(pack=pack, provision="objection-source", start=date(2026, 11, 20)).due == date(2026, 12, 1)


def test_an_unadopted_rule_of_an_item_is_not_applied(home_with):
    pack = home_with(frozenset())
    item = pack.items["admin-penalty"]
    assert "max_length" in {rule.kind for rule in item.rules}
    assert "max_length" not in {rule.kind for rule in pack.rules(item)}
    adopted = home_with(frozenset({"admin-penalty.lengths"}))
    assert "max_length" in {rule.kind for rule in adopted.rules(item)}


def test_the_same_question_gives_the_same_pack_so_that_kept_answers_hold(home_with):
    assert home_with(frozenset()) is law.active()


def test_what_can_be_adopted_is_listed_once_with_its_place(home_with):
    found = law.adoptable(pack=home_with(frozenset()))
    assert len({one.id for one in found}) == len(found) >= 10
    assert all(one.citation and one.where.endswith(".yaml") for one in found)
