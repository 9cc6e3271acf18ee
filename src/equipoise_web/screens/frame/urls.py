"""Home, and whether the application lives."""

from django.urls import path

from equipoise_web.screens.frame import views
from equipoise_web.screens.home.views import show_administration, show_home

app_name = "frame"
urlpatterns = [
    path("", show_home, name="home"),
    path("administration/", show_administration, name="administration"),
    path("healthz", views.show_health, name="health"),
]
