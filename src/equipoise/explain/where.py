"""Which cell is meant: a bucket by number, day or label, and one node per dimension."""

from collections.abc import Mapping
from datetime import date

from equipoise.core.calendar import Calendar
from equipoise.core.errors import EquipoiseError


class UnknownCell(EquipoiseError):
    """A bucket that the measure does not have, or nodes below which it has no row."""


def bucket_number(calendar: Calendar, bucket: int | str, *, first: int, count: int) -> int:
    """The bucket of a number, a day (2027-04-15), a month (2027-04) or a label (`Apr 2027`, `Apr`).

    `first` and `count` say which buckets the measure has; of equal short labels the first is meant.

    >>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=24)
    >>> [bucket_number(months, b, first=0, count=24) for b in (3, "3", "2027-04-15", "2027-04", "apr", "Apr 2028")]
    [3, 3, 3, 3, 3, 15]
    """
    found = _found(calendar, bucket, first, count)
    if found is None or not first <= found < first + count:
        last = first + count - 1
        raise UnknownCell(
            f"bucket {bucket!r} is not one of {calendar.label(first)} to {calendar.label(last)}; give a number from "
            f"{first} to {last}, a day such as {calendar.start_of(first)}, or a label such as {calendar.label(first)!r}"
        )
    return found


def _found(calendar: Calendar, bucket: int | str, first: int, count: int) -> int | None:
    if isinstance(bucket, int):
        return bucket
    text = bucket.strip()
    if text.removeprefix("-").isdigit():
        return int(text)
    try:
        return calendar.index_of(date.fromisoformat(text if len(text) > 7 else f"{text}-01"))
    except ValueError:
        pass  # not a day: it may be a label
    for number in range(first, first + count):
        if text.casefold() in (calendar.label(number).casefold(), calendar.short_label(number).casefold()):
            return number
    return None


def given_nodes(nodes: Mapping[str, str | None]) -> dict[str, str]:
    """The nodes that narrow: blank and None are all."""
    return {dimension: node for dimension, node in nodes.items() if node}
