"""Pages about the whole: the same numbers in page, chart, file and API; the catalogue; articles; the map; sources."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from moments import AT
from xinheng.articles import service as articles
from xinheng.evidence import service as evidence
from xinheng.faces.site import outlines, sheets
from xinheng.law import service as law
from xinheng.statistics import service as statistics

TODAY = evidence.legal_day(AT)
PAGES = (
    "/statistics/", "/statistics/?item=admin-penalty", "/remedies/", "/map/", "/map/?metric=penalties-rate", "/catalogue/",
    "/catalogue/admin-penalty/", "/catalogue/matters/", "/articles/", "/open-data/", "/open-data/api/", "/sources/",
)  # fmt: skip


@pytest.fixture
def whole(client: Any) -> Any:
    """A visitor after the runner has counted and the office has written."""
    statistics.refresh(at=AT)
    articles.demo_articles(at=AT)
    return client


def read_csv(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark to read the Chinese"
    return list(csv.reader(io.StringIO(body[3:].decode())))


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_in_both_languages(whole: Any, language: str, address: str) -> None:
    answer = whole.get(language + address)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "style=" not in text, "the policy refuses inline style"
    assert "<script>" not in text


@pytest.mark.parametrize("address", PAGES)
def test_before_the_first_count_every_page_says_so_and_still_answers(client: Any, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("table", sheets.SHEETS)
def test_page_file_and_api_tell_the_same_numbers(whole: Any, table: str) -> None:
    told = json.loads(whole.get(f"/api/v1/statistics/{table}.json").content)
    head, *rows = read_csv(whole.get(f"/statistics/{table}.csv").content)
    assert read_csv(whole.get(f"/api/v1/statistics/{table}.csv").content) == [head, *rows]
    assert [row["code"] for row in told["rows"]] == [row[0] for row in rows]
    expected = [row["values"] for row in told["rows"]]
    assert [[float(cell) if cell else None for cell in row[2:]] for row in rows] == expected
    page = whole.get("/statistics/").content.decode()
    body = page.split(f'id="n-{table}"', 1)[1].split("</table>", 1)[0]
    shown = [
        [float(value) if value else None for value in re.findall(r'data-value="([^"]*)"', row)]
        for row in body.split("<tr>")[2:]
    ]
    assert shown == expected
    assert any(value for row in expected for value in row)


def test_a_table_narrowed_to_one_item_counts_that_item_only(whole: Any) -> None:
    told = json.loads(whole.get("/api/v1/statistics/by-month.json?item=admin-penalty").content)
    assert [column["code"] for column in told["columns"]] == ["admin-penalty"]
    assert {row["code"]: row["values"][0] for row in told["rows"] if row["values"][0]} == dict(
        statistics.by_month(items=["admin-penalty"], first=told["rows"][0]["code"])
    )


def test_no_cell_of_a_file_is_a_formula() -> None:
    sheet = sheets.Sheet("x", "x", "x", "x", (("n", "n"),), (sheets.Row("=1", "+cmd|x", (1,)),))
    assert read_csv(sheets.as_csv(sheet))[1][:2] == ["'=1", "'+cmd|x"]


def test_the_largest_bar_fills_its_column_and_none_is_longer(whole: Any) -> None:
    sheet = sheets.sheet("by-department", on=TODAY)
    assert sheet is not None
    for place in range(len(sheet.columns)):
        bars = [cells[place]["bar"] for _, cells in sheet.cells]
        assert max(bars) == 100
        assert min(bars) >= 0


# -- catalogue -------------------------------------------------------------------------------------------------------


def test_every_item_of_the_pack_has_its_page_with_every_field_and_a_template(whole: Any) -> None:
    pack = law.active()
    overview = whole.get("/catalogue/").content.decode()
    for code, item in pack.items.items():
        assert f'href="/catalogue/{code}/"' in overview
        page = whole.get(f"/catalogue/{code}/").content.decode()
        for field in item.fields:
            assert f">{field.code}<" in page
        assert f"/templates/{code}.xlsx" in page
        if item.source.confidence != "verified":
            assert "待核实" in page
    assert whole.get("/catalogue/no-such-item/").status_code == 404


def test_the_catalogue_as_a_file_and_as_data_names_the_same_items(whole: Any) -> None:
    _, *rows = read_csv(whole.get("/catalogue.csv").content)
    told = json.loads(whole.get("/api/v1/catalogue").content)
    assert {row[0] for row in rows} == {item["code"] for item in told["items"]} == set(law.active().items)
    matters = json.loads(whole.get("/api/v1/matters").content)["matters"]
    assert len(matters) == len(law.active().matters) + len(law.active().general)
    assert len(read_csv(whole.get("/catalogue/matters.csv").content)) == 1 + len(matters)


# -- articles --------------------------------------------------------------------------------------------------------


def test_an_article_is_read_in_the_page_language_or_said_to_be_chinese_only(whole: Any) -> None:
    with_english = next(one for one in articles.published(on=TODAY) if one.body_en)
    without = next(one for one in articles.published(on=TODAY) if not one.body_en)
    assert with_english.title_en in whole.get(f"/en/articles/{with_english.number}/").content.decode()
    page = whole.get(f"/en/articles/{without.number}/").content.decode()
    assert "There is no English text of this article." in page
    assert re.search(r'<div class="prose text" lang="zh-Hans">', page)


def test_a_withdrawn_article_is_gone_from_page_list_feed_and_front_page_at_once(whole: Any) -> None:
    one = articles.published(on=TODAY, kind="notice")[0]
    faces = (
        f"/articles/{one.number}/",
        "/articles/",
        "/articles/?kind=notice",
        "/articles/notices.atom",
        "/",
        "/en/articles/",
    )
    assert one.title in "".join(whole.get(address).content.decode() for address in faces)
    articles.withdraw(number=one.number, reason="试", at=AT, actor="desk:office")
    assert whole.get(faces[0]).status_code == 404
    for address in faces:
        assert one.title not in whole.get(address).content.decode(), address


def test_the_feed_is_sound_and_its_links_lead_to_pages(whole: Any) -> None:
    root = ElementTree.fromstring(whole.get("/articles/notices.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = root.findall(f"{atom}entry")
    assert len(entries) == len(articles.published(on=TODAY, kind="notice"))
    for entry in entries:
        link = entry.find(f"{atom}link").attrib["href"]  # type: ignore[union-attr]
        assert whole.get("/" + link.split("/", 3)[3]).status_code == 200


# -- map -------------------------------------------------------------------------------------------------------------

SENTENCE = "示意图，仅用于功能演示，不代表行政区划界线；正式使用须替换为经审核的地图（审图号）"


def square(code: str, x: float) -> dict[str, Any]:
    ring = [[x, 33.0], [x + 0.2, 33.0], [x + 0.2, 33.2], [x, 33.2], [x, 33.0]]
    return {
        "type": "Feature", "properties": {"adcode": int(code)}, "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def test_the_map_says_that_it_is_none_and_shows_every_county_with_its_number(whole: Any) -> None:
    page = whole.get("/map/").content.decode()
    assert SENTENCE in page
    counts = dict(statistics.organisations(by=("region",), active=True))
    for code, names in law.active().counties.items():
        assert f">{names[0]}<" in page
        assert f">{counts.get(code, 0):,}<" in page


@dataclass(frozen=True, eq=False)
class Place:
    """As much of a pack as the drawing asks for."""

    region: str
    counties: dict[str, Any]


@pytest.mark.parametrize("region", [*outlines._arrangements(), "nowhere"])
def test_no_two_hexagons_lie_on_each_other(region: str) -> None:
    codes = list(outlines._arrangements().get(region, {str(340600 + n): [] for n in range(1, 9)}))
    found = outlines.hexagons(Place(region, dict.fromkeys(codes)))  # type: ignore[arg-type]
    centres = [(shape.x, shape.y) for shape in found.shapes]
    assert len(centres) == len(codes)
    for place, (x, y) in enumerate(centres):
        assert 0 <= x <= found.width
        assert 0 <= y <= found.height
        for u, v in centres[place + 1 :]:
            assert ((x - u) ** 2 + (y - v) ** 2) ** 0.5 >= outlines.RADIUS * 1.5


def test_an_office_may_put_its_approved_outlines_in_place(whole: Any, city: Any) -> None:
    codes = sorted(law.active().counties)
    folder = city.root / "map"
    folder.mkdir()
    features = [square(code, 116.0 + n) for n, code in enumerate(codes)]
    (folder / "outlines.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    page = whole.get("/map/").content.decode()
    assert 'class="own"' in page
    assert SENTENCE in page, "without an approval number it is still no map"
    (folder / "number.txt").write_text("皖S（2026）00号")
    page = whole.get("/map/").content.decode()
    assert SENTENCE not in page
    assert "皖S（2026）00号" in page
    assert page.count('class="county step-') >= len(codes)


@pytest.mark.parametrize(
    "broken", ["", "{", '{"features": 1}', '{"features": [{"properties": {}}]}', '{"features": []}']
)
def test_a_useless_outline_file_leaves_the_hexagons(whole: Any, city: Any, broken: str) -> None:
    (city.root / "map").mkdir()
    (city.root / "map" / "outlines.geojson").write_text(broken)
    page = whole.get("/map/").content.decode()
    assert 'class="own"' not in page
    assert SENTENCE in page


def test_real_outlines_are_drawn_when_somebody_brings_them(whole: Any, city: Any, shared_data: Any) -> None:
    import gzip

    file = shared_data / "map_anhui_counties.geojson.gz"
    if not file.is_file():
        pytest.skip("../shared/data is not here: real outlines are used for this test only")
    (city.root / "map").mkdir()
    (city.root / "map" / "outlines.geojson").write_bytes(gzip.decompress(file.read_bytes()))
    page = whole.get("/map/").content.decode()
    assert 'class="own"' in page
    assert page.count('<path class="county') == len(law.active().counties)
    assert SENTENCE in page


# -- sources ---------------------------------------------------------------------------------------------------------


def test_every_unit_is_there_with_its_last_delivery_or_as_one_that_never_did(whole: Any) -> None:
    page = whole.get("/sources/").content.decode()
    for one in statistics.deliveries():
        assert one.received_on.isoformat() in page
    silent = page.split('class="silent"', 1)[1] if 'class="silent"' in page else ""
    heard = page.split('class="silent"', 1)[0]
    for unit in law.active().departments:
        assert unit.name in heard or unit.name in silent


def test_the_pages_do_not_ask_more_of_the_database_when_there_is_more_in_it(whole: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for address in ("/statistics/", "/map/", "/sources/", "/open-data/"):
        with CaptureQueriesContext(connection) as captured:
            whole.get(address)
        for query in captured.captured_queries:
            assert "records_" not in query["sql"], address
            assert "intake_" not in query["sql"], address
        assert len(captured) <= 40, address


def test_the_day_after_says_the_cut_off_of_the_day_before(
    whole: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-21")
    statistics.refresh(at=AT + timedelta(days=1))
    assert "2026年11月20日</time> 24 时" in whole.get("/statistics/").content.decode()
