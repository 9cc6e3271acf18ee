"""Forms made from the dataclasses of the engine: every kind has one, and every fault stands beside its field."""

import pytest

from equipoise.catalog import CHANGE_BY_KIND
from equipoise.codec import adjustment_as_json, adjustment_from_json
from equipoise_web.access import SYSTEM, Access, Held, NotAllowed, Right, Role, access_of
from equipoise_web.reads.form import form_of, kinds_for, read_form
from equipoise_web.reads.form_fields import fields_asked, typed_from
from equipoise_web.reads.node_picker import search_nodes
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of

EVERYTHING = Access(1, "all", (Held(Role("all", "", "sales", frozenset(Right), tuple(CHANGE_BY_KIND))),))
TYPED = {
    "demand_input": {"amount": "+10%", "spread": "like", "basis": "delta", "includes": "easter; spring"},
    "demand_override": {"amount": "1,200"},
    "demand_hold": {},
    "promotion": {"uplift_pct": "25%", "forward_buy_pct": "10", "forward_buy_buckets": "2"},
    "price": {"amount": "-0.5"},
    "exchange_rate": {"currency": "GBP", "amount": "1.17"},
    "capacity": {"amount": "+40"},
    "overtime": {"amount": "+8"},
    "set_policy": {"knob": "workforce", "value": "integer"},
    "launch_date": {"launch_date": "2027-03-01"},
    "launch": {"amount": "1200", "ramp": "20;50;80"},
    "end_date": {"end_date": "2027-05-31"},
}


@pytest.fixture
def axes(digest):
    return axes_of(working_scenario().snapshot)


@pytest.mark.parametrize("kind", sorted(CHANGE_BY_KIND))
def test_every_kind_has_a_form_with_labels(kind, axes):
    form = form_of(EVERYTHING, kind, axes, {}, {}, {})
    assert form.title
    assert form.meaning.endswith(".")
    assert all(field.label for field in form.fields)


@pytest.mark.parametrize("kind", sorted(TYPED))
def test_what_is_typed_is_what_the_engine_reads_and_can_be_typed_again(kind, axes):
    typed = {**TYPED[kind], "reason": "because", "reason_code": "event", "confidence_pct": "80"}
    sent = read_form(kind, axes, typed)
    assert sent.errors == {}
    read = adjustment_from_json({**sent.body, "id": "a"})
    again = read_form(kind, axes, typed_from(adjustment_as_json(read)))
    assert again.errors == {}
    assert adjustment_from_json({**again.body, "id": "a"}) == read


def test_every_fault_stands_beside_its_field(axes):
    typed = {
        "amount": "1,5",
        "item": "tol",
        "market": "moon",
        "first": "2027-04-01",
        "last": "2027-03-31",
        "confidence_pct": "140",
        "reason_code": "whim",
    }
    errors = read_form("demand_input", axes, typed).errors
    assert set(errors) == {"amount", "item", "market", "last", "confidence_pct", "reason_code", "reason"}
    assert "did you mean tool" in errors["item"]
    assert errors["last"] == "Mar 2027 lies before Apr 2027"


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("promotion", {"uplift_pct": "-200"}, "uplift_pct"),
        ("promotion", {"uplift_pct": "20", "forward_buy_pct": "130"}, "forward_buy_pct"),
        ("promotion", {"uplift_pct": "20", "forward_buy_buckets": "1.5"}, "forward_buy_buckets"),
        ("promotion", {"uplift_pct": "nan"}, "uplift_pct"),
        ("promotion", {}, "uplift_pct"),
        ("set_policy", {"knob": "workforce", "value": "robots"}, "value"),
        ("set_policy", {"knob": "weather", "value": "fine"}, "knob"),
        ("launch", {"ramp": "20;-3"}, "ramp"),
        ("launch_date", {"launch_date": "31 March"}, "launch_date"),
        ("demand_input", {"amount": "+10%", "spread": "wildly"}, "spread"),
    ],
)
def test_what_the_engine_refuses_stands_beside_the_field_it_names(kind, typed, field, axes):
    sent = read_form(kind, axes, {**typed, "reason": "r"})
    assert set(sent.errors) == {field}
    assert sent.body == {}


def test_a_form_is_only_for_who_may_propose_the_kind(axes, person):
    with pytest.raises(NotAllowed):
        form_of(access_of(person("olga", "operations")), "price", axes, {}, {}, {})


def test_places_lie_inside_the_scope_and_the_only_one_is_chosen(axes, person):
    sales = access_of(person("sally", "sales", market="home"))
    form = form_of(sales, "demand_input", axes, {}, {}, {})
    by_dimension = {place.dimension: place for place in form.places}
    assert by_dimension["market"].value == "home"
    assert by_dimension["item"].value == ""
    elsewhere = access_of(person("elsa", "sales", market="abroad"))
    assert search_nodes(elsewhere, "demand_input", "market", axes, {}) == ()


def test_nodes_are_found_by_name_upper_levels_first(axes):
    found = search_nodes(EVERYTHING, "price", "item", axes, {("item", "tool"): "Gardening tool"})
    assert [(each.code, each.label) for each in found] == [("tools", "family"), ("tool", "Gardening tool")]
    assert [each.code for each in search_nodes(EVERYTHING, "price", "item", axes, {}, words="xyz")] == []


def test_an_input_is_offered_only_to_functions_that_the_consensus_weighs(person):
    assert "demand_input" in [card.kind for card in kinds_for(access_of(person("sally", "sales")))]
    planner = [card.kind for card in kinds_for(access_of(person("paul", "demand_planner")))]
    assert "demand_input" not in planner
    assert "demand_override" in planner


def test_the_system_speaks_for_nobody():
    assert kinds_for(SYSTEM) == ()


def test_knobs_are_a_choice():
    knob, value = fields_asked("set_policy")
    assert knob.type == "choice"
    assert ("workforce", "Workforce") in knob.choices
    assert value.type == "text"
