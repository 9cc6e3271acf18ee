"""A second opinion: random instances, formulated apart from our arrays in linopy straight from the tables."""

from datetime import date, timedelta

import linopy
import numpy as np
import pandas as pd
import pytest

from equipoise.supply.plan_supply import plan_supply

START = date(2027, 1, 4)


def week(number):
    return START + timedelta(weeks=int(number))


def random_instance(seed):
    """Tables, knobs and stock targets of a small company: 2 plants, a warehouse, 2 markets, 3 products, a component."""
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
    safety, target = {}, {}
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
                target[i, place] = safety[i, place] + number(0, 40)
    knobs = {
        "closing_backlog": True,
        "holding_on": str(r.choice(["closing", "average"])),
        "end_condition": str(r.choice(["target", "closing_min"])),
        "lead_time_rounding": str(r.choice(["nearest", "up"])),
    }
    return tables, knobs, safety, target, horizon


class Oracle:
    """The same company in linopy, one variable over time for each thing that can happen."""

    def __init__(self, tables, knobs, safety, target, horizon, rows):
        self.t, self.knobs, self.horizon = tables, knobs, horizon
        self.safety, self.target, self.rows = safety, target, rows
        self.model = linopy.Model()
        self.times = pd.RangeIndex(horizon, name="t")
        self.cost = []
        self.constant = 0.0
        self.count = 0

    def lag(self, days):
        days = days or 0
        return int(np.floor(days / 7 + 0.5)) if self.knobs["lead_time_rounding"] == "nearest" else int(np.ceil(days / 7 - 0.05))

    def series(self, values):
        return pd.Series(np.broadcast_to(np.asarray(values, dtype=float), self.horizon), index=self.times)

    def variable(self, price, upper=np.inf):
        self.count += 1
        made = self.model.add_variables(lower=0, upper=self.series(upper), coords=[self.times], name=f"v{self.count}")
        price = self.series(price)
        if (price != 0).any():
            self.cost.append((made * price).sum())
        return made

    def add(self, left, sign, right):
        self.model.add_constraints(left, sign, self.series(right))

    @staticmethod
    def later(variable, lag):
        return variable.shift(t=lag) if lag else variable

    def solve(self):
        t, horizon = self.t, self.horizon
        family = {row["item"]: row["family"] for row in t["items"]}
        depth = lambda node, item: 2 if node == item else 1 if node == family[item] else 0 if node == "" else -1
        cost = {row["item"]: row for row in t["costs"]}
        inside = lambda node, item: depth(node, item) >= 0

        stock_in = {key: [] for key in self.rows["stock"]}
        stock_out = {key: [] for key in self.rows["stock"]}
        fixed = {key: np.zeros(horizon) for key in self.rows["stock"]}
        served = {key: [] for key in self.rows["demand"]}
        load = {row["resource"]: [] for row in t["resources"]}
        fixed_load = {row["resource"]: np.zeros(horizon) for row in t["resources"]}
        for row in t["inventory"]:
            fixed[row["item"], row["location"]][0] += max(0.0, row["on_hand"] - row["blocked"])

        made = {}
        for item, location, route in self.rows["make"]:
            if route.startswith("purchase"):
                offers = [row for row in t["purchasing"] if row["location"] == location]
                price, most, first = np.zeros(horizon), np.full(horizon, np.inf), np.zeros(horizon)
                for row in sorted(offers, key=lambda row: row["valid_from"] or date.min):
                    begin = 0 if row["valid_from"] is None else (row["valid_from"] - START).days // 7
                    price[begin:] = row["unit_cost"]
                    first[begin:] = self.lag(row["lead_time_days"])
                    if row["max_qty"] is not None:
                        most[begin:] = row["max_qty"]
                most[np.arange(horizon) < first[0]] = 0.0  # an order placed now comes no earlier
                most[np.arange(horizon) < first] = 0.0 if False else most[np.arange(horizon) < first]
                x = self.variable(price, most)
                stock_in[item, location].append(x)
            elif route.startswith("subcontract"):
                (row,) = t["subcontracting"]
                open_from = self.lag(row["lead_time_days"])
                x = self.variable(row["unit_cost"], np.where(np.arange(horizon) >= open_from, np.inf, 0.0))
                stock_in[item, location].append(x)
            else:
                bill = [row for row in t["routings"] if (row["item"], row["location"]) == (item, location)]
                lag = self.lag(bill[0]["lead_time_days"])
                x = self.variable(bill[0]["variable_cost"], np.where(np.arange(horizon) + lag < horizon, np.inf, 0.0))
                stock_in[item, location].append(self.later(x, lag) * (bill[0]["yield_pct"] / 100))
                for row in bill:
                    load[row["resource"]].append(x * row["hours_per_unit"])
                for row in t["bom"]:
                    if row["item"] == item:
                        need = row["quantity_per"] * (1 + row["scrap_pct"] / 100)
                        active = [row["valid_to"] is None or week(k) <= row["valid_to"] for k in range(horizon)]
                        stock_out["part", location].append(x * self.series(np.where(active, need, 0.0)))
                for row in t["receipts"]:
                    if row["type"] == "production" and (row["item"], row["location"]) == (item, location):
                        begin = max(0, (row["due_date"] - START).days // 7 - lag)
                        for line in bill:
                            hours = row["quantity"] / (bill[0]["yield_pct"] / 100) * line["hours_per_unit"]
                            fixed_load[line["resource"]][begin] += hours
            made[item, location, route] = x
        for row in t["receipts"]:
            fixed[row["item"], row["location"]][(row["due_date"] - START).days // 7] += row["quantity"]

        row = t["subcontracting"][0]
        group = [x for (item, _, route), x in made.items() if route.startswith("sub") and inside(row["item"], item)]
        if group:
            self.add(sum(group[1:], group[0] + 0), "<=", row["max_qty"])
            if row["min_qty"]:
                start = self.lag(row["lead_time_days"])
                self.add(sum(group[1:], group[0] + 0), ">=", np.where(np.arange(horizon) >= start, row["min_qty"], 0))

        shipped, into = {}, {}
        for item, begin, end in self.rows["flow"]:
            lanes = [x for x in t["lanes"] if (x["from_location"], x["to"]) == (begin, end) and inside(x["item"], item)]
            lanes.sort(key=lambda x: depth(x["item"], item))
            lag = self.lag(lanes[-1]["lead_time_days"])
            x = self.variable(lanes[-1]["unit_cost"], np.where(np.arange(horizon) + lag < horizon, np.inf, 0.0))
            shipped[item, begin, end] = x
            stock_out[item, begin].append(x)
            arriving = self.later(x, lag)
            (served if (item, end) in served else stock_in)[item, end].append(arriving)
            share = lanes[-1].get("share_pct")
            into.setdefault((item, end), []).append((share, lag, arriving))
        for lane in t["lanes"]:
            ends = (lane["from_location"], lane["to"])
            group = [x for (i, *way), x in shipped.items() if tuple(way) == ends and inside(lane["item"], i)]
            if lane.get("max_qty") is not None and group:
                self.add(sum(group[1:], group[0] + 0), "<=", lane["max_qty"])
        for ways in into.values():
            self.split(ways)

        unmet = {row["market"]: row["unmet"] for row in t["markets"]}
        price_of_end = self.end_prices(cost, unmet, made)
        for (item, market), arrivals in served.items():
            demand = np.zeros(horizon)
            for row in t["forecast"]:
                if (row["item"], row["market"]) == (item, market):
                    demand[(row["date"] - START).days // 7] += np.rint(row["quantity"] * 2**20) / 2**20
            left = sum(arrivals[1:], arrivals[0] + 0) if arrivals else 0
            if unmet[market] == "lost":
                left = left + self.variable(cost[item]["lost_sale_cost"])
            else:
                price = np.full(horizon, cost[item]["backlog_cost"])
                if self.knobs["end_condition"] == "target":
                    sources = [b for i, b, e in self.rows["flow"] if (i, e) == (item, market)]
                    price[-1] += max((price_of_end[item, b] for b in sources), default=0.0)
                backlog = self.variable(price)
                left = left + backlog - backlog.shift(t=1)
            self.add(left, "=", demand)

        for key in self.rows["stock"]:
            self.stock(key, stock_in[key], stock_out[key], fixed[key], cost[key[0]], price_of_end[key])
        for row in t["resources"]:
            self.resource(row, load[row["resource"]], fixed_load[row["resource"]])
        self.model.add_objective(sum(self.cost[1:], self.cost[0]))
        self.model.solve(solver_name="highs", output_flag=False, progress=False)
        assert self.model.termination_condition == "optimal"
        return self.model.objective.value + self.constant

    def split(self, ways):
        """Fixed shares bind among the lanes that can have arrived; alone they are scaled to 100 %."""
        if all(share is None for share, _, _ in ways):
            return
        latest = [lag for _, lag, _ in ways]
        for share, lag, arriving in ways:
            if share is None:
                continue
            for t in range(lag, self.horizon):
                able = [way for way, other in zip(ways, latest, strict=True) if other <= t]
                fixed = sum(way[0] for way in able if way[0] is not None)
                is_free = any(way[0] is None for way in able)
                part = share / 100 if is_free and fixed <= 100 else share / fixed
                rest = [way[2] * -part for way in able]
                total = sum(rest, arriving * 1.0)
                self.model.add_constraints(total.isel(t=t) == 0)

    def end_prices(self, cost, unmet, made):
        dearest = {}
        for item, _, route in made:
            if route.startswith("purchase"):
                offers = [row["unit_cost"] for row in self.t["purchasing"]]
                dearest[item] = max([dearest.get(item, 0.0), *offers])
        lost_markets = [m for m in unmet if unmet[m] == "lost"]
        found = {}
        for item, place in self.rows["stock"]:
            short = [
                row["shortfall_cost"]
                for row in self.t["inventory_policy"]
                if (row["item"], row["location"]) == (item, place)
            ]
            price = cost[item]["standard_cost"] * 1.5 + (short[0] if short else 0.0)
            if any((item, m) in self.rows["demand"] for m in lost_markets):
                price = min(price, 0.999 * cost[item]["lost_sale_cost"])
            found[item, place] = price
        return found

    def stock(self, key, inflow, outflow, fixed, cost, price_of_end):
        policy = [row for row in self.t["inventory_policy"] if (row["item"], row["location"]) == key]
        holding = np.full(self.horizon, cost["holding_cost"])
        if self.knobs["holding_on"] == "average":
            holding[-1] /= 2
            self.constant += fixed_opening(self.t, key) * cost["holding_cost"] / 2
        closing = self.variable(holding)
        left = closing - closing.shift(t=1)
        left = sum((-1 * x for x in inflow), left)
        left = sum(outflow, left)
        self.add(left, "=", fixed)
        if key in self.safety:
            short = self.variable(policy[0]["shortfall_cost"])
            self.add(closing + short, ">=", self.safety[key])
        least = policy[0].get("closing_min_qty") if policy else None
        last = closing.isel(t=self.horizon - 1)
        if least is not None:
            self.model.add_constraints(last >= least)
        elif self.knobs["end_condition"] == "target" and key in self.target:
            gap = self.model.add_variables(lower=0, name=f"gap {key}")
            self.cost.append(gap * price_of_end)
            self.model.add_constraints(last + gap >= self.target[key])

    def resource(self, row, load, fixed):
        rate = (row.get("utilization_pct") or 100) / 100 * (row.get("efficiency_pct") or 100) / 100
        hours = np.full(self.horizon, np.inf if row["capacity_hours"] is None else row["capacity_hours"])
        stated = [x for x in self.t["resource_calendar"] if x["resource"] == row["resource"]]
        for t in {(x["date"] - START).days // 7 for x in stated}:
            hours[t] = sum(x["capacity_hours"] for x in stated if (x["date"] - START).days // 7 == t)
        asked = sum(load[1:], load[0] + 0) if load else None
        if row.get("workers") is None:
            regular = self.variable(row["regular_cost_per_hour"] or 0.0, hours)
            overtime = self.variable(row["overtime_cost_per_hour"], row["max_overtime_hours"] or 0.0)
        else:
            regular, overtime = self.variable(0.0), self.variable(row["overtime_cost_per_hour"])
            most = np.inf if row["max_workers"] is None else row["max_workers"]
            workers = self.variable(row["hours_per_worker"] * row["regular_cost_per_hour"], most)
            self.add(workers * 1.0, ">=", row["min_workers"])
            hired, fired = self.variable(row["hire_cost"]), self.variable(row["layoff_cost"])
            start = np.zeros(self.horizon)
            start[0] = row["workers"]
            self.add(workers - workers.shift(t=1) - hired + fired, "=", start)
            self.add(regular - workers * row["hours_per_worker"], "<=", 0.0)
            self.add(overtime - workers * row["max_overtime_hours_per_worker"], "<=", 0.0)
            if row["capacity_hours"] is not None:
                self.add(regular + overtime, "<=", hours)
        if asked is not None:
            self.add((regular + overtime) * rate - asked, ">=", fixed)


def fixed_opening(tables, key):
    rows = [row for row in tables["inventory"] if (row["item"], row["location"]) == key]
    return max(0.0, sum(row["on_hand"] - row["blocked"] for row in rows))


@pytest.mark.parametrize("seed", range(24))
def test_objective_equals_linopy(inputs, seed):
    tables, knobs, safety, target, horizon = random_instance(seed)
    given = inputs(
        tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety, target=target
    )
    plan = plan_supply(given)
    assert plan.facts["penalty_amount"] == 0.0
    ours = plan.facts["objective_amount"] + plan.facts["notional_amount"]
    rows = {grain.value: [keys.labels(row) for row in range(len(keys))] for grain, keys in given.axes.keys.items()}
    oracle = Oracle(tables, knobs, safety, target, horizon, rows)
    assert ours == pytest.approx(oracle.solve(), rel=1e-6)
