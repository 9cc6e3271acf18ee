"""Interior points of a large model: bounds never above the optimum, plans that keep every row, the same bytes twice."""

import numpy as np
import pytest
from scipy.sparse import csc_array

from equipoise.core.measure import Grain
from equipoise.supply.large import charged_use, component_prices, elimination, interior_points
from equipoise.supply.large.charged_use import charge_use
from equipoise.supply.large.close_plan import close_plan, near_optimum
from equipoise.supply.large.elimination import eliminate
from equipoise.supply.large.interior_points import close_in
from equipoise.supply.large.item_by_item import SHARED, activity_of, item_of_columns
from equipoise.supply.large.normal_equations import NormalEquations
from equipoise.supply.large.standard_form import standard_form
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.program.highs import SolverStopped, solve
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.tests.coupled_shop import coupled_tables

SEEDS = tuple(range(8))
END = {"end_condition": "closing_min"}


@pytest.fixture
def model(inputs):
    """The model of a company of a seed."""

    def build(seed, policy=END, **changes):
        return build_model(read_network(inputs(coupled_tables(seed) | changes, horizon=6, policy=policy)))

    return build


def form_of(built, program=None):
    """The standard form of a model's program, or of one of its shape."""
    program = built.program if program is None else program
    return standard_form(program, np.zeros(program.shape[0], dtype=np.bool_), item_of_columns(built))


def as_program(form):
    """A standard form as a program."""
    count = len(form.cost)
    return LinearProgram(
        form.cost,
        np.zeros(count),
        form.upper,
        np.zeros(count, dtype=np.bool_),
        form.offset,
        form.right,
        form.right,
        form.matrix.indptr.astype(np.int64),
        form.matrix.indices.astype(np.int64),
        form.matrix.data,
    )


@pytest.mark.parametrize("policy", [END, {}, END | {"holding_on": "average"}])
@pytest.mark.parametrize("seed", SEEDS)
def test_bound_and_plan_enclose_the_optimum(model, seed, policy):
    built = model(seed, policy)
    program, best = built.program, solve(built.program).objective
    near = near_optimum(built, program, gap=1e-5)
    values = close_plan(built, program, near)
    assert values is not None
    activity = activity_of(program, values)
    assert (activity >= program.row_lower - 1e-5).all()
    assert (activity <= program.row_upper + 1e-5).all()
    assert (values >= program.lower - 1e-7).all()
    assert (values <= program.upper + 1e-7).all()
    cost = float(program.cost @ values) + program.offset
    assert near.bound <= best + 1e-7 * abs(best)
    assert best <= cost + 1e-7 * abs(best)
    charged = solve(charge_use(built, program)).objective
    assert charged - 2e-5 * abs(best) <= near.bound <= charged + 1e-7 * abs(best)
    assert cost <= 1.02 * best


@pytest.mark.parametrize("ample", [0.0, 1.0, 4.0, None])
@pytest.mark.parametrize("seed", SEEDS)
def test_charged_use_is_a_relaxation_and_where_none_is_charged_the_whole(model, monkeypatch, seed, ample):
    if ample is None:
        monkeypatch.setattr(charged_use, "plenty_from", lambda network, stock: np.full(len(stock), network.horizon))
    else:
        monkeypatch.setattr(component_prices, "AMPLE", ample)
    built = model(seed)
    best, charged = solve(built.program).objective, solve(charge_use(built, built.program)).objective
    assert charged <= best + 1e-7 * abs(best)
    if ample is None:
        assert charged == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("policy", [END, {}])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_standard_form_has_the_same_optimum_and_leads_back(model, seed, policy):
    built = model(seed, policy)
    form, best = form_of(built), solve(built.program)
    found = solve(as_program(form))
    assert found.objective == pytest.approx(best.objective, rel=1e-9)
    assert form.bound(found.row_duals) == pytest.approx(best.objective, rel=1e-9)
    values = form.values(found.values)
    assert float(built.program.cost @ values) + built.program.offset == pytest.approx(best.objective, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_prices_bound_above_the_optimum(model, seed):
    built = model(seed)
    form, best = form_of(built), solve(built.program).objective
    random, prices = np.random.default_rng(seed), solve(as_program(form)).row_duals
    for factor in (0.0, 0.5, 1.0, 2.0):
        assert form.bound(factor * prices) <= best + 1e-7 * abs(best)
    assert form.bound(prices + random.normal(0.0, 1.0, len(prices))) <= best + 1e-7 * abs(best)


def test_a_component_of_one_item_is_that_items_own(model):
    tables = coupled_tables(0)
    own = [{"item": "p0", "component": "c0", "quantity_per": 1.0}]
    others = [row for row in tables["bom"] if row["component"] != "c0" and row["item"] != "p0"]
    few = [row | {"max_qty": 40.0} for row in tables["purchasing"]]
    built = model(0, bom=own + others, purchasing=few)
    form = form_of(built)
    owner = np.full(built.columns.count, SHARED - 1)
    owner[form.columns] = form.column_owner[: len(form.columns)]
    item = {leaf: number for number, leaf in enumerate(built.network.axes.items.leaves)}
    stock = built.network.axes.keys[Grain.STOCK].column("item")
    mine, others = (owner[built.columns.excess.all[stock == item[part]].ravel()] for part in ("c0", "c1"))
    assert set(mine.tolist()) == {item["p0"]}
    assert set(others.tolist()) == {SHARED}


@pytest.mark.parametrize("most", [0, 40, 1500])
@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_the_factors_solve_the_normal_equations(model, monkeypatch, most, kernel):
    monkeypatch.setattr(elimination, "MOST", most)
    form = form_of(model(1))
    equations = NormalEquations(form, kernel=kernel)
    random = np.random.default_rng(0)
    for spread in (0.5, 3.0):
        theta, right = np.exp(random.normal(0.0, spread, len(form.cost))), random.normal(size=len(form.right))
        equations.factor(theta, 1e-10)
        matrix = form.matrix.toarray()
        dense = (matrix * theta) @ matrix.T
        np.testing.assert_allclose(dense @ equations.solve(right, 1e-12), right, atol=1e-8)
        np.testing.assert_allclose(equations.times(right), dense @ right, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_both_kernels_come_to_the_same_points(model, seed):
    form = form_of(model(seed))
    one, other = (close_in(form, 1e-4, kernel=kernel) for kernel in ("numpy", "numba"))
    assert one.steps == other.steps
    np.testing.assert_allclose(other.x, one.x, rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(other.y, one.y, rtol=1e-9, atol=1e-7)


def test_the_same_bytes_twice(model):
    built = model(2)
    one, two = (near_optimum(built, built.program) for _ in range(2))
    assert one.values.tobytes() == two.values.tobytes()
    assert one.bound == two.bound
    plans = [close_plan(built, built.program, near) for near in (one, two)]
    assert plans[0].tobytes() == plans[1].tobytes()


def test_a_model_without_a_plan_does_not_close_in(model, monkeypatch):
    monkeypatch.setattr(interior_points, "MOST_STEPS", 30)
    built = model(4, inventory_policy=[{"item": "p0", "location": "east", "closing_min_qty": 1e6}])
    assert solve(built.program).status == "infeasible"
    with pytest.raises(SolverStopped):
        near_optimum(built, built.program)


class Enough(Exception):
    """Somebody has seen enough."""


def test_a_watcher_ends_the_interior_points(model):
    def stop(_note):
        raise Enough

    with pytest.raises(Enough):
        near_optimum(model(0), model(0).program, watch=stop)


def test_rows_that_nobody_else_touches_are_a_node_and_their_neighbors_its_border():
    """Rows 0 to 3 move together, of them items know 2 and 3; rows 4 and 5 are joined to these by an item."""
    columns = csc_array(np.array([[1.0, 0], [1, 1], [0, 1], [0, 1], [0, 0], [0, 0]]))
    found = eliminate(6, [np.array([2, 3]), np.array([3, 4, 5])], columns)
    assert found.rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert [(own.tolist(), border.tolist()) for own, border in found.nodes] in (
        [([0, 1], [2, 3]), ([2, 3], [4, 5])],
        [([0, 1, 2, 3], [4, 5])],
    )
    assert found.rest == 4
