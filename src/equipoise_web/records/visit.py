"""A visit: when a person looked last, so that home can say what changed since."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Visit(models.Model):
    """The entry of the audit chain that a person has seen up to, now and at the visit before."""

    person: "models.OneToOneField[User, User]" = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visit"
    )
    seen: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    seen_before: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    before: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Whose it is."""
        return f"visit of {self.person_id}"  # type: ignore[attr-defined]
