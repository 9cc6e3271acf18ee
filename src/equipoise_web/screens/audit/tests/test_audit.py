"""The audit chain on screen: the cast, filters, before and after, the verdict, and a file without formulas."""

import csv
import io
import re
from datetime import UTC

import pytest
from django.db import connection
from django.urls import reverse

from equipoise_web.access import SYSTEM, access_of
from equipoise_web.actions.door import door
from equipoise_web.actions.give_grant import end_grant, give_grant
from equipoise_web.records.append_only import protect, unprotect
from equipoise_web.records.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client, person):
    admin = access_of(person("admin", "administrator"))
    person("sally")
    given = give_grant(admin, "sally", "sales", because="=HYPERLINK(1)")
    end_grant(admin, given["id"], because="moved")
    with door(SYSTEM, "propose_adjustment") as entry:
        entry.tell("adjustment:a1", before={"amount": "+10%"}, after={"amount": "+4711"}, answer={})
    client.force_login(person("aud", "auditor"))
    return client


def get(client, **query):
    return client.get(reverse("audit:show"), query)


def entries(answer):
    return re.findall(r'data-testid="entry:(\d+)"', answer.content.decode())


def test_newest_first_with_before_and_after_and_the_digest_to_write_down(auditor):
    answer = get(auditor)
    page = answer.content.decode()
    assert entries(answer) == ["3", "2", "1"]
    assert "3 changes, each sealed with the one before" in page
    assert "<del>+10%</del> → " in page
    assert "The chain is whole" in page
    assert AuditHead.objects.get().digest in page


def test_filters(auditor):
    day = AuditEntry.objects.first().at.date().isoformat()
    assert entries(get(auditor, person="admin")) == ["2", "1"]
    assert entries(get(auditor, verb="end_grant")) == ["2"]
    assert entries(get(auditor, object="person:sally")) == ["2", "1"]
    assert entries(get(auditor, object="adjustment:")) == ["3"]
    assert entries(get(auditor, day=day)) == ["3", "2", "1"]
    assert entries(get(auditor, day="2020-01-01")) == []
    assert entries(get(auditor, below="3")) == ["2", "1"]
    assert "Nobody did that" in get(auditor, person="nobody").content.decode()


@pytest.mark.parametrize("wrong", [{"day": "yesterday"}, {"below": "x"}, {"below": "-1"}, {"below": "²"}])
def test_a_filter_that_cannot_be_read_is_refused(auditor, wrong):
    assert get(auditor, **wrong).status_code == 422


def test_times_and_days_are_those_of_utc_wherever_the_home_is(auditor, settings):
    at = AuditEntry.objects.first().at
    settings.TIME_ZONE = "Pacific/Kiritimati"  # 14 hours ahead
    page = get(auditor, day=at.astimezone(UTC).date().isoformat()).content.decode()
    assert "Times in UTC" in page
    assert f"{at.astimezone(UTC):%H:%M:%S}</span>" in page


def test_a_page_ends_and_goes_on(auditor):
    for number in range(60):
        with door(SYSTEM, "say") as entry:
            entry.tell(f"plan:{number}", answer={})
    first = get(auditor)
    assert len(entries(first)) == 50
    (below,) = re.findall(r"below=(\d+)", first.content.decode())
    assert len(entries(get(auditor, below=below))) == 13


def test_a_changed_entry_is_told_loudly(auditor):
    unprotect(connection, ("records_auditentry",))
    AuditEntry.objects.filter(seq=1).update(actor="eve")
    protect(connection, ("records_auditentry",))
    page = get(auditor).content.decode()
    assert "The chain is damaged" in page
    assert "entry 1 (eve give_grant person:sally) was changed" in page


def test_the_file_has_every_column_and_no_formula(auditor):
    answer = auditor.get(reverse("audit:export"), {"person": "admin"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["seq"] for row in rows] == ["1", "2"]
    assert rows[0]["because"] == "'=HYPERLINK(1)"
    assert rows[1]["before"] == '{"grant": "sales on everything"}'
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_an_administrator_reads_who_did_what_but_no_numbers(auditor, person):
    from django.contrib.auth.models import User

    auditor.force_login(User.objects.get(username="admin"))
    page = get(auditor).content.decode()
    assert "+4711" not in page
    assert "your role sees no numbers" in page
    assert "sales on everything" in page
    assert "4711" not in b"".join(auditor.get(reverse("audit:export")).streaming_content).decode()


@pytest.mark.parametrize(
    ("role", "nodes"),
    [("demand_planner", {}), ("", {}), ("auditor", {"market": "North"}), ("auditor", {"is_read_only": True})],
)
def test_others_do_not_read_it(client, person, role, nodes):
    client.force_login(person("somebody", role, **nodes))
    assert get(client).status_code == 403
    assert client.get(reverse("audit:export")).status_code == 403
