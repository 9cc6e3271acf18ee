"""Stock counted on 20 December rolled forward to 4 January: what comes in, what goes out, what is left to serve."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.inventory.plan_targets import plan_targets

AS_OF = date(2026, 12, 20)
STOCK = {"item": ["saw", "saw"], "location": ["plant", "depot"], "on_hand": [100, 30]}
SERVED = {("saw", "depot", "north"): 1.0, ("saw", "depot", "south"): 0.5, ("saw", "plant", "south"): 0.5}


def receipts(*lines):
    """Receipts of saws: pairs of the due day and what differs from a released purchase of 10 at the depot."""
    usual = {
        "item": "saw",
        "location": "depot",
        "quantity": 10,
        "type": "purchase",
        "status": "released",
        "from": "",
        "received_date": None,
    }
    rows = [
        {**usual, "reference": str(n), "line": "1", "due_date": day, **other} for n, (day, other) in enumerate(lines)
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.fixture
def rolled(inputs_of):
    """Section stock_targets with demand until start in north and south."""

    def run(north=0.0, south=0.0, *, lines=(), as_of=AS_OF, served=SERVED, inventory=STOCK):
        tables = {"inventory": inventory, **({"receipts": receipts(*lines)} if lines else {})}
        cells = {
            "sourcing_share_ratio": served,
            "demand_until_start_qty": {("saw", "north"): [north, 0, 0, 0], ("saw", "south"): [south, 0, 0, 0]},
        }
        return plan_targets(inputs_of(tables, cells=cells, as_of=as_of))

    return run


def start_of(section):
    panel = section.panel_of("inventory_start_qty")
    return {place: panel["inventory_start_qty"][panel.keys.rows["saw", place], 0] for place in ("plant", "depot")}


def not_covered(section):
    panel = section.panel_of("demand_not_covered_qty")
    assert panel.grain is Grain.DEMAND
    return {market: panel["demand_not_covered_qty"][panel.keys.rows["saw", market], 0] for market in ("north", "south")}


def test_demand_until_start_leaves_where_its_market_is_served_from(rolled):
    section = rolled(north=12, south=20)
    assert start_of(section) == {"plant": 90, "depot": 8}
    assert not_covered(section) == {"north": 0, "south": 0}
    assert "IV108" in {finding.code for finding in section.findings}


def test_what_stock_does_not_cover_stays_with_its_markets_in_proportion(rolled):
    section = rolled(north=50, south=20)
    assert start_of(section) == {"plant": 90, "depot": 0}
    assert not_covered(section) == {"north": 25, "south": 5}
    assert "IV109" in {finding.code for finding in section.findings}


def test_demand_that_no_lane_reaches_is_not_covered(rolled):
    assert not_covered(rolled(north=7, served={("saw", "depot", "south"): 1.0})) == {"north": 7, "south": 0}


def test_only_receipts_due_between_count(rolled):
    """Overdue ones and those of the plan are expected in the plan; planned ones and received ones never here."""
    lines = [
        (date(2026, 12, 20), {}),
        (date(2026, 12, 21), {}),
        (date(2027, 1, 3), {"quantity": 1}),
        (date(2027, 1, 4), {}),
        (date(2026, 12, 24), {"status": "planned"}),
        (date(2026, 12, 24), {"received_date": date(2026, 12, 19)}),
    ]
    assert start_of(rolled(lines=lines)) == {"plant": 100, "depot": 41}


def test_a_transfer_leaves_one_stock_and_reaches_the_other(rolled):
    firm = (date(2026, 12, 28), {"type": "transfer", "status": "firm", "from": "plant", "quantity": 15})
    moving = (date(2026, 12, 28), {"type": "transfer", "status": "in_transit", "from": "plant", "quantity": 4})
    assert start_of(rolled(lines=[firm, moving])) == {"plant": 85, "depot": 49}


def test_postings_say_how_the_opening_stock_came_about(rolled):
    section = rolled(north=12, south=20, lines=[(date(2026, 12, 28), {})])
    shape = section.panel_of("inventory_start_qty")["inventory_start_qty"].shape
    posted = {posting.cause: posting.dense(shape).sum() for posting in section.postings_of("inventory_start_qty")}
    assert posted == {"counted": 130, "receipts until start": 10, "demand until start": -32}
    total = sum(posting.dense(shape) for posting in section.postings)
    assert np.array_equal(total, section.panel_of("inventory_start_qty")["inventory_start_qty"])


def test_stock_counted_on_the_eve_or_later_is_not_rolled(rolled):
    for as_of in (date(2027, 1, 3), date(2027, 1, 6)):
        section = rolled(north=12, south=20, as_of=as_of)
        assert start_of(section) == {"plant": 100, "depot": 30}
        assert section.postings == ()
