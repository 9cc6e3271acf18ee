"""Storage and most stock, with numbers done by hand."""

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.tests.shop import Shop, first, shop_tables


def place(**more):
    return [{"location": "a", "name": "a", "type": "dc", **more}]


def room(**more):
    return [{"resource": "room", "location": "a", "name": "room", "type": "storage", **more}]


def test_without_limits_all_is_bought_where_it_is_cheap(inputs):
    shop = Shop(inputs, shop_tables())
    assert shop.closing("x").tolist() == [100, 50, 0] and shop.closing("y").tolist() == [100, 50, 0]
    assert shop.cost == pytest.approx(300 * 5 + 300)
    assert not {"SU131", "SU134", "SU135", "SU138"} & set(shop.codes())


def test_items_share_the_room_of_a_location(inputs):
    """A unit of y for February saves 3 with one m³, for March 2, of x for February 1.5 with each of its two."""
    shop = Shop(inputs, shop_tables(locations=place(storage_capacity=100, capacity_uom="m3")))
    assert shop.closing("y").tolist() == [100, 50, 0] and shop.closing("x").tolist() == [0, 0, 0]
    assert shop.cost == pytest.approx(1800 + 50 * 3 + 50 * 2)
    assert shop.message("SU138") == "the storage of a is full in 1 buckets, first in Jan 2027; " + (
        "one more unit of room is worth 1.50 in Jan 2027"
    )


def test_one_more_unit_of_room_saves_its_price(inputs):
    costs = [
        Shop(inputs, shop_tables(locations=place(storage_capacity=size, capacity_uom="m3"))).cost for size in (100, 101)
    ]
    assert costs[0] - costs[1] == pytest.approx(1.5)


def test_room_is_counted_in_another_unit_by_its_factor(inputs):
    """Two x on a pallet place, ten y: 20 places hold the y of two months (10) and 20 x."""
    uoms = [{"item": "x", "uom": "pallet", "factor": 2}, {"item": "f", "uom": "pallet", "factor": 10}]
    shop = Shop(inputs, shop_tables(locations=place(storage_capacity=20, capacity_uom="pallet"), uoms=uoms))
    assert shop.closing("y")[0] == 100 and shop.closing("x")[0] == 20


def test_what_has_no_factor_takes_no_room(inputs):
    uoms = [{"item": "x", "uom": "pallet", "factor": 2}]
    shop = Shop(inputs, shop_tables(locations=place(storage_capacity=20, capacity_uom="pallet"), uoms=uoms))
    assert shop.message("SU131") == "1 items at a have no factor to pallet; the first is y"
    assert shop.closing("x")[0] == 40 and shop.closing("y")[0] == 100


def test_base_units_are_counted_where_no_unit_stands(inputs):
    tables = shop_tables(locations=place(storage_capacity=60))
    assert Shop(inputs, tables).closing("x")[0] + Shop(inputs, tables).closing("y")[0] == 60
    tables["items"][1]["uom"] = "kg"
    assert Shop(inputs, tables).message("SU132") == "the storage of a counts kg, unit as one unit each"


def test_stock_above_the_room_at_the_start_is_no_contradiction(inputs):
    tables = shop_tables(locations=place(storage_capacity=100, capacity_uom="m3"))
    tables["inventory"] = [{"item": "x", "location": "a", "on_hand": 130}, {"item": "y", "location": "a", "on_hand": 0}]
    shop = Shop(inputs, tables)
    assert shop.plan.facts["penalty_amount"] == 0.0
    assert shop.closing("x").tolist() == [80, 30, 0]  # 160 m³ are left after January, nothing is added
    assert shop.closing("y").tolist() == [0, 0, 0]
    assert "table locations" in [f.where for f in shop.plan.findings if f.code == "SU135"]


def test_what_cannot_be_kept_is_priced_and_said(inputs):
    """90 y, a lane for 20: 70, 50 and 30 stay, where demand would leave 40 in January and room is for 10."""
    tables = shop_tables(locations=place(storage_capacity=10))
    tables["inventory"][1]["on_hand"] = 90
    tables["lanes"][0]["max_qty"] = 20
    shop = Shop(inputs, tables)
    assert shop.plan.facts["penalty_amount"] == pytest.approx(90)
    assert shop.message("SU137") == "stock at a takes 90.0 more room than there is, added over the buckets"
    limit = {"inventory_policy": [{"item": "y", "location": "a", "max_qty": 10}], "locations": place()}
    shop = Shop(inputs, tables | limit)
    assert shop.message("SU136") == "stock of y at a stays 90.0 above its most stock, added over the buckets"


def test_a_resource_of_type_storage_is_the_room_and_shows_its_price(inputs):
    tables = shop_tables(locations=place(storage_capacity=999, capacity_uom="m3"), resources=room(units=100))
    shop = Shop(inputs, tables)
    assert shop.closing("y").tolist() == [100, 50, 0] and shop.closing("x").tolist() == [0, 0, 0]
    assert shop.of("capacity_load_hours", "room").tolist() == [100, 50, 0]
    assert shop.of("capacity_available_hours", "room").tolist() == [100, 100, 100]
    assert shop.of("capacity_shadow_price", "room")[0] == pytest.approx(1.5)
    assert "SU138" not in shop.codes()


def test_room_is_paid_for_what_is_used_and_more_can_be_rented(inputs):
    """A m³ rented at 1.2 saves 1.8 with y for February, 0.4 with y for March, 0.3 with half an x for February."""
    fee = {"units": 60, "regular_cost_per_hour": 0.4, "max_overtime_hours": 100, "overtime_cost_per_hour": 1.2}
    tables = shop_tables(locations=place(capacity_uom="m3"), resources=room(**fee))
    shop = Shop(inputs, tables)
    assert shop.closing("y").tolist() == [100, 50, 0]
    assert shop.closing("x")[0] == 30  # 60 + 100 m³ are all there is
    assert shop.of("overtime_hours", "room").tolist() == [100, 0, 0]
    assert shop.of("capacity_paid_hours", "room").tolist() == [60, 50, 0]
    paid = 60 * 0.4 + 100 * 1.2 + 50 * 0.4
    bought = (50 + 50 + 100 + 30) * 5 + 70 * 9
    assert shop.cost == pytest.approx(bought + 100 + 50 + 30 + paid)


def test_the_room_of_a_location_follows_a_change_of_capacity(inputs):
    change = Adjustment(
        id="1",
        change=ChangeCapacity(Amount.parse("60")),
        author="p",
        function="supply",
        scope=Scope(resource="room", first=first(1), last=first(1)),
        seq=1,
    )
    tables = shop_tables(locations=place(storage_capacity=100, capacity_uom="m3"), resources=room())
    assert Shop(inputs, tables).of("capacity_available_hours", "room")[0] == 100
    assert Shop(inputs, tables, adjustments=(change,)).closing("y")[0] == 60


def test_most_stock_holds_at_the_end_of_each_bucket(inputs):
    policy = [{"item": "x", "location": "a", "max_qty": 60}]
    shop = Shop(inputs, shop_tables(inventory_policy=policy))
    assert shop.closing("x").tolist() == [60, 10, 0] and shop.closing("y").tolist() == [100, 50, 0]


def test_max_days_are_days_of_coming_demand(inputs):
    """31 days after January are all of February and three of the 31 days of March: 50 + 3/31 · 50."""
    policy = [{"item": "x", "max_days": 31}]
    shop = Shop(inputs, shop_tables(inventory_policy=policy))
    np.testing.assert_allclose(shop.closing("x")[0], 50 + 3 / 31 * 50, atol=1e-6)


def test_the_smaller_of_quantity_and_days_holds(inputs):
    policy = [{"item": "x", "max_days": 31, "max_qty": 20}]
    assert Shop(inputs, shop_tables(inventory_policy=policy)).closing("x")[0] == 20


def test_stock_above_the_most_at_the_start_runs_down(inputs):
    tables = shop_tables(inventory_policy=[{"item": "x", "location": "a", "max_qty": 10}])
    tables["inventory"][0]["on_hand"] = 90
    shop = Shop(inputs, tables)
    assert shop.plan.facts["penalty_amount"] == 0.0
    assert shop.closing("x").tolist() == [40, 0, 0]
    assert shop.message("SU134") == "1 stocks stand above their most stock; x at a by 30.0"


def test_max_days_of_a_stock_that_serves_no_market_bind_nothing(inputs):
    tables = shop_tables(inventory_policy=[{"item": "", "max_days": 10}])
    tables["lanes"] = [{**tables["lanes"][0], "item": "x"}]
    assert Shop(inputs, tables).message("SU133") == ("1 stocks have max_days but serve no market; the first is y at a")


def test_an_infinite_plan_has_no_walls(inputs):
    tables = shop_tables(locations=place(storage_capacity=1, capacity_uom="m3"))
    assert Shop(inputs, tables, policy={"tier": "infinite"}).closing("x")[0] == 100


def test_a_what_if_from_the_basis_is_the_plan_solved_cold(inputs):
    """With every limit of stock in the model a change of capacity moves bounds alone."""
    tables = shop_tables(locations=place(capacity_uom="m3"), resources=room(units=100))
    tables["inventory_policy"] = [{"item": "x", "location": "a", "max_qty": 30}]
    tables["items"][1]["shelf_life_days"] = 31
    base = Shop(inputs, tables).plan
    scope = Scope(resource="room", first=first(1), last=first(2))
    change = Adjustment(
        id="1", change=ChangeCapacity(Amount.parse("70")), author="p", function="supply", scope=scope, seq=1
    )
    warm = Shop(inputs, tables, adjustments=(change,), base=base)
    cold = Shop(inputs, tables, adjustments=(change,))
    assert warm.plan.arrays["shape"].tolist() == base.arrays["shape"].tolist()
    assert warm.cost == pytest.approx(cold.cost, rel=1e-9) and warm.cost > base.facts["objective_amount"]
    assert warm.closing("y")[0] + 2 * warm.closing("x")[0] == pytest.approx(70)
