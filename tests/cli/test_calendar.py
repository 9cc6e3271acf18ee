"""`equipoise calendar`: rows of table calendars, from the package holidays or one that stands for it."""

import csv
import io
import sys
from datetime import date
from types import SimpleNamespace

import pytest

ASKED = ("calendar", "DE", "--as", "shop", "--from", "2024", "--to", "2024")


class Days(dict):
    """As the package has it: days off by date, and the week days of the weekend."""

    weekend = frozenset({5, 6})


@pytest.fixture
def country(monkeypatch):
    days = Days({date(2024, 3, 29): "Good Friday", date(2024, 4, 1): "Easter Monday"})
    asked = []

    def country_holidays(code, **more):
        asked.append((code, more["subdiv"], list(more["years"])))
        if code == "XX":
            raise NotImplementedError("Country XX not available")
        return days

    monkeypatch.setitem(sys.modules, "holidays", SimpleNamespace(country_holidays=country_holidays))
    return SimpleNamespace(days=days, asked=asked)


def test_holidays_are_rows_with_their_names(cli, country):
    answer = cli(*ASKED)
    assert answer.code == 0
    assert list(csv.DictReader(io.StringIO(answer.out))) == [
        {"calendar": "shop", "date": "2024-03-29", "working": "0", "note": "Good Friday"},
        {"calendar": "shop", "date": "2024-04-01", "working": "0", "note": "Easter Monday"},
    ]


def test_a_state_and_other_weekends(cli, country):
    country.days.weekend = frozenset({4, 5})
    answer = cli("calendar", "BD-D", "--as", "shop", "--from", "2023", "--to", "2024")
    assert country.asked == [("BD", "D", [2023, 2024])]
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    by_day = {row["date"]: row["working"] for row in rows}
    assert (by_day["2024-03-22"], by_day["2024-03-24"]) == ("0", "1"), "Fridays off, Sundays worked"
    assert by_day["2024-04-01"] == "0"
    assert "2024-03-23" not in by_day, "a Saturday off is as everywhere"


def test_an_unknown_country_and_years_the_wrong_way(cli, country):
    answer = cli("calendar", "XX", *ASKED[2:])
    assert answer.code == 2
    assert "country 'XX' is not known" in answer.err
    odd = cli("calendar", "utils", *ASKED[2:])
    assert odd.code == 2
    assert "give two capital letters, such as DE or US-CA" in odd.err
    wrong = cli(*ASKED[:-1], "2023")
    assert wrong.code == 2
    assert "2023 lies before 2024" in wrong.err


def test_the_package_itself(cli):
    rows = {row["date"]: row["note"] for row in csv.DictReader(io.StringIO(cli(*ASKED).out))}
    assert rows["2024-03-29"] == "Good Friday"
    assert rows["2024-12-25"] == "Christmas Day"
