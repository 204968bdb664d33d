"""Rows and files for the tests of intake. Every organisation, person and number here is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import polars as pl

from xinheng.intake import cells, judging
from xinheng.intake.reading import BROKEN, ROW, Chunk
from xinheng.kernel import uscc
from xinheng.law import service as law

NAME, NUMBER, REMARK = "CF_XDR_MC", "CF_WSH", "BZ"
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def code(prefix: str, number: int = 1, region: str = "340600") -> str:
    """A valid code with this prefix (registering department and kind)."""
    first = f"{prefix}{region}MA{number:07d}"
    return first + uscc.check_char(first)


SUBJECT, SHOP, AGENCY = code("91"), code("92"), code("11")
CITIZEN = "340621199003071239"  # the form of an identity number, with the right check
PHONE = "13856141234"

SOUND = {
    "CF_XDR_MC": "淮北市甲乙丙商贸有限公司", "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": SUBJECT, "CF_FRDB": "钱多多",
    "CF_WSH": "淮市监罚〔2026〕1号", "CF_WFXW": "销售过期食品", "CF_SY": "货架上有三件过期食品。", "CF_YJ": "食品安全法第三十四条",
    "CF_CFLB": "罚款", "CF_NR": "罚款两千元。", "CF_NR_FK": "0.2", "CF_JDRQ": "2026/11/12", "CF_YXQ": "2027/11/12",
    "CF_CFJG": "淮北市某某局", "CF_CFJGDM": AGENCY, "CF_SJLY": "淮北市某某局", "CF_SJLYDM": AGENCY,
}  # fmt: skip
LICENCE = {
    "XK_XDR_MC": "淮北市甲乙丙商贸有限公司", "XK_XDR_LB": "法人及非法人组织", "XK_XDR_SHXYM": SUBJECT, "XK_FRDB": "钱多多",
    "XK_XKWS": "准予许可决定书", "XK_WSH": "淮许〔2026〕1号", "XK_XKLB": "普通", "XK_NR": "准予食品经营。",
    "XK_JDRQ": "2026/11/12", "XK_YXQZ": "2026/11/12", "XK_YXQZI": "2031/11/11", "XK_XKJG": "淮北市某某局",
    "XK_XKJGDM": AGENCY, "XK_ZT": "1", "XK_LYDW": "淮北市某某局", "XK_LYDWDM": AGENCY,
}  # fmt: skip

Row = dict[str, str]


def penalty(**changes: str) -> Row:
    """A sound penalty row with some fields changed."""
    return {**SOUND, **changes}


def licence(**changes: str) -> Row:
    """A sound licence row with some fields changed."""
    return {**LICENCE, **changes}


def chunk_of(item: law.Item, rows: Iterable[Row]) -> Chunk:
    """Rows as a reader would hand them on, numbered from 2."""
    rows = list(rows)
    columns = {field.code: [row.get(field.code, "") for row in rows] for field in item.fields}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Chunk(
        0,
        frame.with_columns(
            pl.int_range(2, 2 + len(rows), dtype=pl.Int64).alias(ROW), pl.lit("").alias(BROKEN)
        ),
    )


def judged(
    item: law.Item, pack: law.Pack, *rows: Row
) -> list[tuple[str, list[dict[str, str]], list[dict[str, str]]]]:
    """(outcome, problems, notes) of each row as far as the file alone tells."""
    cleaned = cells.clean(chunk_of(item, rows), item)
    faults = judging.judge(cleaned, item=item, rules=pack.rules(item), today=TODAY)
    answer = judging.conclude(cleaned, faults, item)
    return list(zip(answer.outcome.to_list(), answer.problems.to_list(), answer.notes.to_list(), strict=True))


def csv_bytes(
    rows: Sequence[Row], item: law.Item, *, names: bool = False, encoding: str = "utf-8", title: str = ""
) -> bytes:
    """A file as a department's system writes it: every field a column, in the item's order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if title:
        writer.writerow([title])
    writer.writerow([field.name if names else field.code for field in item.fields])
    writer.writerows([row.get(field.code, "") for field in item.fields] for row in rows)
    return out.getvalue().encode(encoding)


def cells_of(rows: Sequence[Sequence[str]], *, delimiter: str = ",") -> str:
    """Rows as a spreadsheet program writes them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def small(rows: Sequence[tuple[str, str, str]]) -> str:
    """A table of three columns: name, document number, remark."""
    return cells_of([(NAME, NUMBER, REMARK), *rows])
