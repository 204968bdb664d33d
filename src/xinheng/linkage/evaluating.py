"""How good the linking is: test sets against an index of their own, counted. Nothing of the home is read or changed.

Precision is the share of links that are right; recall the share of organisations in the register that were linked to
themselves without a human. Sets of names that nobody could tell apart, because what is asked is exactly the registered
name of another organisation, lose those rows; how many is said.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from xinheng.kernel.orgname import fold
from xinheng.linkage import index as indexing
from xinheng.linkage import linking, policy_link
from xinheng.linkage.evaluating_data import Material
from xinheng.linkage.evaluating_mixes import MIXES, share_of
from xinheng.linkage.evaluating_sets import Plan, Question, questions, registered

__all__ = [
    "THRESHOLDS",
    "Figures",
    "Measured",
    "evaluate",
    "figures",
    "mixed",
    "plain_fuzzy",
    "score",
    "thresholds",
]

THRESHOLDS = (5_000, 7_000, 8_000, 9_000, 9_500, 9_700, 9_800, 9_900, 9_950, 9_980, 9_990)
_HALVES = {"both": None, "tuning": False, "held out": True}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one set came to. Shares are None where there is nothing to divide by."""

    set: str
    half: str
    rows: int
    there: int
    linked: int
    right: int
    human: int
    nothing: int
    first: int
    five: int
    tied: int
    twins: int
    ms: float

    @property
    def wrong(self) -> int:
        """Links to an organisation that is not the one meant."""
        return self.linked - self.right

    @property
    def precision(self) -> float | None:
        return self.right / self.linked if self.linked else None

    @property
    def recall(self) -> float | None:
        return self.right / self.there if self.there else None

    @property
    def top_1(self) -> float | None:
        """How often the best candidate is the right one, whatever was done with it."""
        return self.first / self.there if self.there else None

    @property
    def top_5(self) -> float | None:
        return self.five / self.there if self.there else None

    def as_dict(self) -> dict[str, Any]:
        """Counts and shares, for JSON."""
        shares = {
            "precision": self.precision,
            "recall": self.recall,
            "top_1": self.top_1,
            "top_5": self.top_5,
        }
        return {
            **asdict(self),
            "wrong": self.wrong,
            **{k: v if v is None else round(v, 5) for k, v in shares.items()},
        }


@dataclass(frozen=True)
class Measured:
    """A whole evaluation: every row with its answer, and how long the parts took."""

    rows: pl.DataFrame
    names: pl.DataFrame
    size: int
    build_seconds: float
    ask_seconds: float
    one_by_one_ms: tuple[float, ...]
    linked_from: int

    def sets(self, half: str = "both") -> list[Figures]:
        """Figures per set, in the order asked."""
        return figures(self.rows, half=half)

    def latencies(self) -> dict[str, float]:
        """Milliseconds of one question at a time: the middle one and the slowest of a hundred."""
        times = self.one_by_one_ms or (0.0,)
        return {"p50": round(times[len(times) // 2], 2), "p99": round(times[int(len(times) * 0.99)], 2)}

    def errors(self) -> dict[str, pl.DataFrame]:
        """Wrong links, the surest first; and organisations of the register that were not linked to themselves."""
        plain = self.rows.filter(~pl.col("twin"))
        return {
            "wrong": plain.filter(pl.col("linked") & ~pl.col("right")).sort("confidence", descending=True),
            "missed": plain.filter(pl.col("there") & ~pl.col("linked")).sort("set", "confidence"),
        }


def evaluate(
    material: Material, *, seed: int = 4, rows: int = 600, size: int = 0, singles: int = 200,
    tell: Callable[[str], None] = lambda text: None,
) -> Measured:  # fmt: skip
    """Builds a register of `size` names (at least the real ones) in a temporary folder and asks every set."""
    plan = Plan(material, seed, rows)
    with tempfile.TemporaryDirectory(prefix="xinheng-link-") as folder:
        held = registered(plan, size=size)
        tell(f"登记库 {held.height:,} 个名称,正在建立索引")
        started = time.perf_counter()
        used = indexing.of_rows(Path(folder) / "index", held)
        built = time.perf_counter() - started
        asked = list(questions(plan))
        tell(f"索引用时 {built:.1f} 秒;共 {len(asked):,} 个问题")
        started = time.perf_counter()
        scored = score(
            asked, lambda frame: linking.link_frame(frame, name="name", code="code", index=used), held
        )
        spent = time.perf_counter() - started
        single = _one_by_one(asked, used, singles)
    return Measured(scored, held, held.height, built, spent, single, policy_link.LINKED_FROM)


def _one_by_one(asked: list[Question], used: indexing.Index, count: int) -> tuple[float, ...]:
    times = []
    for one in asked[:: max(1, len(asked) // max(count, 1))][:count]:
        started = time.perf_counter()
        linking.link_one(name=one.name, code=one.code, index=used)
        times.append(1000 * (time.perf_counter() - started))
    return tuple(sorted(times))


def score(
    asked: Iterable[Question], answer: Callable[[pl.DataFrame], pl.DataFrame], held: pl.DataFrame
) -> pl.DataFrame:
    """One row a question with what came of it; a set at a time, so that each has its own time.

    `answer` takes (name, code) and gives outcome, code, confidence, reason, candidates as `link_frame` does.
    """
    frame = pl.DataFrame([asdict(one) for one in asked])
    frame = frame.with_columns(twin=_twins(frame, held))
    parts = []
    for part in frame.partition_by("set", maintain_order=True):
        started = time.perf_counter()
        told = answer(part.select("name", "code"))
        ms = 1000 * (time.perf_counter() - started) / part.height
        parts.append(
            part.hstack(
                told.select(
                    "outcome", pl.col("code").alias("got"), "confidence", "reason",
                    pl.col("candidates").list.eval(pl.element().struct.field("code")).alias("codes"),
                    pl.col("candidates").list.eval(pl.element().struct.field("name")).alias("told"),
                )
            ).with_columns(ms=pl.lit(ms))
        )  # fmt: skip
    out = pl.concat(parts)
    there = pl.col("truth") != ""
    return out.with_columns(_tied(out)).with_columns(
        there=there,
        linked=pl.col("outcome") == linking.LINKED,
        right=(pl.col("outcome") == linking.LINKED) & there & (pl.col("got") == pl.col("truth")),
        human=pl.col("outcome") == linking.HUMAN,
        first=there & (pl.col("codes").list.get(0, null_on_oob=True) == pl.col("truth")).fill_null(False),
        five=there & pl.col("codes").list.contains(pl.col("truth")).fill_null(False),
    )


def _tied(rows: pl.DataFrame) -> pl.Series:
    """Where another organisation was put first whose name is at least as near what was asked as the right one's.

    Near in characters to change, swap, add or take away. No method that has nothing but the name can do better there
    except by luck: most of the brand is gone and two are left that fit the rest.
    """
    from rapidfuzz.distance import OSA

    columns = rows.select("name", "origin", "truth", "codes", "told").iter_rows()
    return pl.Series(
        "tied",
        [
            bool(codes) and truth != "" and codes[0] != truth
            and OSA.distance(fold(name), fold(told[0])) <= OSA.distance(fold(name), fold(origin))
            for name, origin, truth, codes, told in columns
        ],
        dtype=pl.Boolean,
    )  # fmt: skip


def _twins(frame: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """Where what is asked, without a code, is exactly a registered name of another organisation."""
    keys = [fold(name) for name in frame["name"]]
    wanted = set(keys)
    of: dict[str, set[str]] = {}
    for code, name in held.select("code", "name").iter_rows():
        if (key := fold(name)) in wanted:
            of.setdefault(key, set()).add(code)
    return pl.Series(
        [
            code == "" and bool(of.get(key, {truth} - {""}) - {truth})
            for key, code, truth in zip(keys, frame["code"], frame["truth"], strict=True)
        ],
        dtype=pl.Boolean,
    )


def figures(rows: pl.DataFrame, *, half: str = "both") -> list[Figures]:
    """Figures per set of scored rows; `half` is both, tuning or held out."""
    wanted = _HALVES[half]
    chosen = rows if wanted is None else rows.filter(pl.col("held_out") == wanted)
    return [_figures(part["set"][0], half, part) for part in chosen.partition_by("set", maintain_order=True)]


def _figures(name: str, half: str, part: pl.DataFrame) -> Figures:
    plain = part.filter(~pl.col("twin"))
    count = {
        key: int(plain[key].sum()) for key in ("there", "linked", "right", "human", "first", "five", "tied")
    }
    nothing = plain.height - count["linked"] - count["human"]
    ms = float(part["ms"].mean() or 0.0)  # type: ignore[arg-type]
    return Figures(
        name, half, plain.height, nothing=nothing, twins=part.height - plain.height, ms=ms, **count
    )


def _weighted(rows: pl.DataFrame, mix: Mapping[str, float]) -> pl.DataFrame:
    """Rows that count, each with its weight in the mix: a set weighs its share, however many rows it has."""
    plain = rows.filter(~pl.col("twin"))
    sizes = plain.group_by("set").len()
    weight = [share_of(mix, name) / size for name, size in sizes.iter_rows()]
    return plain.join(sizes.with_columns(weight=pl.Series(weight, dtype=pl.Float64)), on="set").filter(
        pl.col("weight") > 0
    )


def mixed(rows: pl.DataFrame, *, half: str = "both") -> dict[str, dict[str, float]]:
    """Precision, recall, share for a human, top-1 and top-5 of every mix of sets (see evaluating_mixes)."""
    wanted = _HALVES[half]
    chosen = rows if wanted is None else rows.filter(pl.col("held_out") == wanted)
    out = {}
    for name, mix in MIXES.items():
        part = _weighted(chosen, mix)
        total = {
            key: _sum(part, pl.col(key))
            for key in ("there", "linked", "right", "human", "first", "five", "tied")
        }
        out[name] = {
            "rows": part.height,
            "wrong": part.filter(pl.col("linked") & ~pl.col("right")).height,
            "precision": _over(total["right"], total["linked"]),
            "recall": _over(total["right"], total["there"]),
            "human": _over(total["human"], _sum(part, pl.lit(True))),
            "top_1": _over(total["first"], total["there"]),
            "top_5": _over(total["five"], total["there"]),
            "tied": _over(total["tied"], total["there"]),
        }
    return out


def thresholds(rows: pl.DataFrame, mix: str, *, half: str = "both") -> list[dict[str, float]]:
    """What linking every best candidate from a confidence on would give: threshold, precision, recall, f1."""
    wanted = _HALVES[half]
    chosen = rows if wanted is None else rows.filter(pl.col("held_out") == wanted)
    part = _weighted(chosen, MIXES[mix])
    there = _sum(part, pl.col("there"))
    out = []
    for level in THRESHOLDS:
        over = part.filter((pl.col("confidence") >= level) & (pl.col("codes").list.len() > 0))
        right, linked = _sum(over, pl.col("first")), _sum(over, pl.lit(True))
        precision, recall = _over(right, linked), _over(right, there)
        f1 = _over(2 * precision * recall, precision + recall)
        out.append({"threshold": level, "precision": precision, "recall": recall, "f1": f1})
    return out


def plain_fuzzy(measured: Measured, *, most: int) -> dict[str, dict[str, float]]:
    """Top-1 of the most similar whole name (rapidfuzz's ratio) and ours, on the first `most` rows of each set of damaged
    names. A measure to compare with; it says nothing about whether the best is good enough to link."""
    from rapidfuzz import fuzz, process

    names, codes = measured.names["name"].to_list(), measured.names["code"].to_list()
    out = {}
    for part in measured.rows.filter(~pl.col("twin") & pl.col("there")).partition_by(
        "set", maintain_order=True
    ):
        if not part["set"][0].startswith(("scan", "typed")):
            continue
        asked = part.head(most)
        best = [process.extractOne(name, names, scorer=fuzz.ratio) for name in asked["name"]]
        right = [
            found is not None and codes[found[2]] == truth
            for found, truth in zip(best, asked["truth"], strict=True)
        ]
        ours = float(asked["first"].mean() or 0.0)  # type: ignore[arg-type]
        out[part["set"][0]] = {"rows": asked.height, "plain": sum(right) / len(right), "ours": ours}
    return out


def _sum(part: pl.DataFrame, what: pl.Expr) -> float:
    return float(part.select((what.cast(pl.Float64) * pl.col("weight")).sum()).item())


def _over(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
