"""Stage `stock_targets`: stock at the start, safety stock and target stock of every item and location."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from equipoise.core.coverage import coming_demand
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel, sum_rows
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.inventory.findings import ERROR_UNKNOWN, LEVEL_TOO_HIGH, NO_LOT
from equipoise.inventory.lead_time import bucket_days, replenishment
from equipoise.inventory.opening import counted_stock
from equipoise.inventory.roll_forward import RolledStock, roll_forward
from equipoise.inventory.run_out import most_wanted
from equipoise.inventory.safety_stock import safety_stock, safety_stock_for_fill_rate, service_factor
from equipoise.inventory.stockout_risk import FACES, RARE

HIGHEST_LEVEL = 99.99
"""Percent: normal demand has no end, so a level of 100 has no safety stock."""
RULES = (
    "safety_stock_qty",
    "safety_days",
    "fill_rate_pct",
    "service_level_pct",
    "target_days",
    "lot_size",
    "review_days",
)


@dataclass(frozen=True, eq=False)
class Exposure:
    """What a stocking point must stand: per stock row and bucket, [N, T]."""

    demand: FloatArray
    """Demand that it serves, units per bucket."""
    error_sd: FloatArray
    """Standard deviation of the error of its forecast over lead time and review period; NaN unknown."""
    near_sd: FloatArray
    """The same over the buckets from the start, but no longer."""
    rare_ratio: FloatArray
    """Part of demand that is rare in the square of `near_sd`, 0 to 1."""
    faces_demand: BoolArray
    """True where customers are served from its stock, [N]."""


MOST_DECIMALS = 6


def plan_targets(inputs: Inputs) -> Section:
    """Stock at the start, what it leaves uncovered until then, safety stock and target stock, [N, T], on the grid."""
    rules = {name: _policy(inputs, name) for name in RULES}
    lead = replenishment(inputs)
    bucket = bucket_days(inputs.axes.calendar)
    exposure = exposed(inputs, lead.days[:, None] / bucket + review_buckets(inputs, rules))
    findings: list[Finding] = []
    # SS = z·σ, with σ² = σ_L² + d²·σ_LT²: the error of demand and that of the lead time.
    late = exposure.demand * (lead.sd_days[:, None] / bucket)
    error = safety_stock(z=1.0, sigma_d=exposure.error_sd, L=1.0, d=late, sigma_LT=1.0)
    exposed_sd = safety_stock(z=1.0, sigma_d=exposure.near_sd, L=1.0, d=late, sigma_LT=1.0)
    if inputs.knob("safety_stock") == "none":
        safety = np.zeros(exposure.demand.shape)
    else:
        safety, findings = safety_stocks(inputs, rules, exposure, error)
    most = most_wanted(inputs, exposure.demand)
    safety = np.minimum(_whole_units(inputs, safety), most)
    target = np.minimum(on_grid(target_stocks(inputs, rules, exposure, safety), QUANTITY_STEP), most)
    counted, found = counted_stock(inputs, target)
    rolled = _rolled(inputs, counted)
    start, missing = np.zeros(target.shape), np.zeros((len(rolled.not_covered), inputs.axes.horizon))
    start[:, 0], missing[:, 0] = rolled.start, rolled.not_covered
    measures = {
        "inventory_start_qty": start,
        "inventory_error_sd": np.where(exposure.faces_demand[:, None], error, 0.0),
        "inventory_exposed_sd": np.where(exposure.faces_demand[:, None], exposed_sd, 0.0),
        "inventory_safety_qty": safety,
        "inventory_target_qty": target,
    }
    return Section(
        "stock_targets",
        (
            Panel(inputs.keys(Grain.STOCK), measures),
            Panel(inputs.keys(Grain.DEMAND), {"demand_not_covered_qty": missing}),
        ),
        postings=rolled.postings,
        findings=(*findings, *found, *rolled.findings),
        arrays={FACES: exposure.faces_demand.astype(np.int64), RARE: exposure.rare_ratio},
    )


def _rolled(inputs: Inputs, counted: FloatArray) -> RolledStock:
    """Stock when the plan begins: as counted on its eve or later, else rolled forward; assumed stock already is that.

    Without a count demand until start is not served from anything anybody saw: it is left out, as is its stock.
    """
    head = inputs.snapshot.head
    if inputs.has("inventory") and head.as_of < head.start - timedelta(days=1):
        return roll_forward(inputs, counted)
    return RolledStock(counted, np.zeros(len(inputs.keys(Grain.DEMAND))), (), ())


def exposed(inputs: Inputs, span: FloatArray) -> Exposure:
    """Demand and its error at each stocking point, `span` [N, T] the buckets of lead time and review there.

    σ_L = √Σ (share · σ_market · G_market(L))²: the errors of markets are taken as independent. Where they move together
    this is too low by up to the ratio of the plain sum to it. G(L) is what past errors of sums of L buckets say
    (`error_of_spans`), √L where there are none.
    """
    keys, flow = inputs.keys(Grain.STOCK), inputs.keys(Grain.FLOW).frame
    share = inputs.measure("sourcing_share_ratio")
    source = row_numbers(keys, flow, ("item", "from"))
    market = row_numbers(inputs.keys(Grain.DEMAND), flow, ("item", "to"))
    reached = market >= 0
    share, source, market = share[reached], source[reached], market[reached]
    known = inputs.array("forecast_span_error")
    sd = np.where(share > 0, share * inputs.measure("demand_error_sd")[market], 0.0)
    passed = np.arange(1.0, inputs.axes.horizon + 1.0) - inputs.snapshot.head.closed_buckets_end
    part, near = (_spread(sd, known, market, each[source]) for each in (span, np.minimum(span, passed)))
    is_rare = inputs.array("forecast_is_rare")
    rare = np.zeros(near.shape) if is_rare is None else near * is_rare[market][:, None]
    serves = sum_rows((share > 0).astype(np.float64), source, len(keys)).any(axis=1)
    items = inputs.table("items")
    fulfillment = dict(items.select("item", "fulfillment").iter_rows())
    from_stock = [fulfillment[code] in ("", "make_to_stock") for code in inputs.axes.items.leaves]
    # Of a bucket that has begun the whole demand counts, also what was shipped by as_of.
    behind = sum_rows(share * inputs.measure("demand_to_date_qty")[market], source, len(keys))
    variance = sum_rows(near**2, source, len(keys))
    return Exposure(
        inputs.measure("demand_sourced_qty") + behind,
        np.sqrt(sum_rows(part**2, source, len(keys))),
        np.sqrt(variance),
        np.divide(sum_rows(rare**2, source, len(keys)), variance, out=np.zeros(variance.shape), where=variance > 0),
        serves & np.array(from_stock, dtype=np.bool_)[keys.column("item")],
    )


def _spread(sd: FloatArray, growth: FloatArray | None, market: IntArray, span: FloatArray) -> FloatArray:
    """Error over a span of buckets of each lane's part `sd` of its market's error, [F, T]; without `growth` √L."""
    times = np.sqrt(span) if growth is None else _at_span(growth[market], span)
    found: FloatArray = np.where(sd != 0, sd * times, 0.0)
    return found


def _at_span(growth: FloatArray, span: FloatArray) -> FloatArray:
    """G at spans of any length [n, T], growth [n, H] at 1, 2, ... H buckets: linear between them, as the root of the
    span below one bucket and beyond the last."""
    if growth.shape[1] == 0:
        return np.sqrt(span)
    last = growth.shape[1]
    within = np.clip(span, 1.0, float(last))
    below = np.minimum(within.astype(np.int64), max(last - 1, 1))
    rows = np.arange(len(growth))[:, None]
    low, high = growth[rows, below - 1], growth[rows, np.minimum(below, last - 1)]
    found: FloatArray = (low + (within - below) * (high - low)) * np.sqrt(span / within)
    return found


def review_buckets(inputs: Inputs, rules: dict[str, FloatArray]) -> FloatArray:
    """Review period in buckets, [N, T]; the plan is made anew each bucket, so one where none is given."""
    review = rules["review_days"]
    return np.where(np.isnan(review), 1.0, review / bucket_days(inputs.axes.calendar))


def safety_stocks(
    inputs: Inputs, rules: dict[str, FloatArray], exposure: Exposure, error: FloatArray
) -> tuple[FloatArray, list[Finding]]:
    """Safety stock by the first rule that is given: quantity, days, fill rate, service level, the knob's level.

    Quantity and days hold at any location. Levels are statistical and hold only where customers are served from stock.
    """
    calendar = inputs.axes.calendar
    stated = rules["safety_stock_qty"]
    by_days = coming_demand(
        exposure.demand,
        np.nan_to_num(rules["safety_days"]),
        calendar.horizon_days,
        per_year=calendar.periods_per_year,
    )
    by_days = np.where(np.isnan(rules["safety_days"]), np.nan, by_days)
    asked = np.isnan(stated) & np.isnan(by_days) & exposure.faces_demand[:, None]
    statistical, findings = _by_level(inputs, rules, exposure, error, asked)
    chosen = np.where(np.isnan(stated), by_days, stated)
    return np.where(np.isnan(chosen), statistical, chosen), findings


def _by_level(
    inputs: Inputs, rules: dict[str, FloatArray], exposure: Exposure, error: FloatArray, asked: BoolArray
) -> tuple[FloatArray, list[Finding]]:
    """Safety stock of the cells asked for by fill rate or service level, 0 elsewhere and where σ is not known."""
    is_fill = asked & ~np.isnan(rules["fill_rate_pct"])
    lot = np.where(np.isnan(rules["lot_size"]), exposure.demand * review_buckets(inputs, rules), rules["lot_size"])
    fill = np.minimum(np.nan_to_num(rules["fill_rate_pct"]), HIGHEST_LEVEL) / 100
    by_fill = safety_stock_for_fill_rate(fr=fill, Q=lot, sigma_L=np.nan_to_num(error))
    level = np.where(np.isnan(rules["service_level_pct"]), float(inputs.knob("service_level_pct")), 0.0)
    level = level + np.nan_to_num(rules["service_level_pct"])
    by_service = _factors(level) * np.nan_to_num(error)
    found = np.where(asked, np.where(is_fill, by_fill, by_service), 0.0)
    return found, _level_findings(inputs, rules, asked=asked, is_fill=is_fill, unknown=np.isnan(error))


def _factors(level: FloatArray) -> FloatArray:
    """z of each level in percent, not below 0: safety stock never lowers the target."""
    levels, place = np.unique(np.minimum(level, HIGHEST_LEVEL), return_inverse=True)
    factors = np.array([service_factor(value) if value > 50 else 0.0 for value in levels.tolist()])
    found: FloatArray = factors[place].reshape(level.shape)
    return found


def _level_findings(
    inputs: Inputs, rules: dict[str, FloatArray], *, asked: BoolArray, is_fill: BoolArray, unknown: BoolArray
) -> list[Finding]:
    endless = (rules["fill_rate_pct"] >= 100) | (np.isnan(rules["fill_rate_pct"]) & (rules["service_level_pct"] >= 100))
    noted = (
        (ERROR_UNKNOWN, asked & unknown, "have no known forecast error"),
        (LEVEL_TOO_HIGH, asked & endless, f"ask for 100 %, {HIGHEST_LEVEL} % is taken"),
        (NO_LOT, is_fill & np.isnan(rules["lot_size"]), "have a fill rate and no lot_size"),
    )
    keys, findings = inputs.keys(Grain.STOCK), []
    for code, cells, text in noted:
        rows = np.flatnonzero(cells.any(axis=1))
        if rows.size:
            item, location = keys.labels(int(rows[0]))
            message = f"{rows.size} of {len(keys)} pairs of item and location {text}; the first is {item} at {location}"
            findings.append(code.found("table inventory_policy", message, count=int(rows.size)))
    return findings


def target_stocks(inputs: Inputs, rules: dict[str, FloatArray], exposure: Exposure, safety: FloatArray) -> FloatArray:
    """Target stock at each close, [N, T]: target_days of coming demand, but not below safety stock; else safety stock
    and cycle stock, which is half a lot, or half the use of a stated review period."""
    calendar = inputs.axes.calendar
    days = rules["target_days"]
    cover = coming_demand(
        exposure.demand, np.nan_to_num(days), calendar.horizon_days, per_year=calendar.periods_per_year
    )
    use = np.nan_to_num(exposure.demand * rules["review_days"] / bucket_days(calendar))
    cycle = np.where(np.isnan(rules["lot_size"]), use, rules["lot_size"]) / 2
    return np.where(np.isnan(days), safety + cycle, np.maximum(safety, cover))


def _whole_units(inputs: Inputs, safety: FloatArray) -> FloatArray:
    """Safety stock on the grid, raised to whole units (or the item's decimals) where the item is counted so."""
    decimals = dict(inputs.table("items").select("item", "decimals").iter_rows())
    given = np.array([np.nan if decimals[i] is None else decimals[i] for i in inputs.axes.items.leaves])
    # More decimals than the grid has, 6 of them, round nothing.
    given[given > MOST_DECIMALS] = np.nan
    scale = 10.0 ** given[inputs.keys(Grain.STOCK).column("item")][:, None]
    # Less than a thousandth above a whole unit is rounding, not a unit.
    raised = np.ceil(safety * scale - 1e-3) / scale
    return on_grid(np.where(np.isnan(scale), safety, raised), QUANTITY_STEP)


def _policy(inputs: Inputs, column: str) -> FloatArray:
    """A column of inventory_policy in force for the stock rows, inherited by itself, [N, T]; NaN where none says."""
    axes, keys = inputs.axes, inputs.keys(Grain.STOCK)
    return painted_rates(
        axes,
        inputs.table("inventory_policy"),
        column,
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )
