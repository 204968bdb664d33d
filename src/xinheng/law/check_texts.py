"""What no text of a place's pack may hold: another place's name, and a slogan where a rule is expected.

A pack is often begun by copying a neighbour's; a name left over from it would send decisions, pages and reports to the
wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from xinheng.kernel import divisions
from xinheng.law.findings import Report
from xinheng.law.reading import PackFiles

SLOGANS = (
    "一处失信", "处处受制", "一处违法", "处处受限", "寸步难行", "一次出格", "终身禁入", "一票否决", "处处受益",
)  # fmt: skip
"""Words of plans that sound like a rule and are none: they may stand only as an old term."""
ORDINARY = frozenset({"日照", "和县", "单县", "市中区", "城区", "郊区"})
"""Names of divisions that are also ordinary words, or parts of them: 名单县级, 乡镇和县直."""
_OLD_TERM = re.compile(r"plan\.terms\[\d+\]\.old")
_LOCAL = ("local_regulation", "local_rule", "local_document")


def check_texts(chain: Sequence[PackFiles], report: Report) -> None:
    """Every text of every pack of the chain."""
    for pack in chain:
        region = _region(pack)
        for where, text in texts(pack):
            if not _OLD_TERM.search(where) and (slogan := next((s for s in SLOGANS if s in text), "")):
                remedy = "限制措施只认有依据的条文。规划里的口号只能写在 plan.terms 的 old。"
                report.error("slogan", where, f"「{slogan}」是口号，不是规则", remedy)
            if region and (name := other_place(text, region, _own(pack))):
                remedy = "请改成本地的，或者删去；本级只写本地、上级和下辖地方。"
                report.error("other-place", where, f"「{name}」是别的地方", remedy)


def check_neighbours(pack: PackFiles, others: Sequence[PackFiles], report: Report) -> None:
    """The codes and names of other packs, also in English, where the place is not above or below this one."""
    region = _region(pack)
    if not region:
        return
    marks: dict[str, str] = {}
    for other in others:
        theirs = _region(other)
        if other.code == pack.code or not theirs or divisions.related(theirs, region):
            continue
        name = other.files["pack.yaml"].get("name")
        name = name if isinstance(name, dict) else {}
        english = str(name.get("en") or "").rsplit(" ", 1)[0]
        marks |= {mark: other.code for mark in (other.code, english) if len(mark) > 3}
        chinese = str(name.get("zh") or "")
        marks |= {chinese[:-1]: other.code} if len(chinese) > 2 else {}
    told = {finding.where for finding in report.findings if finding.code == "other-place"}
    for where, text in texts(pack):
        for mark, code in marks.items():
            if where in told:
                break
            found = re.search(rf"(?<![a-z]){re.escape(mark)}(?![a-z])", text, re.IGNORECASE)
            if found:
                told.add(where)
                remedy = "请改成本地的，或者删去。"
                report.error("other-place", where, f"「{found[0]}」是规则包 {code} 的地方", remedy)


def other_place(text: str, region: str, own: frozenset[str] = frozenset()) -> str:
    """The first name of a division in a text that is neither this one, one above nor one below it; "" if none."""
    for name in sorted(own | _related(region), key=len, reverse=True):
        text = text.replace(name, " ")
    found = _foreign(region).search(text)
    return found[0] if found else ""


@cache
def _related(region: str) -> frozenset[str]:
    names = divisions.names()
    own = {name for code, name in names.items() if divisions.related(code, region)}
    return frozenset(own | {name[:-1] for name in own if len(name) > 2})


@cache
def _foreign(region: str) -> re.Pattern[str]:
    """Full names of counties, cities and provinces elsewhere; cities and provinces also without 市 and 省."""
    own, found = _related(region), set(divisions.PROVINCES)
    for code, name in divisions.names().items():
        found.add(name)
        if code.endswith("00"):
            found.add(name[:-1])
    return re.compile("|".join(sorted(found - own - ORDINARY, key=len, reverse=True)) or r"(?!)")


def texts(pack: PackFiles) -> Iterator[tuple[str, str]]:
    """Every text with its place; titles of national instruments are left out: they are cited as they are."""
    for file, data in pack.files.items():
        yield from _walk(data, f"{pack.code}/{file}：")


def _walk(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, list):
        for at, entry in enumerate(value):
            yield from _walk(entry, f"{where}[{at}]")
    elif isinstance(value, dict):
        cited = "rank" in value and value["rank"] not in _LOCAL
        for key, entry in value.items():
            if not (cited and key in ("title", "number")):
                path = f"{where}{key}" if where.endswith("：") else f"{where}.{key}"
                yield from _walk(entry, path)


def _region(pack: PackFiles) -> str:
    head = pack.files.get("pack.yaml")
    region = head.get("region") if isinstance(head, dict) else ""
    return region if isinstance(region, str) and len(region) == 6 else ""


def _own(pack: PackFiles) -> frozenset[str]:
    """The names of the pack itself and of its towns: 唐山镇 is a town here."""
    head = pack.files.get("pack.yaml")
    rows = (
        [head, *(head.get("towns") or [])] if isinstance(head, dict) and _is_list(head.get("towns")) else []
    )
    found = set()
    for row in rows:
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(name, dict) and isinstance(name.get("zh"), str) and name["zh"]:
            found.add(name["zh"])
    return frozenset(found)


def _is_list(value: Any) -> bool:
    return value is None or isinstance(value, list)


__all__ = ["check_neighbours", "check_texts", "other_place"]
