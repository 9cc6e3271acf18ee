"""The cast: families and their lines, items, markets, plants and warehouses of Kestrel Home Care."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray

START = date(2026, 11, 1)
HISTORY, HORIZON = 36, 24
LAUNCH, ENDED = "LA-REFILL", "SU-02"
"""The item launched in March 2027, and the one that ends in June 2027."""
COMPONENT, SUPPLIER = "RM-SURFACTANT", "surfachem"
LABOR = "west-packing"


class UnknownSize(EquipoiseError):
    """A size of the demo company that does not exist."""


@dataclass(frozen=True)
class Family:
    """A product family: where and on which line it is made, what it costs, and how its demand moves."""

    code: str
    name: str
    subfamilies: tuple[str, str]
    plant: str
    line: str
    level: float
    """Cases a month of a typical item over all markets."""
    price: float
    season: float
    """Amplitude of the year's wave, share of the level."""
    peak: int
    """Month of the peak, 1 to 12."""
    trend: float
    """Growth a year."""
    surfactant: float
    """Kilograms of surfactant in a case."""
    names: tuple[str, ...]


FAMILIES = (
    Family(
        "LA", "Laundry care", ("Capsules", "Liquids"), "plant-west", "capsule-line", 26_000, 31.5, 0.22, 2, 0.03, 1.4,
        ("Capsules 30 ct", "Capsules 60 ct", "Liquid 1.5 L", "Liquid 3 L"),
    ),
    Family(
        "DI", "Dish care", ("Hand dish", "Dish tabs"), "plant-west", "liquid-filling-1", 22_000, 24.0, 0.08, 12, 0.02,
        0.9, ("Dish liquid 500 ml", "Dish liquid 1 L", "Dish tabs 30 ct", "Dish tabs 60 ct"),
    ),
    Family(
        "SU", "Surface cleaners", ("Sprays", "Floor"), "plant-west", "liquid-filling-2", 16_000, 21.0, 0.16, 4, 0.01,
        0.7, ("Kitchen spray", "Classic cleaner", "Bath spray", "Floor cleaner"),
    ),
    Family(
        "PE", "Personal care", ("Shower", "Cream"), "plant-east", "tube-filling", 24_000, 27.0, 0.06, 7, 0.04, 0.0,
        ("Shower gel", "Shower cream", "Hand cream", "Body lotion"),
    ),
    Family(
        "OR", "Oral care", ("Paste", "Rinse"), "plant-east", "tube-filling", 14_000, 18.5, 0.03, 1, 0.02, 0.0,
        ("Toothpaste mint", "Toothpaste white", "Rinse 250 ml", "Rinse 500 ml"),
    ),
    Family(
        "HA", "Hair care", ("Shampoo", "Conditioner"), "plant-east", "bottle-line", 12_000, 29.0, 0.10, 8, -0.01, 0.0,
        ("Shampoo daily", "Shampoo repair", "Conditioner", "Hair mask"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Market:
    """A market: region, share of demand, priority, and the warehouse that serves it."""

    code: str
    name: str
    region: str
    share: float
    priority: int
    warehouse: str


@dataclass(frozen=True)
class Size:
    """How large the company is."""

    items_per_family: int
    markets: tuple[Market, ...]


_SMALL = (
    Market("north-grocery", "Grocery North", "North", 0.36, 1, "dc-north"),
    Market("north-drug", "Drugstores North", "North", 0.22, 2, "dc-north"),
    Market("south-grocery", "Grocery South", "South", 0.27, 1, "dc-south"),
    Market("south-wholesale", "Wholesale South", "South", 0.15, 3, "dc-south"),
)
_MEDIUM = (
    Market("north-grocery", "Grocery North", "North", 0.30, 1, "dc-north"),
    Market("north-drug", "Drugstores North", "North", 0.20, 2, "dc-north"),
    Market("south-grocery", "Grocery South", "South", 0.24, 1, "dc-south"),
    Market("south-wholesale", "Wholesale South", "South", 0.14, 3, "dc-south"),
    Market("online", "Online", "Online", 0.12, 2, "dc-north"),
)
SIZES = {"small": Size(4, _SMALL), "medium": Size(30, _MEDIUM)}


@dataclass(frozen=True)
class Item:
    """An item with its true level, price, hours on its line and kilograms of surfactant, each per case."""

    code: str
    name: str
    family: Family
    subfamily: str
    level: float
    price: float
    hours: float
    surfactant: float


def size_named(name: str) -> Size:
    """The size; UnknownSize lists those there are."""
    if name not in SIZES:
        raise UnknownSize(f"the demo company has no size {name!r}; choose {' or '.join(SIZES)}")
    return SIZES[name]


def make_items(size: Size, rng: np.random.Generator) -> list[Item]:
    """Items of every family and the launch. Levels fall by rank (few items sell most), prices and hours vary."""
    items = []
    for family in FAMILIES:
        count = size.items_per_family
        weights = 0.75 ** np.arange(count) + 0.05
        levels = family.level * 4 * weights / weights.sum()
        for number in range(count):
            name = family.names[number] if number < len(family.names) else f"{family.name} {number + 1:02d}"
            items.append(
                Item(
                    f"{family.code}-{number + 1:02d}",
                    name,
                    family,
                    family.subfamilies[number * 2 // count],
                    float(levels[number]),
                    round(float(family.price * rng.uniform(0.85, 1.15)), 2),
                    round(float(0.0025 * rng.uniform(0.9, 1.1)), 5),
                    round(float(family.surfactant * rng.uniform(0.9, 1.1)), 3),
                )
            )
    laundry = FAMILIES[0]
    items.append(
        Item(LAUNCH, "Refill pouches", laundry, laundry.subfamilies[0], 0.0, 29.9, 0.00245, laundry.surfactant)
    )
    return items


def month_start(number: int) -> date:
    """First day of the month `number` after the planning start (negative: before)."""
    year, month = divmod(START.year * 12 + START.month - 1 + number, 12)
    return date(year, month + 1, 1)


def season_of(family: Family, months: range) -> FloatArray:
    """The family's true seasonal factor in each month, mean 1 over a year."""
    numbers = np.array([month_start(n).month for n in months], dtype=np.float64)
    factor: FloatArray = 1.0 + family.season * np.cos(2 * np.pi * (numbers - family.peak) / 12)
    return factor
