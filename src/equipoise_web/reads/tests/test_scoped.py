"""A plan through somebody's eyes: what is kept from one request to the next never outlives a right."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from django.utils import timezone

from equipoise.catalog import measure_named
from equipoise.core.adjustment import Scope
from equipoise.core.measure import Grain
from equipoise_web.access import ROLES, Access, Held, Right
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped import scoped_plan, visible_rows

LOAD = "capacity_load_hours"
RETAIL, NOWHERE = Scope(market="retail"), Scope(market="nowhere")
SALES, PLANNER = ROLES["sales"], ROLES["demand_planner"]


def eyes(*held, limit=None):
    return Access(1, "ann", held, limit=limit)


VIEWS = {
    "own measures of a market": eyes(Held(SALES, RETAIL)),
    "pooled measures, too": eyes(Held(PLANNER, RETAIL)),
    "another market": eyes(Held(PLANNER, NOWHERE)),
    "one measure": eyes(Held(PLANNER, measure="demand_consensus_qty")),
    "through a token": eyes(Held(PLANNER), limit=frozenset({Right.READ})),
    "nothing": eyes(),
}


@pytest.mark.parametrize("who", VIEWS.values(), ids=VIEWS)
def test_some_rows_of_a_measure_are_those_rows_of_the_whole_of_it(digest, who):
    plan = scoped_plan(open_plan(digest), who)
    for section in plan.sections.values():
        for panel, name in section.measures():
            rows = np.arange(len(panel.keys))[::-2]
            np.testing.assert_array_equal(panel.part(name, rows), panel[name][rows], err_msg=name)


@pytest.mark.parametrize("who", VIEWS.values(), ids=VIEWS)
def test_postings_are_seen_where_their_measure_is(digest, who):
    whole = open_plan(digest)
    plan = scoped_plan(whole, who)
    shown = 0
    for name, section in plan.sections.items():
        expected = [p for p in whole.sections[name].postings if who.may(Right.READ, measure=p.measure)]
        assert [(p.measure, p.cause) for p in section.postings] == [(p.measure, p.cause) for p in expected]
        for measure in {posting.measure for posting in expected if measure_named(posting.measure).is_additive}:
            total = sum(p.dense(plan.measure(measure).values.shape) for p in section.postings_of(measure))
            np.testing.assert_array_equal(total, plan.measure(measure).values)
            shown += np.count_nonzero(total)
    assert bool(shown) == (who in (VIEWS["own measures of a market"], VIEWS["pooled measures, too"], *_all_of_one()))


def _all_of_one():
    return VIEWS["one measure"], VIEWS["through a token"]


def test_whether_there_is_a_measure_is_said_without_masking_it(digest, monkeypatch):
    section = scoped_plan(open_plan(digest), VIEWS["pooled measures, too"]).sections["demand"]
    monkeypatch.setattr("equipoise_web.reads.scoped.visible_rows", lambda *_: pytest.fail("a measure was masked"))
    assert "demand_consensus_qty" in section
    assert "production_qty" not in section


def test_rows_that_are_kept_are_those_of_what_is_held(digest):
    axes = open_plan(digest).axes
    ask = lambda held, limit=None: visible_rows(  # noqa: E731 - said often below
        axes, Grain.DEMAND, eyes(*held, limit=limit), "demand_consensus_qty"
    )
    mine = (Held(PLANNER, RETAIL),)
    assert ask(mine).all()
    assert not ask((Held(PLANNER, NOWHERE),)).any()
    assert not ask(()).any()
    assert not ask(mine, frozenset({Right.PROPOSE})).any()
    assert ask(mine).all()
    with pytest.raises(ValueError, match="read-only"):
        ask(mine)[:] = False


def test_a_grant_that_ends_or_moves_counts_with_the_next_page(client, digest, person):
    ann = person("ann", "demand_planner", market="retail")
    client.force_login(ann)
    address = f"/api/v1/plans/{digest}/grid?measure=demand_consensus_qty&measure=demand_baseline_qty"

    def total():
        body = client.get(address).content
        return json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])["total"]

    assert total() == 1
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    ann.grants.update(market="nowhere")
    assert total() == 0
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
    ann.grants.update(market="retail")
    assert total() == 1
    ann.grants.update(ended_at=timezone.now())
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 403
    ann.grants.update(ended_at=None)
    assert total() == 1
    ann.is_active = False
    ann.save()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 401


def test_a_tag_says_the_same_of_a_person_in_every_process():
    """The rights of a role are a set, which each process has in another order."""
    code = (
        "import django; django.setup()\n"
        "from equipoise_web.access import ROLES, Held, Right\n"
        "from equipoise_web.api.answers import _in_text\n"
        "print(_in_text((Held(ROLES['coordinator']),), frozenset(Right)))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "equipoise_web.settings"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert "coordinator" in told.pop()


def test_resources_are_those_of_the_site_one_looks_after(demo_digest):
    """A line stands somewhere: who looks after one site reads nothing of the lines of another."""
    plan = open_plan(demo_digest)
    stands = dict(zip(plan.axes.resources.leaves, plan.axes.resources.codes("location"), strict=True))

    def seen(**nodes):
        rows = visible_rows(plan.axes, Grain.RESOURCE, eyes(Held(ROLES["supply_planner"], Scope(**nodes))), LOAD)
        return {plan.axes.resources.leaves[row] for row in np.flatnonzero(rows)}

    west = {code for code, place in stands.items() if place == "plant-west"}
    assert west and west != set(stands)
    assert seen() == set(stands)
    assert seen(location="plant-west") == west
    assert seen(location="plant-west", resource="tube-filling") == set()
    assert seen(location="nowhere") == set()
    region = plan.axes.locations.codes("region")[plan.axes.locations.position["plant-west"]]
    assert west <= seen(location=f"region:{region}")
    mine = scoped_plan(plan, eyes(Held(ROLES["supply_planner"], Scope(location="plant-west"))))
    whole, part = plan.measure(LOAD).values, mine.measure(LOAD).values
    for row, place in enumerate(stands.values()):
        np.testing.assert_array_equal(part[row], whole[row] if place == "plant-west" else 0.0 * whole[row])
