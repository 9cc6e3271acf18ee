"""KPIs that pull against each other: a function that improves one of them alone makes another's worse.

>>> [conflict.other_than("Inventory turns") for conflict in CONFLICTS if "Inventory turns" in conflict.pair][:2]
['Capacity load', 'Fill rate']
"""

from dataclasses import dataclass

from equipoise.kpi.catalogue import kpi_named
from equipoise.kpi.entry import Kpi


@dataclass(frozen=True)
class Conflict:
    """Two KPIs, by name, and why gaining one may cost the other."""

    pair: tuple[str, str]
    why: str

    @property
    def kpis(self) -> tuple[Kpi, Kpi]:
        """Their entries in the catalogue."""
        return kpi_named(self.pair[0]), kpi_named(self.pair[1])

    def other_than(self, name: str) -> str:
        """The other of the two."""
        return self.pair[1] if name == self.pair[0] else self.pair[0]


CONFLICTS: tuple[Conflict, ...] = (
    Conflict(
        ("Capacity load", "Inventory turns"),
        "Making ahead of demand fills the lines and the warehouse: load looks better while stock turns slower.",
    ),
    Conflict(
        ("Utilization", "Days inventory outstanding"),
        "Lines kept busy beyond demand make stock that is paid for long before it is sold.",
    ),
    Conflict(
        ("Fill rate", "Inventory turns"),
        "Each point of service costs more stock than the one before; less stock serves fewer requests on time.",
    ),
    Conflict(
        ("Fill rate", "Overtime"),
        "Serving peaks on time without stock takes overtime; cutting overtime makes units late.",
    ),
    Conflict(
        ("Fill rate", "Total cost"),
        "Late units are avoided by dearer sources, overtime or stock; the cheapest plan is late where that costs less.",
    ),
    Conflict(
        ("Overtime", "Stock value"),
        "Peaks are met by overtime or by stock built before them: less of one is more of the other.",
    ),
    Conflict(
        ("Revenue to budget", "Gross margin"),
        "Discounts and low-margin volume bring revenue up to budget and take margin down.",
    ),
    Conflict(
        ("Revenue to budget", "Backlog"),
        "Selling more than capacity or supply can serve adds to the backlog instead of revenue.",
    ),
    Conflict(
        ("Production plan stability", "Fill rate"),
        "A plan that is held fixed cannot follow demand that changes inside the fence.",
    ),
    Conflict(
        ("Production plan stability", "Stock value"),
        "A plan that is held fixed while demand falls makes stock.",
    ),
    Conflict(
        ("Purchases", "Stock in its band"),
        "Buying in large lots or at today's price lifts stock above its maximum.",
    ),
    Conflict(
        ("Gross margin return on inventory", "Fill rate"),
        "Dropping the stock of slow items lifts the return on stock and leaves their customers unserved.",
    ),
)
