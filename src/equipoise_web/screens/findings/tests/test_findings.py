"""The findings in HTML."""

import re

from django.urls import reverse

from equipoise_web.reads.plans import open_plan


def get(client, digest, **query):
    return client.get(reverse("findings:show", args=[digest]), query)


def test_stranger_is_sent_to_sign_in(client, digest):
    assert get(client, digest).status_code == 302


def test_every_sort_has_its_meaning_and_remedy(planner, digest):
    html = get(planner, digest).content.decode()
    plan = open_plan(digest)
    codes = {finding.code for finding in (*plan.snapshot.findings, *plan.findings)}
    assert set(re.findall(r'data-testid="finding:(\w+)"', html)) == codes
    assert len(re.findall(r"<h1>", html)) == 1


def test_one_severity_can_be_chosen(planner, digest):
    html = get(planner, digest, severity="note").content.decode()
    assert set(re.findall(r"badge badge-(\w+)", html)) <= {"note"}
    assert re.search(r'severity=note" aria-current="true"', html)


def test_severity_without_findings_teaches(planner, digest):
    html = get(planner, digest, severity="blocker").content.decode()
    assert 'class="empty"' in html


def test_what_does_not_exist_is_not_found(planner, digest):
    assert get(planner, digest, severity="worse").status_code == 404
    assert get(planner, "0" * 64).status_code == 404
