"""Methods and seasons pinned by planners: what they move, for whom, and what is said where they cannot."""

from datetime import date
from typing import get_args

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Scope, WrongAdjustment
from equipoise.demand.forecast import MEMBERS, SEASONS
from equipoise.demand.forecast_method import ForecastMethod, Method, Season
from equipoise.demand.tests.company import forecast_of, planned
from equipoise.demand.tests.test_plan_baseline import BASELINE, YEAR, joined, plan, sales

GROWING = [quantity * (1 + 0.01 * n) for n, quantity in enumerate(YEAR * 4)]
BOTH = joined(sales(GROWING), sales([2 * quantity for quantity in GROWING], item="axe"))


def pin(id="p", method="auto", season="auto", seq=1, **scope):
    return Adjustment(
        id, ForecastMethod(method, season), Scope(**scope), author="ann", reason="last year fits", seq=seq
    )


def both(*pins, **more):
    return plan(BOTH, items=("axe", "saw"), adjustments=pins, **more)


def posted(answer, cause):
    shape = answer[BASELINE].shape
    return sum((p.dense(shape) for p in answer.baseline.postings_of(BASELINE) if p.cause == cause), np.zeros(shape))


def test_the_words_are_those_of_the_forecast():
    assert get_args(Method) == ("auto", *MEMBERS)
    assert get_args(Season) == SEASONS
    with pytest.raises(WrongAdjustment, match="method 'prophet'"):
        ForecastMethod("prophet")
    with pytest.raises(WrongAdjustment, match="season 'moon'"):
        ForecastMethod(season="moon")
    assert ForecastMethod("naive").conflicts_with(ForecastMethod("theta"))
    assert not ForecastMethod("naive").conflicts_with(ForecastMethod("naive"))


def test_pinned_seasonal_naive_is_last_year_and_moves_nothing_else():
    free, pinned = both(), both(pin(method="seasonal naive", item="saw"))
    saw, axe = pinned.row("saw", "shop"), pinned.row("axe", "shop")
    assert pinned[BASELINE][saw] == pytest.approx(GROWING[-12:-6], abs=2**-20)
    assert np.array_equal(pinned[BASELINE][axe], free[BASELINE][axe])
    assert free[BASELINE][saw].sum() > pinned[BASELINE][saw].sum()


def test_it_posts_what_it_moved_and_the_postings_sum_to_the_baseline():
    free, pinned = both(), both(pin(method="seasonal naive", item="saw"))
    assert free.baseline.postings_of(BASELINE) == ()
    assert np.array_equal(posted(pinned, "forecast"), free[BASELINE])
    assert np.array_equal(posted(pinned, "p"), pinned[BASELINE] - free[BASELINE])


def test_the_last_pin_of_a_series_holds_whole():
    wide, narrow = pin("wide", method="naive", seq=1), pin("narrow", seq=2, item="axe")
    free, found = both(), both(narrow, wide)
    axe = found.row("axe", "shop")
    assert np.array_equal(found[BASELINE][axe], free[BASELINE][axe])
    assert not posted(found, "wide")[axe].any() and posted(found, "wide").any()
    later = both(wide, pin("later", season="flat", seq=3))
    assert [(f.code, f.where) for f in later.findings("DE2")] == [("DE202", "adjustment wide")]


def test_a_pin_counts_in_the_buckets_of_its_scope():
    free, found = both(), both(pin(method="naive", item="saw", first=date(2027, 3, 1), last=date(2027, 4, 30)))
    saw = found.row("saw", "shop")
    moved = found[BASELINE][saw] != free[BASELINE][saw]
    assert moved.tolist() == [False, False, True, True, False, False]


def test_what_cannot_be_pinned_is_a_finding():
    short = plan(sales(YEAR + YEAR[:2]), adjustments=[pin(method="seasonal autoregression")])
    free = plan(sales(YEAR + YEAR[:2]))
    (finding,) = short.findings("DE117")
    assert (finding.where, finding.message) == (
        "adjustment p",
        "seasonal autoregression for 1 of 1 series, first saw in shop",
    )
    assert np.array_equal(short[BASELINE], free[BASELINE])
    gone = plan(sales(YEAR * 3), adjustments=[pin(item="drill", method="naive")])
    assert [finding.where for finding in gone.findings("DE201")] == ["adjustment p"]


def test_an_imported_baseline_is_left_alone():
    tables = {"sales_history": sales(YEAR * 3), "forecast": forecast_of({"saw": [7.0] * 6})}

    answer = planned(
        items={"saw": "tools"}, tables=tables, policy={"baseline": "imported"}, adjustments=[pin(method="naive")]
    )
    assert answer[BASELINE].tolist() == [[7.0] * 6]
    assert [finding.message for finding in answer.findings("DE118")] == ["adjustments that have no effect: 1"]
