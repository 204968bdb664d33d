"""Names from outside looked up in the register: what the command and the API answer, row by row. Changes nothing.

The linkage room compares; here rows about persons are turned away before it, and answers get the form outsiders see.
Names of candidates may be shown: the register gives none for matching that is only a person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl

from xinheng.kernel import orgname, personal
from xinheng.kernel.text import norm_name
from xinheng.linkage import service as linkage
from xinheng.register import service as register

PERSONAL = "自然人信息不受理"
UNREADABLE = "这一行的格子和表头对不上，没有读取"
_CANDIDATES = pl.List(pl.Struct({"code": pl.String, "name": pl.String, "confidence": pl.Float64}))
ANSWER = {
    "outcome": pl.String, "uscc": pl.String, "confidence": pl.Float64, "reason": pl.String, "exact": pl.Boolean,
    "candidates": _CANDIDATES,
}  # fmt: skip
_WHOLE = 10_000  # of a confidence
# Superset of what the kernel takes for a person's name: short, or divided by a dot
_ASIDE = r"[(（](?:男|女|自然人|个人|本人|身份证[^)）]*)[)）]$"
_DOTS = "[·•・‧．]"
_LIKE_A_NUMBER = r"\d[\d\s-]{12,}[\dXx]"


@dataclass
class Tally:
    """How many rows got which answer; rows = linked + human + none. `exact`: linked by a name that is one of the
    register's but for its writing; `personal` and `unreadable` are among none."""

    rows: int = 0
    linked: int = 0
    human: int = 0
    none: int = 0
    exact: int = 0
    personal: int = 0
    unreadable: int = 0

    def add(self, answers: pl.DataFrame) -> None:
        """Counts some more answers."""
        found = dict(answers["outcome"].value_counts().iter_rows())
        self.rows += answers.height
        self.linked += found.get("linked", 0)
        self.human += found.get("human", 0)
        self.none += found.get("none", 0)
        self.exact += int(answers["exact"].sum())
        self.personal += int((answers["reason"] == PERSONAL).sum())
        self.unreadable += int((answers["reason"] == UNREADABLE).sum())

    def counts(self) -> dict[str, int]:
        """For `--json`."""
        return asdict(self)


def answered(
    names: pl.Series, codes: pl.Series, regions: pl.Series | None = None, *, broken: pl.Series | None = None
) -> pl.DataFrame:
    """One answer a row, in order (`ANSWER`): `uscc` is "" unless linked, `candidates` are best first.

    A row about a person gets none and is compared with nothing. A short name that only looks like a person's is looked
    up where an organisation is called exactly so. `broken` says of rows why they could not be read, "" where they were.
    """
    asked = pl.DataFrame(
        {"name": names, "code": codes, "region": regions if regions is not None else [""] * len(names)},
        schema=dict.fromkeys(("name", "code", "region"), pl.String),
    ).with_columns(pl.all().fill_null(""))
    asked = _without_persons(asked).with_columns(_divisions(asked["region"])).with_row_index("at")
    if broken is not None:
        unread = pl.when(broken != "").then(pl.lit(UNREADABLE)).otherwise("refusal")
        asked = asked.with_columns(unread.alias("refusal"))
    told = asked.filter(pl.col("refusal") == "")
    found = linkage.link_frame(told, name="name", code="code", region="region")
    rows = found.with_columns(told["at"], told["name"])
    answers = rows.select(
        "at", "outcome", pl.col("code").alias("uscc"), _share(pl.col("confidence")), "reason",
        _exact(rows).alias("exact"), pl.col("candidates").list.eval(_CANDIDATE.filter(_POSSIBLE)),
    )  # fmt: skip
    refused = asked.filter(pl.col("refusal") != "").select(
        "at", pl.lit("none").alias("outcome"), pl.lit("").alias("uscc"), pl.lit(0.0).alias("confidence"),
        pl.col("refusal").alias("reason"), pl.lit(False).alias("exact"),
        pl.lit([], dtype=_CANDIDATES).alias("candidates"),
    )  # fmt: skip
    return pl.concat([answers, refused]).sort("at").select(list(ANSWER))


def parts(name: str, code: str, candidate: str, held: str) -> tuple[linkage.Part, ...]:
    """How the parts of a name (and its code cell) compare with those of the name a candidate carries."""
    return linkage.parts_of(name=name, asked_code=code, code=candidate, held=held)


def _share(points: pl.Expr) -> pl.Expr:
    return (points / _WHOLE).round(4).alias("confidence")


_CANDIDATE = pl.struct(
    pl.element().struct.field("code"), pl.element().struct.field("name"),
    _share(pl.element().struct.field("confidence")),
)  # fmt: skip


# Less than one in ten thousand is nobody
_POSSIBLE = pl.element().struct.field("confidence") > 0


def _exact(rows: pl.DataFrame) -> pl.Series:
    """Linked rows whose name is one of the register's, however it is written."""
    best = rows["candidates"].list.first().struct.field("name").fill_null("")
    linked = rows["outcome"] == "linked"
    same = linked & (rows["name"] == best)
    unsure = (linked & ~same).arg_true()
    asked, held = rows["name"].gather(unsure).to_list(), best.gather(unsure).to_list()
    folded = [orgname.fold(one) == orgname.fold(other) != "" for one, other in zip(asked, held, strict=True)]
    return same.scatter(unsure, folded) if folded else same


def _divisions(regions: pl.Series) -> pl.Series:
    """Division codes of what stands in a column of regions, whether code or name; "" where it names none for certain."""
    named = regions.filter((regions != "") & ~regions.str.contains(r"^\d{6}$")).unique().to_list()
    codes = [orgname.parse(text).division for text in named]
    return regions.replace(named, codes) if named else regions


def _without_persons(asked: pl.DataFrame) -> pl.DataFrame:
    """Adds `refusal` for rows about persons; a citizen's number beside an organisation's name is not looked at."""
    numbers = asked["code"].filter(asked["code"].str.contains(_LIKE_A_NUMBER)).unique().to_list()
    private_code = pl.col("code").is_in([one for one in numbers if personal.looks_like_citizen_id(one)])
    coded = (pl.col("code").str.strip_chars() != "") & ~private_code
    plain = pl.col("name").str.replace_all(r"\s", "").str.replace(_ASIDE, "")
    perhaps = (plain.str.len_chars() <= 5) | plain.str.contains(_DOTS)
    suspects = asked.filter(perhaps & ~coded)["name"].unique().to_list()
    persons = [name for name in suspects if personal.is_person_name(name)]
    called = _called_so(persons)
    person = pl.col("name").is_in([name for name in persons if name not in called]) & ~coded
    nameless = private_code & (pl.col("name").str.strip_chars() == "")
    return asked.with_columns(
        pl.when(person | nameless).then(pl.lit(PERSONAL)).otherwise(pl.lit("")).alias("refusal"),
        pl.when(private_code).then(pl.lit("")).otherwise("code").alias("code"),
    )


def _called_so(names: Sequence[str]) -> set[str]:
    """Those of these names that an organisation carries letter for letter and is not just somebody's own business."""
    if not names:
        return set()
    held = register.named(names)
    keys = {
        norm for code, norm in held.select("code", "norm").iter_rows() if not register.is_individual(code)
    }
    return {name for name in names if norm_name(name) in keys}
