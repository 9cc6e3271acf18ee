"""Short ways to declare the measures of stage `kpis`.

A ratio is never stored and never averaged: at every level it is taken anew from the sums of its parts.
"""

from equipoise.core.measure import Grain, Measure, OverTime, Per, Unit


def part(
    name: str,
    grain: Grain,
    unit: Unit,
    label: str,
    meaning: str,
    *,
    over_time: OverTime = OverTime.SUM,
    nullable: bool = False,
) -> Measure:
    """A stored, additive part of a ratio."""
    return Measure(name, grain, unit, "kpis", label, meaning, over_time, nullable=nullable)


def ratio(
    name: str,
    grain: Grain,
    unit: Unit,
    label: str,
    meaning: str,
    *,
    of: tuple[str, str],
    per: Per | None = None,
    is_complement: bool = False,
) -> Measure:
    """numerator / denominator, in percent where that is its unit."""
    return Measure(
        name,
        grain,
        unit,
        "kpis",
        label,
        meaning,
        OverTime.NONE,
        ratio=of,
        scale=100.0 if unit is Unit.PERCENT else 1.0,
        is_complement=is_complement,
        per=per,
        nullable=True,
    )


def percent(
    name: str, grain: Grain, label: str, meaning: str, *, of: tuple[str, str], is_complement: bool = False
) -> Measure:
    """100 × numerator / denominator, or 100 × max(0, 1 − numerator / denominator)."""
    return ratio(name, grain, Unit.PERCENT, label, meaning, of=of, is_complement=is_complement)
