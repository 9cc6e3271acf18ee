"""What closes a gap on the page of a resource, its ladder, and what must be decided soon, for whom they are."""

from html import unescape

import pytest
from django.urls import reverse

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held, access_of
from equipoise_web.reads.capacity_effect_parts import Wanted
from equipoise_web.reads.capacity_ground import gaps_of, ground_of
from equipoise_web.reads.capacity_page import read_capacity
from equipoise_web.reads.capacity_parts import Asked
from equipoise_web.reads.capacity_resource import read_resource
from equipoise_web.reads.capacity_scope import PRICES, TOLD, see_capacity

pytestmark = pytest.mark.django_db
CAPSULE, DECEMBER, JANUARY = "capsule-line", 1, 2
NBSP = "\u00a0"


@pytest.fixture
def read(person, demo_digest):
    who = access_of(person("sue", "supply_planner"))

    def page(code, bucket="", access=who, **more):
        return read_resource(access, code, bucket=str(bucket), digest="", wanted=Wanted(), **more)

    return page


def by_code(part):
    """Lines by the code of their option in the table, else by their label."""
    return {line.detail.split(";")[0] if line.detail[:1].isupper() else line.label: line for line in part.lines}


def test_december_is_closed_by_overtime_and_a_few_hours_of_a_shift(read):
    part = read(CAPSULE, DECEMBER).options
    assert part.title == f"Three options close all 43 hours for €11{NBSP}k; decide by 1{NBSP}Nov{NBSP}2026"
    first, more, shift = part.lines[:3]
    assert (first.label, first.per_hour, first.taken) == ("Overtime", "€110.00", "20"), "290 less 180 of regular pay"
    assert "20 in the plan in force" in first.detail and "notice 7 days" in first.detail
    assert (more.label, more.closes, more.taken) == ("Overtime beyond today's limit", "20", "20")
    assert (shift.cost, shift.taken) == (f"€13{NBSP}k", "3"), "6,000 once, 43 hours at 350 less 180"
    assert (part.mix.closes, part.mix.left, part.mix.per_hour) == ("43", "0", "€254.21")
    lines = by_code(part)
    late = lines["LINE-2"]
    assert (
        late.is_late
        and late.arrives == "▲ 269 days too late; could work from Sep 2027"
        and late.cost == f"€1.25{NBSP}M"
        and not late.taken
    )
    ration = lines["RATION-WHOLESALE"]
    assert "gives up demand" in ration.detail and ration.saves == "–" and part.lines[-1] is ration


def test_what_does_not_reach_is_told_with_what_stays_open(read):
    part = read(CAPSULE, JANUARY).options
    assert part.title == (
        f"Three options in time bring in 114 of 193 hours for €65{NBSP}k; decide by 1{NBSP}Dec{NBSP}2026"
    )
    assert part.mix.left == "79" and part.mix.label == "Cheapest mix of what is in time"
    lines = by_code(part)
    assert lines["PREBUILD-LAUNDRY"].arrives == "▲ 29 days too late; could work from Dec 2026", (
        "thirty days' notice before November begins"
    )
    assert lines["OT-CAPSULE"].pays and lines["OT-CAPSULE"].verdict == "pays: an hour is worth more"


def test_an_option_leads_to_the_form_that_carries_it_out(read, signed_in):
    lines = by_code(read(CAPSULE, JANUARY).options)
    assert "resource=capsule-line&first=2027-01-01&last=2027-01-31" in lines["SHIFT-CAPSULE"].link
    assert "/new/overtime/?amount=%2B40&" in lines["OT-CAPSULE"].link
    assert "last=2028-10-31" in lines["LINE-2"].link, "a line that is bought stays"
    client = signed_in("sam", "supply_planner")
    for code, value in (("SHIFT-CAPSULE", "+60"), ("LINE-2", "+160")):
        form = client.get(lines[code].link).content.decode()
        assert f'value="{value}"' in form and f"Option {code}: 193 hours are short in Jan 2027" in form
    ahead = client.get(lines["PREBUILD-LAUNDRY"].link).content.decode()
    assert 'value="2026-11-01" selected' in ahead and "plant-west" in ahead


def test_who_may_not_propose_is_led_nowhere(read, person):
    analyst = access_of(person("ann", "analyst"))
    lines = by_code(read(CAPSULE, JANUARY, analyst).options)
    assert lines["SHIFT-CAPSULE"].link == lines["OT-CAPSULE"].link == lines["PREBUILD-LAUNDRY"].link == ""
    assert lines["OT-CAPSULE"].per_hour == "€110.00"


def test_where_nothing_is_short_options_are_told_and_none_is_taken(read):
    part = read("dish-mixing", 0).options
    assert part.title == "No hours are short here, so no option is needed" and part.mix is None
    assert not any(line.taken for line in part.lines) and not part.sees_margin


def test_the_ladder_says_since_when_each_rung_is_the_cheapest(read):
    part = read(CAPSULE, JANUARY).ladder
    assert part.title == "From 114 hours on it would be Invest (LINE-2), first in Jan 2027: too late by 238 days"
    lines = {line.label: line for line in part.rungs}
    line = lines["Invest (LINE-2)"]
    assert (line.begins, line.order_by, line.first) == ("114", f"7{NBSP}Mar{NBSP}2026", "Jan 2027")
    assert line.late == "▲ too late by 238 days; works from Sep 2027"
    assert line.pays == "after 11,364 h, 206 buckets, against Overtime beyond today's limit (OT-CAPSULE)"
    shift = lines["Extra shift (SHIFT-CAPSULE)"]
    assert (shift.begins, shift.once, shift.per_hour) == ("40", "€6,000", "€170.00")
    assert part.needs[0].rungs == "regular hours" and part.needs[2].rungs.endswith("Invest (LINE-2)")
    assert part.needs[DECEMBER].cost == "€5,368", "40 hours at 110, 2.8 at 170 and a thirteenth of 6,000"


def test_over_more_buckets_the_line_pays_sooner(read, signed_in):
    begins = [
        next(line.begins for line in read(CAPSULE, JANUARY, over=over).ladder.rungs if "LINE-2" in line.label)
        for over in ("12", "60", "240")
    ]
    # 1,250,000 over 60 months are 20,833: beyond 100 hours another one costs the copacker's; over 240 they
    # are 5,208: 40 hours at 110, a shift's 25 once and 170 an hour come to that at 45.
    assert begins == ["114", "102", "45"]
    client = signed_in("sam", "supply_planner")
    for over in ("0", "241", "x", "-1", "1.5"):
        answer = client.get(reverse("capacity:show", args=[CAPSULE]), {"over": over})
        assert answer.status_code == 422 and "whole number of buckets" in answer.content.decode()


def test_the_drawing_stands_on_its_own_scale(read):
    chart = read(CAPSULE, JANUARY).ladder.chart
    assert len(chart.marks) == 12 and "Jan 2027" in {mark.text for mark in chart.marks}
    base, top = float(chart.axis), float(chart.top)
    for line in (*chart.cheapest, *chart.rungs):
        assert top - 1 <= float(line.y1) <= base + 0.1 and top - 1 <= float(line.y2) <= base + 0.1
        assert 0 <= float(line.x1[:-1]) <= float(line.x2[:-1]) <= 100
    assert {"LINE-2", "SHIFT-CAPSULE", "Subcontract to copacker"} <= {name.text for name in chart.names}


def test_decide_soon_names_the_nearest_last_days(person, demo_digest):
    found = read_capacity(access_of(person("sue", "supply_planner")), Asked())
    assert found.soon_title == f"Six places need a decision; first Capsule line by 1{NBSP}Nov{NBSP}2026"
    first = found.soon[0]
    assert first.options == "Overtime, Overtime beyond today's limit, Extra shift" and first.relieved == ""
    assert (first.where, first.when, first.days, first.is_open) == ("Capsule line", "Dec 2026", "in 1 day", False)
    assert first.link == reverse("capacity:show", args=[CAPSULE]) + "?bucket=1"
    supplier = next(line for line in found.soon if "surfachem" in line.where)
    assert supplier.where.endswith(" at Plant West") and not supplier.link, "a supplier has gaps as well"


def test_who_looks_after_a_site_is_told_of_its_own_gaps_alone(person, demo_digest):
    west = access_of(person("will", "supply_planner", location="plant-west"))
    seen = see_capacity(west)
    assert {each.gap.where for each in gaps_of(west, seen)} == {"capsule-line", "liquid-filling-2", "west-packing"}
    assert not ground_of(seen).told[[0, 1]].any(), "idle hours of the other plant are not told"
    found = read_capacity(west, Asked())
    assert not any("surfachem" in line.where for line in found.soon)


def reader_of(*measures):
    return Access(7, "bea", tuple(Held(ROLES["analyst"], Scope(), name) for name in measures))


def test_who_does_not_read_prices_is_told_no_money(read, demo_digest):
    bare = reader_of(*TOLD)
    page = read(CAPSULE, DECEMBER, bare)
    assert page.options is None and page.ladder is None
    found = read_capacity(bare, Asked())
    assert found.soon == () and found.soon_title == ""


def test_without_standard_costs_prices_are_told_and_margins_are_not(read, demo_digest):
    part = read(CAPSULE, DECEMBER, reader_of(*TOLD, *PRICES)).options
    assert not part.sees_margin and part.note == "" and {line.saves for line in part.lines} == {"–"}
    prices = {line.label: line.per_hour for line in part.lines}
    assert prices["Overtime"] == "€110.00" and "Invest" not in prices, "a right to measures shows no rows of the list"


def test_without_a_list_the_page_teaches_what_to_deliver(person, signed_in, digest):
    """The textbook company has no table levers: options are those of its data."""
    client = signed_in("sam", "supply_planner")
    page = client.get(reverse("capacity:show", args=["assembly"])).content.decode()
    assert "There is no option list yet" in page and reverse("gathering:template") in page
    assert "One option closes all 2,400 hours for $3,200; decide by 1" in unescape(page)
    ann = signed_in("ann", "analyst")
    for address in (reverse("capacity:heat"), reverse("capacity:show", args=["assembly"])):
        page = ann.get(address).content.decode()
        assert "There is no option list yet" in page and reverse("gathering:template") not in page
        assert "Whoever gathers the month" in page


@pytest.mark.parametrize(("role", "status"), [("", 403), ("sales", 403), ("administrator", 403), ("operations", 200)])
def test_the_page_is_for_those_who_see_the_line(signed_in, demo_digest, role, status):
    client = signed_in("max", role)
    answer = client.get(reverse("capacity:show", args=[CAPSULE]))
    assert answer.status_code == status
    assert ("What closes it" in answer.content.decode()) is (status == 200)
