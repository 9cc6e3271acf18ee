"""A demo month in one call: write the company, gather, plan with this month's contributions, publish."""

from dataclasses import dataclass
from pathlib import Path

from equipoise.codec import read_adjustments
from equipoise.core.adjustment import standing
from equipoise.core.stage import Progress
from equipoise.demo.write import write_demo
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan
from equipoise.portfolio.build_axes import build_axes
from equipoise.store import write_snapshot
from equipoise.store_plans import DiskShelf, write_plan


@dataclass(frozen=True)
class DemoMonth:
    """What `run_demo` made: the dataset folder, the plan, and the folder it was published to."""

    dataset: Path
    plan: Plan
    published: Path


def run_demo(home: Path, *, size: str = "small", progress: Progress | None = None) -> DemoMonth:
    """Leave in `home` a dataset (`demo-SIZE/`), its snapshot, the shelf and a published plan; the same every time."""
    dataset = write_demo(home / f"demo-{size}", size=size)
    draft = read_dataset(dataset)
    snapshot = gather(draft, label="demo", taken_by="demo")
    write_snapshot(snapshot, home / "snapshots" / snapshot.id, quarantine=draft.quarantine)
    adjustments, rulings = read_adjustments(dataset / "adjustments.json")
    shelf = DiskShelf(home / "shelf", build_axes(snapshot))
    plan = compute_plan(snapshot, standing(adjustments, rulings), shelf=shelf, progress=progress)
    published = home / "plans" / plan.digest
    write_plan(plan, published)
    return DemoMonth(dataset, plan, published)
