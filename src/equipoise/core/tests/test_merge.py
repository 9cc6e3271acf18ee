"""Merging: unions of sets that commute and settle, and what two scenarios said since they parted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.adjustment import Adjustment, Ruling
from equipoise.core.merge import brings, merged, plan_merge, stands_on
from equipoise.core.scenario import Scenario, WrongScenario, effective_set

from .test_scenario import ADJUSTMENTS, AXES, IDS, adjustment

KNOWN = {id: adjustment(id, "100", ord(id)) for id in "abcdefgh"}
WORLDS = st.builds(
    lambda root, one, other, drops: {
        "root": Scenario("root", adds=root),
        "one": Scenario("one", parent="root", adds=one, drops=drops),
        "other": Scenario("other", parent="root", adds=other),
    },
    IDS,
    IDS,
    IDS,
    IDS,
)


@given(WORLDS)
def test_merging_commutes(world: dict[str, Scenario]) -> None:
    there, back = merged(world, "one", "other"), merged(world, "other", "one")
    assert effective_set(there, "other") == effective_set(back, "one")


@given(WORLDS, st.sampled_from(["one", "other", "root"]))
def test_merging_with_itself_is_nothing(world: dict[str, Scenario], name: str) -> None:
    done = plan_merge(world, name, name, KNOWN, AXES)
    assert (done.brings, done.gains, done.conflicts) == (frozenset(), (), ())
    assert merged(world, name, name) == world


@given(WORLDS, st.sampled_from(["other", "root"]))
def test_a_second_merge_brings_nothing(world: dict[str, Scenario], target: str) -> None:
    done = merged(world, "one", target)
    assert brings(done, "one", target) == frozenset()
    assert plan_merge(done, "one", target, KNOWN, AXES).conflicts == ()


@given(st.lists(ADJUSTMENTS, max_size=6, unique_by=lambda a: a.id), IDS, IDS)
def test_conflicts_of_two_branches_are_the_same_from_either_side(
    known: list[Adjustment], one: frozenset[str], other: frozenset[str]
) -> None:
    by_id = {a.id: a for a in known}
    world = {
        "root": Scenario("root"),
        "one": Scenario("one", parent="root", adds=one & set(by_id)),
        "other": Scenario("other", parent="root", adds=other & set(by_id)),
    }
    there, back = (plan_merge(world, *pair, by_id, AXES) for pair in (("one", "other"), ("other", "one")))
    assert there.conflicts == back.conflicts


BRANCHES = {
    "root": Scenario("root", adds=frozenset("ab")),
    "one": Scenario("one", parent="root", adds=frozenset("c")),
    "above": Scenario("above", parent="one", adds=frozenset("d")),
}


def test_a_branch_meets_what_its_parent_gained_since_they_parted() -> None:
    apart = plan_merge(BRANCHES, "one", "root", KNOWN, AXES, common=frozenset("a"))
    assert [(c.earlier.id, c.later.id) for c in apart.conflicts] == [("b", "c")]
    together = plan_merge(BRANCHES, "one", "root", KNOWN, AXES, common=frozenset("ab"))
    assert (together.conflicts, together.brings) == ((), frozenset("c"))


def test_a_new_adjustment_that_supersedes_both_lets_the_merge_go_on() -> None:
    settled = KNOWN | {"h": replace(KNOWN["h"], supersedes=("b", "c"))}
    world = BRANCHES | {"one": replace(BRANCHES["one"], adds=frozenset("ch"))}
    done = plan_merge(world, "one", "root", settled, AXES, common=frozenset("a"))
    assert done.conflicts == ()
    assert [a.id for a in done.gains] == ["h"]
    assert done.brings == frozenset("ch")


def test_what_was_withdrawn_conflicts_with_nothing_and_is_not_gained() -> None:
    done = plan_merge(BRANCHES, "one", "root", KNOWN, AXES, rulings=[Ruling("c", "withdrawn")], common=frozenset())
    assert (done.gains, done.conflicts, done.brings) == ((), (), frozenset("c"))


def test_a_branch_on_a_branch_stands_on_the_root_by_its_parent() -> None:
    assert stands_on(BRANCHES, "above", "root") == "one"
    assert stands_on(BRANCHES, "one", "root") == "one"
    assert stands_on(BRANCHES, "root", "one") is None
    assert stands_on(BRANCHES, "one", "one") is None
    with pytest.raises(WrongScenario):
        stands_on(BRANCHES, "nowhere", "root")
