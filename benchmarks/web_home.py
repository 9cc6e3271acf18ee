"""A home folder with a published plan, on which Django is set up in this process, and people who are signed in."""

import atexit
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from equipoise.plan import Plan
from equipoise.store_plans import write_plan

SETTINGS = "benchmarks.web_settings"


def publish(plan: Plan) -> None:
    """Publish a plan in this process's home."""
    home = home_folder()
    from equipoise_web.actions.adopt_plans import adopt_plans

    write_plan(plan, home / "plans" / plan.digest)
    adopt_plans(home)


def sign_in(name: str, **nodes: str) -> str:
    """The cookie of a demand planner of the part of the company below the nodes; signed in, with a session."""
    home_folder()
    from django.contrib.auth.models import User
    from django.test import Client

    from equipoise_web.records.models import Grant

    user, is_new = User.objects.get_or_create(username=name)
    if is_new:
        Grant.objects.create(person=user, role="demand_planner", **nodes)
    browser = Client()
    browser.force_login(user)
    return f"sessionid={browser.cookies['sessionid'].value}"


def environment(settings: str = SETTINGS) -> Mapping[str, str]:
    """What a process needs to find the home and its settings."""
    return {**os.environ, "EQUIPOISE_HOME": str(home_folder()), "DJANGO_SETTINGS_MODULE": settings}


@cache
def home_folder() -> Path:
    """The home folder of this process, with Django set up on it."""
    home = Path(mkdtemp(prefix="equipoise-bench-"))
    atexit.register(rmtree, home, ignore_errors=True)
    os.environ.update(EQUIPOISE_HOME=str(home), DJANGO_SETTINGS_MODULE=SETTINGS)
    os.environ.pop("EQUIPOISE_DATABASE", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    return home
