"""Address of the findings."""

from django.urls import path

from equipoise_web.screens.findings import views

app_name = "findings"
urlpatterns = [path("plan/<slug:digest>/findings/", views.show_findings, name="show")]
