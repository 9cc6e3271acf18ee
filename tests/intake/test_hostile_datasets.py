"""Hostile datasets: each is refused with file, place and remedy, or its bad rows are counted in quarantine."""

import os
from pathlib import Path

import pytest

from equipoise.gather import gather, summary
from equipoise.intake import DatasetRefused, read_dataset

GOOD = {
    "dataset.toml": b'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n',
    "items.csv": b"item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n",
    "markets.csv": b"market,name,region\nshop,Shop,north\n",
    "sales_history.csv": b"item,market,date,ordered_qty\nsaw,shop,2026-12-01,5\naxe,shop,2026-12-01,6\n",
}
SALES = GOOD["sales_history.csv"]

REFUSED = {
    "empty folder": (dict.fromkeys(GOOD), ["is empty", "equipoise template"]),
    "no head": ({"dataset.toml": None}, ["holds 3 files but no dataset.toml"]),
    "head with a syntax error": ({"dataset.toml": b'name = "A\n'}, ["dataset.toml", "line 1"]),
    "head that is binary": (
        {"dataset.toml": bytes(range(128, 256))},
        ["dataset.toml", "line 1: the text is not UTF-8"],
    ),
    "head without keys": ({"dataset.toml": b"horizon = 6\n"}, ["key bucket is missing", "key currency is missing"]),
    "unknown knob": (
        {"dataset.toml": GOOD["dataset.toml"] + b"[policy]\nworkforse = 1\n"},
        ["no knob 'workforse'; did you mean workforce?", "[policy]"],
    ),
    "impossible knob value": (
        {"dataset.toml": GOOD["dataset.toml"] + b'[policy]\nbaseline = "astrology"\n'},
        ["baseline = 'astrology'", "statistical, imported"],
    ),
    "negative horizon": (
        {"dataset.toml": GOOD["dataset.toml"].replace(b"6", b"-6")},
        ["horizon -6 must be 1 bucket or"],
    ),
    "start within a bucket": (
        {"dataset.toml": GOOD["dataset.toml"].replace(b"01-01", b"01-31")},
        ["start 2027-01-31 is not the first day", "begins on 2027-01-01"],
    ),
    "no items": ({"items.csv": None}, ["table items: No file items.csv.", "Add the table"]),
    "no demand": ({"sales_history.csv": None}, ["No source of demand", "forecast"]),
    "binary garbage": (
        {"items.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256))},
        ["file items.csv", "byte 0x89", "UTF-8"],
    ),
    "a workbook called csv": ({"items.csv": b"PK\x03\x04" + bytes(100)}, ["file items.csv", "workbook", "as CSV"]),
    "NUL bytes": ({"items.csv": b"item,name\nsaw,\0\n"}, ["file items.csv", "line 2: holds a NUL byte"]),
    "two files of one table": ({"Items.CSV": GOOD["items.csv"]}, ["Items.CSV and items.csv", "Keep one"]),
    "a CSV and a Parquet file": ({"items.parquet": b"PAR1"}, ["items.csv and items.parquet hold the same table"]),
    "a heading with a column twice": (
        {"items.csv": b"item,name,item\n"},
        ["items.csv", "'item' stands twice, at positions 1"],
    ),
    "a heading without the key": (
        {"items.csv": b"code,name,family,uom\nx,X,f,u\n"},
        ["items.csv line 1: no column item"],
    ),
    "an empty file": ({"markets.csv": b""}, ["file markets.csv", "is empty"]),
    "a heading alone": ({"markets.csv": b"market,name,region\n"}, ["table markets", "a heading and no rows"]),
    "a quote never closed": (
        {"items.csv": GOOD["items.csv"] + b'"nut,N,t,u\n'},
        ["items.csv", "line 4", "never closed"],
    ),
    "nothing usable": (
        {"items.csv": b"item,name,family,uom\n,Saw,tools,unit\n,Axe,tools,unit\n"},
        ["table items: All 2 rows were left out", "item is blank (items.csv lines 2, 3)"],
    ),
}

LEFT_OUT = {
    "ragged rows": (SALES + b"saw,shop\nsaw,shop,2026-12-02,1,9\n", {"IN101": 2}),
    "huge cell": (SALES + b"x" * 100_000 + b",shop,2026-12-01,1\n", {"IN103": 1}),
    "wrong dates": (SALES + b"saw,shop,01/12/2026,1\nsaw,shop,2026-02-30,1\nsaw,shop,,1\n", {"IN107": 2, "IN108": 1}),
    "unknown item": (SALES + b"ghost,shop,2026-12-01,1\nghost,shop,2026-12-02,1\n", {"IN112": 2}),
    "unknown market": (SALES + b"saw,moon,2026-12-01,1\n", {"IN112": 1}),
    "NaN and infinity": (SALES + b"saw,shop,2026-12-02,NaN\nsaw,shop,2026-12-03,-inf\n", {"IN105": 2}),
    "text for a number": (SALES + b"saw,shop,2026-12-02,many\n", {"IN104": 1}),
    "thousands": (SALES + b'saw,shop,2026-12-02,"1,250"\n', {"IN106": 1}),
    "absurd number": (SALES + b"saw,shop,2026-12-02,1e300\n", {"IN110": 1}),
    "text after a quote": (SALES + b'"saw"x,shop,2026-12-02,1\n', {"IN102": 1}),
    "dates no calendar holds": (SALES + b"saw,shop,1816-12-02,1\n", {"IN111": 1}),
}


@pytest.fixture
def written(tmp_path):
    def write(files: dict[str, bytes | None]) -> Path:
        for name, data in {**GOOD, **files}.items():
            if data is not None:
                (tmp_path / name).write_bytes(data)
        return tmp_path

    return write


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_place_and_remedy(written, name):
    files, says = REFUSED[name]
    folder = written(files)
    before = contents(folder)
    with pytest.raises(DatasetRefused) as caught:
        read_dataset(folder)
    for text in says:
        assert text in str(caught.value)
    assert all(finding.remedy and finding.code.startswith("IN") for finding in caught.value.findings)
    assert contents(folder) == before


@pytest.mark.parametrize("name", LEFT_OUT)
def test_left_out_with_counted_reason(written, name):
    data, expected = LEFT_OUT[name]
    draft = read_dataset(written({"sales_history.csv": data}))
    counted = {f.code: f.count for f in draft.findings if f.code.startswith("IN1")}
    assert counted == expected
    assert [(q.file, q.line) for q in draft.quarantine] == [
        ("sales_history.csv", line) for line in range(4, 4 + sum(expected.values()))
    ]
    assert draft.tables["sales_history"]["ordered_qty"].to_list() == [6.0, 5.0]
    told = summary(draft, gather(draft))["tables"]["sales_history"]
    assert (told["rows"], told["quarantined"]) == (2, sum(expected.values()))


def test_all_files_that_cannot_be_read_are_named_at_once(written):
    with pytest.raises(DatasetRefused) as caught:
        read_dataset(written({"items.csv": b"\xff\xff", "markets.csv": b"\0", "sales_history.csv": b""}))
    assert [f.where for f in caught.value.findings] == ["file items.csv", "file markets.csv", "file sales_history.csv"]


def test_paths_that_are_no_folder(tmp_path):
    with pytest.raises(DatasetRefused, match="path nowhere: There is no such folder"):
        read_dataset(tmp_path / "nowhere")
    (tmp_path / "book.ods").write_bytes(b"PK")
    with pytest.raises(DatasetRefused, match=r"path book.ods: This is a file"):
        read_dataset(tmp_path / "book.ods")


def test_links_that_lead_outside_are_not_followed(written, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "markets.csv"
    outside.write_bytes(GOOD["markets.csv"])
    folder = written({"markets.csv": None})
    os.symlink(outside, folder / "markets.csv")
    with pytest.raises(DatasetRefused, match=r"No file markets\.csv"):
        read_dataset(folder)


def test_files_that_are_no_table_are_said(written):
    draft = read_dataset(written({"item.csv": b"x", "prices.xlsx": b"PK", "notes.txt": b"x"}))
    said = {f.where: f.message for f in draft.findings if f.code == "IN207"}
    assert said == {
        "file item.csv": "No table is called 'item'. Did you mean items.csv?",
        "file prices.xlsx": "Files of kind .xlsx are not read; save it as CSV.",
    }


def test_many_bad_rows_are_one_finding(written):
    rows = b"".join(b"ghost,shop,2026-12-01,%d\n" % number for number in range(1000))
    draft = read_dataset(written({"sales_history.csv": SALES + rows}))
    found = [f for f in draft.findings if f.code == "IN112"]
    assert [(f.count, f.where) for f in found] == [(1000, "table sales_history")]
    assert "sales_history.csv lines 4, 5, 6, 7, 8 and 995 more" in found[0].message
    assert draft.sums["sales_history"].sums_quarantined["ordered_qty"] == 499500.0
