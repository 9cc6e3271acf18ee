"""Adjustments and rulings: what people contributed and what was said of it. Appended, never rewritten."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class AdjustmentRecord(models.Model):
    """One adjustment (`equipoise.core.adjustment`) as its JSON, with the order it was appended in."""

    id: "models.CharField[str, str]" = models.CharField(max_length=36, primary_key=True)
    seq: "models.BigIntegerField[int, int]" = models.BigIntegerField(unique=True)
    kind: "models.CharField[str, str]" = models.CharField(max_length=40)
    function: "models.CharField[str, str]" = models.CharField(max_length=40)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    """Every field, as `equipoise.codec` writes it."""
    author: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order they were appended."""

        ordering = ("seq",)

    def __str__(self) -> str:
        """Kind and id."""
        return f"{self.kind} {self.id}"


class RulingRecord(models.Model):
    """A verdict on an adjustment; the last one stands."""

    adjustment: "models.ForeignKey[AdjustmentRecord, AdjustmentRecord]" = models.ForeignKey(
        AdjustmentRecord, on_delete=models.PROTECT, related_name="rulings"
    )
    verdict: "models.CharField[str, str]" = models.CharField(max_length=12)
    because: "models.CharField[str, str]" = models.CharField(max_length=500, blank=True)
    by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order they were given."""

        ordering = ("id",)

    def __str__(self) -> str:
        """For example `accepted a1`."""
        return f"{self.verdict} {self.adjustment_id}"  # type: ignore[attr-defined]


class Comment(models.Model):
    """Words about an adjustment, a plan, a finding or a cell, named by `about`; appended."""

    about: "models.CharField[str, str]" = models.CharField(max_length=400, db_index=True)
    text: "models.TextField[str, str]" = models.TextField()
    by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Oldest first."""

        ordering = ("id",)

    def __str__(self) -> str:
        """The first words."""
        return self.text[:40]
