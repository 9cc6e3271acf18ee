"""What table launches plans by item, market and bucket: steady sales, and the share of them that the ramp has reached.

steady_qty on a row above the market is the total of its markets. Markets with a row of their own are parts of it; the
rest goes to the others in proportion to what the like item sold there in the last closed year (else the mean share of
the family's items), equally where nothing was sold. Source of the ramp: sales curve of a new product by period since
launch (Crawford & Di Benedetto, New Products Management, launch planning).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid, split
from equipoise.core.history import row_numbers
from equipoise.core.launch_rows import LaunchRows
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.portfolio.changes import ResizeLaunch, read_ramp
from equipoise.portfolio.findings import CHANGE_REFUSED, NO_GATE, PARTS_ABOVE_LAUNCH, WRONG_RAMP
from equipoise.portfolio.life import rows_in_scope

WHERE = "table launches"


@dataclass(frozen=True, eq=False)
class Launches:
    """Launches of the rows of grain demand."""

    steady: FloatArray
    """[N] units a bucket on the grid; NaN where none are stated."""
    ramps: tuple[tuple[float, ...], ...]
    """Percents by bucket, each different ramp once."""
    ramp_of: IntArray
    """[N] number in `ramps`, −1 where nothing is launched."""

    def is_planned(self, begins: IntArray, *, until: int) -> BoolArray:
        """Launches in bucket `begins` [N] whose ramp ends after bucket `until`, [N]."""
        length = np.array([len(ramp) for ramp in self.ramps] or [0])[self.ramp_of]
        planned: BoolArray = (self.ramp_of >= 0) & (begins + length > until)
        return planned

    def ramp_ratio(self, begins: IntArray, is_planned: BoolArray, *, first: int, last: int) -> FloatArray:
        """Share of steady sales in the buckets first..last−1 of launches in bucket `begins` [N], [N, last − first]."""
        ratio = np.zeros((len(self.ramp_of), last - first))
        for number, ramp in enumerate(self.ramps):
            rows = np.flatnonzero(is_planned & (self.ramp_of == number))
            steps = np.array([0.0, *ramp, 100.0]) / 100  # 0: before the launch
            age = np.arange(first, last)[None, :] - begins[rows][:, None] + 1
            ratio[rows] = steps[np.clip(age, 0, len(steps) - 1)]
        ratio[self.steady == 0] = 0.0  # stated as nothing: no like item may stand in for it
        return ratio


def plan_launches(inputs: Inputs, launches: LaunchRows) -> tuple[Launches, list[Finding]]:
    """The launches of the table, as people changed them."""
    count = len(launches.of)
    is_launched = launches.of >= 0
    texts = {row: launches.rows[int(launches.of[row])]["ramp"] for row in np.flatnonzero(is_launched).tolist()}
    findings = [*_gates(inputs, launches), *_wrong_ramps(launches)]
    steady = np.full(count, np.nan)
    recent = _Recent(inputs)
    findings += _state(launches, steady, recent)
    for adjustment in sorted(inputs.adjustments, key=lambda a: a.order):
        if isinstance(adjustment.change, ResizeLaunch):
            findings += _resize(inputs.axes, adjustment, steady, texts, is_launched, recent)
    read = {text: _ramp(text) for text in texts.values()}
    ramps = tuple(sorted(set(read.values())))
    of = np.full(count, -1, dtype=np.int64)
    of[is_launched] = [ramps.index(read[text]) for text in texts.values()]
    return Launches(steady, ramps, of), findings


def _ramp(text: str) -> tuple[float, ...]:
    try:
        return read_ramp(text)
    except ValueError:
        return ()  # told by _wrong_ramps


def _wrong_ramps(launches: LaunchRows) -> Iterator[Finding]:
    for row in launches.rows:
        try:
            read_ramp(row["ramp"])
        except ValueError:
            yield WRONG_RAMP.found(WHERE, f"{_named(row)}: ramp {row['ramp']!r}")


def _gates(inputs: Inputs, launches: LaunchRows) -> Iterator[Finding]:
    """Launches ahead without a gate, in a company that keeps gates."""
    ahead = [row for row in launches.rows if row["launch_date"] > inputs.snapshot.head.as_of]
    open_ = [row for row in ahead if not row["gate"]]
    if open_ and any(row["gate"] for row in launches.rows):
        text = f"{len(open_)} of {len(ahead)} launches ahead, first {_named(open_[0])} on {open_[0]['launch_date']}"
        yield NO_GATE.found(WHERE, text, count=len(open_))


def _named(row: dict[str, str]) -> str:
    return f"{row['item']} in {row['market'] or 'all markets'}"


class _Recent:
    """Sales of the last closed year, in whose proportion a launch reaches its markets; read when first needed."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs

    def weights(self, rows: IntArray, like: str) -> FloatArray:
        """Weights of rows of one launch: what the like item, else an item of the family on average, sold there."""
        keys = self.inputs.keys(Grain.DEMAND)
        items, market = self.inputs.axes.items, keys.column("market")[rows]
        mine = items.position.get(like)
        weights = np.zeros(len(rows)) if mine is None else self._by_market[mine, market]
        if not weights.any():
            family = items.groups("family")
            number = family[keys.column("item")[rows]]
            kin = (family == number[0]) & (number[0] >= 0)
            weights = self._shares[kin][:, market].sum(axis=0)
        return weights if weights.any() else np.ones(len(rows))

    @cached_property
    def _shares(self) -> FloatArray:
        """Share of each market in each item's sales, [I, M], on the grid: items in any unit count alike."""
        total = self._by_market.sum(axis=1, keepdims=True)
        return on_grid(self._by_market / np.where(total > 0, total, 1.0), QUANTITY_STEP)

    @cached_property
    def _by_market(self) -> FloatArray:
        """Units by item and market, [I, M], on the grid."""
        inputs, keys = self.inputs, self.inputs.keys(Grain.DEMAND)
        calendar, head = inputs.axes.calendar, inputs.snapshot.head
        end = head.closed_buckets_end
        first = max(end - calendar.periods_per_year, -calendar.first)
        sales = inputs.table("sales_history").filter(
            (pl.col("date") >= calendar.start_of(first)) & (pl.col("date") < calendar.start_of(end))
        )
        sold = sales.select(pl.coalesce("ordered_qty", "shipped_qty").fill_null(0.0)).to_series().to_numpy()
        rows = row_numbers(keys, sales, ("item", "market"))
        found = np.zeros((len(inputs.axes.items), len(inputs.axes.markets)))
        inside = rows >= 0
        place = (keys.column("item")[rows[inside]], keys.column("market")[rows[inside]])
        np.add.at(found, place, on_grid(np.maximum(sold[inside], 0.0), QUANTITY_STEP))
        return found


def _state(launches: LaunchRows, steady: FloatArray, recent: _Recent) -> Iterator[Finding]:
    """Steady sales of the table's rows: the most specific first, the rest of a total to the markets without a row."""
    for number, row in reversed(list(enumerate(launches.rows))):
        if row["steady_qty"] is None:
            continue
        winner = launches.of[launches.reach[number]]
        mine, below = launches.reach[number][winner == number], launches.reach[number][winner > number]
        total = float(on_grid(np.array(row["steady_qty"]), QUANTITY_STEP))
        rest = total - float(np.nansum(steady[below]))
        if rest < 0:
            text = f"{_named(row)}: {total:g} a bucket, its markets {total - rest:g}"
            yield PARTS_ABOVE_LAUNCH.found(WHERE, text)
        if mine.size:
            steady[mine] = split(max(rest, 0.0), recent.weights(mine, row["like_item"]))


def _resize(
    axes: Axes,
    adjustment: Adjustment,
    steady: FloatArray,
    texts: dict[int, str],
    is_launched: BoolArray,
    recent: _Recent,
) -> Iterator[Finding]:
    """Change steady sales and ramps of the launches in a scope."""
    change, where = adjustment.change, f"adjustment {adjustment.id}"
    assert isinstance(change, ResizeLaunch), change
    rows, refused = rows_in_scope(axes, adjustment)
    yield from refused
    rows = rows[is_launched[rows]]
    if rows.size == 0:
        if not refused:
            yield CHANGE_REFUSED.found(where, "nothing in its scope is launched by a row of table launches")
        return
    if change.ramp.strip():
        for row in rows.tolist():
            texts[row] = change.ramp
    amount, now = change.amount, steady[rows]
    if amount.operation == "scale" and amount.value == 0:
        return
    if amount.operation != "set" and np.isnan(now).any():
        text = f"{int(np.isnan(now).sum())} launches in its scope take their level from a like item: set it in units"
        yield CHANGE_REFUSED.found(where, text)
        return
    total = float(on_grid(np.array(amount.apply_to(float(np.nansum(now)))), QUANTITY_STEP))
    if total < 0:
        yield CHANGE_REFUSED.found(where, f"steady sales would fall to {total:g}")
        return
    keeps = not np.isnan(now).any() and bool(now.any())
    steady[rows] = split(total, now if keeps else recent.weights(rows, ""))
