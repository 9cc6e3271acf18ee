"""Who has no right to offer or answer learns that, and nothing else: not whether what they name is there."""

import pytest

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held, NotAllowed
from equipoise_web.actions.answer_offer import answer_offer
from equipoise_web.actions.offer_supply import offer_supply
from equipoise_web.reads.constraints import Filters, read_constraints
from equipoise_web.reads.network_map import read_map
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.shortage_page import read_shortage
from equipoise_web.reads.shortages import Filters as Asked
from equipoise_web.reads.shortages import read_shortages
from equipoise_web.reads.supply_offers import read_offers
from equipoise_web.records.models import AuditEntry

pytestmark = pytest.mark.django_db
STRANGER = Access(7, "eve")


def held(role, scope=None, **more):
    return Access(7, "eve", (Held(ROLES[role], scope or Scope(), **more),))


@pytest.fixture
def axes(demo_digest):
    return open_plan(demo_digest).axes


def offer(who, axes, **said):
    asked = {
        "item": "LA-04",
        "market": "north-drug",
        "bucket": 3,
        "arrives": 5,
        "cost": 0.0,
        "currency": "EUR",
        "short": 4000.0,
    }
    return offer_supply(who, axes=axes, **{**asked, "quantity": -1.0, "because": ""} | said)


@pytest.mark.parametrize(
    "who",
    [
        STRANGER,
        held("demand_planner"),
        held("supply_planner", is_read_only=True),
        held("supply_planner", Scope(market="South")),
        held("supply_planner", measure="demand_consensus_qty"),
    ],
    ids=("stranger", "demand", "reads-only", "another-market", "another-measure"),
)
def test_who_may_not_offer_is_not_told_what_is_wrong_with_it(who, axes):
    with pytest.raises(NotAllowed):
        offer(who, axes)
    assert not AuditEntry.objects.filter(verb="offer_supply").exists()


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        *((STRANGER, answer) for answer in ("accepted", "rejected", "withdrawn")),
        *((held(role), "accepted") for role in ("sales", "supply_planner", "executive", "marketing", "analyst")),
        *((held(role), "rejected") for role in ("sales", "supply_planner", "executive", "marketing", "analyst")),
        *((held(role), "withdrawn") for role in ("executive", "analyst")),
    ],
    ids=lambda value: value if isinstance(value, str) else value.held[0].role.name if value.held else "stranger",
)
def test_who_may_not_answer_is_not_told_whether_the_offer_is_there(who, answer, axes):
    with pytest.raises(NotAllowed):
        answer_offer(who, "nowhere", answer, axes=axes, because="")


@pytest.mark.parametrize("who", [STRANGER, held("sales"), held("administrator")], ids=("stranger", "sales", "admin"))
def test_pooled_numbers_are_shown_to_nobody_without_the_right(who, fresh_home):
    for read in (
        lambda: read_constraints(who, Filters()),
        lambda: read_shortages(who, Asked()),
        lambda: read_shortage(who, item="", market="", day=""),
        lambda: read_map(who),
    ):
        with pytest.raises(NotAllowed):  # and not that there is no plan
            read()


def test_the_stranger_reads_no_offers(axes):
    with pytest.raises(NotAllowed):
        read_offers(STRANGER, axes)
