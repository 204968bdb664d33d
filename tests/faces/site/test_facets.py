"""Narrowing with links: only what is offered counts, and every link leads exactly one choice further or back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.site.facets import RESETS, Narrowing, narrowing

NAMES = ("item", "kind", "state", "authority", "month")
VALUES = st.sampled_from(["a", "b", "c", "名 & 单", ""])
ASKED = st.dictionaries(
    st.sampled_from([*NAMES, "after", "secret"]), VALUES | st.text(max_size=4), max_size=6
)
OFFERS = [(name, name, [(value, value) for value in ("a", "b", "名 & 单")]) for name in NAMES]


def asked_by(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def made(asked: dict[str, str]) -> Narrowing:
    return narrowing("/lists/", OFFERS, asked, kept={"q": "信衡"})


@given(ASKED)
def test_only_values_that_are_offered_are_in_effect(asked: dict[str, str]) -> None:
    found = made(asked)
    for name, value in found.chosen.items():
        assert asked[name] == value
        assert value in {"a", "b", "名 & 单"}
    assert "after" not in found.chosen
    assert "secret" not in found.chosen


@given(ASKED)
def test_following_a_link_changes_one_choice_and_keeps_the_question(asked: dict[str, str]) -> None:
    found = made(asked)
    for facet in found.facets:
        for choice in facet.choices:
            reached = made(asked_by(choice.url))
            kept = {
                k: v for k, v in found.chosen.items() if k not in (facet.name, *RESETS.get(facet.name, ()))
            }
            wanted = kept if choice.current else {**kept, facet.name: choice.value}
            assert dict(reached.chosen) == wanted
            assert asked_by(choice.url)["q"] == "信衡"


@given(ASKED)
def test_taking_every_chip_away_leaves_the_whole_list(asked: dict[str, str]) -> None:
    found = made(asked)
    for _ in NAMES:
        if not found.chips:
            break
        found = made(asked_by(found.chips[0][1].url))
    assert not found.chosen
    assert found.first_url == found.all_url


@given(ASKED, st.text(min_size=1, max_size=20))
def test_the_next_page_is_narrowed_as_this_one(asked: dict[str, str], after: str) -> None:
    found = made(asked)
    reached = asked_by(found.more(after))
    assert made(reached).chosen == found.chosen
