import json
from xml.etree import ElementTree

import pytest

from equipoise.cli.chart import NAMES

pytestmark = pytest.mark.usefixtures("asked_before")
TITLES = {
    "sop": "All families:",
    "fan": "All demand has less than a year of history",
    "waterfall": "Margin does not differ",
    "tornado": "Net price moves margin most: −$",
    "load": "",
    "bias": "No forecast of the past can be compared yet",
    "error": "No forecast of the past can be compared yet",
    "families": "",
}


@pytest.mark.parametrize("name", NAMES)
def test_each_chart_is_a_file_that_stands_alone_and_a_table(cli, red_tomato, tmp_path, name):
    file = tmp_path / f"{name}.svg"
    more = ("--against", red_tomato) if name == "waterfall" else ()
    answer = cli("chart", red_tomato, name, "--out", file, "--json", *more)
    assert answer.code == 0
    report = answer.json
    assert (report["command"], report["name"]) == ("chart", name)
    assert report["title"].startswith(TITLES[name]) and report["title"]
    assert all(len(row) == len(report["table"]["heads"]) for row in report["table"]["rows"])
    drawing = ElementTree.parse(file).getroot()
    assert drawing.get("aria-label").startswith(report["title"])
    assert (drawing[0].tag.split("}")[1], drawing[0].get("fill")) == ("rect", "#ffffff")
    assert drawing[0].get("width") == drawing.get("width")
    assert [each.name for each in tmp_path.iterdir()] == [file.name], "nothing else is left behind"


def test_people_read_the_finding_and_the_table(cli, demo_folder, tmp_path):
    answer = cli("chart", demo_folder, "bias", "--of", "sales", "--out", tmp_path / "bias.json", "--dark")
    assert answer.code == 0
    assert "is forecast too high, by" in answer.out  # the demo's sales team is planted to be so
    assert "Sales less actual in percent of actual" in answer.out and "Written to" in answer.out
    spec = json.loads((tmp_path / "bias.json").read_text())
    assert spec["config"]["background"] == "#0f1317"


def test_against_another_plan_margin_is_compared_by_family(cli, red_tomato, tmp_path):
    change = {
        "id": "p1",
        "kind": "price",
        "amount": "-5%",
        "function": "finance",
        "reason": "a promise",
    }
    (tmp_path / "a.json").write_text(json.dumps([change]))
    answer = cli("chart", red_tomato, "tornado", "--against", red_tomato, "--adjust", tmp_path / "a.json", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["title"] == "Margin −$32\xa0k, all of it by tools"
    assert answer.json["table"]["heads"][:2] == ["What", "Buckets that lose"]


def test_the_waterfall_goes_from_another_plan_or_the_budget_and_adds_up(cli, red_tomato, demo_folder, tmp_path):
    change = {"id": "p1", "kind": "price", "amount": "-5%", "function": "finance", "reason": "a promise"}
    (tmp_path / "a.json").write_text(json.dumps([change]))
    answer = cli("chart", red_tomato, "waterfall", "--against", red_tomato, "--adjust", tmp_path / "a.json", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["title"] == "Margin −$32\xa0k; price moves it most, by −$32\xa0k"
    rows = dict(answer.json["table"]["rows"])
    assert [*rows] == [
        "red_tomato", "Price", "Cost", "Currency", "Volume", "Mix", "Launched", "Ended", "Residual", "Plan",
    ]  # fmt: skip
    assert {rows[name] for name in ("Cost", "Currency", "Volume", "Mix", "Launched", "Ended", "Residual")} == {"0"}
    budget = cli("chart", demo_folder, "waterfall", "--json")
    assert budget.json["table"]["rows"][0][0] == "Budget"
    assert budget.json["subtitle"].startswith("Budget to Plan; mix by item, volume in cases. The axis starts at €")


def test_the_fan_has_a_row_for_every_bucket_and_its_range_holds_the_forecast(cli, demo_folder, tmp_path):
    answer = cli("chart", demo_folder, "fan", "--family", "Laundry care", "--out", tmp_path / "fan.svg", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["title"].startswith("Laundry care ") and answer.json["title"].endswith(" in the year ahead")
    table = answer.json["table"]
    assert table["heads"] == ["Cases", "Sold", "Forecast", "Low", "High"]
    ahead = [row for row in table["rows"] if row[3]]
    assert len(ahead) == 24 and [row[0] for row in ahead][:2] == ["Nov 2026", "Dec 2026"]
    for row in ahead:
        forecast, low, high = (float(text.replace(",", "")) for text in row[2:])
        assert 0 < low < forecast < high
    assert all(row[1] for row in table["rows"] if row not in ahead)
    narrow = cli("chart", demo_folder, "fan", "--item", "LA-01", "--market", "north-grocery", "--json").json
    assert narrow["title"].startswith("LA-01 in north-grocery ")


@pytest.mark.parametrize(("given", "said"), [
    (("waterfall",), "there is no bridge from Budget to Plan: a quantity, a price or a cost is unknown"),
    (("fan", "--item", "nails"), "nails"),
    (("load", "--out", "chart.gif"), "a chart is written as .svg, .png, .json, not as .gif"),
    (("families", "--page", "2"), "there is no page 2 of families; there are 1"),
    (("sop", "--family", "nails"), "there is no family 'nails'; there are tools"),
    (("pie",), "'pie' is not one of"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused(cli, red_tomato, tmp_path, monkeypatch, given, said):
    monkeypatch.chdir(tmp_path)
    answer = cli("chart", red_tomato, *given)
    assert answer.code == 2 and said in answer.err
    assert list(tmp_path.iterdir()) == []


def test_the_same_chart_gives_the_same_bytes(cli, red_tomato, tmp_path):
    for name in ("one.png", "two.png"):
        assert cli("chart", red_tomato, "families", "--out", tmp_path / name).code == 0
    one, two = ((tmp_path / name).read_bytes() for name in ("one.png", "two.png"))
    assert one == two and one.startswith(b"\x89PNG")
