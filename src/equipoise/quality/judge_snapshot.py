"""Judge a snapshot: run every check that its tables allow, and score what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from equipoise.core.finding import Finding, sort_findings
from equipoise.core.snapshot import Snapshot
from equipoise.quality.check import Check, finding_of
from equipoise.quality.checks import CHECKS
from equipoise.quality.facts import Facts
from equipoise.quality.score import Mark, overall_score, table_scores


@dataclass(frozen=True)
class CheckRun:
    """What came of one check: how many faults it found, None where its tables were not given."""

    code: str
    name: str
    tables: tuple[str, ...]
    found: int | None

    @property
    def was_run(self) -> bool:
        """True if the data held what the check is about."""
        return self.found is not None

    @property
    def has_passed(self) -> bool:
        """True if it was run and found nothing."""
        return self.found == 0


@dataclass(frozen=True, eq=False)
class Quality:
    """What was found in a snapshot's data, how good they are, and what was looked at."""

    findings: tuple[Finding, ...]
    """One by check and table, worst first."""
    scores: Mapping[str, float]
    """Score of each table that was given, 0 to 100."""
    score: float
    """Score of the dataset, 0 to 100."""
    amount: float
    """The most money that one finding of each table touches, added up over tables, at most `money`."""
    money: float
    """Last year's sales, else the stock at standard cost; 0 if neither is known."""
    checks: tuple[CheckRun, ...]
    """Every check, in the order of codes, with those that passed and those that could not be run."""
    faults: Mapping[str, pl.DataFrame]
    """By code the exact places: `table`, `where`, `says`, `rows`, `amount`; only of checks that found something."""

    def as_json(self) -> dict[str, Any]:
        """Scores, money and checks for command line and API; findings travel with those of the snapshot."""
        return {
            "score": self.score,
            "scores": dict(self.scores),
            "amount": self.amount,
            "money": self.money,
            "checks": [
                {"code": run.code, "name": run.name, "tables": list(run.tables), "found": run.found}
                for run in self.checks
            ],
        }


def judge(snapshot: Snapshot, *, last: Snapshot | None = None) -> Quality:
    """Run the checks on a snapshot: a pure function, the same rows in any order give the same answer.

    Nothing is changed and nothing is raised for bad data; a check whose tables are missing or empty is not run, nor
    one that compares with last month's snapshot where `last` is not given.
    """
    facts = Facts(snapshot, last)
    findings: list[Finding] = []
    marks: list[Mark] = []
    runs: list[CheckRun] = []
    places: dict[str, pl.DataFrame] = {}
    for check in CHECKS:
        found = check.faults(facts) if check.can_run(facts) else None
        runs.append(_run(check, found))
        if found is None or found.height == 0:
            continue
        places[check.code.code] = found
        for table, group in ((str(key[0]), rows) for key, rows in found.partition_by("table", as_dict=True).items()):
            finding = finding_of(check, table, group, snapshot.head.currency)
            findings.append(finding)
            marks.append(Mark(table, finding.severity, finding.count, finding.amount))
    scores = table_scores(
        {name: snapshot.table(name).height for name in sorted(_scored(snapshot))}, marks, money=facts.money
    )
    return Quality(
        sort_findings(findings),
        scores,
        overall_score(scores),
        _at_stake(marks, facts.money),
        facts.money,
        tuple(runs),
        places,
    )


def _run(check: Check, found: pl.DataFrame | None) -> CheckRun:
    return CheckRun(check.code.code, check.name, check.tables, None if found is None else found.height)


def _scored(snapshot: Snapshot) -> set[str]:
    return {name for name in snapshot.tables if snapshot.has(name)}


def _at_stake(marks: list[Mark], money: float) -> float:
    """Findings of one table mostly touch the same money, so only the largest of each table counts."""
    largest: dict[str, float] = {}
    for mark in marks:
        largest[mark.table] = max(largest.get(mark.table, 0.0), mark.amount or 0.0)
    total = sum(largest[name] for name in sorted(largest))
    return min(total, money) if money > 0.0 else total
