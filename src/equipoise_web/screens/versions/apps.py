"""The application of versions."""

from django.apps import AppConfig


class VersionsConfig(AppConfig):
    """Pages of versions."""

    name = "equipoise_web.screens.versions"
    label = "versions"
