"""Risk of the demo company and of a company with one item: fans, cover, the ranking, and what is not known."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise import compute_plan, gather, read_dataset
from equipoise.balance.cover import MOST_HEADROOM, Cover
from equipoise.balance.fans import LEVELS, Fans
from equipoise.balance.materiality import material_in_a_bucket
from equipoise.balance.risk import NotAssessed, assess_risk
from equipoise.balance.tell import tell_risks
from equipoise.core.measure import Grain
from equipoise.demand.forecast import plan_kernel
from equipoise.demand.forecast.node import forecast_node
from equipoise.demo.write import write_demo


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return compute_plan(gather(read_dataset(write_demo(tmp_path_factory.mktemp("risk") / "demo", size="small"))))


@pytest.fixture(scope="module")
def risks(plan):
    return assess_risk(plan)


def test_the_fan_of_a_family_is_that_of_its_forecast_around_the_consensus(plan, risks):
    fans, risk = Fans(plan), risks.family("Dish care")
    training = fans.training
    node = forecast_node(
        training.trained, training.period, training.horizon, risk.rows, levels=LEVELS, family=training.family,
        farthest=training.farthest, kernel=plan_kernel(),
    )  # fmt: skip
    consensus = plan.by_bucket("demand_consensus_qty", family="Dish care")
    assert risk.demand.center == pytest.approx(consensus, rel=1e-12)
    width = (risk.demand.bounds - consensus[:, None]) / (node.quantiles - node.point[:, None])[-len(consensus) :]
    assert width == pytest.approx(np.repeat(width[:, :1], 3, axis=1), rel=1e-6)
    assert width.min() >= 1.0 - 1e-9  # wider only where a launch adds an error that no history tells
    assert (np.diff(risk.demand.bounds, axis=1) > 0).all()


def test_a_year_is_surer_than_its_months(risks):
    months = risks.revenue.bounds[: risks.year].sum(axis=0)
    assert months[0] < risks.year_revenue[0] < risks.year_revenue[1] < risks.year_revenue[2] < months[2]
    assert risks.year_revenue[1] == pytest.approx(risks.revenue.center[: risks.year].sum(), rel=0.01)


def test_revenue_at_the_consensus_is_its_demand_at_its_prices(plan, risks):
    asked = plan.measure("demand_consensus_qty").values * np.nan_to_num(plan.measure("sales_net_price").values)
    assert risks.revenue.center == pytest.approx(asked.sum(axis=0), rel=1e-12)
    assert sum(each.revenue.center for each in risks.families) == pytest.approx(risks.revenue.center, rel=1e-12)
    assert (risks.margin.center < risks.revenue.center).all()


def test_the_overloaded_family_is_the_riskiest(plan, risks):
    found = tell_risks(plan, risks)
    assert found.risks[0].family == "Laundry care" and found.risks[0].bucket == "Feb 2027"
    assert 60.0 < found.risks[0].chance_pct < 95.0
    line = found.risks[0]
    assert line.amount == pytest.approx(
        line.chance_pct / 100 * line.gap_qty * risks.family("Laundry care").contribution
    )
    assert found.risks[0].amount == max(each.amount for each in found.risks)


def test_small_ones_are_counted_apart_and_the_sum_stays(plan, risks):
    some, every = tell_risks(plan, risks, by="item"), tell_risks(plan, risks, by="item", least=0.0)
    assert some.least_amount == material_in_a_bucket(plan) > 0
    assert len(some.risks) + some.below_count == len(every.risks)
    assert sum(each.amount for each in some.risks) + some.below_amount == pytest.approx(
        sum(each.amount for each in every.risks)
    )
    assert [each.amount for each in every.risks] == sorted((each.amount for each in every.risks), reverse=True)
    assert min(each.amount for each in some.risks) >= some.least_amount


def test_a_cell_is_told_as_the_plan_has_it(plan, risks):
    cell = risks.cells[0]
    chance, short, closing = (
        plan.measure(name).values[cell.row, cell.bucket]
        for name in ("stockout_chance_pct", "shortage_expected_qty", "inventory_closing_qty")
    )
    assert (cell.chance_pct, cell.short_qty) == (chance, short) and closing < short + 1e-6
    assert cell.gap_qty == pytest.approx(short / (chance / 100))
    market = plan.axes.rows(Grain.DEMAND, {"item": cell.item})
    prices = plan.measure("sales_net_price").values[market]
    assert 0 < cell.amount / cell.short_qty < np.nanmax(prices)


def test_what_is_not_seen_is_not_told(plan, risks):
    seen = np.zeros(len(plan.axes.keys[Grain.STOCK]), dtype=bool)
    seen[risks.cells[3].row] = True
    found = tell_risks(plan, risks, by="item", least=0.0, cells=seen, families=("Dish care",), sees_company=False)
    assert [(each.item, each.location) for each in found.risks] == [(risks.cells[3].item, risks.cells[3].location)]
    assert [each.family for each in found.families] == ["Dish care"] and found.company is None


def test_free_hours_are_room_from_the_second_bucket_on(plan):
    cover = Cover(plan)
    factor = np.ones(len(plan.axes.items.leaves))
    for family in ("Oral care", "Laundry care"):
        rows = plan.axes.rows(Grain.DEMAND, {"item": f"family:{family}"})
        room = cover.room(rows, factor)
        assert room[0] == 0.0 and (np.diff(room) >= 0).all()
        made = sum(plan.by_bucket(n, family=family) for n in ("production_qty", "subcontract_qty", "purchase_qty"))
        assert (np.diff(room) <= MOST_HEADROOM * made[1:] + 1e-6).all()
    makes = np.arange(len(plan.axes.keys[Grain.MAKE]))
    headroom = cover.headroom(makes)
    load, free = (plan.measure(n).values for n in ("capacity_load_hours", "capacity_available_hours"))
    assert headroom[3] == 0.0 and (load[:, 3] >= free[:, 3] - 1e-6).any()  # the overload of the winter


def test_cover_is_stock_and_what_is_owed(plan):
    rows = plan.axes.rows(Grain.DEMAND, {"item": "family:Laundry care"})
    left = Cover(plan).left(rows, np.ones(len(plan.axes.items.leaves)))
    backlog = plan.by_bucket("backlog_closing_qty", family="Laundry care")
    assert left[3] < 0 < backlog[3]
    stock, sold = (plan.by_bucket(n, family="Laundry care") for n in ("inventory_closing_qty", "demand_required_qty"))
    assert (left <= stock - backlog + sold.max()).all() and (left >= stock - backlog - 1e-6).all()


def test_a_plan_of_an_earlier_version_is_refused(plan):
    section = plan.sections["inventory"]
    old = replace(
        section,
        panels=tuple(
            replace(p, measures={"inventory_closing_qty": p["inventory_closing_qty"]}) for p in section.panels
        ),
    )
    with pytest.raises(NotAssessed, match="plan again"):
        assess_risk(replace(plan, sections={**plan.sections, "inventory": old}))


def test_without_history_and_price_nothing_is_made_up(examples_plan):
    found = tell_risks(examples_plan, assess_risk(examples_plan), least=0.0)
    assert found.risks == () and len(found.unpriced) == 1
    assert found.unjudged_count == 1 and tell_risks(examples_plan, assess_risk(examples_plan), by="item").risks == ()
    assert found.company.year_revenue_amount.p50 is None
    assert all(each.revenue_amount.p90 is None for each in found.company.buckets)
    assert found.company.buckets[0].plan_revenue_amount == 64_000.0


@pytest.fixture(scope="module")
def examples_plan(request):
    return compute_plan(gather(read_dataset(request.config.rootpath / "examples" / "red_tomato")))
