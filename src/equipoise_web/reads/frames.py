"""A measure of a plan by level and time as a frame, with no line for a node outside the person's scope."""

import numpy as np
import polars as pl

from equipoise.catalog import measure_named
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.scoped import sees_all, visible_rows


def read_frame(plan: Plan, who: Access, name: str, *, level: str, time: str) -> pl.DataFrame:
    """Columns `level` and `time` where they are not blank, and the measure; `plan` is the person's own.

    Raises UnknownName, and CannotRollUp where the measure has no such total.
    """
    frame = plan.frame(name, by=[word for word in (level, time) if word])
    if not level or sees_all(who):
        return frame
    grain = _grain(name)
    groups, codes = plan.axes.groups(grain, level)
    inside = groups[visible_rows(plan.axes, grain, who, name) & (groups >= 0)]
    return frame.filter(pl.col(level).is_in([codes[number] for number in np.unique(inside)]))


def _grain(name: str) -> Grain:
    """The grain of a measure, or of the first of its parts that has one."""
    measure = measure_named(name)
    while measure.grain is None:
        measure = measure_named(measure.parts[0])
    return measure.grain
