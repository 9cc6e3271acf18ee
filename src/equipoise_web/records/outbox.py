"""Webhooks: who is told of what, and the messages that wait. A message is written with the write that it tells of."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Webhook(models.Model):
    """An address that is told of some verbs; `secret` signs what is sent."""

    address: "models.URLField[str, str]" = models.URLField(max_length=500)
    verbs: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    secret: "models.CharField[str, str]" = models.CharField(max_length=64)
    made_by: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    ended_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Its address."""
        return self.address


class OutboxMessage(models.Model):
    """What is to be told to one webhook, and how often that was tried."""

    webhook: "models.ForeignKey[Webhook, Webhook]" = models.ForeignKey(
        Webhook, on_delete=models.PROTECT, related_name="messages"
    )
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    next_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    attempts: "models.PositiveIntegerField[int, int]" = models.PositiveIntegerField(default=0)
    sent_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)
    error: "models.CharField[str, str]" = models.CharField(max_length=300, blank=True)

    class Meta:
        """Oldest first."""

        ordering = ("id",)

    def __str__(self) -> str:
        """Where it goes."""
        return f"message {self.pk} to {self.webhook_id}"  # type: ignore[attr-defined]
