"""Corrections: on the text as delivered, month after month until the source is mended, in any order."""

import json
from itertools import permutations

import pytest

from equipoise.core.correction import Correction
from equipoise.core.snapshot import Snapshot
from equipoise.intake import (
    DatasetRefused,
    carry_over,
    correct,
    correction_as_json,
    correction_of_json,
    deliver,
    read_corrections,
    read_dataset,
    withdraw,
)
from equipoise.intake.correct import folded
from equipoise.intake.withdraw import NoSuchCorrection

FILES = {
    "dataset.toml": 'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n',
    "items.csv": "item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n",
    "markets.csv": "market,name,region\nshop,Shop,north\n",
    "prices.csv": "item,market,price\nsaw,shop,4\naxe,shop,6\n",
    "sales_history.csv": "item,market,date,ordered_qty\nsaw,shop,2026-12-01,1O\naxe,shop,31.12.2026,2\n"
    "saw,shop,2026-12-02,3\nasx,shop,2026-12-02,4\n",
}


@pytest.fixture
def months(tmp_path):
    """Writes FILES with other ones over them into a folder of that month."""

    def write(month="january", **files):
        place = tmp_path / month
        place.mkdir(exist_ok=True)
        for name, text in {**FILES, **{key.replace("__", "."): text for key, text in files.items()}}.items():
            if text is not None:
                (place / name).write_text(text)
        return place

    return write


def fix(table, column, old, new, by="ann", **key):
    return Correction(table, tuple(sorted(key.items())), column, old, new, by, "why not")


def out(table, by="ann", **key):
    return Correction(table, tuple(sorted(key.items())), "", "", "", by, "a test order")


PRICE = fix("prices", "price", "4.00", "5", item="saw", market="shop")
LETTER = fix("sales_history", "ordered_qty", "1O", "10", item="saw", date="2026-12-01")
DAY = fix("sales_history", "date", "31.12.2026", "2026-12-31", by="bob", item="axe", date="31.12.2026")
CODE = fix("sales_history", "item", "asx", "axe", item="asx", market="shop", date="2026-12-02")


def sales(draft):
    frame = draft.tables["sales_history"].select("item", "date", "ordered_qty")
    return [(item, day.isoformat()[5:], quantity) for item, day, quantity in frame.rows()]


def said(draft, code):
    return [f.message for f in draft.findings if f.code == code]


def sealed(draft):
    return Snapshot(
        draft.head,
        draft.tables,
        sources=draft.sources,
        lineage=draft.lineage,
        corrections=draft.corrections,
        carried=draft.given.carried,
    )


def test_rows_that_would_be_left_out_are_mended_before_they_are_typed(months):
    assert [q.code for q in read_dataset(months()).quarantine] == ["IN104", "IN107", "IN112"]
    draft = read_dataset(months(), corrections=[LETTER, DAY, CODE])
    assert draft.quarantine == ()
    assert sales(draft) == [("axe", "12-02", 4.0), ("axe", "12-31", 2.0), ("saw", "12-01", 10.0), ("saw", "12-02", 3.0)]
    assert draft.lineage["sales_history"]["@line"].to_list() == [5, 3, 2, 4], "they stand where they stood"
    assert said(draft, "IN309") == ["1 in date by bob, 1 in item by ann, 1 in ordered_qty by ann."]
    assert draft.sums["sales_history"].sums == {"ordered_qty": 19.0}


def test_their_order_does_not_matter(months):
    folder = months()
    corrections = [PRICE, LETTER, DAY, CODE, out("sales_history", item="saw", date="2026-12-02")]
    drafts = [read_dataset(folder, corrections=order) for order in permutations(corrections)]
    ids = {sealed(draft).id for draft in drafts}
    assert len(ids) == 1
    assert len({draft.findings for draft in drafts}) == 1
    step = read_dataset(folder)
    for correction in corrections:
        step = correct(step, [correction])
    assert {sealed(correct(step, corrections)).id} == ids, "one by one, and twice, is the same"


def test_numbers_and_days_are_compared_as_such(months):
    day = fix("sales_history", "ordered_qty", "3.0", "30", item="saw", date="2026-12-02T00:00")
    draft = read_dataset(months(), corrections=[PRICE, day])
    assert draft.tables["prices"].filter(item="saw")["price"].to_list() == [5.0]
    assert ("saw", "12-02", 30.0) in sales(draft)


def test_a_correction_stands_while_the_row_is_carried_and_while_the_source_is_not_mended(months):
    january = read_dataset(months(), corrections=[PRICE, LETTER, DAY, CODE])
    february = carry_over(sealed(january))
    assert said(february, "IN310") == [], "a carried row holds the new value, but its source does not"
    assert set(february.corrections) == {PRICE, LETTER, DAY, CODE}
    assert sales(february) == sales(january)
    again = deliver(february, months())
    assert sealed(again).id == sealed(january).id
    assert set(again.corrections) == {PRICE, LETTER, DAY, CODE}
    (text,) = said(again, "IN309")[:1]
    assert text == "1 in price by ann."


def test_a_mended_source_retires_the_correction(months):
    february = carry_over(sealed(read_dataset(months(), corrections=[PRICE, CODE])))
    mended = months("mended", prices__csv="item,market,price\nsaw,shop,5.0\naxe,shop,6\n",
                    sales_history__csv="item,market,date,ordered_qty\naxe,shop,2026-12-02,4\n")  # fmt: skip
    draft = deliver(february, mended)
    assert draft.corrections == ()
    assert sorted(said(draft, "IN310")) == [
        "date 2026-12-02, item asx, market shop: item is axe in the source; corrected by ann: why not (item was asx).",
        "item saw, market shop: price is 5.0 in the source; corrected by ann: why not (price was 4.00).",
    ]
    march = carry_over(sealed(draft))
    assert march.given.corrections == ()


def test_a_third_value_is_not_touched_and_both_are_named(months):
    february = carry_over(sealed(read_dataset(months(), corrections=[PRICE])))
    third = deliver(february, months("third", prices__csv="item,market,price\nsaw,shop,4.5\n"))
    assert third.tables["prices"]["price"].to_list() == [4.5]
    assert said(third, "IN311") == [
        "item saw, market shop: price is now 4.5, neither 4.0 nor 5.0 to which ann corrected it."
    ]
    assert third.corrections == (PRICE,), "it waits for a person"


def test_a_correction_without_a_row_is_said(months):
    gone = fix("prices", "price", "4", "5", item="hammer")
    idle = fix("lanes", "unit_cost", "4", "5", to="shop")
    draft = read_dataset(months(), corrections=[gone, idle])
    assert said(draft, "IN312") == [
        "1 corrections wait for rows: the table was not delivered, or is computed from order_lines.",
        "No row has item hammer; ann corrected its price.",
    ]
    assert draft.corrections == (gone, idle)


def test_two_new_values_for_one_cell_contradict_each_other(months):
    other = fix("prices", "price", "4", "7", by="bob", item="saw")
    for order in ([PRICE, other], [other, PRICE]):
        draft = read_dataset(months(), corrections=order)
        assert draft.tables["prices"].filter(item="saw")["price"].to_list() == [4.0]
        assert said(draft, "IN313") == ["item saw: price = 5.0 by ann; 7.0 by bob."]
    agrees = fix("prices", "price", "4", "5.0", by="bob", item="saw")
    assert said(read_dataset(months(), corrections=[PRICE, agrees]), "IN313") == []


def test_rows_left_out_on_purpose_are_in_quarantine_with_the_reason(months):
    excluded = out("sales_history", item="saw", date="2026-12-01")
    draft = read_dataset(months(), corrections=[excluded, DAY, CODE])
    (row,) = draft.quarantine
    assert (row.line, row.code, row.reason) == (2, "IN308", "left out on purpose by ann: a test order")
    assert {f.code: f.severity.value for f in draft.findings}["IN308"] == "note", "no error is left"
    february = carry_over(sealed(draft))
    assert february.corrections == (excluded, DAY, CODE)
    assert deliver(february, months()).quarantine == draft.quarantine
    gone = deliver(february, months("gone", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2026-12-02,3\n"))
    assert "no such row is delivered any more" in said(gone, "IN310")[0]


def test_one_of_two_rows_of_a_key_can_be_left_out(months):
    folder = months(prices__csv="item,market,price\nsaw,shop,4\nsaw,shop,5\n")
    assert [q.code for q in read_dataset(folder).quarantine if q.table == "prices"] == ["IN113", "IN113"]
    draft = read_dataset(folder, corrections=[out("prices", item="saw", price="5")])
    assert draft.tables["prices"]["price"].to_list() == [4.0]
    by_place = Correction("prices", (("@file", "prices.csv"), ("@line", "3")), "", "", "", "ann", "twice")
    assert read_dataset(folder, corrections=[by_place]).tables["prices"]["price"].to_list() == [4.0]


def test_a_row_that_is_no_row_can_be_left_out(months):
    folder = months(prices__csv="item,market,price\nsaw,shop,4\naxe,shop\n")
    draft = read_dataset(folder, corrections=[out("prices", item="axe")])
    assert [(q.line, q.code) for q in draft.quarantine if q.table == "prices"] == [(3, "IN308")]


def test_a_column_that_was_not_delivered_can_be_filled(months):
    draft = read_dataset(months(), corrections=[fix("prices", "rebate_pct", "", "10", item="saw")])
    assert draft.tables["prices"].filter(item="saw")["rebate_pct"].to_list() == [10.0]


def test_a_correction_of_an_appended_row_leaves_the_earlier_one_alone(months):
    february = carry_over(sealed(read_dataset(months(), corrections=[LETTER, DAY, CODE])))
    new = months("new", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2026-12-01,1O\n")
    draft = deliver(february, new, append=["sales_history"], tables=["sales_history"])
    assert ("saw", "12-01", 10.0) in sales(draft)
    assert draft.quarantine == ()
    mended = months("mended", sales_history__csv="item,market,date,ordered_qty\nsaw,shop,2026-12-01,10\n")
    after = deliver(february, mended, append=["sales_history"], tables=["sales_history"])
    assert after.corrections == (DAY, CODE)


def test_who_corrects_again_goes_on_from_the_first_correction(months):
    again = fix("prices", "price", "5", "6", by="bob", item="saw", market="shop")
    folder = months()
    for order in ([PRICE, again], [again, PRICE]):
        draft = read_dataset(folder, corrections=order)
        assert draft.tables["prices"].filter(item="saw")["price"].to_list() == [6.0]
        assert [(c.old, c.new, c.author) for c in draft.corrections] == [("4.00", "6", "bob")]
    february = correct(carry_over(sealed(read_dataset(folder, corrections=[PRICE]))), [again])
    assert february.tables["prices"].filter(item="saw")["price"].to_list() == [6.0]
    delivered = deliver(carry_over(sealed(february)), folder)
    assert delivered.tables["prices"].filter(item="saw")["price"].to_list() == [6.0]
    assert said(delivered, "IN311") == []


def test_long_chains_and_rings():
    steps = [fix("prices", "price", str(n), str(n + 1), by=f"p{n}", item="saw") for n in range(2000)]
    for order in (steps, steps[::-1], steps[::2] + steps[1::2]):
        assert [(c.old, c.new, c.author) for c in folded(order)] == [("0", "2000", "p1999")]
    ring = [fix("prices", "price", "4", "5", item="saw"), fix("prices", "price", "5", "4", item="saw")]
    assert folded(ring) == tuple(ring)


def test_a_withdrawn_correction_gives_the_delivered_value_back(months):
    january = read_dataset(months(), corrections=[PRICE, LETTER, DAY, CODE])
    assert sealed(withdraw(january, [PRICE, LETTER, DAY, CODE])).id == sealed(read_dataset(months())).id
    february = withdraw(carry_over(sealed(january)), [PRICE, CODE, LETTER])
    assert february.tables["prices"].filter(item="saw")["price"].to_list() == [4.0]
    assert sales(february) == [("axe", "12-31", 2.0), ("saw", "12-02", 3.0)], "what it mended is left out again"
    assert sorted(q.code for q in february.quarantine) == ["IN104", "IN112"]
    assert february.corrections == (DAY,)
    with pytest.raises(NoSuchCorrection, match="no correction of prices item saw, market shop by ann; it has 1"):
        withdraw(february, [PRICE])


def test_a_mended_part_of_a_sum_stays_in_force_while_it_is_carried(months):
    two = "item,market,date,ordered_qty\nsaw,shop,2026-12-01,1O\nsaw,shop,2026-12-01,3\n"
    folder = months(sales_history__csv=two)
    january = read_dataset(folder, corrections=[LETTER])
    assert sales(january) == [("saw", "12-01", 13.0)]
    february = carry_over(sealed(january))
    assert (sales(february), february.corrections, said(february, "IN311")) == (sales(january), (LETTER,), [])
    assert sales(deliver(february, folder)) == [("saw", "12-01", 13.0)], "delivered again, mended again"
    mended = deliver(february, months("mended", sales_history__csv=two.replace("1O", "10")))
    assert (sales(mended), mended.corrections) == ([("saw", "12-01", 13.0)], ())


def test_corrections_on_disk(tmp_path):
    listed = [PRICE, out("prices", item="axe")]
    path = tmp_path / "fixes.json"
    path.write_text(json.dumps({"format": 1, "corrections": [correction_as_json(c) for c in listed]}))
    assert read_corrections(path) == tuple(listed)
    assert read_corrections(path, "withdrawn") == ()
    path.write_text(json.dumps({"format": 1, "corrections": [], "withdrawn": [correction_as_json(PRICE)]}))
    assert read_corrections(path, "withdrawn") == (PRICE,)
    path.write_text(json.dumps({"format": 1, "corrections": [correction_as_json(c) for c in listed]}))
    assert json.loads(path.read_text())["corrections"][1] == {
        "table": "prices",
        "key": {"item": "axe"},
        "exclude": True,
        "author": "ann",
        "reason": "a test order",
    }


GOOD = {
    "table": "prices",
    "key": {"item": "saw"},
    "column": "price",
    "old": "4",
    "new": "5",
    "author": "a",
    "reason": "r",
}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ([], "It must be an object"),
        ({**GOOD, "by": "x"}, "Key 'by' is not known"),
        ({**GOOD, "table": "price"}, "did you mean prices"),
        ({**GOOD, "author": " "}, "Key author must be a text that is not blank"),
        ({**GOOD, "key": {}}, "Key key must be an object"),
        ({**GOOD, "key": {"item": ["x"]}}, "key item must be a text"),
        ({**GOOD, "key": {"@layer": "1"}}, "Column '@layer' of key is not known"),
        ({**GOOD, "column": "prize"}, "has no column 'prize'"),
        ({**GOOD, "new": "4.0"}, "old and new are the same, '4'"),
        ({**GOOD, "new": None}, "new must be a text"),
        ({**GOOD, "exclude": True}, "has no column, old and new"),
    ],
)
def test_entries_that_are_no_corrections_are_named(entry, message):
    with pytest.raises(DatasetRefused, match=message) as refused:
        correction_of_json(entry, "fixes.json, entry 1")
    assert [f.code for f in refused.value.findings] == ["IN301"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[]", 'must be an object with "format": 1'),
        (b'{"format": 2, "corrections": []}', 'must be an object with "format": 1'),
        (b"[" * 100_000, "is no JSON"),
        (b'{"format": 1, "corrections": [], "withdrawn": {}}', "two lists, and nothing else"),
        (b'{"format": 1, "corrections": [], "fixes": []}', "two lists, and nothing else"),
        (b'{"format": 1, "corrections": [' + b"0," * 100_000 + b"0]}", "100,001 corrections; 100,000 is the limit"),
    ],
)
def test_files_that_hold_no_corrections_are_refused(tmp_path, text, message):
    path = tmp_path / "fixes.json"
    path.write_bytes(text)
    section = "withdrawn" if b"withdrawn" in text else "corrections"
    with pytest.raises(DatasetRefused, match=message):
        read_corrections(path, section)
    with pytest.raises(DatasetRefused, match="cannot be read"):
        read_corrections(tmp_path / "nowhere.json")
