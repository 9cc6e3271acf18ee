"""The sheet application."""

from django.apps import AppConfig


class SheetConfig(AppConfig):
    """The family sheet."""

    name = "equipoise_web.screens.sheet"
    label = "sheet"
