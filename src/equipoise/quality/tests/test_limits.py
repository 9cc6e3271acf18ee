"""At a limit nothing is found, just beyond it something is."""

from datetime import date, timedelta

import pytest


def set_cells(table_name, where=None, **values):
    return lambda company: company.change(table_name, where=where, **values)


def add_row(table_name, **row):
    return lambda company: company.add(table_name, **row)


def received(days):
    def change(company):
        for row in company["receipts"][:3]:
            row["received_date"] = row["ordered_date"] + timedelta(days=days)

    return change


WEST = {"item": "saw-1", "market": "west"}
LIMITS = [
    ("QU150", set_cells("sales_history", WEST, shipped_qty=105), set_cells("sales_history", WEST, shipped_qty=105.1)),
    ("QU151", set_cells("sales_history", on_time_qty=100), set_cells("sales_history", on_time_qty=100.5)),
    ("QU101", set_cells("inventory", on_hand=0, blocked=0), set_cells("inventory", on_hand=-0.5, blocked=0)),
    ("QU102", set_cells("inventory", blocked=150), set_cells("inventory", blocked=151)),
    (
        "QU103",
        set_cells("inventory", expiry_date=date(2027, 1, 1)),
        set_cells("inventory", expiry_date=date(2026, 12, 31)),
    ),
    ("QU113", set_cells("costs", standard_cost=20), set_cells("costs", standard_cost=20.5)),
    ("QU114", set_cells("prices", {"valid_from": date(2026, 1, 1)}, price=30), set_cells("prices", price=9)),
    ("QU117", add_row("prices", **WEST, price=25.9), set_cells("prices", WEST, price=26.1)),
    ("QU120", set_cells("purchasing", unit_cost=5.4), set_cells("purchasing", unit_cost=5.5)),
    ("QU124", set_cells("bom", quantity_per=7.5), set_cells("bom", quantity_per=7.6)),
    ("QU125", set_cells("routings", hours_per_unit=0.1), set_cells("routings", hours_per_unit=0.09)),
    ("QU133", set_cells("lanes", lead_time_days=181), set_cells("lanes", lead_time_days=182)),
    ("QU134", set_cells("routings", yield_pct=1.1), set_cells("routings", yield_pct=1)),
    ("QU135", set_cells("commitments", max_qty=100), set_cells("commitments", max_qty=99)),
    (
        "QU137",
        set_cells("inventory_policy", service_level_pct=99.99),
        set_cells("inventory_policy", service_level_pct=99.995),
    ),
    ("QU137", set_cells("inventory_policy", service_level_pct=50), set_cells("inventory_policy", service_level_pct=49)),
    (
        "QU171",
        set_cells("open_orders", requested_date=date(2025, 12, 31)),
        set_cells("open_orders", requested_date=date(2025, 12, 30)),
    ),
    ("QU174", set_cells("open_orders", quantity=1200), set_cells("open_orders", quantity=1201)),
    (
        "QU175",
        set_cells("receipts", {"reference": "PO-3"}, due_date=date(2026, 12, 1)),
        set_cells("receipts", {"reference": "PO-3"}, due_date=date(2026, 11, 30)),
    ),
    ("QU177", received(36), received(37)),
    (
        "QU181",
        set_cells("budget", {"item": "saw-1"}, quantity=600),
        set_cells("budget", {"item": "saw-1"}, quantity=601),
    ),
    (
        "QU183",
        set_cells("forecast_archive", made_date=date(2026, 12, 31)),
        set_cells("forecast_archive", date=date(2026, 10, 1)),
    ),
    ("QU184", set_cells("accounts", amount=-20200), set_cells("accounts", amount=-20300)),
    ("QU185", set_cells("pipeline", close_date=date(2027, 1, 1)), set_cells("pipeline", close_date=date(2026, 12, 31))),
]


@pytest.mark.parametrize(("code", "at", "beyond"), LIMITS, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(LIMITS)])
def test_a_limit_is_where_it_is_said_to_be(company, code, at, beyond):
    at(company)
    assert not company.finds(code)
    beyond(company)
    assert company.finds(code)
