"""Addresses of forecasts."""

from django.urls import path

from equipoise_web.screens.forecast import views

app_name = "forecast"
urlpatterns = [
    path("forecast/", views.show_list, name="list"),
    path("forecast/<slug:digest>/", views.show_series, name="show"),
]
