"""`equipoise plan --as-of`: the command line looks at no clock; a day that is named leaves out what has run out."""

import json

import pytest

HOLD = {"id": "h", "kind": "demand_hold", "amount": 100, "reason": "Promised", "expires_on": "2026-12-31"}


@pytest.fixture
def adjust(tmp_path):
    path = tmp_path / "holds.json"
    path.write_text(json.dumps([HOLD]))
    return path


def test_every_hold_counts_unless_a_day_is_named(cli, red_tomato, adjust):
    plain, held = (cli("plan", red_tomato, "--json", *more).json for more in ((), ("--adjust", adjust)))
    assert held["fingerprint"] != plain["fingerprint"]
    for day, expected in (("2026-12-31", held), ("2027-01-01", plain)):
        assert cli("plan", red_tomato, "--json", "--adjust", adjust, "--as-of", day).json == expected


def test_the_holds_of_a_written_plan_run_out_too(cli, red_tomato, adjust, tmp_path):
    plain = cli("plan", red_tomato, "--json").json
    written = tmp_path / "plan"
    cli("plan", red_tomato, "--adjust", adjust, "--out", written)
    assert cli("plan", written, "--json", "--as-of", "2027-01-01").json["fingerprint"] == plain["fingerprint"]
    assert cli("plan", written, "--json").json["fingerprint"] != plain["fingerprint"]


def test_what_is_no_day_is_wrong_usage(cli, red_tomato):
    answer = cli("plan", red_tomato, "--as-of", "tomorrow")
    assert answer.code == 2
    assert "tomorrow" in answer.err
