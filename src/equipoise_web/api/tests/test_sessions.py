"""Sessions that the quick way does not read: Django's own way says who comes, and what they hold is read as ever."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept_elsewhere(settings):
    """Sessions in the cache, which the quick way leaves to Django."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"


def test_a_session_that_is_kept_elsewhere_gives_what_its_person_holds(kept_elsewhere, person):
    browser = Client()
    browser.force_login(person("sally", "sales"))
    found = browser.get("/api/v1/me").json()
    assert (found["name"], found["rights"]) == ("sally", ["read", "propose", "connect"])


def test_without_a_session_nobody_comes_in(kept_elsewhere):
    assert Client().get("/api/v1/me").status_code == 401


def test_who_was_deactivated_does_not_come_in_even_where_django_would_let_them(kept_elsewhere, person, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    user = person("gone", "coordinator")
    browser = Client()
    browser.force_login(user)
    assert browser.get("/api/v1/me").status_code == 200
    user.is_active = False
    user.save()
    assert browser.get("/api/v1/me").status_code == 401
