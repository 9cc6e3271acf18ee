"""Successors: history before the plan, forecast within it, never both; numbers by hand."""

from datetime import date

import numpy as np
import pytest

from equipoise.demand import forecast_series
from equipoise.demand.tests.company import forecast_of, months, planned
from equipoise.demand.tests.test_launches import history, launch, posted

BASELINE = "demand_baseline_qty"
OLD, NEXT, LAST = 1, 0, 2
ITEMS = {"next": "tools", "old": "tools", "ultra": "tools"}
"""Rows 0, 1 and 2; `old` passes to `next`, and `next` may pass to `ultra`."""


def plan(passed, *, sales, active=None, further=None, uoms=("piece",) * 3, tables=None, life=None, **more):
    """`passed` [6]: share of the days on which the demand of `old` is next's; `further`: next's that is ultra's."""
    succeeded, open_ = np.zeros((3, 6)), np.ones((3, 6))
    succeeded[OLD], open_[OLD] = passed, active if active is not None else 1.0 - np.array(passed)
    if further is not None:
        succeeded[NEXT], open_[NEXT] = further, 1.0 - np.array(further)
    items = {
        "item": ["next", "old", "ultra"],
        "uom": list(uoms),
        "successor": ["ultra" if further is not None else "", "next", ""],
    }
    return planned(
        items=ITEMS,
        tables={"items": items, "sales_history": history(**sales), **(tables or {})},
        active=open_,
        life={"succeeded": succeeded, **(life or {})},
        **more,
    )


def test_what_is_left_passes_to_the_successor():
    """60 a month, until the middle of March: 30 there, then nothing; the rest is the successor's."""
    answer = plan([0, 0, 0.5, 1, 1, 1], sales={"old": [60] * 24})
    assert answer[BASELINE][OLD] == pytest.approx([60, 60, 30, 0, 0, 0], abs=1e-4)
    assert answer[BASELINE][NEXT] == pytest.approx([0, 0, 30, 60, 60, 60], abs=1e-4)
    assert posted(answer, "succession:old")[NEXT] == pytest.approx([0, 0, 30, 60, 60, 60], abs=1e-4)
    assert answer.findings("DE106") == []  # nothing was taken out: it went on
    assert [f.message for f in answer.findings("DE101")] == ["1 series never sold, first ultra in shop"]


def test_an_established_successor_gains_on_top_of_its_own():
    answer = plan([0, 0, 0, 1, 1, 1], sales={"old": [60] * 24, "next": [100] * 24})
    assert answer[BASELINE][NEXT] == pytest.approx([100, 100, 100, 160, 160, 160], abs=1e-3)
    total = answer[BASELINE].sum(axis=0)
    assert total == pytest.approx([160] * 6, abs=1e-3)


def test_demand_of_a_gap_is_nobodys():
    """Ended with January, launched with March: February's 60 are gone."""
    answer = plan([0, 0, 1, 1, 1, 1], active=[1, 0, 0, 0, 0, 0], sales={"old": [60] * 24})
    assert answer[BASELINE].sum(axis=0) == pytest.approx([60, 0, 60, 60, 60, 60], abs=1e-4)
    assert [f.message for f in answer.findings("DE106")] == ["60 units of 1 series, first old in shop"]


def test_a_switch_behind_us_continues_the_history_and_passes_no_forecast():
    """Old sold until June 2026, next from July on: forecast as one line, once."""
    line = [float(50 + 10 * (n % 12 < 6)) for n in range(36)]
    sales = {"old": line[:30] + [0] * 6, "next": line[30:]}
    answer = plan([1] * 6, sales=sales)
    lines = np.array([line, sales["old"], [np.nan] * 36], dtype=float)
    expected = forecast_series(lines, 12, 6, levels=(), family=np.array([0, 0, 0]))
    assert answer[BASELINE][NEXT] == pytest.approx(expected.point[0], abs=1e-5)
    assert answer[BASELINE][OLD].tolist() == [0] * 6
    assert answer["demand_error_sd"][NEXT, 0] == pytest.approx(expected.sigma[0])
    assert posted(answer, "succession:old").any() is np.False_
    stored = answer.baseline.panel_of("history_ordered_qty")["history_ordered_qty"]
    assert stored[NEXT].tolist() == [0] * 30 + line[30:]


def test_units_are_converted_in_history_and_forecast():
    """The old one is counted in cases of 12 pieces."""
    uoms = {"uoms": {"item": ["next"], "uom": ["case"], "factor": [12.0]}}
    passing = plan([0, 0, 0, 1, 1, 1], sales={"old": [5] * 24}, uoms=("piece", "case", "piece"), tables=uoms)
    assert passing[BASELINE][NEXT] == pytest.approx([0, 0, 0, 60, 60, 60], abs=1e-3)
    behind = plan([1] * 6, sales={"old": [5] * 24}, uoms=("piece", "case", "piece"), tables=uoms)
    assert behind[BASELINE][NEXT] == pytest.approx([60] * 6, abs=1e-3)


def test_without_a_factor_nothing_is_continued():
    answer = plan([0, 0, 0, 1, 1, 1], sales={"old": [5] * 24}, uoms=("piece", "case", "piece"))
    assert not answer[BASELINE][NEXT].any()
    (found,) = answer.findings("DE144")
    assert found.message == "old is counted in case, its successor next in piece"


def test_a_chain_passes_everything_on_once():
    """old → next in February, next → ultra in May: 60 and 100 arrive."""
    answer = plan([0, 1, 1, 1, 1, 1], further=[0, 0, 0, 0.5, 1, 1], sales={"old": [60] * 24, "next": [100] * 24})
    assert answer[BASELINE][NEXT] == pytest.approx([100, 160, 160, 80, 0, 0], abs=1e-3)
    assert answer[BASELINE][LAST] == pytest.approx([0, 0, 0, 80, 160, 160], abs=1e-3)
    assert answer[BASELINE].sum(axis=0) == pytest.approx([160] * 6, abs=1e-3)
    assert answer.findings("DE106") == [] and answer.findings("DE145") == []


def test_a_chain_that_begins_behind_us():
    answer = plan([1] * 6, further=[0, 0, 0, 1, 1, 1], sales={"old": [60] * 20 + [0] * 4, "next": [0] * 20 + [60] * 4})
    assert answer[BASELINE][NEXT] == pytest.approx([60] * 3 + [0] * 3, abs=1e-3)
    assert answer[BASELINE][LAST] == pytest.approx([0] * 3 + [60] * 3, abs=1e-3)


def test_a_launch_that_states_the_successors_sales_is_all_of_them():
    """Next is launched with 90 a month: the 60 of old are in there."""
    ramp, steady = np.zeros((3, 6)), np.zeros((3, 6))
    ramp[NEXT, 3:], steady[NEXT, 3:] = 1.0, 90.0
    answer = plan(
        [0, 0, 0, 1, 1, 1], sales={"old": [60] * 24}, life={"ramp": ramp, "steady": steady},
        tables={"launches": launch(item="next")},
    )  # fmt: skip
    assert answer[BASELINE][NEXT].tolist() == [0, 0, 0, 90, 90, 90]
    assert [f.message for f in answer.findings("DE145")] == ["1 series, first old in shop, 180 units"]


def test_an_imported_forecast_passes_only_what_lies_after_the_end():
    """It says what is sold in a bucket, whole or not: March stays, April and later pass."""
    forecast = {"forecast": forecast_of({"old": [60, 60, 30, 60, 60, 60], "next": [0, 0, 25, 0, 0, 0]})}
    answer = plan([0, 0, 0.5, 1, 1, 1], sales={}, tables=forecast, policy={"baseline": "imported"})
    assert answer[BASELINE][OLD].tolist() == [60, 60, 30, 0, 0, 0]
    assert answer[BASELINE][NEXT].tolist() == [0, 0, 25, 60, 60, 60]


def test_errors_of_what_passes_add_as_variances():
    rng = np.random.default_rng(3)
    sales = {"old": list(rng.normal(60, 8, 36).round()), "next": list(rng.normal(100, 6, 36).round())}
    before = plan([0] * 6, sales=sales)["demand_error_sd"]
    after = plan([0, 0, 0, 0.5, 1, 1], sales=sales)["demand_error_sd"]
    own, old = before[NEXT, 0], before[OLD, 0]
    assert after[NEXT, :3] == pytest.approx([own] * 3)
    assert after[NEXT, 3] == pytest.approx(np.hypot(own, old / 2))
    assert after[NEXT, 4] == pytest.approx(np.hypot(own, old))
    assert after[OLD, 4] == 0
    alone = {"old": sales["old"]}
    heir, old = (plan(passed, sales=alone)["demand_error_sd"] for passed in ([0, 0, 0, 1, 1, 1], [0] * 6))
    assert heir[NEXT, 3:] == pytest.approx(old[OLD, 3:])


def test_the_order_of_rows_does_not_matter():
    sales = {"old": [60] * 24, "next": [100] * 24}
    table = history(**sales)
    turned = {name: column[::-1] for name, column in table.items()}
    first = plan([0, 0, 0, 1, 1, 1], sales=sales)
    second = plan([0, 0, 0, 1, 1, 1], sales=sales, tables={"sales_history": turned})
    assert first.baseline.digest == second.baseline.digest
    assert months(1) == [date(2027, 1, 1)]
