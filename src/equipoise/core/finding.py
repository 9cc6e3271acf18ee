"""Findings: what is wrong or assumed in the data, as values that travel beside the numbers.

A finding is the data's or the world's fault, never the program's: it is returned, not raised. Each sort of finding is
declared once, beside the code that discovers it, as a `FindingCode`; `catalog.FINDING_CODES` lists them all.

>>> NO_PRICE = FindingCode("PR101", Severity.WARNING, "No price", "Add rows to table prices.")
>>> found = NO_PRICE.found("item tool", "tool has no price in 6 buckets", count=6)
>>> found.code, found.severity.value, found.remedy
('PR101', 'warning', 'Add rows to table prices.')
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    BLOCKER = "blocker"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst; findings are sorted by it."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Finding:
    """One thing found. `where` names table, row or node in words; `amount` is the money at stake, None if unknown."""

    code: str
    severity: Severity
    where: str
    message: str
    remedy: str
    count: int = 1
    amount: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape that CLI, API and files share (algebra.md section 11)."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "where": self.where,
            "count": self.count,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class FindingCode:
    """A sort of finding: two letters for the room and three digits, with what it means and what to do about it."""

    code: str
    severity: Severity
    meaning: str
    remedy: str

    def found(self, where: str, message: str, *, count: int = 1, amount: float | None = None) -> Finding:
        """The finding of this sort at `where`; `message` says what and by how much."""
        return Finding(self.code, self.severity, where, message, self.remedy, count, amount)


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first, then the most money, then by code and place: the order every list of findings has."""
    return tuple(
        sorted(
            set(findings),
            key=lambda f: (f.severity.rank, -(f.amount or 0.0), f.code, f.where, f.message, f.count),
        )
    )
