"""The administrator's home: what waits for somebody, and not a word of any plan."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from equipoise_web.access import SYSTEM, access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.back_up import back_up, note_backup
from equipoise_web.actions.invite_person import invite_person
from equipoise_web.actions.lease_job import end_broken, end_job, take_job
from equipoise_web.actions.make_token import make_token
from equipoise_web.home import LAST_BACKUP
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.records.append_only import protect, unprotect
from equipoise_web.records.models import ApiToken, AuditEntry, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, person):
    client.force_login(person("adam", "administrator"))
    return client


@pytest.fixture
def backed_up(own_home, tmp_path):
    note_backup(own_home, back_up(own_home, tmp_path / "b.tar"))
    return own_home


def text(client, name="frame:home"):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def title(client):
    return text(client).partition("<h1>")[2].partition("</h1>")[0]


def test_nothing_waits_in_a_calm_month(admin, backed_up):
    assert title(admin) == "Nothing waits for an administrator"
    assert "All quiet" in text(admin)


def test_a_home_that_was_never_backed_up_says_how(admin, own_home):
    assert title(admin) == "The home was never backed up"
    assert "equipoise backup" in text(admin)


def test_an_old_backup_is_told_by_its_age(admin, backed_up):
    told = json.loads((backed_up / LAST_BACKUP).read_text())
    assert told["files"] >= 2
    told["at"] = (timezone.now() - timedelta(days=9, hours=1)).isoformat()
    (backed_up / LAST_BACKUP).write_text(json.dumps(told))
    assert title(admin) == "The last backup is 9 days old"


def test_where_days_end_is_told_with_the_time_there(admin, backed_up, monkeypatch, settings):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    for zone in ("UTC", "Asia/Kathmandu"):
        settings.TIME_ZONE = zone
        installation = text(admin).partition('data-testid="installation"')[2]
        assert f"{zone}, {now.astimezone(ZoneInfo(zone)):%H:%M}" in installation
        assert "EQUIPOISE_TIME_ZONE" in installation


def test_people_without_a_role_and_open_links(admin, backed_up, person):
    person("nemo")
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    invite_person(SYSTEM, "newcomer", [])
    html = text(admin)
    assert title(admin) == "One person waits for a role"
    strangers = html.partition('data-testid="strangers"')[2].partition("</section>")[0]
    assert "nemo" in strangers
    assert "gone" not in strangers
    assert "newcomer" in html.partition('data-testid="links"')[2].partition("</section>")[0]


def test_tokens_that_end_soon_and_no_others(admin, backed_up, person):
    sally = access_of(person("sally", "sales"))
    for name, days in (("nightly", 13), ("yearly", 90)):
        make_token(sally, name, ["read"], days=days)
    revoked = make_token(sally, "revoked", ["read"], days=2)
    ApiToken.objects.filter(pk=revoked["id"]).update(revoked_at=timezone.now())
    tokens = text(admin).partition('data-testid="tokens"')[2].partition("</section>")[0]
    assert title(admin) == "One token ends within 14 days"
    assert "nightly" in tokens
    assert "yearly" not in tokens
    assert "revoked" not in tokens


def test_failed_jobs_by_their_sort_and_whose_matter_they_are(admin, backed_up, person):
    asked = access_of(person("paul", "coordinator"))
    scenario = working_scenario().name
    ask_job(asked, "compute_plan", {"scenario": scenario})
    end_broken(take_job())
    ask_job(asked, "compute_plan", {"scenario": "Sell the plant"})
    end_job(take_job(), "failed", error="there is no scenario 'Sell the plant'")
    html = text(admin)
    failed = html.partition('data-testid="failed"')[2].partition("</section>")[0]
    assert title(admin) == "Two jobs failed in the last seven days"
    assert failed.count("Computing a plan") == 2
    assert failed.count("the worker&#x27;s log") + failed.count("the worker's log") == 1
    assert "Sell the plant" not in html
    assert scenario not in html
    Job.objects.update(ended_at=timezone.now() - timedelta(days=8))
    assert title(admin) == "Nothing waits for an administrator"


def test_jobs_that_wait_in_vain(admin, backed_up, person):
    ask_job(access_of(person("paul", "coordinator")), "compute_plan", {"scenario": working_scenario().name})
    assert title(admin) == "Nothing waits for an administrator", "a job may wait for its turn"
    Job.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    assert title(admin) == "Jobs wait and no worker does them"
    ask_job(access_of(User.objects.get(username="paul")), "compute_plan", {"scenario": "Other"})
    take_job()
    assert title(admin) == "Nothing waits for an administrator", "a worker is at work"


def test_a_damaged_chain_comes_first(admin, backed_up, person):
    invite_person(SYSTEM, "newcomer", [])
    unprotect(connection, ("records_auditentry",))
    AuditEntry.objects.filter(seq=AuditEntry.objects.first().seq).update(actor="nobody")
    protect(connection, ("records_auditentry",))
    person("nemo")
    assert title(admin) == "The audit chain is damaged, one person waits for a role"


def test_who_reads_plans_beside_it_has_both_homes(client, person, backed_up):
    both = person("both", "coordinator")
    both.grants.create(role="administrator")
    client.force_login(both)
    assert "The installation" not in text(client)
    assert "The installation" in text(client, "frame:administration")
    assert reverse("frame:administration") in text(client, "people:list")


def test_nobody_else_comes_there(client, person, digest):
    for name, role in (("paul", "coordinator"), ("aud", "auditor"), ("nemo", "")):
        client.force_login(person(name, role))
        assert client.get(reverse("frame:administration")).status_code == 403
