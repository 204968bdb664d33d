"""A demonstration: a place with fictional organisations, taken in through the real intake, and what people did there."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from xinheng.accounts import service as accounts
from xinheng.articles import service as articles
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.faces.check_demo import CheckPlay
from xinheng.faces.city import Told, days_sent, fill_home, write_city
from xinheng.faces.evaluation_demo import evaluated
from xinheng.faces.initialise import initialise
from xinheng.faces.nightly import nightly
from xinheng.home import home
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.oversight import service as oversight
from xinheng.remedies import service as remedies
from xinheng.sync import service as sync
from xinheng.synth import service as synth
from xinheng.withdrawals import service as withdrawals

__all__ = ["CLERK_ROWS", "build_demo", "sign_ins"]

CLERK_ROWS = 5_000
CLERK_FILE = "市场监管局-行政许可-5000行.csv"
_CLERKS = {"scjg": "scjg", "jtys": "jtys"}
_SECTORS = {"scjg": "market-regulation", "jtys": "transport"}


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
        client = _follower(manifest, first)
        # Objections and repairs ran on while files came in: each act of the story falls between them, on its own day
        play = remedies.DemoPlay(
            ends=evidence.legal_day(at), bodies=_desks(manifest), leave=_told_of(manifest)
        )
        asked = CheckPlay(ends=evidence.legal_day(at), units=_desks(manifest))
        built = fill_home(manifest, files, days=days, at=at, told=told, before=_eve(play, asked))
        play.until(evidence.legal_day(at), at)
        told("零报告、通报、公告与登录名", 0, 1)
        _lived(manifest, at)
        _story(manifest, files, play)
    evidence.drain(at=at)
    _checked(manifest, play, asked, at)
    # One list of what 信用中国 shows, with a few faults, and one night's round: inbox and tickets are not empty
    sync.simulate(place="credit-china", item="admin-penalty", at=at)
    lists.demo_lists(at=at, leave=_told_of(manifest), desks=_desks(manifest).values())
    evidence.drain(at=at)
    _evaluated(manifest, at, told)
    nightly(at)
    evidence.drain(at=at)
    _followed(client, at)
    evidence.write_trust_bundle(at=at)
    return built


def sign_ins(*, at: datetime) -> list[accounts.SignIn]:
    """The demonstration's sign-ins; made at the first call."""
    told = json.loads((home().root / "demo" / "story.json").read_text(encoding="utf-8"))
    return accounts.demo_accounts(
        pack=law.active(), at=at, bodies=told["clerks"], organisation=told.get("organisation", "")
    )


def _desks(manifest: synth.Manifest) -> dict[str, str]:
    """The units at whose desks the demonstration's sign-ins sit, by sector."""
    by_kind = {d["kind"]: d["code"] for d in reversed(manifest.departments)}
    return {sector: by_kind[kind] for kind, sector in _SECTORS.items() if kind in by_kind}


def _told_of(manifest: synth.Manifest) -> frozenset[str]:
    """The organisations of the ten-minute story: their entries stay as it tells them."""
    return frozenset(firm["code"] for firm in manifest.story)


def _follower(manifest: synth.Manifest, at: datetime) -> str:
    """A data user that keeps copies, there from the first day. Its secret is thrown away: nobody signs in as it."""
    bodies = sorted(_desks(manifest).values()) or [one["code"] for one in manifest.departments[:1]]
    made = accounts.add_client(
        body=bodies[-1], scopes=(withdrawals.SCOPE,), title="取用数据的系统（演示）", at=at, actor="operator"
    )
    return made.id


def _followed(client: str, at: datetime) -> None:
    """It fetched every withdrawal and acknowledged all but the last: its page and the public numbers show both."""
    after: int | None = None
    while True:
        told = withdrawals.feed(client=client, after=after, limit=withdrawals.MAX_PAGE, at=at)
        after = told.next
        if after is None:
            break
    if told.last > 1:
        withdrawals.acknowledge(client=client, through=told.last - 1, at=at)


def _eve(play: remedies.DemoPlay, asked: CheckPlay) -> Callable[[datetime], None]:
    """Plays up to the eve of the day of a file; then the desks ask what they want to know before they decide."""

    def play_until(file_at: datetime) -> None:
        play.until(evidence.legal_day(file_at) - timedelta(days=1))
        asked.on(file_at)

    return play_until


def _checked(manifest: synth.Manifest, play: remedies.DemoPlay, asked: CheckPlay, at: datetime) -> None:
    """Today's checks, and what the desks reported about the hints of earlier ones."""
    firms = {firm["key"]: firm["code"] for firm in manifest.story}
    file = home().root / "demo" / "story.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["checks"] = asked.today(
        firms=firms, organisation=play.organisation or firms.get("serious", ""), at=at
    )
    checks.demo_feedback(at=at)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _evaluated(manifest: synth.Manifest, at: datetime, said: Told) -> None:
    """What the office evaluates: its numbers go into the story."""
    said("评价模型、指数", 0, 1)
    file = home().root / "demo" / "story.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["evaluation"] = evaluated(firms={firm["key"]: firm["code"] for firm in manifest.story}, at=at)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


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


def _story(manifest: synth.Manifest, files: Path, play: remedies.DemoPlay) -> None:
    """The clerk's file, who is who, and which case is which, in `demo/` of the home."""
    folder = home().root / "demo"
    folder.mkdir(exist_ok=True)
    by_kind = {d["kind"]: d["code"] for d in reversed(manifest.departments)}
    told: dict[str, Any] = {
        "place": manifest.place, "today": manifest.today, "firms": manifest.story,
        "clerks": {name: by_kind[kind] for name, kind in _CLERKS.items() if kind in by_kind},
        "cases": play.cases, "organisation": play.organisation,
    }  # fmt: skip
    if manifest.clerk:
        shutil.copyfile(files / manifest.clerk["path"], folder / CLERK_FILE)
        told["clerk"] = {**manifest.clerk, "path": CLERK_FILE}
    (folder / "story.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
