"""Stage supply: the cheapest plan of production, buying, shipping and people that serves the demand.

From network (tables, prices, demand, safety stock), run on past the horizon, to model, optimum, exact numbers, and cut
back to the horizon: measures and findings.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import bounded, sort_findings
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.supply.beyond import cut_panels, cut_plan, run_on
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.exact import make_exact
from equipoise.supply.highs import BASIC, Basis
from equipoise.supply.model import build_model, notional_amount
from equipoise.supply.network import read_network
from equipoise.supply.panels import supply_panels
from equipoise.supply.shortfalls import shortfall_findings, stock_prices
from equipoise.supply.solving import find_optimum
from equipoise.supply.tie_break import break_ties


def plan_supply(inputs: Inputs) -> Section:
    """Measures of the supply plan, what does not fit as findings, and the basis from which what-ifs start.

    `inputs.base` is this stage's section of the snapshot's base plan, or None when this is the base. Facts:
    `objective_amount` the money that the optimizer minimized (the parts of cost_total_amount), `notional_amount` what
    stood beside it in the objective (safety stock shortfall, scrap, and all that lies beyond the horizon),
    `penalty_amount` the priced slack of constraints that no plan keeps within the horizon, `tier` optimum or infinite.
    The basis is that of the model with its hidden buckets.
    """
    network = read_network(inputs)
    longer = run_on(inputs, network)
    model = build_model(longer)
    optimum = find_optimum(
        model, _base_basis(inputs.base), devex=not _is_shock(inputs.adjustments), report=inputs.report
    )
    optimum = break_ties(model, optimum)
    missed = np.zeros(longer.safety.shape)
    if model.columns.component_slack.rows:
        missed = model.columns.component_slack.of(optimum.slack)
    basis = optimum.solution.basis
    is_basic = basis.columns == BASIC
    plan = make_exact(longer, model.columns, optimum.solution.values, is_basic=is_basic, missed=missed)
    panels = cut_panels(supply_panels(model, optimum, plan), network.visible)
    seen = replace(optimum, slack=np.where(model.columns.hidden(longer), 0.0, optimum.slack))
    notional = notional_amount(model, optimum.solution.values)
    return Section(
        "supply",
        panels=panels,
        findings=sort_findings(
            bounded(
                [
                    *network.findings,
                    *shortfall_findings(
                        replace(model, network=replace(network, limits=longer.limits)),
                        seen,
                        cut_plan(plan, network.visible),
                        panels,
                        sales_price=inputs.measure("sales_net_price"),
                    ),
                ]
            )
        ),
        arrays={
            "basis_columns": basis.columns,
            "basis_rows": basis.rows,
            "shape": np.array(model.program.shape, dtype=np.int64),
            **stock_prices(model, optimum),
        },
        facts={
            "tier": "infinite" if network.rules.is_infinite else "optimum",
            "objective_amount": optimum.solution.objective - notional,
            "notional_amount": notional,
            "penalty_amount": float(seen.slack[model.slack] @ model.slack_price),
        },
    )


def _base_basis(base: Section | None) -> Basis | None:
    if base is None or "basis_columns" not in base.arrays:
        return None
    return Basis(base.arrays["basis_columns"], base.arrays["basis_rows"])


def _is_shock(adjustments: tuple[Adjustment, ...]) -> bool:
    """True if a resource is shut: the plan moves far, and steepest edge pricing pays for its slow start there."""
    return any(isinstance(a.change, ChangeCapacity) and a.change.amount.apply_to(1.0) <= 0 for a in adjustments)
