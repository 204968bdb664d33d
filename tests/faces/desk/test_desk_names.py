"""The desk's pages for doubtful names: judged by the office, read by the department that sent them, taken back with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.linkage import service as linkage
from xinheng.records import service as records

pytest_plugins = ("deskkit",)


def proposed(desk: Any, name: str, *, source: str = "", times: int = 1) -> list[int]:
    """Doubtful rows in a real batch of the unit, with two registered companies as candidates."""
    from xinheng.intake import service as intake

    batch = intake.batches(source=source or desk.mine, item="admin-penalty", limit=1)[0]
    codes = _companies()
    candidates = [
        {"code": code, "name": register_name(code), "current": True, "confidence": 8_000 - place}
        for place, code in enumerate(codes)
    ]
    rows = [
        {
            "batch": batch.number, "row": 9_000 + place, "item": "admin-penalty", "source": batch.source, "name": name,
            "code": "", "candidates": candidates, "reason": "两家都像。",
        }
        for place in range(times)
    ]  # fmt: skip
    with evidence.event(evidence.Act(kind="linkage.proposed", actor="test", at=AT)) as event:
        linkage.propose(event=event, rows=pl.DataFrame(rows))
    return [one.id for one in linkage.alike(linkage.asked_key(name))]


def _companies() -> list[str]:
    from xinheng.publication import service as publication

    day = evidence.legal_day(AT)
    entries = publication.statements(audience="authority", on=day, item="admin-penalty", limit=99)
    return sorted({one.uscc for one in entries if one.uscc.startswith("91")})[:2]


def register_name(code: str) -> str:
    from xinheng.register import service as register

    return register.get([code])[code].name


def text(answer: Any) -> str:
    return str(answer.content.decode())


def waiting_row() -> linkage.PendingRow:
    """A row the real intake put before people, which nothing but the question of its organisation holds up."""
    return next(
        one
        for one in linkage.pending(limit=99)
        if len(one.candidates) > 1
        and one.item == "admin-penalty"
        and {c.code[:2] for c in one.candidates} == {"91"}
    )


def test_a_real_row_is_judged_and_taken_in_under_its_organisation(signed_in: Callable[[str], Any]) -> None:
    office = signed_in("office")
    row = waiting_row()
    meant = max(row.candidates, key=lambda one: one.confidence)
    page = text(office.get(f"/desk/names/{row.id}/"))
    assert row.name in page
    assert meant.code in re.sub(r"</?span[^>]*>", "", page)
    for words in ("字号", "代码", "所报", "登记", "分量", "登记状态", "成立日期", "地区"):
        assert words in page, words
    answer = office.post(
        f"/desk/names/{row.id}/",
        {"pending": row.id, "candidate": meant.code, "act": "same", "why": "电话核实"},
    )
    assert answer.status_code == 302
    assert "done=same" in answer["Location"]
    assert "rows=1" in answer["Location"]
    assert linkage.pending_row(row.id).state == "same"
    [link] = [one for one in linkage.links(how="judged") if one.key == row.key]
    assert link.uscc == meant.code
    [statement] = linkage.statements_of([link])[link.id]
    listed = text(office.get("/desk/names/links/?how=judged"))
    assert row.name in listed
    shown = text(office.get(f"/desk/names/links/{link.id}/"))
    assert f"/desk/why/{statement}/" in shown
    undone = office.post("/desk/names/undo/", {"link": link.id, "why": "不是同一家", "stay": "1"})
    assert undone.status_code == 302
    assert records.open_standing([statement])["state"][0] == "annulled"
    assert [one.id for one in linkage.alike(row.key) if one.open] == [row.id], "the row waits where it waited"
    after = text(office.get(f"/desk/names/links/{link.id}/"))
    assert "不是同一家" in after
    assert "撤销归属" in after
    assert evidence.verify().findings == []


def test_of_an_erased_row_the_pages_say_so_and_show_nothing(signed_in: Callable[[str], Any]) -> None:
    office = signed_in("office")
    row = waiting_row()
    meant = max(row.candidates, key=lambda one: one.confidence)
    office.post(f"/desk/names/{row.id}/", {"pending": row.id, "candidate": meant.code, "act": "same"})
    [link] = linkage.links(how="judged")
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=linkage.statements_of([link])[link.id], act=act)
    for address in ("?state=same", f"{row.id}/", f"links/{link.id}/", "links/", "decisions/"):
        answer = office.get(f"/desk/names/{address}")
        assert answer.status_code == 200, address
        assert "已依法清除" in text(answer), address
        assert row.name not in text(answer), address
    assert evidence.verify().findings == []


def test_a_second_person_sees_that_it_is_judged_already(desk: Any, signed_in: Callable[[str], Any]) -> None:
    [pending] = proposed(desk, "信衡中兴商贸有限公司")
    codes = _companies()
    first, second = signed_in("office"), signed_in("office2")
    form = {"pending": pending, "candidate": codes[0], "act": "different"}
    assert first.post(f"/desk/names/{pending}/", form).status_code == 302
    size = len(evidence.events(kinds=["linkage.judged"]))
    assert first.post(f"/desk/names/{pending}/", form).status_code == 302, "a double click is one act"
    late = second.post(f"/desk/names/{pending}/", form | {"act": "same"})
    assert late.status_code == 409
    assert "已经判定" in text(late)
    assert len(evidence.events(kinds=["linkage.judged"])) == size


def test_a_form_of_another_row_changes_nothing(desk: Any, signed_in: Callable[[str], Any]) -> None:
    one, other = proposed(desk, "信衡中兴商贸有限公司") + proposed(
        desk, "信衡鑫源商贸有限公司", source=desk.other
    )
    office = signed_in("office")
    form = {"pending": one, "candidate": _companies()[0], "act": "same"}
    assert office.post(f"/desk/names/{other}/", form).status_code == 409
    for wrong in (
        {"candidate": ""},
        {"act": "guess"},
        {"candidate": "91340600MA2NUMBER0"},
        {"why": "长" * 201},
    ):
        assert office.post(f"/desk/names/{one}/", form | wrong).status_code == 400, wrong
    assert linkage.verdicts([linkage.asked_key("信衡中兴商贸有限公司")]).is_empty()


def test_none_of_these_leaves_the_queue_and_can_be_taken_back(
    desk: Any, signed_in: Callable[[str], Any]
) -> None:
    [pending] = proposed(desk, "信衡中兴商贸有限公司")
    office = signed_in("office")
    office.post(f"/desk/names/{pending}/", {"pending": pending, "act": "none"})
    assert linkage.pending_row(pending).state == "none"
    page = text(office.get(f"/desk/names/{pending}/"))
    verdict = int(re.findall(r'name="verdict" value="(\d+)"', page)[0])
    refused = office.post("/desk/names/reverse/", {"verdict": verdict, "pending": pending, "why": " "})
    assert refused.status_code == 400
    answer = office.post("/desk/names/reverse/", {"verdict": verdict, "pending": pending, "why": "看错了"})
    assert answer.status_code == 302
    assert linkage.pending_row(pending).state == "waiting"
    assert "看错了" in text(office.get("/desk/names/decisions/"))
    assert "看错了" in text(office.get(f"/desk/names/{pending}/"))


def test_a_department_sees_its_own_rows_and_judges_none(desk: Any, signed_in: Callable[[str], Any]) -> None:
    [mine] = proposed(desk, "信衡中兴商贸有限公司")
    [theirs] = proposed(desk, "信衡鑫源商贸有限公司", source=desk.other)
    clerk = signed_in("clerk")
    listed = text(clerk.get("/desk/names/"))
    assert "信衡中兴商贸有限公司" in listed
    assert "信衡鑫源商贸有限公司" not in listed
    assert "双人复核" not in listed
    page = clerk.get(f"/desk/names/{mine}/")
    assert page.status_code == 200
    assert 'name="act"' not in text(page)
    assert clerk.get(f"/desk/names/{theirs}/").status_code == 404
    form = {"pending": mine, "candidate": _companies()[0], "act": "same"}
    assert clerk.post(f"/desk/names/{mine}/", form).status_code == 403
    assert signed_in("reviewer").get("/desk/names/").status_code == 403
    assert linkage.pending_row(mine).state == "waiting"


def test_in_a_double_review_nobody_sees_the_other_and_nobody_judges_twice(
    desk: Any, signed_in: Callable[[str], Any]
) -> None:
    office, office2 = signed_in("office"), signed_in("office2")
    assert office.post("/desk/names/review/", {"double": "on"}).status_code == 302
    [pending] = proposed(desk, "信衡中兴商贸有限公司")
    form = {"pending": pending, "candidate": _companies()[0], "act": "same", "why": "只有一家"}
    office.post(f"/desk/names/{pending}/", form)
    own = text(office.get(f"/desk/names/{pending}/"))
    assert "您已经判过" in own
    assert 'value="same"' not in own
    assert "信衡中兴商贸有限公司" not in text(office.get("/desk/names/"))
    other = text(office2.get(f"/desk/names/{pending}/"))
    assert "一位同事已经判过" in other
    assert "只有一家" not in other
    assert "desk:office<" not in other
    office2.post(f"/desk/names/{pending}/", form)
    assert linkage.pending_row(pending).state == "same"


def test_reading_is_in_the_ledger_with_a_purpose_and_writes_nothing_else(
    desk: Any, signed_in: Callable[[str], Any]
) -> None:
    [pending] = proposed(desk, "信衡中兴商贸有限公司")
    office = signed_in("office")
    before = {entry.id for entry in evidence.events()}
    for address in ("", f"{pending}/", "links/", "decisions/", f"{pending}/?code={_companies()[1]}"):
        assert office.get(f"/desk/names/{address}").status_code == 200
    fresh = [entry for entry in evidence.events() if entry.id not in before]
    assert fresh
    assert {entry.kind for entry in fresh} == {"accounts.read"}
    assert all(entry.body["purpose"] for entry in fresh)
    assert "信衡中兴" not in str([entry.body for entry in fresh])


def test_another_registered_organisation_can_be_laid_beside_and_chosen(
    desk: Any, signed_in: Callable[[str], Any]
) -> None:
    from xinheng.register import service as register

    [pending] = proposed(desk, "信衡中兴商贸有限公司")
    other = next(code for code in register.codes_after("91", limit=50) if code not in _companies())
    office = signed_in("office")
    page = text(office.get(f"/desk/names/{pending}/?code={other}"))
    assert f'value="{other}"' in page
    assert "登记库里没有这个代码" in text(office.get(f"/desk/names/{pending}/?code=91340600MA2NUMBER0"))
    office.post(f"/desk/names/{pending}/", {"pending": pending, "candidate": other, "act": "different"})
    assert linkage.standing(linkage.asked_key("信衡中兴商贸有限公司"))[other][1] == "different"


def test_an_empty_queue_says_what_will_be_there(desk: Any, signed_in: Callable[[str], Any]) -> None:
    office = signed_in("office")
    assert "没有这样的名称" in text(office.get("/desk/names/?q=没有人叫这个"))
    assert "没有这样的归属" in text(office.get("/desk/names/links/?code=91340600MA2NUMBER0"))
    assert "还没有判定" in text(office.get("/desk/names/decisions/"))
    assert "没有等待核对的名称" in text(signed_in("rival").get("/desk/names/?state=open")) or linkage.pending(
        source=desk.other
    )


@pytest.mark.parametrize("address", ["", "links/", "decisions/"])
def test_pages_of_names_ask_the_database_a_handful_of_times(
    desk: Any, signed_in: Callable[[str], Any], few_queries: Any, address: str
) -> None:
    for place in range(3):
        proposed(
            desk,
            f"信衡第{place}商贸有限公司",
            source=(desk.mine, desk.other)[place % 2],
            times=1 if place else 3,
        )
    office = signed_in("office")
    for one in linkage.pending(limit=4):
        linkage.judge_none(pending=one.id, actor="test", at=AT)
    office.get(f"/desk/names/{address}")
    with few_queries(45):
        assert office.get(f"/desk/names/{address}").status_code == 200


def test_names_are_cut_where_they_differ() -> None:
    from xinheng.faces.desk import naming

    said, held = naming.pieces("中兴（淮北）商贸", "中兴(淮北)商厦")
    assert [(one.text, one.differs) for one in said] == [("中兴（淮北）商", False), ("贸", True)]
    assert [(one.text, one.differs) for one in held] == [("中兴(淮北)商", False), ("厦", True)]
    assert naming.pieces("", "甲") == ([], [naming.Piece("甲", False)])
