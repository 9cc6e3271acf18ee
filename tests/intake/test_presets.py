"""Every preset turns its sample export into a valid snapshot."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from equipoise.core.finding import Severity
from equipoise.core.tables import table
from equipoise.gather import gather
from equipoise.intake import read_dataset

PRESETS = Path(__file__).parents[2] / "examples" / "presets"
ORDER_BOOK = {"order_lines": 3, "sales_history": 9, "open_orders": 1}
MASTER = {"items": 3, "locations": 1, "markets": 2, "bom": 2, "costs": 3, "inventory": 3, "resources": 1, "routings": 2}
EXPECTED = {
    "erpnext": {**MASTER, **ORDER_BOOK, "forecast": 3, "inventory_policy": 2, "prices": 2, "receipts": 1},
    "odoo": {**MASTER, **ORDER_BOOK, "inventory_policy": 2, "prices": 2, "purchasing": 1, "receipts": 1},
    "sap": {**MASTER, **ORDER_BOOK, "forecast": 3, "inventory_policy": 3, "receipts": 1},
    "frepple": {**MASTER, "forecast": 3, "inventory_policy": 2, "open_orders": 2, "purchasing": 1, "receipts": 2},
}


def read(preset: str):
    return read_dataset(PRESETS / preset, PRESETS / f"{preset}.toml")


def test_every_preset_is_tested():
    assert {path.stem for path in PRESETS.glob("*.toml")} == set(EXPECTED)


@pytest.mark.parametrize("preset", EXPECTED)
def test_a_sample_becomes_a_snapshot(preset):
    draft = read(preset)
    assert draft.quarantine == ()
    assert [f for f in draft.findings if f.severity.rank <= Severity.ERROR.rank] == []
    snapshot = gather(draft)
    assert {name: frame.height for name, frame in snapshot.tables.items()} == EXPECTED[preset]
    assert snapshot.id == gather(read(preset)).id


@pytest.mark.parametrize("preset", EXPECTED)
def test_bills_routings_and_stock_are_per_unit(preset):
    tables = read(preset).tables
    assert tables["bom"]["quantity_per"].to_list() == [1.0, 1.0]
    assert sorted(tables["routings"]["hours_per_unit"]) == pytest.approx([0.2, 0.25])
    assert sorted(tables["costs"]["standard_cost"]) == [3.5, 11.0, 14.0]
    assert tables["receipts"].filter(pl.col("due_date") == date(2027, 1, 12))["quantity"].to_list() == [300.0]


@pytest.mark.parametrize(("preset", "spades"), [("erpnext", 100.0), ("odoo", 100.0), ("sap", 1100.0)])
def test_the_order_book_is_dated_and_open(preset, spades):
    tables = read(preset).tables
    history = tables["sales_history"]
    assert history["ordered_qty"].sum() == spades + 60.0 + 80.0
    assert history["shipped_qty"].sum() == spades + 60.0 + 30.0
    assert history["on_time_qty"].sum() == spades + 60.0 + 30.0
    assert history.filter(pl.col("shipped_qty") == spades)["date"].to_list() == [date(2026, 11, 19)]
    (row,) = tables["open_orders"].select("requested_date", "quantity", "price").rows()
    assert row == (date(2027, 1, 15), 50.0, 25.0)


def test_stock_that_sap_holds_back_is_blocked():
    stock = read("sap").tables["inventory"].select("item", "on_hand", "blocked").rows()
    assert stock[0] == ("000000000000001001", 58.0, 3.0)


def test_uncertain_fields_are_named_at_the_top():
    for preset in EXPECTED:
        head = (PRESETS / f"{preset}.toml").read_text().split("\n[", 1)[0]
        assert "not yet run against a live system" in head and "Unverified there:" in head


def test_only_columns_of_ratios_are_carried_along():
    for preset in EXPECTED:
        for name, frame in read(preset).tables.items():
            unknown = [column for column in frame.columns if column not in table(name).names]
            assert not unknown or name in ("bom", "costs", "routings", "forecast"), (preset, name, unknown)
