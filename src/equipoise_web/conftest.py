"""A published plan in a home of its own, and a signed-in person."""

import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.records.models import Grant

TOMATO = Path(__file__).parents[2] / "examples" / "red_tomato"


@pytest.fixture(scope="session")
def tomato_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    write_plan(compute_plan(open_snapshot(TOMATO)), home / "plans" / "first")
    return home


@pytest.fixture
def digest(db, settings, tomato_home):
    settings.EQUIPOISE_HOME = tomato_home
    (plan,) = adopt_plans(tomato_home)
    return plan.digest


@pytest.fixture
def own_home(digest, settings, tomato_home, tmp_path):
    """The home copied for one test, for jobs that write into it."""
    shutil.copytree(tomato_home, tmp_path / "home")
    settings.EQUIPOISE_HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture
def person(db):
    """Makes somebody with a role on a part of the company; without a role: the stranger."""

    def make(name, role="", **nodes):
        user = User.objects.create_user(name)
        if role:
            Grant.objects.create(person=user, role=role, **nodes)
        return user

    return make


@pytest.fixture
def planner(client, person):
    client.force_login(person("planner", "demand_planner"))
    return client
