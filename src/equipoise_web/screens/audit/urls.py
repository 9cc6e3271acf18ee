"""Addresses of the audit chain."""

from django.urls import path

from equipoise_web.screens.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.show_audit, name="show"),
    path("audit/export.csv", views.export, name="export"),
]
