"""The grid says what the plan says, at every level, and nothing to who may not know it."""

import numpy as np
import pytest

from equipoise.core.grid import on_grid
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise_web.access import Access, NotAllowed, access_of
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.reads.grid_bytes import from_bytes
from equipoise_web.reads.grid_numbers import numbers_now, numbers_of_plan, working_name
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_state import rows_before, rows_now, state_of
from equipoise_web.reads.grid_view import GridView, default_view

CONSENSUS = "demand_consensus_qty"


@pytest.fixture
def who(person):
    return access_of(person("planner", "demand_planner"))


@pytest.fixture
def numbers(demo_digest, who):
    return numbers_of_plan(who, demo_digest)


def finest(rows):
    return [n for n, column in enumerate(rows.columns.all) if not column.is_total]


@pytest.mark.parametrize("measure", [CONSENSUS, "production_qty", "inventory_closing_qty", "revenue_amount"])
@pytest.mark.parametrize("levels", [("family", "item"), ("category", "family", "item"), ("item",)])
def test_nodes_are_the_plans_own_totals_bit_for_bit(numbers, who, measure, levels):
    rows = read_rows(numbers, GridView(rows=levels, measures=(measure,)), who=who)
    for depth, level in enumerate(levels, 1):
        codes, totals = numbers.plan.grouped(measure, level=level)
        nodes = [n for n in range(len(rows.tree)) if rows.tree.depth[n] == depth]
        assert {rows.tree.codes[node] for node in nodes} >= {c for c, t in zip(codes, totals, strict=True) if t.any()}
        for node in nodes:
            expected = totals[codes.index(rows.tree.codes[node])]
            assert np.array_equal(rows.values[0, node][finest(rows)], expected, equal_nan=True), rows.tree.keys[node]


def test_children_add_up_to_their_parent_and_buckets_to_their_year(numbers, who):
    rows = read_rows(numbers, GridView(rows=("region", "family", "item"), measures=(CONSENSUS,)), who=who)
    for node in range(len(rows.tree)):
        below = np.flatnonzero(rows.tree.parent == node)
        if below.size:
            assert np.array_equal(rows.values[0, below].sum(axis=0), rows.values[0, node])
    for column, about in enumerate(rows.columns.all):
        if about.is_total:
            inside = [n for n in finest(rows) if about.begin <= rows.columns.all[n].begin < about.end]
            assert np.array_equal(rows.values[0][:, inside].sum(axis=1), rows.values[0][:, column])


def test_a_ratio_is_taken_anew_from_its_parts(numbers, who):
    rows = read_rows(numbers, GridView(measures=("service_fill_pct",)), who=who)
    codes, fill = numbers.plan.spanned("service_fill_pct", level="family", time="fiscal_year")
    node = rows.tree.by_key["Laundry care"]
    years = [n for n, column in enumerate(rows.columns.all) if column.is_total]
    assert np.array_equal(rows.values[0, node][years], fill[codes.index("Laundry care")])
    assert len(set(rows.values[0, node][finest(rows)].tolist())) > 2


def test_load_is_that_of_the_tightest_resource_the_items_use(numbers, who):
    rows = read_rows(numbers, GridView(measures=("demand_load_pct",)), who=who)
    load, limit = (numbers.plan.measure(f"capacity_{name}_hours").values for name in ("load", "available"))
    tightest = np.divide(100 * load, limit, out=np.zeros_like(load), where=limit > 0).max(axis=0)
    nodes = np.flatnonzero(rows.tree.depth == 1)
    assert np.nanmax(rows.values[0, nodes][:, finest(rows)]) == pytest.approx(tightest.max())


def test_money_is_quantity_at_the_net_price(numbers, who):
    rows = read_rows(numbers, GridView(measures=(CONSENSUS,), unit="money"), who=who)
    quantity, price = (numbers.plan.measure(name).values for name in (CONSENSUS, "sales_net_price"))
    expected = on_grid(np.where(quantity == 0, 0.0, quantity * price), 2.0**-10).sum(axis=0)
    assert np.array_equal(rows.values[0, 0][finest(rows)], expected)


def test_units_that_differ_are_not_added(numbers, who):
    rows = read_rows(numbers, GridView(rows=("category", "item"), measures=("inventory_closing_qty",)), who=who)
    assert np.isnan(rows.values[0, 0]).all()
    assert not np.isnan(rows.values[0][rows.tree.depth == 2]).all()


def test_a_role_on_one_market_sees_that_market_only(numbers, person):
    north = access_of(person("north", "sales", market="North"))
    mine = read_rows(numbers_of_plan(north, numbers.base.digest), default_view(north), who=north)
    keys = numbers.plan.axes.keys[Grain.DEMAND]
    inside = numbers.plan.axes.rows(Grain.DEMAND, {"market": "North"})
    consensus = mine.lines.index(CONSENSUS)
    expected = numbers.plan.measure(CONSENSUS).values[inside].sum(axis=0)
    assert np.array_equal(mine.values[consensus, 0][finest(mine)], expected)
    assert len(inside) < len(keys)
    assert mine.labels[0] == "Total (your scope)"
    pooled = read_rows(numbers_of_plan(north, numbers.base.digest), GridView(measures=("unmet_qty",)), who=north)
    assert np.isnan(pooled.values[0]).all()
    load = read_rows(numbers_of_plan(north, numbers.base.digest), GridView(measures=("demand_load_pct",)), who=north)
    assert np.isnan(load.values[0]).all()


def test_a_scope_that_holds_nothing_is_an_empty_grid(numbers, person):
    nobody = access_of(person("south", "sales", market="nowhere"))
    rows = read_rows(numbers_of_plan(nobody, numbers.base.digest), default_view(nobody), who=nobody)
    assert len(rows.tree) == 1
    assert rows.values.shape[1] == 1


@pytest.mark.parametrize(
    "view",
    [
        GridView(measures=("sales_net_price",)),
        GridView(measures=("no_such_qty",)),
        GridView(rows=("item", "family")),
        GridView(rows=("colour",)),
    ],
)
def test_what_there_is_not_is_named(numbers, who, view):
    with pytest.raises(UnknownName):
        read_rows(numbers, view, who=who)


def test_a_query_brings_its_view_back():
    view = GridView(("region", "family"), (CONSENSUS, "unmet_qty"), (("item", "family:tools"),), "fiscal_year", "money")
    from urllib.parse import parse_qsl

    assert GridView.of_query(dict(parse_qsl(view.query))) == view


def test_the_binary_form_holds_the_same_bits(numbers, who):
    rows = read_rows(numbers, GridView(measures=(CONSENSUS,)), who=who)
    count = rows.values.size
    header, (values, marks) = from_bytes(rows.to_bytes(), ("<f8", count), ("u1", count))
    assert header["shape"] == list(rows.values.shape)
    assert np.array_equal(values, rows.values.ravel(), equal_nan=True)
    assert np.array_equal(marks, rows.marks.ravel())


def test_changes_are_the_cells_that_differ_and_no_others(numbers, who, person):
    scenario = working_name()
    view = default_view(who)
    before = rows_now(who, view, numbers_now(who, scenario))
    body = {
        "kind": "demand_override",
        "amount": "+10%",
        "scope": {"item": "family:Laundry care", "first": "2027-03-01", "last": "2027-03-31"},
        "reason": "Second shelf",
    }
    propose_adjustment(who, body, scenario=scenario, axes=numbers.plan.axes)
    later = numbers_now(who, scenario)
    after = rows_now(who, view, later)
    assert not later.is_exact
    raw = after.changes_to_bytes(rows_before(who, view, scenario, state_of(before.numbers)))
    count = from_bytes(raw)[0]["cells"]
    _header, (values, places, _marks) = from_bytes(raw, ("<f8", count), ("<i4", count), ("u1", count))
    assert count > 0
    patched = before.values.ravel().copy()
    patched[places] = values
    assert np.array_equal(patched, after.values.ravel(), equal_nan=True)
    node, march = after.tree.by_key["Laundry care"], 4
    line = after.lines.index(CONSENSUS)
    assert after.values[line, node, march] == pytest.approx(1.1 * before.values[line, node, march])
    other = after.tree.by_key["Hair care"]
    assert np.array_equal(after.values[line, other], before.values[line, other])
    assert rows_before(who, view, scenario, "no such state") is None


def test_the_estimate_of_demand_is_what_the_plan_then_says(numbers, who):
    from equipoise.plan import compute_plan
    from equipoise_web.reads.snapshots import open_snapshot

    scenario = working_name()
    body = {
        "kind": "demand_override",
        "amount": "+10%",
        "scope": {"item": "family:Laundry care", "first": "2027-03-01", "last": "2027-03-31"},
        "reason": "Second shelf",
    }
    propose_adjustment(who, body, scenario=scenario, axes=numbers.plan.axes)
    estimate = numbers_now(who, scenario)
    plan = compute_plan(open_snapshot(estimate.base.snapshot_id), estimate.adjustments)
    assert np.array_equal(estimate.plan.measure(CONSENSUS).values, plan.measure(CONSENSUS).values)


def test_a_stranger_reads_nothing(demo_digest):
    with pytest.raises(NotAllowed):
        numbers_of_plan(Access(0, "stranger"), demo_digest)
