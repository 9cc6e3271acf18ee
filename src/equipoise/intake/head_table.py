"""The head as a table of keys and values: what sheet or table `dataset` holds in place of dataset.toml.

One key a row; a knob of the policy is `policy.` and its name. Blank values say nothing, more cells are remarks.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NoReturn

from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import WRONG_HEAD
from equipoise.intake.plain_text import plain_text

POLICY = "policy."
_DAYS = ("start", "as_of", "history_to")


def head_of_rows(rows: Iterable[tuple[int, Sequence[object]]], file: str) -> dict[str, Any]:
    """The head from numbered rows (key, value, ...); DatasetRefused names the row that is wrong.

    >>> rows = [(1, ("key", "value")), (2, ("horizon", 6.0)), (3, ("policy.workforce", "integer"))]
    >>> head_of_rows(rows, "company.xlsx/dataset")
    {'horizon': 6, 'policy': {'workforce': 'integer'}}
    """
    found: dict[str, Any] = {}
    seen: dict[str, int] = {}
    for number, cells in rows:
        key = plain_text(cells[0]).strip() if cells else ""
        value = cells[1] if len(cells) > 1 else None
        if key.lower() == "key" or plain_text(value).strip() == "":
            continue
        if not key:
            _refuse(file, number, f"value {plain_text(value)!r} has no key.")
        if key in seen:
            _refuse(file, number, f"key {key} stands already on line {seen[key]}.")
        seen[key] = number
        if key.startswith(POLICY):
            found.setdefault("policy", {})[key.removeprefix(POLICY)] = _knob(value)
        else:
            found[key] = _value(key, value)
    return found


def _value(key: str, value: object) -> object:
    """A cell as TOML would give it: days as days, a whole horizon as an int, all else as text."""
    is_midnight = isinstance(value, datetime) and value.time() == time()
    day = value.date() if isinstance(value, datetime) and is_midnight else value
    if key in _DAYS:
        return day if isinstance(day, date) else plain_text(day)
    if key == "horizon":
        text = plain_text(value).strip()
        return int(text) if text.isascii() and text.lstrip("+-").isdigit() else text
    if key == "fiscal_year_start":
        if isinstance(day, date):
            return [day]
        words = [word.strip() for word in plain_text(day).split(";")]
        return words if len(words) > 1 or len(words[0]) > len("MM-DD") else words[0]
    return plain_text(value).strip()


def _knob(value: object) -> object:
    return value if isinstance(value, bool | int | float) else plain_text(value).strip()


def _refuse(file: str, number: int, message: str) -> NoReturn:
    raise DatasetRefused([WRONG_HEAD.found(f"file {file}", f"line {number}: {message}")])
