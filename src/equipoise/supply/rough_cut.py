"""Rough-cut capacity by hand: rated capacity, load of a master schedule, and the buckets it does not fit.

rated capacity = machines × hours × days × utilization × efficiency, in standard hours
load_t = hours per unit × MPS_t; overload where load_t > capacity_t

Source: Arnold, Chapman & Clive, Introduction to Materials Management, chapter 5 (rated capacity, load, overload);
Vollmann et al., Manufacturing Planning and Control, chapter 10 (rough-cut techniques). The plan's own RCCP reads
capacity and routings; these are the textbook's one-line forms, for checks and worked examples.

>>> round(rated_capacity(machines=4, hours_per_day=8, days=5, utilization_pct=85, efficiency_pct=110), 6)
149.6
>>> load = rough_cut_load(np.array([450.0, 300.0, 625.0, 890.0]), hours_per_unit=0.3)
>>> overloads(load, 160.0), load_pct(load, 160.0).round().tolist()
((2, 3), [84.0, 56.0, 117.0, 167.0])
"""

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray


class WrongCapacity(EquipoiseError):
    """A negative factor of capacity, or a capacity that is not positive where a share of it is asked for."""


def rated_capacity(
    *, machines: float, hours_per_day: float, days: float, utilization_pct: float, efficiency_pct: float
) -> float:
    """Standard hours a work center can turn out: machines × hours × days × utilization × efficiency.

    Efficiency may exceed 100. Raises WrongCapacity for a negative factor.
    """
    factors = (machines, hours_per_day, days, utilization_pct / 100, efficiency_pct / 100)
    if min(factors) < 0:
        raise WrongCapacity("machines, hours, days, utilization and efficiency must not be negative")
    return float(np.prod(factors))


def rough_cut_load(mps: FloatArray, *, hours_per_unit: float) -> FloatArray:
    """Standard hours [T] that a master production schedule [T] in units asks of one work center."""
    return mps * hours_per_unit


def load_pct(load: FloatArray, capacity: FloatArray | float) -> FloatArray:
    """Load as a percentage of capacity, [T]; WrongCapacity unless capacity is positive everywhere."""
    if np.any(np.asarray(capacity) <= 0):
        raise WrongCapacity("load can only be a percentage of a positive capacity")
    result: FloatArray = 100.0 * load / capacity
    return result


def overloads(load: FloatArray, capacity: FloatArray | float) -> tuple[int, ...]:
    """Numbers of the buckets, the first is 0, whose load exceeds their capacity.

    >>> overloads(np.array([10.0, 10.1]), 10.0)
    (1,)
    """
    return tuple(int(bucket) for bucket in np.flatnonzero(load > capacity))
