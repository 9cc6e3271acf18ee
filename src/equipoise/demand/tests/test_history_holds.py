"""Holds of history: a planner takes a cleaning back or says what was sold, and taking that back restores all."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope, WrongAdjustment
from equipoise.demand.history_hold import AS_SOLD, HistoryHold
from equipoise.demand.tests.company import months
from equipoise.demand.tests.test_cleansing import BASELINE, OCTOBER, adjusted, cleansed, history, plan
from equipoise.demand.tests.test_events import event
from equipoise.demand.tests.test_outliers import SEASONAL, noisy

AT = 20
DAY = months(-48)[AT]
WILD = np.where(np.arange(48) == AT, 4, 1) * noisy(SEASONAL)


def hold(amount=AS_SOLD, first=DAY, last=DAY, id="h", seq=1, item="saw", market="shop"):
    return Adjustment(id, HistoryHold(amount), Scope(item, market, first=first, last=last), reason="real", seq=seq)


def held(*holds, sales=None, **more):
    return plan(sales or history({"saw": WILD.tolist()}), adjustments=holds, **more)


def test_an_outlier_is_taken_back_and_comes_back():
    automatic, taken_back = held(), held(hold())
    assert adjusted(automatic, "outlier")[0, AT] < 0
    assert cleansed(taken_back) == WILD.tolist() and not adjusted(taken_back, "outlier").any()
    assert not taken_back.findings("DE16")
    assert held().baseline.digest == automatic.baseline.digest
    assert not np.array_equal(taken_back[BASELINE], automatic[BASELINE])
    elsewhere = held(hold(first=months(-48)[AT + 1], last=months(-48)[AT + 2]))
    assert elsewhere.baseline.digest == automatic.baseline.digest, "a hold of other buckets takes nothing back"


def test_a_planner_says_what_was_sold():
    answer = held(hold(Amount("set", 150.0)))
    assert cleansed(answer)[AT] == 150 and adjusted(answer, "h")[0, AT] == 150 - WILD[AT]
    assert np.flatnonzero(adjusted(answer, "h")[0]).tolist() == [AT]
    halved = held(hold(Amount("scale", -50.0)))
    assert cleansed(halved)[AT] == WILD[AT] / 2
    lower = held(hold(Amount("add", -100.0)))
    assert cleansed(lower)[AT] == WILD[AT] - 100


def test_what_is_said_of_several_buckets_is_shared_by_what_was_sold():
    answer = held(hold(Amount("set", 1000.0), first=months(-48)[4], last=months(-48)[5]))
    cells = cleansed(answer)[4:6]
    assert sum(cells) == 1000 and cells[0] / cells[1] == pytest.approx(WILD[4] / WILD[5], rel=1e-6)


def test_the_last_hold_of_a_bucket_counts():
    wide = hold(first=months(-48)[0], last=months(-48)[47], id="wide", seq=2)
    narrow = hold(Amount("set", 150.0), id="narrow", seq=1)
    assert cleansed(held(narrow, wide)) == WILD.tolist()
    later = hold(Amount("set", 150.0), id="narrow", seq=3)
    assert cleansed(held(wide, later))[AT] == 150
    assert [f.where for f in held(narrow, wide).findings("DE2") if "later holds" in f.message] == ["adjustment narrow"]


def test_an_event_is_taken_back_in_held_buckets_alone():
    days = (date(2026, 10, 1), date(2026, 11, 30))
    sales = history({"saw": [100, 100, 150, 150, 100]})
    promotion = event(days=days, uplift_pct=50, status="done")
    answer = plan(sales, promotion, adjustments=[hold(first=OCTOBER[0], last=OCTOBER[1])])
    assert cleansed(answer) == [100, 100, 150, 100, 100]
    assert adjusted(answer, "event:E1")[0].tolist() == [0, 0, 0, -50, 0]


def test_a_step_is_taken_back_where_history_is_held():
    step = np.round(np.where(np.arange(48) < 36, 1.0, 0.4) * noisy(SEASONAL))
    sales = history({"saw": step.tolist()})
    assert adjusted(plan(sales), "level_shift").any()
    answer = held(hold(first=None, last=months(-48)[35]), sales=sales)
    assert cleansed(answer) == step.tolist()


def test_a_hold_counts_where_the_policy_cleans_nothing():
    answer = held(hold(Amount("set", 150.0)), policy={"cleansing": "none"})
    assert cleansed(answer)[AT] == 150 and adjusted(answer, "h")[0, AT] == 150 - WILD[AT]


def test_other_items_and_markets_keep_theirs():
    sales = history({"saw": WILD.tolist(), "axe": WILD.tolist()})
    answer = held(hold(), sales=sales)
    assert cleansed(answer, "saw") == WILD.tolist() and cleansed(answer, "axe")[AT] < WILD[AT] / 2


def test_what_cannot_be_held_is_refused_and_told():
    for wrong in (hold(item="spade"), hold(first=date(2028, 1, 1), last=date(2028, 1, 31)), hold(Amount("add", -1e6))):
        answer = held(wrong)
        assert [f.where for f in answer.findings() if f.severity == "error"] == ["adjustment h"], wrong
        assert answer["demand_baseline_qty"].tolist() == held()[BASELINE].tolist()


def test_a_hold_says_what_it_may():
    with pytest.raises(WrongAdjustment, match="below 0"):
        HistoryHold(Amount("set", -1.0))
    assert HistoryHold(Amount("set", 1.0)).conflicts_with(HistoryHold())
    assert not HistoryHold().conflicts_with(HistoryHold())
