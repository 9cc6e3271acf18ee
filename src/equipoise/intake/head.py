"""The head of a dataset: `dataset.toml` checked key by key (tables.md section 1)."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from equipoise.core.calendar import WrongCalendar
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding, FindingCode
from equipoise.core.knob import WrongKnob
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import WRONG_HEAD, WRONG_KNOB

REQUIRED = ("name", "currency", "bucket", "start", "horizon")
KEYS_NAMED = 20
FIRST_YEAR, LAST_YEAR = 1900, 2200
OPTIONAL = ("as_of", "history_to", "fiscal_year_start", "week_start", "volume_uom", "policy")


def parse_toml(data: bytes, file: str, code: FindingCode = WRONG_HEAD) -> dict[str, Any]:
    """The document; DatasetRefused names the line that is no TOML."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DatasetRefused([code.found(f"file {file}", f"line {line}: the text is not UTF-8.")]) from error
    except (ValueError, RecursionError) as error:  # beside what is no TOML: numbers and nests without end
        raise DatasetRefused([code.found(f"file {file}", f"is no TOML: {str(error)[:200]}.")]) from error


def read_head(given: Mapping[str, Any], file: str) -> DatasetHead:
    """The head; DatasetRefused lists every key that is missing, unknown or wrong.

    >>> read_head({"name": "A", "currency": "EUR", "bucket": "month", "start": "2027-01-01", "horizon": 6}, "f").start
    datetime.date(2027, 1, 1)
    """
    where = f"file {file}"
    problems = [WRONG_HEAD.found(where, f"key {key} is missing.") for key in REQUIRED if key not in given]
    unknown = [key for key in given if key not in REQUIRED + OPTIONAL]
    problems += [_unknown_key(key, where) for key in unknown[:KEYS_NAMED]]
    if len(unknown) > KEYS_NAMED:
        problems.append(WRONG_HEAD.found(where, f"{len(unknown) - KEYS_NAMED:,} more keys are not known."))
    values: dict[str, Any] = {}
    for key in given:
        if key in REQUIRED + OPTIONAL:
            try:
                values[key] = _parse(key, given[key])
            except ValueError as error:
                problems.append(WRONG_HEAD.found(where, f"{key} = {_shown(given[key])} {error}."))
    if problems:
        raise DatasetRefused(problems)
    try:
        return DatasetHead.of(**values)
    except WrongKnob as error:
        raise DatasetRefused([WRONG_KNOB.found(where, f"{error}.")]) from error
    except WrongCalendar as error:
        raise DatasetRefused([WRONG_HEAD.found(where, f"{error}.")]) from error


def _shown(value: object) -> str:
    return f"{value}"[:80]


def _unknown_key(key: str, where: str) -> Finding:
    near = get_close_matches(key, REQUIRED + OPTIONAL, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(REQUIRED + OPTIONAL)}."
    return WRONG_HEAD.found(where, f"key {key[:80]} is not known{hint}")


def _parse(key: str, value: object) -> object:
    if key in ("start", "as_of", "history_to"):
        return _day(value)
    if key == "horizon":
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number of buckets")
        return value
    if key == "policy":
        if not isinstance(value, Mapping):
            raise ValueError("must be a section of knobs, [policy]")
        return value
    if key == "fiscal_year_start" and isinstance(value, list):
        return tuple(_day(day) for day in value)
    if not isinstance(value, str):
        raise ValueError("must be a text in quotation marks")
    if not value.strip() and key in REQUIRED:
        raise ValueError("must not be blank")
    return value.strip()


def _day(value: object) -> date:
    if isinstance(value, datetime):
        raise ValueError("must be a day such as 2027-01-31, without a time")
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise ValueError("must be a day such as 2027-01-31") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return day
