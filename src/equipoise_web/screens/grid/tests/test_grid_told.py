"""What the plan says of production that somebody typed over: told in the grid, in words, to who typed it."""

import pytest
from django.urls import reverse

from equipoise_web.access import SYSTEM
from equipoise_web.jobs.compute_plan import compute_plan_of
from equipoise_web.reads.grid_numbers import working_name
from equipoise_web.reads.supply_view import VIEWS
from equipoise_web.records.models import AdjustmentRecord
from equipoise_web.screens.grid.tests.hands import MARCH, Hands

MADE = "production_qty"
SITE = VIEWS["sites"].query
FAMILY, ITEM, NEXT = (f"plant-west/Laundry care{end}" for end in ("", "/LA-01", "/LA-02"))


@pytest.fixture
def grid(client, person, demo_digest):
    """A grid of supply in the hands of somebody."""
    return lambda role="supply_planner", name="me", query=SITE, **scope: Hands(
        client, person(name, role, **scope), query
    )


def computed():
    compute_plan_of({"scenario": working_name()}, SYSTEM, lambda *_told: None)


def made():
    return AdjustmentRecord.objects.filter(kind="production_override").latest("seq").pk


def test_hours_that_are_not_there_are_told_when_the_exact_plan_comes(grid):
    me = grid()
    me.edit((MADE, ITEM, MARCH, "410000"))
    assert "told" not in me.last, "an estimate knows no hours"
    me.poll()
    assert "told" not in me.last
    computed()
    me.poll()
    assert me.last["is_exact"]
    (told,) = me.last["told"]
    assert (told["about"], told["code"]) == ([made()], "SU152")
    assert told["where"] == "Capsules 30 ct, Mar 2027, Production"
    assert "capsule-line lacks " in told["because"] and " standard hours in Mar 2027" in told["because"]
    assert told["because"].endswith(
        "Lower it or move it to another bucket or line, add capacity, or bring the component in time."
    )
    assert me.header["keys"][told["node"]] == ITEM
    assert me.header["columns"][told["column"]]["mark"] == MARCH
    names, addresses = zip(*told["links"], strict=True)
    assert names == ("Add capacity", "The order", "The finding")
    assert "resource=capsule-line" in addresses[0] and "first=2027-03-01" in addresses[0]
    for address in addresses:
        page = me.client.get(address.partition("#")[0])
        assert page.status_code == 200, address
    assert 'id="SU152"' in page.content.decode() and addresses[2].endswith("#SU152")
    me.poll()
    assert "told" not in me.last, "it is told once"


def test_what_is_settled_is_told_too(grid):
    me = grid()
    me.edit((MADE, ITEM, MARCH, "410000"))
    computed()
    me.poll()
    assert me.last["told"]
    me.post("undo")
    assert (me.last["told"], me.last["settled"]) == ([], [made()])


def test_one_shortage_of_several_orders_is_one_notice(grid):
    me = grid()
    me.edit((MADE, ITEM, MARCH, "200000"), (MADE, NEXT, MARCH, "200000"))
    computed()
    me.poll()
    (told,) = me.last["told"]
    assert len(told["about"]) == 2
    assert told["where"].endswith(", Mar 2027, Production and 1 more order")


def test_what_the_planning_fence_keeps_is_told_at_once_and_not_again_by_the_exact_plan(grid):
    me = grid()
    fenced = "plant-east/Personal care/PE-01"
    stands = me.value(MADE, fenced, "0")
    me.edit((MADE, fenced, "0", "41000"))
    (told,) = me.last["told"]
    assert (told["code"], told["where"]) == ("SU151", "Shower gel, Nov 2026, Production")
    assert told["because"].startswith("1 of 1 cells of its scope lie inside the planning fence")
    assert "shorter planning fence" in told["because"]
    assert [name for name, _address in told["links"]] == ["The order"]
    assert me.value(MADE, fenced, "0") == stands
    assert "make" in me.last["warnings"][0], "and by how much it misses what was typed"
    computed()
    me.poll()
    assert me.last["is_exact"] and "told" not in me.last


def test_without_a_script_it_is_told_on_the_next_page(grid):
    me = grid()
    address = reverse("grid:table") + f"?{SITE}&row=plant-east/Personal care/PE-01&line={MADE}"
    sent = {"at-0": "41000", "seen": str(me.seen), "key": "k", "reason": "Second shelf"}
    page = me.client.post(address, sent, follow=True).content.decode()
    assert "Shower gel, Nov 2026, Production: 1 of 1 cells of its scope lie inside the planning fence" in page


def test_others_are_not_told_of_what_somebody_typed(grid):
    me, you = grid(), grid("coordinator", name="you")
    me.edit((MADE, ITEM, MARCH, "410000"))
    you.poll()
    computed()
    you.poll()
    assert you.last["is_exact"] and "told" not in you.last


def test_the_panel_and_the_plain_table_say_it_as_well(grid):
    me = grid()
    me.edit((MADE, ITEM, MARCH, "410000"))
    computed()
    address = f"?{SITE}&line={MADE}&row={ITEM}&at={MARCH}"
    for page in ("cell", "table"):
        assert "capsule-line lacks " in me.client.get(reverse(f"grid:{page}") + address).content.decode()


def test_who_plans_a_site_is_told_of_the_own_order_and_led_to_what_one_may_open(grid):
    will = grid(name="will", location="plant-west")
    will.edit((MADE, ITEM, MARCH, "410000"))
    computed()
    will.poll()
    (told,) = will.last["told"]
    names = [name for name, _address in told["links"]]
    assert "The order" in names and "The finding" not in names


def test_who_sees_a_part_reads_nothing_of_the_orders_of_others(grid):
    grid().edit((MADE, ITEM, MARCH, "410000"))
    computed()
    address = f"{reverse('grid:cell')}?{SITE}&line={MADE}&row={ITEM}&at={MARCH}"
    will, all_of_it = grid(name="will", location="plant-west"), grid("coordinator", name="you")
    will.client.force_login(will.user)
    assert "capsule-line lacks " not in will.client.get(address).content.decode()
    all_of_it.client.force_login(all_of_it.user)
    assert "capsule-line lacks " in all_of_it.client.get(address).content.decode()


def test_who_may_not_add_capacity_is_not_led_to_its_form(grid):
    ida = grid(name="ida", item="family:Laundry care")
    ida.edit((MADE, ITEM, MARCH, "410000"))
    computed()
    ida.poll()
    (told,) = ida.last["told"]
    assert "Add capacity" not in [name for name, _address in told["links"]]
