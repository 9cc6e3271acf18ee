"""Fill the demo month with what people leave behind in one, so that no page is photographed empty.

Run as a program, for Django is set up once a process: `python month.py HOME` prints what addresses are filled with.
"""

import json
import os
import sys
from pathlib import Path

MAPPING = """# The monthly export of the order system
[tables.sales_history]
file = "export-2026-11.csv"
rename = {Artikel = "item", Kunde = "market", Monat = "date", Menge = "ordered_qty"}
numbers = {columns = ["ordered_qty"], decimal = ",", thousands = "."}
dates = {date = "%d.%m.%Y"}
"""
EXPORT = """Artikel;Kunde;Monat;Menge
LA-01;north-grocery;01.11.2026;14.204
LA-01;north-drug;01.11.2026;2.310,5
LA-02;north-grocery;01.11.2026;9.118
LA-99;north-grocery;01.11.2026;77
"""
PRICES = """item,market,valid_from,price,currency
LA-01,,2026-12-01,33.4O,
LA-02,,2026-12-01,41.10,
LA-99,,2027-01-01,12,
LA-03,south-wholesale,2027-13-01,30.54,CHF
"""
INVENTORY = """item,location,on_hand,blocked
LA-01,dc-north,12980,
LA-01,dc-south,9450,
LA-02,dc-west,6120,
LA-03,dc-north,lots,
"""


def fill(home):
    """Everything, in the order in which people would do it; returns the things by name."""
    os.environ["EQUIPOISE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise_web.settings"
    from equipoise_web.serve import prepare

    prepare(with_demo_people=True)
    from equipoise_web.records.models import PublishedPlan

    plan = PublishedPlan.objects.order_by("-id").first()
    things = {"digest": plan.digest}
    things |= _people()
    things |= _proposals(plan)
    things |= _scenarios(plan)
    things |= _draft(plan)
    things |= _jobs()
    things |= _response()
    from django.template.loader import render_to_string

    from equipoise_web.actions.back_up import back_up, note_backup

    note_backup(home, back_up(home, home.with_name("backup.tar")))

    return things | {"fault": render_to_string("500.html", {"report": "3f9a01c7"})}


def who(name):
    from django.contrib.auth.models import User

    from equipoise_web.access import access_of

    return access_of(User.objects.get(username=name))


def _people():
    """Somebody invited, somebody gone, a role that ended, tokens of programs, a second factor."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth.models import User

    from equipoise.core.adjustment import Scope
    from equipoise_web.access import ROLES, Held
    from equipoise_web.actions.deactivate_person import deactivate_person
    from equipoise_web.actions.give_grant import end_grant, give_grant
    from equipoise_web.actions.invite_person import invite_person
    from equipoise_web.actions.make_token import make_token
    from equipoise_web.records.models import Grant

    admin = who("admin")
    link = invite_person(
        admin,
        "sales.south",
        [Held(ROLES["sales"], Scope(market="South")), Held(ROLES["marketing"], is_read_only=True)],
        name="Sales South",
    )
    invite_person(admin, "procurement", [Held(ROLES["procurement"])], name="Procurement")
    deactivate_person(admin, "product", because="left the company on 20 November")
    give_grant(admin, "sales", "marketing", scope=Scope(market="North"), is_read_only=True, because="helps out")
    end_grant(admin, Grant.objects.filter(person__username="sales").last().pk, because="the campaign is over")
    make_token(who("planner"), "nightly export", ["read"], days=3)
    make_token(who("analyst"), "notebooks", ["read", "run"], days=90)
    secured = User.objects.get(username="finance")
    TOTP.activate(secured, generate_totp_secret())
    codes = RecoveryCodes.activate(secured).get_unused_codes()
    person = User.objects.get(username="sales").pk
    return {"secret": link["secret"], "person": person, "gone": User.objects.get(username="product").pk, "codes": codes}


def _proposals(plan):
    """Changes by several functions: accepted, rejected, waiting, talked about."""
    from equipoise_web.actions.add_comment import add_comment
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.actions.rule_adjustment import rule_adjustment
    from equipoise_web.reads.scenarios import working_scenario
    from equipoise_web.reads.snapshots import axes_of

    scenario, axes = working_scenario().name, axes_of(plan.snapshot)

    def propose(name, **body):
        return propose_adjustment(who(name), body, scenario=scenario, axes=axes)["id"]

    shelf = {"item": "Laundry care", "first": "2027-01-01", "last": "2027-03-31"}
    accepted = propose(
        "marketing",
        kind="demand_input",
        amount="+12%",
        scope=shelf,
        reason="Second shelf in the drugstore chain from January",
        reason_code="listing",
    )
    rule_adjustment(who("coordinator"), accepted, "accepted", because="The contract is signed")
    rejected = propose(
        "sales",
        kind="demand_input",
        amount="+40%",
        scope={"item": "Laundry care", "market": "North", "first": "2027-02-01", "last": "2027-02-28"},
        reason="A customer asked for a quotation",
    )
    rule_adjustment(
        who("planner"), rejected, "rejected", because="A quotation is no order; propose it with a probability"
    )
    waiting = propose(
        "sales",
        kind="demand_input",
        amount="+6%",
        scope={"item": "Laundry care", "market": "North", "first": "2027-04-01", "last": "2027-06-30"},
        reason="Two more stores of the northern chain",
    )
    add_comment(who("planner"), f"adjustment:{waiting}", "Which two stores, and from which week on?")
    add_comment(who("sales"), f"adjustment:{waiting}", "Lübeck and Kiel, both from the first week of April.")
    return {"adjustment": waiting, "rejected": rejected, "mine": accepted}


def _scenarios(plan):
    """Two branches that set the same cells, of which one is promoted, so that the other waits with a conflict."""
    from equipoise_web.actions.open_scenario import open_scenario
    from equipoise_web.actions.promote_scenario import promote_scenario
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.reads.scenario_page import number_of
    from equipoise_web.reads.scenarios import working_scenario
    from equipoise_web.reads.snapshots import axes_of

    root, axes = working_scenario(), axes_of(plan.snapshot)
    scope = {"item": "Dish care", "first": "2027-02-01", "last": "2027-03-31"}
    for name, by, amount in (("Price fight", "planner", "150000"), ("Listing lost", "coordinator", "120000")):
        assumed = ["The film supplier delivers from March", "No second discounter follows"]
        open_scenario(
            who(by), name, parent=root.name, question="What if it comes to that in spring?", assumptions=assumed
        )
        body = {"kind": "demand_override", "amount": amount, "scope": scope, "reason": f"{name}: agreed with sales"}
        propose_adjustment(who(by), body, scenario=name, axes=axes)
    promote_scenario(who("coordinator"), "Price fight", axes=axes, because="Likely by now")
    return {"root": root.pk, "branch": number_of("Listing lost")}


def _response():
    """The dearest shortage, for which supply offered twice: refused, and waiting for demand."""
    from urllib.parse import urlencode

    from equipoise_web.actions.answer_offer import answer_offer
    from equipoise_web.actions.offer_supply import offer_supply
    from equipoise_web.reads.shortages import place_of, seen_shortages
    from equipoise_web.reads.supply_optimum import plan_at_hand

    supply = who("supply")
    plan = plan_at_hand(supply)
    dearest = seen_shortages(supply, plan)[0]
    item, market, day = place_of(plan, dearest)

    def offer(quantity, arrives, cost, because):
        return offer_supply(
            supply,
            axes=plan.axes,
            item=item,
            market=market,
            bucket=dearest.bucket,
            quantity=quantity,
            arrives=arrives,
            cost=cost,
            currency=plan.head.currency,
            short=dearest.short,
            because=because,
        )["offer"]

    first = offer(dearest.short, dearest.bucket + 3, 0.0, "The capsule line is full until then")
    answer_offer(who("planner"), first, "rejected", axes=plan.axes, because="The customer buys elsewhere by then")
    offer(round(dearest.short / 2), dearest.bucket + 1, 4_500.0, "Half of it by an express lane")
    return {"short": urlencode({"item": item, "market": market, "day": day.isoformat()})}


def _draft(plan):
    """The month after, opened and delivered to, with rows left out, a correction and a row dropped on purpose."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from equipoise_web.actions.correct_row import Place, drop_row
    from equipoise_web.actions.deliver_file import deliver_file, keep_files
    from equipoise_web.actions.open_draft import open_draft
    from equipoise_web.reads.snapshots import open_snapshot

    gatherer = who("coordinator")
    draft = open_draft(gatherer, base=open_snapshot(plan.snapshot))["draft"]

    def deliver(name, text, **options):
        (kept,) = keep_files(gatherer, [SimpleUploadedFile(name, text.encode())])
        job = deliver_file(gatherer, draft, kept, **options)["job"]
        _work()
        return job

    deliver("prices.csv", PRICES, is_append=True)
    deliver("inventory.csv", INVENTORY)
    refused = deliver("sales_history.csv", "a,b\n1,2\n")
    preview = deliver("export-2026-11.csv", EXPORT, mapping=MAPPING, is_preview=True)
    from equipoise_web.drafts import open_contents
    from equipoise_web.records.models import MonthDraft

    row = MonthDraft.objects.get(pk=draft)
    for left_out in open_contents(row.pk, row.version).quarantine:
        if left_out.values.get("item") == "LA-99":
            place = Place(left_out.file, left_out.line)
            reason = "An item of the sister company"
            drop_row(gatherer, draft, row.version, table=left_out.table, row=place, reason=reason)
    return {"refused": refused, "preview_job": preview}


def _jobs():
    """A run that failed and one that was cancelled; the exact effect of a change; the plan that answers all of it."""
    from equipoise_web.actions.ask_job import ask_job, cancel_job
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.reads.scenarios import working_scenario
    from equipoise_web.reads.snapshots import axes_of

    scenario = working_scenario().name
    coordinator, marketing = who("coordinator"), who("marketing")
    cancel_job(coordinator, ask_job(coordinator, "compute_plan", {"scenario": scenario})["id"])
    failed = ask_job(coordinator, "compute_plan", {"scenario": "Budget 2028"})["id"]
    body = {
        "kind": "demand_input",
        "amount": "+8%",
        "scope": {"item": "Laundry care", "first": "2027-01-01", "last": "2027-03-31"},
        "reason": "A poster campaign",
    }
    effect = ask_job(marketing, "preview", {"scenario": scenario, "body": body, "person": marketing.person})["id"]
    done = ask_job(coordinator, "compute_plan", {"scenario": scenario})["id"]
    _work()
    later = {"item": "Laundry care", "first": "2027-05-01", "last": "2027-05-31"}
    axes = axes_of(working_scenario().snapshot)
    body = {"kind": "demand_input", "amount": "-3%", "scope": later, "reason": "A competitor's price"}
    propose_adjustment(marketing, body, scenario=scenario, axes=axes)  # no plan answers it yet
    return {"scenario": scenario, "failed": failed, "effect": effect, "done": done}


def _work():
    """Do every job that waits, as the worker does."""
    from equipoise_web.actions.lease_job import take_job
    from equipoise_web.jobs.worker import work_on

    while job := take_job():
        work_on(job)


if __name__ == "__main__":
    print(json.dumps(fill(Path(sys.argv[1]))))
