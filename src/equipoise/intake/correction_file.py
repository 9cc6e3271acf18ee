"""Corrections on disk: a JSON file that people, the quarantine editor and the draft share.

    {"format": 1, "corrections": [
      {"table": "sales_history", "key": {"item": "saw", "market": "shop", "date": "2026-12-01"},
       "column": "ordered_qty", "old": "1O", "new": "10", "author": "ann", "reason": "letter O"},
      {"table": "open_orders", "key": {"order": "77", "line": "1"}, "exclude": true, "author": "bob",
       "reason": "a test order"}],
     "withdrawn": []}

`key`, `old` and `new` are cells as the source delivered them, in the columns of the planning table: behind a mapping
file, with decimal points, as quarantine.csv shows them. `key` is the table's key, or any
columns that together name the row, also one whose cell is wrong (`column` may be one of them). All values are texts;
numbers and days are compared as such. "@file" and "@line" name a row by its place, for as long as the source keeps it.
`withdrawn` names corrections of earlier months that no longer hold.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from equipoise.core.correction import Correction, plain_cell, type_of
from equipoise.core.table import UnknownName
from equipoise.core.tables import table
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import WRONG_CORRECTION
from equipoise.intake.readers.raw import FILE, LINE

FORMAT = 1
_KEYS = ("table", "key", "column", "old", "new", "exclude", "author", "reason")
MOST = 100_000
"""Corrections in one file; beyond it the source is wrong and not its cells."""


def read_corrections(path: Path | str, section: str = "corrections") -> tuple[Correction, ...]:
    """The corrections in a file, or those `withdrawn` in it; DatasetRefused names the entry that is none."""
    file = Path(path)
    try:
        given = json.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        _refuse(file.name, f"cannot be read: {error.strerror}.")
    except (ValueError, RecursionError) as error:
        _refuse(file.name, f"is no JSON: {error}.")
    if (
        not isinstance(given, Mapping)
        or given.get("format") != FORMAT
        or not isinstance(given.get("corrections"), list)
    ):
        _refuse(file.name, f'must be an object with "format": {FORMAT} and a list "corrections".')
    entries = given.get(section, [])
    if not isinstance(entries, list) or set(given) - {"format", "corrections", "withdrawn"}:
        _refuse(file.name, "holds format, corrections and withdrawn, two lists, and nothing else.")
    if len(entries) > MOST:
        _refuse(file.name, f"holds {len(entries):,} corrections; {MOST:,} is the limit.")
    return tuple(correction_of_json(entry, f"{file.name}, {section} {n}") for n, entry in enumerate(entries, start=1))


def correction_of_json(given: object, where: str) -> Correction:
    """One entry as a correction.

    >>> correction_of_json({"table": "items", "key": {"item": "x"}, "exclude": True, "author": "ann", "reason": ""}, "")
    Traceback (most recent call last):
        ...
    equipoise.intake.draft.DatasetRefused: corrections : Key reason must be a text that is not blank. ...
    """
    if not isinstance(given, Mapping):
        _refuse(where, "It must be an object.")
    unknown = [key for key in given if key not in _KEYS]
    if unknown:
        _refuse(where, f"Key {unknown[0]!r} is not known; there are {', '.join(_KEYS)}.")
    said = {key: _text(given, key, where) for key in ("table", "author", "reason")}
    try:
        declared = table(said["table"])
    except UnknownName as error:
        _refuse(where, f"{error}.")
    key = given.get("key")
    if not isinstance(key, Mapping) or not key:
        _refuse(where, "Key key must be an object of columns and their cells.")
    cells = {str(column): _cell(value, f"key {column}", where) for column, value in key.items()}
    foreign = [column for column in cells if column.startswith("@") and column not in (FILE, LINE)]
    if foreign:
        _refuse(where, f"Column {foreign[0]!r} of key is not known; a place is {FILE} and {LINE}.")
    row = tuple(sorted(cells.items()))
    if given.get("exclude") is True:
        if any(given.get(name) for name in ("column", "old", "new")):
            _refuse(where, "A row that is left out has no column, old and new.")
        return Correction(declared.name, row, "", "", "", said["author"], said["reason"])
    column = _text(given, "column", where)
    if column not in declared.names:
        _refuse(where, f"Table {declared.name} has no column {column!r}; it has {', '.join(declared.names)}.")
    old, new = (_cell(given.get(name, ""), name, where) for name in ("old", "new"))
    if plain_cell(type_of(declared, column), old) == plain_cell(type_of(declared, column), new):
        _refuse(where, f"old and new are the same, {old!r}.")
    return Correction(declared.name, row, column, old, new, said["author"], said["reason"])


def correction_as_json(correction: Correction) -> dict[str, Any]:
    """A correction as an entry of the file."""
    entry: dict[str, Any] = {"table": correction.table, "key": dict(correction.key)}
    if correction.is_exclusion:
        entry["exclude"] = True
    else:
        entry |= {"column": correction.column, "old": correction.old, "new": correction.new}
    return {**entry, "author": correction.author, "reason": correction.reason}


def _text(given: Mapping[str, Any], key: str, where: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        _refuse(where, f"Key {key} must be a text that is not blank.")
    return value.strip()


def _cell(value: object, name: str, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        _refuse(where, f"{name} must be a text.")
    return str(value).strip()


def _refuse(where: str, message: str) -> NoReturn:
    raise DatasetRefused([WRONG_CORRECTION.found(f"corrections {where}", message)])
