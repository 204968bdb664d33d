"""What the evaluation reads: a folder of public registers and published lists, as shared for measuring.

Files are found by the beginning of their names; one that is absent leaves its test sets out. Nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from xinheng.kernel import uscc
from xinheng.kernel.orgname import fold

__all__ = ["Listed", "Material", "Stock", "drawn", "invented_codes", "read"]

_NAME, _CODE = "企业名称", "统一社会信用代码"
_WHERE = ("所在省份", "地区")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a published list: the name and the numbers it gives, `code` the best of them or empty."""

    name: str
    uscc: str
    own: str
    number: str
    source: str

    @property
    def code(self) -> str:
        """The code as the list gives it: the unified one, the organisation code, or the old number."""
        return self.uscc or self.own or self.number


@dataclass(frozen=True, slots=True)
class Stock:
    """A company on a stock exchange: its name in full and the short one; `code` where a register has that name."""

    full: str
    short: str
    code: str


@dataclass(frozen=True)
class Material:
    """Everything read. `register` has code, name, province, city; one row a name, one name a code."""

    register: pl.DataFrame
    listed: tuple[Listed, ...]
    stocks: tuple[Stock, ...]
    universities: tuple[str, ...]
    divisions: dict[str, str]


def read(folder: Path, *, most: int | None = None) -> Material:
    """Reads a folder; `most` takes an even share of the register's rows, for tests."""
    return Material(
        register=_register(sorted(folder.glob("register_*.csv*")), most),
        listed=tuple(one for file in sorted(folder.glob("blacklist_*.csv")) for one in _listed(file)),
        stocks=tuple(one for file in sorted(folder.glob("szse_*.csv")) for one in _stocks(file)),
        universities=tuple(
            name for file in sorted(folder.glob("universities_*.csv")) for name in _rows(file, "学校名称")
        ),
        divisions=_divisions(folder),
    )


def drawn(key: str, seed: int) -> float:
    """A number from 0 to 1 that depends on nothing but the key and the seed."""
    return int.from_bytes(hashlib.blake2b(f"{seed}|{key}".encode(), digest_size=6).digest(), "big") / 2**48


def invented_codes(
    count: int, seed: int, *, taken: Iterable[str] = (), like: Sequence[str] = ()
) -> list[str]:
    """Unified codes that belong to nobody, each with a right check character.

    They begin as the codes in `like` do (kind and region); without any, with a region that is not assigned.
    """
    rng = np.random.default_rng(seed)
    alphabet = np.frombuffer(uscc.ALPHABET.encode(), dtype="S1")
    values = {char: place for place, char in enumerate(uscc.ALPHABET)}
    begin = [[values[char] for char in one] for one in like] or [[9, 1, 8, 9, 0, 0, 0, 0]]
    digits = rng.integers(0, 10, (count, 17))
    digits[:, :8] = np.array(begin)[np.arange(count) % len(begin)]
    # Newer organisation codes hold letters
    letters = rng.random((count, 8)) < 0.2
    digits[:, 8:16] = np.where(letters, rng.integers(10, 31, (count, 8)), digits[:, 8:16])
    check = (31 - digits @ np.array(uscc.WEIGHTS) % 31) % 31
    text = np.ascontiguousarray(alphabet[np.concatenate([digits, check[:, None]], axis=1)])
    known = set(taken)
    out: list[str] = []
    for code in text.view("S18").reshape(-1).astype("U18").tolist():
        while code in known:
            code = invented_codes(1, seed + len(known), like=[code[:8]])[0]
        known.add(code)
        out.append(code)
    return out


def _register(files: list[Path], most: int | None) -> pl.DataFrame:
    parts = [
        frame.select(
            _NAME, _CODE, *(pl.col(one) if one in frame.columns else pl.lit("").alias(one) for one in _WHERE)
        )
        for frame in (pl.read_csv(file, infer_schema=False) for file in files)
        if {_NAME, _CODE} <= set(frame.columns)
    ]
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(("code", "name", "province", "city"), pl.String))
    rows = pl.concat(parts).rename({_NAME: "name", _CODE: "code", "所在省份": "province", "地区": "city"})
    rows = rows.filter(pl.col("name").is_not_null() & pl.col("code").is_not_null()).fill_null("")
    rows = rows.with_columns(
        pl.col("code").str.strip_chars().str.to_uppercase(), pl.col("name").str.strip_chars()
    )
    rows = rows.filter(pl.col("code").str.len_bytes().is_between(10, 18))
    if most is not None and rows.height > most:
        rows = rows.gather_every(rows.height // most)
    rows = rows.with_columns(key=pl.Series([fold(name) for name in rows["name"]], dtype=pl.String))
    # The same name under two codes, or a code with two names, has no truth to measure against
    names = rows.group_by("key").agg(pl.col("code").n_unique()).filter(pl.col("code") > 1)["key"]
    codes = rows.group_by("code").agg(pl.col("key").n_unique()).filter(pl.col("key") > 1)["code"]
    rows = rows.filter(~pl.col("key").is_in(names.implode()) & ~pl.col("code").is_in(codes.implode()))
    return rows.unique("code", keep="first", maintain_order=True).select("code", "name", "province", "city")


def _listed(file: Path) -> list[Listed]:
    frame = pl.read_csv(file, infer_schema=False).fill_null("")
    out = []
    for row in frame.iter_rows(named=True):
        code = row.get("统一信用代码", row.get(_CODE, "")).strip().upper()
        own = row.get("组织机构代码", "").replace("-", "").strip().upper()
        number = row.get("工商注册号", "").strip()
        if row.get(_NAME, "").strip():
            out.append(Listed(row[_NAME].strip(), code if len(code) == 18 else "", own, number, file.name))
    return out


def _stocks(file: Path) -> list[Stock]:
    frame = pl.read_csv(file, infer_schema=False).fill_null("")
    return [
        Stock(
            row["公司全称"].strip(),
            row["A股简称"].strip(),
            row.get("统一社会信用代码_登记库同名", "").strip(),
        )
        for row in frame.iter_rows(named=True)
        if row["公司全称"].strip() and row["A股简称"].strip()
    ]


def _divisions(folder: Path) -> dict[str, str]:
    out: dict[str, str] = {}
    for file in sorted(folder.glob("divisions_2023_*.csv")):
        for code, name in pl.read_csv(file, infer_schema=False).select("code", "name").iter_rows():
            out[code.ljust(6, "0")] = name
    return out


def _rows(file: Path, column: str) -> list[str]:
    return [
        value.strip() for value in pl.read_csv(file, infer_schema=False)[column].drop_nulls() if value.strip()
    ]
