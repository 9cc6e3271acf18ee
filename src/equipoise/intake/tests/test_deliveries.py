"""Deliveries on last month's snapshot: what replaces, what is appended, what is carried, and that nothing doubles."""

from datetime import date
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import Snapshot
from equipoise.core.table import UnknownName
from equipoise.intake import DatasetRefused, carry_over, deliver, read_dataset
from equipoise.intake.carry_over import rolled_on

HEAD = 'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n'
JANUARY = {
    "dataset.toml": HEAD,
    "items.csv": "item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n",
    "markets.csv": "market,name,region\nshop,Shop,north\nweb,Web,north\n",
    "locations.csv": "location,name,type\nL1,L1,dc\nL2,L2,dc\n",
    "sales_history.csv": "item,market,date,ordered_qty,note\nsaw,shop,2026-12-01,5,x\nsaw,shop,2026-12-30,7,\n"
    "axe,shop,2026-12-30,2,\n",
    "prices.csv": "item,market,price\nsaw,shop,4\naxe,,6\n",
    "inventory.csv": "item,location,on_hand\nsaw,L1,10\n",
    "receipts.csv": "reference,line,item,location,due_date,quantity,type,status\n"
    "P,1,saw,L1,2027-01-10,3,purchase,firm\n",
}


@pytest.fixture
def folder(tmp_path):
    """Writes files into a new folder and returns it."""

    def write(name, **files):
        place = tmp_path / name
        place.mkdir()
        for file, text in files.items():
            (place / file.replace("__", ".")).write_text(text)
        return place

    return write


@pytest.fixture
def january(folder):
    return folder("january", **{name.replace(".", "__"): text for name, text in JANUARY.items()})


def sealed(draft):
    return Snapshot(
        draft.head,
        draft.tables,
        draft.findings,
        draft.sources,
        lineage=draft.lineage,
        corrections=draft.corrections,
        carried=draft.given.carried,
    )


@pytest.fixture
def february(january):
    """The draft of February, on which nothing was delivered yet."""
    return carry_over(sealed(read_dataset(january)))


def sales(draft):
    frame = draft.tables["sales_history"]
    return [(i, m, d.isoformat()[5:], q) for i, m, d, q in frame.select("item", "market", "date", "ordered_qty").rows()]


def said(draft, code):
    return [f.message for f in draft.findings if f.code == code]


def test_everything_is_carried_and_the_head_is_rolled_on(january, february):
    before = read_dataset(january)
    assert february.tables.keys() == before.tables.keys()
    assert all(february.tables[name].equals(frame) for name, frame in before.tables.items())
    assert february.head.start == date(2027, 2, 1)
    assert february.head.as_of == february.head.history_to == date(2027, 1, 31)
    assert february.head.horizon == 6
    assert february.quarantine == ()


def test_states_are_stale_until_they_are_delivered_against_as_of(february, folder):
    stale = {f.where: f.message for f in february.findings if f.code == "IN306"}
    assert stale == {
        "table inventory": "1 rows are true to 2026-12-31, the plan stands at 2027-01-31.",
        "table receipts": "1 rows are true to 2026-12-31, the plan stands at 2027-01-31.",
    }
    fresh = deliver(february, folder("new", inventory__csv="item,location,on_hand\nsaw,L1,8\n"))
    assert [f.where for f in fresh.findings if f.code == "IN306"] == ["table receipts"]
    assert "inventory" not in fresh.given.carried
    march = carry_over(sealed(fresh))
    assert march.given.carried["receipts"] == date(2026, 12, 31), "two months old, and it says so"
    assert march.given.carried["inventory"] == date(2027, 1, 31)
    assert "true to 2026-12-31, the plan stands at 2027-02-28" in said(march, "IN306")[1]


def test_the_same_as_of_leaves_no_state_stale(january, february, folder):
    again = deliver(february, folder("head", dataset__toml=HEAD))
    assert again.head == read_dataset(january).head
    assert said(again, "IN306") == []


def test_rows_keep_their_file_and_line_over_the_months(february):
    places = february.lineage["sales_history"].rows()
    assert places == [("sales_history.csv (as of 2026-12-31)", line) for line in (4, 2, 3)]
    march = carry_over(sealed(february))
    assert march.lineage["sales_history"].rows() == places, "carried twice, still as it was delivered"
    names = {source.name for source in march.sources}
    assert {"sales_history.csv (as of 2026-12-31)", "prices.csv (as of 2026-12-31)"} <= names


def test_a_delivered_table_replaces_and_the_others_stay(february, folder):
    draft = deliver(february, folder("new", prices__csv="item,market,price\nsaw,web,9\n"))
    assert draft.tables["prices"].select("item", "market", "price").rows() == [("saw", "web", 9.0)]
    assert draft.tables["sales_history"].equals(february.tables["sales_history"])
    assert draft.lineage["prices"].rows() == [("prices.csv", 2)]


def test_appended_days_are_added(february, folder):
    new = folder(
        "new", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2027-01-09,3\nsaw,shop,2027-01-09,4\n"
    )
    draft = deliver(february, new, append=["sales_history"])
    assert sales(draft) == [
        ("axe", "shop", "12-30", 2.0),
        ("saw", "shop", "12-01", 5.0),
        ("saw", "shop", "12-30", 7.0),
        ("saw", "shop", "01-09", 7.0),
    ], "rows of one key of one delivery are one total"
    assert draft.lineage["sales_history"].rows()[-1] == ("sales_history.csv", 2)
    assert said(draft, "IN302") == said(draft, "IN304") == []


def test_a_day_delivered_again_does_not_double(february, folder):
    new = folder(
        "new", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2026-12-30,8\nsaw,web,2026-12-30,1\n"
    )
    draft = deliver(february, new, append=["sales_history"])
    assert sales(draft) == [
        ("axe", "shop", "12-30", 2.0),
        ("saw", "shop", "12-01", 5.0),
        ("saw", "shop", "12-30", 8.0),
        ("saw", "web", "12-30", 1.0),
    ]
    assert said(draft, "IN302") == ["1 earlier rows gave way to rows of the same key that were delivered later."]
    (kept,) = said(draft, "IN304")
    assert "1 earlier rows of days that were delivered again stay (sales_history.csv (as of 2026-12-31) line 4)" in kept
    again = deliver(draft, new, append=["sales_history"])
    assert all(again.tables[name].equals(frame) for name, frame in draft.tables.items()), "twice is once"
    assert draft.sums["sales_history"].sums["ordered_qty"] == 16.0, "what gave way is not in the control total"


def test_another_location_is_a_row_of_its_own_and_said(february, folder):
    new = folder("new", sales_history__csv="item,market,location,date,ordered_qty\nsaw,shop,L1,2026-12-30,7\n")
    draft = deliver(february, new, append=["sales_history"])
    assert draft.tables["sales_history"]["ordered_qty"].sum() == 21.0
    (text,) = said(draft, "IN303")
    assert text.startswith("1 earlier rows have the key of a later one and another location")
    assert "line 3" in text


def test_a_row_that_is_left_out_takes_no_others_place(february, folder):
    new = folder("new", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2026-12-30,many\n")
    draft = deliver(february, new, append=["sales_history"])
    assert sales(draft) == sales(february)
    assert [(q.file, q.line, q.code) for q in draft.quarantine] == [("sales_history.csv", 2, "IN104")]


def test_other_tables_are_appended_by_their_key(february, folder):
    new = folder("new", prices__csv="item,market,price\nsaw,shop,5\nsaw,web,9\n")
    draft = deliver(february, new, append=["prices"])
    rows = draft.tables["prices"].select("item", "market", "price").rows()
    assert rows == [("axe", "", 6.0), ("saw", "shop", 5.0), ("saw", "web", 9.0)]
    twice = folder("twice", prices__csv="item,market,price\nsaw,shop,1\nsaw,shop,2\n")
    assert [q.code for q in deliver(february, twice, append=["prices"]).quarantine] == ["IN113", "IN113"]


def test_a_shorter_history_that_replaces_a_longer_one_is_said(february, folder):
    new = folder("new", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2027-01-09,3\n")
    assert said(deliver(february, new), "IN305") == [
        "3 rows from before 2027-01-09 stood in the draft and are not in sales_history.csv."
    ]
    assert said(deliver(february, new, append=["sales_history"]), "IN305") == []


def test_only_the_tables_asked_for_are_taken(january, february, folder):
    draft = deliver(february, january, tables=["prices"])
    assert draft.given.carried.keys() == february.given.carried.keys() - {"prices"}
    with pytest.raises(UnknownName, match="did you mean prices"):
        deliver(february, january, tables=["price"])
    with pytest.raises(UnknownName, match="no table 'sales'"):
        deliver(february, january, append=["sales"])


def test_a_file_that_is_refused_leaves_the_draft_as_it_was(february, folder):
    before = (february.given, dict(february.tables), february.findings)
    with pytest.raises(DatasetRefused, match="never closed"):
        deliver(february, folder("bad", prices__csv='item,price\n"saw,1\n', items__csv="item,name,family,uom\n"))
    assert (february.given, dict(february.tables), february.findings) == before


def test_two_files_of_one_name_are_told_apart(february, folder):
    first = folder("first", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2027-01-09,3\n")
    second = folder("second", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2027-01-10,4\n")
    draft = deliver(deliver(february, first, append=["sales_history"]), second, append=["sales_history"])
    assert draft.lineage["sales_history"].rows()[-2:] == [("sales_history.csv", 2), ("sales_history.csv (2)", 2)]
    digests = {s.name: s.digest for s in draft.sources}
    assert digests["sales_history.csv"] != digests["sales_history.csv (2)"]
    once_more = deliver(draft, second, append=["sales_history"])
    assert once_more.lineage["sales_history"].rows()[-1] == ("sales_history.csv (2)", 2), "the same file, the same name"


def test_a_new_item_master_without_an_item_takes_its_rows_along(february, folder):
    draft = deliver(february, folder("new", items__csv="item,name,family,uom\nsaw,Saw,tools,unit\n"))
    out = [(q.table, q.file, q.line) for q in draft.quarantine]
    assert out == [
        ("prices", "prices.csv (as of 2026-12-31)", 3),
        ("sales_history", "sales_history.csv (as of 2026-12-31)", 4),
    ]


def test_a_mapping_of_part_of_the_head_stands_over_the_rolled_head(february, folder):
    mapping = '[tables.prices]\nfile = "p.csv"\nrename = {code = "item"}\n[dataset]\nhorizon = 9\n'
    new = folder("new", p__csv="code,price\nsaw,3\n", m__toml=mapping)
    draft = deliver(february, new, new / "m.toml")
    assert (draft.head.start, draft.head.horizon, draft.head.as_of) == (date(2027, 2, 1), 9, date(2027, 1, 31))
    assert draft.tables["prices"]["price"].to_list() == [3.0]


def test_quantities_in_other_units_are_converted_once(folder):
    files = {name.replace(".", "__"): text for name, text in JANUARY.items()}
    files["uoms__csv"] = "item,uom,factor\nsaw,box,12\n"
    files["sales_history__csv"] = "item,market,date,ordered_qty,uom\nsaw,shop,2026-12-01,2,box\n"
    draft = read_dataset(folder("january", **files))
    assert draft.tables["sales_history"].select("ordered_qty", "uom").rows() == [(24.0, "")]
    assert carry_over(sealed(draft)).tables["sales_history"]["ordered_qty"].to_list() == [24.0]


LINES = "order,line,schedule,item,market,ordered_date,requested_date,shipped_date,ordered_qty,shipped_qty\n"


def test_order_lines_and_what_was_made_of_them(folder):
    files = {name.replace(".", "__"): text for name, text in JANUARY.items() if name != "sales_history.csv"}
    files["order_lines__csv"] = (
        LINES + "1,1,,saw,shop,2026-12-01,2026-12-09,2026-12-09,5,5\n2,1,,axe,web,2026-12-20,2027-01-09,,4,\n"
    )
    january = read_dataset(folder("january", **files))
    assert january.lineage["sales_history"].rows() == [("order_lines.csv", 0)] * january.tables["sales_history"].height
    february = carry_over(sealed(january))
    assert all(february.tables[name].equals(frame) for name, frame in january.tables.items())
    assert "table open_orders" in {f.where for f in february.findings if f.code == "IN306"}
    new = LINES + "2,1,,axe,web,2026-12-20,2027-01-09,2027-01-09,4,4\n3,1,,saw,web,2027-01-20,2027-02-09,,6,\n"
    draft = deliver(february, folder("new", order_lines__csv=new), append=["order_lines"])
    assert draft.tables["order_lines"]["order"].to_list() == ["1", "2", "3"], "line 2 was shipped meanwhile"
    assert draft.tables["open_orders"].select("order", "quantity").rows() == [("3", 6.0)]
    assert draft.tables["sales_history"]["shipped_qty"].sum() == 9.0
    assert not [f.where for f in draft.findings if f.code == "IN306" and "orders" in f.where]


@pytest.mark.parametrize(
    ("head", "rolled"),
    [
        ({"as_of": date(2026, 12, 28)}, (date(2027, 2, 1), date(2027, 1, 28), date(2027, 1, 28))),
        ({"as_of": date(2027, 1, 31), "history_to": date(2026, 12, 31)},
         (date(2027, 2, 1), date(2027, 2, 28), date(2027, 1, 31))),
        ({"history_to": date(2026, 11, 30)}, (date(2027, 2, 1), date(2027, 1, 31), date(2026, 12, 31))),
        ({"bucket": "week", "start": date(2027, 1, 4)}, (date(2027, 1, 11), date(2027, 1, 10), date(2027, 1, 10))),
        ({"bucket": "4-4-5", "start": date(2027, 1, 4), "fiscal_year_start": (date(2026, 1, 5), date(2027, 1, 4))},
         (date(2027, 2, 1), date(2027, 1, 31), date(2027, 1, 31))),
    ],
)  # fmt: skip
def test_days_of_the_head_keep_their_place_in_the_bucket(head, rolled):
    given_head = {"name": "A", "currency": "EUR", "bucket": "month", "start": date(2027, 1, 1), "horizon": 6, **head}
    found = rolled_on(DatasetHead.of(**given_head))
    assert (found.start, found.as_of, found.history_to) == rolled


def test_a_calendar_that_ends_is_refused():
    dated = DatasetHead.of(name="A", currency="EUR", bucket="month", start=date(2027, 1, 1), horizon=143)
    with pytest.raises(DatasetRefused, match=r"cannot be rolled on: .*Deliver a head"):
        for _ in range(12):
            dated = rolled_on(dated)


cells = st.tuples(
    st.sampled_from(["saw", "axe"]),
    st.sampled_from(["shop", "web"]),
    st.integers(1, 28),
    st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False).map(lambda x: x + 0.0),
)


@given(st.lists(cells, min_size=1, max_size=8), st.lists(cells, max_size=8))
@settings(max_examples=25)
def test_carried_and_appended_rows_are_those_of_the_last_word(tmp_path_factory, first, second):
    place = tmp_path_factory.mktemp("p")
    for name, text in JANUARY.items():
        (place / name).write_text(text)
    rows = lambda cells: "".join(f"{i},{m},2026-12-{d:02d},{q!r}\n" for i, m, d, q in cells)  # noqa: E731
    (place / "sales_history.csv").write_text("item,market,date,ordered_qty\n" + rows(first))
    january = read_dataset(place)
    february = carry_over(sealed(january))
    assert all(february.tables[name].equals(frame) for name, frame in january.tables.items())
    new = tmp_path_factory.mktemp("n")
    (new / "sales_history.csv").write_text("item,market,date,ordered_qty\n" + rows(second))
    draft = deliver(february, new, append=["sales_history"])
    expected = {}
    for delivery in (first, second):
        expected |= {
            key: fsum(q for *other, q in delivery if tuple(other) == key) + 0.0
            for key in {cell[:3] for cell in delivery}
        }
    frame = draft.tables["sales_history"]
    found = {(i, m, d.day): q for i, m, d, q in frame.select("item", "market", "date", "ordered_qty").rows()}
    assert found == expected
