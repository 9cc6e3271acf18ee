"""Forecasts of closed buckets against orders: by source, lag, level and time, each number worked by hand."""

import pytest

from equipoise.core.table import UnknownName
from equipoise.kpi.compared import UnknownForecast
from equipoise.performance import archived_sources, forecast_performance, stairstep
from equipoise.rollup import CannotRollUp
from kpi_company import company, day, eve, forecasts, history, rows

SOLD = [("saw", "north", month, units) for month, units in zip((1, 2, 3, 4), (100, 200, 50, 150), strict=True)]
SAID = [
    (eve(month), "consensus", "saw", "north", month, units)
    for month, units in zip((1, 2, 3, 4), (110, 180, 60, 150), strict=True)
]


def one(frame):
    (row,) = frame.rows(named=True)
    return row


def planned(*said, sold=SOLD, **more):
    return company(sales_history=history(*sold), forecast_archive=forecasts(*said), **more)


def test_every_measure_of_one_forecast():
    row = one(forecast_performance(planned(*SAID), by=()))
    assert row["cells"] == 4
    assert (row["forecast_qty"], row["actual_qty"], row["error_qty"], row["error_abs_qty"]) == (500, 500, 0, 40)
    assert (row["wape_pct"], row["accuracy_pct"], row["bias_pct"]) == (8, 92, 0)
    assert row["mape_pct"] == pytest.approx((10 + 10 + 20 + 0) / 4)
    assert row["rmse_qty"] == pytest.approx((600 / 4) ** 0.5)
    assert (row["rsfe_qty"], row["mad_qty"], row["tracking_signal"], row["is_biased"]) == (0, 10, 0, False)
    assert row["mase_ratio"] is None  # nothing was sold before the first compared bucket


def test_the_signs_of_bias_and_tracking_signal_are_opposite():
    too_high = [(made, source, item, market, month, units + 50) for made, source, item, market, month, units in SAID]
    row = one(forecast_performance(planned(*too_high), by=()))
    assert row["bias_pct"] == 40  # F − A
    assert (row["rsfe_qty"], row["tracking_signal"]) == (-200, pytest.approx(-4.0))  # A − F
    assert row["p"] < 0.05
    assert not row["is_biased"]  # four buckets cannot pass the limit of ±4


def test_a_forecast_counts_at_its_own_lag_only():
    early = [(day(1, 15), "consensus", "saw", "north", 3, 90), (day(1, 15), "consensus", "saw", "north", 4, 100)]
    plan = planned(*early)
    assert one(forecast_performance(plan, by=(), lag=1))["cells"] == 0
    assert one(forecast_performance(plan, by=(), lag=2))["error_qty"] == 40
    assert one(forecast_performance(plan, by=(), lag=3))["error_qty"] == -50


def test_levels_times_and_markets():
    sold = [*SOLD, ("axe", "south", 4, 10)]
    plan = planned(*SAID, (eve(4), "consensus", "axe", "south", 4, 15), sold=sold)
    by_region = {row["region"]: row["wape_pct"] for row in forecast_performance(plan, by=("region",)).rows(named=True)}
    assert by_region == {"home": 8, "away": 50}
    by_month = forecast_performance(plan, by=("bucket",))
    assert by_month["wape_pct"].to_list() == [10, 10, 20, pytest.approx(100 * 5 / 160)]
    by_both = forecast_performance(plan, by=("item", "fiscal_quarter")).rows(named=True)
    assert [(row["item"], row["fiscal_quarter"], row["cells"]) for row in by_both] == [
        ("axe", "Q1 FY27", 0),
        ("axe", "Q2 FY27", 1),
        ("saw", "Q1 FY27", 3),
        ("saw", "Q2 FY27", 1),
    ]
    # The family's tracking signal is that of its own total: errors of one month are added before their size is taken.
    assert one(forecast_performance(plan, by=("family",)))["mad_qty"] == pytest.approx((10 + 20 + 10 + 5) / 4)


def test_errors_of_one_month_net_in_the_total_and_not_in_the_cells():
    said = [(eve(4), "consensus", "saw", "north", 4, 130), (eve(4), "consensus", "axe", "north", 4, 90)]
    sold = [("saw", "north", 4, 100), ("axe", "north", 4, 100)]
    row = one(forecast_performance(planned(*said, sold=sold), by=("family",)))
    assert (row["wape_pct"], row["total_wape_pct"]) == (20, 10)


def test_shipments_do_not_stand_for_orders():
    shipped = rows("item market date shipped_qty", *(("saw", "north", day(month), 100) for month in (1, 2, 3, 4)))
    plan = company(sales_history=shipped, forecast_archive=forecasts(*SAID))
    assert one(forecast_performance(plan, by=()))["cells"] == 0
    assert "KP116" not in {finding.code for finding in plan.findings}


def test_nothing_compared_is_null_and_a_first_cycle_has_no_sources():
    plan = company(sales_history=history(*SOLD))
    row = one(forecast_performance(plan, by=()))
    assert row["cells"] == 0
    assert {row[name] for name in ("wape_pct", "bias_pct", "tracking_signal", "forecast_qty", "is_biased")} == {None}
    assert archived_sources(plan) == ()
    assert stairstep(plan).height == 0
    assert one(forecast_performance(company(), by=(), source="sales"))["cells"] == 0  # no history at all


def test_an_open_bucket_never_enters():
    head = {"history_to": day(4, 29)}
    row = one(forecast_performance(planned(*SAID, head=head), by=()))
    assert (row["cells"], row["actual_qty"]) == (3, 350)


def test_naive_is_made_from_what_was_known_on_the_day():
    on_time = [(eve(3), "statistical", "saw", "north", 3, 60)]  # made at the end of February: 200 were known
    early = [(day(2, 10), "statistical", "saw", "north", 3, 60)]  # February was not closed: 100 of January were
    assert one(forecast_performance(planned(*on_time), by=(), source="naive"))["forecast_qty"] == 200
    assert one(forecast_performance(planned(*early), by=(), source="naive"))["forecast_qty"] == 100
    first = [(eve(1), "statistical", "saw", "north", 1, 60)]
    assert one(forecast_performance(planned(*first), by=(), source="naive"))["cells"] == 0  # nothing was sold before
    given = [*on_time, (eve(3), "naive", "saw", "north", 3, 77)]
    assert one(forecast_performance(planned(*given), by=(), source="naive"))["forecast_qty"] == 77


def test_no_source_knows_more_than_another_and_naive_knows_what_the_earliest_knew():
    said = [(day(2, 10), "statistical", "saw", "north", 3, 60), (eve(3), "consensus", "saw", "north", 3, 55)]
    assert one(forecast_performance(planned(*said), by=(), source="naive"))["forecast_qty"] == 100


def test_seasonal_naive_takes_the_same_month_of_the_last_year_that_was_known():
    sold = [("saw", "north", month, 10 * month) for month in range(1, 5)]
    before = [("saw", "north", month, 7 * month) for month in range(1, 13)]
    frame = history(*sold)
    old = rows(
        "item market date ordered_qty on_time_qty shipped_qty",
        *((i, m, day(n).replace(year=2026), units, None, units) for i, m, n, units in before),
    )
    both = {name: [*old[name], *frame[name]] for name in frame}
    plan = company(sales_history=both, forecast_archive=forecasts((eve(3), "consensus", "saw", "north", 3, 30)))
    assert one(forecast_performance(plan, by=(), source="seasonal_naive"))["forecast_qty"] == 21
    # Scale: the mean change of demand from the first sale to February: 11 × 7, 84 → 10, 10 → 20.
    row = one(forecast_performance(plan, by=(), source="seasonal_naive"))
    assert row["mase_ratio"] == pytest.approx(9 / ((11 * 7 + 74 + 10) / 13))


def test_the_stairstep_in_the_order_the_number_moved():
    said = [
        (eve(4), source, "saw", "north", 4, units)
        for source, units in (("naive", 90), ("statistical", 135), ("sales", 120), ("consensus", 144))
    ]
    approved = rows(
        "made_date measure item market date quantity", (eve(4), "demand_consensus_qty", "saw", "north", day(4), 150)
    )
    found = stairstep(planned(*said, plan_archive=approved)).rows(named=True)
    assert [(row["step"], row["wape_pct"], row["value_added_pct"], row["to_naive_pct"]) for row in found] == [
        ("naive", 40, None, None),
        ("statistical", 10, 30, 30),
        ("sales", 20, -10, 20),
        ("consensus", 4, 16, 36),
        ("approved", 0, 4, 40),
    ]


def test_steps_are_compared_on_the_cells_they_share():
    said = [*SAID, *[(eve(4), source, "saw", "north", 4, 120) for source in ("naive", "sales")]]
    found = {row["step"]: row for row in stairstep(planned(*said)).rows(named=True)}
    assert {row["cells"] for row in found.values()} == {1}
    assert (found["consensus"]["wape_pct"], found["consensus"]["value_added_pct"]) == (0, 20)


def test_the_stairstep_of_each_region():
    said = [(eve(4), s, "saw", m, 4, u) for m in ("north", "south") for s, u in (("naive", 120), ("consensus", 150))]
    frame = stairstep(planned(*said, sold=[*SOLD, ("saw", "south", 4, 120)]), by=("region",))
    found = {(row["region"], row["step"]): row["value_added_pct"] for row in frame.rows(named=True)}
    assert found["home", "consensus"] == 20
    assert found["away", "consensus"] == -25


def test_units_that_cannot_be_added_leave_errors_unknown_but_for_shares():
    items = rows("item name family uom", ("saw", "Saw", "tools", "each"), ("axe", "Axe", "tools", "kg"))
    said = [*SAID, (eve(4), "consensus", "axe", "north", 4, 40)]
    sold = [*SOLD, ("axe", "north", 4, 50)]
    mixed = planned(*said, sold=sold, items=items)
    row = one(forecast_performance(mixed, by=()))
    assert (row["cells"], row["wape_pct"], row["rmse_qty"], row["tracking_signal"]) == (5, None, None, None)
    assert row["mape_pct"] == pytest.approx((10 + 10 + 20 + 0 + 20) / 5)
    by_item = {row["item"]: row["wape_pct"] for row in forecast_performance(mixed, by=("item",)).rows(named=True)}
    assert by_item == {"axe": 20, "saw": 8}
    uoms = rows("item uom factor", ("saw", "pallet", 10), ("axe", "pallet", 5))
    joined = planned(*said, sold=sold, items=items, uoms=uoms, head={"volume_uom": "pallet"})
    assert one(forecast_performance(joined, by=()))["wape_pct"] == pytest.approx(100 * (4 + 2) / (50 + 10))


def test_a_forecast_that_cannot_be_is_refused():
    plan = planned(*SAID)
    with pytest.raises(UnknownForecast, match="no forecasts by gut; sources are naive"):
        forecast_performance(plan, source="gut")
    with pytest.raises(UnknownForecast, match="lag 0"):
        forecast_performance(plan, lag=0)
    with pytest.raises(UnknownName):
        forecast_performance(plan, by=("location",))
    with pytest.raises(CannotRollUp):
        forecast_performance(plan, by=("item", "family"))


def test_the_headline_measures_are_those_of_lag_one_by_consensus():
    plan = planned(*SAID, (eve(4), "naive", "saw", "north", 4, 90))
    assert plan.total("forecast_wape_pct") == one(forecast_performance(plan, by=()))["wape_pct"] == 8
    assert plan.total("forecast_value_added_pct") == 40  # naive was wrong by 60 of 150, the consensus by nothing
    assert plan.by_bucket("forecast_accuracy_pct").tolist() == [90, 90, 80, 100]


def test_accuracy_is_never_below_zero():
    plan = planned((eve(3), "consensus", "saw", "north", 3, 500))
    assert (plan.total("forecast_wape_pct"), plan.total("forecast_accuracy_pct")) == (900, 0)


def test_a_forecast_that_is_always_too_high_is_found():
    sold = [("saw", "north", month, 100) for month in (1, 2, 3, 4)]
    past = history(*sold)
    early = [("saw", "north", day(11).replace(year=2026), 100), ("saw", "north", day(12).replace(year=2026), 100)]
    more = rows(
        "item market date ordered_qty on_time_qty shipped_qty", *((i, m, d, q, None, q) for i, m, d, q in early)
    )
    both = {name: [*more[name], *past[name]] for name in past}
    months = [
        day(10).replace(year=2026),
        day(11).replace(year=2026),
        day(12).replace(year=2026),
        day(1),
        day(2),
        day(3),
    ]
    targets = [*months[1:], day(4)]
    archive = rows(
        "made_date source item market date quantity",
        *(
            (made, "consensus", "saw", "north", bucket, 130 + made.month)
            for made, bucket in zip(months, targets, strict=True)
        ),
    )
    plan = company(sales_history=both, forecast_archive=archive)
    (found,) = [finding for finding in plan.findings if finding.code == "KP116"]
    assert "0 too low, 1 too high" in found.message
    assert "saw in north with -6.0 over 6 buckets" in found.message
    assert "KP116" not in {finding.code for finding in planned(*SAID).findings}
