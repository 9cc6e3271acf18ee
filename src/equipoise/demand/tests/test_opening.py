"""Folding demand anew after others have spoken comes to what folding it from nothing does, bit for bit."""

import gc
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.knob import Policy
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs
from equipoise.core.tables import table
from equipoise.demand import DemandOverride, FunctionInput, opening, plan_baseline, plan_demand
from equipoise.demand.tests.company import BASELINE, DEMAND, axes_of, forecast_of, months, portfolio_of
from equipoise.demand.tests.test_exactness import ADJUSTMENTS, ITEMS, MARKETS

ROWS = len(ITEMS) * len(MARKETS)
HORIZON = 6
AS_OF = date(2026, 11, 20)
"""Before the eve of the plan: two open buckets lie before it."""
HISTORY = [
    (item, market, day, 90.0 + 7 * n)
    for n, item in enumerate(ITEMS)
    for market in MARKETS
    for day in months(-14, date(2026, 12, 1))
]
FORECAST = [forecast_of({item: [100, 70, 0, 45, 80, 60] for item in ITEMS}, market) for market in MARKETS]
TABLES = {
    "items": {
        "item": list(ITEMS),
        "family": list(ITEMS.values()),
        "uom": ["piece", "piece", "kg"],
        "fulfillment": ["make_to_stock", "make_to_order", "make_to_stock"],
    },
    "forecast": {
        name: [cell for part in FORECAST for cell in part[name]] for name in ("item", "market", "date", "quantity")
    },
    "fences": {"item": ["axe"], "location": ["hall"], "demand_days": [70.0]},
    "open_orders": {
        "order": ["o1", "o2", "o3"],
        "item": ["saw", "axe", "glue"],
        "market": ["north", "south", "export"],
        "requested_date": [date(2026, 12, 10), date(2027, 2, 1), date(2027, 1, 15)],
        "quantity": [40.0, 130.0, 300.0],
    },
    "sales_history": {
        name: [row[n] for row in HISTORY] for n, name in enumerate(("item", "market", "date", "ordered_qty"))
    },
    "forecast_archive": {
        "made_date": [months(1, day)[0] for day in months(-10, date(2026, 11, 1))],
        "source": ["sales"] * 10,
        "item": ["saw"] * 10,
        "market": ["north"] * 10,
        "date": months(-10, date(2026, 12, 1)),
        "quantity": [130.0] * 10,
    },
    "events": {
        "event": ["E1", "E2"],
        "type": ["promotion", "promotion"],
        "item": ["saw", "tools"],
        "market": ["home", "south"],
        "start_date": [date(2027, 2, 10), date(2026, 12, 5)],
        "end_date": [date(2027, 3, 5), date(2027, 1, 12)],
        "status": ["planned", "planned"],
        "uplift_pct": [40.0, 25.0],
        "forward_buy_pct": [20.0, 10.0],
        "forward_buy_buckets": [2.0, 1.0],
        "halo_pct": [10.0, 0.0],
        "spend_amount": [900.0, 0.0],
    },
    "commitments": {
        "contract": ["C1", "C2"],
        "customer": ["k", "k"],
        "item": ["tools", "glue"],
        "market": ["home", "export"],
        "valid_from": [date(2027, 2, 1), date(2027, 1, 1)],
        "valid_to": [date(2027, 4, 15), date(2027, 6, 30)],
        "min_qty": [150.0, 0.0],
        "max_qty": [400.0, 75.0],
        "penalty": [2.0, None],
    },
}
KNOBS = ({}, {"bias_correction_sales": "on"}, {"weight_sales_pct": 80, "weight_marketing_pct": 80})


@dataclass
class World:
    """A snapshot of its own with what stands before demand."""

    axes: Axes
    snapshot: Snapshot
    sections: dict[str, Section]
    policy: Policy

    @staticmethod
    def of(knobs: dict[str, object]) -> "World":
        """A world in which nothing was folded before."""
        first = the_company()
        sections = {name: replace(section) for name, section in first.sections.items()}
        policy = Policy.of({"baseline": "imported", **knobs})
        return World(first.axes, replace(first.snapshot), sections, policy)

    def fold(self, adjustments: tuple[Adjustment, ...], before: Section | None = None) -> Section:
        inputs = Inputs(DEMAND, self.snapshot, self.axes, self.policy, adjustments, self.sections, before=before)
        return plan_demand(inputs)


@cache
def the_company() -> World:
    head = DatasetHead.of(
        name="test",
        currency="EUR",
        bucket="month",
        start=date(2027, 1, 1),
        horizon=HORIZON,
        history_to=date(2026, 10, 31),
        as_of=AS_OF,
    )
    axes = axes_of(head, ITEMS, MARKETS)
    snapshot = Snapshot(head, {name: conformed(table(name), rows) for name, rows in TABLES.items()})
    policy = Policy.of({"baseline": "imported"})
    active = np.ones((ROWS, HORIZON))
    active[0, 4:] = 0.0
    sections = {"portfolio": portfolio_of(next(iter(axes.keys.values())), active)}
    sections["baseline"] = plan_baseline(Inputs(BASELINE, snapshot, axes, policy, (), sections))
    return World(axes, snapshot, sections, policy)


def numbered(given_) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(f"a{n}", change, Scope(**nodes), function=function, seq=n)
        for n, (change, nodes, function) in enumerate(given_)
    )


@given(ADJUSTMENTS, ADJUSTMENTS, st.sets(st.integers(0, 6)), st.sampled_from(range(len(KNOBS))))
@settings(max_examples=60)
def test_a_fold_from_another_is_the_fold_from_nothing(first, more, dropped, knobs):
    kept = World.of(KNOBS[knobs])
    start = numbered(first)
    before = kept.fold(start)
    assert before.digest == World.of(KNOBS[knobs]).fold(start).digest
    added = tuple(replace(a, id=f"b{n}", seq=100 + n) for n, a in enumerate(numbered(more)))
    asked = (*(a for n, a in enumerate(start) if n not in dropped), *added)
    after = kept.fold(asked, before)
    whole = World.of(KNOBS[knobs]).fold(asked)
    assert after.findings == whole.findings
    assert after.digest == whole.digest


@given(ADJUSTMENTS, st.sampled_from(range(len(KNOBS))), st.data())
@settings(max_examples=25)
def test_a_fold_goes_on_from_where_another_stood(given_, knobs, data):
    kept, said = World.of(KNOBS[knobs]), numbered(given_)
    for _ in range(2):
        asked = tuple(a for a in said if data.draw(st.booleans()))
        assert kept.fold(asked).digest == World.of(KNOBS[knobs]).fold(asked).digest
    for count in range(len(said) + 1):
        assert kept.fold(said[:count]).digest == World.of(KNOBS[knobs]).fold(said[:count]).digest


def test_other_rules_are_another_fold():
    kept, said = World.of({}), numbered([(FunctionInput(Amount("add", 60.0)), {"item": "saw"}, "sales")])
    for knobs in ({}, {"weight_sales_pct": 70}, {"bias_correction_sales": "on"}, {}):
        policy = Policy.of({"baseline": "imported", **knobs})
        assert replace(kept, policy=policy).fold(said).digest == World.of(knobs).fold(said).digest


def test_the_company_of_these_tests_has_all_that_moves_demand():
    section = World.of({}).fold(())
    causes = {posting.cause for posting in section.postings}
    assert {"event:E1", "event:E2", "commitment:C1", "commitment:C2"} <= causes
    codes = " ".join(finding.message for finding in section.findings)
    assert "series lose forecast without orders" in codes
    assert section.panel_of("demand_until_start_qty")["demand_until_start_qty"].any()
    world = World.of({})
    assert any(bias.is_significant for bias in opening.opening_of(_inputs(world)).biases)


def test_what_did_not_move_is_the_array_of_the_section_before():
    world = World.of({})
    before = world.fold(())
    change = numbered([(_scaled(), {"item": "glue", "market": "north"}, "demand")])
    after = world.fold(change, before)
    moved = {"demand_consensus_qty", "demand_unconsumed_qty", "demand_required_qty"}
    for panel, name in after.measures():
        assert (panel[name] is before.panel_of(name)[name]) == (name not in moved), name
        same = np.array_equal(panel[name], before.panel_of(name)[name])
        assert same == (name not in moved), name


def test_an_opening_goes_with_its_sections():
    world = World.of({})
    kept = opening.opening_of(_inputs(world))
    assert opening.opening_of(_inputs(world)) is kept
    again = replace(world.sections["portfolio"])
    assert opening.opening_of(_inputs(replace(world, sections={**world.sections, "portfolio": again}))) is not kept
    gc.collect()
    count = len(opening._KEPT)
    del world, again, kept
    gc.collect()
    assert len(opening._KEPT) < count


@pytest.mark.parametrize("field", ["baseline", "is_active", "shipped"])
def test_a_fold_writes_to_nothing_that_is_kept(field):
    world = World.of({})
    kept = opening.opening_of(_inputs(world))
    was = getattr(kept, field).copy()
    world.fold(numbered([(_scaled(), {}, "demand")]))
    assert np.array_equal(getattr(kept, field), was)


def _scaled() -> DemandOverride:
    return DemandOverride(Amount("scale", 10.0))


def _inputs(world: World) -> Inputs:
    return Inputs(DEMAND, world.snapshot, world.axes, world.policy, (), world.sections)
