"""Every pack ever used stays readable by its digest, also after its files changed."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from xinheng.law import keeping, packs
from xinheng.law import service as law
from xinheng.law.findings import Report
from xinheng.law.reading import PackFiles


def earlier_edition(pack: law.Pack) -> law.Pack:
    """The pack as it might have been a year ago: another version of the penalty item, one field fewer."""
    content = json.loads(pack.content)
    item = content[0]["files"]["items/admin-penalty.yaml"]
    item["version"] = "2017.9"
    item["fields"] = [field for field in item["fields"] if field["code"] != "BZ"]
    item["free_text"].remove("BZ")
    item["severity_from"]["simple_procedure_fields"].remove("BZ")
    return packs.build([PackFiles(entry["pack"], entry["files"]) for entry in content], Report())


def test_a_remembered_pack_is_read_back_equal(empty_home: Path):
    pack = law.active()
    assert law.remember(pack) == pack.digest == law.remember(pack)
    again = law.by_digest(pack.digest)
    assert again.content == pack.content and again.items.keys() == pack.items.keys()


def test_an_unknown_digest_is_an_internal_failure_that_says_so(empty_home: Path):
    with pytest.raises(law.UnknownDigest) as failure:
        law.by_digest("0" * 64)
    assert failure.value.exit == 4


def test_a_damaged_pack_is_not_read(empty_home: Path):
    from xinheng.law.models import PackVersion

    pack = law.active()
    law.remember(pack)
    row = PackVersion.objects.get(digest=pack.digest)
    row.content = zlib.compress(pack.content.replace("警告".encode(), "罚款".encode()))
    row.save()
    with pytest.raises(law.UnknownDigest):
        law.by_digest(pack.digest)


def test_an_item_of_an_earlier_version_is_found_by_its_version(empty_home: Path):
    keeping._known.clear()
    old = earlier_edition(law.active())
    law.remember(old)
    assert "BZ" not in law.item(code="admin-penalty", version="2017.9").by_code
    assert "BZ" in law.item(code="admin-penalty", version="2018.1").by_code


def test_an_item_version_nobody_kept_is_refused(empty_home: Path):
    with pytest.raises(law.UnknownCode):
        law.item(code="admin-penalty", version="1999.1")
