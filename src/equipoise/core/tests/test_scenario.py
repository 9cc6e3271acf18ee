"""The algebra of scenarios: sets on sets, and what two branches may not both say."""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.adjustment import Adjustment, Amount, Change, Ruling, Scope
from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.policy_change import SetPolicy
from equipoise.core.scenario import (
    Scenario,
    WrongScenario,
    conflicts,
    diff,
    effective,
    effective_set,
    lineage,
    merge,
    rebase,
)

IDS = st.frozensets(st.sampled_from("abcdefgh"))


@dataclass(frozen=True)
class Override:
    """A change of the tests: conflicts when one of two sets."""

    amount: Amount

    kind: ClassVar[str] = "override"
    stage: ClassVar[str] = "demand"
    phase: ClassVar[int] = 0
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    def conflicts_with(self, other: Change) -> bool:
        return isinstance(other, Override) and "set" in (self.amount.operation, other.amount.operation)


def adjustment(id: str, amount: str = "100", seq: int = 0, **scope: object) -> Adjustment:
    return Adjustment(id, Override(Amount.parse(amount)), Scope(**scope), seq=seq)  # type: ignore[arg-type]


AXES = Axes(
    Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=12),
    Hierarchy.build("item", ("item", "family"), [("saw", "tools"), ("axe", "tools"), ("glue", "paint")]),
    Hierarchy.build("market", ("market", "region"), [("fr", "eu"), ("de", "eu"), ("us", "na")]),
    Hierarchy.build("location", ("location",), [("plant",)]),
    Hierarchy.build("resource", ("resource",), [("line",)]),
    {},
)


@given(IDS)
def test_a_set_does_not_differ_from_itself(a: frozenset[str]) -> None:
    difference = diff(a, a)
    assert (difference.only_a, difference.only_b, difference.both) == (frozenset(), frozenset(), a)


@given(IDS, IDS)
def test_a_difference_takes_both_sets_apart(a: frozenset[str], b: frozenset[str]) -> None:
    difference = diff(a, b)
    assert difference.only_a | difference.both == a
    assert difference.only_b | difference.both == b
    assert not difference.only_a & difference.only_b


@given(IDS, IDS, IDS)
def test_merging_commutes_and_is_associative_and_idempotent(
    a: frozenset[str], b: frozenset[str], c: frozenset[str]
) -> None:
    assert merge(a, b) == merge(b, a) == a | b
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == merge(a, b, c)
    assert merge(a, a) == merge(a) == a


@given(IDS, IDS, IDS)
def test_a_scenario_is_its_parent_without_drops_with_adds(
    held: frozenset[str], adds: frozenset[str], drops: frozenset[str]
) -> None:
    known = {"root": Scenario("root", adds=held), "leaf": Scenario("leaf", parent="root", adds=adds, drops=drops)}
    assert effective_set(known, "leaf") == (held - drops) | adds
    unknown = replace(known["leaf"], drops=drops | {"never heard of"})
    assert effective_set({**known, "leaf": unknown}, "leaf") == effective_set(known, "leaf")


@given(IDS, st.sampled_from(["rejected", "withdrawn"]), st.sampled_from("abcdefgh"))
def test_an_adjustment_and_its_withdrawal_leave_what_was(
    held: frozenset[str], verdict: Literal["rejected", "withdrawn"], id: str
) -> None:
    adjustments = {letter: adjustment(letter, seq=number) for number, letter in enumerate("abcdefgh")}
    without = {"s": Scenario("s", adds=held - {id})}
    added = {"s": Scenario("s", adds=held | {id})}
    rulings = [Ruling(id, "accepted"), Ruling(id, verdict)]
    assert effective(added, "s", adjustments, rulings) == effective(without, "s", adjustments)


def test_adjustments_stand_in_order_of_seq() -> None:
    adjustments = {"x": adjustment("x", seq=2), "a": adjustment("a", seq=3), "m": adjustment("m", seq=1)}
    known = {"s": Scenario("s", adds=frozenset("xam"))}
    assert [a.id for a in effective(known, "s", adjustments)] == ["m", "x", "a"]


def test_a_superseded_adjustment_does_not_stand_where_its_successor_does() -> None:
    successor = replace(adjustment("b", seq=2), supersedes=("a",))
    adjustments = {"a": adjustment("a", seq=1), "b": successor}
    known = {"old": Scenario("old", adds=frozenset("a")), "new": Scenario("new", parent="old", adds=frozenset("b"))}
    assert [a.id for a in effective(known, "old", adjustments)] == ["a"]
    assert [a.id for a in effective(known, "new", adjustments)] == ["b"]
    assert [a.id for a in effective(known, "new", adjustments, [Ruling("b", "withdrawn")])] == ["a"]


def test_an_adjustment_that_is_not_there_is_refused() -> None:
    with pytest.raises(WrongScenario, match="not there: ghost"):
        effective({"s": Scenario("s", adds=frozenset({"ghost"}))}, "s", {})


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")])
def test_a_circle_of_parents_is_refused(names: tuple[str, ...]) -> None:
    known = {name: Scenario(name, parent=names[number - 1]) for number, name in enumerate(names)}
    with pytest.raises(WrongScenario, match="stands on itself"):
        effective_set(known, "a")


def test_an_unknown_parent_is_refused_by_name() -> None:
    with pytest.raises(WrongScenario, match=r"no scenario 'gone' \(a → gone\)"):
        effective_set({"a": Scenario("a", parent="gone")}, "a")


def test_lineage_leads_to_the_root() -> None:
    known = {"c": Scenario("c", parent="b"), "b": Scenario("b", parent="a"), "a": Scenario("a")}
    assert [scenario.name for scenario in lineage(known, "c")] == ["c", "b", "a"]


def test_rebase_keeps_what_the_branch_says_and_refuses_a_circle() -> None:
    known = {
        "may": Scenario("may", adds=frozenset("ab")),
        "june": Scenario("june", adds=frozenset("abc")),
        "branch": Scenario("branch", parent="may", adds=frozenset("x"), drops=frozenset("a")),
    }
    moved = rebase(known, "branch", "june")
    assert moved == replace(known["branch"], parent="june")
    assert effective_set({**known, "branch": moved}, "branch") == frozenset("bcx")
    with pytest.raises(WrongScenario, match="stands on itself"):
        rebase(known, "may", "branch")
    with pytest.raises(WrongScenario, match="no scenario 'july'"):
        rebase(known, "branch", "july")


def test_two_branches_that_set_one_cell_conflict_where_they_meet() -> None:
    tools = adjustment("tools", "1200", 1, item="tools", market="eu", first=date(2027, 2, 1), last=date(2027, 5, 31))
    saw = adjustment("saw", "+10%", 2, item="saw", market="de", first=date(2027, 4, 1), last=date(2027, 9, 30))
    (found,) = conflicts([saw], [tools], AXES)
    assert (found.earlier.id, found.later.id) == ("tools", "saw")
    assert (found.first, found.last) == (date(2027, 4, 1), date(2027, 5, 31))
    assert [(m.dimension, m.nodes, m.leaves) for m in found.meetings] == [
        ("item", ("tools", "saw"), ("saw",)),
        ("market", ("eu", "de"), ("de",)),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"item": "saw"}, {"item": "axe"}),
        ({"item": "tools"}, {"item": "glue"}),
        ({"item": "tools", "market": "eu"}, {"item": "saw", "market": "us"}),
        ({"last": date(2027, 3, 31)}, {"first": date(2027, 4, 1)}),
        ({"item": "saw"}, {"item": "no longer there"}),
    ],
)
def test_scopes_that_share_no_cell_do_not_conflict(one: dict[str, object], other: dict[str, object]) -> None:
    assert conflicts([adjustment("a", **one)], [adjustment("b", **other)], AXES) == ()


def test_days_that_do_not_overlap_conflict_in_the_bucket_that_both_touch() -> None:
    early = adjustment("a", first=date(2027, 4, 1), last=date(2027, 4, 10))
    late = adjustment("b", first=date(2027, 4, 20), last=date(2027, 4, 25))
    (found,) = conflicts([early], [late], AXES)
    assert (found.first, found.last) == (date(2027, 4, 1), date(2027, 4, 30))


def test_days_beyond_the_calendar_are_open() -> None:
    ever = adjustment("a", first=date(1900, 1, 1), last=date(2999, 12, 31))
    (found,) = conflicts([ever], [adjustment("b")], AXES)
    assert (found.first, found.last, found.meetings) == (None, None, ())


def test_two_that_add_do_not_conflict_nor_do_two_kinds() -> None:
    assert conflicts([adjustment("a", "+10")], [adjustment("b", "-5%")], AXES) == ()
    policy = Adjustment("p", SetPolicy("workforce", "integer"))
    assert conflicts([adjustment("a")], [policy], AXES) == ()
    other = Adjustment("q", SetPolicy("workforce", "continuous"))
    assert [(c.earlier.id, c.later.id) for c in conflicts([policy], [other], AXES)] == [("p", "q")]


def test_functions_that_move_numbers_of_their_own_do_not_conflict() -> None:
    sales, finance = adjustment("a"), replace(adjustment("b"), function="finance")
    assert conflicts([sales], [finance], AXES, by_function={"override"}) == ()
    assert len(conflicts([sales], [finance], AXES)) == 1
    same = replace(sales, id="c")
    assert len(conflicts([sales], [same], AXES, by_function={"override"})) == 1


def test_what_both_branches_hold_conflicts_with_nothing() -> None:
    shared, own = adjustment("a", seq=1), adjustment("b", seq=2)
    assert conflicts([shared], [shared, own], AXES) == ()


def test_one_that_supersedes_both_settles_the_conflict() -> None:
    a, b = adjustment("a", seq=1), adjustment("b", seq=2)
    settling = replace(adjustment("c", "700", seq=3), supersedes=("a", "b"))
    assert len(conflicts([a], [b], AXES)) == 1
    assert conflicts([a, settling], [b], AXES) == ()
    half = replace(settling, supersedes=("a",))
    assert [(c.earlier.id, c.later.id) for c in conflicts([a, half], [b], AXES)] == [("a", "b"), ("b", "c")]


ADJUSTMENTS = st.builds(
    lambda id, amount, item, market, month: adjustment(
        id, amount, ord(id), item=item, market=market, first=date(2027, month, 1)
    ),
    st.sampled_from("abcdefgh"),
    st.sampled_from(["100", "+5", "-10%"]),
    st.sampled_from(["", "tools", "saw", "glue"]),
    st.sampled_from(["", "eu", "us"]),
    st.integers(1, 12),
)
BRANCHES = st.lists(ADJUSTMENTS, max_size=4, unique_by=lambda a: a.id)


@given(BRANCHES, BRANCHES)
def test_conflicts_are_the_same_seen_from_either_branch(a: list[Adjustment], b: list[Adjustment]) -> None:
    assert conflicts(a, b, AXES) == conflicts(b, a, AXES)
    assert conflicts(a, a, AXES) == ()
