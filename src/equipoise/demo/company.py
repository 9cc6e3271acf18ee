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
BULK, MIXER = "BULK-DISH", "dish-mixing"
"""Dish liquid before it is filled: mixed from surfactant on the mixer, then filled on its line."""
LABOR = "west-packing"
FOREIGN, CURRENCY, RATE = "south-wholesale", "CHF", 1.06
"""The market that is invoiced in another currency, and EUR for one unit of it in this year's plan."""
COMPANY = "Kestrel"


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
    """How large the company is: every family has `lines` lines with `items_per_line` items each."""

    items_per_line: int
    markets: tuple[Market, ...]
    lines: int = 1


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
_LARGE = (
    Market("north-grocery", "Grocery North", "North", 0.40, 1, "dc-north"),
    Market("south-grocery", "Grocery South", "South", 0.36, 1, "dc-south"),
    Market("south-wholesale", "Wholesale South", "South", 0.24, 3, "dc-south"),
)
SIZES = {"small": Size(4, _SMALL), "medium": Size(30, _MEDIUM), "large": Size(98, _LARGE, lines=34)}


def numbered(name: str, group: int) -> str:
    """The name of a line, crew or material of a group; the first group has the plain name."""
    return name if group == 1 else f"{name}-{group:02d}"


def materials(name: str, size: Size) -> list[str]:
    """Codes of a material: one for each group of lines."""
    return [numbered(name, group) for group in range(1, size.lines + 1)]


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
    group: int = 1
    """Number of the line of its family, with a crew and a grade of surfactant of its own."""

    @property
    def line(self) -> str:
        """The line it is made on."""
        return numbered(self.family.line, self.group)

    @property
    def crew(self) -> str:
        """The crew that packs it, at the west plant only."""
        return numbered(LABOR, self.group) if self.family.plant == "plant-west" else ""

    @property
    def material(self) -> str:
        """The surfactant, or for dish care the bulk made of it, that goes into a case; blank for none."""
        if not self.surfactant:
            return ""
        return numbered(BULK if self.family.code == "DI" else COMPONENT, self.group)


def size_named(name: str) -> Size:
    """The size; UnknownSize lists those there are."""
    if name not in SIZES:
        raise UnknownSize(f"the demo company has no size {name!r}; choose {', '.join(SIZES)}")
    return SIZES[name]


def make_items(size: Size, rng: np.random.Generator) -> list[Item]:
    """Items of every family and the launch. Levels fall by rank (few items sell most), prices and hours vary."""
    items = []
    for family in FAMILIES:
        for group in range(1, size.lines + 1):
            items += _items_of_line(family, group, size, rng)
    laundry = FAMILIES[0]
    where = _subfamily(laundry, 0, 1, size)
    return [*items, Item(LAUNCH, "Refill pouches", laundry, where, 0.0, 29.9, 0.00245, laundry.surfactant)]


def _items_of_line(family: Family, group: int, size: Size, rng: np.random.Generator) -> list[Item]:
    count = size.items_per_line
    weights = 0.75 ** np.arange(count) + 0.05
    levels = family.level * 4 * weights / weights.sum()
    prefix = family.code if size.lines == 1 else f"{family.code}{group:02d}"
    items = []
    for number in range(count):
        is_named = group == 1 and number < len(family.names)
        items.append(
            Item(
                f"{prefix}-{number + 1:02d}",
                family.names[number] if is_named else f"{_subfamily(family, number, group, size)} {number + 1:02d}",
                family,
                _subfamily(family, number, group, size),
                float(levels[number]),
                round(float(family.price * rng.uniform(0.85, 1.15)), 2),
                round(float(0.0025 * rng.uniform(0.9, 1.1)), 5),
                round(float(family.surfactant * rng.uniform(0.9, 1.1)), 3),
                group,
            )
        )
    return items


def _subfamily(family: Family, number: int, group: int, size: Size) -> str:
    name = family.subfamilies[number * 2 // size.items_per_line]
    return name if size.lines == 1 else f"{name} {group:02d}"


def month_start(number: int) -> date:
    """First day of the month `number` after the planning start (negative: before)."""
    year, month = divmod(START.year * 12 + START.month - 1 + number, 12)
    return date(year, month + 1, 1)


def season_of(family: Family, months: range) -> FloatArray:
    """The family's true seasonal factor in each month, mean 1 over a year."""
    numbers = np.array([month_start(n).month for n in months], dtype=np.float64)
    factor: FloatArray = 1.0 + family.season * np.cos(2 * np.pi * (numbers - family.peak) / 12)
    return factor
