"""The sketch of a random company: how large it is, what it has, its calendar and its codes; its tables follow from it.

Each feature draws its numbers from a stream of its own, so a company without one of them is otherwise the same company:
that is what lets a failing test be shrunk.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

import numpy as np

from equipoise.core.calendar import Calendar

Row = dict[str, object]
"""A row of a planning table; columns left out are blank."""
T = TypeVar("T")
STARTS = {"month": date(2027, 2, 1), "week": date(2027, 1, 4), "4-4-5": date(2027, 1, 4)}
HISTORY = {"month": 26, "week": 60, "4-4-5": 26}
"""Closed buckets of history: enough for a season to be seen."""
HOME, ABROAD = "EUR", "CHF"

FEATURES: dict[str, str] = {
    "levels": "channels, customers, subfamilies, categories and brands",
    "history": "sales history trains the forecast; without it the forecast is imported",
    "profile": "some demand is forecast by family and quarter and has to be spread",
    "clock": "stock is counted before the plan begins or inside its first bucket",
    "by_products": "something comes out beside the components",
    "alternates": "items have second routes and are made in several plants",
    "subcontractors": "another firm makes items",
    "suppliers": "second suppliers, limits, spread of lead times",
    "lanes": "limits, fixed shares, working days and preferences of lanes",
    "calendars": "holidays, hours per working day, buckets with other hours",
    "shifts": "extra shifts and changes of rate",
    "crews": "people who are paid, hired and laid off",
    "storage": "room, most stock, shelf life and lots with a last day",
    "policies": "safety stock by rules, shortfall costs, closing stock",
    "cost_gaps": "holding and backlog costs that are not stated",
    "market_costs": "costs of serving late by market",
    "lost_sales": "some markets do not wait",
    "market_prices": "prices by market, rebates, prices that change",
    "currencies": "prices and costs in another currency",
    "uoms": "items counted in another unit, a unit of volume",
    "orders": "open orders: overdue, within the forecast and outside it",
    "receipts": "orders under way of every type and status",
    "events": "promotions and price events behind and ahead",
    "launches": "a new item with a ramp that takes sales from others",
    "succession": "an item ends and another takes over",
    "commitments": "contracts with a floor and a cap",
    "fences": "fences, and the plan of record they hold",
    "budget": "budgets by period and node, accounts and terms",
    "archives": "what was forecast and planned earlier",
    "outlook": "targets, options, opportunities, indicators",
    "knobs": "policy knobs other than their defaults",
}
"""What a company may have beside what every company has, and what it means."""


class Draw:
    """Random numbers of one stream."""

    def __init__(self, seed: int, word: str) -> None:
        """The stream of a seed and a word."""
        self.random = np.random.default_rng([seed, zlib.crc32(word.encode())])

    def number(self, low: float, high: float, digits: int = 2) -> float:
        """A number between two others, rounded."""
        return float(np.round(self.random.uniform(low, high), digits))

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True as often as that."""
        return bool(self.random.random() < probability)

    def one_of(self, values: Sequence[T]) -> T:
        """One of some values."""
        return values[int(self.random.integers(len(values)))]

    def maybe(self, probability: float, low: float, high: float) -> float | None:
        """A number, or blank."""
        value = self.number(low, high)
        return value if self.chance(probability) else None


@dataclass(frozen=True)
class CompanySize:
    """How much of everything a random company has."""

    plants: int = 2
    warehouses: int = 1
    markets: int = 2
    products: int = 2
    levels: int = 2
    """Levels of the bills of material: 1 products bought or made of nothing, 2 of parts, 3 of assemblies of parts."""
    horizon: int = 4


@dataclass(frozen=True)
class Sketch:
    """A company before its tables are written."""

    seed: int
    size: CompanySize
    features: frozenset[str]
    bucket: str

    def draw(self, word: str) -> Draw:
        """The stream of random numbers of that word."""
        return Draw(self.seed, word)

    def has(self, feature: str) -> bool:
        """True if the company has it."""
        return feature in self.features

    @cached_property
    def start(self) -> date:
        """First day of the plan."""
        return STARTS[self.bucket]

    @cached_property
    def calendar(self) -> Calendar:
        """The planning calendar."""
        return Calendar.build(bucket=self.bucket, start=self.start, horizon=self.size.horizon)

    @cached_property
    def as_of(self) -> date:
        """The eve of the plan, or a day before or after it."""
        draw = self.draw("clock")
        if not self.has("clock"):
            return self.start - timedelta(days=1)
        if draw.chance(0.5):
            return self.start - timedelta(days=draw.whole(2, self.days(-1) + self.days(-2)))
        return self.start + timedelta(days=draw.whole(0, self.days(0) - 3))

    @cached_property
    def history_end(self) -> int:
        """The bucket after the last closed one."""
        return next(bucket for bucket in (0, -1, -2, -3) if self.calendar.end_of(bucket - 1) <= self.as_of)

    def days(self, bucket: int) -> int:
        """Days in a bucket."""
        return self.calendar.days(bucket)

    def day(self, bucket: int, part: float = 0.0) -> date:
        """A day of a bucket, `part` of the way into it."""
        return self.calendar.start_of(bucket) + timedelta(days=int(part * self.days(bucket)))

    @cached_property
    def plants(self) -> list[str]:
        """Codes of the plants; the first makes everything."""
        return [f"plant-{n}" for n in range(1, self.size.plants + 1)]

    @cached_property
    def warehouses(self) -> list[str]:
        """Codes of the warehouses."""
        return [f"dc-{n}" for n in range(1, self.size.warehouses + 1)]

    @cached_property
    def markets(self) -> list[str]:
        """Codes of the markets."""
        return [f"market-{n}" for n in range(1, self.size.markets + 1)]

    @cached_property
    def products(self) -> list[str]:
        """What is sold, the launched item last."""
        sold = [f"product-{n}" for n in range(1, self.size.products + 1)]
        return [*sold, "product-new"] if self.has("launches") else sold

    @cached_property
    def assemblies(self) -> list[str]:
        """What is made for products."""
        return ["assembly-1", "assembly-2"][: max(1, self.size.products // 2)] if self.size.levels > 2 else []

    @cached_property
    def parts(self) -> list[str]:
        """What is bought."""
        return ["part-1", "part-2"][: max(1, self.size.products // 2)] if self.size.levels > 1 else []

    @cached_property
    def by_products(self) -> list[str]:
        """What comes out beside."""
        return ["by-product"] if self.has("by_products") and self.parts else []

    @cached_property
    def items(self) -> list[str]:
        """All items."""
        return [*self.products, *self.assemblies, *self.parts, *self.by_products]

    def family(self, item: str) -> str:
        """The family of an item: products by twos, the rest by kind."""
        kind, _, number = item.partition("-")
        if kind == "product":
            return "family-1" if number == "new" else f"family-{(int(number) + 1) // 2}"
        return {"assembly": "assemblies", "part": "parts"}.get(kind, "by-products")

    @cached_property
    def families(self) -> list[str]:
        """Families of what is sold."""
        return sorted({self.family(item) for item in self.products})

    @cached_property
    def made_at(self) -> dict[str, list[str]]:
        """Plants in which each product and assembly is made, the first plant always."""
        draw = self.draw("made_at")
        chance = 0.8 if self.has("alternates") else 0.3
        found = {item: [p for p in self.plants if p == self.plants[0] or draw.chance(chance)] for item in self.products}
        return found | {item: self.plants[:1] for item in self.assemblies}

    @cached_property
    def recipe(self) -> dict[str, list[str]]:
        """What goes into each item that is made; parts are shared."""
        draw = self.draw("recipe")
        below = self.assemblies or self.parts
        found = {item: [draw.one_of(below)] if below else [] for item in self.products}
        for item in self.products:
            if self.assemblies and draw.chance(0.5):
                found[item].append(draw.one_of(self.parts))
        return found | {item: [self.parts[n % len(self.parts)]] for n, item in enumerate(self.assemblies)}

    @cached_property
    def wanted(self) -> dict[tuple[str, str], float]:
        """Mean demand of a bucket by product and market; the first product is wanted everywhere."""
        draw = self.draw("wanted")
        found = {}
        for item in self.products:
            for market in self.markets:
                level = draw.number(20, 120, 0)
                if draw.chance(0.7) or item == self.products[0]:
                    found[item, market] = level
        return found
