"""What supply read from the tables, for explaining what the optimizer chose: routes, lanes, capacity, limits."""

from functools import cached_property

from equipoise.core.grid import FloatArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise.supply.capacity import Capacity, read_capacity
from equipoise.supply.capacity_changes import apply_changes
from equipoise.supply.flows import Flows, read_flows
from equipoise.supply.limits import Limit, read_limits
from equipoise.supply.routes import Routes, read_routes


class SupplyTables:
    """Read once per explanation, each part when it is first needed."""

    def __init__(self, plan: Plan) -> None:
        """Nothing is read yet."""
        self.plan = plan
        self._values: dict[str, FloatArray] = {}

    @property
    def _rounding(self) -> str:
        return str(self.plan.policy["lead_time_rounding"])

    @cached_property
    def routes(self) -> Routes:
        """Rows of grain make: yields, hours, when what starts arrives."""
        axes, table = self.plan.axes, self.plan.snapshot.table
        make = axes.keys[Grain.MAKE].frame
        routes, _ = read_routes(
            axes,
            routings=table("routings"),
            subcontracting=table("subcontracting"),
            purchasing=table("purchasing"),
            inventory_policy=table("inventory_policy"),
            stock=row_numbers(axes.keys[Grain.STOCK], make, ("item", "location")),
            as_of=self.plan.head.as_of,
            rounding=self._rounding,
            unit_price=self.values("make_unit_price"),
        )
        return routes

    @cached_property
    def flows(self) -> Flows:
        """Rows of grain flow: the rows they join, when what leaves arrives."""
        return read_flows(self.plan.axes, self.plan.snapshot.table("lanes"), self.plan.head.as_of, self._rounding)

    @cached_property
    def capacity(self) -> Capacity:
        """Limits of the resources, after people's changes."""
        table = self.plan.snapshot.table
        capacity, _ = read_capacity(
            self.plan.axes,
            table("resources"),
            table("resource_calendar"),
            table("calendars"),
            self.plan.head.as_of,
        )
        mine = [a for a in self.plan.adjustments if a.change.kind in ("capacity", "overtime")]
        return apply_changes(self.plan.axes, capacity, mine)[0]

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Limits of lanes, subcontractors and suppliers."""
        table = self.plan.snapshot.table
        return read_limits(self.plan.axes, table("lanes"), table("subcontracting"), table("purchasing"))[0]

    def values(self, name: str) -> FloatArray:
        """A stored measure, [N, T]."""
        if name not in self._values:
            self._values[name] = self.plan.measure(name).values
        return self._values[name]
