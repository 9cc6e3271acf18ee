"""A published plan in a home of its own, and a signed-in person."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.actions.adopt_plans import adopt_plans

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
def planner(client, db):
    client.force_login(User.objects.create_user("planner"))
    return client
