"""Division codes: what lies in what, and the names in force."""

from __future__ import annotations

import pytest

from xinheng.kernel import divisions


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("340000", "340621", True),
        ("340600", "340621", True),
        ("340621", "340600", True),
        ("", "340621", True),
        ("340700", "340621", False),
        ("341000", "341002", True),
        ("341000", "340100", False),
        ("370300", "371300", False),
    ],
)
def test_divisions_above_and_below_are_related(one, other, wanted):
    assert divisions.related(one, other) == wanted == divisions.related(other, one)


def test_the_names_of_three_provinces_are_listed_by_code():
    names = divisions.names()
    assert (names["340621"], names["370321"], names["320800"]) == ("濉溪县", "桓台县", "淮安市")
    assert {code[:2] for code in names} == {"32", "34", "37"} and list(names) == sorted(names)
    assert all(len(code) == 6 and code.isdigit() for code in names)
