"""Cells changed in the grid: what others did in this plan since one looked, and only in this plan, comes first."""

import pytest

from equipoise_web.access import access_of
from equipoise_web.actions.door import StaleEdit
from equipoise_web.actions.edit_cells import edit_cells
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of

pytestmark = pytest.mark.django_db
CELL = {
    "kind": "demand_override",
    "amount": "1200",
    "scope": {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-01-31"},
}


@pytest.mark.parametrize(("theirs", "mine", "is_stale"), [("root", "branch", True), ("branch", "root", False)])
def test_who_is_slower_is_told_of_the_scenario_and_what_it_stands_on(digest, person, theirs, mine, is_stale):
    names = {"root": working_scenario().name, "branch": "Price fight"}
    axes = axes_of(question_of(names["root"]).snapshot)
    planner, coordinator = access_of(person("paula", "demand_planner")), access_of(person("cora", "coordinator"))
    open_scenario(planner, "Price fight", parent=names["root"])
    edit_cells(planner, [CELL], scenario=names[theirs], axes=axes, label="theirs", seen=0)

    def late():
        return edit_cells(coordinator, [CELL], scenario=names[mine], axes=axes, label="mine", seen=0)

    if is_stale:
        with pytest.raises(StaleEdit, match="paula has changed this"):
            late()
    else:
        assert late()["adjustments"]
