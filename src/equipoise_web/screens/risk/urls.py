"""Addresses of risk."""

from django.urls import path

from equipoise_web.screens.risk import views

app_name = "risk"
urlpatterns = [path("risk/", views.show_risk, name="show")]
