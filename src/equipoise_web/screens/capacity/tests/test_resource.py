"""The page of a resource: what is behind a bucket, options with their price, and the slider before and after."""

import re

import numpy as np
import pytest
from django.urls import reverse

from equipoise.plan import compute_plan
from equipoise_web.access import access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads import capacity_solve
from equipoise_web.reads.capacity_behind import behind
from equipoise_web.reads.capacity_effect_parts import Wanted
from equipoise_web.reads.capacity_ground import ground_of
from equipoise_web.reads.capacity_load import rough_cut_of
from equipoise_web.reads.capacity_resource import read_resource
from equipoise_web.reads.capacity_scope import see_capacity
from equipoise_web.reads.capacity_solve import Lever, solve_with, solved_as_planned
from equipoise_web.reads.plans import open_plan
from equipoise_web.records.models import AdjustmentRecord, Job

pytestmark = pytest.mark.django_db
CAPSULE, JANUARY = "capsule-line", 2
ROW = 2
"""The capsule line's row."""


@pytest.fixture
def read(person, demo_digest):
    who = access_of(person("sue", "supply_planner"))

    def page(code, bucket="", wanted=None, access=who):
        return read_resource(access, code, bucket=str(bucket), digest="", wanted=wanted or Wanted())

    return page


def whole(percent, first=0, end=24):
    return Lever(CAPSULE, percent, first, end)


def figures(part):
    return {line.label: line for line in part.lines}


def test_the_fullest_bucket_is_shown_with_what_is_behind_it(read):
    found = read("west-packing")
    assert re.fullmatch(r"Packing crew West lacks \d+ hours in Apr 2027, at 11\d%", found.title)
    assert [line.name for line in found.families] == ["Laundry care", "Surface cleaners", "Dish care"]
    load = rough_cut_of(found.plan.digest).infinite.heat.load[6, 5]
    assert sum(float(line.hours) for line in found.families) == pytest.approx(load, abs=0.6)
    assert [line.name for line in found.families if line.gives_way] == ["Surface cleaners"]
    assert found.families_title == "In Apr 2027 an hour of Surface cleaners earns least"
    assert found.effect is None and found.adjust_link == "", "people are planned, so no slider moves them"


def test_hours_behind_add_up_to_the_load(person, demo_digest):
    cut, ground = rough_cut_of(demo_digest), ground_of(see_capacity(access_of(person("sue", "supply_planner"))))
    for row in range(7):
        found = behind(ground, row)
        assert found.by_family.sum(axis=0) + found.rest == pytest.approx(cut.infinite.heat.load[row], abs=1e-3)


def test_the_chart_says_what_its_table_says(read):
    found = read(CAPSULE, JANUARY)
    row = found.rows[JANUARY]
    table = rough_cut_of(found.plan.digest).infinite.heat
    load, rated = table.load[ROW, JANUARY], table.available[ROW, JANUARY]
    assert (row.asked, row.pct, row.is_chosen) == (f"{load:.0f}", f"▲▲ {100 * load / rated:.0f}%", True)
    assert row.rated == f"{rated:.0f}" and len(found.rows) == len(found.chart.rated) == 24
    assert len(found.chart.over) == (table.over_hours[ROW] >= 0.5).sum() > 6
    base = float(found.chart.axis)
    heights = [float(bar.height) for bar in found.chart.bars]
    loads = [float(line.asked.replace(",", "")) for line in found.rows]
    assert np.corrcoef(heights, loads)[0, 1] > 0.9999
    assert min(float(bar.y) for bar in found.chart.bars) > 0 and base < found.chart.height


def test_at_zero_stands_the_plan_itself(demo_digest):
    plan, found = open_plan(demo_digest), solved_as_planned(demo_digest)
    assert np.array_equal(found.load, plan.measure("capacity_load_hours").values)
    assert 100 * found.on_time.sum() / plan.measure("demand_required_qty").values.sum() == pytest.approx(
        plan.total("service_fill_pct")
    )
    assert found.binding[0].where == CAPSULE and found.binding[0].kind == "hours"


def test_what_is_solved_at_once_is_what_a_whole_run_finds(demo_digest):
    plan, lever = open_plan(demo_digest), whole(-10.0)
    exact, quick = (
        compute_plan(plan.snapshot, (*plan.adjustments, lever.adjustment(plan))),
        solve_with(demo_digest, lever),
    )
    facts = exact.sections["supply"].facts
    assert quick.cost == pytest.approx(facts["objective_amount"] + facts["notional_amount"], rel=1e-9)
    assert quick.load[ROW] == pytest.approx(exact.measure("capacity_load_hours").values[ROW], abs=0.01)
    assert quick.overtime[ROW] == pytest.approx(exact.measure("overtime_hours").values[ROW], abs=0.01)
    assert quick.price[ROW] == pytest.approx(exact.measure("capacity_shadow_price").values[ROW], abs=0.01)
    required = plan.measure("demand_required_qty").values.sum()
    assert 100 * quick.on_time.sum() / required == pytest.approx(exact.total("service_fill_pct"), abs=0.05)


def test_more_capacity_never_costs_more(demo_digest):
    costs = [solve_with(demo_digest, whole(percent)).cost for percent in (-30.0, -10.0, 10.0, 30.0)]
    assert costs == sorted(costs, reverse=True)
    assert costs[1] > solved_as_planned(demo_digest).cost > costs[2]


def test_the_slider_shows_load_service_cost_and_what_binds(read):
    page = read(CAPSULE, JANUARY, Wanted(30.0))
    found, asked = figures(page.effect), page.rows[JANUARY].pct
    pct = rough_cut_of(page.plan.digest).infinite.heat.utilization_pct[ROW, JANUARY]
    assert (found["Asked for in Jan 2027"].before, found["Asked for in Jan 2027"].after) == (
        asked,
        f"▲▲ {pct / 1.3:.0f}%",
    )
    assert found["Fill rate"].before == f"{page.plan.total('service_fill_pct'):.2f}%"
    assert found["Fill rate"].after == "100.00%"
    assert found["Cost of the plan"].change.startswith("−€")
    assert found["What binds first"].before.startswith("hours of Capsule line")
    assert (
        found["What binds first"].after.startswith("limit of purchasing")
        and found["What binds first"].change == "moved on"
    )
    less = figures(read(CAPSULE, JANUARY, Wanted(-30.0)).effect)
    assert less["Fill rate"].change.startswith("−") and less["Gross margin"].change.startswith("−€")


def test_a_stretch_is_the_buckets_in_a_row_that_are_over(read):
    every, stretch, one = (
        read(CAPSULE, JANUARY, Wanted(10.0, when)).effect.title for when in ("all", "over", "bucket")
    )
    assert every == "Capsule line at +10% from Nov 2026 to Oct 2028" and one == "Capsule line at +10% in Jan 2027"
    assert re.fullmatch(r"Capsule line at \+10% from Dec 2026 to (May|Jun) 2027", stretch)


def test_a_large_plan_is_answered_by_the_heuristic(read, monkeypatch):
    monkeypatch.setattr(capacity_solve, "MOST_SOLVED", 10)
    part = read(CAPSULE, JANUARY, Wanted(-30.0)).effect
    found = figures(part)
    assert part.tier == "Heuristic, at once" and "What binds first" not in found and part.can_ask_exact
    assert found["Fill rate"].change.startswith("−") and found["Cost of the plan"].change.startswith("+€")
    assert found["Fullest"].after.startswith("Capsule line")
    more = figures(read(CAPSULE, JANUARY, Wanted(30.0)).effect)
    assert more["Fill rate"].before == found["Fill rate"].before
    assert more["Fill rate"].change.startswith("+")


def test_of_a_very_large_plan_the_rough_cut_is_shown_at_once(read, monkeypatch):
    monkeypatch.setattr(capacity_solve, "MOST_SOLVED", 10)
    monkeypatch.setattr(capacity_solve, "MOST_PLANNED", 10)
    part = read(CAPSULE, JANUARY, Wanted(10.0)).effect
    assert part.tier == "Rough cut, at once" and part.can_ask_exact
    assert [line.label for line in part.lines] == ["Asked for in Jan 2027", "Hours over, horizon"]


def test_who_looks_after_a_site_is_not_told_what_the_whole_earns(read, person, demo_digest):
    west = access_of(person("will", "operations", location="plant-west"))
    found = figures(read(CAPSULE, JANUARY, Wanted(30.0), west).effect)
    assert "Fill rate" not in found and "Gross margin" not in found and "Cost of the plan" not in found
    assert "the whole company's" in found["Service, margin"].detail
    assert "purchasing" not in found["What binds first"].after


def test_the_exact_figure_follows_and_nothing_is_saved(signed_in, demo_digest):
    client = signed_in("sue", "supply_planner")
    effect = client.get(reverse("capacity:effect", args=[CAPSULE]), {"percent": "-10", "bucket": "2"}).content.decode()
    address = reverse("capacity:exact", args=[CAPSULE])
    assert f'hx-post="{address}"' in effect and "load delay:900ms" in effect
    typed = {"percent": "-10", "when": "all", "bucket": "2"}
    before = AdjustmentRecord.objects.count()
    asked = client.post(address, typed, headers={"HX-Request": "true"}).content.decode()
    assert "waits for its turn" in asked
    job = Job.objects.get(kind="preview")
    assert job.question["body"]["scope"]["resource"] == CAPSULE
    work_on(take_job())
    done = client.get(reverse("capacity:exact_state", args=[CAPSULE, job.pk])).content.decode()
    fill = open_plan(demo_digest).total("service_fill_pct")
    assert re.search(rf"{fill:.2f} → 9\d\.\d\d%", done)
    assert "the difference of two whole plans" in done and "hx-get" not in done
    assert AdjustmentRecord.objects.count() == before
    assert client.post(address, typed).status_code == 302, "without scripts the page of the preview says it"


def test_the_exact_run_needs_the_right_to_propose_capacity(signed_in, demo_digest):
    address, typed = reverse("capacity:exact", args=[CAPSULE]), {"percent": "5"}
    assert signed_in("eye", "analyst").post(address, typed).status_code == 403
    assert signed_in("dora", "demand_planner").post(address, typed).status_code == 403
    east = signed_in("ed", "operations", resource="tube-filling")
    assert east.post(address, typed).status_code == 404
    seen = signed_in("ann", "analyst").get(reverse("capacity:effect", args=[CAPSULE]), typed).content.decode()
    assert "for those who may propose capacity here" in seen and "Propose this" not in seen


def test_what_is_proposed_is_the_form_filled_in(signed_in, demo_digest):
    client = signed_in("sue", "supply_planner")
    html = client.get(reverse("capacity:effect", args=[CAPSULE]), {"percent": "10", "when": "over", "bucket": "2"})
    link = re.search(r'href="([^"]*adjustments/new/capacity/[^"]*)"', html.content.decode())[1].replace("&amp;", "&")
    form = client.get(link).content.decode()
    assert 'value="+10%"' in form and 'value="2026-12-01" selected' in form and "Tried with the slider" in form


def test_what_cannot_be_asked_is_refused(signed_in, demo_digest):
    client = signed_in("sue", "supply_planner")
    show, effect = (reverse(name, args=[CAPSULE]) for name in ("capacity:show", "capacity:effect"))
    for query in ({"percent": "31"}, {"percent": "ten"}, {"when": "never"}):
        assert client.get(show, query).status_code == client.get(effect, query).status_code == 422
    assert client.get(show, {"bucket": "24"}).status_code == client.get(show, {"bucket": "x"}).status_code == 404
    assert client.get(reverse("capacity:effect", args=["west-packing"])).status_code == 422
    assert client.post(reverse("capacity:exact", args=[CAPSULE]), {"percent": "0"}).status_code == 404
    assert client.get(reverse("capacity:exact_state", args=[CAPSULE, 999_999])).status_code == 404
