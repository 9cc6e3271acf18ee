"""The break-even ladder: textbook crossovers, a press shop by hand, and against brute force."""

from datetime import date

import numpy as np
import pytest

from equipoise import compute_plan, gather, read_dataset
from equipoise.balance.envelope import envelope
from equipoise.balance.ground import read_ground
from equipoise.balance.ladder import WrongSpan, break_even_ladder, crossover
from equipoise.balance.mix import Source, cheapest_mix
from equipoise.balance.tell_ladder import tell_ladder
from equipoise.balance.tests.press import LEVERS, TABLES, plan_of

LISTED = (
    LEVERS
    + "NIGHT,extra_shift,press,,,18,300,hour,30,60,,,\n"
    + "LINE-2,capex,press,,,0,2000,hour,120,200,,,\n"
    + "SWAP,schedule_change,press,,,0,,hour,0,5,,,\n"
)  # fmt: skip
PEAK = "item,market,date,quantity\n" + "".join(
    f"lid,retail,2027-{m:02d}-01,{q}\n" for m, q in enumerate((80, 120, 160, 230, 130, 90), start=1)
)
"""Hours short: 0, 20, 60, 130, 30, 0."""


@pytest.fixture
def ladder(tmp_path):
    ground = read_ground(plan_of(tmp_path, levers=LISTED, forecast=PEAK))
    return tell_ladder(ground, break_even_ladder(ground, 0))


def test_the_rungs_begin_where_their_costs_cross(ladder):
    """Over the 4 months that need hours, a month: overtime 6 an hour to 40; the night 75 + 8 an hour to 60; the line
    500. The night beside overtime: never alone, for 75 + 8·h < 6·h never holds; it enters at 40. The line: 240 + 75 +
    8·(h − 40) = 500 at 63.125 hours.
    """
    rungs = {each.option or each.lever: each for each in ladder.rungs}
    assert list(rungs) == ["overtime", "NIGHT", "LINE-2"] and ladder.over_buckets == 4
    assert rungs["overtime"].from_hours == 0.0 and rungs["NIGHT"].from_hours == 40.0
    assert rungs["LINE-2"].from_hours == pytest.approx(63.125)
    assert [each.hour_price for each in ladder.rungs] == [6.0, 8.0, 0.0]
    crossed = ladder.pieces[2]
    assert crossed.from_hours == pytest.approx(63.125) and (crossed.amount, crossed.hour_price) == (500.0, 0.0)


def test_every_month_stands_on_its_rung_with_its_last_day(ladder):
    rungs = {each.option or each.lever: each for each in ladder.rungs}
    assert [each.needed_hours for each in ladder.buckets] == [0, 20, 60, 130, 30, 0]
    assert [each.rungs for each in ladder.buckets] == [(), (0,), (0, 1), (2,), (0,), ()]
    assert [each.amount for each in ladder.buckets] == [0, 120, 240 + 75 + 160, 500, 180, 0]
    assert (rungs["overtime"].first_bucket, rungs["overtime"].order_by) == ("Feb 2027", "2027-02-01")
    assert (rungs["NIGHT"].first_bucket, rungs["NIGHT"].order_by, rungs["NIGHT"].late_days) == (
        "Mar 2027", "2027-01-30", 0)  # fmt: skip
    line = rungs["LINE-2"]
    assert (line.first_bucket, line.order_by, line.late_days) == ("Apr 2027", "2026-12-02", 29)
    assert line.earliest_bucket == "May 2027", "120 days after 31 December"


def test_what_is_paid_once_breaks_even_after_its_hours(ladder):
    """The line's 2,000 against overtime at 6: 333.3 hours, at the mean of 60 hours needed 5.6, so six months."""
    line = next(each for each in ladder.rungs if each.option == "LINE-2")
    assert (line.against, line.break_even_hours, line.break_even_buckets) == ("overtime", 2000 / 6, 6)
    night = next(each for each in ladder.rungs if each.option == "NIGHT")
    assert night.against is None and night.break_even_hours is None, "no rung is dearer an hour and costs less at once"


def test_the_longer_one_looks_the_sooner_the_line_pays(tmp_path):
    ground = read_ground(plan_of(tmp_path, levers=LISTED, forecast=PEAK))
    begins = []
    for over in (4, 12, 40):
        line = next(each for each in break_even_ladder(ground, 0, over=over).rungs if each.option.name == "LINE-2")
        begins.append(line.from_hours)
    # 2,000 over 12 months are 166.7: 6 an hour reach that at 27.8 hours. Over 40 months they are 50: at 8.3.
    assert begins == pytest.approx([63.125, 2000 / 12 / 6, 2000 / 40 / 6])
    with pytest.raises(WrongSpan, match="spread over 0 buckets"):
        break_even_ladder(ground, 0, over=0)


def test_a_hire_pays_against_overtime_from_the_third_month_on(request):
    """Red Tomato: overtime 6 an hour; a worker 4 an hour and 800 once for 160 hours a month, 5 for each: 4 + 5/n = 6 at
    n = 2.5 months."""
    plan = compute_plan(gather(read_dataset(request.config.rootpath / "examples" / "red_tomato")))
    ground = read_ground(plan)
    for over, begins_first in ((2, "overtime"), (3, "hire")):
        rungs = [each for each in break_even_ladder(ground, 0, over=over).rungs if each.option.lever != "subcontract"]
        by = {each.option.lever: each for each in rungs}
        cost = {name: each.each + each.once_each / over for name, each in by.items()}
        assert min(cost, key=cost.get) == begins_first
    hire = by["hire"]
    assert (hire.each, hire.once_each) == (4.0, 5.0)
    # Judged against the subcontractor, the cheapest hour that costs nothing once: 5 / (5 − 4) = 5 months of 2,400 h.
    assert (hire.break_even_buckets, hire.break_even_hours) == (5, 5 * 2_400)


def test_where_nothing_is_short_every_month_stands_on_regular_hours(tmp_path):
    flat = TABLES["forecast"].replace(",130", ",100")
    ground = read_ground(plan_of(tmp_path, forecast=flat, levers=LISTED))
    found = break_even_ladder(ground, 0)
    assert found.on == ((),) * 6 and found.mean_needed == 0.0 and found.over == 1
    assert all(each.first_bucket is None and each.order_by is None for each in found.rungs)
    assert found.pieces[-1].ends == 40 + 60 + 200, "told as far as all rungs together reach"


def test_crossovers_are_those_of_the_textbook():
    """Heizer & Render, chapter 7, example 1, Kleber Enterprises: 2,857 and 6,666 reports."""
    assert crossover(200_000, 60, 300_000, 25) == pytest.approx(2_857.14, abs=0.01)
    assert crossover(300_000, 25, 400_000, 10) == pytest.approx(6_666.67, abs=0.01)
    assert crossover(0, 5, 100, 5) == float("inf")


def test_the_envelope_is_the_least_of_every_mix():
    draw = np.random.default_rng(7)
    for _ in range(20):
        sources = [
            Source(
                tuple((float(q), float(c)) for q, c in zip(draw.integers(5, 50, 2), np.sort(draw.integers(1, 30, 2)),
                                                           strict=True)),
                float(draw.choice([0, 0, 50, 300])),
            )
            for _ in range(4)
        ]  # fmt: skip
        most = sum(each.most for each in sources) * 0.9
        pieces = envelope(sources, most=most)
        assert pieces[0].begins == 0.0 and pieces[-1].ends == pytest.approx(most)
        for piece in pieces:
            for hours in np.linspace(piece.begins, piece.ends, 4)[1:].tolist():
                told = piece.amount + (hours - piece.begins) * piece.slope
                assert told == pytest.approx(cheapest_mix(sources, hours).amount, abs=1e-4)


def test_the_last_day_is_that_of_the_first_bucket_on_the_rung(tmp_path):
    ground = read_ground(plan_of(tmp_path, levers=LISTED, forecast=PEAK))
    found = break_even_ladder(ground, 0)
    night = found.rungs[1]
    assert night.order_by == date(2027, 1, 30) and found.on[night.first_bucket] == (0, 1)
