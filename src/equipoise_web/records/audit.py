"""The audit chain: every write of the application, each entry sealed with the digest of the one before."""

from datetime import datetime
from typing import Any

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which object, before and after; `digest` covers all of it and the entry before. Appended."""

    seq: "models.BigIntegerField[int, int]" = models.BigIntegerField(primary_key=True)
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    actor: "models.CharField[str, str]" = models.CharField(max_length=150, db_index=True)
    through: "models.CharField[str, str]" = models.CharField(max_length=120, blank=True)
    """The token or job that acted for the person; blank for the person's own hand."""
    verb: "models.CharField[str, str]" = models.CharField(max_length=60, db_index=True)
    object: "models.CharField[str, str]" = models.CharField(max_length=200, db_index=True)
    """`sort:id`, such as `adjustment:3f2a…`."""
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    after: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    because: "models.CharField[str, str]" = models.CharField(max_length=500, blank=True)
    previous: "models.CharField[str, str]" = models.CharField(max_length=64)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64)

    class Meta:
        """Newest first."""

        ordering = ("-seq",)

    def __str__(self) -> str:
        """For example `17 sales.north propose_adjustment adjustment:a1`."""
        return f"{self.seq} {self.actor} {self.verb} {self.object}"


class AuditHead(models.Model):
    """The last entry's number and digest, in one row that every write locks."""

    seq: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64, default="0" * 64)
    adjustments: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    """How many adjustments were appended: the last `seq` of an adjustment."""

    def __str__(self) -> str:
        """Where the chain stands."""
        return f"{self.seq} {self.digest[:8]}"


class WriteReceipt(models.Model):
    """What a write with an idempotency key was asked and answered: asked again, it answers again and does nothing."""

    actor: "models.CharField[str, str]" = models.CharField(max_length=150)
    key: "models.CharField[str, str]" = models.CharField(max_length=200)
    verb: "models.CharField[str, str]" = models.CharField(max_length=60)
    asked: "models.CharField[str, str]" = models.CharField(max_length=64)
    """Digest of what was asked."""
    answer: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A key is used once by a person."""

        constraints = (models.UniqueConstraint(fields=("actor", "key"), name="a_key_is_used_once"),)

    def __str__(self) -> str:
        """The key."""
        return self.key
