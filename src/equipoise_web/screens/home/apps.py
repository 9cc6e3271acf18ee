"""The home application."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The first page."""

    name = "equipoise_web.screens.home"
    label = "home"
