"""What stands in a row: delivered cells with the corrections of people, by the newest delivery."""

import pytest

from equipoise.core.correction import Correction
from equipoise.core.snapshot import FILE, LINE
from equipoise.core.table import UnknownName
from equipoise.gather import gather
from equipoise.intake import carry_over, correct, deliver, read_dataset, standing_rows

FILES = {
    "dataset.toml": 'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n',
    "items.csv": "item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n",
    "markets.csv": "market,name,region\nshop,Shop,north\n",
    "prices.csv": "item,market,price\nsaw,shop,4\naxe,shop,6\n",
    "sales_history.csv": "item,market,date,ordered_qty\nsaw,shop,2026-12-01,1O\nsaw,shop,2026-12-02,3\n"
    "saw,shop,2026-12-02,4\nasx,shop,2026-12-02,5\n",
}


@pytest.fixture
def draft(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return read_dataset(tmp_path)


def fix(table, column, old, new, **key):
    return Correction(table, tuple(sorted(key.items())), column, old, new, "ann", "why not")


def stands(draft, column, table="sales_history", **key):
    rows = standing_rows(draft, table, key)
    return list(zip(rows[LINE].to_list(), rows[column].to_list(), strict=True)) if rows.height else []


def test_delivered_cells_stand_whether_their_rows_count_or_not(draft):
    assert stands(draft, "ordered_qty", item="saw", date="2026-12-01") == [(2, "1O")]  # left out
    assert stands(draft, "ordered_qty", item="saw", date="2026-12-02") == [(3, "3"), (4, "4")]  # added up
    assert stands(draft, "price", "prices", item="saw", price="4.00") == [(2, "4")]
    assert stands(draft, "price", "prices", item="saw", rebate_pct="") == [(2, "4")]  # a column that was not given
    assert stands(draft, "price", "prices", item="saw", rebate_pct="5") == []
    assert stands(draft, "price", "budget", item="saw") == []
    with pytest.raises(UnknownName):
        standing_rows(draft, "price_list", {})


def test_a_corrected_row_is_found_by_what_it_says_now(draft):
    mended = correct(draft, [fix("sales_history", "item", "asx", "axe", item="asx")])
    assert stands(mended, "ordered_qty", item="axe") == [(5, "5")]
    assert stands(mended, "ordered_qty", item="asx") == []
    again = correct(mended, [fix("sales_history", "ordered_qty", "5", "6", item="asx")])
    assert stands(again, "ordered_qty", item="axe") == [(5, "6.0")]


def test_a_row_left_out_on_purpose_stands_no_more(draft):
    out = Correction("sales_history", (("item", "asx"),), "", "", "", "ann", "a test order")
    assert stands(correct(draft, [out]), "ordered_qty", item="asx") == []


def test_of_two_deliveries_the_newest_counts(draft, tmp_path):
    later = tmp_path / "later"
    later.mkdir()
    (later / "prices.csv").write_text("item,market,price\nsaw,shop,7\n")
    carried = carry_over(gather(draft))
    assert stands(carried, "price", "prices", item="axe") == [(3, "6.0")]
    appended = deliver(carried, later, append=["prices"])
    assert stands(appended, "price", "prices", item="saw") == [(2, "7")]
    assert standing_rows(appended, "prices", {"item": "saw"})[FILE].to_list() == ["prices.csv"]
    assert stands(appended, "price", "prices", item="axe") == [(3, "6.0")]
