"""equipoise supply: what binds, why demand is short, what is offered; the same numbers as JSON and in words."""

import pytest

pytestmark = pytest.mark.usefixtures("asked_before")


@pytest.mark.parametrize("question", ["binding", "causes", "offers"])
def test_an_answer_has_the_agreed_shape(cli, red_tomato, question):
    answer = cli("supply", red_tomato, question, "--json")
    assert answer.code == 0
    shape = {"format", "command", "question", "fingerprint", "tier", "currency", question}
    assert set(answer.json) == shape and answer.json["tier"] == "optimum"
    assert answer.json[question] and all(row["words"] for row in answer.json[question])


def test_causes_add_up_to_the_marginal_cost(cli, red_tomato):
    """266.7 tools are late in April and one more costs 27.25 (Chopra & Meindl's instance)."""
    (row,) = cli("supply", red_tomato, "causes", "--json").json["causes"]
    assert row["short"] == pytest.approx(266.667, abs=0.001)
    assert row["marginal_cost"] == pytest.approx(27.25)
    total = sum(cause["quantity"] * cause["worth"] for cause in row["causes"])
    assert total == pytest.approx(row["marginal_cost"] + row["gap"])


def test_offers_add_up_to_what_was_asked_for(cli, red_tomato):
    (row,) = cli("supply", red_tomato, "offers", "--json").json["offers"]
    planned = [offer["quantity"] for offer in row["offers"] if offer["sort"] != "for_more"]
    assert sum(planned) == pytest.approx(3800)
    more = [offer for offer in row["offers"] if offer["sort"] == "for_more"]
    assert all(offer["quantity"] > 0 and offer["extra_cost"] >= 0 for offer in more)


def test_people_read_sentences(cli, red_tomato):
    answer = cli("supply", red_tomato, "binding", "--top", "1")
    assert answer.code == 0 and "one more is worth" in answer.out and answer.out.count("\n- ") == 1


def test_a_plan_by_rules_has_no_prices(cli, red_tomato):
    answer = cli("supply", red_tomato, "binding", "--set", "tier=heuristic")
    assert answer.code == 2 and "tier=optimum" in answer.err


def test_a_comparison_names_the_tiers(cli, red_tomato, tmp_path):
    assert cli("plan", red_tomato, "--set", "tier=heuristic", "--out", tmp_path / "fast").code == 0
    answer = cli("compare", red_tomato, tmp_path / "fast", "--json")
    assert (answer.json["a"]["tier"], answer.json["b"]["tier"]) == ("optimum", "heuristic")
    shown = cli("compare", red_tomato, tmp_path / "fast").out
    assert "A is optimum" in shown and "B is heuristic" in shown
    plan = cli("plan", red_tomato, "--set", "tier=heuristic")
    assert "heuristic: fast plan by rules" in plan.out
