"""Headers, cookies, forms and uploads: what a visitor's browser is told, and what a stranger cannot make us do."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from xinheng.faces.site import limits
from xinheng.faces.site.uploads import LARGEST

pytest_plugins = ("sitekit",)


def test_every_page_carries_the_strict_policy_and_is_kept_by_no_cache(client: Any, seen: Any) -> None:
    for name, address in {**seen.addresses(), "trust": "/trust.json", "robots": "/robots.txt"}.items():
        answer = client.get(address)
        assert "default-src 'none'" in answer["Content-Security-Policy"], name
        assert "unsafe" not in answer["Content-Security-Policy"], name
        assert "script-src 'self';" in answer["Content-Security-Policy"], name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert "no-store" in answer["Cache-Control"], name


def test_no_page_holds_a_script_or_a_style_of_its_own(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        page = client.get(address).content.decode()
        assert not re.search(r'<script(?! src="/static/[^"]+" defer></script>)|<style|\sstyle=|\son[a-z]+=|javascript:', page), name  # fmt: skip


def test_reading_sets_no_cookie(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        if name not in {"report", "verify"}:
            assert not client.get(address).cookies, name


def test_nothing_is_fetched_from_elsewhere(client: Any, seen: Any) -> None:
    for name, address in seen.addresses().items():
        page = client.get(address).content.decode()
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), name


@pytest.fixture
def stranger(client: Any) -> Client:
    """A browser that checks forms as the real one does, with full allowances."""
    limits.buckets.clear()
    return Client(enforce_csrf_checks=True)


def with_token(stranger: Client, address: str) -> str:
    page = stranger.get(address).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def issued(stranger: Client, code: str, **days: str) -> Any:
    token = with_token(stranger, f"/org/{code}/report/")
    return stranger.post(f"/org/{code}/report.pdf", {"csrfmiddlewaretoken": token, **days})


def test_a_report_is_issued_only_through_the_form(stranger: Client, seen: Any) -> None:
    code = seen.penalty.uscc
    assert stranger.post(f"/org/{code}/report.pdf").status_code == 403
    link = stranger.get(f"/org/{code}/report.pdf")
    assert (link.status_code, link["Location"]) == (302, f"/org/{code}/report/")
    answer = issued(stranger, code)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="xinheng-')
    assert answer.content.startswith(b"%PDF-")


def test_a_report_for_a_day_to_come_is_refused_in_words(stranger: Client, seen: Any) -> None:
    answer = issued(stranger, seen.penalty.uscc, known_on="2027-01-01")
    assert answer.status_code == 400
    assert "不能晚于今天" in answer.content.decode()


def verified(stranger: Client, pdf: bytes) -> Any:
    token = with_token(stranger, "/verify/")
    file = io.BytesIO(pdf)
    file.name = "report.pdf"
    return stranger.post("/verify/", {"csrfmiddlewaretoken": token, "file": file})


def test_a_genuine_report_gets_its_seal_and_a_changed_one_does_not(stranger: Client, seen: Any) -> None:
    pdf = issued(stranger, seen.penalty.uscc).content
    good = verified(stranger, pdf).content.decode()
    assert "报告有效" in good
    assert f"/org/{seen.penalty.uscc}/" in good
    changed = bytearray(pdf)
    changed[len(changed) // 2] ^= 1
    for file in (bytes(changed), pdf + b"\n", b"%PDF-1.7 not a report", b"\x00"):
        bad = verified(stranger, file).content.decode()
        assert "不能认定为真" in bad
        assert "报告有效" not in bad


def test_without_a_file_the_page_says_what_to_do(stranger: Client) -> None:
    token = with_token(stranger, "/verify/")
    answer = stranger.post("/verify/", {"csrfmiddlewaretoken": token})
    assert answer.status_code == 400
    assert "请选择一份 PDF 报告" in answer.content.decode()


def test_a_file_too_large_is_refused_in_words_and_reaches_no_disk(
    stranger: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(watched))
    answer = verified(stranger, b"%PDF-" + b"0" * LARGEST)
    assert answer.status_code in (400, 403)
    assert "文件太大了" in answer.content.decode() or "表单没有提交" in answer.content.decode()
    assert list(watched.iterdir()) == []


def test_an_upload_stays_in_memory_even_when_it_is_large(
    stranger: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(watched))
    answer = verified(stranger, b"%PDF-" + b"0" * (LARGEST - 100))
    assert answer.status_code == 200
    assert "不能认定为真" in answer.content.decode()
    assert list(watched.iterdir()) == []


def test_a_verification_without_the_forms_token_is_refused(stranger: Client) -> None:
    answer = stranger.post("/verify/", {"file": io.BytesIO(b"%PDF-")})
    assert answer.status_code == 403
    assert "表单没有提交" in answer.content.decode()


def test_a_failure_inside_shows_no_inside(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("xinheng.publication.service.statements", fail)
    monkeypatch.setattr("xinheng.faces.site.browsing.listed", fail)
    client.raise_request_exception = False
    answer = client.get("/double-publicity/")
    assert answer.status_code == 500
    assert "secret words" not in answer.content.decode()
    assert "出了点问题" in answer.content.decode()
