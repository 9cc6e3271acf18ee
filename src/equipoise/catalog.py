"""The lists: all measures, kinds of change and finding codes, gathered from the rooms that declare them."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

import equipoise.demand.findings
import equipoise.demand.measures
import equipoise.finance.budget_measures
import equipoise.finance.cash_measures
import equipoise.finance.currency_measures
import equipoise.finance.findings
import equipoise.finance.measures
import equipoise.intake.findings
import equipoise.inventory.findings
import equipoise.inventory.measures
import equipoise.kpi.findings
import equipoise.kpi.measures
import equipoise.supply.findings
import equipoise.supply.measures
from equipoise.core.adjustment import Change
from equipoise.core.finding import FindingCode, Severity
from equipoise.core.measure import Measure
from equipoise.core.policy_change import SetPolicy
from equipoise.core.table import UnknownName
from equipoise.demand.changes import CHANGES as DEMAND_CHANGES
from equipoise.demand.forecast_method import BASELINE_CHANGES
from equipoise.finance.changes import CHANGES as FINANCE_CHANGES
from equipoise.portfolio.changes import CHANGES as PORTFOLIO_CHANGES
from equipoise.portfolio.findings import FINDING_CODES as PORTFOLIO_CODES
from equipoise.portfolio.measures import MEASURES as PORTFOLIO_MEASURES
from equipoise.quality import FINDING_CODES as QUALITY_CODES
from equipoise.supply.changes import CHANGES as SUPPLY_CHANGES

MEASURES: tuple[Measure, ...] = (
    *PORTFOLIO_MEASURES,
    *equipoise.finance.measures.PRICE_MEASURES,
    *equipoise.finance.currency_measures.CURRENCY_MEASURES,
    *equipoise.demand.measures.MEASURES,
    *equipoise.supply.measures.MEASURES,
    *equipoise.inventory.measures.MEASURES,
    *equipoise.finance.measures.MEASURES,
    *equipoise.finance.budget_measures.BUDGET_MEASURES,
    *equipoise.finance.cash_measures.CASH_MEASURES,
    *equipoise.kpi.measures.MEASURES,
)
MEASURE_BY_NAME: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in MEASURES})

CHANGES: tuple[type[Change], ...] = (
    SetPolicy,
    *PORTFOLIO_CHANGES,
    *FINANCE_CHANGES,
    *BASELINE_CHANGES,
    *DEMAND_CHANGES,
    *SUPPLY_CHANGES,
)
CHANGE_BY_KIND: Mapping[str, type[Change]] = MappingProxyType({change.kind: change for change in CHANGES})

UNUSED_TABLE = FindingCode(
    "PL101",
    Severity.NOTE,
    "A table is kept in the snapshot, but no stage reads it yet",
    "Nothing to do; the numbers of this plan do not depend on it.",
)
FINDING_CODES: tuple[FindingCode, ...] = (
    *equipoise.intake.findings.FINDING_CODES,
    *QUALITY_CODES,
    *PORTFOLIO_CODES,
    *equipoise.finance.findings.FINDING_CODES,
    *equipoise.demand.findings.FINDING_CODES,
    *equipoise.supply.findings.FINDING_CODES,
    *equipoise.inventory.findings.FINDING_CODES,
    *equipoise.kpi.findings.FINDING_CODES,
    UNUSED_TABLE,
)


def measure_named(name: str) -> Measure:
    """The measure; UnknownName with the nearest names if there is none."""
    if name in MEASURE_BY_NAME:
        return MEASURE_BY_NAME[name]
    near = get_close_matches(name, MEASURE_BY_NAME, n=3)
    raise UnknownName(f"there is no measure {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
