"""Capacity by the API: the numbers of the plan, each with its tier, for whom they are."""

import numpy as np
import pytest

from equipoise.core.grid import FloatArray
from equipoise_web.reads.capacity_load import rough_cut_of
from equipoise_web.reads.plans import open_plan

pytestmark = pytest.mark.django_db
API = "/api/v1/plans"


def by_resource(answer: dict, field: str) -> FloatArray:
    """A number of every resource, [R, T]; null as NaN."""
    cells = [[bucket[field] for bucket in each["buckets"]] for each in answer["resources"]]
    return np.array(cells, dtype=np.float64)


def test_the_numbers_are_those_of_the_plan(signed_in, demo_digest):
    plan = open_plan(demo_digest)
    found = signed_in("ann", "analyst").get(f"{API}/{demo_digest}/capacity").json()
    assert [each["resource"] for each in found["resources"]] == list(plan.axes.resources.leaves)
    assert (found["plan"], found["tier"]) == (demo_digest, "optimum")
    assert {each["tier"] for each in found["resources"]} == {"optimum"}
    for field, name in (
        ("load_hours", "capacity_load_hours"),
        ("available_hours", "capacity_available_hours"),
        ("overtime_hours", "overtime_hours"),
        ("idle_hours", "idle_hours"),
        ("hour_price", "capacity_shadow_price"),
    ):
        assert np.array_equal(by_resource(found, field), plan.measure(name).values, equal_nan=True), field
    load, available = by_resource(found, "load_hours"), by_resource(found, "available_hours")
    assert by_resource(found, "load_pct") == pytest.approx(100 * load / available, nan_ok=True)
    assert found["resources"][0]["buckets"][0]["bucket"] == plan.axes.calendar.label(0)


def test_infinite_loading_is_labelled_and_has_no_prices(signed_in, demo_digest):
    heat = rough_cut_of(demo_digest).infinite.heat
    found = signed_in("ann", "analyst").get(f"{API}/{demo_digest}/capacity?load=infinite").json()
    assert {found["tier"], *(each["tier"] for each in found["resources"])} == {"infinite"}
    assert np.array_equal(by_resource(found, "load_hours"), heat.load)
    assert np.isnan(by_resource(found, "hour_price")).all()
    assert np.isnan(by_resource(found, "overtime_hours")).all()


def test_one_resource_of_a_site_and_none_of_another(signed_in, demo_digest):
    plan = open_plan(demo_digest)
    west = signed_in("will", "supply_planner", location="plant-west")
    found = west.get(f"{API}/{demo_digest}/capacity").json()["resources"]
    assert {each["location"] for each in found} == {"plant-west"}
    assert 0 < len(found) < len(plan.axes.resources)
    one = west.get(f"{API}/{demo_digest}/capacity?resource=capsule-line").json()["resources"]
    assert [each["resource"] for each in one] == ["capsule-line"]
    others = [west.get(f"{API}/{demo_digest}/capacity?resource={code}") for code in ("tube-filling", "no-such")]
    assert [each.status_code for each in others] == [404, 404]
    assert others[0].json()["message"].replace("tube-filling", "x") == others[1].json()["message"].replace(
        "no-such", "x"
    )


@pytest.mark.parametrize(
    ("role", "nodes", "named", "why"),
    [
        ("", {}, "0" * 64, "no role here yet"),
        ("administrator", {}, "0" * 64, "no right to read"),
        ("sales", {}, "0" * 64, "your role reads demand, prices and inputs"),
        ("marketing", {"market": "North"}, "", "your part of the company has no line of its own"),
    ],
    ids=["stranger", "administrator", "sales", "a-market"],
)
def test_who_has_no_line_is_told_why_before_what_is_asked_is_looked_at(signed_in, demo_digest, role, nodes, named, why):
    answer = signed_in("max", role, **nodes).get(f"{API}/{named or demo_digest}/capacity?load=x")
    assert answer.status_code == 403
    assert why in answer.json()["message"]


def test_what_is_not_there_is_not_found(signed_in, demo_digest):
    ann = signed_in("ann", "analyst")
    assert ann.get(f"{API}/{'0' * 64}/capacity").status_code == 404
    assert ann.get(f"{API}/{demo_digest}/capacity?load=x").status_code == 404


def test_an_answer_is_fetched_once_and_asked_about_again(signed_in, demo_digest):
    ann, sue = signed_in("ann", "analyst"), signed_in("sue", "sales")
    first = ann.get(f"{API}/{demo_digest}/capacity")
    again = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    assert ann.get(f"{API}/{demo_digest}/capacity", **again).status_code == 304
    assert sue.get(f"{API}/{demo_digest}/capacity", **again).status_code == 403
