"""Data Gathering: the month's draft, what was delivered to it and corrected in it, and the snapshots sealed from it."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class MonthDraft(models.Model):
    """The one mutable thing: deliveries and corrections on a base. Its files are in `HOME/drafts/ID`."""

    base: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)
    """Id of the snapshot it is carried over from; blank for the first month."""
    version: "models.PositiveIntegerField[int, int]" = models.PositiveIntegerField(default=1)
    """Raised by every change, so that a stale one is noticed."""
    opened_by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    sealed_as: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        """Its number."""
        return f"draft {self.pk}"


class DeliveryRecord(models.Model):
    """A file that was delivered to a draft, kept under its digest; `undone_at` takes it out again."""

    draft: "models.ForeignKey[MonthDraft, MonthDraft]" = models.ForeignKey(
        MonthDraft, on_delete=models.PROTECT, related_name="deliveries"
    )
    name: "models.CharField[str, str]" = models.CharField(max_length=255)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64)
    bytes: "models.BigIntegerField[int, int]" = models.BigIntegerField()
    mapping: "models.TextField[str, str]" = models.TextField(blank=True)
    """A mapping file (TOML) that reads it; blank for our own layout."""
    is_append: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    undone_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order of delivery."""

        ordering = ("id",)

    def __str__(self) -> str:
        """The file's name."""
        return self.name


class CorrectionRecord(models.Model):
    """One cell of a delivered row mended, or a row dropped (`column` blank), by a person with a reason."""

    draft: "models.ForeignKey[MonthDraft, MonthDraft]" = models.ForeignKey(
        MonthDraft, on_delete=models.PROTECT, related_name="corrections"
    )
    table: "models.CharField[str, str]" = models.CharField(max_length=60)
    key: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    column: "models.CharField[str, str]" = models.CharField(max_length=60, blank=True)
    old: "models.TextField[str, str]" = models.TextField(blank=True)
    new: "models.TextField[str, str]" = models.TextField(blank=True)
    reason: "models.CharField[str, str]" = models.CharField(max_length=500)
    by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    undone_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order they were made."""

        ordering = ("id",)

    def __str__(self) -> str:
        """For example `items.name`."""
        return f"{self.table}.{self.column}"


class SealedSnapshot(models.Model):
    """A sealed snapshot in `HOME/snapshots/ID`; the row is the commit. Appended."""

    snapshot: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    label: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    company: "models.CharField[str, str]" = models.CharField(max_length=200)
    start: "models.DateField[date, date]" = models.DateField()
    as_of: "models.DateField[date, date]" = models.DateField()
    bytes: "models.BigIntegerField[int, int]" = models.BigIntegerField()
    sealed_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    sealed_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        """Company, month and the first digits of its id."""
        return f"{self.company} {self.start:%Y-%m} {self.snapshot[:8]}"
