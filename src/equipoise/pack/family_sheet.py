"""The S&OP family sheet: demand, production and inventory of one family under each other, past and plan.

Closed buckets hold what happened against the plan that was in force; buckets ahead hold this plan against the last
one. Both differences are "latest view less last plan", so one cumulation runs through them, and stock must differ by
what production and sales differ. Source: Wallace & Stahl, Sales & Operations Planning: The How-To Handbook.
"""

from collections.abc import Iterator

import numpy as np

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
    net,
    ordered_row,
    past_row,
    plan_row,
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
            Column(bucket, calendar.short_label(bucket), calendar.fiscal_label(bucket), bool(closed))
            for bucket, closed in zip(scope.buckets, scope.is_closed, strict=True)
        ),
        Column(None, f"{len(scope.ahead)} {_plural(calendar.bucket)}", "Total"),
    )


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
        yield _row(scope, RowKind.PLAN, "New plan", plan, measure="demand_consensus_qty")
        yield _row(scope, RowKind.LAST, "Last plan", last)
        yield _row(scope, RowKind.ACTUAL, "Actual, ordered", actual, past_measure="history_ordered_qty")
        if scope.is_money:
            yield _row(scope, RowKind.SHIPPED, "Invoiced, planned revenue", shipped, measure="revenue_amount")
        else:
            label, past = "Shipped, planned to serve", "history_shipped_qty"
            yield _row(scope, RowKind.SHIPPED, label, shipped, measure="demand_served_qty", past_measure=past)
        if np.nansum(short) > 0:
            yield _row(scope, RowKind.SHORT, "Not served", short, measure="unmet_qty")
        yield _row(scope, RowKind.DIFFERENCE, "Difference", difference)
        yield _row(scope, RowKind.CUMULATIVE, "Cumulative", cumulative(difference), over_time=OverTime.LAST)

    return differences(shipped, last), list(rows())


def _production(scope: SheetScope) -> tuple[FloatArray, list[Row]]:
    """Difference of production from the last plan, and the rows of the section."""
    plan = plan_row(scope, "production_qty", standard)
    last = last_row(scope, "production_qty", standard)
    actual = past_row(scope, dated(scope, "production_history", "quantity"), standard)
    difference = differences(np.where(scope.is_closed, actual, plan), last)
    outside = plan_row(scope, "subcontract_qty", standard) + plan_row(scope, "purchase_qty", standard)

    def rows() -> Iterator[Row]:
        yield _row(scope, RowKind.PLAN, "New plan", plan, measure="production_qty")
        yield _row(scope, RowKind.LAST, "Last plan", last)
        yield _row(scope, RowKind.ACTUAL, "Actual, made", actual)
        if np.nansum(outside) > 0:
            yield _row(scope, RowKind.OUTSIDE, "Subcontracted, purchased", outside)
        yield _row(scope, RowKind.DIFFERENCE, "Difference", difference)
        yield _row(scope, RowKind.CUMULATIVE, "Cumulative", cumulative(difference), over_time=OverTime.LAST)

    return difference, list(rows())


def _inventory(scope: SheetScope, explained: FloatArray) -> Iterator[Row]:
    measure = "inventory_value_amount" if scope.is_money else "inventory_closing_qty"
    plan = scope.planned(measure)
    last = last_row(scope, "inventory_closing_qty", standard)
    actual = past_row(scope, counted(scope), standard)
    latest = np.where(scope.is_closed, actual, plan)
    state = OverTime.LAST
    yield _row(scope, RowKind.PLAN, "New plan, closing", plan, measure=measure, over_time=state)
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
) -> Row:
    """The row with the total of its planning buckets: a flow's sum, a state's last; unknown if any part is."""
    ahead = values[~scope.is_closed]
    total = ahead[-1] if over_time is OverTime.LAST else ahead.sum()
    return Row(kind, label, _known(np.append(values, total)), measure, past_measure)


def _known(values: FloatArray) -> Values:
    return tuple(None if np.isnan(value) else value for value in values.tolist())
