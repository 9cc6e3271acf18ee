"""The frame application."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """Base templates and static files."""

    name = "equipoise_web.screens.frame"
    label = "frame"
