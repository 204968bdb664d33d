"""A demonstration: a place with fictional organisations, taken in through the real intake, and what people did there."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from xinheng.accounts import service as accounts
from xinheng.articles import service as articles
from xinheng.evidence import service as evidence
from xinheng.faces.city import Told, days_sent, fill_home, write_city
from xinheng.faces.initialise import initialise
from xinheng.home import home
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.oversight import service as oversight
from xinheng.synth import service as synth

__all__ = ["CLERK_ROWS", "build_demo", "sign_ins"]

CLERK_ROWS = 5_000
CLERK_FILE = "市场监管局-行政许可-5000行.csv"
_CLERKS = {"scjg": "scjg", "jtys": "jtys"}


def build_demo(*, pack: str, orgs: int, records: int, seed: int, at: datetime, told: Told) -> dict[str, Any]:
    """Makes the home of this process a demonstration of a pack's place, living on the day of `at`.

    Each file comes in on the day it was sent, so timeliness and look-backs are real. The story's file for a clerk and
    the names the story needs are left in `demo/` of the home.
    """
    loaded = law.load(pack)
    with tempfile.TemporaryDirectory(prefix="xinheng-demo-") as folder:
        files = Path(folder)
        manifest = write_city(
            orgs=orgs,
            records=records,
            seed=seed,
            at=at,
            folder=files,
            pack=loaded,
            clerk_rows=CLERK_ROWS,
            told=told,
        )
        days = {number: min(day, at) for number, day in days_sent(manifest).items()}
        told("建立数据目录与密钥", 0, 1)
        first = min(days.values(), default=at)
        initialise(pack=pack, sandbox=True, at=first, today=evidence.legal_day(at))
        built = fill_home(manifest, files, days=days, at=at, told=told)
        told("零报告、通报、公告与登录名", 0, 1)
        _lived(manifest, at)
        _story(manifest, files)
    evidence.drain(at=at)
    evidence.write_trust_bundle(at=at)
    return built


def sign_ins(*, at: datetime) -> list[accounts.SignIn]:
    """The demonstration's sign-ins; made at the first call."""
    told = json.loads((home().root / "demo" / "story.json").read_text(encoding="utf-8"))
    return accounts.demo_accounts(pack=law.active(), at=at, bodies=told["clerks"])


def _lived(manifest: synth.Manifest, at: datetime) -> None:
    """What people did besides sending files: nil returns, articles, last month's bulletin."""
    for quiet in manifest.quiet:
        if quiet["declared"] and hasattr(intake, "nil_return"):
            intake.nil_return(
                source=quiet["source"], item=quiet["item"], period=quiet["period"], at=at, actor="operator"
            )
    articles.demo_articles(at=at)
    evidence.drain(at=at)
    oversight.look(at=at, actor="operator")
    oversight.issue(period=_last_month(evidence.legal_day(at)), at=at, actor="desk:office")


def _last_month(today: date) -> str:
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def _story(manifest: synth.Manifest, files: Path) -> None:
    """The clerk's file, and who is who, in `demo/` of the home."""
    folder = home().root / "demo"
    folder.mkdir(exist_ok=True)
    by_kind = {d["kind"]: d["code"] for d in reversed(manifest.departments)}
    told: dict[str, Any] = {
        "place": manifest.place, "today": manifest.today, "firms": manifest.story,
        "clerks": {name: by_kind[kind] for name, kind in _CLERKS.items() if kind in by_kind},
    }  # fmt: skip
    if manifest.clerk:
        shutil.copyfile(files / manifest.clerk["path"], folder / CLERK_FILE)
        told["clerk"] = {**manifest.clerk, "path": CLERK_FILE}
    (folder / "story.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
