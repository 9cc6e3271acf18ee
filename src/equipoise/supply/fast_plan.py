"""The fast finite plan as an answer of the stage: in the shape of an optimum, without prices, and what it did without.

A heuristic has no dual values: all shadow prices are unknown (NaN), never 0. What its plan does not keep stands in the
model's columns of slack, priced as the optimum's is, and every rule that it was made without is a finding with the
amount by which the plan breaks it, so that nobody takes it for a plan that keeps it.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.kernel import kernel_of_plans
from equipoise.supply.findings import FAST_NOT_KEPT, FAST_UNHEEDED
from equipoise.supply.heuristic import HeuristicPlan, plan_by_heuristic
from equipoise.supply.highs import Basis, Solution
from equipoise.supply.model import SupplyModel
from equipoise.supply.shortfalls import slack_findings
from equipoise.supply.solving import Optimum

SHOWN = 1e-3
"""Less than this is not worth a sentence."""
ROWS_OF = {
    "limits": ("limits", "what lanes, subcontractors or suppliers can carry"),
    "shelf_life": ("shelf life and scrap", "shelf life"),
    "expiry_dates": ("shelf life and scrap", "last day of a lot"),
}
"""Rows of the model that the fast plan may miss and that have no column of slack: the rule in `unheeded`, and words."""


@dataclass(frozen=True, eq=False)
class FastPlan:
    """The fast finite plan of a model."""

    optimum: Optimum
    """Its values, with unknown prices and no basis."""
    findings: tuple[Finding, ...]


def find_fast_plan(model: SupplyModel, share: FloatArray) -> FastPlan:
    """The fast finite plan of a model; `share` [F, t] the sourcing shares, of t ≤ T buckets, the last one's after."""
    network = model.network
    beyond = np.repeat(share[:, -1:], network.horizon - share.shape[1], axis=1)
    plan = plan_by_heuristic(network, np.concatenate([share, beyond], axis=1), kernel=kernel_of_plans())
    slack = np.zeros(model.columns.count)
    slack[model.slack] = plan.values[model.slack]
    rows, columns = model.program.shape
    unknown = Basis(np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int8))
    solution = Solution(
        status="stopped",
        values=plan.values,
        row_duals=np.full(rows, np.nan),
        reduced_costs=np.full(columns, np.nan),
        objective=plan.cost,
        basis=unknown,
        iterations=0,
    )
    optimum = Optimum(solution, slack, float(slack[model.slack] @ model.slack_price), True)
    return FastPlan(optimum, (*_unheeded(model, plan), *_broken(model, plan.values)))


def fast_slack_findings(model: SupplyModel, optimum: Optimum) -> list[Finding]:
    """Constraints that the fast plan does not keep within the horizon; the optimum may."""
    return [FAST_NOT_KEPT.found(one.where, one.message) for one in slack_findings(model, optimum)]


def _unheeded(model: SupplyModel, plan: HeuristicPlan) -> list[Finding]:
    """One finding for each rule that the plan was made without."""
    return [
        FAST_UNHEEDED.found(f"rule {rule}", f"the fast plan does not look ahead to {rule}") for rule in plan.unheeded
    ]


def _broken(model: SupplyModel, values: FloatArray) -> list[Finding]:
    """One finding for each family of rows without slack that the plan does not keep within the horizon."""
    program, horizon, seen = model.program, model.network.horizon, model.network.visible
    amounts = program.values * np.repeat(values, np.diff(program.starts))
    activity = np.bincount(program.indices, amounts, minlength=program.shape[0])
    found = []
    for name, (rule, words) in ROWS_OF.items():
        span = model.rows[name]
        over = np.maximum(program.row_lower[span] - activity[span], activity[span] - program.row_upper[span])
        bad = np.flatnonzero(over > SHOWN)
        if name != "expiry_dates":
            bad = bad[bad % horizon < seen]
        if len(bad):
            worst = float(over[bad].max())
            text = (
                f"{words}: not kept in {len(bad)} rows, by {worst:,.1f} at most, {float(over[bad].sum()):,.1f} in all"
            )
            found.append(FAST_NOT_KEPT.found(f"rule {rule}", text, count=len(bad)))
    return found
