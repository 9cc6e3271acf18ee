"""The page of one scenario: what it adds and leaves out against its parent or any other, and who did what to it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.errors import EquipoiseError
from equipoise.core.scenario import diff, effective_set, lineage
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import AdjustmentLine, effects_of, people_titles, teller_for
from equipoise_web.reads.adjustments import adjustments_by_id
from equipoise_web.reads.numbers import UNKNOWN
from equipoise_web.reads.plans import plan_for
from equipoise_web.reads.scenario_list import ScenarioLine, read_lines
from equipoise_web.records.models import AuditEntry, ScenarioRecord
from equipoise_web.scenarios import read_scenarios

VERBS = {
    "open_scenario": gettext_lazy("Opened"),
    "open_cases": gettext_lazy("Opened with its cases"),
    "merge_scenario": gettext_lazy("Merged in"),
    "promote_scenario": gettext_lazy("Promoted"),
    "drop_adjustment": gettext_lazy("Left out or taken in a change"),
    "archive_scenario": gettext_lazy("Put away or taken back"),
}
"""What people do to a scenario, in words."""


class ScenarioNotFound(EquipoiseError):
    """There is no scenario of that number."""


@dataclass(frozen=True)
class PersonKind:
    """How many changes of a kind somebody made."""

    by: str
    kind: str
    adds: int
    drops: int


@dataclass(frozen=True)
class Happening:
    """Something somebody did to the scenario."""

    what: str
    by: str
    at: datetime
    because: str


@dataclass(frozen=True)
class Choice:
    """A scenario to choose."""

    number: int
    name: str


@dataclass(frozen=True)
class ScenarioPage:
    """One scenario."""

    line: ScenarioLine
    title: str
    assumptions: tuple[str, ...]
    against: Choice | None
    """What it is set against: its parent, or another that was chosen."""
    adds: tuple[AdjustmentLine, ...]
    drops: tuple[AdjustmentLine, ...]
    inherited: tuple[AdjustmentLine, ...]
    """What it holds as its parent does."""
    hidden: int
    """Changes in the difference that the person may not see."""
    counts: tuple[PersonKind, ...]
    others: tuple[Choice, ...]
    root: Choice
    history: tuple[Happening, ...]
    may_archive: bool
    may_drop: bool
    """May leave changes of its parent out."""


def find_record(number: int) -> ScenarioRecord:
    """The record of a number; ScenarioNotFound if there is none."""
    record = ScenarioRecord.objects.select_related("parent", "opened_by").filter(pk=number).first()
    if record is None:
        raise ScenarioNotFound(f"there is no scenario number {number}")
    return record


def name_of(who: Access, number: int) -> str:
    """The name of the scenario of a number. Raises ScenarioNotFound; NotAllowed for who reads nothing."""
    who.require(Right.READ)
    return find_record(number).name


def choices(who: Access, *, without: str = "") -> tuple[Choice, ...]:
    """Scenarios to choose from, newest first, without those put away."""
    who.require(Right.READ)
    rows = ScenarioRecord.objects.filter(archived_at__isnull=True).exclude(name=without).values_list("pk", "name")
    return tuple(Choice(*row) for row in rows)


def read_page(who: Access, number: int, *, against: int = 0) -> ScenarioPage:
    """One scenario against its parent, or against the one of number `against`."""
    who.require(Right.READ)
    record = find_record(number)
    (line,) = read_lines(who, [record])
    other = find_record(against) if against else record.parent
    scenarios = read_scenarios()
    root = find_root(record)
    held = effective_set(scenarios, record.name)
    found = diff(effective_set(scenarios, other.name), held) if other is not None else diff(frozenset(), held)
    shared = found.both if other is not None and other == record.parent else frozenset()
    rows = adjustments_by_id(who, found.only_a | found.only_b | shared)
    teller = teller_for(who)
    if line.digest:
        teller = replace(teller, effects=effects_of(plan_for(who, line.digest)))
    adds, drops, inherited = (
        tuple(teller.line(rows[id]) for id in sorted(ids & set(rows), key=lambda id: rows[id].seq))
        for ids in (found.only_b, found.only_a, shared)
    )
    return ScenarioPage(
        line=line,
        title=_title(line),
        assumptions=scenarios[record.name].assumptions,
        against=None if other is None else Choice(other.pk, other.name),
        adds=adds,
        drops=drops,
        inherited=inherited,
        hidden=len((found.only_a | found.only_b) - set(rows)),
        counts=_counts(adds, drops),
        others=choices(who, without=record.name),
        root=Choice(root.pk, root.name),
        history=_history(record.name),
        may_archive=not line.is_root
        and who.may(Right.BRANCH)
        and (record.opened_by_id == who.person or who.may_whole(Right.PUBLISH)),  # type: ignore[attr-defined]
        may_drop=not line.is_root and not line.is_archived and who.may(Right.BRANCH) and other == record.parent,
    )


def find_root(record: ScenarioRecord) -> ScenarioRecord:
    """The root that a scenario stands on."""
    name = lineage(read_scenarios(), record.name)[-1].name
    return ScenarioRecord.objects.get(name=name)


def _title(line: ScenarioLine) -> str:
    """What it does to the margin of its parent, else its name."""
    if line.is_root or line.margin == UNKNOWN:
        return line.name
    said = {"name": line.name, "margin": line.margin, "parent": line.parent}
    if line.margin == "0":
        return _("%(name)s: the margin of %(parent)s stays") % said
    return _("%(name)s: %(margin)s of margin against %(parent)s") % said


def _counts(adds: tuple[AdjustmentLine, ...], drops: tuple[AdjustmentLine, ...]) -> tuple[PersonKind, ...]:
    added, dropped = (Counter((line.by, line.title) for line in lines) for lines in (adds, drops))
    return tuple(PersonKind(by, kind, added[by, kind], dropped[by, kind]) for by, kind in sorted(added | dropped))


def _history(name: str) -> tuple[Happening, ...]:
    titles = people_titles()
    its_own = Q(object=f"scenario:{name}") | Q(after__source=name)
    found = AuditEntry.objects.filter(its_own, verb__in=VERBS).order_by("-seq")
    return tuple(
        Happening(_words(verb, name, after or {}), titles.get(actor, actor), at, because)
        for verb, actor, at, because, after in found.values_list("verb", "actor", "at", "because", "after")
    )


def _words(verb: str, name: str, after: Mapping[str, Any]) -> str:
    """What was done, of a merge also with what."""
    if verb in ("merge_scenario", "promote_scenario"):
        said = _("%(source)s joined %(into)s") if after["into"] == name else _("Joined %(into)s")
        return said % {"source": after["source"], "into": after["into"]}
    return str(VERBS[verb])


def number_of(name: str) -> int:
    """The number of a scenario of that name; ScenarioNotFound if there is none."""
    record = ScenarioRecord.objects.filter(name=name).first()
    if record is None:
        raise ScenarioNotFound(f"there is no scenario {name!r}")
    return int(record.pk)
