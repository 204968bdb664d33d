"""Machine clients bound to matters and a sector: kept, bound by the ledger, refused where they cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc

BODY = "11340600003092118" + uscc.check_char("11340600003092118")


def made(**more: Any) -> accounts.ClientSecret:
    return accounts.add_client(body=BODY, scopes=("check",), title="审批系统", at=AT, actor="test", **more)


def test_a_client_keeps_its_matters_and_sector_and_its_token_carries_them(empty_home: Any) -> None:
    told = made(matters=("honour-award", "subsidy-grant"), sector="finance")
    client = accounts.client_of_secret(id=told.id, secret=told.secret)
    known = accounts.client_of_token(token=accounts.token(client=client, at=AT), at=AT)
    assert known == client
    assert (known.matters, known.sector) == (("honour-award", "subsidy-grant"), "finance")
    assert evidence.verify().findings == []


@pytest.mark.parametrize(
    ("column", "value"), [("matters", "honour-award"), ("sector", "finance"), ("scopes", "check-shared")]
)
def test_a_client_widened_past_the_ledger_is_found(empty_home: Any, column: str, value: str) -> None:
    told = made()
    assert evidence.verify().findings == []
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_client SET {column} = %s WHERE id = %s", [value, told.id])
    assert [one.code for one in evidence.verify().findings] == ["client-changed"]


def test_a_client_freed_from_its_matters_past_the_ledger_is_found(empty_home: Any) -> None:
    told = made(matters=("honour-award",))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_client SET matters = '' WHERE id = %s", [told.id])
    assert [one.code for one in evidence.verify().findings] == ["client-changed"]


def test_a_matter_that_could_be_two_is_refused(empty_home: Any) -> None:
    with pytest.raises(accounts.BadAccount):
        made(matters=("honour-award subsidy-grant",))


def test_the_command_binds_a_client_to_matters_of_the_directory_only(
    empty_home: Any, cli: Callable[..., Any]
) -> None:
    told = cli(
        "accounts",
        "client",
        "add",
        "--body",
        BODY,
        "--scopes",
        "check,check-shared",
        "--matter",
        "honour-award",
        "--json",
    )
    assert told.exit == 0, told.err
    assert told.json["matters"] == ["honour-award"]
    unknown = cli(
        "accounts", "client", "add", "--body", BODY, "--scopes", "check", "--matter", "no-such", "--json"
    )
    assert unknown.exit != 0
    assert "no-such" in unknown.out + unknown.err


@pytest.mark.parametrize("name", ["淮北市市场监督管理局", "淮北市工商行政管理局", "濉溪县市场监督管理局"])
def test_the_sector_of_a_client_is_that_of_its_unit_and_another_units_matters_are_refused(
    empty_home: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from xinheng.checks import units
    from xinheng.faces.machines import MatterOfAnother, sector_for

    monkeypatch.setattr(units, "_known", {})
    monkeypatch.setattr(units, "_names", lambda body: [body, name])
    on = evidence.legal_day(AT)
    own = ("food-business-licence", "honour-award")
    assert sector_for(body=BODY, matters=own, on=on) == "market-regulation"
    with pytest.raises(MatterOfAnother):
        sector_for(body=BODY, matters=("road-freight-licence",), on=on)


def test_a_unit_the_pack_names_has_no_other_sector(empty_home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.checks import units
    from xinheng.faces.machines import MatterOfAnother, sector_for

    monkeypatch.setattr(units, "_names", lambda body: [body, "淮北市市场监督管理局"])
    with pytest.raises(MatterOfAnother):
        sector_for(body=BODY, matters=(), sector="transport", on=evidence.legal_day(AT))


def test_the_command_binds_a_client_to_no_matter_of_another_sector(
    empty_home: Any, cli: Callable[..., Any]
) -> None:
    ask = (
        "accounts",
        "client",
        "add",
        "--body",
        BODY,
        "--scopes",
        "check-shared",
        "--json",
        "--sector",
        "transport",
    )
    told = cli(*ask, "--matter", "road-freight-licence")
    assert told.exit == 0, told.err
    assert told.json["sector"] == "transport"
    refused = cli(*ask, "--matter", "food-business-licence")
    assert refused.exit != 0
    assert "matter-not-yours" in refused.out + refused.err
