"""Limits and fixed splits in the plan: per item, shared below a node, least quantities, valid from a day."""

from datetime import date

import numpy as np
import pytest

from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply


@pytest.fixture
def company(inputs):
    def build(**more):
        tables = {
            "items": [{"item": i, "name": i, "family": "f", "uom": "unit"} for i in ("x", "y")],
            "locations": [{"location": place, "name": place, "type": "dc"} for place in ("a", "b")],
            "markets": [{"market": "m", "name": "M", "region": "r"}],
            "forecast": [
                {"item": i, "market": "m", "date": date(2027, month, 1), "quantity": 100}
                for i in ("x", "y")
                for month in (1, 2, 3)
            ],
            "inventory": [{"item": i, "location": place, "on_hand": 0} for i in ("x", "y") for place in ("a", "b")],
            "costs": [{"item": "", "standard_cost": 5, "holding_cost": 1, "backlog_cost": 90}],
            "purchasing": [
                {"item": i, "supplier": "s", "location": place, "unit_cost": 5, "lead_time_days": 0}
                for i in ("x", "y")
                for place in ("a", "b")
            ],
            "lanes": [
                {"item": "", "from_location": place, "to": "m", "lead_time_days": 0, "unit_cost": cost}
                for place, cost in (("a", 1), ("b", 4))
            ],
            "resources": [],
        }
        plan = plan_supply(inputs(tables | more, horizon=3))

        def of(name, *key):
            panel = plan.panel_of(name)
            return panel[name][panel.keys.rows[key]]

        return plan, of

    return build


def lane(place, cost, item="", **more):
    return {"item": item, "from_location": place, "to": "m", "lead_time_days": 0, "unit_cost": cost, **more}


def test_a_limit_above_the_item_is_shared(company):
    _, of = company(lanes=[lane("a", 1, max_qty=120), lane("b", 4)])
    by_a = of("shipment_qty", "x", "a", "m") + of("shipment_qty", "y", "a", "m")
    assert by_a.tolist() == [120.0] * 3


def test_an_own_limit_and_the_shared_one_both_hold(company):
    _, of = company(lanes=[lane("a", 1, max_qty=120), lane("a", 1, item="x", max_qty=30), lane("b", 4)])
    x, y = of("shipment_qty", "x", "a", "m"), of("shipment_qty", "y", "a", "m")
    assert (x <= 30).all() and (x + y).tolist() == [120.0] * 3


def test_a_limit_holds_from_its_day(company):
    later = lane("a", 1, max_qty=50, valid_from=date(2027, 3, 1))
    _, of = company(lanes=[lane("a", 1, valid_from=date(2026, 1, 1)), later, lane("b", 4)])
    assert (of("shipment_qty", "x", "a", "m") + of("shipment_qty", "y", "a", "m")).tolist() == [200.0, 200.0, 50.0]


def test_a_lane_opens_on_its_day(company):
    _, of = company(lanes=[lane("a", 1, valid_from=date(2027, 2, 1)), lane("b", 4)])
    assert of("shipment_qty", "x", "a", "m").tolist() == [0.0, 100.0, 100.0]


def test_a_fixed_split_is_kept(company):
    _, of = company(lanes=[lane("a", 1, share_pct=25), lane("b", 4, share_pct=75)])
    np.testing.assert_allclose(of("arrival_qty", "x", "a", "m"), [25.0] * 3, atol=1e-5)
    np.testing.assert_array_equal(of("arrival_qty", "x", "a", "m") + of("arrival_qty", "x", "b", "m"), [100.0] * 3)


def test_a_split_waits_for_the_slower_lane(company):
    _, of = company(lanes=[lane("a", 1, share_pct=25), lane("b", 4, share_pct=75) | {"lead_time_days": 30}])
    np.testing.assert_allclose(of("arrival_qty", "x", "a", "m"), [100, 25, 25], atol=1e-5)


def test_least_quantities_are_taken(company):
    offer = {"item": "", "location": "b", "supplier": "sub", "unit_cost": 50, "min_qty": 10, "max_qty": 15}
    _, of = company(subcontracting=[offer])
    total = of("subcontract_qty", "x", "b", "subcontract:sub") + of("subcontract_qty", "y", "b", "subcontract:sub")
    assert total.tolist() == [10.0] * 3


def test_a_limit_in_another_unit_is_found(company):
    plan, of = company(lanes=[lane("a", 1, max_qty=1, capacity_uom="truck"), lane("b", 4)])
    assert "SU119" in [finding.code for finding in plan.findings]
    assert of("shipment_qty", "x", "a", "m").tolist() == [100.0] * 3


def test_a_source_with_a_resource_takes_an_hour_a_unit(company):
    offers = [
        {"item": i, "supplier": "s", "location": "a", "unit_cost": 5, "lead_time_days": 0, "resource": "dock"}
        for i in ("x", "y")
    ]
    resources = [{"resource": "dock", "location": "a", "name": "Dock", "capacity_hours": 150}]
    _, of = company(purchasing=offers, resources=resources, lanes=[lane("a", 1)])
    assert of("capacity_load_hours", "dock").tolist() == [150.0] * 3
    assert of("capacity_shadow_price", "dock")[0] > 0


def test_of_a_bucket_that_has_begun_a_limit_leaves_the_days_to_go(inputs, red_tomato):
    tables = red_tomato()
    tables["subcontracting"] = [{**tables["subcontracting"][0], "max_qty": 310, "min_qty": 31}]
    network = read_network(inputs(tables, as_of=date(2027, 1, 21)))
    (limit,) = network.limits
    assert limit.most[:2].tolist() == pytest.approx([100, 310])
    assert limit.least[:2].tolist() == pytest.approx([10, 31])


def test_a_limit_in_trucks_counts_each_item_by_its_factor(company):
    """A truck holds 50 x or 20 y: three trucks are 150 x, or what else adds up to three."""
    uoms = [{"item": "x", "uom": "truck", "factor": 50}, {"item": "y", "uom": "truck", "factor": 20}]
    plan, of = company(lanes=[lane("a", 1, max_qty=3, capacity_uom="truck"), lane("b", 4)], uoms=uoms)
    x, y = of("shipment_qty", "x", "a", "m"), of("shipment_qty", "y", "a", "m")
    np.testing.assert_allclose(x / 50 + y / 20, [3.0] * 3, atol=1e-6)
    assert x.tolist() == [100.0] * 3  # an x saves three with a fiftieth of a truck, a y with a twentieth
    assert "SU119" not in [finding.code for finding in plan.findings]


def test_a_limit_in_kilograms_reads_the_weight_of_the_items(company):
    items = [{"item": i, "name": i, "family": "f", "uom": "unit", "unit_weight_kg": w} for i, w in (("x", 2), ("y", 1))]
    _, of = company(items=items, lanes=[lane("a", 1, max_qty=250, capacity_uom="kg"), lane("b", 4)])
    assert of("shipment_qty", "y", "a", "m").tolist() == [100.0] * 3
    assert of("shipment_qty", "x", "a", "m").tolist() == [75.0] * 3


def test_what_has_no_factor_is_not_held_by_the_limit_and_found(company):
    uoms = [{"item": "x", "uom": "truck", "factor": 50}]
    plan, of = company(lanes=[lane("a", 1, max_qty=1, capacity_uom="truck"), lane("b", 4)], uoms=uoms)
    assert of("shipment_qty", "x", "a", "m").tolist() == [50.0] * 3
    assert of("shipment_qty", "y", "a", "m").tolist() == [100.0] * 3
    (message,) = [finding.message for finding in plan.findings if finding.code == "SU119"]
    assert message == "1 items have no factor to truck for the limit of lane a to m / all items"


def test_nothing_leaves_in_a_bucket_in_which_the_lane_does_not_run(company):
    closed = [{"calendar": "ferry", "date": date(2027, 2, day), "working": 0} for day in range(1, 29)]
    _, of = company(lanes=[lane("a", 1, calendar="ferry"), lane("b", 4)], calendars=closed)
    assert of("shipment_qty", "x", "a", "m").tolist() == [100.0, 0.0, 100.0]
    assert of("shipment_qty", "x", "b", "m").tolist() == [0.0, 100.0, 0.0]


def test_lots_of_every_table_are_said_not_to_be_kept(company):
    lots = [{"item": "x", "location": "a", "min_lot": 40}]
    plan, _ = company(lanes=[lane("a", 1, lot_multiple=30), lane("b", 4)], inventory_policy=lots)
    where = [finding.where for finding in plan.findings if finding.code == "SU117"]
    assert where == ["table inventory_policy", "table lanes"]


def test_columns_that_nothing_obeys_are_said(company):
    dock = {"resource": "truck", "location": "a", "name": "Truck", "type": "transport", "capacity_hours": 5}
    plan, _ = company(
        lanes=[lane("a", 1, transfer_price=3), lane("b", 4)],
        resources=[dock | {"historical_share_pct": 20, "units": 2}],
    )
    found = [finding.message for finding in plan.findings if finding.code == "SU130"]
    assert found == [
        "1 rows of table lanes fill transfer_price (prices between companies)",
        "1 resources fill units beside capacity_hours, which are those of all units: truck",
        "1 resources of type transport are named by no route; lanes are limited by max_qty: truck",
        "1 rows of table resources fill historical_share_pct (shares for capacity planning by overall factors)",
    ]
