"""Stored roll-ups are the sums of their rows, whatever the hierarchy, and are published with a plan."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise import stored_rollups
from equipoise.catalog import measure_named
from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, RESOURCE_LEVELS, Hierarchy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise.demo import write_demo
from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store import SnapshotDamaged
from equipoise.store_plans import read_plan, write_plan
from equipoise.stored_rollups import ROLLUPS, Rollups, layout_of, sums_of, worth


@pytest.fixture(autouse=True)
def _every_grain_is_large(monkeypatch):
    monkeypatch.setattr(stored_rollups, "LEAST_ROWS", 1)
    monkeypatch.setattr(stored_rollups, "COARSER", 1)
    layout_of.cache_clear()
    yield
    layout_of.cache_clear()


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return compute_plan(open_snapshot(write_demo(tmp_path_factory.mktemp("demo"))))


codes = st.sampled_from(["", "a", "b", "c"])


@settings(max_examples=80, deadline=None)
@given(
    items=st.lists(st.tuples(codes, codes, codes), min_size=1, max_size=6),
    markets=st.lists(st.tuples(codes, codes, codes), min_size=1, max_size=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_blocks_hold_the_sums_of_their_rows(items, markets, seed):
    """Levels need not lie within each other, and leaves may have no node."""
    layout_of.cache_clear()
    rng = np.random.default_rng(seed)
    first = Hierarchy.build("item", ITEM_LEVELS, [(f"i{n}", *above) for n, above in enumerate(items)])
    second = Hierarchy.build("market", MARKET_LEVELS, [(f"m{n}", *above) for n, above in enumerate(markets)])
    pairs = np.array([(i, m) for i in range(len(first)) for m in range(len(second)) if rng.random() < 0.7] or [(0, 0)])
    keys = Keys(Grain.DEMAND, ("item", "market"), (pairs[:, 0], pairs[:, 1]), (first.leaves, second.leaves))
    none = Hierarchy.build("location", LOCATION_LEVELS, [])
    calendar = Calendar.build(bucket="month", start=date(2026, 1, 1), horizon=3)
    axes = Axes(calendar, first, second, none, Hierarchy.build("resource", RESOURCE_LEVELS, []), {Grain.DEMAND: keys})
    layout = layout_of(axes, Grain.DEMAND)
    cells = rng.integers(-5, 50, (len(pairs), 3)) * 2.0**-20
    sums = layout.sums(cells)
    assert ("", "") in layout.blocks
    for a in ("", *ITEM_LEVELS):
        for b in ("", *MARKET_LEVELS):
            block = layout.block((a, b))
            if block is None:
                continue
            for i, one in enumerate((*first.nodes(a), "") if a else ("",)):
                for j, other in enumerate((*second.nodes(b), "") if b else ("",)):
                    inside = [
                        (not a or first.codes(a)[item] == one) and (not b or second.codes(b)[market] == other)
                        for item, market in pairs.tolist()
                    ]
                    place = block.begin + i * block.second + j
                    assert np.array_equal(sums[place], cells[inside].sum(axis=0))
                    assert layout.counts[place] == sum(inside)


def test_units_that_mix_are_stored_as_unknown(plan):
    panel = plan.section_of("inventory_closing_qty").panel_of("inventory_closing_qty")
    sums, layout = sums_of(plan, panel, "inventory_closing_qty"), layout_of(plan.axes, Grain.STOCK)
    whole, families = layout.block(("", "")), layout.block(("family", ""))
    assert np.isnan(sums[whole.begin]).all()
    codes, expected = plan.grouped("inventory_closing_qty", level="family")
    assert np.array_equal(sums[families.begin : families.begin + len(codes)], expected, equal_nan=True)
    assert not np.isnan(expected).all()


def test_what_is_not_exact_is_not_stored(plan):
    panel = plan.section_of("demand_consensus_qty").panel_of("demand_consensus_qty")
    off = replace(panel, measures={"demand_consensus_qty": panel["demand_consensus_qty"] + 1e-9})
    assert sums_of(plan, panel, "demand_consensus_qty") is not None
    assert sums_of(plan, off, "demand_consensus_qty") is None


def test_they_are_published_with_the_plan_and_not_part_of_its_answer(plan, tmp_path):
    write_plan(plan, tmp_path / "plan")
    layout_of.cache_clear()
    found = {path.stem for path in (tmp_path / "plan" / ROLLUPS).iterdir()}
    assert {"demand_consensus_qty", "demand_consensus_qty.money", "inventory_closing_qty"} <= found
    assert all(measure_named(name.partition(".")[0]).is_additive for name in found)
    quantity, price = (plan.measure(name).values for name in ("demand_consensus_qty", "sales_net_price"))
    money = Rollups(tmp_path / "plan" / ROLLUPS, tmp_path / "shelf").of("demand_consensus_qty.money", lambda: None)
    assert np.array_equal(money[0], worth(quantity, price).sum(axis=0))
    assert read_plan(tmp_path / "plan").digest == plan.digest
    file = tmp_path / "plan" / ROLLUPS / "demand_consensus_qty.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(SnapshotDamaged, match="rollups/demand_consensus_qty"):
        read_plan(tmp_path / "plan")


def test_what_is_missing_is_made_once_and_kept_on_the_shelf(tmp_path):
    made = []

    def make():
        made.append(1)
        return np.ones((2, 3))

    for _ in range(2):  # another process, or the same after the shelf was read
        rollups = Rollups(tmp_path / "none", tmp_path / "shelf")
        assert np.array_equal(rollups.of("demand_sales_qty", make), np.ones((2, 3)))
        assert rollups.of("demand_sales_qty", make) is rollups.of("demand_sales_qty", make)
    assert made == [1]
    assert Rollups(tmp_path / "none", tmp_path / "shelf").of("nothing", lambda: None) is None


def test_a_page_does_not_fail_for_want_of_a_shelf(tmp_path):
    (tmp_path / "shelf").write_text("no folder")
    found = Rollups(tmp_path / "none", tmp_path / "shelf").of("demand_sales_qty", lambda: np.ones((1, 1)))
    assert np.array_equal(found, [[1.0]])
