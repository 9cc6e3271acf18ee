"""Requests that come twice, late or out of order: each key writes once, and answers for ever what it answered first."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise_web.access import access_of
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.door import KeyReused
from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.records.models import AuditEntry, Comment, Grant, Job, WriteReceipt

pytestmark = pytest.mark.django_db
REQUESTS = st.tuples(
    st.sampled_from(["ann", "bob"]),
    st.sampled_from(["comment", "job"]),
    st.sampled_from(["", "k1", "k2", "k3"]),
    st.sampled_from(["one", "two"]),
)


@pytest.fixture
def people():
    for name in ("ann", "bob"):
        Grant.objects.create(person=User.objects.create_user(name), role="coordinator")
    return {name: access_of(User.objects.get(username=name)) for name in ("ann", "bob")}


def send(who, verb, key, text):
    if verb == "comment":
        return add_comment(who, "plan:x", text, key=key)
    return ask_job(who, "compute_plan", {"scenario": text}, key=key)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(REQUESTS, max_size=12), data=st.data())
def test_every_history_writes_each_key_once(people, history, data):
    copies = data.draw(st.lists(st.sampled_from(history), max_size=6)) if history else []
    arrived = data.draw(st.permutations([*history, *copies]))
    before = AuditEntry.objects.count()
    with transaction.atomic():
        first, writes = {}, 0
        for name, verb, key, text in arrived:
            known = first.get((name, key)) if key else None
            if known is not None and known[0] != (verb, text):
                with pytest.raises(KeyReused, match=key), transaction.atomic():
                    send(people[name], verb, key, text)
                continue
            answer = send(people[name], verb, key, text)
            if known is None:
                writes += 1
                first[name, key] = ((verb, text), answer)
            else:
                assert answer == known[1]
        comments = [0 for name, verb, key, _ in arrived if verb == "comment" and not key]
        keyed = [asked for (_, key), (asked, _) in first.items() if key and asked[0] == "comment"]
        assert Comment.objects.count() == len(comments) + len(keyed)
        assert WriteReceipt.objects.count() == sum(bool(key) for _, key in first)
        assert AuditEntry.objects.count() - before == writes
        assert Job.objects.count() <= 2, "the same question that waits is not asked twice"
        assert verify_chain().faults == ()
        transaction.set_rollback(True)


def test_the_answer_outlives_what_it_told_of(people):
    asked = ask_job(people["ann"], "compute_plan", {"scenario": "one"}, key="k")
    Job.objects.update(state="done")
    assert ask_job(people["ann"], "compute_plan", {"scenario": "one"}, key="k") == asked
    assert Job.objects.count() == 1


def test_keys_of_two_people_do_not_meet(people):
    for who in people.values():
        add_comment(who, "plan:x", "same words", key="k")
    assert Comment.objects.count() == 2
