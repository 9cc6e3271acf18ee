"""equipoise forecasts: classes, the touchless zone and what was taken out of a history, as JSON and in words."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("asked_before")
LIQUID = ("--item", "LA-04", "--market", "south-wholesale")


def test_the_list_has_every_series_with_its_class(cli, demo_folder):
    report = cli("forecasts", demo_folder, "--set", "tier=infinite", "--json").json
    assert report["command"] == "forecasts" and len(report["series"]) == 100
    assert {row["abc"] for row in report["series"]} == {"A", "B", "C"}
    assert {row["demand"] for row in report["series"]} == {"smooth", "no history"}
    assert {*report["series"][0]["people_points"]} == {"consensus", "sales"}


def test_it_is_narrowed(cli, demo_folder):
    ask = ("forecasts", demo_folder, "--set", "tier=infinite", "--json")
    sales = cli(*ask, "--touchless", "sales").json["series"]
    assert sales and all(row["people_points"]["sales"] < 0 for row in sales)
    assert {row["market"] for row in sales} & {"north-grocery", "north-drug"}
    best = cli(*ask, "--class", "A", "--family", "Hair care").json["series"]
    assert best and {row["abc"] for row in best} == {"A"}
    assert len(cli(*ask, "--demand", "no history").json["series"]) == 4


def test_history_is_told_with_what_was_taken_out_and_held_again(cli, demo_folder, tmp_path):
    ask = ("forecasts", demo_folder, "--set", "tier=infinite", *LIQUID)
    history = cli(*ask, "--json").json["history"]
    (change,) = history["changes"]
    assert (change["sort"], change["buckets"], history["holds"]) == ("outlier", ["Oct 2025"], [])
    (october,) = (each for each in history["buckets"] if each["bucket"] == "Oct 2025")
    assert october["learned"] == pytest.approx(october["sold"] + change["amount"])
    assert "outlier" in cli(*ask).out
    hold = {
        "id": "strike",
        "kind": "history_hold",
        "scope": {"item": "LA-04", "market": "south-wholesale", "first": "2025-10-01", "last": "2025-10-31"},
        "function": "demand",
        "reason": "A strike, and it may come again",
    }
    (tmp_path / "hold.json").write_text(json.dumps({"adjustments": [hold]}))
    held = cli(*ask, "--adjust", tmp_path / "hold.json", "--json").json["history"]
    assert held["changes"] == [] and held["holds"] == ["strike"]


@pytest.mark.parametrize("wrong", [("--demand", "odd"), ("--touchless", "nobody"), ("--class", "D")])
def test_what_there_is_not_is_refused(cli, red_tomato, wrong):
    answer = cli("forecasts", red_tomato, *wrong)
    assert answer.code == 2 and wrong[1] in answer.err
