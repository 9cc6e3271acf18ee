"""A small company whose data are without fault, and in which every check has something to look at."""

from datetime import date, timedelta

import pytest

from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.tables import table
from equipoise.quality import CHECKS
from equipoise.quality.facts import Facts

SAWS = tuple(f"saw-{number}" for number in range(1, 6))
MARKETS = ("east", "west")
MONTHS = tuple(date(2025 + number // 12, number % 12 + 1, 1) for number in range(24))
AS_OF = date(2026, 12, 31)


class Company:
    """Rows by table, as dictionaries that a test may change, and what dataset.toml says."""

    def __init__(self):
        self.head = {"start": date(2027, 1, 1), "bucket": "month", "horizon": 6}
        self.rows = {**_master(), **_supply(), **_past(), **_money()}

    def __getitem__(self, name):
        return self.rows.setdefault(name, [])

    def add(self, table_name, /, **row):
        self[table_name].append(row)

    def change(self, table_name, /, *, where=None, **values):
        """Set cells of the rows that agree with `where`, of the first one without it; at least one must."""
        wanted = where or {}
        hit = [row for row in self[table_name] if all(row.get(column) == value for column, value in wanted.items())]
        assert hit, f"no row of {table_name} has {wanted}"
        for row in hit if where else hit[:1]:
            row.update(values)

    def drop(self, name, **where):
        kept = [row for row in self[name] if any(row.get(column) != value for column, value in where.items())]
        assert len(kept) < len(self[name])
        self.rows[name] = kept

    def snapshot(self, *, reverse=False):
        frames = {}
        for name, rows in self.rows.items():
            columns = [c.name for c in table(name).columns if any(c.name in row for row in rows)]
            given = rows[::-1] if reverse else rows
            frames[name] = conformed(table(name), {column: [row.get(column) for row in given] for column in columns})
        return Snapshot(DatasetHead.of(name="Saws", currency="EUR", **self.head), frames)

    def finds(self, *codes):
        """Those of the codes that their checks find; the other checks, which take most of the time, are not run."""
        facts = Facts(self.snapshot())
        checks = [check for check in CHECKS if check.code.code in codes]
        assert len(checks) == len(codes), codes
        return {check.code.code for check in checks if check.can_run(facts) and check.faults(facts).height}


def _master():
    items = [
        {"item": saw, "name": f"Saw number {saw[-1]}", "family": "saws", "subfamily": "hand", "uom": "piece"}
        for saw in SAWS
    ]
    items.append({"item": "steel", "name": "Steel", "family": "metal", "uom": "kg", "lifecycle": "active"})
    return {
        "items": items,
        "uoms": [{"item": saw, "uom": "box", "factor": 10} for saw in SAWS],
        "locations": [{"location": "plant", "name": "Plant", "type": "plant", "calendar": "works"}],
        "markets": [{"market": market, "name": market, "region": "all-over"} for market in MARKETS],
        "calendars": [{"calendar": "works", "date": date(2027, 1, 1), "working": 0}],
        "prices": [
            {"item": saw, "market": "", "valid_from": day, "price": 20, "currency": currency}
            for saw in SAWS
            for day, currency in ((date(2024, 1, 1), ""), (date(2026, 1, 1), ""))
        ],
        "costs": [
            *({"item": saw, "location": "", "standard_cost": 10} for saw in SAWS),
            {"item": "steel", "location": "", "standard_cost": 2, "currency": "USD"},
        ],
        "exchange_rates": [
            {"currency": "USD", "rate_type": kind, "date": date(2025, 1, 1), "rate": rate}
            for kind, rate in (("plan", 0.9), ("actual", 0.92), ("budget", 0.95))
        ],
    }


def _supply():
    return {
        "resources": [
            {
                "resource": "press",
                "location": "plant",
                "type": "machine",
                "capacity_hours": 8,
                "capacity_per": "working_day",
                "utilization_pct": 90,
            },
            {
                "resource": "crew",
                "location": "plant",
                "type": "labor",
                "workers": 4,
                "hours_per_worker": 150,
                "regular_cost_per_hour": 30,
                "min_workers": 2,
                "max_workers": 8,
            },
        ],
        "routings": [
            {"item": saw, "location": "plant", "resource": resource, "hours_per_unit": 0.5, "yield_pct": 98}
            for saw in SAWS
            for resource in ("press", "crew")
        ],
        "bom": [{"item": saw, "component": "steel", "quantity_per": 1.5} for saw in SAWS],
        "purchasing": [
            {"item": "steel", "supplier": "mill", "location": "plant", "unit_cost": 1.7, "lead_time_days": 30}
        ],
        "subcontracting": [
            {
                "item": "saws",
                "location": "plant",
                "supplier": "friend",
                "unit_cost": 14,
                "valid_from": date(2027, 1, 1),
            }
        ],
        "lanes": [
            {"item": "", "from_location": "plant", "to": market, "lead_time_days": 2, "unit_cost": 0.5}
            for market in MARKETS
        ],
        "inventory": [
            *({"item": saw, "location": "plant", "on_hand": 150, "blocked": 10} for saw in SAWS),
            {"item": "steel", "location": "plant", "on_hand": 500},
        ],
        "inventory_policy": [{"item": "", "location": "plant", "service_level_pct": 95, "safety_days": 5}],
        "receipts": [
            {
                "reference": f"PO-{number}",
                "line": "1",
                "item": "steel",
                "location": "plant",
                "supplier": "mill",
                "type": "purchase",
                "status": "released",
                "quantity": 0 if received else 900,
                "ordered_date": date(2026, 9, 1) + timedelta(days=30 * number),
                "due_date": date(2026, 10, 1) + timedelta(days=30 * number),
                "received_date": date(2026, 10, 1) + timedelta(days=30 * number) if received else None,
            }
            for number, received in ((0, True), (1, True), (2, True), (3, False))
        ],
        "commitments": [
            {
                "contract": "K-1",
                "item": "saws",
                "market": "east",
                "valid_from": date(2027, 1, 1),
                "valid_to": date(2027, 6, 30),
                "min_qty": 100,
                "max_qty": 900,
            }
        ],
    }


def _past():
    sales = [
        {
            "item": saw,
            "market": market,
            "date": month,
            "ordered_qty": 100,
            "on_time_qty": 98,
            "shipped_qty": 100,
            "revenue_amount": 2000,
            "cost_amount": 1000,
        }
        for saw in SAWS
        for market in MARKETS
        for month in MONTHS
    ]
    ends = [date(2026, 10, 31), date(2026, 11, 30), AS_OF]
    return {
        "sales_history": sales,
        "production_history": [
            {"item": saw, "location": "plant", "resource": "press", "date": month, "quantity": 200}
            for saw in SAWS
            for month in MONTHS[12:]
        ],
        "inventory_history": [
            {"item": saw, "location": "plant", "date": day, "on_hand": 150} for saw in SAWS for day in ends
        ],
        "open_orders": [
            {
                "order": f"SO-{saw}",
                "line": "1",
                "item": saw,
                "market": "east",
                "requested_date": date(2027, 1, 15),
                "quantity": 20,
            }
            for saw in SAWS
        ],
        "order_lines": [
            {
                "order": f"SO-{saw}",
                "line": "1",
                "item": saw,
                "market": "east",
                "ordered_date": date(2026, 12, 1),
                "requested_date": date(2027, 1, 15),
                "ordered_qty": 20,
            }
            for saw in SAWS
        ],
        "forecast_archive": [
            {
                "made_date": date(2026, 11, 1),
                "source": "sales",
                "item": saw,
                "market": "east",
                "date": date(2026, 12, 1),
                "quantity": 100,
            }
            for saw in SAWS
        ],
        "events": [
            {
                "event": f"FAIR-{year}",
                "type": "campaign",
                "item": "saws",
                "market": "east",
                "start_date": date(year, 9, 1),
                "end_date": date(year, 9, 14),
                "uplift_pct": 5,
            }
            for year in (2026, 2027)
        ],
        "launches": [{"item": "saw-5", "market": "", "launch_date": date(2025, 1, 1), "steady_qty": 200}],
        "pipeline": [
            {
                "opportunity": "deal",
                "market": "east",
                "item": "saws",
                "stage": "offer",
                "close_date": date(2027, 2, 1),
                "amount": 5000,
                "probability_pct": 40,
            }
        ],
    }


def _money():
    return {
        "budget": [
            *(
                {
                    "version": "AOP",
                    "item": "saws",
                    "market": "",
                    "date": day,
                    "quantity": 1100,
                    "revenue_amount": 22000,
                }
                for day in (date(2027, 1, 1), date(2027, 2, 1))
            ),
            *(
                {"version": "AOP", "item": "saw-1", "market": "", "date": day, "quantity": 210}
                for day in (date(2027, 1, 1), date(2027, 2, 1))
            ),
        ],
        "accounts": [
            *({"account": "Revenue goods", "version": "actual", "date": month, "amount": -20000} for month in MONTHS),
            *({"account": "cost_of_sales", "version": "actual", "date": month, "amount": 10000} for month in MONTHS),
        ],
    }


@pytest.fixture
def company():
    return Company()
