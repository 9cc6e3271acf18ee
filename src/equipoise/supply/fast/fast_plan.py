"""The fast finite plan as an answer of the stage: in the shape of an optimum, without prices, and what it did without.

Where items have several own routes, rules choose badly among them: there the plan is made anew item by item
(`item_by_item`), small exact programs with the hours and components that the others leave. What comes out keeps every
rule of the model, or the plan by rules stands.

A heuristic has no dual values: all shadow prices are unknown (NaN), never 0. What its plan does not keep stands in the
model's columns of slack, priced as the optimum's is, and every rule that it was made without is a finding with the
amount by which the plan breaks it, so that nobody takes it for a plan that keeps it.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.kernel import kernel_of_plans
from equipoise.core.stage import Watch
from equipoise.supply.choice import has_choice
from equipoise.supply.fast.firm_receipts import as_receipts, with_firm
from equipoise.supply.fast.heuristic import HeuristicPlan, plan_by_heuristic
from equipoise.supply.fast.stability import measure_changes
from equipoise.supply.fast.strategies import measure_strategies
from equipoise.supply.findings import FAST_NOT_KEPT, FAST_UNHEEDED
from equipoise.supply.large.item_by_item import improve, in_groups
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.highs import Basis, Solution
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


def find_fast_plan(model: SupplyModel, share: FloatArray, *, watch: Watch | None = None) -> FastPlan:
    """The fast finite plan of a model; `share` [F, t] the sourcing shares, of t ≤ T buckets, the last one's after.

    `watch` ends it by raising.
    """
    network = model.network
    beyond = np.repeat(share[:, -1:], network.horizon - share.shape[1], axis=1)
    shares = np.concatenate([share, beyond], axis=1)
    plan = plan_by_heuristic(as_receipts(network), shares, kernel=kernel_of_plans())
    values = with_firm(network, model.columns, plan)
    measure_strategies(network, model.columns, values)
    cost = plan.cost
    if network.firm is not None:
        measure_changes(network, model.columns, values)  # rules took what people firmed for receipts
        cost = float((model.program.cost * values).sum()) + model.program.offset
    slack = np.zeros(model.columns.count)
    slack[model.slack] = values[model.slack]
    penalty = float(slack[model.slack] @ model.slack_price)
    findings = (*_unheeded(model, plan), *_broken(model, values))
    better = _item_by_item(model, values, watch)
    if better is not None and better[1] <= cost + penalty:
        values, cost = better
        slack, penalty, findings = np.zeros(len(slack)), 0.0, ()
    rows, columns = model.program.shape
    unknown = Basis(np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int8))
    solution = Solution(
        status="stopped",
        values=values,
        row_duals=np.full(rows, np.nan),
        reduced_costs=np.full(columns, np.nan),
        objective=cost,
        basis=unknown,
        iterations=0,
    )
    return FastPlan(Optimum(solution, slack, penalty, True), findings)


def _item_by_item(model: SupplyModel, values: FloatArray, watch: Watch | None) -> tuple[FloatArray, float] | None:
    """The plan made anew item by item and its cost, if items have routes to choose from and it keeps every row."""
    program = model.program
    if program.is_integer.any() or not has_choice(model.network):
        return None
    found = improve(model, program, values, in_groups(model, 1), watch=watch)
    return (found.values, float((program.cost * found.values).sum()) + program.offset) if found.is_plan else None


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
