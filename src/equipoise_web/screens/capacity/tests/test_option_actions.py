"""How options are carried out: by the form of an adjustment, else as an action that somebody has until a day."""

import pytest
from django.urls import reverse

from equipoise.balance.gap_options import options_of
from equipoise.balance.gaps import gaps_of_resource
from equipoise.balance.ground import read_ground
from equipoise.balance.tests.press import LEVERS, plan_of
from equipoise_web.access import access_of
from equipoise_web.reads.capacity_option_actions import action_of
from equipoise_web.reads.capacity_options import way_of
from equipoise_web.reads.exception_marks import Marks, Owner
from equipoise_web.reads.in_words import Words

pytestmark = pytest.mark.django_db
NBSP, MARCH, PACKING = "\u00a0", 2, "/capacity/west-packing/?bucket=17"
LISTED = (
    LEVERS
    + "CREW,hire,press,,,14,40,hour,21,60,,,\n"
    + "FAST,expedite,press,,,20,0,hour,5,12,,,\n"
    + "MOVE,redeploy_stock,,lids,,2,0,unit,10,8,,,\n"
    + "LESS,ration,,lids,retail,1,0,unit,0,,,,\n"
    + "RESEQ,schedule_change,press,,,1,0,hour,3,5,,,\n"
)
CREW = (
    "resource,location,name,workers,hours_per_worker,max_overtime_hours,regular_cost_per_hour,overtime_cost_per_hour\n"
    "press,shop,Press,1,100,40,10,16\n"
)


def march(folder, **tables):
    """March's gap of thirty hours, and its answers by code of the list."""
    gap = gaps_of_resource(read_ground(plan_of(folder, levers=LISTED, **tables)), 0)[MARCH]
    return gap, {each.option.name: each for each in options_of(gap).answers if each.option.is_listed}


def told(gap, each, marks=None):
    owners = (Owner("opal", "Opal", ("operations",)), Owner("pru", "Pru", ("procurement",)))
    return action_of(gap, each, Words(gap.ground.plan.axes), marks or {}, owners)


def test_hiring_on_a_machine_is_more_capacity_and_rationing_less_demand(tmp_path, person):
    gap, by = march(tmp_path)
    link, label = way_of(access_of(person("sue", "supply_planner")), gap, by["CREW"])
    assert label == "Fill in the form"
    assert link.startswith("/adjustments/new/capacity/?amount=%2B30&resource=press&first=2027-03-01&last=2027-03-31")
    link, _ = way_of(access_of(person("dan", "demand_planner")), gap, by["LESS"])
    assert link.startswith("/adjustments/new/demand_override/?amount=-30&item=lids&market=retail&first=2027-03-01")


def test_what_no_adjustment_does_is_an_action_with_who_and_until_when(tmp_path, person):
    gap, by = march(tmp_path)
    who = access_of(person("sue", "supply_planner"))
    for code in ("FAST", "MOVE", "RESEQ"):
        assert way_of(who, gap, by[code]) == ("", "")
    fast = told(gap, by["FAST"])
    assert fast.text == f"Expedite what brings 12{NBSP}h to press in Mar 2027"
    assert (fast.until, fast.function, fast.owner, fast.proposed) == (
        f"24{NBSP}Feb{NBSP}2027",
        "Procurement",
        "",
        "pru",
    )
    assert told(gap, by["MOVE"]).text == f"Move stock that spares press 8{NBSP}h in Mar 2027"
    assert (told(gap, by["MOVE"]).function, told(gap, by["MOVE"]).proposed) == ("Supply planning", "")
    given = told(gap, by["FAST"], {fast.about: Marks(owner="opal")})
    assert (given.owner, given.proposed) == ("Opal", "opal"), "who has it stays chosen"
    assert told(gap, by["RESEQ"]).proposed == "opal"


def test_people_of_a_crew_are_hired_by_somebody(tmp_path, person):
    """An adjustment of capacity would move the limit of the machine that the crew works on."""
    gap, by = march(tmp_path, resources=CREW)
    assert way_of(access_of(person("sue", "supply_planner")), gap, by["CREW"]) == ("", "")
    hire = told(gap, by["CREW"])
    assert (hire.text, hire.proposed) == (f"Hire for 30{NBSP}h of press in Mar 2027", "opal")


def test_an_action_is_given_to_a_person_and_the_page_says_who_has_it(signed_in, person, demo_digest):
    person("mia", "coordinator")
    sam = signed_in("sam", "supply_planner")
    page = sam.get(PACKING).content.decode()
    assert "Give it to somebody" in page and "With nobody yet; it is for Marketing." in page
    about = "option:SHIFT-PROMO at west-packing in 2028-04-01"
    assert f'name="about" value="{about}"' in page
    sent = {"about": about, "owner": "mia", "because": "Move it, by 16 Feb 2028", "here": f"{PACKING}#options-title"}
    answer = sam.post(reverse("exceptions:assign"), {**sent, "key": "k1"})
    assert answer.status_code == 302 and answer.url == f"{PACKING}#options-title"
    assert "With mia." in sam.get(PACKING).content.decode()


def test_who_only_reads_gives_no_action_to_anybody(signed_in, demo_digest):
    page = signed_in("ann", "analyst").get(PACKING).content.decode()
    assert "To do: Move the promotion" in page and "Give it to somebody" not in page


def test_the_page_says_what_others_took_and_what_stops_work_ahead(signed_in, demo_digest):
    page = signed_in("sam", "supply_planner").get(PACKING).content.decode()
    assert "surfachem: Surfactant at Plant West gives no more" in page
    assert "What those before it took is no longer here. They took" in page and "of Capsule line in Oct 2027" in page
    narrow = signed_in("will", "supply_planner", location="plant-west").get(PACKING).content.decode()
    assert "surfachem" not in narrow, "suppliers are told to who sees all"
