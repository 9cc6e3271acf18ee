"""The KPI catalogue: who owns which number, which way is better, and what it is compared with.

One list for all functions, so that none optimizes a number nobody else sees.

>>> fill = kpi_named("Fill rate")
>>> fill.measure, fill.owner, fill.target, fill.is_met(97.0)
('service_fill_pct', 'supply', 95.0, True)
>>> [kpi.name for kpi in card("procurement")][:3]
['Purchases', 'Production plan stability', 'Stock in its band']
"""

from difflib import get_close_matches

from equipoise.core.table import UnknownName
from equipoise.kpi import accuracy, adherence, capacity, inventory, money, service, working_capital
from equipoise.kpi.entry import Direction, Kind, Kpi

__all__ = ["KPIS", "Direction", "Kind", "Kpi", "card", "kpi_named"]

KPIS: tuple[Kpi, ...] = (
    *accuracy.KPIS,
    *service.KPIS,
    *capacity.KPIS,
    *adherence.KPIS,
    *inventory.KPIS,
    *money.KPIS,
    *working_capital.KPIS,
)


def kpi_named(name: str) -> Kpi:
    """The entry of that name, measure or column; UnknownName with the nearest names if there is none."""
    for kpi in KPIS:
        if name in (kpi.name, kpi.measure or kpi.column):
            return kpi
    near = get_close_matches(name, [kpi.name for kpi in KPIS], n=3)
    raise UnknownName(f"there is no KPI {name!r}; " + (f"did you mean {', '.join(near)}?" if near else _all()))


def card(function: str) -> tuple[Kpi, ...]:
    """The KPIs on the card of a business function: those it owns, then those it shares."""
    own = [kpi for kpi in KPIS if kpi.owner == function]
    return (*own, *(kpi for kpi in KPIS if function in kpi.shared_with))


def _all() -> str:
    return f"there are {', '.join(kpi.name for kpi in KPIS)}"
