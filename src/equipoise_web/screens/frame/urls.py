"""Sign-in, sign-out and home."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from equipoise_web.screens.frame import views

app_name = "frame"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("healthz", views.show_health, name="health"),
]
