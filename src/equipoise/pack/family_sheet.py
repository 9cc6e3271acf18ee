"""The S&OP family sheet: demand, production and inventory of one family under each other, past and plan.

Closed buckets hold what happened against the plan that was in force; buckets ahead hold this plan against the last
one. Both differences are "latest view less last plan", so one cumulation runs through them, and stock must differ by
what production and sales differ. Where the data stand inside the first bucket it is what is behind us to date and what
is planned to go, each on a line of its own; the last column is where the fiscal year lands: closed buckets, to date and
plan. Source: Wallace & Stahl, Sales & Operations Planning: The How-To Handbook.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from equipoise.core.calendar import MONTHS
from equipoise.core.grid import FloatArray
from equipoise.core.measure import OverTime
from equipoise.kpi.variance import days_on_hand
from equipoise.pack.archive import last_made
from equipoise.pack.differences import cumulative, differences
from equipoise.pack.headline import write_lead, write_notes, write_stock, write_subtitle, write_title
from equipoise.pack.past import counted, dated
from equipoise.pack.scope import SheetScope
from equipoise.pack.series import (
    demand_row,
    last_row,
    made_parts,
    net,
    ordered_row,
    past_row,
    plan_row,
    shipped_parts,
    shipped_row,
    standard,
)
from equipoise.pack.sheet import Column, FamilySheet, Row, RowKind, SheetSection, Values
from equipoise.plan import Plan


def family_sheet(plan: Plan, family: str | None, *, unit: str = "qty") -> FamilySheet:
    """The sheet of a family code, or with None of all families together, which are added up only in money.

    `unit` is qty (the items' unit of measure) or amount (money at this plan's net prices and standard costs, so that
    differences are differences of volume). Raises UnknownName for a family or unit that does not exist.
    """
    scope = SheetScope.of(plan, family, unit)
    latest, lines = _sales(scope)
    sales = SheetSection("sales", tuple(lines))
    made, lines = _production(scope)
    production = SheetSection("production", tuple(lines))
    inventory = SheetSection("inventory", tuple(_inventory(scope, cumulative(made) - cumulative(latest))))
    sections = (sales, production, inventory)
    last = last_made(scope)
    return FamilySheet(
        family=family,
        unit="amount" if scope.is_money else "qty",
        unit_label=plan.head.currency if scope.is_money else scope.uom,
        bucket={"month": "month", "week": "week"}.get(plan.head.bucket, "period"),
        title=write_title(scope, sales),
        subtitle=write_subtitle(scope),
        lead=write_lead(scope, sales, last),
        stock=write_stock(scope, inventory),
        columns=_columns(scope),
        sections=sections,
        last_made=last,
        notes=write_notes(scope, sections, last),
    )


def _columns(scope: SheetScope) -> tuple[Column, ...]:
    calendar = scope.plan.axes.calendar
    return (
        *(
            Column(
                bucket,
                calendar.short_label(bucket),
                calendar.fiscal_label(bucket),
                bool(closed),
                _to_date(scope, bucket),
            )
            for bucket, closed in zip(scope.buckets, scope.is_closed, strict=True)
        ),
        Column(None, f"{len(scope.ahead)} {_plural(calendar.bucket)}", "Total"),
        *_landing_column(scope),
    )


def _landing_column(scope: SheetScope) -> Iterator[Column]:
    if scope.fiscal_year is not None:
        year = scope.plan.axes.calendar.fiscal_year(0)
        yield Column(None, f"FY{year % 100:02d}", "Landing", is_landing=True)


def _to_date(scope: SheetScope, bucket: int) -> str:
    if bucket != 0 or not scope.is_begun:
        return ""
    day = scope.plan.head.as_of
    same = day.month == scope.plan.axes.calendar.start_of(0).month
    return f"act. to {day.day if same else f'{day.day} {MONTHS[day.month - 1]}'} + plan"


def _plural(bucket: str) -> str:
    return {"month": "months", "week": "weeks"}.get(bucket, "periods")


def _sales(scope: SheetScope) -> tuple[FloatArray, list[Row]]:
    """Difference of what was shipped or is served from the last plan, and the rows of the section."""
    plan = demand_row(scope, "demand_consensus_qty")
    last = last_row(scope, "demand_consensus_qty", net)
    actual, shipped = ordered_row(scope), shipped_row(scope)
    difference = differences(np.where(scope.is_closed, actual, plan), last)
    short = demand_row(scope, "unmet_qty")

    def rows() -> Iterator[Row]:
        lands = _landing(scope, lambda year: _latest(year, ordered_row(year), demand_row(year, "demand_consensus_qty")))
        yield _row(scope, RowKind.PLAN, "New plan", plan, measure="demand_consensus_qty", landing=lands)
        yield _row(scope, RowKind.LAST, "Last plan", last)
        yield _row(scope, RowKind.ACTUAL, "Actual, ordered", actual, past_measure="history_ordered_qty")
        lands = _landing(scope, shipped_row)
        if scope.is_money:
            label, measure, past = "Invoiced, planned revenue", "revenue_amount", ""
        else:
            label, measure, past = "Shipped, planned to serve", "demand_served_qty", "history_shipped_qty"
        yield _row(
            scope,
            RowKind.SHIPPED,
            label,
            shipped,
            measure=measure,
            past_measure=past,
            landing=lands,
            is_split=scope.is_begun,
        )
        yield from _parts(scope, shipped_parts(scope), measure)
        if np.nansum(short) > 0:
            yield _row(scope, RowKind.SHORT, "Not served", short, measure="unmet_qty")
        yield _row(scope, RowKind.DIFFERENCE, "Difference", difference)
        yield _row(scope, RowKind.CUMULATIVE, "Cumulative", cumulative(difference), over_time=OverTime.LAST)

    return differences(shipped, last), list(rows())


def _production(scope: SheetScope) -> tuple[FloatArray, list[Row]]:
    """Difference of production from the last plan, and the rows of the section."""
    plan = _made(scope)
    last = last_row(scope, "production_qty", standard)
    actual = _made_before(scope)
    difference = differences(np.where(scope.is_closed, actual, plan), last)
    outside = plan_row(scope, "subcontract_qty", standard) + plan_row(scope, "purchase_qty", standard)

    def rows() -> Iterator[Row]:
        lands = _landing(scope, lambda year: _latest(year, _made_before(year), _made(year)))
        measure = "production_qty"
        yield _row(scope, RowKind.PLAN, "New plan", plan, measure=measure, landing=lands, is_split=scope.is_begun)
        yield from _parts(scope, made_parts(scope), measure)
        yield _row(scope, RowKind.LAST, "Last plan", last)
        yield _row(scope, RowKind.ACTUAL, "Actual, made", actual)
        if np.nansum(outside) > 0:
            yield _row(scope, RowKind.OUTSIDE, "Subcontracted, purchased", outside)
        yield _row(scope, RowKind.DIFFERENCE, "Difference", difference)
        yield _row(scope, RowKind.CUMULATIVE, "Cumulative", cumulative(difference), over_time=OverTime.LAST)

    return difference, list(rows())


def _made(scope: SheetScope) -> FloatArray:
    """Made to date and to be made, in the coming columns."""
    to_date, to_go = made_parts(scope)
    return to_date + to_go


def _made_before(scope: SheetScope) -> FloatArray:
    """Made in the closed columns."""
    return past_row(scope, dated(scope, "production_history", "quantity"), standard)


def _latest(scope: SheetScope, actual: FloatArray, plan: FloatArray) -> FloatArray:
    """Actual of the closed and plan of the coming columns."""
    return np.where(scope.is_closed, actual, plan)


def _landing(
    scope: SheetScope, row_of: Callable[[SheetScope], FloatArray], *, over_time: OverTime = OverTime.SUM
) -> float:
    """A row over the whole fiscal year: its sum, or the last value of a state; NaN where a part is unknown."""
    if scope.fiscal_year is None:
        return np.nan
    values = row_of(replace(scope, is_year=True))
    return float(values[-1] if over_time is OverTime.LAST else values.sum())


def _parts(scope: SheetScope, parts: tuple[FloatArray, FloatArray], measure: str) -> Iterator[Row]:
    """What of a begun bucket is behind us, and what is to go: two lines with one number each."""
    if not scope.is_begun:
        return
    column, width = len(scope.closed), len(scope.buckets) + 1 + (scope.fiscal_year is not None)
    for kind, label, values, explained in (
        (RowKind.TO_DATE, "Of it to date", parts[0], ""),
        (RowKind.TO_GO, "Of it to go", parts[1], measure),
    ):
        alone = np.full(width, np.nan)
        alone[column] = values[column]
        yield Row(kind, label, _known(alone), explained)


def _inventory(scope: SheetScope, explained: FloatArray) -> Iterator[Row]:
    measure = "inventory_value_amount" if scope.is_money else "inventory_closing_qty"
    plan = scope.planned(measure)
    last = last_row(scope, "inventory_closing_qty", standard)
    actual = past_row(scope, counted(scope), standard)
    latest = np.where(scope.is_closed, actual, plan)
    state = OverTime.LAST
    lands = _landing(scope, lambda year: year.planned(measure), over_time=state)
    yield _row(scope, RowKind.PLAN, "New plan, closing", plan, measure=measure, over_time=state, landing=lands)
    yield _row(scope, RowKind.LAST, "Last plan, closing", last, over_time=state)
    yield _row(scope, RowKind.ACTUAL, "Actual, closing", actual, over_time=state)
    yield _row(scope, RowKind.DIFFERENCE, "Difference", differences(latest, last), over_time=state)
    if scope.is_money:
        return  # sales at price and production at cost do not balance a stock at cost
    yield _row(scope, RowKind.CUMULATIVE, "Made less sold, cum.", explained, over_time=state)
    yield _row(scope, RowKind.DAYS, "Days on hand", _days(scope, latest), over_time=state)


def _days(scope: SheetScope, stock: FloatArray) -> FloatArray:
    """Calendar days that the stock of each column lasts at the consensus demand of the bucket after it."""
    calendar, nodes = scope.plan.axes.calendar, {} if scope.family is None else {"family": scope.family}
    demand = scope.plan.by_bucket("demand_consensus_qty", **nodes).tolist()
    found = np.full(len(scope.buckets), np.nan)
    for column, bucket in enumerate(scope.buckets):
        if 0 <= bucket + 1 < len(demand):
            following = {"next_demand": demand[bucket + 1], "next_days": float(calendar.days(bucket + 1))}
            found[column] = days_on_hand(float(stock[column]), **following)
    return found


def _row(
    scope: SheetScope,
    kind: RowKind,
    label: str,
    values: FloatArray,
    *,
    measure: str = "",
    past_measure: str = "",
    over_time: OverTime = OverTime.SUM,
    landing: float = np.nan,
    is_split: bool = False,
) -> Row:
    """The row with the total of its planning buckets (a flow's sum, a state's last; unknown if any part is), and with
    where the fiscal year lands if the sheet shows it."""
    ahead = values[~scope.is_closed]
    total = ahead[-1] if over_time is OverTime.LAST else ahead.sum()
    ends = [total] if scope.fiscal_year is None else [total, landing]
    return Row(kind, label, _known(np.append(values, ends)), measure, past_measure, is_split)


def _known(values: FloatArray) -> Values:
    return tuple(None if np.isnan(value) else value for value in values.tolist())
