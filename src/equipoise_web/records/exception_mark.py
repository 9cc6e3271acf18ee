"""What people did about an exception: who looks after it, until when it may rest. Appended; the last of a sort counts.

An exception has no row: it is what a plan says. Its key names the rule and what it is about, so a mark stays with it
from plan to plan, and nothing has to be closed when it is gone.
"""

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class ExceptionMark(models.Model):
    """One thing somebody did about an exception."""

    ASSIGN, SNOOZE, WAKE = "assign", "snooze", "wake"

    about: "models.CharField[str, str]" = models.CharField(max_length=400, db_index=True)
    """Rule and subject, such as `SU101:item capsules`."""
    sort: "models.CharField[str, str]" = models.CharField(max_length=8)
    owner: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    """Of an assignment; none takes it back."""
    until: "models.DateField[date | None, date | None]" = models.DateField(null=True)
    """Of a snooze: the first day of data that wakes it."""
    because: "models.CharField[str, str]" = models.CharField(max_length=500, blank=True)
    by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order they were made."""

        ordering = ("id",)

    def __str__(self) -> str:
        """For example `snooze SU101:item capsules`."""
        return f"{self.sort} {self.about}"
