"""The finance stage on the known optimum of Red Tomato (cases.md D1), in the cells of one item, plant and market."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, is_on_grid, on_grid
from equipoise.core.measure import Grain
from equipoise.finance.measures import COST_PARTS
from equipoise.finance.plan_finance import ALL_MEASURES, check_cash, check_finance, plan_finance

T = 6
DEMAND = np.array([1600.0, 3000, 3200, 3800, 2200, 2200])
MADE = on_grid(np.full(T, 15500 / 6), QUANTITY_STEP)
WORKERS = MADE / 40
STOCK_START = 1000.0
BALANCE = STOCK_START + np.cumsum(MADE - DEMAND)
CLOSING, BACKLOG = np.maximum(BALANCE, 0.0), np.maximum(-BALANCE, 0.0)

# measure: grain, key, values
PLAN = {
    "demand_served_qty": (Grain.DEMAND, ("saw", "north"), DEMAND + np.diff(BACKLOG, prepend=0.0) * -1),
    "backlog_closing_qty": (Grain.DEMAND, ("saw", "north"), BACKLOG),
    "lost_qty": (Grain.DEMAND, ("saw", "north"), np.zeros(T)),
    "demand_consensus_qty": (Grain.DEMAND, ("saw", "north"), DEMAND),
    "demand_baseline_qty": (Grain.DEMAND, ("saw", "north"), DEMAND),
    "sales_net_price": (Grain.DEMAND, ("saw", "north"), np.full(T, 40.0)),
    "cost_backlog_price": (Grain.DEMAND, ("saw", "north"), np.full(T, 5.0)),
    "cost_lost_price": (Grain.DEMAND, ("saw", "north"), np.full(T, 40.0)),
    "inventory_opening_qty": (Grain.STOCK, ("saw", "plant"), np.concatenate([[STOCK_START], CLOSING[:-1]])),
    "inventory_closing_qty": (Grain.STOCK, ("saw", "plant"), CLOSING),
    "inventory_excess_qty": (Grain.STOCK, ("saw", "plant"), np.zeros(T)),
    "inventory_shortfall_qty": (Grain.STOCK, ("saw", "plant"), np.array([0.0, 0, 0, 10, 0, 0])),
    "cost_standard_price": (Grain.STOCK, ("saw", "plant"), np.full(T, 26.0)),
    "cost_holding_price": (Grain.STOCK, ("saw", "plant"), np.full(T, 2.0)),
    "cost_shortfall_price": (Grain.STOCK, ("saw", "plant"), np.full(T, 3.0)),
    "production_started_qty": (Grain.MAKE, ("saw", "plant", ""), MADE),
    "subcontract_qty": (Grain.MAKE, ("saw", "plant", "subcontract:smith"), np.zeros(T)),
    "purchase_qty": (Grain.MAKE, ("saw", "plant", "purchase:trade"), np.zeros(T)),
    "make_unit_price": (Grain.MAKE, ("saw", "plant", ""), np.full(T, 10.0)),
    "shipment_qty": (Grain.FLOW, ("saw", "plant", "north"), DEMAND),
    "arrival_qty": (Grain.FLOW, ("saw", "plant", "north"), DEMAND + np.diff(BACKLOG, prepend=0.0) * -1),
    "flow_unit_price": (Grain.FLOW, ("saw", "plant", "north"), np.zeros(T)),
    "capacity_paid_hours": (Grain.RESOURCE, ("crew",), WORKERS * 160),
    "overtime_hours": (Grain.RESOURCE, ("crew",), np.zeros(T)),
    "workforce_count": (Grain.RESOURCE, ("crew",), WORKERS),
    "hire_count": (Grain.RESOURCE, ("crew",), np.zeros(T)),
    "layoff_count": (Grain.RESOURCE, ("crew",), np.array([80 - WORKERS[0], 0, 0, 0, 0, 0])),
    "resource_regular_price": (Grain.RESOURCE, ("crew",), np.full(T, 4.0)),
    "resource_overtime_price": (Grain.RESOURCE, ("crew",), np.full(T, 6.0)),
    "resource_hire_price": (Grain.RESOURCE, ("crew",), np.full(T, 300.0)),
    "resource_layoff_price": (Grain.RESOURCE, ("crew",), np.full(T, 500.0)),
    "shift_hours": (Grain.RESOURCE, ("crew",), np.zeros(T)),
    "rate_up_hours": (Grain.RESOURCE, ("crew",), np.zeros(T)),
    "rate_down_hours": (Grain.RESOURCE, ("crew",), np.zeros(T)),
    "idle_hours": (Grain.RESOURCE, ("crew",), np.zeros(T)),
    "lot_number": (Grain.MAKE, ("saw", "plant", ""), np.zeros(T)),
    "resource_shift_price": (Grain.RESOURCE, ("crew",), np.full(T, 5.0)),
    "resource_rate_up_price": (Grain.RESOURCE, ("crew",), np.full(T, 3.0)),
    "resource_rate_down_price": (Grain.RESOURCE, ("crew",), np.full(T, 1.0)),
    "resource_idle_price": (Grain.RESOURCE, ("crew",), np.full(T, 1.0)),
    "make_order_price": (Grain.MAKE, ("saw", "plant", ""), np.full(T, 1.0)),
}


@pytest.fixture
def tomato(inputs_of):
    def build(tables=None, *, policy=None, objective=422_275.0, rounding=0.0, start="counted", **changed):
        axes = inputs_of().axes
        values = {}
        for name, (grain, key, row) in PLAN.items():
            keys = axes.keys[grain]
            nothing = np.nan if name in ("sales_net_price", "cost_standard_price") else 0.0
            values[name] = np.full((len(keys), T), nothing)
            values[name][keys.rows[key]] = changed.get(name, row)
        return inputs_of(
            tables or {},
            measures=values,
            grains={name: grain for name, (grain, _, _) in PLAN.items()},
            facts={"objective_amount": objective, "rounding_amount": rounding, "start": start},
            policy=policy or {},
        )

    return build


def total(section, name):
    return float(section.panel_of(name)[name].sum())


def test_red_tomato_costs_what_the_book_says(tomato):
    inputs = tomato()
    section = plan_finance(inputs)
    cost = sum(total(section, part.name) for part in COST_PARTS)
    assert cost == pytest.approx(422_275, abs=0.05)
    assert total(section, "revenue_amount") == pytest.approx(640_000, abs=0.01)
    assert total(section, "cost_layoff_amount") == pytest.approx(500 * 15.41667, abs=0.01)
    assert total(section, "cost_of_sales_amount") == pytest.approx(16_000 * 26, abs=0.01)
    assert total(section, "margin_gross_amount") == pytest.approx(16_000 * 14, abs=0.02)
    assert section.panel_of("inventory_value_amount")["inventory_value_amount"][:, -1].sum() == pytest.approx(500 * 26)
    assert total(section, "penalty_total_amount") == 30
    check_finance(inputs, section)
    check_cash(inputs, section)


def test_a_cost_that_is_not_the_optimizers_is_a_broken_invariant(tomato):
    inputs = tomato(objective=422_280.0)
    with pytest.raises(AssertionError, match="optimizer found"):
        check_finance(inputs, plan_finance(inputs))


def test_every_declared_measure_with_rows_is_made_on_the_grid(tomato):
    section = plan_finance(tomato())
    made = {name: panel for panel, name in section.measures()}
    declared = {measure.name: measure for measure in ALL_MEASURES if measure.grain is not None}
    assert made.keys() == declared.keys()
    for name, measure in declared.items():
        values = made[name][name]
        assert made[name].grain is measure.grain
        assert measure.nullable or is_on_grid(values, MONEY_STEP), name


def test_nothing_sold_earns_nothing_though_its_price_is_unknown(tomato):
    section = plan_finance(tomato())
    assert not np.isnan(section.panel_of("revenue_amount")["revenue_amount"]).any()


def test_revenue_of_units_without_a_price_is_unknown(tomato):
    section = plan_finance(tomato(sales_net_price=np.array([40.0, np.nan, 40, 40, 40, 40])))
    row = section.panel_of("revenue_amount")
    revenue = row["revenue_amount"][row.keys.rows["saw", "north"]]
    assert np.isnan(revenue).tolist() == [False, True, False, False, False, False]
    assert np.isnan(row["margin_gross_amount"][row.keys.rows["saw", "north"]]).sum() == 1


def test_holding_on_average_takes_half_of_opening_and_closing(tomato):
    section = plan_finance(tomato(policy={"holding_on": "average"}))
    average = (STOCK_START / 2 + CLOSING[:-1].sum() + CLOSING[-1] / 2) * 2
    assert total(section, "cost_holding_amount") == pytest.approx(average, abs=0.01)
    assert average / 2 / T == pytest.approx(894.4, abs=0.1)  # the book's average inventory


def test_gap_to_budget_is_revenue_less_budget(tomato):
    budget = {
        "version": ["AOP"],
        "item": ["saw"],
        "market": ["north"],
        "date": [date(2027, 1, 1)],
        "revenue_amount": [70_000],
    }
    section = plan_finance(tomato({"budget": budget}))
    panel = section.panel_of("budget_gap_amount")
    gap = panel["budget_gap_amount"][panel.keys.rows["saw", "north"]]
    assert gap[0] == 1600 * 40 - 70_000
    assert np.isnan(gap[1:]).all()


def test_without_a_budget_the_gap_is_unknown_not_the_revenue(tomato):
    section = plan_finance(tomato())
    assert np.isnan(section.panel_of("budget_gap_amount")["budget_gap_amount"]).all()


def test_stock_that_nobody_counted_has_no_value(tomato):
    section = plan_finance(tomato(start="assumed"))
    assert np.isnan(section.panel_of("inventory_value_amount")["inventory_value_amount"]).all()
    assert total(section, "cost_holding_amount") > 0


def test_extra_shifts_and_changes_of_rate_are_parts_of_the_cost(tomato):
    """16 hours of a shift at 5; from 10 hours more at 3 and 4 less at 1 the change of rate is 34."""
    hours = {
        "shift_hours": np.array([0, 16, 0, 0, 0, 0.0]),
        "rate_up_hours": np.array([0, 10, 0, 0, 0, 0.0]),
        "rate_down_hours": np.array([0, 0, 4, 0, 0, 0.0]),
    }
    given = tomato(objective=422_275.0 + 80 + 34, **hours)
    section = plan_finance(given)
    assert total(section, "cost_shift_amount") == 80
    assert section.panel_of("cost_rate_change_amount")["cost_rate_change_amount"][0].tolist() == [0, 30, 4, 0, 0, 0]
    check_finance(given, section)
    with pytest.raises(AssertionError, match="the optimizer found"):
        check_finance(tomato(**hours), section)


def test_what_rounding_makes_of_hours_is_no_broken_invariant(tomato):
    """A step of the grid takes hours; where these cost 34 in a change of rate, 34 may be shown that nobody chose."""
    given = {"rate_up_hours": np.array([0, 10, 0, 0, 0, 0.0]), "rate_down_hours": np.array([0, 0, 4, 0, 0, 0.0])}
    check_finance(tomato(rounding=34.0, **given), plan_finance(tomato(**given)))
    with pytest.raises(AssertionError, match="the optimizer found"):
        check_finance(tomato(rounding=30.0, **given), plan_finance(tomato(**given)))


def test_a_dear_worker_on_the_grid_may_cost_what_the_rounding_of_people_makes(tomato):
    """A hundredth of a worker at 10,000 an hour: the grid has 2.3e-7 of a worker more, for 0.37 a bucket."""
    pay, count = 10_000.0, 0.01
    rest = 422_275.0 - 4 * 160 * float(WORKERS.sum())
    dear = {
        "workforce_count": np.full(T, on_grid(count, QUANTITY_STEP)),
        "capacity_paid_hours": np.full(T, on_grid(on_grid(count, QUANTITY_STEP) * 160, QUANTITY_STEP)),
        "resource_regular_price": np.full(T, pay),
    }
    exact = rest + pay * 160 * count * T
    given = tomato(objective=exact, **dear)
    section = plan_finance(given)
    shown = sum(total(section, part.name) for part in COST_PARTS)
    assert 1e-6 * exact < shown - exact < 6 * 0.5
    check_finance(given, section)
    with pytest.raises(AssertionError, match="optimizer found"):
        check_finance(tomato(objective=exact + pay, **dear), section)
