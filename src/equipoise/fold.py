"""The fold over the stages: from a snapshot and the adjustments that stand to sections, or to those on a shelf.

This is the only file that knows how stages follow each other. It knows nothing of planning.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from equipoise.codec import question_of
from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.identity import digest_json
from equipoise.core.knob import Policy
from equipoise.core.policy_change import SetPolicy
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs, Progress, Report, Stage
from equipoise.engine import engine
from equipoise.invariants import check_section
from equipoise.portfolio.build_axes import build_axes
from equipoise.stages import STAGES


class Shelf(Protocol):
    """Where sections are kept by key: memory in tests, disk in the product."""

    def get(self, key: str) -> Section | None:
        """The section kept under a key, or None."""
        ...

    def put(self, key: str, section: Section) -> None:
        """Keep a section."""
        ...


class MemoryShelf:
    """A shelf in memory."""

    def __init__(self) -> None:
        """Empty."""
        self.sections: dict[str, Section] = {}

    def get(self, key: str) -> Section | None:
        """The section kept under a key, or None."""
        return self.sections.get(key)

    def put(self, key: str, section: Section) -> None:
        """Keep a section."""
        self.sections[key] = section


@lru_cache(maxsize=8192)
def asked_of(adjustment: Adjustment) -> Mapping[str, Any]:
    """What an adjustment asks, worked out once: a fingerprint is taken of all that stand, with every edit."""
    return question_of(adjustment)


@lru_cache(maxsize=8192)
def _digest_of(adjustment: Adjustment) -> str:
    return digest_json(asked_of(adjustment))


def in_order(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Adjustments in the order they are applied: stage, phase, seq."""
    rank = {"policy": -1, **{stage.name: number for number, stage in enumerate(STAGES)}}
    return tuple(sorted(adjustments, key=lambda a: (rank[a.change.stage], *a.order)))


_AXES: WeakKeyDictionary[Snapshot, Axes] = WeakKeyDictionary()


def axes_of(snapshot: Snapshot) -> Axes:
    """The axes of a snapshot, built once for all plans on it: they follow from the snapshot alone."""
    if snapshot not in _AXES:
        _AXES[snapshot] = build_axes(snapshot)
    return _AXES[snapshot]


def policy_of(snapshot: Snapshot, adjustments: Iterable[Adjustment]) -> Policy:
    """The dataset's policy with what adjustments set over it."""
    policy = Policy.of(dict(snapshot.head.policy))
    for adjustment in adjustments:
        if isinstance(adjustment.change, SetPolicy):
            policy = policy.with_value(adjustment.change.knob, adjustment.change.value)
    return policy


NOTE = " · "
"""Parts the name of a stage from what is known of the step that runs."""


class Fold:
    """One run over the stages; holds what every stage of it shares."""

    def __init__(
        self,
        snapshot: Snapshot,
        axes: Axes,
        shelf: Shelf,
        progress: Progress | None,
        before: Mapping[str, Section] | None = None,
        *,
        look: Callable[[], None] | None = None,
    ) -> None:
        """Of a snapshot, with sections that `shelf` keeps; `before` are those of the same questions but for their
        adjustments, by the digest of the question. `look` is called many times while a step takes long."""
        self.look = look
        self.snapshot, self.axes, self.shelf = snapshot, axes, shelf
        self.before = {} if before is None else before
        self.progress = progress or (lambda _title, _done: None)
        self.axes_digest = axes.digest
        self.told = ("", 0.0)
        self.base_keys: dict[str, str] = {}

    def run(
        self, adjustments: tuple[Adjustment, ...], *, until: str = "", report: Report | None = None
    ) -> dict[str, Section]:
        """Sections by stage; stops after the stage `until`, whose own progress goes to `report`."""
        policy, first_policy = (policy_of(self.snapshot, each) for each in (adjustments, ()))
        sections: dict[str, Section] = {}
        keys: dict[str, str] = {}
        begin = 0
        for stage in STAGES:
            tell = (report if stage.name == until else None) or _ignore
            if not until:
                tell = partial(self._tell, stage, begin)
                tell(0.0)
            begin += stage.effort
            mine = tuple(a for a in adjustments if a.change.kind in stage.kinds)
            question = self.question(stage, policy, keys)
            key = key_of(question, mine)
            base = None
            if stage.needs_base and adjustments and stage.needs_base(policy, first_policy):
                first, tell = _halves(tell)
                base = self.run((), until=stage.name, report=first)[stage.name]
                if key == self.base_keys[stage.name]:
                    base = None  # nothing that the stage reads has changed: the base plan is the answer, found as that
                else:
                    key = digest_json([key, base.digest])
            keys[stage.name] = key
            if not adjustments:
                self.base_keys[stage.name] = key
            section = self.shelf.get(key)
            if section is None:
                before = self.before.get(question)
                inputs = Inputs(
                    stage, self.snapshot, self.axes, policy, mine, sections, base, before, tell, self._watch
                )
                section = stage.function(inputs)
                check_section(stage, inputs, section)
                self.shelf.put(key, section)
            sections[stage.name] = section
            if stage.name == until:
                break
        if not until:
            self.progress("Done", 1.0)
        return sections

    def _tell(self, stage: Stage, begin: int, share: float) -> None:
        self.told = stage.title, (begin + stage.effort * share) / sum(stage.effort for stage in STAGES)
        self.progress(*self.told)

    def _watch(self, note: str) -> None:
        """What was told last, with what is known of the step that runs."""
        title, share = self.told
        if note:
            self.progress(f"{title}{NOTE}{note}", share)
        if self.look is not None:
            self.look()

    def question(self, stage: Stage, policy: Policy, keys: Mapping[str, str]) -> str:
        """Digest of what a stage is asked but for its adjustments."""
        question: dict[str, Any] = {
            "engine": engine(),
            "stage": stage.name,
            "axes": self.axes_digest,
            "head": self.snapshot.head_digest,
            "tables": {name: self.snapshot.table_digests.get(name, "") for name in stage.tables},
            "knobs": {name: policy[name] for name in stage.knobs},
            "after": {name: keys[name] for name in stage.after},
        }
        return digest_json(question)


def key_of(question: str, mine: Iterable[Adjustment]) -> str:
    """The key of a section: what the stage is asked, with the adjustments that it applies."""
    return digest_json([question, [_digest_of(adjustment) for adjustment in mine]])


def _ignore(_share: float) -> None:
    """Tell nobody."""


def _halves(tell: Report) -> tuple[Report, Report]:
    """Reports of the two halves of a stage's work: the base plan, then what is asked."""
    return lambda share: tell(share / 2), lambda share: tell((1 + share) / 2)
