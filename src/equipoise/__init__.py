"""Equipoise: Sales & Operations Planning as a snapshot plus adjustments.

A company's data are sealed into a snapshot, everything people contribute are typed adjustments, and one pure function
computes the plan:

    from equipoise import read_dataset, gather, compute_plan
    plan = compute_plan(gather(read_dataset("examples/red_tomato")))
    plan.total("cost_total_amount")

Names are imported where they are first used, so `import equipoise` stays quick.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from equipoise.client import connect
    from equipoise.compare import compare
    from equipoise.contributors import contributors
    from equipoise.demand.forecast import forecast_series
    from equipoise.explain import explain
    from equipoise.gather import gather, open_snapshot
    from equipoise.intake import carry_over, correct, deliver, read_database, read_dataset
    from equipoise.performance import forecast_performance, plan_adherence, stairstep
    from equipoise.plan import compute_plan
    from equipoise.scorecard import moved_apart, scorecard
    from equipoise.store import read_snapshot, write_snapshot
    from equipoise.store_plans import read_plan, write_plan

__all__ = [
    "__version__",
    "carry_over",
    "compare",
    "compute_plan",
    "connect",
    "contributors",
    "correct",
    "deliver",
    "explain",
    "forecast_performance",
    "forecast_series",
    "gather",
    "moved_apart",
    "open_snapshot",
    "plan_adherence",
    "read_database",
    "read_dataset",
    "read_plan",
    "read_snapshot",
    "scorecard",
    "stairstep",
    "write_plan",
    "write_snapshot",
]

_WHERE = {
    "read_dataset": "equipoise.intake",
    "read_database": "equipoise.intake",
    "carry_over": "equipoise.intake",
    "deliver": "equipoise.intake",
    "correct": "equipoise.intake",
    "gather": "equipoise.gather",
    "open_snapshot": "equipoise.gather",
    "compute_plan": "equipoise.plan",
    "connect": "equipoise.client",
    "explain": "equipoise.explain",
    "compare": "equipoise.compare",
    "contributors": "equipoise.contributors",
    "forecast_performance": "equipoise.performance",
    "plan_adherence": "equipoise.performance",
    "stairstep": "equipoise.performance",
    "scorecard": "equipoise.scorecard",
    "moved_apart": "equipoise.scorecard",
    "read_snapshot": "equipoise.store",
    "write_snapshot": "equipoise.store",
    "read_plan": "equipoise.store_plans",
    "write_plan": "equipoise.store_plans",
    "forecast_series": "equipoise.demand.forecast",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a public name on first use."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")


class _Package(ModuleType):
    """`equipoise.gather` stays the function after the module of that name was imported, in whatever order."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _WHERE and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
