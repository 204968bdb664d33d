"""What the checker says about a pack: where, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. `code` is stable; an `error` keeps the pack from use; `info` lists what to verify."""

    severity: Severity
    code: str
    where: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}：{self.message}。{self.remedy}"

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return {
            "severity": self.severity,
            "code": self.code,
            "where": self.where,
            "message": self.message,
            "remedy": self.remedy,
        }


class Report:
    """Collects findings while a pack is read and checked."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def error(self, code: str, where: str, message: str, remedy: str) -> None:
        self.findings.append(Finding("error", code, where, message, remedy))

    def warn(self, code: str, where: str, message: str, remedy: str) -> None:
        self.findings.append(Finding("warning", code, where, message, remedy))

    def info(self, code: str, where: str, message: str, remedy: str) -> None:
        self.findings.append(Finding("info", code, where, message, remedy))

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]
