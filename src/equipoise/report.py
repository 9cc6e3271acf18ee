"""What a plan and a check say as JSON: one shape for command line, API and files (algebra.md section 11).

Keys are sorted, unknown is null and never 0, and there is neither a time nor a path of the machine in it: the same
question gives the same bytes.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from equipoise.core.finding import Finding, Severity, sort_findings

if TYPE_CHECKING:
    from equipoise.core.measure import Measure
    from equipoise.core.snapshot import Snapshot
    from equipoise.plan import Plan

FORMAT = 1
TOTALS = (
    "cost_total_amount",
    "cost_regular_amount",
    "cost_overtime_amount",
    "cost_hire_amount",
    "cost_layoff_amount",
    "cost_subcontract_amount",
    "cost_material_amount",
    "cost_holding_amount",
    "cost_backlog_amount",
    "penalty_total_amount",
    "revenue_amount",
    "margin_gross_amount",
    "demand_consensus_qty",
    "production_qty",
    "subcontract_qty",
    "unmet_qty",
    "service_fill_pct",
)
"""Measures whose total over the whole horizon stands flat at the top of a plan's report."""


def plan_report(plan: "Plan", *, command: str = "plan") -> dict[str, Any]:
    """The plan rolled up to the company: totals, and every measure that adds up or is a ratio by bucket, [T]."""
    head = plan.head
    return {
        "format": FORMAT,
        "command": command,
        "snapshot": plan.snapshot_id,
        "fingerprint": plan.fingerprint,
        "digest": plan.digest,
        "engine": plan.engine,
        "tier": plan.tier,
        "currency": head.currency,
        "bucket": head.bucket,
        "start": head.start.isoformat(),
        "horizon": head.horizon,
        **{name: known(plan.total(name)) for name in TOTALS},
        "by_bucket": {name: [known(x) for x in plan.by_bucket(name).tolist()] for name in bucket_measures(plan)},
        "findings": [finding.as_json() for finding in all_findings(plan)],
    }


def check_report(snapshot: "Snapshot", quarantined: Mapping[str, int], *, command: str = "check") -> dict[str, Any]:
    """What was found in the data before any plan: rows kept and left out by table, quality scores, and findings."""
    from equipoise.quality import judge

    head = snapshot.head
    return {
        "format": FORMAT,
        "command": command,
        "snapshot": snapshot.id,
        "currency": head.currency,
        "bucket": head.bucket,
        "start": head.start.isoformat(),
        "horizon": head.horizon,
        "tables": {
            name: {"rows": frame.height, "quarantined": quarantined.get(name, 0)}
            for name, frame in snapshot.tables.items()
        },
        "quality": judge(snapshot).as_json(),
        "counts": count_by_severity(snapshot.findings),
        "findings": [finding.as_json() for finding in snapshot.findings],
    }


def bucket_measures(plan: "Plan") -> tuple[str, ...]:
    """Names of the measures of the horizon that roll up to the company, in the dictionary's order; no history."""
    from equipoise.catalog import MEASURES

    made = [(panel, name) for section in plan.sections.values() for panel, name in section.measures()]
    ahead = {name for panel, name in made if panel.first == 0 and panel[name].shape[1] == plan.head.horizon}
    return tuple(m.name for m in MEASURES if m.rolls_up and _parts(m) <= ahead)


def all_findings(plan: "Plan") -> tuple[Finding, ...]:
    """What was found in the data and in the plan, worst first."""
    return sort_findings([*plan.snapshot.findings, *plan.findings])


def count_by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each severity there are; those there are none of are 0."""
    severities = [finding.severity for finding in findings]
    return {severity.value: severities.count(severity) for severity in Severity}


def known(value: float) -> float | None:
    """The number, or None where it is unknown.

    >>> known(2.5), known(float("nan"))
    (2.5, None)
    """
    return value if math.isfinite(value) else None


def json_text(value: object) -> str:
    """One line of JSON: sorted keys, NaN as null, plain ASCII, so any terminal and any platform give the same bytes.

    >>> json_text({"b": [1.0, float("nan")], "a": "é"})
    '{"a": "\\\\u00e9", "b": [1.0, null]}'
    """
    return json.dumps(_plain(value), sort_keys=True, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return known(value) if isinstance(value, float) else value


def _parts(measure: "Measure") -> set[str]:
    """The stored measures that a roll-up of this one reads."""
    from equipoise.catalog import measure_named

    if measure.parts:
        return set().union(*(_parts(measure_named(name)) for name in measure.parts))
    return {measure.name}
