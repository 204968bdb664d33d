"""What tests of lists share: an authority that may list, whom it lists, and the way of a proceeding day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from remedytown import at, desk
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.publication import service as publication

TODAY = date(2026, 11, 20)
KIND = "market-serious"
FACTS = "2026年5月以来多次销售不合格产品，被处以较重行政处罚，逾期不改正。"


def regulator() -> str:
    """The city's own market regulator: an authority that may list."""
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    return next(
        one.authority for one in page
        if not lists.may_open(authority=one.authority, kind=KIND, on=TODAY)
    )  # fmt: skip


def firm(which: int = 0) -> str:
    """A company nobody has on a list."""
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    codes = sorted({one.uscc for one in page if one.uscc.startswith("91")})
    taken = lists.of_usccs(usccs=codes, on=TODAY)
    return [code for code in codes if code not in taken][which]


def opened(day: date | str = TODAY, **more: Any) -> cases.Done:
    """A proceeding begun."""
    body = more.pop("authority", None) or regulator()
    kind = law.active().lists[more.get("kind", KIND)]
    given = {
        "authority": body, "uscc": more.pop("uscc", None) or firm(), "kind": KIND, "facts": FACTS,
        "documents": ["淮市监罚〔2026〕77号"], "trigger": kind.triggers[0].code, "actor": desk(body), **more,
    }  # fmt: skip
    return lists.open_listing(at=at(day), **given)


def act(number: str, step: str, day: date | str, who: str = "one", **more: Any) -> cases.Done:
    """A step by somebody of the body that handles the case."""
    case = cases.case(number=number, reader=cases.Reader("office"))
    return cases.act(number=number, act=step, actor=desk(case.body, who), at=at(day), **more)


def served(day: date | str) -> dict[str, Any]:
    return {"served": {"on": str(day), "manner": "直接送达"}}


def noticed(number: str, day: date | str = TODAY) -> cases.Case:
    return act(number, "notify", day, reason="事实清楚，拟列入", detail=served(day)).case


def after_defence(number: str) -> date:
    """The first day on which it may be decided."""
    clock = [
        one
        for one in cases.clocks(number=number, reader=cases.Reader("office"))
        if one.provision == "listing-defence"
    ]
    due = clock[-1].due_on
    assert due is not None
    return due + timedelta(days=1)


def decided(number: str, day: date) -> cases.Done:
    act(number, "decide", day, reason="陈述申辩不成立，决定列入")
    return act(number, "decide", day, who="two")


def listed(day: date | str = TODAY, **more: Any) -> tuple[str, int, date]:
    """The whole way until the entry is published: the case, the entry, the day."""
    number = opened(day, **more).case.number
    noticed(number, day)
    last = after_defence(number)
    act(number, "defence-over", last)
    decided(number, last)
    act(number, "deliver", last, detail=served(last))
    act(number, "publish", last)
    return number, statement_of(number), last


def statement_of(number: str) -> int:
    steps = cases.steps(number=number, reader=cases.Reader("office"))
    return next(int(one.detail["effect"]["statement"]) for one in steps if one.act == "publish")


def two(number: str, step: str, day: date | str, **more: Any) -> cases.Done:
    """A step two people take."""
    done = act(number, step, day, **more)
    return act(number, step, day, who="two", **more) if done.waiting else done


def caught_up(day: date | str) -> None:
    evidence.drain(at=at(day, 20))


def received(
    row: dict[str, str], day: date | str = TODAY, source: str = "", item: str = "serious-list"
) -> Any:
    """One row of a received list, through the real intake."""
    import csv
    import io

    from xinheng.intake import service as intake

    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    with intake.lent_path(out.getvalue().encode()) as path:
        told = intake.run(
            path=path, item=item, source=source or regulator(), at=at(day), actor="test", mapping={}
        )
    caught_up(day)
    return told


def row(uscc: str, day: date | str = TODAY, **more: str) -> dict[str, str]:
    """A row of a list as a source sends it."""
    from xinheng.register import service as register

    source = regulator()
    names = register.get([uscc, source])
    return {
        "YZ_ZTMC": names[uscc].name, "YZ_SHXYM": uscc, "YZ_LB": law.active().lists[KIND].name,
        "YZ_WSH": "淮市监严列字〔2026〕901号", "YZ_LRRQ": str(day), "YZ_LRYY": "被处以较重行政处罚且情节严重",
        "YZ_YJ": "《市场监督管理严重违法失信名单管理办法》", "YZ_JG": names[source].name, "YZ_JGDM": source,
        "YZ_YCRQ": "", "YZ_YCYY": "", "YZ_YCJG": "", "YZ_LYDW": names[source].name, "YZ_LYDWDM": source, **more,
    }  # fmt: skip
