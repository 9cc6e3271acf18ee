"""Addresses of the jobs."""

from django.urls import path

from equipoise_web.screens.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.show_jobs, name="list"),
    path("jobs/<int:id>/", views.show_job, name="show"),
    path("jobs/<int:id>/cancel/", views.cancel, name="cancel"),
]
