"""A second opinion on a whole company: its supply problem written down in plain Python, straight from the tables.

What earlier stages say (demand, stock at the start, safety stock) is taken from the plan; the axes too. All else
(lead times, hours, bills, limits, receipts, prices) is read from the tables once more, bucket by bucket. The plan ends
with its horizon (end_condition closing_min); the run beyond it has its second opinion in the room, on small networks.
"""

from datetime import date, timedelta

import numpy as np

from equipoise.core.measure import Grain
from equipoise.supply.tests.oracle import Formulation

DAYS = {"week": 7.0, "month": 30.4369, "4-4-5": 30.4369}
PERIODS = {"week": 52, "month": 12, "4-4-5": 12}
SPECIFIC = ("item", "subfamily", "family", "category", "")


class CompanyOracle(Formulation):
    """The least cost of a company's supply plan, money and notional prices together."""

    def __init__(self, snapshot, plan):
        super().__init__()
        self.t = {name: frame.to_dicts() for name, frame in snapshot.tables.items()}
        self.head, self.plan = snapshot.head, plan
        self.over(self.head.horizon)
        self.knobs = dict(self.head.policy)
        self.starts = [self.head.calendar.start_of(bucket) for bucket in range(self.horizon + 1)]
        self.items = {row["item"]: row for row in self.rows("items")}
        self.rows_of = {grain: [keys.labels(row) for row in range(len(keys))] for grain, keys in plan.axes.keys.items()}
        self.markets = {row["market"]: row for row in self.rows("markets")}

    def rows(self, table):
        return self.t.get(table, [])

    def given(self, *names):
        """Rows of measures of earlier stages, added up."""
        measures = [self.plan.measure(name) for name in names]
        keys = measures[0].keys
        return {keys.labels(row): sum(measure.values[row] for measure in measures) for row in range(len(keys))}

    # Time.

    def bucket(self, day):
        return max(number for number in range(-400, self.horizon + 1) if self.start(number) <= day)

    def start(self, number):
        return self.head.calendar.start_of(number)

    def lag(self, days):
        buckets = (days or 0.0) / DAYS[self.head.bucket]
        return int(np.floor(buckets + 0.5)) if self.nearest() else max(0, int(np.ceil(buckets - 0.05)))

    def nearest(self):
        return self.knobs.get("lead_time_rounding", "nearest") == "nearest"

    def first(self, days):
        """The bucket that holds as_of + days."""
        arrives = self.head.as_of + timedelta(days=days or 0.0)
        return sum(start <= arrives for start in self.starts[1:])

    def arrivals(self, days):
        """Bucket of arrival by bucket of start; the horizon for later."""
        return [min(self.horizon, max(t + self.lag(days), self.first(days))) for t in self.times]

    def ordered_now(self, days):
        """The bucket in which an order placed now can arrive."""
        return max(self.lag(days), self.first(days))

    def since(self, day):
        """First bucket that begins on or after a day."""
        return 0 if day is None else sum(start < day for start in self.starts)

    def working(self, calendar):
        """Working days of each bucket, and the part of the first that is to go."""
        stated = {row["date"]: row["working"] for row in self.rows("calendars") if row["calendar"] == calendar}
        days, left = [], 0.0
        for t in self.times:
            span = [self.starts[t] + timedelta(days=n) for n in range((self.starts[t + 1] - self.starts[t]).days)]
            worked = [stated.get(day, float(day.weekday() < 5)) for day in span]
            days.append(sum(worked))
            if t == 0:
                counts = worked if calendar else [1.0] * len(span)
                left = sum(w for day, w in zip(span, counts, strict=True) if day > self.head.as_of) / sum(counts)
        return np.array(days), left

    def elapsed(self):
        """Part of the first bucket's days that limits still hold for."""
        passed = max(0, (self.head.as_of - self.head.start).days + 1)
        return 1.0 - passed / (self.starts[1] - self.starts[0]).days

    def to_go(self, limit):
        return np.where(self.times == 0, limit * self.elapsed(), limit)

    # Nodes and rates.

    def depth(self, node, item):
        """How closely a node speaks of an item, −1: not at all."""
        if node == "":
            return 0
        for level in SPECIFIC[:-1]:
            if self.items[item][level] == node:
                return len(SPECIFIC) - 1 - SPECIFIC.index(level)
        return -1

    def rate(self, rows, item, column, blank=0.0):
        """The value in force by bucket: the closest node, then the latest date; blanks say nothing."""
        found = np.full(self.horizon, np.nan)
        known = [row for row in rows if row[column] is not None and self.depth(row["item"], item) >= 0]
        for row in sorted(known, key=lambda row: (self.depth(row["item"], item), row.get("valid_from") or date.min)):
            found[self.since(row.get("valid_from")) :] = row[column]
        return np.where(np.isnan(found), blank, found)

    def cost(self, item, column, blank=0.0):
        rows = [dict(row) for row in self.rows("costs")]
        money = self.rate(rows, item, column, np.nan)
        mine = [row for row in rows if row["item"] == item]
        if mine and mine[0]["currency"] not in ("", self.head.currency):
            money = money * self.exchange(mine[0]["currency"])
        return np.where(np.isnan(money), blank, money)

    def exchange(self, currency):
        rates = [r for r in self.rows("exchange_rates") if (r["currency"], r["rate_type"]) == (currency, "plan")]
        found = np.zeros(self.horizon)
        for row in sorted(rates, key=lambda row: row["date"]):
            found[self.since(row["date"]) :] = row["rate"]
        return found

    def holding(self, item):
        rated = self.rate(self.rows("costs"), item, "holding_rate_pct") / 100 / PERIODS[self.head.bucket]
        return self.cost(item, "holding_cost", np.nan_to_num(rated * self.cost(item, "standard_cost")))

    def service(self, item, market, column):
        """By market over by item."""
        found = self.cost(item, column)
        place = self.markets[market]
        near = {"market": 4, "customer": 3, "channel": 2, "region": 1}
        rows = []
        for row in self.rows("service_costs"):
            level = next((near[n] for n in near if place[n] == row["market"]), 0 if row["market"] == "" else -1)
            if level >= 0 and self.depth(row["item"], item) >= 0 and row[column] is not None:
                rows.append((self.depth(row["item"], item), level, row["valid_from"] or date.min, row))
        for _, _, _, row in sorted(rows, key=lambda entry: entry[:3]):
            found[self.since(row["valid_from"]) :] = row[column]
        return found

    # The program.

    def solve(self):
        self.into = {key: [] for key in self.rows_of[Grain.STOCK]}
        self.out = {key: [] for key in self.rows_of[Grain.STOCK]}
        self.fixed = {key: np.zeros(self.horizon) for key in self.rows_of[Grain.STOCK]}
        self.served = {key: [] for key in self.rows_of[Grain.DEMAND]}
        self.load = {row["resource"]: self.nothing() for row in self.rows("resources")}
        self.asked = {row["resource"]: np.zeros(self.horizon) for row in self.rows("resources")}
        self.may_scrap, self.made, self.shipped = set(), {}, {}
        for key in self.rows_of[Grain.MAKE]:
            self.make(*key)
        for key in self.rows_of[Grain.FLOW]:
            self.ship(*key)
        self.split()
        self.limits()
        self.receipts()
        for key, wanted in self.given("demand_required_qty", "demand_overdue_qty", "demand_not_covered_qty").items():
            self.market(*key, wanted)
        opening, safety = self.given("inventory_start_qty"), self.given("inventory_safety_qty")
        for key in self.rows_of[Grain.STOCK]:
            self.stock(key, opening[key][0], safety[key])
        for row in self.rows("resources"):
            self.resource(row)
        return self.optimum()

    def moved(self, line, arrivals, factor=1.0):
        """What begins in each bucket, where it arrives."""
        found = self.nothing()
        for t, arrives in enumerate(arrivals):
            if arrives < self.horizon:
                (variable,) = line.terms[t]
                found.terms[arrives][variable] = line.terms[t][variable] * float(
                    np.broadcast_to(factor, self.horizon)[t]
                )
        return found

    def make(self, item, place, route):
        key = (item, place)
        if ":" in route:
            table, supplier = ("subcontracting" if route[0] == "s" else "purchasing"), route.partition(":")[2]
            offers = [r for r in self.rows(table) if (r["location"], r["supplier"]) == (place, supplier)]
            first = self.ordered_now(self.rate(offers, item, "lead_time_days")[0])
            x = self.variable(self.rate(offers, item, "unit_cost"), np.where(self.times >= first, np.inf, 0.0))
            self.into[key].append(x)
            self.made[item, place, route] = x
            return
        bill, days, good = self.bill(item, place, route)
        arrivals = self.arrivals(days)
        price = next((row["variable_cost"] for row in bill if row["variable_cost"] is not None), 0.0)
        x = self.variable(price, [np.inf if arrives < self.horizon else 0.0 for arrives in arrivals])
        self.made[item, place, route] = x
        self.into[key].append(self.moved(x, arrivals, good))
        for resource, hours in self.hours(bill):
            self.load[resource] = self.load[resource].plus(x, hours)
        for component, quantity, is_given in self.recipe(item):
            if is_given:
                self.into[component, place].append(self.moved(x, arrivals, quantity))
                self.may_scrap.add((component, place))
            else:
                self.out[component, place].append(self.nothing().plus(x, quantity))

    def bill(self, item, place, route):
        bill = [r for r in self.rows("routings") if (r["item"], r["location"], r["route"]) == (item, place, route)]
        days = max(float(row["lead_time_days"] or 0.0) for row in bill)
        return bill, days, min(100.0 if row["yield_pct"] is None else row["yield_pct"] for row in bill) / 100

    def hours(self, bill):
        lot = max([row["min_lot"] for row in bill if row["min_lot"] is not None], default=0.0)
        return [
            (row["resource"], row["hours_per_unit"] + (row["setup_hours"] / lot if row["setup_hours"] else 0.0))
            for row in bill
        ]

    def recipe(self, item):
        """Component, units by bucket of start, whether it comes out."""
        for row in self.rows("bom"):
            if row["item"] == item:
                is_given = row["type"] in ("by_product", "co_product")
                part = (row["scrap_pct"] or 0.0) / 100
                since, until = row["valid_from"] or date.min, row["valid_to"] or date.max
                holds = [since <= start <= until for start in self.starts[:-1]]
                yield (
                    row["component"],
                    np.where(holds, row["quantity_per"] * (1 - part if is_given else 1 + part), 0.0),
                    is_given,
                )

    def lanes(self, begin, end):
        return [row for row in self.rows("lanes") if (row["from_location"], row["to"]) == (begin, end)]

    def ship(self, item, begin, end):
        lanes = self.lanes(begin, end)
        arrivals = self.arrivals(self.rate(lanes, item, "lead_time_days")[0])
        is_open = np.array([arrives < self.horizon for arrives in arrivals])
        named = sorted(
            (r for r in lanes if r["calendar"] and self.depth(r["item"], item) >= 0),
            key=lambda r: self.depth(r["item"], item),
        )
        if named:
            days, left = self.working(named[-1]["calendar"])
            is_open &= (days > 0) & ((self.times > 0) | (left > 0))
        x = self.variable(self.rate(lanes, item, "unit_cost"), np.where(is_open, np.inf, 0.0))
        self.shipped[item, begin, end] = (x, arrivals, self.rate(lanes, item, "share_pct", np.nan)[0], is_open)
        self.out[item, begin].append(x)
        (self.served if (item, end) in self.served else self.into)[item, end].append(self.moved(x, arrivals))

    def split(self):
        """Fixed shares bind among the lanes that can have arrived; alone they are scaled to 100 %."""
        receivers = {}
        for (item, _, end), lane in self.shipped.items():
            receivers.setdefault((item, end), []).append(lane)
        for lanes in receivers.values():
            for x, arrivals, share, is_open in lanes:
                for t in self.times if not np.isnan(share) else ():

                    def can(lane, t=t):
                        return any(a == t and o for a, o in zip(lane[1], lane[3], strict=True))

                    if not can((x, arrivals, share, is_open)):
                        continue
                    able = [lane for lane in lanes if can(lane)]
                    fixed = sum(lane[2] for lane in able if not np.isnan(lane[2]))
                    has_free = any(np.isnan(lane[2]) for lane in able)
                    part = share / 100 if has_free and fixed <= 100 else share / fixed
                    all_lanes = self.total([self.moved(lane[0], lane[1]) for lane in lanes])
                    self.add(self.moved(x, arrivals).plus(all_lanes, -part), "=", 0.0, [t])

    def limits(self):
        for lane in {(r["item"], r["from_location"], r["to"], r["capacity_uom"]) for r in self.rows("lanes")}:
            node, begin, end, uom = lane
            (row,) = [r for r in self.lanes(begin, end) if (r["item"], r["capacity_uom"]) == (node, uom)]
            members = [
                (i, s[0])
                for (i, *way), s in self.shipped.items()
                if tuple(way) == (begin, end) and self.depth(node, i) >= 0
            ]
            if row["max_qty"] is not None and members:
                taken = self.nothing()
                for item, x in members:
                    taken = taken.plus(x, self.per_unit(item, uom))
                self.add(taken, "<=", self.to_go(row["max_qty"]))
        for table, prefix in (("subcontracting", "subcontract:"), ("purchasing", "purchase:")):
            for node, place, supplier in sorted({(r["item"], r["location"], r["supplier"]) for r in self.rows(table)}):
                offers = [
                    r for r in self.rows(table) if (r["item"], r["location"], r["supplier"]) == (node, place, supplier)
                ]
                members = [
                    x
                    for (i, p, way), x in self.made.items()
                    if (p, way) == (place, prefix + supplier) and self.depth(node, i) >= 0
                ]
                if not members:
                    continue
                most = np.full(self.horizon, np.inf)
                least = np.zeros(self.horizon)
                for row in sorted(offers, key=lambda row: row["valid_from"] or date.min):
                    if row["max_qty"] is not None:
                        most[self.since(row["valid_from"]) :] = row["max_qty"]
                    least[self.since(row["valid_from"]) :] = row.get("min_qty") or 0.0
                taken = self.total(members)
                if np.isfinite(most).any():
                    first = int(np.argmax(np.isfinite(most)))
                    self.add(taken, "<=", self.to_go(np.where(np.isfinite(most), most, 0.0)), self.times[first:])
                if least.any():
                    self.add(
                        taken, ">=", self.to_go(least), self.times[self.ordered_now(offers[0]["lead_time_days"]) :]
                    )

    def per_unit(self, item, uom):
        if uom in ("", self.items[item]["uom"]):
            return 1.0
        rows = [row for row in self.rows("uoms") if row["uom"] == uom and self.depth(row["item"], item) >= 0]
        return 1.0 / max(rows, key=lambda row: self.depth(row["item"], item))["factor"]

    def receipts(self):
        as_of, transferred = self.head.as_of, set()
        for row in self.rows("receipts"):
            if row["status"] == "planned" or (row["received_date"] is not None and row["received_date"] <= as_of):
                continue
            key = (row["item"], row["location"])
            if row["type"] == "transfer":
                transferred.add(key)
            is_made = row["type"] == "production" and row["status"] in ("firm", "released")
            if as_of < row["due_date"] < self.head.start:
                if is_made:
                    self.take(row, 0)
                continue
            due = max(0, self.bucket(row["due_date"]))
            if due >= self.horizon:
                continue
            if row["type"] == "transfer" and row["status"] != "in_transit":
                x, arrivals, _, is_open = self.shipped[row["item"], row["from"], row["location"]]
                leaves = max(0, sum(arrives <= due for arrives in arrivals) - 1)
                if is_open[leaves]:
                    self.add(x, ">=", row["quantity"], [leaves])
                continue
            if is_made:
                self.work(row, due)
            self.fixed[key][due] += row["quantity"]
        for row in self.rows("inventory"):
            if row["in_transit"] and (row["item"], row["location"]) not in transferred:
                self.fixed[row["item"], row["location"]][0] += row["in_transit"]

    def work(self, row, due):
        """Hours of a firm order, and what comes out beside it."""
        bill, days, good = self.bill(row["item"], row["location"], row["route"])
        begins = max(0, sum(arrives <= due for arrives in self.arrivals(days)) - 1)
        hours = self.hours(bill)
        for resource, each in hours:
            share = each / sum(h for _, h in hours)
            left = row["hours_remaining"]
            self.asked[resource][begins] += each * row["quantity"] / good if left is None else share * left
        for component, quantity, is_given in self.recipe(row["item"]):
            if is_given:
                self.fixed[component, row["location"]][due] += row["quantity"] / good * quantity[begins]
        self.take(row, begins)

    def take(self, row, begins):
        _, _, good = self.bill(row["item"], row["location"], row["route"])
        for component, quantity, is_given in self.recipe(row["item"]):
            if not is_given and not row["components_issued"]:
                self.fixed[component, row["location"]][begins] -= row["quantity"] / good * quantity[begins]

    def market(self, item, market, wanted):
        left = self.total(self.served[item, market])
        usual = self.knobs.get("unmet_demand", "backlog")
        if (self.markets[market]["unmet"] or usual) == "lost":
            left = left.plus(self.variable(self.service(item, market, "lost_sale_cost")))
        else:
            backlog = self.variable(self.service(item, market, "backlog_cost"))
            left = left.plus(backlog).plus(backlog.later(1), -1)
        self.add(left, "=", wanted)

    def stock(self, key, opening, safety):
        item, _ = key
        holding = self.holding(item)
        policy = [row for row in self.rows("inventory_policy") if (row["item"], row["location"]) == key]
        price = holding
        if self.knobs.get("holding_on") == "average":
            price = (holding + np.append(holding[1:], 0.0)) / 2
            self.constant += opening * holding[0] / 2
        closing = self.variable(price)
        if key in self.may_scrap:
            self.out[key].append(self.variable(self.cost(item, "standard_cost")))
        left = closing.plus(closing.later(1), -1).plus(self.total(self.into[key]), -1).plus(self.total(self.out[key]))
        self.add(left, "=", self.fixed[key] + np.where(self.times == 0, opening, 0.0))
        if safety.any():
            stated = policy[0]["shortfall_cost"] if policy else None
            self.add(
                closing.plus(self.variable(self.shortfall(item, holding) if stated is None else stated)), ">=", safety
            )
        if policy and policy[0]["closing_min_qty"] is not None:
            self.add(closing, ">=", policy[0]["closing_min_qty"], [self.horizon - 1])

    def shortfall(self, item, holding):
        wanted = [self.service(*key, "backlog_cost") for key in self.rows_of[Grain.DEMAND] if key[0] == item]
        late = np.min(wanted, axis=0) if wanted else self.cost(item, "standard_cost")
        return np.maximum(np.sqrt(holding * late), 2 * holding)

    def resource(self, row):
        places = {place["location"]: place for place in self.rows("locations")}
        days, left = self.working(row["calendar"] or places[row["location"]]["calendar"])
        rate = (row["utilization_pct"] or 100) * (row["efficiency_pct"] or 100) / 10_000

        def stated(column, usual):
            hours = np.broadcast_to(usual, self.horizon).astype(float).copy()
            seen = {}
            for line in self.rows("resource_calendar"):
                if line["resource"] == row["resource"] and line[column] is not None:
                    at = self.bucket(line["date"])
                    seen[at] = seen.get(at, 0.0) + line[column]
            for at, value in seen.items():
                if 0 <= at < self.horizon:
                    hours[at] = value
            hours[0] *= left
            return hours

        hours = np.full(self.horizon, np.inf)
        if row["capacity_hours"] is not None:
            spans = np.array([(b - a).days for a, b in zip(self.starts, self.starts[1:], strict=False)])
            per = {"working_day": days, "week": spans / 7}.get(row["capacity_per"], 1.0)
            hours = row["capacity_hours"] * np.broadcast_to(per, self.horizon)
        elif row["hours_per_shift"] is not None and row["workers"] is None:
            hours = row["units"] * row["shifts_per_day"] * row["hours_per_shift"] * days
        hours = stated("capacity_hours", hours)
        if row["workers"] is None:
            regular = self.variable(row["regular_cost_per_hour"] or 0.0, hours)
            overtime = self.variable(
                row["overtime_cost_per_hour"] or 0.0, stated("max_overtime_hours", row["max_overtime_hours"] or 0.0)
            )
        else:
            regular, overtime = self.crew(row, stated, left, hours)
        used = regular.plus(overtime)
        if row["extra_shift_hours"]:
            most = np.where(self.times == 0, left, 1.0)
            used = used.plus(self.variable(row["extra_shift_cost"] or 0.0, most), row["extra_shift_hours"])
        if row["rate_up_cost"] or row["rate_down_cost"]:
            self.changes(row, used, left)
        worked = self.nothing().plus(used, rate).plus(self.load[row["resource"]], -1)
        self.add(worked, "=", self.asked[row["resource"]])

    def crew(self, row, stated, left, hours):
        per_worker = stated("hours_per_worker", row["hours_per_worker"])
        regular, overtime = self.variable(0.0), self.variable(row["overtime_cost_per_hour"])
        workers = self.variable(
            per_worker * row["regular_cost_per_hour"], np.inf if row["max_workers"] is None else row["max_workers"]
        )
        lead = row["hire_lead_days"] or 0.0
        begins = self.head.as_of + timedelta(days=lead)
        able = [lead == 0 or start > begins for start in self.starts[:-1]]
        fewest = row["min_workers"] or 0.0
        self.add(workers, ">=", np.where(able, fewest, min(fewest, row["workers"])))
        hired, fired = self.variable(row["hire_cost"], np.where(able, np.inf, 0.0)), self.variable(row["layoff_cost"])
        change = workers.plus(workers.later(1), -1).plus(hired, -1).plus(fired)
        self.add(change, "=", np.where(self.times == 0, row["workers"], 0.0))
        self.add(regular.plus(workers, -per_worker), "<=", 0.0)
        most = np.where(self.times == 0, left, 1.0) * (row["max_overtime_hours_per_worker"] or 0.0)
        self.add(overtime.plus(workers, -most), "<=", 0.0)
        if np.isfinite(hours).all():
            self.add(regular.plus(overtime), "<=", hours)
        return regular, overtime

    def changes(self, row, used, left):
        more, less = self.variable(row["rate_up_cost"] or 0.0), self.variable(row["rate_down_cost"] or 0.0)
        last = self.head.closed_buckets_end - 1
        lines = [
            line["hours"]
            for line in self.rows("production_history")
            if line["resource"] == row["resource"] and self.bucket(line["date"]) == last == -1
        ]
        factor = np.ones(self.horizon)
        if self.horizon > 1 and left > 0:
            factor[1] = 1 / left
        earlier = self.nothing().plus(used.later(1), -factor)
        change = used.plus(earlier).plus(more, -1).plus(less)
        self.add(change, "=", 0.0, [t for t in self.times[1:] if not (t == 1 and left == 0)])
        if lines:
            self.add(change, "=", sum(lines) * left, [0])
