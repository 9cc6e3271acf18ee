"""A second opinion: random instances, formulated apart from our arrays in linopy straight from the tables."""

import os
from datetime import date, timedelta

import linopy
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.core.measure import Grain
from equipoise.supply.plan_supply import plan_supply

START = date(2027, 1, 4)


def week(number):
    return START + timedelta(weeks=int(number))


def random_instance(seed):
    """Tables, knobs and safety stock of a small company: 2 plants, a warehouse, 2 markets, 3 products, a component."""
    r = np.random.default_rng(seed)
    horizon = int(r.integers(4, 8))
    family = {"a": "f1", "b": "f1", "c": "f2", "part": "parts"}
    plants, markets, products = ("p1", "p2"), ("m1", "m2"), ("a", "b", "c")

    def number(low, high, digits=2):
        return float(np.round(r.uniform(low, high), digits))

    def chance(probability):
        return bool(r.random() < probability)

    tables = {
        "items": [{"item": i, "name": i, "family": f, "uom": "unit"} for i, f in family.items()],
        "locations": [{"location": place, "name": place, "type": "plant"} for place in ("p1", "p2", "dc")],
        "markets": [
            {"market": m, "name": m, "region": "r", "unmet": str(r.choice(["backlog", "lost"]))} for m in markets
        ],
        "forecast": [
            {"item": i, "market": m, "date": week(t), "quantity": number(0, 120)}
            for i in products
            for m in markets
            for t in range(horizon)
        ],
        "costs": [
            {
                "item": i,
                "standard_cost": number(15, 30),
                "holding_cost": number(0.1, 1.5),
                "backlog_cost": number(3, 60),
                "lost_sale_cost": number(20, 90),
            }
            for i in family
        ],
        "inventory": [
            {"item": i, "location": place, "on_hand": number(0, 150), "blocked": number(0, 10)}
            for i in family
            for place in ("p1", "p2", "dc")
            if chance(0.6) or i == "part"
        ],
        "inventory_policy": [],
        "resources": [],
        "resource_calendar": [],
        "routings": [],
        "bom": [],
        "purchasing": [],
        "subcontracting": [],
        "lanes": [],
        "receipts": [],
    }
    for plant in plants:
        tables["resources"].append(
            {
                "resource": f"line {plant}",
                "location": plant,
                "name": "line",
                "capacity_hours": number(60, 260),
                "utilization_pct": number(70, 100),
                "efficiency_pct": number(80, 115),
                "max_overtime_hours": number(0, 40) if chance(0.7) else None,
                "regular_cost_per_hour": number(0, 5) if chance(0.5) else None,
                "overtime_cost_per_hour": number(5, 12),
            }
        )
        if chance(0.5):
            for _ in range(2):
                row = {"resource": f"line {plant}", "date": week(1) + timedelta(days=int(r.integers(0, 7)))}
                tables["resource_calendar"].append({**row, "capacity_hours": number(20, 80)})
    tables["resources"].append(
        {
            "resource": "crew",
            "location": "p1",
            "name": "crew",
            "workers": int(r.integers(1, 8)),
            "hours_per_worker": 40,
            "max_overtime_hours_per_worker": number(0, 10),
            "regular_cost_per_hour": number(2, 5),
            "overtime_cost_per_hour": number(5, 9),
            "hire_cost": number(50, 300),
            "layoff_cost": number(50, 300),
            "min_workers": 1,
            "max_workers": 9 if chance(0.5) else None,
            "capacity_hours": number(150, 350) if chance(0.5) else None,
        }
    )
    for i in products:
        for plant in plants:
            if plant == "p1" or chance(0.6):
                shared = {
                    "item": i,
                    "location": plant,
                    "variable_cost": number(2, 9),
                    "yield_pct": number(75, 100),
                    "lead_time_days": int(r.choice([0, 0, 3, 7])),
                }
                hours = number(0.4, 2)
                tables["routings"].append({**shared, "resource": f"line {plant}", "hours_per_unit": hours})
                if plant == "p1" and chance(0.6):
                    tables["routings"].append({**shared, "resource": "crew", "hours_per_unit": number(0.3, 1.2)})
        if chance(0.6):
            tables["bom"].append(
                {
                    "item": i,
                    "component": "part",
                    "quantity_per": number(0.5, 2),
                    "scrap_pct": number(0, 9),
                    "valid_to": week(2) if chance(0.3) else None,
                }
            )
    for plant in plants:
        for since in (None, week(2)):
            tables["purchasing"].append(
                {
                    "item": "part",
                    "supplier": "s",
                    "location": plant,
                    "valid_from": since,
                    "unit_cost": number(1, 4),
                    "lead_time_days": int(r.choice([0, 4, 10])),
                    "max_qty": number(50, 300) if chance(0.7) else None,
                }
            )
    node = str(r.choice(["a", "f1", ""])) if chance(0.8) else "c"
    tables["subcontracting"].append(
        {
            "item": node,
            "location": "p2",
            "supplier": "sub",
            "unit_cost": number(18, 40),
            "max_qty": number(10, 80),
            "min_qty": number(0, 8) if chance(0.5) else None,
            "lead_time_days": int(r.choice([0, 7])),
        }
    )
    tables["lanes"] += [
        {"item": "", "from_location": p, "to": "dc", "lead_time_days": int(r.choice([0, 5])), "unit_cost": number(0, 2)}
        for p in plants
    ]
    split = chance(0.4)
    for m in markets:
        for place in ("dc", "p1", "p2"):
            if place == "dc" or chance(0.6):
                tables["lanes"].append(
                    {
                        "item": "" if chance(0.7) else "f1",
                        "from_location": place,
                        "to": m,
                        "lead_time_days": int(r.choice([0, 0, 7])),
                        "unit_cost": number(0, 3),
                        "max_qty": number(60, 300) if chance(0.4) else None,
                    }
                )
    if split:
        for place, share in (("dc", 60), ("p1", 40)):
            tables["lanes"].append(
                {
                    "item": "b",
                    "from_location": place,
                    "to": "m1",
                    "lead_time_days": 0,
                    "unit_cost": number(0, 3),
                    "share_pct": share,
                    "max_qty": 90 if chance(0.3) else None,
                }
            )
    if chance(0.5):
        receipt = {"reference": "r1", "line": "1", "item": "a", "location": "p1", "due_date": week(1), "quantity": 12}
        tables["receipts"].append({**receipt, "type": "production", "status": "firm", "components_issued": 1})
        receipt = {"reference": "r2", "line": "1", "item": "part", "location": "p2", "due_date": week(0)}
        tables["receipts"].append({**receipt, "quantity": 30, "type": "purchase", "status": "released"})
    safety = {}
    for i in products:
        for place in ("p1", "dc"):
            if chance(0.4):
                policy = {"item": i, "location": place, "shortfall_cost": number(0.5, 4)}
                if chance(0.3):
                    usable = sum(
                        row["on_hand"] - row["blocked"]
                        for row in tables["inventory"]
                        if (row["item"], row["location"]) == (i, place)
                    )
                    policy["closing_min_qty"] = max(0.0, round(usable / 2, 2))
                tables["inventory_policy"].append(policy)
                safety[i, place] = number(0, 40)
    knobs = {
        "closing_backlog": True,
        "holding_on": str(r.choice(["closing", "average"])),
        "end_condition": str(r.choice(["target", "closing_min"])),
        "lead_time_rounding": str(r.choice(["nearest", "up"])),
    }
    return tables, knobs, safety, horizon


class Line:
    """A linear expression for every bucket: {variable: coefficient}."""

    def __init__(self, terms):
        self.terms = terms

    def plus(self, other, factor=1.0):
        """This + factor (a number or one for each bucket) × other."""
        factors = np.broadcast_to(factor, len(self.terms))
        joined = [dict(mine) for mine in self.terms]
        for mine, theirs, by in zip(joined, other.terms, factors, strict=True):
            for variable, value in theirs.items():
                mine[variable] = mine.get(variable, 0.0) + float(by) * value
        return Line(joined)

    def later(self, lag):
        """The same, `lag` buckets later; what falls out of the horizon is gone."""
        return Line(([{} for _ in range(lag)] + self.terms)[: len(self.terms)])


class Oracle:
    """The same company formulated bucket by bucket in plain Python, straight from the tables, and solved by linopy.

    Over the horizon and the buckets that the plan runs unseen: `visible` of `horizon`.
    """

    def __init__(self, tables, knobs, *, safety, horizon, rows):
        self.t, self.knobs, self.visible = tables, knobs, horizon
        self.safety, self.rows = safety, rows
        self.prices, self.uppers, self.constant = [], [], 0.0
        self.constraints = []
        self.family = {row["item"]: row["family"] for row in tables["items"]}
        self.is_target = knobs["end_condition"] == "target"
        stated = {
            (row["item"], row["location"]): row["closing_min_qty"]
            for row in tables["inventory_policy"]
            if row.get("closing_min_qty") is not None
        }
        self.closing_min, self.ends = stated, set(stated)
        for item in self.family:
            plants = {begin for i, begin, end in rows["flow"] if (i, end) == (item, "dc")}
            if plants and all((item, plant) in stated for plant in plants):
                self.ends.add((item, "dc"))
        self.horizon = horizon + self.hidden()
        self.times = np.arange(self.horizon)

    def goes_on(self, item, market):
        """Some stock serves the market whose plan does not end with the horizon."""
        return any((i, end) == (item, market) and (i, begin) not in self.ends for i, begin, end in self.rows["flow"])

    def hidden(self):
        """Weeks of the longest chain from a supplier to a market, at least one."""
        if not self.is_target or not any(self.goes_on(*key) for key in self.rows["demand"]):
            return 0
        chains = [self.lane_lag(row) + self.ready(*row[:2]) for row in self.rows["flow"] if row[2].startswith("m")]
        return max([1, *chains])

    def ready(self, item, place):
        if place == "dc":
            lanes = [row for row in self.rows["flow"] if (row[0], row[2]) == (item, place)]
            return max((self.lane_lag(row) + self.ready(item, row[1]) for row in lanes), default=0)
        found = [0]
        for _, _, route in (row for row in self.rows["make"] if row[:2] == (item, place)):
            if route.startswith("purchase"):
                offers = [row["lead_time_days"] for row in self.t["purchasing"] if row["location"] == place]
                found.append(max(self.lag(days) for days in offers))
            elif route.startswith("subcontract"):
                found.append(self.lag(self.t["subcontracting"][0]["lead_time_days"]))
            else:
                (days,) = {
                    row["lead_time_days"]
                    for row in self.t["routings"]
                    if (row["item"], row["location"]) == (item, place)
                }
                uses = any(row["item"] == item for row in self.t["bom"])
                found.append(self.lag(days) + (self.ready("part", place) if uses else 0))
        return max(found)

    def lane_lag(self, key):
        return self.lag(self.lane(*key)["lead_time_days"])

    def lane(self, item, begin, end):
        """The lane that speaks of the item most closely."""
        lanes = [x for x in self.t["lanes"] if (x["from_location"], x["to"]) == (begin, end)]
        fitting = [x for x in lanes if self.depth(x["item"], item) >= 0]
        return max(fitting, key=lambda x: self.depth(x["item"], item))

    def until(self, price, is_over):
        """A price in every bucket; where it is over with the horizon, 0 in the hidden ones."""
        return np.where((self.times >= self.visible) & is_over, 0.0, price)

    def lag(self, days):
        if self.knobs["lead_time_rounding"] == "nearest":
            return int(np.floor((days or 0) / 7 + 0.5))
        return int(np.ceil((days or 0) / 7 - 0.05))

    def depth(self, node, item):
        return 2 if node == item else 1 if node == self.family[item] else 0 if node == "" else -1

    def variable(self, price, upper=np.inf):
        first = len(self.prices)
        self.prices += np.broadcast_to(price, self.horizon).tolist()
        self.uppers += np.broadcast_to(upper, self.horizon).tolist()
        return Line([{first + t: 1.0} for t in self.times])

    def nothing(self):
        return Line([{} for _ in self.times])

    def total(self, lines):
        found = self.nothing()
        for line in lines:
            found = found.plus(line)
        return found

    def add(self, line, sign, right, buckets=None):
        rights = np.broadcast_to(right, self.horizon)
        for t in self.times if buckets is None else buckets:
            self.constraints.append((line.terms[t], sign, float(rights[t])))

    def optimum(self):
        model = linopy.Model()
        x = model.add_variables(
            lower=0, upper=pd.Series(self.uppers), coords=[pd.RangeIndex(len(self.prices), name="v")], name="x"
        )
        for sign in ("=", "<=", ">="):
            mine = [(terms, right) for terms, way, right in self.constraints if way == sign and terms]
            if not mine:
                continue
            width = max(len(terms) for terms, _ in mine)
            variables, values = np.full((len(mine), width), -1), np.full((len(mine), width), np.nan)
            for row, (terms, _) in enumerate(mine):
                variables[row, : len(terms)], values[row, : len(terms)] = list(terms), list(terms.values())
            data = xr.Dataset({"coeffs": (("row", "_term"), values), "vars": (("row", "_term"), variables)})
            data = data.assign_coords(row=np.arange(len(mine)))
            right = xr.DataArray([r for _, r in mine], dims="row", coords={"row": np.arange(len(mine))})
            model.add_constraints(linopy.LinearExpression(data, model), sign, right)
        assert all(holds(0.0, sign, right) for terms, sign, right in self.constraints if not terms)
        model.add_objective((x * pd.Series(self.prices, index=pd.RangeIndex(len(self.prices), name="v"))).sum())
        model.solve(solver_name="highs", io_api="direct", output_flag=False, progress=False)
        assert model.termination_condition == "optimal"
        return model.objective.value + self.constant

    def solve(self):
        t, horizon, times = self.t, self.horizon, self.times
        cost = {row["item"]: row for row in t["costs"]}
        self.stock_in = {key: [] for key in self.rows["stock"]}
        self.stock_out = {key: [] for key in self.rows["stock"]}
        self.fixed = {key: np.zeros(horizon) for key in self.rows["stock"]}
        self.served = {key: [] for key in self.rows["demand"]}
        self.load = {row["resource"]: self.nothing() for row in t["resources"]}
        self.fixed_load = {row["resource"]: np.zeros(horizon) for row in t["resources"]}
        for row in t["inventory"]:
            self.fixed[row["item"], row["location"]][0] += max(0.0, row["on_hand"] - row["blocked"])
        for row in t["receipts"]:
            self.fixed[row["item"], row["location"]][(row["due_date"] - START).days // 7] += row["quantity"]
        made = {key: self.make(*key) for key in self.rows["make"]}
        (row,) = t["subcontracting"]
        group = [x for (i, _, way), x in made.items() if way.startswith("sub") and self.depth(row["item"], i) >= 0]
        if group:
            self.add(self.total(group), "<=", row["max_qty"])
            if row["min_qty"]:
                self.add(self.total(group), ">=", row["min_qty"], times[times >= self.lag(row["lead_time_days"])])
        self.ship()
        price_of_end = self.end_prices(cost, made)
        for (item, market), arrivals in self.served.items():
            self.market(item, market, arrivals, cost[item], price_of_end)
        for key in self.rows["stock"]:
            self.stock(key, cost[key[0]], price_of_end[key])
        for row in t["resources"]:
            self.resource(row)
        return self.optimum()

    def make(self, item, location, route):
        if route.startswith("purchase"):
            price, most, first = np.zeros(self.horizon), np.full(self.horizon, np.inf), None
            offers = [row for row in self.t["purchasing"] if row["location"] == location]
            for row in sorted(offers, key=lambda row: row["valid_from"] or date.min):
                begin = 0 if row["valid_from"] is None else (row["valid_from"] - START).days // 7
                price[begin:] = row["unit_cost"]
                first = self.lag(row["lead_time_days"]) if first is None else first
                if row["max_qty"] is not None:
                    most[begin:] = row["max_qty"]
            most[:first] = 0.0  # an order placed now comes no earlier
            x = self.variable(price, most)
            self.stock_in[item, location].append(x)
            return x
        if route.startswith("subcontract"):
            (row,) = self.t["subcontracting"]
            x = self.variable(row["unit_cost"], np.where(self.times >= self.lag(row["lead_time_days"]), np.inf, 0.0))
            self.stock_in[item, location].append(x)
            return x
        bill = [row for row in self.t["routings"] if (row["item"], row["location"]) == (item, location)]
        lag, ratio = self.lag(bill[0]["lead_time_days"]), bill[0]["yield_pct"] / 100
        x = self.variable(bill[0]["variable_cost"], np.where(self.times + lag < self.horizon, np.inf, 0.0))
        self.stock_in[item, location].append(self.nothing().plus(x.later(lag), ratio))
        for row in bill:
            self.load[row["resource"]] = self.load[row["resource"]].plus(x, row["hours_per_unit"])
        for row in self.t["bom"]:
            if row["item"] == item:
                need = row["quantity_per"] * (1 + row["scrap_pct"] / 100)
                active = [row["valid_to"] is None or week(k) <= row["valid_to"] for k in self.times]
                self.stock_out["part", location].append(self.nothing().plus(x, np.where(active, need, 0.0)))
        for row in self.t["receipts"]:
            if row["type"] == "production" and (row["item"], row["location"]) == (item, location):
                begin = max(0, (row["due_date"] - START).days // 7 - lag)
                for line in bill:
                    self.fixed_load[line["resource"]][begin] += row["quantity"] / ratio * line["hours_per_unit"]
        return x

    def ship(self):
        shipped, into = {}, {}
        for item, begin, end in self.rows["flow"]:
            lane = self.lane(item, begin, end)
            lag = self.lag(lane["lead_time_days"])
            x = self.variable(lane["unit_cost"], np.where(self.times + lag < self.horizon, np.inf, 0.0))
            shipped[item, begin, end] = x
            self.stock_out[item, begin].append(x)
            (self.served if (item, end) in self.served else self.stock_in)[item, end].append(x.later(lag))
            into.setdefault((item, end), []).append((lane.get("share_pct"), lag, x.later(lag)))
        for lane in self.t["lanes"]:
            ends = (lane["from_location"], lane["to"])
            group = [x for (i, *way), x in shipped.items() if tuple(way) == ends and self.depth(lane["item"], i) >= 0]
            if lane.get("max_qty") is not None:
                self.add(self.total(group), "<=", lane["max_qty"])
        for ways in into.values():
            self.split(ways)

    def split(self, ways):
        """Fixed shares bind among the lanes that can have arrived; alone they are scaled to 100 %."""
        for share, lag, arriving in ways:
            for t in range(lag, self.horizon) if share is not None else ():
                able = [way for way in ways if way[1] <= t]
                fixed = sum(way[0] for way in able if way[0] is not None)
                is_free = any(way[0] is None for way in able)
                part = share / 100 if is_free and fixed <= 100 else share / fixed
                self.add(arriving.plus(self.total([way[2] for way in able]), -part), "=", 0.0, [t])

    def end_prices(self, cost, made):
        bought = {item for item, _, route in made if route.startswith("purchase")}
        assert bought <= {"part"}
        lost = [row["market"] for row in self.t["markets"] if row["unmet"] == "lost"]
        found = {}
        for item, place in self.rows["stock"]:
            price = cost[item]["standard_cost"] * 1.5
            for row in self.t["inventory_policy"]:
                if (row["item"], row["location"]) == (item, place):
                    price += row["shortfall_cost"]
            if any((item, market) in self.rows["demand"] for market in lost):
                price = min(price, 0.999 * cost[item]["lost_sale_cost"])
            found[item, place] = price
        return found

    def market(self, item, market, arrivals, cost, price_of_end):
        demand = np.zeros(self.horizon)
        for row in self.t["forecast"]:
            if (row["item"], row["market"]) == (item, market):
                demand[(row["date"] - START).days // 7] += row["quantity"]
        is_over = not self.goes_on(item, market)
        demand[self.visible :] = 0.0 if is_over else demand[: self.visible].mean()
        left = self.total(arrivals)
        if {row["market"]: row["unmet"] for row in self.t["markets"]}[market] == "lost":
            left = left.plus(self.variable(self.until(cost["lost_sale_cost"], is_over)))
        else:
            price = self.until(cost["backlog_cost"], is_over)
            if self.is_target:
                sources = [begin for i, begin, end in self.rows["flow"] if (i, end) == (item, market)]
                last = self.visible - 1 if is_over else -1
                price[last] += max((price_of_end[item, begin] for begin in sources), default=0.0)
            backlog = self.variable(price)
            left = left.plus(backlog).plus(backlog.later(1), -1)
        self.add(left, "=", demand)

    def stock(self, key, cost, price_of_end):
        policy = [row for row in self.t["inventory_policy"] if (row["item"], row["location"]) == key]
        holding = self.until(cost["holding_cost"], key in self.ends)
        if self.knobs["holding_on"] == "average":
            holding = (holding + np.append(holding[1:], 0.0)) / 2
            rows = [row for row in self.t["inventory"] if (row["item"], row["location"]) == key]
            opening = max(0.0, sum(row["on_hand"] - row["blocked"] for row in rows))
            self.constant += opening * cost["holding_cost"] / 2
        closing = self.variable(holding)
        left = closing.plus(closing.later(1), -1).plus(self.total(self.stock_in[key]), -1)
        self.add(left.plus(self.total(self.stock_out[key])), "=", self.fixed[key])
        if key in self.safety:
            asked = self.until(self.safety[key], key in self.ends)
            self.add(closing.plus(self.variable(policy[0]["shortfall_cost"])), ">=", asked)
        if key in self.closing_min:
            self.add(closing, ">=", self.closing_min[key], [self.visible - 1])
        elif self.is_target and key in self.safety:
            last = self.visible if key in self.ends else self.horizon
            self.add(closing.plus(self.variable(price_of_end)), ">=", self.safety[key], [last - 1])

    def resource(self, row):
        rate = (row.get("utilization_pct") or 100) / 100 * (row.get("efficiency_pct") or 100) / 100
        hours = np.full(self.horizon, np.inf if row["capacity_hours"] is None else row["capacity_hours"])
        stated = [x for x in self.t["resource_calendar"] if x["resource"] == row["resource"]]
        for t in {(x["date"] - START).days // 7 for x in stated}:
            hours[t] = sum(x["capacity_hours"] for x in stated if (x["date"] - START).days // 7 == t)
        if row.get("workers") is None:
            regular = self.variable(row["regular_cost_per_hour"] or 0.0, hours)
            overtime = self.variable(row["overtime_cost_per_hour"], row["max_overtime_hours"] or 0.0)
        else:
            regular, overtime = self.variable(0.0), self.variable(row["overtime_cost_per_hour"])
            most = np.inf if row["max_workers"] is None else row["max_workers"]
            made = {line["item"] for line in self.t["routings"] if line["resource"] == row["resource"]}
            idle = bool(made) and not any(self.goes_on(*key) for key in self.rows["demand"] if key[0] in made)
            workers = self.variable(self.until(row["hours_per_worker"] * row["regular_cost_per_hour"], idle), most)
            self.add(workers, ">=", row["min_workers"])
            hired, fired = (self.variable(self.until(row[name], idle)) for name in ("hire_cost", "layoff_cost"))
            change = workers.plus(workers.later(1), -1).plus(hired, -1).plus(fired)
            self.add(change, "=", np.where(self.times == 0, row["workers"], 0.0))
            self.add(regular.plus(workers, -row["hours_per_worker"]), "<=", 0.0)
            self.add(overtime.plus(workers, -row["max_overtime_hours_per_worker"]), "<=", 0.0)
            if row["capacity_hours"] is not None:
                self.add(regular.plus(overtime), "<=", hours)
        worked = self.nothing().plus(regular.plus(overtime), rate)
        self.add(worked.plus(self.load[row["resource"]], -1), ">=", self.fixed_load[row["resource"]])


def holds(left, sign, right):
    return {"=": abs(left - right) < 1e-9, "<=": left <= right + 1e-9, ">=": left >= right - 1e-9}[sign]


@pytest.mark.parametrize("seed", range(600 if os.environ.get("EQUIPOISE_SOAK") else 60))
def test_objective_equals_linopy(inputs, seed):
    """And every number of the plan is exact: on the grid, not negative, balances bit for bit."""
    tables, knobs, safety, horizon = random_instance(seed)
    given = inputs(tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety)
    plan = plan_supply(given)
    assert plan.facts["penalty_amount"] == 0.0
    ours = plan.facts["objective_amount"] + plan.facts["notional_amount"]
    rows = {grain.value: [keys.labels(row) for row in range(len(keys))] for grain, keys in given.axes.keys.items()}
    oracle = Oracle(tables, knobs, safety=safety, horizon=horizon, rows=rows)
    assert ours == pytest.approx(oracle.solve(), rel=1e-6)
    check_identities(given, plan)


def check_identities(given, plan):
    keys = given.axes.keys

    def get(name):
        return plan.panel_of(name)[name]

    for panel, name in plan.measures():
        if name.endswith(("_qty", "_hours", "_count")) and name != "capacity_available_hours":
            values = np.nan_to_num(panel[name])
            assert (values >= 0).all() and not np.signbit(values[values == 0]).any(), name
            assert is_on_grid(values, QUANTITY_STEP), name
    change = get("receipt_scheduled_qty") - get("component_use_qty")
    row_of = keys[Grain.STOCK].rows
    made = get("production_qty") + get("subcontract_qty") + get("purchase_qty")
    for row in range(len(keys[Grain.MAKE])):
        change[row_of[keys[Grain.MAKE].labels(row)[:2]]] += made[row]
    served = np.zeros_like(get("demand_served_qty"))
    for row in range(len(keys[Grain.FLOW])):
        item, begin, end = keys[Grain.FLOW].labels(row)
        change[row_of[item, begin]] -= get("shipment_qty")[row]
        if (item, end) in row_of:
            change[row_of[item, end]] += get("arrival_qty")[row]
        else:
            served[keys[Grain.DEMAND].rows[item, end]] += get("arrival_qty")[row]
    closing = given.measure("inventory_start_qty")[:, :1] + np.cumsum(change, axis=1)
    assert (closing >= 0).all()
    np.testing.assert_array_equal(served, get("demand_served_qty"))
    required = given.measure("demand_required_qty")
    backlog = np.cumsum(required - served - get("lost_qty"), axis=1)
    np.testing.assert_array_equal(backlog, get("backlog_closing_qty"))
    np.testing.assert_array_equal(get("unmet_qty"), required - get("demand_on_time_qty"))
    short = np.maximum(given.measure("inventory_safety_qty") - closing, 0.0)
    np.testing.assert_array_equal(get("inventory_shortfall_qty"), short)
