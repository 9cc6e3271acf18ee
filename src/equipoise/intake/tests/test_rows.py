"""Rules about rows: duplicates, nesting, references, units and control totals, each on a small dataset."""

import math
from datetime import date

import pytest

from equipoise.intake import DatasetRefused, read_dataset

HEAD = 'name = "A"\ncurrency = "EUR"\nbucket = "week"\nstart = 2027-01-04\nhorizon = 4\n'
BASE = {
    "dataset.toml": HEAD,
    "items.csv": "item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n",
    "markets.csv": "market,name,region\nshop,Shop,north\nweb,Web,north\n",
    "sales_history.csv": "item,market,date,ordered_qty\nsaw,shop,2026-12-01,5\n",
}


@pytest.fixture
def dataset(tmp_path):
    """Reads BASE with other files over it; a file that is None is left out."""

    def read(**files):
        for name, text in {**BASE, **{key.replace("__", "."): text for key, text in files.items()}}.items():
            if text is not None:
                (tmp_path / name).write_text(text)
        return read_dataset(tmp_path)

    return read


def reasons(draft):
    return [(q.table, q.line, q.code) for q in draft.quarantine]


def codes(draft):
    return {f.code: f for f in draft.findings}


def test_duplicate_keys_are_left_out_all_of_them(dataset):
    draft = dataset(prices__csv="item,market,price\nsaw,shop,4\nsaw,shop,5\naxe,shop,6\n")
    assert draft.tables["prices"]["price"].to_list() == [6.0]
    assert reasons(draft) == [("prices", 2, "IN113"), ("prices", 3, "IN113")]
    assert draft.sums["prices"].sums_quarantined == {"price": 9.0}


def test_histories_are_added_up_whatever_the_order(dataset):
    cells = [0.1, 1e9, -1e9, 0.2, 0.3]
    rows = [f"saw,shop,2026-12-01,{cell!r}" for cell in cells]
    draft = dataset(sales_history__csv="\n".join(["item,market,date,ordered_qty", *rows]))
    turned = dataset(sales_history__csv="\n".join(["item,market,date,ordered_qty", *reversed(rows)]))
    assert draft.tables["sales_history"]["ordered_qty"].to_list() == [math.fsum(cells)]
    assert turned.tables["sales_history"].equals(draft.tables["sales_history"])
    assert codes(draft)["IN201"].count == 5
    assert "item saw" in codes(draft)["IN201"].message


def test_histories_of_two_locations_stay_two_rows_and_flags_are_not_added(dataset):
    draft = dataset(
        locations__csv="location,name,type\nL1,L1,dc\nL2,L2,dc\n",
        sales_history__csv="item,market,location,date,ordered_qty,stockout,note\n"
        "saw,shop,L1,2026-12-01,5,1,b\nsaw,shop,L1,2026-12-01,6,1,a\nsaw,shop,L2,2026-12-01,7,,\n",
    )
    frame = draft.tables["sales_history"]
    assert frame.select("location", "ordered_qty", "stockout", "note").rows() == [
        ("L1", 11.0, 1.0, "a | b"),
        ("L2", 7.0, None, ""),
    ]


def test_unknown_codes_take_their_dependants_along(dataset):
    draft = dataset(
        items__csv="item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,,unit\n",
        inventory__csv="item,location,on_hand\nsaw,anywhere,3\naxe,anywhere,4\n",
        prices__csv="item,market,price\nfamily:tools,,4\ntool,north,5\ntools,region:south,6\n",
    )
    assert reasons(draft) == [
        ("inventory", 3, "IN112"),
        ("items", 3, "IN108"),
        ("prices", 3, "IN112"),
        ("prices", 4, "IN112"),
    ]
    assert draft.tables["inventory"]["item"].to_list() == ["saw"]
    assert "did you mean 'tools'?" in draft.quarantined("prices")[0].reason


def test_suppliers_need_not_be_locations_but_resources_must_be_known(dataset):
    draft = dataset(
        locations__csv="location,name,type\nplant,Plant,plant\n",
        resources__csv="resource,location,name\nline,plant,Line\nghost,nowhere,Ghost\n",
        routings__csv="item,location,resource,hours_per_unit\nsaw,plant,line,1\naxe,plant,ghost,1\n",
        purchasing__csv="item,supplier,location,unit_cost,lead_time_days\nsaw,ACME,plant,1,2\n",
    )
    assert reasons(draft) == [("resources", 3, "IN112"), ("routings", 3, "IN112")]
    assert draft.tables["purchasing"].height == 1


def test_predecessors_that_do_not_exist_are_cleared(dataset):
    draft = dataset(items__csv="item,name,family,uom,predecessor\nsaw,Saw,tools,unit,old saw\naxe,Axe,tools,unit,saw\n")
    assert draft.tables["items"].select("item", "predecessor").rows() == [("axe", "saw"), ("saw", "")]
    assert codes(draft)["IN209"].message == "predecessor old saw is no item."


def test_levels_nest_by_majority_then_by_name(dataset):
    items = ["a,A,f1,c1,u", "b,B,f1,c2,u", "c,C,f1,c1,u", "d,D,f2,c9,u", "e,E,f2,c3,u", "saw,S,f3,,u"]
    expected = [("a", "c1"), ("c", "c1"), ("e", "c3"), ("saw", "")]
    for rows in (items, items[::-1]):
        draft = dataset(items__csv="\n".join(["item,name,family,category,uom", *rows]))
        assert draft.tables["items"].select("item", "category").rows() == expected
        assert {q.code for q in draft.quarantine} == {"IN114"}
        assert "elsewhere category 'c1'" in draft.quarantine[0].reason or "category 'c3'" in draft.quarantine[0].reason


def test_a_code_at_two_levels_is_a_note(dataset):
    draft = dataset(items__csv="item,name,family,uom\nsaw,Saw,tools,unit\ntools,Tools,tools,unit\n")
    assert codes(draft)["IN206"].message == "tools (item and family)."


def test_a_code_in_locations_and_markets_is_said(dataset):
    draft = dataset(locations__csv="location,name,type\nshop,Shop,store\n")
    assert codes(draft)["IN211"].message == "shop stands in both."


def test_columns_in_declared_order_then_unknown_ones_as_text(dataset):
    draft = dataset(markets__csv="zone,region,name,market,area\nz,north,Shop, shop ,7\n")
    columns = draft.tables["markets"].columns
    assert columns[:3] == ["market", "name", "region"]
    assert columns[-2:] == ["area", "zone"]
    assert draft.tables["markets"].row(0, named=True)["market"] == "shop"
    assert codes(draft)["IN203"].message == "Kept as text: area, zone."


def test_formulas_are_kept_as_text_with_a_note(dataset):
    draft = dataset(items__csv="item,name,family,uom\nsaw,=cmd|' /C calc'!A0,tools,unit\n")
    assert draft.tables["items"]["name"].to_list() == ["=cmd|' /C calc'!A0"]
    assert codes(draft)["IN205"].message == "Kept as text: items.csv line 2."


def test_history_outside_the_calendar_is_left_out(dataset):
    draft = dataset(sales_history__csv=BASE["sales_history.csv"] + "saw,shop,1900-01-01,7\nsaw,shop,2999-01-01,8\n")
    assert reasons(draft) == [("sales_history", 3, "IN111"), ("sales_history", 4, "IN111")]


def test_decimal_commas_are_read_when_the_whole_file_says_so(dataset):
    draft = dataset(sales_history__csv="item;market;date;ordered_qty\nsaw;shop;2026-12-01;5,25\naxe;web;2026-12-01;7\n")
    assert sorted(draft.tables["sales_history"]["ordered_qty"].to_list()) == [5.25, 7.0]
    assert {f.message for f in draft.findings if f.code == "IN204"} == {
        "cells are separated by ';'.",
        "1 numbers have a decimal comma, such as 5,25.",
    }


@pytest.mark.parametrize("cells", [("5,25", "7.5"), ("1,250", "3,000")])
def test_commas_that_may_mean_two_things_are_not_guessed_at(dataset, cells):
    rows = "".join(f"saw;shop;2026-12-0{n};{cell}\n" for n, cell in enumerate(cells, start=1))
    draft = dataset(sales_history__csv=f"item;market;date;ordered_qty\naxe;web;2026-12-01;7\n{rows}")
    assert {q.code for q in draft.quarantine} == {"IN106"}


def test_buckets_become_days(dataset):
    draft = dataset(
        purchasing__csv="item,supplier,location,unit_cost,lead_time_buckets\nsaw,ACME,plant,1,2\naxe,ACME,plant,1,soon\n"
    )
    assert draft.tables["purchasing"]["lead_time_days"].to_list() == [14.0]
    assert reasons(draft) == [("purchasing", 3, "IN104")]


def test_other_units_become_base_units(dataset):
    draft = dataset(
        uoms__csv="item,uom,factor\ntools,box,12\naxe,box,10\n,pallet,200\n",
        sales_history__csv="item,market,date,ordered_qty,uom\nsaw,shop,2026-12-01,2,box\naxe,shop,2026-12-01,2,box\n"
        "saw,web,2026-12-01,1,pallet\naxe,web,2026-12-01,3,unit\nsaw,web,2026-12-02,3,barrel\n",
        prices__csv="item,market,price,uom\nsaw,,5,unit\naxe,,60,box\n",
    )
    frame = draft.tables["sales_history"].select("item", "market", "ordered_qty")
    assert frame.rows() == [("axe", "shop", 20.0), ("axe", "web", 3.0), ("saw", "shop", 24.0), ("saw", "web", 200.0)]
    assert reasons(draft) == [("prices", 3, "IN115"), ("sales_history", 6, "IN115")]


def test_sums_conserve_what_was_read(dataset):
    cells = ["0.1", "0.2", "0.3", "7"]
    rows = [
        f"{key},{cell}" for key, cell in zip(("saw,shop,2026-12-01", "ghost,shop,2026-12-01") * 2, cells, strict=True)
    ]
    text = "\n".join([*rows[:3], f"saw,{cells[3]}"])
    draft = dataset(sales_history__csv="item,market,date,ordered_qty\n" + text)
    sums = draft.sums["sales_history"]
    assert sums.sums == {"ordered_qty": math.fsum([0.1, 0.3])}
    assert sums.sums_quarantined == {"ordered_qty": 0.2}
    assert sums.rows == 2


def test_missing_tables_state_their_defaults(dataset):
    notes = {f.where: f for f in dataset().findings if f.code == "IN202"}
    assert notes["table prices"].message == "Not given. The plan is in units only."
    assert "table targets" not in notes


def test_rows_without_cells_are_passed_over(dataset):
    draft = dataset(sales_history__csv=BASE["sales_history.csv"] + ",,,\n , ,,\n")
    assert draft.quarantine == ()
    assert codes(draft)["IN212"].count == 2


def test_parquet_means_the_same_as_csv(dataset, tmp_path):
    import polars as pl

    as_csv = dataset()
    (tmp_path / "sales_history.csv").unlink()
    frame = pl.DataFrame({"item": ["saw"], "market": ["shop"], "date": [date(2026, 12, 1)], "ordered_qty": [5]})
    frame.write_parquet(tmp_path / "sales_history.parquet")
    draft = read_dataset(tmp_path)
    assert draft.tables["sales_history"].equals(as_csv.tables["sales_history"])
    (tmp_path / "sales_history.parquet").write_bytes(b"PAR1 garbage")
    with pytest.raises(DatasetRefused, match=r"file sales_history\.parquet: is no Parquet file"):
        read_dataset(tmp_path)


def test_missing_columns_are_refused_together(dataset):
    with pytest.raises(DatasetRefused) as caught:
        dataset(items__csv="item,name,uom\nsaw,Saw,unit\n", markets__csv="name\nShop\n")
    assert [f.message for f in caught.value.findings] == [
        "items.csv line 1: no column family; it has item, name, uom.",
        "markets.csv line 1: no column market, region; it has name.",
    ]
