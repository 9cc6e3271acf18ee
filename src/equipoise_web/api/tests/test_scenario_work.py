"""Scenarios and exceptions through the Python client: the journey of a branch, and what is refused in what words."""

from datetime import timedelta

import pytest

from equipoise.client import Refused
from equipoise_web.access import access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.exception_page import Filters, plan_in_question, read_page
from equipoise_web.reads.scenarios import question_of, working_scenario

from .test_client import token_of

pytestmark = pytest.mark.django_db
SCOPE = {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-01-31"}
ALL = ["read", "see_pooled", "propose", "rule", "branch", "run", "publish"]


@pytest.fixture
def cora(address, person):
    import equipoise

    return equipoise.connect(address, token_of(person("cora", "coordinator"), ALL))


def test_branches_are_merged_with_their_conflict_settled(cora):
    root = working_scenario().name
    ids = {}
    for name, amount in (("More", "1200"), ("Less", "900")):
        cora.open_scenario(name, parent=root, question="which?", assumptions=["No strike"], key=name)
        body = {"kind": "demand_override", "amount": amount, "scope": SCOPE, "reason": "x"}
        ids[name] = cora.propose(body, scenario=name)["id"]
    assert {each["name"]: each["assumptions"] for each in cora.scenarios()}["More"] == ["No strike"]
    more, less = cora.scenario("More"), cora.scenario("Less")
    assert more.difference("Less") == {"only_here": [ids["More"]], "only_there": [ids["Less"]], "both": []}
    seen = more.merge_preview(root)
    assert (seen["brings"], seen["conflicts"]) == ([ids["More"]], [])
    assert more.promote(because="first", seen=seen["seen"], key="p") == {
        "source": "More",
        "into": root,
        "gained": [ids["More"]],
    }
    assert more.promote(because="first", seen=seen["seen"], key="p")["gained"] == [ids["More"]]
    (conflict,) = less.merge_preview(root)["conflicts"]
    assert (conflict["pair"], conflict["cells"]) == ([ids["Less"], ids["More"]], 1)
    assert conflict["words"][0].startswith("900 in total on Gardening tool")
    with pytest.raises(Refused, match="one conflict") as stopped:
        less.promote(because="second")
    assert (stopped.value.status, stopped.value.theirs) == (409, [[ids["More"], ids["Less"]]])
    less.settle(conflict["pair"], into=root, take=ids["Less"], amount="1000", reason="met")
    less.promote(because="second")
    assert [adjustment.change.amount.value for adjustment in question_of(root).adjustments] == [1000.0]


def test_cases_drops_merges_and_the_archive(cora):
    root = working_scenario().name
    made = cora.scenario(root).open_cases("Winter", up_pct=10, down_pct=5, reason="how far?", scope={"item": "tool"})
    up, likely, down = (cora.scenario(name) for name in made["scenarios"])
    assert up.merge(likely.name)["gained"] == [made["adjustments"]["optimistic"]]
    mine = cora.propose({"kind": "demand_override", "amount": "+1%", "scope": SCOPE, "reason": "x"}, scenario=root)[
        "id"
    ]
    assert down.drop(mine)["is_dropped"] is True
    assert mine not in cora.question(down.name)["adjustments"]
    assert down.drop(mine, is_dropped=False)["is_dropped"] is False
    assert down.archive(because="done") == {"scenario": down.name, "is_archived": True}
    with pytest.raises(Refused, match="archived"):
        down.drop(mine)
    with pytest.raises(Refused) as unknown:
        cora.scenario("nowhere").merge(root)
    assert unknown.value.status == 404
    with pytest.raises(Refused) as too_much:
        cora.scenario(root).open_cases("Summer", up_pct=-1, down_pct=5, reason="x")
    assert too_much.value.status == 404


def test_a_token_without_the_right_promotes_nothing(address, person):
    import equipoise

    there = equipoise.connect(address, token_of(person("carl", "coordinator"), ["read", "branch"]))
    there.open_scenario("Mine", parent=working_scenario().name)
    with pytest.raises(Refused, match="publish") as refused:
        there.scenario("Mine").promote(because="x")
    assert refused.value.status == 403


def test_exceptions_are_listed_given_and_put_to_rest(cora, person):
    who = access_of(person("wanda", "supply_planner"))
    expected = read_page(who, Filters(least=0.0))
    found = cora.exceptions(least="0")
    assert [(row["about"], row["amount"]) for row in found] == [(row.about, row.amount) for row in expected.rows]
    about, as_of = found[0]["about"], plan_in_question(who).head.as_of
    cora.assign_exception(about, "wanda", key="k")
    assert cora.assign_exception(about, "wanda", key="k") == {"about": about, "owner": "wanda"}
    cora.snooze_exception(about, as_of + timedelta(days=9), because="waits")
    assert about not in [row["about"] for row in cora.exceptions(least="0")]
    (row,) = cora.exceptions(least="0", state="resting")
    assert (row["owner"], row["is_resting"]) == ("wanda", True)
    cora.snooze_exception(about, None, because="wakes")
    with pytest.raises(Refused, match="not after the data"):
        cora.snooze_exception(about, as_of, because="x")


def test_the_plan_of_a_merged_root_is_on_its_way(cora):
    root = working_scenario().name
    cora.open_scenario("More", parent=root)
    cora.propose({"kind": "demand_override", "amount": "1200", "scope": SCOPE, "reason": "x"}, scenario="More")
    cora.scenario("More").promote(because="yes")
    while (lease := take_job()) is not None:
        work_on(lease)
    assert cora.plan(root) == cora.plan("More")
