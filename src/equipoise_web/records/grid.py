"""What people leave in the planning grid: the steps they can take back, the views they named, whom they mentioned."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

from equipoise_web.records.adjustment import Comment


class GridStep(models.Model):
    """One thing a person did in the grid, of however many cells: what undo takes back and redo proposes again."""

    DONE, UNDONE, DROPPED = "done", "undone", "dropped"
    """Dropped: something new was done after it was undone, so there is no way back to it."""

    person: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    scenario: "models.CharField[str, str]" = models.CharField(max_length=120)
    label: "models.CharField[str, str]" = models.CharField(max_length=200)
    """What it was, as its person is told: `+10% on Laundry care, Mar 2027`."""
    adjustments: "models.JSONField[list[str], list[str]]" = models.JSONField()
    state: "models.CharField[str, str]" = models.CharField(max_length=8, default=DONE)
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order they were done."""

        ordering = ("id",)
        indexes = (models.Index(fields=("person", "scenario", "state"), name="steps_of_a_person"),)

    def __str__(self) -> str:
        """For example `done: +10% on Laundry care`."""
        return f"{self.state}: {self.label}"


class GridViewRecord(models.Model):
    """A named view of the grid, one's own or shared; perhaps what everybody of a role looks at first."""

    name: "models.CharField[str, str]" = models.CharField(max_length=80)
    query: "models.CharField[str, str]" = models.CharField(max_length=1000)
    owner: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    is_shared: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    role: "models.CharField[str, str]" = models.CharField(max_length=40, blank=True)
    """The role that looks at it first; blank for none."""
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    ended_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """By name."""

        ordering = ("name", "id")

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Mention(models.Model):
    """Somebody was named in a comment."""

    comment: "models.ForeignKey[Comment, Comment]" = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="mentions"
    )
    person: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """In the order they were made."""

        ordering = ("id",)

    def __str__(self) -> str:
        """For example `planner in 12`."""
        return f"{self.person_id} in {self.comment_id}"  # type: ignore[attr-defined]
