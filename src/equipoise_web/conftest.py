"""A published plan in a home of its own, and a signed-in person."""

import json
import os
import shutil
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store import read_manifest
from equipoise.store_drafts import FILE_NAME
from equipoise.store_plans import read_plan, write_plan
from equipoise_web.actions import adopt_plans as adopting
from equipoise_web.records.models import Grant

TOMATO = Path(__file__).parents[2] / "examples" / "red_tomato"
HERE = Path(__file__).parent
READ_ONCE = {each.__name__: cache(each) for each in (read_manifest, read_plan)}


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL only tests that ask for the database: what the others say does not depend on it."""
    if os.environ.get("EQUIPOISE_DATABASE"):
        left = {item for item in items if item.path.is_relative_to(HERE) and not asks_for_database(item)}
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def asks_for_database(item):
    """True if a test, or a fixture of it, does."""
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def adopt(home):
    """The digest of the home's one plan, adopted as the application does it.

    Its folder, which no test changes, is read and checked once in a process: for every test anew, that takes longer
    than most tests. Reading a plan that is damaged is tested where plans are read.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, once in READ_ONCE.items():
            patch.setattr(adopting, name, once)
        (plan,) = adopting.adopt_plans(home)
    return plan.digest


@pytest.fixture(scope="session")
def tomato_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    write_plan(compute_plan(open_snapshot(TOMATO)), home / "plans" / "first")
    return home


@pytest.fixture
def digest(db, settings, tomato_home):
    settings.EQUIPOISE_HOME = tomato_home
    return adopt(tomato_home)


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
def no_guesses_yet():
    """Forget who tried to sign in how often, which is kept by the process and not by the database."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def signed_in(person):
    """Makes somebody as `person` does, at a browser of their own."""

    def make(name, role="", **nodes):
        browser = Client()
        browser.force_login(person(name, role, **nodes))
        return browser

    return make


@pytest.fixture
def planner(client, person):
    client.force_login(person("planner", "demand_planner"))
    return client


@pytest.fixture
def fresh_home(db, settings, tmp_path, read_once):
    """A home in which nothing was sealed yet."""
    settings.EQUIPOISE_HOME = tmp_path
    return tmp_path


@pytest.fixture(scope="session")
def kept_readings(tmp_path_factory):
    """Answers of the child that reads files, with the drafts that it left, by what it was asked."""
    return {}, tmp_path_factory.mktemp("readings")


@pytest.fixture
def read_once(monkeypatch, kept_readings):
    """The same files on top of the same draft are read by a child once in a process, and then what it left is copied.

    A child takes longer than most tests; most drafts begin with the same files.
    """
    from equipoise_web.jobs import deliver_to_draft

    answers, folder = kept_readings
    read = deliver_to_draft.read_in_child

    def read_in_child(recipe, work, tell):
        asked = _asked(recipe)
        if asked not in answers:
            answer = read(recipe, work, tell)
            if (work / "draft").is_dir():
                shutil.copytree(work / "draft", folder / asked)
            answers[asked] = json.dumps(answer)
        elif (folder / asked).is_dir():
            shutil.copytree(folder / asked, work / "draft")
        return json.loads(answers[asked])

    monkeypatch.setattr(deliver_to_draft, "read_in_child", read_in_child)


def _asked(recipe):
    """A recipe by its contents: files under their digest, snapshots under their id, the draft as it says itself."""
    onto = (Path(recipe["onto"]) / FILE_NAME).read_text(encoding="utf-8") if recipe["onto"] else ""
    files = [{**each, "path": Path(each["path"]).name} for each in recipe["deliveries"]]
    told = {**recipe, "onto": onto, "base": Path(recipe["base"]).name, "deliveries": files}
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@pytest.fixture
def deliver(fresh_home, person):
    """Sends files (name to text or bytes) to a draft in a coordinator's name, and does the job that reads them."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from equipoise_web.access import access_of
    from equipoise_web.actions.deliver_file import deliver_file, keep_files
    from equipoise_web.actions.lease_job import take_job
    from equipoise_web.jobs.worker import work_on
    from equipoise_web.records.models import Job

    who = access_of(person("gatherer", "coordinator"))

    def send(draft, files, **options):
        sent = [SimpleUploadedFile(n, t.encode() if isinstance(t, str) else t) for n, t in files.items()]
        for kept in keep_files(who, sent):
            job = deliver_file(who, draft, kept, **options)["job"]
            work_on(take_job())
        return Job.objects.get(pk=job)

    send.who = who
    return send


@pytest.fixture
def tomato_files():
    """The files of the Red Tomato company by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(TOMATO.iterdir())}


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory):
    """The small demo month, planned and on its shelf."""
    from equipoise.demo.run import run_demo

    home = tmp_path_factory.mktemp("demo")
    run_demo(home)
    return home


@pytest.fixture
def demo_digest(db, settings, demo_home):
    """The demo month; what a test writes into its home is gone after it."""
    settings.EQUIPOISE_HOME = demo_home
    there = set(_entries(demo_home))
    yield adopt(demo_home)
    for path in set(_entries(demo_home)) - there:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _entries(home):
    """What stands in a home and in its folders; deeper, nothing is added to what was published."""
    for path in home.iterdir():
        yield path
        if path.is_dir():
            yield from path.iterdir()
