"""By-products and co-products: what comes out beside the item enters stock and serves demand."""

from datetime import date

import numpy as np
import pytest

from equipoise.supply.tests.shop import Shop, first, shop_tables


def works(**bom):
    """x is made at a for 20 (yield 80 %), y comes out of it; y can be bought, too."""
    row = {"item": "x", "component": "y", "type": "by_product", "quantity_per": 0.5}
    tables = shop_tables(routings=[], bom=[row | bom])
    tables["resources"] = [{"resource": "line", "location": "a", "name": "line", "capacity_hours": 500}]
    made = {"item": "x", "location": "a", "resource": "line", "hours_per_unit": 1, "variable_cost": 20, "yield_pct": 80}
    tables["routings"] = [made]
    tables["purchasing"] = [row for row in tables["purchasing"] if row["item"] == "y"]
    return tables


def test_a_by_product_serves_demand(inputs):
    """50 good x are 62.5 started: 31.25 y come out, 18.75 are bought."""
    shop = Shop(inputs, works())
    assert shop.of("production_byproduct_qty", "y", "a").tolist() == [31.25] * 3
    assert shop.of("purchase_qty", "y", "a", "purchase:s").sum() == pytest.approx(150 - 93.75)
    assert shop.of("unmet_qty", "y", "m").tolist() == [0, 0, 0]
    assert shop.cost == pytest.approx(187.5 * 20 + 56.25 * 5 + shop.closing("y").sum())


def test_scrap_and_dates_of_the_bill_hold(inputs):
    """A tenth is lost on the way, and from March on nothing comes out."""
    shop = Shop(inputs, works(scrap_pct=10, valid_to=date(2027, 2, 28), type="co_product"))
    started = shop.of("production_started_qty", "x", "a", "")
    assert started[:2].min() > 0
    came = shop.of("production_byproduct_qty", "y", "a")
    np.testing.assert_allclose(came, started * [0.45, 0.45, 0], rtol=0, atol=1e-6)


def test_a_bill_holds_from_its_day(inputs):
    tables = works(valid_from=first(2))
    tables["bom"].append({"item": "x", "component": "y", "quantity_per": 0.2, "valid_from": first(3)})
    shop = Shop(inputs, tables)
    started = shop.of("production_started_qty", "x", "a", "")
    for name, per_unit in (("production_byproduct_qty", [0, 0.5, 0.5]), ("component_use_qty", [0, 0, 0.2])):
        np.testing.assert_allclose(shop.of(name, "y", "a"), started * per_unit, rtol=0, atol=1e-6)


def test_the_location_of_the_bill_holds(inputs):
    shop = Shop(inputs, works(location="elsewhere"))
    assert shop.of("production_byproduct_qty", "y", "a").tolist() == [0, 0, 0]


def test_a_by_product_arrives_with_its_item(inputs):
    tables = works()
    tables["routings"][0]["lead_time_days"] = 31
    shop = Shop(inputs, tables)
    assert shop.of("production_byproduct_qty", "y", "a")[0] == 0
    started, came = shop.of("production_started_qty", "x", "a", ""), shop.of("production_byproduct_qty", "y", "a")
    assert came[1:].tolist() == (started[:2] * 0.5).tolist()


def test_a_firm_production_order_brings_its_by_product(inputs):
    receipt = {"reference": "r", "line": "1", "item": "x", "location": "a", "due_date": first(2), "quantity": 40}
    tables = works() | {"receipts": [receipt | {"type": "production", "status": "firm"}]}
    shop = Shop(inputs, tables)
    assert shop.of("receipt_scheduled_qty", "y", "a").tolist() == [0, 25, 0]
    assert shop.of("production_byproduct_qty", "y", "a").tolist() == [31.25, 6.25, 31.25]


def test_what_nobody_uses_stays_unless_there_is_no_room(inputs):
    """Without demand for y it is kept, at its holding cost; with room for 20 all but the last 20 is scrapped."""
    tables = works(quantity_per=1)
    tables["forecast"] = [row for row in tables["forecast"] if row["item"] == "x"]
    del tables["purchasing"]
    tables["lanes"] = [{**tables["lanes"][0], "item": "x"}]
    assert Shop(inputs, tables).closing("y").tolist() == [62.5, 125, 187.5]
    shop = Shop(inputs, tables | {"inventory_policy": [{"item": "y", "location": "a", "max_qty": 20}]})
    assert shop.closing("y").tolist() == [0, 0, 20]
    assert shop.of("inventory_scrap_qty", "y", "a").tolist() == [62.5, 62.5, 42.5]


def test_what_comes_out_may_go_in_again(inputs):
    """y comes out of x and goes into it: a bill that contains itself, still exact."""
    tables = works()
    tables["bom"].append({"item": "x", "component": "y", "quantity_per": 0.75})
    shop = Shop(inputs, tables)
    assert shop.of("component_use_qty", "y", "a").sum() == pytest.approx(187.5 * 0.75, abs=1e-4)
    assert shop.of("unmet_qty", "y", "m").tolist() == [0, 0, 0]
