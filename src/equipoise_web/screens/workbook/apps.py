"""The application of the round trip through a workbook."""

from django.apps import AppConfig


class WorkbookConfig(AppConfig):
    """Pages of the round trip."""

    name = "equipoise_web.screens.workbook"
    label = "workbook"
