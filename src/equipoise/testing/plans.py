"""Are two plans the same answer? If not: the first place where they differ."""

import numpy as np

from equipoise.core.section import Section
from equipoise.plan import Plan
from equipoise.stages import STAGES


def assert_plans_equal(a: Plan, b: Plan) -> None:
    """Pass if two plans give the same answer, bit for bit; else AssertionError names the first place that differs."""
    if a.digest == b.digest:
        return
    for stage in STAGES:
        difference = _difference(a, b, stage.name)
        if difference:
            raise AssertionError(f"plans differ first in stage {stage.name}: {difference}")
    raise AssertionError("plans differ in their digests, yet every stage agrees")


def _difference(a: Plan, b: Plan, stage: str) -> str:
    ours, theirs = a.sections[stage], b.sections[stage]
    if ours.digest == theirs.digest:
        return ""
    mine, yours = [{name for _, name in section.measures()} for section in (ours, theirs)]
    if mine != yours:
        return f"only one of them has {', '.join(sorted(mine ^ yours))}"
    for panel, name in ours.measures():
        other = theirs.panel_of(name)
        if panel[name].shape != other[name].shape or panel.first != other.first:
            return f"{name} has shape {panel[name].shape} and {other[name].shape}"
        if panel.keys.frame.rows() != other.keys.frame.rows():
            return f"{name} stands on other rows"
        differs = ~((panel[name] == other[name]) | (np.isnan(panel[name]) & np.isnan(other[name])))
        if differs.any():
            row, column = np.argwhere(differs)[0]
            where = f"{' · '.join(panel.keys.labels(row))}, {a.axes.calendar.label(panel.first + int(column))}"
            count = int(differs.sum())
            return f"{name} of {where} is {panel[name][row, column]!r} and {other[name][row, column]!r} ({count} cells)"
    return _difference_beside_numbers(ours, theirs)


def _difference_beside_numbers(ours: Section, theirs: Section) -> str:
    if dict(ours.facts) != dict(theirs.facts):
        return f"its facts are {dict(ours.facts)} and {dict(theirs.facts)}"
    found = sorted({f.message for f in ours.findings} ^ {f.message for f in theirs.findings})
    if found:
        return f"only one of them found: {found[0]}"
    return "the same numbers are posted to other causes"
