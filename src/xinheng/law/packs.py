"""Loading: from a folder of packs, or from stored content, to a checked `Pack`. Loaded packs are kept in memory."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from xinheng.law.build import lay_over
from xinheng.law.build_levels import read_levels
from xinheng.law.check_cases import check_case_levels, check_cases
from xinheng.law.check_measures import check_measure_levels, check_uses
from xinheng.law.check_models import check_model_levels, check_models
from xinheng.law.check_places import check_places, list_place_unverified
from xinheng.law.check_received import check_received
from xinheng.law.check_texts import check_neighbours, check_texts
from xinheng.law.checker import check_levels, check_pack, list_unverified
from xinheng.law.errors import PackMissing, PackRefused
from xinheng.law.findings import Finding, Report
from xinheng.law.reading import PackFiles, from_canonical, read_head, read_pack
from xinheng.law.types import Pack

DEPTH = 4
"""National, province, city, county: no pack has more ancestors."""


def default_packs_dir() -> Path:
    """Where the packs of this installation are: `PACKS_DIR` of the settings, the packaged copy, or the source tree."""
    from django.conf import settings

    if settings.configured and getattr(settings, "PACKS_DIR", None):
        return Path(settings.PACKS_DIR)
    return _shipped()


@lru_cache(maxsize=1)
def _shipped() -> Path:
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_packs"
    return packaged if packaged.is_dir() else package.parents[1] / "packs"


def find_chain(code: str, packs_dir: Path, report: Report) -> list[PackFiles]:
    """The files of a pack and its ancestors, the nation first. Ancestors are looked for beside the pack, then among
    the packs that come with Xinheng. Raises `PackMissing` for a code without a folder."""
    chain: list[PackFiles] = []
    wanted: str | None = code
    while wanted:
        folder = packs_dir / wanted
        if not folder.is_dir():
            folder = default_packs_dir() / wanted
        # A code is a folder name: a path in it must not lead out of the packs
        if not wanted.replace("-", "").isalnum() or not folder.is_dir() or len(chain) == DEPTH:
            known = "、".join(sorted(p.parent.name for p in packs_dir.glob("*/pack.yaml")))
            raise PackMissing(f"没有规则包「{wanted}」。可用的有：{known or '（无）'}。")
        pack = read_pack(folder, report)
        chain.insert(0, pack)
        parent = pack.files.get("pack.yaml", {}).get("parent")
        wanted = parent if isinstance(parent, str) else None
    return chain


def build(chain: list[PackFiles], report: Report) -> Pack:
    """The pack of the last of `chain`, checked; findings go to `report`."""
    levels = read_levels(chain, report)
    check_levels(levels, report)
    check_measure_levels(levels, report)
    check_model_levels(levels, report)
    check_case_levels(levels, report)
    check_places(levels, report)
    check_texts(chain, report)
    pack = lay_over(levels, chain)
    check_pack(pack, report)
    check_cases(pack, report)
    check_uses(pack, report)
    check_models(pack, report)
    check_received(pack, report)
    return pack


def check(code: str, packs_dir: Path | None = None, adopted: frozenset[str] = frozenset()) -> list[Finding]:
    """Everything to be said about a pack: errors first, then what to verify; `adopted` is only told."""
    report, folder = Report(), packs_dir or default_packs_dir()
    chain = find_chain(code, folder, report)
    pack = build(chain, report)
    check_neighbours(chain[-1], _neighbours(folder), report)
    list_unverified(pack.with_adopted(adopted), report)
    list_place_unverified(pack, report)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(report.findings, key=lambda finding: order[finding.severity])


def _neighbours(folder: Path) -> list[PackFiles]:
    """The heads of all packs at hand: those beside the pack and those that come with Xinheng."""
    found: dict[str, PackFiles] = {}
    for packs_dir in (default_packs_dir(), folder):
        for head in sorted(packs_dir.glob("*/pack.yaml")):
            found[head.parent.name] = read_head(head)
    return list(found.values())


@lru_cache(maxsize=16)
def load(code: str, packs_dir: Path) -> Pack:
    """A pack from its folder. Raises `PackMissing`, or `PackRefused` with the findings when the checker objects.

    Kept for the life of the process: `forget` drops it.
    """
    report = Report()
    pack = build(find_chain(code, packs_dir, report), report)
    if report.errors:
        raise PackRefused(code, report.errors)
    return pack


@lru_cache(maxsize=16)
def with_notices(code: str, packs_dir: Path, overlay: str) -> Pack:
    """The pack with holiday notices of the home laid over the nation's calendar (`notices.overlay`).

    Raises `PackMissing`, `PackRefused`. The content, and with it the digest, is that of a pack with these files.
    """
    report = Report()
    chain = find_chain(code, packs_dir, report)
    years = {f"calendar/{year}.yaml": data for year, data in json.loads(overlay).items()}
    chain[0] = PackFiles(chain[0].code, {**chain[0].files, **years})
    pack = build(chain, report)
    if report.errors:
        raise PackRefused(code, report.errors)
    return pack


@lru_cache(maxsize=32)
def from_content(content: bytes) -> Pack:
    """The pack a stored content stands for. It was checked when first loaded; later rules do not unmake it."""
    return build(from_canonical(content), Report())


@lru_cache(maxsize=16)
def adopted_variant(pack: Pack, adopted: frozenset[str]) -> Pack:
    """The pack with these ids adopted; the same object for the same question, so that answers kept by it hold."""
    return pack.with_adopted(adopted)


def forget() -> None:
    """Drops packs kept in memory; the next question reads the files again."""
    adopted_variant.cache_clear()
    load.cache_clear()
    with_notices.cache_clear()
    from_content.cache_clear()
