"""The network: everything the supply model is built from, gathered once from tables, prices and upstream measures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.supply.capacity.capacity import Capacity, read_capacity
from equipoise.supply.capacity.capacity_changes import apply_changes
from equipoise.supply.findings import DEMONSTRATED_USED
from equipoise.supply.network.components import Components, read_components
from equipoise.supply.network.demonstrated import demonstrated_hours
from equipoise.supply.network.fences import fence_limits, inside_fence, known_production, made_to_date
from equipoise.supply.network.flows import Flows, read_flows, row_table
from equipoise.supply.network.limits import Limit, read_limits
from equipoise.supply.network.lots import Lots, no_lots, read_lots
from equipoise.supply.network.model_prices import Prices, read_prices
from equipoise.supply.network.ranks import Ranks, read_ranks
from equipoise.supply.network.rate_changes import RateChanges, read_rate_changes
from equipoise.supply.network.receipts import Receipts, read_receipts
from equipoise.supply.network.routes import Routes, read_routes
from equipoise.supply.network.rules import Rules, read_rules
from equipoise.supply.network.stability import Stability, read_stability
from equipoise.supply.network.stock_rules import StockRules, read_stock_rules
from equipoise.supply.network.strategy_rules import NO_STRATEGIES, Strategies
from equipoise.supply.network.unplanned import unplanned_columns


@dataclass(frozen=True, eq=False)
class Network:
    """Rows of all grains, limits and prices over T buckets."""

    axes: Axes
    visible: int
    """Buckets that the plan shows; those after it are run unseen (beyond.py)."""
    rules: Rules
    routes: Routes
    components: Components
    outputs: Components
    """By-products and co-products of own routes, per unit started."""
    flows: Flows
    capacity: Capacity
    demonstrated: FloatArray
    """[R] standard hours per bucket, NaN unknown."""
    limits: tuple[Limit, ...]
    lots: Lots
    """Sources planned in lots; none unless the rules say whole."""
    receipts: Receipts
    made: FloatArray
    """[S, T] good units made in bucket 0 by as_of."""
    opening: FloatArray
    """[S]"""
    safety: FloatArray
    """[S, T]"""
    end_stock: FloatArray
    """[S] stock asked for at the row's end, priced: the safety stock that the plan keeps in every bucket."""
    closing_min: FloatArray
    """[S] stock that must be there at the end of the last visible bucket."""
    ends: BoolArray
    """[S] True where that stock is stated, if only as 0; of a plan that runs on, where the row ends with the visible
    buckets."""
    demand: FloatArray
    """[D, T] required demand; of the first bucket with what is overdue."""
    required: FloatArray
    overdue: FloatArray
    """[D, T]"""
    is_lost: BoolArray
    """[D] True where unmet demand is lost, False where it waits."""
    prices: Prices
    stock_rules: StockRules
    """Most stock, storage, shelf life."""
    rate_changes: RateChanges
    stability: Stability
    """How near production is to stay to the plan of record."""
    ranks: Ranks
    """Priorities of markets and preferences of sources."""
    findings: tuple[Finding, ...]
    strategies: Strategies = NO_STRATEGIES
    """Asked for by adjustments; read once the network stands (`strategies.py`)."""
    firm: FloatArray | None = None
    """[M, T] good units by the bucket of start that people firmed, NaN where the plan chooses; None: nowhere."""

    @property
    def takes_by_decree(self) -> bool:
        """Whether firm production takes components: then they may be missing."""
        return bool(self.receipts.component_use.any()) or (self.firm is not None and len(self.components.route) > 0)

    @property
    def horizon(self) -> int:
        """T, hidden buckets included."""
        return self.axes.horizon

    def count(self, grain: Grain) -> int:
        """Rows of a grain."""
        return len(self.axes.keys[grain])


def read_network(inputs: Inputs) -> Network:
    """Gather the network of a stage's inputs; what had to be assumed is in `findings`."""
    axes, head = inputs.axes, inputs.snapshot.head
    rounding = str(inputs.knob("lead_time_rounding"))
    rules = read_rules(inputs)
    stock_rows = {(a, b): row for (a, b), row in inputs.keys(Grain.STOCK).rows.items()}
    make = inputs.keys(Grain.MAKE)
    make_stock = row_table(axes, Grain.STOCK)[make.column("item"), make.column("location")]
    routes, findings = read_routes(
        axes,
        routings=inputs.table("routings"),
        subcontracting=inputs.table("subcontracting"),
        purchasing=inputs.table("purchasing"),
        inventory_policy=inputs.table("inventory_policy"),
        stock=make_stock,
        as_of=head.as_of,
        rounding=rounding,
        unit_price=inputs.measure("make_unit_price"),
        spreads_setups=not rules.has_whole_lots,
    )
    components, outputs, more = read_components(axes, inputs.table("bom"), routes.is_own, stock_rows)
    flows = read_flows(axes, inputs.table("lanes"), head.as_of, rounding, calendars=inputs.table("calendars"))
    limits, limit_findings = read_limits(
        axes,
        inputs.table("lanes"),
        inputs.table("subcontracting"),
        inputs.table("purchasing"),
        items=inputs.table("items"),
        uoms=inputs.table("uoms"),
    )
    receipts = read_receipts(
        axes,
        receipts=inputs.table("receipts"),
        inventory=inputs.table("inventory"),
        routes=routes,
        components=components,
        outputs=outputs,
        flows=flows,
        stock_rows=stock_rows,
        as_of=head.as_of,
        start=head.start,
    )
    capacity, demonstrated, capacity_findings = _capacity(inputs, routes)
    stock_rules, rule_findings = read_stock_rules(
        inputs, outputs=outputs, flows=flows, receipts=receipts, capacity=capacity
    )
    is_lost = _is_lost(inputs)
    required = inputs.measure("demand_required_qty")
    overdue = inputs.measure("demand_overdue_qty") + inputs.measure("demand_not_covered_qty")
    made = made_to_date(axes, inputs.table("production_history"), head.start, head.as_of)
    fenced, fence_findings = fence_limits(
        axes,
        routes,
        inside_fence(axes, inputs.table("fences"), head.as_of, head.start),
        known_production(axes, inputs.table("plan_archive"), inputs.table("receipts"), made, head.as_of),
    )
    limits = _to_go(limits, head) + tuple(receipts.transfers) + fenced
    prices = read_prices(inputs, routes, flows, is_lost=is_lost, meets_target=rules.meets_target)
    stability, stability_findings = read_stability(inputs, routes, made=made, standard=prices.scrap)
    closing_min = _closing_min(inputs)
    safety = inputs.measure("inventory_safety_qty")
    end_stock = safety[:, -1] if rules.meets_target else np.zeros(len(safety))
    return Network(
        axes=axes,
        visible=axes.horizon,
        rules=rules,
        routes=routes,
        components=components,
        outputs=outputs,
        flows=flows,
        capacity=capacity,
        demonstrated=demonstrated,
        limits=limits,
        lots=_lots(inputs, routes, limits, flows) if rules.has_whole_lots else no_lots(axes.horizon),
        receipts=receipts,
        made=made,
        opening=inputs.measure("inventory_start_qty")[:, 0],
        safety=safety,
        # A stated closing_min_qty takes its place.
        end_stock=on_grid(np.where(np.isnan(closing_min), end_stock, 0.0), QUANTITY_STEP),
        closing_min=on_grid(np.nan_to_num(closing_min), QUANTITY_STEP),
        ends=~np.isnan(closing_min),
        demand=required + overdue,
        required=required,
        overdue=overdue,
        is_lost=is_lost,
        prices=prices,
        stock_rules=stock_rules,
        rate_changes=read_rate_changes(
            axes,
            inputs.table("resources"),
            inputs.table("production_history"),
            routes=routes,
            capacity=capacity,
            head=head,
        ),
        stability=stability,
        ranks=read_ranks(
            axes,
            markets=inputs.table("markets"),
            routings=inputs.table("routings"),
            subcontracting=inputs.table("subcontracting"),
            purchasing=inputs.table("purchasing"),
            lanes=inputs.table("lanes"),
        ),
        findings=(
            *findings,
            *more,
            *limit_findings,
            *receipts.findings,
            *capacity_findings,
            *fence_findings,
            *stability_findings,
            *rule_findings,
            *unplanned_columns(inputs, flows, has_whole_lots=rules.has_whole_lots),
        ),
    )


def _to_go(limits: tuple[Limit, ...], head: DatasetHead) -> tuple[Limit, ...]:
    """Limits of the buckets; of one that has begun, the part that its calendar days after as_of are of all."""
    elapsed = (head.as_of - head.start).days + 1
    if elapsed <= 0:
        return limits
    share = np.ones(head.horizon)
    share[0] = max(0.0, 1.0 - elapsed / head.calendar.days(0))
    return tuple(
        replace(limit, least=limit.least * share, most=np.where(np.isinf(limit.most), np.inf, limit.most * share))
        for limit in limits
    )


def _lots(inputs: Inputs, routes: Routes, limits: tuple[Limit, ...], flows: Flows) -> Lots:
    return read_lots(
        inputs.axes,
        routes,
        limits,
        routings=inputs.table("routings"),
        purchasing=inputs.table("purchasing"),
        inventory_policy=inputs.table("inventory_policy"),
        order_price=inputs.measure("make_order_price"),
        lanes=inputs.table("lanes"),
        flows=flows,
    )


def _capacity(inputs: Inputs, routes: Routes) -> tuple[Capacity, FloatArray, list[Finding]]:
    axes, head = inputs.axes, inputs.snapshot.head
    capacity, findings = read_capacity(
        axes,
        inputs.table("resources"),
        inputs.table("resource_calendar"),
        inputs.table("calendars"),
        head.as_of,
        locations=inputs.table("locations"),
    )
    shown = demonstrated_hours(axes, inputs.table("production_history"), routes, capacity.rate, head.closed_buckets_end)
    if inputs.knob("capacity") == "demonstrated":
        unrated = np.isinf(capacity.clock).all(axis=1) & ~capacity.is_workforce & ~np.isnan(shown)
        for row in np.flatnonzero(unrated).tolist():
            capacity.clock[row] = shown[row] / capacity.rate[row] if capacity.rate[row] > 0 else 0.0
            code = axes.resources.leaves[row]
            text = f"{code} is limited to the {shown[row]:,.1f} h a bucket that it demonstrated"
            findings.append(DEMONSTRATED_USED.found(f"resource {code}", text))
    capacity, more = apply_changes(axes, capacity, inputs.adjustments)
    return capacity, shown, findings + more


def _is_lost(inputs: Inputs) -> BoolArray:
    """Whether unmet demand of each demand row is lost: what the market says, else the policy, [D]."""
    said: Mapping[str, str] = dict(inputs.table("markets").select("market", "unmet").iter_rows())
    usual = str(inputs.knob("unmet_demand"))
    markets = [(said.get(code) or usual) == "lost" for code in inputs.axes.markets.leaves]
    chosen: BoolArray = np.array(markets, dtype=np.bool_)[inputs.keys(Grain.DEMAND).column("market")]
    return chosen


def _closing_min(inputs: Inputs) -> FloatArray:
    """closing_min_qty of each stock row, NaN where none is stated, [S]."""
    keys = inputs.keys(Grain.STOCK)
    axes = inputs.axes
    asked = (
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )
    found: FloatArray = painted_rates(axes, inputs.table("inventory_policy"), "closing_min_qty", *asked)[:, -1]
    return found
