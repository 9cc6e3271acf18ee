"""Whatever is launched, taken and passed on: postings sum to the baseline, nothing falls below zero, demand stays."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.demand.tests.company import planned
from equipoise.demand.tests.test_launches import history

BASELINE = "demand_baseline_qty"
SHARES = st.lists(st.floats(0, 1), min_size=6, max_size=6).map(sorted)
SALES = st.lists(st.integers(0, 500).map(float), min_size=3, max_size=30)


def company(*, sales, ramp, steady, passed, pct, is_stated=True):
    """`new` is launched and takes from the family; `old` passes to `next`."""
    shape = (4, 6)
    codes = ["axe", "new", "next", "old"]
    ramps, steadies, succeeded, active = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.ones(shape)
    if is_stated:
        ramps[1], steadies[1] = ramp, steady
    succeeded[3], active[3] = passed, 1.0 - np.array(passed)
    tables = {
        "items": {"item": codes, "uom": ["piece"] * 4, "successor": ["", "", "", "next"]},
        "launches": {
            "item": ["new"], "market": ["shop"], "launch_date": [date(2027, 1, 1)], "cannibalized": ["tools"],
            "cannibalization_pct": [pct],
        },
        "sales_history": history(**sales),
    }  # fmt: skip
    life = {"ramp": ramps, "steady": steadies, "succeeded": succeeded}
    return planned(items=dict.fromkeys(codes, "tools"), tables=tables, active=active, life=life)


@settings(max_examples=40)
@given(SALES, SALES, SHARES, st.floats(0.1, 1e5), SHARES, st.floats(0, 100))
def test_every_unit_is_posted_and_none_is_negative(axe, old, ramp, steady, passed, pct):
    answer = company(sales={"axe": axe, "old": old}, ramp=ramp, steady=steady, passed=passed, pct=pct)
    baseline = answer[BASELINE]
    postings = answer.baseline.postings_of(BASELINE)
    assert is_on_grid(baseline, QUANTITY_STEP) and (baseline >= 0).all()
    if postings:
        assert np.array_equal(sum(posting.dense(baseline.shape) for posting in postings), baseline)
        assert [p.cause for p in postings if p.cause != "forecast"] == sorted(
            {p.cause for p in postings} - {"forecast"}
        )
    calm = company(sales={"axe": axe, "old": old}, ramp=ramp, steady=steady, passed=passed, pct=0.0)
    taken = calm[BASELINE].sum(axis=0) - baseline.sum(axis=0)
    assert (taken >= 0).all() and (taken <= calm[BASELINE][1] * pct / 100 + QUANTITY_STEP).all()


@settings(max_examples=40)
@given(SALES, SALES, SHARES)
def test_what_passes_on_is_neither_lost_nor_doubled(old, other, passed):
    """Unless all of it passed before the plan: then the history is continued, and forecast anew."""
    answer = company(
        sales={"old": old, "next": other}, ramp=[0] * 6, steady=0.0, passed=passed, pct=0.0, is_stated=False
    )
    stays = company(
        sales={"old": old, "next": other}, ramp=[0] * 6, steady=0.0, passed=[0.0] * 6, pct=0.0, is_stated=False
    )
    if passed[0] < 1.0:
        whole, split_ = stays[BASELINE].sum(axis=0), answer[BASELINE].sum(axis=0)
        assert np.abs(whole - split_).max() <= 4 * QUANTITY_STEP + 1e-9 * whole.max()
    assert not answer[BASELINE][3][np.array(passed) == 1.0].any()
