"""Penalty decisions: a table of cases worked out once, and the texts of a million rows put together from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

import polars as pl

from .amounts import capitals, draw_yuan, in_wan
from .draw import below, pick, salt
from .schema import PENALTY
from .texts import Offence, offences
from .words import STREETS

__all__ = ["VARIANTS", "Penalties"]

VARIANTS = 32
"""Cases worked out for each kind of conduct."""

_STREETS = pl.Series(STREETS)
_LEADS = pl.Series(["", "根据群众反映，", "在专项检查中，", "经立案调查，", "在日常巡查中，"])
_TAILS = pl.Series([
    "以上事实有现场笔录、照片、询问笔录等证据证明。", "当事人对上述事实无异议，并已着手改正。",
    "案发后当事人能够配合调查，主动提供证据材料。", "经责令改正，当事人在规定期限内完成整改。",
])  # fmt: skip


@dataclass(slots=True)
class _Case:
    """One way an offence can end. Amounts in yuan; ``None`` where the decision has none."""

    kinds: str
    content: str
    fine: int | None = None
    taken: Decimal | None = None
    permit: str = ""


def _fine_words(rng: Random, yuan: int) -> str:
    return rng.choice((
        f"罚款人民币{capitals(yuan)}（{yuan}元）", f"罚款{yuan}元", f"处罚款人民币{yuan}.00元",
        f"罚款{in_wan(yuan)}万元" if yuan >= 10_000 else f"罚款人民币{yuan}元", f"罚款人民币{capitals(yuan)}",
    ))  # fmt: skip


def _case(rng: Random, offence: Offence, end: str) -> _Case:
    low, high = offence.fine
    fine = draw_yuan(rng, low, high) if high else None
    words = _fine_words(rng, fine) if fine else ""
    gain = Decimal(rng.randint(3000, 900_000)) / 100
    if end in ("s", "r", "h", "x", "l", "d") and fine is None:
        raise ValueError(f"{offence.name}: 结果 {end} 需要罚款幅度")
    goods = f"没收涉案物品，货值{gain}元"
    days = rng.choice((3, 5, 7, 10, 15, 30))
    simple = "（适用简易程序，当场作出）" if rng.random() < 0.25 else ""
    if end == "f" and fine is not None and fine <= 200 and rng.random() < 0.5:
        words += "（适用简易程序，当场作出）"
    more = f"；{words}。" if words else "。"
    match end:
        case "w":
            return _Case("警告", f"给予警告{simple}。")
        case "n":
            return _Case("通报批评", "给予通报批评。")
        case "wf":
            return _Case("警告;罚款", f"1.给予警告；2.{words}。", fine)
        case "f":
            return _Case("罚款", f"{words}。", fine)
        case "fc":
            return _Case("罚款;没收违法所得", f"1.没收违法所得{gain}元；2.{words}。", fine, gain)
        case "c":
            return _Case("没收违法所得", f"没收违法所得{gain}元。", None, gain)
        case "g":
            return _Case("罚款;没收非法财物", f"1.{goods}；2.{words}。", fine, gain)
        case "s":
            return _Case(
                "罚款;暂扣许可证件", f"暂扣{offence.permit}{days}日{more}", fine, None, offence.permit
            )
        case "r":
            return _Case("罚款;吊销许可证件", f"吊销{offence.permit}{more}", fine, None, offence.permit)
        case "b":
            return _Case("暂扣或者吊销执照", "吊销营业执照。", None, None, "营业执照")
        case "h":
            return _Case("罚款;责令停产停业", f"责令停产停业整顿{days}日{more}", fine)
        case "x":
            return _Case("罚款;责令关闭", f"责令关闭{more}", fine)
        case "l":
            return _Case(
                "罚款;限制开展生产经营活动", f"限制开展相关生产经营活动{days % 12 + 1}个月{more}", fine
            )
        case "d":
            return _Case("罚款;降低资质等级", f"降低资质等级{more}", fine)
        case "o":
            return _Case("罚款;其他-责令限期办理", f"责令限期办理登记{more}", fine)
    raise ValueError(f"{offence.name}: 未知的结果 {end}")


def _ends(offence: Offence) -> list[str]:
    """The ends of the ``VARIANTS`` cases of an offence, each as often as its share says (at least once)."""
    total = sum(share for _, share in offence.ends)
    counts = {end: max(1, round(share * VARIANTS / total)) for end, share in offence.ends}
    main = max(counts, key=lambda end: counts[end])
    counts[main] += VARIANTS - sum(counts.values())
    return [end for end, count in counts.items() for _ in range(count)]


class Penalties:
    """The cases of a city under a seed, and the columns of penalty rows."""

    schema = PENALTY

    def __init__(self, *, seed: int, brief: bool = False) -> None:
        self.seed, self.brief = seed, brief
        self.choices = offences()
        self.weights = [(c.kind, c.weight) for c in self.choices]
        self.sectors = [c.sectors for c in self.choices]
        rng = Random(f"{seed}/cases")
        cases: list[_Case] = []
        for offence in self.choices:
            ends = _ends(offence)
            rng.shuffle(ends)
            cases += [_case(rng, offence, end) for end in ends]
        self._fill_tables(cases)

    def _fill_tables(self, cases: list[_Case]) -> None:
        self.cases = pl.DataFrame({
            "CF_CFLB": [c.kinds for c in cases],
            "CF_NR": [c.content for c in cases],
            "CF_NR_FK": [in_wan(c.fine) if c.fine else "" for c in cases],
            "CF_NR_WFFF": [in_wan(c.taken) if c.taken else "" for c in cases],
            "permit": [c.permit for c in cases],
            "fine_yuan": [str(c.fine or "") for c in cases],
        })  # fmt: skip
        facts = [o.fact.split("{n}") for o in self.choices]
        self.offence = pl.DataFrame({
            "CF_WFXW": [o.name for o in self.choices],
            "fact_a": [a for a, _ in facts],
            "fact_b": [b for _, b in facts],
            "n_from": pl.Series([o.n[0] for o in self.choices], dtype=pl.UInt32),
            "n_span": pl.Series([o.n[1] - o.n[0] + 1 for o in self.choices], dtype=pl.UInt32),
            "rule": [o.rule for o in self.choices],
            "CF_YJ": [o.basis for o in self.choices],
        })  # fmt: skip
        self.with_fine = [i for i, c in enumerate(cases) if c.fine and c.fine >= 100]

    def forced_fine(self, case: pl.Expr, draw: pl.Expr) -> pl.Expr:
        """A case of the same offence that has a fine, where there is one; else the case itself."""
        start = [0] * len(self.choices)
        lists: list[int] = []
        sizes: list[int] = []
        fined = set(self.with_fine)
        for i in range(len(self.choices)):
            own = [c for c in range(i * VARIANTS, (i + 1) * VARIANTS) if c in fined]
            own = own or self.with_fine[:1]
            start[i] = len(lists)
            sizes.append(len(own))
            lists += own
        offence = case // VARIANTS
        at = pick(pl.Series(start, dtype=pl.UInt64), offence)
        size = pick(pl.Series(sizes, dtype=pl.UInt64), offence)
        return pick(pl.Series(lists, dtype=pl.UInt64), at + draw % size)

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``frame`` (u, v, case, decided, number, code, authority_mark) with the penalty's columns; dates in days."""
        u = pl.col("u")
        frame = frame.hstack(self.cases[frame["case"]]).hstack(self.offence[frame["case"] // VARIANTS])
        count = pl.col("n_from") + below(u, self._key("n"), pl.col("n_span")) + pl.col("v")
        seen = pl.col("decided") - 20 - below(u, self._key("seen"), 40).cast(pl.Int32)
        facts = pl.concat_str(
            pick(_LEADS, below(u, self._key("lead"), len(_LEADS))),
            pl.from_epoch(seen, time_unit="d").dt.to_string("%Y年%-m月%-d日"), pl.lit("，"), pl.col("authority_mark"),
            pl.lit("执法人员对当事人位于"), pick(_STREETS, below(u, self._key("street"), len(_STREETS))),
            1 + below(u, self._key("door"), 300), pl.lit("号的经营场所进行检查，发现"),
            pl.col("fact_a"), count, pl.col("fact_b"), *self._closing(),
        )  # fmt: skip
        number = pl.concat_str(
            pl.lit("（编号"), pl.col("code").str.slice(2, 6), pl.col("number"), pl.lit("）")
        )
        permit = pl.concat_str("permit", number)
        lasting = pl.when(below(u, self._key("end"), 3) == 0).then(1096).otherwise(365)
        return frame.with_columns(
            facts.alias("CF_SY"),
            pl.when(pl.col("permit") != "").then(permit).otherwise(pl.lit("")).alias("CF_NR_ZKDX"),
            (pl.col("decided") + 365).alias("CF_YXQ"),
            (pl.col("decided") + lasting).alias("CF_GSJZQ"),
        )  # fmt: skip

    def _closing(self) -> list[pl.Expr]:
        """The end of the facts; left out in brief ones (rows for measuring are about 600 bytes)."""
        if self.brief:
            return [pl.lit("。")]
        tail = pick(_TAILS, below(pl.col("u"), self._key("tail"), len(_TAILS)))
        return [pl.lit("。上述行为违反了"), pl.col("rule"), pl.lit("的规定。"), tail]

    def _key(self, purpose: str) -> int:
        return salt(self.seed, f"penalty/{purpose}")
