"""The records application."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Models and migrations."""

    name = "equipoise_web.records"
    label = "records"
