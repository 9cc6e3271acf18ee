"""Address of the comparison of two plans."""

from django.urls import path

from equipoise_web.screens.versions import views

app_name = "versions"
urlpatterns = [path("compare/", views.show_compare, name="compare")]
