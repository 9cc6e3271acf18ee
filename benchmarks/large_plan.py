"""A generated plan as large as a grid must serve: items × markets × buckets × demand measures, 57.6 million cells.

No planner runs: sections are made up and written by the product's own writer, so that what reads them reads a published
plan. Quantities are whole units, prices cents; three in ten series rest in any one month.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.made_company import START, month
from benchmarks.subject import SMOKE
from equipoise.catalog import MEASURES as EVERY_MEASURE
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot
from equipoise.engine import engine
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, axes_of, policy_of
from equipoise.stages import STAGES
from equipoise.store_plans import write_plan

MEASURES = (
    "demand_baseline_qty",
    "demand_sales_qty",
    "demand_marketing_qty",
    "demand_product_qty",
    "demand_finance_qty",
    "demand_consensus_qty",
    "demand_orders_qty",
    "demand_required_qty",
)
PRICE = "sales_net_price"
SEED = 576


@dataclass(frozen=True)
class Extent:
    """How large a generated plan is."""

    families: int
    items: int
    """Of each family."""
    markets: int
    buckets: int

    @property
    def series(self) -> int:
        """Rows of demand."""
        return self.families * self.items * self.markets


EXTENTS = {SMOKE: Extent(40, 25, 10, 12), "full": Extent(200, 100, 10, 36)}
LINES, PER_REGION, PER_CATEGORY = 20, 2, 10


def write_versions(plans: Path, size: str) -> tuple[str, str]:
    """Publish a plan of a size and another version of it in a folder of plans; their digests."""
    plan = large_plan(large_snapshot(EXTENTS[size]))
    other = another_version(plan)
    for each in (plan, other):
        write_plan(each, plans / each.digest)
    return plan.digest, other.digest


def large_snapshot(extent: Extent) -> Snapshot:
    """Master data alone, with a forecast row that calls every series into being."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        head = f'name = "Large company"\ncurrency = "EUR"\nbucket = "month"\nstart = {START}\n'
        (place / "dataset.toml").write_text(f"{head}horizon = {extent.buckets}\n", encoding="utf-8")
        for name, frame in _tables(extent).items():
            frame.write_csv(place / f"{name}.csv")
        return gather(read_dataset(place))


def large_plan(snapshot: Snapshot) -> Plan:
    """A plan of those series; the same snapshot gives the same plan."""
    axes = axes_of(snapshot)
    rng = np.random.default_rng(SEED)
    shape = len(axes.keys[Grain.DEMAND]), axes.horizon
    level = rng.lognormal(4.0, 1.0, (shape[0], 1))
    made: dict[str, FloatArray] = {}
    for name in MEASURES:
        made[name] = np.rint(level * rng.random(shape, dtype=np.float32)) * (rng.random(shape, dtype=np.float32) > 0.3)
    made[PRICE] = np.repeat(np.round(rng.uniform(8.0, 40.0, (shape[0], 1)), 2), shape[1], axis=1)
    for name, grain in (("capacity_load_hours", 0.8), ("capacity_available_hours", 1.0)):
        made[name] = np.full((len(axes.resources), shape[1]), 1000.0 * grain)
    made["production_qty"] = np.zeros((len(axes.keys[Grain.MAKE]), shape[1]))
    return Plan(snapshot, axes, policy_of(snapshot, ()), (), _sections(snapshot, made), engine(), ())


def another_version(plan: Plan) -> Plan:
    """The plan with another consensus in one series of twenty, as the round after a review leaves it."""
    demand = plan.sections["demand"]
    (panel,) = demand.panels
    name = "demand_consensus_qty"
    moved = np.array(panel[name])
    moved[::20] = np.rint(moved[::20] * 1.1)
    other = replace(panel, measures={**panel.measures, name: moved})
    return replace(plan, sections={**plan.sections, "demand": replace(demand, panels=(other,))})


def _sections(snapshot: Snapshot, made: dict[str, FloatArray]) -> dict[str, Section]:
    """A section for every stage, most of them with nothing in it."""
    axes = axes_of(snapshot)
    about = {measure.name: measure for measure in EVERY_MEASURE}
    sections = {}
    for stage in STAGES:
        by_grain: dict[Grain, dict[str, FloatArray]] = {}
        for name, values in made.items():
            grain = about[name].grain
            if about[name].stage == stage.name and grain is not None:
                by_grain.setdefault(grain, {})[name] = values
        panels = tuple(Panel(axes.keys[grain], measures) for grain, measures in by_grain.items())
        facts = {"tier": "infinite"} if stage.name == "supply" else {}
        sections[stage.name] = Section(stage.name, panels=panels, facts=facts)
    return sections


def _tables(extent: Extent) -> dict[str, pl.DataFrame]:
    family = np.repeat(np.arange(extent.families), extent.items)
    item = [
        f"I-{f:03d}-{r:03d}" for f, r in zip(family.tolist(), list(range(extent.items)) * extent.families, strict=True)
    ]
    market = [f"market-{number:02d}" for number in range(extent.markets)]
    lines = [f"line-{number:02d}" for number in range(min(LINES, extent.families))]
    items = pl.DataFrame(
        {
            "item": item,
            "name": item,
            "subfamily": [f"Brand {n:03d}-{rank % 4}" for rank, n in enumerate(family.tolist())],
            "family": [f"Family {n:03d}" for n in family.tolist()],
            "category": [f"Category {n // PER_CATEGORY:02d}" for n in family.tolist()],
        }
    ).with_columns(uom=pl.lit("case"), lifecycle=pl.lit("active"), fulfillment=pl.lit("make_to_stock"))
    return {
        "items": items,
        "markets": pl.DataFrame(
            {
                "market": market,
                "name": market,
                "customer": [f"Customer {number:02d}" for number in range(extent.markets)],
                "channel": [
                    f"Channel {number // PER_REGION}-{number % PER_REGION}" for number in range(extent.markets)
                ],
                "region": [f"Region {number // PER_REGION}" for number in range(extent.markets)],
            }
        ).with_columns(priority=pl.lit(1), unmet=pl.lit("backlog")),
        "locations": pl.DataFrame({"location": ["plant"], "name": ["plant"], "type": ["plant"], "region": ["North"]}),
        "resources": pl.DataFrame({"resource": lines, "name": lines}).with_columns(
            location=pl.lit("plant"),
            type=pl.lit("machine"),
            capacity_hours=pl.lit(1000.0),
            capacity_per=pl.lit("bucket"),
        ),
        "routings": pl.DataFrame(
            {"item": item, "resource": [lines[n % len(lines)] for n in family.tolist()]}
        ).with_columns(location=pl.lit("plant"), hours_per_unit=pl.lit(0.01), yield_pct=pl.lit(100.0)),
        "forecast": pl.DataFrame({"item": np.repeat(item, extent.markets), "market": market * len(item)}).with_columns(
            date=pl.lit(month(0)), quantity=pl.lit(1.0)
        ),
    }
