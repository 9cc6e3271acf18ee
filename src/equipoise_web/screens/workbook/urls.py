"""Addresses of the round trip through a workbook."""

from django.urls import path

from equipoise_web.screens.workbook import accepting, downloads, views

app_name = "workbook"
urlpatterns = [
    path("grid/workbook.xlsx", downloads.download, name="download"),
    path("plan/<slug:digest>/grid/workbook.xlsx", downloads.download_plan, name="download_plan"),
    path("grid/workbook/", views.show_upload, name="upload"),
    path("grid/workbook/<slug:id>/", accepting.show_diff, name="diff"),
]
