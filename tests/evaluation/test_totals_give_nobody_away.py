"""Published totals: no small cell, no grade that holds all, and no sum from which a small cell could be worked out."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import policy_totals
from xinheng.evaluation.policy_totals import FLOOR, LEAST, Cell, told

COUNTS = st.lists(st.one_of(st.integers(0, 25), st.integers(0, 5000)), min_size=1, max_size=5)


def test_three_cooperatives_have_no_totals() -> None:
    assert told([0, 1, 1, 1]) == policy_totals.Told(None, (), "small")
    assert told([0, 0, 0, LEAST - 1]).cells == ()


@pytest.mark.parametrize("counts", [[0, 500, 0, 0], [3, 500, 2, 4], [500], [0, 500]])
def test_one_grade_that_holds_all_or_nearly_all_is_not_told(counts: list[int]) -> None:
    found = told(counts)
    if len(counts) > 1:
        assert (found.cells, found.withheld) == ((), "one-sided")
    assert found.whole == 500


def test_a_small_cell_takes_the_smallest_other_with_it() -> None:
    assert told([1, 100, 53, 200]).cells == (Cell(None, few=True), Cell(100), Cell(None), Cell(200))
    assert told([40, 57, 200]).cells == (Cell(40), Cell(50), Cell(200))


@settings(deadline=None, max_examples=200)
@given(COUNTS)
def test_no_cell_below_the_floor_is_ever_told_and_what_is_told_is_in_tens(counts: list[int]) -> None:
    found = told(counts)
    for n, cell in zip(counts, found.cells, strict=False):
        assert cell.n is None or (n >= FLOOR and cell.n % FLOOR == 0 and n - FLOOR < cell.n <= n)
        assert cell.few == (n < FLOOR)
    assert found.whole is None or (found.whole % FLOOR == 0 and 0 <= sum(counts) - found.whole < FLOOR)
    shown = [cell.n for cell in found.cells if cell.n is not None]
    assert not shown or len(counts) == 1 or sum(counts) - max(counts) >= FLOOR, "none holds nearly all"


@settings(deadline=None, max_examples=200)
@given(COUNTS)
def test_every_content_of_the_small_cells_stays_possible_for_whoever_knows_the_rest_exactly(
    counts: list[int],
) -> None:
    found = told(counts)
    hidden = [place for place, cell in enumerate(found.cells) if cell.n is None]
    few = [place for place in hidden if found.cells[place].few]
    beside = [place for place in hidden if not found.cells[place].few]
    if not few:
        assert not hidden
        return
    left = sum(counts) - sum(n for place, n in enumerate(counts) if place not in hidden)
    for guess in product(range(0, FLOOR, FLOOR - 1), repeat=len(few)):
        assert beside and left - sum(guess) >= FLOOR * len(beside), (counts, guess)
