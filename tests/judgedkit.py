"""The small city with one model adopted and run, one tried while it is off, and its indices: made once, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence

ON = evidence.legal_day(AT)
ADOPTED, OFF = "general", "supervision-risk"


@pytest.fixture(scope="session")
def _judged_template(request: pytest.FixtureRequest, _city_template: Any) -> Any:
    homes: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parent / "conftest.py"))
    return homes.derive("judged", _city_template, judge)


@pytest.fixture
def judged(
    request: pytest.FixtureRequest, _judged_template: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """That city on its own day, with full allowances."""
    from xinheng.faces.site.limits import buckets

    homes: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parent / "conftest.py"))
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    yield from homes.copied(_judged_template, tmp_path, monkeypatch)


def adopt(code: str) -> Any:
    """A model with a report, proposed by one account of the office and confirmed by another."""
    from xinheng.evaluation import adoption

    model = adopt_half(code)
    adoption.confirm(model=model, actor="desk:office2", at=AT)
    return model


def adopt_half(code: str = ADOPTED) -> Any:
    """A model with a report, proposed by the account `office`, that waits for another one."""
    from xinheng.evaluation import adoption, fairness
    from xinheng.law import service as law

    model = law.models(pack=law.active())[code]
    fairness.make_report(model=model, on=ON, at=AT, actor="desk:office")
    adoption.propose(model=model, reason="测试", actor="desk:office", at=AT)
    return model


def based(code: str = ADOPTED) -> Any:
    """A model as a pack would publish it: with a provision as its basis."""
    from dataclasses import replace

    from xinheng.law import service as law
    from xinheng.law.sources import sources

    pack = law.active()
    basis = next(one for _title, one in sources(pack) if one.citation and not one.our_choice)
    return replace(law.models(pack=pack)[code], publication=basis)


def judge() -> None:
    """One model adopted and run, one tried while it is off, the indices counted, in the home that is open."""
    from xinheng.evaluation import indices
    from xinheng.evaluation import service as evaluation

    evaluation.run(model=OFF, on=ON, at=AT, actor="desk:office")
    adopt(ADOPTED)
    evaluation.run(model=ADOPTED, on=ON, at=AT, actor="desk:office")
    _count_small_places(indices)
    evidence.drain(at=AT)


def _count_small_places(indices: Any) -> None:
    """Counts with the smallest areas told apart: in a city of three hundred every county would be too small."""
    from dataclasses import replace

    plan = indices.plan
    indices.plan = lambda: replace(plan(), at_least=8)
    try:
        indices.sweep(at=AT)
    finally:
        indices.plan = plan
