"""Objection (异议): on a row or one field of it. It marks, it hides nothing, and it reaches who can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.kernel import dates, money, text, uscc
from xinheng.kernel.personal import MASK
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.remedies import arriving, entries, policy_routing
from xinheng.remedies.entries import Entry
from xinheng.remedies.errors import EntryEnded, FieldUnknown, NotOwnCopy, NotYours, ReasonMissing
from xinheng.remedies.types import OwnCopy

KIND = "objection"
LIVE = ("held", "suppressed")
_FORWARD = "请办“转来源单位核实”，由来源单位核实后更正。"


def object_to(
    *,
    statement: int,
    field: str = "",
    reason: str,
    actor: cases.Actor,
    at: datetime,
    channel: str,
    attachments: Sequence[cases.Upload] = (),
    token: str = "",
    received_on: date | None = None,
) -> cases.Done:
    """Opens an objection to an entry, or to one field of it, and marks exactly that as disputed in the same event.

    The platform's copy is compared with what the source sent before anybody is asked; the result goes with the case.
    Raises `NoSuchEntry`, `NotYours`, `EntryEnded`, `FieldUnknown`, `ReasonMissing`, `ReceivedWrong`, `AlreadyOpen` (the
    same row or field is being objected to), and what the case engine refuses (attachments, a kind not in force).
    """
    entry = entries.entry(statement)
    if actor.role == "organisation" and actor.body != entry.parts.uscc:
        raise NotYours("这条记录不是贵单位的记录，只有记录所涉的主体可以提出异议。请核对记录编号。")
    if entry.standing.state not in LIVE:
        raise EntryEnded(_ended(entry.standing.state))
    if field and field not in dict(_fields(entry)):
        known = "、".join(name for _, name in _fields(entry))
        raise FieldUnknown(
            f"「{field[:30]}」不是这条记录可以提出异议的字段。可以选：{known}；或者对整条记录提出。"
        )
    if not reason.strip():
        raise ReasonMissing("请写明哪里不对、应当是什么，以及依据；没有理由的异议无法核对。")
    received_on = arriving.arrived(received_on, at)
    copy = own_copy(statement=statement)
    source = source_of(entry, evidence.legal_day(at))
    return cases.open(
        kind=KIND, actor=actor, at=at, uscc=entry.parts.uscc, statement=statement, field=field,
        item=entry.item.code, authority=entry.parts.authority, body=source.body, channel=channel, reason=reason,
        detail={"own_copy": copy.as_dict(), "route": source.why, "sector": entry.sector},
        attachments=attachments, token=token, received_on=received_on, sector=entry.sector,
    )  # fmt: skip


def objectionable(*, statement: int, on: date) -> tuple[tuple[str, str], ...]:
    """The fields of an entry one can object to, with their names: what is open to the public, in schema order."""
    return _fields(entries.entry(statement))


def source_of(entry: Entry, on: date) -> policy_routing.Route:
    """Who answers for what was sent: the source unit on the row, else the deciding authority; its successor."""
    code, name = (entry.values.get(part, "") for part in (entry.item.source_code, entry.item.source_name))
    if not uscc.is_valid(code):
        code, name = entry.parts.authority, entry.authority_name
    return entries.routed(code, name, on)


def own_copy(*, statement: int) -> OwnCopy:
    """The platform's own copy of an entry against the row its source sent, field by field.

    A row that is no longer kept cannot be compared: `kept` is False and nothing is said to differ. Of a row that came in
    by linking, code and name of the subject are not compared: they are those of the register.
    """
    entry = entries.entry(statement)
    batch, row, received = entry.parts.source
    day = date.fromisoformat(received)
    cells = intake.kept_row(batch=batch, row=row) if batch else None
    sent = intake.batches(number=batch, limit=1) if batch else []
    sender = sent[0].source if sent else ""
    if cells is None:
        return OwnCopy(True, (), False, batch, row, day, sender, kept=False)
    code, name = entry.item.subject_code, entry.item.subject_name
    # The name of an individual business may be a person's: it is kept as it may be shown
    individual = entry.parts.uscc.startswith("92")
    linked = uscc.clean(cells.get(code, "")).code != entry.parts.uscc
    differs = tuple(
        (field.code, field.name, cells[field.code], entry.values[field.code])
        for field in entry.item.fields
        if field.code in cells and field.code in entry.values and not field.computed
        and not (linked and field.code in (code, name)) and not (field.code == name and individual)
        and not _same(field, cells[field.code], entry.values[field.code])
    )  # fmt: skip
    return OwnCopy(not differs, differs, linked, batch, row, day, sender, corrected=_corrected(statement))


def own_changes(*, statement: int) -> dict[str, str]:
    """What the platform may correct by itself: the public fields in which its copy differs, as the source sent them.

    Raises `NotOwnCopy` where nothing differs, where the row is no longer kept, and where a correction was decided
    already: then only the source can say what is right.
    """
    copy = own_copy(statement=statement)
    if not copy.kept:
        raise NotOwnCopy(f"来源所报的这一行已不再留存，无法比对，平台不能自行更正。{_FORWARD}")
    if copy.corrected:
        raise NotOwnCopy(f"这条记录经异议更正过，与最初所报不同是更正的结果，平台不能改回。{_FORWARD}")
    public = {code for code, _ in _fields(entries.entry(statement))}
    changes = {code: sent for code, _, sent, _ in copy.differs if code in public}
    if not changes:
        raise NotOwnCopy(f"本平台的副本与来源所报一致，没有平台可以自行更正的地方。{_FORWARD}")
    return changes


def checked_changes(*, statement: int, given: Mapping[str, str]) -> dict[str, str]:
    """`own_changes`, where what was asked for is exactly that, in whatever spelling; else raises `NotOwnCopy`."""
    entry, changes = entries.entry(statement), own_changes(statement=statement)
    fields = entry.item.by_code
    if set(given) != set(changes) or any(
        not _same(fields[code], sent, given[code]) for code, sent in changes.items()
    ):
        names = "、".join(fields[code].name for code in changes)
        raise NotOwnCopy(
            f"平台只能把自己的副本改成来源所报的样子，要改的正是这些栏目：{names}，不多也不少。其他内容{_FORWARD}"
        )
    return changes


def _corrected(statement: int) -> bool:
    marks = records.marks([statement], on=date.max).get(statement, ())
    return any(mark.kind == records.CORRECTED for mark in marks)


def _fields(entry: Entry) -> tuple[tuple[str, str], ...]:
    return tuple((field.code, field.name) for field in entry.item.fields if field.scope == "public")


def _same(field: law.Field, sent: str, shown: str) -> bool:
    """Whether a value says what the cell said, in whatever spelling the intake allows."""
    if sent == shown or MASK in sent or MASK in shown:
        return True
    if field.type == "date":
        return _iso(sent) == _iso(shown)
    if field.type == "money":
        return _fen(sent) == _fen(shown)
    if field.type == "code":
        return uscc.clean(sent).code == uscc.clean(shown).code
    if field.choices or field.written:
        return set(law.split_choices(field=field, text=sent)) == set(
            law.split_choices(field=field, text=shown)
        )
    return _plain(sent) == _plain(shown) or _masked(sent, shown)


def _masked(sent: str, shown: str) -> bool:
    """Whether the only difference is a person's name that the intake masked."""
    one, other = _plain(sent), _plain(shown)
    return len(one) == len(other) and all(a == b or b == "某" for a, b in zip(one, other, strict=True))


def _plain(cell: str) -> str:
    return text.norm_name(text.normalise_cell(cell)[0])


def _iso(cell: str) -> str:
    day = dates.parse_date(cell).value
    return day.isoformat() if day else cell.strip()


def _fen(cell: str) -> int | None:
    try:
        return money.parse_wan(cell) if cell.strip() else None
    except money.MoneyError:
        return None


def _ended(state: str) -> str:
    why = {
        "repaired": "已经修复",
        "superseded": "已被更正后的内容取代",
        "annulled": "已经撤销",
        "erased": "已经依法删除",
    }
    return (
        f"这条记录{why.get(state, '不再有效')}，不能再提出异议。对更正后的内容有异议的，请在新的记录上提出。"
    )
