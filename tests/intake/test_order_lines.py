"""Order lines become sales history and open orders; no unit is lost on the way."""

from datetime import date, timedelta
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.intake import DatasetRefused, read_dataset
from equipoise.intake.order_book import OrderBook, open_orders_of, sales_history_of

LINES = table("order_lines")
START = date(2026, 9, 1)
AS_OF = date(2026, 12, 31)
HEADING = (
    "order,line,schedule,item,market,location,ordered_date,requested_date,promised_date,shipped_date,"
    "ordered_qty,shipped_qty,cancelled_qty,net_amount,currency,abnormal"
)


@pytest.fixture
def dataset(tmp_path):
    """Reads a dataset with these order lines and other files."""

    def read(*lines, heading=HEADING, **files):
        head = 'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n'
        (tmp_path / "dataset.toml").write_text(head)
        (tmp_path / "items.csv").write_text("item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n")
        (tmp_path / "markets.csv").write_text("market,name,region\nshop,Shop,north\nweb,Web,north\n")
        (tmp_path / "order_lines.csv").write_text("\n".join([heading, *lines]) + "\n")
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return read_dataset(tmp_path)

    return read


def said(draft):
    return {f.code: f.message for f in draft.findings}


def test_each_measure_has_its_own_day(dataset):
    draft = dataset("O1,1,,saw,shop,dc,2026-10-05,2026-11-10,2026-11-12,2026-11-20,10,6,1,200,,")
    history = draft.tables["sales_history"]
    assert history.drop("returned_qty", "cost_amount", "stockout").rows() == [
        ("saw", "shop", "dc", date(2026, 10, 5), 0.0, 0.0, 9.0, 0.0, 0.0),
        ("saw", "shop", "dc", date(2026, 11, 10), 9.0, 0.0, 0.0, 0.0, 0.0),
        ("saw", "shop", "dc", date(2026, 11, 20), 0.0, 0.0, 0.0, 6.0, 120.0),
    ]
    assert draft.tables["open_orders"].rows() == [
        ("O1", "1", "saw", "shop", "dc", date(2026, 11, 10), date(2026, 11, 12), 3.0, 20.0, None, None)
    ]
    assert said(draft)["IN214"] == "1 lines became 3 rows of sales_history and 1 rows of open_orders."
    assert draft.tables["order_lines"].height == 1
    assert not [f for f in draft.findings if f.code == "IN202" and "sales_history" in f.where]


def test_on_time_is_what_left_by_the_requested_day(dataset):
    draft = dataset(
        "O1,1,a,saw,shop,,2026-10-05,2026-11-10,,2026-11-10,10,12,,,,",
        "O1,1,b,saw,shop,,2026-10-05,2026-11-10,,2026-11-11,5,5,,,,",
        "O1,1,c,saw,shop,,2026-10-05,2026-11-10,,2026-11-09,4,,1,,,",
    )
    row = draft.tables["sales_history"].filter(date=date(2026, 11, 10)).row(0, named=True)
    assert (row["ordered_qty"], row["on_time_qty"], row["shipped_qty"]) == (18.0, 13.0, 12.0)
    assert draft.tables["sales_history"]["shipped_qty"].sum() == 20.0, "with a ship date alone, the net has left"
    assert draft.tables["open_orders"].height == 0, "too much shipped opens nothing"


def test_schedules_and_the_abnormal_flag_are_carried(dataset):
    draft = dataset(
        "O1,1,1,saw,shop,,2026-12-05,2027-01-10,2027-01-12,,10,,,100,,1",
        "O1,1,2,saw,shop,,2026-12-05,2027-02-10,,,10,,10,100,,",
        "O1,2,,axe,web,,2026-12-05,2027-02-10,,,7,,,,,",
    )
    chosen = draft.tables["open_orders"].select("order", "line", "promised_date", "quantity", "price", "abnormal")
    assert chosen.rows() == [
        ("O1", "1/1", date(2027, 1, 12), 10.0, 10.0, 1.0),
        ("O1", "2", None, 7.0, None, None),
    ]


def test_money_of_other_currencies_is_not_guessed_at(dataset):
    draft = dataset(
        "O1,1,,saw,shop,,2026-11-01,2026-11-10,,2026-11-10,1,1,,100,EUR,",
        "O1,2,,saw,shop,,2026-11-01,2026-11-10,,2026-11-10,1,1,,100,USD,",
        "O1,3,,axe,shop,,2026-11-01,2026-11-10,,2026-11-10,1,1,,100,,",
        "O1,4,,axe,shop,,2026-11-01,2026-11-11,,2026-11-11,1,1,,,,",
        "O1,5,,axe,shop,,2026-11-01,2027-01-11,,,1,,,70,USD,",
    )
    shipped = draft.tables["sales_history"]
    revenue = {(item, day): amount for item, day, amount in shipped.select("item", "date", "revenue_amount").rows()}
    assert revenue["saw", date(2026, 11, 10)] is None
    assert revenue["axe", date(2026, 11, 10)] == 100.0
    assert revenue["axe", date(2026, 11, 11)] is None
    assert said(draft)["IN215"] == "2 of 4 shipped lines have money in USD or none: revenue of their days is blank."
    assert draft.tables["open_orders"]["price"].to_list() == [None]


def test_order_lines_win_over_the_tables_made_from_them(dataset):
    draft = dataset(
        "O1,1,,saw,shop,,2026-11-01,2026-11-10,,2026-11-10,1,1,,,,",
        sales_history="item,market,date,ordered_qty\nsaw,shop,2026-11-10,99\n",
        open_orders="order,line,item,market,requested_date,quantity\nX,1,saw,shop,2027-01-10,99\n",
    )
    assert draft.tables["sales_history"]["ordered_qty"].sum() == 1.0
    assert draft.tables["open_orders"].height == 0
    places = [(f.where, f.message) for f in draft.findings if f.code == "IN213"]
    assert places == [
        ("table open_orders", "open_orders.csv was left out: order_lines say the same in detail."),
        ("table sales_history", "sales_history.csv was left out: order_lines say the same in detail."),
    ]


def test_without_shipments_open_orders_stand_by_themselves(dataset):
    short = "order,line,item,market,ordered_date,requested_date,ordered_qty"
    draft = dataset(
        "O1,1,saw,shop,2026-11-01,2026-11-10,5",
        heading=short,
        open_orders="order,line,item,market,requested_date,quantity\nX,1,saw,shop,2027-01-10,9\n",
    )
    assert draft.tables["open_orders"]["quantity"].to_list() == [9.0]
    assert draft.tables["sales_history"]["shipped_qty"].null_count() == 2
    assert draft.tables["sales_history"]["on_time_qty"].null_count() == 2


def test_shipments_without_any_dates_still_say_what_is_open(dataset):
    draft = dataset(
        "O1,1,saw,shop,2026-11-01,2026-11-10,5,3",
        heading="order,line,item,market,ordered_date,requested_date,ordered_qty,shipped_qty",
    )
    assert draft.tables["open_orders"]["quantity"].to_list() == [2.0]
    assert draft.tables["sales_history"]["shipped_qty"].null_count() == 2


def test_what_left_after_as_of_is_open(dataset):
    draft = dataset("O1,1,,saw,shop,,2026-11-01,2026-12-30,,2027-01-02,5,5,,,,")
    assert draft.tables["open_orders"]["quantity"].to_list() == [5.0]
    assert said(draft)["IN216"].startswith("1 lines were entered or shipped after 2026-12-31")


def test_lines_that_contradict_themselves_are_left_out(dataset):
    draft = dataset(
        "O1,1,,saw,shop,,2026-11-01,2026-11-10,,2026-11-10,5,5,,,,",
        "O1,2,,saw,shop,,2026-11-01,2026-11-10,,,-5,,,,,",
        "O1,3,,saw,shop,,2026-11-01,2026-11-10,,,5,,6,,,",
        "O1,4,,saw,shop,,2026-11-01,2026-11-10,,,5,4,,,,",
        "O1,5,,saw,shop,,1826-11-01,2026-11-10,,,5,,,,,",
        "O1,6,,ghost,shop,,2026-11-01,2026-11-10,,,5,,,,,",
    )
    assert [(q.line, q.code) for q in draft.quarantine] == [
        (3, "IN117"),
        (4, "IN117"),
        (5, "IN117"),
        (6, "IN111"),
        (7, "IN112"),
    ]
    assert draft.tables["sales_history"]["ordered_qty"].sum() == 5.0


def test_order_lines_that_are_all_left_out_are_no_demand(dataset):
    with pytest.raises(DatasetRefused, match="order_lines: All 1 rows were left out"):
        dataset("O1,1,,ghost,shop,,2026-11-01,2026-11-10,,,5,,,,,")


quantities = st.integers(min_value=0, max_value=10_000).map(lambda quarter: quarter / 4)
days = st.integers(min_value=0, max_value=150).map(lambda day: START + timedelta(days=day))


@st.composite
def order_books(draw):
    rows = {name: [] for name in LINES.names}
    for number in range(draw(st.integers(min_value=1, max_value=12))):
        ordered = draw(quantities)
        left = draw(st.none() | days)
        line = {
            "order": f"O{number // 3}",
            "line": str(number),
            "schedule": draw(st.sampled_from(["", "1"])),
            "item": draw(st.sampled_from(["saw", "axe"])),
            "market": draw(st.sampled_from(["shop", "web"])),
            "location": draw(st.sampled_from(["", "dc"])),
            "ordered_date": draw(days),
            "requested_date": draw(days),
            "promised_date": None,
            "shipped_date": left,
            "ordered_qty": ordered,
            "shipped_qty": draw(quantities | st.none()) if left else None,
            "cancelled_qty": draw(st.none() | st.sampled_from([0.0, ordered / 2, ordered])),
            "net_amount": draw(st.none() | quantities),
            "currency": draw(st.sampled_from(["", "EUR", "USD"])),
            "abnormal": None,
        }
        for name, value in line.items():
            rows[name].append(value)
    return OrderBook(conformed(LINES, rows), LINES.names, AS_OF, "EUR")


@given(order_books())
def test_sums_are_conserved(book):
    rows = list(book.rows())
    net, shipped = fsum(row.net for row in rows), fsum(row.shipped for row in rows)
    history = sales_history_of(book)
    assert fsum(history["ordered_qty"]) == fsum(history["booked_qty"]) == net
    assert fsum(history["shipped_qty"]) == shipped
    assert (history["on_time_qty"] <= history["ordered_qty"]).all()
    assert history.select("item", "market", "location", "date").is_unique().all()
    still = fsum(
        max(0.0, row.net - (0.0 if row.shipped_date and row.shipped_date > AS_OF else row.shipped)) for row in rows
    )
    assert fsum(open_orders_of(book)["quantity"]) == still


@given(order_books())
def test_the_order_of_lines_changes_nothing(book):
    turned = OrderBook(book.lines.reverse(), book.given, book.as_of, book.currency)
    assert sales_history_of(turned).equals(sales_history_of(book))
    assert sorted(open_orders_of(turned)["line"]) == sorted(open_orders_of(book)["line"])
