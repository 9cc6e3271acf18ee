"""A job: a long computation asked for, its progress, and what came of it. One worker at a time holds its lease."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Job(models.Model):
    """`fence` is raised by every lease: a worker that lost its lease can no longer finish the job."""

    QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
    FAULT, SILENT = "Equipoise has a fault", "its worker stopped"
    """How the error begins where not the question is at fault but we are, or the machine is."""

    kind: "models.CharField[str, str]" = models.CharField(max_length=40)
    question: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    state: "models.CharField[str, str]" = models.CharField(max_length=12, default=QUEUED, db_index=True)
    stage: "models.CharField[str, str]" = models.CharField(max_length=120, blank=True)
    progress: "models.FloatField[float, float]" = models.FloatField(default=0.0)
    """0 to 1."""
    answer: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    error: "models.TextField[str, str]" = models.TextField(blank=True)
    attempts: "models.PositiveIntegerField[int, int]" = models.PositiveIntegerField(default=0)
    fence: "models.PositiveIntegerField[int, int]" = models.PositiveIntegerField(default=0)
    leased_until: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)
    is_cancel_asked: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    asked_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    asked_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    started_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)
    ended_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    @property
    def is_our_fault(self) -> bool:
        """True where the worker's log tells more than the error does."""
        return self.state == Job.FAILED and self.error.startswith((Job.FAULT, Job.SILENT))

    def __str__(self) -> str:
        """Kind and state."""
        return f"{self.kind} {self.pk} {self.state}"
