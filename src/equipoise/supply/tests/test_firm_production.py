"""Planned production that people firmed, in a shop of saws small enough to check by hand.

100 saws a month on a line of 150 hours with 20 of overtime, an hour each; making costs 3, subcontracting 9. A saw takes
2 blades, bought at 1. The second route, by hand, costs 5 and takes no line.
"""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope, Spread, WrongAdjustment
from equipoise.core.grid import QUANTITY_STEP
from equipoise.core.measure import Grain
from equipoise.supply.causes import Causes
from equipoise.supply.changes import ChangeCapacity, ProductionOverride
from equipoise.supply.constraints import stock_balance
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.reopen import reopened

KINDS = ("capacity", "overtime", "production_override")


def shop(**more):
    routing = {"item": "saw", "location": "plant", "hours_per_unit": 1}
    return {
        "items": [
            {"item": "saw", "name": "Saw", "family": "f", "uom": "unit"},
            {"item": "blade", "name": "Blade", "family": "g", "uom": "unit"},
        ],
        "locations": [{"location": "plant", "name": "Plant", "type": "plant"}],
        "markets": [{"market": "m", "name": "M", "region": "r"}],
        "forecast": [
            {"item": "saw", "market": "m", "date": date(2027, month, 1), "quantity": 100} for month in range(1, 5)
        ],
        "resources": [
            {
                "resource": "line",
                "location": "plant",
                "name": "L",
                "capacity_hours": 150,
                "max_overtime_hours": 20,
                "regular_cost_per_hour": 0,
                "overtime_cost_per_hour": 4,
            },
            {"resource": "hands", "location": "plant", "name": "H", "capacity_hours": 150},
        ],
        "routings": [
            {**routing, "route": "machine", "resource": "line", "variable_cost": 3},
            {**routing, "route": "manual", "resource": "hands", "variable_cost": 5},
        ],
        "bom": [{"item": "saw", "component": "blade", "quantity_per": 2}],
        "purchasing": [
            {"item": "blade", "supplier": "s", "location": "plant", "unit_cost": 1, "lead_time_days": 0, "max_qty": 400}
        ],
        "inventory": [{"item": item, "location": "plant", "on_hand": 0} for item in ("saw", "blade")],
        "inventory_policy": [{"item": item, "location": "plant", "closing_min_qty": 0} for item in ("saw", "blade")],
        "costs": [{"item": "", "standard_cost": 10, "holding_cost": 1, "backlog_cost": 30}],
        "lanes": [{"item": "", "from_location": "plant", "to": "m", "lead_time_days": 0, "unit_cost": 0}],
    } | more


def firm(amount, *, id="a1", seq=1, months=(2, 2), spread="as_is", measure="", **nodes):
    first, last = months
    days = {"first": date(2027, first, 1), "last": date(2027, last, 28)}
    change = ProductionOverride(Amount.parse(str(amount)), Spread(spread, measure))
    return Adjustment(id, change, Scope(**{"item": "saw", **nodes}, **days), seq=seq)


class Planned:
    """Stage supply of the shop with adjustments, from its base plan where the tier has one."""

    def __init__(self, inputs, *adjustments, tier="optimum", tables=None, from_base=True, **options):
        tables = tables or shop()
        options = {"horizon": 4, "policy": {"tier": tier} | options.pop("policy", {})} | options
        self.base = None
        if adjustments and from_base and tier != "heuristic":
            self.base = plan_supply(inputs(tables, **options))
        self.inputs = inputs(tables, adjustments=adjustments, base=self.base, **options)
        self.section = plan_supply(self.inputs)

    def of(self, name, *key):
        panel = self.section.panel_of(name)
        return panel[name] if not key else panel[name][panel.keys.rows[key]]

    @property
    def made(self):
        """Saws by month, of both routes."""
        return self.of("production_qty").sum(axis=0)

    def found(self, code):
        return [finding for finding in self.section.findings if finding.code == code]

    @property
    def cost(self):
        return self.section.facts["objective_amount"]


@pytest.fixture
def planned(inputs):
    return lambda *adjustments, **options: Planned(inputs, *adjustments, **options)


TIERS = ("optimum", "infinite", "heuristic")


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("amount", [130, 70, 33.3333, 0])
def test_what_is_firm_is_made_exactly_in_every_tier(planned, tier, amount):
    plan = planned(firm(amount, location="plant"), tier=tier)
    wanted = round(amount / QUANTITY_STEP) * QUANTITY_STEP
    assert plan.made[1] == wanted
    assert plan.of("production_started_qty").sum(axis=0)[1] == wanted
    assert not plan.found("SU150") and not plan.found("SU152")
    assert plan.made.sum() == pytest.approx(400, abs=1e-3)  # the other months make up for it
    assert not plan.found("SU120"), "it is no change of capacity that changes nothing"


def test_the_cost_of_a_firm_month_is_what_moving_its_saws_costs(planned):
    free, more = planned(), planned(firm(130))
    assert more.cost - free.cost == pytest.approx(30 * 1)  # 30 saws made a month early, held at 1; what they replace
    less = planned(firm(70))
    assert less.cost - free.cost == pytest.approx(30 * 1)  # made in January instead


def test_without_the_adjustment_it_is_the_base_plan_again_byte_for_byte(planned):
    free, firmed = planned(), planned(firm(130))
    again = planned()
    assert again.section.digest == free.section.digest != firmed.section.digest
    assert "firm_production" not in free.section.arrays


@pytest.mark.parametrize("tier", TIERS)
def test_more_than_capacity_is_made_and_the_missing_hours_are_found(planned, tier):
    plan = planned(firm(200, resource="line"), tier=tier)  # 150 h and 20 h of overtime
    assert plan.of("production_qty", "saw", "plant", "machine")[1] == 200
    (overload,) = plan.found("SU103")
    assert overload.where == "resource line"
    if tier == "infinite":
        assert not plan.found("SU152")
        return
    assert plan.section.facts["penalty_amount"] == pytest.approx(30 * 4)
    (beyond,) = plan.found("SU152")
    assert beyond.where == "adjustment a1"
    assert beyond.message == "line lacks 30.0 standard hours in Feb 2027"
    assert plan.found("SU108" if tier == "optimum" else "SU142")


@pytest.mark.parametrize("tier", ("optimum", "heuristic"))
def test_missing_components_are_found_and_nobody_takes_what_is_not_there(planned, tier):
    plan = planned(
        firm(150, months=(1, 1)), tier=tier, tables=shop(purchasing=[{**shop()["purchasing"][0], "max_qty": 220}])
    )
    assert plan.made[0] == 150  # 300 blades of the 220 that the supplier has
    used = plan.of("component_use_qty", "blade", "plant")
    assert used[0] == pytest.approx(220)
    (beyond,) = plan.found("SU152")
    assert beyond.message == "80.0 blade at plant are missing in Jan 2027"
    assert plan.section.facts["penalty_amount"] == pytest.approx(80)


def test_a_plan_with_slack_starts_from_the_base_basis_with_more_columns(planned):
    """Components that only firm production lacks have columns that the base plan has not; from its basis or cold, the
    plan costs the same."""
    warm, cold = planned(firm(130)), planned(firm(130), from_base=False)
    (rows, columns), (base_rows, base_columns) = warm.section.arrays["shape"], warm.base.arrays["shape"]
    assert rows == base_rows and columns > base_columns
    assert warm.cost == pytest.approx(cold.cost)
    assert np.array_equal(warm.made, cold.made)


def test_two_routes_share_as_the_base_plan_makes_them(planned):
    """170 hours of the line are all used in a month of 250; the rest is made by hand."""
    busy = shop(
        forecast=[{"item": "saw", "market": "m", "date": date(2027, m, 1), "quantity": 250} for m in range(1, 5)]
    )
    busy["purchasing"][0]["max_qty"] = 900
    base = planned(tables=busy)
    stood = [base.of("production_qty", "saw", "plant", route)[1] for route in ("machine", "manual")]
    plan = planned(firm(125), tables=busy)
    now = [plan.of("production_qty", "saw", "plant", route)[1] for route in ("machine", "manual")]
    assert sum(now) == 125
    assert now == pytest.approx([125 * part / sum(stood) for part in stood], abs=QUANTITY_STEP)
    equal = planned(firm(sum(stood) + 20, spread="equal"), tables=busy)
    now = [equal.of("production_qty", "saw", "plant", route)[1] for route in ("machine", "manual")]
    assert now == pytest.approx([part + 10 for part in stood], abs=QUANTITY_STEP)


def test_a_total_reaches_its_months_like_a_measure(planned):
    plan = planned(firm(300, months=(1, 3), spread="like", measure="demand_sourced_qty", resource="line"))
    assert plan.of("production_qty", "saw", "plant", "machine")[:3].tolist() == [100, 100, 100]
    wrong = planned(firm(300, spread="like", measure="demand_consensus_qty"))
    assert "demand_sourced_qty" in wrong.found("SU150")[0].message


def test_the_fast_plan_spreads_by_what_it_would_make_itself(planned):
    free, plan = planned(tier="heuristic"), planned(firm(600, months=(1, 4)), tier="heuristic")
    assert plan.of("production_qty") == pytest.approx(free.of("production_qty") * 1.5, abs=QUANTITY_STEP)


def test_of_two_on_one_cell_the_later_one_counts_and_the_first_returns_when_it_goes(planned):
    first, second = firm(130), firm(90, id="a2", seq=2, months=(2, 3), resource="line", spread="equal")
    both = planned(first, second)
    assert both.of("production_qty", "saw", "plant", "machine")[1:3].sum() == 90
    assert planned(first).made[1] == 130
    assert sorted(np.unique(both.section.arrays["firm_production_by"]).tolist()) == [-1, 0, 1]


FENCE = [{"item": "", "location": "", "demand_days": 0, "planning_days": 31}]
RECORD = [
    {
        "made_date": date(2026, 12, 1),
        "measure": "production_qty",
        "item": "saw",
        "date": date(2027, 1, 1),
        "quantity": 120,
    }
]


@pytest.mark.parametrize("tier", ("optimum", "heuristic"))
def test_inside_the_planning_fence_the_plan_of_record_stands(planned, tier):
    tables = shop(fences=FENCE, plan_archive=RECORD)
    plan = planned(firm(80, months=(1, 1)), tables=tables, tier=tier)
    (finding,) = plan.found("SU151")
    assert finding.where == "adjustment a1"
    assert "firm_production" not in plan.section.arrays
    if tier == "optimum":
        assert plan.made[0] == pytest.approx(120, abs=QUANTITY_STEP)
    # Of a total over both months, what the fence fixes is taken out first.
    both = planned(firm(200, months=(1, 2), resource="line"), tables=tables)
    assert both.made[1] == pytest.approx(80, abs=2 * QUANTITY_STEP)
    assert both.found("SU151")
    loose = planned(firm(80, months=(1, 1)), tables=shop(fences=FENCE))
    assert loose.made[0] == 80 and not loose.found("SU151")


def test_what_cannot_be_firmed_is_found_and_the_plan_goes_on(planned):
    free = planned()
    slow = shop()
    for row in slow["routings"]:
        row["lead_time_days"] = 40
    for adjustment, word in (
        (firm(10, item="blade"), "not bought"),
        (firm(10, market="m"), "no market"),
        (firm(10, item="hammer"), "hammer"),
        (firm(10, months=(9, 9)), "no bucket"),
    ):
        plan = planned(adjustment)
        (finding,) = plan.found("SU150")
        assert word in finding.message
        assert plan.cost == pytest.approx(free.cost)
    late = planned(firm(10, months=(1, 1)), tables=slow)
    assert "lead time" in late.found("SU150")[0].message


def test_with_a_lead_time_it_is_finished_when_it_was_said_and_started_before(planned):
    slow = shop()
    for row in slow["routings"]:
        row["lead_time_days"] = 31
        row["yield_pct"] = 80
    for tier in TIERS:
        plan = planned(firm(64, months=(3, 3), resource="line"), tables=slow, tier=tier)
        assert plan.of("production_qty", "saw", "plant", "machine")[2] == 64
        assert plan.of("production_started_qty", "saw", "plant", "machine")[1] == 80


def test_whole_lots_do_not_bind_what_is_firm(planned):
    tables = shop()
    tables["routings"][0] |= {"lot_multiple": 60, "setup_hours": 5}
    plan = planned(firm(100, resource="line"), tables=tables, policy={"lots": "whole"})
    made = plan.of("production_qty", "saw", "plant", "machine")
    assert made[1] == 100
    assert (np.delete(made, 1) % 60 == 0).all()
    assert plan.of("lot_number", "saw", "plant", "machine")[1] == 2  # two lots of at most 60, each with its setup


def test_prices_are_there_again_and_a_fixed_cell_brings_no_more(planned):
    plan = planned(firm(60, months=(1, 4)))
    model, optimum = reopened(plan.inputs, plan.section)
    assert optimum.solution.objective == pytest.approx(
        plan.section.facts["objective_amount"] + plan.section.facts["notional_amount"]
    )
    fixed = ~np.isnan(model.network.firm)
    made = model.columns.make.of(optimum.solution.values)
    assert made[fixed] == pytest.approx(model.network.firm[fixed])
    # What waits is worth what waiting costs, and no fixed cell is named as a way to bring it.
    worth = -optimum.solution.row_duals[model.rows[stock_balance.NAME]]
    assert worth.max() == pytest.approx(4 * 30 + 15)
    chain = Causes(model, optimum).of(0, 1)
    assert chain.causes[0].where == "saw at plant by Jan 2027, where what is made was firmed"
    assert not any("machine" in step or "manual" in step for step in chain.steps)


def test_capacity_and_firm_production_add_up_as_one_question(planned):
    more = Adjustment("c", ChangeCapacity(Amount.parse("+40")), Scope(resource="line"), seq=2)
    plan = planned(firm(200, resource="line"), more)
    assert not plan.found("SU152")
    assert plan.of("production_qty", "saw", "plant", "machine")[1] == 200


@pytest.mark.parametrize("text", ["+50", "-50", "+10%"])
def test_an_order_is_firm_in_its_quantity(text):
    with pytest.raises(WrongAdjustment, match="without sign"):
        ProductionOverride(Amount.parse(text))
    with pytest.raises(WrongAdjustment, match="spread"):
        ProductionOverride(Amount("set", 1.0), Spread("last_year"))
    with pytest.raises(WrongAdjustment, match="0 or more"):
        ProductionOverride(Amount("set", -1.0))


def test_a_route_lies_on_the_line_that_works_longest_on_it(planned):
    """The machine's saw takes a minute of hands as well: it lies on the line; of equals the first by name."""
    tables = shop()
    tables["routings"] += [{**tables["routings"][0], "resource": "hands", "hours_per_unit": 0.01}]
    tables["routings"] += [{**tables["routings"][1], "resource": "line", "hours_per_unit": 1}]
    axes = planned(tables=tables).inputs.axes
    keys = axes.keys[Grain.MAKE]
    lines = {keys.labels(row)[2]: axes.lines[row] for row in range(len(keys))}
    codes = {route: axes.resources.leaves[line] if line >= 0 else "" for route, line in lines.items()}
    assert codes == {"machine": "line", "manual": "hands", "purchase:s": ""}
    assert [keys.labels(row)[2] for row in axes.rows(Grain.MAKE, {"resource": "line"})] == ["machine"]
