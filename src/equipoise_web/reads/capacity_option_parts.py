"""Options for hours that are short, the place they are for, and what the cheapest of them close together."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from equipoise.core.grid import FloatArray
from equipoise.plan import Plan
from equipoise_web.reads.capacity_behind import Behind
from equipoise_web.reads.capacity_load import RoughCut

LEVERS: dict[str, str | Promise] = {
    "overtime": gettext_lazy("Overtime"),
    "extra_shift": gettext_lazy("Extra shift"),
    "hire": gettext_lazy("Hire"),
    "subcontract": gettext_lazy("Subcontract"),
    "alternate_site": gettext_lazy("Other site"),
    "alternate_supplier": gettext_lazy("Other supplier"),
    "prebuild": gettext_lazy("Build ahead"),
    "expedite": gettext_lazy("Expedite"),
    "redeploy_stock": gettext_lazy("Redeploy stock"),
    "schedule_change": gettext_lazy("Change the schedule"),
    "capex": gettext_lazy("Invest"),
    "promotion": gettext_lazy("Move a promotion"),
    "price": gettext_lazy("Price"),
    "ration": gettext_lazy("Ration"),
}
MOST = 12
LEAST = 0.5
"""Hours that are worth an option."""
DEMAND_SIDE = ("ration", "promotion", "price")
"""Options that ask for less instead of making more."""


@dataclass(frozen=True)
class Option:
    """One way to close hours that are short, in standard hours of the resource."""

    sort: str
    """One of LEVERS, or route."""
    label: str
    detail: str
    hours: float | None
    """At most in the bucket; None: no limit is stated."""
    per_hour: float | None
    """Money an hour costs more than not having it; None: unknown."""
    used: float = 0.0
    """Hours of it in the plan in force."""
    link: str = ""
    link_label: str = ""
    is_late: bool = False
    """True where it would not work by the bucket if it were decided on now."""


@dataclass(frozen=True)
class Closing:
    """The cheapest options that bring hours in together, one of a sort."""

    count: int
    hours: float
    cost: float


@dataclass(frozen=True, eq=False)
class Place:
    """A cell of the heat table, and what is known of it."""

    plan: Plan
    cut: RoughCut
    resource: int
    bucket: int
    found: Behind

    @property
    def code(self) -> str:
        """The resource."""
        return self.plan.axes.resources.leaves[self.resource]

    @property
    def short(self) -> float:
        """Standard hours over the rated ones."""
        return float(self.cut.infinite.heat.over_hours[self.resource, self.bucket])

    @property
    def rate(self) -> float:
        """Standard hours of a clock hour."""
        return float(self.cut.network.capacity.rate[self.resource]) or 1.0

    @property
    def hours(self) -> FloatArray:
        """[S] hours behind the cell."""
        hours: FloatArray = self.found.by_stock[:, self.bucket]
        return hours


def closing(options: tuple[Option, ...], short: float) -> Closing:
    """Options of known price taken in their order until nothing is short, one of each sort that adds hours in time.

    >>> a, b = Option("overtime", "", "", 40.0, 10.0), Option("capex", "", "", 100.0, 500.0)
    >>> closing((a, a, b), 50.0)
    Closing(count=2, hours=50.0, cost=5400.0)
    """
    taken, left, cost = set[str](), short, 0.0
    for each in options:
        if left < LEAST or each.sort in taken or each.sort in DEMAND_SIDE or each.is_late or each.per_hour is None:
            continue
        hours = left if each.hours is None else min(each.hours - each.used, left)
        if hours >= LEAST:
            taken.add(each.sort)
            left, cost = left - hours, cost + hours * each.per_hour
    return Closing(len(taken), short - left, cost)
