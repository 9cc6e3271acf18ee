"""What the page of a resource is made of: texts and drawings, nothing left to compute."""

from dataclasses import dataclass

from equipoise.plan import Plan
from equipoise_web.reads.capacity_chart import LoadChart
from equipoise_web.reads.capacity_effect_parts import EffectPart, Wanted
from equipoise_web.reads.capacity_ladder import LadderPart
from equipoise_web.reads.capacity_option_parts import OptionsPart


@dataclass(frozen=True)
class BucketRow:
    """A bucket of the chart as a row of its table."""

    label: str
    link: str
    asked: str
    pct: str
    rated: str
    planned: str
    overtime: str
    shift: str
    worth: str
    is_chosen: bool


@dataclass(frozen=True)
class FamilyLine:
    """What a family asks of the bucket."""

    name: str
    hours: str
    share: str
    share_pct: float
    per_hour: str
    gives_way: bool
    link: str


@dataclass(frozen=True)
class Figure:
    """One figure of the head."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True)
class ResourcePage:
    """All that the page shows."""

    plan: Plan
    code: str
    name: str
    title: str
    lead: str
    bucket: int
    bucket_label: str
    buckets: tuple[tuple[int, str], ...]
    figures: tuple[Figure, ...]
    chart: LoadChart
    chart_title: str
    rows: tuple[BucketRow, ...]
    families: tuple[FamilyLine, ...]
    families_title: str
    options: OptionsPart | None
    ladder: LadderPart | None
    """None where the person may not be told what options cost."""
    effect: EffectPart | None
    """None where regular hours have no limit that a change could move."""
    wanted: Wanted
    adjust_link: str
    why_link: str
    digest: str
    """Of the plan that the address names; blank for the one in force."""
