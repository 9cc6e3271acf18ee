"""A made-up company of any size, written as CSV files: families of items that share a line, a crew and a component.

Every family is made at one plant, on its own line by its own crew, from one component with a supplier limit. Nothing
else couples items, so a supply plan falls apart into as many independent blocks as there are families.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray, IntArray

START = date(2026, 11, 1)
PLANTS = ("plant-east", "plant-west")
WAREHOUSES = ("dc-north", "dc-south", "dc-west")
SEED = 20261101


@dataclass(frozen=True)
class Shape:
    """How large the company is."""

    families: int
    items: int
    """Finished items of each family; its component comes on top."""
    markets: int
    markets_per_item: int
    horizon: int
    history: int = 36


SHAPES = {
    "smoke": Shape(families=3, items=4, markets=3, markets_per_item=2, horizon=12, history=24),
    "small": Shape(families=5, items=20, markets=4, markets_per_item=3, horizon=24),
    "medium": Shape(families=10, items=40, markets=5, markets_per_item=4, horizon=24),
    "large": Shape(families=20, items=50, markets=5, markets_per_item=5, horizon=36),
    "huge": Shape(families=400, items=50, markets=6, markets_per_item=3, horizon=24),
}


def month(number: int) -> date:
    """First day of the month `number` after the start (negative: before)."""
    year, index = divmod(START.year * 12 + START.month - 1 + number, 12)
    return date(year, index + 1, 1)


def write_company(folder: Path, shape: Shape, *, seed: int = SEED) -> Path:
    """Write dataset.toml and a CSV per table into `folder`; the same shape and seed give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    head = f'name = "Made company"\ncurrency = "EUR"\nbucket = "month"\nstart = {START}\nhorizon = {shape.horizon}\n'
    (folder / "dataset.toml").write_text(head, encoding="utf-8")
    for name, frame in _Company(shape, seed).tables().items():
        frame.write_csv(folder / f"{name}.csv")
    return folder


class _Company:
    """Arrays over items, over pairs of item and market, and over months, from which the tables are cut."""

    def __init__(self, shape: Shape, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.shape, self.seed = shape, seed
        count = shape.families * shape.items
        self.family = np.repeat(np.arange(shape.families), shape.items)
        rank = np.tile(np.arange(shape.items), shape.families)
        self.item = [f"I-{f:03d}-{r:03d}" for f, r in zip(self.family.tolist(), rank.tolist(), strict=True)]
        self.family_name = [f"Family {number:03d}" for number in range(shape.families)]
        self.component = [f"RM-{number:03d}" for number in range(shape.families)]
        self.line = [f"line-{number:03d}" for number in range(shape.families)]
        self.crew = [f"crew-{number:03d}" for number in range(shape.families)]
        self.plant = [PLANTS[number % len(PLANTS)] for number in range(shape.families)]
        self.market = [f"market-{number}" for number in range(shape.markets)]
        self.level = np.rint(4000.0 * (0.93**rank + 0.05) * rng.uniform(0.7, 1.3, count))
        self.price = np.round(rng.uniform(8.0, 40.0, count), 2)
        self.hours = np.round(0.004 * rng.uniform(0.8, 1.2, count), 5)
        self.part = np.round(rng.uniform(0.5, 1.5, count), 3)
        wanted = np.sort(np.argsort(rng.random((count, shape.markets)), axis=1)[:, : shape.markets_per_item], axis=1)
        self.pair_item = np.repeat(np.arange(count), shape.markets_per_item)
        self.pair_market = wanted.ravel()
        self.truth = self._truth(rng)
        self.sold = np.rint(self.truth[:, : shape.history] * np.exp(rng.normal(0, 0.15, self._past_shape)))
        self.rng = rng

    @property
    def _past_shape(self) -> tuple[int, int]:
        return len(self.pair_item), self.shape.history

    def _truth(self, rng: np.random.Generator) -> FloatArray:
        """Expected demand of each pair from the first month of history to the end of the horizon."""
        months = np.arange(-self.shape.history, self.shape.horizon)
        peak, swing = rng.uniform(0, 12, self.shape.families), rng.uniform(0.05, 0.3, self.shape.families)
        season = 1 + swing[:, None] * np.cos(2 * np.pi * (months[None, :] - peak[:, None]) / 12)
        growth = (1 + rng.uniform(-0.04, 0.06, len(self.item)))[:, None] ** (months / 12)
        share = rng.uniform(0.5, 1.5, len(self.pair_item)) / self.shape.markets_per_item
        path = (self.level[:, None] * season[self.family] * growth)[self.pair_item]
        result: FloatArray = share[:, None] * path
        return result

    def _by_item(self, values: FloatArray) -> FloatArray:
        """Values of pairs added up over markets."""
        summed: FloatArray = np.add.reduceat(values, np.arange(0, len(values), self.shape.markets_per_item), axis=0)
        return summed

    def _by_family(self, values: FloatArray) -> FloatArray:
        summed: FloatArray = np.add.reduceat(values, np.arange(0, len(values), self.shape.items), axis=0)
        return summed

    def _pairs(self, months: range, values: FloatArray, name: str) -> pl.DataFrame:
        """A long frame of values [pairs, months] that are not zero."""
        rows, columns = np.nonzero(values)
        return pl.DataFrame(
            {
                "item": pl.Series(self.item)[self.pair_item[rows]],
                "market": pl.Series(self.market)[self.pair_market[rows]],
                "date": pl.Series([month(number) for number in months])[columns],
                name: values[rows, columns],
            }
        )

    def _items(self, months: range, values: FloatArray, name: str) -> pl.DataFrame:
        """A long frame of values [items, months]."""
        rows, columns = (axis.ravel() for axis in np.indices(values.shape))
        dates = pl.Series([month(number) for number in months])
        return pl.DataFrame({"item": pl.Series(self.item)[rows], "date": dates[columns], name: values.ravel()})

    def _of_family(self, values: list[str], family: IntArray) -> pl.Series:
        return pl.Series(values)[family]

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table of the dataset."""
        return {**self._master(), **self._market_side(), **self._supply_side()}

    def _master(self) -> dict[str, pl.DataFrame]:
        finished = pl.DataFrame(
            {"item": self.item, "name": self.item, "family": self._of_family(self.family_name, self.family)}
        ).with_columns(uom=pl.lit("case"), category=pl.lit("Finished goods"))
        parts = pl.DataFrame({"item": self.component, "name": self.component}).with_columns(
            family=pl.lit("Raw materials"), uom=pl.lit("kg"), category=pl.lit("Materials")
        )
        return {
            "items": pl.concat([finished, parts], how="diagonal").with_columns(
                lifecycle=pl.lit("active"), fulfillment=pl.lit("make_to_stock")
            ),
            "markets": pl.DataFrame(
                {
                    "market": self.market,
                    "name": self.market,
                    "region": ["North" if number % 2 else "South" for number in range(len(self.market))],
                    "priority": [1 + number % 3 for number in range(len(self.market))],
                    "unmet": "backlog",
                }
            ),
            "locations": pl.DataFrame(
                {
                    "location": [*PLANTS, *WAREHOUSES],
                    "name": [*PLANTS, *WAREHOUSES],
                    "type": ["plant"] * len(PLANTS) + ["dc"] * len(WAREHOUSES),
                    "region": "North",
                }
            ),
        }

    def _market_side(self) -> dict[str, pl.DataFrame]:
        past, ahead = range(-self.shape.history, 0), range(self.shape.horizon)
        price = dict(zip(self.item, self.price.tolist(), strict=True))
        sales = self._pairs(past, self.sold, "ordered_qty").with_columns(
            on_time_qty="ordered_qty",
            shipped_qty="ordered_qty",
            revenue_amount=(pl.col("ordered_qty") * pl.col("item").replace_strict(price)).round(2),
        )
        orders = np.rint(self.truth[:, self.shape.history :][:, :2] * np.array([0.6, 0.2]))
        booked = self._pairs(range(2), orders, "quantity").rename({"date": "requested_date"})
        archive = self._pairs(range(-12, 0), np.rint(self.truth[:, : self.shape.history][:, -12:]), "quantity")
        budget = self._by_family(self._by_item(self.truth) * self.price[:, None])[:, self.shape.history :]
        rows, columns = (axis.ravel() for axis in np.indices(budget.shape))
        return {
            "sales_history": sales,
            "open_orders": booked.with_columns(
                pl.format("SO-{}", pl.int_range(pl.len())).alias("order"), line=pl.lit("10")
            ),
            "forecast_archive": archive.with_columns(
                source=pl.lit("consensus"), made_date=pl.col("date").dt.offset_by("-1mo")
            ),
            "prices": pl.DataFrame({"item": self.item, "price": self.price}).with_columns(
                market=pl.lit(""), valid_from=pl.lit(month(-self.shape.history))
            ),
            "budget": pl.DataFrame(
                {
                    "item": self._of_family(self.family_name, rows),
                    "date": pl.Series([month(number) for number in ahead])[columns],
                    "revenue_amount": np.round(budget.ravel() * 1.03, 2),
                }
            ).with_columns(version=pl.lit("AOP"), market=pl.lit("")),
        }

    def _supply_side(self) -> dict[str, pl.DataFrame]:
        shape, families = self.shape, self.shape.families
        demand = self._by_item(self.truth)
        ahead = demand[:, shape.history :]
        hours = self._by_family(ahead * self.hours[:, None]).mean(axis=1)
        parts = self._by_family(ahead * self.part[:, None]).mean(axis=1)
        load = np.random.default_rng(self.seed + 1).uniform(0.75, 1.2, families)
        rated, workers = np.rint(hours / load / 10) * 10 + 10, np.rint(hours * 0.9 / 150) + 1
        made = self._items(range(-12, 0), np.rint(demand[:, shape.history - 12 : shape.history]), "quantity")
        first = month(-shape.history)
        plant = self._of_family(self.plant, self.family)
        routing = pl.DataFrame({"item": self.item, "location": plant}).with_columns(yield_pct=pl.lit(98.5))
        lane = [(p, w, 3, 0.4 + 0.1 * ((a + b) % 3), 1) for a, p in enumerate(PLANTS) for b, w in enumerate(WAREHOUSES)]
        for number, market in enumerate(self.market):
            home, other = WAREHOUSES[number % 3], WAREHOUSES[(number + 1) % 3]
            lane += [(home, market, 2, 0.5, 1), (other, market, 2, 0.9, 2)]
        opening = np.rint(demand[:, shape.history] * 1.2)
        return {
            "resources": pl.concat(
                [
                    pl.DataFrame(
                        {
                            "resource": self.line,
                            "name": self.line,
                            "location": self.plant,
                            "capacity_hours": rated,
                            "max_overtime_hours": np.rint(rated * 0.1),
                        }
                    ).with_columns(
                        type=pl.lit("machine"),
                        capacity_per=pl.lit("bucket"),
                        regular_cost_per_hour=pl.lit(180.0),
                        overtime_cost_per_hour=pl.lit(290.0),
                    ),
                    pl.DataFrame(
                        {
                            "resource": self.crew,
                            "name": self.crew,
                            "location": self.plant,
                            "workers": workers,
                            "min_workers": np.maximum(workers - 8, 1),
                            "max_workers": workers + 8,
                        }
                    ).with_columns(
                        type=pl.lit("labor"),
                        hours_per_worker=pl.lit(150.0),
                        max_overtime_hours_per_worker=pl.lit(15.0),
                        regular_cost_per_hour=pl.lit(28.0),
                        overtime_cost_per_hour=pl.lit(42.0),
                        hire_cost=pl.lit(2400.0),
                        layoff_cost=pl.lit(5200.0),
                    ),
                ],
                how="diagonal",
            ),
            "routings": pl.concat(
                [
                    routing.with_columns(
                        resource=self._of_family(self.line, self.family),
                        hours_per_unit=self.hours,
                        variable_cost=np.round(self.price * 0.38, 2),
                    ),
                    routing.with_columns(
                        resource=self._of_family(self.crew, self.family), hours_per_unit=np.round(self.hours * 0.9, 6)
                    ),
                ],
                how="diagonal",
            ),
            "bom": pl.DataFrame(
                {
                    "item": self.item,
                    "component": self._of_family(self.component, self.family),
                    "quantity_per": self.part,
                }
            ).with_columns(scrap_pct=pl.lit(2.0)),
            "purchasing": pl.DataFrame(
                {"item": self.component, "location": self.plant, "max_qty": np.rint(parts * 1.12)}
            ).with_columns(
                supplier=pl.lit("supplier"), valid_from=pl.lit(START), unit_cost=pl.lit(2.1), lead_time_days=pl.lit(20)
            ),
            "costs": pl.DataFrame(
                {
                    "item": [*self.item, *self.component],
                    "standard_cost": [*np.round(self.price * 0.56, 2).tolist(), *[2.1] * families],
                    "backlog_cost": [*np.round(self.price * 0.22, 2).tolist(), *[None] * families],
                }
            ).with_columns(location=pl.lit(""), valid_from=pl.lit(first), holding_rate_pct=pl.lit(18.0)),
            "lanes": pl.DataFrame(
                lane, schema=["from_location", "to", "lead_time_days", "unit_cost", "preference"], orient="row"
            ).with_columns(item=pl.lit(""), valid_from=pl.lit(first)),
            "inventory": pl.concat(
                [
                    pl.DataFrame({"item": self.item, "on_hand": np.rint(opening / 3)}).with_columns(
                        location=pl.lit(warehouse)
                    )
                    for warehouse in WAREHOUSES
                ]
                + [pl.DataFrame({"item": self.component, "location": self.plant, "on_hand": np.rint(parts)})],
                how="diagonal",
            ),
            "inventory_policy": pl.DataFrame(
                {"item": "", "location": list(WAREHOUSES), "service_level_pct": 97.0, "review_days": 30}
            ),
            "receipts": pl.DataFrame(
                {
                    "item": self.component,
                    "location": self.plant,
                    "quantity": np.rint(parts),
                    "reference": [f"PO-{number}" for number in range(families)],
                }
            ).with_columns(
                line=pl.lit("10"),
                due_date=pl.lit(START + timedelta(days=5)),
                type=pl.lit("purchase"),
                status=pl.lit("released"),
                supplier=pl.lit("supplier"),
            ),
            "production_history": made.with_columns(
                location=plant[np.repeat(np.arange(len(self.item)), 12)],
                resource=self._of_family(self.line, self.family)[np.repeat(np.arange(len(self.item)), 12)],
                hours=np.round(made["quantity"].to_numpy() * np.repeat(self.hours, 12), 2),
            ),
        }
