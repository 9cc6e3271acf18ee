"""dataset.toml: every wrong key is named."""

from datetime import date

import pytest

from equipoise.intake import DatasetRefused
from equipoise.intake.head import parse_toml, read_head

GIVEN = {"name": "A", "currency": "EUR", "bucket": "month", "start": date(2027, 1, 1), "horizon": 6}


def test_defaults_and_policy():
    head = read_head({**GIVEN, "policy": {"workforce": "integer"}}, "dataset.toml")
    assert head.as_of == head.history_to == date(2026, 12, 31)
    assert head.policy == (("workforce", "integer"),)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "must not be blank"),
        ({"horizon": -3}, "horizon -3 must be 1 bucket or more"),
        ({"horizon": 10**9}, "is longer than"),
        ({"horizon": True}, "must be a whole number"),
        ({"horizon": "6"}, "must be a whole number"),
        ({"start": date(2027, 1, 15)}, "is not the first day of a month; that bucket begins on 2027-01-01"),
        ({"start": "soon"}, "must be a day such as 2027-01-31"),
        ({"start": date(5, 1, 1)}, "must lie between the years 1900 and 2200"),
        ({"bucket": "day"}, "bucket 'day' is not known"),
        ({"week_start": "noday"}, "is not a week day"),
        ({"fiscal_year_start": "13-40"}, "must be MM-DD"),
        ({"currncy": "EUR"}, "key currncy is not known; did you mean currency?"),
        ({"policy": 5}, "must be a section of knobs"),
        ({"policy": {"workforse": 1}}, "no knob 'workforse'; did you mean workforce?"),
        ({"policy": {"workforce": "robots"}}, "choose one of continuous, integer"),
        ({"policy": {"service_level_pct": 200}}, "must lie between 50 and 99.99"),
    ],
)
def test_what_is_wrong_is_named(changes, message):
    with pytest.raises(DatasetRefused, match=message) as caught:
        read_head({**GIVEN, **changes}, "dataset.toml")
    assert all(f.where == "file dataset.toml" for f in caught.value.findings)


def test_all_missing_keys_are_named_at_once():
    with pytest.raises(DatasetRefused) as caught:
        read_head({"name": "A"}, "dataset.toml")
    assert [f.message for f in caught.value.findings] == [
        f"key {key} is missing." for key in ("currency", "bucket", "start", "horizon")
    ]


def test_wrong_toml_names_the_line():
    with pytest.raises(DatasetRefused, match="line 2"):
        parse_toml(b'name = "A"\nbucket = month\n', "dataset.toml")
    with pytest.raises(DatasetRefused, match="line 2: the text is not UTF-8"):
        parse_toml(b'name = "A"\nx = "\xff"\n', "dataset.toml")
