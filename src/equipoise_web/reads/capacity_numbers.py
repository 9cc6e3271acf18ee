"""Capacity as numbers for programs: load, what is there, an hour's worth, by resource and bucket, with its tier."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.grid import FloatArray
from equipoise.core.table import UnknownName
from equipoise_web.access import Access
from equipoise_web.reads.capacity_load import rough_cut_of
from equipoise_web.reads.capacity_scope import Seen, see_capacity

PLANNED, INFINITE = "plan", "infinite"
LOADS = (PLANNED, INFINITE)
"""The load of the plan, or that of infinite loading: what demand asks of each resource, moved by nobody."""
MEASURES = {
    "load_hours": "capacity_load_hours",
    "available_hours": "capacity_available_hours",
    "overtime_hours": "overtime_hours",
    "shift_hours": "shift_hours",
    "idle_hours": "idle_hours",
    "hour_price": "capacity_shadow_price",
}
"""The measure of the plan behind each number."""


@dataclass(frozen=True)
class CapacityBucket:
    """A resource in a bucket; None is unknown, of `available_hours` no limit."""

    bucket: str
    load_hours: float | None
    available_hours: float | None
    load_pct: float | None
    overtime_hours: float | None
    shift_hours: float | None
    idle_hours: float | None
    hour_price: float | None


@dataclass(frozen=True)
class CapacityResource:
    """A resource and its buckets."""

    resource: str
    location: str
    tier: str
    buckets: tuple[CapacityBucket, ...]


@dataclass(frozen=True)
class CapacityNumbers:
    """The resources that the person may see."""

    plan: str
    tier: str
    resources: tuple[CapacityResource, ...]


def read_capacity_numbers(who: Access, digest: str, *, load: str = PLANNED, resource: str = "") -> CapacityNumbers:
    """Standard hours of a published plan, one resource or all that the person may see.

    Of infinite loading there are load and what is there, and nothing else. Raises what `see_capacity` does, and
    UnknownName for a resource that is not there or not for this person, and for a load that there is not.
    """
    seen = see_capacity(who, digest)
    if load not in LOADS:
        raise UnknownName(f"there is no load {load!r}; there are {', '.join(LOADS)}")
    leaves = seen.plan.axes.resources.leaves
    rows = [row for row in seen.rows.tolist() if resource in ("", leaves[row])]
    if resource and not rows:
        # One that is not the person's and one that is not there are told alike.
        raise UnknownName(_("There is no resource %(code)s that you may see.") % {"code": resource})
    found = _planned(seen) if load == PLANNED else _infinite(seen)
    tier = seen.plan.tier if load == PLANNED else INFINITE
    calendar = seen.plan.axes.calendar
    return CapacityNumbers(
        seen.plan.digest,
        tier,
        tuple(
            CapacityResource(
                leaves[row],
                seen.site_of(row),
                tier,
                tuple(_bucket(calendar.label(t), found, row, t) for t in range(calendar.horizon)),
            )
            for row in rows
        ),
    )


def _planned(seen: Seen) -> dict[str, FloatArray]:
    found = {field: seen.plan.measure(name).values for field, name in MEASURES.items()}
    if seen.plan.tier != "optimum":
        found["hour_price"] = np.full(found["hour_price"].shape, np.nan)  # no prices but of an optimum
    return found


def _infinite(seen: Seen) -> dict[str, FloatArray]:
    """What is not of infinite loading is unknown."""
    heat = rough_cut_of(seen.whole.digest).infinite.heat
    available = np.where(np.isinf(heat.available), np.nan, heat.available)
    unknown = np.full(heat.load.shape, np.nan)
    return {**dict.fromkeys(MEASURES, unknown), "load_hours": heat.load, "available_hours": available}


def _bucket(label: str, found: dict[str, FloatArray], row: int, bucket: int) -> CapacityBucket:
    cells = {field: _known(values[row, bucket]) for field, values in found.items()}
    load, available = cells["load_hours"], cells["available_hours"]
    pct = 100.0 * load / available if load is not None and available else None
    return CapacityBucket(bucket=label, load_pct=pct, **cells)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
