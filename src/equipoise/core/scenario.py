"""Scenarios: named sets of adjustments on top of one another. They branch, diff, merge and conflict; nothing is copied.

A scenario holds its parent's set, without what it drops, with what it adds. Merging is the union of sets, so it
commutes; two branches that say different things about one cell are listed as a conflict and settled by a new
adjustment that supersedes both (algebra.md section 5).

>>> root = Scenario("june", adds=frozenset({"a", "b"}))
>>> promotion = Scenario("promotion", parent="june", adds=frozenset({"c"}), drops=frozenset({"a"}))
>>> known = {"june": root, "promotion": promotion}
>>> sorted(effective_set(known, "promotion"))
['b', 'c']
>>> difference = diff(effective_set(known, "june"), effective_set(known, "promotion"))
>>> sorted(difference.only_a), sorted(difference.only_b), sorted(difference.both)
(['a'], ['c'], ['b'])
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from equipoise.core.adjustment import Adjustment, Ruling, Scope, standing
from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.errors import EquipoiseError
from equipoise.core.hierarchy import Hierarchy


class WrongScenario(EquipoiseError):
    """A scenario that stands on itself, on one that is not there, or names an adjustment that is not there."""


@dataclass(frozen=True)
class Scenario:
    """A question and the set of adjustments that answers it, given as a difference to a parent.

    To drop an id that the parent does not hold is allowed and does nothing: a drop says "not in this scenario", which
    stays true when the parent loses the adjustment or the scenario moves to another parent.
    """

    name: str
    question: str = ""
    parent: str | None = None
    adds: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Two sets of adjustment ids, taken apart."""

    only_a: frozenset[str]
    only_b: frozenset[str]
    both: frozenset[str]


@dataclass(frozen=True)
class Meeting:
    """Where two scopes meet in one dimension: the node each of them names and the leaves below both."""

    dimension: str
    nodes: tuple[str, str]
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Two adjustments of one kind from different branches that say different things about the same cells."""

    earlier: Adjustment
    later: Adjustment
    meetings: tuple[Meeting, ...]
    """Only dimensions that at least one of the two narrows."""
    first: date | None
    last: date | None
    """First and last day of the buckets in which they meet; None is open."""


def lineage(scenarios: Mapping[str, Scenario], name: str) -> tuple[Scenario, ...]:
    """The scenario, its parent, and so on up to the root; WrongScenario for an unknown parent or a circle."""
    found: dict[str, Scenario] = {}
    asked: str | None = name
    while asked is not None:
        path = " → ".join([*found, asked])
        if asked in found:
            raise WrongScenario(f"scenario {name!r} stands on itself: {path}; give one of them another parent")
        if asked not in scenarios:
            raise WrongScenario(f"there is no scenario {asked!r} ({path}); there are {', '.join(sorted(scenarios))}")
        found[asked] = scenarios[asked]
        asked = found[asked].parent
    return tuple(found.values())


def effective_set(scenarios: Mapping[str, Scenario], name: str) -> frozenset[str]:
    """Ids of the adjustments of a scenario: its parent's, without what it drops, with what it adds."""
    held: frozenset[str] = frozenset()
    for scenario in reversed(lineage(scenarios, name)):
        held = (held - scenario.drops) | scenario.adds
    return held


def effective(
    scenarios: Mapping[str, Scenario],
    name: str,
    adjustments: Mapping[str, Adjustment],
    rulings: Iterable[Ruling] = (),
) -> tuple[Adjustment, ...]:
    """The adjustments of a scenario that stand (neither withdrawn, rejected nor superseded), in order of seq."""
    held = effective_set(scenarios, name)
    unknown = sorted(held - set(adjustments))
    if unknown:
        raise WrongScenario(f"scenario {name!r} names adjustments that are not there: {', '.join(unknown)}")
    return standing([adjustments[id] for id in sorted(held)], rulings)


def diff(a: frozenset[str], b: frozenset[str]) -> Difference:
    """What only `a` holds, what only `b` holds, and what both hold."""
    return Difference(a - b, b - a, a & b)


def merge(*sets: frozenset[str]) -> frozenset[str]:
    """The union of effective sets: commutes, is associative and idempotent.

    What one branch drops and another keeps is therefore kept; withdraw the adjustment to be rid of it everywhere.
    """
    return frozenset().union(*sets)


def rebase(scenarios: Mapping[str, Scenario], name: str, onto: str | None) -> Scenario:
    """The scenario with the same adds and drops on another parent; WrongScenario if that would make a circle."""
    lineage(scenarios, name)
    moved = replace(scenarios[name], parent=onto)
    lineage({**scenarios, name: moved}, name)
    return moved


def conflicts(
    a: Iterable[Adjustment], b: Iterable[Adjustment], axes: Axes, *, by_function: Container[str] = ("demand_input",)
) -> tuple[Conflict, ...]:
    """What must be settled before two branches (their standing adjustments) merge, in order of seq; symmetric.

    Two adjustments conflict if they are of one kind, from different branches, at least one of them sets rather than
    adds (`Change.conflicts_with`), and their scopes meet in a cell: a leaf of every dimension below both nodes, and a
    bucket that both touch. One that both branches hold conflicts with nothing. An adjustment of either branch that
    supersedes both, or one of them by being the other, has settled it. Of the kinds in `by_function` each function
    moves numbers of its own, so only adjustments of one function conflict.
    """
    of_a, of_b = ({adjustment.id: adjustment for adjustment in branch} for branch in (a, b))
    settled = [{adjustment.id, *adjustment.supersedes} for adjustment in (of_a | of_b).values()]
    found = []
    for mine in of_a.values():
        for theirs in of_b.values():
            if mine.id in of_b or theirs.id in of_a or any({mine.id, theirs.id} <= ids for ids in settled):
                continue
            if mine.change.kind in by_function and mine.function != theirs.function:
                continue
            earlier, later = sorted((mine, theirs), key=lambda adjustment: (adjustment.seq, adjustment.id))
            conflict = _conflict(earlier, later, axes)
            if conflict:
                found.append(conflict)
    return tuple(sorted(found, key=lambda c: (c.earlier.seq, c.earlier.id, c.later.seq, c.later.id)))


def _conflict(earlier: Adjustment, later: Adjustment, axes: Axes) -> Conflict | None:
    if earlier.change.kind != later.change.kind or not (
        earlier.change.conflicts_with(later.change) or later.change.conflicts_with(earlier.change)
    ):
        return None
    one, other = (_whole_buckets(adjustment.scope, axes.calendar) for adjustment in (earlier, later))
    if not one.meets(other):
        return None
    meetings = []
    for dimension in ("item", "market", "location", "resource"):
        nodes = (getattr(one, dimension), getattr(other, dimension))
        if nodes == ("", ""):
            continue
        leaves = _leaves_below_both(axes.hierarchy(dimension), *nodes)
        if not leaves:
            return None
        meetings.append(Meeting(dimension, nodes, leaves))
    first = max((day for day in (one.first, other.first) if day), default=None)
    last = min((day for day in (one.last, other.last) if day), default=None)
    return Conflict(earlier, later, tuple(meetings), first, last)


def _leaves_below_both(hierarchy: Hierarchy, one: str, other: str) -> tuple[str, ...]:
    """Leaf codes below both nodes; none where a node no longer resolves, for that adjustment reaches no cell."""
    if not (hierarchy.knows(one) and hierarchy.knows(other)):
        return ()
    below = set(hierarchy.positions(other).tolist())
    return tuple(hierarchy.leaves[number] for number in hierarchy.positions(one).tolist() if number in below)


def _whole_buckets(scope: Scope, calendar: Calendar) -> Scope:
    """The scope widened to whole buckets, for an adjustment moves every bucket it touches."""
    first, last = scope.first, scope.last
    if first is not None:
        first = None if first < calendar.starts[0] else calendar.start_of(calendar.index_of(first))
    if last is not None:
        last = None if last >= calendar.starts[-1] else calendar.end_of(calendar.index_of(last))
    return replace(scope, first=first, last=last)
