"""Grants, deactivation, and that somebody is always left who manages people."""

import pytest
from django.contrib.auth.models import User

from equipoise.core.adjustment import Scope
from equipoise_web.access import NotAllowed, Right, access_of, access_of_token
from equipoise_web.actions.accept_invitation import accept_invitation
from equipoise_web.actions.deactivate_person import deactivate_person, reactivate_person
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.actions.give_grant import WrongRole, end_grant, give_grant
from equipoise_web.actions.invite_person import renew_password
from equipoise_web.actions.make_token import make_token, revoke_token
from equipoise_web.actions.reason import WrongReason
from equipoise_web.records.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD = "four plain words here"


@pytest.fixture
def sure(person):
    """Somebody who can sign in with a password."""

    def make(name, role="", **nodes):
        user = person(name, role, **nodes)
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


def test_a_grant_is_given_and_ended_with_a_reason(sure):
    admin, sally = access_of(sure("admin", "administrator")), sure("sally")
    given = give_grant(admin, "sally", "sales", scope=Scope(market="North"), because="takes over the north")
    assert access_of(sally).may(Right.READ)
    ended = end_grant(admin, given["id"], because="moved to finance")
    assert ended["number"] == sally.pk
    assert access_of(sally).is_stranger
    first, second = AuditEntry.objects.order_by("seq")
    assert (first.because, second.because) == ("takes over the north", "moved to finance")
    assert first.after == {"grant": "sales on North"}
    assert second.before == {"grant": "sales on North"}


@pytest.mark.parametrize("because", ["", "  ", "x" * 501])
def test_what_is_done_to_people_needs_a_reason(sure, because):
    admin, sally = access_of(sure("admin", "administrator")), sure("sally", "sales")
    for act in (
        lambda: give_grant(admin, "sally", "marketing", because=because),
        lambda: end_grant(admin, sally.grants.get().pk, because=because),
        lambda: deactivate_person(admin, "sally", because=because),
        lambda: reactivate_person(admin, "sally", because=because),
    ):
        with pytest.raises(WrongReason, match="1 to 500"):
            act()


def test_what_is_not_there_is_refused(sure):
    admin = access_of(sure("admin", "administrator"))
    sure("sally", "sales")
    with pytest.raises(WrongRole, match="druid"):
        give_grant(admin, "sally", "druid", because="x")
    with pytest.raises(NotFound, match="nobody"):
        give_grant(admin, "nobody", "sales", because="x")
    with pytest.raises(StaleEdit, match="holds that role there already"):
        give_grant(admin, "sally", "sales", because="x")
    with pytest.raises(NotFound, match="no grant 999"):
        end_grant(admin, 999, because="x")
    for act in (deactivate_person, reactivate_person):
        with pytest.raises(NotFound, match="nobody called"):
            act(admin, "nobody", because="x")


def test_nobody_gives_himself_a_role_or_shuts_himself_out(sure):
    admin = access_of(sure("admin", "administrator"))
    sure("other", "administrator")
    for act in (
        lambda: give_grant(admin, "admin", "coordinator", because="x"),
        lambda: deactivate_person(admin, "admin", because="x"),
        lambda: reactivate_person(admin, "admin", because="x"),
    ):
        with pytest.raises(NotAllowed, match=r"nobody|himself"):
            act()


def test_the_wrong_roles_do_nothing_to_people(sure):
    admin = sure("admin", "administrator")
    for who in (access_of(sure("coordinator", "coordinator")), access_of(sure("stranger"))):
        for act in (
            lambda who=who: give_grant(who, "stranger", "sales", because="x"),
            lambda who=who: end_grant(who, admin.grants.get().pk, because="x"),
            lambda who=who: deactivate_person(who, "admin", because="x"),
            lambda who=who: reactivate_person(who, "admin", because="x"),
        ):
            with pytest.raises(NotAllowed, match="has no right to people"):
                act()


def test_the_last_administrator_stays(sure):
    one, two = sure("one", "administrator"), sure("two", "administrator")
    was_allowed = access_of(two)  # read before the first of two writes that meet
    deactivate_person(access_of(one), "two", because="left")
    with pytest.raises(NotAllowed, match="one is the last one"):
        deactivate_person(was_allowed, "one", because="left")
    with pytest.raises(NotAllowed, match="one is the last one"):
        end_grant(was_allowed, one.grants.get().pk, because="left")
    assert User.objects.get(username="one").is_active
    assert access_of(one).may(Right.PEOPLE)


def test_an_administrator_who_cannot_sign_in_does_not_count(sure, person):
    one = sure("one", "administrator")
    person("locked", "administrator")
    with pytest.raises(NotAllowed, match="last one"):
        end_grant(access_of(one), one.grants.get().pk, because="x")


@pytest.mark.parametrize("lost", ["grant", "account"])
def test_an_administrator_of_the_past_does_not_count(sure, lost):
    one, two = sure("one", "administrator"), sure("two", "administrator")
    if lost == "grant":
        two.grants.update(ended_at="2026-01-01T00:00:00Z")
    else:
        User.objects.filter(pk=two.pk).update(is_active=False)
    with pytest.raises(NotAllowed, match="last one"):
        end_grant(access_of(one), one.grants.get().pk, because="x")


def test_who_is_deactivated_is_out_at_once_and_for_good(sure, client):
    admin, sally = access_of(sure("admin", "administrator")), sure("sally", "sales")
    client.force_login(sally)
    token = make_token(access_of(sally), "nightly", ["read"])
    link = renew_password(admin, "sally")
    assert client.get("/account/").status_code == 200
    assert access_of_token(token["secret"]) is not None

    assert deactivate_person(admin, "sally", because="left")["tokens"] == 1
    assert client.get("/account/").status_code == 302
    assert access_of_token(token["secret"]) is None
    with pytest.raises(NotFound):
        accept_invitation(link["secret"], PASSWORD)
    with pytest.raises(StaleEdit, match="not active already"):
        deactivate_person(admin, "sally", because="again")

    reactivate_person(admin, "sally", because="back")
    assert client.get("/account/").status_code == 302  # the old session stays dead
    assert access_of_token(token["secret"]) is None  # so does the old token
    assert not client.login(username="sally", password=PASSWORD)
    accept_invitation(renew_password(admin, "sally")["secret"], PASSWORD)
    assert client.login(username="sally", password=PASSWORD)
    assert access_of(User.objects.get(username="sally")).may(Right.READ)
    with pytest.raises(StaleEdit, match="active already"):
        reactivate_person(admin, "sally", because="again")


def test_a_token_is_made_by_hand_for_rights_one_has_and_revoked_by_its_owner_or_an_administrator(sure):
    admin, sally = access_of(sure("admin", "administrator")), access_of(sure("sally", "sales"))
    with pytest.raises(NotAllowed, match="seal"):
        make_token(sally, "robot", ["read", "seal"])
    with pytest.raises(NotAllowed, match="cannot make tokens"):
        make_token(sally.limited_to({Right.CONNECT, Right.READ}, "token:1"), "robot", ["read"])
    with pytest.raises(NotAllowed, match="connect"):
        make_token(access_of(sure("boss", "executive")), "robot", ["read"])
    mine = make_token(sally, "robot", ["read"])
    with pytest.raises(NotFound):
        revoke_token(access_of(sure("olga", "coordinator")), mine["id"])
    revoke_token(admin, mine["id"])
    assert access_of_token(mine["secret"]) is None
    again = make_token(sally, "robot", ["read"])
    revoke_token(sally, again["id"])
    assert access_of_token(again["secret"]) is None
