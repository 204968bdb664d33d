"""Reading of pack files: YAML as a lawyer writes it, and a node that knows its place.

Dates stay text and only true/false are booleans: the files are compared, hashed and stored as JSON. A node
reports a missing, misspelt or unknown key with file and key, and goes on, so that one check finds everything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from xinheng.kernel.periods import Period
from xinheng.law.findings import Report
from xinheng.law.types import InForce

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
UNITS = ("working_days", "calendar_days", "months", "years")


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML without dates and without yes/no/on/off."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rules if not tag.endswith((":timestamp", ":bool"))]
    for first, rules in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


yaml_loader = _Loader
"""How pack files are read; a holiday notice that comes later is read the same way."""


@dataclass(frozen=True)
class PackFiles:
    """The files of one pack as plain data: path inside the pack → content."""

    code: str
    files: dict[str, Any]


def read_pack(folder: Path, report: Report) -> PackFiles:
    """All YAML files under a pack's folder. A file that is no YAML mapping is a finding."""
    files: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        where = f"{folder.name}/{name}"
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f"第 {mark.line + 1} 行附近" if mark else "文件"
            remedy = "请检查缩进、冒号后的空格和引号是否成对。"
            report.error("yaml", where, f"{line}写法有误，读不出来", remedy)
            continue
        if isinstance(data, dict):
            files[name] = data
        else:
            report.error("yaml", where, "文件应由「键: 值」组成", "请对照同目录的其他文件改写。")
    return PackFiles(folder.name, files)


def read_head(path: Path) -> PackFiles:
    """Only the `pack.yaml` of a pack; empty where it cannot be read: that pack's own check says so."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        data = None
    return PackFiles(path.parent.name, {"pack.yaml": data if isinstance(data, dict) else {}})


def canonical(chain: Iterable[PackFiles]) -> bytes:
    """The content of a pack with its parents in one unambiguous form: what the digest is taken of."""
    content = [{"pack": pack.code, "files": pack.files} for pack in chain]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_canonical(content: bytes) -> list[PackFiles]:
    """The files again, from stored content."""
    return [PackFiles(entry["pack"], entry["files"]) for entry in json.loads(content)]


def digest_of(content: bytes) -> str:
    """SHA-256 of canonical content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class Node:
    """A mapping in a pack file. Every accessor reports what is wrong and returns a usable value."""

    def __init__(self, data: Any, file: str, path: str, report: Report) -> None:
        self.file, self.path, self.report = file, path, report
        self.seen: set[str] = set()
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.wrong("", "应由「键: 值」组成")

    def where(self, key: str = "") -> str:
        """File and key, as shown to a reader."""
        path = ".".join(part for part in (self.path, key) if part)
        return f"{self.file}：{path}" if path else self.file

    def wrong(self, key: str, message: str, remedy: str = "请对照其他规则包的写法改正。") -> None:
        self.report.error("form", self.where(key), message, remedy)

    def get(self, key: str) -> Any:
        self.seen.add(key)
        return self.data.get(key)

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Without a default the key is required."""
        value = self.get(key)
        if value is None:
            if default is None:
                self.wrong(key, f"缺少「{key}」", "请补上这一项。")
            return default or ""
        if not isinstance(value, str):
            self.wrong(key, "应为文字", "数字样子的文字（如区划代码）请加引号。")
            return str(value)
        return value.strip()

    def one_of(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        value = self.text(key, default)
        allowed = tuple(choices)
        if (value or default is None) and value not in allowed:
            self.wrong(key, f"「{value}」不在可选范围内", f"可选：{'、'.join(allowed)}。")
        return value

    def number(self, key: str) -> int | None:
        """A whole number ≥ 0, or None where absent."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.wrong(key, "应为不小于零的整数")
            return None
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(key, "应为 true 或者 false")
        return value is True

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.wrong(key, "应为文字的列表")
            return ()
        return tuple(value)

    def pairs(self, key: str) -> dict[str, str]:
        value = self.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
            self.wrong(key, "应为「文字: 文字」的对照")
            return {}
        return {str(name): entry for name, entry in value.items()}

    def bilingual(self, key: str, required: bool = True) -> tuple[str, str]:
        """(Chinese, English) of `{zh:, en:}`. A missing English text is a finding of its own."""
        if not self.has(key) and not required:
            self.seen.add(key)
            return "", ""
        node = self.node(key)
        chinese = node.text("zh")
        english = node.text("en", "")
        if not english:
            self.report.error(
                "english-missing", self.where(key), "缺少英文名称", "请在 en 处补上英文，界面的英文版要用。"
            )
        node.done()
        return chinese, english

    def day(self, key: str, required: bool = True) -> date | None:
        value = self.get(key)
        if value is None:
            if required:
                self.wrong(key, f"缺少日期「{key}」", "请写成 2026-04-01 的样子。")
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(key, "不是有效日期", "请写成 2026-04-01 的样子。")
            return None

    def in_force(self, key: str = "in_force") -> InForce:
        if not self.has(key):
            remedy = "请补上 in_force: {from:, to:}。"
            self.report.error("undated", self.where(key), "没有写明施行期间", remedy)
            self.seen.add(key)
            return InForce(date.max, date.max)
        node = self.node(key)
        first, last = node.day("from"), node.day("to", required=False)
        node.done()
        if first and last and last < first:
            self.wrong(key, "终止日早于施行日", "请核对两个日期。")
        return InForce(first or date.max, last)

    def period(self, key: str) -> Period | None:
        """`{count:, unit: [, first_day:, end:]}`; periods in days end on a working day, longer ones do not."""
        if not self.has(key):
            self.seen.add(key)
            return None
        node = self.node(key)
        count, unit = node.number("count"), node.one_of("unit", UNITS)
        by_day = unit.endswith("_days")
        first = node.one_of("first_day", ("next_day", "same_day"), "next_day")
        end = node.one_of("end", ("next_working_day", "none"), "next_working_day" if by_day else "none")
        node.done()
        if not count or unit not in UNITS:
            self.wrong(key, "期限应有大于零的数和单位")
            return None
        return Period(count, unit, first, end)  # type: ignore[arg-type]

    def node(self, key: str) -> Node:
        return Node(self.get(key), self.file, f"{self.path}.{key}" if self.path else key, self.report)

    def nodes(self, key: str) -> Iterator[Node]:
        value = self.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(key, "应为列表")
            return
        base = f"{self.path}.{key}" if self.path else key
        for at, entry in enumerate(value):
            label = entry.get("id") or entry.get("code") or at + 1 if isinstance(entry, dict) else at + 1
            yield Node(entry, self.file, f"{base}[{label}]", self.report)

    def done(self) -> None:
        """Reports keys nobody asked for: a misspelt key must not pass as an absent one."""
        for key in self.data.keys() - self.seen:
            self.report.error(
                "unknown-key", self.where(str(key)), f"不认识「{key}」这一项", "请检查拼写；不需要的请删去。"
            )
