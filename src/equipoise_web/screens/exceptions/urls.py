"""Addresses of exceptions."""

from django.urls import path

from equipoise_web.screens.exceptions import views

app_name = "exceptions"
urlpatterns = [
    path("exceptions/", views.show_list, name="list"),
    path("exceptions/assign/", views.assign, name="assign"),
    path("exceptions/snooze/", views.snooze, name="snooze"),
]
