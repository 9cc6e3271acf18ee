import pytest

pytestmark = pytest.mark.usefixtures("asked_before")


def test_a_first_cycle_has_values_of_the_plan_and_says_what_the_rest_needs(cli, red_tomato):
    answer = cli("kpis", red_tomato, "--json")
    assert answer.code == 0
    report = answer.json
    assert (report["command"], report["by"], report["forecasts"], report["stairstep"]) == ("kpis", "", [], [])
    found = {kpi["name"]: kpi for kpi in report["kpis"]}
    fill = found["Fill rate"]
    assert fill["value"] == pytest.approx(100 * (16_000 - 800 / 3) / 16_000)
    assert (fill["target"], fill["status"], fill["owner"], fill["kind"]) == (95, "met", "supply", "leading")
    # Cost of sales of half a year, twice, over the trapezoid average of 894.44 tools; standard cost cancels out.
    assert found["Inventory turns"]["value"] == pytest.approx(2 * 16_000 / 894.444, rel=1e-3)
    accuracy = found["Forecast accuracy"]
    assert (accuracy["value"], accuracy["status"], accuracy["trend"]) == (None, "unknown", [])
    assert "forecast_archive" in accuracy["needs"]


def test_people_read_status_in_words_and_the_sign_convention(cli, red_tomato):
    out = cli("kpis", red_tomato).out
    assert "✓ met" in out
    assert "? unknown" in out
    assert "Forecast bias: F − A: above 0 where forecasts were too high" in out
    assert "Tracking signal: A − F" in out
    assert "No earlier forecast is archived" in out


def test_the_demo_company_shows_the_planted_bias(cli, demo_folder):
    report = cli("kpis", demo_folder, "--json", "--drill", "Forecast bias").json
    by_source = {(row["source"], row["lag"]): row for row in report["forecasts"]}
    assert by_source["sales", 1]["is_biased"]
    assert by_source["sales", 1]["tracking_signal"] < -4  # A − F: too high
    assert by_source["sales", 1]["bias_pct"] > 5  # F − A
    assert not by_source["naive", 1]["is_biased"]
    steps = {row["step"]: row["value_added_pct"] for row in report["stairstep"]}
    assert steps["statistical"] > 0 > steps["sales"]
    assert report["drill"]["name"] == "Forecast bias"
    cells = report["drill"]["cells"]
    assert [cell["contribution"] for cell in cells] == sorted((cell["contribution"] for cell in cells), reverse=True)
    assert sum(cell["market"].startswith("north") for cell in cells) >= 7  # the statistical part of it errs anywhere


def test_by_family_and_by_function(cli, demo_folder):
    report = cli("kpis", demo_folder, "--json", "--by", "family", "--for", "product").json
    assert {kpi["name"] for kpi in report["kpis"]} >= {"Gross margin return on inventory", "Gross margin"}
    assert "Laundry care" in {kpi["node"] for kpi in report["kpis"]}
    shown = cli("kpis", demo_folder, "--by", "family", "--for", "product").out
    assert "Laundry care" in shown


def test_what_does_not_exist_is_refused_with_what_does(cli, red_tomato):
    answer = cli("kpis", red_tomato, "--for", "gardening")
    assert answer.code == 2
    assert "there are cards of demand, sales" in answer.err
    answer = cli("kpis", red_tomato, "--drill", "Fil rate")
    assert answer.code == 2
    assert "did you mean Fill rate" in answer.err
    answer = cli("kpis", red_tomato, "--by", "planet")
    assert answer.code == 2
    assert "planet" in answer.err
    answer = cli("kpis", red_tomato, "--drill", "Forecast error")
    assert answer.code == 2
    assert "is not known in this plan" in answer.err


def test_a_card_and_a_chart_say_how_the_plan_was_found(cli, red_tomato):
    fast = ("--set", "tier=heuristic")
    assert cli("kpis", red_tomato, "--json").json["tier"] == "optimum"
    assert cli("kpis", red_tomato, "--json", *fast).json["tier"] == "heuristic"
    assert "heuristic" in cli("kpis", red_tomato, *fast).out.splitlines()[0]
    assert cli("chart", red_tomato, "sop", "--json", *fast).json["tier"] == "heuristic"
    where = ("--bucket", "3", "--item", "tool", "--market", "retail")
    assert "· heuristic" in cli("explain", red_tomato, "unmet_qty", *where, *fast).out.splitlines()[0]
