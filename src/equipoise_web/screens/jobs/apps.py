"""The jobs application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Long computations and their progress."""

    name = "equipoise_web.screens.jobs"
    label = "jobs"
