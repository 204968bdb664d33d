"""Organisations as facts see them: who is counted, and what is known of each."""

from __future__ import annotations

import polars as pl

from xinheng.facts import schema
from xinheng.kernel.uscc import ALPHABET
from xinheng.law import service as law
from xinheng.register import service as register

INDIVIDUAL, INDIVIDUAL_WORD = "92", "个体工商户"
# GB/T 4754-2017: the names of the sections, for registers that write words
SECTIONS = {
    "农、林、牧、渔业": "A", "采矿业": "B", "制造业": "C", "电力、热力、燃气及水生产和供应业": "D", "建筑业": "E",
    "批发和零售业": "F", "交通运输、仓储和邮政业": "G", "住宿和餐饮业": "H", "信息传输、软件和信息技术服务业": "I",
    "金融业": "J", "房地产业": "K", "租赁和商务服务业": "L", "科学研究和技术服务业": "M",
    "水利、环境和公共设施管理业": "N", "居民服务、修理和其他服务业": "O", "教育": "P", "卫生和社会工作": "Q",
    "文化、体育和娱乐业": "R", "公共管理、社会保障和社会组织": "S", "国际组织": "T",
}  # fmt: skip
SUBJECT = [name for name in schema.ORGS if name != "org"]
_LETTER = r"^([A-T])(?:\d|$|[^A-Za-z0-9])"
_CODE = f"^[{ALPHABET}]{{18}}$"


def registered(known: pl.DataFrame, pack: law.Pack) -> pl.DataFrame:
    """Organisations of the register (rows of `register.subjects`) in the columns of `schema.ORGS` without `org`.

    Individual businesses (个体工商户) are left out, also those that still carry an old number.
    """
    known = known.filter(~_individual("code") & (pl.col("kind") != INDIVIDUAL_WORD))
    ended = [word for word in set(known["status"].to_list()) if not register.is_active(word)]
    day = pl.col("established_on").str.to_date("%Y-%m-%d", strict=False)
    return _placed(known.rename({"code": "uscc"}).with_columns(
        pl.col("industry").str.extract(_LETTER).fill_null(
            pl.col("industry").replace_strict(SECTIONS, default="", return_dtype=pl.String)
        ),
        schema.month_of(day).fill_null(schema.UNKNOWN).alias("established_ym"),
        (~pl.col("status").is_in(ended)).alias("active"),
    ), pack)  # fmt: skip


def nobody(known: pl.DataFrame) -> frozenset[str]:
    """Codes of the register that are not counted and do not show it: individual businesses with an old number."""
    return frozenset(
        known.filter((pl.col("kind") == INDIVIDUAL_WORD) & ~_individual("code"))["code"].to_list()
    )


def unregistered(codes: pl.Series, pack: law.Pack) -> pl.DataFrame:
    """Organisations only spoken of: their code tells kind and region; nothing says that they ended."""
    frame = pl.DataFrame({"uscc": codes.unique().sort()}, schema={"uscc": pl.String})
    return _placed(frame.filter(~_individual("uscc")).with_columns(
        pl.lit("").alias("region"), pl.lit("").alias("industry"),
        pl.lit(schema.UNKNOWN, dtype=pl.Int32).alias("established_ym"), pl.lit(True).alias("active"),
    ), pack)  # fmt: skip


def aliases(known: pl.DataFrame) -> pl.DataFrame:
    """Old numbers and the code that took their place: columns uscc (the old number), code."""
    return (
        known.filter((pl.col("old_number") != "") & (pl.col("old_number") != pl.col("code")))
        .select(pl.col("old_number").alias("uscc"), "code")
        .unique("uscc", keep="first", maintain_order=True)
    )


def renamed(frame: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """A frame with `uscc` in which old numbers gave way to codes."""
    if names.is_empty():
        return frame
    return (
        frame.join(names, on="uscc", how="left", maintain_order="left")
        .with_columns(pl.coalesce("code", "uscc").alias("uscc"))
        .drop("code")
    )


def _individual(column: str) -> pl.Expr:
    return pl.col(column).str.starts_with(INDIVIDUAL) & (pl.col(column).str.len_chars() == 18)


def _placed(frame: pl.DataFrame, pack: law.Pack) -> pl.DataFrame:
    coded = pl.col("uscc").str.contains(_CODE)
    region = (
        pl.when(pl.col("region") != "").then(pl.col("region"))
        .when(coded).then(pl.col("uscc").str.slice(2, 6)).otherwise(pl.lit(""))
    )  # fmt: skip
    county = region.str.slice(0, 6)
    told = {
        "kind": pl.when(coded).then(pl.col("uscc").str.slice(0, 2)).otherwise(pl.lit("")),
        "region": region,
        "county": pl.when(county.is_in(list(pack.counties))).then(county).otherwise(pl.lit("")),
        "size_band": pl.lit(schema.UNKNOWN),
    }
    return frame.select(told.get(name, pl.col(name)).cast(schema.ORGS[name]).alias(name) for name in SUBJECT)
