from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.register import service as register
from xinheng.search import service as search
from xinheng.search import store
from xinheng.search.ranking import best, understand

Load = Callable[..., Any]
Code = Callable[..., str]


def found(q: str, **more: Any) -> list[str]:
    return [hit.name for hit in search.find(q=q, **more).hits]


@pytest.fixture
def town(load: Load, make_code: Code) -> dict[str, str]:
    names = [
        ("淮北市甲乙建筑有限公司", "淮北市第一建筑公司"),
        ("淮北市甲乙建筑", ""),
        ("甲乙建筑工程有限公司", "", "注销"),
        ("濉溪县（ABC）甲乙建筑集团 有限公司", ""),
        ("甲乙", ""),
        ("丙丁面粉厂", "甲乙建筑面粉厂;淮北面粉厂"),
        ("第一名称：戊己粮管所 第二名称：庚辛粮油公司", ""),
        ("丙丁的店", "", "", "320404000009558"),
    ]
    codes = {row[0]: make_code(number) for number, row in enumerate(names, start=10)}
    load([[codes[row[0]], *row] for row in names])
    return codes


def test_a_fragment_of_two_characters_finds_short_before_long_and_active_before_ended(
    town: dict[str, str],
) -> None:
    assert found("建筑") == [
        "淮北市甲乙建筑", "淮北市甲乙建筑有限公司", "濉溪县（ABC）甲乙建筑集团有限公司", "丙丁面粉厂", "甲乙建筑工程有限公司",
    ]  # fmt: skip


def test_exact_comes_before_beginning_before_former_before_fragment(town: dict[str, str]) -> None:
    assert found("甲乙") == [
        "甲乙", "甲乙建筑工程有限公司", "丙丁面粉厂", "淮北市甲乙建筑", "淮北市甲乙建筑有限公司", "濉溪县（ABC）甲乙建筑集团有限公司",
    ]  # fmt: skip


def test_a_hit_says_which_name_matched(town: dict[str, str]) -> None:
    (hit,) = search.find(q="淮北市第一建筑公司").hits
    assert (hit.name, hit.matched_name, hit.is_former) == (
        "淮北市甲乙建筑有限公司",
        "淮北市第一建筑公司",
        True,
    )
    (hit,) = search.find(q="庚辛粮油").hits
    assert (hit.name, hit.matched_name, hit.is_former) == ("戊己粮管所", "庚辛粮油公司", False)
    assert hit.as_dict()["code"] == town["第一名称：戊己粮管所 第二名称：庚辛粮油公司"]


def test_codes_are_found_whole_from_their_beginning_and_by_old_number(town: dict[str, str]) -> None:
    code = town["甲乙"]
    for text in (
        code,
        code.lower(),
        f" {code[:2]} {code[2:8]} {code[8:]}",
        f"统一社会信用代码：{code}",
        f"{code}(1-1)",
    ):
        assert found(text) == ["甲乙"], text
    assert len(found(code[:8], limit=100)) == len(town)
    assert found("320404000009558") == ["丙丁的店"]
    assert found("99999999") == []


def test_writing_does_not_matter(town: dict[str, str]) -> None:
    for text in ("濉溪县(abc)甲乙", "濉溪县（ＡＢＣ）甲乙", "濉溪县 ABC 甲乙", "“濉溪县abc甲乙”"):
        assert found(text) == ["濉溪县（ABC）甲乙建筑集团有限公司"], text


def test_words_may_stand_apart(town: dict[str, str]) -> None:
    assert found("濉溪县 建筑集团") == ["濉溪县（ABC）甲乙建筑集团有限公司"]
    assert found("濉溪县 面粉") == []


def test_one_character_is_answered_with_an_explanation(town: dict[str, str]) -> None:
    for text in ("甲", "A", "（甲）"):
        page = search.find(q=text)
        assert page.hits == () and "两个字" in page.note
    assert search.find(q=" ％*").note
    assert search.find(q="没有这个").note == ""


def test_pages_follow_each_other_without_loss_or_repetition(town: dict[str, str]) -> None:
    for text in ("甲乙", "建筑", town["甲乙"][:8], "厂"):
        whole = found(text, limit=100)
        for size in (1, 2, 3):
            pages: list[str] = []
            after = None
            while True:
                page = search.find(q=text, limit=size, after=after)
                assert len(page.hits) <= size
                pages += [hit.name for hit in page.hits]
                after = page.next
                if after is None:
                    break
            assert pages == whole


def test_a_mark_of_a_code_page_does_no_harm_to_a_search_by_name(town: dict[str, str]) -> None:
    assert [hit.name for hit in search.find(q="甲乙", after="0-ABC").hits] == found("甲乙")


@pytest.mark.parametrize(
    "after", ["x", "9-1", "1-", "1-x", "1--5", "0-'; DROP TABLE", "4-99999999999999999999", "-", "1-１"]
)
def test_a_page_nobody_gave_is_refused(town: dict[str, str], after: str) -> None:
    with pytest.raises(search.NoSuchPage):
        search.find(q="甲乙", after=after)


NASTY = st.lists(
    st.sampled_from(
        ['"', "'", "*", "^", "NEAR(", "NEAR", "AND", "OR", "NOT", "(", ")", ":", "{", "%", "_", "\\", ";", "--", "\x00",
         "甲乙", "建筑", "9134", " ", "grams:", "rowid", "𠮷", "\ud800"]
    )
    | st.text(max_size=5),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=NASTY)
def test_no_query_breaks_the_search_or_finds_what_does_not_match(town: dict[str, str], text: str) -> None:
    query = understand(text)
    for hit in search.find(q=text, limit=100).hits:
        documents = [(row[0], row[1], row[3]) for row in store.by_code([hit.code])]
        assert query.code or best(query, documents) is not None


@pytest.mark.parametrize(("few", "fetched"), [(0, 3), (5, 2_000), (200, 0)])
def test_the_answer_is_that_of_a_plain_look_through_all_names(
    load: Load, make_code: Code, monkeypatch: pytest.MonkeyPatch, few: int, fetched: int
) -> None:
    """The index against the definition: sort every organisation by its best name, for many queries and page sizes."""
    monkeypatch.setattr("xinheng.search.finding.FEW", few)
    monkeypatch.setattr("xinheng.search.store.SORTED", fetched)
    chance = random.Random(5)
    letters = "甲乙丙丁"

    def name() -> str:
        return "".join(chance.choice(letters) for _ in range(chance.randint(2, 6)))

    rows = [
        [
            make_code(n),
            name(),
            ";".join(name() for _ in range(chance.randint(0, 3))),
            chance.choice(["", "", "注销"]),
        ]
        for n in range(150)
    ]
    load(rows)
    load([[row[0], name()] for row in chance.sample(rows, 40)], day=1)
    documents: dict[str, list[tuple[int, str, str]]] = {}
    for id_, code, _, key, _ in store.walk(after=-1, limit=10_000):
        documents.setdefault(code, []).append((id_, code, key))
    assert len(documents) == 150
    for text in [
        "甲乙",
        "丙丁",
        "甲甲",
        "甲乙丙",
        "丁丙乙甲",
        "甲乙 丙丁",
        "乙乙乙",
        rows[3][1],
        "9134060000",
    ]:
        query = understand(text)
        ranked = {code: best(query, own) for code, own in documents.items()}
        if query.code:
            should = sorted(code for code, place in ranked.items() if place)
        else:
            should = sorted((code for code, place in ranked.items() if place), key=lambda code: ranked[code])
        answer: list[str] = []
        after = None
        while True:
            page = search.find(q=text, after=after, limit=7)
            answer += [hit.code for hit in page.hits]
            if (after := page.next) is None:
                break
        assert answer == should, text


def test_owners_names_are_not_to_be_found(load: Load, make_code: Code) -> None:
    code = make_code(1, "92340621")
    load([[code, "张建国", "李小红;张建国面馆"]])
    assert found("张建国") == [f"濉溪县个体工商户{code[-4:]}"]
    (hit,) = search.find(q="张建国").hits
    assert hit.matched_name == "张建国面馆"
    assert found("李小红") == found("小红") == []
    assert found(f"个体工商户{code[-4:]}") == [f"濉溪县个体工商户{code[-4:]}"]
    load([[code, "建国面馆"]], day=1)
    assert found("张建国") == ["建国面馆"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM search_document WHERE name = %s OR key = %s", ["张建国", "张建国"]
        )
        assert cursor.fetchone()[0] == 0


def test_a_search_costs_few_queries_and_reads_no_table_whole(town: dict[str, str]) -> None:
    with CaptureQueriesContext(connection) as queries:
        search.find(q="甲乙建筑", limit=20)
    assert len(queries) <= 24
    assert not any("COUNT" in query["sql"] or "bm25" in query["sql"] for query in queries)


def test_rare_characters_are_letters_too(load: Load, make_code: Code) -> None:
    load([[make_code(1), "𠮷野家㛃𮧵有限公司"], [make_code(2), "ÅÄÖ Ωmega公司"]])
    assert found("𠮷野") == found("㛃𮧵") == ["𠮷野家㛃𮧵有限公司"]
    assert found("åäö") == found("OMEGA") == found("ωm") == ["ÅÄÖ Ωmega公司"] or found("åäö") == [
        "ÅÄÖ Ωmega公司"
    ]


def test_whoever_is_registered_is_found_in_a_whole_province(
    load: Load, shared_data: Any, empty_home: Any
) -> None:
    from datetime import UTC, datetime

    from xinheng.evidence import service as evidence

    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    register.load(path=shared_data / "register_jiangsu.csv.gz", at=at, actor="tests")
    evidence.drain(at=at)
    chance = random.Random(1)
    sample = chance.sample(store.walk(after=-1, limit=200_000), 100)
    for _, code, name, key, _ in sample:
        assert code in [hit.code for hit in search.find(q=name).hits], name
        start = chance.randrange(max(1, len(key) - 4))
        page, seen = search.find(q=key[start : start + 5], limit=100), False
        while not seen:
            seen = code in [hit.code for hit in page.hits]
            assert seen or page.next, name
            if not seen:
                page = search.find(q=key[start : start + 5], limit=100, after=page.next)
