"""Access: what each role may, on which cells, and what a token adds or takes away."""

import pytest

from equipoise.core.adjustment import Scope
from equipoise.core.axes import Axes
from equipoise.core.hierarchy import Hierarchy
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right, Role, access_of, access_of_token, is_pooled
from equipoise_web.actions.make_token import make_token
from equipoise_web.records.models import ApiToken

pytestmark = pytest.mark.django_db


def held(role, **nodes):
    return Access(1, "somebody", (Held(ROLES[role], Scope(**nodes)),))


def test_a_stranger_may_nothing(person):
    stranger = access_of(person("stranger"))
    assert stranger.is_stranger
    assert not any(stranger.may(right) for right in Right)


def test_who_is_deactivated_may_nothing_from_now_on(person):
    user = person("gone", "coordinator")
    assert access_of(user).may(Right.SEAL)
    user.is_active = False
    user.save()
    assert access_of(user).is_stranger


def test_an_ended_grant_gives_nothing(person):
    user = person("once", "coordinator")
    user.grants.update(ended_at="2026-01-01T00:00:00Z")
    assert access_of(user).is_stranger


def test_pooled_measures_need_the_right_to_see_them():
    assert is_pooled("inventory_closing_qty")
    assert is_pooled("service_fill_pct")
    assert not is_pooled("demand_consensus_qty")
    sales = held("sales")
    assert sales.may(Right.READ, measure="demand_consensus_qty")
    assert not sales.may(Right.READ, measure="revenue_amount")
    assert held("finance").may(Right.READ, measure="revenue_amount")


def test_a_grant_on_one_measure_reaches_no_other():
    one = Access(1, "a", (Held(ROLES["analyst"], Scope(), "demand_consensus_qty"),))
    assert one.may(Right.READ, measure="demand_consensus_qty")
    assert not one.may(Right.READ, measure="demand_baseline_qty")


def test_a_token_never_gives_more_than_the_person_has():
    planner = held("demand_planner").limited_to({Right.READ, Right.SEAL}, "token:robot")
    assert planner.may(Right.READ)
    assert not planner.may(Right.PROPOSE)
    assert not planner.may(Right.SEAL)
    with pytest.raises(NotAllowed, match="somebody has no right to seal"):
        planner.require(Right.SEAL)


def test_no_role_that_manages_people_sees_numbers():
    for role in ROLES.values():
        if Right.PEOPLE in role.rights:
            assert Right.READ not in role.rights


def test_every_kind_of_a_role_is_a_kind_of_the_engine():
    from equipoise.catalog import CHANGE_BY_KIND

    for role in ROLES.values():
        assert set(role.kinds) <= set(CHANGE_BY_KIND), role.name


def test_the_right_to_see_pooled_numbers_on_a_part_opens_them_nowhere_else():
    both = Access(1, "somebody", (Held(ROLES["sales"], Scope()), Held(ROLES["marketing"], Scope(market="North"))))
    assert both.is_everywhere
    assert not both.sees_all
    assert not Held(ROLES["sales"]).gives(Right.READ, measure="revenue_amount")
    assert held("analyst").sees_all
    assert not held("analyst", market="North").sees_all
    assert not held("analyst").limited_to({Right.READ}, "token:1").sees_all
    assert not held("administrator").is_everywhere


def test_whom_one_speaks_for_and_what_one_may_propose():
    sales = held("sales")
    assert (sales.kinds, sales.function_for("demand_input")) == (("demand_input",), "sales")
    reader = Access(1, "reader", (Held(ROLES["sales"], Scope(), is_read_only=True),))
    assert reader.kinds == ()
    for who, kind in ((sales, "capacity"), (reader, "demand_input")):
        with pytest.raises(NotAllowed, match="propose"):
            who.function_for(kind)


@pytest.fixture
def axes():
    """Two regions with two markets each, of one item."""
    paths = [("n1", "North"), ("n2", "North"), ("s1", "South"), ("s2", "South")]
    markets = Hierarchy.build("market", ("market", "region"), paths)
    others = (Hierarchy.build(name, (name,), [(f"the {name}",)]) for name in ("item", "location", "resource"))
    items, locations, resources = others
    return Axes(None, items, markets, locations, resources, {})


@pytest.mark.parametrize(
    ("asked", "is_inside"),
    [("n1", True), ("North", True), ("s1", False), ("South", False), ("", False), ("nowhere", False)],
)
def test_a_grant_reaches_what_lies_below_its_node_and_nothing_else(axes, asked, is_inside):
    north = held("sales", market="North")
    assert north.may(Right.READ, scope=Scope(market=asked), axes=axes) is is_inside
    if not is_inside:
        where = asked or "the whole company"
        with pytest.raises(NotAllowed, match=f"somebody has no right to read on {where}"):
            north.require(Right.READ, scope=Scope(market=asked), axes=axes)


def test_a_grant_on_a_node_that_is_no_more_reaches_nothing(axes):
    assert not held("sales", market="West").may(Right.READ, scope=Scope(market="n1"), axes=axes)


def test_every_dimension_of_a_grant_counts(axes):
    both = held("sales", item="the item", market="North")
    assert both.may(Right.READ, scope=Scope("the item", "n2"), axes=axes)
    assert not both.may(Right.READ, scope=Scope("the item", "s2"), axes=axes)
    assert not both.may(Right.READ, scope=Scope("", "n2"), axes=axes)


def test_who_holds_a_right_nowhere_is_told_to_ask_for_a_role_whatever_the_cells(axes):
    with pytest.raises(NotAllowed, match="ask an administrator for a role that has it"):
        Access(1, "somebody").require(Right.READ, scope=Scope(market="n1"), axes=axes)


def test_a_token_that_does_not_see_pooled_numbers_reads_none_of_its_person():
    analyst = held("analyst").limited_to({Right.READ}, "token:1")
    assert held("analyst").may(Right.READ, measure="revenue_amount")
    assert not analyst.may(Right.READ, measure="revenue_amount")
    assert analyst.may(Right.READ, measure="demand_consensus_qty")


def test_the_whole_company_is_one_grant_with_the_right_and_without_limits(axes):
    assert held("coordinator").may_whole(Right.GATHER)
    assert held("coordinator").may(Right.READ, scope=Scope(market="n1"), axes=axes)
    north = held("coordinator", market="North")
    measure = Access(1, "a", (Held(ROLES["coordinator"], measure="demand_consensus_qty"),))
    both = Access(1, "b", (Held(ROLES["sales"]), Held(ROLES["coordinator"], Scope(market="North"))))
    token = held("coordinator").limited_to({Right.READ}, "token:1")
    for who in (north, measure, both):
        assert not who.may_whole(Right.GATHER)
        with pytest.raises(NotAllowed, match="on a part of the company only"):
            who.require_whole(Right.GATHER)
    for who in (token, Access(2, "eve")):
        assert not who.may_whole(Right.GATHER)
        with pytest.raises(NotAllowed, match="no right to gather; ask an administrator"):
            who.require_whole(Right.GATHER)


def test_who_reads_a_part_or_one_measure_is_not_everywhere_and_sees_not_all():
    measure = Access(1, "a", (Held(ROLES["analyst"], measure="demand_consensus_qty"),))
    blind = Access(1, "b", (Held(Role("blind", "", "", frozenset({Right.SEE_POOLED}))),))
    for who in (held("analyst", market="North"), measure, blind):
        assert not who.is_everywhere
        assert not who.sees_all


def test_a_token_is_good_until_it_expires_and_while_its_person_holds_something(person):
    user = person("ann", "analyst")
    secret = make_token(access_of(user), "robot", ["read"])["secret"]
    found = access_of_token(secret)
    assert (found.person, found.name, found.limit) == (user.pk, "ann", frozenset({Right.READ}))
    assert not found.may(Right.RUN)
    ApiToken.objects.update(expires_at="2026-01-01T00:00:00Z")
    assert access_of_token(secret) is None
