"""The explain application."""

from django.apps import AppConfig


class ExplainConfig(AppConfig):
    """Explanations of numbers."""

    name = "equipoise_web.screens.explain"
    label = "explain"
