"""The baseline of launches and what they take from others; every expected number is worked out beside it."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.demand.item_life import FORECAST
from equipoise.demand.launches import takeover_buckets
from equipoise.demand.tests.company import forecast_of, months, planned

BASELINE = "demand_baseline_qty"
ITEMS = {"axe": "tools", "new": "tools", "saw": "tools"}
"""In the order of their rows."""
NEW, FLAT = 1, [0, 0.5, 1, 1, 1, 1]
SEASON = [0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1.5, 1.5, 1.5, 1.5]


def history(**series):
    """Monthly sales by item, the last in December 2026."""
    cells = [(item, "shop", day, q) for item, qs in series.items() for day, q in zip(months(-len(qs)), qs, strict=True)]
    return {name: [cell[n] for cell in cells] for n, name in enumerate(("item", "market", "date", "ordered_qty"))}


def launch(**columns):
    row = {"item": "new", "market": "shop", "launch_date": date(2027, 2, 1), **columns}
    return {name: [value] for name, value in row.items()}


def row_of_new(values, n=3, width=6):
    table = np.zeros((n, width))
    table[NEW, -len(values) :] = values
    return table


def plan(*, ramp=FLAT, steady=0.0, sales=None, active=None, first=0, row=None, items=ITEMS, **more):
    """The stage for the item `new`, launched in February 2027 unless said otherwise."""
    ramps = row_of_new(ramp, width=6 - first)
    steadies = row_of_new([steady if share else 0.0 for share in ramps[NEW, -6:]])
    open_ = np.ones((3, 6))
    if active is not None:
        open_[NEW] = active
    life = {"ramp": ramps, "ramp_first": first, "steady": steadies}
    tables = {
        "items": {"item": list(ITEMS), "uom": more.pop("uoms", ["piece"] * 3)},
        "launches": launch(**(row or {})),
        "sales_history": history(**(sales or {"axe": [40] * 24, "saw": [60] * 24})),
        **more.pop("tables", {}),
    }
    return planned(items=items, tables=tables, active=open_, life=life, **more)


def new(answer, measure=BASELINE):
    return answer[measure][NEW].round(6).tolist()


def posted(answer, cause):
    found = [p.dense(answer[BASELINE].shape) for p in answer.baseline.postings_of(BASELINE) if p.cause == cause]
    return sum(found, np.zeros(answer[BASELINE].shape))


def test_steady_sales_times_ramp_times_active_share():
    """Half of February's days and half of the ramp: 100 × 0.5 × 0.5; from March on all."""
    answer = plan(steady=100.0, active=[0, 0.5, 1, 1, 1, 1])
    assert new(answer) == [0, 25, 100, 100, 100, 100]
    assert np.array_equal(posted(answer, "launch:new")[NEW], answer[BASELINE][NEW])
    assert answer.findings("DE1") == []


def test_like_item_and_factor_give_the_level():
    """The saw sells 60 a month: half of it is 30, in February half of that."""
    answer = plan(row={"like_item": "saw", "like_factor_pct": 50.0})
    assert answer[BASELINE][NEW] == pytest.approx([0, 15, 30, 30, 30, 30], abs=1e-5)
    whole = plan(row={"like_item": "saw"})
    assert whole[BASELINE][NEW] == pytest.approx([0, 30, 60, 60, 60, 60], abs=1e-5)


def test_steady_sales_follow_the_season_of_the_like_item():
    """Three years of a saw that sells 100 on average: index 0.5 until April, then 1."""
    sales = {"axe": [40] * 36, "saw": [100 * s for s in SEASON] * 3}
    answer = plan(ramp=[1] * 6, steady=200.0, row={"like_item": "saw"}, sales=sales)
    assert answer[BASELINE][NEW] == pytest.approx([100, 100, 100, 100, 200, 200], rel=1e-3)


def test_else_the_season_of_the_family_else_none():
    """The family sells axes and saws with the same year."""
    sales = {"axe": [100 * s for s in SEASON] * 3, "saw": [300 * s for s in SEASON] * 3}
    assert plan(ramp=[1] * 6, steady=200.0, sales=sales)[BASELINE][NEW] == pytest.approx(
        [100, 100, 100, 100, 200, 200], rel=1e-3
    )
    strangers = {"axe": "a", "new": "b", "saw": "c"}
    assert new(plan(ramp=[1] * 6, steady=200.0, sales=sales, items=strangers)) == [200] * 6
    short = {"axe": [40] * 6, "saw": [60] * 6}
    assert new(plan(ramp=[1] * 6, steady=200.0, sales=short)) == [200] * 6


@pytest.mark.parametrize(("sold", "weight"), [(0, 0.0), (2, 2 / 6), (3, 0.5), (6, 1.0), (9, 1.0)])
def test_the_own_forecast_takes_over_in_half_a_year_after_the_ramp(sold, weight):
    """Planned at 100, it sells 40 a month once the ramp of two buckets is over: w = sold buckets / 6."""
    first = -2 - sold
    ramp = [0.2, 0.5, *[1.0] * (sold + 6)]
    own = [5, 9, *[40] * sold] if sold else [5, 9]
    answer = plan(ramp=ramp, first=first, steady=100.0, sales={"axe": [40] * 24, "saw": [60] * 24, "new": own})
    assert takeover_buckets(12) == 6
    assert answer[BASELINE][NEW] == pytest.approx(np.full(6, weight * 40 + (1 - weight) * 100), rel=1e-3)
    assert posted(answer, FORECAST)[NEW] == pytest.approx(np.full(6, weight * 40), rel=1e-3)


def test_sales_of_the_ramp_do_not_train():
    """Sales that rise through the ramp are no growth: after it 40, and 40 is what the own forecast says."""
    answer = plan(
        ramp=[0.1, 0.4, 0.7, *[1.0] * 12], first=-9, steady=40.0,
        sales={"axe": [40] * 24, "saw": [60] * 24, "new": [4, 16, 28, *[40] * 6]},
    )  # fmt: skip
    assert answer[BASELINE][NEW] == pytest.approx(np.full(6, 40.0), abs=1e-4)


def test_cannibalization_takes_its_share_in_proportion():
    """A quarter of 100 is taken from axes and saws, 40 to 60: 10 and 15; in February half of it."""
    answer = plan(steady=100.0, row={"cannibalized": "tools", "cannibalization_pct": 25.0})
    assert answer[BASELINE][0] == pytest.approx([40, 35, 30, 30, 30, 30], abs=1e-4)
    assert answer[BASELINE][2] == pytest.approx([60, 52.5, 45, 45, 45, 45], abs=1e-4)
    assert new(answer) == [0, 50, 100, 100, 100, 100]
    taken = posted(answer, "launch:new")
    assert taken.sum(axis=0) == pytest.approx([0, 37.5, 75, 75, 75, 75], abs=1e-4)
    whole = sum(p.dense((3, 6)) for p in answer.baseline.postings_of(BASELINE))
    assert np.array_equal(whole, answer[BASELINE])


def test_cannibalization_stops_at_zero_and_says_so():
    answer = plan(ramp=[1] * 6, steady=100.0, row={"cannibalized": "axe", "cannibalization_pct": 100.0})
    assert answer[BASELINE][0].tolist() == [0] * 6
    assert answer[BASELINE][2] == pytest.approx([60] * 6, abs=1e-4)
    (found,) = answer.findings("DE143")
    assert found.message == "1 launches, first new in shop: 360 units are not there"


def test_items_in_another_unit_lose_nothing():
    row = {"cannibalized": "tools", "cannibalization_pct": 10.0}
    answer = plan(ramp=[1] * 6, steady=100.0, row=row, uoms=["kg", "piece", "piece"])
    assert answer[BASELINE][0] == pytest.approx([40] * 6, abs=1e-4)
    assert answer[BASELINE][2] == pytest.approx([50] * 6, abs=1e-4)
    assert [f.message for f in answer.findings("DE148")] == ["first new from tools"]


def test_items_in_another_unit_lose_by_their_factor():
    """A crate of 2 axes: 40 crates weigh as 80 pieces beside 60 saws; of 10 pieces they lose 5.71, in crates 2.86."""
    row = {"cannibalized": "tools", "cannibalization_pct": 10.0}
    factor = {"uoms": {"item": ["axe"], "uom": ["piece"], "factor": [0.5]}}
    answer = plan(ramp=[1] * 6, steady=100.0, row=row, uoms=["crate", "piece", "piece"], tables=factor)
    assert answer[BASELINE][0] == pytest.approx([40 - 10 * 80 / 140 / 2] * 6, abs=1e-4)
    assert answer[BASELINE][2] == pytest.approx([60 - 10 * 60 / 140] * 6, abs=1e-4)
    assert not answer.findings("DE148")


def test_a_like_item_in_another_unit():
    """A case of 12: 60 cases a month are 720 pieces."""
    factor = {"uoms": {"item": ["new"], "uom": ["case"], "factor": [12.0]}}
    row, uoms = {"like_item": "saw"}, ["piece", "piece", "case"]
    known = plan(ramp=[1] * 6, row=row, uoms=uoms, tables=factor)
    assert known[BASELINE][NEW] == pytest.approx([720] * 6, abs=1e-3)
    unknown = plan(ramp=[1] * 6, row=row, uoms=uoms)
    assert unknown[BASELINE][NEW] == pytest.approx([60] * 6, abs=1e-4)
    assert [f.code for f in unknown.findings("DE147")] == ["DE147"]


@pytest.mark.parametrize("like", ["", "spade", "new"])
def test_a_launch_without_a_level_is_told(like):
    answer = plan(row={"like_item": like})
    assert new(answer) == [0] * 6
    codes = [f.code for f in answer.findings("DE14")]
    assert codes == (["DE140", "DE141"] if like else ["DE140"])


def test_an_imported_forecast_of_the_launched_item_counts_alone():
    forecast = {"forecast": forecast_of({"axe": [40] * 6, "new": [7] * 6, "saw": [60] * 6})}
    row = {"cannibalized": "tools", "cannibalization_pct": 25.0}
    answer = plan(steady=100.0, row=row, tables=forecast, policy={"baseline": "imported"})
    assert answer[BASELINE].tolist() == [[40] * 6, [7] * 6, [60] * 6]
    assert [f.code for f in answer.findings("DE142")] == ["DE142"]


def test_an_imported_forecast_that_does_not_know_the_launch():
    forecast = {"forecast": forecast_of({"axe": [40] * 6, "saw": [60] * 6})}
    answer = plan(row={"like_item": "saw"}, tables=forecast, policy={"baseline": "imported"})
    assert new(answer) == [0, 30, 60, 60, 60, 60]


def test_the_error_of_a_launch_is_that_of_its_like_item_or_family():
    """As uncertain in percent as the like item: half its level, half its deviation; in February half of that."""
    rng = np.random.default_rng(5)
    sales = {"axe": [40] * 36, "saw": list(rng.normal(100, 15, 36).round())}
    answer = plan(row={"like_item": "saw", "like_factor_pct": 50.0}, sales=sales)
    saw, error = answer["demand_error_sd"][2], answer["demand_error_sd"][NEW]
    relative = saw[0] / answer[BASELINE][2].mean()
    assert error == pytest.approx(relative * answer[BASELINE][NEW], rel=1e-4)
    of_family = plan(ramp=[1] * 6, steady=50.0, sales=sales)
    others = [answer["demand_error_sd"][n, 0] / answer[BASELINE][n].mean() for n in (0, 2)]
    assert others[0] == pytest.approx(0, abs=1e-3)
    expected = sum(others) / 2 * of_family[BASELINE][NEW]
    assert of_family["demand_error_sd"][NEW] == pytest.approx(expected, rel=1e-3)


def test_a_launch_while_the_data_stand_before_the_plan():
    """History ends in October: November and December are bridged, the launch of November is in them."""
    sales = history(axe=[40] * 24, saw=[60] * 24)
    kept = [day < date(2026, 11, 1) for day in sales["date"]]
    sales = {name: [v for v, keep in zip(column, kept, strict=True) if keep] for name, column in sales.items()}
    ramp = row_of_new([0.5, *[1.0] * 7], width=8)
    answer = planned(
        items=ITEMS,
        tables={"items": {"item": list(ITEMS)}, "launches": launch(), "sales_history": sales},
        life={"ramp": ramp, "ramp_first": -2, "steady": row_of_new([100.0] * 6)},
        history_to=date(2026, 10, 31),
        as_of=date(2026, 10, 31),
    )
    bridge = answer.baseline.panel_of("demand_bridge_qty")
    assert bridge.first == -2
    assert bridge["demand_bridge_qty"][NEW].tolist() == [50, 100]
    assert new(answer) == [100] * 6


def test_nothing_launched_leaves_no_postings():
    answer = plan(ramp=[0] * 6)
    assert answer.baseline.postings == ()
    assert answer.axes.keys[Grain.DEMAND].labels(NEW)[0] == "new"
