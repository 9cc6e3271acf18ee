"""A shop that buys x and y at a and sells them in m: three months, small numbers that can be done by hand."""

from datetime import date

import numpy as np

from equipoise.supply.plan_supply import plan_supply


class Shop:
    """The plan of the tables, and its measures by row; it ends with March, when the shop closes."""

    def __init__(self, inputs, tables, *, policy=None, **options):
        self.given = inputs(tables, horizon=3, policy={"end_condition": "closing_min"} | (policy or {}), **options)
        self.plan = plan_supply(self.given)

    def of(self, name, *key):
        panel = self.plan.panel_of(name)
        return panel[name][panel.keys.rows[key]]

    def closing(self, item, place="a"):
        """Closing stock, from its flows."""
        keys = {name: self.plan.panel_of(name).keys for name in ("purchase_qty", "shipment_qty", "inventory_scrap_qty")}
        stock = self.given.measure("inventory_start_qty")[keys["inventory_scrap_qty"].rows[item, place]].cumsum()
        for name, sign in (("purchase_qty", 1), ("subcontract_qty", 1), ("production_qty", 1), ("shipment_qty", -1)):
            panel = self.plan.panel_of(name)
            for row in range(len(panel.keys)):
                if panel.keys.labels(row)[:2] == (item, place):
                    stock = stock + sign * np.cumsum(panel[name][row])
        for name, sign in (
            ("receipt_scheduled_qty", 1),
            ("production_byproduct_qty", 1),
            ("component_use_qty", -1),
            ("inventory_scrap_qty", -1),
        ):
            stock = stock + sign * np.cumsum(self.of(name, item, place))
        return stock

    def codes(self):
        return [finding.code for finding in self.plan.findings]

    def message(self, code):
        return next(finding.message for finding in self.plan.findings if finding.code == code)

    @property
    def cost(self):
        return self.plan.facts["objective_amount"]


def first(month):
    return date(2027, month, 1)


def shop_tables(demand=(50, 50, 50), **more):
    """Buying costs 5 in January and 9 after it, holding 1 a month: a unit bought early saves 3, or 2 for two."""
    tables = {
        "items": [
            {"item": "x", "name": "x", "family": "f", "uom": "unit", "unit_volume_m3": 2},
            {"item": "y", "name": "y", "family": "f", "uom": "unit", "unit_volume_m3": 1},
        ],
        "locations": [{"location": "a", "name": "a", "type": "dc"}],
        "markets": [{"market": "m", "name": "M", "region": "r"}],
        "forecast": [
            {"item": item, "market": "m", "date": first(month + 1), "quantity": quantity}
            for item in ("x", "y")
            for month, quantity in enumerate(demand)
        ],
        "inventory": [{"item": item, "location": "a", "on_hand": 0} for item in ("x", "y")],
        "costs": [{"item": "", "standard_cost": 5, "holding_cost": 1, "backlog_cost": 90}],
        "purchasing": [
            {
                "item": item,
                "supplier": "s",
                "location": "a",
                "valid_from": since,
                "unit_cost": cost,
                "lead_time_days": 0,
            }
            for item in ("x", "y")
            for since, cost in ((None, 5), (first(2), 9))
        ],
        "lanes": [{"item": "", "from_location": "a", "to": "m", "lead_time_days": 0, "unit_cost": 0}],
        "resources": [],
    }
    return tables | more
