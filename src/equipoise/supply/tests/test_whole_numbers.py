"""A search over whole numbers that finds nothing in time still ends with a plan, and says how good it is."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.supply import solving
from equipoise.supply.program.highs import solve
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.tests.shop import Shop
from equipoise.supply.tests.test_lots import WHOLE, bought, buys, lots, made, makes


@pytest.fixture
def no_search(monkeypatch):
    """The search meets its limit of nodes before it has any plan, whatever it was given to start from."""

    def nothing(program, *args, start=None, **options):
        if not program.is_integer.any():
            return solve(program, *args, **options)
        relaxed = solve(replace(program, is_integer=np.zeros_like(program.is_integer)))
        return relaxed if relaxed.status == "infeasible" else replace(relaxed, status="none_found")

    monkeypatch.setattr(solving, "solve", nothing)


def test_lots_cover_what_is_asked_before_it_is_needed(inputs, no_search):
    # Without whole lots 50 a month are bought. In lots of 40: 80, then 40, which with the 30 left covers 50, and 40.
    shop = Shop(inputs, buys(lot_multiple=40), policy=WHOLE)
    assert bought(shop) == [80, 40, 40]
    assert shop.cost == pytest.approx(160 + 30 + 20 + 10)
    # 150 and nothing to hold is what no plan can be below: 60 / 220 more at most.
    assert "SU122" in shop.codes()
    assert shop.plan.facts["gap_pct"] == pytest.approx(100 * 70 / 220, abs=0.01)
    assert "31.82 % of the best plan" in shop.message("SU122")


def test_where_hours_are_short_lots_wait(inputs, no_search):
    # 95 asked and 100 hours: two lots of 60 do not fit, so that 35 wait at 90 a month until another one does.
    shop = Shop(inputs, makes((95, 0, 0), lot_multiple=60), policy=WHOLE)
    assert made(shop) == [60, 60, 0]
    assert shop.of("backlog_closing_qty", "x", "m").tolist() == [35, 0, 0]


def test_components_are_rounded_before_what_they_go_into(inputs, no_search):
    tables = makes((50, 0, 0), lot_multiple=30)
    tables["bom"] = [{"item": "x", "component": "y", "quantity_per": 1}]
    tables["purchasing"] = [
        {"item": "y", "supplier": "s", "location": "a", "valid_from": None, "unit_cost": 1, "lead_time_days": 0}
        | {"lot_multiple": 55, "max_qty": 60}
    ]
    shop = Shop(inputs, tables, policy=WHOLE)
    assert shop.of("purchase_qty", "y", "a", "purchase:s").tolist()[0] == 55
    assert made(shop)[0] == 30  # 60 would need 60 of y, and the supplier gives 55 a month
    assert all(units % 30 == 0 for units in made(shop))


def out_of_reach():
    tables = buys((0, 0, 0), lot_multiple=100, max_qty=60)
    tables["inventory_policy"] = [{"item": "x", "location": "a", "closing_min_qty": 70}]
    return tables


def test_a_lot_larger_than_a_line_is_an_overload_with_a_name(inputs):
    # 70 asked at the end, 100 a lot, 60 hours a month: 40 hours too many are less than 70 units too few.
    tables = makes((0, 0, 0), lot_multiple=100, line={"capacity_hours": 60})
    tables["inventory_policy"] = [{"item": "x", "location": "a", "closing_min_qty": 70}]
    shop = Shop(inputs, tables, policy=WHOLE)
    assert sum(made(shop)) == 100
    assert shop.plan.facts["penalty_amount"] == pytest.approx(40)
    assert "40.0 standard hours for its firm receipts and whole lots" in shop.message("SU108")


def test_where_no_way_leaves_a_plan_the_slack_is_priced_and_called_unsettled(inputs, no_search):
    # A closing stock of 70 could be bought in parts; in lots of 100 the supplier, who gives 60 a month, gives nothing.
    shop = Shop(inputs, out_of_reach(), policy=WHOLE)
    assert bought(shop) == [0, 0, 0]
    assert shop.plan.facts["penalty_amount"] == pytest.approx(70)
    assert {"SU106", "SU122"} <= set(shop.codes())
    assert "is not known" in shop.message("SU122")


def test_with_the_search_the_same_slack_is_settled(inputs):
    shop = Shop(inputs, out_of_reach(), policy=WHOLE)
    assert shop.plan.facts["penalty_amount"] == pytest.approx(70)
    assert "SU106" in shop.codes() and "SU122" not in shop.codes()


def test_the_search_begins_with_the_rounded_plan(inputs, monkeypatch):
    """Whatever HiGHS would find, it ends with no dearer plan than the one that it was given."""
    given = []

    def told(program, *args, start=None, **options):
        found = solve(program, *args, start=start, **options)
        if start is not None:
            given.append(float(program.cost @ start) + program.offset)
            assert found.objective <= given[-1] + 1e-6
        return found

    monkeypatch.setattr(solving, "solve", told)
    shop = Shop(inputs, buys((37, 81, 22), lot_multiple=25, min_lot=60, order_cost=40), policy=WHOLE)
    assert given and sum(lots(shop)) > 0


@pytest.mark.parametrize("search", ["with", "without"])
def test_people_who_are_no_whole_number_stay_until_others_can_be_hired(inputs, request, search):
    """2.5 people, of whom none may go before April and none can come: no whole number is allowed, so they stay."""
    if search == "without":
        request.getfixturevalue("no_search")
    crew = {"capacity_hours": None, "workers": 2.5, "hours_per_worker": 20, "min_workers": 3, "hire_lead_days": 90}
    shop = Shop(inputs, makes((50, 50, 50), line=crew | {"hire_cost": 1}), policy={"workforce": "integer"})
    assert shop.of("workforce_count", "line").tolist() == [2.5, 2.5, 2.5]
    assert made(shop) == [50, 50, 50]


@pytest.mark.parametrize("seed", range(20))
def test_random_lots_have_a_plan_with_and_without_the_search(inputs, monkeypatch, request, seed):
    """Setups, least lots and multiples on a short line, parts in lots, whole people: a plan, in lots, and its cost is
    within what is said of the other's."""
    r = np.random.default_rng(seed)
    demand = tuple(int(units) for units in r.integers(0, 120, 3))
    crew = {"workers": float(r.integers(1, 3)), "hours_per_worker": 50, "hire_cost": 30, "layoff_cost": 30}
    line = {"capacity_hours": None, **crew} if seed % 2 else {"capacity_hours": int(r.integers(20, 150))}
    multiple = int(r.integers(10, 60))
    route = {"lot_multiple": multiple, "setup_hours": int(r.integers(0, 12)), "min_lot": int(r.integers(0, 90))}
    tables = makes(demand, line=line, **route)
    tables["bom"] = [{"item": "x", "component": "y", "quantity_per": 2}]
    supply = {"item": "y", "supplier": "s", "location": "a", "valid_from": None, "unit_cost": 1, "lead_time_days": 0}
    tables["purchasing"] = [supply | {"min_lot": int(r.integers(0, 200)), "order_cost": 25, "lot_multiple": 35}]
    if seed % 3 == 0:
        tables["inventory_policy"] = [{"item": "x", "location": "a", "closing_min_qty": int(r.integers(1, 200))}]
    policy = WHOLE | {"workforce": "integer"}
    best = Shop(inputs, tables, policy=policy)
    request.getfixturevalue("no_search")
    rounded = Shop(inputs, tables, policy=policy)
    for shop in (best, rounded):
        units = np.array(made(shop))
        assert (units % multiple == 0).all()
        assert ((units == 0) | (units >= route["min_lot"])).all()
        assert (shop.of("workforce_count", "line") % 1 == 0).all()
    if best.plan.facts["penalty_amount"] == rounded.plan.facts["penalty_amount"] == 0:
        least = rounded.cost * (1 - rounded.plan.facts["gap_pct"] / 100)
        assert least - 1e-4 <= best.cost <= rounded.cost + 1e-4
    assert rounded.plan.facts["penalty_amount"] >= best.plan.facts["penalty_amount"] - 1e-6


def test_a_plan_that_is_none_by_the_solver_s_own_check_is_none_found():
    """a = 333,333 and 10^11 a = b / 100 + n / 2: where rows come to 10^16 no float keeps them to a millionth."""
    program = LinearProgram(
        cost=np.array([0.0, 1.0, 1.0]),
        lower=np.zeros(3),
        upper=np.array([np.inf, np.inf, 3.0]),
        is_integer=np.array([False, False, True]),
        offset=0.0,
        row_lower=np.array([1e6 / 3, 0.0]),
        row_upper=np.array([1e6 / 3, 0.0]),
        starts=np.array([0, 2, 3, 4]),
        indices=np.array([0, 1, 1, 1]),
        values=np.array([1.0, 1e11, -0.01, -0.5]),
    )
    assert solve(program).status == "none_found"
