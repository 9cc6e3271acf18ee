"""Strategies of production on Red Tomato: level and hybrid beside a plain program, chase beside the book (D1)."""

from datetime import date

import numpy as np
import pytest
from scipy.optimize import linprog

from equipoise.core.adjustment import Adjustment, Amount, Scope, WrongAdjustment
from equipoise.supply.changes import ChangeStrategy, ProductionOverride
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.tests.test_fences import FENCE, archived

POLICY = {"unmet_demand": "backlog", "closing_backlog": False}
DEMAND = (1600, 3000, 3200, 3800, 2200, 2200)
DAYS = np.array([21, 20, 23, 22, 21, 22])
"""Mondays to Fridays of January to June 2027."""


def strategy(name, within=0.0, *, seq=1, **scope):
    return Adjustment(f"a{seq}", ChangeStrategy(name, within), Scope(**scope), seq=seq)


def planned(inputs, tables, *adjustments, **policy):
    return plan_supply(inputs(tables, policy=POLICY | policy, adjustments=adjustments))


def made(section):
    return section.panel_of("production_qty")["production_qty"][0]


def codes(section):
    return {finding.code for finding in section.findings}


def plain_program(within):
    """Cost of Red Tomato with production within a part of one rate a working day, by a program of its own.

    By month: made, workers, hired, laid off, overtime hours, subcontracted, stock, backlog; and the rate at the end.
    """
    names = ("made", "workers", "hired", "laid", "over", "bought", "stock", "late")
    at = {name: np.arange(6) + 6 * number for number, name in enumerate(names)}
    count, equal, right, most, limit = 49, [], [], [], []
    for t in range(6):
        balance, people = np.zeros(count), np.zeros(count)
        balance[[at["made"][t], at["bought"][t], at["late"][t]]] = 1.0
        balance[at["stock"][t]] = -1.0
        people[at["workers"][t]], people[at["hired"][t]], people[at["laid"][t]] = 1.0, -1.0, 1.0
        if t:
            balance[at["stock"][t - 1]], balance[at["late"][t - 1]] = 1.0, -1.0
            people[at["workers"][t - 1]] = -1.0
        equal += [balance, people]
        right += [DEMAND[t] - (0 if t else 1000), 0 if t else 80]
        hours, extra, low, high = (np.zeros(count) for _ in range(4))
        hours[at["made"][t]], hours[at["workers"][t]], hours[at["over"][t]] = 4.0, -160.0, -1.0
        extra[at["over"][t]], extra[at["workers"][t]] = 1.0, -10.0
        low[at["made"][t]], low[48] = -1.0, (1 - within) * DAYS[t]
        high[at["made"][t]], high[48] = 1.0, -(1 + within) * DAYS[t]
        most += [hours, extra, low, high]
        limit += [0.0] * 4
    price = np.concatenate([np.full(6, float(c)) for c in (10, 640, 300, 500, 6, 30, 2, 5)] + [np.zeros(1)])
    bounds = [(0.0, None)] * count
    bounds[at["stock"][5]], bounds[at["late"][5]] = (500.0, None), (0.0, 0.0)
    found = linprog(price, np.array(most), limit, np.array(equal), right, bounds)
    assert found.success
    return found.fun


@pytest.mark.parametrize(("name", "within"), [("level", 0.0), ("hybrid", 5.0), ("hybrid", 20.0)])
def test_a_rate_is_kept_by_working_day_and_costs_what_a_plain_program_says(inputs, red_tomato, name, within):
    plan = planned(inputs, red_tomato(), strategy(name, within, item="tools"))
    rate = made(plan) / DAYS
    assert rate.max() / rate.min() <= (100 + within) / (100 - within) + 1e-6
    assert plan.facts["objective_amount"] == pytest.approx(plain_program(within / 100), rel=1e-9)
    assert plan.facts["penalty_amount"] == 0.0 and not {"SU120", "SU160"} & codes(plan)


def test_a_rate_costs_more_than_the_cheapest_plan_and_more_room_never_costs_more(inputs, red_tomato):
    asked = [(), (strategy("hybrid", 20.0),), (strategy("hybrid", 5.0),), (strategy("level"),)]
    costs = [planned(inputs, red_tomato(), *each).facts["objective_amount"] for each in asked]
    assert costs[0] == pytest.approx(422_275.0) and costs == sorted(costs) and costs[0] < costs[-1]


def test_pure_chase_of_the_book(inputs, red_tomato):
    """D1 (d): without overtime, subcontractor, waiting and idle hands, 15 to 95 workers cost 484,250."""
    tables = red_tomato()
    del tables["subcontracting"]
    tables["resources"][0]["max_overtime_hours_per_worker"] = 0
    tables["resources"][0]["idle_cost_per_hour"] = 50
    tables["costs"][0]["backlog_cost"] = 500
    plan = planned(inputs, tables, strategy("chase"))
    np.testing.assert_allclose(made(plan), [600, 3000, 3200, 3800, 2200, 2700], atol=1e-4)
    workers = plan.panel_of("workforce_count")["workforce_count"][0]
    np.testing.assert_allclose(workers, [15, 75, 80, 95, 55, 67.5], atol=1e-4)
    assert plan.facts["objective_amount"] == pytest.approx(484_250.0, abs=0.01)
    assert plan.facts["penalty_amount"] == 0.0


def test_chase_builds_nothing_ahead_but_may_be_late(inputs, red_tomato):
    plan = planned(inputs, red_tomato(), strategy("chase"))
    needed = np.cumsum([600, 3000, 3200, 3800, 2200, 2700])
    assert (np.cumsum(made(plan)) <= needed + 1e-4).all()
    free = planned(inputs, red_tomato())
    assert (np.cumsum(made(free)) > needed + 1.0).any(), "the cheapest plan builds ahead"
    assert free.facts["objective_amount"] < plan.facts["objective_amount"] < 484_250.0


def test_the_last_strategy_of_a_cell_holds(inputs, red_tomato):
    free = planned(inputs, red_tomato())
    back = planned(inputs, red_tomato(), strategy("level"), strategy("cheapest", seq=2, item="tool"))
    assert back.facts["objective_amount"] == free.facts["objective_amount"]
    np.testing.assert_array_equal(made(back), made(free))


def test_a_strategy_of_a_line_is_of_what_that_line_makes(inputs, red_tomato):
    asked, free = strategy("level", resource="assembly"), planned(inputs, red_tomato())
    rate = made(planned(inputs, red_tomato(), asked)) / DAYS
    assert np.ptp(rate) == pytest.approx(0.0, abs=1e-4) and np.ptp(made(free) / DAYS) > 1.0


def test_days_of_the_scope_bound_it(inputs, red_tomato):
    asked = strategy("level", first=date(2027, 3, 1), last=date(2027, 5, 31))
    rate = made(planned(inputs, red_tomato(), asked)) / DAYS
    assert np.ptp(rate[2:5]) == pytest.approx(0.0, abs=1e-4) and np.ptp(rate) > 1.0


def test_a_fence_outranks_a_strategy(inputs, red_tomato):
    tables = red_tomato() | {"fences": FENCE, "plan_archive": [archived(3100)]}
    plan = planned(inputs, tables, strategy("level"))
    rate = made(plan) / DAYS
    assert made(plan)[0] == pytest.approx(3100, abs=1e-4)
    assert np.ptp(rate[1:]) == pytest.approx(0.0, abs=1e-4) and rate[0] > rate[1] + 1.0
    assert plan.facts["penalty_amount"] == 0.0


def test_what_people_firm_counts_in_the_rate_of_the_rest(inputs, red_tomato):
    """Two items at one plant: 900 of one are firm in March, and the total stays level around them."""
    tables = red_tomato()
    tables["items"].append(tables["items"][0] | {"item": "hoe", "name": "Hoe"})
    tables["forecast"] += [row | {"item": "hoe", "quantity": 300} for row in tables["forecast"]]
    for name in ("costs", "routings"):
        tables[name] += [tables[name][0] | {"item": "hoe"}]
    tables["lanes"][0]["item"] = ""
    del tables["subcontracting"]
    firm = Adjustment(
        "f",
        ProductionOverride(Amount.parse("900")),
        Scope(item="hoe", first=date(2027, 3, 1), last=date(2027, 3, 31)),
        seq=2,
    )
    plan = planned(inputs, tables, strategy("level", item="tools"), firm)
    both = plan.panel_of("production_qty")["production_qty"]
    assert both.shape[0] == 2 and 900 in both[:, 2].round(6)
    rate = both.sum(axis=0) / DAYS
    assert np.ptp(rate) == pytest.approx(0.0, abs=1e-4) and "SU160" not in codes(plan)


def test_what_cannot_be_kept_is_said_and_priced(inputs, red_tomato):
    """A fence makes 9,000 in January, of which 5,400 are ahead of need in February and 2,200 still in March."""
    tables = red_tomato() | {"fences": FENCE, "plan_archive": [archived(9_000)]}
    del tables["subcontracting"]
    tables["resources"][0]["max_workers"] = 300
    plan = planned(inputs, tables, strategy("chase"))
    (finding,) = (each for each in plan.findings if each.code == "SU160")
    ahead = (9_000 - np.cumsum([600, 3000, 3200, 3800, 2200, 2700])).clip(0)[1:].sum()
    assert f"{ahead:,.1f} units ahead of the need of chase production of all items" in finding.message
    assert made(plan)[0] == pytest.approx(9_000, abs=1e-4)
    assert plan.facts["penalty_amount"] == pytest.approx(ahead * 0.5 / 6)


def test_every_tier_obeys_or_says_so(inputs, red_tomato):
    endless = planned(inputs, red_tomato(), strategy("level"), tier="infinite")
    assert np.ptp(made(endless) / DAYS) == pytest.approx(0.0, abs=1e-4)
    fast = planned(inputs, red_tomato(), strategy("level"), tier="heuristic")
    assert any("production strategies" in each.message for each in fast.findings)
    said = [each.message for each in fast.findings if each.code == "SU142"]
    off = [text for text in said if "the rate of level production" in text]
    above = np.maximum(made(fast) - made(fast).sum() / DAYS.sum() * DAYS, 0.0).sum()
    assert len(off) == 2 and all(f"{above:,.1f} units" in text for text in off)
    assert fast.facts["penalty_amount"] >= 2 * above * 0.5 / 6 - 1e-6


def test_a_scope_without_own_production_changes_nothing(inputs, red_tomato):
    plan = planned(inputs, red_tomato(), strategy("level", first=date(2029, 1, 1)))
    assert "SU120" in codes(plan)
    plan = planned(inputs, red_tomato(), strategy("level", market="retail"))
    (finding,) = (each for each in plan.findings if each.code == "SU120")
    assert "production has no market" in finding.message
    assert plan.facts["objective_amount"] == pytest.approx(422_275.0)


@pytest.mark.parametrize(
    ("name", "within", "words"),
    [
        ("levels", 0.0, "must be one of cheapest, level, hybrid, chase"),
        ("hybrid", 0.0, "needs a margin"),
        ("level", 5.0, "only a hybrid plan has a margin"),
        ("hybrid", 100.0, "must lie between 0 and 100"),
    ],
)
def test_what_no_strategy_is_is_refused(name, within, words):
    with pytest.raises(WrongAdjustment, match=words):
        ChangeStrategy(name, within)
