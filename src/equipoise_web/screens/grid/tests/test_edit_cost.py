"""What an edit asks the database: so many statements and no more, however much was said before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from equipoise_web.access import access_of
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.pulse import read_pulse
from equipoise_web.screens.grid.tests.test_grid_pages import CONSENSUS, MARCH, Hands

FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config(", "SELECT pg_advisory_xact_lock(")
"""What frames the write, which differs by database."""
MOST = 31
"""Session, person and grants; what there is before and after; the write with its audit entry and its receipt."""


@pytest.fixture
def me(client, person, demo_digest):
    """A demand planner at the grid, signed in once."""
    hands = Hands(client, person("me", "demand_planner"))
    client.force_login = lambda _user: None
    return hands


def asked(me, number, cell=(CONSENSUS, "Laundry care", MARCH)):
    with CaptureQueriesContext(connection) as found:
        answer = me.edit((*cell, "+10%"), key=f"edit {number}")
    assert answer.status_code == 200, answer.content
    assert me.last["cells"] > 0
    return [each["sql"] for each in found if not each["sql"].startswith(FRAME)]


def test_an_edit_asks_the_database_little_and_no_more_the_longer_the_month_lasts(me):
    asked(me, 0)
    first = asked(me, 1)
    for number in range(2, 8):
        asked(me, number, (CONSENSUS, "Oral care", MARCH))
    last = asked(me, 8)
    assert len(last) == len(first) <= MOST, "\n".join(last)


def test_what_was_read_is_read_anew_once_somebody_has_written(me, person):
    who = access_of(person("other", "demand_planner"))
    numbers, pulse = numbers_now(who), read_pulse()
    assert numbers.pulse == pulse == read_pulse()
    me.edit((CONSENSUS, "Laundry care", MARCH, "+10%"), key="one")
    later = read_pulse()
    assert later.rulings > pulse.rulings
    assert later.entries > pulse.entries
    assert later.chain != pulse.chain
    assert numbers_now(who).fingerprint != numbers.fingerprint
    assert me.seen == later.rulings
    add_comment(who, f"cell:{CONSENSUS}:family:Laundry care|:2027-03-01..2027-03-31", "Why?")
    assert read_pulse().comments == later.comments + 1
