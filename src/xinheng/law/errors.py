"""The law room's failures. Each says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from xinheng.kernel.errors import InternalFailure, Refused, WrongUse
from xinheng.kernel.periods import CalendarEnds, CalendarGap, StillPaused
from xinheng.law.findings import Finding

__all__ = [
    "CalendarEnds",
    "CalendarGap",
    "NoBasis",
    "NotAdopted",
    "NoticeRefused",
    "PackMissing",
    "PackRefused",
    "RulesUnreadable",
    "StillPaused",
    "UnknownCode",
    "UnknownDigest",
    "UnknownProvision",
]


class PackMissing(WrongUse):
    """There is no pack of that code."""

    code = "pack-missing"


class PackRefused(Refused):
    """The pack breaks a rule of law or of form; `findings` says where and what to do."""

    code = "pack-refused"

    def __init__(self, pack: str, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        shown = "；".join(f"{finding.where}：{finding.message}" for finding in self.findings[:3])
        more = f"等 {len(self.findings)} 处" if len(self.findings) > 3 else ""
        super().__init__(
            f"规则包 {pack} 不能使用：{shown}{more}。请运行 xinheng law check {pack} 查看并改正。"
        )


class UnknownCode(WrongUse):
    """No item, provision, class or field goes by that code in the active pack."""

    code = "unknown-code"


class UnknownProvision(UnknownCode):
    """No provision goes by that id in the active pack."""

    code = "unknown-provision"


class UnknownDigest(InternalFailure):
    """A pack digest is on record whose content is not kept."""

    code = "unknown-digest"


class NoticeRefused(Refused):
    """A holiday notice that is incomplete, or contradicts a loaded year."""

    code = "notice-refused"


class RulesUnreadable(WrongUse):
    """A rules document that cannot be laid against the list: another kind of file, too large, or not text."""

    code = "rules-unreadable"


class NotAdopted(Refused):
    """The provision is unverified and the office has not adopted it: it has no effect."""

    code = "not-adopted"


class NoBasis(Refused):
    """No provision is in force on that day: no law, no act."""

    code = "no-basis"
