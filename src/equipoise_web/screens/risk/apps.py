"""The risk application."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Risk: families and stocking points ranked by chance × gap × money, and the fan of revenue."""

    name = "equipoise_web.screens.risk"
    label = "risk"
