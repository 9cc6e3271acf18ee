"""Findings: what is wrong or assumed in the data, as values that travel beside the numbers.

A finding is the data's or the world's fault, never the program's: it is returned, not raised. Each sort of finding is
declared once, beside the code that discovers it, as a `FindingCode`; `catalog.FINDING_CODES` lists them all.

>>> NO_PRICE = FindingCode("PR101", Severity.WARNING, "No price", "Add rows to table prices.")
>>> found = NO_PRICE.found("item tool", "tool has no price in 6 buckets", count=6)
>>> found.code, found.severity.value, found.remedy
('PR101', 'warning', 'Add rows to table prices.')
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import fsum
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


MOST_ALIKE = 200
"""Findings of one code that a stage lists one by one; a company of 20,000 items may have as many short."""


def bounded(findings: Iterable[Finding], most: int = MOST_ALIKE) -> list[Finding]:
    """Of each code the `most` with the most money, then the most cells, as they are, and all others as one.

    >>> LATE = FindingCode("SU102", Severity.WARNING, "Late", "Add capacity.")
    >>> found = [LATE.found(f"item {n}", "is late", count=n, amount=10.0 * n) for n in (1, 2, 3, 4)]
    >>> [(finding.where, finding.count, finding.amount) for finding in bounded(found, most=2)]
    [('item 4', 4, 40.0), ('item 3', 3, 30.0), ('2 other places', 3, 30.0)]
    """
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    kept: list[Finding] = []
    for alike in by_code.values():
        alike.sort(key=lambda f: (-(f.amount or 0.0), -f.count, f.where, f.message))
        kept += alike[:most]
        rest = alike[most:]
        if rest:
            count = sum(f.count for f in rest)
            amounts = [f.amount for f in rest if f.amount is not None]
            message = f"{len(rest):,} more of the same, {count:,} cells in all; the first is {rest[0].where}"
            kept.append(
                replace(
                    rest[0],
                    where=f"{len(rest):,} other places",
                    message=message,
                    count=count,
                    amount=round(fsum(amounts), 2) if amounts else None,
                )
            )
    return kept
