"""The mapping of SupplyGraph on files of the same layout and small made-up figures, which any checkout can run."""

from math import fsum
from pathlib import Path

import pytest

from equipoise.gather import gather, summary
from equipoise.intake import read_dataset

MAPPING = Path(__file__).resolve().parents[2] / "examples" / "supplygraph" / "mapping.toml"
PRODUCTS = ["SOS008L02P", "POP001L12P", "POP001L12P.1"]
FIGURES = {
    "Unit/Sales Order": [[0.1, 1e6, 0.2], [3.0, 1949.000000000004, 0.7], [0.0, 0.0, 0.3]],
    "Unit/Delivery To distributor": [[0.0, 2.0, 0.1], [1.1, 0.0, 0.0], [0.0, 0.0, 5.0]],
    "Unit/Production ": [[0.0, 4.0, 0.1], [0.0, 0.0, 0.0], [0.0, 7.0, 9.0]],
    "Weight/Production ": [[0.0, 0.04, 0.001], [0.0, 0.0, 0.0], [0.0, 0.07, 0.09]],
    "Weight/Sales Order ": [[0.001, 1e4, 0.002], [0.03, 19.49, 0.007], [0.0, 0.0, 0.003]],
}


@pytest.fixture
def draft(tmp_path):
    nodes, daily = tmp_path / "Nodes", tmp_path / "Temporal Data"
    nodes.mkdir()
    (nodes / "Node Types (Product Group and Subgroup).csv").write_text(
        "Node,Group,Sub-Group\nSOS008L02P,S,SOS\nPOP001L12P,P,POP\nPOP001L12P,P,POP\n"
    )
    (nodes / "Nodes Type (Plant & Storage).csv").write_text(
        "Node,Plant,Storage Location\nPOP001L12P,2120,2030.0\nPOP001L12P,1901,330.0\nSOS008L02P,2120,\n"
        "POP001L12P,2120,130.0\nPOP001L12P,1901,330.0\n"
    )
    for name, rows in FIGURES.items():
        (daily / name).parent.mkdir(parents=True, exist_ok=True)
        lines = [f"2023-01-0{day} 00:00:00,{','.join(map(repr, row))}" for day, row in enumerate(rows, start=1)]
        (daily / f"{name}.csv").write_text("\n".join([",".join(["Date", *PRODUCTS]), *lines]))
    return read_dataset(tmp_path, MAPPING)


def test_sums_are_those_of_the_cells_though_two_columns_are_added_up(draft):
    told = summary(draft, gather(draft))["tables"]
    for table, column, name in [
        ("sales_history", "ordered_qty", "Unit/Sales Order"),
        ("sales_history", "shipped_qty", "Unit/Delivery To distributor"),
        ("production_history", "quantity", "Unit/Production "),
        ("production_history", "hours", "Weight/Production "),
    ]:
        assert told[table]["sums"][column] == fsum(cell for row in FIGURES[name] for cell in row)
    assert draft.quarantine == ()


def test_tables(draft):
    items = draft.tables["items"].select("item", "family", "subfamily", "unit_weight_kg").rows()
    tonnes, units = fsum([1e4, 0.002, 19.49, 0.007, 0.003]), fsum([1e6, 0.2, 1949.000000000004, 0.7, 0.3])
    assert items == [("POP001L12P", "P", "POP", tonnes / units * 1000), ("SOS008L02P", "S", "SOS", 0.031 / 3.1 * 1000)]
    assert draft.tables["locations"]["location"].to_list() == ["1901", "2120"]
    assert draft.tables["resources"].select("resource", "location").rows() == [("POP", "1901"), ("SOS", "2120")]
    assert draft.tables["routings"].select("item", "location", "resource").rows() == [
        ("POP001L12P", "1901", "POP"),
        ("POP001L12P", "2120", "POP"),
        ("SOS008L02P", "2120", "SOS"),
    ]
    sales = draft.tables["sales_history"].select("item", "date", "ordered_qty", "shipped_qty").rows()
    assert [(item, day.day, ordered, shipped) for item, day, ordered, shipped in sales] == [
        ("POP001L12P", 1, fsum([1e6, 0.2]), fsum([2.0, 0.1])),
        ("POP001L12P", 2, fsum([1949.000000000004, 0.7]), 0.0),
        ("POP001L12P", 3, 0.3, 5.0),
        ("SOS008L02P", 1, 0.1, 0.0),
        ("SOS008L02P", 2, 3.0, 1.1),
    ]
    made = draft.tables["production_history"].select("item", "resource", "quantity", "hours").rows()
    assert made == [("POP001L12P", "POP", 4.1, 0.041), ("POP001L12P", "POP", 16.0, 0.16)]
