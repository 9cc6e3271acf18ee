"""What a fold of demand starts from: all of it that no adjustment decides, read once for the plans that share it.

An edit of one cell folds demand anew. Orders, events, contracts and the forecast of the buckets before the plan are
then what they were, so they are kept for as long as the sections and the snapshot that they follow from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary, ref

import numpy as np
import polars as pl

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.knob import KnobValue
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Posting, Section
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs
from equipoise.demand.apply_events import bridge_with_events
from equipoise.demand.bias_correction import Bias, measure_bias
from equipoise.demand.bills import Bills, read_bills
from equipoise.demand.cleansing import CLEANSED
from equipoise.demand.commitments import Commitment, read_commitments
from equipoise.demand.consensus import BASELINE, Ledger
from equipoise.demand.consumption import OpenOrders, read_orders
from equipoise.demand.entries import CONSENSUS
from equipoise.demand.event import Event, demand_groups, read_events
from equipoise.demand.event_money import event_money
from equipoise.demand.history import last_year, recent_demand
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.demand.to_go import first_open_bucket, inside_fence, shipped_to_date

Step = Adjustment | str
"""An adjustment that is applied, or the name of what is done between them."""
MOST_STANDS = 6
"""Each keeps the measures that differ from those of its neighbors: the last edits and what undoing them comes to."""


@dataclass(frozen=True, eq=False)
class Stand:
    """A ledger as it stood after some steps, and what was found on the way; not to be written to."""

    rules: tuple[tuple[str, KnobValue], ...]
    steps: tuple[Step, ...]
    ledger: Ledger
    findings: tuple[Finding, ...]

    def is_before(self, rules: tuple[tuple[str, KnobValue], ...], steps: tuple[Step, ...]) -> bool:
        """True if a fold by these rules comes by here on its way."""
        return self.rules == rules and self.steps == steps[: len(self.steps)]


@dataclass(frozen=True, eq=False)
class Opening:
    """Demand before anybody has spoken; arrays are not to be written to."""

    axes: Axes
    baseline: FloatArray
    """[N, T] units."""
    is_active: BoolArray
    like: Mapping[str, FloatArray]
    """What amounts may be spread like: upstream measures [N, T] by item and market, and last year's demand."""
    groups: IntArray
    events: Sequence[Event]
    bills: Bills
    commitments: Sequence[Commitment]
    recent: FloatArray
    """Cleansed demand of the last year of history, [N] units: how a total at a bill's parent reaches its markets."""
    bridge: FloatArray
    """Forecast of the open buckets before the plan with the events that fall into them, [N, −first] units."""
    orders: OpenOrders
    shipped: FloatArray
    """Units shipped by as_of, [N, T − first]."""
    is_fenced: BoolArray
    """Where forecast does not count beside orders, [N, T]."""
    money: Mapping[str, FloatArray]
    """What events ahead cost and what is paid toward them, [N, T] money."""
    spent: Sequence[Posting]
    archive: pl.DataFrame
    ordered: Panel
    closed_end: int
    """The first bucket that is not closed."""
    findings: Sequence[Finding]
    """What is wrong with events and contracts, and what orders and shipments say: the same whatever is adjusted."""
    after: tuple["ref[Section]", ...]
    """The sections it follows from, the baseline last."""
    stands: list["Stand"] = field(default_factory=list)
    """Where earlier folds stood, the latest first."""
    alike: dict[str, tuple["ref[FloatArray]", "ref[FloatArray]", bool]] = field(default_factory=dict)
    """By measure two arrays that were compared, and whether they hold the same numbers."""

    @property
    def first(self) -> int:
        """The first open bucket, at most 0."""
        return -int(self.bridge.shape[1])

    @cached_property
    def has_fence(self) -> BoolArray:
        """Rows with a bucket in which forecast does not count, [N]."""
        found: BoolArray = np.asarray(self.is_fenced.any(axis=1))
        return found

    def is_same(self, name: str, one: FloatArray, other: FloatArray) -> bool:
        """True if two arrays of a measure hold the same numbers; the last two of each are compared once."""
        kept = self.alike.get(name)
        if kept is None or kept[0]() is not one or kept[1]() is not other:
            kept = self.alike[name] = ref(one), ref(other), np.array_equal(one, other)
        return kept[2]

    @cached_property
    def start(self) -> Posting:
        """The posting with which every measure starts."""
        return Posting.of(CONSENSUS, BASELINE, self.baseline)

    def ledger(self, weights: Mapping[str, float]) -> Ledger:
        """A ledger in which nothing but the baseline stands; `weights` as parts of 1 by function."""
        return Ledger(self.baseline, self.is_active, weights, self.like, self.groups, self.start)

    def keep(self, stands: Sequence["Stand"]) -> None:
        """Keep where a fold stood; of those before as many as there is room for."""
        self.stands[:] = [*reversed(stands), *self.stands][:MOST_STANDS]

    @cached_property
    def biases(self) -> Sequence[Bias]:
        """How every function's earlier forecasts compare with orders; measured once somebody has entered something."""
        functions = tuple(FUNCTION_MEASURES)
        return measure_bias(self.axes, self.archive, self.ordered, functions=functions, end=self.closed_end)


_KEPT: WeakKeyDictionary[Snapshot, WeakKeyDictionary[Section, Opening]] = WeakKeyDictionary()


def opening_of(inputs: Inputs) -> Opening:
    """The opening of a snapshot and the sections before demand; the same object for the same objects."""
    by_section = _KEPT.setdefault(inputs.snapshot, WeakKeyDictionary())
    after = [inputs.sections[name] for name in inputs.stage.after]
    kept = by_section.get(after[-1])
    if kept is None or [section() for section in kept.after] != after:
        kept = by_section[after[-1]] = _read(inputs, after)
    return kept


def _read(inputs: Inputs, after: Sequence[Section]) -> Opening:
    axes, head = inputs.axes, inputs.snapshot.head
    baseline, is_active = inputs.measure(BASELINE), inputs.measure("demand_active_ratio") > 0
    groups = demand_groups(axes, inputs.table("items"))
    events, strange = read_events(axes, inputs.table("events"))
    bills, _ = read_bills(axes, inputs.table("planning_bills"))  # what is wrong with them, the baseline tells
    commitments, wrong = read_commitments(axes, inputs.table("commitments"), bills)
    first, ordered = first_open_bucket(head), inputs.panel("history_ordered_qty")
    orders, odd = read_orders(axes, inputs.table("open_orders"), first)
    shipped, unknown = shipped_to_date(axes, head, inputs.table("sales_history"), first)
    money, spent = event_money(axes, events, baseline, bills)
    unmoved = Ledger(baseline, is_active, {}, groups=groups)
    return Opening(
        axes,
        baseline,
        is_active,
        {**_upstream(inputs), "last_year": last_year(axes, ordered)},
        groups,
        events,
        bills,
        commitments,
        recent_demand(np.maximum(inputs.measure(CLEANSED), 0.0), axes.calendar.periods_per_year),
        bridge_with_events(_bridge(inputs.panel("demand_bridge_qty"), first), unmoved, axes, events, bills),
        orders,
        shipped,
        inside_fence(axes, head, inputs.table("fences"), inputs.table("items")),
        money,
        spent,
        inputs.table("forecast_archive"),
        ordered,
        head.closed_buckets_end,
        (*strange, *wrong, *odd, *unknown),
        tuple(ref(section) for section in after),
    )


def _upstream(inputs: Inputs) -> Mapping[str, FloatArray]:
    return {
        name: panel[name]
        for stage in inputs.stage.after
        for panel, name in inputs.sections[stage].measures()
        if panel.grain is Grain.DEMAND and panel.first == 0 and panel[name].shape[1] == inputs.axes.horizon
    }


def _bridge(panel: Panel, first: int) -> FloatArray:
    """The forecast of the buckets first..−1, [N, −first]; 0 where the baseline has none."""
    values = panel["demand_bridge_qty"]
    found = np.zeros((len(values), -first))
    found[:, max(0, panel.first - first) :] = values[:, max(0, first - panel.first) :]
    return found
