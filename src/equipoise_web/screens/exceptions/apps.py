"""The application of exceptions."""

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    """Pages of exceptions."""

    name = "equipoise_web.screens.exceptions"
    label = "exceptions"
