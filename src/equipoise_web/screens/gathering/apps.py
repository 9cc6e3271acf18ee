"""The gathering application."""

from django.apps import AppConfig


class GatheringConfig(AppConfig):
    """Board, upload, quarantine, corrections, sealing."""

    name = "equipoise_web.screens.gathering"
    label = "gathering"
