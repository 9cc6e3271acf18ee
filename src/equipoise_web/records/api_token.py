"""A token for programs: it acts as its person, for a part of what the person may do, until a day."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class ApiToken(models.Model):
    """`digest` is the SHA-256 of the secret, which is shown once; rights are those of the token and the person now."""

    person: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens"
    )
    name: "models.CharField[str, str]" = models.CharField(max_length=100)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    rights: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    made_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    used_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)
    revoked_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        """The name its person gave it."""
        return self.name
