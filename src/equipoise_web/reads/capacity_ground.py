"""The ground on which options are priced, and every gap with its options, as one person may see them.

Idle hours of a resource that the person may not see are no option of theirs, and gaps of suppliers, which make for all
sites, are told to those who see the whole company. Prices and margins are those of the plan as it is masked for them.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from equipoise.balance.gap_options import GapOptions, options_of
from equipoise.balance.gaps import find_gaps, gaps_of_resource
from equipoise.balance.ground import Ground
from equipoise.balance.together import gap_options
from equipoise_web.access import Access
from equipoise_web.reads.capacity_load import rough_cut_of
from equipoise_web.reads.capacity_scope import Seen
from equipoise_web.reads.scoped_tables import SeenPlan


def ground_of(seen: Seen) -> Ground:
    """The ground of a plan for these eyes."""
    return _ground(SeenPlan(seen.plan), seen.whole.digest, tuple(seen.rows.tolist()))


def gaps_of(who: Access, seen: Seen) -> tuple[GapOptions, ...]:
    """Gaps of the resources that the person sees, of suppliers too where they see all, answered together.

    What gaps that they may not see would take is not told by what is left for theirs: those are not answered.
    """
    return _gaps(SeenPlan(seen.plan), seen.whole.digest, tuple(seen.rows.tolist()), who.sees_all)


def gap_at(who: Access, seen: Seen, row: int, bucket: int) -> GapOptions:
    """A resource that the person sees in a bucket: its gap among all of theirs, or by itself where nothing is short."""
    places = (each for each in gaps_of(who, seen) if (each.gap.resource, each.gap.bucket) == (row, bucket))
    found = next(places, None)
    return options_of(gaps_of_resource(ground_of(seen), row)[bucket]) if found is None else found


@lru_cache(maxsize=8)
def _ground(seen: SeenPlan, digest: str, rows: tuple[int, ...]) -> Ground:
    cut, plan = rough_cut_of(digest), seen.plan
    told = np.zeros(len(plan.axes.resources), dtype=np.bool_)
    told[list(rows)] = True
    levers = plan.snapshot.table("levers") if plan.snapshot.has("levers") else None
    return Ground(plan, cut.network, cut.infinite, levers, told, tells_suppliers=bool(told.all()))


@lru_cache(maxsize=8)
def _gaps(seen: SeenPlan, digest: str, rows: tuple[int, ...], sees_suppliers: bool) -> tuple[GapOptions, ...]:
    ground = replace(_ground(seen, digest, rows), tells_suppliers=sees_suppliers)
    gaps = [gap for gap in find_gaps(ground) if ground.tells(gap.cell)]
    return tuple(gap_options(ground, gaps))
