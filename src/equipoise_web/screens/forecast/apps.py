"""The forecast application."""

from django.apps import AppConfig


class ForecastConfig(AppConfig):
    """Forecasts: which are worth having, and why one is as it is."""

    name = "equipoise_web.screens.forecast"
    label = "forecast"
