"""Ladders as plain numbers: the same for the command line, the API and programs; None is unknown."""

from dataclasses import dataclass

from equipoise.balance.ground import Ground
from equipoise.balance.ladder import Ladder, Rung
from equipoise.balance.tell_options import known
from equipoise.plan import Plan


@dataclass(frozen=True)
class RungNumbers:
    """A rung of a ladder."""

    lever: str
    option: str
    is_listed: bool
    most_hours: float | None
    hour_price: float
    once_amount: float
    once_hour_price: float
    from_hours: float | None
    against: str | None
    break_even_hours: float | None
    break_even_buckets: int | None
    first_bucket: str | None
    order_by: str | None
    late_days: int
    earliest_bucket: str | None
    lead_time_days: float


@dataclass(frozen=True)
class PieceNumbers:
    """A stretch of the cheapest cost."""

    from_hours: float
    to_hours: float
    amount: float
    """Money a bucket at its beginning."""
    hour_price: float
    """Money for one more hour a bucket."""
    rungs: tuple[int, ...]


@dataclass(frozen=True)
class NeedNumbers:
    """What a bucket needs, and on which rungs that lies."""

    bucket: str
    needed_hours: float
    amount: float | None
    rungs: tuple[int, ...]


@dataclass(frozen=True)
class LadderNumbers:
    """The ladder of a resource."""

    resource: str
    currency: str
    over_buckets: int
    mean_needed_hours: float
    rungs: tuple[RungNumbers, ...]
    pieces: tuple[PieceNumbers, ...]
    buckets: tuple[NeedNumbers, ...]


def tell_ladder(ground: Ground, found: Ladder) -> LadderNumbers:
    """A ladder."""
    calendar = ground.plan.axes.calendar
    return LadderNumbers(
        resource=found.resource,
        currency=ground.plan.head.currency,
        over_buckets=found.over,
        mean_needed_hours=found.mean_needed,
        rungs=tuple(_rung(ground.plan, found, each) for each in found.rungs),
        pieces=tuple(PieceNumbers(p.begins, p.ends, p.amount, p.slope, p.used) for p in found.pieces),
        buckets=tuple(
            NeedNumbers(calendar.label(t), float(hours), known(float(found.amounts[t])), found.on[t])
            for t, hours in enumerate(found.needed)
        ),
    )


def _rung(plan: Plan, ladder: Ladder, each: Rung) -> RungNumbers:
    calendar = plan.axes.calendar
    against = None if each.against is None else ladder.rungs[each.against].option
    return RungNumbers(
        lever=each.option.lever,
        option=each.option.name,
        is_listed=each.option.is_listed,
        most_hours=known(each.most),
        hour_price=each.each,
        once_amount=each.once_amount,
        once_hour_price=each.once_each,
        from_hours=each.from_hours,
        against=None if against is None else f"{against.lever} {against.name}".strip(),
        break_even_hours=each.break_even_hours,
        break_even_buckets=each.break_even_buckets,
        first_bucket=None if each.first_bucket is None else calendar.label(each.first_bucket),
        order_by=None if each.order_by is None else each.order_by.isoformat(),
        late_days=each.late_days,
        earliest_bucket=None if each.earliest is None else calendar.label(each.earliest),
        lead_time_days=each.option.lead_days,
    )
