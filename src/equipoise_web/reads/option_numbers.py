"""Gaps, options and ladders as numbers for programs: what a person may see of them."""

from equipoise.balance.gap_options import decide_soon
from equipoise.balance.ladder import WrongSpan, break_even_ladder
from equipoise.balance.tell_ladder import LadderNumbers, tell_ladder
from equipoise.balance.tell_options import GapNumbers, tell_gaps
from equipoise.core.table import UnknownName
from equipoise_web.access import Access, NotAllowed
from equipoise_web.reads.capacity_ground import gaps_of, ground_of
from equipoise_web.reads.capacity_ladder import MOST_OVER
from equipoise_web.reads.capacity_scope import Seen, see_capacity, sees_prices


def see_options(who: Access, digest: str) -> Seen:
    """A published plan whose options the person may see. Raises what `see_capacity` does."""
    seen = see_capacity(who, digest)
    if not sees_prices(who):
        raise NotAllowed(
            "what closes a gap is told with its cost; your role does not read prices of hours, stock and freight; ask "
            "an administrator for a role that does"
        )
    return seen


def read_gaps(who: Access, seen: Seen, *, resource: str, soonest: bool) -> tuple[GapNumbers, ...]:
    """Gaps of one resource or of all that the person sees, in the order of their last days if `soonest`.

    Raises UnknownName for a resource that is not there or not for this person.
    """
    if resource:
        _row_of(seen, resource)
    found = [each for each in gaps_of(who, seen) if resource in ("", each.gap.where)]
    return tell_gaps(decide_soon(found) if soonest else found)


def read_ladder_numbers(seen: Seen, *, resource: str, over: int | None) -> LadderNumbers:
    """The ladder of a resource. Raises UnknownName, and WrongSpan for more than MOST_OVER buckets."""
    row = _row_of(seen, resource)
    if over is not None and over > MOST_OVER:
        raise WrongSpan(f"one-off costs cannot be spread over {over} buckets; give {MOST_OVER} or fewer")
    ground = ground_of(seen)
    return tell_ladder(ground, break_even_ladder(ground, row, over=over))


def _row_of(seen: Seen, resource: str) -> int:
    leaves = seen.plan.axes.resources.leaves
    row = leaves.index(resource) if resource in leaves else -1
    if row not in set(seen.rows.tolist()):
        # One that is not the person's and one that is not there are told alike.
        raise UnknownName(f"There is no resource {resource} that you may see.")
    return row
