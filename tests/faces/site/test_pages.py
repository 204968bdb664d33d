"""Each page says what it has to, asks the database a bounded number of times, and shows nothing it must not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication

pytest_plugins = ("sitekit",)

TODAY = evidence.legal_day(AT)
# Queries a page may need at most; the same however many entries it lists
QUERIES = {
    "home": 24, "results": 16, "nothing found": 11, "did you mean": 12, "no question": 1, "organisation": 24, "licences": 9, "penalties": 9,
    "registration": 12, "on a list": 16, "nothing on file": 9, "masked name": 24, "look back": 12, "penalty": 6,
    "licence": 6, "list entry": 6, "commitment": 6, "narrowed results": 16, "nothing within": 11, "double publicity": 24,
    "penalties of a month": 16, "lists": 24, "one list": 16, "commitments": 16, "honours": 30, "report": 3,
    "verify": 1, "law": 1, "about": 2, "log": 3, "objection": 6, "repair": 6, "not found": 1,
}  # fmt: skip


def text(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_asks_the_database_only_so_often(
    client: Any, seen: Any, at_most: Callable[[int], Any], name: str
) -> None:
    address = seen.addresses()[name]
    client.get(address)
    with at_most(QUERIES[name]):
        answer = client.get(address)
    assert answer.status_code == (404 if name == "not found" else 200)


def test_an_annulled_penalty_leaves_every_page_at_once_and_every_look_back(client: Any, seen: Any) -> None:
    from datetime import timedelta

    from xinheng.records import service as records

    number = seen.penalty.values["CF_WSH"]
    addresses = {
        **seen.addresses(),
        "look back today": f"/org/{seen.penalty.uscc}/?known_on=2026-11-20&valid_on=2026-11-20",
    }
    before = [name for name, address in addresses.items() if number in client.get(address).content.decode()]
    assert {"organisation", "penalties", "penalty", "objection", "repair", "look back today"} & set(before)
    # No follower runs: the gate alone has to answer
    act = evidence.Act(kind="test.annulled", actor="test", at=AT + timedelta(minutes=1))
    with evidence.event(act) as event:
        records.restand(event=event, statement_ids=[seen.penalty.id], state="annulled")
    after = [name for name, address in addresses.items() if number in client.get(address).content.decode()]
    assert after == []


def test_nothing_stands_above_the_search_box_but_the_name(client: Any) -> None:
    page = text(client, "/")
    before = page[page.index("<main") : page.index('type="search"')]
    assert "<h1>" in before
    assert "<nav" not in before
    assert page.count("<h1") == 1


def test_the_front_page_has_six_figures_and_this_weeks_decisions(client: Any) -> None:
    page = text(client, "/")
    assert page.count('class="number"') == 6
    assert "本周双公示" in page
    assert page.count('class="subject"') >= 1


def test_a_code_is_shown_in_groups_and_copies_in_one_piece(client: Any, seen: Any) -> None:
    page = text(client, f"/org/{seen.penalty.uscc}/")
    shown = re.search(r'<span class="code">(.*?)</span></span>', page)
    assert shown is not None
    groups = re.findall(r"<span>(\w+)</span>", shown.group(0))
    assert len(groups) == 4
    assert "".join(groups) == seen.penalty.uscc
    assert re.sub(r"<[^>]+>", "", shown.group(0)) == seen.penalty.uscc


def test_a_penalty_is_shown_with_its_way_out(client: Any, seen: Any) -> None:
    entry = seen.penalty
    for address in (f"/org/{entry.uscc}/penalties/", f"/statement/{entry.id}/"):
        page = text(client, address)
        assert entry.values["CF_WSH"] in page
        assert f'datetime="{entry.show_until.isoformat()}"' in page
        assert f'datetime="{entry.earliest_repair.isoformat()}"' in page
        assert f"/objection/{entry.id}/" in page
        assert f"/repair/{entry.id}/" in page
        assert f'href="/law/{entry.rule}/"' in page
        assert f"{entry.leaf_index:,}" in page


def test_the_life_line_has_its_words_beside_it(client: Any, seen: Any) -> None:
    page = text(client, f"/statement/{seen.penalty.id}/")
    words = page[page.index('class="life-words"') :]
    for day in (
        seen.penalty.decided_on,
        seen.penalty.show_from,
        seen.penalty.earliest_repair,
        seen.penalty.show_until,
    ):
        assert day.isoformat() in words[: words.index("</ol>")]


def test_what_is_not_on_file_is_said_item_by_item(client: Any, seen: Any) -> None:
    from xinheng.faces.site.sections import SECTIONS, items_of

    code = seen.masked.code
    held = publication.counts(uscc=code, audience="public", on=TODAY)
    for section in SECTIONS:
        page = text(client, f"/org/{code}/{section}/")
        missing = [item for item in items_of(section) if item.code not in held]
        none = page[page.index('id="none-title"') :] if missing else ""
        for item in missing:
            assert f"<li>{item.name}</li>" in none, (section, item.code)
        assert not missing or "没有公示中的记录" in none
        assert not missing or "没有记录不等于没有发生" in none


def test_a_section_the_pack_has_no_item_for_is_not_passed_off_as_nothing(
    client: Any, seen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinheng.faces.site.views.organisation.items_of", lambda _section: [])
    assert "本平台暂未归集" in text(client, f"/org/{seen.penalty.uscc}/honours/")


def test_the_overview_never_loads_more_than_a_few_entries_however_many_there_are(
    client: Any, seen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.site.sections import adverse_items

    asked: list[int] = []
    real = publication.statements

    def counted(**wanted: Any) -> Any:
        asked.append(wanted["limit"])
        return real(**wanted)

    monkeypatch.setattr(publication, "statements", counted)
    # Thousands on file: the counts say so, the page still reads only the newest
    many = {item.code: 5_000 for item in adverse_items()} | {"admin-licence": 5_000}
    monkeypatch.setattr(publication, "counts", lambda **_: many)
    page = text(client, f"/org/{seen.penalty.uscc}/")
    assert "5000 条" in page
    assert max(asked) <= 10
    assert len(asked) <= 1 + len(adverse_items())


def test_an_unknown_organisation_tab_or_code_is_not_found(client: Any, seen: Any) -> None:
    for address in (
        "/org/91340600MA2N00000Y/",
        f"/org/{seen.penalty.uscc}/secrets/",
        "/org/1/",
        "/statement/1/",
    ):
        assert "没有这一页" in text(client, address, 404)


def test_a_code_in_small_letters_leads_to_the_page(client: Any, seen: Any) -> None:
    answer = client.get(f"/org/{seen.penalty.uscc.lower()}/")
    if seen.penalty.uscc.lower() != seen.penalty.uscc:
        assert answer.status_code == 301
        assert answer["Location"] == f"/org/{seen.penalty.uscc}/"


def test_withheld_and_never_existed_read_the_same(client: Any, seen: Any) -> None:
    strip = re.compile(r"\d")
    withheld = strip.sub("", text(client, f"/statement/{seen.withheld.id}/", 404))
    assert withheld == strip.sub("", text(client, "/statement/5/", 404))
    assert text(client, "/guide/repair/?statement=5") == text(
        client, f"/guide/repair/?statement={seen.withheld.id}"
    ).replace(str(seen.withheld.id), "5")


def test_a_huge_or_odd_number_in_the_address_is_answered_calmly(client: Any, seen: Any) -> None:
    assert client.get(f"/statement/{10**30}/").status_code == 404
    for after in ("-1", "abc", str(10**30), "１２"):
        assert client.get("/double-publicity/", {"after": after}).status_code == 200
        assert client.get(f"/org/{seen.penalty.uscc}/penalties/", {"after": after}).status_code == 200
        assert client.get("/search/", {"q": "淮北", "after": after}).status_code == 200


def test_what_no_keyboard_types_is_answered_calmly(client: Any, seen: Any) -> None:
    for asked in (
        "\x00\x00",
        "%_%",
        "'; --",
        "龘" * 300,
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "（",
        "* *",
    ):
        assert client.get("/search/", {"q": asked}).status_code == 200, asked
    for address in (
        "/org/--------/",
        "/org/NULLNULL/",
        "/law/..%2F..%2Fetc/",
        "/statement/0/",
        "/verify/" + "9" * 200,
    ):
        assert client.get(address).status_code in (200, 404), address


def test_an_old_number_leads_to_the_page_of_its_unified_code(client: Any, seen: Any) -> None:
    from xinheng.register import service as register

    one = next(
        found for found in register.get(register.codes_after("", limit=10_000)).values() if found.old_number
    )
    answer = client.get(f"/org/{one.old_number}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/org/{one.code}/")


def test_a_name_that_is_only_a_persons_stands_on_no_page(client: Any, seen: Any) -> None:
    name, code = seen.masked.name, seen.masked.code
    for address in (
        f"/org/{code}/",
        f"/en/org/{code}/",
        f"/org/{code}/licences/",
        f"/search/?q={code}",
        f"/org/{code}/report/",
    ):
        page = text(client, address)
        assert name not in page
        assert f"个体工商户{code[-4:]}" in page


def test_a_look_back_says_so_and_keeps_its_days_in_every_link(client: Any, seen: Any) -> None:
    page = text(client, f"/org/{seen.penalty.uscc}/?known_on=2026-11-19&valid_on=2026-11-18")
    assert "您看到的不是今天的情况" in page
    assert f'/org/{seen.penalty.uscc}/penalties/?valid_on=2026-11-18&amp;known_on=2026-11-19"' in page
    assert f'/org/{seen.penalty.uscc}/report/?valid_on=2026-11-18&amp;known_on=2026-11-19"' in page
    # The city came in on the 20th: on the 19th nothing was known
    assert seen.penalty.values["CF_WSH"] not in page


@pytest.mark.parametrize(("asked", "answer"), [("2099-01-01", "这一天还没有到"), ("昨天", "日期要写成")])
def test_a_day_that_cannot_be_is_explained_and_today_is_shown(
    client: Any, seen: Any, asked: str, answer: str
) -> None:
    page = client.get(f"/org/{seen.penalty.uscc}/", {"known_on": asked}).content.decode()
    assert answer in page
    assert "您看到的不是今天的情况" not in page


def listed(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'class="what"><a href="/statement/(\d+)/"', page)]


def walked(client: Any, address: str, pages: int = 40) -> list[int]:
    """The statements of a list from its first page to its last."""
    found: list[int] = []
    for _ in range(pages):
        page = text(client, address)
        found += listed(page)
        more = re.search(r'class="pager"><a class="button quiet" href="([^"]+)"', page)
        if more is None:
            return found
        address = more.group(1).replace("&amp;", "&")
    raise AssertionError("the list never ends")


def public(*items: str) -> list[Any]:
    """What the gate shows of these items, in the order of the lists."""
    found: list[Any] = []
    for item in items:
        after = None
        while part := publication.statements(audience="public", on=TODAY, item=item, limit=500, after=after):
            found += part
            after = part[-1].id
    return sorted(found, key=lambda entry: (entry.decided_on, entry.id), reverse=True)


@pytest.mark.parametrize(
    ("address", "items"),
    [
        ("/double-publicity/", ("admin-licence", "admin-penalty")),
        ("/double-publicity/?item=admin-penalty", ("admin-penalty",)),
        ("/commitments/", ("commitment",)),
        ("/honours/", ("honour", "qualification", "tax-grade-a")),
        ("/lists/abnormal-operation/", ("abnormal-operation",)),
        ("/lists/serious-list/", ("serious-list",)),
        ("/lists/judgment-defaulter/", ("judgment-defaulter",)),
    ],
)
def test_the_pages_of_a_list_hold_every_entry_once_and_count_nothing(
    client: Any, address: str, items: tuple[str, ...]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        found = walked(client, address)
    assert found, address
    assert len(found) == len(set(found))
    assert found == [entry.id for entry in public(*items)]
    told = " ".join(query["sql"] for query in captured.captured_queries)
    assert "COUNT(" not in told.upper()
    assert " OFFSET " not in told.upper()


def test_an_organisations_tab_pages_through_everything_of_an_item(client: Any, seen: Any) -> None:
    code = seen.penalty.uscc
    found = walked(client, f"/org/{code}/penalties/")
    cards = [int(one) for one in re.findall(r'id="s(\d+)"', text(client, f"/org/{code}/penalties/"))]
    assert sorted(found or cards) == sorted(
        entry.id
        for entry in publication.statements(
            audience="public", on=TODAY, item="admin-penalty", uscc=code, limit=500
        )
    )


def test_double_publicity_can_be_narrowed_by_plain_links_and_by_a_form(client: Any, seen: Any) -> None:
    page = text(client, "/double-publicity/")
    main = page[page.index("<main") :]
    links = re.findall(r'href="([^"]+)"', main)
    assert any("item=admin-penalty" in link for link in links)
    assert any("month=2026-" in link for link in links)
    assert 'name="authority"' in main
    entry = seen.penalty
    asked = f"item=admin-penalty&month={entry.decided_on:%Y-%m}&authority={entry.authority}"
    narrowed = walked(client, f"/double-publicity/?{asked}")
    assert narrowed == [
        one.id
        for one in public("admin-penalty")
        if f"{one.decided_on:%Y-%m}" == f"{entry.decided_on:%Y-%m}" and one.authority == entry.authority
    ]
    assert entry.id in narrowed


def test_what_narrows_a_list_is_shown_and_can_be_taken_away(client: Any) -> None:
    page = text(client, "/double-publicity/?item=admin-penalty&month=2026-10")
    chips = page[page.index('class="chips"') : page.index("全部去掉")]
    assert 'href="/double-publicity/?item=admin-penalty"' in chips
    assert 'href="/double-publicity/?month=2026-10"' in chips


def test_every_list_says_on_what_basis_it_stands_and_how_one_comes_off(client: Any) -> None:
    from xinheng.faces.site.sections import items_of
    from xinheng.law import service as law

    page = text(client, "/lists/")
    for item in items_of("lists"):
        assert f'href="/lists/{item.code}/"' in page
        own = text(client, f"/lists/{item.code}/")
        assert 'id="off"' in own
        assert item.basis[0].instrument.title in own
    for kind in law.active().lists.values():
        if kind.item == "serious-list":
            assert kind.name in text(client, "/lists/serious-list/")
    for address in ("/lists/", "/lists/serious-list/", "/lists/judgment-defaulter/"):
        shown = text(client, address)
        assert "黑名单" not in shown
        assert "老赖" not in shown
        assert ".csv" not in shown
        assert ".xlsx" not in shown


def test_a_kind_of_list_without_an_entry_is_answered_with_none_and_not_with_all(client: Any) -> None:
    from xinheng.law import service as law

    field = law.active().items["serious-list"].by_code["YZ_LB"]
    held = {entry.values["YZ_LB"] for entry in public("serious-list")}
    empty = next(kind for kind in field.choices if kind not in held)
    page = client.get("/lists/serious-list/", {"kind": empty}).content.decode()
    assert listed(page) == []
    assert "这个范围里没有公示中的记录" in page
    assert f"<strong>{empty}</strong>" in page


def test_commitments_are_listed_by_kind_and_by_how_they_were_kept(client: Any) -> None:
    entries = public("commitment")
    for name, field in (("kind", "CN_LX"), ("state", "CN_ZT")):
        value = entries[0].values[field]
        found = walked(client, f"/commitments/?{name}={value}")
        assert found == [entry.id for entry in entries if entry.values[field] == value]
    # The form sends the kind along that was chosen before: the state just chosen wins
    both = text(client, f"/commitments/?kind={entries[0].values['CN_LX']}&state={entries[0].values['CN_ZT']}")
    assert both.count('class="chips"') == 1
    assert len(re.findall(r"，点此去掉", both)) == 1


def test_a_list_that_is_none_is_not_found(client: Any) -> None:
    text(client, "/lists/admin-licence/", 404)
    text(client, "/lists/nothing/", 404)


def test_results_can_be_narrowed_by_kind_place_and_state(client: Any) -> None:
    from xinheng.register import service as register

    page = text(client, "/search/?q=淮北&kind=个体工商户")
    codes = re.findall(r'class="name"><a href="/org/(\w+)/"', page)
    assert codes
    assert all(code.startswith("92") for code in codes)
    ended = text(client, "/search/?q=淮北&state=ended")
    codes = re.findall(r'class="name"><a href="/org/(\w+)/"', ended)
    assert not any(one.active for one in register.get(codes).values())
    assert 'href="/search/?q=%E6%B7%AE%E5%8C%97"' in ended[ended.index('class="chips"') :]


def test_a_name_with_a_word_too_many_is_bridged_to_shorter_ones(client: Any) -> None:
    page = text(client, "/search/?q=淮北市云龙山泉乳业有限公司")
    bridges = page[page.index('class="bridges"') :]
    assert "云龙山泉乳业</a>" in bridges
    assert "云龙</a>" in bridges


def test_a_filter_nobody_offers_is_ignored(client: Any) -> None:
    odd = text(client, "/double-publicity/?item=secret&authority=x&month=1066-01")
    assert re.findall(r"/statement/\d+/", odd) == re.findall(
        r"/statement/\d+/", text(client, "/double-publicity/")
    )


def test_a_search_marks_the_match_and_keeps_the_words_as_typed(client: Any, seen: Any) -> None:
    from xinheng.register import service as register

    name = register.get([seen.penalty.uscc])[seen.penalty.uscc].name
    page = client.get("/search/", {"q": f" {name[2:6]} "}).content.decode()
    assert f"<mark>{name[2:6]}</mark>" in page
    assert f'value=" {name[2:6]} "' in page


def test_a_search_for_a_code_finds_its_organisation(client: Any, seen: Any) -> None:
    assert (
        f'href="/org/{seen.penalty.uscc}/"'
        in client.get("/search/", {"q": seen.penalty.uscc}).content.decode()
    )


def test_an_empty_search_teaches(client: Any) -> None:
    assert "请至少输入两个字" in text(client, "/search/?q=淮")
    assert "要查哪一家" in text(client, "/search/?q=")
    assert "本站只收录机构" in text(client, "/search/?q=查无此名称之公司")
    assert "统一社会信用代码是 18 位" in text(client, "/search/?q=9134060OI234")


def test_what_a_visitor_types_is_never_markup(client: Any) -> None:
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_provision_shows_its_citation_days_and_standing(client: Any, seen: Any) -> None:
    from xinheng.law import service as law

    rule = law.provision(seen.penalty.rule)
    page = text(client, f"/law/{seen.penalty.rule}/")
    assert rule.citation in page
    assert rule.in_force_from.isoformat() in page
    assert ("待核实" in page) is (rule.confidence != "verified")
    text(client, "/law/no-such-provision/", 404)


def test_the_guide_gives_the_earliest_day_of_the_entry_it_was_opened_from(client: Any, seen: Any) -> None:
    page = text(client, f"/guide/repair/?statement={seen.penalty.id}")
    assert f'datetime="{seen.penalty.earliest_repair.isoformat()}"' in page
    assert "信用中国" in page
    assert "www.gsxt.gov.cn" in page


def test_about_says_what_is_not_here_and_gives_every_blank_form(client: Any) -> None:
    from xinheng.law import service as law

    page = text(client, "/about/")
    assert "没有自然人" in page
    for item in law.active().items:
        assert f'href="/templates/{item}.xlsx"' in page


def test_every_page_of_a_demonstration_says_that_everything_is_fictional(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        assert "演示数据，主体和记录均为虚构" in client.get(address).content.decode(), name
        assert "everything here is fictional" in client.get(f"/en{address}").content.decode(), name


def test_the_frame_leads_everywhere_and_marks_where_one_is(client: Any, seen: Any) -> None:
    page = text(client, f"/lists/{seen.listed.item}/")
    for address in (
        "/search/",
        "/double-publicity/",
        "/lists/",
        "/commitments/",
        "/statistics/",
        "/catalogue/",
    ):
        assert f'href="{address}"' in page
    for address in (
        "/articles/",
        "/open-data/",
        "/sources/",
        "/verify/",
        "/desk/sign-in/",
        "/map/",
        "/honours/",
    ):
        assert f'href="{address}"' in page
    assert re.search(r'href="/lists/" aria-current="page"', page)


def test_a_listed_entry_shows_how_to_come_off_and_its_life_line(client: Any, seen: Any) -> None:
    page = text(client, f"/statement/{seen.listed.id}/")
    assert 'class="life-words"' in page
    assert "列入" in page
    assert f"/objection/{seen.listed.id}/" in page
    assert "怎样移出" in page or "起可申请修复" in page or "起已可申请修复" in page


def test_the_working_counts_the_days_from_the_decision(client: Any, seen: Any) -> None:
    entry = seen.penalty
    page = text(client, f"/statement/{entry.id}/")
    steps = page[page.index('class="working-steps"') :]
    days = (entry.show_until - entry.decided_on).days
    assert f"第 {days:,} 天" in steps
    assert f"第 {(entry.earliest_repair - entry.decided_on).days:,} 天" in steps


def test_the_log_page_shows_the_checkpoint_that_programs_get(client: Any) -> None:
    note = text(client, "/log/checkpoint")
    assert note.strip().splitlines()[2] in text(client, "/log/")


def test_robots_are_kept_from_what_ends(client: Any) -> None:
    rules = text(client, "/robots.txt")
    for path in ("/org/", "/statement/", "/search/", "/double-publicity/"):
        assert f"Disallow: {path}\n" in rules
        assert f"Disallow: /en{path}\n" in rules


def test_reading_is_all_that_reading_pages_allow(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        if name not in {"verify", "not found"}:
            assert client.post(address).status_code == 405, name
        assert client.head(address).status_code in (200, 404), name
