"""The baseline of a launch, until the launched item has a history of its own.

With q the steady sales (table launches; else the like item's forecast × like_factor_pct), s the season of the like item
(else of the family in the market, else of the family, else none), r the ramp and k the closed buckets known since it:

    plan_t = q s_t r_t (the like item's forecast has its own season)
    baseline_t = w · own forecast_t + (1 − w) · plan_t,  w = min(1, k / half a year)

The own forecast is trained without the ramp, which would be taken for growth. Sales from like items: Kahn, New Product
Forecasting, looks-like analysis.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.launch_rows import read_launches
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.succession import row_table
from equipoise.demand.forecast import seasonal_for, seasonal_indices
from equipoise.demand.life_findings import (
    LAUNCH_IMPORTED,
    LAUNCH_WITHOUT_LEVEL,
    LIKE_UNITS,
    LIKE_WITHOUT_HISTORY,
)
from equipoise.demand.unit_factor import UnitFactors

WHERE = "table launches"


def takeover_buckets(period: int) -> int:
    """Closed buckets after the ramp from which a launch is planned by its own forecast alone: half a year."""
    return max(1, period // 2)


@dataclass(frozen=True, eq=False)
class LaunchPlan:
    """Launches with a known level, by row of grain demand, [L] each."""

    rows: IntArray
    ramp: FloatArray
    """[L, W] share of steady sales in the buckets since..T−1."""
    steady: FloatArray
    """Units a bucket; NaN where the like item says."""
    like: IntArray
    """Row of the like item, −1 for none."""
    factor: FloatArray
    """The like item's forecast times this is the launch's."""
    season: FloatArray
    """[L, W] seasonal index of stated steady sales."""
    own_weight: FloatArray
    """Weight of the own forecast, 0 to 1."""
    ramp_end: IntArray
    """First bucket after the ramp."""
    cannibalized: tuple[str, ...]
    pct: FloatArray

    def plan(self, point: FloatArray) -> FloatArray:
        """Units a bucket as if every day were sold, [L, W]; `point` [N, W] is the forecast of every row."""
        like = point[np.maximum(self.like, 0)] * self.factor[:, None]
        level = np.where(np.isnan(self.steady)[:, None], like, self.steady[:, None] * self.season)
        planned: FloatArray = level * self.ramp
        return planned

    def without(self, is_imported: BoolArray) -> "LaunchPlan":
        """The same, planned by their own forecast where an imported one [L] speaks of them."""
        weight = np.where(is_imported, 1.0, self.own_weight)
        return replace(self, own_weight=weight)


def read_launch_plan(inputs: Inputs, y: FloatArray, *, end: int, since: int) -> tuple[LaunchPlan, list[Finding]]:
    """Launches of the portfolio with their level; y [N, H] is history that ends before bucket `end`."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    panel = inputs.panel("launch_ramp_ratio")
    launched = np.flatnonzero(panel["launch_ramp_ratio"].any(axis=1))
    table = read_launches(axes, inputs.table("launches"))
    row_of = [table.rows[number] for number in table.of[launched].tolist()]
    steady = inputs.measure("launch_steady_qty")[launched, -1] if axes.horizon else np.zeros(len(launched))
    like, factor, findings = _like(inputs, launched, [str(row["like_item"]) for row in row_of], y)
    given = np.array([row["like_factor_pct"] for row in row_of], dtype=np.float64)
    factor = factor * np.where(np.isnan(given), 1.0, given / 100)
    has_level = (steady > 0) | (like >= 0)
    if not has_level.all():
        example = " in ".join(keys.labels(int(launched[~has_level][0])))
        text = f"{int((~has_level).sum())} launches, first {example}"
        findings.append(LAUNCH_WITHOUT_LEVEL.found(WHERE, text, count=int((~has_level).sum())))
    chosen = np.flatnonzero(has_level)
    rows = launched[chosen]
    full = panel["launch_ramp_ratio"][rows]
    ramp_end = end_of_ramp(full, panel.first)
    past = _past_ramps(y, rows, ramp_end, end)
    known = np.isfinite(past[rows]).sum(axis=1)
    weight = np.minimum(1.0, known / takeover_buckets(axes.calendar.periods_per_year))
    stated = np.where(steady[chosen] > 0, steady[chosen], np.nan)
    width = axes.horizon - since
    ramp = np.concatenate([np.zeros((len(rows), max(0, panel.first - since))), full], axis=1)[:, -width:]
    plan = LaunchPlan(
        rows,
        ramp,
        stated,
        like[chosen],
        factor[chosen],
        _season(inputs, past, rows, np.where(np.isnan(stated), -2, like[chosen]), first=since - end, count=width),
        weight,
        ramp_end,
        tuple(str(row_of[place]["cannibalized"]) for place in chosen.tolist()),
        np.nan_to_num(np.array([row_of[place]["cannibalization_pct"] for place in chosen.tolist()], dtype=np.float64)),
    )
    return plan, findings


def _like(
    inputs: Inputs, rows: IntArray, codes: list[str], y: FloatArray
) -> tuple[IntArray, FloatArray, list[Finding]]:
    """Row of the like item in the same market (−1: none with a forecast) and its units in those of the launch."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    position, names = axes.items.position, axes.items.leaves
    item, market = keys.column("item")[rows], keys.column("market")[rows]
    number = np.array([position.get(code, -1) for code in codes], dtype=np.int64)
    found = row_table(keys)[np.maximum(number, 0), market]
    has_forecast = inputs.has("forecast") | np.isfinite(y[np.maximum(found, 0)]).any(axis=1)
    found = np.where((number >= 0) & (found >= 0) & has_forecast, found, -1)
    findings = []
    silent = np.flatnonzero((found < 0) & np.array([bool(code) for code in codes], dtype=np.bool_))
    if silent.size:
        first = int(silent[0])
        text = f"{silent.size} launches, first {' in '.join(keys.labels(int(rows[first])))} like {codes[first]}"
        findings.append(LIKE_WITHOUT_HISTORY.found(WHERE, text, count=int(silent.size)))
    factors = UnitFactors(inputs.table("items"), inputs.table("uoms"), axes.items)
    pairs = sorted({(codes[at], names[item[at]]) for at in np.flatnonzero(found >= 0).tolist()})
    by_pair = {pair: factors.between(*pair) for pair in pairs}
    findings += [
        LIKE_UNITS.found(WHERE, f"{new} is launched like {old}, which is counted in {factors.base[old]}")
        for (old, new), known in by_pair.items()
        if known is None
    ]
    factor = [by_pair.get((code, names[place])) or 1.0 for code, place in zip(codes, item.tolist(), strict=True)]
    return found, np.array(factor, dtype=np.float64), findings


def end_of_ramp(ramp: FloatArray, first: int) -> IntArray:
    """First bucket after the ramp, [L]; the bucket of the launch is never whole enough to be past it."""
    if ramp.size == 0:
        return np.zeros(len(ramp), dtype=np.int64)
    begins = np.argmax(ramp > 0, axis=1)
    after_last = ramp.shape[1] - np.argmax((ramp != 1.0)[:, ::-1], axis=1)
    ended = np.where((ramp != 1.0).any(axis=1), after_last, 0)
    found: IntArray = np.maximum(ended, begins + 1) + first
    return found


def _season(inputs: Inputs, y: FloatArray, rows: IntArray, like: IntArray, *, first: int, count: int) -> FloatArray:
    """Seasonal indices [L, count] of the like item's history, else the family's in the market, else the family's.

    `like` [L] is the row of the like item, −1 for none, −2 where no season is asked for.
    """
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    period = axes.calendar.periods_per_year
    family, market = axes.groups(Grain.DEMAND, "family")[0], keys.column("market")
    order = np.argsort(family, kind="stable")
    in_order = family[order]
    sources: dict[tuple[int, int, int], list[int]] = {}
    for place in np.flatnonzero(like > -2).tolist():
        key = (int(like[place]), int(family[rows[place]]), int(market[rows[place]]))
        sources.setdefault(key, []).append(place)
    series = np.full((len(sources), y.shape[1]), np.nan)
    for number, (same, kin, where) in enumerate(sources):
        begin, end = np.searchsorted(in_order, [kin, kin + 1]) if kin >= 0 else (0, 0)
        relatives = order[begin:end]
        own = np.array([same] if same >= 0 else [], dtype=np.int64)
        for members in (own, relatives[market[relatives] == where], relatives):
            found = _joined(y[members])
            if np.isfinite(found).sum() >= 2 * period:
                series[number] = found
                break
    indices = np.ones((len(rows), period))
    for places, found in zip(sources.values(), seasonal_indices(series, period), strict=True):
        indices[places] = found
    return seasonal_for(indices, first, count)


def _joined(y: FloatArray) -> FloatArray:
    """Mean of series [n, H], each in units of its own mean, over those known in a bucket, NaN where none is, [H].

    So items in any unit count alike; exact in any order of the series.
    """
    if len(y) == 0:
        return np.full(y.shape[1], np.nan)
    is_known = np.isfinite(y)
    known = np.where(is_known, y, 0.0)
    mean = known.sum(axis=1, keepdims=True) / np.maximum(is_known.sum(axis=1, keepdims=True), 1)
    total = on_grid(known / np.where(mean > 0, mean, 1.0), QUANTITY_STEP).sum(axis=0)
    members = is_known.sum(axis=0)
    return np.where(members > 0, total / np.maximum(members, 1), np.nan)


def without_ramp(y: FloatArray, plan: LaunchPlan, *, end: int, keeps: BoolArray) -> FloatArray:
    """History [N, H] in which what was sold until the end of a ramp is unknown; rows of `keeps` [N] stay whole."""
    chosen = ~keeps[plan.rows]
    return _past_ramps(y, plan.rows[chosen], plan.ramp_end[chosen], end)


def _past_ramps(y: FloatArray, rows: IntArray, ramp_end: IntArray, end: int) -> FloatArray:
    """History y [N, H] that ends before bucket `end`; of `rows` unknown before bucket `ramp_end`."""
    if rows.size == 0:
        return y
    past = y.copy()
    past[rows] = np.where(np.arange(end - y.shape[1], end) < ramp_end[:, None], np.nan, y[rows])
    return past


def imported_findings(inputs: Inputs, plan: LaunchPlan, is_imported: BoolArray) -> Iterator[Finding]:
    """Launches that an imported forecast speaks of."""
    rows = plan.rows[is_imported]
    if rows.size:
        text = f"{rows.size} launches, first {' in '.join(inputs.keys(Grain.DEMAND).labels(int(rows[0])))}"
        yield LAUNCH_IMPORTED.found(WHERE, text, count=int(rows.size))


def launch_growth(plan: LaunchPlan, growth: FloatArray) -> FloatArray:
    """How the error of sums grows with their length [N, H], that of launches like the like item's as far as their own
    forecast has no weight."""
    found = growth.copy()
    rows, like, weight = (each[plan.like >= 0] for each in (plan.rows, plan.like, plan.own_weight[:, None]))
    found[rows] = weight * growth[rows] + (1.0 - weight) * growth[like]
    return found


def launch_error(
    plan: LaunchPlan, planned: FloatArray, point: FloatArray, sd: FloatArray, kin: IntArray, *, period: int
) -> FloatArray:
    """Standard deviation of the error of launches [L, T]: as large relative to demand as the like item's, else as the
    family's on average (`kin` [N] numbers families, −1 for none); blended with the own one like the baseline. Demand is
    that of the first year, `period` buckets, however far the plan looks."""
    mean = point[:, :period].mean(axis=1)
    usable = np.isfinite(sd) & (mean > 0)
    own_relative = np.where(usable, sd / np.where(usable, mean, 1.0), np.nan)
    in_family = usable & (kin >= 0)
    count = int(kin.max(initial=-1)) + 1
    above, members = np.zeros(count), np.bincount(kin[in_family], minlength=count)
    np.add.at(above, kin[in_family], on_grid(own_relative[in_family], QUANTITY_STEP))
    of_family = np.append(np.where(members > 0, above / np.maximum(members, 1), np.nan), np.nan)
    like = np.maximum(plan.like, 0)
    has_like = (plan.like >= 0) & usable[like]
    relative = np.where(has_like, own_relative[like], of_family[kin[plan.rows]])
    own = sd[plan.rows][:, None]
    weight = np.where(np.isnan(own), 0.0, plan.own_weight[:, None])
    expected = relative[:, None] * planned
    blended: FloatArray = np.where(weight >= 1.0, own, weight * np.nan_to_num(own) + (1.0 - weight) * expected)
    return np.where(np.isnan(expected), own, blended)
