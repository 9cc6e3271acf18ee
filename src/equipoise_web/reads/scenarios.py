"""The question that a scenario asks, and the scenario in which the company works."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equipoise.core.adjustment import Adjustment, in_force
from equipoise.core.scenario import effective, lineage
from equipoise.plan import fingerprint
from equipoise_web.expiry import days_asked
from equipoise_web.records.models import ScenarioRecord
from equipoise_web.scenarios import all_adjustments, read_rulings, read_scenarios, scenario_records


@dataclass(frozen=True)
class Question:
    """What a scenario asks: the snapshot of its root, the adjustments that stand, and the fingerprint of both."""

    scenario: str
    snapshot: str
    adjustments: tuple[Adjustment, ...]
    fingerprint: str


def question_of(name: str) -> Question:
    """What the scenario asks now; WrongScenario if there is none of that name."""
    (question,) = questions([name])
    return question


def questions(names: Iterable[str] | None = None) -> Iterator[Question]:
    """What scenarios ask now, all of them unless named; their rows are read once. Holds that ran out are left out."""
    records = scenario_records()
    scenarios, rulings = read_scenarios(records=records), read_rulings()
    snapshots = {each.name: each.snapshot for each in records}
    adjustments, days = all_adjustments(), days_asked(scenarios, records)
    for name in scenarios if names is None else names:
        snapshot = snapshots[lineage(scenarios, name)[-1].name]
        stand = in_force(effective(scenarios, name, adjustments, rulings), days[name])
        yield Question(name, snapshot, stand, fingerprint(snapshot, stand))


def working_scenario() -> ScenarioRecord | None:
    """The root of the newest cycle: where the company works now."""
    return ScenarioRecord.objects.filter(parent__isnull=True).first()


def root_names() -> tuple[str, ...]:
    """Names of the roots of all cycles, newest first."""
    return tuple(ScenarioRecord.objects.filter(parent__isnull=True).values_list("name", flat=True))
