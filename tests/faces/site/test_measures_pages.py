"""Kinds of lists, measures and the 1 % line for everyone: complete, sourced, in both languages, and nobody named."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from sitekit import HAN, Texts

import listtown as town
from moments import AT

pytest_plugins = ("sitekit",)
ADDRESSES = ("/lists/kinds/", "/measures/", "/lists/numbers/")
ON = AT.date()
WAYS = {"removal": "提前移出", "correction": "更正", "revocation": "撤销列入决定", "expiry": "届满移出"}


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def _rows(client: Any, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_kind_of_list_stands_with_authority_basis_conduct_stay_and_four_ways_off(
    seen: Any, client: Any
) -> None:
    from xinheng.law import service as law

    pack = law.active()
    kinds = law.list_kinds(pack=pack, on=ON)
    page = client.get("/lists/kinds/").content.decode()
    assert len(kinds) > 20
    for kind in kinds.values():
        part = page[page.index(f'id="k-{kind.code}"') :].split("</section>")[0]
        words = _words(part)
        assert kind.name in words
        assert pack.sectors[kind.authority].name in words
        for cited in kind.basis:
            assert str(cited) in words, kind.code
        for trigger in kind.triggers:
            assert trigger.zh in words, kind.code
        for one in kind.exits:
            assert WAYS[one.kind] in words, (kind.code, one.kind)
            assert one.zh in words, (kind.code, one.kind)
        assert {"removal", "correction", "revocation"} <= {one.kind for one in kind.exits}, kind.code
        assert (kind.warning > 0) is (kind.stay is not None), kind.code
        if kind.warning:
            assert f"{kind.warning} 天" in words


def test_what_was_not_checked_against_the_text_is_marked_and_never_shown_as_law(
    seen: Any, client: Any
) -> None:
    from xinheng.law import service as law

    page = client.get("/lists/kinds/").content.decode()
    for kind in law.list_kinds(pack=law.active(), on=ON).values():
        part = page[page.index(f'id="k-{kind.code}"') :].split("</section>")[0]
        if kind.stay is not None and kind.stay.source.confidence != "verified":
            stay = part[part.index("最长期限") :].split("</dd>")[0]
            assert "待核实" in stay, kind.code
    measures = client.get("/measures/").content.decode()
    for measure in law.measures(pack=law.active(), on=ON).values():
        part = measures[measures.index(f'id="m-{measure.code}"') :].split("</article>")[0]
        grounds = re.findall(r'class="ground-cite".*?</p>', part, re.S)
        assert len(grounds) == len(measure.grounds)
        for ground, shown in zip(measure.grounds, grounds, strict=True):
            assert ("待核实" in shown) is (ground.confidence != "verified"), (measure.code, ground.code)


def test_every_measure_stands_with_provision_who_may_and_whether_it_must(seen: Any, client: Any) -> None:
    from xinheng.law import service as law

    page = client.get("/measures/").content.decode()
    for measure in law.measures(pack=law.active(), on=ON).values():
        part = _words(page[page.index(f'id="m-{measure.code}"') :].split("</article>")[0])
        assert measure.name in part
        for ground in measure.grounds:
            assert str(ground.citation) in part, (measure.code, ground.code)
            assert ground.scope_text in part
            if measure.group != 3:
                assert {"must": "应当", "may": "可以"}[ground.strength] in part
    assert "由该部门依法决定" in _words(page)


def test_where_nothing_was_adopted_what_is_unverified_has_no_effect_and_the_row_says_so(seen: Any) -> None:
    from xinheng.faces.site import measure_rows as rows
    from xinheng.law import packs
    from xinheng.law import service as law

    pack = packs.load("huaibei", packs.default_packs_dir())
    assert not pack.adopted
    measures = law.measures(pack=pack, on=ON)
    shown = {row.code: row for _group, _title, _says, found in rows.measures(pack, ON) for row in found}
    for code, measure in measures.items():
        for ground, row in zip(measure.grounds, shown[code].grounds, strict=True):
            assert row.rests.works is (ground.confidence != "unverified" or ground.source.protective)
    for kind in rows.kinds(pack, ON):
        source = pack.lists[kind.code].early
        if source is not None and source.source.confidence == "unverified" and not source.source.protective:
            assert kind.early_rests is not None
            assert not kind.early_rests.works


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_of_lists_or_measures_uses_a_word_that_is_not_law_or_names_a_measure_on_persons(
    seen: Any, client: Any, address: str
) -> None:
    words = _words(client.get(address).content.decode())
    for word in ("黑名单", "红名单", "老赖", "重点关注", "限制高消费", "限制出境", "限制任职"):
        assert word not in words, word
    official = ("拖欠农民工工资失信联合惩戒对象", "养老服务市场失信联合惩戒对象", "联合惩戒对象")
    for name in official:
        words = words.replace(name, "")
    assert "联合惩戒" not in words


@pytest.mark.parametrize("address", ADDRESSES)
def test_in_english_every_word_is_english_or_says_that_it_is_chinese(
    seen: Any, client: Any, address: str
) -> None:
    page = client.get("/en" + address).content.decode()
    stray = [
        text for language, text in Texts(page).found if HAN.search(text) and not language.startswith("zh")
    ]
    assert not stray, stray[:12]


def test_the_files_say_what_the_pages_say(seen: Any, client: Any) -> None:
    from xinheng.law import service as law

    pack = law.active()
    kinds = _rows(client, "/lists/kinds.csv")
    assert [row[0] for row in kinds[1:]] == list(law.list_kinds(pack=pack, on=ON))
    measures = _rows(client, "/measures.csv")
    assert len(measures) - 1 == sum(len(one.grounds) for one in law.measures(pack=pack, on=ON).values())
    for row in (*kinds, *measures):
        assert len(row) == len(kinds[0]) or len(row) == len(measures[0])


def test_the_gauge_says_the_ratio_of_the_lists_in_figures_and_words(seen: Any, client: Any) -> None:
    from xinheng.lists import service as lists

    ratio = lists.ratio(on=ON)
    page = client.get("/lists/numbers/").content.decode()
    words = _words(page)
    assert f"{ratio.percent} %" in words
    assert f"企业 {ratio.listed:,} 家" in words
    assert f"存续企业 {ratio.existing:,} 家" in words
    assert ("超过 1 % 的线" in words) is ratio.over
    assert ("低于 1 % 的线" in words) is not ratio.over


def test_the_tables_of_the_lists_are_what_their_files_hold_and_name_no_organisation(
    seen: Any, client: Any
) -> None:
    from xinheng.lists import service as lists

    town.received(town.row(town.firm()))
    ratio = lists.ratio(on=ON)
    by_kind = _rows(client, "/lists/numbers/listed-by-kind.csv")
    assert {row[0]: (int(row[2]), int(row[3])) for row in by_kind[1:]} == {
        kind: (enterprises, entries)
        for kind, enterprises, entries in ratio.by_kind.select("kind", "enterprises", "entries").iter_rows()
    }
    reasons = _rows(client, "/lists/numbers/exits-by-reason.csv")
    months = _rows(client, "/lists/numbers/exits-by-month.csv")
    kinds = _rows(client, "/lists/numbers/exits-by-kind.csv")
    assert [row[0] for row in reasons[1:]] == ["removal", "correction", "revocation", "expiry"]
    assert len(months) == 13, "twelve months and the head"
    total = sum(int(row[2]) for row in reasons[1:])
    assert total == sum(int(row[2]) for row in months[1:]) == sum(int(row[2]) for row in kinds[1:])
    everything = client.get("/lists/numbers/").content.decode()
    listed, _after = lists.entries(on=ON, limit=200)
    assert town.KIND in {one.kind for one in listed}
    assert not [one for one in listed if one.name in everything or one.uscc in everything]


def test_a_table_that_does_not_exist_is_not_found(seen: Any, client: Any) -> None:
    assert client.get("/lists/numbers/none.csv").status_code == 404


@pytest.mark.parametrize(
    ("address", "allowed"), [("/lists/kinds/", 8), ("/measures/", 8), ("/lists/numbers/", 25)]
)
def test_a_page_asks_the_database_a_bounded_number_of_times(
    seen: Any, client: Any, at_most: Any, address: str, allowed: int
) -> None:
    client.get(address)
    with at_most(allowed):
        assert client.get(address).status_code == 200
