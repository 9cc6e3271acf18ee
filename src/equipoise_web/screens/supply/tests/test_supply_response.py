"""Supply offers, demand answers, and the plan changes only then."""

import re

import pytest
from django.urls import reverse

from equipoise_web.actions import offer_supply as offering
from equipoise_web.reads import supply_offers
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.shortage_page import read_shortage
from equipoise_web.reads.shortages import Filters as Asked
from equipoise_web.reads.shortages import read_shortages
from equipoise_web.records.models import AdjustmentRecord, AuditEntry, RulingRecord

pytestmark = pytest.mark.django_db
SHORT = {"item": "LA-04", "market": "north-drug", "day": "2027-02-01"}


def offer(client, **said):
    typed = {**SHORT, "quantity": "4,000", "arrives": "5", "cost": "1200", "because": "The line is full"} | said
    return client.post(reverse("supply:offer"), typed)


def answer(client, said, **more):
    found = re.search(r'name="offer" value="([^"]+)"', client.get(reverse("supply:shortage"), SHORT).content.decode())
    number = found[1] if found else more.pop("offer")
    return client.post(
        reverse("supply:answer"), {**SHORT, "offer": number, "answer": said, "because": "As discussed"} | more
    )


def test_offered_accepted_and_part_of_the_plan_only_then(supply, demand, eye):
    root = working_scenario().name
    before = question_of(root).fingerprint
    assert offer(supply).status_code == 302
    assert question_of(root).fingerprint == before
    assert len(question_of(offering.response_name(root)).adjustments) == len(question_of(root).adjustments) + 2
    found = read_shortage(eye, **SHORT)
    assert (found.state, found.may_offer, found.may_answer) == ("offered", False, False)
    assert found.thread[0].words == "4,000 in Apr 2027 instead"
    assert found.thread[0].reason == "The line is full (costs €1,200 more)"
    assert answer(demand, "accepted").status_code == 302
    asked = question_of(root)
    assert [(a.change.amount.value, a.scope.first.isoformat()) for a in asked.adjustments[-2:]] == [
        (-4000.0, "2027-02-01"),
        (4000.0, "2027-04-01"),
    ]
    assert read_shortage(eye, **SHORT).state == "closed"
    told = AuditEntry.objects.order_by("-seq")[:2]
    assert [entry.verb for entry in told] == ["answer_offer", "offer_supply"]
    assert told[1].after["cost"] == 1200.0
    assert {ruling.verdict for ruling in RulingRecord.objects.all()} == {"proposed", "accepted"}
    again = answer(demand, "rejected", offer=found.thread[0].id)
    assert again.status_code == 409
    assert len(read_shortages(eye, Asked(state="closed")).lines) == 1


def test_refused_with_a_reason_it_stays_until_supply_offers_again(supply, demand, eye):
    offer(supply)
    assert answer(demand, "rejected", because=" ").status_code == 422
    assert answer(demand, "rejected", because="The chain delists us").status_code == 302
    found = read_shortage(eye, **SHORT)
    assert found.state == "refused"
    assert found.thread[0].because == "The chain delists us"
    assert offer(supply, arrives="never", quantity="761").status_code == 302
    found = read_shortage(eye, **SHORT)
    assert [(each.words, each.verdict) for each in found.thread] == [
        ("4,000 in Apr 2027 instead", "rejected"),
        ("761 not at all", "proposed"),
    ]
    assert found.state == "offered"
    assert answer(supply, "withdrawn").status_code == 302
    assert read_shortage(eye, **SHORT).state == "refused"


def test_who_offers_and_who_answers(supply, demand, signed_in):
    assert offer(demand).status_code == 403  # demand speaks not for supply
    assert offer(signed_in("anna", "analyst")).status_code == 403
    offer(supply)
    boss = signed_in("boss", "executive")
    page = demand.get(reverse("supply:shortage"), SHORT).content.decode()
    (number,) = set(re.findall(r'name="offer" value="([^"]+)"', page))
    for client in (boss, supply):
        assert answer(client, "accepted", offer=number).status_code == 403
    assert answer(demand, "withdrawn", offer=number).status_code == 403  # only who made it
    assert answer(demand, "eaten", offer=number).status_code == 404
    assert answer(demand, "accepted", offer="none").status_code == 404


def test_what_was_ruled_on_one_by_one_waits_until_all_of_it_joins_the_plan(supply, demand, eye):
    offer(supply)
    first, second = AdjustmentRecord.objects.filter(body__reason_code=offering.REASON_CODE)
    for leg, state in ((first, "offered"), (second, "offered")):
        ruled = demand.post(reverse("adjust:rule", args=[leg.pk]), {"verdict": "accepted"})
        assert ruled.status_code == 302
        assert read_shortage(eye, **SHORT).state == state
    (waiting,) = read_shortage(eye, **SHORT).thread
    assert (waiting.verdict, waiting.is_in_plan) == ("accepted", False)
    assert answer(demand, "rejected", offer=first.pk).status_code == 409
    assert answer(demand, "accepted").status_code == 302
    assert read_shortage(eye, **SHORT).state == "closed"


def test_nobody_answers_an_offer_of_their_own(signed_in, demo_digest):
    both = signed_in("cora", "coordinator")
    offer(both)
    page = both.get(reverse("supply:shortage"), SHORT).content.decode()
    assert ">Take it back<" in page
    assert ">Accept<" not in page
    assert answer(both, "accepted").status_code == 403


def test_who_speaks_for_the_demand_of_one_market_answers_for_it_alone(supply, signed_in):
    offer(supply)
    page = signed_in("eva", "coordinator").get(reverse("supply:shortage"), SHORT).content.decode()
    (number,) = set(re.findall(r'name="offer" value="([^"]+)"', page))
    south = signed_in("sven", "demand_planner", market="South")
    assert answer(south, "accepted", offer=number).status_code == 404  # not in sight
    there = {"item": "LA-04", "market": "south-grocery", "day": "2027-02-01", "offer": number}
    sent = {**there, "answer": "accepted", "because": "From a page of my own"}
    assert south.post(reverse("supply:answer"), sent).status_code == 403
    north = signed_in("nora", "demand_planner", market="North")
    assert answer(north, "accepted").status_code == 302


def test_an_offer_that_makes_no_sense_is_refused_and_nothing_written(supply):
    wrong = (
        {"quantity": "0"},
        {"quantity": "5000"},  # more than is short
        {"quantity": "many"},
        {"arrives": "3"},  # the bucket itself
        {"arrives": "999"},
        {"arrives": "soon"},
        {"cost": "-1"},
        {"because": ""},
    )
    for said in wrong:
        assert offer(supply, **said).status_code == 422, said
    assert not AuditEntry.objects.filter(verb="offer_supply").exists()


def test_the_same_key_offers_once(supply, eye):
    offer(supply, key="k")
    offer(supply, key="k")
    assert len(read_shortage(eye, **SHORT).thread) == 1


def test_offers_are_marked_alike_by_who_writes_and_who_reads_them():
    assert offering.REASON_CODE == supply_offers.REASON_CODE
