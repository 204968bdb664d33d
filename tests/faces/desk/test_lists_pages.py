"""The desk's pages of lists, listings and the watch list: who sees what, what is told before an act, what never leaks."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from deskcases import ON, plain
from tonguekit import stray

import listtown as town
from moments import AT

pytest_plugins = ("deskkit", "deskcases")
FORBIDDEN = ("黑名单", "红名单", "老赖")
REASON = "两次抽查不合格需要多看几眼"


def _unit(words: str) -> str:
    """A unit of the city whose name holds these words."""
    from xinheng.register import service as register

    codes = [code for code in register.codes_after("", limit=10_000) if code.startswith("11")]
    return next(
        one.code
        for one in register.get(codes).values()
        if one.name.endswith(words) and one.region.endswith("00")
    )


def _account(name: str, body: str, role: str = "authority") -> None:
    from xinheng.accounts import service as accounts

    accounts.add(
        name=name, role=role, body=body, title="测试岗", password="correct-horse-battery", at=AT, actor="test"
    )


@pytest.fixture
def listtown(casetown: Any) -> Any:
    """The town with two colleagues of an authority that keeps a list, and one of another unit."""
    keeper = _unit("市场监督管理局")
    _account("keeper", keeper)
    _account("keeper2", keeper)
    _account("stranger", _unit("教育局"))
    casetown.keeper = keeper
    return casetown


def _firm(body: str = "") -> Any:
    """A registered enterprise that exists and is on no list of market regulation."""
    from xinheng.lists import service as lists
    from xinheng.register import service as register

    codes = [code for code in register.codes_after("", limit=5_000) if code.startswith("91")]
    on_it = lists.of_usccs(usccs=codes, on=ON)
    return next(
        one
        for one in register.get(codes).values()
        if one.status == "存续" and not any(row.kind == "market-serious" for row in on_it.get(one.code, []))
    )


def _fields(text: str) -> dict[str, str]:
    form = next(part for part in re.findall(r"<form.*?</form>", text, re.S) if 'name="token"' in part)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def _given(browser: Any, firm: Any, kind: str = "market-serious") -> dict[str, str]:
    """The form of an opening, filled in."""
    text = browser.get("/desk/lists/open/", {"uscc": firm.code, "kind": kind}).content.decode()
    trigger = re.search(r'name="trigger" value="([^"]+)"', text)
    return _fields(text) | {
        "trigger": trigger[1] if trigger else "",
        "facts": "销售不合格产品，情节严重，逾期未改。",
        "documents": "测罚〔2026〕99号",
    }


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("clerk", True), ("reviewer", True), ("authority", True), ("office", True), ("auditor", True),
    ],
)  # fmt: skip
def test_who_is_on_a_list_is_shown_to_every_role_of_the_desk(casetown: Any, name: str, sees: bool) -> None:
    answer = casetown.client(name).get("/desk/lists/")
    assert (answer.status_code == 200) is sees
    text = plain(answer.content.decode())
    assert "1 %" in text
    assert "存续企业" in text
    for word in FORBIDDEN:
        assert word not in text


def test_only_a_deciding_authority_may_open_a_listing_and_the_credit_office_lists_nobody(
    listtown: Any,
) -> None:
    for name in ("clerk", "reviewer", "office", "auditor"):
        assert listtown.client(name).get("/desk/lists/open/").status_code == 403, name
        assert listtown.client(name).post("/desk/lists/open/", {}).status_code == 403, name
    answer = listtown.client("keeper").get("/desk/lists/open/")
    assert answer.status_code == 200
    assert "市场监督管理严重违法失信" in answer.content.decode()


def test_a_list_of_another_department_is_closed_with_the_reason(listtown: Any) -> None:
    browser, firm = listtown.client("stranger"), _firm()
    answer = browser.get("/desk/lists/open/", {"uscc": firm.code, "kind": "market-serious"})
    assert answer.status_code == 400
    assert "没有这项权限" in answer.content.decode()
    text = browser.get("/desk/lists/open/").content.decode()
    assert 'value="market-serious"' not in text
    assert "由市场监管部门认定" in text


def test_before_a_listing_is_opened_the_page_says_whom_it_touches_on_what_basis_and_how_one_comes_off(
    listtown: Any,
) -> None:
    from xinheng.cases import service as cases

    browser, firm = listtown.client("keeper"), _firm()
    looked = browser.post("/desk/lists/open/", _given(browser, firm))
    assert looked.status_code == 200
    text = plain(looked.content.decode())
    for word in (
        firm.shown_name,
        "设立依据",
        "最长期限",
        "提前移出",
        "更正",
        "撤销列入决定",
        "届满移出",
        "陈述申辩",
        "确认：立案",
    ):
        assert word in text, word
    assert "测罚〔2026〕99号" in text
    assert cases.of_subject(uscc=firm.code)[0] == [], "a look opens nothing"


def test_a_listing_is_opened_once_however_often_its_form_is_sent(listtown: Any) -> None:
    from xinheng.cases import service as cases

    browser, firm = listtown.client("keeper"), _firm()
    form = _given(browser, firm) | {"stage": "do"}
    first = browser.post("/desk/lists/open/", form)
    again = browser.post("/desk/lists/open/", form)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    [line] = cases.of_subject(uscc=firm.code)[0]
    assert line.kind == "listing"
    shown = browser.get(first["Location"])
    text = plain(shown.content.decode())
    assert shown.status_code == 200
    for word in (
        "拟列入的事实",
        "市场监督管理严重违法失信",
        "测罚〔2026〕99号",
        "拟列入告知",
        "公示以后才有记录",
    ):
        assert word in text, word
    assert (
        line.number.split("局")[-1]
        in listtown.client("keeper2").get("/desk/lists/?view=cases").content.decode()
    )


@pytest.mark.parametrize("missing", ["facts", "documents", "trigger"])
def test_a_listing_without_facts_documents_or_conduct_is_sent_back(listtown: Any, missing: str) -> None:
    browser, firm = listtown.client("keeper"), _firm()
    answer = browser.post("/desk/lists/open/", _given(browser, firm) | {"stage": "do", missing: ""})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_a_code_that_is_not_registered_or_no_code_at_all_opens_no_form(listtown: Any) -> None:
    browser = listtown.client("keeper")
    for typed in ("91340600MA2N0XXXX1", "x", "91110000600037341L"):
        answer = browser.get("/desk/lists/open/", {"uscc": typed, "kind": "market-serious"})
        assert answer.status_code == 400, typed
        assert 'name="facts"' not in answer.content.decode()


def test_what_was_typed_goes_by_post_and_a_persons_number_is_neither_shown_nor_looked_up(
    listtown: Any,
) -> None:
    browser, firm = listtown.client("keeper"), _firm()
    form = browser.get("/desk/lists/open/").content.decode()
    assert 'method="post" class="row-form ask"' in form and 'name="stage" value="choose"' in form
    given = {"stage": "choose", "kind": "market-serious"}
    assert 'name="facts"' in browser.post("/desk/lists/open/", given | {"uscc": firm.code}).content.decode()
    person = "34060219900101" + "1239"
    answer = browser.post("/desk/lists/open/", given | {"uscc": person})
    assert answer.status_code == 400
    assert person not in answer.content.decode()


def test_an_opened_listing_is_seen_by_nobody_outside_its_authority_and_the_office(listtown: Any) -> None:
    browser, firm = listtown.client("keeper"), _firm()
    number = browser.post("/desk/lists/open/", _given(browser, firm) | {"stage": "do"})["Location"].split(
        "?"
    )[0]
    facts = "销售不合格产品"
    for name in ("stranger", "rival", "foreign"):
        assert listtown.client(name).get(number).status_code == 404, name
        assert facts not in listtown.client(name).get("/desk/lists/?view=cases").content.decode()
    assert listtown.client("office").get(number).status_code == 200
    visitor = listtown.client("")
    for address in (f"/org/{firm.code}/", f"/org/{firm.code}/lists/", "/lists/", "/lists/serious-list/"):
        assert facts not in visitor.get(address).content.decode(), address


def test_who_left_a_list_is_told_to_its_authority_and_not_to_another(listtown: Any) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.lists import service as lists
    from xinheng.records import service as records

    town.received(town.row(town.firm()))
    entry = lists.entries(kind=town.KIND, on=ON, limit=1)[0][0]
    with evidence.event(evidence.Act(kind="records.test", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.statement], state="repaired")
    evidence.drain(at=AT)
    _account("own", entry.authority)
    others = (listtown.mine, listtown.other, listtown.keeper)
    _account("away", next(one for one in others if one != entry.authority))
    asked = {"view": "left", "uscc": entry.uscc, "body": entry.authority}
    own = plain(listtown.client("own").get("/desk/lists/", asked).content.decode())
    away = plain(listtown.client("away").get("/desk/lists/", asked).content.decode())
    assert entry.name in own
    assert "提前移出" in own
    assert entry.name not in away
    assert "请选列入机关" in plain(listtown.client("office").get("/desk/lists/?view=left").content.decode())


@pytest.mark.parametrize("name", ["authority", "office"])
@pytest.mark.parametrize("view", ["", "leaving", "left", "cases"])
def test_a_view_of_the_lists_asks_the_database_a_bounded_number_of_times(
    casetown: Any, few_queries: Any, name: str, view: str
) -> None:
    browser, asked = casetown.client(name), {"view": view, "body": casetown.mine if view == "left" else ""}
    browser.get("/desk/lists/", asked)
    with few_queries(40):
        assert browser.get("/desk/lists/", asked).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "none"}, {"view": "x"}, {"after": "x"}, {"after": "9" * 40}, {"view": "leaving", "after": "x.y"}, {"uscc": "'; --"},
        {"body": "x" * 90},
    ],
)  # fmt: skip
def test_no_address_breaks_the_page(casetown: Any, asked: dict[str, str]) -> None:
    assert casetown.client("office").get("/desk/lists/", asked).status_code in (200, 400)


def _watch(browser: Any, code: str, **told: str) -> Any:
    given = {"act": "add", "uscc": code, "reason": REASON, "basis": "抽查计划第三条"}
    return browser.post(
        "/desk/watch/", given | {"until": (ON + timedelta(days=90)).isoformat()} | told, follow=True
    )


def test_a_watch_is_seen_by_its_unit_alone_and_on_no_public_page(casetown: Any) -> None:
    firm = _firm()
    answer = _watch(casetown.client("authority"), firm.code)
    assert answer.status_code == 200
    assert REASON in answer.content.decode()
    assert REASON in casetown.client("clerk").get("/desk/watch/").content.decode(), (
        "a colleague of the same unit"
    )
    for name in ("foreign", "rival"):
        assert REASON not in casetown.client(name).get("/desk/watch/").content.decode(), name
    for name in ("office", "auditor", "reviewer"):
        assert casetown.client(name).get("/desk/watch/").status_code == 403, name
    visitor = casetown.client("")
    for address in (
        f"/org/{firm.code}/",
        f"/org/{firm.code}/lists/",
        "/lists/",
        "/lists/numbers/",
        "/lists/kinds/",
    ):
        text = visitor.get(address).content.decode()
        assert REASON not in text, address
        assert "重点关注" not in plain(text), address


def test_the_organisation_is_not_told_that_it_is_watched_by_the_list_of_who_looked(casetown: Any) -> None:
    from xinheng.evidence import service as evidence

    firm = _firm()
    browser = casetown.client("authority")
    _watch(browser, firm.code)
    browser.get("/desk/watch/")
    read = [one.body["detail"] for one in evidence.events(kinds=["accounts.read"])]
    watching = [one for one in read if one.get("what") == "watch"]
    assert watching, "reading it is in the ledger"
    assert firm.code not in str(watching)


def test_a_watch_without_a_reason_a_basis_or_an_end_within_a_year_is_refused(casetown: Any) -> None:
    browser, firm = casetown.client("authority"), _firm()
    for told in (
        {"reason": ""},
        {"basis": ""},
        {"until": ""},
        {"until": "2028-11-20"},
        {"until": "2026-11-01"},
    ):
        answer = _watch(browser, firm.code, **told)
        assert answer.status_code == 400, told
        assert 'role="alert"' in answer.content.decode()
    assert "没有重点关注" in browser.get("/desk/watch/").content.decode()


def test_an_individual_business_is_never_watched(casetown: Any) -> None:
    from xinheng.register import service as register

    code = next(one for one in register.codes_after("", limit=5_000) if one.startswith("92"))
    answer = _watch(casetown.client("authority"), code)
    assert answer.status_code == 400
    assert "个体工商户" in answer.content.decode()


def test_a_watch_is_ended_by_its_unit_with_a_reason_and_by_nobody_else(casetown: Any) -> None:
    firm, browser = _firm(), casetown.client("authority")
    text = _watch(browser, firm.code).content.decode()
    number = re.search(r'name="id" value="(\d+)"', text)
    assert number is not None
    end = {"act": "end", "id": number[1], "reason": "连续两次抽查合格"}
    assert casetown.client("foreign").post("/desk/watch/", end).status_code == 400
    assert browser.post("/desk/watch/", end | {"reason": ""}).status_code == 400
    assert REASON in browser.get("/desk/watch/").content.decode()
    assert browser.post("/desk/watch/", end).status_code == 302
    assert REASON not in browser.get("/desk/watch/").content.decode()


@pytest.mark.parametrize("address", ["/desk/lists/", "/desk/watch/", "/desk/lists/open/", "/desk/measures/"])
def test_in_english_every_word_of_the_page_is_english_or_says_that_it_is_chinese(
    listtown: Any, address: str
) -> None:
    page = listtown.client("keeper").get("/en" + address).content.decode()
    assert not stray(page), stray(page)[:12]


def test_the_entry_a_listing_made_is_not_headed_corrected_until_it_is() -> None:
    from xinheng.faces.desk.views.cases_one import _first

    def made(*ids: int) -> list[Any]:
        return [SimpleNamespace(detail={"effect": {"statement": one}}) for one in ids]

    listing, objection = SimpleNamespace(statement=None), SimpleNamespace(statement=5)
    assert _first(listing, [SimpleNamespace(detail={}), *made(7)]) == 7
    assert _first(listing, made(7, 9)) == 7
    assert _first(objection, made(6)) == 5
    assert _first(listing, []) is None
