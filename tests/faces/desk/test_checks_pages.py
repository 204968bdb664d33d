"""The clerk's check: ask, the answer, the sheet, the history; purposes that do not fit; what the organisation sees."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from moments import AT

pytest_plugins = ("deskkit",)
ON = date(2026, 11, 20)
SHARED = {
    "matter": "subsidy-grant",
    "scope": "shared",
    "purpose": "fund-grant",
    "case_number": "补〔2026〕7号",
}


@pytest.fixture
def listed(desk: Any, tmp_path: Any) -> Any:
    """The small city with a few organisations on lists; `desk.codes` are theirs."""
    import checktown
    from xinheng.evidence import service as evidence

    checktown.list_some(tmp_path)
    evidence.drain(at=AT)
    desk.codes = [one.uscc for one in checktown.shown("serious-list")]
    return desk


def ask(browser: Any, code: str, **given: str) -> Any:
    return browser.post("/desk/check/", {"q": code, "matter": "subsidy-grant", "scope": "public"} | given)


def number_of(answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"].rstrip("/").rsplit("/", 1)[-1])


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_check_is_answered_with_what_counts_its_basis_its_validity_and_a_number(listed: Any) -> None:
    clerk, code = listed.client("clerk"), listed.codes[0]
    number = number_of(ask(clerk, code, **SHARED))
    page = clerk.get(f"/desk/checks/{number}/")
    said = text(page)
    for part in (
        number,
        "财政性资金和项目审核",
        "补〔2026〕7号",
        "计入本事项",
        "可以依据到 2026-11-27",
        "限制申请财政性资金项目",
        "由作出决定的部门依法决定",
    ):
        assert part in said, part
    from xinheng.checks import service as checks

    kept = checks.evidence(number=number, reader=checks.Asker("desk", "x", "department", listed.mine))
    assert kept.payload["unit"] == listed.mine and kept.payload["purpose"] == "fund-grant"
    for one in kept.payload["entries"]:
        assert f'id="e{one["statement"]}"' in page.content.decode()


def test_a_name_is_looked_up_first_and_asks_nothing_until_one_is_chosen(listed: Any) -> None:
    from xinheng.checks import service as checks
    from xinheng.register import service as register

    clerk, code = listed.client("clerk"), listed.codes[0]
    name = register.get([code])[code].shown_name
    found = ask(clerk, name)
    assert found.status_code == 200 and f'value="{code}"' in found.content.decode()
    assert checks.of_body(body=listed.mine, on=ON) == []
    chosen = clerk.post(
        "/desk/check/", {"q": name, "uscc": code, "matter": "subsidy-grant", "scope": "public"}
    )
    assert name in text(clerk.get(chosen["Location"]))


def test_a_purpose_that_does_not_fit_is_refused_said_and_kept(listed: Any) -> None:
    clerk, code = listed.client("clerk"), listed.codes[0]
    answer = ask(clerk, code, **(SHARED | {"purpose": "bidder-review"}))
    said = answer.content.decode()
    assert answer.status_code == 403 and "审核财政性资金" in said
    number = re.search(r"编号 (HC\d+)", said)
    assert number is not None
    assert "拒绝" in text(clerk.get("/desk/checks/"))
    shown = clerk.get(f"/desk/checks/{number[1]}/")
    assert "拒绝的核查" in text(shown)
    assert clerk.get(f"/desk/checks/{number[1]}/sheet/").status_code == 404
    assert ask(clerk, code, matter="subsidy-grant", scope="shared", purpose="").status_code == 403


def test_a_citizens_number_is_turned_away_and_never_kept(listed: Any) -> None:
    from xinheng.checks import service as checks

    clerk = listed.client("clerk")
    answer = ask(clerk, "340602199003072234")
    assert answer.status_code == 400 and "不受理自然人" in answer.content.decode()
    assert "340602199003072234" not in answer.content.decode()
    assert checks.of_body(body=listed.mine, on=ON) == []


def test_a_code_the_register_does_not_know_is_answered_and_says_so(listed: Any) -> None:
    clerk = listed.client("clerk")
    for asked, says in (("91340600MA2N00000F", "未登记"), ("91340600MA2N000000", "无法核查")):
        number = number_of(ask(clerk, asked))
        page = clerk.get(f"/desk/checks/{number}/")
        said = text(page)
        assert says in said and "没有计入本事项的失信信息" not in said and "可以依据到" not in said
        assert "sheet/" not in page.content.decode() and "✓" not in said
        for tail in ("/sheet/", ".pdf", ".json"):
            assert clerk.get(f"/desk/checks/{number}{tail}").status_code == 404, tail


def test_another_units_check_is_a_page_that_does_not_exist(listed: Any) -> None:
    number = number_of(ask(listed.client("clerk"), listed.codes[0], **SHARED))
    rival = listed.client("rival")
    for tail in ("/", "/sheet/", ".pdf", ".json"):
        assert rival.get(f"/desk/checks/{number}{tail}").status_code == 404, tail
        assert listed.client("clerk").get(f"/desk/checks/{number}{tail}").status_code == 200, tail
    assert rival.post(f"/desk/checks/{number}/release/").status_code == 404
    assert number not in text(rival.get("/desk/checks/"))
    assert number in text(listed.client("office").get("/desk/checks/"))


def test_the_signed_answer_and_the_signed_sheet_verify_and_one_changed_byte_does_not(listed: Any) -> None:
    from xinheng.checks.sheet_verification import verify_sheet
    from xinheng.checks.verification import verify_answer
    from xinheng.evidence import service as evidence

    clerk = listed.client("clerk")
    number = number_of(ask(clerk, listed.codes[0], **SHARED))
    trust = evidence.trust_bundle(at=AT)
    told = clerk.get(f"/desk/checks/{number}.json").content
    assert verify_answer(told, trust["jwks"]).ok
    assert not verify_answer(told.replace(b"fund-grant", b"bund-grant"), trust["jwks"]).ok
    pdf = clerk.get(f"/desk/checks/{number}.pdf").content
    seen = verify_sheet(pdf, trust)
    assert seen.ok and seen.payload == {
        k: v for k, v in json.loads(told).items() if k not in ("digest", "signature")
    }
    place = len(pdf) // 2
    assert not verify_sheet(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :], trust).ok
    assert verify_sheet(pdf, {**trust, "certificates": []}).code == "unknown-key"


def test_an_entry_that_was_annulled_since_is_on_no_page_sheet_or_file_any_more(listed: Any) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.publication import service as publication
    from xinheng.records import service as records

    clerk, code = listed.client("clerk"), listed.codes[0]
    number = number_of(ask(clerk, code, **SHARED))
    [gone, *_] = publication.statements(audience="public", on=ON, uscc=code, item="serious-list", limit=5)
    word = (
        gone.values["LRYJ"]
        if "LRYJ" in gone.values
        else next(value for value in gone.values.values() if "测严列字" in value)
    )
    assert word in clerk.get(f"/desk/checks/{number}/").content.decode()
    act = evidence.Act(kind="records.erased", actor="test", at=AT, provision="测试", purpose="测试")
    records.erase(statement_ids=[gone.id], act=act)
    evidence.drain(at=AT)
    for tail in ("/", "/sheet/"):
        page = clerk.get(f"/desk/checks/{number}{tail}")
        assert page.status_code == 200 and word not in page.content.decode(), tail
    assert clerk.get(f"/desk/checks/{number}.json").status_code == 404
    assert b"answer.json" not in clerk.get(f"/desk/checks/{number}.pdf").content


def test_the_organisation_sees_who_checked_it_and_a_tender_only_from_its_day(
    listed: Any, monkeypatch: Any
) -> None:
    from django.test import Client

    from xinheng.accounts import service as accounts
    from xinheng.accounts.models import Account

    code, clerk = listed.codes[0], listed.client("clerk")
    seen = number_of(ask(clerk, code, **SHARED))
    bidding = {"matter": "bid-evaluation", "scope": "shared", "purpose": "bidder-review"}
    deferred = number_of(ask(clerk, code, **bidding))
    public = number_of(ask(clerk, code))
    name = accounts.claim(
        told=accounts.Told(issuer="https://id.test", subject="mine", code=code), listed=lambda _: True, at=AT
    )
    own = Client()
    own.force_login(Account.objects.get(name=name), backend="django.contrib.auth.backends.ModelBackend")
    page = text(own.get(f"/desk/own/{code}/checks/"))
    assert seen in page and "审核财政性资金" in page
    # The unit's own file number may name a proceeding that is not open to it, or others
    assert SHARED["case_number"] not in page and "案件编号" not in page
    assert deferred not in page and public not in page
    assert own.get(f"/desk/own/{listed.codes[1]}/checks/").status_code == 404
    # Opening the page of a deferred check tells nobody either
    clerk.get(f"/desk/checks/{deferred}/")
    listed.client("office").get(f"/desk/checks/{deferred}/")
    assert "招标投标" not in text(own.get(f"/desk/own/{code}/readings/"))
    released = clerk.post(f"/desk/checks/{deferred}/release/")
    assert released.status_code == 302
    assert deferred in text(own.get(f"/desk/own/{code}/checks/"))


def test_an_answer_past_its_day_says_so(listed: Any, monkeypatch: Any) -> None:
    clerk = listed.client("clerk")
    number = number_of(ask(clerk, listed.codes[0]))
    monkeypatch.setenv("XINHENG_TODAY", (ON + timedelta(days=8)).isoformat())
    assert "已经过期" in text(clerk.get(f"/desk/checks/{number}/"))


def test_an_auditor_reads_every_check_and_asks_none(listed: Any) -> None:
    from xinheng.accounts import service as accounts

    number = number_of(ask(listed.client("clerk"), listed.codes[0], **SHARED))
    accounts.add(
        name="audit",
        role="auditor",
        body="",
        title="审计岗",
        password="a-long-enough-word",
        at=AT,
        actor="test",
    )
    auditor = listed.client("audit")
    assert number in text(auditor.get("/desk/checks/"))
    assert auditor.get(f"/desk/checks/{number}/").status_code == 200
    assert auditor.get("/desk/check/").status_code == 403


def test_pages_stay_within_their_queries(listed: Any, few_queries: Any) -> None:
    clerk = listed.client("clerk")
    number = number_of(ask(clerk, listed.codes[0], **SHARED))
    clerk.get("/desk/check/")
    with few_queries(12):
        clerk.get("/desk/check/")
    with few_queries(32):
        clerk.get(f"/desk/checks/{number}/")
    with few_queries(14):
        clerk.get("/desk/checks/")


def test_the_public_page_behind_the_code_on_the_sheet_tells_no_name(listed: Any) -> None:
    from xinheng.register import service as register

    code = listed.codes[0]
    number = number_of(ask(listed.client("clerk"), code, **SHARED))
    page = text(listed.client().get(f"/verify/{number}"))
    assert "2026-11-27" in page and register.get([code])[code].shown_name not in page and code not in page
    assert "没有出具过" in text(listed.client().get("/verify/HC000000009999"))


def test_the_sheet_uploaded_where_the_code_leads_is_verified(listed: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    clerk = listed.client("clerk")
    number = number_of(ask(clerk, listed.codes[0], **SHARED))
    pdf = clerk.get(f"/desk/checks/{number}.pdf").content
    answer = listed.client().post("/verify/", {"file": SimpleUploadedFile("a.pdf", pdf)})
    assert "核查单有效" in text(answer) and number in text(answer)
    changed = pdf[:-200] + bytes([pdf[-200] ^ 1]) + pdf[-199:]
    assert "不能认定为真" in text(
        listed.client().post("/verify/", {"file": SimpleUploadedFile("a.pdf", changed)})
    )
