"""Addresses of supply."""

from django.urls import path

from equipoise_web.screens.supply import response, views

app_name = "supply"
urlpatterns = [
    path("supply/", views.show_constraints, name="constraints"),
    path("supply/shortages/", views.show_shortages, name="shortages"),
    path("supply/shortage/", views.show_shortage, name="shortage"),
    path("supply/shortage/offer/", response.offer, name="offer"),
    path("supply/shortage/answer/", response.answer, name="answer"),
    path("supply/network/", views.show_network, name="network"),
    path("supply/grid/<str:name>/", views.open_grid, name="grid"),
]
