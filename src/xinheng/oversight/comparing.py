"""A list published elsewhere beside what was reported here: what is there and not here, the reverse, and what differs.

The list is read in memory only and not kept. Rows about persons are counted and dropped; a name that may be a
person's is never among the differences told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import grids
from xinheng.intake import kept_relations as intake
from xinheng.intake.errors import FileRefused
from xinheng.intake.sniff import sniff
from xinheng.kernel import personal, uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.money import MoneyError, format_wan, parse_wan
from xinheng.kernel.text import norm_docno, norm_name, normalise_cell
from xinheng.law import service as law
from xinheng.oversight import docnumbers, keeping, suspected
from xinheng.oversight.errors import ListUnreadable
from xinheng.oversight.models import Delivery, Finding

MAX_ROWS = 200_000
HEADER_WITHIN = 20
FACES = ("部门网站", "信用中国", "省信用平台", "国家企业信用信息公示系统", "其他")
HEADERS = {
    "doc": ("文号", "文书号", "决定书文号", "决定文书号", "许可决定文书号", "处罚决定书文号", "行政处罚决定书文号",
            "行政许可决定文书号"),
    "party": ("相对人", "相对人名称", "行政相对人", "行政相对人名称", "当事人", "企业名称", "单位名称", "被处罚人"),
    "code": ("统一社会信用代码", "信用代码", "代码", "行政相对人代码_1(统一社会信用代码)"),
    "decided": ("决定日期", "处罚决定日期", "许可决定日期", "作出决定日期", "日期", "处罚日期", "许可日期"),
    # An amount whose unit is not said is not compared
    "wan": ("罚款金额(万元)", "罚款金额万元", "金额(万元)"),
    "yuan": ("罚款金额(元)", "罚款金额元", "金额(元)"),
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """What a comparison found. `first`–`last` are the decision days the list covers."""

    face: str
    body: str
    item: str
    rows: int
    personal: int
    unusable: int
    both: int
    elsewhere: int
    differs: int
    here_only: int
    known: int
    first: date | None
    last: date | None
    file_digest: str
    repeated: bool = False


def compare(
    path: Path, *, face: str, item: str, body: str, at: datetime, actor: str, known_as: str = ""
) -> Compared:
    """Compares a CSV or XLSX list of `body`'s decisions published on `face` with what `body` reported here.

    Opens a finding for each difference that has none yet; the same file again finds nothing new. Raises `ListUnreadable`,
    `FileRefused`.
    """
    pack = law.active()
    if item not in pack.items:
        raise ListUnreadable(f"目录里没有「{item}」。可用的有：{'、'.join(sorted(pack.items))}。")
    raw = Path(path).read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    rows, persons, unusable = _usable(_read(Path(path), raw))
    here = _here(body=body, item=item, pack=pack)
    there = _by_document(rows, "party_key", keep="first")
    days = there.drop_nulls("decided")
    covered = days["decided"].sort().to_list()
    first, last = (covered[0], covered[-1]) if covered else (None, None)
    missing = there.join(here, on="doc", how="anti")
    both = there.join(here, on="doc", how="inner")
    differing = _differing(both)
    only = here.filter(pl.col("decided_here").is_between(first, last)).join(there, on="doc", how="anti")
    made = [
        *(_row(suspected.ELSEWHERE, face, body, item, one, {}) for one in missing.iter_rows(named=True)),
        *(_row(suspected.DIFFERS, face, body, item, one, what) for one, what in differing),
        *(_row(suspected.HERE_ONLY, face, body, item, one, {}) for one in only.iter_rows(named=True)),
    ]
    fresh = _unknown(made, face=face, body=body, item=item)
    result = Compared(
        face, body, item, rows.height, persons, unusable, both.height, missing.height, len(differing), only.height,
        len(made) - len(fresh), first, last, digest,
    )  # type: ignore[arg-type]  # fmt: skip
    act = evidence.Act(
        kind=keeping.KINDS["compared"], actor=actor, at=at, purpose=f"与{face}比对",
        detail={name: evidence.plain(value) for name, value in asdict(result).items()},
    )  # fmt: skip
    with evidence.event(act):
        pass
    suspected.open_findings(fresh, at=at, actor=actor, purpose=f"与{face}比对")
    return result


def comparisons(*, body: str | None = None, limit: int = 20) -> list[dict[str, Any]]:
    """The latest comparisons as the ledger has them, newest first."""
    entries = evidence.events(kinds=[keeping.KINDS["compared"]])
    found = [
        {**entry.body["detail"], "on": evidence.legal_day(entry.at), "actor": entry.body["actor"]}
        for entry in reversed(entries)
        if body in (None, entry.body["detail"]["body"])
    ]
    return found[:limit]


def _unknown(rows: list[dict[str, Any]], *, face: str, body: str, item: str) -> list[dict[str, Any]]:
    known = set(Finding.objects.filter(face=face, body=body, item=item).values_list("kind", "doc", "detail"))
    return [row for row in rows if (row["kind"], row["doc"], row["detail"]) not in known]


def _here(*, body: str, item: str, pack: law.Pack) -> pl.DataFrame:
    """Decisions of `body` received here, each once, the newest row last: doc, code_here, name_here, decided_here."""
    numbers = list(Delivery.objects.filter(source=body, item=item).values_list("batch", flat=True))
    batches = intake.closed_batches(numbers)
    schema = {"doc": pl.String, "code_here": pl.String, "name_here": pl.String, "decided_here": pl.Date,
              "outcome_here": pl.String, "amount_here": pl.String}  # fmt: skip
    if not batches:
        return pl.DataFrame(schema=schema)
    found = (
        intake.answered_rows(batches=batches, pack=pack)
        .filter((pl.col("doc") != "") & ((pl.col("authority") == body) | (pl.col("authority") == "")))
        .select("doc", pl.col("code").alias("code_here"), pl.col("name_key").alias("name_here"),
                pl.col("decided_on").alias("decided_here"), pl.col("outcome").alias("outcome_here"),
                pl.col("amount").alias("amount_here"))
    )  # fmt: skip
    return _by_document(found, "name_here", keep="last")


def _by_document(rows: pl.DataFrame, name: str, *, keep: Literal["first", "last"]) -> pl.DataFrame:
    """One row a document number. A decision about several parties says nothing about any one name."""
    several = rows.group_by("doc").agg((pl.col(name).n_unique() > 1).alias("several"))
    one = rows.unique("doc", keep=keep, maintain_order=True).join(
        several, on="doc", how="left", maintain_order="left"
    )
    return one.with_columns(pl.when("several").then(pl.lit("")).otherwise(name).alias(name)).drop("several")


def _differing(both: pl.DataFrame) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows of both sides that say different things. A returned row is on its way back already and is left out."""
    sound = both.filter(~pl.col("outcome_here").is_in(["rejected", "quarantined"]))
    name = (
        (pl.col("party_key") != "")
        & (pl.col("name_here") != "")
        & (pl.col("party_key") != pl.col("name_here"))
    )
    day = (pl.col("decided") != pl.col("decided_here")).fill_null(False)
    told = sound.filter(name | day | ((pl.col("fen") != "") & (pl.col("amount_here") != "")))
    found = []
    for row in told.with_columns(name.alias("n"), day.alias("d")).iter_rows(named=True):
        # Which of two names is right is for the department to see; neither is copied
        what: dict[str, Any] = {"party": True} if row["n"] else {}
        if row["d"]:
            what["decided"] = [row["decided"].isoformat(), row["decided_here"].isoformat()]
        here = _fen(row["amount_here"], parse_wan)
        if row["fen"] and here and row["fen"] != here:
            what["amount"] = [format_wan(int(row["fen"])), format_wan(int(here))]
        if what:
            found.append((row, what))
    return found


def _fen(text: str, parse: Callable[[str], int]) -> str:
    """An amount in fen as text; "" where it cannot be read."""
    try:
        return str(parse(text)) if text.strip() else ""
    except MoneyError:
        return ""


def _yuan(text: str) -> int:
    """An amount written in yuan: the kernel reads 万元."""
    return parse_wan(text) // 10_000


def _row(
    kind: str, face: str, body: str, item: str, row: dict[str, Any], what: dict[str, Any]
) -> dict[str, Any]:
    place = docnumbers.parse(row["doc"])
    day = row.get("decided") or row.get("decided_here")
    return {
        "kind": kind, "body": body, "item": item, "face": face, "doc": str(row.get("shown") or row["doc"])[:200],
        "prefix": (place.prefix if place else "")[: docnumbers.LONGEST_PREFIX], "year": place.year if place else 0,
        "first": place.serial if place else 0, "last": place.serial if place else 0, "lower_on": day,
        "upper_on": None, "detail": json.dumps(what, ensure_ascii=False, sort_keys=True),
    }  # fmt: skip


# ---- reading a list


def _usable(cells: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """Rows with a document number and not about a person: doc, shown, party_key, decided; and how many were not."""
    rows: list[tuple[str, str, str, date | None, str]] = []
    persons = unusable = 0
    for doc, party, code, decided, wan, yuan in cells.select(*HEADERS).iter_rows():
        cleaned = uscc.clean(code).code
        kind = uscc.check(cleaned).kind
        if kind == "citizen_id" or (kind != "uscc" and personal.is_person_name(normalise_cell(party)[0])):
            persons += 1
            continue
        shown = personal.redact(normalise_cell(doc)[0], label="文号")[0]
        if not norm_docno(shown):
            unusable += 1
            continue
        fen = _fen(wan, parse_wan) or _fen(yuan, _yuan)
        rows.append((norm_docno(shown), shown, norm_name(party), parse_date(decided).value, fen))
    schema = {
        "doc": pl.String,
        "shown": pl.String,
        "party_key": pl.String,
        "decided": pl.Date,
        "fen": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row"), persons, unusable


def _read(path: Path, raw: bytes) -> pl.DataFrame:
    try:
        kind = sniff(path).kind
    except FileRefused as error:
        raise ListUnreadable(f"名单读不出：{error.message}") from None
    if kind == "csv":
        grid = grids.csv_rows(raw, refuse=ListUnreadable, tabs=True)
    else:
        grid = grids.workbook_rows(raw, refuse=ListUnreadable)
    for at, cells in enumerate(grid[:HEADER_WITHIN]):
        places = grids.columns(cells, HEADERS)
        if "doc" in places:
            return _frame(grid[at + 1 :], places)
    raise ListUnreadable(
        f"前 {HEADER_WITHIN} 行里没有「文号」一列。请保留表头，列名可以是：{'、'.join(HEADERS['doc'][:4])}。"
    )


def _frame(rows: Sequence[Sequence[str]], places: dict[str, int]) -> pl.DataFrame:
    if len(rows) > MAX_ROWS:
        raise ListUnreadable(f"名单有 {len(rows):,} 行，一次最多 {MAX_ROWS:,} 行。请按年度分开。")
    pick: Callable[[Sequence[str], str], str] = lambda cells, name: (  # noqa: E731
        cells[places[name]] if name in places and places[name] < len(cells) else ""
    )
    made = [
        tuple(pick(cells, name) for name in HEADERS) for cells in rows if any(cell.strip() for cell in cells)
    ]
    return pl.DataFrame(made, schema=dict.fromkeys(HEADERS, pl.String), orient="row")
