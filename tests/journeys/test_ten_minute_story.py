"""The ten-minute story of docs/demo.md, walked step by step through the pages and the commands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
TODAY = "2026-11-20"


def xinheng(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """The real command in a home, on SQLite."""
    env = {**os.environ, "XINHENG_HOME": str(home)}
    env.pop("XINHENG_TODAY", None)
    env.pop("XINHENG_DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "xinheng.faces.cli.main", *map(str, arguments)],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip


def hidden_fields(answer: Any) -> dict[str, str]:
    """What the form that takes the step would send back without anything typed."""
    forms = re.findall(r"<form.*?</form>", answer.content.decode(), re.S)
    form = next(part for part in forms if 'name="step"' in part)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@dataclass
class Demo:
    """The demonstration: its home, its story, its sign-ins."""

    home: Path
    firms: dict[str, dict[str, str]]
    clerk: dict[str, Any]
    passwords: dict[str, str]
    story: dict[str, Any]

    def client(self, name: str = "") -> Any:
        from django.test import Client

        from xinheng.faces.site.limits import buckets

        buckets.clear()
        browser = Client()
        if name:
            form = {"username": name, "password": self.passwords[name]}
            assert browser.post("/desk/sign-in/", form).status_code == 302
        return browser

    def page(self, address: str, name: str = "") -> str:
        answer = self.client(name).get(address)
        assert answer.status_code == 200, address
        return str(answer.content.decode())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demonstration of the default place, smaller than `make demo` makes it; the story is the same."""
    from django.db import connection

    home = tmp_path_factory.mktemp("demo") / "home"
    made = xinheng("demo", "--orgs", "400", "--records", "2000", "--no-serve", "--json", home=home)
    assert made.returncode == 0, made.stderr
    told = json.loads((home / "demo" / "story.json").read_text(encoding="utf-8"))
    passwords = {one["name"]: one["password"] for one in json.loads(made.stdout.splitlines()[-1])["sign_ins"]}
    before = (os.environ["XINHENG_HOME"], connection.settings_dict["NAME"], os.environ.get("XINHENG_TODAY"))
    connection.close()
    os.environ["XINHENG_HOME"], connection.settings_dict["NAME"] = str(home), str(home / "xinheng.sqlite3")
    os.environ.pop("XINHENG_TODAY", None)
    yield Demo(home, {firm["key"]: firm for firm in told["firms"]}, told["clerk"], passwords, told)
    connection.close()
    os.environ["XINHENG_HOME"], connection.settings_dict["NAME"] = before[:2]
    if before[2]:
        os.environ["XINHENG_TODAY"] = before[2]


def test_the_page_names_the_firms_as_they_are(demo: Demo) -> None:
    told = {
        match[1]: (match[2].strip(), match[3])
        for match in re.finditer(r"^\| (\w+) \| ([^|]+) \| ([0-9A-Z]{18}) \|", PAGE, re.MULTILINE)
    }
    assert len(told) >= 6
    for key, (name, code) in told.items():
        assert (demo.firms[key]["name"], demo.firms[key]["code"]) == (name, code)


def test_step_1_two_characters_find_a_firm_by_its_former_name(demo: Demo) -> None:
    text = demo.page("/search/?q=顺达")
    assert "云帆物流" in text and "<mark>顺达</mark>" in text


def test_steps_2_and_3_five_thousand_dirty_rows_and_the_same_again(demo: Demo) -> None:
    from xinheng.evidence import service as evidence

    clerk = demo.client("scjg")
    file = demo.home / "demo" / demo.clerk["path"]

    def send() -> str:
        with file.open("rb") as data:
            answer = clerk.post("/desk/intake/", {"item": demo.clerk["item"], "file": data})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        number = re.search(r"/desk/batches/([\w-]+)/", answer["Location"])
        assert number is not None
        return number[1]

    first = send()
    until = time.monotonic() + 90
    while clerk.get(f"/desk/batches/{first}/progress.json").json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.2)
    text = clerk.get(f"/desk/batches/{first}/").content.decode()
    assert "12 行自然人信息不受理、未保存" in text
    assert "共 5,000 行，每行都有答复" in text
    _followers_rest()
    before = evidence.size()
    assert send() == first
    assert evidence.size() == before


def read(pdf: Path) -> str:
    """The text of a PDF without line ends."""
    told = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s", "", told.stdout)


def _followers_rest() -> None:
    import threading

    for thread in threading.enumerate():
        if thread.name == "intake-of-a-form":
            thread.join(timeout=60)


def test_step_4_a_minor_penalty_is_collected_and_not_shown(demo: Demo, tmp_path: Path) -> None:
    code = demo.firms["minor"]["code"]
    text = demo.page(f"/org/{code}/penalties/")
    assert 'class="card' not in text.split("以下各类")[0] or "没有公示中的" in text
    issued = xinheng(
        "report", code, "--audience", "self", "-o", tmp_path / "own.pdf", "--json", home=demo.home
    )
    assert issued.returncode == 0, issued.stderr
    assert "警告" in read(tmp_path / "own.pdf")
    xinheng("report", code, "-o", tmp_path / "public.pdf", home=demo.home)
    assert "警告" not in read(tmp_path / "public.pdf")


def test_step_5_the_earliest_repair_date_stands_on_the_entry(demo: Demo) -> None:
    text = demo.page(f"/org/{demo.firms['serious']['code']}/penalties/")
    assert "最早" in text and "严重" in text
    assert re.search(r"最早 ?<?[^>]*>? ?20\d\d-\d\d-\d\d", text) or re.search(r"最早可修复", text)


def test_step_6_a_report_verifies_elsewhere_and_one_byte_changed_fails(demo: Demo, tmp_path: Path) -> None:
    code = demo.firms["serious"]["code"]
    answer = demo.client().post(f"/org/{code}/report.pdf")
    assert answer.status_code == 200
    pdf = b"".join(answer.streaming_content) if answer.streaming else answer.content
    elsewhere = tmp_path / "another-machine"
    elsewhere.mkdir()
    (elsewhere / "report.pdf").write_bytes(pdf)
    trust = demo.client().get("/trust.json")
    (elsewhere / "trust.json").write_bytes(
        b"".join(trust.streaming_content) if trust.streaming else trust.content
    )
    arguments = ("verify", elsewhere / "report.pdf", "--trust", elsewhere / "trust.json", "--json")
    told = xinheng(*arguments, home=elsewhere / "nothing")
    assert (told.returncode, json.loads(told.stdout)["result"]) == (0, "valid")
    changed = bytearray(pdf)
    changed[len(changed) // 2] ^= 1
    (elsewhere / "report.pdf").write_bytes(bytes(changed))
    told = xinheng(*arguments, home=elsewhere / "nothing")
    assert told.returncode != 0 and json.loads(told.stdout)["result"] == "altered"


def test_step_7_as_known_on_the_first_of_october(demo: Demo, tmp_path: Path) -> None:
    code = demo.firms["corrected"]["code"]
    days = ("--known-on", "2026-10-01", "--valid-on", "2026-10-01")
    made = xinheng("report", code, "--audience", "self", *days, "-o", tmp_path / "then.pdf", home=demo.home)
    assert made.returncode == 0, made.stderr
    then = read(tmp_path / "then.pdf")
    now = demo.page(f"/org/{code}/penalties/")
    assert "120000" in then and "102000" not in then
    assert "102000" in now and "已更正" in now
    public = demo.page(f"/org/{code}/penalties/?known_on=2026-10-01&valid_on=2026-10-01")
    assert "120000" not in public and "102000" not in public


def test_step_8_the_bulletin_has_a_number_and_prints(demo: Demo) -> None:
    office = demo.client("office")
    text = office.get("/desk/bulletins/").content.decode()
    number = re.search(r"/desk/bulletins/([^/\"?]*\d[^/\"?]*)/\"", text)
    assert number is not None
    table = office.get(f"/desk/bulletins/{number[1]}/").content.decode()
    for head in ("应报", "已报", "及时率", "合规率", "迟报", "漏报", "退回", "零报告", "环比", "位次"):
        assert head in table
    pdf = office.get(f"/desk/bulletins/{number[1]}.pdf")
    assert pdf.status_code == 200
    body = b"".join(pdf.streaming_content) if pdf.streaming else pdf.content
    assert body[:5] == b"%PDF-"


def test_step_9_a_bureaus_own_unpaid_judgment_is_shown(demo: Demo) -> None:
    text = demo.page(f"/org/{demo.firms['bureau']['code']}/lists/")
    assert "失信被执行人（单位）" in text and "未履行" in text


def test_step_10_the_illegal_county_pack_is_refused(demo: Demo) -> None:
    told = xinheng("law", "check", "tests/law/packs/illegal-county", home=demo.home)
    if told.returncode == 2:
        told = xinheng("law", "check", ROOT / "tests" / "law" / "packs" / "illegal-county", home=demo.home)
    assert told.returncode == 3, told.stdout + told.stderr


def shown(demo: Demo, number: str) -> dict[str, Any]:
    """A case as the command tells it."""
    told = xinheng("case", "show", number, "--json", home=demo.home)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def test_step_11_an_objection_marks_the_field_and_hides_nothing(demo: Demo) -> None:
    number = demo.story["cases"]["disputed"]
    case = shown(demo, number)
    assert case["uscc"] == demo.story["organisation"] and case["field"]
    public = re.sub(r"<[^>]+>", "", demo.page(f"/statement/{case['statement']}/"))
    assert f"有异议 · 自 {case['opened_on']} 起" in public and "公示内容" in public
    assert number not in public


def test_step_12_a_repair_decided_by_two_ends_the_entry_everywhere(demo: Demo) -> None:
    number = demo.story["cases"]["one-day"]
    statement = shown(demo, number)["statement"]
    assert demo.client().get(f"/statement/{statement}/").status_code == 200
    for name in ("scjg-decide", "scjg-decide2"):
        assert demo.client().get(f"/statement/{statement}/").status_code == 200, (
            "one person alone ends nothing"
        )
        browser = demo.client(name)
        looked = browser.get(f"/desk/cases/{number}/act/?step=grant")
        assert looked.status_code == 200
        form = hidden_fields(looked)
        asked = browser.post(f"/desk/cases/{number}/act/", form)
        if asked.status_code == 200:
            asked = browser.post(f"/desk/cases/{number}/act/", hidden_fields(asked))
        assert asked.status_code == 302, asked.content.decode()
    assert demo.client().get(f"/statement/{statement}/").status_code == 404
    assert demo.page("/remedies/")


def test_step_13_a_check_is_answered_printed_and_a_wrong_purpose_refused(demo: Demo, tmp_path: Path) -> None:
    code = demo.firms["serious"]["code"]
    clerk = demo.client("jtys-decide")
    asked = {"q": code, "matter": "procurement-award", "scope": "shared", "purpose": "supplier-review"}
    answer = clerk.post("/desk/check/", asked)
    assert answer.status_code == 302
    said = re.sub(r"<[^>]+>", "", clerk.get(answer["Location"]).content.decode())
    for part in ("有 2 条失信信息计入本事项", "措施提示", "不要这样用", "可以依据到", "证据编号"):
        assert part in said, part
    assert "信用核查单" in clerk.get(answer["Location"] + "sheet/").content.decode()
    file = tmp_path / "核查单.pdf"
    file.write_bytes(clerk.get(answer["Location"].rstrip("/") + ".pdf").content)
    trust = demo.home / "trust.json"
    assert xinheng("verify", file, "--trust", trust, home=demo.home).returncode == 0
    file.write_bytes(file.read_bytes()[:-40] + b"0" + file.read_bytes()[-39:])
    assert xinheng("verify", file, "--trust", trust, home=demo.home).returncode == 1
    refused = clerk.post("/desk/check/", asked | {"purpose": "honour-review"})
    assert refused.status_code == 403 and "编号 HC" in refused.content.decode()
    told = xinheng("check", code, "--matter", "procurement-award", "--json", home=demo.home)
    assert told.returncode == 0 and json.loads(told.stdout.splitlines()[-1])["uscc"] == code


def organisation(code: str) -> Any:
    """A browser of the organisation, come in as its sign-in has it: claimed by its code."""
    from django.test import Client

    from xinheng.accounts import service as accounts
    from xinheng.accounts.models import Account
    from xinheng.faces.clock import now

    told = accounts.Told(issuer="https://id.test", subject="story", code=code)
    name = accounts.claim(told=told, listed=lambda _: True, at=now())
    own = Client()
    own.force_login(Account.objects.get(name=name), backend="django.contrib.auth.backends.ModelBackend")
    return own


def test_step_14_the_organisation_sees_who_checked_it_and_a_tender_later(demo: Demo) -> None:
    code, numbers = demo.story["organisation"], demo.story["checks"]
    own = organisation(code)

    def page() -> str:
        return str(own.get(f"/desk/own/{code}/checks/").content.decode())

    assert numbers["seen"] in page() and numbers["deferred"] not in page() and numbers["public"] not in page()
    assert demo.client("jtys-decide").post(f"/desk/checks/{numbers['deferred']}/release/").status_code == 302
    assert numbers["deferred"] in page()


def test_step_15_the_office_approves_a_stamped_request_and_it_runs(demo: Demo) -> None:
    where = f"/desk/check/requests/{demo.story['checks']['waiting']}/"
    office = demo.client("office")
    assert office.get(where + "letter/").content.startswith(b"%PDF-")
    assert office.post(where + "approve/").status_code == 302
    found = re.search(r"/desk/check/batch/(HC\d+)\.xlsx", office.get(where).content.decode())
    assert found is not None
    assert office.get(found[0]).content.startswith(b"PK")


def test_step_16_every_point_comes_from_a_statement_and_the_run_is_computed_again(demo: Demo) -> None:
    told, code = demo.story["evaluation"], demo.firms["serious"]["code"]
    spoken = xinheng("evaluate", "--model", told["model"], "--org", code, "--json", home=demo.home)
    assert spoken.returncode == 0, spoken.stderr
    one = json.loads(spoken.stdout.splitlines()[-1])
    assert one["score"] == one["base"] + sum(one["sums"].values()) < one["base"]
    text = demo.page(f"/desk/evaluation/one/{told['model']}/{code}/", "office")
    assert one["points"] in text
    again = xinheng("evaluate", "replay", told["run"], "--json", home=demo.home)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[-1])["equal"] is True


def test_step_17_a_model_needs_two_and_is_not_published_without_a_basis(demo: Demo) -> None:
    from xinheng.law import service as law

    code = demo.story["evaluation"]["waiting"]
    where, digest = f"/desk/evaluation/models/{code}/", law.model(pack=law.active(), code=code).digest
    office, second = demo.client("office"), demo.client("office2")
    assert office.post(f"{where}act/", {"act": "adopt", "digest": digest}).status_code == 403, (
        "its own proposal"
    )
    assert second.post(f"{where}act/", {"act": "adopt", "digest": digest}).status_code == 302
    asked = {"act": "propose-publication", "reason": "想公布", "digest": digest}
    assert second.post(f"{where}act/", asked).status_code == 403
    assert "没有写公布依据" in second.get(where).content.decode()


def test_step_18_the_organisation_sees_facts_and_days_and_no_number(demo: Demo) -> None:
    code = demo.story["organisation"]
    own = organisation(code)
    text = own.get(f"/desk/own/{code}/checkup/").content.decode()
    assert "信用体检" in text
    assert demo.story["evaluation"]["model"] not in text


def test_step_19_counties_and_sectors_are_shown_without_a_rank(demo: Demo) -> None:
    from xinheng.faces.clock import now
    from xinheng.statistics import service as statistics

    statistics.refresh(at=now())
    assert "不是排名" in demo.page("/indices/")
    assert "月末" in demo.page("/map/")
    assert "指数由什么组成" in demo.page("/desk/indices/", "office")
    assert demo.client("office").get("/desk/early-warning/").status_code == 200
