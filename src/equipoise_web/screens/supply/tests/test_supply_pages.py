"""Pages of supply: what binds with its worth, what is short with its causes, each of one's own part."""

import re
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse
from django.utils.html import escape

from equipoise.core.adjustment import Adjustment
from equipoise.core.measure import Grain
from equipoise.core.policy_change import SetPolicy
from equipoise.pack.headline import money, price
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.reads import adjustment_pages, supply_optimum
from equipoise_web.reads.constraints import Filters, read_constraints
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.shortage_list import list_shortages
from equipoise_web.reads.shortage_page import read_shortage
from equipoise_web.reads.shortages import Filters as Asked
from equipoise_web.reads.shortages import read_shortages
from equipoise_web.reads.supply_optimum import solved

pytestmark = pytest.mark.django_db
SHORT = {"item": "LA-04", "market": "north-drug", "day": "2027-02-01"}


def test_the_duals_are_those_that_the_plan_was_made_with(eye, demo_digest):
    plan, found = open_plan(demo_digest), solved(demo_digest)
    worth = plan.measure("capacity_shadow_price").values
    hours = [each for each in found.bindings if each.kind == "hours"]
    assert len(hours) == int((worth > 1e-6).sum()) > 10
    for each in hours:
        assert each.worth == pytest.approx(worth[each.row, each.bucket], rel=1e-9)


def test_what_binds_is_ranked_by_the_money_of_a_step(eye, supply):
    found = read_constraints(eye, Filters())
    worth = open_plan(found.plan.digest).measure("capacity_shadow_price").values
    most = money("EUR", float(np.nanmax(worth)))
    assert re.fullmatch(rf"Capsule line binds in \w+ buckets; one more of its hours is worth up to {most}", found.title)
    amounts = [row.best.amount for row in found.rows]
    assert amounts == sorted(amounts, reverse=True)
    row = found.rows[0]
    first = row.best
    assert (first.when, first.most, first.step) == ("Nov 2026", "249.9 hours", "+10%: 24.99 hours")
    line = found.plan.axes.resources.position["capsule-line"]
    assert first.worth == price("EUR", worth[line, 0])
    assert first.amount == pytest.approx(worth[line, 0] * 24.99, rel=1e-3)
    assert "Laundry care" in first.families
    assert first.relax_link == ""  # an analyst proposes nothing
    hours = np.flatnonzero(worth[line] > 1e-6)
    assert [each.when for each in row.lines] == [found.plan.axes.calendar.label(bucket) for bucket in hours.tolist()]
    assert [bar.x for bar in row.bars] == pytest.approx([100 * bucket / 24 for bucket in hours.tolist()], abs=0.001)
    tallest = max(row.bars, key=lambda bar: bar.height)
    assert (tallest.y, tallest.height) == (0, 24)
    dearest = found.plan.axes.calendar.label(int(np.argmax(worth[line])))
    assert tallest.says == f"{dearest}: one more is worth {price('EUR', worth[line].max())}"
    assert row.worth == price("EUR", worth[line].max())
    html = supply.get(reverse("supply:constraints")).content.decode()
    assert (
        escape("/adjustments/new/capacity/?resource=capsule-line&first=2026-11-01&last=2026-11-30&amount=%2B10%25")
        in html
    )
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html)


def test_every_kind_of_limit_is_there_and_can_be_filtered(eye):
    kinds = dict(read_constraints(eye, Filters()).kinds)
    assert {"hours", "overtime", "purchasing", "most_stock"} <= set(kinds)
    for kind in kinds:
        assert {row.kind for row in read_constraints(eye, Filters(kind=kind)).rows} == {kind}
    cheap = read_constraints(eye, Filters(kind="purchasing")).title
    assert re.search(r"binds in \w+ buckets; one more of its units is worth up to €0\.\d\d$", cheap)
    one = read_constraints(eye, Filters(bucket="3")).rows
    assert {(row.when, *(line.when for line in row.lines)) for row in one} == {("Feb 2027", "Feb 2027")}


def test_a_choice_that_there_is_not_is_not_found(demand):
    for query in ({"kind": "love"}, {"site": "moon"}, {"bucket": "99"}):
        assert demand.get(reverse("supply:constraints"), query).status_code == 404
    assert demand.get(reverse("supply:shortages"), {"state": "eaten"}).status_code == 404
    assert demand.get(reverse("supply:shortage"), {**SHORT, "day": "soon"}).status_code == 404
    assert demand.get(reverse("supply:shortage"), {**SHORT, "item": "SU-01"}).status_code == 404


def test_without_an_optimum_it_says_that_there_are_no_duals_and_what_to_do(eye, demand, monkeypatch):
    monkeypatch.setattr(supply_optimum, "MOST_ROWS", 10)
    html = demand.get(reverse("supply:constraints")).content.decode()
    assert "This plan does not say what a limit is worth" in html
    assert "too large to be solved again" in html
    one = demand.get(reverse("supply:shortage"), SHORT).content.decode()
    assert "No chain of causes" in one
    assert "4,757 short" in one


def test_a_plan_of_another_tier_has_shortages_and_no_duals(signed_in, demo_digest, settings, monkeypatch):
    plan = open_plan(demo_digest)
    rough = Adjustment("rough", SetPolicy("tier", "infinite"), function="supply")
    other = compute_plan(plan.snapshot, [*plan.adjustments, rough])
    write_plan(other, Path(settings.EQUIPOISE_HOME) / "plans" / "rough")
    adopt_plans(Path(settings.EQUIPOISE_HOME))
    monkeypatch.setattr(adjustment_pages, "plan_of_work", lambda _who: None)
    client = signed_in("paula", "demand_planner")
    html = client.get(reverse("supply:constraints")).content.decode()
    assert "Its tier is infinite, and only an optimum has dual values" in html
    for name in ("shortages", "network"):
        assert client.get(reverse(f"supply:{name}")).status_code == 200


def test_what_is_short_adds_up_and_costs_what_was_stated(demo_digest):
    plan = open_plan(demo_digest)
    unmet, wait = plan.measure("unmet_qty").values, plan.measure("cost_backlog_price").values
    found = list_shortages(plan)
    assert len(found) == int((unmet > 1e-3).sum()) > 10
    for each in found:
        assert each.on_time + each.late_units + each.lost == pytest.approx(each.asked, abs=0.01)
        assert each.short == pytest.approx(unmet[each.row, each.bucket], abs=0.01)
        assert (each.contribution, each.lost, each.waiting) == (0.0, 0.0, 0.0)  # all of it comes, late
        by_hand = sum(units * wait[each.row, each.bucket : at].sum() for at, units in each.late)
        assert each.penalties == pytest.approx(by_hand)
    assert [each.amount for each in found] == sorted((each.amount for each in found), reverse=True)


def test_backlog_costs_are_paid_for_every_bucket_of_the_plan(demo_digest):
    plan = open_plan(demo_digest)
    paid = (plan.measure("backlog_closing_qty").values * plan.measure("cost_backlog_price").values).sum()
    assert sum(each.penalties for each in list_shortages(plan)) == pytest.approx(paid, rel=1e-6)


def test_the_chain_of_causes_adds_up_to_the_cost_of_one_more_unit(eye):
    found = read_shortage(eye, **SHORT)
    assert found.title == "Liquid 3 L in Drugstores North, Feb 2027: 4,757 short, €65\u00a0k at stake"
    assert found.chain.steps[0] == "Liquid 3 L from Warehouse North to Drugstores North in Feb 2027"
    assert len(found.chain.steps) == 2
    assert len(found.chain.folded) >= 2
    assert any("Capsule line" in cause.what for cause in found.chain.causes)
    row, bucket = found.shortage.row, found.shortage.bucket
    chain = solved(found.plan.digest).causes.of(row, bucket)
    assert sum(cause.amount for cause in chain.causes) == pytest.approx(chain.marginal + chain.gap, abs=0.01)
    marginal = open_plan(found.plan.digest).measure("demand_shadow_price").values[row, bucket]
    assert chain.marginal == pytest.approx(marginal)


def test_somebody_of_a_part_sees_that_part_only(person, demo_digest):
    north = access_of(person("nora", "demand_planner", market="North"))
    lines = read_shortages(north, Asked()).lines
    assert {line.market for line in lines} == {"Drugstores North"}
    with pytest.raises(Exception, match="Nothing that you may see is short there"):
        read_shortage(north, item="LA-04", market="south-grocery", day="2027-02-01")
    care = access_of(person("carl", "demand_planner", item="family:Dish care"))
    assert read_shortages(care, Asked()).lines == ()
    plan = open_plan(demo_digest)
    laundry = {plan.axes.items.codes("family")[n] for n in plan.axes.keys[Grain.DEMAND].column("item").tolist()}
    lines = [line for row in read_constraints(care, Filters()).rows for line in row.lines]
    shown = {name for line in lines for name in line.families.split(", ")}
    assert shown & (laundry - {"Dish care"}) == set()


def test_pooled_numbers_are_not_for_sales(person, demo_digest):
    for name, role in (("sally", "sales"), ("stan", "")):
        who = access_of(person(name, role))
        for read in (lambda: read_constraints(who, Filters()), lambda: read_shortages(who, Asked())):  # noqa: B023
            with pytest.raises(NotAllowed):
                read()


def test_without_a_plan_it_says_so(signed_in, fresh_home):
    client = signed_in("paula", "demand_planner")
    for name in ("constraints", "shortages"):
        assert client.get(reverse(f"supply:{name}")).status_code == 404
