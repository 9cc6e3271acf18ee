"""Merge: what one scenario would bring to another, and what has to be settled before it does.

A merge is the union of two sets, so it commutes and merging twice changes nothing (algebra.md section 5). A branch
inherits what its parent gains while it is open; what both said *since they parted* is still said by two people who did
not know of each other. So against a scenario it stands on, a branch is compared with what that scenario gained since,
as a three-way merge does; against any other, with all that the two do not share.

>>> known = {"june": Scenario("june"), "promotion": Scenario("promotion", parent="june", adds=frozenset({"c"}))}
>>> brings(known, "promotion", "june"), brings(known, "june", "promotion")
(frozenset({'c'}), frozenset())
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from equipoise.core.adjustment import Adjustment, Ruling
from equipoise.core.axes import Axes
from equipoise.core.scenario import Conflict, Scenario, conflicts, effective, effective_set, lineage


@dataclass(frozen=True)
class Merge:
    """What a merge of `source` into `target` would do."""

    source: str
    target: str
    brings: frozenset[str]
    """Ids that the target gains, whatever their standing."""
    gains: tuple[Adjustment, ...]
    """Those of them that stand, in order of seq."""
    conflicts: tuple[Conflict, ...]


def brings(scenarios: Mapping[str, Scenario], source: str, target: str) -> frozenset[str]:
    """Ids that `target` would gain from `source`; WrongScenario if one of them is not there."""
    return effective_set(scenarios, source) - effective_set(scenarios, target)


def stands_on(scenarios: Mapping[str, Scenario], source: str, target: str) -> str | None:
    """The branch of `target` by which `source` stands on it (perhaps `source` itself); None if it does not."""
    line = [scenario.name for scenario in lineage(scenarios, source)]
    return line[line.index(target) - 1] if target in line[1:] else None


def plan_merge(
    scenarios: Mapping[str, Scenario],
    source: str,
    target: str,
    adjustments: Mapping[str, Adjustment],
    axes: Axes,
    *,
    rulings: Iterable[Ruling] = (),
    common: frozenset[str] | None = None,
) -> Merge:
    """What merging `source` into `target` would bring, and the conflicts to settle first; nothing is changed.

    `common` are ids that are common ground although both hold or held them: where `source` stands on `target`, what
    the target held when the two parted. Without it, common is what both hold now.
    """
    rulings = tuple(rulings)
    brought = brings(scenarios, source, target)
    shared = (
        effective_set(scenarios, source) & effective_set(scenarios, target)
        if stands_on(scenarios, source, target) is None or common is None
        else common
    )
    mine = [a for a in effective(scenarios, source, adjustments, rulings) if a.id in brought]
    theirs = [a for a in effective(scenarios, target, adjustments, rulings) if a.id not in shared]
    return Merge(source, target, brought, tuple(mine), conflicts(mine, theirs, axes))


def merged(scenarios: Mapping[str, Scenario], source: str, target: str) -> dict[str, Scenario]:
    """The scenarios after the merge: the target holds the union of both; its drops of what it gains are taken back."""
    after = scenarios[target]
    gained = brings(scenarios, source, target)
    held = Scenario(
        after.name, after.question, after.parent, after.adds | gained, after.drops - gained, after.assumptions
    )
    return {**scenarios, target: held}
