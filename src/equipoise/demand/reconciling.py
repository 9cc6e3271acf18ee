"""Which totals the statistical forecast is reconciled with: policy `reconciliation`.

A total is of items of one family and one base unit, so that families couple only what they name and units add up:

- `none`: nothing is reconciled (the default: on the real data at hand it gained nothing);
- `within_markets`: families and sub-families in each market. It couples no markets: what moves a series is sales of
  its own market alone (that families share a season over markets is so with every choice);
- `over_markets`: families and sub-families over all markets. It couples markets: who plans one of them may learn from
  its forecast how the family fares in others (algebra.md, section 10, lets only the policy decide that);
- `crossed`: both, and each item over its markets.

Series that a person pinned, launches, predecessors whose sales passed to a successor, and what never sold stay out:
they keep their forecast and count in no total. What reconciliation moved is posted under the cause `reconciliation`.
"""

from collections.abc import Iterator

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise.core.stage import Inputs
from equipoise.demand.findings import MOVED_FAR
from equipoise.demand.forecast import Forecast
from equipoise.demand.forecast.aggregates import NONE, Aggregates, crossed
from equipoise.demand.item_life import RECONCILED
from equipoise.demand.method_pins import Step

FAR = 0.1
"""Part of a series' forecast over the plan above which what moved it is told."""


def read_totals(inputs: Inputs, is_apart: BoolArray) -> Aggregates | None:
    """The totals of the policy over the rows of grain demand but those of `is_apart` [N]; None where there are none."""
    chosen = str(inputs.knob("reconciliation"))
    if chosen == "none":
        return None
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    item, market = (np.where(is_apart, NONE, keys.column(name)) for name in ("item", "market"))
    unit = _unit(inputs)[keys.column("item")]
    lines = [crossed(_codes(axes, level, is_apart), unit) for level in ("family", "subfamily")]
    in_markets, over = [crossed(line, market) for line in lines], lines
    levels = {"within_markets": in_markets, "over_markets": over, "crossed": [*over, *in_markets, item]}[chosen]
    nodes = Aggregates.of(*levels)
    nodes = nodes.without(nodes.repeats)
    return nodes if nodes.count else None


def reconciled_steps(steps: tuple[Step, ...], forecast: Forecast, nodes: Aggregates | None) -> tuple[Step, ...]:
    """What moved the forecast, with reconciliation as the last step; as it was where nothing is reconciled."""
    if nodes is None:
        return steps
    before = steps or (("", forecast.unreconciled),)
    rows = _rows(nodes)
    point = before[-1][1].copy()
    point[rows] = forecast.point[rows]
    return (*before, (RECONCILED, point))


def moved_far(keys: Keys, forecast: Forecast, nodes: Aggregates | None, first: int) -> Iterator[Finding]:
    """Series whose forecast from column `first` on was moved by more than `FAR` of it."""
    if nodes is None:
        return
    rows = _rows(nodes)
    before, after = (values[rows, first:].sum(axis=1) for values in (forecast.unreconciled, forecast.point))
    far = np.flatnonzero(np.abs(after - before) > FAR * before)
    if far.size:
        most = far[np.argmax(np.abs(after - before)[far])]
        example = " in ".join(keys.labels(int(rows[most])))
        text = f"{far.size} of {rows.size} series, most {example}: from {before[most]:,.0f} to {after[most]:,.0f} units"
        yield MOVED_FAR.found("baseline", text, count=int(far.size))


def _rows(nodes: Aggregates) -> IntArray:
    """Series below some total."""
    return np.flatnonzero((nodes.above >= 0).any(axis=1))


def _codes(axes: Axes, level: str, is_apart: BoolArray) -> IntArray:
    return np.where(is_apart, NONE, axes.groups(Grain.DEMAND, level)[0])


def _unit(inputs: Inputs) -> IntArray:
    """Number of each item's base unit, in the order of the items of the hierarchy."""
    base = dict(inputs.table("items").select("item", "uom").iter_rows())
    named = [str(base.get(leaf)) for leaf in inputs.axes.items.leaves]
    return np.unique(named, return_inverse=True)[1].astype(np.int64) if named else np.zeros(0, dtype=np.int64)
