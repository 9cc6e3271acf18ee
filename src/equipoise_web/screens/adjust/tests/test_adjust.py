"""Pages of adjustments: proposing, previewing, ruling, by the right person, the wrong one, the stranger, too late."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from equipoise_web.actions.lease_job import take_job
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.plans import newest_digest
from equipoise_web.records.models import AdjustmentRecord, Job, RulingRecord

FORM = {
    "amount": "+10%",
    "item": "tool",
    "first": "2027-01-01",
    "last": "2027-01-31",
    "reason": "A second shelf",
    "reason_code": "listing",
}
HTMX = {"HTTP_HX_REQUEST": "true"}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def propose(client, kind="demand_override", **typed):
    return client.post(reverse("adjust:new", args=[kind]), {**FORM, **typed})


@pytest.fixture
def proposed(planner, digest):
    assert propose(planner).status_code == 302
    return AdjustmentRecord.objects.get()


def test_every_page_asks_who_you_are(client, digest):
    for name, args in (("list", []), ("kinds", []), ("new", ["price"]), ("one", ["x"]), ("running", [])):
        assert client.get(reverse(f"adjust:{name}", args=args)).status_code == 302


def test_the_stranger_sees_and_does_nothing(person, digest, proposed):
    stranger = signed_in(person("nobody"))
    for name, args in (("list", []), ("kinds", []), ("new", ["price"]), ("one", [proposed.pk]), ("running", [])):
        assert stranger.get(reverse(f"adjust:{name}", args=args)).status_code == 403
    assert propose(stranger).status_code == 403
    assert stranger.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "accepted"}).status_code == 403
    assert stranger.post(reverse("adjust:comment", args=[proposed.pk]), {"text": "hi"}).status_code == 403
    assert AdjustmentRecord.objects.count() == 1


def test_kinds_are_those_of_the_role(person, digest):
    html = signed_in(person("olga", "operations")).get(reverse("adjust:kinds")).content.decode()
    kinds = ["capacity", "overtime", "production_override", "production_strategy"]
    assert re.findall(r'href="/adjustments/new/(\w+)/"', html) == kinds


def test_proposing_asks_for_the_plan_and_offers_the_way_back(planner, digest):
    answer = propose(planner)
    row = AdjustmentRecord.objects.get()
    assert answer.url == f"/adjustments/{row.pk}/?saved=1"
    assert Job.objects.get().kind == "compute_plan"
    html = planner.get(answer.url).content.decode()
    assert "<h1>+10% on Gardening tool, Jan 2027</h1>" in html
    assert "Undo" in html
    assert "waits for its turn" in html


def test_undo_withdraws_and_is_not_offered_again(planner, proposed):
    url = reverse("adjust:one", args=[proposed.pk])
    version = RulingRecord.objects.get().pk
    planner.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "withdrawn", "version": version})
    html = planner.get(url, {"saved": "1"}).content.decode()
    assert "Undo</button>" not in html
    assert "Propose it again" in html
    assert RulingRecord.objects.last().verdict == "withdrawn"


def test_who_may_not_run_plans_still_gets_one(person, digest):
    sales = signed_in(person("sally", "sales"))
    assert propose(sales, "demand_input").status_code == 302
    job = Job.objects.get()
    assert (job.kind, job.asked_by.username) == ("compute_plan", "sally")


def test_the_plan_that_comes_out_is_shown_next(planner, proposed, digest, own_home):
    work_on(take_job())
    assert newest_digest() != digest
    html = planner.get(reverse("adjust:one", args=[proposed.pk])).content.decode()
    assert "Demand moved at net price over the horizon: +$6,400" in html
    assert f"/plan/{newest_digest()}/" in planner.get(reverse("adjust:running")).content.decode()


def test_explaining_leads_to_the_number_it_moved(planner, proposed, own_home):
    work_on(take_job())
    html = planner.get(reverse("adjust:one", args=[proposed.pk])).content.decode()
    link = re.search(r'href="(/plan/[^"]*explain[^"]*|/plan/[^"]*why[^"]*)"', html)
    assert link is not None
    assert "A second shelf" in planner.get(link[1].replace("&amp;", "&")).content.decode()


def test_the_same_form_sent_twice_proposes_once(planner, digest):
    first, second = propose(planner, key="k1"), propose(planner, key="k1")
    assert first.url == second.url
    assert AdjustmentRecord.objects.count() == 1


def test_malformed_stands_beside_its_field_and_keeps_what_was_typed(planner, digest):
    answer = propose(planner, amount="1,5", item="tol")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "2 fields need another look" in html
    assert re.search(r'name="amount" value="1,5"[^>]*aria-invalid="true" aria-describedby="e-amount"', html)
    assert re.search(r'id="e-item">no item &#x27;tol&#x27;.*did you mean tool', html)
    assert 'value="2027-01-31" selected' in html
    assert AdjustmentRecord.objects.count() == 0


def test_the_wrong_role_and_the_wrong_place_are_refused(person, digest):
    operations = signed_in(person("olga", "operations"))
    assert propose(operations, "price").status_code == 403
    elsewhere = signed_in(person("elsa", "sales", market="abroad"))
    answer = propose(elsewhere, "demand_input")
    assert answer.status_code == 403
    assert "has no right to propose demand_input on tool" in answer.content.decode()
    assert 'value="+10%"' in answer.content.decode()
    assert AdjustmentRecord.objects.count() == 0


def test_there_is_no_kind_like_that(planner, digest):
    assert planner.get(reverse("adjust:new", args=["magic"])).status_code == 404


def test_ruling_by_somebody_else(person, proposed):
    chief = signed_in(person("chief", "executive"))
    url = reverse("adjust:one", args=[proposed.pk])
    assert 'value="accepted"' in chief.get(url).content.decode()
    version = RulingRecord.objects.get().pk
    chief.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "accepted", "version": version})
    assert RulingRecord.objects.last().verdict == "accepted"


def test_nobody_is_offered_or_given_a_ruling_on_his_own(planner, proposed):
    html = planner.get(reverse("adjust:one", args=[proposed.pk])).content.decode()
    assert 'value="accepted"' not in html
    assert planner.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "accepted"}).status_code == 403


def test_a_stale_ruling_is_refused_with_both_values(person, proposed):
    version = RulingRecord.objects.get().pk
    url = reverse("adjust:rule", args=[proposed.pk])
    signed_in(person("chief", "executive")).post(url, {"verdict": "accepted", "version": version})
    late = signed_in(person("cora", "coordinator"))
    answer = late.post(url, {"verdict": "rejected", "because": "too much", "version": version})
    assert answer.status_code == 409
    assert "rejected" in answer.content.decode()
    assert "accepted" in answer.content.decode()
    assert RulingRecord.objects.last().verdict == "accepted"


def test_a_rejection_needs_a_reason(person, proposed):
    chief = signed_in(person("chief", "executive"))
    assert chief.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "rejected"}).status_code == 422
    assert chief.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "eaten"}).status_code == 422


def test_a_ruling_leads_to_the_next_that_waits(person, planner, proposed):
    propose(planner, item="tools")
    newer = AdjustmentRecord.objects.latest("seq")
    chief = signed_in(person("chief", "executive"))
    page = reverse("adjust:one", args=[newer.pk])
    assert f'btn" href="{reverse("adjust:one", args=[proposed.pk])}"' in chief.get(page).content.decode()
    chief.post(reverse("adjust:rule", args=[newer.pk]), {"verdict": "accepted"})
    assert f'btn-primary" href="{reverse("adjust:one", args=[proposed.pk])}"' in chief.get(page).content.decode()
    chief.post(reverse("adjust:rule", args=[proposed.pk]), {"verdict": "accepted"})
    assert "Next to rule on" not in chief.get(page).content.decode()
    assert "Next to rule on" not in planner.get(page).content.decode()


def test_comments_are_shown_with_who_said_them(planner, proposed):
    planner.post(reverse("adjust:comment", args=[proposed.pk]), {"text": "See <the> contract"})
    html = planner.get(reverse("adjust:one", args=[proposed.pk])).content.decode()
    assert "See &lt;the&gt; contract" in html
    assert "1 comment" in html


def test_the_list_can_be_of_one_state_or_function(planner, proposed, person):
    url, mark = reverse("adjust:list"), f"adjustment:{proposed.pk}"
    assert mark in planner.get(url, {"verdict": "proposed", "function": "demand"}).content.decode()
    assert mark not in planner.get(url, {"verdict": "accepted"}).content.decode()
    assert mark not in planner.get(url, {"function": "sales"}).content.decode()
    assert planner.get(url, {"verdict": "eaten"}).status_code == 404
    assert planner.get(url, {"after": "x"}).status_code == 404
    elsewhere = signed_in(person("elsa", "sales", market="abroad"))
    assert mark not in elsewhere.get(url).content.decode()


def test_an_empty_list_teaches(planner, digest):
    html = planner.get(reverse("adjust:list")).content.decode()
    assert "<h1>Nobody has proposed a change yet</h1>" in html
    assert "Nothing to list" in html


def test_estimate_as_a_part_of_the_page(planner, digest):
    url = reverse("adjust:effect", args=["demand_override"])
    html = planner.post(url, FORM, **HTMX).content.decode()
    assert "+$6,400" in html
    assert "Estimate" in html
    assert 'class="estimate"' in html
    assert "<html" not in html
    assert Job.objects.count() == 0


def test_what_is_not_typed_yet_is_no_fault_until_the_exact_effect_is_asked_for(planner, digest):
    url = reverse("adjust:effect", args=["demand_override"])
    assert 'class="err"' not in planner.post(url, {"amount": ""}, **HTMX).content.decode()
    assert "Demand is missing" in planner.post(url, {"amount": "", "exact": "1"}, **HTMX).content.decode()


def test_exact_effect_replaces_the_estimate_when_it_is_there(planner, digest, own_home):
    html = planner.post(reverse("adjust:effect", args=["demand_override"]), {**FORM, "exact": "1"}, **HTMX)
    job = Job.objects.get()
    poll = reverse("adjust:preview", args=[job.pk])
    assert f'hx-get="{poll}"' in html.content.decode()
    assert "waits for its turn" in planner.get(poll, **HTMX).content.decode()
    work_on(take_job())
    done = planner.get(poll, **HTMX).content.decode()
    assert 'id="effect-figures" hx-swap-oob="true"' in done
    assert "hx-get" not in done
    assert "+$6,400" in done
    assert 'class="estimate"' not in done


def test_preview_works_without_script(planner, digest, own_home):
    answer = planner.post(reverse("adjust:effect", args=["demand_override"]), {**FORM, "exact": "1"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "+$6,400" in html
    assert 'name="amount" value="+10%"' in html
    work_on(take_job())
    assert "Exact" in planner.get(reverse("adjust:preview", args=[Job.objects.get().pk])).content.decode()


def test_a_preview_is_refused_where_proposing_would_be(person, digest):
    elsewhere = signed_in(person("elsa", "sales", market="abroad"))
    url = reverse("adjust:effect", args=["demand_input"])
    html = elsewhere.post(url, {**FORM, "exact": "1"}, **HTMX).content.decode()
    assert "has no right to propose" in html
    assert "$" not in html
    assert Job.objects.count() == 0


def test_a_preview_is_its_askers_alone(planner, person, digest):
    planner.post(reverse("adjust:effect", args=["demand_override"]), {**FORM, "exact": "1"}, **HTMX)
    url = reverse("adjust:preview", args=[Job.objects.get().pk])
    assert signed_in(person("cora", "coordinator")).get(url).status_code == 403


def test_a_form_is_filled_from_an_adjustment_or_an_address(planner, proposed):
    url = reverse("adjust:new", args=["demand_override"])
    html = planner.get(url, {"from": proposed.pk}).content.decode()
    assert 'name="amount" value="+10%"' in html
    assert 'name="item" value="tool"' in html
    assert 'name="market" value="retail"' in planner.get(url, {"market": "retail"}).content.decode()


def test_nodes_are_offered_by_what_is_typed(planner, digest):
    url = reverse("adjust:nodes", args=["demand_override", "item"])
    assert '<option value="tool">Gardening tool</option>' in planner.get(url, {"item": "garden"}).content.decode()
    assert planner.get(reverse("adjust:nodes", args=["demand_override", "planet"])).status_code == 404


def test_running_a_plan_needs_the_right(planner, person, digest):
    assert planner.post(reverse("adjust:run")).status_code == 302
    assert signed_in(person("sally", "sales")).post(reverse("adjust:run")).status_code == 403


def test_pages_have_nothing_inline(planner, proposed):
    for name, args in (("list", []), ("kinds", []), ("new", ["demand_override"]), ("one", [proposed.pk])):
        html = planner.get(reverse(f"adjust:{name}", args=args)).content.decode()
        assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html), name
        assert len(re.findall("<h1", html)) == 1


def test_without_a_plan_there_is_nothing_to_propose_in(planner):
    assert planner.get(reverse("adjust:list")).status_code == 200
    assert planner.get(reverse("adjust:new", args=["price"])).status_code == 404


def test_a_strategy_is_proposed_of_items_at_a_place(person, digest):
    """Its form asks for the item, the location and the line; what is typed there is what is kept."""
    planner = signed_in(person("sue", "supply_planner"))
    form = reverse("adjust:new", args=["production_strategy"])
    html = planner.get(form).content.decode()
    assert re.findall(r'id="f-(item|market|location|resource)"', html) == ["item", "location", "resource"]
    typed = {"strategy": "hybrid", "within_pct": "10", "item": "tool", "location": "plant", "reason": "One crew"}
    planner.post(form, typed)
    (row,) = AdjustmentRecord.objects.filter(kind="production_strategy")
    assert row.body["scope"] == {"item": "tool", "location": "plant"}
    assert (row.body["strategy"], row.body["within_pct"]) == ("hybrid", 10.0)
