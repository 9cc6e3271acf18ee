from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.measure import Grain
from equipoise.finance.changes import ChangePrice
from equipoise.finance.currency_measures import CURRENCY_MEASURES
from equipoise.finance.measures import PRICE_MEASURES
from equipoise.finance.plan_prices import plan_prices

JAN, MAR = date(2027, 1, 1), date(2027, 3, 1)


def value(inputs, measure, *key, section=None):
    section = section or plan_prices(inputs)
    panel = section.panel_of(measure)
    return panel[measure][panel.keys.rows[key]].tolist()


def codes(section):
    return [finding.code for finding in section.findings]


def test_every_declared_price_is_made_and_only_the_nullable_may_be_unknown(inputs_of):
    section = plan_prices(inputs_of())
    made = {name: panel[name] for panel, name in section.measures()}
    assert set(made) == {measure.name for measure in (*PRICE_MEASURES, *CURRENCY_MEASURES)}
    for measure in PRICE_MEASURES:
        assert measure.nullable or not np.isnan(made[measure.name]).any(), measure.name


def test_the_most_specific_row_wins_item_before_market_then_the_latest(inputs_of):
    inputs = inputs_of(
        {
            "prices": {
                "item": ["", "tools", "saw", "tools", "saw"],
                "market": ["", "north", "", "home", ""],
                "valid_from": [None, None, None, MAR, MAR],
                "price": [1, 2, 3, 4, 5],
            }
        }
    )
    section = plan_prices(inputs)
    assert value(inputs, "sales_net_price", "glue", "north", section=section) == [1] * 6
    assert value(inputs, "sales_net_price", "axe", "north", section=section) == [2] * 6
    assert value(inputs, "sales_net_price", "axe", "south", section=section) == [1, 1, 4, 4, 4, 4]
    assert value(inputs, "sales_net_price", "saw", "north", section=section) == [3, 3, 5, 5, 5, 5]


def test_rebate_inherits_by_itself(inputs_of):
    rows = {"item": ["", "saw"], "market": ["", ""], "price": [100, 50], "rebate_pct": [10, None]}
    assert value(inputs_of({"prices": rows}), "sales_net_price", "saw", "north") == [45] * 6


def test_each_cell_is_converted_at_the_rate_of_its_own_rows_currency(inputs_of):
    inputs = inputs_of(
        {
            "prices": {"item": ["", "saw"], "market": ["", ""], "price": [100, 100], "currency": ["", "USD"]},
            "costs": {"item": [""], "location": [""], "standard_cost": [40], "currency": ["USD"]},
            "exchange_rates": {
                "currency": ["USD", "USD", "USD"],
                "rate_type": ["plan", "plan", "budget"],
                "date": [date(2026, 12, 15), date(2027, 2, 15), JAN],
                "rate": [0.5, 0.25, 9],
            },
        }
    )
    section = plan_prices(inputs)
    assert value(inputs, "sales_net_price", "saw", "north", section=section) == [50, 50, 25, 25, 25, 25]
    assert value(inputs, "sales_net_price", "axe", "north", section=section) == [100] * 6
    assert value(inputs, "cost_standard_price", "axe", "depot", section=section) == [20, 20, 10, 10, 10, 10]
    assert "PR102" not in codes(section)


def test_money_without_a_planning_rate_is_unknown_not_unconverted(inputs_of):
    prices = {"item": ["saw"], "market": [""], "price": [100], "currency": ["USD"]}
    rates = {"currency": ["USD"], "rate_type": ["plan"], "date": [MAR], "rate": [0.5]}
    section = plan_prices(inputs_of({"prices": prices, "exchange_rates": rates}))
    known = value(None, "sales_net_price", "saw", "north", section=section)
    assert np.isnan(known[:2]).all() and known[2:] == [50] * 4
    (finding,) = [f for f in section.findings if f.code == "PR102"]
    assert finding.count == 2
    assert np.isnan(plan_prices(inputs_of({"prices": prices})).panel_of("sales_net_price")["sales_net_price"]).all()


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({"standard_cost": [26], "holding_cost": [2], "holding_rate_pct": [50]}, 2.0),
        ({"standard_cost": [26], "holding_rate_pct": [24]}, 26 * 0.02),
        ({"standard_cost": [60]}, 1.0),
    ],
)
def test_holding_cost_is_given_or_a_rate_or_20_percent_of_standard(inputs_of, costs, expected):
    inputs = inputs_of({"costs": {"item": [""], "location": [""], **costs}})
    assert value(inputs, "cost_holding_price", "saw", "plant") == pytest.approx([expected] * 6, rel=1e-12)


def test_holding_cost_falls_back_on_60_percent_of_mean_price_then_on_nothing(inputs_of):
    prices = {"item": ["saw", "saw"], "market": ["north", "south"], "price": [100, 200]}
    section = plan_prices(inputs_of({"prices": prices}))
    holding = value(None, "cost_holding_price", "saw", "plant", section=section)
    assert holding == pytest.approx([0.2 / 12 * 0.6 * 150] * 6)
    assert value(None, "cost_holding_price", "axe", "plant", section=section) == [0] * 6
    assert {"PR104", "PR105"} <= set(codes(section))


def test_backlog_cost_by_market_over_item_over_price(inputs_of):
    inputs = inputs_of(
        {
            "prices": {"item": [""], "market": [""], "price": [40]},
            "costs": {
                "item": ["tools", "saw"],
                "location": ["", "plant"],
                "standard_cost": [26, 27],
                "backlog_cost": [5, 99],
            },
            "service_costs": {"item": [""], "market": ["abroad"], "backlog_cost": [7]},
        }
    )
    section = plan_prices(inputs)
    assert value(inputs, "cost_backlog_price", "saw", "north", section=section) == [5] * 6
    assert value(inputs, "cost_backlog_price", "saw", "abroad", section=section) == [7] * 6
    assert value(inputs, "cost_backlog_price", "glue", "north", section=section) == [40] * 6
    assert value(inputs, "cost_lost_price", "saw", "north", section=section) == [40] * 6
    assert {"PR106", "PR107", "PR111"} <= set(codes(section))


def test_default_backlog_cost_exceeds_every_source_where_no_price_is_known(inputs_of):
    inputs = inputs_of(
        {
            "resources": {"resource": ["crew"], "location": ["plant"], "name": ["Crew"], "overtime_cost_per_hour": [6]},
            "routings": {
                "item": ["saw"],
                "location": ["plant"],
                "resource": ["crew"],
                "hours_per_unit": [4],
                "variable_cost": [10],
            },
        }
    )
    assert value(inputs, "cost_backlog_price", "saw", "north") == pytest.approx([1.1 * 34] * 6)
    assert value(inputs, "cost_backlog_price", "glue", "north") == [1] * 6
    assert value(inputs, "cost_backlog_price", "axe", "abroad") == [1] * 6


def test_a_sale_that_is_cheaper_to_lose_than_to_get_is_found(inputs_of):
    source = {"item": ["saw"], "location": ["plant"], "supplier": ["smith"], "unit_cost": [30]}
    for lost, is_found in ((2, True), (31, False), (None, False)):
        costs = {"item": ["saw"], "location": [""], "standard_cost": [26], "lost_sale_cost": [lost]}
        section = plan_prices(inputs_of({"costs": costs, "subcontracting": source}))
        assert ("PR115" in codes(section)) is is_found


def test_shortfall_price_lies_between_holding_and_backlog_unless_given(inputs_of):
    costs = {"item": [""], "location": [""], "standard_cost": [26], "holding_cost": [2], "backlog_cost": [8]}
    given = {"item": ["axe"], "location": [""], "shortfall_cost": [3]}
    section = plan_prices(inputs_of({"costs": costs, "inventory_policy": given}))
    assert value(None, "cost_shortfall_price", "saw", "plant", section=section) == [4] * 6
    assert value(None, "cost_shortfall_price", "axe", "plant", section=section) == [3] * 6


def test_shortfall_price_is_never_nothing(inputs_of):
    section = plan_prices(inputs_of())
    assert value(None, "cost_shortfall_price", "saw", "plant", section=section) == [0.1] * 6


def test_make_prices_by_route_and_supplier(inputs_of):
    inputs = inputs_of(
        {
            "routings": {
                "item": ["saw", "saw", "tools"],
                "location": ["plant"] * 3,
                "resource": ["crew", "press", "crew"],
                "hours_per_unit": [1, 2, 3],
                "variable_cost": [None, 10, 99],
            },
            "subcontracting": {
                "item": ["tools", "tools"],
                "location": ["plant"] * 2,
                "supplier": ["smith"] * 2,
                "valid_from": [None, MAR],
                "unit_cost": [30, 32],
            },
            "purchasing": {
                "item": ["glue"],
                "supplier": ["trade"],
                "location": ["depot"],
                "unit_cost": [7],
                "lead_time_days": [10],
            },
        }
    )
    section = plan_prices(inputs)
    assert value(inputs, "make_unit_price", "saw", "plant", "", section=section) == [10] * 6
    assert value(inputs, "make_unit_price", "axe", "plant", "", section=section) == [99] * 6
    smith = value(inputs, "make_unit_price", "saw", "plant", "subcontract:smith", section=section)
    assert smith == [30, 30, 32, 32, 32, 32]
    assert value(inputs, "make_unit_price", "glue", "depot", "purchase:trade", section=section) == [7] * 6
    assert value(inputs, "make_unit_price", "glue", "plant", "purchase:trade", section=section) == [0] * 6
    assert "PR110" not in codes(section)


def test_rows_of_a_route_that_contradict_each_other_are_found(inputs_of):
    rows = {
        "item": ["saw", "saw"],
        "location": ["plant"] * 2,
        "resource": ["crew", "press"],
        "hours_per_unit": [1, 2],
        "variable_cost": [10, 11],
    }
    section = plan_prices(inputs_of({"routings": rows}))
    assert value(None, "make_unit_price", "saw", "plant", "", section=section) == [10] * 6
    assert "PR110" in codes(section)


def test_freight_follows_the_lane_of_the_nearest_item_node(inputs_of):
    lanes = {
        "item": ["", "saw"],
        "from_location": ["plant", "plant"],
        "to": ["north", "north"],
        "valid_from": [None, MAR],
        "lead_time_days": [0, 0],
        "unit_cost": [1, 2],
    }
    section = plan_prices(inputs_of({"lanes": lanes}))
    assert value(None, "flow_unit_price", "saw", "plant", "north", section=section) == [1, 1, 2, 2, 2, 2]
    assert value(None, "flow_unit_price", "axe", "plant", "north", section=section) == [1] * 6
    assert value(None, "flow_unit_price", "axe", "depot", "north", section=section) == [0] * 6


def test_resource_prices_and_blanks_that_matter(inputs_of):
    crew = {"resource": ["crew"], "location": ["plant"], "name": ["Crew"], "regular_cost_per_hour": [4]}
    section = plan_prices(inputs_of({"resources": crew}))
    assert value(None, "resource_regular_price", "crew", section=section) == [4] * 6
    blank = [f.message for f in section.findings if f.where == "table resources"]
    assert blank == []
    section = plan_prices(inputs_of({"resources": {**crew, "workers": [80]}}))
    blank = [f.message.split()[0] for f in section.findings if f.where == "table resources"]
    assert blank == ["hire_cost", "layoff_cost"]


def change(amount, **scope):
    return Adjustment("a1", ChangePrice(amount), Scope(**scope), function="marketing")


def test_a_change_of_price_holds_in_every_cell_of_its_scope(inputs_of):
    prices = {"item": [""], "market": [""], "price": [40]}
    april = {"first": date(2027, 4, 1), "last": date(2027, 4, 30)}
    inputs = inputs_of(
        {"prices": prices},
        adjustments=(change(Amount("scale", -10.0), item="tools", market="home", **april),),
    )
    section = plan_prices(inputs)
    assert value(inputs, "sales_net_price", "saw", "south", section=section) == [40, 40, 40, 36, 40, 40]
    assert value(inputs, "sales_net_price", "saw", "abroad", section=section) == [40] * 6
    assert value(inputs, "sales_net_price", "glue", "south", section=section) == [40] * 6


def test_a_change_that_cannot_be_made_is_a_finding_and_changes_nothing(inputs_of):
    prices = {"item": ["saw"], "market": [""], "price": [40]}
    for amount, scope, code in (
        (Amount("add", -50.0), {"item": "saw"}, "PR112"),
        (Amount("add", 1.0), {"item": "spade"}, "PR113"),
        (Amount("add", 1.0), {"last": date(2026, 12, 31)}, "PR113"),
        (Amount("add", 1.0), {"item": "axe"}, "PR114"),
    ):
        section = plan_prices(inputs_of({"prices": prices}, adjustments=(change(amount, **scope),)))
        assert code in codes(section)
        assert value(None, "sales_net_price", "saw", "north", section=section) == [40] * 6
        assert np.isnan(value(None, "sales_net_price", "axe", "north", section=section)).all()


def test_two_changes_conflict_only_if_one_sets_a_price():
    ten, up, forty = (ChangePrice(Amount(*a)) for a in (("scale", 10.0), ("add", 1.0), ("set", 40.0)))
    assert not ten.conflicts_with(up) and ten.conflicts_with(forty) and forty.conflicts_with(ten)
    assert not forty.conflicts_with(ChangePrice(Amount("set", 40.0)))


def test_grain_of_every_panel_is_the_declared_one(inputs_of):
    section = plan_prices(inputs_of())
    for measure in PRICE_MEASURES:
        assert section.panel_of(measure.name).grain is measure.grain
    assert {panel.grain for panel in section.panels} == set(Grain)
