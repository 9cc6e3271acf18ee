"""Why is the baseline of a series so: its history and what was taken out of it, the methods, and how they fared.

The plan stores points and how each fared at earlier dates. What else there is to know of a forecast is computed when
somebody asks, for the series asked and the families they learn their season from, by the very functions of the stage:
the points are the plan's own. Quantiles learn from the errors of these families.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.demand.forecast import plan_kernel
from equipoise.demand.forecast.node import NodeForecast, forecast_node
from equipoise.demand.training import Training, read_training
from equipoise.explain.cell import base_units
from equipoise.explain.cleansing import Cleaning, cleanings
from equipoise.explain.where import UnknownCell
from equipoise.plan import Plan
from equipoise.stages import STAGES


class NoCommonUnit(EquipoiseError):
    """The items of a node are counted in units that cannot be added."""


@dataclass(frozen=True, eq=False)
class ForecastStory:
    """All that is known of the forecast of a node; quantities in `unit`."""

    unit: str
    rows: IntArray
    """Rows of grain demand below the node."""
    first: int
    """The bucket of the first history column."""
    end: int
    """The bucket after the last closed one, the first of the forecast."""
    delivered: FloatArray
    """[H] as sold, by the policy demand_capture."""
    trained: FloatArray
    """[H] what the forecast learned from; NaN where nothing is known."""
    node: NodeForecast
    baseline: FloatArray
    """[T] of the plan, from bucket 0: the forecast of what may be sold, with launches and successions."""
    is_imported: bool
    """True if the plan's baseline is imported, so that the forecast is only what history would say."""
    changes: tuple[Cleaning, ...]
    """What parts `delivered` from `trained`."""
    pins: tuple[Adjustment, ...]
    """Pins that hold for some of the rows."""
    holds: tuple[Adjustment, ...]
    """Holds of history that count in some of their buckets."""
    period: int

    @property
    def growth_pct(self) -> float | None:
        """Forecast of the year ahead over the last year of history, percent; None where either is not known."""
        year = self.trained[-self.period :]
        ahead = self.node.point[: self.period]
        if len(year) < self.period or len(ahead) < self.period or not np.isfinite(year).all() or year.sum() <= 0:
            return None
        return float(100.0 * (ahead.sum() / year.sum() - 1.0))

    def value_added_pct(self, rival: int) -> float | None:
        """How much smaller the mean absolute error was than that of the naive (0) or seasonal naive (1) forecast, in
        percent of it; None where no past forecast can be scored, or the rival never erred."""
        mae = self.node.backtest.mae[0]
        if not np.isfinite(mae[0]) or not mae[1 + rival] > 0:
            return None
        return float(100.0 * (1.0 - mae[0] / mae[1 + rival]))


def explain_forecast(plan: Plan, **nodes: str) -> ForecastStory:
    """The forecast of the series below the nodes `item` and `market` (of any level; all where left out).

    Raises UnknownName for a node that there is not, UnknownCell where no series lies below them, NoCommonUnit where the
    items share no unit.
    """
    rows = plan.axes.rows(Grain.DEMAND, {name: node for name, node in nodes.items() if node})
    if rows.size == 0:
        raise UnknownCell("no item is sold in a market below these nodes; choose others")
    unit, factor = _unit(plan, rows)
    training = training_of(plan)
    family = training.family
    pool = np.flatnonzero(np.isin(family, family[rows][family[rows] >= 0]))
    pool = np.union1d(pool, rows)
    reconciling = training.reconciling()
    if reconciling is not None:
        pool = reconciling.within(pool)
    weight = np.ones(len(family))
    weight[rows] = factor
    pins = training.pins.pins
    node = forecast_node(
        training.trained[pool] * weight[pool, None],
        training.period,
        training.horizon,
        np.searchsorted(pool, rows),
        family=family[pool],
        pins=None if pins is None else pins.rows(pool),
        farthest=training.farthest,
        kernel=plan_kernel(),
        ratio=training.effects.ratio((len(family), training.horizon))[pool],
        revise=None if reconciling is None else reconciling.rows(pool, weight[pool]),
    )
    holders = np.unique(training.pins.holder[rows])
    return ForecastStory(
        unit,
        rows,
        training.history.first,
        training.end,
        (training.captured.sold[rows] * factor[:, None]).sum(axis=0),
        _known_sum(training.trained[rows] * factor[:, None]),
        node,
        (plan.measure("demand_baseline_qty").values[rows] * factor[:, None]).sum(axis=0),
        is_imported(plan),
        cleanings(plan, training, rows, factor),
        tuple(training.pins.adjustments[number] for number in holders.tolist() if number >= 0),
        _holds(plan, training, rows),
        training.period,
    )


def is_imported(plan: Plan) -> bool:
    """True if the plan took its baseline from table forecast."""
    has_forecast, has_history = plan.snapshot.has("forecast"), plan.snapshot.has("sales_history")
    return has_forecast and (plan.policy["baseline"] == "imported" or not has_history)


@lru_cache(maxsize=4)
def training_of(plan: Plan) -> Training:
    """What the forecasts of a plan learned from, read anew from its snapshot; the last few plans are kept."""
    stage = next(stage for stage in STAGES if stage.name == "baseline")
    mine = tuple(adjustment for adjustment in plan.adjustments if adjustment.change.kind in stage.kinds)
    return read_training(Inputs(stage, plan.snapshot, plan.axes, plan.policy, mine, plan.sections))


def _holds(plan: Plan, training: Training, rows: IntArray) -> tuple[Adjustment, ...]:
    held = training.cleansed.held
    if held is None:
        return ()
    counting = np.unique(held.holder[rows])
    return tuple(held.adjustments[number] for number in counting.tolist() if number >= 0)


def _unit(plan: Plan, rows: IntArray) -> tuple[str, FloatArray]:
    """The unit of a sum over rows, and how many of it one base unit of each row is, [n]."""
    numbers = plan.axes.keys[Grain.DEMAND].column("item")[rows]
    units = base_units(plan, [plan.axes.items.leaves[number] for number in np.unique(numbers).tolist()])
    if len(units) == 1:
        return units[0], np.ones(len(rows))
    factor = plan.volume_factors[numbers]
    if not plan.head.volume_uom or not np.isfinite(factor).all():
        raise NoCommonUnit(
            f"these items are counted in {', '.join(units)}, which do not add up; choose a family or an item, or set "
            "volume_uom and give the factors in table uoms"
        )
    return plan.head.volume_uom, factor


def _known_sum(values: FloatArray) -> FloatArray:
    """Sums [H] of [n, H]; NaN where nothing is known."""
    is_known = np.isfinite(values)
    total: FloatArray = np.where(is_known.any(axis=0), np.where(is_known, values, 0.0).sum(axis=0), np.nan)
    return total
