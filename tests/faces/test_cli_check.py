"""`xinheng check` and `xinheng verify` of what it wrote: exit 0 answered, 2 wrong use, 3 refused; one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from moments import AT


@pytest.fixture
def asked(city: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in the small city on its day."""
    from xinheng.evidence import service as evidence
    from xinheng.faces.cli.main import cli

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    evidence.write_trust_bundle(at=AT)

    def run(*arguments: str | Path) -> Any:
        return CliRunner().invoke(cli, [str(one) for one in arguments])

    return run


def code_of() -> str:
    from xinheng.evidence import service as evidence
    from xinheng.publication import service as publication

    return publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=1
    )[0].uscc


def told(done: Any) -> Any:
    return json.loads(done.stdout.splitlines()[-1])


def test_a_public_check_is_answered_signed_and_verifies_offline(asked: Any, tmp_path: Path) -> None:
    from xinheng.home import home

    file, code = tmp_path / "answer.json", code_of()
    done = asked("check", code, "--matter", "subsidy-grant", "--json", "-o", file)
    assert done.exit_code == 0, done.output
    answer = told(done)
    assert (answer["uscc"], answer["matter"], answer["scope"]) == (code, "subsidy-grant", "public")
    assert answer["number"] and answer["digest"] and answer["signature"].count(".") == 2
    trust = home().trust
    good = asked("verify", file, "--trust", trust, "--json")
    assert (
        good.exit_code == 0
        and told(good)["result"] == "valid"
        and told(good)["answer"]["number"] == answer["number"]
    )
    plain = tmp_path / "printed.json"
    plain.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    assert asked("verify", plain, "--trust", trust).exit_code == 0
    file.write_bytes(file.read_bytes().replace(code.encode(), code[:-1].encode() + b"0"))
    bad = asked("verify", file, "--trust", trust, "--json")
    assert bad.exit_code == 1 and told(bad)["result"] == "altered"
    (tmp_path / "rubbish").write_text("{}")
    assert asked("verify", tmp_path / "rubbish", "--trust", trust, "--json").exit_code == 1


def test_an_answer_past_its_day_is_genuine_and_out_of_date(
    asked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.home import home

    file = tmp_path / "answer.json"
    asked("check", code_of(), "--matter", "subsidy-grant", "-o", file)
    monkeypatch.setenv("XINHENG_TODAY", "2026-12-20")
    late = asked("verify", file, "--trust", home().trust, "--json")
    assert late.exit_code == 1 and told(late)["result"] == "valid" and told(late)["stale"]


def test_a_purpose_that_fits_is_answered_and_one_that_does_not_is_refused(asked: Any) -> None:
    from xinheng.accounts import service as accounts
    from xinheng.evidence import service as evidence
    from xinheng.publication import service as publication

    on = evidence.legal_day(AT)
    body = publication.statements(audience="public", on=on, item="admin-penalty", limit=1)[0].authority
    accounts.add(
        name="asks",
        role="authority",
        body=body,
        title="岗",
        password="a-long-enough-word",
        at=AT,
        actor="test",
    )
    base = ("check", code_of(), "--matter", "subsidy-grant", "--json")
    good = asked(*base, "--purpose", "fund-grant", "--account", "asks")
    assert good.exit_code == 0 and told(good)["scope"] == "shared" and told(good)["unit"] == body
    wrong = asked(*base, "--purpose", "看看", "--account", "asks")
    assert wrong.exit_code == 3 and told(wrong)["error"] == "purpose-refused"
    nobody = asked(*base, "--purpose", "fund-grant", "--account", "nobody")
    assert nobody.exit_code == 3 and told(nobody)["error"] == "check-account"


def test_an_unknown_matter_and_a_persons_number_are_wrong_use_and_keep_nothing(asked: Any) -> None:
    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence

    unknown = asked("check", code_of(), "--matter", "no-such-matter", "--json")
    assert unknown.exit_code == 2 and told(unknown)["error"] == "matter-unknown"
    person = asked("check", "340602199003072234", "--matter", "subsidy-grant", "--json")
    assert person.exit_code == 2 and "340602199003072234" not in person.output
    for wrong in ("", "' or 1=1", "张三"):
        done = asked("check", wrong, "--matter", "subsidy-grant", "--json")
        assert done.exit_code == 2 and told(done)["error"] == "code-unreadable"
    assert checks.of_body(body="", on=evidence.legal_day(AT)) == []


@pytest.mark.parametrize(
    ("code", "why", "says"),
    [("91340600MA2N00000F", "not-registered", "未登记"), ("91340600MA2N000000", "code-invalid", "无法核查")],
)
def test_a_code_nobody_can_check_is_attention_and_no_clean_answer(
    asked: Any, code: str, why: str, says: str
) -> None:
    done = asked("check", code, "--matter", "subsidy-grant")
    assert done.exit_code == 1 and says in done.output
    assert "没有计入本事项的失信信息" not in done.output and "可以依据到" not in done.output
    answer = told(asked("check", code, "--matter", "subsidy-grant", "--json"))
    assert (answer["unchecked"], answer["valid_until"]) == (why, None)


def test_seal_show_and_proof_of_a_check(asked: Any) -> None:
    number = told(asked("check", code_of(), "--matter", "subsidy-grant", "--json"))["number"]
    assert asked("checks", "proof", number).exit_code == 3
    assert told(asked("checks", "seal", "--json"))["sealed"] == 1
    assert told(asked("checks", "seal", "--json"))["sealed"] == 0
    shown = told(asked("checks", "show", number, "--json"))
    assert shown["number"] == number and shown["whole"] and shown["position"] is not None
    assert asked("checks", "proof", number, "--json").exit_code == 0
