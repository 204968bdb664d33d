from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinheng.law import service as law
from xinheng.register import service as register

Load = Callable[..., Any]
Code = Callable[..., str]


def test_many_organisations_cost_two_queries(load: Load, make_code: Code) -> None:
    codes = [make_code(number) for number in range(30)]
    load([[code, f"甲{code[-5:]}厂"] for code in codes])
    with CaptureQueriesContext(connection) as queries:
        held = register.get(codes)
    assert len(queries) == 2
    assert list(held) == codes
    assert held[codes[3]].kind == "企业"


def test_unknown_codes_are_absent(empty_home: Any) -> None:
    assert register.get(["91340600MA2N00000X", ""]) == {}
    assert register.registered(["x"]) == set()
    assert register.names_frame([]).is_empty()


def test_an_individual_business_is_never_shown_under_its_owners_name(load: Load, make_code: Code) -> None:
    code = make_code(5, "92340621")
    header = ["统一社会信用代码", "主体名称", "曾用名"]
    load([[code, "张建国", "李小红;红红面馆"]], header=header)
    held = register.get([code])[code]
    assert held.shown_name == f"濉溪县个体工商户{code[-4:]}"
    assert held.former_names == ("红红面馆",)
    assert {spell.name for spell in held.names} == {"红红面馆"}
    shown = register.searchable([code]).select("name", "current").rows()
    assert sorted(shown) == sorted([(f"濉溪县个体工商户{code[-4:]}", True), ("红红面馆", False)])
    # Matching still knows the registered name
    assert "张建国" in register.names_frame([code])["name"].to_list()


@pytest.mark.parametrize(
    ("prefix", "name", "region", "shown"),
    [
        ("92340621", "张建国", "340621", "濉溪县个体工商户"),
        ("92340698", "张建国", "340698", "淮北市个体工商户"),
        ("92999999", "张建国", "999999", "999999个体工商户"),
        ("92340621", "张建国面馆", "340621", None),
        ("91340621", "张建国", "340621", None),
    ],
)
def test_names_for_a_page(make_code: Code, prefix: str, name: str, region: str, shown: str | None) -> None:
    code = make_code(5, prefix)
    expected = f"{shown}{code[-4:]}" if shown else name
    assert register.display_name(code=code, name=name, region=region) == expected


def test_sources_are_registered_bodies_or_named_by_the_pack(load: Load, make_code: Code) -> None:
    office, firm = make_code(1, "11340600"), make_code(2)
    assert not register.is_source(office)
    load([[office, "濉溪县某局"], [firm, "甲厂"]])
    assert register.is_source(office)
    assert not register.is_source(firm)
    unit = law.Department(name="甲厂", name_en="", short="", sector="", uscc=firm)
    pack = dataclasses.replace(law.active(), departments=(unit,))
    assert register.is_source(firm, pack)
    assert not register.is_source("", pack)


def test_somebody_only_spoken_of_has_what_the_code_tells(make_code: Code) -> None:
    one = register.unregistered(code=make_code(1, "93340621"), name="甲合作社")
    assert (one.kind, one.region_name, one.active, one.former_names) == ("农民专业合作社", "濉溪县", True, ())
