"""Verify a published plan: are its files as published, and does today's engine give the same answer to its question?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.compare import Comparison, compare
from equipoise.core.stage import Progress
from equipoise.plan import compute_plan
from equipoise.store_plans import PlanDamaged, read_plan


@dataclass(frozen=True, eq=False)
class Verification:
    """What a plan's own question gives today. `difference` is None where the bytes are the same."""

    published: str
    recomputed: str
    engine_then: str
    engine_now: str
    difference: Comparison | None

    @property
    def verdict(self) -> str:
        """`identical`, or `same question, engine changed`."""
        return "identical" if self.difference is None else "same question, engine changed"

    def as_json(self) -> dict[str, Any]:
        """Both digests and engines, and what differs (the shape of compare)."""
        return {
            "verdict": self.verdict,
            "published": {"digest": self.published, "engine": self.engine_then},
            "recomputed": {"digest": self.recomputed, "engine": self.engine_now},
            "difference": None if self.difference is None else self.difference.as_json(),
        }


def verify(folder: Path | str, *, progress: Progress | None = None) -> Verification:
    """Read the plan byte for byte, ask its question again, and compare the answers.

    Raises SnapshotDamaged or PlanDamaged where a file is not what was published, and PlanDamaged where the same engine
    gives other bytes: then the published answer is not the one this engine computed.
    """
    plan = read_plan(folder)
    again = compute_plan(plan.snapshot, plan.adjustments, progress=progress)
    if again.digest == plan.digest:
        return Verification(plan.digest, again.digest, plan.engine, again.engine, None)
    if again.engine == plan.engine:
        raise PlanDamaged(
            f"the engine that published answer {plan.digest[:12]} gives {again.digest[:12]} to the same question; "
            "publish the plan again from its snapshot"
        )
    return Verification(plan.digest, again.digest, plan.engine, again.engine, compare(plan, again))
