"""Risk is shown to whom pooled numbers are open, of their own items and sites only, and never of the whole in part."""

import numpy as np
import pytest

from equipoise.balance import assess_risk
from equipoise.core.adjustment import Scope
from equipoise.core.measure import Grain
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right
from equipoise_web.reads import adjustment_pages
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.risk_numbers import read_risk_numbers
from equipoise_web.reads.risk_page import read_risk
from equipoise_web.reads.risk_parts import Asked
from equipoise_web.reads.risk_scope import see_risk

pytestmark = pytest.mark.django_db


def somebody(role, *scopes, measure="", limit=None):
    return Access(7, "eve", tuple(Held(ROLES[role], scope, measure) for scope in scopes), limit=limit)


def test_who_looks_after_a_warehouse_sees_its_stock_and_no_family(demo_digest):
    found = read_risk_numbers(
        somebody("supply_planner", Scope(location="dc-north")), demo_digest, by="item", family="", least=0.0
    )
    assert {each.location for each in found.risks} == {"dc-north"} and len(found.risks) == 25
    assert found.families == () and found.company is None
    page = read_risk(somebody("supply_planner", Scope(location="dc-north")), Asked(digest=demo_digest, least=0.0))
    assert page.figure is None and page.choices == () and page.unknown == "" and not page.families.rows


def test_who_looks_after_a_family_sees_all_of_it_and_nothing_of_others(demo_digest):
    who = somebody("product_manager", Scope(item="family:Dish care"))
    found = read_risk_numbers(who, demo_digest, by="family", family="", least=0.0)
    assert [each.family for each in found.risks] == ["Dish care"] and found.company is None
    items = read_risk_numbers(who, demo_digest, by="item", family="", least=0.0)
    assert {each.family for each in items.risks} == {"Dish care"}
    page = read_risk(who, Asked(family="Dish care", digest=demo_digest))
    assert page.figure is not None and page.choices == ("Dish care",)


def test_a_family_that_is_not_seen_is_like_one_that_there_is_not(demo_digest):
    who = somebody("product_manager", Scope(item="family:Dish care"))
    said = []
    for family in ("Laundry care", "Toys"):
        with pytest.raises(Exception, match="whose risk you may see") as refused:
            read_risk_numbers(who, demo_digest, by="family", family=family, least=None)
        said.append(str(refused.value).replace(family, "X"))
    assert said[0] == said[1]


POOLED, NO_STOCK, NO_READ = "your role reads demand, prices and inputs", "no stock of its own", "has no right to read"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (somebody("sales", Scope()), POOLED),
        (somebody("analyst", Scope(), limit=frozenset({Right.READ})), POOLED),
        (somebody("demand_planner", Scope(market="North")), NO_STOCK),
        (somebody("supply_planner", Scope(resource="capsule-line")), NO_STOCK),
        (somebody("analyst", Scope(), measure="stockout_chance_pct"), NO_STOCK),
        (somebody("administrator", Scope()), NO_READ),
    ],
    ids=("no pooled", "a token to read", "a market", "a line", "one measure", "no numbers"),
)
def test_who_may_not_see_pooled_numbers_of_all_markets_is_told_why(demo_digest, who, said):
    with pytest.raises(NotAllowed, match=said):
        see_risk(who, demo_digest)


def test_a_grant_of_a_market_gives_no_part_of_what_another_grant_gives(demo_digest):
    """Who sees a warehouse, and a market whole, still sees no stock that serves the market."""
    held = (Held(ROLES["supply_planner"], Scope(location="dc-north")), Held(ROLES["analyst"], Scope(market="South")))
    seen = see_risk(Access(7, "eve", held), demo_digest)
    keys = seen.whole.axes.keys[Grain.STOCK]
    assert {keys.labels(row)[1] for row in np.flatnonzero(seen.cells).tolist()} == {"dc-north"}
    assert seen.families == () and not seen.sees_company


def test_a_stranger_is_refused_before_it_is_said_that_there_is_no_plan(fresh_home):
    with pytest.raises(NotAllowed, match=NO_READ):
        see_risk(Access(7, "adam", (Held(ROLES["administrator"]),)))


def test_one_item_is_not_its_family(demo_digest):
    seen = see_risk(somebody("product_manager", Scope(item="LA-01")), demo_digest)
    keys = seen.whole.axes.keys[Grain.STOCK]
    assert seen.families == () and {keys.labels(row)[0] for row in np.flatnonzero(seen.cells).tolist()} == {"LA-01"}


def test_what_a_part_sees_is_what_the_whole_says_of_it(demo_digest):
    part = read_risk_numbers(
        somebody("product_manager", Scope(item="family:Dish care")), demo_digest, by="item", family="", least=0.0
    )
    whole = read_risk_numbers(somebody("analyst", Scope()), demo_digest, by="item", family="Dish care", least=0.0)
    assert part.risks == whole.risks and part.families == whole.families
    assert len(assess_risk(open_plan(demo_digest)).cells) > len(part.risks)


@pytest.mark.parametrize("is_named", [True, False], ids=("by-digest", "newest"))
def test_the_plan_that_goes_with_the_page_is_ones_own_part(demo_digest, monkeypatch, is_named):
    monkeypatch.setattr(adjustment_pages, "plan_of_work", lambda _who: None)
    who = somebody("product_manager", Scope(item="family:Dish care"))
    page = read_risk(who, Asked(digest=demo_digest if is_named else ""))
    others = page.plan.axes.rows(Grain.STOCK, {"item": "family:Laundry care"})
    assert not page.plan.measure("inventory_closing_qty").values[others].any()
