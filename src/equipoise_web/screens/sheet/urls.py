"""Address of the family sheet."""

from django.urls import path

from equipoise_web.screens.sheet import views

app_name = "sheet"
urlpatterns = [path("plan/<slug:digest>/", views.show_sheet, name="show")]
