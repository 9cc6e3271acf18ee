"""The same company formulated bucket by bucket in plain Python, straight from the tables, and solved by linopy."""

from datetime import date, timedelta

import linopy
import numpy as np
import pandas as pd
import xarray as xr

START = date(2027, 1, 4)


def week(number):
    return START + timedelta(weeks=int(number))


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


class Formulation:
    """A linear program over T buckets, written down term by term and solved by linopy."""

    def __init__(self):
        self.prices, self.uppers, self.constant = [], [], 0.0
        self.constraints = []

    def over(self, horizon):
        self.horizon = horizon
        self.times = np.arange(horizon)

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


class Oracle(Formulation):
    """The same company formulated bucket by bucket in plain Python, straight from the tables, and solved by linopy.

    Over the horizon and the buckets that the plan runs unseen: `visible` of `horizon`; `hidden` says how many these
    are, None: as the small network of the first company has it. `shares` are those of sourcing, by lane.
    """

    def __init__(self, tables, knobs, *, safety, horizon, rows, shares=None, hidden=None):
        super().__init__()
        self.t, self.knobs, self.visible = tables, knobs, horizon
        self.safety, self.rows = safety, rows
        self.shares = shares or {}
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
        self.over(horizon + (self.hidden() if hidden is None else hidden))

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

    def solve(self):
        t, horizon, times = self.t, self.horizon, self.times
        cost = {row["item"]: row for row in t["costs"]}
        self.stock_in = {key: [] for key in self.rows["stock"]}
        self.stock_out = {key: [] for key in self.rows["stock"]}
        self.fixed = {key: np.zeros(horizon) for key in self.rows["stock"]}
        self.exits = {item: [] for item in self.family}
        self.moving = {item: [] for item in self.family}
        self.by_products, self.closing = set(), {}
        self.sent = {key: np.zeros(horizon) for key in self.rows["stock"]}
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
        price_of_end = self.end_prices(cost)
        for (item, market), arrivals in self.served.items():
            self.market(item, market, arrivals, cost[item], price_of_end)
        for key in self.rows["stock"]:
            self.stock(key, cost[key[0]], price_of_end[key])
        self.storage()
        self.age()
        for row in t["resources"]:
            self.resource(row)
        return self.optimum()

    def make(self, item, location, route):
        if route.startswith("purchase"):
            price, most, first = np.zeros(self.horizon), np.full(self.horizon, np.inf), None
            offers = [x for x in self.t["purchasing"] if (x["item"], x["location"]) == (item, location)]
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
            if row["item"] == item and row.get("location", "") in ("", location):
                active = [row["valid_to"] is None or week(k) <= row["valid_to"] for k in self.times]
                if row.get("type", "component") == "component":
                    need = row["quantity_per"] * (1 + row["scrap_pct"] / 100)
                    taken = self.nothing().plus(x, np.where(active, need, 0.0))
                    self.stock_out[row["component"], location].append(taken)
                    self.exits[row["component"]].append(taken)
                else:
                    given = row["quantity_per"] * (1 - row["scrap_pct"] / 100)
                    arriving = self.nothing().plus(x, np.where(active, given, 0.0)).later(lag)
                    self.stock_in[row["component"], location].append(arriving)
                    self.by_products.add((row["component"], location))
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
            if (item, end) in self.served:
                self.exits[item].append(x)
                for t in range(self.horizon - lag) if self.shares else ():
                    share = self.shares[item, begin, end][min(t + lag, self.visible - 1)]
                    self.sent[item, begin][t] += share * self.demand(item, end)[t + lag]
            else:
                self.moving[item].append((x, lag))
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

    def end_prices(self, cost):
        lost = [row["market"] for row in self.t["markets"] if row["unmet"] == "lost"]
        found = {}
        for item, place in self.rows["stock"]:
            price = cost[item]["standard_cost"] * 1.5
            for row in self.t["inventory_policy"]:
                if (row["item"], row["location"]) == (item, place):
                    price += row.get("shortfall_cost") or 0.0
            if any((item, market) in self.rows["demand"] for market in lost):
                price = min(price, 0.999 * cost[item]["lost_sale_cost"])
            found[item, place] = price
        return found

    def demand(self, item, market):
        """Wanted in each week; in the hidden ones the mean of the others, or nothing."""
        demand = np.zeros(self.horizon)
        for row in self.t["forecast"]:
            if (row["item"], row["market"]) == (item, market):
                demand[(row["date"] - START).days // 7] += row["quantity"]
        demand[self.visible :] = demand[: self.visible].mean() if self.goes_on(item, market) else 0.0
        return demand

    def market(self, item, market, arrivals, cost, price_of_end):
        demand, is_over = self.demand(item, market), not self.goes_on(item, market)
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
        self.closing[key] = closing
        if any(row.get("max_qty") is not None for row in policy):
            self.add(closing, "<=", np.maximum(policy[0]["max_qty"], self.run_down(key)))
        if self.may_scrap(key):
            thrown = self.variable(cost["standard_cost"])
            self.stock_out[key].append(thrown)
            self.exits[key[0]].append(thrown)
            self.add(thrown, ">=", self.lots(key)[1], [0])
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

    def run_down(self, key):
        """Stock left if nothing is added: what no limit can forbid."""
        left, found = 0.0, []
        for t in self.times:
            left = max(0.0, left + self.fixed[key][t] - self.sent[key][t])
            found.append(left)
        return np.array(found)

    def storage(self):
        volume = {row["item"]: row.get("unit_volume_m3") or 0.0 for row in self.t["items"]}
        for place in self.t["locations"]:
            inside = [key for key in self.closing if key[1] == place["location"]]
            rooms = [x for x in self.t["resources"] if (x.get("type"), x["location"]) == ("storage", place["location"])]
            taken = self.nothing()
            for key in inside:
                taken = taken.plus(self.closing[key], volume[key[0]])
            there = sum((volume[key[0]] * self.run_down(key) for key in inside), np.zeros(self.horizon))
            if rooms:
                (room,) = rooms
                paid = self.variable(room["regular_cost_per_hour"], np.maximum(room["units"], there - 40.0))
                rented = self.variable(room["overtime_cost_per_hour"], 40.0)
                assert room["max_overtime_hours"] == 40.0
                self.add(taken.plus(paid, -1).plus(rented, -1), "=", 0.0)
            elif place.get("storage_capacity") is not None:
                self.add(taken, "<=", np.maximum(place["storage_capacity"], there))

    def life(self, item):
        days = {row["item"]: row.get("shelf_life_days") for row in self.t["items"]}[item]
        return None if days is None else int(days / 7 + 0.05)

    def lots(self, key):
        """Units of the opening stock by the last week they can be used in, and those that had expired."""
        by_week, expired = {}, 0.0
        for row in self.t["inventory"]:
            if (row["item"], row["location"]) == key:
                usable = row["on_hand"] - row["blocked"]
                if row.get("expiry_date") is not None:
                    last = (row["expiry_date"] - START).days - 3
                    if last < 0:
                        expired += usable
                    else:
                        by_week[last // 7] = by_week.get(last // 7, 0.0) + usable
                elif self.life(key[0]) is not None:
                    last = max(0, self.life(key[0]) - 1)
                    by_week[last] = by_week.get(last, 0.0) + usable
        return by_week, expired

    def may_scrap(self, key):
        by_week, expired = self.lots(key)
        return bool(self.life(key[0]) is not None or by_week or expired or key in self.by_products)

    def age(self):
        """Stock is used before it is too old, at each location and over all of them."""
        for item in self.family:
            keys = [key for key in self.closing if key[0] == item]
            for key in keys:
                self.too_old(self.closing[key], self.stock_out[key], self.lots(key)[0], self.life(item))
            if self.moving[item]:
                stock, lots = self.total([self.closing[key] for key in keys]), {}
                for x, lag in self.moving[item]:
                    for wait in range(lag):
                        stock = stock.plus(x.later(wait))
                for key in keys:
                    for last, quantity in self.lots(key)[0].items():
                        lots[last] = lots.get(last, 0.0) + quantity
                self.too_old(stock, self.exits[item], lots, self.life(item))

    def too_old(self, stock, leaving, lots, life):
        left = self.total(leaving)
        if life is not None:
            for t in range(self.horizon - life):
                terms = dict(stock.terms[t])
                for later in range(t + 1, t + life + 1):
                    for variable, value in left.terms[later].items():
                        terms[variable] = terms.get(variable, 0.0) - value
                self.constraints.append((terms, "<=", 0.0))
        for last in range(self.horizon):
            owed = sum(quantity for week, quantity in lots.items() if week <= last)
            if last in lots and owed > 0:
                terms = {}
                for t in range(last + 1):
                    for variable, value in left.terms[t].items():
                        terms[variable] = terms.get(variable, 0.0) + value
                self.constraints.append((terms, ">=", owed))

    def resource(self, row):
        if row.get("type") == "storage":
            return
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
            for _ in range(2):  # what it makes may go into what is sold, over two levels of bills
                made |= {x["item"] for x in self.t["bom"] if x["component"] in made and "type" not in x}
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
        used = regular.plus(overtime)
        if row.get("extra_shift_hours"):
            used = used.plus(self.variable(row["extra_shift_cost"], 1.0), row["extra_shift_hours"])
        if row.get("rate_up_cost") or row.get("rate_down_cost"):
            more, less = self.variable(row.get("rate_up_cost") or 0.0), self.variable(row.get("rate_down_cost") or 0.0)
            before = [
                x["hours"]
                for x in self.t.get("production_history", ())
                if x["resource"] == row["resource"] and x["date"] == week(-1)
            ]
            change = used.plus(used.later(1), -1).plus(more, -1).plus(less)
            self.add(change, "=", 0.0, self.times[1:])
            if before:
                self.add(change, "=", sum(before), [0])
        worked = self.nothing().plus(used, rate)
        self.add(worked.plus(self.load[row["resource"]], -1), "=", self.fixed_load[row["resource"]])


def holds(left, sign, right):
    return {"=": abs(left - right) < 1e-9, "<=": left <= right + 1e-9, ">=": left >= right - 1e-9}[sign]
