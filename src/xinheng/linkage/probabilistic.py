"""A probabilistic model of names, after Fellegi and Sunter, by Splink: a second opinion beside our own comparison.

It runs on DuckDB in this process, or on Spark where the registers are too large for one machine. There is one
definition, :func:`settings`, and one model, a small JSON of probabilities with no name in it; both engines give the
same pairs and the same weights. How rare a brand is comes from the register that is searched, not from the model.

    model = train(asked, register)
    score(asked, register, model)                   # DuckDB
    score(asked, register, model, engine="spark")   # the active Spark session, or one of this machine

`asked` and `register` are made by :func:`prepare`. Only parts of organisation names and codes go in: a column about a
person has no place in them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any, Literal

import polars as pl

from xinheng.kernel import codehints, likeness, orgname
from xinheng.kernel.errors import WrongUse

__all__ = ["COLUMNS", "PARTS", "prepare", "score", "settings", "train"]

Engine = Literal["duckdb", "spark"]
Levels = tuple[tuple[str, str], ...]

COLUMNS = (
    "unique_id", "key", "name", "region", "brand", "shape", "sound", "trade", "form", "kind",
    "brand_signs", "trade_signs", "branch", "own",
)  # fmt: skip
"""What :func:`prepare` gives, all text; null where a name does not say."""

FORMAT = 1
_SIGNS = "".join(map(chr, range(48, 123)))

PARTS: dict[str, Levels] = {
    "brand": (
        ("unknown", "brand_l IS NULL OR brand_r IS NULL"),
        ("same", "brand_l = brand_r"),
        ("looks alike", "shape_l = shape_r"),
        ("sounds alike", "sound_l = sound_r"),
        ("one character", "levenshtein(brand_signs_l, brand_signs_r) <= 1 AND length(brand_l) > 2 AND length(brand_r) > 2"),
        ("within", "length(brand_l) > 1 AND length(brand_r) > 1"
                   " AND (instr(brand_l, brand_r) > 0 OR instr(brand_r, brand_l) > 0)"),
        ("partly", "levenshtein(brand_signs_l, brand_signs_r) * 2 <= greatest(length(brand_l), length(brand_r))"),
        ("different", "ELSE"),
    ),
    "region": (
        ("unknown", "region_l IS NULL OR region_r IS NULL"),
        ("same", "region_l = region_r"),
        ("same city", "substr(region_l, 1, 4) = substr(region_r, 1, 4)"
                      " OR (substr(region_l, 1, 2) = substr(region_r, 1, 2)"
                      " AND (substr(region_l, 3, 2) = '00' OR substr(region_r, 3, 2) = '00'))"),
        ("same province", "substr(region_l, 1, 2) = substr(region_r, 1, 2)"),
        ("different", "ELSE"),
    ),
    "trade": (
        ("unknown", "trade_l IS NULL OR trade_r IS NULL"),
        ("same", "trade_l = trade_r"),
        ("within", "instr(trade_l, trade_r) > 0 OR instr(trade_r, trade_l) > 0"),
        ("one character", "levenshtein(trade_signs_l, trade_signs_r) <= 1 AND length(trade_l) > 1 AND length(trade_r) > 1"),
        ("different", "ELSE"),
    ),
    "form": (
        ("unknown", "form_l IS NULL OR form_r IS NULL"),
        ("same", "form_l = form_r"),
        ("same kind", "kind_l = kind_r"),
        ("different", "ELSE"),
    ),
    # A branch on one side only is said by an empty text, not by null: parent and branch are two
    "branch": (
        ("none", "branch_l = '' AND branch_r = ''"),
        ("same", "branch_l = branch_r"),
        ("two branches", "branch_l <> '' AND branch_r <> ''"),
        ("one side only", "ELSE"),
    ),
    "own": (
        ("unknown", "own_l IS NULL OR own_r IS NULL"),
        ("same", "own_l = own_r"),
        ("one character", "levenshtein(own_l, own_r) = 1"),
        ("different", "ELSE"),
    ),
}  # fmt: skip
"""Each part of a pair with its levels, best first, as conditions that DuckDB and Spark read alike."""

BLOCKING = (
    "l.own = r.own",
    "l.brand = r.brand AND l.kind = r.kind",
    "l.shape = r.shape AND l.kind = r.kind",
    "l.sound = r.sound AND l.kind = r.kind",
    "l.brand = r.brand AND l.trade = r.trade",
    "l.trade = r.trade AND l.region = r.region AND substr(l.shape, 1, 1) = substr(r.shape, 1, 1)",
    "l.trade = r.trade AND l.region = r.region AND right(l.shape, 1) = right(r.shape, 1)",
)
"""Which pairs are looked at where no candidates are given."""

# Labels come from codes, so they cannot tell how often codes are right; and random pairs never share one
_OWN = {"same": (0.97, 1e-8), "one character": (0.02, 1e-6), "different": (0.01, 1 - 1.01e-6)}
_RARE = {
    "brand": {"same": 1.0, "looks alike": 0.5, "sounds alike": 0.5},
    "trade": {"same": 1.0},
}
_FEWEST_LABELS = 50
_SHARE = 0.5  # of the rows asked about that are taken to be in the register, before anything is compared


def prepare(frame: pl.DataFrame, *, key: str, name: str = "name", code: str | None = None) -> pl.DataFrame:
    """The parts of each name as COLUMNS: `key` identifies what is asked, or is the register's code; an organisation
    may stand there with several names. A row whose name folds to nothing is left out: it matches nothing."""
    columns = ("_name", *COLUMNS[2:-1])
    told = (_parts(one) for one in frame[name].drop_nulls().unique())
    parts = pl.DataFrame([one for one in told if one], schema=dict.fromkeys(columns, pl.String), orient="row")
    codes = pl.col(code).cast(pl.String) if code else pl.lit(None, dtype=pl.String)
    rows = frame.select(
        pl.row_index().cast(pl.String).alias("unique_id"),
        pl.col(key).cast(pl.String).alias("key"),
        pl.col(name).alias("_name"),
        codes.map_elements(_own, return_dtype=pl.String).alias("own"),
    )
    return rows.join(parts, on="_name", maintain_order="left").select(COLUMNS)


def _parts(name: str) -> tuple[str | None, ...] | None:
    parsed = orgname.parse(name)
    # A body without a brand (a bureau, a village) is told by what follows its region
    brand = parsed.brand or parsed.text.removeprefix(parsed.region)
    if not any(char.isalnum() for char in brand):
        return None
    told = (parsed.text, parsed.division, brand, likeness.shape_key(brand), likeness.sound_key(brand), parsed.trade, parsed.form,
            parsed.form_class, _signs(brand), _signs(parsed.trade))  # fmt: skip
    return (name, *(one or None for one in told), parsed.branch)


def _signs(text: str) -> str:
    """One ASCII sign for each character, the same for those that look alike, now and then for others too. DuckDB's
    edit distance counts bytes, of which a Chinese character has three, Spark's counts characters: of these signs
    both count the same."""
    return "".join(_SIGNS[ord(char) * 40_503 % 65_521 % len(_SIGNS)] for char in likeness.shape_key(text))


def _own(code: str) -> str | None:
    """The nine characters of the organisation code, from a whole code or by themselves."""
    written = codehints.read_code(code).value
    own = written[8:17] if len(written) == 18 else written
    return own if len(own) == 9 else None


def settings(model: dict[str, Any] | None = None, *, prior: float = 1e-6) -> dict[str, Any]:
    """Splink's settings, the same for both engines: with a model's probabilities, or untrained."""
    known = (model or {}).get("parts", {})
    return {
        "link_type": "link_only",
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(part, levels, known.get(part, {})) for part, levels in PARTS.items()],
        "blocking_rules_to_generate_predictions": list(BLOCKING),
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": ["key", "name"],
        "max_iterations": 30,
    }


def _comparison(part: str, levels: Levels, known: dict[str, list[float]]) -> dict[str, Any]:
    told = []
    for label, condition in levels:
        level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": label}
        if label == "unknown":
            level["is_null_level"] = True
        elif part == "own":
            level["m_probability"], level["u_probability"] = _OWN[label]
            level["fix_m_probability"] = level["fix_u_probability"] = True
        elif label in known:
            level["m_probability"], level["u_probability"] = known[label]
        if weight := _RARE.get(part, {}).get(label):
            level |= {"tf_adjustment_column": part, "tf_adjustment_weight": weight}
        told.append(level)
    return {"output_column_name": part, "comparison_levels": told}


def train(
    asked: pl.DataFrame,
    register: pl.DataFrame,
    *,
    labels: pl.DataFrame | None = None,
    pairs: float = 1e7,
    seed: int = 1,
) -> dict[str, Any]:
    """A model from prepared frames, the same for the same input; it can be kept as JSON.

    How often parts agree by chance (u) is counted on random pairs. How often they agree in truth (m) comes from
    `labels` (asked, code: verdicts of people), joined by the rows whose code is in the register; with fewer than
    fifty of these, from expectation maximisation over pairs that share a brand, and then over those that share trade
    and region. The weight of a code itself is given, not learned. A sample of the rows asked about is enough: this runs
    on DuckDB whatever the size of the register that is searched later.
    """
    from splink.backends.duckdb import DuckDBAPI

    told = _labels(asked, register, labels)
    linker = _linker(DuckDBAPI(), asked, register, settings(prior=_SHARE / max(register.height, 1)))
    linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=seed, min_count_per_level=None)
    if told.height >= _FEWEST_LABELS:
        table = linker._db_api.register(told.to_arrow(), dataset_display_name="labels")
        linker.training.estimate_m_from_pairwise_labels(table)
    else:
        for rule in ("l.brand = r.brand", "l.trade = r.trade AND l.region = r.region"):
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=pairs)
    learned = linker.misc.save_model_to_json()
    least = 0.5 / max(told.height, 1000), 0.5 / pairs
    return {"format": FORMAT, "share": _SHARE, "labels": told.height, "parts": _learned(learned, least)}


def _labels(asked: pl.DataFrame, register: pl.DataFrame, labels: pl.DataFrame | None) -> pl.DataFrame:
    """Pairs known to be the same, as Splink reads them."""
    mine = asked.select(pl.col("unique_id").alias("unique_id_l"), "own", pl.col("key").alias("asked"))
    theirs = register.select(pl.col("unique_id").alias("unique_id_r"), "own", pl.col("key").alias("code"))
    found = [mine.join(theirs, on="own").select("unique_id_l", "unique_id_r")]
    if labels is not None:
        said = labels.select(pl.col("asked").cast(pl.String), pl.col("code").cast(pl.String))
        found.append(mine.join(said, on="asked").join(theirs, on="code").select("unique_id_l", "unique_id_r"))
    pairs = pl.concat(found).unique(maintain_order=True)
    return pairs.with_columns(source_dataset_l=pl.lit("asked"), source_dataset_r=pl.lit("register"))


def _learned(saved: dict[str, Any], least: tuple[float, float]) -> dict[str, dict[str, list[float]]]:
    """m and u of each level. One seen among true or among random pairs only gets `least` for the other; one never
    seen says nothing."""
    parts: dict[str, dict[str, list[float]]] = {}
    for comparison in saved["comparisons"]:
        part = comparison["output_column_name"]
        for level in comparison["comparison_levels"]:
            if part == "own" or level.get("is_null_level"):
                continue
            found = [level.get(side) for side in ("m_probability", "u_probability")]
            seen = [
                max(one, low) if isinstance(one, float) else low
                for one, low in zip(found, least, strict=True)
            ]
            never = not any(isinstance(one, float) for one in found)
            parts.setdefault(part, {})[level["label_for_charts"]] = [least[0], least[0]] if never else seen
    return parts


def score(
    asked: Any, register: Any, model: dict[str, Any] | str, *, engine: Engine = "duckdb", least: float = 0.5,
    pairs: pl.DataFrame | None = None, threads: int | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Pairs whose probability is at least `least`: asked, code, probability, weight in bits, and the waterfall: per
    part its level and what it added; the prior comes first. One row for each asked key and code, the best.

    `pairs` (asked, row: the `unique_id`s of both sides) gives candidates found otherwise; without it BLOCKING finds
    them. On Spark `asked` and `register` may be Spark's own frames with COLUMNS.
    """
    known = json.loads(model) if isinstance(model, str) else model
    if known.get("format") != FORMAT:
        raise WrongUse("这个概率模型不是本版本训练的，请用 train 重新训练。", code="linkage-model")
    prior = known["share"] / max(_height(register), 1)
    linker = _linker(_backend(engine, threads), asked, register, settings(known, prior=prior))
    if pairs is not None:
        linker.table_management.register_blocked_pairs_for_predict(
            linker._db_api.register(_blocked(pairs).to_arrow(), dataset_display_name="candidates")
        )
    predicted = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    if engine == "spark":
        rows = pl.DataFrame(predicted.as_spark_dataframe().toArrow())
    else:
        rows = pl.DataFrame(predicted.as_duckdbpyrelation().to_arrow_table())
    return _told(rows, prior)


def _height(frame: Any) -> int:
    return int(frame.height if isinstance(frame, pl.DataFrame) else frame.count())


def _backend(engine: Engine, threads: int | None) -> Any:
    if engine == "duckdb":
        import duckdb
        from splink.backends.duckdb import DuckDBAPI

        return DuckDBAPI(duckdb.connect(config={"threads": threads} if threads else {}))
    try:
        from pyspark.sql import SparkSession
        from splink.backends.spark import SparkAPI
    except ImportError as missing:
        raise WrongUse(
            "没有安装 Spark：请安装 xinheng[spark]，并准备 Java 17 或更高版本。", code="linkage-no-spark"
        ) from missing
    session = SparkSession.getActiveSession() or SparkSession.builder.appName("xinheng").getOrCreate()
    # Our conditions need none of the functions in Splink's jar; lineage is cut in memory, without a shared folder
    return SparkAPI(spark_session=session, break_lineage_method="persist", register_udfs_automatically=False)


def _linker(api: Any, asked: Any, register: Any, chosen: dict[str, Any]) -> Any:
    from splink import Linker

    sides = []
    for frame, side in ((asked, "asked"), (register, "register")):
        table = frame.to_arrow() if isinstance(frame, pl.DataFrame) else frame
        sides.append(api.register(table, dataset_display_name=side))
    linker = Linker(sides, chosen, log_level=logging.ERROR)
    for column in _RARE:
        # What a department writes often says nothing about how many organisations are called so
        counted = linker.misc.query_sql(
            f"SELECT {column}, count(*) * 1.0e0 / (SELECT count({column}) FROM {sides[1].physical_name}) AS tf_{column}"
            f" FROM {sides[1].physical_name} WHERE {column} IS NOT NULL GROUP BY {column}",
            output_type="splink_df",
        )
        linker.table_management.register_term_frequency_lookup(counted, column)
    return linker


def _blocked(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        pl.format("asked-__-{}", pl.col("asked")).alias("join_key_l"),
        pl.format("register-__-{}", pl.col("row")).alias("join_key_r"),
        pl.lit("0").alias("match_key"),
    )


def _told(rows: pl.DataFrame, prior: float) -> pl.DataFrame:
    first = pl.struct(part=pl.lit("prior"), level=pl.lit(""), weight=pl.lit(prior / (1 - prior)).log(2))
    steps = [first, *(_step(part, levels, rows.columns) for part, levels in PARTS.items())]
    # Where the parts tell two organisations no further apart, the one whose whole name is the same comes first
    ordered = rows.with_columns(
        weight=pl.col("match_weight"), same=pl.col("name_l") == pl.col("name_r")
    ).sort("key_l", "weight", "same", "key_r", descending=[False, True, True, False])
    told = ordered.select(
        pl.col("key_l").alias("asked"),
        pl.col("key_r").alias("code"),
        pl.col("match_probability").alias("probability"),
        "weight",
        pl.concat_list(steps).alias("waterfall"),
    )
    return told.unique(["asked", "code"], keep="first", maintain_order=True)


def _step(part: str, levels: Levels, columns: Iterable[str]) -> pl.Expr:
    """One part of the waterfall. Splink numbers levels from the worst, 0; -1 is unknown."""
    told = [label for label, _ in levels if label != "unknown"]
    names = {-1: "unknown"} | {len(told) - 1 - at: label for at, label in enumerate(told)}
    weight = pl.col(f"mw_{part}")
    if f"mw_tf_adj_{part}" in columns:
        weight += pl.col(f"mw_tf_adj_{part}")
    level = pl.col(f"gamma_{part}").cast(pl.Int64).replace_strict(names, return_dtype=pl.String)
    return pl.struct(part=pl.lit(part), level=level, weight=weight)
