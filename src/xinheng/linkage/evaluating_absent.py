"""The test sets of organisations that are not in the register: nothing may be linked to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from random import Random

from xinheng.kernel.orgname import fold
from xinheng.linkage import damage
from xinheng.linkage.evaluating_data import drawn
from xinheng.linkage.evaluating_parts import Split, parent_of
from xinheng.linkage.evaluating_sets import Plan, Rows

__all__ = ["absent_sets"]

Pair = tuple[str, str]
_NOTHING = "*** — 。 ( ) 某公司 公司 有限公司 有限责任公司 商贸有限公司 某某 无 不详 同上 本人 张伟 李娜 江苏省 徐州市 个体工商户 分公司"


def absent_sets(plan: Plan) -> Iterator[tuple[str, Rows]]:
    """Every such set. The organisations are real ones held back, except in `region invented`."""
    near = _near_ones(plan)
    yield _asked(plan, "not there: any", plan.absent)
    for of, pairs in near.items():
        yield _asked(plan, f"not there: {of}", pairs)
    crowded = [pair for pairs in near.values() for pair in pairs]
    for grade in damage.GRADES:
        scan = _scan(grade)
        yield _asked(plan, f"not there: any, scan {grade}", plan.absent, scan)
        yield _asked(plan, f"not there: near one, scan {grade}", crowded, scan)
    yield _asked(
        plan, "not there: near one, typed light", crowded, lambda name, rng: damage.typed(name, "light", rng)
    )
    yield "not there: region invented", _moved(plan)
    yield (
        "not there: university",
        [
            (name, "", "", name)
            for name in _some(plan, plan.material.universities)
            if fold(name) not in plan.names
        ],
    )
    yield (
        "not there: stock short name",
        [(stock.short, "", "", stock.full) for stock, _ in plan.stocks["none"]],
    )
    yield "not there: nothing said", [(word, "", "", word) for word in _NOTHING.split(" ")]
    outside = plan.listed[1]
    yield "not there: list, name only", [(one.name, "", "", one.name) for one in outside]
    yield "not there: list, code as given", [(one.name, one.code, "", one.name) for one in outside]
    yield (
        "not there: list, scan medium",
        [
            (
                damage.scan(one.name, "medium", Random(f"{plan.seed}|outside|{one.name}")),
                one.code,
                "",
                one.name,
            )
            for one in outside
        ],
    )


def _scan(grade: str) -> Callable[[str, Random], str]:
    return lambda name, rng: damage.scan(name, grade, rng)


def _asked(
    plan: Plan, of: str, pairs: Iterable[Pair], change: Callable[[str, Random], str] | None = None
) -> tuple[str, Rows]:
    chosen = plan.drawn_pairs(of, plan.rows, list(dict.fromkeys(pairs)))
    if change is None:
        return of, [(name, "", "", name) for _, name in chosen]
    return of, [(change(name, Random(f"{plan.seed}|{of}|{code}")), "", "", name) for code, name in chosen]


def _some(plan: Plan, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: drawn(f"some|{name}", plan.seed))[: plan.rows]


def _near_ones(plan: Plan) -> dict[str, list[Pair]]:
    """Held-back organisations that have a rival in the register, by what tells the two apart."""
    held = _Held(plan)
    out: dict[str, list[Pair]] = defaultdict(list)
    for code, name in plan.absent:
        if parent := parent_of(name):
            if parent in held.names:
                out["branch, parent is there"].append((code, name))
            if held.branches.get(parent, 0):
                out["branch, sister is there"].append((code, name))
        if held.branches.get(name, 0):
            out["parent, branch is there"].append((code, name))
        if (split := plan.splits.get(name)) is None:
            continue
        for of, there in held.rivals(split):
            if there:
                out[of].append((code, name))
    return dict(out)


class _Held:
    """What the register has, by the parts that two names may share."""

    def __init__(self, plan: Plan) -> None:
        self.names = {name for _, name in plan.present}
        self.branches: dict[str, int] = defaultdict(int)
        for name in self.names:
            if parent := parent_of(name):
                self.branches[parent] += 1
        self._brand_trade: set[tuple[str, ...]] = set()
        self._place_brand: set[tuple[str, ...]] = set()
        self._place_brand_trade: set[tuple[str, ...]] = set()
        self._holes: set[tuple[str, ...]] = set()
        for name in self.names:
            if split := plan.splits.get(name):
                self._brand_trade.add((split.brand, split.trade))
                self._place_brand.add((split.place, split.brand))
                self._place_brand_trade.add((split.place, split.brand, split.trade))
                self._holes.update(_holes(split))

    def rivals(self, split: Split) -> Iterator[tuple[str, bool]]:
        """Which kinds of rival this one has."""
        same = (split.place, split.brand, split.trade) in self._place_brand_trade
        yield "same but form", same
        yield "same brand, other region", (split.brand, split.trade) in self._brand_trade and not same
        yield "same brand, other trade", (split.place, split.brand) in self._place_brand and not same
        yield "one character apart", any(hole in self._holes for hole in _holes(split)) and not same


def _holes(split: Split) -> list[tuple[str, ...]]:
    return [
        (split.place, split.brand[:at] + "?" + split.brand[at + 1 :], split.trade)
        for at in range(len(split.brand))
    ]


def _moved(plan: Plan) -> Rows:
    """A registered name with another region, where nobody is registered under that."""
    splits = list(plan.splits.values())
    out = []
    for code, name, split in plan.drawn_splits("moved", plan.rows):
        other = Random(f"{plan.seed}|moved|{code}").choice(splits)
        asked = other.region + name[len(split.region) :]
        if other.place != split.place and fold(asked) not in plan.names:
            out.append((asked, "", "", name))
    return out
