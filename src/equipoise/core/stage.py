"""A stage of the plan: a pure function from declared inputs to a section.

A stage declares what it reads. `Inputs` hands out nothing else, so the declaration is true, and a stage's cache key
(engine, upstream keys, digests of its tables, its knobs, the adjustments it applies) can never miss a dependency.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray
from equipoise.core.knob import KnobValue, Policy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot

Progress = Callable[[str, float], None]
"""Told the name of the stage and the share of the whole work done, 0 to 1."""
Report = Callable[[float], None]
"""Told the share of one stage's own work that is done, 0 to 1."""
Watch = Callable[[str], None]
"""Told what is known of a step that runs, blank if nothing; raises to end it."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What one stage may see."""

    stage: "Stage"
    snapshot: Snapshot
    axes: Axes
    policy: Policy
    adjustments: tuple[Adjustment, ...]
    sections: Mapping[str, Section]
    base: Section | None = None
    """This stage's section in the snapshot's base plan (no adjustments); None while the base itself is computed."""
    before: Section | None = None
    """This stage's section of the same question but for its adjustments, to take from it what comes out alike; the
    answer never depends on it."""
    report: Report = lambda _share: None
    """To be called by a stage that takes long; the answer never depends on it."""
    watch: Watch = lambda _note: None
    """To be called now and then within a step that takes long, by the thread that runs the stage; the same holds."""

    def table(self, name: str) -> pl.DataFrame:
        """A table the stage declared; without rows if the dataset does not have it."""
        assert name in self.stage.tables, f"stage {self.stage.name} does not declare table {name}"
        return self.snapshot.table(name)

    def has(self, name: str) -> bool:
        """True if a declared table holds rows."""
        assert name in self.stage.tables, f"stage {self.stage.name} does not declare table {name}"
        return self.snapshot.has(name)

    def knob(self, name: str) -> KnobValue:
        """A knob the stage declared."""
        assert name in self.stage.knobs, f"stage {self.stage.name} does not declare knob {name}"
        return self.policy[name]

    def panel(self, measure: str) -> Panel:
        """The panel that holds a measure of an upstream stage."""
        for name in self.stage.after:
            if measure in self.sections[name]:
                return self.sections[name].panel_of(measure)
        raise AssertionError(f"stage {self.stage.name} reads {measure}, which no stage it comes after makes")

    def measure(self, name: str) -> FloatArray:
        """Values of an upstream measure, [N, T]."""
        return self.panel(name)[name]

    def array(self, name: str) -> np.ndarray[Any, Any] | None:
        """What an upstream stage keeps beside its measures; None if none keeps it."""
        return next((self.sections[s].arrays[name] for s in self.stage.after if name in self.sections[s].arrays), None)

    def keys(self, grain: Grain) -> Keys:
        """Rows of a grain."""
        return self.axes.keys[grain]


@dataclass(frozen=True)
class Stage:
    """One entry of the fold."""

    name: str
    function: Callable[[Inputs], Section]
    tables: tuple[str, ...] = ()
    knobs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds of change it applies."""
    after: tuple[str, ...] = ()
    """Stages whose measures it reads."""
    needs_base: Callable[[Policy, Policy], bool] | None = None
    """Whether the answer starts from the base plan's arrays (the optimizer's basis), by the policy that is asked for
    and that of the base plan; None: never."""
    title: str = ""
    """What the progress bar says."""
    effort: int = 1
    """How much of the bar it takes, beside the other stages."""
    checks: tuple[Callable[[Inputs, Section], None], ...] = field(default=())
    """Identities that must hold; each raises AssertionError when broken."""
