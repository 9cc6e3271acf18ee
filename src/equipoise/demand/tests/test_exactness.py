"""Double entry: whatever people enter, the postings sum to the measures bit for bit and nothing leaves the grid."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.adjustment import Adjustment, Amount, Scope, Spread
from equipoise.core.dataset import DatasetHead
from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.core.knob import Policy
from equipoise.core.measure import Unit
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs
from equipoise.demand import (
    FUNCTION_MEASURES,
    MEASURES,
    DemandHold,
    DemandOverride,
    FunctionInput,
    PromotionEffect,
    plan_demand,
)
from equipoise.demand.tests.company import DEMAND, months, planned, portfolio_of

ITEMS = {"saw": "tools", "axe": "tools", "glue": "paint"}
MARKETS = {"north": "home", "south": "home", "export": "world"}
SERIES = [(item, market) for item in ITEMS for market in MARKETS]
POSTED = [
    measure.name
    for measure in MEASURES
    if measure.is_posted and measure.stage == "demand" and measure.unit is Unit.QUANTITY
]

QUANTITIES = st.one_of(st.just(0.0), st.floats(0, 1e6, allow_subnormal=False), st.integers(0, 500).map(float))
NODES = st.fixed_dictionaries(
    {
        "item": st.sampled_from(["", "tools", "paint", *ITEMS]),
        "market": st.sampled_from(["", "home", "world", *MARKETS]),
        "first": st.sampled_from([None, *months(4, date(2026, 12, 1))]),
        "last": st.sampled_from([None, *months(4, date(2027, 1, 1))]),
    }
)
AMOUNTS = st.one_of(
    st.builds(Amount, st.just("set"), QUANTITIES),
    st.builds(Amount, st.just("add"), st.floats(-500, 5000)),
    st.builds(Amount, st.just("scale"), st.floats(-100, 200)),
)
SPREADS = st.sampled_from([Spread(), Spread("equal"), Spread("last_year"), Spread("like", "demand_baseline_qty")])
CHANGES = st.one_of(
    st.builds(FunctionInput, AMOUNTS, SPREADS),
    st.builds(DemandOverride, AMOUNTS, SPREADS),
    st.one_of(st.just(DemandHold()), st.builds(DemandHold, AMOUNTS)),
    st.builds(PromotionEffect, st.floats(-100, 300), st.floats(0, 100), st.integers(0, 4)),
)
ADJUSTMENTS = st.lists(st.tuples(CHANGES, NODES, st.sampled_from([*FUNCTION_MEASURES, "demand"])), max_size=7)
WEIGHTS = st.fixed_dictionaries({f"weight_{function}_pct": st.floats(0, 100) for function in FUNCTION_MEASURES})


def company(quantities, entered, weights, active=None):
    cells = [(*series, day) for series in SERIES for day in months(4)]
    forecast = {name: [cell[n] for cell in cells] for n, name in enumerate(("item", "market", "date"))}
    history = {
        "item": [item for item, _ in SERIES],
        "market": [market for _, market in SERIES],
        "date": [date(2026, 2, 3)] * len(SERIES),
        "ordered_qty": quantities[: len(SERIES)],
    }
    return planned(
        items=ITEMS,
        markets=MARKETS,
        tables={"forecast": {**forecast, "quantity": quantities}, "sales_history": history},
        adjustments=[
            Adjustment(f"a{n}", change, Scope(**nodes), function=function, seq=n)
            for n, (change, nodes, function) in enumerate(entered)
        ],
        policy={"baseline": "imported", **weights},
        horizon=4,
        active=active,
    )


SIZES = st.lists(QUANTITIES, min_size=36, max_size=36)
SWITCHES = st.lists(st.booleans(), min_size=36, max_size=36)


@given(SIZES, ADJUSTMENTS, WEIGHTS, SWITCHES)
def test_postings_sum_to_their_measure(quantities, entered, weights, switches):
    active = np.array(switches, dtype=np.float64).reshape(9, 4)
    answer = company(quantities, entered, weights, active)
    for name in POSTED:
        postings = answer.demand.postings_of(name)
        total = np.zeros((9, 4))
        for posting in reversed(postings):  # exact, hence in any order
            total += posting.dense((9, 4))
        assert np.array_equal(total, answer[name]), name
        assert np.all(answer[name] >= 0), name
        assert not answer[name][active == 0].any(), name
    for measure in MEASURES:
        if measure.is_additive:
            assert is_on_grid(answer[measure.name], QUANTITY_STEP), measure.name


@given(SIZES, ADJUSTMENTS, WEIGHTS)
def test_held_cells_keep_the_baseline_whatever_else_is_entered(quantities, entered, weights):
    hold = (DemandHold(), {"item": "axe", "market": "home", "first": None, "last": None}, "demand")
    others = [entry for entry in entered if not isinstance(entry[0], DemandHold)]
    answer = company(quantities, [*others, hold], weights)
    for market in ("north", "south"):
        row = answer.row("axe", market)
        for name in POSTED:
            assert np.array_equal(answer[name][row], answer["demand_baseline_qty"][row]), name


@given(SIZES, QUANTITIES, NODES, SPREADS)
def test_a_total_that_is_set_is_the_total(quantities, total, nodes, spread):
    answer = company(quantities, [(DemandOverride(Amount("set", total), spread), nodes, "demand")], {})
    if answer.findings("DE201"):
        return
    scope = Scope(**nodes)
    rows = [answer.row(i, m) for i, m in SERIES if _below(i, ITEMS, scope.item) and _below(m, MARKETS, scope.market)]
    begin, end = answer.axes.calendar.span(scope.first, scope.last)
    held = answer["demand_consensus_qty"][rows, begin:end].sum()
    assert held == np.rint(total / QUANTITY_STEP) * QUANTITY_STEP


def _below(leaf, parents, node):
    return node in ("", leaf, parents[leaf])


@given(SIZES, ADJUSTMENTS, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_in_which_adjustments_arrive_does_not_matter(quantities, entered, weights, random):
    numbered = list(enumerate(entered))
    random.shuffle(numbered)
    base = company(quantities, [], weights)
    straight = company(quantities, entered, weights)
    adjustments = [Adjustment(f"a{n}", c, Scope(**nodes), function=f, seq=n) for n, (c, nodes, f) in numbered]
    shuffled = replan(base, adjustments, weights)
    assert shuffled.digest == straight.demand.digest


def replan(answer, adjustments, weights):
    keys = answer.baseline.panels[0].keys
    portfolio = portfolio_of(keys, np.ones((9, 4)))
    sections = {"portfolio": portfolio, "baseline": answer.baseline}
    head = DatasetHead.of(name="test", currency="EUR", bucket="month", start=date(2027, 1, 1), horizon=4)
    snapshot = Snapshot(head, {})
    return plan_demand(Inputs(DEMAND, snapshot, answer.axes, Policy.of(weights), tuple(adjustments), sections))
