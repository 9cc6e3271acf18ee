"""Rough-cut capacity by hand: rated capacity, load of a master schedule, and the buckets it does not fit.

rated capacity = machines × hours × days × utilization × efficiency, in standard hours
load_t = hours per unit × MPS_t; overload where load_t > capacity_t

Three ways to the load of several work centers, from the roughest to the finest (Vollmann et al., chapter 10):
*overall factors* split all hours by the share each center had in the past; a *bill of capacity* knows each product's
hours at each center; a *resource profile* knows, too, how long before completion they are worked.

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


def overall_factors(mps: FloatArray, *, hours_per_unit: FloatArray, share: FloatArray) -> FloatArray:
    """Capacity planning by overall factors (CPOF): [C, T] hours of each center.

    `mps` [P, T] units of each product, `hours_per_unit` [P] over all centers, `share` [C] of all hours in the past,
    which must sum to 1.

    >>> mps = np.array([[33.0], [17.0]])
    >>> hours = overall_factors(mps, hours_per_unit=np.array([0.95, 1.85]), share=np.array([0.603, 0.304, 0.093]))
    >>> hours.round(2).ravel().tolist()
    [37.87, 19.09, 5.84]
    """
    if np.any(share < 0) or abs(float(share.sum()) - 1.0) > 1e-6:
        raise WrongCapacity(f"shares of the work centers sum to {share.sum():.4g}; they must sum to 1")
    load: FloatArray = share[:, None] * (hours_per_unit @ mps)[None, :]
    return load


def bill_of_capacity(mps: FloatArray, *, hours: FloatArray) -> FloatArray:
    """Bill of labor or capacity: [C, T] hours of each center, from `hours` [C, P] of a unit of each product there.

    >>> bill_of_capacity(np.array([[33.0], [17.0]]), hours=np.array([[0.05, 1.30], [0.70, 0.55], [0.20, 0.0]])).tolist()
    [[23.75], [32.45], [6.6000000000000005]]
    """
    load: FloatArray = hours @ mps
    return load


def resource_profile(mps: FloatArray, *, hours: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Load with lead-time offset: [C, T] in the buckets of the schedule and [C, L] that lies before them (overdue).

    `hours` [C, P, L + 1]: hours of a unit of product p at center c, l buckets before it is finished. Load of bucket t
    is Σ_p Σ_l hours[c, p, l] × mps[p, t + l]; what falls before bucket 0 is overdue load, never dropped: its last
    column is the bucket just before the schedule.

    >>> load, overdue = resource_profile(np.array([[10.0, 20.0]]), hours=np.array([[[1.0, 0.5]]]))
    >>> load.tolist(), overdue.tolist()
    ([[20.0, 20.0]], [[5.0]])
    """
    centers, _, lags = hours.shape
    horizon = mps.shape[1]
    whole = np.zeros((centers, lags - 1 + horizon))
    for lag in range(lags):
        begin = lags - 1 - lag
        whole[:, begin : begin + horizon] += hours[:, :, lag] @ mps
    return whole[:, lags - 1 :], whole[:, : lags - 1]


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
