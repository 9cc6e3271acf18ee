"""Lead times met, by hand."""

from datetime import date, timedelta

import pytest

from equipoise.quality import lead_times_met
from equipoise.quality.facts import Facts


def test_mean_deviation_and_share_late(company):
    for row, days in zip(company["receipts"][:3], (24, 30, 42), strict=True):
        row["received_date"] = row["ordered_date"] + timedelta(days=days)
    met = lead_times_met(Facts(company.snapshot())).row(0, named=True)
    assert (met["item"], met["supplier"], met["orders"], met["mean"], met["master"]) == ("steel", "mill", 3, 32.0, 30.0)
    assert met["std"] == pytest.approx(84.0**0.5)  # deviations −8, −2, 10: 168 / 2
    assert met["late_pct"] == pytest.approx(100.0 / 3.0)


def test_the_nearest_and_latest_row_of_the_master_counts(company):
    company.rows["purchasing"] = [
        {
            "item": node,
            "supplier": "mill",
            "location": "plant",
            "valid_from": day,
            "unit_cost": 2,
            "lead_time_days": days,
        }
        for node, day, days in (
            ("", date(2026, 12, 1), 99),
            ("metal", date(2024, 1, 1), 20),
            ("metal", date(2026, 1, 1), 25),
            ("metal", date(2027, 5, 1), 77),
        )
    ]
    assert lead_times_met(Facts(company.snapshot()))["master"].to_list() == [25.0]


def test_open_receipts_and_transfers_are_not_measured(company):
    company.rows["receipts"] = [row for row in company["receipts"] if row["received_date"] is None]
    assert lead_times_met(Facts(company.snapshot())).height == 0
