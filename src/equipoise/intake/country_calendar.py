"""Rows of table calendars for a country: its weekends and public holidays, from the package `holidays` (MIT).

The rows are data like any other: they are written to a file, may be corrected by hand, and are sealed into the
snapshot. So a later version of the package changes no plan, and no plan needs the package.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from equipoise.core.errors import EquipoiseError

SATURDAY, SUNDAY = 5, 6
Row = tuple[str, date, int, str]


class NoHolidays(EquipoiseError):
    """A country that the package `holidays` does not know."""


def country_rows(country: str, *, calendar: str, years: range) -> Iterator[Row]:
    """Columns calendar, date, working and note of the days on which `country` (ISO 3166: DE, or US-CA with its
    state) does not work otherwise than Monday to Friday, in the order of days.

    Raises `NoHolidays`.
    """
    import holidays  # of many countries, which nothing else needs

    code, _, part = country.partition("-")
    if not (code.isalpha() and code.isupper()):
        raise NoHolidays(f"country {country!r} is no code of ISO 3166: give two capital letters, such as DE or US-CA")
    try:
        days = holidays.country_holidays(code, subdiv=part or None, years=years, language="en_US")
    except NotImplementedError as error:
        raise NoHolidays(f"country {country!r} is not known to the package holidays: {error}") from error
    day, last = date(years.start, 1, 1), date(years.stop - 1, 12, 31)
    while day <= last:
        name = days.get(day)
        works = day.weekday() not in days.weekend
        if name:
            yield calendar, day, 0, str(name)
        elif works != (day.weekday() not in (SATURDAY, SUNDAY)):
            yield calendar, day, int(works), ""
        day += timedelta(days=1)
