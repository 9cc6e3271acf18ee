"""The effect of an adjustment before it is saved: numbers by hand on Red Tomato (price 40, cost 26, 4 hours a tool)."""

import pytest

from equipoise.codec import adjustment_from_json
from equipoise.plan import compute_plan
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.lease_job import take_job
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.effect import Effect, figures_of
from equipoise_web.reads.jobs import read_job, read_jobs
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.preview import estimate
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.standing_hours import hours_per_unit
from equipoise_web.records.models import PublishedPlan

JANUARY = {"item": "tool", "first": "2027-01-01", "last": "2027-01-31"}
MORE = {"kind": "demand_override", "amount": "+10%", "scope": JANUARY, "reason": "a second shelf"}


@pytest.fixture
def planner_access(person, digest):
    return access_of(person("paul", "demand_planner"))


def test_estimate_of_more_demand_by_hand(planner_access, digest):
    """January 1,600 → 1,760: +160 tools, × 40 = +6,400; × (40 − 26) = +2,240; × 4 hours = +640 hours."""
    effect = estimate(planner_access, MORE, working_scenario().name)
    assert (effect.demand_qty, effect.demand_amount, effect.margin_amount) == (160.0, 6400.0, 2240.0)
    plan = open_plan(digest)
    hours = plan.measure("capacity_load_hours").values[0, 0]
    limit = plan.measure("capacity_available_hours").values[0, 0]
    assert (effect.load.resource, effect.load.bucket) == ("assembly", "Jan 2027")
    assert effect.load.before_pct == pytest.approx(100 * hours / limit)
    assert effect.load.after_pct == pytest.approx(100 * (hours + 640) / limit)
    assert not effect.is_exact


def test_estimate_of_service_counts_what_finds_no_hours(planner_access, digest):
    """The plan uses every regular hour of January: 160 more tools find none, and are late."""
    plan = open_plan(digest)
    required, on_time = plan.total("demand_required_qty"), plan.total("demand_on_time_qty")
    load, limit = (plan.measure(f"capacity_{name}_hours").values[0, 0] for name in ("load", "available"))
    effect = estimate(planner_access, MORE, working_scenario().name)
    late = max(0.0, load + 640 - limit) - max(0.0, load - limit)
    expected = 100 * (on_time + 160 - late / 4) / (required + 160)
    assert effect.fill_before_pct == pytest.approx(100 * on_time / required)
    assert effect.fill_after_pct == pytest.approx(expected)


def test_less_demand_keeps_the_fill_rate(planner_access):
    effect = estimate(planner_access, {**MORE, "amount": "-10%"}, working_scenario().name)
    assert effect.demand_amount == -6400.0
    assert effect.fill_after_pct == pytest.approx(effect.fill_before_pct)


def test_estimate_of_a_price_moves_money_only(planner_access):
    """16,000 tools × 1 more."""
    price = {"kind": "price", "amount": "+1", "scope": {"item": "tool"}, "reason": "list price"}
    effect = estimate(planner_access, price, working_scenario().name)
    assert (effect.demand_qty, effect.demand_amount, effect.margin_amount) == (0.0, 16000.0, 16000.0)
    assert effect.load is None
    assert effect.is_load_known


def test_standing_hours_are_those_of_the_routing(digest):
    assert hours_per_unit(open_plan(digest)).tolist() == [[4.0]]


CAPACITY = {"kind": "capacity", "amount": "-50%", "reason": "repair"}
IN_JANUARY = {"first": "2027-01-01", "last": "2027-01-31"}


@pytest.mark.parametrize("resource", ["assembly", "resource:assembly", ""])
def test_estimate_of_less_capacity_by_hand(person, digest, resource):
    """Half the hours of January: the same load is twice the share."""
    who = access_of(person("sue", "supply_planner"))
    scope = IN_JANUARY | {"resource": resource}
    load = estimate(who, CAPACITY | {"scope": scope}, working_scenario().name).load
    assert (load.resource, load.bucket) == ("assembly", "Jan 2027")
    assert load.after_pct == pytest.approx(2 * load.before_pct)


@pytest.mark.parametrize("wrong", [{"resource": "gone"}, {"location": "plant"}, {"item": "tool"}, {"market": "retail"}])
def test_capacity_of_what_the_engine_does_not_know_has_no_estimate_but_its_words(person, digest, wrong):
    who = access_of(person("sue", "supply_planner"))
    body = CAPACITY | {"scope": IN_JANUARY | {"resource": "assembly"} | wrong}
    effect = estimate(who, body, working_scenario().name)
    assert (effect.load, effect.is_load_known) == (None, False)
    plan = open_plan(digest)
    changed = compute_plan(plan.snapshot, [*plan.adjustments, adjustment_from_json({**body, "id": "c"})])
    (found,) = (finding for finding in changed.findings if finding.where == "adjustment c")
    assert effect.warnings == (f"{found.message}. {found.remedy}",)


def test_who_sees_no_pooled_numbers_is_shown_demand_only(person, digest):
    sales = access_of(person("sally", "sales"))
    effect = estimate(sales, {**MORE, "kind": "demand_input"}, working_scenario().name)
    assert effect.demand_qty == 48.0  # the consensus takes 30 % of what sales says more
    assert (effect.load, effect.fill_after_pct, effect.margin_amount) == (None, None, None)
    assert [figure.label for figure in figures_of(effect, {})] == ["Demand"]


def test_what_the_plan_finds_about_it_is_said(planner_access):
    """January stands at 1,600: 5,000 less would leave −3,400."""
    effect = estimate(planner_access, {**MORE, "amount": "-5000"}, working_scenario().name)
    assert effect.demand_qty == 0.0
    assert "fall to -3400" in effect.warnings[0]
    assert "withdraw the adjustment" in effect.warnings[0]


def run_preview(who, body):
    question = {"scenario": working_scenario().name, "body": body, "person": who.person}
    job = ask_job(who, "preview", question)["id"]
    work_on(take_job())
    row = read_job(who, job)
    assert row.error == ""
    return Effect.from_json(row.answer)


def test_exact_effect_by_a_job_publishes_nothing(planner_access, digest, own_home):
    """All demand is served within the horizon, so gross margin rises by 160 × 14."""
    before = question_of(working_scenario().name).fingerprint
    effect = run_preview(planner_access, MORE)
    assert effect.is_exact
    assert (effect.demand_qty, effect.demand_amount) == (160.0, 6400.0)
    assert effect.margin_amount == pytest.approx(2240.0, abs=0.01)
    assert PublishedPlan.objects.count() == 1
    assert question_of(working_scenario().name).fingerprint == before


def test_the_exact_effect_of_planned_production_is_what_it_costs(person, digest, own_home):
    """500 tools in January instead of what the plan makes: that costs the difference of two whole plans."""
    who = access_of(person("sue", "supply_planner"))
    firm = {"kind": "production_override", "amount": 500, "scope": JANUARY, "reason": "the press is moved"}
    roughly = estimate(who, firm, working_scenario().name)
    assert (roughly.demand_qty, roughly.cost_amount, roughly.is_load_known) == (0.0, None, False)
    effect = run_preview(who, firm)
    plan = open_plan(digest)
    changed = compute_plan(plan.snapshot, [*plan.adjustments, adjustment_from_json({**firm, "id": "f"})])
    cost = changed.total("cost_total_amount") - plan.total("cost_total_amount")
    assert effect.cost_amount == pytest.approx(cost)
    assert cost > 0
    (shown,) = (figure for figure in figures_of(effect, {}) if figure.label == "Cost")
    assert shown.value.startswith("+")
    assert run_preview(who, {**firm, "scope": {"item": "tool", "market": "retail"}}).warnings != ()


def test_exact_effect_shows_no_more_than_its_asker_may_see(person, digest, own_home):
    effect = run_preview(access_of(person("sally", "sales")), {**MORE, "kind": "demand_input"})
    assert effect.demand_qty == 48.0
    assert (effect.load, effect.fill_before_pct, effect.margin_amount) == (None, None, None)
    assert effect.cost_amount is None


def test_a_preview_is_its_askers_alone(person, planner_access):
    sally = access_of(person("sally", "sales"))
    question = {"scenario": working_scenario().name, "body": MORE, "person": planner_access.person}
    job = ask_job(planner_access, "preview", question)["id"]
    coordinator = access_of(person("cora", "coordinator"))
    for other in (sally, coordinator):
        with pytest.raises(NotAllowed):
            read_job(other, job)
        assert read_jobs(other) == ()
    assert [row.id for row in read_jobs(planner_access)] == [job]
