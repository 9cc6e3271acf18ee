"""Options and ladders by the API and the client: the engine's numbers, for whom they are."""

import pytest

import equipoise
from equipoise.balance.ground import read_ground
from equipoise.balance.together import gap_options
from equipoise.client import Refused
from equipoise_web.access import access_of
from equipoise_web.actions.make_token import make_token
from equipoise_web.reads.plans import open_plan

pytestmark = pytest.mark.django_db
API = "/api/v1/plans"


def gaps_in(answer):
    return {(each["where"], each["bucket"]): each for each in answer.json()["gaps"]}


def test_every_gap_is_told_as_the_engine_prices_it(signed_in, demo_digest):
    plan = open_plan(demo_digest)
    answer = signed_in("ann", "analyst").get(f"{API}/{demo_digest}/capacity/options")
    told, priced = gaps_in(answer), gap_options(read_ground(plan))
    assert answer.json()["has_list"] and answer.json()["as_of"] == plan.head.as_of.isoformat()
    assert set(told) == {(g.gap.where, plan.axes.calendar.label(g.gap.bucket)) for g in priced}
    for found in priced:
        gap = told[found.gap.where, plan.axes.calendar.label(found.gap.bucket)]
        assert (gap["short_qty"], gap["mix_amount"]) == (found.gap.short, found.amount)
        assert [each["hour_price"] for each in gap["options"]] == [each.per_hour for each in found.answers]
        assert sum(each["mix_qty"] for each in gap["options"]) == pytest.approx(gap["mix_closes_qty"])
    overtime = told["capsule-line", "Dec 2026"]["options"][0]
    assert (overtime["lever"], overtime["hour_price"], overtime["decide_by"]) == ("overtime", 110.0, "2026-11-24")


def test_the_soonest_first(signed_in, demo_digest):
    client = signed_in("ann", "analyst")
    found = client.get(f"{API}/{demo_digest}/capacity/options?order=soonest").json()["gaps"]
    days = [each["decide_by"] for each in found]
    assert days == sorted(days) and days[0] == "2026-11-01"
    assert client.get(f"{API}/{demo_digest}/capacity/options?order=x").status_code == 400


def test_a_site_is_told_its_own(signed_in, demo_digest):
    west = signed_in("will", "supply_planner", location="plant-west")
    found = west.get(f"{API}/{demo_digest}/capacity/options").json()["gaps"]
    assert {each["location"] for each in found} == {"plant-west"} and {each["kind"] for each in found} == {"hours"}
    for verb in ("options", "ladder"):
        answers = [
            west.get(f"{API}/{demo_digest}/capacity/{verb}?resource={code}") for code in ("tube-filling", "no-such")
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json()["message"].replace("tube-filling", "no-such") == answers[1].json()["message"]


@pytest.mark.parametrize("verb", ["options?order=x", "ladder"])
@pytest.mark.parametrize(
    ("role", "nodes", "why"),
    [
        ("", {}, "no role here yet"),
        ("administrator", {}, "no right to read"),
        ("sales", {}, "your role reads demand, prices and inputs"),
        ("marketing", {"market": "North"}, "your part of the company has no line of its own"),
    ],
    ids=["stranger", "administrator", "sales", "a-market"],
)
def test_who_has_no_line_is_told_why(signed_in, demo_digest, verb, role, nodes, why):
    answer = signed_in("max", role, **nodes).get(f"{API}/{demo_digest}/capacity/{verb.split('?')[0]}?resource=x")
    assert answer.status_code == 403 and why in answer.json()["message"]


def test_who_reads_no_prices_is_told_no_option(person, client, demo_digest):
    from equipoise_web.reads.capacity_scope import TOLD
    from equipoise_web.records.models import Grant

    bea = person("bea")
    for name in TOLD:
        Grant.objects.create(person=bea, role="analyst", measure=name)
    client.force_login(bea)
    assert client.get(f"{API}/{demo_digest}/capacity").status_code == 200
    answer = client.get(f"{API}/{demo_digest}/capacity/options")
    assert answer.status_code == 403 and "does not read prices" in answer.json()["message"]


def test_what_is_malformed_or_not_there_is_refused(signed_in, demo_digest):
    ann = signed_in("ann", "analyst")
    assert ann.get(f"{API}/{'0' * 64}/capacity/options").status_code == 404
    assert ann.get(f"{API}/{demo_digest}/capacity/ladder").status_code == 400, "a ladder is of one resource"
    for over in ("0", "x", "-3"):
        answer = ann.get(f"{API}/{demo_digest}/capacity/ladder?resource=capsule-line&over={over}")
        assert answer.status_code == 400
    far = ann.get(f"{API}/{demo_digest}/capacity/ladder?resource=capsule-line&over=241")
    assert far.status_code == 422 and "240 or fewer" in far.json()["message"]


def test_the_answer_is_known_again_by_its_tag(signed_in, demo_digest):
    ann = signed_in("ann", "analyst")
    first = ann.get(f"{API}/{demo_digest}/capacity/ladder?resource=capsule-line")
    again = {"headers": {"If-None-Match": first["ETag"]}}
    assert ann.get(f"{API}/{demo_digest}/capacity/ladder?resource=capsule-line", **again).status_code == 304


def test_the_client_reads_both(address, person, digest):
    """Red Tomato: 2,400 hours are short in April; built ahead they cost 3,200; hiring is 4 an hour and 5 once."""
    user = person("paula", "supply_planner")
    there = equipoise.connect(address, make_token(access_of(user), "robot", ["read", "see_pooled"])["secret"])
    plan = there.plan(digest)
    (gap,) = plan.options("assembly", soonest=True)["gaps"]
    assert (gap["short_qty"], gap["mix_amount"], gap["bucket"]) == (2_400.0, 3_200.0, "Apr 2027")
    ladder = plan.ladder("assembly", over=3)
    hire = next(each for each in ladder["rungs"] if each["lever"] == "hire")
    assert (hire["hour_price"], hire["once_hour_price"], ladder["over_buckets"]) == (4.0, 5.0, 3)
    with pytest.raises(Refused, match="There is no resource lathe"):
        plan.ladder("lathe")


def test_gaps_say_what_they_take_from_each_other(signed_in, demo_digest):
    found = gaps_in(signed_in("ann", "analyst").get(f"{API}/{demo_digest}/capacity/options"))
    assert sorted(each["turn"] for each in found.values()) == list(range(1, len(found) + 1))
    packing = found["west-packing", "Apr 2028"]
    assert {(g["what"], g["bucket"], g["by_where"]) for g in packing["given"]} == {
        ("capsule-line", "Oct 2027", "capsule-line")
    }
    ahead = next(o for o in packing["options"] if (o["lever"], o["option"]) == ("prebuild", ""))
    (stop,) = ahead["stops"]
    assert (stop["sort"], stop["what"], stop["bucket"]) == (
        "supplier",
        "purchasing at plant-west from surfachem / RM-SURFACTANT",
        "Nov 2027",
    )
    assert 0 < stop["kept_qty"] <= packing["short_qty"]
    assert sum(each["mix_amount"] for each in found.values()) > sum(each["alone_mix_amount"] for each in found.values())
