"""An entry as the room looks at it: what was said, how it stands, and by which path the law lets it end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.remedies import policy_repair, policy_routing
from xinheng.remedies.errors import NoSuchEntry

FALSE_MATERIAL, PROMISE = "false-material", "false-promise"


def barred_until(since: date) -> date | None:
    """The last day on which commitments do not help after a false one told on a day; None without an adopted rule."""
    try:
        return law.due_shown(pack=law.active(), provision=PROMISE, start=since).due
    except (law.NoBasis, law.NotAdopted, law.UnknownProvision):
        return None


@dataclass(frozen=True)
class Standing:
    """The open standing of a statement."""

    state: str
    severity: str
    show_from: date | None
    show_until: date | None
    repair_from: date | None
    rule: str


@dataclass(frozen=True)
class Entry:
    """A statement with its values in clear, its item and its standing."""

    parts: records.Parts
    item: law.Item
    values: dict[str, str]
    standing: Standing

    @property
    def document(self) -> str:
        """The document number as written; "" where the entry has none."""
        return next((self.values[code] for code in self.item.document_number if self.values.get(code)), "")

    @property
    def authority_name(self) -> str:
        return self.values.get(self.item.authority_name, "")

    @property
    def sector(self) -> str:
        """The sector of the authority: what decides on its clocks."""
        pack = law.active()
        unit = law.department(pack=pack, uscc=self.parts.authority)
        if unit is not None and unit.sector:
            return unit.sector
        return law.sector_of(
            pack=pack, authority=self.parts.authority, authority_name=self.authority_name, basis=""
        )

    def facts(self, path: law.RepairPath | None = None, *, on: date) -> policy_repair.Facts:
        """What the policy of repair looks at on a day."""
        now = self.standing
        told = records.marks([self.parts.id], on=on).get(self.parts.id, ())
        since = max((mark.since for mark in told if mark.kind == FALSE_MATERIAL), default=None)
        return policy_repair.Facts(
            now.state, now.severity, self.parts.decided_on, now.show_from, now.show_until, now.repair_from,
            path is None or path.repairable, path.why_not if path else "",
            barred_until(since) if since else None,
        )  # fmt: skip

    def path(self, on: date) -> law.RepairPath:
        """The way the law has for this entry on a day; one that leads nowhere where it is silent."""
        try:
            return law.repair_path(
                pack=law.active(),
                item=self.item.code,
                authority=self.parts.authority,
                sector=self.sector,
                on=on,
            )
        except (law.NoBasis, law.UnknownCode) as error:
            why_not_en = "No provision in force says how such an entry is repaired."
            return law.RepairPath(False, error.message, why_not_en, "", (), (), (), (), "", "verified")


def entry(statement: int) -> Entry:
    """An entry by its number. Raises `NoSuchEntry`, also for one erased by law."""
    parts = records.statements([statement]).get(statement)
    if parts is None or not parts.public:
        raise NoSuchEntry(f"没有编号为 {statement} 的记录。请从记录页面重新进入。")
    row = records.open_standing([statement]).row(0, named=True)
    item = records.item_of(parts.item, parts.item_version)
    return Entry(
        parts,
        item,
        records.decode(item, parts.public, parts.shared, parts.restricted),
        Standing(
            *(row[name] for name in ("state", "severity", "show_from", "show_until", "repair_from", "rule"))
        ),
    )


def routed(code: str, name: str, on: date) -> policy_routing.Route:
    """Who answers for a body on a day: the register's successions first, then the pack's."""
    recorded = register.successors([code], on) if code else {}
    pack = law.active()
    found = None if code in recorded else law.successor(pack=pack, name_or_code=code or name, on=on)
    if found is None and code not in recorded and name and law.department(pack=pack, uscc=code) is None:
        found = law.successor(pack=pack, name_or_code=name, on=on)
    heir = policy_routing.Heir(_code_of(found.department), found.department.name, found.on) if found else None
    return policy_routing.route(authority=code, name=name, recorded=recorded, heir=heir)


def _code_of(unit: law.Department) -> str:
    """The code of a department: the pack's, else the one public body of that very name in the register."""
    if unit.uscc:
        return unit.uscc
    named = register.named([unit.name])
    codes = {code for code, _, current in named.select("code", "name", "current").iter_rows() if current}
    codes = {code for code in codes if code.startswith("1")}
    return next(iter(codes)) if len(codes) == 1 else ""
