import json
import math
import os
import subprocess
import sys

import pytest

from equipoise.report import TOTALS

INTEGER = {"id": "whole", "kind": "set_policy", "knob": "workforce", "value": "integer", "reason": "people are whole"}


def write(path, content):
    path.write_text(json.dumps(content))
    return path


def test_the_report_has_the_agreed_shape(cli, red_tomato):
    answer = cli("plan", red_tomato, "--json")
    assert answer.code == 0
    report = answer.json
    facts = {"format", "command", "snapshot", "fingerprint", "digest", "engine", "tier", "currency", "bucket"}
    assert set(report) == facts | {"start", "horizon", "by_bucket", "findings"} | set(TOTALS)
    assert (report["start"], report["horizon"]) == ("2027-01-01", 6)
    assert (report["bucket"], report["currency"]) == ("month", "USD")
    assert all(len(values) == 6 for values in report["by_bucket"].values())
    assert report["by_bucket"]["demand_consensus_qty"] == [1600, 3000, 3200, 3800, 2200, 2200]


def test_totals_are_the_sums_of_their_buckets(cli, red_tomato):
    report = cli("plan", red_tomato, "--json").json
    for name in ("revenue_amount", "production_qty", "cost_total_amount", "unmet_qty"):
        assert report[name] == math.fsum(report["by_bucket"][name]), name


def test_the_textbook_plan_costs_what_the_textbook_says(cli, red_tomato):
    assert cli("plan", red_tomato, "--json").json["cost_total_amount"] == pytest.approx(422_275, abs=0.01)
    integer = cli("plan", red_tomato, "--set", "workforce=integer", "--json").json
    assert integer["cost_total_amount"] == pytest.approx(422_660, abs=0.01)


def test_two_runs_give_the_same_bytes(red_tomato):
    runs = [
        subprocess.run(
            [sys.executable, "-c", "from equipoise.cli.main import main; main()", "plan", str(red_tomato), "--json"],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert str(red_tomato.parent).encode() not in runs[0]


def test_people_see_one_screen_with_uncut_numbers(cli, red_tomato):
    answer = cli("plan", red_tomato)
    assert answer.code == 0
    for text in ("Red Tomato Tools", "USD", "Jan 2027", "Jun 2027", "optimum", "422,275", "640,000", "Next: "):
        assert text in answer.out, text
    assert "…" not in answer.out
    assert len(answer.out.splitlines()) <= 60


def test_a_long_horizon_is_shown_by_quarter_with_the_gap_to_budget(cli, tmp_path):
    cli("demo", "--out", tmp_path / "demo")
    answer = cli("plan", tmp_path / "demo")
    assert answer.code == 0
    for text in ("Q2 FY27", "stock value", "Revenue against budget", "Overtime pay"):
        assert text in answer.out, text
    assert "Nov 2026 " not in answer.out.split("Plan", 1)[1]


def test_a_snapshot_gives_the_plan_of_its_dataset(cli, red_tomato, tmp_path):
    cli("gather", red_tomato, "--out", tmp_path / "sealed")
    assert cli("plan", tmp_path / "sealed", "--json").json == cli("plan", red_tomato, "--json").json


def test_an_adjustment_changes_the_question_and_its_withdrawal_restores_it(cli, red_tomato, tmp_path):
    plain = cli("plan", red_tomato, "--json").json
    adjusted = cli("plan", red_tomato, "--json", "--adjust", write(tmp_path / "a.json", INTEGER)).json
    assert adjusted["fingerprint"] != plain["fingerprint"]
    assert adjusted["cost_total_amount"] > plain["cost_total_amount"]
    ruling = {"adjustment": "whole", "verdict": "withdrawn", "by": "coordinator", "because": "not this year"}
    both = write(tmp_path / "b.json", {"adjustments": [INTEGER], "rulings": [ruling]})
    assert cli("plan", red_tomato, "--json", "--adjust", both).json == plain


def test_of_two_settings_of_one_knob_the_last_counts(cli, red_tomato):
    once = cli("plan", red_tomato, "--json", "--set", "workforce=continuous").json
    twice = cli("plan", red_tomato, "--json", "--set", "workforce=integer", "--set", "workforce=continuous").json
    assert twice["cost_total_amount"] == once["cost_total_amount"]


def test_a_written_plan_is_read_back_and_asked_anew(cli, red_tomato, tmp_path):
    written = cli("plan", red_tomato, "--set", "workforce=integer", "--out", tmp_path / "plan", "--json").json
    assert cli("plan", tmp_path / "plan", "--json").json == written


def test_a_written_plan_is_never_overwritten_by_another(cli, red_tomato, tmp_path):
    assert cli("plan", red_tomato, "--out", tmp_path / "plan").code == 0
    answer = cli("plan", red_tomato, "--set", "workforce=integer", "--out", tmp_path / "plan")
    assert answer.code == 2 and "choose another" in answer.err


@pytest.mark.parametrize(
    ("knob", "hint"),
    [("workfrce=integer", "workforce"), ("workforce=robots", "integer"), ("workforce", "KNOB=VALUE")],
)
def test_a_wrong_knob_is_wrong_usage(cli, red_tomato, knob, hint):
    answer = cli("plan", red_tomato, "--set", knob, "--json")
    assert answer.code == 2
    assert hint in answer.json["error"]["message"] and hint in answer.err


FIRM = {
    "id": "firm",
    "kind": "production_override",
    "function": "supply",
    "amount": 2000,
    "spread": "equal",
    "scope": {"item": "tool", "location": "plant", "first": "2027-02-01", "last": "2027-03-31"},
    "reason": "the press is being moved",
}


def test_planned_production_is_firm_and_its_withdrawal_is_the_same_answer(cli, red_tomato, tmp_path):
    plain = cli("plan", red_tomato, "--json").json
    firm = cli("plan", red_tomato, "--json", "--adjust", write(tmp_path / "a.json", FIRM)).json
    assert sum(firm["by_bucket"]["production_qty"][1:3]) == 2000
    assert firm["cost_total_amount"] + firm["penalty_total_amount"] > plain["cost_total_amount"]
    ruling = {"adjustment": "firm", "verdict": "withdrawn", "by": "supply", "because": "it stays"}
    both = write(tmp_path / "b.json", {"adjustments": [FIRM], "rulings": [ruling]})
    assert cli("plan", red_tomato, "--json", "--adjust", both).json == plain
    more = cli("plan", red_tomato, "--adjust", write(tmp_path / "c.json", {**FIRM, "amount": "+10%"}))
    assert more.code == 2 and "without sign" in more.err


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ({"kind": "demand_imput"}, "demand_input"),
        ({"kind": "set_policy", "knob": "workforce"}, "value"),
        ([INTEGER, INTEGER], "whole"),
        ({**INTEGER, "value": "robots"}, "integer"),
    ],
)
def test_a_wrong_adjustment_is_wrong_usage(cli, red_tomato, tmp_path, content, hint):
    answer = cli("plan", red_tomato, "--adjust", write(tmp_path / "a.json", content))
    assert answer.code == 2
    assert hint in answer.err


def test_an_adjustment_of_what_no_longer_exists_is_a_finding(cli, red_tomato, tmp_path):
    gone = {"kind": "demand_input", "function": "sales", "amount": "+10%", "scope": {"item": "saw"}}
    file = write(tmp_path / "a.json", gone)
    answer = cli("plan", red_tomato, "--json", "--adjust", file)
    assert answer.code == 0
    assert any("saw" in finding["message"] for finding in answer.json["findings"])
    assert cli("plan", red_tomato, "--strict", "--adjust", file).code == 1


def test_unmet_demand_without_any_source_is_found_and_strict_tells(cli, dataset):
    (dataset / "subcontracting.csv").unlink()
    (dataset / "resources.csv").write_text(
        "resource,location,name,capacity_hours,regular_cost_per_hour\nassembly,plant,Assembly,4000,4\n"
    )
    answer = cli("plan", dataset, "--json", "--strict")
    assert answer.json["unmet_qty"] > 0
    severities = {finding["severity"] for finding in answer.json["findings"]}
    assert answer.code == (1 if severities & {"blocker", "error"} else 0)


def test_progress_without_a_terminal_is_a_line_a_stage(capsys):
    from equipoise.cli.question import progress_bar

    with progress_bar(is_told_always=True) as progress:
        for title, done in (("Supply plan", 0.2), ("Supply plan", 0.5), ("KPIs", 0.9)):
            progress(title, done)
    assert capsys.readouterr().err.splitlines() == [" 20%  Supply plan", " 90%  KPIs"]
