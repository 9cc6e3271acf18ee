"""The capacity application."""

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    """Capacity: the heat table, and a resource with what loads it, its options and a slider."""

    name = "equipoise_web.screens.capacity"
    label = "capacity"
