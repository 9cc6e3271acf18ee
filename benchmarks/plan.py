"""Subject: a whole plan, stage by stage, and its table arithmetic beside the same in data frames."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
import polars as pl

from benchmarks import tables_in_pandas, tables_in_polars
from benchmarks.company import stage_inputs
from benchmarks.long_tables import LongTables, long_tables
from benchmarks.made_company import SHAPES, write_company
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.replan import Run, plan_timed
from benchmarks.subject import Comparison, Result, Subject, Table
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.snapshot import Snapshot
from equipoise.demand.consumption import consume_forecast, read_orders
from equipoise.finance.plan_finance import cost_of_sales, money
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.inventory.plan_inventory import plan_inventory
from equipoise.plan import MemoryShelf, Plan

MEASURES = ("required", "closing", "revenue", "cost", "margin")
SIZES = ("small", "medium", "large")
TOLERANCE = 1e-6


@cache
def made_snapshot(size: str) -> Snapshot:
    """The sealed data of the made-up company."""
    with TemporaryDirectory() as folder:
        return gather(read_dataset(write_company(Path(folder) / "company", SHAPES[size])))


def ours(plan: Plan) -> Mapping[str, FloatArray]:
    """The table arithmetic by the engine's own functions, each rolled up by family, [families, T]."""
    axes = plan.axes
    orders, _ = read_orders(axes, plan.snapshot.table("open_orders"))
    unused = consume_forecast(plan.measure("demand_consensus_qty").values, orders.total)
    stock = plan_inventory(stage_inputs(plan, "inventory")).panel_of("inventory_closing_qty")["inventory_closing_qty"]
    revenue = money(plan.measure("demand_served_qty").values, plan.measure("sales_net_price").values)
    cost = cost_of_sales(stage_inputs(plan, "finance"))
    parts = {"required": orders.total + unused, "closing": stock, "revenue": revenue, "cost": cost}
    found = {}
    for name, values in parts.items():
        groups, codes = axes.groups(Grain.STOCK if name == "closing" else Grain.DEMAND, "family")
        found[name] = sum_rows(values, groups, len(codes))
    return {**found, "margin": found["revenue"] - found["cost"]}


def in_pandas(tables: LongTables) -> Mapping[str, pd.DataFrame]:
    """The long frames as pandas has them."""
    return {
        name: pd.DataFrame(
            {column: frame[column].to_list() if frame[column].dtype == pl.String else frame[column].to_numpy()
             for column in frame.columns}
        )
        for name, frame in tables.frames().items()
    }  # fmt: skip


def check_same_sheets(plan: Plan, found: Mapping[str, FloatArray], sheets: pl.DataFrame, name: str) -> None:
    """Disagreement if a number by family and bucket differs by more than 1e-6 of it."""
    order = np.argsort(np.array(plan.axes.items.nodes("family")), kind="stable")
    for measure_name in MEASURES:
        mine = found[measure_name][order]
        theirs = sheets[measure_name].to_numpy().reshape(mine.shape)
        apart = np.abs(mine - theirs) > TOLERANCE * np.maximum(np.abs(mine), 1.0)
        if apart.any():
            raise Disagreement(f"{measure_name} differs from {name} in {int(apart.sum())} of {apart.size} cells")


def run(size: str, repeat: int) -> Result:
    """Plan the company, then measure the table arithmetic of that plan on all sides."""
    snapshot = made_snapshot(size)
    begin = perf_counter()
    planned = plan_timed(snapshot, (), MemoryShelf())
    wall = perf_counter() - begin
    plan = planned.plan
    tables = long_tables(plan)
    frames = in_pandas(tables)
    sides = {
        "Equipoise": partial(ours, plan),
        "polars": partial(tables_in_polars.family_sheets, tables),
        "pandas": partial(tables_in_pandas.family_sheets, frames),
    }
    check_same_sheets(plan, sides["Equipoise"](), sides["polars"](), "polars")
    check_same_sheets(plan, sides["Equipoise"](), pl.from_pandas(sides["pandas"]()), "pandas")
    took = {name: one.whole for name, one in measure({name: [side] for name, side in sides.items()}, repeat).items()}
    axes = plan.axes
    return Result(
        size,
        f"{len(axes.items):,} items, {len(axes.keys[Grain.DEMAND]):,} pairs of item and market, {axes.horizon} buckets",
        [_comparison(took, peer) for peer in ("polars", "pandas")],
        [_stage_table(planned)],
        [f"The whole plan took {wall:.1f} s of wall time, with {_rows(plan):,} rows of table sales_history."],
    )


def _comparison(took: Mapping[str, Timing], peer: str) -> Comparison:
    return Comparison("table arithmetic of the plan", took["Equipoise"], peer, took[peer])


def _rows(plan: Plan) -> int:
    return plan.snapshot.table("sales_history").height


def _stage_table(planned: Run) -> Table:
    whole = sum(planned.seconds.values())
    rows = [[title, f"{seconds:.2f} s", f"{seconds / whole:.0%}"] for title, seconds in planned.seconds.items()]
    rows.append(["All", f"{whole:.2f} s", ""])
    return Table("CPU time of the plan by stage (one run)", ("stage", "CPU", "share"), rows)


SUBJECT = Subject(
    "plan",
    "A whole plan, and its table arithmetic",
    """
    A made-up company (`benchmarks/made_company.py`): families of items, each on its own line with its own crew and a
    component of its own, two plants, three warehouses. First the whole plan, forecast and optimum included, stage by
    stage. Then, of that plan, what a planner would do in tables: consumption of the forecast by the lines of the order
    book, stock rolled forward at every item and location, revenue, cost of sales and margin, and all five rolled up by
    family and month. Equipoise's side are its own functions, from arrays; the peers are polars, as one lazy query, and
    pandas, both with long frames, merges and groups (`benchmarks/tables_in_polars.py`, `tables_in_pandas.py`). The
    making of arrays and long frames is not timed. All numbers by family and month must agree to 1e-6.
    """,
    """
    The peers neither forecast nor optimize; no ratio covers these. Arrays whose rows are fixed once need no joins, and
    that is most of the difference: a user of data frames who keeps all frames sorted alike could do the same. polars is
    held to one thread here, as we are.
    """,
    run,
    SIZES,
)
