"""Stage supply: the cheapest plan of production, buying, shipping and people that serves the demand.

From network (tables, prices, demand, targets) to model, optimum, exact numbers, measures and findings.
"""

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import sort_findings
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.exact import make_exact
from equipoise.supply.highs import Basis
from equipoise.supply.model import build_model
from equipoise.supply.network import read_network
from equipoise.supply.panels import supply_panels
from equipoise.supply.shortfalls import shortfall_findings
from equipoise.supply.solving import find_optimum


def plan_supply(inputs: Inputs) -> Section:
    """Measures of the supply plan, what does not fit as findings, and the basis from which what-ifs start.

    `inputs.base` is this stage's section of the snapshot's base plan, or None when this is the base. Facts:
    `objective_amount` is the money that the cost parts and the safety stock shortfall come to; `penalty_amount` the
    priced slack and the prices of the horizon's end, which are no money; `tier` optimum or infinite.
    """
    network = read_network(inputs)
    model = build_model(network)
    optimum = find_optimum(model, _base_basis(inputs.base), devex=not _is_shock(inputs.adjustments))
    values = optimum.solution.values
    columns = model.columns
    missed = np.zeros(network.safety.shape)
    if columns.component_slack.rows:
        missed = columns.component_slack.of(optimum.slack)
    plan = make_exact(network, columns, values, missed)
    end_prices = float(network.prices.end_stock @ columns.end_short.of(values)[:, 0])
    end_prices += float(network.prices.end_backlog @ columns.backlog.of(values)[:, -1])
    panels = supply_panels(model, optimum, plan)
    basis = optimum.solution.basis
    return Section(
        "supply",
        panels=panels,
        findings=sort_findings([*network.findings, *shortfall_findings(model, optimum, plan, panels)]),
        arrays={
            "basis_columns": basis.columns,
            "basis_rows": basis.rows,
            "shape": np.array(model.program.shape, dtype=np.int64),
        },
        facts={
            "tier": "infinite" if network.rules.is_infinite else "optimum",
            "objective_amount": optimum.solution.objective - end_prices,
            "penalty_amount": optimum.penalty + end_prices,
        },
    )


def _base_basis(base: Section | None) -> Basis | None:
    if base is None or "basis_columns" not in base.arrays:
        return None
    return Basis(base.arrays["basis_columns"], base.arrays["basis_rows"])


def _is_shock(adjustments: tuple[Adjustment, ...]) -> bool:
    """True if a resource is shut: many rows move at once, and steepest edge pays for its start (supply.md 8)."""
    return any(
        isinstance(a.change, ChangeCapacity) and a.change.amount.operation == "set" and a.change.amount.value <= 0
        for a in adjustments
    )
