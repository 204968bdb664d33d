"""Registration events tell the register: names, statuses, public bodies and who took over from whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from intake_rows import AGENCY, AT, SHOP, SUBJECT, Row, code
from test_intake_items import BODY, LATER, sample

from xinheng.evidence import service as evidence
from xinheng.intake import feeding
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.records.errors import NotTheAuthority
from xinheng.register import service as register
from xinheng.search import service as search

NAME, NEW = "淮北市甲乙丙商贸有限公司", "淮北市日月星供应链有限公司"
FURTHER = "淮北市山河海供应链集团有限公司"
HEIR = code("11", 8)


@pytest.fixture
def events(pack: law.Pack) -> law.Item:
    return pack.items["registration-event"]


@pytest.fixture
def bodies(pack: law.Pack) -> law.Item:
    return pack.items["agency-register"]


def renaming(item: law.Item, old: str, new: str, on: str, **more: str) -> Row:
    return sample(
        item, DJ_ZTMC=new, DJ_SJLX="名称变更", DJ_SX="名称", DJ_BGQ=old, DJ_BGH=new, DJ_RQ=on, **more
    )


def status(item: law.Item, kind: str, on: str, **more: str) -> Row:
    return sample(item, DJ_SJLX=kind, DJ_SX="状态", DJ_RQ=on, **more)


def one(uscc: str = SUBJECT) -> register.Organisation:
    return register.get([uscc])[uscc]


def test_a_renaming_gives_the_new_name_and_keeps_the_old_one_searchable(
    take: Callable[..., Any], events: law.Item
) -> None:
    receipt = take(renaming(events, NAME, NEW, "2026/11/02"), of=events)
    assert receipt.accepted == 1, receipt.problems
    found = one()
    assert (found.name, found.since) == (NEW, "2026-11-02")
    assert NAME in found.former_names
    evidence.drain(at=AT)
    assert [hit.code for hit in search.find(q=NAME).hits] == [SUBJECT]
    assert [hit.code for hit in search.find(q="日月星").hits] == [SUBJECT]
    assert evidence.verify().findings == []


def test_the_same_renaming_again_writes_nothing(take: Callable[..., Any], events: law.Item) -> None:
    row = renaming(events, NAME, NEW, "2026/11/02")
    take(row, of=events)
    take(row, renaming(events, NAME, NEW, "2026/11/02", DJ_JG="淮北市某局"), of=events, at=LATER)
    assert len(evidence.events(kinds=["register.loaded"])) == 2  # the register of this test, and the renaming


def test_a_renaming_whose_old_name_the_code_never_carried_waits(
    take: Callable[..., Any], events: law.Item
) -> None:
    receipt = take(renaming(events, "淮北市别家商贸有限公司", NEW, "2026/11/02"), of=events)
    assert (receipt.quarantined, [problem["code"] for problem in receipt.problems]) == (1, ["D01"])
    assert one().name == NAME


def test_two_renamings_in_one_file_stand_in_the_order_of_their_days(
    take: Callable[..., Any], events: law.Item
) -> None:
    second = renaming(events, NAME, FURTHER, "2026/11/09")
    first = renaming(events, NAME, NEW, "2026/11/02")
    assert take(second, first, of=events).accepted == 2
    assert one().name == FURTHER
    assert {NAME, NEW} <= set(one().former_names)


def test_an_older_renaming_that_arrives_late_only_adds_a_former_name(
    take: Callable[..., Any], events: law.Item
) -> None:
    take(renaming(events, NAME, FURTHER, "2026/11/09"), of=events)
    take(renaming(events, NAME, NEW, "2026/11/02"), of=events, at=LATER)
    assert (one().name, one().since) == (FURTHER, "2026-11-09")
    assert NEW in one().former_names


@pytest.mark.parametrize(
    ("kind", "word", "active"), [("注销", "注销", False), ("吊销", "吊销", False), ("迁出", "迁出", False), ("设立", "存续", True)]
)  # fmt: skip
def test_an_event_changes_the_status(
    take: Callable[..., Any], events: law.Item, kind: str, word: str, active: bool
) -> None:
    take(status(events, kind, "2026/11/10"), of=events)
    assert (one().status, one().active, one().name) == (word, active, NAME)


def test_an_older_event_does_not_revive_what_has_ended(take: Callable[..., Any], events: law.Item) -> None:
    take(status(events, "注销", "2026/11/10"), of=events)
    take(status(events, "设立", "2026/10/01"), of=events, at=LATER)
    assert one().status == "注销"
    take(status(events, "恢复", "2026/11/12"), of=events, at=LATER)
    assert one().status == "存续"


def test_an_unknown_code_is_only_added_by_an_event_that_founds_or_brings_it(
    take: Callable[..., Any], events: law.Item
) -> None:
    new, other = code("91", 51), code("91", 52)
    take(
        status(events, "设立", "2026/11/10", DJ_SHXYM=new, DJ_ZTMC="淮北市新开商贸有限公司"),
        status(events, "注销", "2026/11/10", DJ_SHXYM=other, DJ_ZTMC="淮北市别处商贸有限公司"),
        of=events,
    )
    known = register.get([new, other])
    assert set(known) == {new}
    assert (known[new].established_on, known[new].status) == ("2026-11-10", "存续")


def test_an_individual_business_keeps_its_registered_name(
    take: Callable[..., Any], events: law.Item, everything_in: Callable[..., Any]
) -> None:
    row = renaming(events, "相山区老张面馆", "相山区老李面馆", "2026/11/02", DJ_SHXYM=SHOP)
    assert take(row, of=events).accepted == 1
    assert one(SHOP).name == "相山区老李面馆"


def test_a_body_of_the_agency_register_is_added_and_its_successor_speaks_for_it(
    take: Callable[..., Any], bodies: law.Item, pack: law.Pack, item: law.Item
) -> None:
    take(sample(item, CF_CFLB="其他-责令限期拆除", CF_NR_FK=""), of=item)
    [waiting] = records.undetermined()
    take(
        sample(bodies, JGML_SHXYM=HEIR, JGML_ZTMC="淮北市承接局", JGML_JGLX="机关", JGML_RQ="2026/11/03"),
        sample(
            bodies, JGML_SHXYM=AGENCY, JGML_ZTMC="淮北市某某局", JGML_JGLX="机关", JGML_BDLX="合并",
            JGML_CJDW="淮北市承接局", JGML_CJDWDM=HEIR, JGML_RQ="2026/11/03",
        ),
        of=bodies, at=LATER,
    )  # fmt: skip
    assert one(HEIR).name == "淮北市承接局" and one(HEIR).kind == "机关"
    assert one(AGENCY).status == "撤销"
    assert register.successors([AGENCY, HEIR], date(2026, 11, 20)) == {AGENCY: HEIR}
    assert register.successors([AGENCY], date(2026, 11, 2)) == {}
    after = AT + timedelta(hours=2)
    with pytest.raises(NotTheAuthority):
        records.classify(statement=waiting.id, severity="ordinary", authority=BODY, at=after, actor="t")
    assert records.classify(
        statement=waiting.id, severity="ordinary", authority=HEIR, at=after, actor="t"
    ).show
    assert evidence.verify().findings == []
    assert records.rebuild_standing().height


def test_a_company_is_no_public_body(take: Callable[..., Any], bodies: law.Item) -> None:
    receipt = take(sample(bodies, JGML_SHXYM=SUBJECT), of=bodies)
    assert (receipt.rejected, [problem["code"] for problem in receipt.problems]) == (1, ["J01"])


def test_an_intake_broken_off_before_it_told_the_register_tells_it_when_run_again(
    take: Callable[..., Any], events: law.Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = renaming(events, NAME, NEW, "2026/11/02")
    with monkeypatch.context() as broken:
        broken.setattr(feeding, "tell_register", _killed)
        with pytest.raises(KeyboardInterrupt):
            take(row, of=events)
    assert one().name == NAME
    assert take(row, of=events).accepted == 1
    assert one().name == NEW
    assert [batch.state for batch in intake.batches()] == ["done"]


def _killed(**_: Any) -> None:
    raise KeyboardInterrupt
