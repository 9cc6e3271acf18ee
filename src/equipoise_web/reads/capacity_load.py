"""Load of resources by the methods of rough-cut capacity planning, and as the plan in force works it.

The three rough-cut methods see the same infinite plan, every item from its first source as if capacity had no limit:
what is asked of a line before anything is moved. The plan in force is what the optimizer made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from equipoise.core.grid import FloatArray
from equipoise.plan import Plan
from equipoise.supply.capacity.heat import Heat, Method, heat, past_shares, profile_hours
from equipoise.supply.fast.firm_receipts import as_receipts
from equipoise.supply.firm_production import firmed
from equipoise.supply.loading.infinite_plan import InfinitePlan, plan_infinitely
from equipoise.supply.network.network import Network
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.production_estimate import network_of

Words = str | Promise

METHODS: dict[str, tuple[Words, Words]] = {
    "profile": (
        gettext_lazy("Resource profile"),
        gettext_lazy("hours of a unit on each line, in the bucket in which they are worked, before anything is moved"),
    ),
    "bill": (
        gettext_lazy("Bill of capacity"),
        gettext_lazy("hours of a unit on each line, all in the bucket in which it is finished"),
    ),
    "factors": (
        gettext_lazy("Overall factors"),
        gettext_lazy("all hours together, parted among the lines by their shares; blind to the mix"),
    ),
    "plan": (
        gettext_lazy("Plan in force"),
        gettext_lazy("what the plan works after building ahead, overtime, extra shifts and other routes"),
    ),
}
"""Ways to the load, each with what it knows; the first three are rough-cut."""


@dataclass(frozen=True, eq=False)
class RoughCut:
    """What the rough-cut methods read of a plan."""

    network: Network
    infinite: InfinitePlan
    firm_load: FloatArray
    """[R, T] standard hours of firm receipts and of the production that people firmed."""
    is_by_history: bool
    """Whether overall factors part the hours as they were earned in the past, else as this schedule asks for them."""
    share: FloatArray
    """[R] parts of all hours in the past; of no use where there is no history."""


@lru_cache(maxsize=4)
def rough_cut_of(digest: str) -> RoughCut:
    """Read and loaded once per plan: the network of a large company takes seconds."""
    plan = open_plan(digest)
    network = network_of(digest)
    fixed = as_receipts(firmed(network, plan.sections["supply"].arrays))
    infinite = plan_infinitely(fixed, plan.measure("sourcing_share_ratio").values)
    earned = np.nan_to_num(plan.measure("capacity_earned_hours").values)
    loaded = infinite.heat.load.sum(axis=1) > 0
    is_by_history = bool((earned.sum(axis=1)[loaded] > 0).all()) if earned.size else False
    share = past_shares(earned) if earned.size else np.zeros(len(earned))
    return RoughCut(network, infinite, fixed.receipts.load, is_by_history, share)


def load_by(plan: Plan, cut: RoughCut, method: str) -> Heat:
    """The heat table of all resources by one of METHODS."""
    if method == "profile" or not len(cut.infinite.heat.load):
        return cut.infinite.heat
    if method == "plan":
        load = np.nan_to_num(plan.measure("capacity_load_hours").values)
        available = plan.measure("capacity_available_hours").values
        return Heat(load, np.zeros((len(load), 0)), np.where(np.isnan(available), np.inf, available))
    return _by_bills(cut, cast(Method, method))


def _by_bills(cut: RoughCut, method: Method) -> Heat:
    """Load of what is finished, by the hours of its first source; firm receipts and rooms as the profile has them."""
    network, routes, infinite = cut.network, cut.network.routes, cut.infinite
    stock = routes.stock[routes.load_route]
    uses = np.flatnonzero((stock >= 0) & (infinite.route[stock] == routes.load_route))
    rows, product = np.unique(stock[uses], return_inverse=True)
    own = routes.is_own[routes.load_route[uses]]
    started = np.where(own, infinite.structure.started_per_good[stock[uses]], 1.0)
    hours = profile_hours(
        product=product,
        resource=routes.load_resource[uses],
        hours=routes.load_hours[uses] * started,
        lag=np.zeros(len(uses), dtype=np.int64),
        shape=(len(infinite.heat.load), len(rows)),
    )
    share = cut.share if cut.is_by_history else None
    found = heat(infinite.loading.receipts[rows], hours, available=infinite.heat.available, method=method, share=share)
    load = found.load + cut.firm_load
    rooms = network.capacity.is_storage
    load[rooms] = infinite.heat.load[rooms]
    return Heat(load, found.overdue, infinite.heat.available)


def planned_extra(plan: Plan) -> Mapping[str, FloatArray]:
    """Clock hours of overtime and of extra shifts in the plan in force, [R, T] each."""
    return {name: np.nan_to_num(plan.measure(name).values) for name in ("overtime_hours", "shift_hours")}
