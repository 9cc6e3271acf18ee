"""Address of an explanation."""

from django.urls import path

from equipoise_web.screens.explain import views

app_name = "explain"
urlpatterns = [path("plan/<slug:digest>/explain/", views.show_why, name="show")]
