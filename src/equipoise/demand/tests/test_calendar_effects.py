"""Working days and Easter: found where they are, refused where they are not, exact and reversible, no look ahead."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.demand.effects import HOLIDAY, WORKING_DAYS
from equipoise.demand.forecast_method import ForecastMethod
from equipoise.demand.tests.effects_company import calendar_of, make

CLEANSED, BASELINE = "history_cleansed_qty", "demand_baseline_qty"
EASTER = f"{HOLIDAY}Easter"
TENTH_SHORTER = np.log(0.92) / np.log(0.90)
"""Elasticity of a month that is 10 % shorter and sells 8 % less."""


@pytest.fixture(scope="module")
def made():
    return make(7, working_days=TENTH_SHORTER, easter=0.2)


@pytest.fixture(scope="module")
def answer(made):
    return made.plan(tables=["calendars"])


def posted(answer, measure, cause, row):
    shape = answer[measure].shape
    found = [p.dense(shape)[row] for p in answer.baseline.postings_of(measure) if p.cause == cause]
    return sum(found, np.zeros(shape[1]))


def apart(values, period=12):
    """Less the mean of the same month of all years."""
    by_year = values.reshape(-1, period)
    return (by_year - by_year.mean(axis=0)).ravel()


def strength(answer, cause, values):
    """Elasticity by which history was divided, from what was posted to the first row."""
    row = 0
    ordered, cleansed = answer["history_ordered_qty"][row], answer[CLEANSED][row]
    others = [c for c in (WORKING_DAYS, EASTER) if c != cause]
    before = ordered + sum(posted(answer, CLEANSED, c, row) for c in others if c < cause)
    log = np.log(before / (before + posted(answer, CLEANSED, cause, row)))
    assert np.isfinite(cleansed).all()
    x = apart(values)
    return float(x @ log / (x @ x))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_month_a_tenth_shorter_sells_eight_percent_less(seed):
    answer = make(seed, working_days=TENTH_SHORTER).plan(tables=["calendars"])
    assert strength(answer, WORKING_DAYS, np.log(calendar_of(-72, 0).days)) == pytest.approx(TENTH_SHORTER, abs=0.3)
    assert len(answer.findings("DE170")) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_easter_takes_its_sales_to_march(seed):
    answer = make(seed, easter=0.25).plan(tables=["calendars"])
    share = dict(calendar_of(-72, 0).holidays)["Easter"]
    assert strength(answer, EASTER, share) == pytest.approx(0.25, abs=0.08)


@pytest.mark.parametrize(("bucket", "history"), [("week", 182), ("4-4-5", 84)])
def test_weeks_and_periods_too(bucket, history):
    """Monday to Sunday weeks, and fiscal periods of four and five weeks with a 53rd week now and then."""
    made = make(2, bucket=bucket, history=history, start=date(2027, 1, 4), families=1, working_days=1.0)
    answer, without = made.plan(tables=["calendars"]), made.plan()
    assert len(answer.findings("DE170")) == 1
    assert made.error(answer) < 0.9 * made.error(without)


def test_the_next_easter_is_in_the_plan(made, answer):
    # in 2027 Good Friday is 26 March and the window lies in March, in most years it lies in April
    moved = posted(answer, BASELINE, EASTER, 0)
    assert moved[2] > 0 > moved[3]
    assert np.abs(np.delete(moved, [2, 3])).max() == 0


def test_forecasts_of_months_to_come_are_better():
    ratios = []
    for seed in range(5):
        made = make(seed, working_days=TENTH_SHORTER, easter=0.25)
        with_it, without = made.plan(tables=["calendars"]), made.plan(policy={"calendar_effects": "none"})
        ratios.append(made.error(with_it) / made.error(without))
    assert np.mean(ratios) < 0.9, ratios
    assert max(ratios) < 1.02, ratios


def test_postings_add_up_to_the_last_digit(answer):
    for measure in (CLEANSED, BASELINE):
        postings = answer.baseline.postings_of(measure)
        total = np.sum([p.dense(answer[measure].shape) for p in postings], axis=0)
        assert np.array_equal(total, answer[measure])
        assert is_on_grid(answer[measure], QUANTITY_STEP)
        assert {WORKING_DAYS, EASTER} <= {p.cause for p in postings}


def test_taken_back_history_is_what_was_ordered(answer):
    shape = answer[CLEANSED].shape
    effects = [p.dense(shape) for p in answer.baseline.postings_of(CLEANSED) if p.cause != "history_ordered_qty"]
    assert np.array_equal(answer[CLEANSED] - np.sum(effects, axis=0), answer["history_ordered_qty"])


def test_without_a_calendar_of_its_markets_nothing_changes(made):
    plain = made.plan()
    named_otherwise = {**made.tables["calendars"], "calendar": ["works"] * len(made.tables["calendars"]["date"])}
    others = replace(made, tables={**made.tables, "calendars": named_otherwise})
    assert others.plan(tables=["calendars"]).baseline.digest == plain.baseline.digest
    off = made.plan(tables=["calendars"], policy={"calendar_effects": "none"})
    assert off.baseline.digest == plain.baseline.digest
    assert plain.baseline.postings == ()


def test_demand_that_follows_no_calendar_is_left_alone():
    used = sum(len(make(seed).plan(tables=["calendars"]).findings("DE170")) for seed in range(10))
    assert used <= 2, f"{used} of 20 families"


def test_a_calendar_of_two_years_is_too_short(made):
    tables = {**made.tables, "calendars": {k: v[-16:] for k, v in made.tables["calendars"].items()}}
    short = replace(made, tables=tables).plan(tables=["calendars"])
    assert [f.code for f in short.findings("DE17")] == ["DE172"]
    assert np.array_equal(short[BASELINE], made.plan()[BASELINE])


def test_buckets_beyond_the_calendar_have_no_effect(made):
    rows = made.tables["calendars"]
    kept = [n for n, day in enumerate(rows["date"]) if day.year < 2027]
    tables = {**made.tables, "calendars": {k: [v[n] for n in kept] for k, v in rows.items()}}
    ends = replace(made, tables=tables).plan(tables=["calendars"])
    assert ends.findings("DE173")[0].count == 12
    assert {p.cause for p in ends.baseline.postings_of(BASELINE)} <= {"forecast"}
    assert {WORKING_DAYS, EASTER} <= {p.cause for p in ends.baseline.postings_of(CLEANSED)}


def test_another_family_changes_no_forecast():
    """Also not one whose history reaches back twice as far."""
    small, other = make(3, working_days=0.8, easter=0.2), make(4, history=144, working_days=0.3)
    renamed = {f"z-{item}": f"z-{family}" for item, family in other.items.items()}
    sales = {k: [*small.tables["sales_history"][k], *v] for k, v in other.tables["sales_history"].items()}
    sales["item"][-144 * 12 :] = [f"z-{item}" for item in sales["item"][-144 * 12 :]]
    both = replace(small, items=small.items | renamed, tables={**small.tables, "sales_history": sales})
    alone, beside = small.plan(tables=["calendars"]), both.plan(tables=["calendars"])
    assert alone.findings("DE170")
    for item in small.items:
        mine, theirs = alone[BASELINE][alone.row(item, "shop")], beside[BASELINE][beside.row(item, "shop")]
        assert np.array_equal(mine, theirs), item


def test_a_scaled_series_has_a_scaled_forecast(made, answer):
    sales = dict(made.tables["sales_history"])
    sales["ordered_qty"] = [q * (64.0 if item == "item-0-0" else 1.0) for item, q in
                            zip(sales["item"], sales["ordered_qty"], strict=True)]  # fmt: skip
    scaled = replace(made, tables={**made.tables, "sales_history": sales}).plan(tables=["calendars"])
    factor = np.where(np.arange(12) == answer.row("item-0-0", "shop"), 64.0, 1.0)
    assert scaled[BASELINE] == pytest.approx(answer[BASELINE] * factor[:, None], rel=1e-6)


def test_a_pin_stands_before_the_effects(made, answer):
    pin = Adjustment("pin", ForecastMethod("theta"), Scope(item="item-0-0"), author="p", reason="r", seq=1)
    pinned = made.plan(tables=["calendars"], adjustments=[pin])
    causes = [p.cause for p in pinned.baseline.postings_of(BASELINE)]
    assert causes == ["forecast", "pin", WORKING_DAYS, EASTER]
    total = np.sum([p.dense(pinned[BASELINE].shape) for p in pinned.baseline.postings_of(BASELINE)], axis=0)
    assert np.array_equal(total, pinned[BASELINE])
    row = answer.row("item-0-1", "shop")
    assert np.array_equal(pinned[BASELINE][row], answer[BASELINE][row])


def test_an_imported_forecast_is_left_as_it_is(made):
    forecast = {"item": ["item-0-0"], "market": ["shop"], "date": [made.tables["sales_history"]["date"][-1]]}
    forecast = {**forecast, "date": [forecast["date"][0].replace(year=2027, month=3)], "quantity": [500.0]}
    given = replace(made, tables={**made.tables, "forecast": forecast})
    answer = given.plan(tables=["calendars", "forecast"], policy={"baseline": "imported"})
    assert answer[BASELINE][answer.row("item-0-0", "shop")].tolist() == [0, 0, 500, *[0] * 9]
