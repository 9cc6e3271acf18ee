"""Leading indicators: found with their lag where they lead, refused where they do not, never read ahead of time."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.demand.effects import INDICATOR
from equipoise.demand.indicators import Indicator, read_indicators
from equipoise.demand.tests.company import months, planned
from equipoise.demand.tests.effects_company import make

CLEANSED, BASELINE = "history_cleansed_qty", "demand_baseline_qty"
LEADS = f"{INDICATOR}index-0"


@pytest.fixture(scope="module")
def made():
    """The first of three indicators leads demand by three months with elasticity 2."""
    return make(5, history=84, indicators=3, elasticity=2.0, lag=3)


@pytest.fixture(scope="module")
def answer(made):
    return made.plan(tables=["indicators"])


def causes(answer, measure=CLEANSED):
    return {posting.cause for posting in answer.baseline.postings_of(measure)}


def test_the_indicator_that_leads_is_found_with_its_lag_and_strength(made, answer):
    assert {cause for cause in causes(answer) if cause.startswith(INDICATOR)} == {LEADS}
    said = [f.message for f in answer.findings("DE175")]
    assert len(said) == 2
    assert all("it leads by 3 buckets" in text for text in said), said
    rows = made.tables["indicators"]
    index = np.log(rows["value"][: 84 + 24])[24 - 3 :][:84]
    ordered, cleansed = answer["history_ordered_qty"], answer[CLEANSED]
    for row in range(len(ordered)):
        elasticity = np.polyfit(index, np.log(ordered[row] / cleansed[row]), 1)[0]
        assert elasticity == pytest.approx(2.0, abs=0.5)


def test_the_three_months_it_reaches_are_better_and_the_level_stays(made, answer):
    without = made.plan(policy={"indicators": "none"})
    rows = [answer.row(item, "shop") for item in made.items]
    error = [np.abs(a[BASELINE][rows][:, :3] - made.truth[:, :3]).sum() for a in (answer, without)]
    assert error[0] < 0.8 * error[1], error
    moved = sum(p.dense(answer[BASELINE].shape) for p in answer.baseline.postings_of(BASELINE) if p.cause == LEADS)
    ratio = moved / (answer[BASELINE] - moved)
    # beyond its reach no further change is assumed
    assert ratio[:, 2:] == pytest.approx(np.repeat(ratio[:, 2:3], 10, axis=1), rel=1e-6)
    assert np.abs(ratio[:, 0] - ratio[:, 1]).min() > 1e-6


def test_postings_add_up_and_can_be_taken_back(answer):
    for measure in (CLEANSED, BASELINE):
        total = np.sum([p.dense(answer[measure].shape) for p in answer.baseline.postings_of(measure)], axis=0)
        assert np.array_equal(total, answer[measure])
    taken = sum(p.dense(answer[CLEANSED].shape) for p in answer.baseline.postings_of(CLEANSED) if p.cause == LEADS)
    assert np.array_equal(answer[CLEANSED] - taken, answer["history_ordered_qty"])


def test_what_was_tried_in_vain_is_told():
    answer = make(11, indicators=2).plan(tables=["indicators"])
    (finding,) = answer.findings("DE176")
    assert finding.message.startswith("48 pairs of lag, indicator and family were tried; nearest: index-")
    assert answer.findings("DE175") == []
    assert np.array_equal(answer[BASELINE], make(11, indicators=2).plan()[BASELINE])


def test_the_short_way_to_findings_is_that_of_the_plan(made, answer):
    assert [f for f in made.indicator_findings() if f.code == "DE175"] == answer.findings("DE175")


def test_noise_is_refused_in_95_of_100_companies():
    """200 companies of three families with three indicators that lead nothing: in none may more than 5 % use any."""
    used = 0
    for seed in range(200):
        made = make(seed, history=60, horizon=1, families=3, per_family=1, noise=0.06, indicators=3)
        used += any(finding.code == "DE175" for finding in made.indicator_findings())
    assert used <= 10, f"{used} of 200"


def test_nothing_after_history_to_is_read(made):
    """Values of the indicator and sales of later days are poisoned: not a byte of the answer changes."""
    history_to = date(2026, 11, 30)
    answers = []
    for poison in (1.0, 1e6):
        tables = {name: dict(columns) for name, columns in made.tables.items()}
        for name, column in (("indicators", "value"), ("sales_history", "ordered_qty")):
            rows = tables[name]
            rows[column] = [
                value * (poison if day > history_to else 1.0)
                for day, value in zip(rows["date"], rows[column], strict=True)
            ]
        answers.append(replace(made, tables=tables).plan(tables=["indicators"], history_to=history_to))
    assert LEADS in causes(answers[0])
    assert answers[0].baseline.digest == answers[1].baseline.digest


def test_an_indicator_published_late_reaches_less_far(made):
    """Two months are missing: a lag of three knows one month ahead."""
    rows = made.tables["indicators"]
    kept = [n for n, day in enumerate(rows["date"]) if day < date(2026, 11, 1)]
    tables = {**made.tables, "indicators": {k: [v[n] for n in kept] for k, v in rows.items()}}
    late = replace(made, tables=tables).plan(tables=["indicators"])
    assert LEADS in causes(late)
    moved = sum(p.dense(late[BASELINE].shape) for p in late.baseline.postings_of(BASELINE) if p.cause == LEADS)
    ratio = moved / (late[BASELINE] - moved)
    assert ratio[:, 0:] == pytest.approx(np.repeat(ratio[:, :1], 12, axis=1), rel=1e-6)


def test_short_old_and_constant_indicators_are_told():
    days = months(-48)
    rows = {
        "indicator": [*["short"] * 12, *["old"] * 44, *["flat"] * 48],
        "date": [*days[-12:], *days[:44], *days],
        "value": [*range(12), *range(1, 45), *[7.0] * 48],
    }
    sales = {"item": ["saw"] * 48, "market": ["shop"] * 48, "date": days, "ordered_qty": [100.0] * 48}
    answer = planned(items={"saw": "tools"}, tables={"sales_history": sales, "indicators": rows})
    assert {f.where for f in answer.findings("DE177")} == {"indicator short", "indicator old", "indicator flat"}
    assert answer.baseline.postings == ()


def test_values_of_a_bucket_are_averaged_and_holes_carried(made):
    axes = made.plan().axes
    days = [day for day in months(-48) if day != date(2026, 6, 1)]
    rows = {"indicator": ["x"] * 48, "date": [*days, date(2026, 12, 15)], "value": [-5.0, *[1.0] * 45, 2.0, 4.0]}
    (found,), told = read_indicators(axes, conformed(table("indicators"), rows), first=-48, end=0)
    assert told == []
    assert not found.is_log, "values below 0 have no logarithm"
    raw = np.array([-5.0, *[1.0] * 46, 3.0])
    assert found.x == pytest.approx((raw - raw.mean()) / raw.std())


def test_a_lag_shifts_and_both_ends_are_carried_on():
    one = Indicator("x", np.array([np.nan, 1.0, 2.0, 3.0]), 0, True)
    assert one.led(2, 3).tolist() == [1, 1, 1, 1, 2, 3, 3]
