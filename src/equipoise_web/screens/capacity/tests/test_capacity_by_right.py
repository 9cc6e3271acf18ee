"""The plan behind the pages of capacity is each person's own part of it, whichever plan it is."""

import numpy as np
import pytest

from equipoise.core.adjustment import Scope
from equipoise.core.measure import Grain
from equipoise_web.access import ROLES, Access, Held, NotAllowed
from equipoise_web.reads import adjustment_pages
from equipoise_web.reads.capacity_scope import see_capacity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_named", [True, False], ids=("by-digest", "newest"))
def test_who_looks_after_a_site_is_given_its_part_of_the_plan(demo_digest, monkeypatch, is_named):
    monkeypatch.setattr(adjustment_pages, "plan_of_work", lambda _who: None)
    west = Access(7, "eve", (Held(ROLES["operations"], Scope(location="plant-west")),))
    seen = see_capacity(west, demo_digest if is_named else "")
    keys = seen.plan.axes.keys[Grain.MAKE]

    def sites(plan):
        made = plan.measure("production_qty").values.sum(axis=1)
        return {keys.labels(row)[1] for row in np.flatnonzero(made).tolist()}

    assert sites(seen.plan) == {"plant-west"} < sites(seen.whole)


def test_who_reads_nothing_is_not_told_that_their_role_reads_demand(fresh_home):
    with pytest.raises(NotAllowed, match="adam has no right to read"):
        see_capacity(Access(7, "adam", (Held(ROLES["administrator"]),)))
