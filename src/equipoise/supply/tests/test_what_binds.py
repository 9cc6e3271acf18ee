"""What binds, why demand is short, and what is offered instead: prices are what a change costs, causes add up."""

from dataclasses import replace

import pytest

from equipoise.supply.beyond import run_on
from equipoise.supply.binding import binding
from equipoise.supply.causes import Causes, shortages
from equipoise.supply.counter_offers import counter_offers, offer_for_more, planned_offers
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START

EPSILON = 1e-3
POLICY = {"end_condition": "closing_min", "closing_backlog": False}


def solved(network):
    model = build_model(network)
    return model, find_optimum(model, None, devex=False)


def read(given):
    return run_on(given, read_network(given))


def company(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    return read(inputs(tables, start=START, bucket="week", horizon=horizon, policy=knobs, safety=safety))


def moved(network, found, step):
    """The network with one limit moved by a step of its unit."""
    capacity, rules = network.capacity, network.stock_rules
    if found.kind == "hours" and not capacity.is_workforce[found.row]:
        clock = capacity.clock.copy()
        clock[found.row, found.bucket] += step / capacity.rate[found.row]
        return replace(network, capacity=replace(capacity, clock=clock))
    if found.kind == "overtime" and not capacity.is_workforce[found.row]:
        overtime = capacity.overtime.copy()
        overtime[found.row, found.bucket] += step
        return replace(network, capacity=replace(capacity, overtime=overtime))
    if found.kind == "limit":
        limits = list(network.limits)
        most = limits[found.row].most.copy()
        most[found.bucket] += step
        limits[found.row] = replace(limits[found.row], most=most)
        return replace(network, limits=tuple(limits))
    if found.kind == "storage":
        room = rules.storage.capacity.copy()
        room[found.row, found.bucket] += step
        return replace(network, stock_rules=replace(rules, storage=replace(rules.storage, capacity=room)))
    if found.kind == "most_stock":
        most = rules.most.most.copy()
        most[found.row, found.bucket] += step
        return replace(network, stock_rules=replace(rules, most=replace(rules.most, most=most)))
    return None


@pytest.mark.parametrize("seed", [0, 1, 2, 6])
def test_one_more_of_what_binds_is_worth_what_it_says_both_ways(inputs, seed):
    network = company(inputs, seed)
    model, optimum = solved(network)
    assert optimum.penalty == 0.0
    cost, tried, met = optimum.solution.objective, 0, 0
    for found in binding(model, optimum)[:14]:
        if moved(network, found, EPSILON) is None or found.most <= EPSILON:
            continue
        more, less = (solved(moved(network, found, step))[1].solution.objective for step in (EPSILON, -EPSILON))
        worth = found.worth * EPSILON
        # The least cost is convex in every limit, and the dual is a slope that touches it.
        assert more >= cost - worth - 1e-6 and less >= cost + worth - 1e-6
        tried, met = tried + 1, met + (abs(cost - worth - more) < 1e-5 or abs(cost + worth - less) < 1e-5)
    # Where several limits bind at one corner the slope may touch it there alone.
    assert tried >= 5 and met >= tried / 2


def test_the_scarcest_limits_come_first(inputs):
    model, optimum = solved(company(inputs, 2))
    found = binding(model, optimum)
    money = [one.money for one in found]
    assert money == sorted(money, reverse=True) and money[0] > 0
    assert {"hours", "overtime", "limit"} <= {one.kind for one in found}


@pytest.mark.parametrize("seed", range(10))
def test_causes_add_up_to_the_marginal_cost(inputs, seed):
    model, optimum = solved(company(inputs, seed))
    causes = Causes(model, optimum)
    used = 0
    # Any demand has a chain, not only a short one.
    for row in range(len(model.network.demand)):
        for bucket in range(model.network.visible):
            chain = causes.of(row, bucket)
            assert sum(cause.amount for cause in chain.causes) == pytest.approx(chain.marginal + chain.gap, abs=1e-6)
            assert chain.gap >= -1e-6
            used += chain.gap < 1e-6 and bool(chain.steps)
    assert used > 10


def short_tool(red_tomato, demand=(1600, 3000, 3200, 3800, 2200, 2200), price=45):
    """Red Tomato on a machine of 8,000 standard hours, 4 a unit, 1,200 clock hours of overtime, subcontracting dear."""
    tables = red_tomato(demand)
    tables["resources"] = [
        {
            "resource": "line",
            "location": "plant",
            "name": "Line",
            "capacity_hours": 10_000,
            "utilization_pct": 80,
            "max_overtime_hours": 1_200,
            "regular_cost_per_hour": 4,
            "overtime_cost_per_hour": 6,
        }
    ]
    tables["routings"][0]["resource"] = "line"
    tables["subcontracting"][0] |= {"unit_cost": price, "max_qty": 300}
    return tables


def test_a_shortage_by_hand(inputs, red_tomato):
    """April waits: every hour and all 300 of the subcontractor are used until then."""
    model, optimum = solved(read(inputs(short_tool(red_tomato), policy=POLICY)))
    row, bucket, quantity = shortages(model, optimum)[0]
    assert (row, bucket, round(quantity)) == (0, 3, 440)
    chain = Causes(model, optimum).of(row, bucket, quantity)
    # Four standard hours, each 5 of pay (4 a clock hour at 80 %) and worth 6.25 more, and 10 of material.
    assert chain.marginal == pytest.approx(55.0) and chain.gap == pytest.approx(0.0)
    assert [(cause.kind, round(cause.quantity, 6), round(cause.worth, 6)) for cause in chain.causes] == [
        ("hours", 4.0, 11.25),
        ("paid", 1.0, 10.0),
    ]
    text = chain.words("tool for retail", "April", "EUR")
    assert text == (
        "440.0 tool for retail are short in April; one more unit costs 55.00 EUR. It would come by tool from plant to "
        "retail in Apr 2027 ← tool at plant in Apr 2027. That takes 4 × standard hour of line in Apr 2027 at 11.25 = "
        "45.00; 1 × cost of a unit of tool / plant at 10.00 = 10.00."
    )
    tight = {(one.kind, one.bucket): one for one in binding(model, optimum)}
    assert tight["hours", 3].worth == pytest.approx(6.25) and tight["hours", 3].most == 8000.0
    assert tight["limit", 3].worth == pytest.approx(55.0 - 45.0) and tight["overtime", 3].most == 1200.0


def test_offers_of_the_plan_add_up_and_come_first_come_first_served(inputs, red_tomato):
    model, optimum = solved(read(inputs(short_tool(red_tomato), policy=POLICY)))
    demand = model.network.demand[0]
    for bucket in range(6):
        offers = planned_offers(model, optimum, row=0, bucket=bucket)
        assert sum(offer.quantity for offer in offers) == pytest.approx(demand[bucket])
        assert [offer.bucket for offer in offers] == sorted(offer.bucket for offer in offers)
    row, bucket, quantity = shortages(model, optimum)[0]
    late = [offer for offer in planned_offers(model, optimum, row=row, bucket=bucket) if offer.sort != "on_time"]
    assert sum(offer.quantity for offer in late) == pytest.approx(quantity)


def test_an_offer_for_more_costs_what_the_plan_costs_more(inputs, red_tomato):
    """A second subcontractor at 90 is dearer than waiting: the plan leaves it, the offer shows it."""
    tables = short_tool(red_tomato)
    tables["subcontracting"].append(
        {"item": "tool", "location": "plant", "supplier": "dear", "unit_cost": 90, "max_qty": 400}
    )
    network = read(inputs(tables, policy=POLICY))
    model, optimum = solved(network)
    row, bucket, quantity = shortages(model, optimum)[0]
    offer = offer_for_more(model, optimum, row=row, bucket=bucket)
    assert offer is not None and 0 < offer.quantity <= quantity + 1e-6 and offer.extra_cost > 0
    # Forbid the shortage in the model itself: the same cost.
    model.program.upper[model.columns.backlog.at(row, bucket)] = quantity - offer.quantity + 1e-7
    forced = find_optimum(model, None, devex=False)
    assert forced.solution.objective - optimum.solution.objective == pytest.approx(offer.extra_cost, abs=1e-3)
    offers = counter_offers(*solved(network), row=row, bucket=bucket)
    assert offers[-1] == offer and {other.sort for other in offers[:-1]} <= {"on_time", "late", "never"}


def test_what_nothing_can_bring_is_not_offered(inputs, red_tomato):
    """Every hour until April and all of the subcontractor are already in the plan: no money brings more."""
    tables = short_tool(red_tomato, demand=(3600, 3600, 3600, 3600, 3600, 3600), price=11)
    model, optimum = solved(read(inputs(tables, policy=POLICY)))
    row, bucket, _ = shortages(model, optimum)[-1]
    assert bucket == 5
    assert offer_for_more(model, optimum, row=row, bucket=bucket) is None
    offers = counter_offers(model, optimum, row=row, bucket=bucket)
    assert offers[-1].sort == "never" and sum(offer.quantity for offer in offers) == pytest.approx(3600)
    assert counter_offers(*solved(read(inputs(short_tool(red_tomato, (10,) * 6), policy=POLICY))), row=0, bucket=2) == (
        planned_offers(*solved(read(inputs(short_tool(red_tomato, (10,) * 6), policy=POLICY))), row=0, bucket=2)
    )


@pytest.mark.parametrize("seed", [0, 2, 6])
def test_random_shortages_have_offers_that_add_up(inputs, seed):
    model, optimum = solved(company(inputs, seed))
    for row, bucket, _ in shortages(model, optimum)[:5]:
        planned = planned_offers(model, optimum, row=row, bucket=bucket)
        assert sum(offer.quantity for offer in planned) == pytest.approx(model.network.demand[row, bucket], abs=1e-2)
        more = offer_for_more(model, optimum, row=row, bucket=bucket)
        assert more is None or more.extra_cost >= 0
