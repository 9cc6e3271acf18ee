"""What the statistical forecast learns from: history as it was captured, cleansed, and continued by successors."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.demand.clean_history import clean_history
from equipoise.demand.cleansing import Cleansed
from equipoise.demand.effects import Effects
from equipoise.demand.find_effects import find_effects
from equipoise.demand.forecast import ORIGINS, Forecast, farthest_origin, forecast_series, plan_kernel
from equipoise.demand.forecast.aggregates import Aggregates
from equipoise.demand.forecast.reconciled import Reconciling
from equipoise.demand.history import Captured, History, capture_demand, demand_to_train, read_history
from equipoise.demand.item_life import ItemLife, read_item_life
from equipoise.demand.method_pins import MethodPins, read_pins
from equipoise.demand.reconciling import read_totals
from equipoise.demand.to_go import first_open_bucket


@dataclass(frozen=True, eq=False)
class Training:
    """History of every item and market on its way to the forecast, arrays [N, H]."""

    history: History
    captured: Captured
    cleansed: Cleansed
    y: FloatArray
    """Demand as it was, units: NaN before the first sale, never below 0."""
    life: ItemLife
    trained: FloatArray
    """What the forecast is made from: y without ramps of launches, with what predecessors sold."""
    family: IntArray
    """[N] families, which share their season."""
    period: int
    horizon: int
    """Buckets to forecast, from the last closed one to the end of the plan."""
    since: int
    """The first bucket that is forecast for planning."""
    pins: MethodPins
    effects: Effects
    """Calendar effects and indicators, which `cleansed` is without and the forecast is given back."""
    findings: tuple[Finding, ...]
    totals: Aggregates | None = None
    """Whose forecasts the series' are reconciled with; None: they stay as they are."""

    @property
    def end(self) -> int:
        """The bucket after the last closed one."""
        return self.history.end

    @property
    def farthest(self) -> int:
        """Buckets back to the earliest date at which forecasts are judged: the same however far the plan looks."""
        return farthest_origin(self.y.shape[1], period=self.period, horizon=2 * self.period, count=ORIGINS)

    def forecast(self) -> Forecast:
        """The statistical forecast of the plan, and how it fared in the past."""
        return forecast_series(
            self.trained,
            self.period,
            self.horizon,
            levels=(),
            origin_count=ORIGINS,
            farthest=self.farthest,
            family=self.family,
            kernel=plan_kernel(),
            pins=self.pins.pins,
            revise=self.reconciling(),
        )

    def reconciling(self) -> Reconciling | None:
        """What makes forecasts of all series agree with those of their totals; None where nothing does."""
        if self.totals is None:
            return None
        return Reconciling(self.totals, self.period, self.farthest, plan_kernel())


def read_training(inputs: Inputs) -> Training:
    """From the tables to what is forecast; `findings` tell what was wrong on the way."""
    axes = inputs.axes
    history, findings = read_history(axes, inputs.snapshot.head, inputs.table("sales_history"))
    captured, found = capture_demand(history, str(inputs.knob("demand_capture")))
    cleansed = clean_history(inputs, history, captured)
    family = axes.groups(Grain.DEMAND, "family")[0]
    effects = find_effects(inputs, history, captured.sold, cleansed, family)
    cleansed = effects.cleaned(cleansed)
    y, negative = demand_to_train(captured.sold, cleansed.sold)
    # Buckets between the last closed one and the first of the plan are forecast; those closed at as_of are dropped.
    since = max(first_open_bucket(inputs.snapshot.head), history.end)
    life = read_item_life(inputs, y, end=history.end, since=since)
    trained, pins = life.histories(y), read_pins(inputs)
    return Training(
        history,
        captured,
        cleansed,
        y,
        life,
        trained,
        family,
        axes.calendar.periods_per_year,
        axes.horizon - history.end,
        since,
        pins,
        effects,
        (*findings, *found, *cleansed.findings, *negative),
        read_totals(inputs, (pins.holder >= 0) | life.is_apart | ~(np.nan_to_num(trained) > 0).any(axis=1)),
    )
