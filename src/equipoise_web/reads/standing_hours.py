"""Standing hours: what a unit of each item takes on each resource in a plan, for estimates."""

from functools import lru_cache

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise_web.reads.plans import open_plan

DEEPEST = 12
"""Levels of a bill of material that hours per unit are summed over."""


@lru_cache(maxsize=4)
def _hours_of(digest: str) -> FloatArray:
    return _hours(open_plan(digest))


def hours_per_unit(plan: Plan) -> FloatArray:
    """Standing hours on each resource per unit of each item [items, resources], its components' hours included."""
    return _hours_of(plan.digest)


def _hours(plan: Plan) -> FloatArray:
    """From routings, by the locations that make the item in the plan, and down the bill of material."""
    axes, snapshot = plan.axes, plan.snapshot
    items = pl.DataFrame({"item": axes.items.leaves, "i": range(len(axes.items))})
    resources = pl.DataFrame({"resource": axes.resources.leaves, "r": range(len(axes.resources))})
    steps = (
        snapshot.table("routings")
        .select("item", "location", pl.col("route").fill_null(""), "resource", "hours_per_unit")
        .join(_shares(plan), on=("item", "location", "route"), how="left")
        .with_columns(hours=pl.col("hours_per_unit").fill_null(0.0) * pl.col("share").fill_null(0.0))
        .join(items, on="item")
        .join(resources, on="resource")
    )
    direct = np.zeros((len(items), len(resources)))
    np.add.at(direct, (steps["i"].to_numpy(), steps["r"].to_numpy()), steps["hours"].to_numpy())
    total, below = direct.copy(), direct
    parents, components, quantities = _bill(plan)
    for _level in range(DEEPEST if len(parents) else 0):
        lower = np.zeros_like(direct)
        np.add.at(lower, parents, quantities[:, None] * below[components])
        if not lower.any():
            break
        total, below = total + lower, lower
    return total


def _shares(plan: Plan) -> pl.DataFrame:
    """Share of each item's production that each location and route makes; equal parts where the plan makes none."""
    keys = plan.axes.keys[Grain.MAKE]
    made = plan.measure("production_qty").values.sum(axis=1)
    frame = keys.frame.select("item", "location", pl.col("route").fill_null("")).with_columns(made=pl.Series(made))
    total = pl.col("made").sum().over("item")
    return frame.with_columns(
        share=pl.when(total > 0).then(pl.col("made") / total).otherwise(1.0 / pl.len().over("item"))
    ).select("item", "location", "route", "share")


def _bill(plan: Plan) -> tuple[IntArray, IntArray, FloatArray]:
    """Positions of parents and components, and quantity per parent; of bills that differ by location, the first."""
    position = plan.axes.items.position
    rows = plan.snapshot.table("bom")
    if rows.height == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    goes_in = rows.filter(pl.col("type").fill_null("component") == "component")
    bill = goes_in.unique(subset=["item", "component"], keep="first", maintain_order=True)
    known_rows = bill.filter(pl.col("item").is_in(list(position)) & pl.col("component").is_in(list(position)))
    parents = np.array([position[code] for code in known_rows["item"].to_list()], dtype=np.int64)
    components = np.array([position[code] for code in known_rows["component"].to_list()], dtype=np.int64)
    return parents, components, known_rows["quantity_per"].to_numpy().astype(np.float64)
