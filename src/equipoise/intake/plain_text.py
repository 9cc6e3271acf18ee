"""A value of a workbook or a database as the text that a CSV file would hold for it."""

from datetime import date, datetime, time
from decimal import Decimal


def plain_text(value: object) -> str:
    """Numbers without loss, whole ones without a point; days in ISO 8601, a time of day only where there is one.

    >>> [plain_text(value) for value in (None, 1600.0, 0.1, True, datetime(2027, 1, 1), Decimal("1E+3"))]
    ['', '1600', '0.1', '1', '2027-01-01', '1000']
    """
    text = ""
    match value:
        case bool():
            text = str(int(value))
        case float():
            text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Decimal() if value.is_finite():
            text = format(value, "f")
        case datetime() if value.time() == time() and value.tzinfo is None:
            text = value.date().isoformat()
        case datetime() | date():
            text = value.isoformat()
        case _ if value is not None:
            text = str(value)
    return text
