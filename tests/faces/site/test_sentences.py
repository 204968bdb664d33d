"""Sentences of ours that are kept as data are in the catalogue of translations: purposes of readings, reasons of choices."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

import xinheng
from xinheng.faces.site import sentences
from xinheng.faces.site.templatetags.xinheng_site import cited_of
from xinheng.law import service as law

SOURCES = Path(xinheng.__file__).parent
PASSED_ON = {"purpose", "_purpose(asked)", "f'{PURPOSE}：{body.purpose}' if body.purpose else PURPOSE"}
"""Given by whoever asks, or composed: they are said as they were written."""


def _purposes(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = set()
    for call in ast.walk(tree):
        name = getattr(call.func, "attr", getattr(call.func, "id", "")) if isinstance(call, ast.Call) else ""
        if name not in ("noted", "read"):
            continue
        for one in call.keywords:
            if one.arg == "purpose":
                value = one.value
                text = value.value if isinstance(value, ast.Constant) else constants.get(ast.unparse(value))
                found.add(str(text) if text is not None else ast.unparse(value))
    return found


def test_every_purpose_of_a_reading_is_in_the_catalogue() -> None:
    found = {text for file in (SOURCES / "faces").rglob("*.py") for text in _purposes(file)} - PASSED_ON
    assert "核对本地评价的依据" in found, "else nothing was found"
    assert found <= set(sentences.PURPOSES), found - set(sentences.PURPOSES)


@pytest.mark.parametrize("place", ["huaibei", "suixi", "huantai"])
def test_every_reason_of_a_model_is_in_the_catalogue(place: str) -> None:
    sources = [
        source
        for versions in law.load(place).models.values()
        for model in versions
        for source in (model.source, *(one.source for one in (*model.indicators, *model.vetoes)))
    ]
    reasons = {one.because.rstrip("。") for one in sources if one.our_choice}
    assert reasons and reasons <= set(sentences.REASONS), reasons - set(sentences.REASONS)


def test_a_choice_of_ours_is_said_in_english_and_a_citation_stays_as_it_is(empty_home: object) -> None:
    source = next(iter(law.load("huaibei").models["general"][0].indicators)).source
    assert source.our_choice
    with translation.override("en"):
        told = str(cited_of(source))
        assert told == str(cited_of(source.cited))
        assert "zh-Hans" not in told, "nothing of it is a citation"
        based = str(cited_of("本系统的设计选择，不是法律规定（没有的理由，参照《某办法》第三条）"))
        assert based.count("zh-Hans") == 1 and "《某办法》第三条" in based and "没有的理由" not in based
        assert 'lang="zh-Hans">《某办法》第三条</span>' in str(cited_of("《某办法》第三条"))
    with translation.override("zh-hans"):
        assert str(cited_of(source)) == source.cited
    assert str(cited_of(None)) == ""
