"""A scenario: a named set of adjustments on a parent. Entries are appended; the set is what they add up to."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

from equipoise_web.records.adjustment import AdjustmentRecord


class ScenarioRecord(models.Model):
    """A root names the snapshot of its cycle; every other scenario stands on its parent."""

    name: "models.CharField[str, str]" = models.CharField(max_length=120, unique=True)
    question: "models.CharField[str, str]" = models.CharField(max_length=500, blank=True)
    parent: "models.ForeignKey[ScenarioRecord | None, ScenarioRecord | None]" = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    snapshot: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)
    opened_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    opened_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    assumptions: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    """What must hold for its answer to be right, a sentence each."""
    parted_after: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    """Number of the last entry of any scenario when it was opened: what its parent held then is common ground."""
    archived_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) ^ models.Q(snapshot=""), name="a_root_names_a_snapshot"
            ),
        )

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ScenarioEntry(models.Model):
    """An adjustment that a scenario adds or drops; appended, the last one of an adjustment counts."""

    scenario: "models.ForeignKey[ScenarioRecord, ScenarioRecord]" = models.ForeignKey(
        ScenarioRecord, on_delete=models.PROTECT, related_name="entries"
    )
    adjustment: "models.ForeignKey[AdjustmentRecord, AdjustmentRecord]" = models.ForeignKey(
        AdjustmentRecord, on_delete=models.PROTECT, related_name="entries"
    )
    is_drop: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)

    class Meta:
        """In the order they were made."""

        ordering = ("id",)

    def __str__(self) -> str:
        """For example `+a1 in october`."""
        return f"{'-' if self.is_drop else '+'}{self.adjustment_id} in {self.scenario_id}"  # type: ignore[attr-defined]
