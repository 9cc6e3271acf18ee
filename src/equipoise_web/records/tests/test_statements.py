"""A prepared statement asks and answers what the query set does, and a row appended is the row that would be saved."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from equipoise_web.records.models import Grant, GridStep, Job, Visit, WriteReceipt
from equipoise_web.records.statements import Prepared, append

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps(person):
    """Steps of two people in two scenarios, made as Django makes them."""
    people = person("ann"), person("bob")
    return [
        GridStep.objects.create(
            person=people[number % 2], scenario=f"s{number % 3}", label=f"step {number}", adjustments=[str(number)]
        )
        for number in range(12)
    ]


def test_it_answers_what_the_query_set_answers_again_and_again(steps):
    prepared = Prepared(lambda: GridStep.objects.order_by("-id").values_list("label", "adjustments", "made_at"))
    plain = GridStep.objects.order_by("-id").values_list("label", "adjustments", "made_at")
    for who in {step.person_id for step in steps}:
        for scenario in ("s0", "s1", "no such"):
            asked = {"person": who, "scenario": scenario}
            assert prepared.filter(**asked).rows() == list(plain.filter(**asked))
            assert prepared.filter(**asked).first() == plain.filter(**asked).first()
            assert prepared.filter(scenario=scenario).exclude(person=who).rows() == list(
                plain.filter(scenario=scenario).exclude(person=who)
            )
    assert prepared.rows() == list(plain)
    assert len(prepared.made) == 4  # by which conditions, not by their values


def test_conditions_that_are_not_given_do_not_narrow(steps):
    prepared = Prepared(lambda: GridStep.objects.values_list("label"))
    who = steps[0].person_id
    mine, every = prepared.filter(person=who, scenario="s0").rows(), prepared.filter(scenario="s0").rows()
    assert 0 < len(mine) < len(every)


def test_it_sends_the_same_statement(steps):
    prepared = Prepared(GridStep.objects.all)
    prepared.filter(scenario="s0", person=0).records()
    with CaptureQueriesContext(connection) as sent:
        objects = prepared.filter(scenario="s1", person=steps[1].person_id).records()
        same = list(GridStep.objects.filter(scenario="s1", person=steps[1].person_id))
    assert sent[0]["sql"] == sent[1]["sql"]
    assert objects == same
    assert [each.adjustments for each in objects] == [each.adjustments for each in same]


def test_an_update_reaches_the_rows_of_its_conditions_and_no_others(steps):
    prepared = Prepared(GridStep.objects.all)
    for state in ("undone", "dropped"):
        assert prepared.filter(scenario="s1").update(state=state) == 4
        assert {each.state for each in GridStep.objects.filter(scenario="s1")} == {state}
    assert {each.state for each in GridStep.objects.exclude(scenario="s1")} == {"done"}


def test_instants_are_read_as_django_reads_them(person):
    now = timezone.now()
    Visit.objects.create(person=person("ann"), at=now, before=now - timedelta(days=1))
    Visit.objects.create(person=person("bob"), at=now)
    prepared = Prepared(lambda: Visit.objects.order_by("id").values_list("before", "at"))
    assert prepared.rows() == [(now - timedelta(days=1), now), (None, now)]


def test_values_that_would_not_be_bound_as_they_are_are_refused():
    with pytest.raises(AssertionError, match="not bound as they are"):
        Prepared(Visit.objects.all).filter(at=timezone.now()).rows()
    with pytest.raises(AssertionError, match="not bound as they are"):
        Prepared(Job.objects.all).filter(stage__startswith="Supply").rows()


def test_a_row_appended_is_the_row_that_would_be_saved(person):
    who = person("ann")
    for number in (1, 2):
        made = append(Job(kind="compute_plan", question={"scenario": f"“{number}”"}, asked_by_id=who.pk))
        saved = Job.objects.create(kind="compute_plan", question={"scenario": f"“{number}”"}, asked_by_id=who.pk)
        assert saved.pk == made.pk + 1
        read, other = (Job.objects.values().get(pk=each.pk) for each in (made, saved))
        assert abs(read.pop("asked_at") - other.pop("asked_at")) < timedelta(minutes=1)
        assert read.pop("id") < other.pop("id")
        assert read == other
        made.stage = "Supply"
        made.save()
        assert Job.objects.get(pk=made.pk).stage == "Supply"
        assert Job.objects.filter(question={"scenario": f"“{number}”"}).count() == 2


def test_a_row_with_a_number_of_its_own_keeps_it(person):
    grant = append(Grant(pk=4711, person=person("ann"), role="sales"))
    assert Grant.objects.get(pk=grant.pk).role == "sales"
    assert append(Grant(person=grant.person, role="finance")).pk != grant.pk


def test_a_row_that_is_refused_lets_the_transaction_fail():
    append(WriteReceipt(actor="ann", key="k", verb="v", asked="a"))
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        with pytest.raises(IntegrityError):
            append(WriteReceipt(actor="ann", key="k", verb="v", asked="b"))
        WriteReceipt.objects.count()
    assert WriteReceipt.objects.count() == 1
