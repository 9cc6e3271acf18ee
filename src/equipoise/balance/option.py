"""An option: one way to close a gap, with what it costs, how much of the gap it closes, and when it must be decided.

Costs are what closing the gap costs *more* than if there had been room in the bucket itself. Days work back from the
first day of the bucket in which the option has to work:

    decide by = first day − lead time            late by max(0, as_of − decide by) days
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from equipoise.balance.early import Stop
from equipoise.balance.gaps import Gap
from equipoise.balance.mix import NOTHING, Source
from equipoise.balance.takes import Use
from equipoise.plan import Plan

DEMAND_SIDE = ("promotion", "price", "ration")
"""Levers that ask for less instead of making more: they close a gap by giving demand up."""
RESOURCE_SIDE = ("overtime", "extra_shift", "hire", "capex")
"""Levers that add hours to the resource itself, month after month if need be: the rungs of its ladder among them."""


LASTS = ("capex",)
"""Levers that stay once they are there: what is paid for one bucket serves those after it."""


@dataclass(frozen=True)
class Step:
    """A part of an option at one price."""

    quantity: float
    """Hours, or units, of the gap; inf: no limit is stated."""
    each: float | None
    """Money for each; None: the price is unknown."""
    uses: tuple[Use, ...] = ()
    """What each takes of idle hours, limits, stock and room elsewhere, and gives back where it was made."""
    begins: int | None = None
    """Bucket in which it must begin to work, where that is not the option's."""


@dataclass(frozen=True)
class Option:
    """A way to close a gap, whatever the gap's size; quantities in hours, or units, of the gap."""

    lever: str
    """One of the choices of table levers, or `route`: another route of our own."""
    name: str
    """Code of the option in the table, else of the route, supplier or location; blank where the lever says it all."""
    is_listed: bool
    """From table levers; else the plan's own data know it."""
    work: tuple[Step, ...]
    """The cheapest step first."""
    lead_days: float
    works_in: int
    """Bucket in which it must begin to work: the gap's own, an earlier one where goods are made ahead or travel."""
    fixed_amount: float = 0.0
    """Once, for using it at all."""
    once_each: float = 0.0
    """Once, for each hour a bucket of it: hiring and laying off."""
    used: float = 0.0
    """Of it in the plan in force."""
    item: str = ""
    """Item or node that it is for; blank: all that is behind the gap."""
    ahead: float = 0.0
    """Buckets that goods wait on average."""
    stops: tuple[Stop, ...] = ()
    """What keeps more of it from being done."""
    row: int = -1
    """Row of table levers, sorted by option."""
    note: str = ""

    @property
    def steps(self) -> tuple[tuple[float, float | None], ...]:
        """(quantity, money each) of its steps."""
        return tuple((step.quantity, step.each) for step in self.work)

    def first(self, quantity: float) -> Iterator[tuple[Step, float]]:
        """The steps that a quantity takes, the first ones first, and how much of each."""
        for step in self.work:
            part = min(step.quantity, quantity)
            if part <= NOTHING:
                return
            yield step, part
            quantity -= part

    def begins(self, quantity: float) -> int:
        """The bucket in which so much of it must begin to work."""
        known = [step.begins for step, _ in self.first(quantity) if step.begins is not None]
        return min(known, default=self.works_in)

    @property
    def most(self) -> float:
        """All it can give; inf: no limit is stated."""
        return float(sum(quantity for quantity, _ in self.steps))

    @property
    def is_priced(self) -> bool:
        """Whether its price is known."""
        return all(each is not None for _, each in self.steps)

    @property
    def gives_up(self) -> bool:
        """Whether it gives demand up instead of serving it."""
        return self.lever in DEMAND_SIDE

    def source(self, need: float, *, most: float = np.inf) -> Source:
        """What it costs by step, no step longer than a need, at most so much in all."""
        steps, left = list[tuple[float, float]](), most
        for quantity, each in self.steps:
            part = min(quantity, need, left)
            steps.append((part, (each or 0.0) + self.once_each))
            left -= part
        return Source(tuple(steps), self.fixed_amount)


@dataclass(frozen=True)
class Answer:
    """An option against one gap."""

    option: Option
    closes: float
    """Of the gap's hours or units."""
    left: float
    """What stays open if nothing else is done."""
    variable_amount: float
    fixed_amount: float
    per_hour: float | None
    """Money for each hour (or unit of the gap) closed, fixed cost included; None: unknown."""
    per_unit: float | None
    """Money for each good unit."""
    saves_amount: float | None
    """Margin at stake that it saves; None: unknown."""
    decide_by: date
    late_days: int
    """Days by which it would come too late if it were decided on at as_of; 0: it arrives in time."""
    earliest: int | None
    """First bucket in which it could work from its first day on; None: after the horizon."""

    @property
    def amount(self) -> float | None:
        """Money for what it closes; None: unknown."""
        return None if self.per_hour is None else self.variable_amount + self.fixed_amount

    @property
    def is_in_time(self) -> bool:
        """Whether it can still be decided on for this bucket."""
        return not self.late_days


def answer(option: Option, gap: Gap) -> Answer:
    """What an option does about a gap."""
    plan, short = gap.ground.plan, gap.short
    closes = min(option.most, short)
    source = option.source(max(short, 0.0))
    variable = source.cost(closes) - (option.fixed_amount if closes > 0 else 0.0)
    fixed = option.fixed_amount if closes > 0 else 0.0
    is_known = option.is_priced and closes > 0
    per_hour = (variable + fixed) / closes if is_known else None
    per_unit = per_hour / gap.units_each if per_hour is not None and gap.units_each > 0 else None
    due = decide_by(plan, option.works_in, option.lead_days)
    stake, rest = gap.at_stake, gap.margin_of(short - closes)
    saves = None if stake is None or rest is None or option.gives_up else stake - rest
    return Answer(
        option,
        closes,
        short - closes,
        variable,
        fixed,
        per_hour,
        per_unit,
        saves,
        due,
        late_days(plan, due),
        earliest_bucket(plan, option.lead_days),
    )


def first_day(plan: Plan, bucket: int) -> date:
    """The first day of a bucket; of one that has begun, as_of."""
    return max(plan.axes.calendar.start_of(bucket), plan.head.as_of)


def decide_by(plan: Plan, bucket: int, lead_days: float) -> date:
    """The last day on which something is decided that must work from a bucket's first day on."""
    return first_day(plan, bucket) - timedelta(days=int(np.ceil(lead_days)))


def late_days(plan: Plan, due: date) -> int:
    """Days by which a last day has passed."""
    return max((plan.head.as_of - due).days, 0)


def earliest_bucket(plan: Plan, lead_days: float) -> int | None:
    """The first bucket whose first day lies a lead time after as_of; None: none of the horizon."""
    return next((t for t in range(plan.axes.horizon) if not late_days(plan, decide_by(plan, t, lead_days))), None)


def renamed(option: Option, row: dict[str, object]) -> Option:
    """An option of the plan's own data that the list says when it works."""
    return replace(option, lead_days=float(row["lead_time_days"] or 0.0), note=str(row.get("note") or ""))  # type: ignore[arg-type]
