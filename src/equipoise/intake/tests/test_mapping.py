"""The mapping language: each step, how sources are put together, and that wrong keys are named."""

import math
import tomllib

import pytest

from equipoise.intake import DatasetRefused, read_dataset
from equipoise.intake.folder import Folder
from equipoise.intake.parse_mapping import parse_mapping
from equipoise.intake.readers.raw import FILE, LINE
from equipoise.intake.reshape import Reshaper


def made(tmp_path, table: str, mapping: str, **files: str):
    """Cells of a mapped table, the places of its rows, and its findings."""
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    reshaper = Reshaper(Folder.at(tmp_path), parse_mapping(tomllib.loads(mapping), "mapping.toml"))
    delivery, findings = reshaper.table(table)
    rows = delivery.rows
    cells = rows.drop(FILE, LINE).rows(named=True)
    return cells, rows.select(FILE, LINE).rows(), findings


def test_unpivot_rename_constants_replace_and_skip_zero(tmp_path):
    cells, places, findings = made(
        tmp_path,
        "sales_history",
        """
        [tables.sales_history]
        file = "orders.csv"
        unpivot = {keep = ["Day"], heading = "item", value = "ordered_qty"}
        rename = {Day = "date"}
        constants = {market = "all", rank = 1}
        replace = {item = {"saw.1" = "saw"}}
        skip_zero = ["ordered_qty"]
        """,
        orders="Day,saw,saw.1\n2026-12-01,5,0\n2026-12-02,0.0,x\n",
    )
    assert cells == [
        {"date": "2026-12-01", "item": "saw", "ordered_qty": "5", "market": "all", "rank": "1"},
        {"date": "2026-12-02", "item": "saw", "ordered_qty": "x", "market": "all", "rank": "1"},
    ]
    assert places == [("orders.csv", 2), ("orders.csv", 3)]
    assert [(f.code, f.message) for f in findings] == [("IN208", "2 of 4 rows have no ordered_qty but zero.")]


def test_sources_beside_each_other_by_key_pair_the_nth_rows(tmp_path):
    cells, places, _ = made(
        tmp_path,
        "sales_history",
        """
        [tables.sales_history]
        combine = ["item"]
        fill = {ordered_qty = 0, shipped_qty = 0}
        [[tables.sales_history.sources]]
        file = "a.csv"
        [[tables.sales_history.sources]]
        file = "b.csv"
        """,
        a="item,ordered_qty\nsaw,1\nsaw,2\n",
        b="item,shipped_qty\nsaw ,7\naxe,9\n",
    )
    assert [tuple(cell.values()) for cell in cells] == [("saw", "1", "7"), ("saw", "2", "0"), ("axe", "0", "9")]
    assert places == [("a.csv", 2), ("a.csv", 3), ("b.csv", 3)]


def test_files_by_pattern_stand_below_each_other(tmp_path):
    mapping = '[tables.items]\nfile = "part*.csv"'
    cells, places, _ = made(tmp_path, "items", mapping, part1="item\na\n", **{"part2 ": "item,name\nb,B\n"})
    assert cells == [{"item": "a", "name": ""}, {"item": "b", "name": "B"}]
    assert places == [("part1.csv", 2), ("part2 .csv", 2)]


def test_views_sums_ratios_and_joins(tmp_path):
    cells, _, _ = made(
        tmp_path,
        "items",
        """
        [views.totals]
        file = "orders.csv"
        sum = {by = ["code"], of = ["units", "kg"]}
        ratio = {each = ["kg", "units"]}
        [tables.items]
        file = "products.csv"
        join = [{view = "totals", on = {item = "code"}, take = {unit_weight_kg = "each", units = "units"}}]
        text = {name = "{item} of {family}"}
        """,
        orders="code,units,kg\na,0.1,1\na,0.2,2\na,1e9,3\na,-1e9,4\nb,0,5\n",
        products="item,family\na,f\nb,f\nc,f\n",
    )
    units = math.fsum([0.1, 0.2, 1e9, -1e9])
    assert [cell["unit_weight_kg"] for cell in cells] == [repr(10.0 / units), "", ""]
    assert [cell["units"] for cell in cells] == [repr(units), "0.0", ""]
    assert cells[0]["name"] == "a of f"


def test_differences_are_what_is_left(tmp_path):
    cells, _, findings = made(
        tmp_path,
        "receipts",
        """
        [tables.receipts]
        file = "orders.csv"
        difference = {open = ["ordered", "received"], twice = ["open", "received"]}
        skip_zero = ["open"]
        keep = ["open", "twice"]
        """,
        orders="ordered,received\n10,4\n10,\n,3\n5,5\nmany,1\n1,few\n",
    )
    assert [tuple(cell.values()) for cell in cells] == [
        ("6.0", "2.0"),
        ("10.0", "10.0"),
        ("-3.0", "-6.0"),
        ("many", "many"),
        ("few", "few"),
    ]
    assert [f.code for f in findings] == ["IN208"]
    with pytest.raises(DatasetRefused, match="open needs a list of two columns"):
        parse_mapping({"tables": {"receipts": {"file": "a.csv", "difference": {"open": ["a"]}}}}, "mapping.toml")


def test_numbers_dates_factors_and_filters(tmp_path):
    cells, _, findings = made(
        tmp_path,
        "inventory",
        """
        [tables.inventory]
        file = "stock.csv"
        separator = "|"
        numbers = {columns = ["on_hand"], decimal = ",", thousands = "."}
        dates = {expiry_date = "%d.%m.%Y"}
        factor = {on_hand = 1000}
        where = [{column = "kind", op = "in", value = ["A", "B"]}, {column = "on_hand", op = ">", value = 1}]
        keep = ["item", "on_hand", "expiry_date"]
        """,
        stock="item|kind|on_hand|expiry_date\na|A|1.250,5|31.01.2027\nb|B|0,5|31.01.2027\nc|C|9|x\nd|A|1.25|31.02.2027\ne|A|7|\n",
    )
    assert [tuple(cell.values()) for cell in cells] == [
        ("a", "1250500.0", "2027-01-31"),
        ("d", "1250.0", "31.02.2027"),
        ("e", "7000.0", ""),
    ]
    assert [f.message for f in findings if f.code == "IN208"] == ["2 of 5 rows do not meet where."]


def test_distinct_of_whole_rows_and_of_columns_does_not_depend_on_order(tmp_path):
    mapping = '[tables.items]\nfile = "p.csv"\ndistinct = ["item"]'
    one, _, _ = made(tmp_path, "items", mapping, p="item,name\na,2\na,1\nb,3\n")
    other, _, _ = made(tmp_path, "items", mapping, p="item,name\nb,3\na,1\na,2\n")
    assert sorted(c["name"] for c in one) == sorted(c["name"] for c in other) == ["1", "3"]
    whole, _, _ = made(tmp_path, "items", mapping.replace('["item"]', "true"), p="item,name\na,2\na,2 \na,1\n")
    assert [tuple(c.values()) for c in whole] == [("a", "2"), ("a", "1")]


def test_bad_cells_behind_a_sum_keep_their_line(tmp_path):
    mapping = '[tables.inventory]\nfile = "s.csv"\nsum = {by = ["item"], of = ["on_hand"]}'
    cells, places, _ = made(tmp_path, "inventory", mapping, s="item,on_hand\na,1\na,x\na,2\n")
    assert [tuple(c.values()) for c in cells] == [("a", "3.0"), ("a", "x")]
    assert places == [("s.csv", 2), ("s.csv", 3)]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ('[table.items]\nfile = "a.csv"', "Key 'table' is not known; did you mean tables?"),
        ('[tables.itms]\nfile = "a.csv"', "There is no such table; did you mean items?"),
        (
            '[tables.items]\nfile = "a.csv"\nrenames = {}',
            "tables.items: Key 'renames' is not known; did you mean rename?",
        ),
        ("[tables.items]\nsources = []", "sources must be a list of sections"),
        ("[tables.items]\ndistinct = true", "Give a file or a view"),
        ('[tables.items]\nfile = "b.csv"', "No file is called 'b.csv'"),
        ('[tables.items]\nfile = "../*.csv"', "No file is called"),
        ('[tables.items]\nview = "v"', "There is no view 'v'"),
        ('[tables.items]\nview = "v"\n[views.v]\nview = "v"', "View 'v' is made from itself: v > v"),
        (
            '[tables.items]\nfile = "a.csv"\nrename = {x = "y"}',
            "items.rename: There is no column 'x'; there are item, n",
        ),
        ('[tables.items]\nfile = "a.csv"\nrename = {n = "item"}', "Column 'item' would stand twice"),
        ('[tables.items]\nfile = "a.csv"\nfactor = {n = "2"}', "must be a number"),
        ('[tables.items]\nfile = "a.csv"\nwhere = [{column = "n", op = "like", value = 1}]', "op 'like' is not known"),
        ('[tables.items]\nfile = "a.csv"\nunpivot = {keep = ["item"], heading = "h"}', "Key value is missing"),
        (
            '[tables.items]\nfile = "a.csv"\njoin = [{file = "d.csv", on = ["item"], take = ["w"]}]',
            "Two different rows agree",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, mapping, message):
    files = {"a": "item,n\nsaw,1\n", "d": "item,w\nsaw,1\nsaw,2\n"}
    with pytest.raises(DatasetRefused, match=message):
        made(tmp_path, "items", mapping, **files)


def test_dataset_section_stands_over_the_folders_own_head(tmp_path):
    (tmp_path / "dataset.toml").write_text(
        'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n'
        '[policy]\nworkforce = "integer"\n'
    )
    (tmp_path / "P.csv").write_text("code\nsaw\n")
    (tmp_path / "markets.csv").write_text("market,name,region\nshop,Shop,north\n")
    (tmp_path / "forecast.csv").write_text("item,market,date,quantity\nsaw,shop,2027-01-01,1\n")
    (tmp_path / "m.toml").write_text(
        '[dataset]\nhorizon = 3\n[dataset.policy]\nclosing_backlog = false\n[tables.items]\nfile = "P.csv"\n'
        'rename = {code = "item"}\nconstants = {name = "x", family = "f", uom = "u"}\n'
    )
    draft = read_dataset(tmp_path, tmp_path / "m.toml")
    assert (draft.head.name, draft.head.horizon) == ("A", 3)
    assert draft.head.policy == (("closing_backlog", False), ("workforce", "integer"))
    assert draft.tables["items"].select("item", "family").rows() == [("saw", "f")]
    assert [source.name for source in draft.sources] == ["P.csv", "forecast.csv", "markets.csv"]
    with pytest.raises(DatasetRefused, match=r"mapping none.toml: The file cannot be read"):
        read_dataset(tmp_path, tmp_path / "none.toml")
