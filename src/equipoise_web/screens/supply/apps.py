"""The supply application."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    """Limits that bind, shortages and the answers to them, the network."""

    name = "equipoise_web.screens.supply"
    label = "supply"
