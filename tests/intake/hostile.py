"""Hostile datasets by name: how to write each into a folder, the exit code of `gather`, and what must be said."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import polars as pl

HEAD = b'name = "A"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n'
GOOD = {
    "dataset.toml": HEAD,
    "items.csv": b"item,name,family,uom\nsaw,Saw,tools,unit\naxe,Axe,tools,unit\n",
    "markets.csv": b"market,name,region\nshop,Shop,north\n",
    "sales_history.csv": b"item,market,date,ordered_qty\nsaw,shop,2026-12-01,5\naxe,shop,2026-12-01,6\n",
}
ITEMS, SALES = GOOD["items.csv"], GOOD["sales_history.csv"]
Special = Callable[[Path], None]


@dataclass(frozen=True)
class Hostile:
    """One dataset: files over GOOD (None: left out), what else to do in the folder, and what is expected."""

    code: int
    says: tuple[str, ...]
    files: dict[str, bytes | None]
    special: Special | None = None

    def write(self, folder: Path) -> None:
        folder.mkdir()
        for name, data in {**GOOD, **self.files}.items():
            if data is not None:
                (folder / name).write_bytes(data)
        if self.special is not None:
            self.special(folder)


def refused(*says: str, special: Special | None = None, **files: bytes | None) -> Hostile:
    return Hostile(3, says, {name.replace("__", "."): data for name, data in files.items()}, special)


def found(*says: str, special: Special | None = None, **files: bytes | None) -> Hostile:
    return Hostile(0, says, {name.replace("__", "."): data for name, data in files.items()}, special)


def parquet(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="zstd")
    return stream.getvalue()


def blanks(folder: Path) -> None:
    """A Parquet file of a few kilobytes that holds fifty million blank cells."""
    frame = pl.DataFrame({"item": pl.repeat(None, 50_000_000, dtype=pl.Int8, eager=True)})
    (folder / "items.parquet").write_bytes(parquet(frame))


def long_texts(folder: Path) -> None:
    """A Parquet file in which one long text stands in every row and is stored once."""
    frame = ITEM_FRAME.select(pl.all().repeat_by(20_000).explode()).with_columns(name=pl.lit("x" * 60_000))
    (folder / "items.parquet").write_bytes(parquet(frame))


ITEM_FRAME = pl.DataFrame({"item": ["saw"], "name": ["Saw"], "family": ["tools"], "uom": ["unit"]})


def workbook(edit: Callable[[openpyxl.Workbook], None]) -> Special:
    """The dataset as a workbook alone, with something done to it."""

    def write(folder: Path) -> None:
        book = openpyxl.Workbook()
        head = book.active
        head.title = "dataset"
        for row in (("name", "A"), ("currency", "EUR"), ("bucket", "month"), ("start", "2027-01-01"), ("horizon", 6)):
            head.append(row)
        for file, data in GOOD.items():
            if file.endswith(".csv"):
                sheet = book.create_sheet(file.removesuffix(".csv"))
                for line in data.decode().splitlines():
                    sheet.append(line.split(","))
                (folder / file).unlink()
        (folder / "dataset.toml").unlink()
        edit(book)
        book.save(folder / "company.xlsx")

    return write


def spoiled(member: str, pieces: Callable[[], object]) -> Special:
    """The workbook with one part replaced by what `pieces` yields."""

    def write(folder: Path) -> None:
        workbook(lambda book: None)(folder)
        path = folder / "company.xlsx"
        with (
            zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in old.namelist():
                if name != member:
                    new.writestr(name, old.read(name))
            with new.open(member, "w") as stream:
                for piece in pieces():
                    stream.write(piece)

    return write


def merged_heading(book: openpyxl.Workbook) -> None:
    book["items"].merge_cells("A1:C1")


def error_cells(book: openpyxl.Workbook) -> None:
    book["sales_history"].append(["saw", "shop", "2026-12-02", "#REF!"])
    book["sales_history"].append(["saw", "shop", "2026-12-03", "=1/0"])
    book["sales_history"]["D4"].data_type = "e"


def directory_named_items(folder: Path) -> None:
    (folder / "items.csv").mkdir()
    (folder / "items.csv" / "part-0.csv").write_bytes(ITEMS)


def link_to_itself(folder: Path) -> None:
    os.symlink(folder / "markets.csv", folder / "markets.csv")


def link_to_the_system(folder: Path) -> None:
    os.symlink("/etc/passwd", folder / "markets.csv")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "markets.csv")


def many_columns(folder: Path) -> None:
    (folder / "items.csv").write_bytes(b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n")


def many_files(folder: Path) -> None:
    (folder / "more").mkdir()
    for number in range(10_001):
        os.link(folder / "items.csv", folder / "more" / f"{number}.csv")


def deep_folders(folder: Path) -> None:
    place = folder
    for _ in range(60):
        place = place / ("d" * 30)
    place.mkdir(parents=True)
    os.symlink(folder, place / "again")


HOSTILE: dict[str, Hostile] = {
    # the form of files
    "a million columns": refused("1,000,000 columns", special=many_columns),
    "two million separators": refused("columns; 5,000 is the limit", items__csv=b"," * 2_000_000 + b"\nsaw\n"),
    "a row of a million cells": found("IN101", sales_history__csv=SALES + b"saw," * 1_000_000 + b"\n"),
    "a cell of 6 MB": found("IN103", sales_history__csv=SALES + b"x" * 6_000_000 + b",shop,2026-12-01,1\n"),
    "a quoted cell of 6 MB": found("IN103", items__csv=ITEMS + b'nut,"' + b"x" * 6_000_000 + b'",t,u\n'),
    "a quote never closed in 6 MB": refused(
        "never closed", items__csv=ITEMS + b'"nut,N,t,u\n' + b"a,b,c,d\n" * 800_000
    ),
    "a quote out of place on each line": found(
        "IN102", sales_history__csv=SALES + b'"saw"x,shop,2026-12-01,1\n' * 100_000
    ),
    "a hundred thousand ragged rows": found("IN101", sales_history__csv=SALES + b"saw,shop\n" * 100_000),
    "a binary called CSV": refused("IN006", items__csv=b"\x7fELF" + bytes(range(256)) * 100),
    "a JPEG called CSV": refused("IN006", items__csv=b"\xff\xd8\xff\xe0" + bytes(range(1, 256)) * 10),
    "a gzip called CSV": refused("IN006", items__csv=b"\x1f\x8b\x08" + bytes(range(1, 256)) * 10),
    "mixed encodings": refused(
        "line 3: byte 0xe9", items__csv=b"item,name,family,uom\nsaw,S\xc3\xa4ge,t,u\naxe,\xe9,t,u\n"
    ),
    "UTF-16 without a mark": refused("NUL byte", items__csv=ITEMS.decode().encode("utf-16-le")),
    "UTF-16 cut in a character": refused("IN006", items__csv=ITEMS.decode().encode("utf-16")[:-1]),
    "UTF-32": refused("IN006", items__csv=ITEMS.decode().encode("utf-32")),
    "NUL bytes": refused("line 2: holds a NUL byte", items__csv=ITEMS.replace(b"Saw", b"S\0w")),
    "a mark in the middle": found("IN112", sales_history__csv=SALES + "\ufeffsaw,shop,2026-12-02,1\n".encode()),
    "a direction override in a code": found(
        "IN112", sales_history__csv=SALES + "saw\u202e,shop,2026-12-02,1\n".encode()
    ),
    "lines that end in every way": found(sales_history__csv=SALES.replace(b"\n", b"\r") + b"saw,shop,2026-12-02,1\r\n"),
    # Parquet
    "half a Parquet file": refused("is no Parquet file", items__csv=None, items__parquet=parquet(ITEM_FRAME)[:200]),
    "Parquet by name only": refused(
        "is no Parquet file", items__csv=None, items__parquet=b"PAR1" + bytes(1000) + b"PAR1"
    ),
    "a spoiled Parquet file": refused(
        "is no Parquet file", items__csv=None, items__parquet=b"PAR1" + b"\xff" * 300 + parquet(ITEM_FRAME)[300:]
    ),
    "Parquet with lists": refused(
        "no plain values", items__csv=None, items__parquet=parquet(pl.DataFrame({"item": [["a"]]}))
    ),
    "the character zero in Parquet": refused(
        "line 2: column 'name' holds the character zero",
        items__csv=None,
        items__parquet=parquet(ITEM_FRAME.with_columns(name=pl.lit("S\0w"))),
    ),
    "the character zero in a heading of Parquet": refused(
        "line 1: column ",
        items__csv=None,
        items__parquet=parquet(ITEM_FRAME.rename({"name": "na\0me"})),
    ),
    "fifty million blanks in Parquet": refused("IN008", items__csv=None, special=blanks),
    "a long text in every row of Parquet": refused("IN010", "IN103", items__csv=None, special=long_texts),
    # workbooks
    "a workbook that inflates to 300 MB": refused(
        "IN008", special=spoiled("xl/media/a.png", lambda: [bytes(1_000_000)] * 300)
    ),
    "a sheet of deep XML": refused("IN006", special=spoiled("xl/worksheets/sheet1.xml", lambda: [b"<a>" * 1_000_000])),
    "strings of deep XML": found(
        special=spoiled("xl/sharedStrings.xml", lambda: [b"<a>" * 200_000, b"</a>" * 200_000])
    ),
    "an external entity": refused(
        "declares a document type",
        special=spoiled(
            "xl/workbook.xml",
            lambda: [b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><workbook>&b;</workbook>'],
        ),
    ),
    "merged headings": refused("line 1: no column name", special=workbook(merged_heading)),
    "cells with errors": found("IN116", special=workbook(error_cells)),
    # places
    "a folder called items.csv": refused("No file items.csv", special=directory_named_items, items__csv=None),
    "a link to itself": refused("No file markets.csv", special=link_to_itself, markets__csv=None),
    "a link to a file of the system": refused("No file markets.csv", special=link_to_the_system, markets__csv=None),
    "a pipe": refused("No file markets.csv", special=pipe, markets__csv=None),
    "too many files": refused("more than 10000 files", special=many_files),
    "deep folders that lead back": found(special=deep_folders),
    # the head
    "a head of ten thousand brackets": refused("IN002", dataset__toml=HEAD + b"x = " + b"[" * 10_000),
    "a number of ten thousand digits": refused("IN002", dataset__toml=HEAD.replace(b"6", b"9" * 10_000)),
    "a horizon of a thousand million": refused(
        "horizon 1000000000 is longer", dataset__toml=HEAD.replace(b"6", b"1000000000")
    ),
    "a start in year 9999": refused("must lie between", dataset__toml=HEAD.replace(b"2027-01-01", b"9999-12-01")),
    "a head of a million keys": refused(
        "IN002", dataset__toml=HEAD + b"".join(b"k%d = 1\n" % n for n in range(100_000))
    ),
    # numbers and days
    "numbers beyond all bounds": found(
        "IN110",
        "IN104",
        "IN105",
        sales_history__csv=SALES
        + b"".join(
            b"saw,shop,2026-12-02,%s\n" % cell
            for cell in (
                b"1e308",
                b"-1e308",
                b"1e309",
                b"nan",
                b"-inf",
                b"0x10",
                b"1_000",
                "\u0661\u0662".encode(),
                b"1e",
                b"--1",
            )
        ),
    ),
    "days of no year": found(
        "IN107",
        "IN111",
        sales_history__csv=SALES + b"saw,shop,0000-01-01,1\nsaw,shop,9999-12-31,1\n"
        b"saw,shop,2026-02-29,1\nsaw,shop,-2026-01-01,1\nsaw,shop,2026-12-01T25:00,1\n",
    ),
    "percentages of 1e9": found("IN110", bom__csv=b"item,component,quantity_per,scrap_pct\nsaw,axe,1,1e9\n"),
    "amounts below zero": found("IN110", forecast__csv=b"item,market,date,quantity\nsaw,shop,2027-01-01,-5\n"),
    "keys like numbers and formulas": found("IN205", items__csv=ITEMS + b"-5,=1+1,@x,+cmd|' /C calc'!A0\n"),
    # what rows say together
    "a loop in bills": found("QU123", bom__csv=b"item,component,quantity_per\nsaw,axe,1\naxe,saw,1\n"),
    "a hierarchy that goes round": found(
        "IN206", items__csv=b"item,name,family,uom\nsaw,Saw,axe,unit\naxe,Axe,saw,unit\n"
    ),
    "successors that go round": found(
        "IN314",
        items__csv=b"item,name,family,uom,successor,predecessor\nsaw,Saw,t,unit,axe,axe\naxe,Axe,t,unit,saw,saw\n",
    ),
    "a family in two categories": found(
        "IN114", items__csv=b"item,name,family,category,uom\nsaw,S,t,c,u\naxe,A,t,d,u\n"
    ),
    "money without a rate": found("QU", prices__csv=b"item,market,price,currency\nsaw,shop,5,XAU\n"),
    "one key three hundred thousand times": found(
        "IN201", sales_history__csv=SALES + b"saw,shop,2026-12-01,1\n" * 300_000
    ),
    "one price fifty thousand times": found("IN113", prices__csv=b"item,market,price\n" + b"saw,shop,4\n" * 50_000),
    "twenty thousand unknown items": found(
        "IN112", sales_history__csv=SALES + b"".join(b"ghost%d,shop,2026-12-01,1\n" % n for n in range(20_000))
    ),
}
"""The datasets of this file; those of test_hostile_datasets and test_workbook_bombs stand beside them."""

CHILD = """
import contextlib, io, json, resource, sys, time
from pathlib import Path
from equipoise.cli.main import run

def peak():
    # What getrusage says begins with the parent's peak, so the kernel is asked for our own where it tells.
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

for line in sys.stdin:
    folder = Path(line.rstrip("\\n"))
    out, err = io.StringIO(), io.StringIO()
    begin = time.perf_counter()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["gather", str(folder), "--out", str(folder.parent / "out" / folder.name), "--json"])
    seconds = time.perf_counter() - begin
    print(json.dumps([folder.name, code, out.getvalue(), err.getvalue(), seconds, peak()]), flush=True)
"""
"""Gathers the folders named on stdin one after the other and tells of each, with the peak memory up to there."""


@dataclass(frozen=True)
class Outcome:
    """What became of one dataset."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int

    @property
    def answer(self) -> dict[str, object]:
        (line,) = self.out.splitlines()
        return dict(json.loads(line))
