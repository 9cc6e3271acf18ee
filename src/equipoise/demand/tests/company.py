"""A small company for the tests of this room: axes made by hand, the two stages run one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, RESOURCE_LEVELS, Hierarchy
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs, Stage
from equipoise.core.tables import table
from equipoise.demand import CHANGES, FUNCTION_MEASURES, plan_baseline, plan_demand
from equipoise.demand.forecast_method import BASELINE_CHANGES

BASELINE = Stage(
    "baseline",
    plan_baseline,
    tables=(
        "sales_history",
        "forecast",
        "launches",
        "events",
        "planning_bills",
        "items",
        "uoms",
        "calendars",
        "indicators",
    ),
    knobs=(
        "baseline",
        "demand_capture",
        "cleansing",
        "outliers",
        "level_shifts",
        "missing_history",
        "calendar_effects",
        "indicators",
        "reconciliation",
    ),
    kinds=tuple(change.kind for change in BASELINE_CHANGES),
    after=("portfolio",),
)
DEMAND = Stage(
    "demand",
    plan_demand,
    tables=(
        "open_orders",
        "sales_history",
        "forecast_archive",
        "fences",
        "items",
        "events",
        "commitments",
        "planning_bills",
    ),
    knobs=(
        *(f"weight_{function}_pct" for function in FUNCTION_MEASURES),
        *(f"bias_correction_{function}" for function in FUNCTION_MEASURES),
        "consume_back",
        "consume_forward",
    ),
    kinds=tuple(change.kind for change in CHANGES),
    after=("portfolio", "baseline"),
)


@dataclass(frozen=True)
class Answer:
    axes: Axes
    baseline: Section
    demand: Section

    def __getitem__(self, measure: str) -> np.ndarray:
        section = self.baseline if measure in self.baseline else self.demand
        return section.panel_of(measure)[measure]

    def findings(self, code: str = "") -> list[Finding]:
        return [f for f in (*self.baseline.findings, *self.demand.findings) if f.code.startswith(code)]

    def posted(self, measure: str, cause: str) -> np.ndarray:
        shape = self[measure].shape
        found = [p.dense(shape) for p in self.demand.postings_of(measure) if p.cause == cause]
        return sum(found, np.zeros(shape))

    def row(self, *labels: str) -> int:
        return self.axes.keys[Grain.DEMAND].rows[labels]


def axes_of(head: DatasetHead, items: Mapping[str, str], markets: Mapping[str, str]) -> Axes:
    tree = Hierarchy.build("item", ITEM_LEVELS, [(item, "", family, "") for item, family in items.items()])
    places = Hierarchy.build("market", MARKET_LEVELS, [(market, "", "", region) for market, region in markets.items()])
    pairs = np.array(list(product(range(len(tree)), range(len(places)))), dtype=np.int64).reshape(-1, 2)
    keys = Keys(Grain.DEMAND, ("item", "market"), (pairs[:, 0], pairs[:, 1]), (tree.leaves, places.leaves))
    locations = Hierarchy.build("location", LOCATION_LEVELS, [])
    resources = Hierarchy.build("resource", RESOURCE_LEVELS, [])
    return Axes(head.calendar, tree, places, locations, resources, {Grain.DEMAND: keys})


def planned(
    *,
    items: Mapping[str, str],
    markets: Mapping[str, str] | None = None,
    tables: Mapping[str, Mapping[str, list]] | None = None,
    adjustments: Sequence[Adjustment] = (),
    policy: Mapping[str, object] | None = None,
    active: np.ndarray | None = None,
    life: Mapping[str, object] | None = None,
    bucket: str = "month",
    start: date = date(2027, 1, 1),
    horizon: int = 6,
    history_to: date | None = None,
    as_of: date | None = None,
    fiscal_year_start: str = "01-01",
) -> Answer:
    """Run both stages; items by family, markets by region, every item in every market."""
    head = DatasetHead.of(
        name="test",
        currency="EUR",
        bucket=bucket,
        start=start,
        horizon=horizon,
        history_to=history_to,
        as_of=as_of,
        fiscal_year_start=fiscal_year_start,
    )
    axes = axes_of(head, items, markets or {"shop": "home"})
    frames = {name: conformed(table(name), rows) for name, rows in (tables or {}).items()}
    snapshot = Snapshot(head, frames)
    ratio = np.ones((len(axes.keys[Grain.DEMAND]), horizon)) if active is None else active
    portfolio = portfolio_of(axes.keys[Grain.DEMAND], ratio, **(life or {}))
    rules = Policy.of(policy or {})
    sections = {"portfolio": portfolio}
    pins, inputs = (tuple(a for a in adjustments if a.change.kind in stage.kinds) for stage in (BASELINE, DEMAND))
    sections["baseline"] = plan_baseline(Inputs(BASELINE, snapshot, axes, rules, pins, sections))
    demand = plan_demand(Inputs(DEMAND, snapshot, axes, rules, inputs, sections))
    return Answer(axes, sections["baseline"], demand)


def portfolio_of(
    keys: Keys,
    active: np.ndarray,
    *,
    succeeded: np.ndarray | None = None,
    steady: np.ndarray | None = None,
    ramp: np.ndarray | None = None,
    ramp_first: int = 0,
) -> Section:
    """What stage portfolio says, each [N, T]; nothing launched or succeeded unless given."""
    measures = {
        "demand_active_ratio": active,
        "demand_succeeded_ratio": np.zeros(active.shape) if succeeded is None else succeeded,
        "launch_steady_qty": np.zeros(active.shape) if steady is None else steady,
    }
    ramps = {"launch_ramp_ratio": np.zeros(active.shape) if ramp is None else ramp}
    return Section("portfolio", (Panel(keys, measures), Panel(keys, ramps, first=ramp_first)))


def months(count: int, first: date = date(2027, 1, 1)) -> list[date]:
    """First days of `count` months; a negative count gives the months before `first`."""
    numbers = range(count) if count > 0 else range(count, 0)
    year_month = [first.year * 12 + first.month - 1 + number for number in numbers]
    return [date(number // 12, number % 12 + 1, 1) for number in year_month]


def forecast_of(rows: Mapping[str, Sequence[float]], market: str = "shop") -> dict[str, list]:
    """Table forecast: monthly quantities from January 2027 on by item node."""
    cells = [(item, market, day, q) for item, qs in rows.items() for day, q in zip(months(len(qs)), qs, strict=True)]
    return {name: [cell[n] for cell in cells] for n, name in enumerate(("item", "market", "date", "quantity"))}
