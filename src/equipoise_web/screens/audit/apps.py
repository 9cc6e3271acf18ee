"""The audit application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Pages of the audit chain."""

    name = "equipoise_web.screens.audit"
    label = "audit"
