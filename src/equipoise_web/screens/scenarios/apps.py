"""The application of scenarios."""

from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    """Pages of scenarios."""

    name = "equipoise_web.screens.scenarios"
    label = "scenarios"
