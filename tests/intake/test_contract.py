"""The head of the import contract, sentence by sentence: how files may be written and what a node may be."""

import sqlite3
from datetime import date

import pytest

from equipoise.gather import gather
from equipoise.intake import Database, DatasetRefused, carry_over, deliver, read_dataset

HEAD = 'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n'
BASE = {
    "dataset.toml": HEAD,
    "items.csv": "item,name,family,category,uom\nsaw,Säge,tools,hard,unit\naxe,Axt,tools,hard,unit\n",
    "markets.csv": "market,name,region,channel,customer\nshop,Shop,north,retail,Bo\nweb,Web,north,online,\n",
    "forecast.csv": "item,market,date,quantity\nsaw,shop,2027-01-15,5\n",
}


@pytest.fixture
def dataset(tmp_path):
    """Reads BASE with other files over it, texts as UTF-8 and bytes as they are; `mapping` is a mapping file."""

    def read(mapping=None, **files):
        for name, data in {**BASE, **{key.replace("__", "."): data for key, data in files.items()}}.items():
            if data is not None:
                (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        if mapping is not None:
            (tmp_path / "mapping.toml").write_text(mapping)
        return read_dataset(tmp_path, tmp_path / "mapping.toml" if mapping is not None else None)

    return read


def names(draft):
    return draft.tables["items"]["name"].sort().to_list()


def codes(draft):
    return {f.code for f in draft.findings}


@pytest.mark.parametrize(
    ("encoding", "is_said"), [("utf-8", False), ("utf-8-sig", False), ("utf-16", True), ("utf-16-be-mark", True)]
)
def test_files_are_utf8_with_or_without_mark_or_utf16_with_mark(dataset, encoding, is_said):
    text = BASE["items.csv"]
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding)
    draft = dataset(items__csv=data)
    assert names(draft) == ["Axt", "Säge"]
    assert ("IN204" in codes(draft)) == is_said


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp850"])
def test_other_encodings_come_in_through_a_mapping_only(dataset, encoding):
    data = BASE["items.csv"].encode(encoding)
    with pytest.raises(DatasetRefused, match=r"line 2: byte 0x[0-9a-f]+ is not UTF-8.*another encoding may be named"):
        dataset(items__csv=data)
    draft = dataset(f'[tables.items]\nfile = "items.csv"\nencoding = "{encoding}"\n', items__csv=data)
    assert names(draft) == ["Axt", "Säge"]


@pytest.mark.parametrize("encoding", ["klingon", "hex", "undefined", "idna"])
def test_encodings_that_are_none_are_named(dataset, encoding):
    with pytest.raises(DatasetRefused, match=f"there is no encoding '{encoding}'|is not {encoding}"):
        dataset(f'[tables.items]\nfile = "items.csv"\nencoding = "{encoding}"\n')


def test_semicolons_with_decimal_commas_are_read_with_a_finding(dataset):
    draft = dataset(forecast__csv="item;market;date;quantity\nsaw;shop;2027-01-15;5,25\naxe;shop;2027-01-15;1250,5\n")
    assert draft.tables["forecast"]["quantity"].to_list() == [1250.5, 5.25]
    said = [f.message for f in draft.findings if f.code == "IN204"]
    assert said == ["2 numbers have a decimal comma, such as 5,25.", "cells are separated by ';'."]


def test_dates_other_than_iso_come_in_through_a_mapping_only(dataset):
    text = "item,market,date,quantity\nsaw,shop,15.01.2027,5\naxe,shop,15.01.2027,6\n"
    with pytest.raises(DatasetRefused, match=r"date = '15.01.2027' is not a day such as 2027-01-31"):
        dataset(forecast__csv=text)
    draft = dataset('[tables.forecast]\nfile = "forecast.csv"\ndates = {date = "%d.%m.%Y"}\n', forecast__csv=text)
    assert draft.tables["forecast"]["date"].unique().to_list() == [date(2027, 1, 15)]


EXPORT = (
    "Forecast of the north;;;\nprinted 15.01.2027;;;\n\nArtikel;Jan 27;Feb 27;Kunde\nsaw;1.250,5;7;shop\n"
    "axe;2;-;shop\nold;1;1;shop\n"
)
WIDE = """
[tables.forecast]
file = "Export.txt"
encoding = "cp1252"
heading_line = 4
unpivot = {keep = ["Artikel", "Kunde"], heading = "date", value = "quantity"}
rename = {Artikel = "item", Kunde = "market"}
replace = {quantity = {"-" = "0"}, date = {"Jan 27" = "01.01.2027", "Feb 27" = "01.02.2027"}}
numbers = {columns = ["quantity"], decimal = ",", thousands = "."}
dates = {date = "%d.%m.%Y"}
where = [{column = "item", op = "!=", value = "old"}]
factor = {quantity = 12}
constants = {period = "month"}
"""


def test_a_wide_export_with_titles_above_its_heading(dataset):
    draft = dataset(WIDE, forecast__csv=None, Export__txt=EXPORT.encode("cp1252"))
    assert draft.tables["forecast"].select("item", "market", "date", "quantity", "period").rows() == [
        ("axe", "shop", date(2027, 1, 1), 24.0, "month"),
        ("axe", "shop", date(2027, 2, 1), 0.0, "month"),
        ("saw", "shop", date(2027, 1, 1), 15006.0, "month"),
        ("saw", "shop", date(2027, 2, 1), 84.0, "month"),
    ]
    assert draft.lineage["forecast"].rows() == [
        ("Export.txt", 6),
        ("Export.txt", 6),
        ("Export.txt", 5),
        ("Export.txt", 5),
    ]
    assert {f.message for f in draft.findings if f.code == "IN208"} == {"2 of 6 rows do not meet where."}


def test_bad_rows_below_a_title_are_named_by_their_line(dataset):
    text = "a title\n\nitem,market,date,quantity\nsaw,shop,2027-01-15,many\nsaw,shop\nsaw,shop,2027-01-15,5\n"
    draft = dataset('[tables.forecast]\nfile = "forecast.csv"\nheading_line = 3\n', forecast__csv=text)
    assert [(q.line, q.code) for q in draft.quarantine] == [(4, "IN104"), (5, "IN101")]


def test_a_sheet_whose_heading_stands_lower(dataset, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Plan 2027"
    for row in (["Forecast"], [None], ["item", "market", "date", "quantity"], ["saw", "shop", date(2027, 1, 15), 5]):
        book.active.append(row)
    for name in ("dataset", "items", "markets"):
        sheet = book.create_sheet(name)
        text = BASE[f"{name}.csv"] if name != "dataset" else HEAD.replace(" = ", ",").replace('"', "")
        for line in text.splitlines():
            sheet.append(line.split(","))
    book.save(tmp_path / "company.xlsx")
    (tmp_path / "m.toml").write_text('[tables.forecast]\nfile = "company.xlsx/Plan 2027"\nheading_line = 3\n')
    draft = read_dataset(tmp_path / "company.xlsx", tmp_path / "m.toml")
    assert draft.tables["forecast"]["quantity"].to_list() == [5.0]
    assert draft.lineage["forecast"].rows() == [("company.xlsx/Plan 2027", 4)]


@pytest.mark.parametrize("line", ["0", "-1", "true", '"3"'])
def test_a_heading_line_is_a_number_of_a_line(dataset, line):
    with pytest.raises(DatasetRefused, match=r"heading_line: .* must be the number of a line"):
        dataset(f'[tables.forecast]\nfile = "forecast.csv"\nheading_line = {line}\n')


def test_a_heading_line_beyond_the_file_finds_nothing(dataset):
    with pytest.raises(DatasetRefused, match="is empty; the first line must name the columns"):
        dataset('[tables.forecast]\nfile = "forecast.csv"\nheading_line = 9\n')


def test_codes_are_trimmed_and_keep_their_case(dataset):
    draft = dataset(
        items__csv="item,name,family,uom\n saw ,Saw,tools,unit\nSAW,Other,tools,unit\n",
        forecast__csv="item,market,date,quantity\nsaw , shop,2027-01-15,5\nSaw,shop,2027-01-15,6\n",
    )
    assert draft.tables["items"]["item"].to_list() == ["SAW", "saw"]
    assert draft.tables["forecast"].select("item", "market").rows() == [("saw", "shop")]
    assert "item 'Saw' is not at any level of items; did you mean" in draft.quarantine[0].reason


def test_a_node_is_a_code_of_its_level_or_any_above_or_blank_or_names_its_level(dataset):
    nodes = ["saw,shop", "tools,Bo", "hard,retail", ",north", "family:tools,region:north", "item:axe,customer:Bo"]
    draft = dataset(prices__csv="item,market,price\n" + "".join(f"{pair},4\n" for pair in [*nodes, "item:tools,shop"]))
    assert {",".join(row) for row in draft.tables["prices"].select("item", "market").rows()} == set(nodes)
    assert [(q.line, q.code) for q in draft.quarantine] == [(8, "IN112")], "tools is no item"


def test_a_column_of_leaves_takes_no_node(dataset):
    draft = dataset(
        sales_history__csv="item,market,date,ordered_qty\ntools,shop,2026-12-01,5\nsaw,north,2026-12-01,5\n"
    )
    assert [q.reason for q in draft.quarantine] == ["item 'tools' is not in items", "market 'north' is not in markets"]


def test_market_levels_nest(dataset):
    rows = "a,A,north,retail,Bo\nb,B,north,retail,Bo\nc,C,south,retail,Bo\n"
    draft = dataset(
        markets__csv="market,name,region,channel,customer\n" + rows,
        forecast__csv="item,market,date,quantity\nsaw,a,2027-01-15,5\nsaw,c,2027-01-15,5\n",
    )
    assert draft.tables["markets"]["market"].to_list() == ["a", "b"]
    assert [(q.table, q.line, q.code) for q in draft.quarantine] == [("forecast", 3, "IN112"), ("markets", 4, "IN114")]


def test_a_code_at_two_levels_means_the_lowest_with_a_finding(dataset):
    draft = dataset(items__csv="item,name,family,uom\nsaw,Saw,saw,unit\naxe,Axe,saw,unit\n")
    assert [f.message for f in draft.findings if f.code == "IN206"] == ["saw (item and family)."]


def test_money_of_another_currency_is_kept_as_it_is(dataset):
    draft = dataset(prices__csv="item,market,price,currency\nsaw,shop,5,USD\n")
    assert draft.tables["prices"].select("price", "currency").rows() == [(5.0, "USD")], "stage prices converts it"


@pytest.mark.parametrize(
    ("bucket", "start", "days"),
    [("month", "2027-01-01", 60.875), ("week", "2027-01-04", 14.0), ("4-4-5", "2027-01-04", 60 + 2 / 3)],
)
def test_times_in_buckets_become_days(dataset, bucket, start, days):
    draft = dataset(
        dataset__toml=HEAD.replace("month", bucket).replace("2027-01-01", start),
        locations__csv="location,name,type\nL,L,plant\n",
        purchasing__csv="item,supplier,location,unit_cost,lead_time_buckets\nsaw,S,L,3,2\n",
    )
    assert draft.tables["purchasing"]["lead_time_days"].to_list() == [pytest.approx(days)]
    assert "IN210" in codes(draft)


def test_two_files_of_one_table_are_an_error_that_names_both(dataset):
    with pytest.raises(DatasetRefused, match=r"ITEMS\.csv and items\.csv hold the same table"):
        dataset(ITEMS__csv=BASE["items.csv"])


def test_unknown_columns_are_kept_through_the_months(dataset):
    draft = dataset(items__csv="item,name,family,uom,color,note\nsaw,Saw,tools,unit,red,\naxe,Axe,tools,unit,,\n")
    assert draft.tables["items"].select("item", "color", "note").rows() == [("axe", "", ""), ("saw", "red", "")]
    assert [f.message for f in draft.findings if f.code == "IN203"] == ["Kept as text: color, note."]
    again = carry_over(gather(draft))
    assert again.tables["items"].equals(draft.tables["items"]), "blank ones too"


def test_an_open_database_is_delivered_into_a_draft(dataset):
    draft = carry_over(gather(dataset()))
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(
            "CREATE TABLE forecast (item, market, date, quantity);"
            "INSERT INTO forecast VALUES ('saw', 'shop', '2027-02-01', 8);"
        )
        new = deliver(draft, Database.of(connection, ""), append=["forecast"])
    assert new.tables["forecast"]["quantity"].to_list() == [5.0, 8.0]
    assert new.lineage["forecast"].rows() == [("forecast.csv (as of 2026-12-31)", 2), ("forecast", 2)]
