"""A grid that reads stored sums says what one that sums rows says, bit for bit, to everybody."""

from dataclasses import replace
from shutil import rmtree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise import stored_rollups
from equipoise.catalog import measure_named
from equipoise.core.measure import Grain
from equipoise.stored_rollups import layout_of
from equipoise_web.access import access_of
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.reads import grid_outline, grid_stored, grid_sums, grid_window, plans
from equipoise_web.reads.grid_numbers import numbers_now, numbers_of_plan, working_name
from equipoise_web.reads.grid_outline import build_outline, outline_of
from equipoise_web.reads.grid_outline_tree import OutlineTree
from equipoise_web.reads.grid_rows import narrowed, read_rows
from equipoise_web.reads.grid_tree import build_tree
from equipoise_web.reads.grid_view import CONSENSUS, LOAD_HOURS, LOAD_PCT, GridView
from equipoise_web.reads.grid_window import tree_of
from equipoise_web.reads.plans import open_plan, open_rollups
from equipoise_web.records.models import Grant

LEVELS = (
    ("family", "item"),
    ("category", "family", "item"),
    ("family", "item", "market"),
    ("region", "family", "item"),
    ("market",),
    ("location", "family"),
)
MEASURES = (
    CONSENSUS,
    "demand_sales_qty",
    "unmet_qty",
    "inventory_closing_qty",
    "service_fill_pct",
    LOAD_PCT,
    LOAD_HOURS,
)


def clear():
    for cached in (layout_of, tree_of, grid_stored.stored_uses, plans._rollups):
        cached.cache_clear()
    grid_outline._outlines.clear()


@pytest.fixture
def stored(monkeypatch, demo_home):
    """Makes every plan one with many rows; the blocks as fine as asked for."""

    def begin(coarser=1):
        monkeypatch.setattr(stored_rollups, "LEAST_ROWS", 1)
        monkeypatch.setattr(stored_rollups, "COARSER", coarser)
        rmtree(demo_home / "shelf" / stored_rollups.ROLLUPS, ignore_errors=True)  # of blocks as fine as before
        clear()

    yield begin
    monkeypatch.undo()
    clear()


@pytest.fixture
def cast(demo_digest, person):
    """Somebody who sees all, one market, one family, two parts that have nothing in common, and both markets but pooled
    numbers in one of them alone."""
    two = person("two", "sales", market="North")
    Grant.objects.create(person=two, role="sales", item="family:Laundry care")
    half = person("half", "sales", market="North")
    Grant.objects.create(person=half, role="analyst", market="South")
    everybody = [
        person("planner", "demand_planner"),
        person("north", "sales", market="North"),
        person("care", "product_manager", item="family:Laundry care"),
        two,
        half,
    ]
    return [access_of(each) for each in everybody]


def answers(cast, digest, views):
    """What everybody reads in every view, of a plan or of the working scenario."""
    found = []
    for who in cast:
        numbers = numbers_of_plan(who, digest) if digest else numbers_now(who, working_name())
        found += [read_rows(numbers, narrowed(view, numbers, who), who=who) for view in views]
    return found


def assert_same(plain, read):
    assert isinstance(read.tree, OutlineTree)
    assert read.tree.keys == plain.tree.keys
    assert read.header == plain.header
    assert np.array_equal(read.values, plain.values, equal_nan=True), read.view
    assert np.array_equal(read.marks, plain.marks), read.view


VIEWS = [GridView(rows=rows, measures=MEASURES) for rows in LEVELS]
VIEWS += [GridView(measures=MEASURES[:4], unit=unit, time="fiscal_year") for unit in ("money", "hours", "volume")]
VIEWS += [
    GridView(measures=MEASURES[:2], past=True, quarters=True),
    GridView(measures=(CONSENSUS, "production_qty", "revenue_amount")),
]
VIEWS += [GridView(rows=("family", "market"), measures=MEASURES, nodes=(("item", "family:Hair care"),))]
VIEWS += [
    GridView(rows=("region", "item"), measures=MEASURES, nodes=(("item", "family:Hair care"), ("market", "North")))
]


@pytest.mark.parametrize("coarser", [1, 8])
def test_stored_and_summed_answers_agree(cast, demo_digest, stored, coarser):
    plain = answers(cast, demo_digest, VIEWS)
    stored(coarser)
    for one, other in zip(plain, answers(cast, demo_digest, VIEWS), strict=True):
        assert_same(one, other)
    assert open_rollups(demo_digest).mapped[CONSENSUS] is not None


def test_estimates_start_from_what_is_stored(cast, demo_digest, stored):
    planner, scenario = cast[0], working_name()
    for item, amount in (("family:Laundry care", "+10%"), ("family:Hair care", "0")):
        scope = {"item": item, "first": "2027-03-01", "last": "2027-03-31"}
        body = {"kind": "demand_override", "amount": amount, "scope": scope, "reason": "Second shelf"}
        propose_adjustment(planner, body, scenario=scenario, axes=open_plan(demo_digest).axes)
    assert not numbers_now(planner, scenario).is_exact
    plain = answers(cast, "", VIEWS)
    stored()
    for one, other in zip(plain, answers(cast, "", VIEWS), strict=True):
        assert_same(one, other)


def test_what_one_sees_all_of_is_read_and_not_summed(cast, demo_digest, stored):
    """Without this the answers would agree because everything was summed."""
    stored(coarser=0)
    planner, north, _care, two, _half = cast
    view = GridView(rows=("family", "item", "market"), measures=(CONSENSUS,))
    read = {}
    for who in (planner, north, two):
        numbers = numbers_of_plan(who, demo_digest)
        rows = read_rows(numbers, narrowed(view, numbers, who), who=who)
        panel = numbers.plan.section_of(CONSENSUS).panel_of(CONSENSUS)
        seen = grid_stored.stored_line(numbers.plan, numbers.base, panel, measure_named(CONSENSUS), "base").seen
        read[who.name] = grid_sums.stored_places(rows.tree, Grain.DEMAND, seen) >= 0
    assert read["planner"].all()
    assert read["north"].all()
    assert read["two"].any()
    assert not read["two"].all()


def test_a_window_holds_what_was_opened_and_sums_the_rest(cast, demo_digest, stored, monkeypatch):
    planner = cast[0]
    numbers = numbers_of_plan(planner, demo_digest)
    view = GridView(rows=("family", "item", "market"), measures=(CONSENSUS, LOAD_PCT))
    whole = read_rows(numbers, view, who=planner)
    stored()
    monkeypatch.setattr(grid_window, "MOST_NODES", 40)
    monkeypatch.setattr(grid_window, "MOST_SIBLINGS", 3)
    item = next(key for key in whole.tree.keys if key.startswith("Laundry care/") and key.count("/") == 1)
    shut = read_rows(numbers, view, who=planner)
    assert set(shut.tree.depth.tolist()) == {0, 1}
    assert len(shut.tree) == 4
    opened = ("3@all", "Laundry care", f"0@{item}", "nowhere", "Laundry care/nothing")
    for rows in (shut, read_rows(numbers, replace(view, opened=opened), who=planner)):
        nodes = [whole.tree.by_key[key] for key in rows.tree.keys]
        assert np.array_equal(rows.values, whole.values[:, nodes], equal_nan=True)
        for node, key in enumerate(rows.tree.keys):
            below = [k for k in whole.tree.keys if whole.tree.parent[whole.tree.by_key[k]] == whole.tree.by_key[key]]
            held = int((rows.tree.parent == node).sum())
            assert rows.tree.hidden[node] == len(below) - held
            assert np.array_equal(
                rows.tree.rows_of(Grain.DEMAND, node), whole.tree.rows_of(Grain.DEMAND, whole.tree.by_key[key])
            )
        lowest = rows.tree.nodes[Grain.DEMAND]
        assert (lowest >= 0).all()
        deepest = whole.tree.nodes[Grain.DEMAND]
        assert all(
            whole.tree.keys[deepest[r]].startswith(rows.tree.keys[lowest[r]]) for r in np.flatnonzero(lowest > 0)
        )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(levels=st.sampled_from(LEVELS), share=st.sampled_from([0.0, 0.02, 0.4, 1.0]), seed=st.integers(0, 2**32 - 1))
def test_an_outline_held_whole_is_the_tree(demo, levels, share, seed):
    rng = np.random.default_rng(seed)
    axes = demo.axes
    named = GridView(rows=levels).levels(axes)
    shown = {grain: rng.random(len(axes.keys[grain])) < share for grain in (Grain.DEMAND, Grain.STOCK)}
    plain, tree = build_tree(axes, named, shown), tree_of(build_outline(axes, named, (), shown), ())
    assert tree.keys == plain.keys
    assert tree.levels == plain.levels
    assert dict(tree.reach) == dict(plain.reach)
    for name in ("depth", "parent", "number"):
        assert np.array_equal(getattr(tree, name), getattr(plain, name)), name
    for grain in shown:
        assert np.array_equal(tree.nodes[grain], plain.nodes[grain])
        values = rng.integers(0, 1000, (len(axes.keys[grain]), 3)).astype(float)
        one, other = (each.roll_up(grain, values[each.rows(grain)]) for each in (plain, tree))
        assert np.array_equal(one, other, equal_nan=True)
    assert not tree.hidden.any()


def test_an_outline_is_built_once_for_the_same_eyes(demo):
    built = []

    def shown():
        built.append(1)
        return {Grain.DEMAND: np.ones(len(demo.axes.keys[Grain.DEMAND]), dtype=np.bool_)}

    named = GridView().levels(demo.axes)
    one, other = (outline_of(demo.axes, named, (), ("me",), shown) for _ in range(2))
    assert one is other
    assert built == [1]
    assert outline_of(demo.axes, named, (), ("you",), shown) is not one
