"""The break-even ladder of a resource: which rung is the cheapest for how many more hours a bucket, and since when.

A rung costs, for h hours a bucket beyond the regular ones over n buckets of use,

    C_j(h) / n = (F_j + f_j·h) / n + v_j·h        h ≤ limit_j

F_j money once, f_j money once for each hour a bucket (hiring and laying off), v_j money an hour (a convex step function
where a rung has steps). Two rungs cost the same at their crossover (Heizer & Render, Operations Management, chapter 7,
crossover chart; Supplement 7, break-even analysis):

    F_1 + v_1·x = F_2 + v_2·x     ⟺     x = (F_2 − F_1) / (v_1 − v_2)

and a one-off cost pays after (F_j + f_j·h) / ((v_i − v_j)·h) buckets of h hours against rung i. Rungs add up, so the
ladder is the least cost of all sets of rungs, each filled cheapest first (`mix`): a lower envelope of convex lines.

Kleber Enterprises (Heizer & Render, chapter 7, example 1): software at 200,000 and 60 a report, 300,000 and 25, or
400,000 and 10.

>>> round(crossover(200_000.0, 60.0, 300_000.0, 25.0), 2), round(crossover(300_000.0, 25.0, 400_000.0, 10.0), 2)
(2857.14, 6666.67)
>>> kleber = [Source(((1e9, v),), f) for f, v in ((200_000.0, 60.0), (300_000.0, 25.0), (400_000.0, 10.0))]
>>> [(round(each.begins, 2), each.used) for each in envelope(kleber, most=10_000.0)]
[(0.0, (0,)), (2857.14, (1,)), (6666.67, (2,))]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from equipoise.balance.envelope import Piece, envelope
from equipoise.balance.gap_options import options_of
from equipoise.balance.gaps import LEAST, Gap, gaps_of_resource
from equipoise.balance.ground import Ground
from equipoise.balance.mix import NOTHING, Source, cheapest_mix
from equipoise.balance.option import Option, decide_by, earliest_bucket, late_days
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray

NOT_A_RUNG = ("prebuild", "expedite", "redeploy_stock", "schedule_change", "promotion", "price", "ration")
"""Levers that move work or stock once and add no hours a bucket."""

WIDER = 1.3
"""The envelope is told up to the most that is needed times this."""


class WrongSpan(EquipoiseError):
    """A number of buckets over which nothing can be spread."""


@dataclass(frozen=True)
class Rung:
    """A rung of the ladder; money for standard hours beyond the regular ones."""

    option: Option
    most: float
    """Hours a bucket; inf: no limit is stated."""
    each: float
    """Money an hour, mean of its steps."""
    once_amount: float
    once_each: float
    from_hours: float | None
    """From how many hours a bucket on it is in the cheapest mix; None: never up to the most that is drawn."""
    against: int | None
    """The rung that it is judged against: the cheapest hour among those with less once; None: there is none."""
    break_even_hours: float | None
    """Hours in all after which its one-off cost has paid against that rung; None: there is none, or it never does."""
    break_even_buckets: int | None
    """The same as buckets at the mean of the hours needed (or its limit), rounded up."""
    first_bucket: int | None
    """First bucket whose needed hours lie on it."""
    order_by: date | None
    """That bucket's first day less the lead time."""
    late_days: int
    """Days by which that has passed; 0: it has not."""
    earliest: int | None
    """First bucket in which it could work."""


@dataclass(frozen=True, eq=False)
class Ladder:
    """The rungs of a resource, the envelope, and what the plan needs of them."""

    resource: str
    needed: FloatArray
    """[T] standard hours beyond the regular ones."""
    over: int
    """Buckets over which one-off costs are spread."""
    mean_needed: float
    """Mean of the buckets that need some."""
    rungs: tuple[Rung, ...]
    """In the order in which they begin, those never used last."""
    pieces: tuple[Piece, ...]
    """By number of the rungs."""
    amounts: FloatArray
    """[T] money that the hours needed cost a bucket on the ladder; NaN where its rungs do not reach."""
    on: tuple[tuple[int, ...], ...]
    """Of each bucket the rungs that its needed hours lie on, none: regular hours do."""


def crossover(fixed_1: float, each_1: float, fixed_2: float, each_2: float) -> float:
    """Quantity from which alternative 2 (more once, less each) is cheaper; inf where it never is.

    >>> crossover(0.0, 6.0, 800.0, 4.0)
    400.0
    """
    return (fixed_2 - fixed_1) / (each_1 - each_2) if each_1 > each_2 else float("inf")


def break_even_ladder(ground: Ground, resource: int, *, over: int | None = None) -> Ladder:
    """The ladder of a resource, one-off costs spread over `over` buckets: None those that need some, at least one.

    Rungs are those of the bucket that needs most. Raises WrongSpan.
    """
    if over is not None and over < 1:
        raise WrongSpan(f"one-off costs cannot be spread over {over} buckets; give 1 or more")
    gaps = gaps_of_resource(ground, resource)
    needed = np.array([gap.short for gap in gaps])
    busy = needed >= LEAST
    span = over if over is not None else max(int(busy.sum()), 1)
    mean = float(needed[busy].mean()) if busy.any() else 0.0
    options = _rungs_at(max(gaps, key=lambda gap: gap.asked - gap.available))
    sources = [_source(each, span) for each in options]
    reach = WIDER * float(needed.max()) if busy.any() else _limits(options)
    pieces = envelope(sources, most=reach)
    on = tuple(_used(sources, float(hours)) for hours in needed)
    rungs = [_rung(ground, options, n, pieces, on, mean) for n in range(len(options))]
    order = sorted(
        range(len(rungs)),
        key=lambda n: (rungs[n].from_hours is None, rungs[n].from_hours or 0.0, rungs[n].each, options[n].name),
    )
    place = {old: new for new, old in enumerate(order)}
    amounts = [cheapest_mix(sources, float(hours)) for hours in needed]
    return Ladder(
        resource=ground.plan.axes.resources.leaves[resource],
        needed=needed,
        over=span,
        mean_needed=mean,
        rungs=tuple(_renumbered(rungs[n], place) for n in order),
        pieces=tuple(
            Piece(p.begins, p.ends, tuple(sorted(place[n] for n in p.used)), p.amount, p.slope) for p in pieces
        ),
        amounts=np.array([
            mix.amount if mix.covered >= hours - LEAST else np.nan for mix, hours in zip(amounts, needed, strict=True)
        ]),
        on=tuple(tuple(sorted(place[n] for n in used)) for used in on),
    )  # fmt: skip


def _rungs_at(gap: Gap) -> list[Option]:
    return [
        each.option
        for each in options_of(gap).answers
        if each.option.lever not in NOT_A_RUNG and each.option.is_priced and each.option.most >= LEAST
    ]


def _source(option: Option, span: int) -> Source:
    """Money a bucket, what is paid once spread over a span."""
    steps = tuple((quantity, (each or 0.0) + option.once_each / span) for quantity, each in option.steps)
    return Source(steps, option.fixed_amount / span)


def _limits(options: Sequence[Option]) -> float:
    """Hours a bucket up to which the ladder is told where none are needed: all that has a limit, together."""
    return sum(each.most for each in options if np.isfinite(each.most)) or 1.0


def _used(sources: Sequence[Source], hours: float) -> tuple[int, ...]:
    return tuple(n for n, _, _ in cheapest_mix(sources, hours).parts) if hours >= LEAST else ()


def _mean(option: Option) -> float:
    finite = [(q, e or 0.0) for q, e in option.steps if np.isfinite(q)]
    total = sum(q for q, _ in finite)
    return sum(q * e for q, e in finite) / total if total > 0 else (option.steps[0][1] or 0.0)


def _rung(
    ground: Ground,
    options: Sequence[Option],
    number: int,
    pieces: Sequence[Piece],
    on: Sequence[tuple[int, ...]],
    mean: float,
) -> Rung:
    plan, option = ground.plan, options[number]
    hours = min(mean, option.most) if mean > 0 else min(option.most, 1.0)
    once, each = option.fixed_amount + option.once_each * hours, _mean(option)
    others = [
        n
        for n, other in enumerate(options)
        if n != number and _mean(other) > each and other.fixed_amount + other.once_each * hours < once - NOTHING
    ]
    against = min(others, key=lambda n: (_mean(options[n]), n), default=None)
    total = once / (_mean(options[against]) - each) if against is not None else None
    first = next((t for t, used in enumerate(on) if number in used), None)
    due = None if first is None else decide_by(plan, first, option.lead_days)
    return Rung(
        option=option,
        most=option.most,
        each=each,
        once_amount=option.fixed_amount,
        once_each=option.once_each,
        from_hours=_begins(pieces, number),
        against=against,
        break_even_hours=total,
        break_even_buckets=None if total is None else int(np.ceil(total / hours - NOTHING)),
        first_bucket=first,
        order_by=due,
        late_days=0 if due is None else late_days(plan, due),
        earliest=earliest_bucket(plan, option.lead_days),
    )


def _begins(pieces: Sequence[Piece], number: int) -> float | None:
    """Hours from which a rung is used; a stretch of less than LEAST hours is no rung to stand on."""
    return next((p.begins for p in pieces if number in p.used and p.ends - p.begins >= LEAST), None)


def _renumbered(rung: Rung, place: dict[int, int]) -> Rung:
    return rung if rung.against is None else replace(rung, against=place[rung.against])
