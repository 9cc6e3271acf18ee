"""Parts of the model that share no row are solved apart: the same optimum, the same bytes by any number of threads."""

from datetime import date

import numpy as np
import pytest

from equipoise.supply import solving, tie_break
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.program import blocks
from equipoise.supply.program.blocks import independent_parts, put_together, solve_parts
from equipoise.supply.program.highs import solve
from equipoise.supply.solving import find_optimum

ITEMS = ("axe", "rake", "saw", "spade")
LINES = {"axe": "forge", "rake": "forge", "saw": "mill", "spade": "press"}


def tools_tables(closing_min=0):
    """Four tools on three lines; the forge, which two of them share, is too small for the peak."""
    demand = {"axe": (60, 90, 120, 60), "rake": (30, 30, 80, 50), "saw": (10, 20, 30, 40), "spade": (5, 5, 5, 50)}
    return {
        "items": [{"item": item, "name": item, "family": "tools", "uom": "unit"} for item in ITEMS],
        "locations": [{"location": "plant", "name": "Plant", "type": "plant"}],
        "markets": [{"market": "retail", "name": "Retail", "region": "home"}],
        "forecast": [
            {"item": item, "market": "retail", "date": date(2027, month + 1, 1), "quantity": quantity}
            for item in ITEMS
            for month, quantity in enumerate(demand[item])
        ],
        "inventory": [{"item": item, "location": "plant", "on_hand": 0} for item in ITEMS],
        "inventory_policy": [{"item": "saw", "location": "plant", "closing_min_qty": closing_min}],
        "costs": [{"item": item, "standard_cost": 9, "holding_cost": 1, "backlog_cost": 7} for item in ITEMS],
        "resources": [
            {"resource": line, "location": "plant", "name": line, "capacity_hours": 100, "regular_cost_per_hour": 2}
            for line in ("forge", "mill", "press")
        ],
        "routings": [
            {"item": item, "location": "plant", "resource": LINES[item], "hours_per_unit": 1, "variable_cost": 3}
            for item in ITEMS
        ],
        "lanes": [{"item": "", "from_location": "plant", "to": "retail", "lead_time_days": 0, "unit_cost": 0}],
    }


@pytest.fixture
def apart(monkeypatch):
    """Take no blocks together, however small they are."""
    monkeypatch.setattr(solving, "independent_parts", lambda program: independent_parts(program, least=1))


def items_of(model, part):
    """Items whose production is in a part."""
    make = model.columns.make
    rows = {int(column) // make.buckets for column in part.columns if column < make.offset + make.rows * make.buckets}
    return sorted(model.network.axes.items.leaves[row] for row in rows)


def test_a_line_couples_its_items_and_nothing_else_does(inputs):
    model = build_model(read_network(inputs(tools_tables(), horizon=4)))
    parts = independent_parts(model.program, least=1)
    assert [items_of(model, part) for part in parts] == [["axe", "rake"], ["saw"], ["spade"]]
    assert sorted(np.concatenate([part.columns for part in parts]).tolist()) == list(range(model.columns.count))
    assert sum(len(part.rows) for part in parts) == model.program.shape[0]


def test_small_blocks_are_taken_together(inputs):
    model = build_model(read_network(inputs(tools_tables(), horizon=4)))
    assert len(independent_parts(model.program)) == 1
    first, second, _ = (len(part.columns) for part in independent_parts(model.program, least=1))
    two = independent_parts(model.program, least=first + second)
    assert [items_of(model, part) for part in two] == [["axe", "rake", "saw"], ["spade"]]


def test_parts_have_the_optimum_of_the_whole(inputs, apart):
    model = build_model(read_network(inputs(tools_tables(), horizon=4)))
    found, whole = find_optimum(model, None, devex=True), solve(model.program)
    assert found.solution.objective == pytest.approx(whole.objective, rel=1e-12)
    assert found.solution.values @ model.program.cost + model.program.offset == pytest.approx(whole.objective)
    # Strong duality of the whole: the duals put together price its right-hand sides.
    bound = np.where(found.solution.row_duals > 0, model.program.row_lower, model.program.row_upper)
    priced = found.solution.row_duals != 0
    at = np.where(found.solution.reduced_costs > 0, model.program.lower, model.program.upper)
    held = np.abs(found.solution.reduced_costs) > 1e-9
    worth = found.solution.row_duals[priced] @ bound[priced] + found.solution.reduced_costs[held] @ at[held]
    assert worth + model.program.offset == pytest.approx(whole.objective)


def test_the_number_of_threads_does_not_change_a_byte(inputs):
    model = build_model(read_network(inputs(tools_tables(), horizon=4)))
    parts = independent_parts(model.program, least=1)

    def answer(threads):
        solved = solve_parts(parts, lambda part: solve(part.program_of(model.program)), threads=threads)
        return put_together(model.program, parts, solved)

    one, three = answer(1), answer(3)
    for name in ("values", "row_duals", "reduced_costs"):
        assert getattr(one, name).tobytes() == getattr(three, name).tobytes()
    assert one.basis.columns.tobytes() == three.basis.columns.tobytes()
    assert one.objective == three.objective


def test_only_the_block_without_a_plan_needs_slack(inputs, apart):
    # The mill makes at most 100 a month; if all 400 are kept and every customer waits, 600 of the 1,000 are missing.
    given = inputs(tools_tables(closing_min=1000), horizon=4)
    model = build_model(read_network(given))
    found = find_optimum(model, None, devex=True)
    short = model.columns.closing_slack.of(found.slack)[:, 0]
    assert dict(zip(ITEMS, short.round(6).tolist(), strict=True)) == {"axe": 0, "rake": 0, "saw": 600, "spade": 0}
    (finding,) = [finding for finding in plan_supply(given).findings if finding.code == "SU106"]
    assert "600.0" in finding.message


def test_a_what_if_starts_every_part_from_its_own_basis(inputs, apart):
    model = build_model(read_network(inputs(tools_tables(), horizon=4)))
    base = find_optimum(model, None, devex=True)
    again = find_optimum(model, base.solution.basis, devex=True)
    assert again.solution.iterations == 0 < base.solution.iterations
    np.testing.assert_array_equal(again.solution.values, base.solution.values)


@pytest.fixture
def sharing(monkeypatch):
    """Take every limit on more than two columns for one that very many share, whatever the size of the program."""
    monkeypatch.setattr(blocks, "MOST_SHARING", 2)
    monkeypatch.setattr(blocks, "LEAST_COLUMNS", 1)


def trucks(most):
    """The four tools with a lane that carries so many of them a month in all."""
    tables = tools_tables()
    tables["lanes"][0]["max_qty"] = most
    return tables


def test_a_limit_that_all_share_couples_nothing_while_it_does_not_bind(inputs, apart, sharing):
    # Without a limit at most 100 + 100 + 100 are made in a month, and 60 + 90 + ... never more than 250 leave.
    model = build_model(read_network(inputs(trucks(300), horizon=4)))
    assert len(independent_parts(model.program, least=1)) == 1
    told = []
    found = find_optimum(model, None, devex=True, report=told.append)
    assert len(told) == 3
    assert found.solution.objective == pytest.approx(solve(model.program).objective, rel=1e-12)
    limits = model.rows["limits"]
    assert not found.solution.row_duals[limits].any()


def test_a_limit_that_all_share_is_kept_once_it_is_exceeded(inputs, apart, sharing):
    model = build_model(read_network(inputs(trucks(110), horizon=4)))
    told = []
    found, whole = find_optimum(model, None, devex=True, report=told.append), solve(model.program)
    assert len(told) == 3  # the first try, without the limit
    assert found.solution.objective == pytest.approx(whole.objective, rel=1e-12)
    assert found.solution.row_duals[model.rows["limits"]].min() < 0
    shipped = model.columns.ship.of(found.solution.values).sum(axis=0)
    assert (shipped <= 110 + 1e-6).all() and shipped.max() == pytest.approx(110)
    again = find_optimum(model, found.solution.basis, devex=True)
    assert again.solution.iterations == 0
    assert again.solution.objective == pytest.approx(whole.objective, rel=1e-12)


def test_whole_workers_are_proved_part_by_part(inputs, red_tomato, apart):
    whole = plan_supply(inputs(red_tomato(), policy={"workforce": "integer"}))
    assert whole.facts["objective_amount"] == pytest.approx(422_660)


def test_progress_is_told_block_by_block(inputs, apart):
    model = build_model(read_network(inputs(tools_tables(), horizon=4)))
    told = []
    find_optimum(model, None, devex=True, report=told.append)
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_the_demo_company_is_small_enough_to_be_solved_whole():
    assert blocks.LEAST_COLUMNS > 16_044


def test_ranks_are_obeyed_part_by_part(inputs, monkeypatch):
    """Each line is short, and each of them lets the second market wait, as the whole model does."""
    tables = tools_tables()
    tables["markets"] = [
        {"market": "retail", "name": "Retail", "region": "home", "priority": 2},
        {"market": "clinic", "name": "Clinics", "region": "home", "priority": 1},
    ]
    tables["lanes"] = [{**tables["lanes"][0], "to": to} for to in ("retail", "clinic")]
    tables["forecast"] = [
        {"item": item, "market": market, "date": date(2027, 1, 1), "quantity": 80}
        for item in ("axe", "saw", "spade")
        for market in ("retail", "clinic")
    ]
    given = inputs(tables, horizon=4)
    assert len(independent_parts(build_model(read_network(given)).program, least=1)) == 3

    def late():
        panel = plan_supply(given).panel_of("unmet_qty")
        rows = given.axes.keys[panel.grain].rows
        return {key: float(panel["unmet_qty"][row, 0]) for key, row in rows.items()}

    whole = late()
    assert whole == {
        (item, m): 60.0 * (m == "retail") for item in ("axe", "saw", "spade") for m in ("retail", "clinic")
    }
    for module in (solving, tie_break):
        monkeypatch.setattr(module, "independent_parts", lambda program: independent_parts(program, least=1))
    assert late() == whole
