"""The test sets: what is asked, and the truth. See docs/linkage.md for what each stands for.

A set holds back a share of the organisations from the register (`HELD_OUT`): asked for, they are not there, and
whatever is linked to them is wrong. What is asked never depends on how many others are asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from xinheng.kernel import uscc
from xinheng.kernel.orgname import fold
from xinheng.linkage import damage
from xinheng.linkage.evaluating_data import Listed, Material, Stock, drawn, invented_codes
from xinheng.linkage.evaluating_parts import PROVINCES, Split, Splitter, county_of
from xinheng.linkage.evaluating_rivals import made_up

__all__ = ["HELD_OUT", "Plan", "Question", "questions", "registered"]

HELD_OUT = 0.06
_POOL = 0.25  # of the rest, those the changed names are made from


@dataclass(frozen=True, slots=True)
class Question:
    """One line to link. `truth` is the code of the organisation meant, empty where it is not in the register."""

    set: str
    name: str
    code: str
    truth: str
    origin: str
    held_out: bool


@dataclass
class Plan:
    """Who is in the register and who is not, and what is asked; the same for the same seed."""

    material: Material
    seed: int
    rows: int
    _present: list[tuple[str, str]] = field(init=False)
    _absent: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        pairs = list(self.material.register.select("code", "name").iter_rows())
        self._absent = [(code, name) for code, name in pairs if drawn(code, self.seed) < HELD_OUT]
        self._present = [(code, name) for code, name in pairs if drawn(code, self.seed) >= HELD_OUT]

    @property
    def present(self) -> list[tuple[str, str]]:
        """Codes and names in the register."""
        return self._present

    @property
    def absent(self) -> list[tuple[str, str]]:
        """Codes and names held back."""
        return self._absent

    @cached_property
    def splitter(self) -> Splitter:
        places = [*self.material.divisions.values(), *self.material.register["city"].unique().to_list()]
        return Splitter(self.material.register["name"], places)

    @cached_property
    def splits(self) -> dict[str, Split]:
        """By name, for all that come apart."""
        names = [name for _, name in (*self.present, *self.absent)]
        return {name: split for name in names if (split := self.splitter.split(name)) is not None}

    @cached_property
    def names(self) -> set[str]:
        """Every real name, in the register or held back."""
        return {fold(name) for _, name in (*self.present, *self.absent)}

    @cached_property
    def by_code(self) -> dict[str, str]:
        return dict(self.present)

    @cached_property
    def by_own(self) -> dict[str, str]:
        return {code[8:17]: code for code in self.by_code if len(code) == 18}

    @cached_property
    def by_name(self) -> dict[str, str]:
        return {fold(name): code for code, name in self.present}

    @cached_property
    def stocks(self) -> dict[str, list[tuple[Stock, str]]]:
        """Stock companies three ways: registered in full, registered by the short name only, not registered."""
        spare = invented_codes(len(self.material.stocks), self.seed + 7)
        out: dict[str, list[tuple[Stock, str]]] = {"full": [], "short": [], "none": []}
        absent = {fold(name) for _, name in self.absent}
        for stock, invented in zip(self.material.stocks, spare, strict=True):
            if fold(stock.full) in absent:
                continue
            known = self.by_name.get(fold(stock.full), "")
            chance = drawn(stock.full, self.seed)
            where = "full" if known or chance < 0.55 else "short" if chance < 0.8 else "none"
            out[where].append((stock, known or invented))
        return out

    @cached_property
    def listed(self) -> tuple[list[tuple[Listed, str]], list[Listed]]:
        """Published lines whose organisation is in the register, with its code; and those whose is not.

        Half of the lines with a code are put into the register. A line is left out where nothing says whether the
        organisation of the same name is the one meant.
        """
        inside: list[tuple[Listed, str]] = []
        outside: list[Listed] = []
        for one in self.material.listed:
            code = one.uscc or (f"91110000{one.own}" if one.own else "")
            known = one.uscc if one.uscc in self.by_code else self.by_own.get(code[8:17], "")
            namesake = self.by_name.get(fold(one.name), "")
            if known:
                inside.append((one, known))
            elif namesake and (len(namesake) != 18 or not code):
                inside.append((one, namesake))
            elif (
                len(code) in (17, 18)
                and set(code) <= set(uscc.ALPHABET)
                and not namesake
                and fold(one.name) not in self.names
                and drawn(one.name, self.seed) < 0.5
            ):
                inside.append((one, _with_check(code)))
            elif code:
                outside.append(one)
        return inside, outside

    @cached_property
    def renamed(self) -> list[tuple[str, str, str]]:
        """Code, name, and an earlier name made up from another organisation's brand."""
        splits = [split for split in self.splits.values() if len(split.brand) <= 4]
        out = []
        for code, name, split in self.drawn_splits("renamed", self.rows):
            brand = random.Random(f"{self.seed}|renamed|{code}").choice(splits).brand
            earlier = split.region + brand + split.trade + split.form
            if fold(earlier) not in self.names and brand != split.brand:
                out.append((code, name, earlier))
        return out

    def drawn_pairs(
        self, of: str, count: int, pairs: Iterable[tuple[str, str]] | None = None
    ) -> list[tuple[str, str]]:
        """That many organisations of the register, drawn for a set by its name."""
        if pairs is None:
            pairs = [one for one in self.present if drawn(one[0], self.seed + 1) < _POOL]
        return sorted(pairs, key=lambda one: drawn(f"{of}|{one[0]}", self.seed))[:count]

    def drawn_splits(self, of: str, count: int) -> list[tuple[str, str, Split]]:
        """The same, of those whose name comes apart."""
        return [
            (code, name, self.splits[name])
            for code, name in self.drawn_pairs(of, 2 * count + 20)
            if name in self.splits
        ][:count]


def registered(plan: Plan, *, size: int = 0) -> pl.DataFrame:
    """The register to match against (code, name, current, old_number), filled up to `size` names with made-up ones."""
    rows = [(code, name, True, "") for code, name in plan.present]
    known = plan.by_code
    rows += [(code, stock.full, True, "") for stock, code in plan.stocks["full"] if code not in known]
    rows += [(code, stock.short, True, "") for stock, code in plan.stocks["short"]]
    rows += [(code, one.name, True, one.number) for one, code in plan.listed[0] if code not in known]
    rows += [(code, earlier, False, "") for code, _, earlier in plan.renamed]
    frame = pl.DataFrame(rows, schema=["code", "name", "current", "old_number"], orient="row")
    frame = frame.unique(["code", "name"], keep="first", maintain_order=True)
    if size > frame.height:
        pairs = [*plan.present, *plan.absent]
        sources = [(plan.splits[name], code) for code, name in pairs if name in plan.splits]
        more = made_up(
            sources, count=size - frame.height, seed=plan.seed, keep_out={*plan.names, *frame["name"]}
        )
        frame = pl.concat([frame, more.with_columns(current=pl.lit(True), old_number=pl.lit(""))])
    # Real ones first would let a search that takes the first of equals find them by their place
    return frame.sample(fraction=1.0, shuffle=True, seed=plan.seed)


def questions(plan: Plan) -> Iterator[Question]:
    """Every set, one after the other."""
    from xinheng.linkage.evaluating_absent import absent_sets

    for name, rows in (*_present_sets(plan), *absent_sets(plan)):
        for asked, code, truth, origin in rows:
            # Two halves by the organisation meant, not by the row: what was looked at in one is not in the other
            yield Question(name, asked, code, truth, origin, drawn(origin, plan.seed + 3) < 0.5)


Rows = Iterable[tuple[str, str, str, str]]


def _with_check(code: str) -> str:
    return code if len(code) == 18 else code + uscc.check_char(code)


def _rng(plan: Plan, of: str, code: str) -> random.Random:
    return random.Random(f"{plan.seed}|{of}|{code}")


def _present_sets(plan: Plan) -> Iterator[tuple[str, Rows]]:
    def whole(
        of: str, change: Callable[[str, random.Random], str], *, count: int = plan.rows
    ) -> tuple[str, Rows]:
        pairs = plan.drawn_pairs(of, count)
        return of, [(change(name, _rng(plan, of, code)), "", code, name) for code, name in pairs]

    yield whole("as registered", lambda name, rng: name)
    yield whole("another hand", damage.rewritten)
    pairs = plan.drawn_pairs("traditional", plan.rows)
    yield "traditional", [(damage.traditional(name), "", code, name) for code, name in pairs]
    for kind, change in (
        ("scan", damage.scan),
        ("scan by table", damage.scan_by_table),
        ("typed", damage.typed),
    ):
        for grade in damage.GRADES:
            # Other organisations per set, drawn by the set's name
            yield whole(f"{kind} {grade}", lambda name, rng, c=change, g=grade: c(name, g, rng))  # type: ignore[misc]
    yield from _part_sets(plan)
    yield from _code_sets(plan)
    yield (
        "former name",
        [
            (damage.rewritten(old, _rng(plan, "former", code)), "", code, name)
            for code, name, old in plan.renamed
        ],
    )
    yield (
        "former name, scan light",
        [
            (damage.scan(old, "light", _rng(plan, "former scan", code)), "", code, name)
            for code, name, old in plan.renamed
        ],
    )
    yield "stock short name", [(stock.short, "", code, stock.full) for stock, code in plan.stocks["full"]]
    yield (
        "full name of a short one",
        [(stock.full, "", code, stock.full) for stock, code in plan.stocks["short"]],
    )
    yield from _list_sets(plan)


def _part_sets(plan: Plan) -> Iterator[tuple[str, Rows]]:
    divisions = plan.material.divisions
    province = dict(plan.material.register.select("name", "province").iter_rows())

    def parts(of: str, change: Callable[[str, Split, str, random.Random], str]) -> tuple[str, Rows]:
        out = []
        for code, name, split in plan.drawn_splits(of, 4 * plan.rows):
            asked = change(name, split, code, _rng(plan, of, code))
            if asked and asked != name:
                out.append((asked, "", code, name))
        return of, out[: plan.rows]

    def with_province(name: str, split: Split, code: str, rng: random.Random) -> str:
        held = province.get(name, "")
        if held not in PROVINCES or split.region.startswith(PROVINCES):
            return ""
        return held + rng.choice(("省", "")) + name if held not in ("北京", "天津", "上海", "重庆") else ""

    def county(name: str, split: Split, code: str, rng: random.Random) -> str:
        other = county_of(code, divisions)
        return other + name[len(split.region) :] if other and other[:2] not in split.region else ""

    def city_mark(name: str, split: Split, code: str, rng: random.Random) -> str:
        region, rest = split.region, name[len(split.region) :]
        if region[-1] in "市县" and len(region) > 2:
            return region[:-1] + rest
        return region + "市" + rest if len(region) == 2 and region not in PROVINCES else ""

    def brackets(name: str, split: Split, code: str, rng: random.Random) -> str:
        return f"{split.brand}（{split.place}）{split.trade}{split.form}"

    swap = {"有限公司": "有限责任公司", "有限责任公司": "有限公司"}
    yield parts("region dropped", lambda n, s, c, r: n[len(s.region) :])
    yield parts("mark of the place", city_mark)
    yield parts("province added", with_province)
    yield parts("county for city", county)
    yield parts("form dropped", lambda n, s, c, r: n[: -len(s.form)])
    yield parts("form swapped", lambda n, s, c, r: n[: -len(s.form)] + swap.get(s.form, s.form))
    yield parts("trade dropped", lambda n, s, c, r: s.region + s.brand + s.form)
    yield parts("brackets moved", brackets)


def _code_sets(plan: Plan) -> Iterator[tuple[str, Rows]]:
    full = [one for one in plan.present if len(one[0]) == 18 and drawn(one[0], plan.seed + 1) < _POOL]
    count = max(30, plan.rows // 3)
    for kind, change in damage.CODE_DAMAGE.items():
        of = f"code {kind}"
        yield (
            of,
            [
                (damage.rewritten(name, rng), change(code, rng), code, name)
                for code, name in plan.drawn_pairs(of, count, full)
                for rng in [_rng(plan, of, code)]
            ],
        )
    for kind in ("masked", "one wrong", "organisation part"):
        of = f"code {kind}, scan bad"
        yield (
            of,
            [
                (damage.scan(name, "bad", rng), damage.CODE_DAMAGE[kind](code, rng), code, name)
                for code, name in plan.drawn_pairs(of, count, full)
                for rng in [_rng(plan, of, code)]
            ],
        )
    old = [one for one in plan.present if len(one[0]) != 18]
    yield (
        "old number, scan medium",
        [
            (damage.scan(name, "medium", _rng(plan, "old", code)), code, code, name)
            for code, name in plan.drawn_pairs("old number", plan.rows, old)
        ],
    )


def _list_sets(plan: Plan) -> Iterator[tuple[str, Rows]]:
    inside = plan.listed[0]
    yield "list, name only", [(one.name, "", code, one.name) for one, code in inside]
    yield "list, code as given", [(one.name, one.code, code, one.name) for one, code in inside]
    rows, scanned = [], []
    for one, code in inside:
        rng = _rng(plan, "list", one.name)
        kinds = (
            "masked",
            "one wrong",
            "swapped",
            "one missing",
            "lower case",
            "copy number behind",
            "broken",
        )
        damaged = damage.CODE_DAMAGE[rng.choice(kinds)](one.code, rng) if len(one.code) == 18 else one.code
        rows.append((one.name, damaged, code, one.name))
        scanned.append((damage.scan(one.name, "medium", rng), damaged, code, one.name))
    yield "list, code damaged", rows
    yield "list, scan medium, code damaged", scanned
    yield (
        "list, scan medium",
        [
            (damage.scan(one.name, "medium", _rng(plan, "list scan", one.name)), "", code, one.name)
            for one, code in inside
        ],
    )
