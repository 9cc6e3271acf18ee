"""Addresses of capacity."""

from django.urls import path

from equipoise_web.screens.capacity import views

app_name = "capacity"
urlpatterns = [
    path("capacity/", views.show_heat, name="heat"),
    path("capacity/what-if/<path:resource>/exact/<int:job>/", views.show_exact, name="exact_state"),
    path("capacity/what-if/<path:resource>/exact/", views.ask_exact, name="exact"),
    path("capacity/what-if/<path:resource>/", views.show_effect, name="effect"),
    path("capacity/<path:resource>/", views.show_resource, name="show"),
]
