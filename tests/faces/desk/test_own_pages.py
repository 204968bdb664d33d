"""The organisation's own pages: its own and nobody else's, what it can do first, forms that do one thing once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from moments import AT
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.notices import service as notices
from xinheng.records import service as records

pytest_plugins = ("deskkit", "ownkit")

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _pages(own: Any) -> list[str]:
    statement = own.entries[0].id
    notice = notices.inbox(uscc=own.mine, limit=1)[0].id
    return [
        *(reverse(f"desk-own-{name}", args=[own.mine]) for name in
          ("start", "file-of", "cases-of", "inbox-of", "readings-of", "sync-of")),
        *(reverse(f"desk-own-{name}", args=[statement]) for name in ("entry", "object", "repair", "unsynced")),
        reverse("desk-own-notice", args=[notice]),
    ]  # fmt: skip


def _fields(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))


def _object(browser: Any, own: Any, **other: Any) -> Any:
    address = reverse("desk-own-object", args=[own.entries[0].id])
    form = _fields(browser.get(address).content.decode()) | {"field": "", "reason": "金额写错了"} | other
    return browser.post(address, form)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_opens_for_its_own_organisation_in_both_languages(own: Any, prefix: str) -> None:
    browser = own.client()
    for address in _pages(own):
        answer = browser.get(prefix + address)
        assert answer.status_code == 200, (address, answer.content[:300])


def test_every_page_of_one_organisation_does_not_exist_for_another(own: Any) -> None:
    stranger = own.client("other")
    for address in _pages(own):
        answer = stranger.get(address)
        assert answer.status_code == 404, (address, answer.status_code)
        assert own.mine not in answer.content.decode().replace(address, ""), "only the address that was asked"


def test_pages_without_a_code_lead_to_ones_own(own: Any) -> None:
    for name in (
        "desk-own",
        "desk-own-file",
        "desk-own-cases",
        "desk-own-inbox",
        "desk-own-readings",
        "desk-own-sync",
    ):
        for who, code in (("mine", own.mine), ("other", own.other)):
            answer = own.client(who).get(reverse(name))
            assert answer.status_code == 302 and code in answer["Location"]


def test_staff_and_auditors_have_no_business_in_the_workspace(own: Any, desk: Any) -> None:
    for name in ("clerk", "reviewer", "office"):
        for address in _pages(own):
            assert desk.client(name).get(address).status_code == 403


def test_the_first_thing_on_the_first_page_is_what_can_be_done_with_its_day(own: Any) -> None:
    text = own.client().get(reverse("desk-own-start", args=[own.mine])).content.decode()
    first = text[text.index('class="next ') : text.index("</li>", text.index('class="next '))]
    assert re.search(r'class="next (repair-now|object|repair-later|ends) first"', first)
    assert "href=" in first and "next-day" in first


def test_the_file_shows_every_entry_with_its_law_end_and_earliest_day(own: Any) -> None:
    text = own.client().get(reverse("desk-own-file-of", args=[own.mine])).content.decode()
    for entry in own.entries:
        assert f'id="s{entry.id}"' in text
        assert entry.values["CF_WSH"] in text
    assert "公示依据" in text and "可申请修复" in text and 'class="life stack"' in text


def test_an_entry_that_the_public_does_not_see_is_in_the_file_and_says_so(own: Any) -> None:
    entry = own.entries[0]
    with evidence.event(evidence.Act(kind="records.classified", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], severity="minor", window=(None, None, None))
    browser = own.client()
    assert f'id="s{entry.id}"' in browser.get(reverse("desk-own-file-of", args=[own.mine])).content.decode()
    text = browser.get(reverse("desk-own-entry", args=[entry.id])).content.decode()
    assert "公众看不到" in text


def test_an_entry_that_was_repaired_says_nobody_may_use_it_and_offers_nothing_more(own: Any) -> None:
    entry = own.entries[0]
    browser = own.client()
    address = reverse("desk-own-entry", args=[entry.id])
    ways = [reverse(f"desk-own-{name}", args=[entry.id]) for name in ("object", "repair")]
    before = browser.get(address).content.decode()
    assert all(f'href="{way}' in before for way in ways)
    with evidence.event(evidence.Act(kind="records.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="repaired")
    text = browser.get(address).content.decode()
    assert "有关机关也不能再使用" in text and "有关机关看得到" not in text and "停止公示、共享和使用" in text
    assert not any(f'href="{way}' in text for way in ways)


def test_an_objection_is_taken_in_once_however_often_the_button_is_pressed(own: Any) -> None:
    browser = own.client()
    address = reverse("desk-own-object", args=[own.entries[0].id])
    page = browser.get(address).content.decode()
    form = _fields(page) | {"field": "CF_NR_FK", "reason": "罚款金额写错了，应为一万元"}
    answers = [
        browser.post(address, form | {"file": SimpleUploadedFile("决定书.pdf", PDF)}) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [302, 302], answers[0].content.decode()[:2000]
    assert answers[0]["Location"] == answers[1]["Location"]
    lines, _cursor = cases.of_subject(uscc=own.mine)
    assert len(lines) == 1 and lines[0].field == "CF_NR_FK" and lines[0].channel == "workspace"
    shown = browser.get(answers[0]["Location"]).content.decode()
    assert "罚款金额写错了" in shown and "决定书.pdf" in shown and lines[0].number in shown
    assert "有异议" in browser.get(reverse("desk-own-file-of", args=[own.mine])).content.decode()


def test_a_form_opened_for_one_organisation_does_nothing_for_another(own: Any) -> None:
    browser = own.client()
    answer = _object(browser, own, subject=own.other)
    assert answer.status_code == 409 and not cases.of_subject(uscc=own.mine)[0]
    foreign = reverse("desk-own-object", args=[own.foreign.id])
    assert browser.post(foreign, {"subject": own.mine, "reason": "x", "token": "t"}).status_code == 404
    assert not cases.of_subject(uscc=own.other)[0]


def test_an_objection_without_a_reason_or_with_a_strange_file_keeps_what_was_typed(own: Any) -> None:
    browser = own.client()
    assert _object(browser, own, reason="  ").status_code == 400
    answer = _object(
        browser, own, reason="金额不对", file=SimpleUploadedFile("决定书.pdf", b"MZ\x90 program")
    )
    assert answer.status_code == 400 and "金额不对" in answer.content.decode()
    assert not cases.of_subject(uscc=own.mine)[0]


def test_the_forms_token_is_asked_for(own: Any) -> None:
    browser = own.client(enforce_csrf_checks=True)
    for name in ("object", "unsynced"):
        answer = browser.post(reverse(f"desk-own-{name}", args=[own.entries[0].id]), {"subject": own.mine})
        assert answer.status_code == 403


def test_an_expired_session_does_nothing_and_leads_to_sign_in(own: Any) -> None:
    browser = own.client()
    address = reverse("desk-own-object", args=[own.entries[0].id])
    form = _fields(browser.get(address).content.decode()) | {"reason": "金额不对"}
    browser.logout()
    answer = browser.post(address, form)
    assert answer.status_code == 302 and "sign-in" in answer["Location"]
    assert not cases.of_subject(uscc=own.mine)[0]


def test_an_objection_can_be_withdrawn_by_whoever_made_it_and_only_once(own: Any) -> None:
    browser = own.client()
    case = _object(browser, own)["Location"].partition("?")[0]
    page = browser.get(case).content.decode()
    [(action, body)] = re.findall(r'<form method="post" action="([^"]+/act/)"(.*?)</form>', page, re.S)
    form = _fields(body) | {"reason": "查清楚了"}
    assert own.client("other").post(action, form).status_code == 404
    assert own.client("other").get(case).status_code == 404
    answers = [browser.post(action, form) for _ in range(2)]
    assert answers[0].status_code == 302 and answers[1].status_code in (302, 409)
    [line] = cases.of_subject(uscc=own.mine)[0]
    assert line.final and line.outcome == "withdrawn"
    assert "有异议" not in browser.get(reverse("desk-own-file-of", args=[own.mine])).content.decode()


def test_a_notice_is_marked_as_opened_by_opening_it(own: Any) -> None:
    browser = own.client()
    inbox = reverse("desk-own-inbox-of", args=[own.mine])
    first = notices.inbox(uscc=own.mine, limit=1)[0]
    before = browser.get(inbox).content.decode().count('class="unread"')
    text = browser.get(reverse("desk-own-notice", args=[first.id])).content.decode()
    assert "不是法律文书的送达" in text
    assert browser.get(inbox).content.decode().count('class="unread"') == before - 1


def test_reporting_a_place_opens_one_ticket(own: Any) -> None:
    browser = own.client()
    address = reverse("desk-own-unsynced", args=[own.entries[0].id])
    form = _fields(browser.get(address).content.decode()) | {"place": "gsxt", "reason": "还在显示"}
    first = browser.post(address, form)
    second = browser.post(address, form | {"token": "another"})
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert browser.post(address, form | {"place": "elsewhere"}).status_code == 400
    assert "gsxt" in [line.field for line in cases.of_subject(uscc=own.mine)[0]]


def test_who_looked_is_told_with_unit_and_purpose(own: Any) -> None:
    from xinheng.accounts import service as accounts
    from xinheng.register import service as register

    accounts.read(
        actor="desk:clerk", at=AT, what="case", purpose="办理异议和修复", subject={"uscc": own.mine},
        role="department", unit=own.entries[0].authority,
    )  # fmt: skip
    evidence.drain(at=AT)
    text = own.client().get(reverse("desk-own-readings-of", args=[own.mine])).content.decode()
    assert "办理异议和修复" in text
    unit = next(iter(register.get([own.entries[0].authority]).values())).shown_name
    assert f"{unit} · 报送岗" in text and "desk:clerk" not in text
    assert "办理异议和修复" not in own.client("other").get(reverse("desk-own-readings")).content.decode()


def test_the_repair_page_says_when_what_and_where_and_opens_no_case(own: Any) -> None:
    browser = own.client()
    text = browser.get(reverse("desk-own-repair", args=[own.entries[0].id])).content.decode()
    assert "最早哪一天可以申请" in text and "怎么算出来的" in text and "到哪里申请" in text
    letter = browser.get(reverse("desk-own-letter", args=[own.entries[0].id]))
    assert letter.status_code == 200 and letter.content.startswith(b"%PDF")
    assert own.client("other").get(reverse("desk-own-letter", args=[own.entries[0].id])).status_code == 404
    assert not cases.of_subject(uscc=own.mine)[0]


@pytest.mark.parametrize(
    ("name", "allowed"), [("start", 60), ("file-of", 30), ("cases-of", 20), ("inbox-of", 20), ("readings-of", 20), ("sync-of", 40)]
)  # fmt: skip
def test_pages_stay_with_few_queries(own: Any, few_queries: Any, name: str, allowed: int) -> None:
    browser = own.client()
    address = reverse(f"desk-own-{name}", args=[own.mine])
    browser.get(address)
    with few_queries(allowed):
        assert browser.get(address).status_code == 200


def test_no_page_says_a_word_that_must_not_be_said(own: Any) -> None:
    browser = own.client()
    for address in _pages(own):
        text = browser.get(address).content.decode()
        assert not re.search("黑名单|红名单|联合惩戒|老赖", text), address


def test_a_notice_about_a_version_corrected_since_leads_to_the_one_that_stands(own: Any) -> None:
    from xinheng.intake import service as intake

    old = own.entries[0].id
    correction = intake.correction(statement=old, changes={"CF_NR": "罚款人民币壹万元整。"}, at=AT)
    with evidence.event(evidence.Act(kind="records.corrected", actor="test", at=AT)) as event:
        new = intake.write_correction(event=event, correction=correction)
    address = reverse("desk-own-entry", args=[old])
    answer = own.client().get(address)
    assert answer.status_code == 302 and answer["Location"] == reverse("desk-own-entry", args=[new])
    assert "壹万元" in own.client().get(answer["Location"]).content.decode()
    assert own.client("other").get(address).status_code == 404
