"""Scenarios as the engine knows them: sets of adjustments, and the question that one of them asks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment, Ruling
from equipoise.core.scenario import Scenario, effective, lineage
from equipoise.plan import fingerprint
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioEntry, ScenarioRecord


@dataclass(frozen=True)
class Question:
    """What a scenario asks: the snapshot of its root, the adjustments that stand, and the fingerprint of both."""

    scenario: str
    snapshot: str
    adjustments: tuple[Adjustment, ...]
    fingerprint: str


def read_scenarios() -> dict[str, Scenario]:
    """Every scenario by name, with what its entries add up to."""
    names = dict(ScenarioRecord.objects.values_list("pk", "name"))
    adds: dict[str, set[str]] = {name: set() for name in names.values()}
    drops: dict[str, set[str]] = {name: set() for name in names.values()}
    for scenario, adjustment, is_drop in ScenarioEntry.objects.values_list("scenario_id", "adjustment_id", "is_drop"):
        name = names[scenario]
        (drops if is_drop else adds)[name].add(adjustment)
        (adds if is_drop else drops)[name].discard(adjustment)
    return {
        name: Scenario(name, question, names.get(parent), frozenset(adds[name]), frozenset(drops[name]))
        for name, question, parent in ScenarioRecord.objects.values_list("name", "question", "parent_id")
    }


def question_of(name: str) -> Question:
    """What the scenario asks now; WrongScenario if there is none of that name."""
    (question,) = questions([name])
    return question


def questions(names: Iterable[str] | None = None) -> Iterator[Question]:
    """What scenarios ask now, all of them unless named; their rows are read once."""
    scenarios, rulings = read_scenarios(), read_rulings()
    snapshots = dict(ScenarioRecord.objects.values_list("name", "snapshot"))
    adjustments = {
        record.pk: adjustment_from_json(record.body, seq=record.seq) for record in AdjustmentRecord.objects.all()
    }
    for name in scenarios if names is None else names:
        snapshot = snapshots[lineage(scenarios, name)[-1].name]
        stand = effective(scenarios, name, adjustments, rulings)
        yield Question(name, snapshot, stand, fingerprint(snapshot, stand))


def read_rulings() -> list[Ruling]:
    """Every ruling in the order it was given."""
    rows = RulingRecord.objects.order_by("id").values_list("adjustment_id", "verdict", "by__username", "at", "because")
    return [Ruling(adjustment, verdict, by, at.isoformat(), because) for adjustment, verdict, by, at, because in rows]


def working_scenario() -> ScenarioRecord | None:
    """The root of the newest cycle: where the company works now."""
    return ScenarioRecord.objects.filter(parent__isnull=True).first()
