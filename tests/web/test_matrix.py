"""Every route, every verb, every persona: what each gets is what matrix.py says, and nothing is missing there."""
# ruff: noqa: F811 - a fixture is asked for by its name

import shutil

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from equipoise_web.access import ROLES, Right, access_of, access_of_token
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.conftest import tomato_home  # noqa: F401 - a fixture

from .matrix import ANYONE, HOLDS, LIBRARY, NO_METHOD, NO_TOKEN, NOBODY, ROWS, SIGN_IN, SIGNED_IN
from .routes import routes
from .world import REASON, build_world

pytestmark = pytest.mark.django_db
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PERSONAS = (*HOLDS, "signed_out")
OUTSIDERS = {*NOBODY, "stranger", "administrator", "other_scope", "narrow_auditor", "narrow_planner"}
"""Who must not read what the world's adjustment says, on whatever page."""
FIRST = {}
"""For each name of the API whose row another name has, too: that other one, which is asked."""
for _name, _row in ROWS.items():
    _first = next(each for each, row in ROWS.items() if row is _row)
    if _first != _name:
        FIRST[_name] = _first


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tomato_home, tmp_path_factory):
    """Built once: every request is taken back. Its home is its own, for requests that write files."""
    home = tmp_path_factory.mktemp("matrix") / "home"
    shutil.copytree(tomato_home, home)
    with django_db_blocker.unblock(), override_settings(EQUIPOISE_HOME=home), transaction.atomic():
        (plan,) = adopt_plans(home)
        yield build_world(plan.digest)
        transaction.set_rollback(True)


def test_every_route_has_a_row():
    missing = sorted(set(routes()) - {route_of(name) for name in ROWS} - set(LIBRARY))
    hints = [f'    "{name}": page("read"),  # {routes()[name]}' for name in missing]
    assert not missing, "say in tests/web/matrix.py who may come here:\n" + "\n".join(hints)


def test_every_row_has_a_route():
    assert sorted(({route_of(name) for name in ROWS} | set(LIBRARY)) - set(routes())) == []


def test_names_that_share_a_row_share_their_address():
    for name, first in FIRST.items():
        address, other = (routes()[route_of(each)].replace("<path:", "<") for each in (name, first))
        assert address == other, name


def test_rights_are_those_of_the_table(world):
    from django.contrib.auth.models import User

    assert set(ROLES) <= set(HOLDS)
    for name, expected in HOLDS.items():
        if name == "program":
            who = access_of_token(world.clients[name].defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer "))
        else:
            who = access_of(User.objects.get(username=name))
        assert {right.value for right in Right if who.may(right)} == expected, name


@pytest.mark.parametrize("name", sorted(set(ROWS) - set(FIRST)))
def test_everybody_gets_what_the_table_says(world, name):
    row = ROWS[name]
    address = reverse(route_of(name), args=[world.things[thing] for thing in row.where])
    address += f"?{row.query}" if row.query else ""
    wrong = []
    hidden = REASON.encode()
    for verb in VERBS:
        for persona in PERSONAS:
            body = row.verbs[verb].body if verb in row.verbs else {}
            answer = world.ask(persona, verb, address, body, is_api=row.is_api, is_json=row.is_json)
            expected = expected_status(name, verb, persona)
            goes_there = is_nobody(name, verb, persona) and not ROWS[name].is_api
            is_right_way = is_sent_to_sign_in(answer) == goes_there or name == "people:join"
            if answer.status_code != expected or not is_right_way:
                wrong.append(f"{verb} {address} by {persona}: {answer.status_code}, expected {expected}")
            if persona in OUTSIDERS and hidden in answer.shown:
                wrong.append(f"{verb} {address} by {persona}: tells of the adjustment outside the scope")
    assert wrong == []


def route_of(name):
    return name.partition(" #")[0]


def expected_status(name, verb, persona):
    row = ROWS[name]
    if is_nobody(name, verb, persona):
        return NO_TOKEN if row.is_api else SIGN_IN
    if verb not in row.verbs:
        return row.others
    asked = row.verbs[verb]
    if persona in asked.instead:
        return asked.instead[persona]
    if asked.need in (ANYONE, SIGNED_IN):
        return asked.ok
    return asked.ok if asked.need in HOLDS.get(persona, ()) and persona not in asked.besides else asked.denied


def is_nobody(name, verb, persona):
    """Not signed in where that matters: a token opens no page, and a verb that there is not is refused first."""
    row = ROWS[name]
    if all(each.need == ANYONE for each in row.verbs.values()) or (verb not in row.verbs and row.others == NO_METHOD):
        return False
    return persona in NOBODY or (persona == "program" and not row.is_api)


def is_sent_to_sign_in(answer):
    return answer.status_code == SIGN_IN and answer.url.startswith("/sign-in/")


def test_a_token_that_only_reads_lists_no_preview_of_its_person(world):
    kinds = {}
    for persona in ("coordinator", "program"):
        answer = world.ask(persona, "GET", reverse("api:list_jobs"), {})
        kinds[persona] = {job["kind"] for job in answer.json()["jobs"]}
    assert kinds == {"coordinator": {"compute_plan", "deliver", "preview"}, "program": {"compute_plan"}}


@pytest.mark.parametrize("name", LIBRARY)
def test_the_account_library_lets_nobody_in_who_is_not_signed_in(world, name):
    for verb in VERBS:
        for persona in ("signed_out", "gone", "program"):
            answer = world.ask(persona, verb, reverse(name), {})
            if LIBRARY[name] == SIGNED_IN:
                assert answer.status_code == 405 or is_sent_to_sign_in(answer), (verb, persona)
        for persona in ("stranger", "own_scope", "administrator"):
            assert world.ask(persona, verb, reverse(name), {}).status_code < 500, (verb, persona)
