"""Policy reconciliation: which totals a forecast is reconciled with, what moves, and what it leaves alone."""

from types import SimpleNamespace

import numpy as np
import pytest

from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs
from equipoise.core.tables import table
from equipoise.demand.forecast import forecast_series
from equipoise.demand.forecast.aggregates import Aggregates
from equipoise.demand.forecast.reconciled import Reconciling
from equipoise.demand.reconciling import moved_far, read_totals
from equipoise.demand.tests.company import BASELINE as STAGE
from equipoise.demand.tests.company import planned
from equipoise.demand.tests.test_method_pins import pin, posted
from equipoise.demand.tests.test_plan_baseline import BASELINE, YEAR, joined, sales

ITEMS = {"axe": "tools", "saw": "tools", "glue": "paint", "varnish": "paint"}
MARKETS = {"shop": "home", "web": "home"}
LEVELS = ("within_markets", "over_markets", "crossed")


def history(items=ITEMS, markets=MARKETS, seed=8):
    """Three noisy years of every item in every market; each series has its own noise, whichever others there are."""
    tables = []
    for item in items:
        for market in markets:
            rng = np.random.default_rng([seed, *item.encode(), *market.encode()])
            noise = rng.gamma(8.0, 1 / 8.0, 36)
            tables.append(sales([quantity * n for quantity, n in zip(YEAR * 3, noise, strict=True)], item, market))
    return joined(*tables)


def plan(level, items=ITEMS, markets=MARKETS, tables=None, **more):
    every = {"sales_history": history(items, markets), **(tables or {})}
    return planned(items=items, markets=markets, tables=every, policy={"reconciliation": level}, **more)


@pytest.mark.parametrize("level", LEVELS)
def test_what_it_moved_is_posted_and_adds_up_to_the_baseline(level):
    none, found = plan("none"), plan(level)
    assert none.baseline.postings_of(BASELINE) == ()
    assert np.array_equal(posted(found, "forecast"), none[BASELINE])
    assert np.array_equal(posted(found, "forecast") + posted(found, "reconciliation"), found[BASELINE])
    assert posted(found, "reconciliation").any(axis=1).all()


@pytest.mark.parametrize("level", LEVELS)
def test_items_of_another_family_change_no_digit(level):
    alone = plan(level, items={"axe": "tools", "saw": "tools"})
    beside = plan(level)
    for item in ("axe", "saw"):
        for market in MARKETS:
            mine = alone[BASELINE][alone.row(item, market)]
            assert np.array_equal(mine, beside[BASELINE][beside.row(item, market)])


def nodes_of(level, tables=None, apart=()):
    """What lies below each total: sets of (item, market)."""
    answer = plan("none")
    frames = {name: conformed(table(name), rows) for name, rows in (tables or {}).items()}
    inputs = Inputs(STAGE, Snapshot(None, frames), answer.axes, Policy.of({"reconciliation": level}), (), {})
    keys = answer.axes.keys[Grain.DEMAND]
    is_apart = np.array([keys.labels(row) in apart for row in range(len(keys))])
    nodes = read_totals(inputs, is_apart)
    if nodes is None:
        return []
    return [
        {keys.labels(row) for row in np.flatnonzero((nodes.above == node).any(axis=1)).tolist()}
        for node in range(nodes.count)
    ]


def below(items, markets=MARKETS):
    return {(item, market) for item in items for market in markets}


def test_the_totals_of_each_choice():
    paint, tools = ("glue", "varnish"), ("axe", "saw")
    in_markets = [below(items, [market]) for items in (paint, tools) for market in MARKETS]
    assert nodes_of("none") == []
    assert nodes_of("within_markets") == in_markets
    assert nodes_of("over_markets") == [below(paint), below(tools)]
    by_item = [below([item]) for item in (*paint, *tools)]
    assert nodes_of("crossed") == [below(paint), below(tools), *in_markets, *by_item]


def test_units_that_do_not_add_up_are_not_added():
    units = {"items": {"item": list(ITEMS), "uom": ["piece", "box", "liter", "liter"]}}
    assert nodes_of("over_markets", units) == [below(("glue", "varnish")), below(["saw"]), below(["axe"])]
    assert nodes_of("within_markets", units) == [below(("glue", "varnish"), [market]) for market in MARKETS]


def test_who_is_apart_counts_in_no_total():
    apart = {("axe", "shop")}
    assert nodes_of("over_markets", apart=apart) == [below(("glue", "varnish")), below(("axe", "saw")) - apart]


def test_a_pinned_series_stays_and_counts_in_no_total():
    free = plan("over_markets", adjustments=[pin(method="naive", item="saw", market="web")])
    pinned = plan("none", adjustments=[pin(method="naive", item="saw", market="web")])
    row = free.row("saw", "web")
    assert np.array_equal(free[BASELINE][row], pinned[BASELINE][row])
    assert not posted(free, "reconciliation")[row].any()
    causes = [posting.cause for posting in free.baseline.postings_of(BASELINE)]
    assert causes == ["forecast", "p", "reconciliation"]
    assert np.array_equal(sum(posted(free, cause) for cause in causes), free[BASELINE])


def test_safety_stock_learns_from_the_errors_of_the_reconciled_forecast():
    none, found = plan("none"), plan("over_markets")
    for name in ("backtest_mae", "forecast_span_error"):
        assert not np.array_equal(none.baseline.arrays[name], found.baseline.arrays[name])
    assert np.array_equal(none.baseline.arrays["backtest_mae"][:, 1:], found.baseline.arrays["backtest_mae"][:, 1:])
    assert np.array_equal(none["demand_error_sd"], found["demand_error_sd"])


def test_a_steady_total_steadies_its_items():
    """Two items that share a level demand by chance: apart neither is known well, together they are 110 a month."""
    share = 110.0 * np.random.default_rng(0).dirichlet([0.3, 0.3], 36).T
    items = {"axe": "tools", "saw": "tools"}
    tables = {"sales_history": joined(*(sales(list(sold), item) for sold, item in zip(share, items, strict=True)))}
    none = planned(items=items, tables=tables)[BASELINE].sum(axis=0)
    found = planned(items=items, tables=tables, policy={"reconciliation": "over_markets"})[BASELINE].sum(axis=0)
    assert np.abs(found - 110).mean() < 0.7 * np.abs(none - 110).mean()


def test_it_is_told_whose_forecast_moved_far():
    answer = plan("none")
    nodes = Aggregates.of(np.zeros(8, dtype=np.int64))
    before = np.full((8, 3), 100.0)
    before[:, 0] = 900.0  # before the plan
    after = before.copy()
    after[2], after[5, 1:], after[6, 0] = 109.0, [130.0, 120.0], 0.0
    made = SimpleNamespace(unreconciled=before, point=after)
    (told,) = moved_far(answer.axes.keys[Grain.DEMAND], made, nodes, 1)
    assert (told.code, told.count) == ("DE180", 1)
    assert told.message == "1 of 8 series, most axe in web: from 200 to 250 units"
    assert list(moved_far(answer.axes.keys[Grain.DEMAND], made, None, 1)) == []


def test_an_imported_baseline_and_one_without_totals_are_left_alone():
    single = planned(
        items={"axe": "tools"}, tables={"sales_history": sales(YEAR * 3, "axe")}, policy={"reconciliation": "crossed"}
    )
    assert single.baseline.postings_of(BASELINE) == ()


def test_totals_that_forecast_nothing_leave_their_series_alone():
    reconciling = Reconciling(Aggregates.of(np.array([0, 0, 1])), 12, 10)
    point = np.array([[0.0], [0.0], [5.0]])
    assert reconciling.reconciled(point, np.array([[7.0], [8.0]])).ravel().tolist() == [0.0, 0.0, pytest.approx(6.5)]


@pytest.mark.parametrize(("level", "is_moved"), [("within_markets", False), ("over_markets", True), ("crossed", True)])
def test_what_one_market_buys_moves_another_only_where_the_policy_says_so(level, is_moved):
    """Of the very numbers that reconciliation is given, so that the season of families does not count."""
    answer = plan("none")
    keys = answer.axes.keys[Grain.DEMAND]
    web = np.array([keys.labels(row)[1] == "web" for row in range(len(keys))])
    y = answer["history_ordered_qty"].copy()
    inputs = Inputs(STAGE, Snapshot(None, {}), answer.axes, Policy.of({"reconciliation": level}), (), {})
    revise = Reconciling(read_totals(inputs, np.zeros(len(keys), dtype=np.bool_)), 12, 20, "numpy")
    more = np.where(web[:, None], 3.0 * y[:, ::-1], y)
    before, after = (
        forecast_series(history, 12, 6, levels=(), origin_count=10, farthest=20, kernel="numpy", revise=revise)
        for history in (y, more)
    )
    assert np.array_equal(before.unreconciled[~web], after.unreconciled[~web])
    assert np.array_equal(before.point[~web], after.point[~web]) is not is_moved
    assert np.array_equal(before.backtest.mae[~web], after.backtest.mae[~web]) is not is_moved
