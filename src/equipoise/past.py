"""The past: our own published plans as rows of the archives, to be sealed into the next snapshot.

What each function said goes to `forecast_archive`: the consensus, the statistical forecast where that was the
baseline, and the cells of a function that its inputs moved (a function that said nothing stands at the baseline and is
not scored). What the plan said goes to `plan_archive`: the measures that sheets, KPIs and the planning fence compare
with. Rows are made on the plan's as_of and stand at the lowest node: item and market, or item and location.

A row of cells that are all zero is not archived, because most pairs of item and market are such; only production of
our own is, because "none is to be made" is what holds inside the planning fence.
"""

from collections.abc import Iterable

import numpy as np
import polars as pl

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.demand.consensus import BIAS
from equipoise.plan import Plan

FUNCTIONS = {
    "sales": "demand_sales_qty",
    "marketing": "demand_marketing_qty",
    "product": "demand_product_qty",
    "finance": "demand_finance_qty",
}
"""Measure of each function that is a source of forecasts."""
MEASURES = (
    "demand_consensus_qty",
    "demand_required_qty",
    "demand_served_qty",
    "shipment_qty",
    "production_qty",
    "subcontract_qty",
    "purchase_qty",
    "inventory_closing_qty",
    "unmet_qty",
    "revenue_amount",
    "capacity_load_hours",
)
"""What is archived of a plan: stored, additive measures of the horizon."""


def past_of(plans: Iterable[Plan]) -> list[tuple[str, pl.DataFrame]]:
    """Rows of the archives from published plans, as `gather(past=...)` takes them; of one day the last plan stands."""
    found: dict[tuple[str, object], pl.DataFrame] = {}
    for plan in plans:
        for name, frame in (("forecast_archive", forecasts_of(plan)), ("plan_archive", plans_of(plan))):
            found[name, plan.head.as_of] = frame
    return [(name, frame) for (name, _), frame in found.items()]


def forecasts_of(plan: Plan) -> pl.DataFrame:
    """Rows of forecast_archive, conformed: consensus, statistical and the functions' own."""
    parts = [_rows(plan, "demand_consensus_qty", {"source": "consensus"})]
    if plan.policy["baseline"] == "statistical":
        parts.append(_rows(plan, "demand_baseline_qty", {"source": "statistical"}))
    for source, measure in FUNCTIONS.items():
        said = _said(plan, source, measure)
        parts.append(_rows(plan, measure, {"source": source}, cells=said, corrected=_corrected(plan, source, measure)))
    return _archive("forecast_archive", parts)


def plans_of(plan: Plan) -> pl.DataFrame:
    """Rows of plan_archive, conformed."""
    return _archive("plan_archive", [_rows(plan, measure, {"measure": measure}) for measure in MEASURES])


def _archive(name: str, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    declared = table(name)
    blank = conformed(declared, {})
    joined = pl.concat([blank, *parts], how="diagonal").select(declared.names)
    return joined.with_columns(pl.col(pl.String).fill_null("")).sort(declared.names)


def _said(plan: Plan, function: str, measure: str) -> BoolArray:
    """Cells that adjustments of the function moved, [N, T]; the baseline and what others said is not its opinion."""
    section = plan.section_of(measure)
    moved = np.zeros(section.panel_of(measure)[measure].shape, dtype=np.bool_)
    people = {adjustment.id for adjustment in plan.adjustments if adjustment.function == function}
    for posting in section.postings_of(measure):
        if posting.cause in people:
            moved[posting.rows, posting.buckets] = True
    return moved


def _corrected(plan: Plan, function: str, measure: str) -> FloatArray:
    """What the correction of its bias moved a function's number by, [N, T]: not its words, so its record is without it.

    Measured on corrected numbers, a bias would vanish as soon as it was corrected, and come back the month after.
    """
    section = plan.section_of(measure)
    moved = np.zeros(section.panel_of(measure)[measure].shape)
    for posting in section.postings_of(measure):
        if posting.cause == f"{BIAS}:{function}":
            np.add.at(moved, (posting.rows, posting.buckets), posting.amounts)
    return moved


def _rows(
    plan: Plan,
    measure: str,
    fixed: dict[str, str],
    *,
    cells: BoolArray | None = None,
    corrected: FloatArray | float = 0.0,
) -> pl.DataFrame:
    """The measure, less what of it was `corrected`, by item and market or location and bucket: `cells` of it [N, T],
    else its rows that are not zero."""
    panel = plan.measure(measure)
    values = panel.values - corrected
    wanted = np.repeat(_is_news(plan, panel, measure)[:, None], values.shape[1], axis=1) if cells is None else cells
    rows, buckets = np.nonzero(wanted & ~np.isnan(values))
    days = [plan.axes.calendar.start_of(panel.first + bucket) for bucket in range(values.shape[1])]
    at: FloatArray = values[rows, buckets]
    found = _nodes(plan, panel)[rows].with_columns(
        pl.Series("date", days, dtype=pl.Date)[buckets],
        pl.Series("quantity", at),
        pl.lit(plan.head.as_of).alias("made_date"),
        *(pl.lit(value).alias(column) for column, value in fixed.items()),
    )
    keys = [column for column in found.columns if column != "quantity"]
    # Routes of one location and lanes into one market add up; the sum is exact on the grid, so order does not matter.
    return found.group_by(keys, maintain_order=True).agg(pl.col("quantity").sum())


def _is_news(plan: Plan, panel: Panel, measure: str) -> BoolArray:
    """Rows that are archived, [N]: not all zero, own production, and of lanes those that serve a market."""
    found: BoolArray = (panel.values != 0).any(axis=1)
    if measure == "production_qty":
        routes = panel.keys.frame["route"]
        is_own = ~(routes.str.starts_with("subcontract:") | routes.str.starts_with("purchase:")).to_numpy()
        found = found | is_own
    if panel.grain is Grain.FLOW:
        found = found & panel.keys.frame["to"].is_in(list(plan.axes.markets.leaves)).to_numpy()
    return found


def _nodes(plan: Plan, panel: Panel) -> pl.DataFrame:
    """Item, location and market of each row of a panel, [N]; a lane counts at the market that it serves."""
    keys = panel.keys.frame
    if panel.grain is Grain.RESOURCE:
        places = dict(plan.snapshot.table("resources").select("resource", "location").iter_rows())
        return keys.select(
            pl.lit("").alias("item"),
            pl.col("resource").replace_strict(places, default="", return_dtype=pl.String).alias("location"),
        )
    if panel.grain is Grain.FLOW:
        return keys.select("item", pl.col("to").alias("market"))
    return keys.select(column for column in ("item", "market", "location") if column in keys.columns)
