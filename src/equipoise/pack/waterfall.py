"""The waterfall: from the margin of another plan, or of the budget, to that of this one, driver by driver.

What it says as title, table and drawing; the drivers are those of `finance.bridge` (price, volume, mix and more).

>>> steps = Steps(100_000.0, 5_000.0, 0.0, 0.0, -12_000.0, 0.0, 0.0, 0.0, 93_000.0)
>>> found = Waterfall("Margin", steps, "October", "November", "EUR", "item", "case")
>>> found.title
'Margin −€7,000; volume moves it most, by −€12\\xa0k'
>>> found.table().rows[0], found.table().rows[-1]
(('October', '€100\\xa0k'), ('November', '€93\\xa0k'))
"""

from dataclasses import dataclass

from equipoise.bridges import PlanBridge
from equipoise.core.errors import EquipoiseError
from equipoise.finance.bridge import Steps
from equipoise.pack.bridge_chart import DRIVERS, axis_start, bars_of, largest_driver
from equipoise.pack.chart_table import ChartTable
from equipoise.pack.headline import money, plural, signed_money


class NoBridge(EquipoiseError):
    """There is nothing to come from, or a price or a cost is unknown on the way."""


@dataclass(frozen=True)
class Waterfall:
    """A bridge of `what`, in money of `currency`, from `a` to `b`."""

    what: str
    steps: Steps
    a: str
    b: str
    currency: str
    mix_level: str
    volume_in: str

    @property
    def title(self) -> str:
        """The finding."""
        driver = largest_driver(self.steps)
        if driver is None:
            return f"{self.what} does not differ"
        change, most = (
            signed_money(self.currency, amount)
            for amount in (self.steps.actual - self.steps.budget, self.steps.bars()[driver])
        )
        return f"{self.what} {change}; {DRIVERS[driver].lower()} moves it most, by {most}"

    @property
    def subtitle(self) -> str:
        """What the numbers are, and where the axis starts."""
        start = money(self.currency, axis_start(bars_of(self.steps)))
        unit = plural(self.volume_in) or "units"
        return f"{self.a} to {self.b}; mix by {self.mix_level}, volume in {unit}. The axis starts at {start}"

    def table(self) -> ChartTable:
        """The levels and the drivers between them, with what no driver explains."""
        steps = [(DRIVERS[name], signed_money(self.currency, amount)) for name, amount in self.steps.bars().items()]
        return ChartTable(
            ("Driver", self.what),
            (
                (self.a, money(self.currency, self.steps.budget)),
                *steps,
                ("Residual", signed_money(self.currency, self.steps.residual)),
                (self.b, money(self.currency, self.steps.actual)),
            ),
        )


def waterfall_of(bridge: PlanBridge, currency: str, *, a: str, b: str) -> Waterfall:
    """The bridge of margin, or of revenue where no margin is known; NoBridge where neither is."""
    for what, steps in (("Margin", bridge.margin), ("Revenue", bridge.revenue)):
        if steps is not None and (steps.budget or steps.actual):
            return Waterfall(what, steps, a, b, currency, bridge.mix_level, bridge.volume_in)
    raise NoBridge(
        f"there is no bridge from {a} to {b}: a quantity, a price or a cost is unknown on one of the two sides"
    )
