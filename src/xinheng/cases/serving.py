"""When a paper reached its addressee, and to whom a case is handed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from xinheng.cases import kinds, naming, overdue, policy_act, reading, scope, words, writing
from xinheng.cases.binding import day_of, query
from xinheng.cases.errors import Needed, NotPossible, NotYours
from xinheng.cases.policy_act import REASSIGN, Actor
from xinheng.cases.types import Case, Document
from xinheng.cases.writing import Doing
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.register import service as register


def serve(*, document: str, on: date, manner: str, actor: Actor, at: datetime) -> Document:
    """Records the day and manner a document was served, once. Raises `NoSuchDocument`, `NotYours`, `NotPossible` for
    one served before, `Needed` for a day that cannot be."""
    reader = scope.of_actor(actor)
    told = reading.document(number=document, reader=reader)
    found = reading.row(number=told.case, reader=reader)
    _may_serve(found, actor)
    if on < told.made_on:
        raise Needed(f"送达日期不能早于文书日期 {told.made_on.isoformat()}。")
    doing = Doing(actor, at, evidence.legal_day(at), "", {}, "")
    act = evidence.Act(
        kind=writing.SERVED, actor=actor.account, at=at, pack=found["pack"], purpose="送达",
        provision=reading.kind_of(found).source.cited,
        detail={"case": told.case, "document": told.number},
    )  # fmt: skip
    with evidence.event(act) as event:
        reading.locked(found["id"])
        [(document_id,)] = query("SELECT id FROM cases_document WHERE number = %s", [document])
        if query("SELECT 1 FROM cases_service WHERE document_id = %s", [document_id]):
            raise NotPossible("这份文书已经登记过送达，不能改写。需要说明的，请在办理意见里写明。")
        writing.write_service(event, document_id, {"on": on.isoformat(), "manner": manner}, doing)
    return reading.document(number=document, reader=reader)


def serve_in(
    event: evidence.OpenEvent, *, case: str, kinds_of_paper: Sequence[str], served: Mapping[str, Any], actor: Actor,
    at: datetime,
) -> list[str]:  # fmt: skip
    """Records inside a step's event that papers made earlier in its case were served with it: those of these kinds that
    no service was recorded for. Returns their numbers. Raises `Needed` for a day before the paper or after today."""
    doing = Doing(actor, at, evidence.legal_day(at), "", {}, "")
    rows = query(
        "SELECT d.id, d.number, d.kind, d.made_on FROM cases_document d JOIN cases_case c ON c.id = d.case_id"
        " WHERE c.number = %s AND NOT EXISTS (SELECT 1 FROM cases_service s WHERE s.document_id = d.id) ORDER BY d.id",
        [case],
    )
    done = []
    for id_, number, kind, made_on in rows:
        if kind in kinds_of_paper:
            if str(served.get("on", "")) < day_of(made_on).isoformat():
                raise Needed(f"送达日期不能早于文书日期 {day_of(made_on).isoformat()}。")
            writing.write_service(event, id_, served, doing)
            done.append(number)
    return done


def _may_serve(found: dict[str, object], actor: Actor) -> None:
    own = actor.role == "authority" and actor.body == found["body"]
    if not (own or actor.role in ("office", *policy_act.MACHINES)):
        raise NotYours("送达由制作文书的单位的承办岗或者信用窗口登记。请由它们登录后登记。")


def reassign(*, number: str, to: str, reason: str, actor: Actor, at: datetime) -> Case:
    """Hands an open case on to another body ("": the platform's office); its clock goes on. By the office, with a
    reason. A step that waited for a second account lapses. Raises `NoSuchCase`, `NotYours`, `NotPossible`, `Needed`
    (also for what is no public body here)."""
    on = evidence.legal_day(at)
    found = reading.row(number=number, reader=scope.of_actor(actor))
    if actor.role not in ("office", "platform"):
        raise NotYours("移交由信用办登记：请与本市信用办联系。")
    if not reason.strip():
        raise Needed("移交要写明理由，例如职权由哪个单位承接。")
    to = to.strip().upper()
    _check_body(to, found["body"], on)
    doing = Doing(actor, at, on, words.clean(reason), {"to": to, "from": found["body"]}, "")
    act = evidence.Act(
        kind=writing.REASSIGNED, actor=actor.account, at=at, pack=found["pack"],
        purpose=reading.kind_of(found).name, provision=reading.kind_of(found).source.cited,
    )  # fmt: skip
    with evidence.event(act) as event:
        row = reading.locked(found["id"])
        if row["closed_on"] is not None or row["body"] == to:
            raise NotPossible("本案已经办结，或者已经由这个单位办理，不需要移交。")
        law.remember(kinds.pack_of(row["pack"]))
        overdue.settle(event, row, on)
        writing.write_step(
            event, doing, case_id=row["id"], seq=row["version"] + 1, act=REASSIGN, how="done",
            state_from=row["state"], state_to=row["state"], body=to, provision="",
        )  # fmt: skip
        kind = reading.kind_of(row)
        writing.move(
            row,
            {
                "body": to,
                "elsewhere": writing.elsewhere(row["authority"], to),
                "waiting": "",
                "holder": writing.holder(kind, row["state"], to),
            },
        )
        writing.note(event, row, REASSIGN)
        event.detail["to"] = to or naming.OFFICE
    return reading.shaped(reading.rows("c.id = %s", [found["id"]])[0], on)


def _check_body(to: str, now: str, on: date) -> None:
    """Raises `Needed` for a code that is no public body: nobody would see the case again, and its clock would run."""
    if not to or to == now:
        return
    ask = "没有移交。请从承接单位的名单里选，或者核对代码；单位还没有登记的，先登记再移交。"
    if not uscc.is_valid(to):
        raise Needed(f"承接单位「{to[:18]}」不是有效的统一社会信用代码（18 位，末位校验），{ask}")
    if not register.is_source(to, law.active()) and register.successors([now], on).get(now) != to:
        raise Needed(f"「{to}」不是登记在册的机关单位，也不在本市单位名单里，{ask}")
