"""The demo company as subjects need it: its snapshot, and the network of its supply stage."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.subject import SMOKE
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs
from equipoise.demo.write import write_demo
from equipoise.fold import Fold, MemoryShelf, axes_of, policy_of
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise.supply.beyond import run_on
from equipoise.supply.network.network import Network, read_network


@cache
def demo_snapshot(size: str) -> Snapshot:
    """The sealed data of the demo company; the smoke size is the small company."""
    with TemporaryDirectory() as folder:
        return gather(read_dataset(write_demo(Path(folder) / "demo", size="small" if size == SMOKE else size)))


def stage_inputs(plan: Plan, name: str) -> Inputs:
    """What a stage saw when a plan without adjustments was computed."""
    assert not plan.adjustments, "a base plan has no adjustments"
    stage = next(stage for stage in STAGES if stage.name == name)
    return Inputs(stage, plan.snapshot, plan.axes, plan.policy, (), plan.sections, None)


def supply_inputs(plan: Plan) -> Inputs:
    """What stage supply saw when a plan without adjustments was computed."""
    return stage_inputs(plan, "supply")


def without_rare_rules(snapshot: Snapshot) -> Snapshot:
    """A company without room, most stock, shelf life, extra shifts and dear changes of pace.

    The peers' formulations have the rows that every company has, and not these.
    """
    blank = {
        "locations": ("storage_capacity",),
        "inventory_policy": ("max_days", "max_qty"),
        "items": ("shelf_life_days",),
        "resources": ("extra_shift_hours", "extra_shift_cost", "rate_up_cost", "rate_down_cost"),
    }
    plain = {
        name: snapshot.table(name).with_columns(pl.lit(None, dtype=pl.Float64).alias(column) for column in columns)
        for name, columns in blank.items()
    }
    return replace(snapshot, tables={**snapshot.tables, **plain})


def before_supply(snapshot: Snapshot) -> Inputs:
    """What stage supply sees of a base plan, which is not solved for it."""
    fold = Fold(snapshot, axes_of(snapshot), MemoryShelf(), None)
    sections = fold.run((), until="stock_targets")
    stage = next(stage for stage in STAGES if stage.name == "supply")
    return Inputs(stage, snapshot, fold.axes, policy_of(snapshot, ()), (), sections, None)


def demo_network(size: str) -> Network:
    """The supply network of the base plan of that company, run on past the horizon."""
    inputs = before_supply(without_rare_rules(demo_snapshot(size)))
    return run_on(inputs, read_network(inputs))
