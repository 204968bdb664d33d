"""What the door answers about evaluation models and about what a fact is to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from xinheng.law import check_models, explain_models, keeping, policy_models
from xinheng.law.findings import Finding
from xinheng.law.model_types import EvaluationModel, Filter, What, WhatFields
from xinheng.law.types import Item, Pack


def models(*, pack: Pack, on: date | None = None) -> dict[str, EvaluationModel]:
    """The evaluation models of a pack by code, each in the version in force on a day; without a day the newest version
    of each, ended schemes (simulations) too. That a model is here does not switch it on: the office adopts it."""
    return policy_models.models(pack, on)


def model(*, pack: Pack, code: str, on: date | None = None) -> EvaluationModel:
    """One model, as `models` gives it. Raises `UnknownCode`."""
    return policy_models.model(pack, code, on)


def model_at(*, digest: str, code: str, version: str = "") -> EvaluationModel:
    """A model as it stood in a pack ever used, by that pack's digest: what a run is replayed with. Without a version the
    newest of that pack. Raises `UnknownDigest`, `UnknownCode`."""
    pack = keeping.by_digest(digest)
    return policy_models.version(pack, code, version) if version else policy_models.model(pack, code)


def check_model(model: EvaluationModel, pack: Pack) -> tuple[Finding, ...]:
    """Everything against a model laid over a pack (its items, kinds, sectors); empty if it may be used."""
    return check_models.check_model(model, pack)


def matches(filter: Filter, what: What) -> bool:
    """Whether facts of this kind fit a filter. Asked once per distinct kind of fact, never per row."""
    return policy_models.matches(filter, what)


def what_fields(*, item: Item) -> WhatFields:
    """The fields whose text `what_of` needs of a row; "" where the item has none."""
    return policy_models.what_fields(item)


def what_of(
    *,
    pack: Pack,
    item: Item,
    kind: str = "",
    outcome: str = "",
    severity: str = "",
    sector: str = "",
    id: int = 0,
) -> What:
    """What a fact is: list kinds and penalties as codes, other choices as written, free text as 其他; its side.

    `kind` and `outcome` are the texts of `what_fields`, `severity` the class in force, `sector` as `sector_of` tells
    it. Ask once per distinct tuple."""
    return policy_models.what_of(
        pack, item, kind=kind, outcome=outcome, severity=severity, sector=sector, id=id
    )


def filter_text(
    *, pack: Pack, filter: Filter, english: bool = False, speak: Callable[[str], str] = str
) -> str:
    """What a filter selects, in a reader's words; `speak` says a choice that items give in Chinese only."""
    return explain_models.filter_text(pack, filter, english, speak)


def model_dict(*, pack: Pack, model: EvaluationModel) -> dict[str, object]:
    """A model as plain data with its indicators in words; points as exact text."""
    return explain_models.as_dict(pack, model)


def model_text(*, pack: Pack, model: EvaluationModel) -> str:
    """A model for a reader, in Chinese: purpose, basis, grades, indicators by family, vetoes, limits."""
    return explain_models.as_text(pack, model)
