"""A job does what its asker may do when it runs, not what he might when he asked."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from equipoise_web.actions.deliver_file import deliver_file, keep_files
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.actions.seal_draft import seal_draft
from equipoise_web.jobs.worker import work_on
from equipoise_web.records.models import Grant, Job, MonthDraft, SealedSnapshot

pytestmark = pytest.mark.django_db


def run_without_rights(job):
    Grant.objects.update(ended_at=timezone.now())
    work_on(take_job())
    return Job.objects.get(pk=job)


def test_a_file_of_who_gathers_no_more_is_not_taken(deliver, tomato_files):
    draft = open_draft(deliver.who)["draft"]
    deliver(draft, tomato_files)
    before = MonthDraft.objects.get().version
    file = SimpleUploadedFile("items.csv", tomato_files["items.csv"].encode())
    (kept,) = keep_files(deliver.who, [file])
    job = run_without_rights(deliver_file(deliver.who, draft, kept)["job"])
    assert job.state == Job.FAILED
    assert "no right to gather" in job.error
    assert MonthDraft.objects.get().version == before


def test_a_draft_of_who_seals_no_more_is_not_sealed_and_leaves_no_file(deliver, tomato_files, fresh_home):
    draft = open_draft(deliver.who)["draft"]
    deliver(draft, tomato_files)
    job = run_without_rights(seal_draft(deliver.who, draft, MonthDraft.objects.get().version)["job"])
    assert job.state == Job.FAILED
    assert "no right to seal" in job.error
    assert not SealedSnapshot.objects.exists()
    assert not (fresh_home / "snapshots").exists()
