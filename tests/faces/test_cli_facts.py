"""`xinheng facts`: what is kept for counting is shown and made anew, through the real command's own list of groups."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from xinheng.evidence import service as evidence
from xinheng.faces.cli.main import GROUPS, cli
from xinheng.facts import service as facts
from xinheng.facts import store
from xinheng.home import home


def said(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["facts", *arguments])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return found


def test_the_command_is_where_the_sentences_of_damage_send_people() -> None:
    assert GROUPS["facts"] == "facts"
    assert {"show", "rebuild"} <= set(CliRunner().invoke(cli, ["facts", "--help"]).output.split())


def test_a_home_without_facts_says_so_and_makes_none(city: Any) -> None:
    before = evidence.size()
    assert told(said("show", "--json")) == {"facts": None}
    assert "xinheng facts rebuild" in said("show").stdout
    assert not store.folder().exists()
    assert evidence.size() == before


def test_facts_are_made_anew_and_the_ledger_is_untouched(city: Any) -> None:
    before = evidence.size()
    made = told(said("rebuild", "--json"))
    assert made["position"] == before == evidence.size()
    assert made["organisations"] > 50 and made["statements"] > 400
    shown = told(said("show", "--json"))["facts"]
    assert {name: shown[name] for name in made} == made
    assert shown["size"] > 0 and shown["ledger"] == before
    assert f"事实 {made['statements']}" in said("show").stdout
    held = facts.told()
    assert held is not None and held.statements == made["statements"]


def test_damaged_facts_are_mended_by_the_command_they_name(city: Any) -> None:
    told(said("rebuild", "--json"))
    state = store.read(store.folder())
    assert state is not None
    file = home().root / "facts" / state.base[0].name
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 4
    file.write_bytes(whole)
    [found] = [one for one in evidence.verify().findings if one.code.startswith("facts")]
    assert "xinheng facts rebuild" in found.message
    told(said("rebuild", "--json"))
    assert evidence.verify().findings == []
