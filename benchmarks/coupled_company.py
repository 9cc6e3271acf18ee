"""A made-up company whose products all compete: several plants make each, on shared lines, crews and components.

Every product can be made at two or three of the plants, at some on either of two lines; a plant's products share its
lines, its crew, and components that a supplier gives only so many of a month, after a lead time. They go through
distribution centers with room for so much to regions of three priorities; a third of the regions does not wait. One in
five products lives for two or three months. Lines run near their hours with a season on top, so that some of everything
binds. Nothing falls apart into blocks: the whole is one model (supply.md section 1 of the study behind issue 7).
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs
from equipoise.fold import Fold, MemoryShelf, axes_of, policy_of
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.stages import STAGES
from equipoise.supply.network.network import Network, read_network

START = date(2026, 11, 1)


@dataclass(frozen=True)
class Shape:
    """How large the company is."""

    products: int
    plants: int
    centers: int
    regions: int
    months: int
    lines: int
    """Lines of each plant."""
    components: int


SHAPES = {
    "tiny": Shape(products=12, plants=2, centers=3, regions=4, months=12, lines=3, components=6),
    "small": Shape(products=50, plants=3, centers=5, regions=8, months=24, lines=6, components=25),
    "mid": Shape(products=150, plants=6, centers=8, regions=10, months=24, lines=8, components=80),
    "medium": Shape(products=500, plants=10, centers=10, regions=12, months=24, lines=12, components=250),
}
LOAD = 0.97
"""Hours of the average month over the hours of a line."""
SUPPLIED = 1.08
"""What a supplier gives in a month over what the average month takes."""
WANTED = 0.6
"""Part of the regions that want a product."""


def coupled_network(shape: str, seed: int) -> Network:
    """The supply network of such a company; it ends with its last month, so that months are all its buckets.

    >>> coupled_network("tiny", 0).horizon
    12
    """
    inputs = coupled_inputs(shape, seed)
    return read_network(inputs)


def coupled_inputs(shape: str, seed: int) -> Inputs:
    """What stage supply sees of such a company."""
    snapshot = coupled_snapshot(shape, seed)
    fold = Fold(snapshot, axes_of(snapshot), MemoryShelf(), None)
    sections = fold.run((), until="stock_targets")
    stage = next(stage for stage in STAGES if stage.name == "supply")
    return Inputs(stage, snapshot, fold.axes, policy_of(snapshot, ()), (), sections, None)


def coupled_snapshot(shape: str, seed: int) -> Snapshot:
    """The sealed data of such a company; the same shape and seed give the same data."""
    size = SHAPES[shape]
    with TemporaryDirectory() as folder:
        place = Path(folder)
        head = f'name = "Coupled company"\ncurrency = "EUR"\nbucket = "month"\nstart = {START}\n'
        policy = 'baseline = "imported"\nend_condition = "closing_min"\n'
        (place / "dataset.toml").write_text(f"{head}horizon = {size.months}\n[policy]\n{policy}", encoding="utf-8")
        for name, frame in _Company(size, seed).tables().items():
            frame.write_csv(place / f"{name}.csv")
        return gather(read_dataset(place))


def _codes(prefix: str, count: int) -> pl.Series:
    return pl.Series([f"{prefix}{number:03d}" for number in range(count)])


class _Company:
    """Arrays over products, places and months, from which the tables are cut."""

    def __init__(self, size: Shape, seed: int) -> None:
        rng = np.random.default_rng([seed, size.products])
        self.size = size
        self.product, self.component = _codes("P-", size.products), _codes("RM-", size.components)
        self.plant, self.center = _codes("plant-", size.plants), _codes("dc-", size.centers)
        self.region = _codes("region-", size.regions)
        self.line = _codes("line-", size.plants * size.lines)
        self.crew = _codes("crew-", size.plants)
        n = size.products
        self.price = np.round(rng.uniform(20.0, 60.0, n), 2)
        self.wants = _some(rng, n, size.regions, round(WANTED * size.regions))
        self.demand = self._demand(rng)
        self.made_at = _some(rng, n, size.plants, np.minimum(rng.integers(2, 4, n), size.plants))
        self.kept_at = _some(rng, n, size.centers, np.minimum(rng.integers(3, 6, n), size.centers))
        self.uses = _some(rng, n, size.components, 2)
        self.per_unit = np.round(rng.uniform(0.5, 2.0, self.uses.sum()), 2)
        self.where, self.spot = np.nonzero(self.made_at)
        """[W] product and plant of each pair."""
        self.hours = np.round(rng.uniform(0.01, 0.03, len(self.where)), 4)
        self.first_line = rng.integers(0, size.lines, len(self.where))
        self.second_line = (self.first_line + rng.integers(1, max(size.lines, 2), len(self.where))) % size.lines
        self.has_second = rng.random(len(self.where)) < 0.3
        self.far = rng.uniform(0.0, 1.0, (size.plants, size.centers))
        self.near = rng.uniform(0.0, 1.0, (size.centers, size.regions))
        self.rng = rng

    def _demand(self, rng: np.random.Generator) -> FloatArray:
        """Units by product, region and month, 0 where a region does not want the product."""
        size = self.size
        level = 300.0 * rng.lognormal(0.0, 0.8, size.products)
        peak, swing = rng.uniform(0, 12, size.products), rng.uniform(0.05, 0.35, size.products)
        months = np.arange(size.months)
        season = 1 + swing[:, None] * np.cos(2 * np.pi * (months[None, :] - peak[:, None]) / 12)
        share = rng.uniform(0.3, 1.7, self.wants.shape) * self.wants
        noise = np.exp(rng.normal(0.0, 0.1, (*share.shape, size.months)))
        found: FloatArray = np.rint(level[:, None, None] * share[:, :, None] * season[:, None, :] * noise)
        return found

    @cached_property
    def per_pair(self) -> FloatArray:
        """Units that a pair of product and plant makes in the average month if plants share alike, [W]."""
        mean = self.demand.sum(axis=1).mean(axis=1)
        found: FloatArray = (mean / self.made_at.sum(axis=1))[self.where]
        return found

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table of the dataset."""
        return {
            **self._master(),
            **self._market_side(),
            "resources": pl.concat([self._lines(), self._crews()], how="diagonal"),
            "routings": self._routings(),
            **self._materials(),
            "lanes": self._lanes(),
            **self._stock(),
        }

    def _master(self) -> dict[str, pl.DataFrame]:
        size, rng = self.size, self.rng
        life = np.where(rng.random(size.products) < 0.2, rng.integers(62, 95, size.products), 0)
        items = pl.DataFrame({"item": self.product, "shelf_life_days": pl.Series(life).replace(0, None)})
        parts = pl.DataFrame({"item": self.component})
        room = self.demand.sum(axis=(0, 1)).mean() * 1.5 / size.centers
        return {
            "items": pl.concat([items, parts], how="diagonal").with_columns(
                name="item",
                family=pl.col("item").str.slice(0, 4),
                uom=pl.lit("unit"),
                lifecycle=pl.lit("active"),
                fulfillment=pl.lit("make_to_stock"),
            ),
            "locations": pl.DataFrame(
                {
                    "location": pl.concat([self.plant, self.center]),
                    "name": pl.concat([self.plant, self.center]),
                    "type": ["plant"] * size.plants + ["dc"] * size.centers,
                    "region": "all",
                    "storage_capacity": [None] * size.plants + [float(np.rint(room))] * size.centers,
                }
            ),
            "markets": pl.DataFrame(
                {
                    "market": self.region,
                    "name": self.region,
                    "region": "all",
                    "priority": [1 + number % 3 for number in range(size.regions)],
                    "unmet": ["lost" if number % 3 == 2 else "backlog" for number in range(size.regions)],
                }
            ),
        }

    def _market_side(self) -> dict[str, pl.DataFrame]:
        rows, regions, months = np.nonzero(self.demand)
        dates = pl.Series([_month(number) for number in range(self.size.months)])
        wanted, market = np.nonzero(self.wants)
        urgent = np.array([0.5, 0.3, 0.2])[market % 3] * self.price[wanted]
        return {
            "forecast": pl.DataFrame(
                {
                    "item": self.product[rows],
                    "market": self.region[regions],
                    "date": dates[months],
                    "quantity": self.demand[rows, regions, months],
                }
            ),
            "prices": pl.DataFrame({"item": self.product, "price": self.price}).with_columns(
                market=pl.lit(""), valid_from=pl.lit(START)
            ),
            "service_costs": pl.DataFrame(
                {
                    "item": self.product[wanted],
                    "market": self.region[market],
                    "backlog_cost": np.round(urgent, 2),
                    "lost_sale_cost": np.round(urgent + self.price[wanted], 2),
                }
            ).with_columns(valid_from=pl.lit(START)),
            "costs": pl.DataFrame(
                {
                    "item": pl.concat([self.product, self.component]),
                    "standard_cost": [*np.round(self.price * 0.5, 2).tolist(), *([2.0] * self.size.components)],
                    "holding_cost": [*np.round(self.price * 0.01, 3).tolist(), *([0.03] * self.size.components)],
                }
            ).with_columns(location=pl.lit(""), valid_from=pl.lit(START)),
        }

    def _lines(self) -> pl.DataFrame:
        size = self.size
        load = np.bincount(
            self.spot * size.lines + self.first_line, self.per_pair * self.hours, minlength=size.plants * size.lines
        )
        usual = np.maximum(np.rint(load / LOAD * self.rng.uniform(0.9, 1.15, len(load))), 5.0)
        return pl.DataFrame(
            {
                "resource": self.line,
                "name": self.line,
                "location": self.plant[np.repeat(np.arange(size.plants), size.lines)],
                "capacity_hours": usual,
                "max_overtime_hours": np.rint(usual * 0.1),
                "extra_shift_hours": np.rint(usual * 0.15),
                "extra_shift_cost": np.rint(usual * 0.15) * 260.0,
            }
        ).with_columns(
            type=pl.lit("machine"),
            capacity_per=pl.lit("bucket"),
            regular_cost_per_hour=pl.lit(60.0),
            overtime_cost_per_hour=pl.lit(140.0),
        )

    def _crews(self) -> pl.DataFrame:
        load = np.bincount(self.spot, self.per_pair * self.hours, minlength=self.size.plants)
        workers = np.rint(load * 1.2 / 150.0) + 2
        return pl.DataFrame(
            {
                "resource": self.crew,
                "name": self.crew,
                "location": self.plant,
                "workers": workers,
                "min_workers": np.rint(workers * 0.6),
                "max_workers": np.rint(workers * 1.25) + 1,
            }
        ).with_columns(
            type=pl.lit("labor"),
            hours_per_worker=pl.lit(150.0),
            max_overtime_hours_per_worker=pl.lit(15.0),
            regular_cost_per_hour=pl.lit(30.0),
            overtime_cost_per_hour=pl.lit(45.0),
            hire_cost=pl.lit(2500.0),
            layoff_cost=pl.lit(4000.0),
        )

    def _routings(self) -> pl.DataFrame:
        size, rng = self.size, self.rng
        days = rng.integers(0, 12, size.products)[self.where]
        dear = np.round(self.price[self.where] * rng.uniform(0.2, 0.3, len(self.where)), 2)
        parts = []
        for route, line, rows in (
            ("a", self.first_line, np.arange(len(self.where))),
            ("b", self.second_line, np.flatnonzero(self.has_second)),
        ):
            more = 1.0 if route == "a" else 1.1
            at = self.spot[rows]
            common = pl.DataFrame(
                {"item": self.product[self.where[rows]], "location": self.plant[at], "lead_time_days": days[rows]}
            ).with_columns(route=pl.lit(route), yield_pct=pl.lit(98.0))
            parts += [
                common.with_columns(
                    resource=self.line[at * size.lines + line[rows]],
                    hours_per_unit=pl.Series(np.round(self.hours[rows] * more, 5)),
                    variable_cost=pl.Series(np.round(dear[rows] * more, 2)),
                ),
                common.with_columns(
                    resource=self.crew[at], hours_per_unit=pl.Series(np.round(self.hours[rows] * 1.1 * more, 5))
                ),
            ]
        return pl.concat(parts, how="diagonal")

    def _materials(self) -> dict[str, pl.DataFrame]:
        size, rng = self.size, self.rng
        product, component = np.nonzero(self.uses)
        need = np.zeros((size.components, size.plants))
        by_plant = np.zeros((size.products, size.plants))
        by_plant[self.where, self.spot] = self.per_pair
        np.add.at(need, component, by_plant[product] * self.per_unit[:, None])
        self.need = need
        part, plant = np.nonzero(need)
        most = np.rint(need[part, plant] * rng.uniform(SUPPLIED, SUPPLIED + 0.3, len(part))) + 1
        is_scarce = rng.random(len(part)) < 0.3
        return {
            "bom": pl.DataFrame(
                {
                    "item": self.product[product],
                    "component": self.component[component],
                    "quantity_per": self.per_unit,
                }
            ),
            "purchasing": pl.DataFrame(
                {
                    "item": self.component[part],
                    "location": self.plant[plant],
                    "max_qty": pl.Series(np.where(is_scarce, most, np.nan)).fill_nan(None),
                    "unit_cost": np.round(rng.uniform(1.0, 3.0, size.components)[part], 2),
                    "lead_time_days": rng.integers(0, 62, size.components)[part],
                }
            ).with_columns(supplier=pl.lit("supplier"), valid_from=pl.lit(START)),
        }

    def _lanes(self) -> pl.DataFrame:
        """From every plant of a product to the centers that keep it, and from those two nearest to each region."""
        size, rng = self.size, self.rng
        outward = self.made_at[:, :, None] & self.kept_at[:, None, :]
        item, plant, center = np.nonzero(outward)
        days = rng.integers(3, 50, (size.plants, size.centers))
        inbound = pl.DataFrame(
            {
                "item": self.product[item],
                "from_location": self.plant[plant],
                "to": self.center[center],
                "lead_time_days": days[plant, center],
                "unit_cost": np.round(0.2 + 1.2 * self.far[plant, center], 2),
            }
        )
        far = np.where(self.kept_at[:, :, None], self.near[None], np.inf)
        second = np.sort(far, axis=1)[:, 1:2]
        item, center, region = np.nonzero((far <= second) & self.wants[:, None, :])
        outbound = pl.DataFrame(
            {
                "item": self.product[item],
                "from_location": self.center[center],
                "to": self.region[region],
                "lead_time_days": np.full(len(item), 2),
                "unit_cost": np.round(0.2 + 1.5 * self.near[center, region], 2),
            }
        )
        return pl.concat([inbound, outbound], how="vertical_relaxed").with_columns(valid_from=pl.lit(START))

    def _stock(self) -> dict[str, pl.DataFrame]:
        mean = self.demand.sum(axis=1).mean(axis=1)
        product, center = np.nonzero(self.kept_at)
        share = (mean / self.kept_at.sum(axis=1))[product]
        part, plant = np.nonzero(self.need)
        kept = self.rng.uniform(0.5, 1.6, len(product))
        there = self.need[part, plant] * self.rng.uniform(1.0, 3.0, len(part))
        return {
            "inventory": pl.DataFrame(
                {
                    "item": pl.concat([self.product[product], self.component[part]]),
                    "location": pl.concat([self.center[center], self.plant[plant]]),
                    "on_hand": np.rint(np.concatenate([share * kept, there])),
                }
            ),
            "inventory_policy": pl.DataFrame(
                {
                    "item": self.product[product],
                    "location": self.center[center],
                    "safety_stock_qty": np.rint(share * 0.3),
                    "shortfall_cost": np.round(self.price[product] * 0.05, 2),
                }
            ),
        }


def _some(rng: np.random.Generator, rows: int, columns: int, count: IntArray | int) -> BoolArray:
    """For each row so many of the columns, drawn at random, [rows, columns]."""
    order = np.argsort(rng.random((rows, columns)), axis=1)
    rank = np.argsort(order, axis=1)
    found: BoolArray = rank < np.broadcast_to(np.asarray(count), (rows,))[:, None]
    return found


def _month(number: int) -> date:
    """First day of the month `number` after the start."""
    year, index = divmod(START.year * 12 + START.month - 1 + number, 12)
    return date(year, index + 1, 1)
