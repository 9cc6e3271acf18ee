"""Marks on exceptions: who may, who may be given one, rest against the day of the data."""

from datetime import date

import pytest

from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.assign_exception import WrongException, assign_exception
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.actions.reason import WrongReason
from equipoise_web.actions.snooze_exception import snooze_exception
from equipoise_web.reads.exception_marks import read_marks, read_owners
from equipoise_web.records.models import AuditEntry, ExceptionMark

pytestmark = pytest.mark.django_db
ABOUT, AS_OF, LATER = "SU101:item tool", date(2026, 12, 31), date(2027, 1, 31)


@pytest.fixture
def planner_access(person):
    return access_of(person("paula", "demand_planner"))


def test_an_exception_is_given_to_who_sees_it_and_taken_back(planner_access, person):
    person("suzy", "supply_planner")
    person("sally", "sales")
    done = assign_exception(planner_access, ABOUT, "suzy", key="k")
    assert assign_exception(planner_access, ABOUT, "suzy", key="k") == done == {"about": ABOUT, "owner": "suzy"}
    assert read_marks()[ABOUT].owner == "suzy"
    with pytest.raises(StaleEdit):
        assign_exception(planner_access, ABOUT, "suzy")
    with pytest.raises(WrongException, match="sees no exceptions"):
        assign_exception(planner_access, ABOUT, "sally")
    with pytest.raises(NotFound):
        assign_exception(planner_access, ABOUT, "nobody")
    assign_exception(planner_access, ABOUT, "")
    assert read_marks()[ABOUT].owner == ""
    assert [owner.name for owner in read_owners()] == ["paula", "suzy"]
    entry = AuditEntry.objects.first()
    assert (entry.object, entry.before, entry.after) == (f"exception:{ABOUT}", {"owner": "suzy"}, {"owner": ""})


def test_it_rests_until_the_data_are_there_and_not_until_the_clock_says_so(planner_access):
    snooze_exception(planner_access, ABOUT, until=LATER, as_of=AS_OF, because="supplier")
    mark = read_marks()[ABOUT]
    assert (mark.until, mark.because, mark.by) == (LATER, "supplier", "paula")
    assert mark.rests(date(2027, 1, 30))
    assert not mark.rests(LATER)
    with pytest.raises(StaleEdit):
        snooze_exception(planner_access, ABOUT, until=LATER, as_of=AS_OF, because="again")
    with pytest.raises(WrongException, match="not after the data"):
        snooze_exception(planner_access, ABOUT, until=AS_OF, as_of=AS_OF, because="x")
    with pytest.raises(WrongReason):
        snooze_exception(planner_access, ABOUT, until=LATER, as_of=AS_OF, because="")
    snooze_exception(planner_access, ABOUT, until=None, as_of=AS_OF, because="wake")
    assert not read_marks()[ABOUT].rests(AS_OF)
    assert ExceptionMark.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "nodes"),
    [
        ("", {}),
        ("analyst", {}),
        ("sales", {}),
        ("auditor", {}),
        ("demand_planner", {"market": "elsewhere"}),
        ("coordinator", {"is_read_only": True}),
    ],
)
def test_who_does_not_see_all_or_may_not_speak_marks_nothing(person, role, nodes):
    who = access_of(person("wilma", role, **nodes))
    with pytest.raises(NotAllowed):
        assign_exception(who, ABOUT, "")
    with pytest.raises(NotAllowed):
        snooze_exception(who, ABOUT, until=LATER, as_of=AS_OF, because="x")
    assert ExceptionMark.objects.count() == 0


def test_what_names_no_exception_is_refused(planner_access):
    for about in ("", "SU101", ":item", "SU101:", "SU101:" + "x" * 400):
        with pytest.raises(WrongException):
            assign_exception(planner_access, about, "")
