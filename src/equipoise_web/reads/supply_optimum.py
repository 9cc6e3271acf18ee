"""The optimum behind a published plan, found again from the basis it was published with: its duals explain it.

A plan keeps its numbers and its basis, not its model. The same basis gives the same duals, in a pivot or none, so what
is read here is what the plan was made with (the worth of an hour is measure `capacity_shadow_price`, bit for bit).
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _

from equipoise.core.stage import Inputs
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise.supply.beyond import run_on
from equipoise.supply.binding import Binding, binding
from equipoise.supply.causes import Causes
from equipoise.supply.counter_offers import CounterOffer, offer_for_more
from equipoise.supply.firm_production import firmed
from equipoise.supply.model import SupplyModel, build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.program.highs import Basis
from equipoise.supply.solving import Optimum, find_optimum
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import plan_to_show
from equipoise_web.reads.exception_page import NoPlanYet
from equipoise_web.reads.plans import open_plan

OPTIMUM = "optimum"
MOST_ROWS = 150_000
"""Rows of a model that is solved again while somebody waits; from its own basis that takes a second or two."""

MOST_ROWS_OF_OFFERS = 40_000
"""The same of an offer, which takes two solves that move away from the basis."""


@dataclass(frozen=True, eq=False)
class Solved:
    """The model of a plan and its optimum."""

    model: SupplyModel
    optimum: Optimum

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """Every limit that binds within the horizon, the most money first."""
        return binding(self.model, self.optimum)

    @cached_property
    def causes(self) -> Causes:
        """Prices that a shortage is followed back along."""
        return Causes(self.model, self.optimum)


def plan_at_hand(who: Access) -> Plan:
    """The plan in force, else the one published last, as the person sees it.

    Raises NotAllowed without the right to see pooled numbers, NoPlanYet.
    """
    who.require(Right.READ)
    who.require(Right.SEE_POOLED)
    plan = plan_to_show(who)
    if plan is None:
        raise NoPlanYet(_("There is no plan yet, so nothing binds one; publish a first plan."))
    return plan


def solved(digest: str) -> Solved | None:
    """The optimum of a published plan; None where its tier is another, or its model is too large to wait for."""
    plan = open_plan(digest)
    shape = plan.sections["supply"].arrays.get("shape")
    if plan.tier != OPTIMUM or shape is None or int(shape[0]) > MOST_ROWS:
        return None
    return _solve(_Asked(plan))


@lru_cache(maxsize=256)
def offer_more(asked: Solved, row: int, bucket: int) -> CounterOffer | None:
    """What more of a demand row could come by the end of a bucket, and what the whole plan then costs more.

    None where nothing more can, or the model is too large to wait for it.
    """
    if asked.model.program.shape[0] > MOST_ROWS_OF_OFFERS:
        return None
    return offer_for_more(asked.model, asked.optimum, row=row, bucket=bucket)


@dataclass(frozen=True)
class _Asked:
    """A plan, known by its digest: the same one is solved once."""

    plan: Plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.plan.digest == other.plan.digest

    def __hash__(self) -> int:
        return hash(self.plan.digest)


@lru_cache(maxsize=4)
def _solve(asked: _Asked) -> Solved:
    plan = asked.plan
    (stage,) = (stage for stage in STAGES if stage.name == "supply")
    mine = tuple(a for a in plan.adjustments if a.change.kind in stage.kinds)
    inputs = Inputs(stage, plan.snapshot, plan.axes, plan.policy, mine, plan.sections)
    arrays = plan.sections["supply"].arrays
    model = build_model(firmed(run_on(inputs, read_network(inputs)), arrays))
    return Solved(model, find_optimum(model, Basis(arrays["basis_columns"], arrays["basis_rows"]), devex=False))
