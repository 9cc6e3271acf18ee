"""The quick way from a session to an access says what Django's own way says, or leaves it to that."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from equipoise_web.access import access_of
from equipoise_web.session_access import access_of_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(person):
    made = person("ann", "sales", market="retail")
    made.set_password("correct horse battery staple")
    made.save()
    return made


@pytest.fixture
def key(user):
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser.cookies["sessionid"].value


def test_it_is_the_access_that_django_gives(user, key):
    user.grants.create(role="demand_planner", item="tool", is_read_only=True, measure="demand_consensus_qty")
    user.grants.create(role="druid")
    assert access_of_session(key) == access_of(user)
    assert len(access_of_session(key).held) == 2


def test_who_has_no_role_is_the_stranger_not_nobody(person):
    browser = Client()
    browser.force_login(person("eve"))
    found = access_of_session(browser.cookies["sessionid"].value)
    assert (found.name, found.held, found.is_stranger) == ("eve", (), True)


def test_every_end_counts_at_once(user, key):
    assert access_of_session(key).held
    user.grants.update(ended_at=timezone.now())
    assert access_of_session(key).held == ()
    user.is_active = False
    user.save()
    assert access_of_session(key) is None


def test_a_changed_password_ends_the_session(user, key):
    assert access_of_session(key)
    user.set_password("another good long password")
    user.save()
    assert access_of_session(key) is None


def test_a_session_that_is_over_or_never_was_is_nobody(key):
    assert access_of_session("") is None
    assert access_of_session("x" * 32) is None
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert access_of_session(key) is None


def test_sessions_without_a_person_and_forged_ones_are_nobody(user, key):
    Session.objects.update(session_data="eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1:forged")
    assert access_of_session(key) is None
    browser = Client()
    session = browser.session
    session["cart"] = 1
    session.save()
    assert access_of_session(session.session_key) is None
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "elsewhere.Backend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    assert access_of_session(session.session_key) is None


def test_other_sessions_are_left_to_django(key, settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    assert access_of_session(key) is None


@pytest.mark.parametrize("who", ["x", "", "999999"])
def test_a_session_of_nobody_who_is_here_is_nobody(who, settings):
    session = Client().session
    session["_auth_user_id"] = who
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = "of nothing"
    session.save()
    assert access_of_session(session.session_key) is None
