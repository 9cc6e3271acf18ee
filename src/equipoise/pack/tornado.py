"""What moves a result most: swings around a base, the largest first.

Between two plans nothing is solved again. Demand is kept by double entry, so the difference of its value is that of its
causes, cell by cell, and what the prices do; the differences of a family's buckets add up to that of its margin. A
swing has two sides, since what one cause adds in one place it may take away in another.

>>> found = ranked([Swing("Event", -2.0, 5.0), Swing("Override", -9.0, 0.0), Swing("Rounding", 0.0, 0.1)], most=2)
>>> [(swing.name, swing.net) for swing in found]
[('Override', -9.0), ('Event', 3.0)]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise.pack.chart_table import ChartTable
from equipoise.pack.headline import LEAST_TOLD, signed_money
from equipoise.plan import Plan

MOST = 12
"""Swings that are drawn; the others share one line."""
CONSENSUS, BASELINE, PRICE = "demand_consensus_qty", "demand_baseline_qty", "sales_net_price"
PREFIXES = {
    "event": "Event {}",
    "commitment": "Commitment {}",
    "planning_bill": "Planning bill of {}",
    "bias": "Correction of the bias of {}",
}
"""What a cause of a posting is called that is no adjustment, by what stands before its colon."""


class OtherSnapshot(EquipoiseError):
    """Causes of two plans can be set against each other only where both plans are of the same data."""


@dataclass(frozen=True)
class Swing:
    """What one thing does to the result: `down` and `up` are its two sides, either of any sign."""

    name: str
    down: float
    up: float
    beside: tuple[str, ...] = ()
    """What it does to other results, told under the further heads of the table."""

    @property
    def net(self) -> float:
        """Both sides together."""
        return self.down + self.up

    @property
    def span(self) -> float:
        """From its lowest end to its highest, the base included."""
        return max(self.down, self.up, 0.0) - min(self.down, self.up, 0.0)


@dataclass(frozen=True)
class Tornado:
    """Swings around a base, largest first, in money."""

    title: str
    subtitle: str
    currency: str
    base: str
    """What stands at the line that the swings start from."""
    sides: tuple[str, str]
    """What `down` and `up` are."""
    swings: tuple[Swing, ...]
    has_net: bool
    """True if the sides of a swing add up: two sides of one difference, not two cases."""
    beside: tuple[str, ...] = ()
    """Heads of what else the swings say."""

    def table(self) -> ChartTable:
        """The swings as a table."""
        net = ("Together",) if self.has_net else ()
        rows = tuple(
            (
                swing.name,
                signed_money(self.currency, swing.down),
                signed_money(self.currency, swing.up),
                *((signed_money(self.currency, swing.net),) if self.has_net else ()),
                *swing.beside,
            )
            for swing in self.swings
        )
        return ChartTable(("What", *self.sides, *net, *self.beside), rows)


def ranked(swings: Iterable[Swing], *, most: int = MOST) -> tuple[Swing, ...]:
    """The largest first, by what is left of them in the end; what would be told as 0 is left out, the rest shares a
    line."""
    told = [swing for swing in swings if swing.span >= LEAST_TOLD]
    told.sort(key=lambda swing: (-abs(swing.net), -swing.span, swing.name))
    if len(told) <= most:
        return tuple(told)
    kept, rest = told[: most - 1], told[most - 1 :]
    shared = Swing(
        f"{len(rest)} others",
        sum(swing.down for swing in rest),
        sum(swing.up for swing in rest),
        tuple("" for _ in rest[0].beside),
    )
    return (*kept, shared)


def demand_tornado(a: Plan, b: Plan, *, a_name: str, b_name: str, names: Mapping[str, str] | None = None) -> Tornado:
    """What moves demand at net price from plan `a` to plan `b`, by cause; the swings add up to the whole difference.

    Quantities are valued at the prices of `b`, what the prices do at the quantities of `a`. `names` are words for
    adjustments by id. Demand without a price is not valued and the subtitle says so. Raises OtherSnapshot.
    """
    if a.snapshot_id != b.snapshot_id:
        raise OtherSnapshot(
            f"plan a is of snapshot {a.snapshot_id[:12]}, plan b of {b.snapshot_id[:12]}: their causes are not those "
            "of the same data; compare them by family"
        )
    price, before = b.measure(PRICE).values, a.measure(PRICE).values
    cells = dict(_moved_by_cause(a, b))
    words = {**_names(a, b), **(names or {})}
    found = [_swing(words.get(cause, _cause_words(cause)), _worth(moved, price)) for cause, moved in cells.items()]
    found.append(_swing("Net price", _worth(a.measure(CONSENSUS).values, price - before)))
    unpriced = int((np.isnan(price) & (sum(cells.values(), np.zeros(price.shape)) != 0)).sum())
    swings = ranked(found)
    note = f"; {unpriced:,} cells without a price are not counted" if unpriced else ""
    return Tornado(
        title=_finding("Demand", swings, b.head.currency),
        subtitle=f"Difference of demand at net price over the horizon, {a_name} to {b_name}, by cause{note}",
        currency=b.head.currency,
        base=a_name,
        sides=("Takes away", "Adds"),
        swings=swings,
        has_net=True,
    )


def margin_tornado(a: Plan, b: Plan, *, a_name: str, b_name: str) -> Tornado:
    """Where gross margin differs between plan `a` and plan `b`, by family; its revenue and fill rate stand beside it.

    Buckets are matched by their first day, so plans of two cycles are compared where they overlap. A family whose
    margin is not known in both is left out, and the subtitle says so. Items stand for families where there are none.
    """
    level = "family" if b.axes.items.nodes("family") else "item"
    shared = _shared_buckets(a, b)
    margin = _differences(a, b, "margin_gross_amount", level, shared)
    revenue = _differences(a, b, "revenue_amount", level, shared)
    fills = [_fill_rates(plan, level, buckets) for plan, buckets in zip((a, b), shared, strict=True)]
    currency = b.head.currency
    known = {node: cells for node, cells in margin.items() if not np.isnan(cells).any()}
    swings = ranked(
        _swing(
            node,
            cells,
            (
                _money_of(currency, revenue[node]),
                points(fills[1].get(node, np.nan) - fills[0].get(node, np.nan)),
            ),
        )
        for node, cells in known.items()
    )
    unknown = len(margin) - len(known)
    note = f"; of {unknown} without price or cost it is not known" if unknown else ""
    return Tornado(
        title=_finding("Margin", swings, currency),
        subtitle=f"Difference of gross margin, {a_name} to {b_name}, by {level}: the sum of the buckets that lose and "
        f"of those that gain{note}",
        currency=currency,
        base=a_name,
        sides=("Buckets that lose", "Buckets that gain"),
        swings=swings,
        has_net=True,
        beside=("Revenue", "Fill rate, points"),
    )


def _finding(what: str, swings: Sequence[Swing], currency: str) -> str:
    """How much it is in all, and what moves it most: `Margin −€120 k; Oral care moves it most, by −€793 k`."""
    if not swings:
        return f"{what} does not differ"
    whole = signed_money(currency, sum(swing.net for swing in swings))
    first = swings[0]
    if len(swings) == 1:
        return f"{what} {whole}, all of it by {first.name}"
    return f"{what} {whole}; {first.name} moves it most, by {signed_money(currency, first.net)}"


def _moved_by_cause(a: Plan, b: Plan) -> Iterable[tuple[str, FloatArray]]:
    """What each cause puts into the consensus of b beyond that of a, [N, T], where it differs at all."""
    shape = b.measure(CONSENSUS).values.shape
    sides = [
        {posting.cause: posting for posting in plan.section_of(CONSENSUS).postings_of(CONSENSUS)} for plan in (a, b)
    ]
    for cause in dict.fromkeys((*sides[0], *sides[1])):
        before, after = (side[cause].dense(shape) if cause in side else np.zeros(shape) for side in sides)
        if (moved := after - before).any():
            yield cause, moved


def _worth(quantity: FloatArray, price: FloatArray) -> FloatArray:
    """Quantity × price by cell, 0 where either is not there."""
    value: FloatArray = np.nan_to_num(np.where(quantity == 0, 0.0, quantity * price))
    return value


def _swing(name: str, cells: FloatArray, beside: tuple[str, ...] = ()) -> Swing:
    return Swing(name, float(np.minimum(cells, 0.0).sum()), float(np.maximum(cells, 0.0).sum()), beside)


def _names(a: Plan, b: Plan) -> dict[str, str]:
    """What adjustments are called: `Sales: demand input +10%`."""
    return {each.id: _adjustment_words(each) for plan in (a, b) for each in plan.adjustments}


def _adjustment_words(adjustment: Adjustment) -> str:
    amount = getattr(adjustment.change, "amount", None)
    said = f"{adjustment.function.capitalize()}: {adjustment.change.kind.replace('_', ' ')}"
    return f"{said} {_amount_words(amount)}" if isinstance(amount, Amount) else said


def _amount_words(amount: Amount) -> str:
    if amount.operation == "set":
        return f"{amount.value:,g}"
    return f"{'+' if amount.value >= 0 else '−'}{abs(amount.value):,g}{'%' if amount.operation == 'scale' else ''}"


def _cause_words(cause: str) -> str:
    if cause == BASELINE:
        return "Baseline forecast"
    prefix, _, code = cause.partition(":")
    return PREFIXES[prefix].format(code) if prefix in PREFIXES else cause


def _shared_buckets(a: Plan, b: Plan) -> tuple[list[int], list[int]]:
    """Buckets of a and of b that begin on the same days."""
    starts = {b.axes.calendar.start_of(bucket): bucket for bucket in range(b.axes.horizon)}
    pairs = [
        (bucket, starts[day]) for bucket in range(a.axes.horizon) if (day := a.axes.calendar.start_of(bucket)) in starts
    ]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _differences(
    a: Plan, b: Plan, measure: str, level: str, shared: tuple[list[int], list[int]]
) -> dict[str, FloatArray]:
    """b less a by node, [shared buckets]; a node that one plan lacks has nothing there."""
    sides = []
    for plan, buckets in zip((a, b), shared, strict=True):
        codes, values = plan.grouped(measure, level=level)
        sides.append(dict(zip(codes, values[:, buckets], strict=True)))
    nothing = np.zeros(len(shared[0]))
    return {node: sides[1].get(node, nothing) - sides[0].get(node, nothing) for node in sides[0] | sides[1]}


def _fill_rates(plan: Plan, level: str, buckets: list[int]) -> dict[str, float]:
    """Fill rate by node over some buckets in percent, NaN where nothing is asked for."""
    codes, asked = plan.grouped("demand_required_qty", level=level)
    _, served = plan.grouped("demand_on_time_qty", level=level)
    sums = zip(codes, served[:, buckets].sum(axis=1).tolist(), asked[:, buckets].sum(axis=1).tolist(), strict=True)
    return {code: 100.0 * above / below if below > 0 else float("nan") for code, above, below in sums}


def _money_of(currency: str, cells: FloatArray) -> str:
    total = float(cells.sum())
    return "–" if np.isnan(total) else signed_money(currency, total)


def points(change: float) -> str:
    """A difference of percentages: `+0.25`, `0`, an en dash where it is not known."""
    if np.isnan(change):
        return "–"
    text = f"{abs(change):.2f}"
    return "0" if text == "0.00" else f"{'+' if change > 0 else '−'}{text}"
