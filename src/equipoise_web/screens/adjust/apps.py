"""The application of adjustments."""

from django.apps import AppConfig


class AdjustConfig(AppConfig):
    """List, form and page of adjustments."""

    name = "equipoise_web.screens.adjust"
    label = "adjust"
