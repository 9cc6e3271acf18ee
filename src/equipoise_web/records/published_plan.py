"""A published plan: the row is the commit, a folder of `HOME/plans` holds its numbers."""

from datetime import date, datetime

from django.db import models


class PublishedPlan(models.Model):
    """Names a plan folder, what was asked and what was answered; appended, never changed."""

    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    fingerprint: "models.CharField[str, str]" = models.CharField(max_length=64, db_index=True)
    snapshot: "models.CharField[str, str]" = models.CharField(max_length=64, db_index=True)
    folder: "models.CharField[str, str]" = models.CharField(max_length=255)
    engine: "models.CharField[str, str]" = models.CharField(max_length=300, default="")
    """Version, source and libraries that computed it."""
    company: "models.CharField[str, str]" = models.CharField(max_length=200)
    start: "models.DateField[date, date]" = models.DateField()
    bytes: "models.BigIntegerField[int, int]" = models.BigIntegerField()
    published_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        """For example `Kestrel Home Care 2026-11 3f9c2a1b`."""
        return f"{self.company} {self.start:%Y-%m} {self.digest[:8]}"


class AnsweredQuestion(models.Model):
    """Another question that a published plan answers: what was asked differs, every number is the same. Appended.

    A hold of what stands, or a change that somebody takes back in another way, asks anew and gets the same plan.
    """

    fingerprint: "models.CharField[str, str]" = models.CharField(max_length=64)
    engine: "models.CharField[str, str]" = models.CharField(max_length=300)
    plan: "models.ForeignKey[PublishedPlan, PublishedPlan]" = models.ForeignKey(
        PublishedPlan, on_delete=models.PROTECT, related_name="questions"
    )

    class Meta:
        """A question has one answer by an engine."""

        constraints = (models.UniqueConstraint(fields=("fingerprint", "engine"), name="a_question_is_answered_once"),)

    def __str__(self) -> str:
        """For example `3f9c2a1b answered by 12f1a118`."""
        return f"{self.fingerprint[:8]} answered by {self.plan.digest[:8]}"
