"""Workbooks made to exhaust a machine are refused before anything parses them, quickly and in little memory."""

import io
import random
import subprocess
import sys
import time
import zipfile
import zlib

import openpyxl
import pytest

from equipoise.intake import DatasetRefused, read_dataset
from equipoise.intake.readers import archive as controls
from equipoise.intake.readers.archive import check_archive

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(**parts: bytes) -> bytes:
    """A workbook of one sheet, with parts replaced: `sheet` or any other by its name."""
    small = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["item"])
    book.save(small)
    named = {{"sheet": SHEET}.get(name, name): data for name, data in parts.items()}
    result = io.BytesIO()
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member not in named:
                new.writestr(member, old.read(member))
        for member, data in named.items():
            new.writestr(member, data)
    return result.getvalue()


def sheet(rows: str, dimension: str = "A1") -> bytes:
    return f'<worksheet {MAIN}><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'.encode()


def cell(reference: str, row: int) -> str:
    return f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'


CORNERS = sheet(cell("A1", 1) + cell("XFD1048576", 1048576))
REFUSED = {
    "the far corner": (workbook(sheet=CORNERS), "sheet1.xml: Cell XFD1048576 is beyond column 5,000: delete the rows"),
    "a dimension": (workbook(sheet=sheet(cell("A1", 1), "A1:XFD1048576")), "Cell XFD1048576 is beyond column"),
    "a row too far": (workbook(sheet=sheet(cell("A1048577", 1048577))), "Row 1048577 stands after row 0"),
    "a row of no number": (workbook(sheet=sheet('<row r="1e9"/>')), "Row 1e9 stands"),
    "rows that go back": (workbook(sheet=sheet(cell("A2", 2) + cell("A1", 1))), "Row 1 stands after row 2"),
    "a cell in another row": (workbook(sheet=sheet(cell("A9", 1))), "Cell A9 is out of its place"),
    "a cell of no name": (workbook(sheet=sheet(cell("9A", 1))), "'9A' is no cell"),
    "cells far apart": (
        workbook(sheet=sheet("".join(cell(f"GJF{n}", n) for n in range(1, 500)))),
        "Cell GJF402 stands far from the others",
    ),
    "a document type": (
        workbook(sheet=b'<!DOCTYPE a [<!ENTITY b "bbb">]>' + sheet(cell("A1", 1))),
        "sheet1.xml declares a document type",
    ),
    "entities in the strings": (
        workbook(**{"xl/sharedStrings.xml": b"<!DOCTYPE a><sst/>"}),
        "xl/sharedStrings.xml declares a document type",
    ),
    "broken XML": (workbook(sheet=b"<worksheet>"), "sheet1.xml is damaged: no element found"),
    "no zip": (b"PK\x03\x04" + bytes(100), "It is damaged or no workbook"),
    "half a zip": (workbook()[:2000], "It is damaged or no workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(1000), "old kind .xls; save it as .xlsx without a password"),
    "another zip": (workbook(**{"[Content_Types].xml": b"<Types/>"}), "It is damaged or no workbook"),
    "an odd compression": (None, "compressed in an odd way"),
    "a thousand parts": (
        workbook(**{f"xl/media/{n}.png": b"" for n in range(1000)}),
        "parts; 1,000 is the limit",
    ),
    "a ratio": (workbook(**{"xl/media/a.png": bytes(11_000_000)}), "inflate to more than 50 times as many"),
}


def odd_compression() -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_LZMA) as new:
        new.writestr(SHEET, CORNERS)
    return result.getvalue()


@pytest.mark.parametrize("what", REFUSED)
def test_bombs_are_refused(tmp_path, what):
    data, message = REFUSED[what]
    path = tmp_path / "company.xlsx"
    path.write_bytes(odd_compression() if data is None else data)
    begin = time.perf_counter()
    with pytest.raises(DatasetRefused) as refused:
        read_dataset(path)
    assert message in str(refused.value)
    assert refused.value.findings[0].where.startswith("workbook company.xlsx")
    assert time.perf_counter() - begin < 5.0


def test_the_far_corner_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "company.xlsx"
    path.write_bytes(REFUSED["the far corner"][0])
    assert path.stat().st_size < 6_000
    code = (
        "import resource, sys, tracemalloc\n"
        "from equipoise.intake import DatasetRefused, read_dataset\n"
        "tracemalloc.start()\n"
        "try:\n"
        "    read_dataset(sys.argv[1])\n"
        "except DatasetRefused:\n"
        "    print(tracemalloc.get_traced_memory()[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 30_000_000


def test_inflated_bytes_are_counted_and_not_believed(monkeypatch):
    monkeypatch.setattr(controls, "MAX_INFLATED", 100_000)
    noise = zlib.compress(b"seed") * 20_000
    with pytest.raises(DatasetRefused, match="inflates to more than 100,000 bytes"):
        check_archive(workbook(**{"xl/media/a.png": noise}), "company.xlsx")
    data = bytearray(workbook(sheet=sheet(cell("A1", 1) * 1 + " " * 5_000)))
    directory = data.rindex(SHEET.encode()) - 46
    size = int.from_bytes(data[directory + 24 : directory + 28], "little")
    data[directory + 24 : directory + 28] = (size - 1000).to_bytes(4, "little")
    with pytest.raises(DatasetRefused, match="damaged"):
        check_archive(bytes(data), "company.xlsx")


def test_spoiled_parts_are_refused_or_read_but_never_fail(tmp_path):
    """Bytes of the parts are changed, dropped or doubled at random places; the archive around them stays sound."""
    small = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.title = "dataset"
    for pair in {"name": "A", "currency": "EUR", "bucket": "month", "start": "2027-01-01", "horizon": 6}.items():
        book["dataset"].append(pair)
    for name, rows in {
        "items": [["item", "name", "family", "uom"], ["saw", "Saw", "tools", "unit"]],
        "markets": [["market", "name", "region"], ["shop", "Shop", "north"]],
        "forecast": [["item", "market", "date", "quantity"], ["saw", "shop", "2027-01-01", 5]],
    }.items():
        sheet_of_rows = book.create_sheet(name)
        for row in rows:
            sheet_of_rows.append(row)
    book.save(small)
    with zipfile.ZipFile(small) as archive:
        parts = {member: archive.read(member) for member in archive.namelist()}
    rng = random.Random(20270101)
    path, outcomes = tmp_path / "company.xlsx", set()
    for _ in range(300):
        member = rng.choice(sorted(parts))
        spoiled = bytearray(parts[member])
        place = rng.randrange(len(spoiled))
        changes = (rng.choice(b'019AZ<>"=/ trsne'), spoiled[place : place + 9] * 2, b"")
        change = rng.choice(changes)
        spoiled[place : place + rng.randrange(1, 9)] = bytes([change]) if isinstance(change, int) else change
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in {**parts, member: bytes(spoiled)}.items():
                archive.writestr(name, data)
        try:
            outcomes.add(read_dataset(path).head.name)
        except DatasetRefused as refused:
            outcomes.add(refused.findings[0].code)
    assert {"A", "IN006"} <= outcomes


def test_a_sheet_that_was_not_checked_is_not_read(tmp_path):
    kinds = openpyxl.Workbook()
    small = io.BytesIO()
    kinds.save(small)
    result = io.BytesIO()
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(result, "w") as new:
        for member in old.namelist():
            moved = member.replace("worksheets/sheet1.xml", "odd.xml")
            new.writestr(moved, old.read(member).replace(b"/xl/worksheets/sheet1.xml", b"/xl/odd.xml"))
    path = tmp_path / "company.xlsx"
    path.write_bytes(result.getvalue())
    with pytest.raises(DatasetRefused, match=r"stands in the odd place xl/odd\.xml"):
        read_dataset(path)


def test_ordinary_sheets_pass():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c><v>1</v></c></row>' for n in (1, 2, 900_000))
    checked = check_archive(workbook(sheet=sheet(rows, "A1:B900000")), "company.xlsx")
    assert checked[SHEET].no_value == {}


def test_formulas_without_a_stored_value_are_noted():
    rows = '<row r="1"><c r="A1"><f>B1</f></c><c r="B1" t="str"><f>""</f><v></v></c><c><f>2*3</f><v>6</v></c></row>'
    checked = check_archive(workbook(sheet=sheet(rows)), "company.xlsx")
    assert checked[SHEET].no_value == {(1, 1): "a formula without a stored value"}, "a stored blank is a value"
