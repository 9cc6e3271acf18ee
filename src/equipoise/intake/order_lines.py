"""Order lines on their way in: which tables they replace, and lines that no order can have."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.intake.delivery import Delivery
from equipoise.intake.findings import IMPOSSIBLE_ORDER, ORDER_LINES_WIN, OUTSIDE_CALENDAR
from equipoise.intake.order_book import SHIPPING
from equipoise.intake.sieve import Sieve

NAME = "order_lines"
_DATES = ("ordered_date", "requested_date", "shipped_date")


def without_replaced(
    deliveries: Mapping[str, tuple[Delivery, ...]],
) -> tuple[dict[str, tuple[Delivery, ...]], list[Finding]]:
    """Deliveries without the tables that are computed from order lines; findings name those that were given as well.

    Order lines that do not say what was shipped cannot say what is open: table open_orders then stands. Order lines
    that were only carried over replace nothing: what was computed from them was carried over beside them.
    """
    lines = [delivery for delivery in deliveries.get(NAME, ()) if delivery.rows.height or delivery.broken]
    if all(delivery.is_carried for delivery in lines):
        return dict(deliveries), []
    replaced = ["sales_history"]
    if any(column in delivery.rows.columns for delivery in lines for column in SHIPPING):
        replaced.append("open_orders")
    findings = []
    for name in replaced:
        files = [file for delivery in deliveries.get(name, ()) if not delivery.is_carried for file in delivery.files]
        if files:
            text = f"{', '.join(files)} was left out: order_lines say the same in detail."
            findings.append(ORDER_LINES_WIN.found(f"table {name}", text))
    return {name: stack for name, stack in deliveries.items() if name not in replaced}, findings


def keep_possible(sieve: Sieve, calendar: Calendar) -> Sieve:
    """Order lines without those whose quantities contradict each other or whose days no bucket holds."""
    if sieve.name != NAME or not sieve.rows.height:
        return sieve
    rows = sieve.rows
    ordered, cancelled = rows["ordered_qty"], rows["cancelled_qty"].fill_null(0.0)
    shipped = rows["shipped_qty"].fill_null(0.0)
    has_left = rows["shipped_date"].is_not_null() | pl.Series([SHIPPING[1] not in sieve.given] * rows.height)
    contradictions = (
        (ordered < 0.0, "ordered_qty is below 0; returns belong into returned_qty of a sales history"),
        (cancelled < 0.0, "cancelled_qty is below 0"),
        (cancelled > ordered, "cancelled_qty is above ordered_qty"),
        (shipped < 0.0, "shipped_qty is below 0"),
        ((shipped > 0.0) & ~has_left, "shipped_qty is given and shipped_date is blank"),
    )
    reasons = [""] * rows.height
    for bad, reason in contradictions:
        for row in bad.arg_true().to_list():
            reasons[row] = reasons[row] or reason
    impossible = pl.Series([bool(reason) for reason in reasons], dtype=pl.Boolean)
    sieve = sieve.reject(impossible, IMPOSSIBLE_ORDER, [reason for reason in reasons if reason])
    return _within(sieve, calendar)


def _within(sieve: Sieve, calendar: Calendar) -> Sieve:
    first, last = calendar.starts[0], calendar.starts[-1] - timedelta(days=1)
    for name in _DATES:
        days = sieve.rows[name]
        bad = ((days < first) | (days > last)).fill_null(False)
        says = [f"{name} = {day} lies outside the calendar, {first} to {last}" for day in days.filter(bad)]
        sieve = sieve.reject(bad, OUTSIDE_CALENDAR, says)
    return sieve
