"""Every worked example in cases// is computed anew; a planner adds one without Python."""

from pathlib import Path

import pytest

from equipoise.testing import Case, read_cases, run_case, shipped_cases

FILES = shipped_cases()
SUBJECTS = {"red_tomato", "demand_shaping", "rough_cut_capacity", "family_sheet", "forecasting", "disaggregation"}
CASES = [pytest.param(case, id=f"{file.stem}: {case.name}") for file in FILES for case in read_cases(file)]


def test_the_promised_subjects_are_there():
    assert {file.stem for file in FILES} >= SUBJECTS


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case):
    result = run_case(case)
    assert result.ok, f"{case.source}: expected {case.output} within {case.within:g}, got {result.got}"


def test_a_case_can_fail():
    case = Case("wrong", "by hand", "disaggregate", {"total": 3, "weights": [1, 1]}, [1, 1], 0.0, Path())
    assert not run_case(case).ok
