"""An invitation: a link by which somebody sets a password and gets the grants it names. The link itself is not kept."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Invitation(models.Model):
    """Whom, with which grants, until when; `digest` is the SHA-256 of the secret in the link."""

    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    username: "models.CharField[str, str]" = models.CharField(max_length=150)
    name: "models.CharField[str, str]" = models.CharField(max_length=150, blank=True)
    email: "models.EmailField[str, str]" = models.EmailField(blank=True)
    grants: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    is_renewal: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    """True where somebody who is here already sets a new password; there are no grants to give then."""
    made_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    """Empty where it was made on the command line."""
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    used_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Whom it invites."""
        return f"invitation of {self.username}"
