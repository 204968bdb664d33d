"""`xinheng link`: a file of names gets the codes of the organisations they mean. Reads the register, changes nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from xinheng.faces.cli.data import _progress, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.kernel.errors import WrongUse

if TYPE_CHECKING:
    import polars as pl

    from xinheng.intake import service as intake

MOST_ANSWERS = 100_000  # rows that are answered inside the JSON; a longer file needs -o
MOST_SENTENCES = 2_000  # rows up to which the JSON gives a sentence for each part of the name
SHOWN = 20
BLOCK = 16 << 20  # bytes of a CSV that are matched together: some 300,000 names
ADDED = ("uscc", "outcome", "confidence", "reasons", "candidates")
_NAMES = {"linked": "已关联", "human": "待人工判断", "none": "未关联"}
_MARK = b"\xef\xbb\xbf"


@click.command("link")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, metavar="列名", help="哪一列是主体名称")
@click.option("--code", metavar="列名", help="哪一列是代码(可残缺、可空),用作旁证")
@click.option("--region", metavar="列名", help="哪一列是行政区划,用作旁证")
@click.option("-o", "output", type=click.Path(path_type=Path), help="写成 CSV:原有各列,加上每一行的答复")
@json_option
@command
def link_command(
    file: Path, name: str, code: str | None, region: str | None, output: Path | None, as_json: bool
) -> None:
    """把文件里的名称关联到登记主体:给出代码、置信度和理由,拿不准的留给人判断。不改动任何数据。"""
    _check_output(file, output)
    _ready()
    from xinheng.faces import linking
    from xinheng.intake import service as intake
    from xinheng.linkage import service as linkage

    linkage.catch_up()
    started = time.perf_counter()
    columns = tuple(column.strip() for column in (name, code, region) if column is not None)
    table = intake.plain_table(path=file, columns=columns, block=BLOCK)
    tally = linking.Tally()
    kept: list[pl.DataFrame] = []
    with _progress(as_json) as told, _written(table, output) as out:
        for frame, share in table.chunks():
            if output is None and as_json and tally.rows + frame.height > MOST_ANSWERS:
                raise WrongUse(
                    f"文件超过 {MOST_ANSWERS:,} 行,逐行答复放不进一个 JSON。请用 -o 写成 CSV。",
                    code="output-needed",
                )
            cells = [_column(table, frame, header) for header in (name, code, region)]
            answers = linking.answered(*cells, broken=frame["_broken"])
            tally.add(answers)
            if out is not None:
                _write(out, table, frame, answers)
            else:
                left = answers.height if as_json else max(0, SHOWN - sum(part.height for part in kept))
                asked = [frame["_row"], cells[0].alias("asked"), cells[1].alias("asked_code")]
                kept.append(answers.hstack(asked).head(left))
            if told is not None:
                told(tally.rows, int(tally.rows / share) if share else 0)
    payload: dict[str, Any] = {
        **tally.counts(), "seconds": round(time.perf_counter() - started, 3), "encoding": table.encoding,
        "file": str(output) if output else "",
    }  # fmt: skip
    if output is None:
        payload["answers"] = [
            row for part in kept for row in _rows(part, sentences=tally.rows <= MOST_SENTENCES)
        ]
    text = _text(payload) if not as_json else None
    answer(payload, as_json=as_json, code=ATTENTION if tally.human else 0, text=text)


def _check_output(file: Path, output: Path | None) -> None:
    if output is None:
        return
    if output.suffix.lower() != ".csv":
        raise WrongUse(
            f"-o 的文件名应以 .csv 结尾,现在是「{output.suffix or '没有后缀'}」。", code="bad-output"
        )
    if output.exists() and file.exists() and output.samefile(file):
        raise WrongUse("-o 不能就是原来的文件。请另给一个文件名。", code="bad-output")
    if not output.absolute().parent.is_dir():
        raise WrongUse("-o 所在的目录不存在。请先建好目录。", code="bad-output")


def _column(table: intake.PlainTable, frame: pl.DataFrame, header: str | None) -> pl.Series:
    """The cells of a column asked for; empty ones where none was."""
    if header is None:
        return frame["_broken"].clear().extend_constant("", frame.height)
    return frame[str(table.place[header.strip()])]


@contextmanager
def _written(table: intake.PlainTable, output: Path | None) -> Iterator[IO[bytes] | None]:
    """A file beside the one asked for, which takes its name when everything is written; None without -o.

    UTF-8 as the file came, with or without a mark; what came otherwise (GB18030, a workbook) gets one, for spreadsheets.
    """
    if output is None:
        yield None
        return
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as handle:
            handle.write(_MARK if table.marked or table.encoding != "UTF-8" else b"")
            handle.write(_header(table))
            yield handle
        part.replace(output)
    except PermissionError:
        raise WrongUse("-o 所在的目录不能写入。请换一个目录。", code="bad-output") from None
    finally:
        part.unlink(missing_ok=True)


def _added(table: intake.PlainTable) -> tuple[list[str], list[int]]:
    """How the added columns are called, and which columns of the file they take the place of (an earlier answer's)."""
    held = {cell.strip(): place for place, cell in enumerate(table.columns)}
    names = [name if name not in held else f"linked_{name}" for name in ADDED]
    return names, [held[name] for name in names if name in held]


def _header(table: intake.PlainTable) -> bytes:
    import polars as pl

    names, replaced = _added(table)
    cells = [cell for place, cell in enumerate(table.columns) if place not in replaced]
    row = pl.DataFrame(
        [[*cells, *names]], orient="row", schema=[str(i) for i in range(len(cells) + len(names))]
    )
    return _csv(row)


def _write(out: IO[bytes], table: intake.PlainTable, frame: pl.DataFrame, answers: pl.DataFrame) -> None:
    import polars as pl

    _, replaced = _added(table)
    places = [str(place) for place in range(len(table.columns)) if place not in replaced]
    candidates = answers["candidates"].list.eval(
        pl.concat_str(
            pl.element().struct.field("code"), pl.lit(" "), pl.element().struct.field("name"), pl.lit(" "),
            _four(pl.element().struct.field("confidence")),
        )
    )  # fmt: skip
    own = answers.select(
        "uscc",
        "outcome",
        _four(pl.col("confidence")),
        "reason",
        candidates.list.join("；").alias("candidates"),
    )
    out.write(_csv(pl.concat([frame.select(places), own], how="horizontal")))


def _four(number: pl.Expr) -> pl.Expr:
    """A share with four decimals, as text."""
    import polars as pl

    tenths = (number * 10_000).round(0).cast(pl.Int64)
    digits = (tenths % 10_000).cast(pl.String).str.zfill(4)
    return pl.concat_str((tenths // 10_000).cast(pl.String), pl.lit("."), digits).alias("confidence")


def _csv(frame: pl.DataFrame) -> bytes:
    """Rows without a header. A cell a spreadsheet would take for a formula gets an apostrophe; a number is none."""
    import polars as pl

    def guarded(cell: pl.Expr) -> pl.Expr:
        formula = cell.str.contains(r"^[=+\-@\t\r]") & ~cell.str.contains(r"^[+\-]?\d[\d,]*(?:\.\d+)?$")
        return pl.when(formula).then(pl.concat_str(pl.lit("'"), cell)).otherwise(cell)

    safe = frame.select(guarded(pl.col(column)).alias(column) for column in frame.columns)
    return safe.write_csv(include_header=False, line_terminator="\r\n").encode()


def _rows(part: pl.DataFrame, *, sentences: bool) -> Iterator[dict[str, Any]]:
    """One object a row. The name is not repeated: `row` says where it stands."""
    from xinheng.faces import linking

    for row in part.iter_rows(named=True):
        told = [row["reason"]] if row["reason"] else []
        if sentences and row["candidates"]:
            best = row["candidates"][0]
            parts = linking.parts(row["asked"], row["asked_code"], best["code"], best["name"])
            told += [part.sentence for part in parts if part.sentence]
        yield {
            "row": row["_row"], "uscc": row["uscc"], "outcome": row["outcome"], "confidence": row["confidence"],
            "reasons": told, "candidates": row["candidates"],
        }  # fmt: skip


def _text(payload: dict[str, Any]) -> str:
    lines = [
        f"{payload['rows']:,} 行:已关联 {payload['linked']:,}(其中名称完全相同 {payload['exact']:,}),"
        f"待人工判断 {payload['human']:,},未关联 {payload['none']:,};用时 {payload['seconds']:.1f} 秒"
    ]
    if payload["personal"]:
        lines.append(f"  自然人信息不受理:{payload['personal']:,} 行")
    if payload["unreadable"]:
        lines.append(f"  格子和表头对不上、没有读取:{payload['unreadable']:,} 行")
    for row in payload.get("answers", ()):
        told = row["reasons"][0] if row["reasons"] else ""
        code = row["uscc"] or "-" * 18
        lines.append(
            f"  第 {row['row']} 行  {code}  {row['confidence']:.4f}  {_NAMES[row['outcome']]}  {told}"
        )
    if payload["file"]:
        lines.append(f"逐行答复已写到 {payload['file']}")
    elif payload["rows"] > SHOWN:
        lines.append("  ……用 -o 文件.csv 写出全部")
    return "\n".join(lines)
