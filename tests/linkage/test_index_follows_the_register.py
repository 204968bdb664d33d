"""The index of names is derived from the register: it follows it, and can be lost."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from linktown import HEADER, Town, code
from moments import AT

pytest_plugins = ("linktown",)
pytestmark = pytest.mark.database


def _load(tmp_path: Path, *rows: tuple[str, ...]) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.register import service as register

    file = tmp_path / f"more-{len(list(tmp_path.iterdir()))}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    register.load(path=file, at=AT, actor="test")
    evidence.drain(at=AT)


def test_a_new_organisation_is_found_at_once_and_the_large_part_stays(town: Town, tmp_path: Path) -> None:
    from xinheng.linkage import index
    from xinheng.linkage import service as linkage

    assert linkage.link_one(name="淮北市初晴印务有限公司").outcome != "linked"
    large = index.current().parts[-1][0].size
    _load(tmp_path, (code(900), "淮北市初晴印务有限公司", "", ""))
    answer = linkage.link_one(name="淮北市初晴印务有限公司")
    assert (answer.outcome, answer.code) == ("linked", code(900))
    assert [part.size for part, _ in index.current().parts] == [1, large]


def test_after_a_renaming_the_old_name_is_a_former_one(town: Town, tmp_path: Path) -> None:
    from xinheng.linkage import service as linkage

    linkage.link_one(name="安徽砚溪酿酒股份有限公司")
    _load(tmp_path, (town.company, "安徽砚池酿造股份有限公司", "", ""))
    for name, current in (("安徽砚池酿造股份有限公司", True), ("安徽砚溪酿酒股份有限公司", False)):
        answer = linkage.link_one(name=name)
        assert (answer.outcome, answer.code) == ("linked", town.company)
        assert answer.candidates[0].current is current


def test_an_index_that_was_deleted_or_is_of_another_make_is_made_again(town: Town) -> None:
    from xinheng.linkage import index
    from xinheng.linkage import service as linkage

    before = linkage.link_one(name="淮北市栖梧建材有限公司")
    shutil.rmtree(index.folder())
    assert linkage.link_one(name="淮北市栖梧建材有限公司") == before
    manifest = index.folder() / "manifest.json"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('"format": "', '"format": "old '), encoding="utf-8"
    )
    assert linkage.link_one(name="淮北市栖梧建材有限公司") == before


def test_a_person_s_name_is_not_in_the_index(town: Town) -> None:
    from xinheng.linkage import index

    names = [name for part, _ in index.current().parts for name in part.names]
    assert "张建国" not in names and "安徽砚溪酿酒股份有限公司" in names


def test_asking_changes_nothing(town: Town) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.linkage import service as linkage

    before = evidence.size()
    linkage.link_one(name="淮北市栖桐建材")
    linkage.suggestions("栖梧建材")
    linkage.parts_of(name="栖梧建材", code=town.renamed, held="淮北市栖梧建材有限公司")
    assert evidence.size() == before


def test_pages_do_not_wait_for_an_index_that_was_never_made(town: Town) -> None:
    from xinheng.linkage import index
    from xinheng.linkage import service as linkage

    shutil.rmtree(index.folder(), ignore_errors=True)
    index._mapped.clear()
    assert linkage.suggestions("淮北市栖悟建材有限公司") == []
    linkage.refresh_index()
    assert (town.renamed, "淮北市栖梧建材有限公司") in linkage.suggestions("淮北市栖悟建材有限公司")


def test_a_short_name_of_a_person_s_shape_is_found_where_an_organisation_carries_it(
    town: Town, tmp_path: Path
) -> None:
    from xinheng.linkage import service as linkage

    _load(tmp_path, (code(901), "安徽古井泉酿酒股份有限公司", "", "古井泉"))
    assert linkage.link_one(name="古井泉").code in ("", code(901))
    assert linkage.link_one(name="张建国").outcome == "none"
