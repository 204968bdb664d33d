"""The home: one folder that holds everything a running Xinheng keeps (`XINHENG_HOME`, default `./var`)."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

from xinheng.kernel.errors import XinhengError


class HomeMissing(XinhengError):
    """The command needs a home and there is none at that place."""

    code = "home-missing"
    exit = 2


class HomeExists(XinhengError):
    """`init` was asked to make a home where one already is."""

    code = "home-exists"
    exit = 2


_read: dict[str, tuple[tuple[int, int, int], dict[str, Any]]] = {}


@dataclass(frozen=True)
class Home:
    """Paths inside one home. Nothing here is created by reading a path."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "xinheng.sqlite3"

    @property
    def config_file(self) -> Path:
        return self.root / "home.json"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def kept(self) -> Path:
        """Redacted copies of what departments sent, one folder a batch."""
        return self.root / "kept"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def log(self) -> Path:
        """The public log: checkpoint and tiles, derived and rebuildable."""
        return self.root / "log"

    @property
    def trust(self) -> Path:
        return self.root / "trust.json"

    @property
    def exists(self) -> bool:
        return self.config_file.is_file()

    @property
    def config(self) -> dict[str, Any]:
        """What `init` decided: pack, sandbox, origin of the log. Raises `HomeMissing`."""
        found = self._config()
        if found is None:
            raise HomeMissing(
                f"这里还没有信衡的数据目录:{self.root}。请先运行 xinheng init --pack <代码>,"
                "或用环境变量 XINHENG_HOME 指到已有的目录。"
            )
        return dict(found)

    def _config(self) -> dict[str, Any] | None:
        """What the file says; None where there is none. Asked for with every instant: read anew only when it changed."""
        file = f"{self.root}/home.json"
        try:
            stat = os.stat(file)
        except OSError:
            return None
        if not S_ISREG(stat.st_mode):
            return None
        known = _read.get(file)
        if known is None or known[0] != (stat.st_mtime_ns, stat.st_size, stat.st_ino):
            loaded = json.loads(self.config_file.read_text(encoding="utf-8"))
            known = _read[file] = (stat.st_mtime_ns, stat.st_size, stat.st_ino), loaded
        return known[1]

    @property
    def sandbox(self) -> bool:
        found = self._config()
        return found is not None and bool(found.get("sandbox"))

    def create(self, *, pack: str, sandbox: bool, origin: str, today: str = "") -> None:
        """Lays out an empty home; refuses to touch one that is already there. `today` fixes a sandbox's day."""
        if self.exists:
            raise HomeExists(f"{self.root} 已经是一个信衡数据目录,没有改动它。换一个 XINHENG_HOME 再初始化。")
        for folder in (self.root, self.keys, self.kept, self.reports, self.log):
            folder.mkdir(parents=True, exist_ok=True)
        self.keys.chmod(0o700)
        config = {"format": 1, "pack": pack, "sandbox": sandbox, "origin": origin}
        if today:
            config["today"] = today
        self.config_file.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")


def home() -> Home:
    """The home of this process, from `XINHENG_HOME`."""
    place = os.environ.get("XINHENG_HOME", "var")
    return _at(place) if os.path.isabs(place) else Home(Path(place).absolute())


@lru_cache(maxsize=64)
def _at(place: str) -> Home:
    return Home(Path(place))


@contextmanager
def alone(file: Path, *, wait: bool = True) -> Iterator[bool]:
    """One process at a time behind a lock file, made with its folder where it is not there; False where another is at it
    and `wait` is not asked for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
