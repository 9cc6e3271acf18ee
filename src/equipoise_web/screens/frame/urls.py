"""Home, and whether the application lives."""

from django.urls import path

from equipoise_web.screens.frame import views

app_name = "frame"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("healthz", views.show_health, name="health"),
]
