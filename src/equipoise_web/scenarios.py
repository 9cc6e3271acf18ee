"""Scenarios as the rows say: sets of adjustments as the engine knows them, and what merging two of them would do.

Below the two doors, for what a merge would do is looked at by pages and checked again inside the write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment, Ruling
from equipoise.core.axes import Axes
from equipoise.core.identity import digest_json
from equipoise.core.merge import Merge, plan_merge, stands_on
from equipoise.core.scenario import Scenario, WrongScenario, effective_set, lineage
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioEntry, ScenarioRecord
from equipoise_web.records.statements import Prepared

MOST_NEW = 500
"""Rows that are asked for by name; where more are new, as after a start, all are read."""


_scenarios = Prepared(ScenarioRecord.objects.all)
_entries = Prepared(lambda: ScenarioEntry.objects.values_list("scenario_id", "adjustment_id", "is_drop"))
_adjustments = Prepared(lambda: AdjustmentRecord.objects.values_list("pk", "made_at"))
_bodies = Prepared(lambda: AdjustmentRecord.objects.values_list("body", "seq"))
_rulings = Prepared(
    lambda: RulingRecord.objects.order_by("id").values_list("adjustment_id", "verdict", "by__username", "at", "because")
)


def scenario_records() -> list[ScenarioRecord]:
    """The rows of all scenarios, newest first."""
    return _scenarios.filter().records()


def read_scenarios(*, until: int | None = None, records: Sequence[ScenarioRecord] | None = None) -> dict[str, Scenario]:
    """Every scenario by name, with what its entries add up to; with `until`, as of the entry of that number.

    `records` are the rows of all scenarios, if they were read.
    """
    rows = scenario_records() if records is None else records
    names = {row.pk: row.name for row in rows}
    adds: dict[str, set[str]] = {name: set() for name in names.values()}
    drops: dict[str, set[str]] = {name: set() for name in names.values()}
    entries = _entries.rows() if until is None else _entries.filter(pk__lte=until).rows()
    for scenario, adjustment, is_drop in entries:
        name = names[scenario]
        (drops if is_drop else adds)[name].add(adjustment)
        (adds if is_drop else drops)[name].discard(adjustment)
    return {
        row.name: Scenario(
            row.name,
            row.question,
            names.get(row.parent_id),  # type: ignore[attr-defined]
            frozenset(adds[row.name]),
            frozenset(drops[row.name]),
            tuple(row.assumptions),
        )
        for row in rows
    }


_known: dict[tuple[str, datetime], Adjustment] = {}
"""Adjustments that were read already, by id and when they were made: a row of one is written once."""


def all_adjustments() -> dict[str, Adjustment]:
    """Every adjustment by id, as the engine knows it; only those that are new are read."""
    global _known  # noqa: PLW0603 - replaced whole, so that threads see one or the other
    known, keys = _known, _adjustments.rows()
    new = [(pk, made) for pk, made in keys if (pk, made) not in known]
    if len(new) == 1:  # as after most edits
        ((pk, made),) = new
        ((body, seq),) = _bodies.filter(pk=pk).rows()
        known = {**known, (pk, made): adjustment_from_json(body, seq=seq)}
    elif new:
        every = AdjustmentRecord.objects.all()
        rows = every.filter(pk__in=[pk for pk, _ in new]) if len(new) < MOST_NEW else every
        read = {(row.pk, row.made_at): adjustment_from_json(row.body, seq=row.seq) for row in rows}
        known = {**known, **read}
    _known = {key: known[key] for key in keys}
    return {pk: known[pk, made] for pk, made in keys}


def read_rulings() -> list[Ruling]:
    """Every ruling in the order it was given."""
    rows = _rulings.rows()
    return [Ruling(adjustment, verdict, by, at.isoformat(), because) for adjustment, verdict, by, at, because in rows]


@dataclass(frozen=True)
class Merging:
    """A merge as it stands; `mark` changes whenever what it would do does."""

    merge: Merge
    mark: str


def read_merging(source: str, target: str, axes: Axes) -> Merging:
    """What merging `source` into `target` would do; `axes` are those of the data they stand on.

    WrongScenario if one of them is not there, or they stand on different data.
    """
    scenarios = read_scenarios()
    roots = [lineage(scenarios, name)[-1].name for name in (source, target)]
    snapshots = dict(ScenarioRecord.objects.filter(name__in=roots).values_list("name", "snapshot"))
    if snapshots[roots[0]] != snapshots[roots[1]]:
        raise WrongScenario(f"{source} and {target} stand on different data; open a branch in the newer cycle instead")
    merge = plan_merge(
        scenarios,
        source,
        target,
        all_adjustments(),
        axes,
        rulings=read_rulings(),
        common=_held_when_parted(stands_on(scenarios, source, target), target),
    )
    pairs = [[conflict.earlier.id, conflict.later.id] for conflict in merge.conflicts]
    return Merging(merge, digest_json([sorted(merge.brings), [a.id for a in merge.gains], pairs]))


def _held_when_parted(branch: str | None, target: str) -> frozenset[str] | None:
    """What `target` held when `branch` was opened on it; None where there is no such branch."""
    if branch is None:
        return None
    until = ScenarioRecord.objects.values_list("parted_after", flat=True).get(name=branch)
    return effective_set(read_scenarios(until=until), target)
