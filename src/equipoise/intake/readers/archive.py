"""What a workbook may hold before anything parses it: the controls against files made to exhaust a machine.

A workbook is a zip archive of XML. Sizes in its directory can lie, so every member is inflated once, piece by piece,
and counted. No member may declare a document type (entities that multiply); of sheets every row and cell reference is
checked, because a file of 4.6 KB with cells A1 and XFD1048576 asks a reader for 17 thousand million cells.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from equipoise.core.finding import FindingCode
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import TOO_LARGE, UNREADABLE
from equipoise.intake.readers.csv import MAX_COLUMNS

MAX_INFLATED = 200_000_000
"""Bytes of all members together."""
MAX_RATIO = 50
"""Inflated bytes for each byte of the file ..."""
RATIO_FROM = 10_000_000
"""... looked at beyond this many inflated bytes."""
MAX_MEMBERS = 1_000
MAX_SHEET_ROWS = 1_048_576
SPARE_CELLS = 2_000_000
"""Cells that rows may leave out before their last one, beyond 20 for each cell that is there."""
_PIECE = 1 << 16
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REFERENCE = re.compile(r"\$?([A-Z]{1,7})\$?([0-9]{1,10})")


@dataclass
class SheetCells:
    """What is known of one sheet's XML: cells that have no value to read, by row and column."""

    no_value: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formulas without a stored value and cells with an error: what to say of each."""


def check_archive(data: bytes, name: str) -> dict[str, SheetCells]:
    """What each sheet (by the name of its member) holds; DatasetRefused where the workbook must not be parsed."""
    where = f"workbook {name}"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        refuse(UNREADABLE, where, "It is encrypted or of the old kind .xls; save it as .xlsx without a password.")
    sheets: dict[str, SheetCells] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                refuse(TOO_LARGE, where, f"It holds {len(members):,} parts; {MAX_MEMBERS:,} is the limit.")
            total = 0
            for member in members:
                if member.compress_type not in _PLAIN or member.flag_bits & 1:
                    refuse(UNREADABLE, where, f"Part {member.filename} is encrypted or compressed in an odd way.")
                parser = _parser_of(member.filename, where, sheets)
                for piece in _pieces(archive, member):
                    total += len(piece)
                    _check_size(total, len(data), where)
                    if parser is not None:
                        parser.Parse(piece, False)
                if parser is not None:
                    parser.Parse(b"", True)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        refuse(UNREADABLE, where, f"It is damaged or no workbook: {error}.", error)
    except expat.ExpatError as error:
        refuse(UNREADABLE, where, f"Part {member.filename} is damaged: {error}.", error)
    return sheets


def refuse(code: FindingCode, where: str, message: str, cause: BaseException | None = None) -> NoReturn:
    """Raise DatasetRefused with one finding."""
    raise DatasetRefused([code.found(where, message)]) from cause


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _check_size(total: int, packed: int, where: str) -> None:
    if total > MAX_INFLATED:
        refuse(TOO_LARGE, where, f"It inflates to more than {MAX_INFLATED:,} bytes.")
    if total > RATIO_FROM and total > MAX_RATIO * packed:
        refuse(TOO_LARGE, where, f"Its {packed:,} bytes inflate to more than {MAX_RATIO} times as many.")


def _parser_of(member: str, where: str, sheets: dict[str, SheetCells]) -> expat.XMLParserType | None:
    if not member.lower().endswith((".xml", ".rels")):
        return None
    parser = expat.ParserCreate(namespace_separator=" ")

    def no_document_type(*_: object) -> None:
        refuse(UNREADABLE, where, f"Part {member} declares a document type, which no workbook does.")

    parser.StartDoctypeDeclHandler = no_document_type
    if re.match(r"/?xl/worksheets/[^/]*\.xml$", member.lower()):
        sheets[member.lstrip("/")] = _SheetWalk(parser, f"{where}, {member.rsplit('/', 1)[1]}").cells
    return parser


class _SheetWalk:
    """Handlers that go through one sheet's rows and cells, checking references and noting cells without a value."""

    def __init__(self, parser: expat.XMLParserType, where: str) -> None:
        self.where, self.cells = where, SheetCells()
        self.row = self.column = self.count = self.gaps = 0
        self.kind, self.has_formula, self.is_value, self.value = "", False, False, ""
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "dimension":
                for corner in attributes.get("ref", "A1").split(":"):
                    self._position(corner)
            case "row":
                text = attributes.get("r", str(self.row + 1))
                row = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
                if row <= self.row or row > MAX_SHEET_ROWS:
                    refuse(TOO_LARGE, self.where, f"Row {text[:20]} stands after row {self.row}: {_REMEDY}")
                self.row, self.column = row, 0
            case "c":
                self._cell(attributes)
            case "f":
                self.has_formula = True
            case "v":
                self.is_value = True

    def text(self, text: str) -> None:
        if self.is_value and len(self.value) < 40:
            self.value += text

    def end(self, tag: str) -> None:
        match tag.rpartition(" ")[2]:
            case "v":
                self.is_value = False
            case "c":
                if self.kind == "e":
                    self.cells.no_value[self.row, self.column] = f"the error {self.value.strip()[:40]}"
                elif self.has_formula and not self.value and self.kind != "str":
                    self.cells.no_value[self.row, self.column] = "a formula without a stored value"

    def _cell(self, attributes: dict[str, str]) -> None:
        before = self.column
        if "r" in attributes:
            row, self.column = self._position(attributes["r"])
            if row != self.row or self.column <= before:
                refuse(UNREADABLE, self.where, f"Cell {attributes['r'][:20]} is out of its place: {_REMEDY}")
        else:
            self.column += 1
            self._check_column(self.column, f"{self.column} of row {self.row}")
        self.count += 1
        self.gaps += self.column - before - 1
        if self.gaps > SPARE_CELLS + 20 * self.count:
            refuse(TOO_LARGE, self.where, f"Cell {attributes.get('r', '')} stands far from the others: {_REMEDY}")
        self.kind, self.has_formula, self.value = attributes.get("t", "n"), False, ""

    def _position(self, reference: str) -> tuple[int, int]:
        found = _REFERENCE.fullmatch(reference)
        if not found:
            refuse(UNREADABLE, self.where, f"{reference[:20]!r} is no cell.")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        self._check_column(column, reference)
        if int(found[2]) > MAX_SHEET_ROWS:
            refuse(TOO_LARGE, self.where, f"Cell {reference} is beyond the last row: {_REMEDY}")
        return int(found[2]), column

    def _check_column(self, column: int, shown: str) -> None:
        if column > MAX_COLUMNS:
            refuse(TOO_LARGE, self.where, f"Cell {shown} is beyond column {MAX_COLUMNS:,}: {_REMEDY}")


_REMEDY = "delete the rows and columns that are not used, and save the workbook again."
