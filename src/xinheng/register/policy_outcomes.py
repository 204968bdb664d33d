"""Which outcome a cleaned row gets, and the words that say why. No message quotes a value."""

from __future__ import annotations

import polars as pl

from xinheng.register.cleaning import SEPARATOR
from xinheng.register.policy_kinds import INDIVIDUAL

READY, QUARANTINED, REFUSED = "ready", "quarantined", "refused"
PERSON = "自然人信息不受理、未保存"
NAME_LENGTH = 200
_TOO_LONG = f"[^{SEPARATOR}]{{{NAME_LENGTH + 1}}}"

# In the order in which they are asked; the first that holds decides. Code rows take the kernel's own reason.
_RULES: tuple[tuple[str, str, str, str, pl.Expr], ...] = (
    (REFUSED, "name", "person", PERSON, pl.col("person")),
    (QUARANTINED, "", "row-shape", "这一行的单元格多于表头，可能有未加引号的逗号：请检查后重报", pl.col("misshapen")),
    (QUARANTINED, "code", "code-personal", "", pl.col("verdict") == "citizen_id"),
    (QUARANTINED, "code", "code-missing", "", pl.col("verdict") == "empty"),
    (QUARANTINED, "code", "code-placeholder", "", pl.col("verdict") == "placeholder"),
    (QUARANTINED, "code", "code-invalid", "", pl.col("verdict") == "invalid"),
    (QUARANTINED, "name", "name-missing", "没有主体名称：请补全后重报", pl.col("name") == ""),
    (
        QUARANTINED, "name", "name-too-long", f"名称超过 {NAME_LENGTH} 个字：请核对后重报",
        pl.concat_str("name", "others", "formers", separator=SEPARATOR).str.contains(_TOO_LONG),
    ),
    (QUARANTINED, "name", "name-malformed", "主体名称里没有文字：请核对后重报", ~pl.col("name").str.contains(r"\p{L}")),
    (QUARANTINED, "name", "name-personal-number", "主体名称里含个人号码：请删除号码后重报", pl.col("masked")),
    (
        QUARANTINED, "code", "individual-without-92", "个体工商户须有 92 开头的统一社会信用代码：请补报代码",
        pl.col("kind").str.contains("个体") & ~pl.col("code").str.contains(f"^{INDIVIDUAL}.{{16}}$"),
    ),
)  # fmt: skip


def decide(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds outcome, field, problem and message to the rows of `cleaning.clean`."""
    outcome: pl.Expr = pl.lit(len(_RULES))
    for place, rule in reversed(list(enumerate(_RULES))):
        outcome = pl.when(rule[4]).then(pl.lit(place)).otherwise(outcome)
    frame = frame.with_columns(outcome.alias("rule"))
    columns = {"outcome": 0, "field": 1, "problem": 2, "message": 3}
    told = {
        name: {place: rule[part] for place, rule in enumerate(_RULES)}
        | {len(_RULES): READY if not part else ""}
        for name, part in columns.items()
    }
    frame = frame.with_columns(
        pl.col("rule").replace_strict(answers, return_dtype=pl.String).alias(name)
        for name, answers in told.items()
    )
    from_kernel = (pl.col("message") == "") & (pl.col("outcome") != READY)
    return frame.with_columns(pl.when(from_kernel).then("reason").otherwise("message").alias("message")).drop(
        "rule", "reason", "person", "masked", "misshapen"
    )
