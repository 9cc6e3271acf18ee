from datetime import date

import numpy as np
import pytest

from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, RESOURCE_LEVELS, Hierarchy
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain, Unit
from equipoise.core.panel import Keys, Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs, Stage
from equipoise.core.tables import table
from equipoise.kpi.catalogue import KPIS
from equipoise.kpi.measures import MEASURES
from equipoise.kpi.plan_kpis import forecast_errors, plan_kpis

ORDERED = np.array([[100.0, 200.0, 50.0, 150.0], [10.0, 10.0, 10.0, 10.0]])  # buckets −4..−1, saw and axe


def inputs_of(archive=None, *, history_to=None):
    head = DatasetHead.of(
        name="made up", currency="EUR", bucket="month", start=date(2027, 5, 1), horizon=3, history_to=history_to
    )
    items = Hierarchy.build("item", ITEM_LEVELS, [("saw", "", "tools", ""), ("axe", "", "woods", "")])
    markets = Hierarchy.build("market", MARKET_LEVELS, [("north", "", "", "home")])
    nowhere = Hierarchy.build("location", LOCATION_LEVELS, [])
    nothing = Hierarchy.build("resource", RESOURCE_LEVELS, [])
    number = np.array([items.position["saw"], items.position["axe"]])
    codes = (items.leaves, markets.leaves)
    keys = Keys(Grain.DEMAND, Grain.DEMAND.dimensions, (number, np.zeros(2, dtype=np.int64)), codes)
    axes = Axes(head.calendar, items, markets, nowhere, nothing, {Grain.DEMAND: keys})
    baseline = Section("baseline", (Panel(keys, {"history_ordered_qty": ORDERED}, -4),))
    frames = {} if archive is None else {"forecast_archive": conformed(table("forecast_archive"), archive)}
    stage = Stage("kpis", plan_kpis, tables=("forecast_archive",), after=("baseline",))
    return Inputs(stage, Snapshot(head, frames), axes, Policy.of({}), (), {"baseline": baseline})


def archive(*rows):
    names = ("made_date", "source", "item", "market", "date", "quantity")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def month(number):
    return date(2027, number, 1)


LAG_ONE = [
    (date(2026, 12, 31), "consensus", "saw", "north", month(1), 110),
    (date(2027, 1, 31), "consensus", "saw", "north", month(2), 180),
    (date(2027, 2, 28), "consensus", "saw", "north", month(3), 60),
    (date(2027, 3, 31), "consensus", "saw", "north", month(4), 150),
]


def totals(errors):
    names = ("forecast_actual_qty", "forecast_error_abs_qty", "forecast_error_qty")
    return {name: errors[0][name].sum(axis=1).tolist() for name in names}


def codes(errors):
    return [finding.code for finding in errors[1]]


def test_d13_error_and_bias():
    errors = forecast_errors(inputs_of(archive(*LAG_ONE)))
    assert totals(errors) == {
        "forecast_actual_qty": [500, 0],
        "forecast_error_abs_qty": [40, 0],  # WAPE 8 %
        "forecast_error_qty": [0, 0],  # bias 0 %
    }
    assert codes(errors) == []


def test_the_latest_forecast_made_in_the_bucket_before_counts():
    rows = [
        (date(2027, 1, 10), "consensus", "saw", "north", month(2), 1),
        (date(2027, 1, 31), "consensus", "saw", "north", month(2), 190),
        (date(2027, 2, 1), "consensus", "saw", "north", month(2), 2),
        (date(2026, 12, 31), "consensus", "saw", "north", month(2), 3),
    ]
    errors = forecast_errors(inputs_of(archive(*rows)))
    assert totals(errors)["forecast_error_qty"] == [-10, 0]


def test_a_bucket_not_closed_by_history_to_never_counts():
    errors = forecast_errors(inputs_of(archive(*LAG_ONE), history_to=date(2027, 4, 29)))
    assert totals(errors)["forecast_actual_qty"] == [350, 0]


def test_node_rows_are_counted_not_compared():
    node = (date(2027, 1, 31), "consensus", "tools", "", month(2), 999)
    errors = forecast_errors(inputs_of(archive(*LAG_ONE, node)))
    assert totals(errors)["forecast_error_abs_qty"] == [40, 0]
    (finding,) = errors[1]
    assert (finding.code, finding.count) == ("KP102", 1)


def test_statistical_forecasts_stand_in_for_a_missing_consensus():
    rows = [(made, "statistical", *rest) for made, _, *rest in LAG_ONE]
    naive = (date(2027, 1, 31), "naive", "axe", "north", month(2), 5)
    errors = forecast_errors(inputs_of(archive(*rows, naive)))
    assert totals(errors)["forecast_error_abs_qty"] == [40, 0]
    assert codes(errors) == ["KP103"]


def test_a_first_cycle_has_no_earlier_forecast():
    errors = forecast_errors(inputs_of())
    assert totals(errors)["forecast_actual_qty"] == [0, 0]
    assert codes(errors) == ["KP101"]


def test_an_archive_of_other_lags_only_is_found():
    errors = forecast_errors(inputs_of(archive((date(2026, 11, 30), "consensus", "saw", "north", month(2), 3))))
    assert codes(errors) == ["KP104"]


def test_a_ratio_has_a_unit_that_is_never_summed_and_percent_is_of_a_hundred():
    names = [measure.name for measure in MEASURES]
    assert len(set(names)) == len(names)
    for measure in MEASURES:
        if measure.ratio or measure.cover:
            assert measure.unit.step is None and measure.nullable
            assert measure.scale == (100.0 if measure.unit is Unit.PERCENT else 1.0)
        elif measure.grain is not None:
            assert measure.unit.step is not None


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.name)
def test_a_target_is_met_at_itself_and_missed_far_away(kpi):
    if kpi.target is None:
        assert kpi.is_met(1.0) is None
    else:
        assert kpi.is_met(kpi.target)
        worse = {"up": -1.0, "down": 1.0}.get(kpi.direction.value, 1.0)
        assert not kpi.is_met(kpi.target + worse * 1000.0)
