"""How an organisation is called on a page. Boundary 1: the operator of an individual business is never named."""

from __future__ import annotations

from xinheng.kernel import personal
from xinheng.register.policy_kinds import KIND_OF_PREFIX, is_individual
from xinheng.register.regions import place_name


def name_is_personal(code: str, name: str) -> bool:
    """True where an individual business is registered under nothing but a person's name."""
    return is_individual(code) and personal.is_person_name(name)


def display_name(*, code: str, name: str, region: str) -> str:
    """The name to show: the registered one, or county + 个体工商户 + the last four characters of the code.

    >>> display_name(code="91340621MA2N00000X", name="濉溪县某某有限公司", region="340621")
    '濉溪县某某有限公司'
    """
    if not name_is_personal(code, name):
        return name
    return f"{place_name(region)}{KIND_OF_PREFIX['92']}{code[-4:]}"
