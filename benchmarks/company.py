"""The demo company as subjects need it: its snapshot, and the network of its supply stage."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.subject import SMOKE
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs
from equipoise.demo.write import write_demo
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan
from equipoise.stages import STAGES
from equipoise.supply.beyond import run_on
from equipoise.supply.network import Network, read_network


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


def demo_network(size: str) -> Network:
    """The supply network of the demo company's base plan, run on past the horizon."""
    inputs = supply_inputs(compute_plan(demo_snapshot(size)))
    return run_on(inputs, read_network(inputs))
