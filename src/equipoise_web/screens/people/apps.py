"""The people application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Pages of accounts and access."""

    name = "equipoise_web.screens.people"
    label = "people"
