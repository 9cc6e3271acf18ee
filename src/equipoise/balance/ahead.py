"""The option to build ahead: what a bucket cannot make is made before it, in hours that are idle, and held.

An hour made k buckets ahead costs k times holding its units. The cheapest items to hold are moved, those dearest to
hold into the nearest bucket: Σ k·c is least where the two are sorted against each other (rearrangement inequality).
What components, other lines, room or shelf life do not allow there goes into the bucket before it, and then to the
next item; so the hours told can be worked, at a cost that is the least where nothing stops them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.balance.early import Early, Stop
from equipoise.balance.gaps import LEAST, Gap
from equipoise.balance.mix import NOTHING
from equipoise.balance.option import Option, Step
from equipoise.balance.slack import Slack
from equipoise.core.grid import BoolArray, FloatArray, IntArray

TRIES = 8
"""Times that further items are asked for what the first ones cannot make ahead."""


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Items behind a gap, the cheapest to hold first, and the buckets before it that are idle, the nearest first."""

    gap: Gap
    rows: IntArray
    need: FloatArray
    cost: FloatArray
    """Money for holding an hour of each for a bucket."""
    once: FloatArray
    """Money for an hour of each, however long it waits."""
    reach: Sequence[int]
    lag: int


def build_ahead(
    gap: Gap, slack: Slack, rows: BoolArray, *, extra: float = 0.0, lead_days: float = 0.0
) -> Option | None:
    """Stock rows `rows` [S] made ahead in what is idle before the bucket; `extra` money a unit beside holding it.

    None where nothing is idle; where something else stops it all, an option that closes nothing and says why.
    """
    ground, t = gap.ground, gap.bucket
    made = np.flatnonzero(rows & (gap.need > NOTHING) & (gap.per_unit > 0) & (ground.infinite.route >= 0))
    lag = int(ground.network.routes.lag[ground.infinite.route[made]].max(initial=0)) if gap.kind == "limit" else 0
    reach = [
        u for u in range(t - 1, lag - 1, -1) if slack.free(gap.cell_at(u)) > LEAST and _is_ahead(gap, u, lead_days)
    ]
    if not len(made) or not reach or gap.kind == "room":
        return None
    cost = ground.network.prices.holding[made, t] / gap.per_unit[made]
    order = made[np.argsort(cost, kind="stable")]
    per_unit = gap.per_unit[order]
    wanted = _Wanted(
        gap, order, gap.need[order], ground.network.prices.holding[order, t] / per_unit, extra / per_unit, reach, lag
    )
    steps, stops, waits = _most_placed(wanted, slack)
    closes = sum(step.quantity for step in steps)
    if not steps and not stops:
        return None
    return Option(
        "prebuild",
        "",
        is_listed=False,
        work=tuple(sorted(steps, key=lambda step: (step.each or 0.0, -(step.begins or 0)))),
        lead_days=lead_days,
        works_in=min((step.begins for step in steps if step.begins is not None), default=reach[0] - lag),
        ahead=waits / closes if closes else 0.0,
        stops=stops,
    )


def _most_placed(wanted: _Wanted, slack: Slack) -> tuple[list[Step], tuple[Stop, ...], float]:
    """The hours of the gap placed before it, further items asked where the first ones cannot all be made ahead."""
    total = float(wanted.need.sum())
    most = min(wanted.gap.short or total, total)
    target = most
    for left in reversed(range(TRIES)):
        found = _placed(wanted, slack, target, most)
        lacks = most - sum(step.quantity for step in found[0])
        if lacks <= LEAST or target >= total:
            break
        target = min(target + lacks, total) if left > 1 else total
    return found


def _placed(wanted: _Wanted, slack: Slack, target: float, most: float) -> tuple[list[Step], tuple[Stop, ...], float]:
    """At most `most` hours of the cheapest items that have `target` hours, the dearest of them placed nearest."""
    gap, trial, whole = wanted.gap, slack.over(), most
    early = Early(gap.ground, trial)
    steps, stops, waits = list[Step](), dict[tuple[str, int, int], Stop](), 0.0
    chosen = np.clip(target - (np.cumsum(wanted.need) - wanted.need), 0.0, wanted.need)
    for n in reversed(np.flatnonzero(chosen > NOTHING).tolist()):
        row, left, per_unit = int(wanted.rows[n]), float(chosen[n]), float(gap.per_unit[wanted.rows[n]])
        instead = gap.counted(row)
        if instead is None:
            continue
        for bucket in wanted.reach:
            wait = gap.bucket - bucket
            hours = min(left, most, max(trial.free(gap.cell_at(bucket)), 0.0))
            if hours <= NOTHING:
                continue
            allowed, stop = early.units(row, instead - wait, instead)
            units, uses = early.uses(row, instead - wait, instead, min(hours / per_unit, allowed))
            part = units * per_unit
            if stop is not None and part < hours - LEAST:
                key = (stop.sort, stop.cell[1], bucket)
                before = stops[key].hours if key in stops else 0.0
                stops[key] = replace(stop, bucket=bucket, hours=min(before + hours - part, whole))
            if part <= NOTHING:
                continue
            trial.book(uses, units)
            each = wait * float(wanted.cost[n]) + float(wanted.once[n])
            steps.append(Step(part, each, tuple((cell, used / per_unit) for cell, used in uses), bucket - wanted.lag))
            left, most, waits = left - part, most - part, waits + part * wait
    return steps, tuple(stops.values()), waits


def _is_ahead(gap: Gap, bucket: int, lead_days: float) -> bool:
    plan = gap.ground.plan
    begins = plan.axes.calendar.start_of(bucket)
    return lead_days <= 0 or (begins - plan.head.as_of).days >= lead_days
