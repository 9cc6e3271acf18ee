"""Home, and whether the application lives."""

from django.urls import path

from equipoise_web.screens.frame import views
from equipoise_web.screens.home.views import show_home

app_name = "frame"
urlpatterns = [
    path("", show_home, name="home"),
    path("healthz", views.show_health, name="health"),
]
