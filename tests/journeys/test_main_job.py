"""The main job, walked through the command line as a credit office would: from a file to a report anyone verifies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moments import AT

Cli = Callable[..., Any]
OUTCOMES = ("accepted", "updated", "duplicate", "rejected", "quarantined", "refused_personal")
TODAY = {"XINHENG_TODAY": "2026-11-20"}


@pytest.fixture
def files(tmp_path: Path, cli: Cli) -> Path:
    """Departments' files with the truth beside them."""
    out = tmp_path / "files"
    done = cli("synth", "--orgs", "200", "--records", "800", "--out", out, "--seed", "5", "--json", env=TODAY)
    assert done.exit == 0, done.err
    return out


def test_every_row_of_every_file_gets_the_answer_it_deserves(empty_home: Any, cli: Cli, files: Path) -> None:
    from xinheng.faces.city import take_in
    from xinheng.synth import service as synth

    manifest = synth.read_manifest(files)
    loaded = cli("register", "load", files / manifest.register, "--json", env=TODAY)
    assert loaded.exit in (0, 1), loaded.err
    for file, receipt in take_in(manifest, files, days=dict.fromkeys(range(len(manifest.files)), AT)):
        answers = {outcome: getattr(receipt, outcome) for outcome in OUTCOMES}
        assert receipt.rows == sum(answers.values()), file.path
        assert answers == {outcome: file.expected.get(outcome, 0) for outcome in OUTCOMES}, file.path
    assert cli("ledger", "verify", "--json").json["ok"]
    cli("ledger", "checkpoint", env=TODAY)
    assert cli("doctor", "--json", env=TODAY).json["ok"]


def test_the_same_file_again_changes_nothing_and_gets_the_first_receipt(
    empty_home: Any, cli: Cli, files: Path
) -> None:
    manifest = json.loads((files / "manifest.json").read_text())
    assert cli("register", "load", files / manifest["register"], env=TODAY).exit in (0, 1)
    file = manifest["files"][0]
    arguments = ["intake", files / file["path"], "--item", file["item"], "--from", file["source"], "--json"]
    first = cli(*arguments, env=TODAY)
    assert first.exit in (0, 1), first.err
    assert first.json["rows"] == sum(first.json[outcome] for outcome in OUTCOMES)
    size = cli("ledger", "verify", "--json").json["size"]
    assert cli(*arguments, env=TODAY).json == {**first.json, "repeated": True}
    assert cli("ledger", "verify", "--json").json["size"] == size


def test_a_report_is_verified_elsewhere_and_one_changed_byte_fails(
    city: Any, cli: Cli, tmp_path: Path
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc FROM records_statement LIMIT 1")
        code = cursor.fetchone()[0]
    file = tmp_path / "report.pdf"
    issued = cli("report", code, "-o", file, "--json", env=TODAY)
    assert issued.exit == 0, issued.err
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    trust = shutil.copy(issued.json["trust"], elsewhere / "trust.json")
    away = {"XINHENG_HOME": str(elsewhere / "no-home")}
    good = cli("verify", file, "--trust", trust, "--json", env=away)
    assert (good.exit, good.json["result"], good.json["status"]) == (0, "valid", "current")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    bad = cli("verify", file, "--trust", trust, "--json", env=away)
    assert bad.exit != 0
    assert bad.json["result"] == "altered"


def test_a_killed_intake_resumes_without_loss_or_doubling(empty_home: Any, cli: Cli, tmp_path: Path) -> None:
    from xinheng.synth import service as synth

    out = tmp_path / "big"
    manifest = synth.generate(
        out=out, orgs=3_000, records=40_000, seed=3, today=__import__("datetime").date(2026, 11, 20),
        clean=True, single_file=True,
    )  # fmt: skip
    assert cli("register", "load", out / manifest.register, "--json", env=TODAY).exit in (0, 1)
    file = manifest.files[0]
    arguments = ["intake", str(out / file.path), "--item", file.item, "--from", file.source, "--json"]
    killed = 0
    for _ in range(2):
        killed += _killed_after_progress(arguments)
    done = cli(*arguments, env=TODAY)
    assert killed, "the process was never killed in the middle: the test proved nothing"
    receipt = done.json
    assert receipt["rows"] == file.rows
    assert {outcome: receipt[outcome] for outcome in OUTCOMES} == {
        outcome: file.expected.get(outcome, 0) for outcome in OUTCOMES
    }
    assert cli("ledger", "verify", "--json").json["ok"]


def _killed_after_progress(arguments: list[str]) -> bool:
    """Starts an intake and kills it (SIGKILL) once it has committed something more; False when it ended before."""
    from django.db import connection

    from xinheng.records.models import Statement

    before = Statement.objects.count()
    connection.close()
    environment = {**os.environ, **TODAY}
    if connection.vendor == "postgresql":
        path, _, query = os.environ["XINHENG_DATABASE_URL"].partition("?")
        name = connection.settings_dict["NAME"]
        environment["XINHENG_DATABASE_URL"] = f"{path.rsplit('/', 1)[0]}/{name}" + (
            f"?{query}" if query else ""
        )
    process = subprocess.Popen(
        [sys.executable, "-m", "xinheng.faces.cli.main", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if Statement.objects.count() > before:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.01)
    process.wait()
    return False


def test_a_source_that_is_not_an_authority_is_refused(city: Any, cli: Cli, tmp_path: Path) -> None:
    from xinheng.register.models import Entry

    company = Entry.objects.filter(code__startswith="91").values_list("code", flat=True)[0]
    file = tmp_path / "any.csv"
    file.write_text("CF_XDR_MC\n某公司\n")
    done = cli("intake", file, "--item", "admin-penalty", "--from", company, "--json", env=TODAY)
    assert done.exit == 3
    assert done.json["error"]


def test_the_day_can_only_be_set_in_a_sandbox(tmp_path: Path, cli: Cli, empty_home: Any) -> None:
    config = empty_home.config_file
    config.write_text(config.read_text().replace('"sandbox": true', '"sandbox": false'))
    assert cli("doctor", "--json", env=TODAY).exit == 3


def test_writing_on_an_earlier_day_is_refused_and_reading_is_not(city: Any, cli: Cli, tmp_path: Path) -> None:
    earlier = {"XINHENG_TODAY": "2026-11-01"}
    from xinheng.register.models import Entry

    code = Entry.objects.values_list("code", flat=True)[0]
    assert cli("register", "find", code, "--json", env=earlier).exit == 0
    refused = cli("report", code, "-o", tmp_path / "r.pdf", "--json", env=earlier)
    assert (refused.exit, refused.json["error"]) == (3, "earlier-than-ledger")


def test_an_illegal_pack_is_refused_by_its_folder_in_words_a_clerk_understands(cli: Cli) -> None:
    folder = Path(__file__).parent.parent / "law" / "packs" / "illegal-county"
    refused = cli("law", "check", folder, "--json")
    assert refused.exit == 3
    errors = [one for one in refused.json["findings"] if one["severity"] == "error"]
    assert len(errors) >= 3
    assert all(len(one["message"]) > 10 for one in errors)


def test_an_empty_template_can_be_downloaded_for_every_item(client: Any) -> None:
    about = client.get("/about/").content.decode()
    for item in ("admin-licence", "admin-penalty"):
        assert f"/templates/{item}.xlsx" in about
        assert client.get(f"/templates/{item}.xlsx").content.startswith(b"PK")
    assert client.get("/templates/nothing.xlsx").status_code == 404
