"""What supply read from the tables, for explaining what the optimizer chose: routes, lanes, capacity, limits.

One explanation comes back to the same row of a table from many sides: every late item of a line names the same hours,
in each bucket the same rate. So what was looked up once is kept for as long as the explanation is made.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.stage import Inputs
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise.supply.capacity.capacity import Capacity
from equipoise.supply.network.components import Components
from equipoise.supply.network.flows import Flows
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.network import Network, read_network
from equipoise.supply.network.routes import Routes

T = TypeVar("T")


class _Seen(Inputs):
    """What a person sees of a plan: prices that are hidden count as nothing, for no price is read from the network."""

    def measure(self, name: str) -> FloatArray:
        """Values of an upstream measure, [N, T]."""
        values = super().measure(name)
        return np.where(np.isnan(values), 0.0, values) if name.endswith("_price") else values


class SupplyTables:
    """Read once per explanation, when it is first needed."""

    def __init__(self, plan: Plan) -> None:
        """Nothing is read yet."""
        self.plan = plan
        self._values: dict[str, FloatArray] = {}
        self._found: dict[tuple[object, ...], Any] = {}

    def once(self, key: tuple[object, ...], look: Callable[[], T]) -> T:
        """What `look` finds, looked for once; `key` names all that it depends on beside the plan, its sort first."""
        if key not in self._found:
            self._found[key] = look()
        return cast(T, self._found[key])

    @cached_property
    def network(self) -> Network:
        """All that the supply model was built from, after people's changes of capacity."""
        (stage,) = (stage for stage in STAGES if stage.name == "supply")
        plan = self.plan
        mine = tuple(a for a in plan.adjustments if a.change.kind in stage.kinds)
        return read_network(_Seen(stage, plan.snapshot, plan.axes, plan.policy, mine, plan.sections))

    @property
    def routes(self) -> Routes:
        """Rows of grain make: yields, hours, when what starts arrives."""
        return self.network.routes

    @property
    def components(self) -> Components:
        """What own routes take from stock."""
        return self.network.components

    @property
    def flows(self) -> Flows:
        """Rows of grain flow: the rows they join, when what leaves arrives."""
        return self.network.flows

    @property
    def capacity(self) -> Capacity:
        """Limits of the resources."""
        return self.network.capacity

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Limits of lanes, subcontractors and suppliers."""
        return self.network.limits

    def values(self, name: str) -> FloatArray:
        """A stored measure, [N, T]."""
        if name not in self._values:
            self._values[name] = self.plan.measure(name).values
        return self._values[name]
