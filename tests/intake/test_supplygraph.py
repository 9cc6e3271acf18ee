"""SupplyGraph, real data of a consumer-goods maker, through examples/supplygraph/mapping.toml.

The data are not part of the repository: they are looked for in ../shared/data/supplygraph beside it, or where
EQUIPOISE_SUPPLYGRAPH says (examples/supplygraph/README.md). The same mapping runs everywhere on a small made-up copy in
test_supplygraph_layout.py.
"""

import csv
import os
from datetime import date
from math import fsum
from pathlib import Path

import polars as pl
import pytest

from equipoise.gather import gather, summary
from equipoise.intake import read_dataset

MAPPING = Path(__file__).resolve().parents[2] / "examples" / "supplygraph" / "mapping.toml"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "supplygraph"
DATA = Path(os.environ.get("EQUIPOISE_SUPPLYGRAPH") or BESIDE)
pytestmark = pytest.mark.skipif(
    not (DATA / "Temporal Data").is_dir(), reason="the SupplyGraph data are not on this machine"
)
FILES = {
    ("sales_history", "ordered_qty"): "Unit/Sales Order.csv",
    ("sales_history", "shipped_qty"): "Unit/Delivery To distributor.csv",
    ("production_history", "quantity"): "Unit/Production .csv",
    ("production_history", "hours"): "Weight/Production .csv",
}


@pytest.fixture(scope="module")
def draft():
    return read_dataset(DATA, MAPPING)


@pytest.fixture(scope="module")
def told(draft):
    return summary(draft, gather(draft))


def cells(name: str) -> list[float]:
    with (DATA / "Temporal Data" / name).open(encoding="utf-8", newline="") as stream:
        return [float(cell) for row in list(csv.reader(stream))[1:] for cell in row[1:]]


@pytest.mark.parametrize(("table", "column"), FILES)
def test_sums_are_those_of_the_raw_cells_to_the_last_digit(told, table, column):
    raw = cells(FILES[table, column])
    assert len(raw) == 221 * 41
    assert told["tables"][table]["sums"][column] == fsum(raw)
    assert told["tables"][table]["sums_quarantined"][column] == 0.0


def test_nothing_is_in_quarantine(draft, told):
    assert draft.quarantine == ()
    assert {name: found["rows"] for name, found in told["tables"].items()} == {
        "items": 40,
        "locations": 25,
        "markets": 1,
        "production_history": 3334,
        "resources": 19,
        "routings": 276,
        "sales_history": 5834,
    }


def test_the_double_heading_is_added_up_with_a_finding(draft):
    found = {f.where: f for f in draft.findings if f.code == "IN201"}
    assert found["table sales_history"].message.startswith("416 rows became 208")
    assert "item POP001L12P (" in found["table sales_history"].message
    assert "POP001L12P.1" not in draft.tables["sales_history"]["item"].to_list()


def test_zero_rows_are_counted(draft):
    said = [f.message for f in draft.findings if f.code == "IN208"]
    assert "4,181 of 9,061 rows have no ordered_qty but zero." in said
    assert "6,269 of 6,545 rows repeat another row." in said


def test_the_products_that_were_never_delivered_or_made(draft):
    sales, made = draft.tables["sales_history"], draft.tables["production_history"]
    items = set(draft.tables["items"]["item"].to_list())
    assert set(sales.filter(pl.col("ordered_qty") > 0)["item"].to_list()) == items
    assert len(items - set(sales.filter(pl.col("shipped_qty") > 0)["item"].to_list())) == 5
    assert len(items - set(made["item"].to_list())) == 10


def test_head_and_masters(draft):
    assert draft.head.calendar.start_of(0) == date(2023, 8, 6)
    assert draft.head.closed_buckets_end == 0
    assert dict(draft.head.policy) == {"capacity": "demonstrated"}
    weights = dict(draft.tables["items"].select("item", "unit_weight_kg").rows())
    assert weights["SOS005L04P"] == pytest.approx(18.4, rel=1e-12)
    assert draft.tables["routings"]["hours_per_unit"].null_count() == 0
    orders = draft.tables["sales_history"].filter(pl.col("ordered_qty") > 0)
    assert orders["date"].max() == date(2023, 8, 7)
