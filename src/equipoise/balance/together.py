"""All gaps of a plan answered together: idle hours, limits, stock and room are given out once.

In a stated order, the dearest gap first: hours and room before limits of suppliers (money for an hour and money for a
unit do not compare), then by margin lost with each hour short, then by bucket and place; a gap whose margin is unknown,
or may not be told, comes after those of its sort. Each takes its cheapest mix from what is left. What a mix moves away
gives its hours back where it was made, so that a gap answered later may be smaller; a gap is answered once.

Then a second look: the same gaps in the order of their buckets. Idle hours are cheapest for the gap that comes right
after them, and the dearest gap may take them from it for a later month, at more holding and at dearer options for the
other. Where the second order closes every gap as far for less money, it is the answer.

This is no optimum: a cheaper sum may take the same hours in a third order. What holds is the plan made anew of the set
(rules.md, Decisions); what is told here can be done at the same time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from equipoise.balance.gap_options import GapOptions, Given, book, options_of
from equipoise.balance.gaps import LEAST, Gap, find_gaps
from equipoise.balance.ground import Ground
from equipoise.balance.slack import Slack
from equipoise.balance.takes import Cell

LEAST_MONEY = 0.01
"""Less than this is not saved."""


def gap_options(ground: Ground, gaps: Sequence[Gap] | None = None) -> list[GapOptions]:
    """The gaps of a plan (None: every one), answered together, each beside its answer alone; in the order given, that
    of `find_gaps`: by resource and limit, then bucket."""
    gaps = find_gaps(ground) if gaps is None else gaps
    fresh = Slack(ground.spare)
    alone = [options_of(gap, fresh) for gap in gaps]
    dearest = sorted(range(len(gaps)), key=lambda n: in_turn(gaps[n]))
    found = _answered(ground, gaps, alone, dearest)
    nearest = sorted(dearest, key=lambda n: (gaps[n].kind == "limit", gaps[n].bucket))
    if nearest == dearest or not any(each.given for each in found):
        return found
    other = _answered(ground, gaps, alone, nearest)
    return other if _is_cheaper(other, found) else found


def _answered(
    ground: Ground, gaps: Sequence[Gap], alone: Sequence[GapOptions], order: Sequence[int]
) -> list[GapOptions]:
    """The gaps answered one after another in an order of their numbers."""
    slack = Slack(ground.spare)
    found: dict[int, GapOptions] = {}
    for turn, number in enumerate(order):
        gap = gaps[number]
        given = _given(alone[number], [gaps[n] for n in order[:turn]], slack)
        together = options_of(_left_of(gap, slack), slack)
        book(together, slack, by=turn)
        found[number] = replace(together, gap=gap, turn=turn + 1, given=given, alone=alone[number])
    return [found[number] for number in range(len(gaps))]


def _is_cheaper(other: Sequence[GapOptions], found: Sequence[GapOptions]) -> bool:
    """Whether an answer leaves no more of any gap open than another, and costs less in all."""
    left = zip(other, found, strict=True)
    is_as_far = all(mine.short - mine.covered <= theirs.short - theirs.covered + LEAST for mine, theirs in left)
    return is_as_far and sum(each.amount for each in other) < sum(each.amount for each in found) - LEAST_MONEY


def in_turn(gap: Gap) -> tuple[bool, float, int, str]:
    """What gaps are ordered by at first."""
    worth = gap.worth_each
    return (gap.kind == "limit", np.inf if worth is None else -worth, gap.bucket, gap.where)


def _left_of(gap: Gap, slack: Slack) -> Gap:
    """A gap less what gaps before moved away."""
    back = max(-slack.used(gap.cell), 0.0)
    need = gap.need.copy()
    for row in np.flatnonzero((gap.need > 0) & (gap.per_unit > 0)).tolist():
        counted = gap.counted(row)
        if counted is not None:
            gone = slack.used(("made", row, counted)) * float(gap.per_unit[row])
            need[row] = max(need[row] - max(gone, 0.0), 0.0)
    return replace(gap, asked=max(gap.asked - back, 0.0), need=need)


def _given(alone: GapOptions, before: Sequence[Gap], slack: Slack) -> tuple[Given, ...]:
    """What gaps `before` took of what an option of a gap would use alone, where too little is left."""
    cells: set[Cell] = set()
    for each in alone.answers:
        wanted: dict[Cell, float] = defaultdict(float)
        for step, quantity in each.option.first(each.closes):
            for cell, used in step.uses:
                wanted[cell] += quantity * used
        cells |= {cell for cell, used in wanted.items() if cell[0] != "made" and slack.free(cell) < used - LEAST}
    return tuple(
        Given(cell, quantity, before[turn].where, before[turn].bucket)
        for cell in sorted(cells)
        for turn, quantity in sorted(slack.takers(cell).items())
        if quantity >= LEAST
    )
