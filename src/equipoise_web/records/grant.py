"""A grant: a person has a role on a part of the company. Given and ended, never rewritten."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Grant(models.Model):
    """One role of one person, on the cells below one node per dimension (blank: all)."""

    person: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants"
    )
    role: "models.CharField[str, str]" = models.CharField(max_length=40)
    item: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    market: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    location: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    resource: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    measure: "models.CharField[str, str]" = models.CharField(max_length=80, blank=True)
    """One measure of the data dictionary; blank: all that the role reaches."""
    is_read_only: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    given_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    given_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)
    ended_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Oldest first."""

        ordering = ("id",)

    def __str__(self) -> str:
        """For example `sales on Laundry care / North`."""
        nodes = " / ".join(node for node in (self.item, self.market, self.location, self.resource) if node)
        return f"{self.role} on {nodes or 'everything'}"
