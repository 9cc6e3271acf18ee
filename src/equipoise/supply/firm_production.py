"""Planned production that people firmed: from adjustments to a quantity for each route and bucket.

A firm planned order is frozen in quantity and time (ASCM dictionary). Its quantity is good units by the bucket in which
they arrive in stock; it is started as late as its lead time lets it. What is firm is a bound of the model, below and
above, whatever it costs; hours and components that it asks for and that are not there are priced slack and a finding.

How an amount reaches the cells of its scope (algebra.md section 5): `as_is` in proportion to what stands there, which
is what the snapshot's base plan makes; a plan that starts from no base plan takes what the fast plan would make on the
same network. `equal` and `like` (a measure by item and location) spread the difference to it. Cells that are fixed
already are taken out first: inside the planning fence stands what was released, else the plan of record (rules.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.spread import CannotSpread, spread_amount
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.supply.changes import ProductionOverride
from equipoise.supply.fast.heuristic import plan_by_heuristic
from equipoise.supply.loading.product_structure import WrongStructure
from equipoise.supply.network.network import Network
from equipoise.supply.network.routes import Routes
from equipoise.supply.own_rows import own_rows
from equipoise.supply.panels import shifted
from equipoise.supply.production_findings import PRODUCTION_IN_FENCE, PRODUCTION_REFUSED

ARRAY, BY_ARRAY = "firm_production", "firm_production_by"
"""Names under which a section keeps what was firmed and by which adjustment; kept only where something was."""


@dataclass(frozen=True, eq=False)
class Firm:
    """What people firmed of M routes over T buckets of arrival."""

    good: FloatArray
    """[M, T] good units, NaN where the plan chooses."""
    by: IntArray
    """[M, T] number of the adjustment among `overrides_of`, −1 where the plan chooses."""

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """As a section keeps it; nothing where nothing is firm."""
        return {ARRAY: self.good, BY_ARRAY: self.by} if (self.by >= 0).any() else {}


def overrides_of(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """The adjustments that firm production, in their order: of two on one cell the later one counts."""
    mine = (each for each in adjustments if isinstance(each.change, ProductionOverride))
    return tuple(sorted(mine, key=lambda each: each.order))


def firm_production(inputs: Inputs, network: Network) -> tuple[Firm, list[Finding]]:
    """What the adjustments of a stage's inputs firm of a network, and what of them cannot be."""
    ground = _Ground(inputs, network)
    firm = Firm(np.full(ground.starts.shape, np.nan), np.full(ground.starts.shape, -1, dtype=np.int64))
    findings: list[Finding] = []
    for number, adjustment in enumerate(overrides_of(inputs.adjustments)):
        try:
            findings += _firm_up(ground, firm, number, adjustment)
        except (UnknownName, CannotSpread) as error:
            findings.append(PRODUCTION_REFUSED.found(f"adjustment {adjustment.id}", str(error)))
    return firm, findings


def firmed(network: Network, arrays: Mapping[str, np.ndarray]) -> Network:
    """The network with what the arrays of a section say is firm; itself where nothing is.

    A firm quantity is no whole lot, as inside the planning fence: its bucket has lots of any size, each with its setup.
    """
    if ARRAY not in arrays:
        return network
    good, routes = np.asarray(arrays[ARRAY]), network.routes
    starts, seen = last_starts(routes), good.shape[1]
    rows = np.arange(len(starts))[:, None]
    arrives = np.minimum(routes.arrival, seen - 1)
    is_firm = (routes.arrival < seen) & ~np.isnan(good[rows, arrives])
    is_last = starts[rows, np.minimum(routes.arrival, network.horizon - 1)] == np.arange(network.horizon)
    firm = np.where(is_firm, np.where(is_last, good[rows, arrives], 0.0), np.nan)
    lots, fixed = network.lots, is_firm[network.lots.rows]
    lots = replace(lots, multiple=np.where(fixed, 0.0, lots.multiple), least=np.where(fixed, 0.0, lots.least))
    return replace(network, firm=firm, lots=lots)


def last_starts(routes: Routes) -> IntArray:
    """The last bucket in which a route can start what arrives in each bucket, −1 where nothing can, [M, T].

    >>> from types import SimpleNamespace
    >>> arrival, is_open = np.array([[1, 1, 3]]), np.array([[True, True, False]])
    >>> last_starts(SimpleNamespace(arrival=arrival, is_open=is_open, is_own=np.array([True]))).tolist()
    [[-1, 1, -1]]
    """
    count, horizon = routes.arrival.shape
    found = np.full((count, horizon + 1), -1, dtype=np.int64)
    can = routes.is_open & routes.is_own[:, None]
    every = np.arange(count)
    for bucket in range(horizon):
        rows = every[can[:, bucket]]
        found[rows, routes.arrival[rows, bucket]] = bucket
    return found[:, :horizon]


class _Ground:
    """What overrides are spread on."""

    def __init__(self, inputs: Inputs, network: Network) -> None:
        self.inputs, self.network, self.axes = inputs, network, inputs.axes
        self.starts = last_starts(network.routes)
        self.fenced = fenced_cells(network, self.starts)
        self._stands: FloatArray | None = None

    @property
    def stands(self) -> FloatArray:
        """Good units by bucket of arrival that stand where nobody firmed anything, [M, T]."""
        if self._stands is None:
            base = self.inputs.base
            if base is not None and "production_qty" in base:
                self._stands = np.asarray(base.panel_of("production_qty")["production_qty"])
            else:
                self._stands = _fast(self.inputs, self.network)
        return self._stands

    def like(self, measure: str) -> FloatArray:
        """A measure by item and location, or by route, as weights of routes, [M, T]."""
        panels = (panel for name in self.inputs.stage.after for panel in self.inputs.sections[name].panels)
        panel: Panel | None = next((each for each in panels if measure in each.measures), None)
        is_known = panel is not None and panel.grain in (Grain.STOCK, Grain.MAKE)
        if panel is None or not is_known or panel[measure].shape[1] != self.axes.horizon:
            raise CannotSpread(
                f"spread like {measure or 'a measure'}: name one by item and location that is known before the supply "
                "plan, such as demand_sourced_qty"
            )
        values = np.nan_to_num(panel[measure])
        if panel.grain is Grain.MAKE:
            return np.maximum(values, 0.0)
        stock = self.network.routes.stock
        return np.where((stock >= 0)[:, None], np.maximum(values[np.maximum(stock, 0)], 0.0), 0.0)


def _firm_up(ground: _Ground, firm: Firm, number: int, adjustment: Adjustment) -> list[Finding]:
    """Firm the cells of an adjustment's scope, in place; what stays out of its reach."""
    change, scope, where = adjustment.change, adjustment.scope, f"adjustment {adjustment.id}"
    assert isinstance(change, ProductionOverride), change
    begin, end = ground.axes.calendar.span(scope.first, scope.last)
    rows = own_rows(ground.axes, ground.network.routes, scope)
    if begin == end or not len(rows):
        what = "no bucket of the horizon" if begin == end else "no route of our own production"
        raise CannotSpread(f"{what} lies in its scope; production is made, not bought or subcontracted, ahead of today")
    cells = np.ix_(rows, np.arange(begin, end))
    fenced, usable = ground.fenced[cells], (ground.starts[cells] >= 0) & ~ground.fenced[cells]
    count = int(fenced.sum())
    findings = []
    if count:
        said = f"{count} of {fenced.size} cells of its scope lie inside the planning fence"
        findings.append(
            PRODUCTION_IN_FENCE.found(where, f"{said}, where they stay as released or planned", count=count)
        )
    if not usable.any():
        if count:
            return findings
        raise CannotSpread("nothing that is started from today on is finished in its scope: the lead time is longer")
    if usable.size == 1:
        good = on_grid(np.full((1, 1), change.amount.value), QUANTITY_STEP)
    else:
        now = np.where(np.isnan(firm.good[cells]), ground.stands[cells], firm.good[cells])
        weights = now
        if change.spread.rule != "as_is":
            is_equal = change.spread.rule == "equal"
            weights = np.ones(now.shape) if is_equal else ground.like(change.spread.measure)[cells]
        good = now + spread_amount(now, change.amount, weights=weights, held=~usable)
    firm.good[cells] = np.where(usable, good, firm.good[cells])
    firm.by[cells] = np.where(usable, number, firm.by[cells])
    return findings


def fenced_cells(network: Network, starts: IntArray) -> BoolArray:
    """Cells by bucket of arrival whose production the planning fence fixes, [M, T]."""
    fixed = np.zeros(starts.shape, dtype=np.bool_)
    for limit in network.limits:
        if limit.table == "fences":
            fixed[limit.members] |= np.isfinite(limit.most)
    found: BoolArray = (starts >= 0) & np.take_along_axis(fixed, np.maximum(starts, 0), axis=1)
    return found


def _fast(inputs: Inputs, network: Network) -> FloatArray:
    """What the fast plan would make, [M, T] by bucket of arrival; nothing where a bill contains itself."""
    try:
        plan = plan_by_heuristic(network, inputs.measure("sourcing_share_ratio"))
    except WrongStructure:
        return np.zeros(network.routes.arrival.shape)
    own = network.routes.is_own[:, None]
    good = on_grid(plan.columns.make.of(plan.values) * network.routes.yield_ratio[:, None] * own, QUANTITY_STEP)
    return shifted(good, network.routes.arrival)
