"""Who has no right learns that, and nothing else: not whether what they name is there, nor whether it was said well."""

import pytest

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right, access_of
from equipoise_web.actions.accept_invitation import accept_invitation
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.archive_scenario import archive_scenario
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.correct_row import correct_row, drop_row, undo_correction
from equipoise_web.actions.deactivate_person import deactivate_person
from equipoise_web.actions.deliver_file import deliver_file, keep_delivery, keep_files, undo_delivery
from equipoise_web.actions.door import NotFound
from equipoise_web.actions.edit_cells import edit_cells
from equipoise_web.actions.invite_person import renew_password
from equipoise_web.actions.make_webhook import MOST, make_webhook
from equipoise_web.actions.open_cases import kind_of_cases
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.outbox import may_know
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.redo_step import redo_step
from equipoise_web.actions.save_grid_view import end_grid_view, save_grid_view
from equipoise_web.actions.seal_draft import record_seal, seal_draft
from equipoise_web.actions.take_delivery import take_delivery
from equipoise_web.actions.undo_step import NothingToUndo, undo_step
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import GridStep, GridViewRecord, Webhook

pytestmark = pytest.mark.django_db
STRANGER = Access(7, "eve")


def held(role, scope=None, **more):
    return Access(7, "eve", (Held(ROLES[role], scope or Scope(), **more),))


READER = held("sales", is_read_only=True)
NARROW = held("demand_planner", Scope(market="North"))


def named(value):
    """The name of a case: a role, or what is called."""
    if isinstance(value, Access):
        return value.held[0].role.name if value.held else "stranger"
    if callable(value):
        return value.__name__ if value.__name__ != "<lambda>" else value.__code__.co_names[0]
    return None


@pytest.mark.parametrize(
    ("who", "act"),
    [
        (STRANGER, lambda who: add_comment(who, "adjustment:nowhere", "")),
        (READER, lambda who: add_comment(who, "adjustment:nowhere", "")),
        (READER, lambda who: archive_scenario(who, "nowhere", because="")),
        (READER, lambda who: undo_step(who, scenario="nowhere")),
        (READER, lambda who: redo_step(who, scenario="nowhere")),
        (STRANGER, lambda who: save_grid_view(who, "", "rows=family")),
        (STRANGER, lambda who: end_grid_view(who, 99)),
        (held("supply_planner"), kind_of_cases),
        (NARROW, lambda who: keep_files(who, [])),
        (NARROW, lambda who: keep_delivery(who, [])),
        (NARROW, lambda who: deliver_file(who, 99, None)),
        (NARROW, lambda who: undo_delivery(who, 99)),
        (NARROW, lambda who: take_delivery(who, {}, None, version=1, tables={})),
        (NARROW, lambda who: open_draft(who, base=None)),
        (NARROW, lambda who: drop_row(who, 99, 1, table="items", row={}, reason="")),
        (NARROW, lambda who: undo_correction(who, 99, "1")),
        (NARROW, lambda who: seal_draft(who, 99, 1)),
        (NARROW, lambda who: record_seal(who, 99, 1, None, 0)),
        (READER, lambda who: open_scenario(who, "", parent="nowhere")),
        (READER, lambda who: ask_job(who, "compute_plan", {"scenario": "nowhere"})),
        (held("sales"), lambda who: propose_adjustment(who, {"kind": "capacity"}, scenario="nowhere", axes=None)),
        (
            held("sales"),
            lambda who: propose_adjustment(
                who, {"kind": "capacity", "function": "sales"}, scenario="nowhere", axes=None
            ),
        ),
        (
            NARROW,
            lambda who: correct_row(who, 99, 1, table="items", row={}, column="name", old="a", new="b", reason=""),
        ),
    ],
    ids=named,
)
def test_the_right_is_asked_for_before_anything_else(who, act):
    with pytest.raises(NotAllowed):
        act(who)


def test_a_view_is_shared_by_who_rules_and_given_to_a_role_by_who_rules_everywhere(person):
    seller, north = (person("sally", "sales"), person("nora", "demand_planner", market="North"))
    with pytest.raises(NotAllowed, match="rule"):
        save_grid_view(access_of(seller), "Ours", "rows=family", is_shared=True)
    save_grid_view(access_of(north), "Ours", "rows=family", is_shared=True)
    with pytest.raises(NotAllowed, match="a part of the company only"):
        save_grid_view(access_of(north), "Theirs", "rows=family", role="sales")


def test_a_view_is_let_go_and_replaced_by_its_owner_only(person):
    ann, bob = (access_of(person(name, "sales")) for name in ("ann", "bob"))
    mine = save_grid_view(ann, "Mine", "rows=family")["id"]
    save_grid_view(bob, "Mine", "rows=item")
    with pytest.raises(NotAllowed, match="only who made a view"):
        end_grid_view(bob, mine)
    assert GridViewRecord.objects.get(pk=mine).ended_at is None
    end_grid_view(ann, mine)
    assert GridViewRecord.objects.get(pk=mine).ended_at is not None


def test_what_somebody_undid_nobody_else_does_again(person):
    ann, bob = (access_of(person(name, "sales")) for name in ("ann", "bob"))
    step = GridStep.objects.create(
        person_id=ann.person, scenario="base", label="+1%", adjustments=[], state=GridStep.UNDONE
    )
    with pytest.raises(NothingToUndo):
        redo_step(bob, scenario="base")
    step.refresh_from_db()
    assert step.state == GridStep.UNDONE
    assert redo_step(ann, scenario="base")["step"] == step.pk


def test_what_i_type_leaves_what_others_may_do_again(person, digest):
    root = working_scenario()
    ann, bob = (access_of(person(name, "sales")) for name in ("ann", "bob"))
    step = GridStep.objects.create(
        person_id=ann.person, scenario=root.name, label="+1%", adjustments=[], state=GridStep.UNDONE
    )
    sent = {"kind": "demand_input", "amount": "+1%", "scope": {"item": "tool"}, "function": "sales"}
    edit_cells(bob, [sent], scenario=root.name, axes=axes_of(root.snapshot), label="+1%", seen=0, moved_amount=0)
    step.refresh_from_db()
    assert step.state == GridStep.UNDONE


def test_webhooks_of_others_do_not_count_against_mine(person):
    ann, bob = (access_of(person(name, "analyst")) for name in ("ann", "bob"))
    for _ in range(MOST):
        Webhook.objects.create(address="https://hooks.example.com", verbs=["*"], secret="s", made_by_id=ann.person)
    assert make_webhook(bob, "https://hooks.example.com/in", ["publish_plan"])["verbs"] == ["publish_plan"]


@pytest.mark.parametrize(
    ("who", "subject", "knows"),
    [
        (held("analyst"), "plan:1", True),
        (held("executive"), "plan:1", False),  # reads, but no longer connects programs
        (held("administrator"), "grant:1", True),  # may read the audit chain
        (held("administrator", Scope(market="North")), "plan:1", False),  # a part of it, and no plans
        (held("coordinator", Scope(market="North")), "person:1", False),
        (held("coordinator", measure="demand_consensus_qty"), "person:1", False),
        (held("analyst", Scope(market="North")), "plan:1", True),
        (held("analyst", Scope(market="North")), "adjustment:1", False),
    ],
    ids=named,
)
def test_a_webhook_is_told_of_what_its_maker_may_know_now(who, subject, knows):
    assert may_know(who, subject) is knows


def test_who_manages_people_stays_while_only_others_can_sign_in(person):
    one, two = (person(name, "administrator") for name in ("one", "two"))
    planner = person("paula", "demand_planner")
    for user in (one, planner):
        user.set_password("four plain words here")
        user.save()
    with pytest.raises(NotAllowed, match="one is the last one"):
        deactivate_person(access_of(two), "one", because="left")


def test_a_link_for_a_new_password_lets_nobody_in_who_was_deactivated_meanwhile(person):
    admin, sally = access_of(person("admin", "administrator")), person("sally", "sales")
    link = renew_password(admin, "sally")
    sally.is_active = False
    sally.save()
    with pytest.raises(NotFound, match="sally is not active"):
        accept_invitation(link["secret"], "four plain words here")


def test_a_token_ends_with_the_right_that_it_needs():
    through = held("analyst").limited_to({Right.READ}, "token:1")
    assert not may_know(through, "plan:1")
