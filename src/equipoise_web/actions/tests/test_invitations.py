"""Invitations: who makes them, what becomes of whoever takes one, and when a link is not good."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, SYSTEM, Held, NotAllowed, Right, access_of
from equipoise_web.actions.accept_invitation import WrongPassword, accept_invitation
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.actions.give_grant import end_grant
from equipoise_web.actions.invite_person import WrongPerson, end_invitation, invite_person, renew_password
from equipoise_web.records.models import AuditEntry, Invitation

pytestmark = pytest.mark.django_db
PASSWORD = "four plain words here"
SALES = Held(ROLES["sales"], Scope(market="North"), is_read_only=True)


@pytest.fixture
def admin(person):
    return access_of(person("admin", "administrator"))


def test_who_takes_an_invitation_has_the_password_and_the_roles_it_names(admin):
    made = invite_person(admin, "sally", [SALES], name="Sales North", email="sally@example.com")
    assert not User.objects.filter(username="sally").exists()
    accept_invitation(made["secret"], PASSWORD)
    sally = User.objects.get(username="sally")
    assert sally.check_password(PASSWORD)
    assert (sally.first_name, sally.email) == ("Sales North", "sally@example.com")
    access = access_of(sally)
    assert access.held == (SALES,)
    assert access.may(Right.READ)
    assert not access.may(Right.PROPOSE)
    assert sally.grants.get().given_by.username == "admin"


def test_the_secret_is_kept_nowhere(admin):
    made = invite_person(admin, "sally", [SALES])
    kept = str(list(Invitation.objects.values())) + str(list(AuditEntry.objects.values()))
    assert made["secret"] not in kept
    assert "sally" in kept


def test_the_chain_names_who_joined_and_through_what(admin):
    made = invite_person(admin, "sally", [])
    accept_invitation(made["secret"], PASSWORD)
    invited, joined = AuditEntry.objects.order_by("seq")
    assert (invited.actor, invited.verb, invited.object) == ("admin", "invite_person", "person:sally")
    assert (joined.actor, joined.through) == ("sally", f"invitation:{made['id']}")


def test_a_link_works_once(admin):
    made = invite_person(admin, "sally", [])
    accept_invitation(made["secret"], PASSWORD)
    with pytest.raises(NotFound, match="ask for a new one"):
        accept_invitation(made["secret"], "another four plain words")
    assert User.objects.get(username="sally").check_password(PASSWORD)


def test_a_link_ends_by_day_by_hand_by_a_newer_one_and_with_its_maker(admin, person):
    late = invite_person(admin, "late", [])
    Invitation.objects.filter(pk=late["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    taken_back = invite_person(admin, "back", [])
    end_invitation(admin, taken_back["id"])
    older = invite_person(admin, "twice", [])
    invite_person(admin, "twice", [])
    other = person("other", "administrator")
    orphan = invite_person(access_of(other), "orphan", [Held(ROLES["coordinator"])])
    other.grants.update(ended_at=timezone.now())
    for made in (late, taken_back, older, orphan, {"secret": "never made"}):
        with pytest.raises(NotFound, match="used, has expired or was taken back"):
            accept_invitation(made["secret"], PASSWORD)
    assert not User.objects.filter(username__in=["late", "back", "twice", "orphan"]).exists()
    with pytest.raises(NotFound, match="still open"):
        end_invitation(admin, taken_back["id"])


def test_a_password_must_pass_and_the_link_stays_good_until_it_does(admin):
    made = invite_person(admin, "sally.north", [])
    for easy in ("short", "password12345", "sally.north.1"):
        with pytest.raises(WrongPassword):
            accept_invitation(made["secret"], easy)
    accept_invitation(made["secret"], PASSWORD)


@pytest.mark.parametrize("name", ["", "two words", "Equipoise", "imported", "x" * 151, "a/b"])
def test_names_that_nobody_can_have(admin, name):
    with pytest.raises(WrongPerson):
        invite_person(admin, name, [])


def test_nobody_gets_a_name_that_somebody_has_in_any_spelling(admin, person):
    person("Sally")
    with pytest.raises(StaleEdit, match="Sally is here already"):
        invite_person(admin, "sally", [])
    made = invite_person(admin, "bob", [])
    person("BOB")
    with pytest.raises(StaleEdit, match="came here meanwhile"):
        accept_invitation(made["secret"], PASSWORD)


def test_only_who_manages_people_makes_links_and_not_by_a_token(admin, person):
    stranger, planner = access_of(person("stranger")), access_of(person("paul", "coordinator"))
    token = admin.limited_to({Right.PEOPLE}, "token:1")
    made = invite_person(admin, "sally", [])
    for who in (stranger, planner, token):
        with pytest.raises(NotAllowed):
            invite_person(who, "eve", [Held(ROLES["coordinator"])])
        with pytest.raises(NotAllowed):
            renew_password(who, "admin")
    for who in (stranger, planner):
        with pytest.raises(NotAllowed):
            end_invitation(who, made["id"])
    assert not Invitation.objects.filter(username="eve").exists()


def test_a_forgotten_password_is_renewed_and_old_sessions_end(admin, person, client):
    sally = person("sally", "sales")
    client.force_login(sally)
    made = renew_password(admin, "sally")
    assert client.get("/account/").status_code == 200
    accept_invitation(made["secret"], PASSWORD)
    sally.refresh_from_db()
    assert sally.check_password(PASSWORD)
    assert sally.grants.count() == 1
    assert client.get("/account/").status_code == 302
    with pytest.raises(NotAllowed, match="one's own"):
        renew_password(admin, "admin")
    with pytest.raises(NotFound):
        renew_password(admin, "nobody")


def test_the_command_line_invites_the_first_administrator():
    made = invite_person(SYSTEM, "boss", [Held(ROLES["administrator"])])
    accept_invitation(made["secret"], PASSWORD)
    boss = User.objects.get(username="boss")
    assert access_of(boss).may(Right.PEOPLE)
    with pytest.raises(NotAllowed, match="the last one"):
        end_grant(SYSTEM, boss.grants.get().pk, because="oops")
