"""What else the functions know this month: events, contracts, opportunities, signals, money and options."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from equipoise.demo.company import (
    COMPANY,
    CURRENCY,
    FAMILIES,
    FOREIGN,
    HISTORY,
    HORIZON,
    RATE,
    START,
    Item,
    Size,
    month_start,
)
from equipoise.demo.frames import Rows
from equipoise.demo.history import PROMOTION, Past

EVENTS_BACK = (2024, 2025, 2026)
STAGES = {"lead": 10, "qualified": 25, "offer": 45, "negotiation": 70}
"""Stages of the sales process with the chance, in percent, that sales gives them."""
WON_OF_TEN = {"lead": 1, "qualified": 2, "offer": 3, "negotiation": 5}
"""Of ten past opportunities that reached a stage, how many were won: fewer than sales says."""
Lines = Iterator[dict[str, object]]


def story_tables(items: list[Item], size: Size, past: Past, rng: np.random.Generator) -> dict[str, Rows]:
    """The tables that carry the month's story beside what is sold and made."""
    return {
        "events": _events(),
        "commitments": _commitments(size),
        "pipeline": _pipeline(),
        "pipeline_history": _pipeline_history(),
        "planning_bills": _planning_bills(items),
        "indicators": _indicators(rng),
        "service_costs": iter(
            [{"item": "Laundry care", "market": "north-grocery", "valid_from": START, "backlog_cost": 8.5}]
        ),
        "accounts": _accounts(items, past, rng),
        "terms": iter(
            [
                {
                    "company": COMPANY,
                    "date": START,
                    "receivable_days": 42,
                    "payable_days": 55,
                    "opening_cash": 21_500_000 * size.lines,
                }
            ]
        ),
        "exchange_rates": _exchange_rates(),
        "targets": _targets(),
        "levers": _levers(),
    }


def _events() -> Lines:
    """The spring promotions of the past, which history holds and the baseline must not, and next year's campaign."""
    for year in EVENTS_BACK:
        yield {
            "event": f"SPRING-{year}",
            "type": "promotion",
            "item": "Surface cleaners",
            "market": "",
            "start_date": date(year, 4, 1),
            "end_date": date(year, 4, 30),
            "uplift_pct": PROMOTION["uplift_pct"],
            "forward_buy_pct": PROMOTION["forward_buy_pct"],
            "forward_buy_buckets": PROMOTION["forward_buy_buckets"],
            "spend_amount": 180_000,
            "status": "done",
        }
    yield {
        "event": "SMILE-2027",
        "type": "campaign",
        "item": "Oral care",
        "market": "North",
        "start_date": date(2027, 9, 1),
        "end_date": date(2027, 9, 30),
        "uplift_pct": 8,
        "cannibalized": "Personal care",
        "cannibalization_pct": 15,
        "spend_amount": 95_000,
        "funding_amount": 20_000,
        "status": "confirmed",
    }


def _commitments(size: Size) -> Lines:
    """A contract with a floor that binds in winter, when hair care is weak."""
    market = "north-drug" if any(m.code == "north-drug" for m in size.markets) else "south-grocery"
    yield {
        "contract": "CT-2026-07",
        "market": market,
        "item": "Hair care",
        "valid_from": date(2026, 12, 1),
        "valid_to": date(2027, 11, 30),
        "min_qty": 10_000 * size.lines,
        "penalty": 2.5,
    }


def _pipeline() -> Lines:
    for number, (item, stage, quantity, month) in enumerate(
        (
            ("Laundry care", "negotiation", 9_000, 3),
            ("Dish care", "offer", 14_000, 4),
            ("Hair care", "qualified", 6_000, 5),
            ("Oral care", "lead", 20_000, 7),
            ("Personal care", "offer", 8_000, 2),
        )
    ):
        yield {
            "opportunity": f"OPP-{301 + number}",
            "market": FOREIGN,
            "item": item,
            "quantity": quantity,
            "stage": stage,
            "probability_pct": STAGES[stage],
            "close_date": month_start(month).replace(day=10),
            "delivery_start": month_start(month + 1),
            "delivery_buckets": 3,
            "owner": "sales.south",
        }


def _pipeline_history() -> Lines:
    """Forty closed opportunities of the last two years: ten reached each stage last, some of them won."""
    number = 100
    names = list(STAGES)
    for reached, stage in enumerate(names):
        for case in range(10):
            number += 1
            begun = month_start(-24 + (number * 5) % 18).replace(day=1 + (number * 3) % 27)
            for step, passed in enumerate([*names[: reached + 1], "won" if case < WON_OF_TEN[stage] else "lost"]):
                day = month_start(_month_of(begun) + step).replace(day=begun.day)
                yield {"opportunity": f"OPP-{number}", "date": day, "stage": passed, "amount": 40_000 + 1000 * case}


def _month_of(day: date) -> int:
    return (day.year - START.year) * 12 + day.month - START.month


def _planning_bills(items: list[Item]) -> Lines:
    """Each family's forecast falls on its items as they sold in the last year, in whole per mille."""
    for family in FAMILIES:
        members = [item for item in items if item.family.code == family.code and item.level > 0]
        total = sum(item.level for item in members)
        for item in members:
            share = round(100 * item.level / total, 4)
            if share > 0:
                yield {"parent": family.name, "item": item.code, "market": "", "share_pct": share}


def _indicators(rng: np.random.Generator) -> Lines:
    level = 100.0
    for month in range(-HISTORY, 0):
        level += float(rng.normal(0.1, 0.8))
        yield {"indicator": "consumer-confidence", "date": month_start(month), "value": round(level, 1)}


def _accounts(items: list[Item], past: Past, rng: np.random.Generator) -> Lines:
    """Operating expense of the closed year and the budget's; capital expenditure for the capsule line."""
    prices = np.array([item.price for item in items])[:, None, None]
    revenue = (past.shipped * prices).sum(axis=(0, 1))
    typical = float(revenue[-12:].mean())
    for month in range(-12, HORIZON):
        version = "actual" if month < 0 else "budget"
        amount = typical * 0.2 * (1 + float(rng.normal(0, 0.01))) if month < 0 else typical * 0.205
        yield {
            "account": "operating_expense",
            "version": version,
            "company": COMPANY,
            "date": month_start(month),
            "amount": round(amount, 2),
        }
        if month == 8:
            yield {
                "account": "capital_expenditure",
                "version": version,
                "company": COMPANY,
                "date": month_start(month),
                "amount": 1_250_000,
            }


def _exchange_rates() -> Lines:
    """The franc: budgeted at par with last year, planned a little stronger."""
    for kind, since, rate in (
        ("budget", month_start(-HISTORY), 1.04),
        ("actual", month_start(-HISTORY), 1.05),
        ("plan", month_start(-HISTORY), RATE),
        ("plan", date(2027, 7, 1), 1.08),
    ):
        yield {"currency": CURRENCY, "rate_type": kind, "date": since, "rate": rate}


def _targets() -> Lines:
    for year, growth in ((2027, 1.0), (2028, 1.03), (2029, 1.06)):
        yield {"measure": "service_fill_pct", "item": "", "market": "", "year": year, "value": 98, "owner": "supply"}
        yield {
            "measure": "forecast_accuracy_pct",
            "item": "",
            "market": "",
            "year": year,
            "value": round(85 * min(growth, 1.04), 1),
            "owner": "demand",
        }


def _levers() -> Lines:
    west = {"resource": "capsule-line"}
    laundry = {"item": "Laundry care"}
    for option, lever, where, cost, fixed, unit, days, most in (
        ("OT-CAPSULE", "overtime", west, 290, 0, "hour", 7, 40),
        ("SHIFT-CAPSULE", "extra_shift", west, 350, 6_000, "hour", 30, 60),
        ("COPACK-LAUNDRY", "subcontract", laundry, 24.5, 0, "unit", 42, 6_000),
        ("PREBUILD-LAUNDRY", "prebuild", laundry, 0.3, 0, "unit", 30, None),
        ("LINE-2", "capex", west, 0, 1_250_000, "hour", 300, 160),
        ("SHIFT-PROMO", "promotion", {"item": "Surface cleaners"}, 0, 20_000, "unit", 45, None),
        ("RATION-WHOLESALE", "ration", {"item": "Laundry care", "market": FOREIGN}, 6.0, 0, "unit", 0, None),
    ):
        yield {
            "option": option,
            "lever": lever,
            **where,
            "cost": cost,
            "fixed_cost": fixed,
            "unit": unit,
            "lead_time_days": days,
            "max_qty": most,
        }
