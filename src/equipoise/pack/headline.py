"""The sentences of a family sheet: the finding as its title, what moved, what the numbers are.

>>> [text.replace("\\u00a0", " ") for text in (money("EUR", 1_240_000.0), money("EUR", 60_400.0), money("CHF", 12.0))]
['€1.24 M', '€60 k', 'CHF 12']
>>> spans(("Nov", "Dec", "Jan", "Feb", "Mar"), (False, False, True, True, True))
'in Jan to Mar'
>>> spans(("Nov", "Dec", "Jan", "Feb", "Mar"), (True, False, True, False, False))
'in Nov and Jan'
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from equipoise.core.calendar import MONTHS
from equipoise.core.grid import FloatArray
from equipoise.pack.scope import SheetScope
from equipoise.pack.sheet import Row, RowKind, SheetSection

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
COUNTED = ("case", "unit", "piece", "box", "pallet", "bottle", "pack", "pair", "set", "liter", "ton")
"""Units of measure whose plural is made with s."""
SMALL_CHANGE_PCT = 0.05
LEAST_TOLD = 0.5
"""Money below which a difference would be told as 0."""
NOTABLE_MOVE = 0.25
"""Share of the stock counted last from which on its move is worth a sentence."""
ALL_FAMILIES = "All families"


def write_title(scope: SheetScope, sales: SheetSection) -> str:
    """What is not served and when; else that all demand is; else, where that is unknown, whose sheet this is."""
    name = scope.family or ALL_FAMILIES
    short = _ahead(scope, sales.row(RowKind.SHORT))
    served = _ahead(scope, sales.row(RowKind.SHIPPED))
    labels = _labels(scope)
    if np.nansum(short) > 0:
        total = float(np.nansum(short))
        amount = (
            f"{money(scope.plan.head.currency, total)} of demand not served"
            if scope.is_money
            else f"{quantity(total, scope.uom)} short"
        )
        return f"{name}: {amount} {spans(labels, tuple((short > 0).tolist()))}"
    if np.isnan(served).any():
        return f"{name}: sales, production and inventory"
    return f"{name}: demand is served in every {_bucket(scope)}"


def write_stock(scope: SheetScope, inventory: SheetSection) -> str:
    """Where stock goes from the last count, if it moves by more than a quarter; blank if it does not."""
    plan, actual = _ahead(scope, inventory.row(RowKind.PLAN)), inventory.row(RowKind.ACTUAL)
    count = None if actual is None or not len(scope.closed) else actual.values[len(scope.closed) - 1]
    if not count or np.isnan(plan).any():
        return ""
    low, high = int(np.argmin(plan)), int(np.argmax(plan))
    end = low if count - plan[low] >= plan[high] - count else high
    if abs(plan[end] - count) <= count * NOTABLE_MOVE:
        return ""
    begin, verb = scope.plan.axes.calendar.short_label(scope.closed[-1]), "falls" if end == low else "rises"
    before, after = (
        money(scope.plan.head.currency, amount) if scope.is_money else quantity(amount, scope.uom)
        for amount in (count, float(plan[end]))
    )
    return f"Stock {verb} from {before} in {begin} to {after} in {_labels(scope)[end]}"


def write_lead(scope: SheetScope, sales: SheetSection, last: date | None) -> str:
    """How demand of the planning buckets shown moved since the last plan."""
    if last is None:
        return "There is no earlier plan to compare with."
    plan, before = _ahead(scope, sales.row(RowKind.PLAN)), _ahead(scope, sales.row(RowKind.LAST))
    both = ~np.isnan(plan) & ~np.isnan(before)
    made = f"the last plan of {last.day} {MONTHS[last.month - 1]} {last.year}"
    if not both.any() or before[both].sum() <= 0:
        return f"Demand cannot be compared with {made}: it does not speak of these {_bucket(scope)}s."
    change = 100.0 * (plan[both].sum() / before[both].sum() - 1.0)
    labels = [label for label, known in zip(_labels(scope), both.tolist(), strict=True) if known]
    period = f"of the next {len(labels)} {_bucket(scope)}s" if both.all() else f"{labels[0]} to {labels[-1]}"
    if abs(change) < SMALL_CHANGE_PCT:
        return f"Demand {period} is as in {made}."
    return f"Demand {period} is {abs(change):.1f}% {'above' if change > 0 else 'below'} {made}."


def write_subtitle(scope: SheetScope) -> str:
    """Measure, unit and period."""
    calendar = scope.plan.axes.calendar
    unit = scope.plan.head.currency if scope.is_money else (plural(scope.uom) if scope.uom else "mixed units")
    unit = unit[:1].upper() + unit[1:]
    period = f"{calendar.label(scope.buckets[0])} to {calendar.label(scope.buckets[-1])}"
    closed = f"; actuals to {calendar.label(scope.closed[-1])}" if len(scope.closed) else ""
    if scope.is_begun:
        closed = f"; actuals to {scope.plan.head.as_of.day} {MONTHS[scope.plan.head.as_of.month - 1]}"
        closed += f" {scope.plan.head.as_of.year}"
    return f"{unit} per {_bucket(scope)}, {period}{closed}"


def write_notes(scope: SheetScope, sections: Sequence[SheetSection], last: date | None) -> tuple[str, ...]:
    """What a reader must know to read the numbers right."""
    notes = []
    if scope.is_money:
        notes.append(
            "Sales are at net price, production and inventory at standard cost, all of this plan, so that a "
            "difference is one of volume. Invoiced revenue is as it was invoiced."
        )
    elif not scope.uom:
        notes.append("The items of this family share no unit of measure, so their quantities are not added up.")
    if scope.is_begun:
        notes.append(
            f"{scope.plan.axes.calendar.label(0)} has begun: its sales and production are actuals to date and plan to "
            "go together, each also on a line of its own."
        )
    if last is None:
        notes.append("No earlier plan: the rows of the last plan and the differences stay empty.")
    empty = [section.name for section in sections if len(scope.closed) and _is_empty(scope, section)]
    if empty:
        notes.append(f"No actuals of {' and '.join(empty)} were delivered.")
    return tuple(notes)


def money(currency: str, amount: float) -> str:
    """An amount in a sentence, with its currency: millions, thousands or whole."""
    symbol = _symbol(currency)
    if abs(amount) >= 1e6:
        return f"{symbol}{amount / 1e6:,.2f}\u00a0M"
    if abs(amount) >= 1e4:
        return f"{symbol}{amount / 1e3:,.0f}\u00a0k"
    return f"{symbol}{amount:,.0f}"


def price(currency: str, amount: float) -> str:
    """Money for one unit or hour in a sentence: with cents where it is small.

    >>> [price(*each).replace("\u00a0", " ") for each in (("CHF", 0.346), ("EUR", 14274.2))]
    ['CHF 0.35', '€14,274']
    """
    return f"{_symbol(currency)}{amount:,.{0 if amount >= 1000 else 2}f}"


def _symbol(currency: str) -> str:
    return SYMBOLS.get(currency, f"{currency}\u00a0")


def signed_money(currency: str, amount: float) -> str:
    """A difference of money in a sentence, always with its sign, but for what would be told as 0.

    >>> [signed_money("CHF", x).replace("\u00a0", " ") for x in (38_000.0, -12.0, 0.2)]
    ['+CHF 38 k', '−CHF 12', '0']
    """
    if abs(amount) < LEAST_TOLD:
        return "0"
    return f"{'+' if amount > 0 else '−'}{money(currency, abs(amount))}"


def quantity(amount: float, uom: str) -> str:
    """A quantity in a sentence: never 0 where it is more than 0.

    >>> quantity(1240.0, "case"), quantity(1.0, "case"), quantity(0.25, "kg"), quantity(3.0, "")
    ('1,240 cases', '1 case', '0.25 kg', '3 units')
    """
    text = f"{amount:,.0f}" if amount >= 10 or amount == round(amount) else f"{amount:,.2g}"
    return f"{text} {uom or 'unit'}" if text == "1" else f"{text} {plural(uom or 'unit')}"


def plural(uom: str) -> str:
    """A unit of measure in the plural, where English makes one."""
    return f"{uom}{'es' if uom == 'box' else 's'}" if uom in COUNTED else uom


def spans(labels: Sequence[str], marked: Sequence[bool]) -> str:
    """The marked buckets in words: a run, one or two, or how many of them."""
    chosen = [number for number, is_marked in enumerate(marked) if is_marked]
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"in {labels[chosen[0]]} to {labels[chosen[-1]]}"
    if len(chosen) <= 2:
        return "in " + " and ".join(labels[number] for number in chosen)
    return f"in {len(chosen)} of {len(labels)} buckets from {labels[chosen[0]]}"


def _ahead(scope: SheetScope, row: Row | None) -> FloatArray:
    """A row over the planning buckets; zeros where the sheet has no such row."""
    if row is None:
        return np.zeros(len(scope.ahead))
    values = [np.nan if value is None else value for value in row.values[: len(scope.buckets)]]
    return np.array(values, dtype=np.float64)[~scope.is_closed]


def _labels(scope: SheetScope) -> tuple[str, ...]:
    return tuple(scope.plan.axes.calendar.short_label(bucket) for bucket in scope.ahead)


def _bucket(scope: SheetScope) -> str:
    return {"month": "month", "week": "week"}.get(scope.plan.axes.calendar.bucket, "period")


def _is_empty(scope: SheetScope, section: SheetSection) -> bool:
    row = section.row(RowKind.ACTUAL)
    return row is not None and all(value is None for value in row.values[: len(scope.closed)])
