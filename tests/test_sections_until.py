"""Sections of a changed question up to a stage: the plan's own where nothing changed, else as a whole plan has them."""

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise import compute_plan, gather, read_dataset
from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.demand.changes import DemandOverride
from equipoise.finance.changes import ChangePrice
from equipoise.plan import sections_until

TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"
MORE = Adjustment("more", DemandOverride(Amount("scale", 10.0)), Scope(item="tool"), seq=1)
DEARER = Adjustment("dearer", ChangePrice(Amount("add", 1.0)), Scope(item="tool"), seq=2)


@pytest.fixture(scope="module")
def plan():
    return compute_plan(gather(read_dataset(TOMATO)))


def test_nothing_changed_is_the_plans_own(plan):
    sections = sections_until(plan, (), until="demand")
    assert list(sections) == ["portfolio", "prices", "baseline", "demand"]
    assert all(section is plan.sections[name] for name, section in sections.items())


def test_a_change_is_computed_as_the_whole_plan_computes_it(plan):
    sections = sections_until(plan, (MORE, DEARER), until="demand")
    whole = compute_plan(plan.snapshot, (MORE, DEARER))
    assert {name: section.digest for name, section in sections.items()} == {
        name: whole.sections[name].digest for name in sections
    }
    assert sections["baseline"] is plan.sections["baseline"]
    assert sections["prices"] is not plan.sections["prices"]


def test_a_plan_with_adjustments_is_a_start_too(plan):
    changed = compute_plan(plan.snapshot, (MORE,))
    sections = sections_until(changed, (MORE, DEARER), until="demand")
    assert sections["demand"] is changed.sections["demand"]
    without = sections_until(changed, (), until="demand")
    assert without["demand"].digest == plan.sections["demand"].digest


def test_stages_from_supply_on_are_not_for_estimates(plan):
    with pytest.raises(AssertionError, match="starts from the base plan"):
        sections_until(plan, (replace(MORE, id="other"),), until="supply")
