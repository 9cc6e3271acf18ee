"""Stage supply: the cheapest plan of production, buying, shipping and people that serves the demand.

From network (tables, prices, demand, safety stock), run on past the horizon, to model, optimum, exact numbers, and cut
back to the horizon: measures and findings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import Finding, bounded, sort_findings
from equipoise.core.grid import BoolArray
from equipoise.core.knob import Policy
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.supply.beyond import cut_panels, cut_plan, run_on
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.constraints.lots import units
from equipoise.supply.exact import make_exact
from equipoise.supply.fast.fast_plan import fast_slack_findings, find_fast_plan
from equipoise.supply.firm_findings import firm_findings
from equipoise.supply.firm_production import firm_production, firmed
from equipoise.supply.model import SupplyModel, build_model, notional_amount
from equipoise.supply.network.network import read_network
from equipoise.supply.panels import supply_panels
from equipoise.supply.program.highs import BASIC, LOWER, Basis
from equipoise.supply.rounding import hours_rounding
from equipoise.supply.shortfalls import shortfall_findings, slack_findings, stock_prices
from equipoise.supply.solving import Optimum, find_optimum
from equipoise.supply.stability_findings import is_unheeded, stability_findings
from equipoise.supply.tie_break import break_ties


def plan_supply(inputs: Inputs) -> Section:
    """Measures of the supply plan, what does not fit as findings, and the basis from which what-ifs start.

    `inputs.base` is this stage's section of the snapshot's base plan, or None when this is the base or none is needed
    (`needs_base`). Facts: `objective_amount` the money that the optimizer minimized (the parts of cost_total_amount),
    `notional_amount` what stood beside it in the objective (safety stock shortfall, scrap, and all that lies beyond the
    horizon), `penalty_amount` the priced slack of constraints that no plan keeps within the horizon, `tier` optimum,
    infinite or heuristic (then what is missing to a rule is in `penalty_amount`, and all shadow prices are unknown).
    `rounding_amount` is what the rounding of quantities can move of the money of hours.
    `gap_pct`, of a plan with whole numbers, is how far at most it costs more than the best one.
    The basis is that of the model with its hidden buckets; the fast plan has none.
    """
    network = read_network(inputs)
    firm, refused = firm_production(inputs, network)
    longer = firmed(run_on(inputs, network), firm.arrays)
    model = build_model(longer)
    is_fast = inputs.knob("tier") == "heuristic"
    made = _fast(inputs, model) if is_fast else _cheapest(inputs, model)
    optimum = made.optimum
    missed = np.zeros(longer.safety.shape)
    if model.columns.component_slack.rows:
        missed = model.columns.component_slack.of(optimum.slack)
    plan = make_exact(longer, model.columns, optimum.solution.values, is_basic=made.is_basic, missed=missed)
    panels = cut_panels(supply_panels(model, optimum, plan), network.visible)
    seen = replace(optimum, slack=np.where(model.columns.hidden(longer), 0.0, optimum.slack))
    notional = notional_amount(model, optimum.solution.values)
    seen_network = replace(network, limits=longer.limits, strategies=longer.strategies, firm=longer.firm)
    shown = replace(model, network=seen_network)
    not_kept = fast_slack_findings if is_fast else slack_findings
    short = shortfall_findings(
        shown, seen, cut_plan(plan, network.visible), panels, sales_price=inputs.measure("sales_net_price")
    )
    beyond = firm_findings(shown, seen, firm, inputs.adjustments)
    moved = stability_findings(longer, plan.good, is_unheeded=is_unheeded(made.findings))
    found = [*longer.findings, *refused, *short, *beyond, *moved, *not_kept(shown, seen), *made.findings]
    return Section(
        "supply",
        panels=panels,
        findings=sort_findings(bounded(found)),
        arrays={**made.arrays, **firm.arrays},
        facts={
            "tier": str(inputs.knob("tier")),
            "objective_amount": optimum.solution.objective - notional,
            "notional_amount": notional,
            "penalty_amount": float(seen.slack[model.slack] @ model.slack_price),
            "rounding_amount": hours_rounding(network),
            **({"gap_pct": 100 * optimum.gap} if model.program.is_integer.any() and not is_fast else {}),
        },
    )


def needs_base(asked: Policy, base: Policy) -> bool:
    """Whether a plan starts from the basis of the base plan: one of the same tier has one, but for the fast plan.

    So a plan that is asked for in tier heuristic solves no whole, and an infinite one no optimum first.
    """
    return asked["tier"] == base["tier"] != "heuristic"


@dataclass(frozen=True, eq=False)
class _Made:
    """A plan in the columns of the model, however it was found."""

    optimum: Optimum
    is_basic: BoolArray
    """[columns] whether the constraints determine it; the others stand at a bound."""
    arrays: Mapping[str, np.ndarray]
    findings: tuple[Finding, ...] = ()


def _cheapest(inputs: Inputs, model: SupplyModel) -> _Made:
    """The cheapest plan, from the base plan's basis, with the basis from which what-ifs start."""
    optimum = find_optimum(
        model,
        _base_basis(inputs.base, model),
        devex=not _is_shock(inputs.adjustments),
        report=inputs.report,
        watch=inputs.watch,
    )
    # What-ifs start here: the plans chosen next among those of one cost may stand where no basis of the model can say.
    begin = optimum.solution.basis
    optimum = break_ties(model, optimum, watch=inputs.watch)
    arrays: dict[str, np.ndarray] = {
        "basis_columns": begin.columns,
        "basis_rows": begin.rows,
        "shape": np.array(model.program.shape, dtype=np.int64),
        **stock_prices(model, optimum),
    }
    is_basic = optimum.solution.basis.columns == BASIC
    # A lot stays as large as it is: what is rounded goes to other flows.
    is_basic[units(model.network, model.columns).ravel()] = False
    return _Made(optimum, is_basic, arrays)


def _fast(inputs: Inputs, model: SupplyModel) -> _Made:
    """The fast finite plan: no basis, no prices."""
    plan = find_fast_plan(model, inputs.measure("sourcing_share_ratio"), watch=inputs.watch)
    return _Made(plan.optimum, np.ones(model.columns.count, dtype=np.bool_), {}, plan.findings)


def _base_basis(base: Section | None, model: SupplyModel) -> Basis | None:
    """The base plan's basis; columns of components that only what people firmed may lack stand at nothing."""
    if base is None or "basis_columns" not in base.arrays:
        return None
    columns, rows = base.arrays["basis_columns"], base.arrays["basis_rows"]
    lacking = model.columns.component_slack
    if 0 < model.columns.count - len(columns) == lacking.rows * lacking.buckets:
        columns = np.insert(columns, lacking.offset, np.full(lacking.rows * lacking.buckets, LOWER))
    return Basis(columns.astype(np.int8), rows)


def _is_shock(adjustments: tuple[Adjustment, ...]) -> bool:
    """True if a resource is shut: the plan moves far, and steepest edge pricing pays for its slow start there."""
    return any(isinstance(a.change, ChangeCapacity) and a.change.amount.apply_to(1.0) <= 0 for a in adjustments)
