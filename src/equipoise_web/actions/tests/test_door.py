"""The write door: an audit entry with every write, a chain that shows every change, keys that answer again."""

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from equipoise_web.access import SYSTEM
from equipoise_web.actions import door as door_module
from equipoise_web.actions.door import Busy, KeyReused, door
from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.records.append_only import protect, unprotect
from equipoise_web.records.models import AuditEntry, AuditHead, Comment, OutboxMessage, Webhook, WriteReceipt

pytestmark = pytest.mark.django_db


def write(text="hello", key=""):
    with door(SYSTEM, "say", key=key, asked={"text": text}) as entry:
        if entry.repeat is None:
            made = Comment.objects.create(about="plan:x", text=text, by=User.objects.get_or_create(username="a")[0])
            entry.tell("plan:x", after={"text": text}, answer={"id": made.pk})
    return entry.answer


def test_every_write_leaves_an_entry_that_follows_the_one_before():
    write("one")
    write("two")
    first, second = AuditEntry.objects.order_by("seq")
    assert (first.seq, second.seq) == (1, 2)
    assert first.previous == "0" * 64
    assert second.previous == first.digest
    assert AuditHead.objects.get().digest == second.digest
    assert verify_chain().faults == ()


def test_what_fails_leaves_nothing():
    with pytest.raises(ZeroDivisionError), door(SYSTEM, "say") as entry:
        Comment.objects.create(about="plan:x", text="gone", by=User.objects.create(username="a"))
        entry.tell("plan:x", answer=1 / 0)
    assert not Comment.objects.exists()
    assert not AuditEntry.objects.exists()
    assert verify_chain().entries == 0


def test_a_write_that_says_nothing_is_our_fault():
    with pytest.raises(AssertionError, match="without saying"), door(SYSTEM, "say"):
        pass


def test_a_key_answers_again_and_writes_once():
    first, again = write("one", key="k1"), write("one", key="k1")
    assert first == again
    assert Comment.objects.count() == 1
    assert AuditEntry.objects.count() == 1
    with pytest.raises(KeyReused, match="k1"):
        write("another", key="k1")
    assert WriteReceipt.objects.count() == 1


@pytest.mark.parametrize("column", ["actor", "object", "because", "verb", "through"])
def test_a_changed_entry_is_noticed(column):
    write("one")
    write("two")
    unprotect(connection, ("records_auditentry",))
    AuditEntry.objects.filter(seq=1).update(**{column: "somebody else"})
    protect(connection, ("records_auditentry",))
    assert any("entry 1" in fault and "changed" in fault for fault in verify_chain().faults)


def test_a_missing_entry_and_a_cut_end_are_noticed():
    for text in ("one", "two", "three"):
        write(text)
    unprotect(connection, ("records_auditentry",))
    AuditEntry.objects.filter(seq=2).delete()
    assert any("entry 2 is missing" in fault for fault in verify_chain().faults)
    AuditEntry.objects.filter(seq=3).delete()
    assert any("cut off" in fault for fault in verify_chain().faults)


@pytest.mark.parametrize("model", [AuditEntry, Comment])
def test_the_database_refuses_to_change_what_was_appended(model):
    write("one")
    for act in (lambda: model.objects.all().delete(), lambda: model.objects.update(**{_text_column(model): "x"})):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            act()


def _text_column(model):
    return "actor" if model is AuditEntry else "text"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite writers queue for a lock file")
def test_a_turn_that_does_not_come_is_refused_and_nothing_is_written(monkeypatch):
    monkeypatch.setattr(door_module, "PATIENCE", "200ms")
    address = {k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "user", "host", "port")}
    with psycopg.connect(**address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [door_module.WRITES])
        with pytest.raises(Busy, match="others have been writing for 200ms"), transaction.atomic():
            write("late", key="k")
        other.rollback()
    assert not Comment.objects.exists()
    write("late", key="k")
    assert Comment.objects.count() == 1


def test_a_webhook_is_told_in_the_transaction_of_the_write():
    owner = User.objects.create(username="owner")
    Webhook.objects.create(address="http://127.0.0.1:9/", verbs=["say"], secret="s", made_by=owner)
    Webhook.objects.create(address="http://127.0.0.1:9/", verbs=["other"], secret="s", made_by=owner)
    write("one")
    (message,) = OutboxMessage.objects.all()
    assert message.body["verb"] == "say"
    assert message.body["digest"] == AuditEntry.objects.get().digest
