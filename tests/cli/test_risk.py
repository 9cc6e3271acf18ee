"""equipoise risk: the ranking and the company's fan, as JSON and in words."""

import pytest

pytestmark = pytest.mark.usefixtures("asked_before")


def test_families_are_ranked_by_what_is_at_risk(cli, demo_folder):
    answer = cli("risk", demo_folder, "--json")
    report = answer.json
    assert answer.code == 0 and (report["command"], report["by"], report["format"]) == ("risk", "family", 1)
    assert report["risks"][0]["family"] == "Laundry care" and report["risks"][0]["chance_pct"] > 50
    amounts = [line["amount"] for line in report["risks"]]
    assert amounts == sorted(amounts, reverse=True) and min(amounts) >= report["least_amount"]
    assert len(report["families"]) == 6 and len(report["company"]["buckets"]) == 24
    first = report["company"]["buckets"][0]
    assert first["revenue_amount"]["p10"] < first["revenue_amount"]["p50"] < first["revenue_amount"]["p90"]
    assert cli("risk", demo_folder, "--json").out == answer.out


def test_items_of_a_family_are_listed_from_any_money_on(cli, demo_folder):
    report = cli("risk", demo_folder, "--by", "item", "--family", "Dish care", "--least", "0", "--json").json
    assert {line["family"] for line in report["risks"]} == {"Dish care"} and report["company"] is None
    assert all(line["item"] and line["location"].startswith("dc-") for line in report["risks"])
    assert report["below_count"] == 0 and [each["family"] for each in report["families"]] == ["Dish care"]


def test_it_is_told_in_words(cli, demo_folder, red_tomato):
    told = cli("risk", demo_folder).out
    assert "Laundry care" in told and "Feb 2027" in told and "P90" in told and "chance of 80 %" in told
    silent = cli("risk", red_tomato)
    assert silent.code == 0 and "is not known" in silent.out and "1 without a price" in silent.out
    assert "no known error: 1 stocking points" in silent.out


@pytest.mark.parametrize("wrong", [("--by", "market"), ("--family", "Toys"), ("--least", "-1")])
def test_what_there_is_not_is_refused(cli, red_tomato, wrong):
    answer = cli("risk", red_tomato, *wrong)
    assert answer.code == 2 and wrong[1] in answer.err
