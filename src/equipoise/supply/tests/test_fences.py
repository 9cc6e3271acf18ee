"""The planning fence on Red Tomato: 31 days from the eve of January 2027 hold January."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.grid import QUANTITY_STEP
from equipoise.supply.plan_supply import plan_supply

FENCE = [{"item": "", "location": "", "demand_days": 0, "planning_days": 31}]


def archived(quantity, made=date(2026, 12, 1), item="tool", month=1):
    return {
        "made_date": made,
        "measure": "production_qty",
        "item": item,
        "date": date(2027, month, 1),
        "quantity": quantity,
    }


def released(quantity, due=date(2027, 1, 10)):
    return {
        "reference": "MO-1",
        "line": "1",
        "item": "tool",
        "location": "plant",
        "due_date": due,
        "quantity": quantity,
        "type": "production",
        "status": "released",
    }


@pytest.fixture
def planned(inputs, red_tomato):
    """Stage supply of Red Tomato with a fence and other tables."""

    def plan(**tables):
        given = {name: tables.pop(name) for name in ("as_of", "base") if name in tables}
        return plan_supply(inputs({**red_tomato(), "fences": FENCE, **tables}, **given))

    return plan


def made(section):
    return section.panel_of("production_qty")["production_qty"][0]


def codes(section):
    return {finding.code for finding in section.findings}


def test_inside_the_fence_the_plan_of_record_stands(planned):
    free, fixed = planned(fences=[]), planned(plan_archive=[archived(2000), archived(2222, month=2)])
    assert made(free)[0] > 2200
    assert made(fixed)[0] == pytest.approx(2000, abs=QUANTITY_STEP)
    assert made(fixed)[1] != pytest.approx(2222, abs=1)
    assert "SU123" not in codes(fixed)


def test_the_newest_plan_made_by_as_of_counts(planned):
    archive = [archived(1500, date(2026, 11, 1)), archived(2000), archived(1, date(2027, 1, 5))]
    assert made(planned(plan_archive=archive))[0] == pytest.approx(2000, abs=QUANTITY_STEP)


def test_firm_receipts_are_part_of_the_plan_of_record(planned):
    section = planned(plan_archive=[archived(2000)], receipts=[released(700)])
    assert section.panel_of("receipt_scheduled_qty")["receipt_scheduled_qty"][0, 0] == 700
    assert made(section)[0] == pytest.approx(1300, abs=QUANTITY_STEP)


def test_without_a_plan_of_record_firm_receipts_are_all_there_is(planned):
    section = planned(receipts=[released(700)])
    assert made(section)[0] == 0
    assert made(section)[1] > 0
    assert "SU123" not in codes(section)


def test_without_either_nothing_is_fixed_and_it_is_said(planned):
    free, loose = planned(fences=[]), planned()
    assert np.array_equal(made(free), made(loose))
    assert "SU123" in codes(loose)


def test_what_was_made_to_date_is_part_of_the_plan_of_record(planned):
    history = [
        {"item": "tool", "location": "plant", "date": date(2027, 1, 8), "quantity": 900},
        {"item": "tool", "location": "", "date": date(2027, 1, 9), "quantity": 100},
        {"item": "tool", "location": "plant", "date": date(2027, 1, 11), "quantity": 5000},
        {"item": "tool", "location": "plant", "date": date(2026, 12, 31), "quantity": 5000},
    ]
    section = planned(plan_archive=[archived(2000)], production_history=history, as_of=date(2027, 1, 10))
    assert section.panel_of("production_to_date_qty")["production_to_date_qty"][0].tolist() == [1000, 0, 0, 0, 0, 0]
    assert made(section)[0] == pytest.approx(1000, abs=QUANTITY_STEP)


def test_a_plan_of_record_that_cannot_be_kept_is_found(planned, red_tomato):
    crew = [{**red_tomato()["resources"][0], "max_workers": 80}]
    section = planned(plan_archive=[archived(9000)], resources=crew)
    assert "SU110" in codes(section)
    assert made(section)[0] == pytest.approx(3400, abs=1)  # 80 workers × 170 hours / 4


def test_a_fence_keeps_the_shape_of_the_base_plan(planned):
    base = planned(plan_archive=[archived(2000)])
    again = planned(plan_archive=[archived(2000)], base=base)
    assert np.array_equal(base.arrays["shape"], again.arrays["shape"])
    assert again.facts["objective_amount"] == pytest.approx(base.facts["objective_amount"])


def test_receipts_that_were_received_are_not_due_again(planned):
    open_line, closed = released(700), {**released(700), "received_date": date(2026, 12, 30)}
    scheduled = [
        planned(fences=[], receipts=[line]).panel_of("receipt_scheduled_qty")["receipt_scheduled_qty"].sum()
        for line in (open_line, closed)
    ]
    assert scheduled == [700, 0]


def test_receipts_due_before_the_plan_are_in_its_opening_stock(planned):
    section = planned(fences=[], receipts=[released(700, due=date(2026, 12, 20))], as_of=date(2026, 12, 10))
    assert not section.panel_of("receipt_scheduled_qty")["receipt_scheduled_qty"].any()
    overdue = planned(fences=[], receipts=[released(700, due=date(2026, 12, 5))], as_of=date(2026, 12, 10))
    assert overdue.panel_of("receipt_scheduled_qty")["receipt_scheduled_qty"][0, 0] == 700
