"""The grid application."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    """The planning grid."""

    name = "equipoise_web.screens.grid"
    label = "grid"
