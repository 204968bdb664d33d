"""The examples in the kernel's docstrings are true."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = ["dates", "idnumber", "money", "note", "personal", "personnames", "text", "tiles", "uscc", "values"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    failed, tried = doctest.testmod(import_module(f"xinheng.kernel.{name}"))
    assert tried > 0
    assert failed == 0
