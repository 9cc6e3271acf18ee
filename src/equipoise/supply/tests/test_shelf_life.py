"""Shelf life and dated lots, with numbers done by hand."""

from datetime import date

import pytest

from equipoise.supply.tests.shop import Shop, shop_tables


def lot(on_hand, expires=None, item="x", name="l", **more):
    return {"item": item, "location": "a", "lot": name, "on_hand": on_hand, "expiry_date": expires, **more}


def perishable(days, **more):
    tables = shop_tables(**more)
    tables["items"][0]["shelf_life_days"] = days
    return tables


def test_a_month_of_life_is_one_bucket(inputs):
    """What is bought in January can serve February, not March."""
    shop = Shop(inputs, perishable(30))
    assert shop.closing("x").tolist() == [50, 0, 0] and shop.closing("y").tolist() == [100, 50, 0]
    assert shop.of("inventory_scrap_qty", "x", "a").tolist() == [0, 0, 0]
    assert shop.cost == pytest.approx(100 * 5 + 50 * 9 + 50 + 150 * 5 + 150)


def test_what_lives_less_than_a_bucket_is_never_kept(inputs):
    assert Shop(inputs, perishable(20)).closing("x").tolist() == [0, 0, 0]


def test_opening_stock_is_fresh_and_leaves_in_time(inputs):
    """130 in stock with a month of life serve January, the rest is thrown away; a finding says what was assumed."""
    shop = Shop(inputs, perishable(30, inventory=[lot(130), lot(0, item="y")]))
    assert shop.of("inventory_scrap_qty", "x", "a").tolist() == [80, 0, 0]
    assert shop.message("SU139") == "80.0 x at a are scrapped, first in Jan 2027"
    assert shop.message("SU140").startswith("1 opening stocks have a shelf life and no expiry_date")
    assert shop.of("unmet_qty", "x", "m").tolist() == [0, 0, 0]


def test_a_dated_lot_is_used_by_its_day(inputs):
    """A lot good until 20 January serves January; until 10 January it serves nobody; until 1 March two months."""
    scrapped = {}
    # What will be thrown away is thrown away before it is kept any longer.
    for day in (date(2027, 1, 20), date(2027, 1, 10), date(2027, 3, 1)):
        shop = Shop(inputs, shop_tables(inventory=[lot(120, day), lot(0, item="y")]))
        scrapped[day.day, day.month] = shop.of("inventory_scrap_qty", "x", "a").tolist()
    assert scrapped == {(20, 1): [70, 0, 0], (10, 1): [120, 0, 0], (1, 3): [20, 0, 0]}


def test_the_lot_that_expires_first_is_used_first(inputs):
    """40 until January and 70 until February: 50 of January take 40 + 10, February 50 of 60 that are left."""
    lots = [lot(70, date(2027, 2, 25), name="new"), lot(40, date(2027, 1, 25), name="old"), lot(0, item="y")]
    shop = Shop(inputs, shop_tables(inventory=lots))
    assert shop.of("inventory_scrap_qty", "x", "a").sum() == 10
    assert shop.of("purchase_qty", "x", "a", "purchase:s").tolist() == [50, 0, 0]  # for March, when it is cheap


def test_blocked_stock_of_a_lot_is_not_there(inputs):
    lots = [lot(120, date(2027, 1, 20), blocked=100), lot(0, item="y")]
    shop = Shop(inputs, shop_tables(inventory=lots))
    assert shop.of("inventory_scrap_qty", "x", "a").tolist() == [0, 0, 0]


def test_moving_stock_does_not_make_it_younger(inputs):
    """Two places with a month of life each are still one month in all, also on a way that takes a month."""
    places = [{"location": place, "name": place, "type": "dc"} for place in ("a", "b")]

    def lanes(days):
        way = {"item": "", "unit_cost": 0}
        ways = [("a", "b", days), ("b", "m", 0)]
        return [way | {"from_location": begin, "to": end, "lead_time_days": lead} for begin, end, lead in ways]

    shop = Shop(inputs, perishable(30, locations=places, lanes=lanes(0)))
    assert (shop.closing("x") + _arrived(shop)).tolist() == [50, 0, 0]
    shop = Shop(inputs, perishable(30, locations=places, lanes=lanes(31)))
    # Bought in January, on the way to February, sold there: nothing can wait before or after it.
    assert shop.of("shipment_qty", "x", "a", "b").tolist() == [100, 50, 0]
    assert shop.closing("x").tolist() == [0, 0, 0]


def _arrived(shop):
    into, out = shop.of("arrival_qty", "x", "a", "b"), shop.of("shipment_qty", "x", "b", "m")
    return (into - out).cumsum()


def test_the_cost_holds_no_standard_cost_of_what_is_scrapped(inputs):
    shop = Shop(inputs, shop_tables(inventory=[lot(120, date(2027, 1, 20)), lot(0, item="y")]))
    # Of x 50 in stock and 100 bought at 9, no cheaper in January; of y as without limits.
    assert shop.cost == pytest.approx(50 * 5 + 50 * 5 + 50 + 100 + 150 * 5 + 150)
    assert shop.plan.facts["notional_amount"] == pytest.approx(70 * 5)
