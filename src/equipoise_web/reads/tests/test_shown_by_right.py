"""What pages offer and tell is what the person may do and see; who may not is refused before anything is looked up."""

from dataclasses import replace

import pytest

from equipoise.core.adjustment import Scope
from equipoise.core.finding import Finding, Severity
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right, access_of, access_of_person
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.save_grid_view import save_grid_view
from equipoise_web.reads import audit, chain
from equipoise_web.reads.account import read_account
from equipoise_web.reads.adjustment_pages import teller_for
from equipoise_web.reads.audit import AuditQuestion, audit_csv, read_audit
from equipoise_web.reads.chain import read_chain
from equipoise_web.reads.changes import read_changes
from equipoise_web.reads.effect import difference
from equipoise_web.reads.exception_page import Filters, plan_in_question, read_page
from equipoise_web.reads.form import form_of
from equipoise_web.reads.grid_choices import read_choices
from equipoise_web.reads.grid_numbers import numbers_of_plan
from equipoise_web.reads.grid_view import GridView
from equipoise_web.reads.grid_views import read_views
from equipoise_web.reads.jobs import read_job, read_jobs
from equipoise_web.reads.jobs_page import in_words
from equipoise_web.reads.kinds import read_kinds
from equipoise_web.reads.nodes import check_nodes
from equipoise_web.reads.own_part import read_own_part
from equipoise_web.reads.people import read_person
from equipoise_web.reads.plans import open_plan, plan_for
from equipoise_web.reads.preview import estimate
from equipoise_web.reads.rights import rights_of
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.scoped import scoped_plan
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.reads.webhooks import read_messages
from equipoise_web.records.models import Grant, Job, ScenarioRecord

pytestmark = pytest.mark.django_db
STRANGER = Access(7, "eve")
FINDING = Finding("SU101", Severity.WARNING, "item tool in the south", "too few", "make more")
INPUT = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}


def holding(*grants):
    """Somebody with roles, each perhaps on a market."""
    return Access(7, "eve", tuple(Held(ROLES[role], Scope(market=market)) for role, market in grants))


@pytest.mark.parametrize(
    "look",
    [
        read_views,
        read_kinds,
        plan_in_question,
        lambda who: check_nodes(who, Scope()),
        lambda who: read_person(who, 999),
        lambda who: read_messages(who, 999),
        lambda who: read_audit(who, AuditQuestion()),
        lambda who: audit_csv(who, AuditQuestion()),
        read_chain,
    ],
    ids=lambda look: look.__name__ if look.__name__ != "<lambda>" else look.__code__.co_names[0],
)
def test_the_stranger_is_told_which_right_is_missing(digest, look):
    with pytest.raises(NotAllowed, match="has no right to"):
        look(STRANGER)


@pytest.mark.parametrize("check", [audit.check_audit, chain.check_may_audit])
def test_the_chain_is_for_who_audits_the_whole_company_by_his_own_hand(check):
    check(holding(("auditor", "")))
    both = holding(("sales", ""), ("auditor", "North"))
    one_measure = Access(7, "eve", (Held(ROLES["auditor"], measure="demand_consensus_qty"),))
    token = holding(("auditor", "")).limited_to({Right.READ}, "token:1")
    for who in (both, one_measure, token):
        with pytest.raises(NotAllowed):
            check(who)


def test_before_the_first_cycle_a_token_that_does_not_read_sees_no_exceptions(digest):
    ScenarioRecord.objects.all().delete()
    assert plan_in_question(holding(("analyst", ""))).digest == digest
    with pytest.raises(NotAllowed, match="no right to read"):
        plan_in_question(holding(("analyst", "")).limited_to({Right.SEE_POOLED}, "token:1"))


def test_exceptions_are_marked_by_who_proposes_or_rules(digest):
    offered = {role: read_page(holding((role, "")), Filters()).may_mark for role in ("analyst", "executive", "finance")}
    assert offered == {"analyst": False, "executive": True, "finance": True}


def test_the_account_offers_what_a_token_may_carry_and_names_what_one_proposes(person):
    def offered(role):
        return [right for right, _ in read_account(access_of(person(role, role))).offered]

    assert offered("executive") == []
    assert offered("sales") == ["read", "propose", "connect"]
    reader = access_of(person("reader", "sales", is_read_only=True))
    (role,) = read_account(reader).roles
    assert (len(role.rights), role.kinds) == (1, "")
    assert rights_of(reader.held[0]) == (Right.READ,)


def test_a_comment_on_a_cell_is_told_to_who_sees_the_cell(person, digest):
    near, far = (access_of(person(market, "sales", market=market)) for market in ("retail", "abroad"))
    cell = "cell:demand_consensus_qty:tool|retail:2027-01-01..2027-01-31"
    add_comment(access_of(person("paula", "demand_planner")), cell, "Why so much?")

    def told(who):
        return "Why so much?" in str(vars(read_changes(who, teller_for(who))))

    assert told(near)
    assert not told(far)


def test_an_effect_outside_of_the_scope_is_none(person, digest):
    far = access_of(person("far", "sales", market="abroad"))
    plan = open_plan(digest)
    roughly = estimate(far, INPUT, working_scenario().name)
    exactly = difference(plan, plan, far)
    for effect in (roughly, exactly):
        assert (effect.demand_qty, effect.demand_amount, effect.is_pooled_seen) == (0, 0, False)
    assert exactly.margin_amount is None
    near = access_of(person("near", "sales", market="retail"))
    assert difference(plan, plan, near).demand_qty == 0


def test_one_speaks_for_the_functions_in_whose_name_one_proposes(digest):
    who = Access(
        7,
        "eve",
        (
            Held(ROLES["sales"], is_read_only=True),
            Held(ROLES["finance"]),
            Held(ROLES["marketing"]),
        ),
    )
    form = form_of(who, "demand_input", axes_of(working_scenario().snapshot), {}, {}, {})
    (speaks,) = (field for field in form.about if field.name == "function")
    assert [code for code, _ in speaks.choices] == ["finance", "marketing"]


def test_numbers_to_choose_from_are_those_one_sees(digest):
    def offered(role):
        who = holding((role, ""))
        choices = read_choices(who, numbers_of_plan(who, digest), GridView())
        return {choice.value for choice in choices.measures}, {choice.value for choice in choices.units}

    own, own_units = offered("sales")
    every, every_units = offered("analyst")
    assert "production_qty" in every - own
    assert "hours" in every_units - own_units


def test_views_are_ones_own_and_those_that_are_shared(person):
    ann, bob = (access_of(person(name, "demand_planner")) for name in ("ann", "bob"))
    save_grid_view(ann, "Mine", "rows=family")
    save_grid_view(ann, "Ours", "rows=item", is_shared=True)
    assert [view.name for view in read_views(ann)] == ["Mine", "Ours"]
    assert [view.name for view in read_views(bob)] == ["Ours"]


def test_a_token_that_sees_less_than_its_person_sees_no_preview_of_his(person, digest):
    paula = access_of(person("paula", "demand_planner"))
    job = ask_job(paula, "preview", {"scenario": working_scenario().name, "body": INPUT, "person": paula.person})["id"]
    assert read_job(paula, job).kind == "preview"
    token = paula.limited_to({Right.READ, Right.RUN, Right.PROPOSE}, "token:1")
    with pytest.raises(NotAllowed, match="no right to see_pooled"):
        read_job(token, job)
    assert [row.id for row in read_jobs(token)] == []


def test_deliveries_are_listed_for_who_gathers_for_the_whole_company(person):
    cora, nora = person("cora", "coordinator"), person("nora", "demand_planner", market="North")
    Job.objects.create(kind="deliver", question={}, asked_by=cora)
    assert [row.kind for row in read_jobs(access_of(cora))] == ["deliver"]
    assert read_jobs(access_of(nora)) == ()


def test_a_job_of_somebody_else_is_cancelled_by_who_runs_plans(person, digest):
    cora = access_of(person("cora", "coordinator"))
    row = read_job(cora, ask_job(cora, "compute_plan", {"scenario": working_scenario().name})["id"])
    offered = {role: in_words(row, holding((role, ""))).may_cancel for role in ("executive", "analyst")}
    assert offered == {"executive": False, "analyst": True}


def test_the_part_one_looks_after_is_where_one_reads(digest):
    who = holding(("administrator", "abroad"), ("sales", "retail"))
    part = read_own_part(who, plan_for(who, digest))
    assert "retail" in part.subtitle
    assert "abroad" not in part.subtitle


def test_a_number_of_a_person_who_left_gives_nothing(person):
    user = person("gone", "coordinator")
    assert access_of_person(user.pk).may(Right.SEAL)
    user.is_active = False
    user.save()
    assert Grant.objects.filter(person=user.pk, ended_at=None).exists()
    assert access_of_person(user.pk).is_stranger
    assert access_of_person(999).is_stranger


def test_a_right_to_read_a_part_opens_no_more_because_of_other_roles(digest):
    """An administrator of all who reads abroad; one who sells all and sees pooled numbers of another item."""
    plan = open_plan(digest)
    assert plan.snapshot.tables["forecast"].height and plan.snapshot.tables["inventory"].height
    part = scoped_plan(plan, holding(("administrator", ""), ("sales", "abroad")))
    assert part.total("demand_consensus_qty") == 0
    assert part.snapshot.tables["forecast"].height == 0
    elsewhere = Held(ROLES["marketing"], Scope(item="another"))
    own = scoped_plan(plan, Access(7, "eve", (Held(ROLES["sales"]), elsewhere)))
    assert own.snapshot.tables["forecast"].height == plan.snapshot.tables["forecast"].height
    assert own.snapshot.tables["inventory"].height == 0


def test_findings_of_a_plan_are_for_who_sees_all_of_it(digest):
    plan = replace(open_plan(digest), findings=(FINDING,))
    assert scoped_plan(plan, holding(("analyst", ""))).findings == (FINDING,)
    assert scoped_plan(plan, holding(("sales", ""))).findings == ()
