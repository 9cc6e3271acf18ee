"""The findings application."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """The list of findings."""

    name = "equipoise_web.screens.findings"
    label = "findings"
