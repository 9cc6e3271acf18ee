import pytest

pytestmark = pytest.mark.usefixtures("asked_before")
LATE = ("unmet_qty", "--bucket", "2027-04-01")


def test_an_explanation_has_the_agreed_shape(cli, red_tomato):
    answer = cli("explain", red_tomato, *LATE, "--json")
    assert answer.code == 0
    assert set(answer.json) == {"format", "command", "measure", "where", "value", "unit", "node"}
    assert answer.json["measure"] == "unmet_qty"
    assert answer.json["value"] == pytest.approx(266.667, abs=0.001)
    assert set(answer.json["node"]) == {"type", "value", "text", "children"}


def test_a_written_plan_explains_like_its_dataset(cli, red_tomato, tmp_path):
    cli("plan", red_tomato, "--out", tmp_path / "plan")
    cli("gather", red_tomato, "--out", tmp_path / "sealed")
    asked = cli("explain", red_tomato, *LATE, "--item", "tool", "--json").json
    assert cli("explain", tmp_path / "plan", *LATE, "--item", "tool", "--json").json == asked
    assert cli("explain", tmp_path / "sealed", *LATE, "--item", "tool", "--json").json == asked


def test_people_see_a_tree_down_to_the_source(cli, red_tomato):
    answer = cli("explain", red_tomato, *LATE)
    assert "266.667" in answer.out and "forecast.csv" in answer.out and "27.25" in answer.out
    assert "…" not in answer.out


def test_knobs_change_what_is_explained(cli, red_tomato):
    plain = cli("explain", red_tomato, "layoff_count", "--json").json
    whole = cli("explain", red_tomato, "layoff_count", "--set", "workforce=integer", "--json").json
    assert plain["value"] % 1 and whole["value"] % 1 == 0


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        (("unmet",), "unmet_qty"),
        (("unmet_qty", "--bucket", "2029-01-01"), "Jan 2027"),
        (("unmet_qty", "--item", "saw"), "saw"),
    ],
)
def test_an_unknown_name_is_wrong_usage(cli, red_tomato, asked, hint):
    answer = cli("explain", red_tomato, *asked)
    assert answer.code == 2 and hint in answer.err


def test_a_comparison_has_the_agreed_shape_and_closes(cli, red_tomato, tmp_path):
    cli("plan", red_tomato, "--set", "workforce=integer", "--out", tmp_path / "whole")
    answer = cli("compare", red_tomato, tmp_path / "whole", "--json")
    assert answer.code == 0
    assert {"format", "command", "a", "b", "totals", "cells", "bridge"} <= set(answer.json)
    cost = answer.json["totals"]["cost_total_amount"]
    assert cost["b"] - cost["a"] == cost["difference"] == pytest.approx(385, abs=0.01)
    assert answer.json["bridge"]["revenue"]["residual"] == 0
    people = cli("compare", red_tomato, tmp_path / "whole").out
    assert "422,275" in people and "422,660" in people and "+385" in people


def test_a_plan_does_not_differ_from_itself(cli, red_tomato):
    answer = cli("compare", red_tomato, red_tomato)
    assert answer.code == 0 and "same answer" in answer.out
    assert cli("compare", red_tomato, red_tomato, "--json").json["cells"] == []


def test_plans_of_two_currencies_cannot_be_compared(cli, red_tomato, dataset):
    head = (dataset / "dataset.toml").read_text()
    (dataset / "dataset.toml").write_text(head.replace('"USD"', '"EUR"'))
    answer = cli("compare", red_tomato, dataset)
    assert answer.code == 2 and "EUR" in answer.err
