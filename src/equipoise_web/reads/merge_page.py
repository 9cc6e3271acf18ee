"""The page of a merge: what the target gains, and each conflict cell by cell with what either plan says there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isnan

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.scenario import Conflict, lineage
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import AdjustmentLine, Teller, teller_for
from equipoise_web.reads.adjustments import AdjustmentRow, adjustments_by_id
from equipoise_web.reads.in_words import kind_title
from equipoise_web.reads.numbers import plain, shown
from equipoise_web.reads.plans import plan_for, published_digest
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import ScenarioRecord
from equipoise_web.scenarios import Merging, read_merging, read_scenarios

LISTED = 12
"""Cells of a conflict that are listed one by one."""
MEASURE_OF_STAGE = {
    "baseline": "demand_baseline_qty",
    "demand": "demand_consensus_qty",
    "supply": "capacity_available_hours",
}
"""What a change of a stage moves, where it adds up over cells."""


@dataclass(frozen=True)
class Side:
    """One of two adjustments that conflict; words are blank for who may not see it."""

    id: str
    words: str
    by: str
    reason: str


@dataclass(frozen=True)
class CellLine:
    """A cell in which two adjustments meet: where, when, and its number in the plan of either scenario."""

    place: str
    bucket: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class ConflictPart:
    """Two adjustments of one kind that say different things."""

    kind: str
    title: str
    mine: Side
    theirs: Side
    cells: tuple[CellLine, ...]
    count: int
    """Cells in which they meet, listed or not."""
    beyond: str
    """What one of them says outside of those cells, which settling takes back; blank where they cover the same."""
    has_amount: bool
    may_settle: bool

    @property
    def more(self) -> int:
        """Cells that are not listed."""
        return self.count - len(self.cells)


@dataclass(frozen=True)
class MergePage:
    """What a merge would do, and whether the person may do it."""

    source: str
    source_number: int
    into: str
    into_number: int
    is_promotion: bool
    title: str
    ids: tuple[str, ...]
    gains: tuple[AdjustmentLine, ...]
    hidden: int
    """Adjustments that it brings and the person may not see."""
    conflicts: tuple[ConflictPart, ...]
    mark: str
    may_merge: bool


def read_merge(who: Access, source: str, into: str) -> MergePage:
    """The merge as it stands. Raises WrongScenario where there is none of that name; NotAllowed for who reads nothing.

    Lists name only what the person may see; counts are of all.
    """
    who.require(Right.READ)
    scenarios = read_scenarios()
    root = lineage(scenarios, into)[-1].name
    axes = axes_of(question_of(root).snapshot)
    found = read_merging(source, into, axes)
    rows = adjustments_by_id(
        who, found.merge.brings | {a.id for c in found.merge.conflicts for a in (c.earlier, c.later)}
    )
    teller = teller_for(who)
    plans = _plan_of(who, source), _plan_of(who, into)
    numbers = dict(ScenarioRecord.objects.filter(name__in=(source, into)).values_list("name", "pk"))
    conflicts = tuple(_conflict(who, each, found, axes, rows, teller, plans) for each in found.merge.conflicts)
    gains = [rows[a.id] for a in found.merge.gains if a.id in rows]
    return MergePage(
        source=source,
        source_number=numbers[source],
        into=into,
        into_number=numbers[into],
        is_promotion=root == into,
        title=_title(source, into, len(conflicts), len(found.merge.gains)),
        ids=tuple(sorted(found.merge.brings & set(rows))),
        gains=tuple(teller.line(row) for row in gains),
        hidden=len(found.merge.gains) - len(gains),
        conflicts=conflicts,
        mark=found.mark,
        may_merge=bool(found.merge.brings) and not conflicts and _may(who, found, axes, is_promotion=root == into),
    )


def _may(who: Access, found: Merging, axes: Axes, *, is_promotion: bool) -> bool:
    if is_promotion and not who.may_whole(Right.PUBLISH):
        return False
    return who.may(Right.BRANCH) and all(
        who.may(Right.BRANCH, scope=adjustment.scope, axes=axes) for adjustment in found.merge.gains
    )


def _title(source: str, into: str, conflicts: int, gains: int) -> str:
    if conflicts:
        said = ngettext("%(n)s conflict waits", "%(n)s conflicts wait", conflicts)
        return _("%(said)s before %(source)s can join %(into)s") % {
            "said": said % {"n": conflicts},
            "source": source,
            "into": into,
        }
    if not gains:
        return _("%(into)s holds all of %(source)s") % {"source": source, "into": into}
    said = ngettext("%(source)s brings %(n)s change", "%(source)s brings %(n)s changes", gains)
    return _("%(said)s to %(into)s") % {"said": said % {"source": source, "n": gains}, "into": into}


def _plan_of(who: Access, scenario: str) -> Plan | None:
    digest = published_digest(question_of(scenario).fingerprint)
    return None if digest is None else plan_for(who, digest)


def _conflict(
    who: Access,
    conflict: Conflict,
    found: Merging,
    axes: Axes,
    rows: Mapping[str, AdjustmentRow],
    teller: Teller,
    plans: tuple[Plan | None, Plan | None],
) -> ConflictPart:
    is_mine = conflict.earlier.id in found.merge.brings
    mine, theirs = (conflict.earlier, conflict.later) if is_mine else (conflict.later, conflict.earlier)
    is_seen = mine.id in rows and theirs.id in rows
    change = mine.change
    begin, end = axes.calendar.span(conflict.first, conflict.last)
    places = [meeting.leaves for meeting in conflict.meetings]
    count = end - begin
    for leaves in places:
        count *= len(leaves)
    lines = islice(_cells(conflict, axes, teller, plans, range(begin, end)), LISTED) if is_seen else ()
    return ConflictPart(
        kind=change.kind,
        title=kind_title(change.kind),
        mine=_side(mine, rows, teller),
        theirs=_side(theirs, rows, teller),
        cells=tuple(lines),
        count=count,
        beyond=_beyond(mine, theirs) if is_seen else "",
        has_amount=hasattr(change, "amount"),
        may_settle=is_seen
        and who.may(Right.RULE)
        and all(who.may(Right.PROPOSE, kind=change.kind, scope=a.scope, axes=axes) for a in (mine, theirs)),
    )


def _side(adjustment: Adjustment, rows: Mapping[str, AdjustmentRow], teller: Teller) -> Side:
    row = rows.get(adjustment.id)
    if row is None:
        return Side(adjustment.id, "", "", "")
    line = teller.line(row)
    return Side(row.id, line.words, f"{line.by}, {line.function}" if line.by != line.function else line.by, line.reason)


def _beyond(mine: Adjustment, theirs: Adjustment) -> str:
    if mine.scope == theirs.scope:
        return ""
    return _("They do not cover the same cells: what either says outside of these no longer counts once it is settled.")


def _cells(
    conflict: Conflict,
    axes: Axes,
    teller: Teller,
    plans: tuple[Plan | None, Plan | None],
    buckets: range,
) -> Iterator[CellLine]:
    """Every cell in which the two meet, place by place and bucket by bucket."""
    measure = MEASURE_OF_STAGE.get(conflict.earlier.change.stage, "")
    for place in _places(conflict):
        words = ", ".join(teller.words.name(name, leaf) for name, leaf in place.items()) or _("the whole company")
        values = [_values(plan, measure, place) for plan in plans]
        for bucket in buckets:
            texts = [_text(value, bucket) for value in values]
            yield CellLine(words, axes.calendar.label(bucket), *texts)


def _places(conflict: Conflict) -> Iterator[dict[str, str]]:
    """The leaves below both, one of each dimension that either narrows."""
    found: Iterator[dict[str, str]] = iter([{}])
    for meeting in conflict.meetings:
        found = _with(found, meeting.dimension, meeting.leaves)
    return found


def _with(found: Iterator[dict[str, str]], dimension: str, leaves: tuple[str, ...]) -> Iterator[dict[str, str]]:
    return (place | {dimension: leaf} for place in found for leaf in leaves)


def _values(plan: Plan | None, measure: str, place: Mapping[str, str]) -> list[float] | None:
    if plan is None or not measure:
        return None
    panel = plan.measure(measure)
    rows = plan.axes.rows(panel.grain, {name: leaf for name, leaf in place.items() if name in _dimensions(panel.grain)})
    values: list[float] = panel.values[rows].sum(axis=0).tolist()
    return values


def _dimensions(grain: str) -> tuple[str, ...]:
    return {"demand": ("item", "market"), "resource": ("resource",)}[str(grain)]


def _text(values: list[float] | None, bucket: int) -> str:
    if values is None:
        return shown(None)
    value = values[bucket]
    return shown(None) if isnan(value) else plain(value)
